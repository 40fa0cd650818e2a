"""Valid documents, from which the inputs are made."""
from __future__ import annotations

from typing import Any, Dict, List

_ITEM: Dict[str, Any] = {
    'ratingKey': '12', 'key': '/library/metadata/12', 'parentRatingKey': '11', 'grandparentRatingKey': '10',
    'type': 'movie',
    'guid': 'plex://movie/5d77', 'title': 'Film', 'titleSort': 'Film', 'originalTitle': 'Le Film', 'summary': 'x',
    'year': 1999,
    'index': 1, 'parentIndex': 2, 'addedAt': 1600000000, 'updatedAt': 1600000001, 'lastViewedAt': 1600000002,
    'viewCount': 1,
    'viewOffset': 60000, 'duration': 5400000, 'rating': 7.5, 'audienceRating': 8.1, 'userRating': 9.0,
    'ratingImage': 'imdb://image.rating', 'contentRating': 'PG', 'originallyAvailableAt': '1999-03-31', 'studio': 'S',
    'tagline': 't',
    'thumb': '/library/metadata/12/thumb/1600000000', 'art': '/library/metadata/12/art/1600000000',
    'editionTitle': 'Long',
    'leafCount': 10, 'smart': '1', 'childCount': 3, 'librarySectionID': 1, 'primaryExtraKey': '/library/metadata/99',
    'Genre': [{'tag': 'Drama'}], 'Director': [{'tag': 'D', 'thumb': 'https://metadata-static.plex.tv/a.jpg'}],
    'Role': [{'tag': 'R', 'role': 'r', 'thumb': '/library/metadata/12/thumb/1'}], 'Collection': [{'tag': 'C'}],
    'Guid': [{'id': 'imdb://tt1'}], 'Rating': [{'image': 'imdb://image.rating', 'value': 7.1, 'type': 'audience'}],
    'Marker': [{'type': 'intro', 'startTimeOffset': 1000, 'endTimeOffset': 20000, 'final': True}],
    'Chapter': [{'tag': 'One', 'startTimeOffset': 0, 'endTimeOffset': 1000}],
    'Extras': {'Metadata': [{'ratingKey': '99'}]},
    'Image': [{'type': 'clearLogo', 'url': '/library/metadata/12/clearLogo/1'}],
    'Media': [{'id': 1, 'duration': 5400000, 'bitrate': 9000, 'width': 1920, 'height': 1080, 'aspectRatio': 1.78,
               'videoCodec': 'h264', 'audioCodec': 'ac3', 'audioChannels': 6, 'container': 'mkv', 'deletedAt': 1,
               'Part': [{'id': 2, 'key': '/library/parts/2/1600000000/file.mkv', 'file': '/media/film.mkv', 'size': 123,
                         'exists': True, 'accessible': True,
                         'Stream': [{'id': 3, 'streamType': 1, 'codec': 'h264', 'index': 0, 'width': 1920,
                                     'DOVIPresent': True,
                                     'colorTrc': 'smpte2084', 'language': 'English', 'languageCode': 'eng'},
                                    {'id': 4, 'streamType': 3, 'codec': 'srt', 'key': '/library/streams/4',
                                     'forced': '1'}]}]}]}
CONTAINER: Dict[str, Any] = {'MediaContainer': {
    'size': 1, 'totalSize': 1, 'offset': 0, 'machineIdentifier': 'mid', 'version': '1.43.2.10687', 'Metadata': [_ITEM],
    'Directory': [{'key': '1', 'type': 'movie', 'title': 'Films', 'uuid': 'u', 'agent': 'a', 'scanner': 's',
                   'language': 'en'}],
    'title1': 'Films', 'title2': 'Season 1', 'viewGroup': 'season', 'Meta': {'Type': [{
        'type': 'movie', 'Filter': [{'filter': 'genre'}], 'Sort': [{'key': 'year', 'title': 'Year',
                                                                    'defaultDirection': 'desc',
                                                                   'descKey': 'year:desc'}]}]},
    'Hub': [{'hubIdentifier': 'continueWatching', 'type': 'mixed', 'title': 'Go on', 'key': '/hubs/x', 'size': 1,
             'Metadata': [_ITEM]}]}}
PLEX_TV: List[Any] = [
    {'id': 1, 'code': 'W8Q0', 'expiresIn': 900, 'authToken': 'aBcD3fGh1jKlMn0pQr5t'},
    {'nonce': 'n'}, {'auth_token': 'a.b.c'}, {'id': 1, 'uuid': 'u', 'title': 'Jane', 'username': 'jane', 'thumb': 't',
                                              'authToken': 't'},
    {'users': [{'id': 1, 'uuid': 'u', 'title': 'Jane', 'admin': True, 'protected': '1', 'guest': 0}]},
    [{'clientIdentifier': 'mid', 'name': 'NAS', 'productVersion': '1', 'provides': 'server,x', 'owned': True,
      'accessToken': 't',
      'httpsRequired': 0, 'presence': '1', 'connections': [
          {'uri': 'https://1-2-3-4.abc.plex.direct:32400', 'address': '1.2.3.4', 'port': 32400, 'protocol': 'https',
           'local': True, 'relay': False, 'IPv6': False}]}]]
NOTIFICATIONS: Dict[str, Any] = {'NotificationContainer': {
    'type': 'timeline', 'size': 1, 'TimelineEntry': [{'identifier': 'com.plexapp.plugins.library', 'itemID': '12',
                                                      'sectionID': '1', 'state': 5, 'metadataState': 'deleted',
                                                      'type': 1}],
    'PlaySessionStateNotification': [{'state': 'stopped', 'ratingKey': '12'}],
    'ActivityNotification': [{'event': 'ended', 'Activity': {'type': 'library.update',
                                                             'Context': {'librarySectionID': '1'}}}],
    'StatusNotification': [{'notificationName': 'LIBRARY_UPDATE'}]}}
CREDENTIALS: Dict[str, Any] = {
    'client_identifier': 'c', 'legacy_client_identifier': 'l', 'account_jwt': 'eyJ.eyJ.x',
    'account_jwt_expires': 1600000000.0,
    'legacy_token': 't', 'user': PLEX_TV[3], 'machine_identifier': 'mid', 'servers': PLEX_TV[5], 'manual': PLEX_TV[5],
    'member': {'user': PLEX_TV[3], 'token': 't', 'expires': 1.0, 'renew_at': 1.0, 'pin_needed': True},
    'protected': ['1'],
    'server_tokens': [{'user_id': '1', 'machine_identifier': 'mid', 'kind': 'legacy', 'token': 't'}],
    'refused': 'key_lost',
    'jwt_refusals': [{'machine_identifier': 'mid', 'version': '1', 'at': 1.0}]}
#: The plugin's arguments for a list.
OPTIONS: Dict[str, Any] = {
    'path': 'section', 'type': 'movie', 'section': '1', 'id': '12', 'key': '/hubs/home/recentlyAdded?type=1',
    'query': 'Film',
    'sort': 'year:desc', 'filter': 'genre', 'genre': '5', 'year': '1999', 'decade': '1990', 'unwatched': '1',
    'start': '50',
    'limit': '20', 'page': '2'}
SERVICE: Dict[str, Any] = {'port': 57310, 'secret': 's' * 43}
API_ANSWER: Dict[str, Any] = {
    'items': [{'url': 'plugin://plugin.video.plexkodiconnect/play/movies/mid/?id=1', 'label': 'Film',
               'mediatype': 'movie',
               'info': {'title': 'Film', 'year': 1999, 'genre': ['x'], 'rating': 7.5}, 'art': {'thumb': 'http://x'},
               'cast': [{'name': 'n', 'role': 'r', 'thumb': 't'}], 'resume': {'position': 1.0, 'total': 2.0}, 'dbid': 1,
               'streams': {'video': [{'codec': 'h264'}]}, 'uniqueids': {'imdb': 'tt1'}, 'properties': {'plexid': '1'}}],
    'content': 'movies', 'title': 'Films', 'cache': False, 'url': 'http://127.0.0.1:57310/stream/mid/1/2/f.mkv',
    'mime': 'video/x',
    'subtitles': ['http://x'], 'resume': 1.0, 'total': 2.0, 'report': 'r', 'text': 'sync_started', 'state': 'signed_in',
    'syncing': False, 'versions': [{'id': '1', 'label': 'v'}]}

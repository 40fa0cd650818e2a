"""What appears over a film."""
from __future__ import annotations

from tools.tour.guide import NEXT, PATIENCE, SELECT, SKIP, Guide
from tools.tour.library import CREDITS


def skip(guide: Guide) -> None:
    """The button at the intro of an episode."""
    _watch(guide, 0)
    _seek(guide, 16)
    guide.window(SKIP)
    guide.shoot(settle=1)


def next_episode(guide: Guide) -> None:
    """The window at the credits of an episode."""
    _watch(guide, 1)
    _seek(guide, CREDITS + 2)
    guide.window(NEXT)
    guide.shoot(settle=1)


def by_itself(guide: Guide) -> None:
    """What the button says while it counts down; and after an episode that began by itself the question whether anybody
    is still there.
    """
    guide.settings(skip_intro='2', skip_countdown='30', still_watching='1', next_episode_countdown='5')
    _watch(guide, 0)
    _seek(guide, 16)
    guide.window(SKIP)
    guide.shoot('skip', settle=1)
    guide.lab.input('Back')
    _seek(guide, CREDITS + 2)
    guide.window(NEXT)
    guide.lab.wait_for(lambda: 0 < _seconds(guide) < 60, 2 * PATIENCE, 'the next episode')
    _seek(guide, CREDITS + 2)
    guide.window(NEXT)
    guide.shoot('still-watching', settle=1)


def versions(guide: Guide) -> None:
    """An episode in two versions: Kodi 21 asks by itself for films."""
    key = _episode(guide, 2)
    media = guide.stage.ask('truth', ids=key)[0]['Media']
    small = dict(media[0], id=int(media[0]['id']) + 5, videoResolution='480', width=854, height=480, bitrate=1500)
    guide.stage.tell('mutate', op='update', args={'rating_key': key, 'Media': [*media, small]})
    _open(guide, key)
    guide.window(SELECT)
    guide.shoot()
    guide.lab.input('Back')


def subtitles(guide: Guide) -> None:
    """Kodi's subtitle dialog with what the server has found."""
    key = _episode(guide, 1)
    for title, marks in (('The.Episode.1080p-GROUP', 'perfect'), ('The.Episode.SDH', 'sdh'), ('Another.Cut', '')):
        guide.stage.tell('mutate', op='add_online_subtitle', args={
            'rating_key': key, 'language': 'en', 'title': title, 'marks': marks})  # Kodi's setting, whatever its own is
    _watch(guide, 1)
    guide.lab.builtin('ActivateWindow(subtitlesearch)')
    guide.window('subtitlesearch')
    guide.lab.wait_for(lambda: guide.lab.labels('Container(120).NumItems')['Container(120).NumItems'] not in ('', '0'),
                       PATIENCE, 'what was found')
    guide.shoot(settle=2)
    guide.lab.input('Back')


def converted(guide: Guide) -> None:
    """What is said when an original does not start, and the server converts it."""
    guide.stage.tell('faults', path_regex='/library/parts/', kind=404)
    try:
        _open(guide, _episode(guide, 3))
        guide.window('notification')
        guide.shoot(settle=1)
        guide.lab.wait_for(lambda: _seconds(guide) >= 1, PATIENCE, 'the picture')
    finally:
        guide.stage.tell('clear_faults')


def _watch(guide: Guide, number: int) -> None:
    _open(guide, _episode(guide, number))
    guide.lab.wait_for(lambda: guide.lab.active_player() and guide.lab.condition('Window.IsActive(fullscreenvideo)')
                       and _seconds(guide) >= 1, PATIENCE, 'the picture')


def _episode(guide: Guide, number: int) -> str:
    return str(guide.stage.ask('items', type='episode')[number]['ratingKey'])


def _open(guide: Guide, key: str) -> None:
    rows = guide.lab.rpc('VideoLibrary.GetEpisodes', properties=['uniqueid'])['episodes']
    row = next(one for one in rows if one['uniqueid'].get('plex') == key)
    # Kodi 20.1 ends by itself now and then when a film's end shows a home screen full of rows (docs/kodi.md).
    guide.lab.rpc('GUI.ActivateWindow', window='settings')
    guide.lab.builtin('PlayMedia(%s)' % guide.lab.rpc('VideoLibrary.GetEpisodeDetails', properties=['file'],
                                                      episodeid=row['episodeid'])['episodedetails']['file'])


def _seconds(guide: Guide) -> int:
    player = guide.lab.active_player()
    if player is None:
        return 0
    at = guide.lab.rpc('Player.GetProperties', playerid=player.id, properties=['time'])['time']
    return int(at['minutes'] * 60 + at['seconds'])


def _seek(guide: Guide, seconds: int) -> None:
    player = guide.lab.active_player()
    if player is not None:
        guide.lab.rpc('Player.Seek', playerid=player.id, value={'time': {
            'hours': 0, 'minutes': seconds // 60, 'seconds': seconds % 60, 'milliseconds': 0}})
    guide.lab.wait_for(lambda: seconds - 3 <= _seconds(guide), PATIENCE, 'the jump')

"""What a user does in a real Kodi is at the server within two seconds, whether Kodi announces it or not; and a clip
that is stopped within Kodi's first three minutes is resumed where Plex says.
"""
from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator

import pytest

from tests.kodi.stages import Stages
from tools.kodilab import slowness
from tools.stage import Stage, make_video

CLIP_MS = 120_023
CLIP, OTHER = '6', '8'
INFO_DIALOG, RATING_BUTTON = 12003, 7


@pytest.fixture(scope='module')
def stage(stages: Stages) -> Iterator[Stage]:
    with stages.open(Stage, 'live-from-kodi') as made:
        lab, folder = made.lab, made.lab.home.parent
        made.start_sim('--movies', '20', '--shows', '2', '--prerender', '--media-file',
                       str(make_video(folder / 'clip.mkv', 120)))
        for key in (CLIP, OTHER):
            made.tell('mutate', op='update', args={'rating_key': key, 'duration': CLIP_MS})
            made.tell('mutate', op='unscrobble', args={'rating_key': key})
            made.tell('mutate', op='rate', args={'rating_key': key, 'rating': -1})
        lab.start()
        stages.install_and_sign_in(made)
        yield made


def _movie(stage: Stage, key: str) -> Dict[str, Any]:
    movies = stage.lab.rpc('VideoLibrary.GetMovies', properties=['uniqueid', 'resume', 'playcount',
                                                                'userrating'])['movies']
    found: Dict[str, Any] = next(one for one in movies if one['uniqueid']['plex'] == key)
    return found


def _told(stage: Stage, key: str) -> Dict[str, Any]:
    found: Dict[str, Any] = stage.ask('truth', ids=key)[0]
    return found


def _within(stage: Stage, condition: Callable[[], Any], seconds: float, what: str) -> None:
    """The time is a user's; a machine that runs tests beside Kodi may take twice as long, and longer as it is busy."""
    began = time.monotonic()
    stage.lab.wait_for(condition, 20, what)
    assert time.monotonic() - began < 2 * seconds * slowness(), what


def test_marks_ratings_and_resume_points_of_other_add_ons_arrive(stage: Stage) -> None:
    """JSON-RPC, which announces play counts only."""
    movie = _movie(stage, OTHER)['movieid']
    for change, arrived in (
            ({'playcount': 1}, lambda: _told(stage, OTHER).get('viewCount') == 1),
            ({'playcount': 0}, lambda: not _told(stage, OTHER).get('viewCount')),
            ({'userrating': 7}, lambda: _told(stage, OTHER).get('userRating') == 7),
            ({'resume': {'position': 90, 'total': 120}}, lambda: _told(stage, OTHER).get('viewOffset') == 90_000),
            ({'resume': {'position': 0, 'total': 0}}, lambda: not _told(stage, OTHER).get('viewOffset')),
            ({'userrating': 0}, lambda: not _told(stage, OTHER).get('userRating'))):
        stage.lab.rpc('VideoLibrary.SetMovieDetails', movieid=movie, **change)
        _within(stage, arrived, 2.0, str(change))
    assert not _told(stage, OTHER).get('viewCount')


def test_a_rating_given_in_kodis_info_dialog_arrives(stage: Stage) -> None:
    lab = stage.lab
    lab.rpc('GUI.ActivateWindow', window='videos', parameters=['videodb://movies/titles/', 'return'])
    lab.wait_for(lambda: lab.condition('Container.Content(movies)'), 15, 'the list')
    lab.go_to(lambda: lab.labels('ListItem.DBTYPE')['ListItem.DBTYPE'] == 'movie', 'a film')
    shown = int(lab.labels('ListItem.DBID')['ListItem.DBID'])
    key = next(one['uniqueid']['plex'] for one in lab.rpc('VideoLibrary.GetMovies', properties=['uniqueid'])['movies']
               if one['movieid'] == shown)

    def rated() -> int:
        movies = lab.rpc('VideoLibrary.GetMovies', properties=['userrating'])['movies']
        return int(next(one['userrating'] for one in movies if one['movieid'] == shown))
    before = rated()
    lab.rpc('Input.Info')
    lab.wait_for(lambda: lab.condition('Window.IsActive(movieinformation)'), 10, 'the info dialog')
    lab.builtin('SendClick(%d,%d)' % (INFO_DIALOG, RATING_BUTTON))
    lab.wait_for(lambda: lab.condition('Window.IsActive(selectdialog)'), 10, 'the choice of a rating')
    none = lab.focus()
    lab.go_to(lambda: lab.current_control() not in ('', none), 'a rating')
    lab.rpc('Input.Select')
    lab.wait_for(lambda: not lab.condition('Window.IsActive(selectdialog)'), 10, 'the end of the choice')

    def closed() -> bool:
        """A key that comes while the choice fades out is lost."""
        lab.rpc('Input.Back')
        time.sleep(0.5)
        return not lab.condition('Window.IsActive(movieinformation)')
    lab.wait_for(closed, 15, 'the end of the info dialog')  # only now Kodi stores the rating
    lab.wait_for(lambda: rated() not in (0, before), 10, 'the rating in Kodi')
    _within(stage, lambda: _told(stage, key).get('userRating') == rated(), 2.0, 'the rating')


def test_a_whole_show_marked_in_kodis_list_is_one_request(stage: Stage) -> None:
    lab = stage.lab
    lab.rpc('GUI.ActivateWindow', window='videos', parameters=['videodb://tvshows/titles/', 'return'])
    lab.wait_for(lambda: lab.condition('Container.Content(tvshows)'), 15, 'the list')
    lab.go_to(lambda: lab.labels('ListItem.DBTYPE')['ListItem.DBTYPE'] == 'tvshow', 'a show')
    shown = int(lab.labels('ListItem.DBID')['ListItem.DBID'])
    key = next(one['uniqueid']['plex'] for one in lab.rpc('VideoLibrary.GetTVShows', properties=['uniqueid'])['tvshows']
               if one['tvshowid'] == shown)
    count = int(_told(stage, key)['leafCount'])
    stage.tell('mutate', op='unscrobble', args={'rating_key': key})
    lab.wait_for(lambda: lab.rpc('VideoLibrary.GetTVShowDetails', tvshowid=shown, properties=['watchedepisodes'])[
        'tvshowdetails']['watchedepisodes'] == 0, 150, 'an unwatched show')
    stage.tell('reset_stats')
    lab.action('togglewatched')
    _within(stage, lambda: int(_told(stage, key)['viewedLeafCount']) == count, 2.0, 'the whole show')
    marked = [entry for entry in stage.ask('requests') if entry['path'] == '/:/scrobble']
    assert len(marked) == 1


def test_a_clip_stopped_after_a_minute_has_its_resume_point_in_kodi(stage: Stage) -> None:
    lab = stage.lab
    lab.rpc('GUI.ActivateWindow', window='settings')
    lab.rpc('Player.Open', item={'movieid': _movie(stage, CLIP)['movieid']})
    player = lab.wait_for(lab.picture, 30, 'the player')
    assert player is not None

    def seconds() -> float:
        now = lab.rpc('Player.GetProperties', playerid=player.id, properties=['time'])['time']
        return float(now['minutes'] * 60 + now['seconds'])
    lab.wait_for(lambda: seconds() >= 1, 20, 'a running clip')
    lab.rpc('Player.Seek', playerid=player.id, value={'time': {'hours': 0, 'minutes': 1, 'seconds': 1,
                                                              'milliseconds': 0}})
    lab.wait_for(lambda: 61 <= seconds() < 100, 15, 'the jump')
    time.sleep(1.5)  # somebody looks at the picture before pressing stop
    lab.rpc('Player.Stop', playerid=player.id)
    _within(stage, lambda: _movie(stage, CLIP)['resume']['position'] >= 60, 5.0, "Kodi's resume point")
    # JSON-RPC tells whole seconds.
    lab.wait_for(lambda: _movie(stage, CLIP)['resume']['position'] == pytest.approx(
        _told(stage, CLIP)['viewOffset'] / 1000, abs=1), 10, 'the same on both sides')
    time.sleep(5)  # nothing takes it back
    assert _movie(stage, CLIP)['resume']['position'] == pytest.approx(_told(stage, CLIP)['viewOffset'] / 1000, abs=1)
    assert _movie(stage, CLIP)['playcount'] == 0 and not _told(stage, CLIP).get('viewCount')


def test_nothing_of_it_is_an_error_in_kodis_log(stage: Stage) -> None:
    lines = [line for line in stage.lab.log_text().splitlines() if ' error <general>' in line]
    assert [line for line in lines if 'plexkodiconnect' in line or 'is not playing any' in line] == []
    assert Path(stage.addon_data()).exists()

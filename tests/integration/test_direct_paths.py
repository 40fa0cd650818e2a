"""Files that Kodi opens itself: finding the folders, playing, reporting, and what happens when a folder is away."""
from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple
from urllib.parse import parse_qsl

import pytest

from resources.lib.kodi import settings
from resources.lib.kodi.texts import direct_paths as texts
from resources.lib.playback.skipping import OFF
from resources.lib.redaction import REDACTOR
from resources.lib.service.playback import fallback
from tests.fakes import FakeKodi
from tests.support.viewing import Viewing
from tools.plexsim import Library

FILMS, SHOWS, MORE = '/volume1/Films', '/volume1/Shows', '/volume2/Films'
#: The rows of the list of folders: the locations, then these.
FIND, TEST, DONE = 3, 4, 5
#: The answer to a message.
OK = True


class Box(Viewing):
    """A server with films in two folders and a show in one; Kodi reaches the first and the last below ``nas``."""

    def __init__(self, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch, nas: Path) -> None:
        library = Library.empty()
        super().__init__(kodi, library, monkeypatch)
        films = library.add_section('movie', 'Films') if not library.sections else next(
            one for one in library.sections.values() if one.type == 'movie')
        shows = next((one for one in library.sections.values() if one.type == 'show'), None) or library.add_section(
            'show', 'Shows')
        library.set_section(films.id, path=FILMS, more_paths=[MORE])
        library.set_section(shows.id, path=SHOWS)
        self.nas = nas
        self.film, self.other, episode = [str(one.rating_key) for one in (
            library.add_movie('Film', films.id, duration=6_000_000), library.add_movie('Other', films.id),
            library.add_episode(library.add_season(library.add_show('Show', shows.id).rating_key, 1).rating_key, 1))]
        self.file(self.film, FILMS + '/Film 100% (2001)/Film #1.mkv')
        self.file(self.other, MORE + '/Other.mkv')
        self.file(episode, SHOWS + '/Show/Season 1/S01E01.mkv')
        for name in ('Films/Film 100% (2001)/Film #1.mkv', 'Shows/Show/Season 1/S01E01.mkv'):
            (nas / name).parent.mkdir(parents=True)
            (nas / name).write_bytes(b'video')
        self.path = str(nas / 'Films/Film 100% (2001)/Film #1.mkv')
        self.sources: List[str] = [str(nas) + '/']
        kodi.rpc['Files.GetSources'] = lambda params: {'sources': [{'label': 'x', 'file': one} for one in self.sources]}
        kodi.set_setting('next_episode', str(OFF))

    def file(self, key: str, path: str, *streams: Dict[str, Any]) -> None:
        """Where the file of an item lies on the server."""
        media = self.sim.library.truth(key)['Media'][:1]
        media[0]['Part'] = [dict(media[0]['Part'][0], file=path, Stream=list(streams))]
        self.set_elements(key, Media=media)

    def choose(self, *answers: Any) -> List[Tuple[str, Any]]:
        """The dialog of the settings; returns what was shown, as (kind, arguments)."""
        self._wait_for_dialogs()  # at its start the service offers to sign in
        self.kodi.dialogs.clear()
        self.kodi.answer(*answers)
        assert self.call('choose_direct_paths') == {}
        self._wait_for_dialogs()
        assert not self.kodi.answers, 'a question was not asked'
        return self.kodi.dialogs

    def _wait_for_dialogs(self) -> None:
        self.kodi.wait_for(lambda: not self.running.shared.flows._busy.locked())

    def rows(self) -> List[Tuple[str, str]]:
        """The list of folders as it was shown last, without what follows it."""
        shown = [arguments[1] for kind, arguments in self.kodi.dialogs if kind == 'select']
        return list([rows for rows in shown if len(rows) == DONE + 1][-1][:FIND])

    def said(self, kind: str = 'ok') -> str:
        """The texts of all dialogs of a kind."""
        return '\n'.join(arguments[1] for shown, arguments in self.kodi.dialogs if shown == kind)

    def stored(self) -> Dict[str, str]:
        path = Path(self.running.shared.profile) / 'direct_paths.json'
        return dict(json.loads(path.read_text())[self.sync_env.machine]) if path.exists() else {}

    def text(self, number: int) -> str:
        return self.kodi.text(number)

    def ends(self) -> List[Tuple[str, int]]:
        """The keys and positions (milliseconds) of the ends that were reported."""
        queries = [dict(parse_qsl(entry.query)) for entry in self.sim.requests.find('/:/timeline')]
        return [(one['ratingKey'], int(one['time'])) for one in queries if one['state'] == 'stopped']


@pytest.fixture
def box(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Box]:
    made = Box(fake_kodi, monkeypatch, tmp_path / 'nas')
    with made.in_use():
        yield made


def mapped(box: Box) -> None:
    """The folder of the films is mapped, and direct paths are on."""
    box.choose(FIND, OK, DONE, True)
    assert settings.load().direct_paths


# ---- the dialog ----------------------------------------------------------------------------------------------------

def test_folders_are_found_by_files_that_are_really_there(box: Box) -> None:
    box.choose(FIND, OK, DONE, True)
    assert box.stored() == {FILMS: str(box.nas / 'Films') + '/', SHOWS: str(box.nas / 'Shows') + '/'}
    assert box.rows() == [('Films: ' + FILMS, str(box.nas / 'Films') + '/'),
                          ('Films: ' + MORE, box.text(texts.NOT_MAPPED)),
                          ('Shows: ' + SHOWS, str(box.nas / 'Shows') + '/')]
    assert MORE in box.said(), 'it does not say which folder was not found'
    assert settings.load().direct_paths


def test_one_folder_with_a_proposal_and_a_test(box: Box) -> None:
    box.choose(0, 0, OK, DONE, False)
    assert box.stored() == {FILMS: str(box.nas / 'Films') + '/'}
    assert 'Tried: ' + box.path in box.said() and box.text(texts.FILE_FOUND) in box.said()
    assert not settings.load().direct_paths, 'the user said no'
    shutil.rmtree(str(box.nas / 'Films/Film 100% (2001)'))
    box.choose(TEST, OK, DONE, False)
    assert 'Tried: ' + box.path in box.said('textviewer')
    assert box.text(texts.FILE_NOT_FOUND) in box.said('textviewer')
    shutil.rmtree(str(box.nas / 'Films'))
    box.choose(0, 2, OK, DONE, False)  # the folder's own test
    assert box.text(texts.FOLDER_NOT_FOUND) in box.said('textviewer')
    box.choose(0, 3, DONE)
    assert box.stored() == {}


def test_a_folder_can_be_chosen_or_typed_and_a_wrong_one_only_on_purpose(box: Box) -> None:
    box.sources.clear()
    box.choose(0, 0, str(box.nas / 'Films'), OK, DONE, False)
    assert box.stored() == {FILMS: str(box.nas / 'Films') + '/'}
    box.choose(1, 1, '/nowhere', False, DONE, False)
    assert MORE not in box.stored() and box.text(texts.FOLDER_NOT_FOUND) in box.said('yesno')
    box.choose(1, 1, '/nowhere', True, DONE, False)
    assert box.stored()[MORE] == '/nowhere/'
    box.choose(1, 1, 'gopher://x', OK, DONE, False)
    assert box.text(texts.NOT_A_FOLDER) in box.said() and box.stored()[MORE] == '/nowhere/'


def test_a_typed_password_is_stored_nowhere_and_not_logged(box: Box) -> None:
    box.choose(1, 1, 'smb://me:Geheim77@nas/films', OK, True, DONE, False)
    assert box.stored() == {MORE: 'smb://nas/films/'}
    assert box.text(texts.USER_LEFT_OUT) in box.said()
    assert 'Geheim77' not in REDACTOR('anything with Geheim77 in it')
    assert 'Geheim77' not in '\n'.join(line for _, line in box.kodi.log)
    assert not [path for path in box.kodi.profile.rglob('*') if path.is_file() and b'Geheim77' in path.read_bytes()]


# ---- playing -------------------------------------------------------------------------------------------------------

def test_the_file_itself_is_played_and_reported(box: Box) -> None:
    mapped(box)
    found = box.watch(box.film, 700.0)
    assert found['url'] == box.path
    box.kodi.wait_for(lambda: box.watcher.active)
    box.stays(lambda: True)
    box.kodi.stop()
    box.kodi.wait_for(lambda: box.ends() == [(box.film, 700_000)])
    assert not box.sim.requests.find('/library/parts/'), 'the server was asked for the file'


def test_nothing_is_opened_directly_unless_it_is_wanted(box: Box) -> None:
    box.choose(FIND, OK, DONE, False)
    assert box.watch(box.film)['url'].startswith('http://127.0.0.1:')


def test_switching_the_mode_changes_no_row(box: Box) -> None:
    box.sync()
    every = 'SELECT * FROM %s ORDER BY 1'
    before = [box.sync_env.rows(every % table) for table in ('files', 'path', 'movie', 'episode')]
    mapped(box)
    box.watch(box.film)
    box.kodi.stop()
    assert [box.sync_env.rows('SELECT idFile, idPath, strFilename FROM files ORDER BY 1')] == [
        [row[:3] for row in before[0]]]
    assert [box.sync_env.rows(every % table) for table in ('path', 'movie', 'episode')] == before[1:]


def test_a_folder_that_is_away_is_streamed_with_one_notice(box: Box) -> None:
    mapped(box)
    box.nas.rename(box.nas.with_name('unplugged'))
    box.kodi.notifications.clear()
    for _ in range(2):
        assert box.watch(box.film, 700.0)['url'].startswith('http://127.0.0.1:')
    box.kodi.wait_for(lambda: box.watcher.active)
    box.kodi.stop()
    box.kodi.wait_for(lambda: (box.film, 700_000) in box.ends())
    assert [text for _, text, _ in box.kodi.notifications] == [box.text(texts.STREAMED_INSTEAD) % 'Films']


def test_a_playback_goes_on_being_known_after_the_service_was_started_anew(box: Box) -> None:
    mapped(box)
    box.sync()
    (url,), = box.sync_env.rows("SELECT strFilename FROM files JOIN movie USING (idFile) WHERE c00 = 'Film'")
    box.stop_kodi()
    box.start_kodi()
    box.kodi.play(box.path, 6000.0, 700.0, url)
    box.kodi.wait_for(lambda: box.watcher.active)
    box.kodi.stop()
    box.kodi.wait_for(lambda: box.ends() == [(box.film, 700_000)])


@pytest.mark.parametrize('convert', ['true', 'false'])
def test_a_file_that_kodi_cannot_open_after_all_is_streamed(box: Box, convert: str,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether or not the server may convert what does not play."""
    monkeypatch.setattr(fallback, '_LOOK_S', 0.01)
    box.kodi.set_setting('transcode_fallback', convert)
    mapped(box)
    asked: List[Any] = []

    def open_it(params: Any) -> str:
        asked.append(params)
        return 'OK'
    box.kodi.rpc['Player.Open'] = open_it
    box.watch(box.film)
    box.kodi.wait_for(lambda: box.watcher.active)
    box.kodi.fail()
    box.kodi.wait_for(lambda: asked)
    found = box.call('play', machine_identifier=box.sync_env.machine, rating_key=box.film, type='movie')
    assert found['url'].startswith('http://127.0.0.1:') and '/stream/' in found['url']
    assert box.text(texts.NOT_OPENED) in [text for _, text, _ in box.kodi.notifications]


# ---- limits of quality ---------------------------------------------------------------------------------------------

def limited(box: Box, **settings_: str) -> None:
    """The line to the server is limited to 720 kbit/s; the file has 8 Mbit/s."""
    mapped(box)
    for name, value in dict({'quality_limits': 'true', 'local_bitrate': '720'}, **settings_).items():
        box.kodi.set_setting(name, value)
    media = box.sim.library.truth(box.film)['Media'][:1]
    box.set_elements(box.film, Media=[dict(media[0], bitrate=8000, videoCodec='hevc', width=1920, height=1080)])


def opened(box: Box) -> List[Any]:
    """What Kodi is asked to open, which it does not do."""
    asked: List[Any] = []

    def open_it(params: Any) -> str:
        asked.append(params)
        return 'OK'
    box.kodi.rpc['Player.Open'] = open_it
    return asked


def converted(url: str) -> bool:
    """Whether the server converts what is played."""
    return url.startswith('http://127.0.0.1:') and '/transcode/' in url


def test_a_limit_of_the_line_is_none_for_a_file_that_does_not_come_over_it(box: Box) -> None:
    limited(box)
    assert box.watch(box.film)['url'] == box.path
    assert not box.sim.requests.find('/transcode/')


def test_it_is_one_when_the_folder_is_away(box: Box) -> None:
    limited(box)
    box.nas.rename(box.nas.with_name('unplugged'))
    assert converted(box.watch(box.film)['url'])


def test_it_is_one_for_a_file_that_kodi_cannot_open_after_all(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fallback, '_LOOK_S', 0.01)
    limited(box)
    asked = opened(box)
    box.watch(box.film)
    box.kodi.wait_for(lambda: box.watcher.active)
    box.kodi.fail()
    box.kodi.wait_for(lambda: asked)
    assert converted(box.watch(box.film)['url'])


def test_what_this_device_does_not_play_is_converted_all_the_same(box: Box) -> None:
    limited(box, codec_limits='true', plays_hevc='false')
    assert converted(box.watch(box.film)['url'])


def test_what_the_user_wants_converted_is_converted(box: Box) -> None:
    limited(box)
    labels = box.call('item_menu', plexid=box.film, url='', type='', id=0)['actions']
    assert 'play_transcoded' in labels
    choice = box.call('item_action', action='play_transcoded', plexid=box.film)['choose']['values'][0]
    asked = opened(box)
    box.call('item_action', action='play_transcoded', plexid=box.film, choice=choice)
    box.kodi.wait_for(lambda: asked)
    assert converted(box.watch(box.film)['url'])


def test_of_several_versions_the_best_in_a_mapped_folder_needs_no_line(box: Box) -> None:
    limited(box, version_choice='2')
    large = box.sim.library.stored(box.sim.library.need(box.film))['Media'][0]
    small = dict(large, id=int(box.film) * 10 + 1, bitrate=600, width=640, height=360, Part=[
        dict(large['Part'][0], id=int(box.film) * 100 + 10, file='/elsewhere/small.mkv')])
    box.set_elements(box.film, Media=[small, large])
    assert box.watch(box.film)['url'] == box.path
    box.kodi.stop()
    box.kodi.set_setting('direct_paths', 'false')
    assert '/stream/' in box.watch(box.film)['url'], 'the small one, as it is'


# ---- another program plays -----------------------------------------------------------------------------------------

def test_a_film_in_another_program_keeps_its_resume_point(box: Box) -> None:
    box.sim.library.set_progress(box.film, 900_000)
    box.watcher._tick_playing = 0.05
    found = box.call('play', machine_identifier=box.sync_env.machine, rating_key=box.film, type='movie')
    box.kodi.play(found['url'], 6000.0, 0.0, external=True)
    box.kodi.wait_for(lambda: box.watcher.active)
    assert box.kodi.playing is not None
    box.kodi.playing.position = 6000.0  # nothing that Kodi says of it is true
    box.kodi.end()
    box.kodi.wait_for(lambda: box.ends() == [(box.film, 900_000)])
    assert box.sim.library.truth(box.film)['viewOffset'] == 900_000
    assert 'viewCount' not in box.sim.library.truth(box.film)


def test_a_program_whose_end_kodi_does_not_tell_leaves_no_session_behind(box: Box) -> None:
    box.watcher._tick_playing = 0.05
    found = box.call('play', machine_identifier=box.sync_env.machine, rating_key=box.film, type='movie')
    box.kodi.play(found['url'], 6000.0, 0.0, external=True)
    box.kodi.wait_for(lambda: box.watcher.active)
    box.kodi.playing = None
    box.kodi.wait_for(lambda: not box.watcher.active)
    box.kodi.wait_for(lambda: box.ends() == [(box.film, 0)])

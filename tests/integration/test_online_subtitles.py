"""Subtitles from the internet: Kodi's dialog, the plugin, the service and the simulated Plex."""
from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List
from urllib.parse import parse_qsl

import pytest

from resources.lib import entrypoint
from resources.lib.kodi.texts import errors as error_texts
from resources.lib.kodi.texts import subtitles as texts
from tests.fakes import FakeKodi
from tests.integration.test_streams_chosen import Room

BASE = 'plugin://plugin.video.plexkodiconnect/'
SEARCH = '?action=search&languages=German%2cEnglish%2cKlingon&preferredlanguage=English'
HANDLE = 5


class Dialog(Room):
    """A film that plays, for which the provider has three German subtitles and an English one."""

    def __init__(self, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(kodi, monkeypatch)
        add = self.sim.library.add_online_subtitle
        add(self.key, title='Other.Release', score=700)
        add(self.key, title='This.Release', score=9000, marks='perfect')
        add(self.key, title='This.Release.SDH', score=6000, marks='sdh forced')
        add(self.key, 'en', 'English.Release', score=100)
        self.sim.config.subtitle_seconds = 0.0
        self.plex(audio=904, subtitle=906)

    def open(self, query: str) -> Any:
        """The dialog asks for a URL of ours; what it gets."""
        self.kodi.listings.pop(HANDLE, None)
        entrypoint.run([BASE, str(HANDLE), query])
        return self.kodi.listings[HANDLE]

    def take(self, name: str) -> Any:
        """The user searches and chooses the row with this in its second line; what the dialog gets."""
        url = next(url for url, item, _ in self.open(SEARCH).items if name in item.label2)
        return self.open('?' + url.partition('?')[2])

    def asked(self, method: str) -> List[Dict[str, str]]:
        """What the server was asked about subtitles."""
        return [dict(parse_qsl(entry.query)) for entry in self.sim.requests.find('/library/metadata/.*/subtitles')
                if entry.method == method]

    def new_stream(self) -> int:
        """The id of the downloaded stream."""
        part = self.sim.library.truth(self.key)['Media'][0]['Part'][0]
        return next(int(one['id']) for one in part['Stream'] if one.get('providerTitle'))

    def said(self) -> List[str]:
        """The notices in the corner."""
        return [message for _, message, _ in self.kodi.notifications]

    def on_screen(self, text_id: int, *values: str) -> bool:
        """Whether this was said."""
        text = self.kodi.text(text_id)
        assert text
        return (text % values if values else text) in self.said()


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dialog]:
    made = Dialog(fake_kodi, monkeypatch)
    with made.in_use():
        yield made


def test_the_dialog_shows_what_the_server_finds(env: Dialog) -> None:
    env.watch(env.key)
    env.settled()
    listing = env.open(SEARCH)
    assert listing.succeeded and not listing.cached
    rows = [(item.label, item.label2, item.art, item.properties) for _, item, _ in listing.items]
    forced = env.kodi.text(texts.FORCED)
    assert rows == [
        ('English', 'English.Release · OpenSubtitles', {'icon': '1', 'thumb': 'en'},
         {'sync': 'false', 'hearing_imp': 'false'}),
        ('German', 'This.Release · OpenSubtitles', {'icon': '5', 'thumb': 'de'},
         {'sync': 'true', 'hearing_imp': 'false'}),
        ('German', 'This.Release.SDH · OpenSubtitles · %s' % forced, {'icon': '4', 'thumb': 'de'},
         {'sync': 'false', 'hearing_imp': 'true'}),
        ('German', 'Other.Release · OpenSubtitles', {'icon': '2', 'thumb': 'de'},
         {'sync': 'false', 'hearing_imp': 'false'})]
    assert not any(folder for _, _, folder in listing.items) and not env.said()
    assert env.asked('GET') == [{'language': code, 'hearingImpaired': '0', 'forced': '0'} for code in ('en', 'de')]


def test_the_chosen_one_becomes_a_file_and_is_chosen_in_plex(env: Dialog) -> None:
    env.watch(env.key)
    env.settled()
    listing = env.take('This.Release ')
    (path, _, folder), = listing.items
    assert listing.succeeded and not folder and not env.said()
    assert Path(path).name.endswith('.de.srt') and '-->' in Path(path).read_text()
    assert Path(path).parent.name == 'plugin.video.plexkodiconnect'
    sent, = env.asked('PUT')
    assert sent.pop('key').startswith('/library/streams/')
    assert sent == {'codec': 'srt', 'language': 'de', 'hearingImpaired': '0', 'forced': '0',
                    'providerTitle': 'OpenSubtitles'}
    new = env.new_stream()
    env.kodi.wait_for(lambda: env.selected() == [904, new])


def test_what_kodi_shows_then_is_known_as_that_one(env: Dialog) -> None:
    """Kodi names its copy of the file as it likes, and the film has other German subtitles."""
    env.watch(env.key)
    env.settled()
    env.take('This.Release ')
    new = env.new_stream()
    env.kodi.wait_for(lambda: env.selected() == [904, new])
    env.streams['subtitles'].append({'index': 3, 'language': 'ger', 'name': 'TempSubtitle (External)',
                                     'isforced': False, 'isimpaired': False})
    env.choose(currentsubtitle={'index': 3})
    env.settled()
    assert env.selected() == [904, new] and len(env.told()) == 1
    env.choose(currentsubtitle={'index': 2})
    env.kodi.wait_for(lambda: env.selected() == [904, 907])
    env.choose(currentsubtitle={'index': 3})
    env.kodi.wait_for(lambda: env.selected() == [904, new])


def test_with_the_way_back_switched_off_plex_keeps_its_choice(env: Dialog) -> None:
    env.kodi.set_setting('streams_to_plex', 'false')
    env.watch(env.key)
    env.settled()
    assert len(env.take('This.Release ').items) == 1
    env.settled()
    assert env.selected() == [904, 906] and not env.told()


def test_one_that_was_downloaded_before_is_not_downloaded_again(env: Dialog) -> None:
    env.watch(env.key)
    env.settled()
    first = env.take('This.Release ').items
    assert [url for url, _, _ in env.take('This.Release ').items] == [url for url, _, _ in first]
    assert len(env.asked('PUT')) == 1


def test_a_download_that_takes_its_time_is_waited_for(env: Dialog) -> None:
    env.sim.config.subtitle_seconds = 30.0
    env.watch(env.key)
    env.settled()
    looks = env.sim.library.land_subtitles
    count: List[int] = []

    def look() -> None:  # as many requests later the provider has answered
        count.append(1)
        if env.asked('PUT') and len(count) % 4 == 0:
            env.sim.clock.advance(31)
        looks()
    env.sim.library.land_subtitles = look  # type: ignore[method-assign]
    assert len(env.take('This.Release ').items) == 1 and not env.said()


def test_a_download_that_does_not_come_is_told(env: Dialog) -> None:
    env.watch(env.key)
    env.settled()
    url = next(url for url, _, _ in env.open(SEARCH).items)
    env.sim.library.subtitle_candidates.clear()  # another program has searched meanwhile
    listing = env.open('?' + url.partition('?')[2])
    assert not listing.succeeded and not listing.items and env.on_screen(texts.SUBTITLE_NOT_LOADED)


def test_words_cannot_be_searched_for(env: Dialog) -> None:
    env.watch(env.key)
    env.settled()
    query = '?action=manualsearch&searchstring=Another%20film&languages=German&preferredlanguage=German'
    assert len(env.open(query).items) == 3 and env.on_screen(texts.SEARCHED_FOR_VIDEO)


def test_brazils_portuguese_has_a_country(env: Dialog) -> None:
    env.sim.library.add_online_subtitle(env.key, 'pt', 'Filme')
    env.watch(env.key)
    env.settled()
    (_, item, _), = env.open('?action=search&languages=Portuguese%20(Brazil)&preferredlanguage=forced_only').items
    assert (item.label, item.art['thumb']) == ('Portuguese (Brazil)', 'pb')
    assert [one['language'] for one in env.asked('GET')] == ['pt-BR']


def test_a_version_is_named_where_there_are_several(env: Dialog) -> None:
    env.kodi.set_setting('version_choice', '2')  # the best
    env.sim.library.add_version(env.key)
    env.watch(env.key)
    env.settled()
    env.take('This.Release ')
    playback = env.watcher.playback
    assert playback is not None and playback.session.playable is not None
    assert len(playback.session.playable.media) == 2
    assert {one['mediaItemID'] for one in [*env.asked('GET'), *env.asked('PUT')]} == {playback.session.media_id}


# ---- what is in the file of a conversion ---------------------------------------------------------------------------

def _converted(env: Dialog) -> None:
    env.kodi.set_setting('quality_limits', 'true')
    env.kodi.set_setting('local_bitrate', '320')
    url = env.watch(env.key)['url']
    assert '/transcode/' in url
    with urllib.request.urlopen(url, timeout=10) as playlist:  # the player begins
        assert playlist.read().startswith(b'#EXTM3U')
    env.settled()


def test_a_conversion_has_the_other_subtitles_of_the_file_too(env: Dialog) -> None:
    """Kodi gets the chosen one along with it, and those with files of their own."""
    _converted(env)
    url, item, _ = env.open(SEARCH).items[0]
    words = [env.kodi.text(number) for number in (texts.IN_THE_FILE, texts.FORCED)]
    assert (item.label, item.label2, item.art['thumb']) == ('German', ' · '.join(map(str, words)), 'de')
    assert len(env.open(SEARCH).items) == 5
    (path, _, _), = env.open('?' + url.partition('?')[2]).items
    assert Path(path).name.endswith('.deu.forced.srt') and 'Stream 905' in Path(path).read_text()
    assert env.selected() == [904, 905] and not env.asked('PUT')
    assert env.sim.transcoder.running(), 'it goes on'


def test_they_are_there_where_nothing_else_is(env: Dialog) -> None:
    _converted(env)
    env.sim.faults.add('/metadata/.*/subtitles', 403)
    assert len(env.open(SEARCH).items) == 1 and not env.said()


@pytest.mark.parametrize('why', ['an original', 'the choice in Plex is not touched'])
def test_they_are_not_offered_otherwise(env: Dialog, why: str) -> None:
    if why == 'an original':
        env.watch(env.key)
        env.settled()
    else:
        env.kodi.set_setting('streams_to_plex', 'false')
        _converted(env)
    assert len(env.open(SEARCH).items) == 4


# ---- what does not work --------------------------------------------------------------------------------------------

def _not_ours(env: Dialog) -> None:
    env.kodi.stop()
    env.kodi.wait_for(lambda: env.watcher.playback is None)
    env.kodi.play('smb://nas/film.mkv', 100.0)


def _other_user(env: Dialog) -> None:
    env.sim.faults.add('/subtitles', 403)


def _no_provider(env: Dialog) -> None:
    env.sim.config.subtitle_provider = False


def _nothing(env: Dialog) -> None:
    env.sim.library.online_subtitles.clear()


def _away(env: Dialog) -> None:
    env.sim.faults.add('/subtitles', 'drop')


@pytest.mark.parametrize(('break_it', 'text_id', 'values'), [
    (_not_ours, texts.NOT_PLAYING_PLEX, ()), (_other_user, texts.SUBTITLES_NOT_ALLOWED, ()),
    (_no_provider, texts.SUBTITLE_SEARCH_FAILED, ()), (_nothing, texts.NO_SUBTITLES, ('English, German',)),
    (_away, error_texts.SERVER_UNREACHABLE, ())])
@pytest.mark.parametrize('language', ['en_gb', 'de_de'])
def test_why_there_are_none_is_said(env: Dialog, break_it: Callable[[Dialog], None], text_id: int, values: Any,
                                    language: str) -> None:
    env.kodi.language = language
    env.watch(env.key)
    env.settled()
    break_it(env)
    assert not env.open(SEARCH).items
    assert env.on_screen(text_id, *values), env.said()


def test_one_language_that_fails_leaves_the_others(env: Dialog) -> None:
    env.watch(env.key)
    env.settled()
    env.sim.faults.add('language=en', 500)
    assert [item.label for _, item, _ in env.open(SEARCH).items] == ['German'] * 3 and not env.said()


def test_a_row_of_an_earlier_film_is_none_of_this_one(env: Dialog) -> None:
    env.watch(env.key)
    env.settled()
    url = next(url for url, _, _ in env.open(SEARCH).items)
    env.kodi.stop()
    other = str(env.sim.library.add_movie('Next', duration=6_000_000).rating_key)
    env.watch(other)
    env.settled()
    assert not env.open('?' + url.partition('?')[2]).items and env.on_screen(texts.SEARCH_SUBTITLES_AGAIN)


def test_without_a_language_the_user_hears_where_they_are_chosen(env: Dialog) -> None:
    env.watch(env.key)
    env.settled()
    assert not env.open('?action=search&languages=&preferredlanguage=Unknown').items
    assert env.on_screen(texts.NO_LANGUAGE) and not env.asked('GET')

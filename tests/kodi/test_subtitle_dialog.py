"""Kodi's subtitle dialog in a real Kodi: what the server finds on the internet, chosen with the remote control."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, Iterator, List
from urllib.parse import parse_qsl

import pytest

from tests.kodi.stages import Stages
from tests.kodi.watching import LENGTH_MS, WatchingStage, a_film
from tools.stage import ADDON

#: The lists of the dialog, in every skin.
ROWS, SERVICES = 120, 150
TITLE = 'The.Episode.1080p-GROUP'


class DialogStage(WatchingStage):
    """A video that plays, and the dialog over it."""

    def open_dialog(self) -> None:
        """Open it as the button in the player's menu does; without other services ours searches at once."""
        self.lab.builtin('ActivateWindow(subtitlesearch)')
        self.lab.wait_for(lambda: self.lab.condition('Window.IsActive(subtitlesearch)'), 10, 'the dialog')

    def close_dialog(self) -> None:
        """Close it without a choice."""
        self.lab.input('Back')
        self.no_dialog()

    def no_dialog(self) -> None:
        """Wait for its end."""
        self.lab.wait_for(lambda: not self.lab.condition('Window.IsActive(subtitlesearch)'), 30, 'the end of it')

    def row(self, number: int) -> Dict[str, str]:
        """A row of the dialog; empty labels for one that there is not."""
        names = {name: 'Container(%d).ListItemAbsolute(%d).%s' % (ROWS, number, name)
                 for name in ('Label', 'Label2', 'ActualIcon', 'Property(sync)', 'Property(hearing_imp)')}
        found = self.lab.labels(*names.values())
        return {name: found[label] for name, label in names.items()}

    def subtitles(self) -> List[Dict[str, Any]]:
        """What Kodi's player can show."""
        return list(self.properties('subtitles')['subtitles'])

    def in_plex(self, key: str) -> List[Dict[str, Any]]:
        """The subtitles of the item at the server."""
        streams = self.ask('truth', ids=key)[0]['Media'][0]['Part'][0]['Stream']
        return [one for one in streams if one['streamType'] == 3]

    def asked(self, method: str) -> List[Dict[str, str]]:
        """What the server was asked about subtitles."""
        return [dict(parse_qsl(entry['query'])) for entry in self.ask('requests')
                if entry['path'].endswith('/subtitles') and entry['method'] == method]

    def shot(self, name: str) -> None:
        """A screenshot for whoever looks at it, in the folder that $KODI_SHOTS names."""
        folder = os.environ.get('KODI_SHOTS', '')
        if folder:
            self.lab.screenshot(Path(folder) / (name + '.png'))


@pytest.fixture(scope='module')
def stage(stages: Stages) -> Iterator[DialogStage]:
    with stages.open(DialogStage, 'subtitles') as made:
        lab, folder = made.lab, made.lab.home.parent
        made.start_sim('--movies', '2', '--shows', '1', '--media-file', str(a_film(folder / 'film.mkv')))
        for key in made.episodes():
            made.tell('mutate', op='update', args={'rating_key': key, 'duration': LENGTH_MS, 'Media': [_media(key)]})
            for language, title, marks in (('en', 'English.Other', ''), ('en', TITLE, 'perfect'),
                                           ('en', TITLE + '.SDH', 'sdh forced')):
                made.tell('mutate', op='add_online_subtitle', args={
                    'rating_key': key, 'language': language, 'title': title, 'marks': marks})
        lab.start()
        stages.install_and_sign_in(made)
        made.settings(next_episode='0', skip_intro='0', skip_credits='0')
        yield made


@pytest.fixture(autouse=True)
def quiet(stage: DialogStage) -> Iterator[None]:
    """Each test begins and ends with nothing on the screen."""
    yield
    stage.tell('clear_faults')
    if stage.lab.condition('Window.IsActive(subtitlesearch)'):
        stage.close_dialog()
    stage.stop_film()


def _media(key: str) -> Dict[str, Any]:
    """The film as Plex describes it: two languages, and a subtitle in each."""
    first = int(key) * 10000
    streams: List[Dict[str, Any]] = [{'id': first, 'streamType': 1, 'codec': 'h264', 'index': 0, 'bitDepth': 8}]
    for number, (kind, code, codec) in enumerate(((2, 'eng', 'aac'), (2, 'deu', 'aac'), (3, 'eng', 'srt'),
                                                  (3, 'deu', 'srt')), 1):
        streams.append({'id': first + number, 'streamType': kind, 'codec': codec, 'languageCode': code,
                        'index': number})
    streams[1]['selected'] = True
    part = {'id': int(key) * 100, 'key': '/library/parts/%s00/1/file.mkv' % key, 'duration': LENGTH_MS,
            'file': '/tv/%s.mkv' % key, 'size': 1000000, 'container': 'mkv', 'Stream': streams}
    return {'id': int(key) * 10, 'duration': LENGTH_MS, 'container': 'mkv', 'videoCodec': 'h264', 'width': 1920,
            'height': 1080, 'bitrate': 8000, 'Part': [part]}


def test_a_subtitle_is_searched_for_chosen_and_shown(stage: DialogStage) -> None:
    key = stage.episodes()[0]
    stage.watch(key)
    before, known = stage.subtitles(), stage.in_plex(key)
    stage.open_dialog()
    stage.lab.wait_for(lambda: stage.row(2)['Label'], 30, 'what the server found')
    stage.shot('found')
    assert [stage.row(number)['Label'] for number in range(4)] == ['English'] * 3 + ['']
    assert [stage.row(number)['Label2'].partition(' ')[0] for number in range(3)] == [
        TITLE, 'English.Other', TITLE + '.SDH']
    assert (stage.row(0)['ActualIcon'], stage.row(0)['Property(sync)']) == ('5', 'true')
    assert (stage.row(2)['Property(hearing_imp)'], stage.row(2)['Property(sync)']) == ('true', 'false')
    stage.lab.wait_for(lambda: TITLE in stage.lab.current_control() or 'English' in stage.lab.current_control(), 10,
                       'the focus on the first row')
    stage.lab.input('Select')
    stage.no_dialog()
    stage.lab.wait_for(lambda: len(stage.subtitles()) == len(before) + 1, 20, 'the subtitle in Kodi')
    new, = [one for one in stage.in_plex(key) if one['id'] not in [old['id'] for old in known]]
    assert new['title'] == TITLE
    stage.lab.wait_for(lambda: [one['id'] for one in stage.in_plex(key) if one.get('selected')] == [new['id']], 20,
                       'the choice in Plex')
    shown = stage.properties('currentsubtitle', 'subtitleenabled')
    assert shown['subtitleenabled'] and shown['currentsubtitle']['language'] == 'eng'
    assert shown['currentsubtitle']['index'] not in [one['index'] for one in before]
    stage.shot('shown')
    assert stage.lab.active_player()


def test_the_add_on_is_a_service_of_the_dialog_and_is_nowhere_twice(stage: DialogStage) -> None:
    key = stage.episodes()[1]
    stage.watch(key)
    stage.open_dialog()
    stage.lab.wait_for(lambda: stage.row(0)['Label'], 30, 'what the server found')
    name = 'Container(%d).ListItemAbsolute(0).Label' % SERVICES
    assert stage.lab.labels(name)[name] == 'PlexKodiConnect'
    found = stage.lab.rpc('Addons.GetAddons', type='xbmc.subtitle.module')['addons']
    assert [one['addonid'] for one in found] == [ADDON]
    plugins = stage.lab.rpc('Addons.GetAddons', type='xbmc.python.pluginsource', content='video')['addons']
    assert [one['addonid'] for one in plugins] == [ADDON]


def test_a_refusal_is_told_and_the_film_goes_on(stage: DialogStage) -> None:
    key = stage.episodes()[2]
    stage.watch(key)
    stage.tell('faults', path_regex='/subtitles', kind=403)
    stage.open_dialog()
    stage.lab.wait_for(lambda: stage.asked('GET'), 20, 'the request')
    stage.lab.wait_for(lambda: stage.lab.condition('Window.IsVisible(notification)'), 20, 'the notice')
    stage.shot('refused')
    assert stage.row(0)['Label'] == ''
    stage.close_dialog()
    position = stage.seconds()
    stage.lab.wait_for(lambda: stage.seconds() > position, 15, 'the film to go on')


def test_while_the_server_converts_the_subtitles_of_the_file_are_there(stage: DialogStage) -> None:
    stage.settings(quality_limits='true', local_bitrate='720', local_height='480')
    key = stage.episodes()[3]
    stage.watch(key)
    assert stage.ask('transcodes')['running'] and not stage.subtitles()
    stage.open_dialog()
    stage.lab.wait_for(lambda: stage.row(4)['Label'], 30, 'what is in the file and what the server found')
    stage.shot('inside')
    assert [stage.row(number)['Label'] for number in range(3)] == ['English', 'German', 'English']
    stage.lab.wait_for(lambda: 'English' in stage.lab.current_control(), 10, 'the focus on the first row')
    stage.lab.input('Down')
    stage.lab.wait_for(lambda: 'German' in stage.lab.current_control(), 10, 'the second row')
    stage.lab.input('Select')
    stage.no_dialog()
    stage.lab.wait_for(lambda: [one['language'] for one in stage.subtitles()] == ['ger'], 20, 'the subtitle in Kodi')
    assert [one['languageCode'] for one in stage.in_plex(key) if one.get('selected')] == ['deu']
    position = stage.seconds()
    stage.lab.wait_for(lambda: stage.seconds() > position, 15, 'the film to go on')

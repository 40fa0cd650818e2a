"""Plex's streams and Kodi's are brought together by what they are."""
from __future__ import annotations

from typing import Any, Dict, List

import pytest

from resources.lib import plex_media
from resources.lib.kodi.streams import KodiStream
from resources.lib.playback import stream_match
from resources.lib.playback.languages import language, two_letters


def audio(number: int, code: str, codec: str = 'ac3', channels: int = 6, **more: Any) -> Dict[str, Any]:
    return dict(more, id=100 + number, streamType=2, index=number, languageCode=code, codec=codec, channels=channels)


def subtitle(number: int, code: str, **more: Any) -> Dict[str, Any]:
    return dict(more, id=100 + number, streamType=3, languageCode=code, codec='srt')


def heard(number: int, code: str, codec: str = 'ac3', channels: int = 6, name: str = '') -> KodiStream:
    return KodiStream(number, code, name, codec, channels, False, False)


def shown(number: int, code: str, name: str = '', forced: bool = False, impaired: bool = False) -> KodiStream:
    return KodiStream(number, code, name, '', 0, forced, impaired)


def pairs(plex: List[Dict[str, Any]], kodi: List[KodiStream]) -> Dict[str, int]:
    part = plex_media.part({'id': 1, 'Stream': [{'id': 99, 'streamType': 1, 'codec': 'h264'}, *plex]})
    match = stream_match.audio if plex[0]['streamType'] == 2 else stream_match.subtitles
    return {key: stream.number for key, stream in match(part, kodi).items()}


def test_languages_in_another_order() -> None:
    assert pairs([audio(1, 'eng'), audio(2, 'deu')], [heard(0, 'ger'), heard(1, 'eng')]) == {'101': 1, '102': 0}


def test_the_same_language_by_codec_and_channels() -> None:
    assert pairs([audio(1, 'eng', 'truehd', 8), audio(2, 'eng', 'ac3', 6), audio(3, 'eng', 'aac', 2)],
                 [heard(0, 'eng', 'aac', 2), heard(1, 'eng', 'truehd', 8), heard(2, 'eng', 'ac3', 6)]) == {
        '101': 1, '102': 2, '103': 0}


def test_plexs_words_for_codecs_are_not_kodis() -> None:
    assert pairs([audio(1, 'eng', 'dca', 6), audio(2, 'eng', 'dca-ma', 6)],
                 [heard(0, 'eng', 'dtshd_ma', 6), heard(1, 'eng', 'dts', 6)]) == {'101': 1, '102': 0}


def test_a_commentary_by_its_title() -> None:
    assert pairs([audio(1, 'eng', channels=2, title="Director's commentary"), audio(2, 'eng', channels=2)],
                 [heard(0, 'eng', channels=2), heard(1, 'eng', channels=2, name="Director's Commentary - AC3 stereo")]
                 ) == {'101': 1, '102': 0}


def test_what_cannot_be_told_apart_by_its_order() -> None:
    assert pairs([audio(1, ''), audio(2, ''), audio(3, '')], [heard(0, 'und'), heard(1, ''), heard(2, '')]) == {
        '101': 0, '102': 1, '103': 2}


def test_another_language_is_never_the_same_stream() -> None:
    assert pairs([audio(1, 'eng'), audio(2, 'fra')], [heard(0, 'eng'), heard(1, 'ger')]) == {'101': 0}


def test_a_stream_that_kodi_left_out_moves_nobody() -> None:
    assert pairs([audio(1, 'eng', 'ac4', 6), audio(2, 'eng', 'aac', 2)], [heard(0, 'eng', 'aac', 2)]) == {'102': 0}


def test_subtitles_by_forced_and_for_the_hard_of_hearing() -> None:
    assert pairs([subtitle(1, 'deu'), subtitle(2, 'deu', forced=True), subtitle(3, 'deu', hearingImpaired=True)],
                 [shown(0, 'ger', impaired=True), shown(1, 'ger', forced=True), shown(2, 'ger')]) == {
        '101': 2, '102': 1, '103': 0}


def test_a_subtitle_in_a_file_of_its_own() -> None:
    assert pairs([subtitle(1, 'eng'), subtitle(2, 'eng', key='/library/streams/102')],
                 [shown(0, 'eng', name='(External)'), shown(1, 'eng')]) == {'101': 1, '102': 0}


def test_a_mark_in_the_name_of_a_file_counts() -> None:
    files = [subtitle(1, 'deu', key='/library/streams/101'),
             subtitle(2, 'deu', key='/library/streams/102', hearingImpaired=True)]
    assert pairs(files, [shown(0, 'ger', name='sdh (External)'), shown(1, 'ger', name='(External)')]) == {
        '101': 1, '102': 0}


@pytest.mark.parametrize(('one', 'other'), [('ger', 'deu'), ('de', 'deu'), ('pt-BR', 'por'), ('fre', 'fr'),
                                            ('ENG', 'en'), ('', 'und'), ('zh_Hans', 'chi')])
def test_one_language_has_several_codes(one: str, other: str) -> None:
    assert language(one) == language(other)


@pytest.mark.parametrize(('code', 'short'), [('deu', 'de'), ('ger', 'de'), ('pt-BR', 'pt'), ('de', 'de'), ('und', ''),
                                             ('gsw', 'gsw')])
def test_the_code_of_two_letters_of_a_language(code: str, short: str) -> None:
    assert two_letters(code) == short

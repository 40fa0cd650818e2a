"""Playlists of a server become ours: nothing leads elsewhere, nothing is lost."""
from __future__ import annotations

from typing import List, Tuple

import pytest

from resources.lib.playback.transcode import playlist
from resources.lib.playback.transcode.playlist import Entry

START, INDEX = '/video/:/transcode/universal/start.m3u8', '/video/:/transcode/universal/session/s-1/base/index.m3u8'


def read(text: str, base: str = INDEX) -> Tuple[List[str], List[Entry]]:
    shown, entries = playlist.read(text, base, lambda name: '/ours/' + name, 'http://plex:32400')
    return shown.splitlines(), entries


def test_the_first_playlist() -> None:
    lines, entries = read('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000000\nsession/s-1/base/index.m3u8\n', START)
    assert lines == ['#EXTM3U', '#EXT-X-STREAM-INF:BANDWIDTH=2000000', '/ours/session/s-1/base/index.m3u8']
    assert entries == [Entry('session/s-1/base/index.m3u8', INDEX)]


def test_segments_know_where_they_begin() -> None:
    text = '#EXTM3U\r\n#EXTINF:4.5, nodesc\r\n00000.ts\r\n#EXTINF:3,\r\n00001.ts\r\n#EXT-X-ENDLIST\r\n'
    lines, entries = read(text)
    assert lines[2] == '/ours/session/s-1/base/00000.ts' and lines[-1] == '#EXT-X-ENDLIST'
    assert [(entry.name[-8:], entry.start_s) for entry in entries] == [('00000.ts', 0.0), ('00001.ts', 4.5)]


@pytest.mark.parametrize('name', [
    '00000.ts', '/video/:/transcode/universal/session/s-1/base/00000.ts',
    'http://plex:32400/video/:/transcode/universal/session/s-1/base/00000.ts?X-Plex-Token=secret&x=1'])
def test_names_in_any_form_and_no_token(name: str) -> None:
    lines, entries = read('#EXTM3U\n#EXTINF:4,\n%s\n' % name)
    assert lines[2] == '/ours/session/s-1/base/00000.ts'
    assert 'secret' not in entries[0].path and entries[0].path.partition('?')[0].endswith('/session/s-1/base/00000.ts')
    assert entries[0].path.endswith('?x=1') == ('x=1' in name)


@pytest.mark.parametrize('name', [
    'http://elsewhere/video/:/transcode/universal/session/s-1/base/00000.ts', '/library/parts/1/1/file.mkv',
    '../../../../../../library/sections', '//elsewhere/x.ts', 'file:///etc/passwd', 'a b.ts', 'http://[', '.hidden'])
def test_what_is_not_the_transcoders_is_left_out(name: str) -> None:
    lines, entries = read('#EXTM3U\n#EXTINF:4,\n%s\n#EXTINF:4,\n00001.ts\n' % name)
    assert [entry.name for entry in entries] == ['session/s-1/base/00001.ts']
    assert name not in lines and entries[0].start_s == 0.0


def test_names_in_attributes() -> None:
    lines, entries = read('#EXTM3U\n#EXT-X-MAP:URI="header",BYTERANGE="1@0"\n#EXT-X-KEY:URI="http://elsewhere/key"\n')
    assert lines == ['#EXTM3U', '#EXT-X-MAP:URI="/ours/session/s-1/base/header",BYTERANGE="1@0"']
    assert [entry.start_s for entry in entries] == [-1.0]


def test_odd_lengths_are_no_error() -> None:
    lines, entries = read('#EXTM3U\n#EXTINF:abc,\n00000.ts\n#EXTINF:\n00001.ts\n#EXTINF:-4,\n00002.ts\n')
    assert len(entries) == 3 and len(lines) == 7

"""The files are read by Kodi, and tell us whether we wrote them."""
from __future__ import annotations

from resources.lib.playlists.m3u import Entry, Marker, read, render

MARKER = Marker('mid', '77')
ENTRIES = [Entry('plugin://a/?id=1', 'Film (1999)', 5400), Entry('plugin://a/?id=2', 'Zwei\nZeilen, äß 🎬', 0)]


def test_a_file_says_what_it_holds_and_whose_it_is() -> None:
    content = render(ENTRIES, MARKER)
    assert content.decode('utf-8').split('\n') == [
        '#EXTM3U', content.decode('utf-8').split('\n')[1],
        '#EXTINF:5400,Film (1999)', 'plugin://a/?id=1', '#EXTINF:0,Zwei Zeilen, äß 🎬', 'plugin://a/?id=2', '']
    found = read(content)
    assert found.urls == ['plugin://a/?id=1', 'plugin://a/?id=2']
    assert found.marker == MARKER and found.whole


def test_a_file_that_was_changed_does_not_say_that_it_is_ours() -> None:
    content = render(ENTRIES, MARKER)
    assert read(content.replace(b'id=2', b'id=3')).marker is None
    assert read(content.replace(b'mid/77', b'mid/78')).marker is not None, 'the digest is that of the entries'
    assert read(content + b'plugin://a/?id=9\n').marker is None
    assert read(b'#EXTM3U\n#PLEXKODICONNECT:mid/77\nx\n').marker is None


def test_what_kodi_saves_is_read() -> None:
    content = b'#EXTCPlayListM3U::M3U\n#EXTINF:0,Film\nplugin://a/?id=1\n#EXTINF:0,S\xfc\xdf\n\nplugin://a/?id=2\n'
    found = read(content)
    assert found.urls == ['plugin://a/?id=1', 'plugin://a/?id=2'] and found.marker is None and found.whole


def test_anything_can_be_read() -> None:
    assert read(b'') == ([], None, False)
    assert read(b'\xff\xfe\x00junk').urls
    assert read('\ufeff#EXTM3U\r\nfile.mkv\r\n'.encode('utf-8')).urls == ['file.mkv']
    assert not read(b'#EXTM3U\nplugin://a/?id=12').whole, 'whoever wrote it was interrupted'
    assert read(render([], MARKER)) == ([], MARKER, True)


def test_a_long_label_is_cut_so_that_kodi_reads_the_line_as_one() -> None:
    assert max(map(len, render([Entry('u', 'x' * 9000, 1)], MARKER).split(b'\n'))) < 4095

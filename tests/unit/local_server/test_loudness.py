"""A theme can be less loud than other music, while Kodi's volume stays what it is."""
from __future__ import annotations

import pytest

from resources.lib.local_server.loudness import with_gain

SOUND = b'\xff\xfb\x90\x00' + b'sound' * 50
TAG = b'ID3\x04\0\0' + bytes((0, 0, 1, 2)) + b't' * 130


@pytest.mark.parametrize('before', [b'', TAG, b'ID3\x04\0\x10' + bytes((0, 0, 0, 4)) + b'tttt' + b'3DI' + b'f' * 7])
def test_the_mark_takes_the_place_of_the_tag_and_the_sound_stays(before: bytes) -> None:
    made = with_gain(before + SOUND, -10.0)
    assert made.endswith(SOUND)
    assert b'REPLAYGAIN_ALBUM_GAIN\0-10.00 dB' in made and b'REPLAYGAIN_TRACK_GAIN\0-10.00 dB' in made
    assert (b'tttt' in made, made.count(b'ID3')) == (False, 1)
    assert with_gain(made, -20.0) == with_gain(SOUND, -20.0)


@pytest.mark.parametrize('odd', [b'', b'ID3', b'ID3\x04\0\0' + bytes((0x7F,) * 4) + b'short'])
def test_what_is_no_mp3_is_kept_whole(odd: bytes) -> None:
    assert with_gain(odd, -10.0).endswith(odd)

"""An mp3 that a player makes less loud by itself, without anybody touching its volume.

Players have a mark for that, ReplayGain: by how many decibels a piece has to be louder or quieter. Kodi heeds it in its
default settings (``musicplayer.replaygaintype``: that of the album). The mark is a text in the tag before the sound
(ID3 version 2.3, frame ``TXXX``: https://id3.org/id3v2.3.0).
"""
from __future__ import annotations

_NAMES = (b'REPLAYGAIN_TRACK_GAIN', b'REPLAYGAIN_ALBUM_GAIN')
_HEADER = 10
#: A flag of a tag's header: another header is at its end.
_FOOTER = 0x10


def with_gain(mp3: bytes, decibels: float) -> bytes:
    """The same sound with this mark in place of its tag."""
    value = b'%+.2f dB' % decibels
    frames = b''.join(_frame(b'\0' + name + b'\0' + value) for name in _NAMES)
    return b'ID3\x03\0\0' + _size(len(frames)) + frames + mp3[_end_of_tag(mp3):]


def _frame(body: bytes) -> bytes:
    """A text with a name; the first byte of ``body`` says that it is Latin-1."""
    return b'TXXX' + len(body).to_bytes(4, 'big') + b'\0\0' + body


def _size(number: int) -> bytes:
    """Seven bits in each byte, so that no size looks like the beginning of the sound."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _end_of_tag(mp3: bytes) -> int:
    """Where the sound begins."""
    if len(mp3) < _HEADER or not mp3.startswith(b'ID3'):
        return 0
    size = 0
    for byte in mp3[6:_HEADER]:
        size = size << 7 | byte & 0x7F
    end = _HEADER + size + (_HEADER if mp3[5] & _FOOTER else 0)
    return end if end <= len(mp3) else 0

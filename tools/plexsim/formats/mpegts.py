"""Small valid MPEG transport streams (ISO/IEC 13818-1): tables, and a picture that is only announced."""

from __future__ import annotations

PACKET = 188
NULL_PACKET = b"\x47\x1f\xff\x10" + b"\xff" * 184
_PMT_PID, _VIDEO_PID = 0x1000, 0x100
_H264 = 0x1B
_POLYNOMIAL = 0x04C11DB7
_CLOCK = 90_000
_START = 10.0  # seconds by which the time stamps of a PMS are ahead of the position


def segment(number: int, seconds: float, packets: int = 40) -> bytes:
    """Return segment ``number`` of a stream whose segments last ``seconds``; each has other bytes."""
    stamp = int((_START + number * seconds) * _CLOCK)
    pieces = [_table(0, _pat(), 0), _table(_PMT_PID, _pmt(), 0)]
    payload = b"\x00\x00\x01\xe0\x00\x00\x80\x80\x05" + _pts(stamp) + b"\x00\x00\x01\x09\x10" + b"%08d" % number * 20
    pieces.append(_packet(_VIDEO_PID, payload[:184], start=True, counter=0))
    for count in range(1, packets):
        pieces.append(_packet(_VIDEO_PID, (b"%08d%08d" % (number, count) * 12)[:184], start=False, counter=count))
    return b"".join(pieces)


def _packet(pid: int, payload: bytes, start: bool, counter: int) -> bytes:
    """Return one packet; a payload that is too short is stuffed in an adaptation field."""
    missing = 184 - len(payload)
    field = b""
    if missing:
        field = bytes([missing - 1]) + (b"\x00" + b"\xff" * (missing - 2) if missing > 1 else b"")
    flags = (0x30 if missing else 0x10) | (counter & 15)
    return bytes([0x47, (0x40 if start else 0) | pid >> 8, pid & 255, flags]) + field + payload


def _table(pid: int, section: bytes, counter: int) -> bytes:
    whole = section + _crc(section).to_bytes(4, "big")
    return _packet(pid, b"\x00" + whole + b"\xff" * (183 - len(whole)), start=True, counter=counter)


def _pat() -> bytes:
    return bytes([0, 0xB0, 13, 0, 1, 0xC1, 0, 0, 0, 1, 0xE0 | _PMT_PID >> 8, _PMT_PID & 255])


def _pmt() -> bytes:
    pid = bytes([0xE0 | _VIDEO_PID >> 8, _VIDEO_PID & 255])
    return bytes([2, 0xB0, 18, 0, 1, 0xC1, 0, 0]) + pid + b"\xf0\x00" + bytes([_H264]) + pid + b"\xf0\x00"


def _pts(stamp: int) -> bytes:
    return bytes(
        [
            0x21 | stamp >> 29 & 0x0E,
            stamp >> 22 & 0xFF,
            0x01 | stamp >> 14 & 0xFE,
            stamp >> 7 & 0xFF,
            0x01 | stamp << 1 & 0xFE,
        ]
    )


def _crc(data: bytes) -> int:
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = value << 1 ^ _POLYNOMIAL if value & 0x80000000 else value << 1
        value &= 0xFFFFFFFF
    return value

"""One code for each language: ISO 639 has one of two letters, and for some languages two of three."""
from __future__ import annotations

from typing import Dict, List

#: Bibliographic and terminological codes of ISO 639-2, where they differ.
_TWICE = ('alb sqi arm hye baq eus bur mya chi zho cze ces dut nld fre fra geo kat ger deu gre ell ice isl mac mkd '
          'mao mri may msa per fas rum ron slo slk tib bod wel cym').split()
#: ISO 639-1 codes with those of ISO 639-2/T.
_SHORT = ('ar ara bg bul bn ben ca cat cs ces cy cym da dan de deu el ell en eng es spa et est eu eus fa fas fi fin '
          'fr fra gl glg he heb hi hin hr hrv hu hun hy hye id ind is isl it ita ja jpn ka kat ko kor lt lit lv lav '
          'mk mkd ml mal ms msa nb nob nl nld nn nno no nor pl pol pt por ro ron ru rus sk slk sl slv sq sqi sr srp '
          'sv swe ta tam te tel th tha tr tur uk ukr ur urd vi vie zh zho').split()
_UNKNOWN = frozenset(('', 'und', 'unk', 'mis', 'mul', 'zxx'))


def _pairs(words: List[str]) -> Dict[str, str]:
    return dict(zip(words[::2], words[1::2]))


_CODES = {**_pairs(_TWICE), **_pairs(_SHORT)}
_TWO_LETTERS = dict(zip(_SHORT[1::2], _SHORT[::2]))


def language(code: str) -> str:
    """One code for each language, '' for none that is known."""
    word = code.lower().partition('-')[0].partition('_')[0]
    return '' if word in _UNKNOWN else _CODES.get(word, word)


def two_letters(code: str) -> str:
    """A language's code of two letters, where it has one that is known; else the one of :func:`language`."""
    found = language(code)
    return _TWO_LETTERS.get(found, found)

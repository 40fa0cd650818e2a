"""Registered secrets in random shapes go through the logger, and none comes out."""
from __future__ import annotations

import base64
import html
import json
import logging
import re
import traceback
from typing import Callable, List
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import quoteattr

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from resources.lib.kodi.log import KodiHandler
from resources.lib.redaction import Redactor
from tests.fakes import FakeKodi

Shape = Callable[[str], str]

ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
#: Tokens, keys and the loopback secret; then passwords, which may hold anything.
TOKENS = st.text(ALPHABET + '-_', min_size=12, max_size=80)
PASSWORDS = st.text(st.characters(exclude_categories=['Cs', 'Cc', 'Zl', 'Zp', 'Zs'], exclude_characters='\x85'),
                    min_size=8, max_size=40)


def cut(text: str, at: int) -> int:
    """A place near ``at`` that is not inside an escape."""
    while at < len(text) and re.search(r'[%\\&][^;%\\&]{0,9}\Z', text[:at + 1]):
        at += 1
    return at


def folded(text: str) -> str:
    at = cut(text, len(text) // 2)
    return text[:at] + '\r\n ' + text[at:]


def twice_folded(text: str) -> str:
    first, second = cut(text, len(text) // 3), cut(text, 2 * len(text) // 3)
    return text[:first] + '\n\t' + text[first:second] + '\r\n    ' + text[second:]


def every_character(text: str) -> str:
    return ''.join('%%%02x' % byte for byte in text.encode())


def numbered(text: str) -> str:
    return ''.join('&#x%x;' % ord(one) for one in text)


def escaped(text: str) -> str:
    return ''.join('\\u%04x' % int.from_bytes(text.encode('utf-16-be')[at:at + 2], 'big')
                   for at in range(0, len(text.encode('utf-16-be')), 2))


def in_an_exception(text: str) -> str:
    try:
        try:
            raise ValueError('first: ' + text)
        except ValueError as error:
            raise OSError(text, 'then') from error
    except OSError:
        return traceback.format_exc()


ENCODINGS: List[Shape] = [
    lambda text: quote(text, safe=''), quote_plus, json.dumps, lambda text: json.dumps(text, ensure_ascii=False),
    html.escape, quoteattr, every_character, numbered, escaped, repr, lambda text: repr(text.encode())]
#: Once: nobody folds a folded line.
FOLDS: List[Shape] = [str, str, folded, twice_folded]
#: What nothing but the value itself is found in.
CODINGS: List[Shape] = [
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    lambda text: base64.b64encode(('user:%s:x' % text).encode()).decode(),
    lambda text: base64.encodebytes(text.encode()).decode(),
    lambda text: text.encode().hex(), lambda text: text.encode().hex().upper()]
PLACES: List[Shape] = [
    lambda text: text, lambda text: 'X-Plex-Something: %s\r\nHost: x' % text, lambda text: '/path?a=1&b=%s&c=2' % text,
    lambda text: json.dumps({'deep': [{'value': text}]}), lambda text: '<a b=%s/>' % quoteattr(text), in_an_exception,
    lambda text: 'x' * 3000 + ' ' + text + ' ' + 'y' * 3000, lambda text: '%r' % ({'a': (text, 1)},)]


def parts_of(secret: str) -> List[str]:
    """No eight characters of a secret in a row may be left."""
    return [secret[at:at + 8] for at in range(len(secret) - 7)]


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(TOKENS | PASSWORDS, min_size=1, max_size=4, unique=True),
       st.lists(st.sampled_from(ENCODINGS), max_size=3), st.sampled_from(FOLDS), st.integers(0, 3),
       st.sampled_from(PLACES), st.booleans())
@example(['aBcD3fGh1jKlMn0pQr5t'], [ENCODINGS[0], ENCODINGS[0]], folded, 1, PLACES[1], True)
@example(['a%41b%2542c\\u0041'], [repr, json.dumps], str, 0, PLACES[3], False)
def test_no_registered_secret_comes_through_the_logger_in_any_shape(
        fake_kodi: FakeKodi, secrets: List[str], encodings: List[Shape], fold: Shape, when: int, place: Shape,
        as_argument: bool) -> None:
    # The space of a folded line as a plus sign could be one of base64 as well.
    assume(fold is str or quote_plus not in encodings)
    redactor = Redactor()
    for secret in secrets:
        redactor.hide(secret)
    shaped = ''
    for secret in secrets:
        one = secret
        for encode in encodings[:when] + [fold] + encodings[when:]:
            one = encode(one)
        shaped += place(one) + ' '
    written = logged(redactor, fake_kodi, shaped, as_argument)
    for secret in secrets:
        for part in parts_of(secret):
            assert not seen_in(part, written), (secret, shaped)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(TOKENS | PASSWORDS, st.sampled_from(CODINGS),
       st.lists(st.sampled_from([ENCODINGS[0], json.dumps, repr]), max_size=2), st.sampled_from(PLACES))
def test_no_registered_secret_comes_through_in_base64_or_hexadecimal(
        fake_kodi: FakeKodi, secret: str, code: Shape, encodings: List[Shape], place: Shape) -> None:
    redactor = Redactor()
    redactor.hide(secret)
    coded = code(secret)
    shaped = coded
    for encode in encodings:
        shaped = encode(shaped)
    written = logged(redactor, fake_kodi, place(shaped), False)
    core = ''.join(coded.split())[4:-4]
    if len(core) >= 8:
        assert not any(part in written for part in parts_of(core))


def logged(redactor: Redactor, fake_kodi: FakeKodi, text: str, as_argument: bool) -> str:
    """What Kodi gets to write, of a message, an argument, and an exception with its traceback."""
    del fake_kodi.log[:]
    handler = KodiHandler('plugin.x', redactor)
    message, arguments = ('%s of %r', (text, [text])) if as_argument else (text, ())
    try:
        raise LookupError(text)
    except LookupError as error:
        handler.handle(logging.LogRecord('pkc.test', logging.ERROR, __file__, 1, message, arguments,
                                         (type(error), error, error.__traceback__)))
    return re.sub('<[a-z-]+>', ' ', '\n'.join(line for _, line in fake_kodi.log))


def seen_in(part: str, written: str) -> bool:
    """Whether a part of a secret can be read in a log: as it is, or in the plainest encodings."""
    return any(form in written for form in (part, quote(part, safe=''), json.dumps(part)[1:-1], html.escape(part)))

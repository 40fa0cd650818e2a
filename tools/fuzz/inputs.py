"""Hypothesis strategies: documents in the shape of real ones with any values, and bytes that resemble HTTP."""
from __future__ import annotations

import json
from typing import Any, Sequence, Tuple
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from hypothesis import strategies as st

_ODD_TEXTS = ('', ' ', '0', '-1', '²', '٣', '1e999', 'nan', 'null', 'true', '9' * 30, '9' * 5000, '../../etc/passwd',
              '..',
              '/', '//', '%2e%2e', '%00', '\0', '\r\nX: y', 'http://[', 'https://[::1', 'http://a:b', '\ud800', '😀',
              'a' * 3000,
              '<x>', '&amp;', '"', "'", '\\', '{}', '1969-13-45', '0000-00-00', 'x-1', '1/0')
_ODD_NUMBERS = (0, -1, 1, 2 ** 31, 2 ** 63, -2 ** 63 - 1, 10 ** 400, 0.5, 1e308, float('inf'), float('-inf'),
                float('nan'))
_ODD_BYTES = (b'', b' ', b'null', b'[]', b'{}', b'"x"', b'0', b'\xff\xfe{\0}\0', b'\xef\xbb\xbf{}', b'\0',
              b'{"a":' * 2000,
              b'[' * 100_000, b'<a>' * 5000, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
              b'<?xml version="1.0" encoding="x"?><a/>',
              b'<MediaContainer' + b' a="b"' * 2 + b'/>', b'<errors><error code="1001"/></errors>',
              b'{"errors":[{"code":"x"}]}',
              b'{"errors":[{"code":' + b'9' * 5000 + b'}]}', b'Infinity', b'{"a": 1e999}', b'\x1f\x8b\x08\x00')

_SCALARS = (st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
            | st.sampled_from(_ODD_TEXTS) | st.sampled_from(_ODD_NUMBERS))
ODD = _SCALARS | st.recursive(_SCALARS, lambda inner: st.lists(inner, max_size=3)
                              | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=5)


def like(example: Any) -> st.SearchStrategy[Any]:
    """Values in the shape of ``example``, of which some parts are missing, odd or repeated."""
    if isinstance(example, dict):
        names = {name: like(value) for name, value in example.items()}
        shape: st.SearchStrategy[Any] = st.fixed_dictionaries(names) | st.fixed_dictionaries({}, optional=names)
    elif isinstance(example, list):
        inner = st.one_of([like(one) for one in example]) if example else ODD
        shape = st.lists(inner, max_size=3)
    else:
        shape = st.just(example)
    # Not one_of: its repr contains the reprs of all nested strategies and would fill the memory.
    return st.integers(0, 4).flatmap(lambda choice: shape if choice else ODD)


def json_bytes(value: Any) -> bytes:
    """A document as Python's ``json`` writes it, which allows Infinity and lone surrogates."""
    return json.dumps(value).encode('ascii')


def xml_bytes(value: Any) -> bytes:
    """The same as XML: scalars as attributes, lists of objects as children. Odd values give invalid XML."""
    name, inner = next(iter(value.items())) if isinstance(value, dict) and value else ('MediaContainer', value)
    return _element(str(name), inner).encode('utf-8', 'surrogatepass')


def _element(name: str, value: Any) -> str:
    entries = value if isinstance(value, dict) else {'value': value}
    attributes = ''.join(' %s=%s' % (key, quoteattr(str(one))) for key, one in entries.items()
                         if not isinstance(one, (list, dict)))
    children = ''.join(_element({'Metadata': 'Video'}.get(key, key), child) for key, one in entries.items()
                       if isinstance(one, (list, dict)) for child in (one if isinstance(one, list) else [one]))
    return '<%s%s>%s</%s>' % (name, attributes, children, name)


def documents(example: Any) -> st.SearchStrategy[bytes]:
    """Bytes of a document in the shape of ``example`` (JSON or XML), perhaps cut off or changed; or any bytes."""
    whole = like(example).map(json_bytes) | like(example).map(xml_bytes)
    return st.one_of(whole, whole, whole, broken(whole), st.sampled_from(_ODD_BYTES), st.binary(max_size=50))


@st.composite
def broken(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """``whole`` with some bytes changed, removed or added, or without its end."""
    content = bytearray(draw(whole))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        how = draw(st.integers(0, 3))
        if how == 0:
            del content[at:]
        elif how == 1:
            content[at:at + draw(st.integers(0, 8))] = draw(st.binary(max_size=8))
        elif how == 2:
            content[at:at] = draw(st.sampled_from(_ODD_BYTES))[:2000]
        elif at < len(content):
            content[at] ^= 1 << draw(st.integers(0, 7))
    return bytes(content)


_ODD_HEADERS = (b'Content-Length: \xb2', b'Content-Length: -1', b'Content-Length: ' + b'9' * 5000, b'Content-Length: 3',
                b'Content-Length: 0', b'Content-Encoding: gzip', b'Content-Encoding: gzip, gzip',
                b'Content-Encoding: x',
                b'Transfer-Encoding: chunked', b'Transfer-Encoding: x', b'Content-Type: application/json',
                b'Content-Type: \xff',
                b'Location: /x', b'Location: //', b'Location: http://[', b'Location: \xff',
                b'Location: http://h:99999/', b'Location:',
                b'Retry-After: 0', b'Retry-After: nan', b'Retry-After: -1', b'Date: x',
                b'Date: Mon, 99 Foo 99999 99:99:99 GMT',
                b'Date: Thu, 01 Jan 1970 00:00:00 +9999', b'Set-Cookie: a=b', b'Set-Cookie: ' + b'x' * 3000, b': x',
                b'x', b' folded',
                b'A\0B: c', b'Connection: close', b'Content-Range: bytes 0-\xb2/5', b'ETag: "x',
                b'WWW-Authenticate: Basic')
_STATUS_LINES = (b'HTTP/1.1 200 OK', b'HTTP/1.1 200', b'HTTP/1.1 204 No Content', b'HTTP/1.1 206 x',
                 b'HTTP/1.1 302 Found', b'HTTP/1.1 304 x',
                 b'HTTP/1.1 400 x', b'HTTP/1.1 401 x', b'HTTP/1.1 403 x', b'HTTP/1.1 404 x', b'HTTP/1.1 422 x',
                 b'HTTP/1.1 429 x',
                 b'HTTP/1.1 498 x', b'HTTP/1.1 500 x', b'HTTP/1.1 503 x', b'HTTP/1.0 200 OK', b'HTTP/1.1 999 x',
                 b'HTTP/1.1 100 x',
                 b'HTTP/1.1 \xb2\xb2\xb2 x', b'HTTP/1.1 -12 x', b'HTTP/9.9 200 OK', b'ICY 200 OK', b'')


@st.composite
def answers(draw: st.DrawFn, bodies: st.SearchStrategy[bytes]) -> bytes:
    """Bytes of a server: mostly an HTTP answer with one of ``bodies``."""
    body = draw(bodies)
    if draw(st.integers(0, 2)):  # a valid head, so that the body is read
        head = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n' % len(body)
        return head + body
    lines = [draw(st.sampled_from(_STATUS_LINES))]
    lines += draw(st.lists(st.sampled_from(_ODD_HEADERS) | st.binary(max_size=30), max_size=4))
    if draw(st.booleans()):
        lines.append(b'Content-Length: %d' % len(body))
    elif draw(st.booleans()):
        lines.append(b'Transfer-Encoding: chunked')
        body = draw(st.sampled_from((b'%x', b'%X;x=y', b'-%x', b'0x%x',
                                     b'%x\0'))) % len(body) + b'\r\n' + body + b'\r\n0\r\n\r\n'
    whole = draw(st.sampled_from((b'\r\n', b'\r\n', b'\n'))).join([*lines, b'', b'']) + body
    return draw(broken(st.just(whole))) if not draw(st.integers(0, 4)) else whole


_PATHS = (b'/api/echo', b'/api/fail', b'/api/', b'/api/echo/x', b'/art/mid/7/thumb/1', b'/art/mid/7/thumb/' + b'9' * 19,
          b'/art/mid/..%2f/art/1',
          b'/stream/mid/7/11/film.mkv', b'/subtitle/mid/7/4/a.srt', b'/', b'*', b'//', b'/%', b'/%00', b'/\xff',
          b'http://127.0.0.1/api/echo',
          b'/api/echo?a=b#c', b'/' + b'a' * 5000)
_REQUEST_HEADERS = (b'X-PKC-Secret: sesame', b'X-PKC-Secret: \xff', b'X-PKC-Secret: wrong', b'Host: evil.example',
                    b'Host: 127.0.0.1',
                    b'Content-Length: 2', b'Content-Length: 2', b'Content-Length: \xb2', b'Content-Length: -1',
                    b'Content-Length: 99999999',
                    b'Content-Length: ' + b'9' * 5000, b'Transfer-Encoding: chunked', b'Range: bytes=0-',
                    b'Range: bytes=-0', b'Range: bytes=5-1',
                    b'Range: bytes=' + b'9' * 5000 + b'-', b'Range: bytes=\xb2-', b'If-None-Match: *', b'If-Range: "x"',
                    b'Expect: 100-continue',
                    b'Connection: close', b'Connection: keep-alive', b'Origin: https://evil.example',
                    b'Sec-Fetch-Site: cross-site',
                    b' folded', b': x', b'x', b'A: ' + b'x' * 70000, b'Cookie: a=b', b'Content-Type: text/plain')
_METHODS = (b'GET', b'HEAD', b'POST', b'POST', b'PUT', b'OPTIONS', b'CONNECT', b'get', b'', b'\xff', b'X' * 100)


@st.composite
def requests(draw: st.DrawFn, host: bytes) -> bytes:
    """Bytes of a client of the loopback server: at most three requests in a row. ``host`` is the valid Host header."""
    sent = b''
    for _ in range(draw(st.integers(1, 3))):
        line = b' '.join((draw(st.sampled_from(_METHODS)), draw(st.sampled_from(_PATHS) | st.binary(max_size=30)),
                          draw(st.sampled_from((b'HTTP/1.1', b'HTTP/1.1', b'HTTP/1.0', b'HTTP/2.0', b'HTTP/1.9999', b'',
                                                b'x')))))
        headers = draw(st.lists(st.sampled_from(_REQUEST_HEADERS), max_size=6))
        if draw(st.integers(0, 4)):
            headers = [b'Host: ' + host, b'X-PKC-Secret: sesame'][:draw(st.integers(1, 2))] + headers
        body = draw(documents({'name': 'x', 'limit': 5}))
        if draw(st.integers(0, 2)):
            headers.append(b'Content-Length: %d' % len(body))
        sent += b'\r\n'.join([line, *headers, b'', b'']) + body
    return draw(broken(st.just(sent))) if not draw(st.integers(0, 4)) else sent


_URL_WORDS: Sequence[str] = (
    'play', 'movies', 'shows', 'trailers', 'mid', '12', '11', '..', '.', '', 'continue_watching', 'sync', 'sign_in',
    'full_check',
    'sync_report', 'choose_server', 'refresh', '\0', '²', '%2F', '%', 'x' * 300, 'A B', 'ü', '?', '#', '\ud800')


@st.composite
def plugin_calls(draw: st.DrawFn) -> Tuple[str, str, str, str]:
    """The arguments of a plugin call: URL, handle, query, resume."""
    words = draw(st.lists(st.sampled_from(_URL_WORDS) | st.text(max_size=8), max_size=5))
    base = draw(st.sampled_from(('plugin://plugin.video.plexkodiconnect/',) * 5 + ('plugin://other/', '', 'http://x/')))
    options = draw(st.lists(st.tuples(st.sampled_from(('id', 'media', 'type', 'start', 'limit', 'resume', '',
                                                       'x')) | st.text(max_size=5),
                                      st.sampled_from(_ODD_TEXTS + ('12', 'movie')) | st.text(max_size=8)), max_size=4))
    spell = quote if draw(st.booleans()) else str
    query = '&'.join('%s=%s' % (name, spell(value.encode('utf-8', 'replace').decode() if spell is quote else value))
                     for name, value in options)
    inside = draw(st.booleans())
    return (base + '/'.join(words) + ('?' + query if inside else ''), draw(st.sampled_from(('1', '-1', '', 'x', '²',
                                                                                            '--1', '9' * 30))),
            '' if inside else '?' + query, draw(st.sampled_from(('resume:true', 'resume:false', ''))))

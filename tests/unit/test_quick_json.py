"""The plugin's quick JSON says what the standard library's says, of everything."""
from __future__ import annotations

import importlib
import json
import sys
from typing import Any, Iterator

import pytest

from resources.lib import quick_json

VALUES = [{}, [], '', 0, -1, 1.5, 2 ** 80, True, False, None,
          'ä🎬\u2028"\\/\x00\x1f', {'a': [1, {'b': None}], 'ü': 'x'}, [[[]]], 'x' * 50_000]


@pytest.fixture(params=['with the C half', 'without it'])
def module(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if request.param == 'without it':
        monkeypatch.setitem(sys.modules, '_json', None)
    yield importlib.reload(quick_json)
    monkeypatch.undo()
    importlib.reload(quick_json)


@pytest.mark.parametrize('value', VALUES)
@pytest.mark.parametrize('plain', [True, False])
def test_reads_what_json_writes(module: Any, value: Any, plain: bool) -> None:
    text = json.dumps(value, ensure_ascii=plain)
    assert module.loads(text.encode()) == value
    assert module.loads(b' \r\n\t' + text.encode() + b'\n') == value


@pytest.mark.parametrize('value', VALUES)
def test_json_reads_what_it_writes(module: Any, value: Any) -> None:
    assert json.loads(module.dumps({'name': value, 'ä"': 1})) == {'name': value, 'ä"': 1}
    assert json.loads(module.dumps({})) == {}


@pytest.mark.parametrize('body', [b'', b' ', b'{', b'{"a"', b'{"a": }', b'[1,', b'"x', b'nonsense', b'{} {}', b'[1] x',
                                  b'\xff\xfe', b'{"a": 1,}', b'"\x00"', b'<html></html>', b'-'])
def test_what_is_no_json_is_a_value_error(module: Any, body: bytes) -> None:
    with pytest.raises(ValueError):
        module.loads(body)


def test_a_document_that_is_too_deep_does_not_crash(module: Any) -> None:
    with pytest.raises(ValueError):
        module.loads(b'[' * 200_000)

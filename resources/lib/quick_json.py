"""JSON for the plugin, by the C module of Python's ``json`` alone.

``json`` itself imports ``re`` and with it ``enum`` and ``functools``, which takes longer than all other imports of a
plugin call. The C module is not public: where it is missing or differs, ``json`` is used.
"""
from __future__ import annotations

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Optional, Tuple

_SPACE = ' \t\r\n'


def _reject_constant(name: str) -> float:
    raise ValueError('%s is no JSON' % name)


class _Context:
    """The attributes that the C scanner reads from a ``json.JSONDecoder``, with their defaults."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = _reject_constant


_scan: Optional[Callable[[str, int], Tuple[Any, int]]] = None
_quoted: Callable[[str], str]
try:
    import _json
    _quoted = _json.encode_basestring_ascii
    _make: Callable[[Any], Any] = _json.make_scanner  # takes any object with these attributes
    _scan = _make(_Context)
except (ImportError, AttributeError, TypeError):
    pass


def loads(body: bytes) -> Any:
    """Parse a UTF-8 document. Raises ValueError."""
    try:
        if _scan is None:
            import json
            return json.loads(body, parse_constant=_reject_constant)
        text = body.decode('utf-8').strip(_SPACE)
        value, end = _scan(text, 0)
    except StopIteration:
        raise ValueError('not JSON') from None
    except RecursionError:
        raise ValueError('JSON that is nested too deeply') from None
    if end != len(text):
        raise ValueError('more than one JSON value')
    return value


def dumps(values: Mapping[str, Any]) -> bytes:
    """A JSON object as UTF-8; fast for values that are strings, whole numbers and booleans."""
    if _scan is None:
        import json
        return json.dumps(values).encode()
    return ('{%s}' % ','.join('%s:%s' % (_quoted(name), _encoded(value)) for name, value in values.items())).encode()


def _encoded(value: Any) -> str:
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    import json
    return json.dumps(value)

"""XML answers in the shape of JSON ones.

A PMS answers in XML where it does not know the client's ``Accept`` header: old servers, and a new one that is still
starting. Both formats hold the same names; JSON gathers children in lists by their kind.
"""
from __future__ import annotations

from typing import Any, Dict
from xml.etree.ElementTree import Element, ParseError

from .plex_limits import MOST_XML_VALUES

#: Elements that JSON calls Metadata, as all else that has a ratingKey.
_METADATA = ('Video', 'Track', 'Photo', 'Playlist')


def loads_xml(body: bytes) -> Any:
    """The document as JSON would have it: attributes as strings, children in lists under their names.

    Raises :class:`ValueError` for what is not well-formed, not safe (a DOCTYPE), too large, or no document of Plex's.
    """
    if body.count(b'<') + body.count(b'=') > MOST_XML_VALUES:
        raise ValueError('too many elements')
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError) as error:
        raise ValueError('not well-formed or not safe XML: %s' % type(error).__name__) from error
    if root.tag not in ('MediaContainer', 'errors', 'Response'):
        raise ValueError('XML, but none of a Plex host')
    if root.tag == 'errors':
        return {'errors': [dict(error.attrib) for error in root]}
    return {root.tag: _value(root)}


def _value(element: Element) -> Dict[str, Any]:
    value: Dict[str, Any] = dict(element.attrib)
    for child in element:
        name = 'Metadata' if child.tag in _METADATA or 'ratingKey' in child.attrib else str(child.tag)
        found = value.setdefault(name, [])
        if isinstance(found, list):
            found.append(_value(child))
    return value

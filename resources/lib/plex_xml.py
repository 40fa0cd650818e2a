"""Parsing XML answers into the form of JSON ones.

Old servers, and newer ones that are still starting, ignore the ``Accept`` header and answer in XML. Both formats have
the same names; in JSON, children are in lists by name.
"""
from __future__ import annotations

from typing import Any, Dict
from xml.etree.ElementTree import Element, ParseError

from .plex_limits import MOST_XML_VALUES

#: Elements that are called Metadata in JSON, like all others with a ratingKey.
_METADATA = ('Video', 'Track', 'Photo', 'Playlist')


def loads_xml(body: bytes) -> Any:
    """The document in the form of JSON: attributes as strings, children in lists by name.

    Raises :class:`ValueError` if it is not well-formed, not safe (a DOCTYPE), too large, or not one of Plex's.
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
        siblings = value.setdefault(name, [])
        if isinstance(siblings, list):
            siblings.append(_value(child))
    return value

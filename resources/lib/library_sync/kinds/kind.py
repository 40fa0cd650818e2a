"""The declaration of a kind of items: Plex's type, Kodi's table, the mapper and the writer.

The sync itself names no kind. A new one is a declaration like those in this package, with its mapper in the same module
and its writer in ``kodi_db``, and a line in ``kinds/__init__.py``.
"""
from __future__ import annotations

from typing import Any, Callable, Iterator, NamedTuple, Optional, Tuple

from ...kodi_db.item_writer import ItemWriter
from ...kodi_db.records import ItemAddress, SetRecord
from ...kodi_db.shared import SharedWriter
from ...kodi_db.tables import ItemTable
from ...plex_kinds import PlexType
from ...plex_model import PlexItem
from ..mapping import Context, ExistingRow


def no_parent(_item: PlexItem) -> str:
    """The default of ``Kind.parent_key``."""
    return ''


def no_address(_machine_identifier: str, _rating_key: str, _parent_key: str) -> ItemAddress:
    """The default of ``Kind.address``, for items without a path or URL."""
    return ItemAddress('', '', '')


class Kind(NamedTuple):
    """A kind of items.

    ``library_type`` is Plex's type of the libraries that hold it. ``record`` makes the record that ``writer`` takes.
    With ``watch_state`` Kodi stores the items' watch state; that of others it computes.

    ``parent`` is the kind of the item that must be written first (the show of seasons and episodes), ``parent_key``
    gives that item's ratingKey. ``in_collections``: Plex's collections can hold these items; ``set_record`` makes the
    record of a collection if Kodi has sets of them.

    ``address`` (machineIdentifier, ratingKey, ratingKey of the parent) gives an item's path and URL in Kodi's library,
    by which our items are recognised there.
    """

    plex: PlexType
    library_type: str
    table: ItemTable
    record: Callable[[PlexItem, Context, ExistingRow], Any]
    writer: Callable[[SharedWriter], ItemWriter[Any]]
    watch_state: bool = False
    parent: Optional[Kind] = None
    parent_key: Callable[[PlexItem], str] = no_parent
    in_collections: bool = False
    set_record: Optional[Callable[[PlexItem, Context], SetRecord]] = None
    address: Callable[[str, str, str], ItemAddress] = no_address

    @property
    def name(self) -> str:
        """Plex's ``type`` of the items."""
        return self.plex.name

    @property
    def has_address(self) -> bool:
        """Whether items can be recognised in Kodi's library by their address."""
        return self.address is not no_address

    def root(self, machine_identifier: str) -> str:
        """The path above all items of a server."""
        return self.address(machine_identifier, '', '').root


class Kinds:
    """The kinds that one of Kodi's databases holds, in the order in which they must be written."""

    def __init__(self, *kinds: Kind) -> None:
        self._kinds = kinds

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds)

    def __reversed__(self) -> Iterator[Kind]:
        return reversed(self._kinds)

    def of_library(self, library_type: str) -> Tuple[Kind, ...]:
        """The kinds in libraries of one of Plex's types; none for a type that is not synced."""
        return tuple(kind for kind in self._kinds if kind.library_type == library_type)

    def of_media_type(self, media_type: str) -> Optional[Kind]:
        """The kind with this media type of Kodi's."""
        return next((kind for kind in self._kinds if kind.table.media_type == media_type), None)

    def of_type(self, plex_type: str) -> Kind:
        """The kind of Plex's items of one ``type``. Raises KeyError."""
        return {kind.name: kind for kind in self._kinds}[plex_type]

    def of_table(self, table: ItemTable) -> Kind:
        """The kind in a table. Raises KeyError."""
        return {kind.table: kind for kind in self._kinds}[table]

    def children(self, kind: Kind) -> Tuple[Kind, ...]:
        """The kinds whose parent is ``kind``."""
        return tuple(child for child in self._kinds if child.parent == kind)

"""What the requesting user may see and do."""

from __future__ import annotations

from typing import Any

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.config import OWNER
from tools.plexsim.http.messages import HttpError, Request
from tools.plexsim.items.records import Item, Section
from tools.plexsim.library.store import Store


class Access:
    """Finds sections and items that the requesting user may see. ``owned``: the account's owner is the server's too."""

    def __init__(self, store: Store, accounts: Accounts, owned: bool = True) -> None:
        self.store = store
        self.accounts = accounts
        self.owned = owned

    def require_owner(self, request: Request) -> None:
        """Raise HttpError(403) unless the requesting user is the owner."""
        if request.user != OWNER or not self.owned:
            raise HttpError(403)

    def visible(self, request: Request, section: Section) -> bool:
        """Whether the requesting user may see a section."""
        allowed = self.accounts.users[request.user].sections
        return allowed is None or section.id in allowed

    def sections(self, request: Request) -> list[Section]:
        """Return the sections that the requesting user may see."""
        return [section for section in self.store.sections.values() if self.visible(request, section)]

    def section(self, request: Request, number: str) -> Section:
        """Return a section by its number. Raises HttpError(404)."""
        section = self.store.sections.get(int(number)) if number.isdigit() else None
        if section is None or not self.visible(request, section):
            raise HttpError(404)
        return section

    def item(self, request: Request, key: Any) -> Item:
        """Return an item by its rating key, or by a path that ends with it. Raises HttpError(404)."""
        item = self.store.get(str(key).rsplit("/", 1)[-1])
        if item is None or not self.visible(request, item.section):
            raise HttpError(404)
        return item

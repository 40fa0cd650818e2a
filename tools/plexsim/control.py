"""The control API under /__sim__/ on the plex.tv port: everything a test can do in-process, for other processes.

All bodies and answers are JSON. GET: state, truth, items, stats, requests, events, faults, users, pins,
continue_watching. POST: link, mutate, faults, clear_faults, reset_stats, config, clock, add_user, revoke,
disconnect, send_event, prerender.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Callable

from tools.plexsim.items import Item, Section
from tools.plexsim.library import OWNER
from tools.plexsim.web import Answer, Request, Routes, json_answer

if TYPE_CHECKING:
    from tools.plexsim.server import PlexSim

MUTATORS = (
    "add_section",
    "rename_section",
    "set_section",
    "remove_section",
    "add_movie",
    "add_show",
    "add_season",
    "add_episode",
    "update",
    "delete",
    "add_collection",
    "set_collection",
    "add_to_collection",
    "remove_from_collection",
    "add_extra",
    "add_version",
    "share_file",
    "move",
    "make_odd",
    "scrobble",
    "unscrobble",
    "set_progress",
    "rate",
    "remove_from_continue_watching",
)
CONFIG = (
    "latency",
    "accepts_jwt",
    "jwt_kills_legacy",
    "gzip",
    "server_name",
    "version",
    "machine_identifier",
    "maintenance",
    "media_file",
    "pin_seconds",
    "strong_pin_seconds",
    "link_after",
    "nonce_limit",
    "nonce_seconds",
    "jwt_seconds",
    "clock_leeway",
    "dead_connections",
    "connections",
    "gdm_host",
    "page_limit",
    "ignore_filters",
    "watched_without_count",
    "no_totals",
    "moving_total",
    "omit_fields",
    "log_requests",
)


class Control:
    """Handlers of the control API."""

    def __init__(self, sim: PlexSim) -> None:
        self.sim = sim

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        reads: dict[str, Callable[[Request], Any]] = {
            "": self.state,
            "state": self.state,
            "truth": self.truth,
            "items": self.items,
            "stats": lambda _: self.sim.stats(),
            "requests": self.requests,
            "events": self.events,
            "faults": lambda _: self.sim.faults.as_dicts(),
            "users": self.users,
            "pins": self.pins,
            "continue_watching": self.continue_watching,
        }
        writes: dict[str, Callable[[dict[str, Any]], Any]] = {
            "link": self.link,
            "mutate": self.mutate,
            "faults": self.add_fault,
            "clear_faults": self.clear_faults,
            "reset_stats": self.reset_stats,
            "config": self.configure,
            "clock": self.clock,
            "add_user": self.add_user,
            "revoke": self.revoke,
            "disconnect": self.disconnect,
            "send_event": self.send_event,
            "prerender": self.prerender,
        }
        for name, read in reads.items():
            routes.add("GET", "/__sim__/?" + name, self._reading(read))
        for name, write in writes.items():
            routes.add("POST", "/__sim__/" + name, self._writing(write))

    def _reading(self, handler: Callable[[Request], Any]) -> Callable[[Request], Answer]:
        return lambda request: self._answer(lambda: handler(request))

    def _writing(self, handler: Callable[[dict[str, Any]], Any]) -> Callable[[Request], Answer]:
        def entry(request: Request) -> Answer:
            return self._answer(lambda: handler(json.loads(request.body or b"{}")))

        return entry

    def _answer(self, work: Callable[[], Any]) -> Answer:
        try:
            with self.sim.library.lock:
                result = work()
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return json_answer({"ok": False, "error": f"{type(error).__name__}: {error}"}, 400)
        return json_answer(result if result is not None else {"ok": True})

    # ------------------------------------------------------------------ reading

    def state(self, request: Request) -> dict[str, Any]:
        """GET state: addresses, ids, counts, settings."""
        sim = self.sim
        counts: dict[str, int] = {}
        for item in sim.library.by_key.values():
            counts[item.type] = counts.get(item.type, 0) + 1
        return {
            "plex_tv_url": sim.plex_tv_url,
            "pms_url": sim.pms_url,
            "machine_identifier": sim.machine_identifier,
            "gdm_address": list(sim.gdm.address),
            "owner_token": sim.owner_token,
            "now": sim.clock.now(),
            "clock_offset": sim.clock.offset,
            "counts": counts,
            "listeners": sim.events.listeners,
            "sections": [section_dict(entry) for entry in sim.library.sections.values()],
            "config": {name: getattr(sim.config, name) for name in CONFIG},
        }

    def truth(self, request: Request) -> Any:
        """GET truth?ids=1,2&user=1: full metadata of items, as a list."""
        user = int(request.values.get("user", OWNER))
        keys = [key for key in request.values.get("ids", "").split(",") if key]
        return [self.sim.library.truth(key, user) for key in keys if self.sim.library.get(key) is not None]

    def items(self, request: Request) -> Any:
        """GET items?type=movie&section=1&full=1&user=1: all items, short or in full."""
        section = request.values.get("section")
        found = self.sim.library.items(request.values.get("type"), int(section) if section else None)
        user = int(request.values.get("user", OWNER))
        if request.flag("full"):
            return [self.sim.library.truth(item.rating_key, user) for item in found]
        return [item_dict(item) for item in found]

    def requests(self, request: Request) -> Any:
        """GET requests?path=REGEX&method=GET&last=100: the request log."""
        found = self.sim.requests.find(request.values.get("path", ""), request.values.get("method"))
        last = int(request.values.get("last", "1000"))
        return [entry._asdict() for entry in found[-last:]]

    def events(self, request: Request) -> Any:
        """GET events: the notifications sent so far (the last 5000)."""
        return self.sim.events.history

    def users(self, request: Request) -> Any:
        """GET users: accounts and their tokens."""
        tokens = self.sim.accounts.tokens
        return [
            dict(
                vars(user),
                sections=sorted(user.sections) if user.sections is not None else None,
                tokens=[dict(vars(token), token=text) for text, token in tokens.items() if token.user == user.id],
            )
            for user in self.sim.accounts.users.values()
        ]

    def pins(self, request: Request) -> Any:
        """GET pins: all PINs asked for, newest last."""
        pins = self.sim.plextv.pins
        return [dict(pins.as_dict(pin), linked=bool(pin.user), jwk=pin.jwk) for pin in pins.by_id.values()]

    def continue_watching(self, request: Request) -> Any:
        """GET continue_watching?user=1: the items in their order."""
        return [item_dict(item) for item in self.sim.library.continue_watching(int(request.values.get("user", OWNER)))]

    # ------------------------------------------------------------------ writing

    def link(self, body: dict[str, Any]) -> Any:
        """POST link {code, user}."""
        return {"ok": self.sim.link_pin(str(body["code"]), int(body.get("user", OWNER)))}

    def mutate(self, body: Any) -> Any:
        """POST mutate {op, args: {…}} or a list of those; op is the name of a mutator of Library."""
        if isinstance(body, list):
            results: list[Any] = [self.mutate(entry) for entry in body]
            return results
        if body.get("op") not in MUTATORS:
            raise ValueError("op is one of " + ", ".join(MUTATORS))
        result = getattr(self.sim.library, body["op"])(**body.get("args", {}))
        if isinstance(result, Item):
            return {"ok": True, "item": item_dict(result)}
        return {"ok": True, "section": section_dict(result)} if isinstance(result, Section) else {"ok": True}

    def add_fault(self, body: dict[str, Any]) -> None:
        """POST faults {path_regex, kind, times, probability, value, server, method}."""
        self.sim.faults.add(**body)

    def clear_faults(self, body: dict[str, Any]) -> None:
        """POST clear_faults."""
        self.sim.faults.clear()

    def reset_stats(self, body: dict[str, Any]) -> None:
        """POST reset_stats: forget the request log."""
        self.sim.reset_stats()

    def configure(self, body: dict[str, Any]) -> None:
        """POST config {name: value}: change settings while running."""
        for name, value in body.items():
            if name not in CONFIG:
                raise ValueError("not a setting: " + name)
            setattr(self.sim.config, name, value)

    def clock(self, body: dict[str, Any]) -> Any:
        """POST clock {offset} or {advance}, in seconds."""
        if "offset" in body:
            self.sim.clock.offset = float(body["offset"])
        self.sim.clock.advance(float(body.get("advance", 0)))
        return {"ok": True, "offset": self.sim.clock.offset, "now": self.sim.clock.now()}

    def add_user(self, body: dict[str, Any]) -> Any:
        """POST add_user {title, pin, restricted, guest, sections}."""
        user = self.sim.accounts.add_user(**body)
        return {"ok": True, "id": user.id, "uuid": user.uuid}

    def revoke(self, body: dict[str, Any]) -> None:
        """POST revoke {token} or {client}: end credentials, as in Authorized Devices."""
        if "token" in body:
            self.sim.accounts.revoke(str(body["token"]))
        else:
            self.sim.accounts.revoke_client(str(body["client"]), bool(body.get("keys", True)))

    def disconnect(self, body: dict[str, Any]) -> None:
        """POST disconnect: break all websocket connections."""
        self.sim.events.disconnect()

    def send_event(self, body: dict[str, Any]) -> None:
        """POST send_event {type, payload}: send any notification."""
        self.sim.events.send(str(body["type"]), dict(body["payload"]))

    def prerender(self, body: dict[str, Any]) -> None:
        """POST prerender: render all items now."""
        self.sim.prerender()


def item_dict(item: Item) -> dict[str, Any]:
    """Return an item in short."""
    return {
        "ratingKey": str(item.rating_key),
        "type": item.type,
        "title": item.title,
        "guid": item.guid,
        "section": item.section.id,
        "addedAt": item.added_at,
        "updatedAt": item.updated_at,
        "parentRatingKey": str(item.parent.rating_key) if item.parent else None,
        "smart": item.smart,
        "members": item.members,
    }


def section_dict(section: Section) -> dict[str, Any]:
    """Return a section in short."""
    return {
        "id": section.id,
        "type": section.type,
        "title": section.title,
        "uuid": section.uuid,
        "counts": {name: len(rows) for name, rows in section.by_type.items()},
    }

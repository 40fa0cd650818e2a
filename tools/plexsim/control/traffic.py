"""Control API: the request log, faults, notifications and transcodes."""

from __future__ import annotations

from typing import Any

from tools.plexsim.control.api import ControlApi
from tools.plexsim.http.faults import Faults
from tools.plexsim.http.messages import Request
from tools.plexsim.http.request_log import RequestLog
from tools.plexsim.pms.listeners import Listeners
from tools.plexsim.pms.notifications import Notifications
from tools.plexsim.pms.transcoder import Transcoder


class TrafficControl:
    """Reads and writes the request log, faults, notifications and transcodes."""

    def __init__(
        self,
        log: RequestLog,
        faults: Faults,
        notifications: Notifications,
        listeners: Listeners,
        transcoder: Transcoder,
    ) -> None:
        self.transcoder = transcoder
        self.log = log
        self.faults = faults
        self.notifications = notifications
        self.listeners = listeners

    def register(self, api: ControlApi) -> None:
        """Add the handlers to the API."""
        api.read("requests", self.requests)
        api.read("stats", self.stats)
        api.read("events", self.events)
        api.read("faults", self.list_faults)
        api.read("transcodes", self.transcodes)
        api.write("faults", self.add_fault)
        api.write("clear_faults", self.clear_faults)
        api.write("reset_stats", self.reset_stats)
        api.write("disconnect", self.disconnect)
        api.write("send_event", self.send_event)

    def requests(self, request: Request) -> Any:
        """GET requests?path=REGEX&method=GET&last=100: the request log."""
        found = self.log.find(request.values.get("path", ""), request.values.get("method"))
        last = int(request.values.get("last", "1000"))
        return [entry._asdict() for entry in found[-last:]]

    def events(self, request: Request) -> Any:
        """GET events: the notifications sent so far (the last 5000)."""
        return self.notifications.history

    def stats(self, request: Request) -> Any:
        """GET stats: counts of requests and bytes, in all and by kind."""
        return self.log.stats()

    def transcodes(self, request: Request) -> Any:
        """GET transcodes: what runs, with the offsets at which it was started (seconds), and how many have ended."""
        running = [{"id": one.key, "starts": one.starts, **one.answer} for one in self.transcoder.running()]
        return {"running": running, "ended": len(self.transcoder.ended), "idle": self.transcoder.encoder.idle}

    def list_faults(self, request: Request) -> Any:
        """GET faults: the rules, and how often they were applied."""
        return self.faults.as_dicts()

    def add_fault(self, body: dict[str, Any]) -> None:
        """POST faults {path_regex, kind, times, probability, value, server, method}."""
        self.faults.add(**body)

    def clear_faults(self, body: dict[str, Any]) -> None:
        """POST clear_faults."""
        self.faults.clear()

    def reset_stats(self, body: dict[str, Any]) -> None:
        """POST reset_stats: forget the request log."""
        self.log.clear()

    def disconnect(self, body: dict[str, Any]) -> None:
        """POST disconnect: break all websocket connections."""
        self.listeners.disconnect()

    def send_event(self, body: dict[str, Any]) -> None:
        """POST send_event {type, payload}: send any notification."""
        self.notifications.send(str(body["type"]), dict(body["payload"]))

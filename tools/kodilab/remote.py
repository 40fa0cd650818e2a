"""Remote control of a Kodi through its JSON-RPC and its EventServer."""

from __future__ import annotations

import base64
import json
import os
import time
from typing import Any, Callable, Mapping, NamedTuple, TypeVar

from tools.kodilab.client import AgentClient, HttpReply, UnreachableError
from tools.kodilab.errors import LabError, RpcError
from tools.kodilab.network import Ports
from tools.kodilab.profile import PASSWORD, USER

T = TypeVar("T")

_AUTH = "Basic " + base64.b64encode((f"{USER}:{PASSWORD}").encode()).decode()

DIALOG_YESNO = 10100
#: Seconds after which a key that moved nothing is pressed again.
_LONGEST_MOVE = 3.0
#: What a user does who looks at the screen, and would wait while Kodi shows that it is busy. Kodi itself cannot be busy
#: twice: what makes it so while it is ends it ("Logic error due to two concurrent busydialogs").
_USERS = ("Player.Open", "Player.Stop", "Player.GoTo", "GUI.ActivateWindow", "Input.")
_BUSY = "Window.IsActive(busydialog) | Window.IsActive(busydialognocancel)"
_LONGEST_BUSY = 30.0
#: Opened, and playing: announced in either order, and perhaps before the end of what played before.
_OPENED, _STARTED = "Player.OnPlay", "Player.OnAVStart"
#: What may open something.
_OPENS = ("Player.Open", "Input.Select", "Input.ExecuteAction")
#: Heading and text of Kodi's OK and Yes/No dialogs.
_DIALOG_TEXTS = ("Control.GetLabel(1)", "Control.GetLabel(9)")


#: However busy the machine is, patience is not longer than so many times.
_SLOWEST = 3.0


def slowness() -> float:
    """How many times as long something takes here as on a machine that has nothing else to do: by the number of
    processes that want to run for each processor in the last minute.
    """
    return min(_SLOWEST, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


class Window(NamedTuple):
    """The window or, if one is open, the dialog on top of it."""

    id: int
    label: str


class Player(NamedTuple):
    """An active player."""

    id: int
    type: str


def _item(event: dict[str, Any]) -> tuple[str, int]:
    """Kodi's media type and id of the item that an announcement is about; ("", 0) for none."""
    data = (event.get("params") or {}).get("data")
    item = data.get("item") if isinstance(data, dict) else None
    return (str(item.get("type") or ""), int(item.get("id") or 0)) if isinstance(item, dict) else ("", 0)


class KodiRemote:
    """The actions of a user with a remote control or an app."""

    ports: Ports
    #: The number of announcements when something was opened last.
    _opened_after = 0

    @property
    def agent(self) -> AgentClient:
        """The agent inside Kodi's network."""
        raise NotImplementedError

    @property
    def crashed(self) -> bool:
        """Whether Kodi's process is known to have ended by itself with an error."""
        return False

    # Talking to Kodi

    def rpc(self, method: str, timeout: float = 30, **params: Any) -> Any:
        """Call a JSON-RPC method and return its result. What a user does is done when Kodi is not busy any more.

        :param timeout: seconds.
        :raises RpcError: Kodi refused the call.
        :raises UnreachableError: Kodi's web server does not answer.
        """
        if method.startswith(_USERS):
            self._while_busy()
        if method in _OPENS:
            self._opened_after = len(self.agent.events())
        message: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": method}
        if params:
            message["params"] = params
        reply = self.agent.http(
            "POST",
            f"http://127.0.0.1:{self.ports.http}/jsonrpc",
            json.dumps(message).encode(),
            {"Content-Type": "application/json", "Authorization": _AUTH},
            timeout,
        )
        if reply.status != 200:
            raise UnreachableError(f"JSON-RPC over HTTP answered status {reply.status}")
        answer = reply.json()
        if "error" in answer:
            error = answer["error"]
            raise RpcError(method, error.get("code", 0), error.get("message", ""), error.get("data"))
        return answer["result"]

    def builtin(self, command: str) -> None:
        """Run a Kodi builtin, ``RunPlugin(plugin://...)`` for instance.

        It is sent by UDP to the EventServer, so it runs a moment later and returns nothing: wait
        for its effect. No HELO packet is sent, so no notification appears on the screen.
        """
        self._while_busy()
        self.agent.call("builtin", port=self.ports.event, command=command)

    def _while_busy(self) -> None:
        """Wait while Kodi shows that it is busy, but not for ever: somebody might press Back then."""
        end = time.monotonic() + _LONGEST_BUSY
        try:
            while self.condition(_BUSY) and time.monotonic() < end:
                time.sleep(0.1)
        except (UnreachableError, RpcError):
            return

    def http(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30,
    ) -> HttpReply:
        """An HTTP request from inside Kodi's network, to the simulated Plex for instance."""
        return self.agent.http(method, url, body, headers, timeout)

    def input(self, key: str) -> None:
        """Press a key of the remote control: Select, Back, Left, Right, Up, Down, Home, ..."""
        self.rpc("Input." + key)

    def action(self, name: str) -> None:
        """Run an action by its keymap name: ``contextmenu``, ``nextsubtitle``, ``stop``, ..."""
        self.rpc("Input.ExecuteAction", action=name)

    # Looking at Kodi

    def ready(self) -> bool:
        """Whether JSON-RPC answers and the EventServer listens."""
        try:
            if self.rpc("JSONRPC.Ping", timeout=3) != "pong":
                return False
            return bool(self.agent.call("bound", port=self.ports.event)["bound"])
        except UnreachableError:
            return False

    def current_window(self) -> Window:
        """The window or dialog that has the focus."""
        window = self.rpc("GUI.GetProperties", properties=["currentwindow"])["currentwindow"]
        return Window(int(window["id"]), str(window["label"]))

    def current_control(self) -> str:
        """Label of the focused control; ``[name]`` for a list item."""
        return str(self.rpc("GUI.GetProperties", properties=["currentcontrol"])["currentcontrol"]["label"])

    def labels(self, *names: str) -> dict[str, str]:
        """Info labels by name, ``System.BuildVersion`` for instance."""
        return dict(self.rpc("XBMC.GetInfoLabels", labels=list(names)))

    def condition(self, expression: str) -> bool:
        """A boolean condition as skins write it, ``Window.IsVisible(10100)`` for instance."""
        return bool(self.rpc("XBMC.GetInfoBooleans", booleans=[expression])[expression])

    def active_player(self) -> Player | None:
        """The active player, or None. Its id is 0 or 1 depending on what plays, so do not assume one."""
        players = self.rpc("Player.GetActivePlayers")
        return Player(int(players[0]["playerid"]), str(players[0]["type"])) if players else None

    def picture(self) -> Player | None:
        """The active player when what was opened last plays, a video or music, as Kodi announced it; else None.
        That is what began since the last ``Player.Open``, OK or action.

        A player is active before that, while it opens, and then tells the time and the streams of what played before.
        """
        last = {one["method"]: _item(one) for one in self.agent.events()[self._opened_after :]}
        started = _STARTED in last and last[_STARTED] == last.get(_OPENED, last[_STARTED])
        return self.active_player() if started else None

    def notifications(self, method: str = "") -> list[dict[str, Any]]:
        """Kodi's announcements (``{"method": ..., "params": ...}``) since the start, oldest first."""
        return [event for event in self.agent.events() if method in ("", event["method"])]

    def clear_notifications(self) -> None:
        """Forget the announcements so far."""
        self.agent.clear_events()
        self._opened_after = 0

    # Waiting

    def wait_for(self, check: Callable[[], T], timeout: float = 20, what: str = "", interval: float = 0.1) -> T:
        """Call ``check`` until it returns something true, and return that.

        A missing answer, or an error of Kodi, counts as false.

        :param timeout: seconds, on a machine that is not busy otherwise (``slowness``).
        :raises LabError: it did not happen in time, or Kodi has crashed; the message says what was on the screen.
        """
        timeout *= slowness()
        end = time.monotonic() + timeout
        while True:
            last = ""
            try:
                value = check()
                if value:
                    return value
            except (UnreachableError, RpcError) as error:
                last = str(error)
            name = what or getattr(check, "__name__", "it")
            if self.crashed:
                raise LabError(f"{name}: Kodi has crashed, see its log")
            if time.monotonic() > end:
                raise LabError(
                    "{}: not within {:g} s ({}{})".format(name, timeout, self._scene(), last and "; " + last)
                )
            time.sleep(interval)

    def go_to(self, there: Callable[[], object], what: str, key: str = "Down", timeout: float = 60) -> None:
        """Press a key until ``there()`` is true, which is asked only when the last press has shown itself.

        A busy Kodi moves the focus long after it has taken the key: without waiting for that, the next
        press would go past the entry that is looked for.

        :raises LabError: it was not reached in time.
        """
        timeout *= slowness()
        end = time.monotonic() + timeout
        while not there():
            if time.monotonic() > end:
                raise LabError(f"{what}: not reached within {timeout:g} s ({self._scene()})")
            before = self._focus()
            self.input(key)
            moved = time.monotonic() + _LONGEST_MOVE * slowness()
            while self._focus() == before and time.monotonic() < moved:
                time.sleep(0.05)

    def _focus(self) -> tuple[str, ...]:
        """The focused control, and the place in the list of the window."""
        return (self.current_control(), *self.labels("Container.CurrentItem", "ListItem.Label").values())

    def _scene(self) -> str:
        """A description of window and control, and of what a dialog says, for an error message."""
        try:
            scene = f"window {tuple(self.current_window())!r}, control {self.current_control()!r}"
            said = [text for text in self.labels(*_DIALOG_TEXTS).values() if text]
            return f"{scene}, says {said!r}" if said else scene
        except (UnreachableError, RpcError) as error:
            return f"Kodi does not answer: {error}"

    # Dialogs

    def dialog_open(self, window_id: int = DIALOG_YESNO) -> bool:
        """Whether this dialog is on the screen."""
        return self.condition(f"Window.IsVisible({window_id})")

    def dialog_says(self) -> str:
        """Heading and text of the open OK or Yes/No dialog; '' when none is open."""
        if not self.condition(f"Window.IsVisible({DIALOG_YESNO}) | Window.IsVisible(okdialog)"):
            return ""
        return "\n".join(self.labels(*_DIALOG_TEXTS).values())

    def next_dialog(self, before: str, timeout: float = 40) -> str:
        """Wait for a dialog that says something else than the one before, which may be in the same window.

        Returns what it says.
        """

        def other() -> str:
            says = self.dialog_says()
            return says if says != before else ""

        return self.wait_for(other, timeout, "a dialog")

    def focus(self, timeout: float = 20) -> str:
        """Wait until something of the window has the focus: a key that comes before that is lost. Returns its label."""
        return self.wait_for(self.current_control, timeout, "something with the focus")

    def answer_yes(self) -> None:
        """Press Yes in the open Yes/No dialog (it opens with the focus on No)."""
        self.builtin(f"SendClick({DIALOG_YESNO},11)")

    def answer_no(self) -> None:
        """Press No in the open Yes/No dialog."""
        self.builtin(f"SendClick({DIALOG_YESNO},10)")

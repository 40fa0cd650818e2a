"""The client of the agent, for tests."""

from __future__ import annotations

import base64
import itertools
import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Mapping, NamedTuple

from tools.kodilab.errors import LabError
from tools.kodilab.network import Network

_AGENT = Path(__file__).with_name("agent.py")


class UnreachableError(LabError):
    """No answer from inside the namespace (connection refused, timeout, agent ended)."""


class HttpReply(NamedTuple):
    """Status, headers (names in lower case) and body of an HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body.decode())


class AgentClient:
    """Sends operations to one agent process; safe to use from several threads."""

    def __init__(self, network: Network) -> None:
        self._numbers = itertools.count(1)
        self._waiting: dict[int, queue.Queue[dict[str, Any]]] = {}
        self._lock = threading.Lock()
        self._events: list[dict[str, Any]] = []
        self._process = subprocess.Popen(
            network.wrap([sys.executable, "-I", str(_AGENT)]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, name="kodilab-agent", daemon=True)
        self._reader.start()

    def call(self, operation: str, wait: float = 60, **arguments: Any) -> dict[str, Any]:
        """Have the agent do something and return its result.

        :param wait: seconds to wait for the agent's answer.
        :raises UnreachableError: the operation failed inside the namespace.
        """
        number = next(self._numbers)
        answers: queue.Queue[dict[str, Any]] = queue.Queue(1)
        line = json.dumps(dict(arguments, id=number, op=operation)) + "\n"
        assert self._process.stdin is not None
        try:
            with self._lock:
                self._waiting[number] = answers
                self._process.stdin.write(line.encode())
                self._process.stdin.flush()
            answer = answers.get(timeout=wait)
        except (OSError, ValueError, queue.Empty) as error:
            raise UnreachableError(f"the agent does not answer ({operation})") from error
        finally:
            self._waiting.pop(number, None)
        if "error" in answer:
            raise UnreachableError(answer["error"])
        return dict(answer["result"])

    def http(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30,
    ) -> HttpReply:
        """One HTTP request from inside the namespace; redirects are not followed."""
        result = self.call(
            "http",
            wait=timeout + 10,
            method=method,
            url=url,
            body=base64.b64encode(body or b"").decode(),
            headers=dict(headers or {}),
            timeout=timeout,
        )
        named = {name.lower(): value for name, value in result["headers"]}
        return HttpReply(int(result["status"]), named, base64.b64decode(result["body"]))

    def events(self) -> list[dict[str, Any]]:
        """Kodi's announcements so far, oldest first."""
        with self._lock:
            return list(self._events)

    def clear_events(self) -> None:
        """Forget the announcements so far."""
        with self._lock:
            self._events.clear()

    def close(self) -> None:
        """End the agent."""
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
            except OSError:
                pass
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(3)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message = json.loads(line.decode())
            if "event" in message:
                with self._lock:
                    self._events.append(message["event"])
                continue
            answers = self._waiting.get(message["id"])
            if answers is not None:
                answers.put(message)
        for answers in list(self._waiting.values()):
            answers.put({"error": "the agent has ended"})

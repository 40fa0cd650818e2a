"""Who plays what now (/status/sessions), and ending somebody's playback."""

from __future__ import annotations

from typing import Any

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.http.messages import Answer, HttpError, Request, empty
from tools.plexsim.http.routes import Routes
from tools.plexsim.library.rendering import FULL
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import Containers
from tools.plexsim.pms.handlers.playback import PlaybackHandlers, Session
from tools.plexsim.pms.handlers.transcode import session_row
from tools.plexsim.pms.transcoder import Transcoder


class SessionHandlers:
    """Handlers of /status/sessions."""

    def __init__(
        self,
        playback: PlaybackHandlers,
        transcoder: Transcoder,
        accounts: Accounts,
        access: Access,
        containers: Containers,
    ) -> None:
        self.playback = playback
        self.transcoder = transcoder
        self.accounts = accounts
        self.access = access
        self.containers = containers

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/status/sessions", self.status)
        routes.add("GET POST", r"/status/sessions/terminate", self.terminate)

    def status(self, request: Request) -> Answer:
        """/status/sessions: all sessions; for the owner only."""
        self.access.require_owner(request)
        rows = [self._row(session) for session in self.playback.sessions.values()]
        return self.containers.container(request, {"size": len(rows)}, tail={"Metadata": rows} if rows else None)

    def terminate(self, request: Request) -> Answer:
        """/status/sessions/terminate?sessionId=&reason=: the player learns of it when it reports next."""
        self.access.require_owner(request)
        number = request.values.get("sessionId", "")
        if not number:
            raise HttpError(403)
        session = next((one for one in self.playback.sessions.values() if f"session{one.key}" == number), None)
        if session is None:
            raise HttpError(404)
        reason = request.values.get("reason", "")
        session.terminated = "Admin terminated playback" + (f" with reason: {reason}" if reason else "")
        transcode = self.transcoder.of_playback(session.identifier)
        if transcode is not None:
            self.transcoder.end(transcode.key)
        return empty()

    def _row(self, session: Session) -> dict[str, Any]:
        user = self.accounts.users[session.user]
        row = self.playback.renderer.item_dict(session.item, session.user, FULL)
        row.update(sessionKey=str(session.key), viewOffset=session.offset)
        row["User"] = {"id": str(user.id), "thumb": "", "title": user.title}
        row["Player"] = {
            "address": "127.0.0.1",
            "machineIdentifier": session.client,
            "platform": "Linux",
            "product": session.product,
            "title": session.title,
            "state": session.state,
            "local": True,
        }
        row["Session"] = {"id": f"session{session.key}", "bandwidth": 10_000, "location": "lan"}
        transcode = self.transcoder.of_playback(session.identifier)
        if transcode is not None:
            row["TranscodeSession"] = session_row(transcode)
        return row

"""The simulated Plex Media Server: its routes and authentication."""

from __future__ import annotations

from functools import partial

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.config import SimConfig
from tools.plexsim.formats import xml_text
from tools.plexsim.http.messages import Answer, HttpError, Request, html_error
from tools.plexsim.http.routes import Routes
from tools.plexsim.http.site import Stream
from tools.plexsim.library.library import Library
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.authentication import Authentication
from tools.plexsim.pms.containers import Containers
from tools.plexsim.pms.handlers.collections import CollectionHandlers
from tools.plexsim.pms.handlers.hubs import HubHandlers
from tools.plexsim.pms.handlers.info import InfoHandlers
from tools.plexsim.pms.handlers.media import MediaHandlers
from tools.plexsim.pms.handlers.metadata import MetadataHandlers
from tools.plexsim.pms.handlers.people import PeopleAndFolderHandlers
from tools.plexsim.pms.handlers.play_queues import PlayQueueHandlers
from tools.plexsim.pms.handlers.playback import PlaybackHandlers
from tools.plexsim.pms.handlers.playlists import PlaylistHandlers
from tools.plexsim.pms.handlers.sections import SectionHandlers
from tools.plexsim.pms.listeners import Listeners
from tools.plexsim.pms.notifications import Notifications
from tools.plexsim.pms.play_queues import PlayQueues
from tools.plexsim.pms.switches import Switches

OPEN_PATHS = ("/identity",)
STARTING = {"code": 503, "title": "Maintenance", "status": "Server is starting"}


class Pms:
    """Answers requests to the PMS; see ``http.site.Site``."""

    name = "pms"

    def __init__(
        self,
        config: SimConfig,
        library: Library,
        accounts: Accounts,
        authentication: Authentication,
        notifications: Notifications,
        listeners: Listeners,
    ) -> None:
        self.config = config
        self.library = library
        self.authentication = authentication
        self.listeners = listeners
        self.routes = Routes()
        switches, access = Switches(config), Access(library, accounts)
        renderer, members = library.renderer, library.members
        containers = Containers(config, switches, renderer)
        info = InfoHandlers(config, access, containers)
        info.register(self.routes)
        CollectionHandlers(members, access, containers).register(self.routes)
        SectionHandlers(library, access, containers, switches).register(self.routes)
        MetadataHandlers(library, members, access, containers).register(self.routes)
        HubHandlers(library, renderer, access, containers).register(self.routes)
        self.queues = PlayQueues()
        playback = PlaybackHandlers(library, access, containers, notifications, info.preferences, self.queues)
        playback.register(self.routes)
        PlaylistHandlers(library, access, containers).register(self.routes)
        PeopleAndFolderHandlers(library, access, containers).register(self.routes)
        PlayQueueHandlers(config.machine_identifier, library, access, containers, self.queues).register(self.routes)
        MediaHandlers(config, library, access).register(self.routes)

    def handle(self, request: Request) -> Answer:
        """Answer one request."""
        if self.config.maintenance:
            return Answer(503, [xml_text.document("Response", STARTING)], "text/xml")
        handler, status = self.routes.find(request)
        request.user = self.authentication.user_of(request)
        if not request.user and request.path.rstrip("/") not in OPEN_PATHS:
            return html_error(401)
        if handler is None:
            return html_error(status)
        try:
            with self.library.lock:
                return handler(request)
        except HttpError as error:
            return html_error(error.status)

    def stream(self, request: Request) -> Stream | None:
        """Return a function that sends notifications, if the request is one for them."""
        return partial(self.listeners.serve, request) if self.listeners.wanted(request) else None

    def error(self, request: Request, status: int) -> Answer:
        """Return the answer with the status of a simulated fault."""
        return html_error(status)

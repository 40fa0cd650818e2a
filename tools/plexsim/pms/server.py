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
from tools.plexsim.pms.companion import CompanionProxy
from tools.plexsim.pms.containers import Containers
from tools.plexsim.pms.encoder import Encoder
from tools.plexsim.pms.handlers.collection_editing import CollectionEditingHandlers
from tools.plexsim.pms.handlers.collections import CollectionHandlers
from tools.plexsim.pms.handlers.hubs import HubHandlers
from tools.plexsim.pms.handlers.info import InfoHandlers
from tools.plexsim.pms.handlers.matches import MatchHandlers
from tools.plexsim.pms.handlers.media import MediaHandlers
from tools.plexsim.pms.handlers.metadata import MetadataHandlers
from tools.plexsim.pms.handlers.people import PeopleAndFolderHandlers
from tools.plexsim.pms.handlers.play_queues import PlayQueueHandlers
from tools.plexsim.pms.handlers.playback import Followers, PlaybackHandlers
from tools.plexsim.pms.handlers.playlist_editing import PlaylistEditingHandlers
from tools.plexsim.pms.handlers.playlists import PlaylistHandlers
from tools.plexsim.pms.handlers.sections import SectionHandlers
from tools.plexsim.pms.handlers.security import SecurityHandlers
from tools.plexsim.pms.handlers.sessions import SessionHandlers
from tools.plexsim.pms.handlers.subtitles import SubtitleHandlers
from tools.plexsim.pms.handlers.transcode import TranscodeHandlers
from tools.plexsim.pms.listeners import Listeners
from tools.plexsim.pms.notifications import Notifications
from tools.plexsim.pms.play_queues import PlayQueues
from tools.plexsim.pms.source_uri import SourceUris
from tools.plexsim.pms.switches import Switches
from tools.plexsim.pms.transcoder import Transcoder

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
        self.companion = CompanionProxy(config, authentication, listeners)
        self.routes = Routes()
        switches, access = Switches(config), Access(library, accounts, not config.shared_by)
        renderer, members = library.renderer, library.members
        containers = Containers(config, switches, renderer)
        info = InfoHandlers(config, access, containers)
        info.register(self.routes)
        sources = SourceUris(config, library, access)
        collections = CollectionHandlers(members, access, containers)
        collections.register(self.routes)
        CollectionEditingHandlers(library, access, collections, sources).register(self.routes)
        SectionHandlers(library, access, containers, switches).register(self.routes)
        matches = MatchHandlers(library, access, containers, notifications)
        matches.register(self.routes)
        MetadataHandlers(library, members, access, containers, matches).register(self.routes)
        SubtitleHandlers(config, library, access, containers, notifications).register(self.routes)
        HubHandlers(library, renderer, access, containers).register(self.routes)
        self.transcoder = Transcoder(config, Encoder(config))
        self.queues = PlayQueues()
        followers = Followers(self.transcoder, self.queues, notifications)
        playback = PlaybackHandlers(library, access, containers, info.preferences, followers)
        playback.register(self.routes)
        playlists = PlaylistHandlers(library, access, containers)
        playlists.register(self.routes)
        PlaylistEditingHandlers(library, playlists, sources).register(self.routes)
        SessionHandlers(playback, self.transcoder, accounts, access, containers).register(self.routes)
        TranscodeHandlers(config, library, access, containers, self.transcoder).register(self.routes)
        PeopleAndFolderHandlers(library, access, containers).register(self.routes)
        PlayQueueHandlers(config.machine_identifier, library, access, containers, self.queues).register(self.routes)
        MediaHandlers(config, library, access).register(self.routes)
        SecurityHandlers(accounts, access, containers, self.companion).register(self.routes)

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
                self.library.land_subtitles()
                return handler(request)
        except HttpError as error:
            return html_error(error.status)

    def stream(self, request: Request) -> Stream | None:
        """Return a function that sends notifications, or serves players and their controllers, if that is asked for."""
        if self.companion.wanted(request):
            return partial(self.companion.serve, request)
        return partial(self.listeners.serve, request) if self.listeners.wanted(request) else None

    def error(self, request: Request, status: int) -> Answer:
        """Return the answer with the status of a simulated fault."""
        return html_error(status)

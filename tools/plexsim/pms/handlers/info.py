"""The server: its identity, features and preferences."""

from __future__ import annotations

from typing import Any

from tools.plexsim.config import OWNER, SimConfig
from tools.plexsim.http.messages import Answer, HttpError, Request, empty
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Section
from tools.plexsim.items.types import SECTION_LEVELS, TYPE_CODES
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER, MEDIA_TAGS, Containers
from tools.plexsim.pms.preferences import SETTINGS, Preferences

# Feature type -> key, as in recorded /media/providers answers.
FEATURES = (
    ("search", "/hubs/search"),
    ("match", "/library/matches"),
    ("metadata", "/library/metadata"),
    ("rate", "/:/rate"),
    ("imagetranscoder", "/photo/:/transcode"),
    ("promoted", "/hubs/promoted"),
    ("continuewatching", "/hubs/continueWatching"),
    ("playlist", "/playlists"),
    ("playqueue", "/playQueues"),
    ("collection", "/library/collections"),
)


class InfoHandlers:
    """Handlers that describe the server."""

    def __init__(self, config: SimConfig, access: Access, containers: Containers) -> None:
        self.config = config
        self.access = access
        self.containers = containers
        self.preferences = Preferences(config)

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/identity", self.identity)
        routes.add("GET", r"", self.root)
        routes.add("GET", r"/library", self.library)
        routes.add("GET", r"/:/prefs(?:/get)?", self.prefs)
        routes.add("PUT", r"/:/prefs", self.set_prefs)
        routes.add("GET", r"/media/providers", self.providers)
        routes.add(
            "GET",
            r"/(?:activities|butler|devices|status/sessions/history/all)(?:/.*)?",
            self.nothing,
        )

    def identity(self, request: Request) -> Answer:
        """/identity: the only path that needs no token."""
        config = self.config
        return self.containers.container(
            request,
            {
                "size": 0,
                "apiVersion": "1.2.0",
                "claimed": True,
                "machineIdentifier": config.machine_identifier,
                "version": config.version,
            },
        )

    def _server(self, request: Request) -> dict[str, Any]:
        config = self.config
        return {
            "allowCameraUpload": True,
            "allowChannelAccess": True,
            "allowMediaDeletion": request.user == OWNER and config.media_deletion or None,
            "allowSharing": True,
            "allowSync": True,
            "allowTuners": True,
            "backgroundProcessing": True,
            "certificate": True,
            "companionProxy": True,
            "countryCode": "usa",
            "diagnostics": "logs,databases,streaminglogs",
            "eventStream": True,
            "friendlyName": config.server_name,
            "livetv": 7,
            "machineIdentifier": config.machine_identifier,
            "musicAnalysis": 2,
            "myPlex": True,
            "myPlexMappingState": "mapped",
            "myPlexSigninState": "ok",
            "myPlexSubscription": True,
            "myPlexUsername": "owner@example.org",
            "offlineTranscode": 1,
            "ownerFeatures": "collections,hardware_transcoding",
            "platform": "Linux",
            "platformVersion": "6.1",
            "pluginHost": True,
            "pushNotifications": True,
            "readOnlyLibraries": False,
            "streamingBrainABRVersion": 3,
            "streamingBrainVersion": 2,
            "sync": True,
            "transcoderActiveVideoSessions": 0,
            "transcoderAudio": True,
            "transcoderLyrics": True,
            "transcoderPhoto": True,
            "transcoderSubtitles": True,
            "transcoderVideo": True,
            "transcoderVideoBitrates": "64,96,208,320,720,1500,2000,3000,4000,8000,10000,12000,20000",
            "transcoderVideoQualities": "0,1,2,3,4,5,6,7,8,9,10,11,12",
            "transcoderVideoResolutions": "128,128,160,240,320,480,768,720,720,1080,1080,1080,1080",
            "updatedAt": self.config.clock.stamp(),
            "updater": True,
            "version": config.version,
            "voiceSearch": True,
        }

    def root(self, request: Request) -> Answer:
        """/: the server's features."""
        rows = [
            {"count": 1, "key": name, "title": name}
            for name in ("hubs", "library", "playlists", "playQueues", "status")
        ]
        attributes = dict({"size": len(rows)}, **self._server(request))
        return self.containers.container(request, attributes, tail={"Directory": rows})

    def library(self, request: Request) -> Answer:
        """/library: the paths below it."""
        rows = [{"key": name, "title": name} for name in ("sections", "recentlyAdded", "onDeck")]
        attributes = {"size": len(rows), "allowSync": False, "identifier": IDENTIFIER, "title1": "Plex Library"}
        return self.containers.container(request, dict(attributes, **MEDIA_TAGS), tail={"Directory": rows})

    def prefs(self, request: Request) -> Answer:
        """/:/prefs: for the owner only."""
        self.access.require_owner(request)
        rows = [
            {
                "id": name,
                "label": label,
                "summary": "",
                "type": kind,
                "default": value,
                "value": self.preferences.get(name),
                "hidden": False,
                "advanced": False,
                "group": "general",
            }
            for name, kind, value, label in SETTINGS
        ]
        wanted = request.values.get("id")
        if wanted is not None:
            rows = [row for row in rows if row["id"] == wanted]
            if not rows:
                raise HttpError(404)
        return self.containers.container(request, {"size": len(rows)}, tail={"Setting": rows})

    def set_prefs(self, request: Request) -> Answer:
        """PUT /:/prefs: changes preferences, for the owner only; 400 for one that does not exist."""
        self.access.require_owner(request)
        values = {name: value for name, value in request.values.items() if not name.startswith("X-Plex-")}
        for name in values:
            if name not in {setting[0] for setting in SETTINGS}:
                raise HttpError(400)
        for name, value in values.items():
            self.preferences.set(name, value)
        return empty()

    def providers(self, request: Request) -> Answer:
        """/media/providers: the paths by feature."""
        directories: list[dict[str, Any]] = [{"hubKey": "/hubs", "title": "Home"}]
        directories += [provided_section(section) for section in self.access.sections(request)]
        features: list[dict[str, Any]] = [{"key": "/library/sections", "type": "content", "Directory": directories}]
        features += [{"key": key, "type": kind} for kind, key in FEATURES]
        features += [
            {
                "type": "actions",
                "Action": [{"id": "removeFromContinueWatching", "key": "/actions/removeFromContinueWatching"}],
            },
            {"key": "/:/timeline", "scrobbleKey": "/:/scrobble", "type": "timeline", "unscrobbleKey": "/:/unscrobble"},
            {"type": "manage"},
            {"type": "queryParser"},
            {"flavor": "download", "type": "subscribe"},
        ]
        provider = {
            "identifier": IDENTIFIER,
            "title": "Library",
            "types": "video,audio,photo",
            "protocols": "stream,download",
            "Feature": features,
        }
        return self.containers.container(
            request, dict({"size": 1}, **self._server(request)), tail={"MediaProvider": [provider]}
        )

    def nothing(self, request: Request) -> Answer:
        """Lists that are always empty: butler tasks, devices."""
        return self.containers.container(request, {"size": 0})


def provided_section(section: Section) -> dict[str, Any]:
    """Return a section as a Directory of the content feature."""
    base = f"/library/sections/{section.id}"
    hubs = f"/hubs/sections/{section.id}"
    code = TYPE_CODES[SECTION_LEVELS[section.type][0]]
    return {
        "agent": section.agent,
        "language": section.language,
        "refreshing": section.refreshing,
        "scanner": section.scanner,
        "uuid": section.uuid,
        "id": str(section.id),
        "key": base,
        "hubKey": hubs,
        "type": section.type,
        "title": section.title,
        "updatedAt": section.updated_at,
        "scannedAt": section.scanned_at,
        "Pivot": [
            {
                "id": "recommended",
                "key": hubs,
                "type": "hub",
                "title": "Recommended",
                "context": "content.discover",
                "symbol": "star",
            },
            {
                "id": "library",
                "key": f"{base}/all?type={code}",
                "type": "list",
                "title": "Library",
                "context": "content.library",
                "symbol": "library",
            },
        ],
    }

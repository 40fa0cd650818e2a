"""PMS: identity, server information, preferences, providers."""

from __future__ import annotations

from typing import Any

from tools.plexsim.items import SECTION_LEVELS, TYPE_CODES
from tools.plexsim.pms import IDENTIFIER, MEDIA_TAGS, Pms
from tools.plexsim.web import Answer, HttpError, Request, Routes

SETTINGS = (
    ("FriendlyName", "text", "", "Friendly name"),
    ("secureConnections", "int", 1, "Secure connections"),
    ("LibraryVideoPlayedThreshold", "int", 90, "Video played threshold"),
    ("OnDeckWindow", "int", 16, "Weeks to consider for Continue Watching"),
    ("allowMediaDeletion", "bool", True, "Allow media deletion"),
)
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

    def __init__(self, pms: Pms) -> None:
        self.pms = pms

    def identity(self, request: Request) -> Answer:
        """/identity: the only path that needs no token."""
        config = self.pms.config
        return self.pms.container(
            request,
            {
                "size": 0,
                "apiVersion": "1.2.0",
                "claimed": True,
                "machineIdentifier": config.machine_identifier,
                "version": config.version,
            },
        )

    def _server(self) -> dict[str, Any]:
        config = self.pms.config
        return {
            "allowCameraUpload": True,
            "allowChannelAccess": True,
            "allowMediaDeletion": True,
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
            "updatedAt": self.pms.library.clock.stamp(),
            "updater": True,
            "version": config.version,
            "voiceSearch": True,
        }

    def root(self, request: Request) -> Answer:
        """/: the server's abilities."""
        rows = [
            {"count": 1, "key": name, "title": name}
            for name in ("hubs", "library", "playlists", "playQueues", "status")
        ]
        return self.pms.container(request, dict({"size": len(rows)}, **self._server()), tail={"Directory": rows})

    def library(self, request: Request) -> Answer:
        """/library: what is below."""
        rows = [{"key": name, "title": name} for name in ("sections", "recentlyAdded", "onDeck")]
        attributes = {"size": len(rows), "allowSync": False, "identifier": IDENTIFIER, "title1": "Plex Library"}
        return self.pms.container(request, dict(attributes, **MEDIA_TAGS), tail={"Directory": rows})

    def prefs(self, request: Request) -> Answer:
        """/:/prefs: for the owner only."""
        self.pms.admin(request)
        rows = [
            {
                "id": name,
                "label": label,
                "summary": "",
                "type": kind,
                "default": value,
                "value": value,
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
        return self.pms.container(request, {"size": len(rows)}, tail={"Setting": rows})

    def providers(self, request: Request) -> Answer:
        """/media/providers: what the server offers, by feature."""
        directories: list[dict[str, Any]] = [{"hubKey": "/hubs", "title": "Home"}]
        for section in self.pms.library.sections.values():
            if self.pms.visible(request, section):
                base = f"/library/sections/{section.id}"
                code = TYPE_CODES[SECTION_LEVELS[section.type][0]]
                directories.append(
                    {
                        "agent": section.agent,
                        "language": section.language,
                        "refreshing": section.refreshing,
                        "scanner": section.scanner,
                        "uuid": section.uuid,
                        "id": str(section.id),
                        "key": base,
                        "hubKey": f"/hubs/sections/{section.id}",
                        "type": section.type,
                        "title": section.title,
                        "updatedAt": section.updated_at,
                        "scannedAt": section.scanned_at,
                        "Pivot": [
                            {
                                "id": "recommended",
                                "key": f"/hubs/sections/{section.id}",
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
                )
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
        return self.pms.container(request, dict({"size": 1}, **self._server()), tail={"MediaProvider": [provider]})

    def nothing(self, request: Request) -> Answer:
        """Lists that are always empty: playlists, butler tasks, devices."""
        return self.pms.container(request, {"size": 0})


def register(routes: Routes, pms: Pms) -> None:
    """Add the handlers to the routes."""
    own = InfoHandlers(pms)
    routes.add("GET", r"/identity", own.identity)
    routes.add("GET", r"", own.root)
    routes.add("GET", r"/library", own.library)
    routes.add("GET", r"/:/prefs(?:/get)?", own.prefs)
    routes.add("GET", r"/media/providers", own.providers)
    routes.add(
        "GET",
        r"/(?:playlists|clients|activities|butler|devices|accounts|status/sessions/history/all)(?:/.*)?",
        own.nothing,
    )

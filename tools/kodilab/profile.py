"""Kodi's private home: the files that a lab writes before the first start, and the paths of Kodi's own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Mapping
from xml.sax.saxutils import escape, quoteattr

from tools.kodilab.network import Ports

USER = "kodi"
PASSWORD = "lab"

_SETTINGS: dict[str, str] = {
    "services.webserver": "true",
    "services.webserverauthentication": "true",
    "services.webserverusername": USER,
    "services.webserverpassword": PASSWORD,
    "services.webserverssl": "false",
    "services.esenabled": "true",
    "services.esallinterfaces": "false",
    "services.zeroconf": "false",
    "services.upnp": "false",
    "services.airplay": "false",
    "general.addonupdates": "2",  # never look for updates
    "addons.unknownsources": "true",
    "addons.updatemode": "1",  # from any repository
    "locale.language": "resource.language.en_gb",
    "videoscreen.screenmode": "WINDOW",
    "lookandfeel.enablerssfeeds": "false",
    "weather.addon": "",
    "screensaver.mode": "",
    "powermanagement.displaysoff": "0",
    "debug.showloginfo": "false",
}


class Profile:
    """The folder that is Kodi's HOME."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.kodi = home / ".kodi"
        self.userdata = self.kodi / "userdata"
        self.addons = self.kodi / "addons"
        self.databases = self.userdata / "Database"
        self.log = self.kodi / "temp" / "kodi.log"
        self.old_logs = home / "logs"
        self.zips = home / "zips"

    def write(
        self,
        settings: Mapping[str, str],
        sources: Mapping[str, str],
        ports: Ports,
        debug: bool,
    ) -> None:
        """Write the first settings. Existing files, which Kodi may have changed, are kept.

        :param settings: guisettings.xml values over the lab's own.
        :param sources: further sources of the file manager, name to path; ``zips`` is always there.
        """
        for folder in (self.userdata, self.addons, self.old_logs, self.zips):
            folder.mkdir(parents=True, exist_ok=True)
        values = dict(_SETTINGS, **{"services.webserverport": str(ports.http), "services.esport": str(ports.event)})
        values.update(settings)
        _write_new(self.userdata / "guisettings.xml", _settings_xml(values))
        _write_new(self.userdata / "advancedsettings.xml", _advanced_xml(ports, debug))
        _write_new(self.userdata / "sources.xml", _sources_xml(dict({"zips": f"{self.zips}/"}, **sources)))

    def database(self, prefix: str) -> Path:
        """The newest database of a kind, ``MyVideos`` for instance.

        :raises FileNotFoundError: Kodi has made none yet.
        """
        found: dict[int, Path] = {}
        for path in self.databases.glob(prefix + "*.db"):
            match = re.match(re.escape(prefix) + r"(\d+)\.db$", path.name)
            if match:
                found[int(match.group(1))] = path
        if not found:
            raise FileNotFoundError(f"no {prefix}*.db in {self.databases}")
        return found[max(found)]

    def log_text(self) -> str:
        """kodi.log of the running or last Kodi; empty before the first start."""
        try:
            return self.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def keep_log(self) -> Path | None:
        """Copy kodi.log to ``logs/`` before the next start replaces it."""
        if not self.log.exists():
            return None
        target = self.old_logs / (f"kodi-{len(self.logs()):03d}.log")
        shutil.copyfile(str(self.log), str(target))
        return target

    def logs(self) -> list[Path]:
        """Logs of earlier runs, oldest first."""
        return sorted(self.old_logs.glob("kodi-*.log"))


def _write_new(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8")


def _settings_xml(values: Mapping[str, str]) -> str:
    lines = [f"  <setting id={quoteattr(key)}>{escape(value)}</setting>" for key, value in values.items()]
    return "\n".join(['<settings version="2">', *lines, "</settings>", ""])


def _advanced_xml(ports: Ports, debug: bool) -> str:
    return f"""<advancedsettings version="1.0">
  <loglevel hide="true">{int(debug)}</loglevel>
  <jsonrpc><compactoutput>true</compactoutput><tcpport>{ports.tcp}</tcpport></jsonrpc>
  <splash>false</splash>
</advancedsettings>
"""


def _sources_xml(sources: Mapping[str, str]) -> str:
    rows = [
        f'    <source><name>{escape(name)}</name><path pathversion="1">{escape(path)}</path></source>'
        for name, path in sources.items()
    ]
    return "\n".join(
        ["<sources>", "  <files>", '    <default pathversion="1"/>', *rows, "  </files>", "</sources>", ""]
    )

"""Control a real Kodi from the command line: ``python -m tools.kodilab start``, ``shot``, ``stop``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tools.kodilab.chroots import SUITES, ensure_chroot
from tools.kodilab.errors import LabError
from tools.kodilab.install import install_by_folder, install_from_repository
from tools.kodilab.session import LongLab


def _default_home() -> Path:
    return Path(os.environ.get("KODILAB_HOME", "") or Path(tempfile.gettempdir()) / "kodilab-home")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.kodilab", description=__doc__)
    parser.add_argument("--home", type=Path, default=_default_home(), help="Kodi's home (or $KODILAB_HOME)")
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("start", help="open the lab and start Kodi")
    start.add_argument("--suite", choices=sorted(SUITES), help="Kodi of that Debian release instead of the host's")
    start.add_argument("--no-debug", action="store_true", help="without the debug log")
    start.add_argument("--addon", type=Path, nargs="*", default=[], help="add-on zips or folders to lay out first")
    start.add_argument("--setting", action="append", default=[], help="guisettings.xml value, KEY=VALUE")
    for name, text in (
        ("stop", "quit Kodi and end the lab"),
        ("kill9", "SIGKILL to Kodi; the lab stays"),
        ("restart", "stop and start Kodi"),
        ("status", "what is running"),
        ("log", "print kodi.log"),
    ):
        commands.add_parser(name, help=text)
    rpc = commands.add_parser("rpc", help="call a JSON-RPC method")
    rpc.add_argument("method")
    rpc.add_argument("params", nargs="?", default="{}", help="JSON object")
    for name, argument, text in (
        ("builtin", "builtin", "run a builtin"),
        ("input", "key", "press keys: Down Select Back ..."),
    ):
        commands.add_parser(name, help=text).add_argument(argument, nargs="+" if name == "input" else None)
    shot = commands.add_parser("shot", help="save the screen as PNG")
    shot.add_argument("path", type=Path)
    http = commands.add_parser("http", help="an HTTP request from inside Kodi's network")
    http.add_argument("url")
    http.add_argument("--method", default="GET")
    http.add_argument("--body", default="")
    run = commands.add_parser("run", help="run a command inside Kodi's network; --keep leaves it running")
    run.add_argument("--keep", action="store_true")
    run.add_argument("words", nargs=argparse.REMAINDER)
    install = commands.add_parser("install", help="install the add-on from a repository folder through the GUI")
    install.add_argument("folder", type=Path)
    return parser


def _start(lab: LongLab, options: argparse.Namespace) -> None:
    if lab.left_open:
        try:
            lab.attach()
        except LabError as error:
            print(error)
    lab.open()
    try:
        if not lab.running:
            if options.addon:
                install_by_folder(lab, options.addon)
            lab.start()
        print("Kodi %s, pid %d" % (lab.labels("System.BuildVersion"), lab.pid))
        print(f"network {lab.network.name} {lab.network.missing}, ports {tuple(lab.ports)}")
        print(f"home {lab.home}")
    except BaseException:
        lab.close()
        raise
    lab.detach()


def _run_in(lab: LongLab, options: argparse.Namespace) -> Any:
    words: list[str] = [word for word in options.words if word != "--"]
    child = lab.popen(words, stdin=None) if not options.keep else lab.popen(words)
    return f"pid {child.pid}" if options.keep else child.wait()


def _act(lab: LongLab, options: argparse.Namespace) -> Any:
    """Run a command that needs an open lab; returns what to print."""
    command = options.command
    if command in ("kill9", "restart"):
        return getattr(lab, command)()
    if command == "status":
        return {"kodi": lab.pid, "ports": list(lab.ports), "network": lab.network.name}
    if command == "log":
        return lab.log_text()
    if command == "rpc":
        return lab.rpc(options.method, **json.loads(options.params))
    if command == "builtin":
        return lab.builtin(options.builtin)
    if command == "input":
        for key in options.key:
            lab.input(key)
        time.sleep(0.3)
        return lab.current_control()
    if command == "shot":
        return str(lab.screenshot(options.path.absolute()))
    if command == "http":
        reply = lab.http(options.method, options.url, options.body.encode())
        return "%d\n%s" % (reply.status, reply.body.decode(errors="replace"))
    if command == "install":
        return install_from_repository(lab, options.folder)
    return _run_in(lab, options)


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "start":
            root = ensure_chroot(options.suite) if options.suite else None
            settings = dict(pair.split("=", 1) for pair in options.setting)
            _start(LongLab(options.home, kodi=root, debug=not options.no_debug, settings=settings), options)
            return 0
        lab = LongLab(options.home).attach()
        if options.command == "stop":
            lab.close()
            return 0
        try:
            result = _act(lab, options)
        finally:
            lab.detach()
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    if result is not None:
        print(result if isinstance(result, str) else json.dumps(result, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())

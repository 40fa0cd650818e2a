"""Other versions of Kodi than the host's: Debian releases that are unpacked outside of the repository."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from typing import Sequence

from tools.kodilab.errors import KodiMissingError, LabError

_BIND = 'for dir in $BINDS; do mkdir -p "$ROOT$dir" && mount --bind "$dir" "$ROOT$dir" || exit 120; done; '
_ENTER = 'exec chroot "$ROOT" /usr/bin/env -u ROOT -u BINDS "$@"'

#: Debian releases and their versions of Kodi.
SUITES: dict[str, str] = {"bullseye": "19.1", "trixie": "21.2"}

_PACKAGES = ("kodi", "libgl1-mesa-dri", "fonts-noto-core", "fonts-roboto-unhinted")


def inside(root: Path, command: Sequence[str], shared: Sequence[Path] = ()) -> list[str]:
    """The command line that runs ``command`` within ``root``, keeping its pid and environment.

    The mounts (/proc, /dev and ``shared``, at the same path inside and outside) are in a mount namespace
    that ends with the command, so several labs can use one root folder.
    """
    binds = ["/proc", "/dev", *[str(path) for path in shared]]
    if any(" " in path for path in binds):
        raise LabError(f"a path shared with another root folder must not hold a space: {binds}")
    script = "ROOT={}; BINDS='{}'; export ROOT BINDS; ".format(_quoted(str(root)), " ".join(binds))
    return ["unshare", "--mount", "--propagation", "slave", "/bin/sh", "-c", script + _BIND + _ENTER, "sh", *command]


def _quoted(text: str) -> str:
    return "'{}'".format(text.replace("'", "'\\''"))


def cache_folder() -> Path:
    """The folder of all root folders: ``$KODILAB_CACHE`` or ``~/.cache/kodilab``."""
    return Path(os.environ.get("KODILAB_CACHE", "") or Path.home() / ".cache" / "kodilab")


def ensure_chroot(suite: str) -> Path:
    """The root folder of a Debian release with its Kodi, created if it is not in the cache.

    About two minutes and 0.8 GB the first time.

    :param suite: a key of ``SUITES``.
    :raises KodiMissingError: it cannot be created on this machine.
    """
    if suite not in SUITES:
        raise LabError(f"no Debian release {suite!r} here; known are {', '.join(SUITES)}")
    root = cache_folder() / suite
    if (root / ".ready").exists():
        return root
    if os.geteuid() != 0:
        raise KodiMissingError(f"root is needed to make a root folder with Kodi of {suite}")
    if shutil.which("debootstrap", path=os.environ.get("PATH", "") + ":/usr/sbin") is None:
        raise KodiMissingError("`debootstrap` is missing on this machine; install the package debootstrap")
    root.parent.mkdir(parents=True, exist_ok=True)
    with (root.parent / f"{suite}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second test run waits until the first one has created it
        if not (root / ".ready").exists():
            _make(suite, root)
    return root


def _make(suite: str, root: Path) -> None:
    """Unpack the release into a temporary folder and rename it when it is complete."""
    part = root.with_name(f"{suite}.part")
    shutil.rmtree(str(part), ignore_errors=True)
    mirror = _mirror()
    _do(["debootstrap", "--variant=minbase", suite, str(part), mirror])
    _copy_apt_settings(part, suite, mirror)
    _do(inside(part, ["apt-get", "update"]))
    _do(inside(part, ["apt-get", "install", "-y", "--no-install-recommends", *_PACKAGES]))
    _do(inside(part, ["apt-get", "clean"]))
    (part / ".ready").touch()
    part.rename(root)


def _mirror() -> str:
    """The Debian archive that this machine's apt uses."""
    sources = Path("/etc/apt")
    for path in [sources / "sources.list", *sorted(sources.glob("sources.list.d/*"))]:
        lines = path.read_text().splitlines() if path.is_file() else []
        for word in (word for line in lines if not line.startswith("#") for word in line.split()):
            if word.startswith(("http://", "https://")) and word.rstrip("/").endswith("/debian"):
                return word
    return "http://deb.debian.org/debian"


def _copy_apt_settings(root: Path, suite: str, mirror: str) -> None:
    """Copy this machine's settings for reaching the archive (proxies, certificates, retries)."""
    (root / "etc/apt/sources.list").write_text(f"deb {mirror} {suite} main\n")
    for path in Path("/etc/apt/apt.conf.d").glob("*"):
        if "Acquire" not in path.read_text(errors="replace"):
            continue
        shutil.copy(str(path), str(root / "etc/apt/apt.conf.d" / path.name))
    for name in ("resolv.conf", "hosts"):
        if Path("/etc", name).exists():
            shutil.copy("/etc/" + name, str(root / "etc" / name))
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    if bundle.exists():
        (root / "etc/ssl/certs").mkdir(parents=True, exist_ok=True)
        shutil.copy(str(bundle), str(root / "etc/ssl/certs" / bundle.name))


def _do(command: Sequence[str]) -> None:
    """Run a command; the error of a failure contains the end of its output."""
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C.UTF-8")
    env["PATH"] = env.get("PATH", "") + ":/usr/sbin:/sbin"
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, check=False)
    if done.returncode:
        tail = done.stdout.decode(errors="replace")[-800:]
        raise LabError("%s failed (%d): %s" % (" ".join(command[:4]), done.returncode, tail))

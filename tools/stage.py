"""A real Kodi with a simulated Plex, and the actions of a user: install, sign in, browse, play.

Used by the demo and by the tests in a real Kodi.
"""
from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

from tools.kodilab import KodiLab
from tools.kodilab.install import install_from_repository

ADDON = 'plugin.video.plexkodiconnect'
PLUGIN = 'plugin://%s' % ADDON
PLEX_TV_PORT, PMS_PORT, REPOSITORY_PORT = 32480, 32400, 8098
ENVIRONMENT = {'PLEXKODICONNECT_PLEX_TV': 'http://127.0.0.1:%d' % PLEX_TV_PORT}
#: A list of Kodi's, such as that of the libraries, and the last window of the guide.
LIST, GUIDE = 'Window.IsActive(selectdialog)', 'Window.IsActive(script-plexkodiconnect-guide.xml)'
ROOT = Path(__file__).resolve().parents[1]


class Stage:
    """``lab`` must have been created with :data:`ENVIRONMENT`, so that the add-on uses the simulated plex.tv."""

    def __init__(self, lab: KodiLab) -> None:
        self.lab = lab
        self._sim: Optional[subprocess.Popen[Any]] = None

    # ---- the simulated Plex ------------------------------------------------------------------------------------

    def start_sim(self, *arguments: str, timeout: float = 120.0) -> Dict[str, Any]:
        """Start the simulator in the lab's network; returns the content of its state file."""
        state_file = self.lab.home / 'sim.json'
        state_file.unlink(missing_ok=True)
        log = (self.lab.home / 'sim.log').open('ab')
        with log:
            self._sim = self.lab.popen(
                [sys.executable, '-m', 'tools.plexsim', '--pms-port', str(PMS_PORT), '--plextv-port',
                 str(PLEX_TV_PORT), '--control', '--state-file', str(state_file), *arguments],
                cwd=str(ROOT), stdout=log, stderr=log)
        end = time.monotonic() + timeout
        while not state_file.exists():
            if time.monotonic() > end or self._sim.poll() is not None:
                raise RuntimeError('the simulated Plex did not start: see %s' % (self.lab.home / 'sim.log'))
            time.sleep(0.1)
        state: Dict[str, Any] = json.loads(state_file.read_text(encoding='utf-8'))
        return state

    def ask(self, name: str, **query: Any) -> Any:
        """Read from the simulator's control API."""
        words = '&'.join('%s=%s' % pair for pair in query.items())
        return self.lab.http('GET', '%s/__sim__/%s?%s' % (ENVIRONMENT['PLEXKODICONNECT_PLEX_TV'], name, words)).json()

    def tell(self, name: str, **body: Any) -> Any:
        """Write to the simulator's control API."""
        url = '%s/__sim__/%s' % (ENVIRONMENT['PLEXKODICONNECT_PLEX_TV'], name)
        return self.lab.http('POST', url, json.dumps(body).encode('utf-8'),
                             {'Content-Type': 'application/json'}).json()

    # ---- steps of a user ---------------------------------------------------------------------------------------

    def install(self, repository: Path) -> None:
        """Install the add-on from a repository built for :data:`REPOSITORY_PORT`."""
        install_from_repository(self.lab, repository, ADDON)

    def open_sign_in(self) -> str:
        """Open the sign-in window; returns the code."""
        self.lab.builtin('RunPlugin(%s/sign_in)' % PLUGIN)
        return self.waiting_code()

    def waiting_code(self, timeout: float = 30.0) -> str:
        """Wait for a code that has not been linked; returns the newest."""
        def newest() -> str:
            codes = [str(pin['code']) for pin in self.ask('pins') if not pin.get('linked') and len(pin['code']) == 4]
            return codes[-1] if codes else ''
        return self.lab.wait_for(newest, timeout, 'a sign-in code')

    def link(self, code: str) -> None:
        """Enter the code at plex.tv/link as the user does."""
        self.tell('link', code=code)

    def leave_guide(self, timeout: float = 60.0) -> None:
        """Leave the steps of the guide that come after the sign-in with Back, keeping what it proposes."""
        seen = False

        def left() -> bool:
            nonlocal seen
            if self.lab.condition(GUIDE):
                seen = True
            elif seen:
                return True
            elif not self.lab.condition(LIST):
                return False
            self.lab.input('Back')
            return False
        self.lab.wait_for(left, timeout, 'the end of the guide', interval=0.5)

    def report(self) -> Dict[str, Any]:
        """The report of the last sync, {} before the end of the first one."""
        path = self.addon_data() / 'last_sync.json'
        try:
            found: Dict[str, Any] = json.loads(path.read_text(encoding='utf-8'))
            return found
        except (OSError, ValueError):
            return {}

    def wait_synced(self, timeout: float = 120.0, after: float = 0.0, reason: str = '') -> Dict[str, Any]:
        """Wait for the end of a sync after the Unix time ``after``, with this reason if given; returns its report."""
        def ended() -> Dict[str, Any]:
            return next((run for run in self.runs() if run.get('finished_at', 0) > after
                         and reason in ('', run.get('reason'))), {})
        return self.lab.wait_for(ended, timeout, 'the end of a sync')

    def restart_synced(self) -> Dict[str, Any]:
        """End Kodi and start it, and wait for the sync of that start, not for one that was ended before. Its report."""
        self.lab.stop()
        ended = time.time()
        self.lab.start()
        return self.wait_synced(90, after=ended)

    def runs(self) -> List[Dict[str, Any]]:
        """The reports of the last syncs, the newest first."""
        path = self.addon_data() / 'sync_history.json'
        try:
            found: List[Dict[str, Any]] = json.loads(path.read_text(encoding='utf-8'))
            return found
        except (OSError, ValueError):
            return []

    def addon_data(self) -> Path:
        """The add-on's data folder."""
        return self.lab.profile.userdata / 'addon_data' / ADDON

    def settings(self, **values: str) -> None:
        """The user's settings, for the next start of Kodi, which comes at once."""
        self.lab.stop()
        path = self.addon_data() / 'settings.xml'
        lines = [line for line in path.read_text(encoding='utf-8').splitlines()
                 if not any('id="%s"' % name in line for name in values)]
        lines[-1:-1] = ['<setting id="%s">%s</setting>' % pair for pair in values.items()]
        path.write_text('\n'.join(lines), encoding='utf-8')
        self.lab.start()
        self.lab.wait_for((self.addon_data() / 'service.json').exists, 60, 'the service')

    def directory(self, path: str, properties: Sequence[str] = ()) -> List[Dict[str, Any]]:
        """The answer of ``Files.GetDirectory`` for a path of our plugin."""
        answer = self.lab.rpc('Files.GetDirectory', directory=PLUGIN + path, media='video',
                              properties=list(properties))
        return list(answer.get('files') or [])


def build_repository(folder: Path) -> Path:
    """The Kodi repository, built to be served inside the lab."""
    subprocess.run([sys.executable, '-m', 'tools.package', 'repo', '--worktree', '--out', str(folder), '--url',
                    'http://127.0.0.1:%d' % REPOSITORY_PORT], cwd=str(ROOT), check=True, stdout=subprocess.DEVNULL)
    return folder


def make_video(path: Path, seconds: int = 420, rate: int = 10) -> Path:
    """Make a small video with ffmpeg, of so many pictures a second.

    It is long enough: Kodi stores no position in the first three minutes.
    """
    ffmpeg = shutil.which('ffmpeg')
    if ffmpeg is None:
        raise RuntimeError('ffmpeg is needed to make a film to play')
    subprocess.run([ffmpeg, '-loglevel', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=%d' % rate,
                    '-f', 'lavfi', '-i', 'sine=frequency=440', '-t', str(seconds), '-c:v', 'libx264', '-preset',
                    'ultrafast', '-g', '20', '-c:a', 'aac', str(path)], check=True)
    return path

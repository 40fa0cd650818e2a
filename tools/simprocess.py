"""The simulated Plex in another process, so that its work does not slow down the measured one."""
from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, Dict, Optional

ROOT = Path(__file__).resolve().parents[1]


class SimProcess:
    """``with SimProcess('--movies', '100') as sim``; ``sim.state`` has its URLs and ids."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._process: Optional[subprocess.Popen[bytes]] = None
        self.state: Dict[str, Any] = {}

    def __enter__(self) -> SimProcess:
        with tempfile.TemporaryDirectory() as folder:
            state_file = Path(folder) / 'sim.json'
            self._process = subprocess.Popen(
                [sys.executable, '-m', 'tools.plexsim', '--control', '--state-file', str(state_file),
                 *self._arguments], cwd=str(ROOT), stdout=subprocess.DEVNULL)
            while not state_file.exists():
                if self._process.poll() is not None:
                    raise SystemExit('the simulated Plex did not start')
                time.sleep(0.05)
            self.state = json.loads(state_file.read_text(encoding='utf-8'))
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def ask(self, name: str, query: str = '') -> Any:
        """Read from the control API."""
        with urllib.request.urlopen('%s/__sim__/%s?%s' % (self.state['plex_tv_url'], name, query)) as answer:
            return json.load(answer)

    def tell(self, name: str, **body: Any) -> Any:
        """Write to the control API."""
        request = urllib.request.Request('%s/__sim__/%s' % (self.state['plex_tv_url'], name),
                                         json.dumps(body).encode('utf-8'), {'Content-Type': 'application/json'})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

"""The first sync of a Kodi that has only a share of one processor core, as on a slow box."""
from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType
from typing import List, Optional, Tuple, Type

from tools.bench.table import Line
from tools.bench.waits import pinging, sync_line, wait_line
from tools.kodilab import KodiLab
from tools.stage import ENVIRONMENT, Stage, build_repository

_GROUPS = Path('/sys/fs/cgroup/cpu')
#: Microseconds within which the share is dealt out: so short that it is a slow processor rather than one that stops.
_PERIOD = 10000
_LATENCY = '0.02'
#: Seconds for which an idle Kodi is measured first.
_IDLE = 15.0
_MOST = 0.05


class ProcessorShare:
    """``with ProcessorShare(20) as share: share.add(pid)``: 20 % of one core for all these processes together."""

    def __init__(self, percent: int) -> None:
        self._percent = percent
        self._group = _GROUPS / ('pkc-bench-%d' % os.getpid())

    def __enter__(self) -> ProcessorShare:
        try:
            self._group.mkdir()
            self._write('cpu.cfs_period_us', _PERIOD)
            self._write('cpu.cfs_quota_us', _PERIOD * self._percent // 100)
        except OSError as error:
            raise SystemExit('no share of a processor here (needs Linux, root and cgroup v1): %s' % error) from error
        return self

    def __exit__(self, _kind: Optional[Type[BaseException]], _error: Optional[BaseException],
                 _trace: Optional[TracebackType]) -> None:
        for pid in (self._group / 'cgroup.procs').read_text(encoding='ascii').split():
            (_GROUPS / 'cgroup.procs').write_text(pid, encoding='ascii')
        self._group.rmdir()

    def add(self, pid: int) -> None:
        """Have a process, with those that it starts, share it."""
        self._write('cgroup.procs', pid)

    def _write(self, name: str, value: int) -> None:
        (self._group / name).write_text(str(value), encoding='ascii')


def measure(movies: int, shows: int, percent: int, folder: Path) -> Tuple[List[Line], str]:
    """The rows of the table, and Kodi's version."""
    with ProcessorShare(percent) as share, KodiLab(folder / 'kodi', env=ENVIRONMENT, debug=False) as lab:
        stage = Stage(lab)
        stage.start_sim('--movies', str(movies), '--shows', str(shows), '--seasons', '4', '--episodes', '10',
                        '--latency', _LATENCY, '--prerender')
        lab.start()
        kodi = lab.labels('System.BuildVersion')['System.BuildVersion'].split(' ')[0]
        stage.install(build_repository(folder / 'repository'))
        lab.wait_for(lab.dialog_open, 30, 'the offer to sign in')
        lab.answer_no()
        lab.wait_for(lambda: not lab.dialog_open(), 10, 'the end of the offer')
        code = stage.open_sign_in()
        lab.rpc('GUI.ActivateWindow', window='settings')  # a skin that draws nothing new takes no processor
        share.add(lab.pid)
        with pinging(lab) as idle:
            time.sleep(_IDLE)
        with pinging(lab) as waits:
            stage.link(code)
            report = stage.wait_synced(3600)
        lines = [sync_line(report)._replace(target='', reached='no error' if not report['error'] else report['error']),
                 wait_line('of an idle Kodi', idle), wait_line('during the sync', waits)._replace(
                     target='p99 %.0f ms' % (1000 * _MOST),
                     reached='yes' if sorted(waits)[int(len(waits) * 0.99)] <= _MOST else 'no')]
        return [line._replace(name='%d %% of a core: %s' % (percent, line.name)) for line in lines], kodi

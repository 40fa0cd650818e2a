"""Running a target with many inputs."""
from __future__ import annotations

import logging
import resource
import sys
import tempfile
import time
import traceback
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from tools.fuzz.target import Reader, Target

#: Number of inputs of one run of hypothesis; after a finding the next run continues with other inputs.
CHUNK = 2000
#: Limit in mebibytes of the process's growth by a target.
MEMORY_LIMIT = 300


class Finding(NamedTuple):
    """An undocumented error: where it was raised, and the smallest input that raises it."""

    place: str
    text: str
    given: str


class Result(NamedTuple):
    """A target's run: number of inputs, seconds, growth of the process's peak in mebibytes, and findings."""

    name: str
    inputs: int
    seconds: float
    grown: float
    findings: List[Finding]


def feed(target: Target, count: int, seed: Optional[int] = None) -> Result:
    """Give ``count`` inputs to a target; without a ``seed`` they are different in each run."""
    started, before, done, chunks = time.monotonic(), _peak(), 0, 0
    found: Dict[str, Finding] = {}
    with ExitStack() as stack:
        _silence(stack)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix='fuzz-')))
        read = target.open(stack, folder)
        while done < count:
            wanted = min(CHUNK, count - done)
            finding = _chunk(target, _but(read, found), wanted, None if seed is None else seed + chunks)
            if finding is not None:
                found[finding.place] = finding
            chunks += 1
            done += wanted
    return Result(target.name, done, time.monotonic() - started, _peak() - before, list(found.values()))


def _but(read: Reader, known: Dict[str, Finding]) -> Reader:
    """The reader without its known errors, so that others are found."""
    def run(value: Any) -> None:
        try:
            read(value)
        except Exception as error:
            if _place(error) not in known:
                raise
    return run


def _chunk(target: Target, read: Reader, count: int, seed: Optional[int]) -> Optional[Finding]:
    last: List[Any] = [None]

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck),
              phases=(Phase.generate, Phase.shrink))
    @given(target.inputs)
    def run(value: Any) -> None:
        last[0] = value
        read(value)
    try:
        (run if seed is None else seeded(seed)(run))()
    except Exception as error:  # hypothesis raises groups of them when inputs have several
        inner = getattr(error, 'exceptions', [error])[0]
        return Finding(_place(inner), str(inner)[:500], repr(last[0])[:500])
    return None


def _place(error: BaseException) -> str:
    """The type of an error, and the add-on's innermost function in its traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if '/resources/lib/' in frame.filename] or frames[-1:]
    return '%s in %s:%s' % (type(error).__name__, '/'.join(Path(ours[-1].filename).parts[-2:]), ours[-1].name)


def _silence(stack: ExitStack) -> None:
    """Switch off the readers' logging, which would fill the output."""
    log, nothing = logging.getLogger('pkc'), logging.NullHandler()
    stack.callback(setattr, log, 'propagate', log.propagate)
    log.propagate = False
    log.addHandler(nothing)
    stack.callback(log.removeHandler, nothing)
    stack.enter_context(warnings.catch_warnings())
    warnings.simplefilter('ignore')


def _peak() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024 if sys.platform == 'darwin' else 1024)

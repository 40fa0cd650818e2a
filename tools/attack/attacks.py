"""All attacks by name. A module with more of them adds its own ``ATTACKS`` here."""
from __future__ import annotations

from typing import Callable, Dict, Mapping

from tools.attack import answers, loopback, pushes
from tools.attack.figures import Attack

ALL: Dict[str, Attack] = {**answers.ATTACKS, **pushes.ATTACKS}
#: Attacks by a program that does not know the loopback server's secret; each has its own names of figures.
LOOPBACK: Dict[str, Callable[[], Mapping[str, object]]] = {**loopback.ATTACKS}

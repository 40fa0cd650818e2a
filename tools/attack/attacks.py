"""All attacks by name. A module with more of them adds its own ``ATTACKS`` here."""
from __future__ import annotations

from typing import Dict

from tools.attack import answers
from tools.attack.figures import Attack

ALL: Dict[str, Attack] = {**answers.ATTACKS}

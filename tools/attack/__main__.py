"""``python -m tools.attack [NAME …]``: carry out the attacks, or those that are named, and print their figures."""
from __future__ import annotations

import json
import sys
from typing import Callable, Dict, Mapping

from tools.attack import loopback

Figures = Mapping[str, object]
ATTACKS: Dict[str, Callable[[], Figures]] = {**loopback.ATTACKS}


def main(names: list[str]) -> int:
    unknown = set(names) - set(ATTACKS)
    if unknown:
        print('unknown: %s; there are: %s' % (', '.join(sorted(unknown)), ', '.join(ATTACKS)))
        return 2
    for name in names or ATTACKS:
        print(json.dumps({'attack': name, **ATTACKS[name]()}), flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

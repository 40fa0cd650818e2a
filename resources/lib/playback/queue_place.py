"""Where a playback stands in a play queue of the server."""
from __future__ import annotations

import re
from typing import Dict, NamedTuple, Optional

_ID = r'([A-Za-z0-9_-][A-Za-z0-9._-]*)'
_PLACE = re.compile(r'%s:%s\Z' % (_ID, _ID))


class QueuePlace(NamedTuple):
    """The queue (``playQueueID``), and the entry in it (``playQueueItemID``)."""

    queue_id: str
    entry_id: str

    def __str__(self) -> str:
        return '%s:%s' % self

    def report(self) -> Dict[str, str]:
        """What a report of the playback says of it, so that the server moves the queue on (``/:/timeline``)."""
        return {'containerKey': '/playQueues/%s' % self.queue_id, 'playQueueID': self.queue_id,
                'playQueueItemID': self.entry_id}


def parse(text: str) -> Optional[QueuePlace]:
    """The place of which ``text`` is the ``str``; None for anything else."""
    found = _PLACE.match(text)
    return QueuePlace(*found.groups()) if found else None

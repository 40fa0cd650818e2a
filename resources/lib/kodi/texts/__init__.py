"""The ids of the texts that the code shows, by subject. The texts are in ``resources/language``.

Each subject has its own range of ids, without gaps: account from 30300, library from 30400, playback from 30600,
lists from 30700, errors from 30800, nodes from 30900, actions from 31000,
queues from 31300. Texts that only XML uses have no constant:
settings from 30000, windows from 30200.
"""
from __future__ import annotations

from . import account, actions, errors, library, lists, nodes, playback, queues

SUBJECTS = (account, library, playback, lists, errors, nodes, actions, queues)


def by_name(name: str) -> int:
    """The id of the text that the service's API calls ``name``: its constant in lower case (``not_signed_in``).

    An unknown name gives :data:`errors.ERROR`.
    """
    for subject in SUBJECTS:
        text_id = vars(subject).get(name.upper())
        if isinstance(text_id, int):
            return text_id
    return errors.ERROR

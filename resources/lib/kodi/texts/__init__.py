"""The ids of the texts that the code shows, by subject. The texts are in ``resources/language``.

Each subject has its own range of ids, without gaps. Texts that only XML uses have no constant: settings from 30000,
windows from 30200, categories of settings from 32280.
"""
from __future__ import annotations

from . import (
    account,
    actions,
    artwork,
    direct_paths,
    errors,
    library,
    library_tables,
    lists,
    nodes,
    numbers,
    one_row,
    playback,
    playlists,
    queues,
    remote_control,
    several_servers,
    shared_library,
    start,
    status,
    subtitles,
    transcode,
)

#: Each with its first id.
SUBJECTS = {
    account: 30300,
    library: 30400,
    playback: 30600,
    lists: 30700,
    errors: 30800,
    nodes: 30900,
    actions: 31000,
    transcode: 31100,
    direct_paths: 31200,
    queues: 31300,
    remote_control: 31400,
    playlists: 31500,
    status: 31600,
    subtitles: 31700,
    start: 31800,
    artwork: 31900,
    shared_library: 32000,
    library_tables: 32250,
    several_servers: 32100,
    numbers: 32340,
    one_row: 32310,
}


def by_name(name: str) -> int:
    """The id of the text that the service's API calls ``name``: its constant in lower case (``not_signed_in``).

    An unknown name gives :data:`errors.ERROR`.
    """
    for subject in SUBJECTS:
        text_id = vars(subject).get(name.upper())
        if isinstance(text_id, int):
            return text_id
    return errors.ERROR

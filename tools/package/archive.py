"""Reproducible zips: the same files give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

# Not the earliest date that a zip can hold, which some tools cannot show.
TIMESTAMP = (2020, 1, 1, 0, 0, 0)
FILE_MODE = 0o100644


def build_zip(folder: str, files: Mapping[str, bytes]) -> bytes:
    """Pack files under one top folder, as Kodi wants an add-on's zip.

    *folder* is the add-on id; *files* maps paths with ``/`` to contents. Order, dates and modes are fixed.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{path}", TIMESTAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = FILE_MODE << 16
            archive.writestr(entry, files[path])
    return buffer.getvalue()

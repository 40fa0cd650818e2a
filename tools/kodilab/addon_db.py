"""Creating Addons33.db before Kodi's first start, so that add-ons that were copied as folders are enabled."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Iterable

#: The tables that Kodi 19 to 21 expect in version 33; an add-on without a row is disabled until a dialog is answered.
_SCHEMA = """
CREATE TABLE version (idVersion integer, iCompressCount integer);
CREATE TABLE addons (id INTEGER PRIMARY KEY, metadata BLOB, addonID TEXT NOT NULL, version TEXT NOT NULL,
    name TEXT NOT NULL, summary TEXT NOT NULL, news TEXT NOT NULL, description TEXT NOT NULL);
CREATE TABLE repo (id integer primary key, addonID text, checksum text, lastcheck text, version text,
    nextcheck TEXT);
CREATE TABLE addonlinkrepo (idRepo integer, idAddon integer);
CREATE TABLE update_rules (id integer primary key, addonID TEXT, updateRule INTEGER);
CREATE TABLE package (id integer primary key, addonID text, filename text, hash text);
CREATE TABLE installed (id INTEGER PRIMARY KEY, addonID TEXT UNIQUE, enabled BOOLEAN, installDate TEXT,
    lastUpdated TEXT, lastUsed TEXT, origin TEXT NOT NULL DEFAULT '', disabledReason INTEGER NOT NULL DEFAULT 0);
CREATE INDEX idxAddons ON addons(addonID);
CREATE UNIQUE INDEX ix_addonlinkrepo_1 ON addonlinkrepo (idAddon, idRepo);
CREATE UNIQUE INDEX ix_addonlinkrepo_2 ON addonlinkrepo (idRepo, idAddon);
CREATE UNIQUE INDEX idxUpdate_rules ON update_rules(addonID, updateRule);
CREATE UNIQUE INDEX idxPackage ON package(filename);
INSERT INTO version VALUES (33, 0);
"""


def enable(databases: Path, addon_ids: Iterable[str]) -> None:
    """Mark add-ons as installed and enabled. Kodi must not be running.

    :param databases: Kodi's ``userdata/Database`` folder; Addons33.db is created if missing.
    """
    databases.mkdir(parents=True, exist_ok=True)
    path = databases / "Addons33.db"
    new = not path.exists()
    connection = sqlite3.connect(str(path))
    try:
        with connection:
            if new:
                connection.executescript(_SCHEMA)
            for addon_id in addon_ids:
                connection.execute("DELETE FROM installed WHERE addonID = ?", (addon_id,))
                connection.execute(
                    "INSERT INTO installed (addonID, enabled, installDate) VALUES (?, 1, '2024-01-01 00:00:00')",
                    (addon_id,),
                )
    finally:
        connection.close()


def repository_known(databases: Path, addon_id: str) -> bool:
    """Whether Kodi has read this repository's list of add-ons."""
    connection = sqlite3.connect("file:%s?mode=ro" % (databases / "Addons33.db"), uri=True, timeout=5)
    try:
        query = "SELECT COUNT(*) FROM repo JOIN addonlinkrepo ON idRepo = repo.id WHERE repo.addonID = ?"
        return bool(connection.execute(query, (addon_id,)).fetchone()[0])
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()

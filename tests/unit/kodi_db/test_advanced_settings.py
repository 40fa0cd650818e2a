"""Where Kodi's library is, read from Kodi's own file as Kodi reads it."""
from __future__ import annotations

import logging
from pathlib import Path
from typing import Optional

import pytest

from resources.lib.kodi_db.advanced_settings import SharedLibrary, shared_library
from resources.lib.kodi_db.errors import SettingsUnreadable
from resources.lib.kodi_db.location import newest_on_server, version_of
from resources.lib.sql.location import Server, ServerDatabase

LOGIN = '<type>mysql</type><host>nas</host><user>kodi</user><pass>secret word</pass>'


def read(folder: Path, *contents: str, raw: bool = False) -> Optional[SharedLibrary]:
    paths = []
    for number, content in enumerate(contents):
        path = folder / ('%d.xml' % number)
        whole = content if raw else '<advancedsettings version="1.0">%s</advancedsettings>' % content
        path.write_bytes(whole.encode('utf-8'))
        paths.append(str(path))
    return shared_library(paths)


def test_what_kodi_takes_for_granted(tmp_path: Path) -> None:
    found = read(tmp_path, '<videodatabase>%s</videodatabase>' % LOGIN)
    assert found == SharedLibrary(Server('nas', 3306, 'kodi', 'secret word'), 'MyVideos')


def test_all_options(tmp_path: Path) -> None:
    found = read(tmp_path, '<musicdatabase><type>mysql</type></musicdatabase><videodatabase>%s<port>3307</port>'
                 '<name>Films</name><key>k.pem</key><cert>c.pem</cert><ca>ca.pem</ca><capath>/ca</capath>'
                 '<ciphers>AES</ciphers><compression>true</compression></videodatabase>' % LOGIN)
    assert found == SharedLibrary(
        Server('nas', 3307, 'kodi', 'secret word', 'k.pem', 'c.pem', 'ca.pem', '/ca', 'AES'), 'Films')


def test_the_users_file_has_precedence_field_by_field(tmp_path: Path) -> None:
    found = read(tmp_path, '<videodatabase>%s<name>A</name></videodatabase>' % LOGIN,
                 '<videodatabase><host>other</host><name/></videodatabase>')
    assert found == SharedLibrary(Server('other', 3306, 'kodi', 'secret word'), 'MyVideos')


@pytest.mark.parametrize('content', [
    '', '<videodatabase/>', '<videodatabase><type>sqlite3</type></videodatabase>',
    '<videodatabase>%s</videodatabase>' % LOGIN.replace('mysql', 'MySQL'),
    '<videodatabase>%s</videodatabase>' % LOGIN.replace('nas', ''),
    '<videodatabase>%s</videodatabase>' % LOGIN.replace('<pass>secret word</pass>', ''),
    '<video><videodatabase>%s</videodatabase></video>' % LOGIN,
])
def test_a_library_in_files(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) is None


def test_no_file_at_all(tmp_path: Path) -> None:
    assert shared_library([str(tmp_path / 'no.xml'), str(tmp_path)]) is None


def test_a_password_as_kodi_takes_it(tmp_path: Path) -> None:
    """Kodi's parser wants no escaping."""
    for written, meant in (('a&b', 'a&b'), ('a&amp;b', 'a&b'), ('a&b&lt;c', 'a&b<c'), ('&#228;ö', 'äö')):
        found = read(tmp_path, '<videodatabase>%s</videodatabase>' % LOGIN.replace('secret word', written))
        assert found is not None and found.server.password == meant
    found = read(tmp_path, '<videodatabase>%s</videodatabase>' % LOGIN.replace('<pass>secret word',
                                                                              '<pass urlencoded="yes">a%26b'))
    assert found is not None and found.server.password == 'a&b'


@pytest.mark.parametrize('content', ['', 'nothing', '<advancedsettings>', '<other/>',
                                     '<advancedsettings><videodatabase></advancedsettings>'])
def test_a_broken_file_without_a_server(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content, raw=True) is None


def test_a_broken_file_with_a_server(tmp_path: Path) -> None:
    """Kodi may be able to read it: a sync into a library in files would be seen by nobody."""
    with pytest.raises(SettingsUnreadable):
        read(tmp_path, '<advancedsettings><videodatabase>%s</advancedsettings>' % LOGIN, raw=True)


def test_an_entity_bomb_is_not_read(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "%s">]><advancedsettings><videodatabase>%s&b;</videodatabase></advancedsettings>'
    with pytest.raises(SettingsUnreadable):
        read(tmp_path, bomb % ('x' * 50, LOGIN), raw=True)


def test_declaration_and_byte_order_mark(tmp_path: Path) -> None:
    found = read(tmp_path, '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<advancedsettings><videodatabase>%s'
                 '</videodatabase></advancedsettings>' % LOGIN, raw=True)
    assert found is not None


def test_the_password_is_in_no_text(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        found = read(tmp_path, '<videodatabase>%s<compression>yes</compression></videodatabase>' % LOGIN)
    assert found is not None
    database = newest_on_server(found.server, found.name, 121)
    for text in (repr(found), str(found), repr(database), '%s' % (database,), caplog.text):
        assert 'secret' not in text


def test_the_number_of_the_schema(tmp_path: Path) -> None:
    server = Server('nas', 3306, 'kodi', 'x')
    assert newest_on_server(server, 'Films2', 121) == ServerDatabase(server, 'Films2121', 'Films2')
    assert version_of(newest_on_server(server, 'Films2', 121)) == 121
    assert version_of(ServerDatabase(server, 'MyVideos131', 'MyVideos')) == 131

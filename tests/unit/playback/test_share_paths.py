"""What Kodi calls a file of the server's, on each kind of share and for odd names."""
from __future__ import annotations

import unicodedata
from typing import List

import pytest

from resources.lib.playback import share_paths
from resources.lib.playback.share_paths import Mapping

ODD = '100% #1 & 2; Käse? [x] +~.mkv'
QUOTED = '100%25%20%231%20%26%202%3B%20K%C3%A4se%3F%20%5Bx%5D%20%2B~.mkv'


def path(location: str, folder: str, file: str) -> str:
    found = share_paths.locate([Mapping(location, share_paths.folder(folder))], file)
    return found.paths[0] if found else ''


@pytest.mark.parametrize(('typed', 'stored'), [
    ('smb://nas/films', 'smb://nas/films/'), ('smb://nas/films/', 'smb://nas/films/'), (' nfs://nas/x/ ', 'nfs://nas/x/'),
    ('SMB://NAS/Films', 'smb://NAS/Films/'), ('smb://me:secret@nas/films', 'smb://nas/films/'),
    ('smb://DOMAIN;me:p%40ss@nas/films', 'smb://nas/films/'), ('smb://nas/100% #1', 'smb://nas/100% #1/'),
    ('dav://nas:8080/My Films', 'dav://nas:8080/My%20Films/'), ('davs://nas/My%20Films/', 'davs://nas/My%20Films/'),
    ('davs://nas/Käse', 'davs://nas/K%C3%A4se/'), ('dav://nas', 'dav://nas/'),
    (r'\\nas\films\new', 'smb://nas/films/new/'),
    ('/mnt/films', '/mnt/films/'), ('/', '/'), ('D:\\Films', 'D:\\Films\\'), ('d:/Films/', 'd:\\Films\\'),
    ('', ''), ('films', ''), ('smb://', ''), ('ftp://nas/films', ''), ('plugin://x/y', ''), ('/a\nb', ''),
    ('\\\\', '')])
def test_a_folder_is_stored_in_one_form_and_without_a_password(typed: str, stored: str) -> None:
    assert share_paths.folder(typed) == stored


@pytest.mark.parametrize(('folder', 'expected'), [
    ('smb://nas/films', 'smb://nas/films/A (2001)/' + ODD), ('nfs://nas/films', 'nfs://nas/films/A (2001)/' + ODD),
    ('/mnt/films', '/mnt/films/A (2001)/' + ODD), ('D:\\Films', 'D:\\Films\\A (2001)\\' + ODD),
    ('dav://nas/films', 'dav://nas/films/A%20%282001%29/' + QUOTED),
    ('davs://nas/films', 'davs://nas/films/A%20%282001%29/' + QUOTED)])
@pytest.mark.parametrize(('location', 'separator'), [
    ('/volume1/films', '/'), ('/volume1/films/', '/'), ('E:\\films', '\\'), ('E:/films', '/'), ('e:\\FILMS\\', '\\'),
    ('\\\\srv\\films', '\\')])
def test_each_kind_of_server_on_each_kind_of_share(location: str, separator: str, folder: str, expected: str) -> None:
    base = location.rstrip('/\\')
    assert path(location, folder, separator.join((base, 'A (2001)', ODD))) == expected


@pytest.mark.parametrize('file', [
    '/volume1/films2/a.mkv', '/volume1/films', '/volume2/films/a.mkv', '/volume1/films/../../etc/passwd', 'films/a.mkv',
    '', '/Volume1/films/a.mkv', '/volume1/films/./a.mkv', '/volume1/films/a\n.mkv', 'E:\\volume1\\films\\a.mkv'])
def test_what_lies_elsewhere_is_not_mapped(file: str) -> None:
    assert path('/volume1/films', 'smb://nas/films', file) == ''


def test_on_a_server_without_windows_a_backslash_is_a_character_of_a_name() -> None:
    assert path('/films', 'smb://nas/films', '/films/AC\\DC.mkv') == 'smb://nas/films/AC\\DC.mkv'


def test_the_innermost_folder_counts() -> None:
    mappings = [Mapping('/media', 'smb://nas/media/'), Mapping('/media/kids', 'nfs://nas/kids/'),
                Mapping('/media/kids/old', '')]
    for known in (mappings, mappings[::-1]):
        found = share_paths.locate(known, '/media/kids/old/a.mkv')
        assert found is not None and found.paths == ['nfs://nas/kids/old/a.mkv']


def test_names_with_accents_are_tried_in_both_spellings() -> None:
    composed, decomposed = (unicodedata.normalize(form, 'Amélie.mkv') for form in ('NFC', 'NFD'))
    for written, other in ((composed, decomposed), (decomposed, composed)):
        found = share_paths.locate([Mapping('/films', '/mnt/')], '/films/' + written)
        assert found is not None and found.paths == ['/mnt/' + written, '/mnt/' + other]
    found = share_paths.locate([Mapping('/K\u00e4se', '/mnt/')], '/Ka\u0308se/a.mkv')
    assert found is not None and found.paths == ['/mnt/a.mkv']


@pytest.mark.parametrize(('base', 'share'), [
    ('smb://NAS/films/', 'smb://nas'), ('dav://nas:8080/a/', 'dav://nas:8080'), ('/mnt/films/', '/mnt/films/'),
    ('D:\\Films\\', 'D:\\Films\\')])
def test_what_goes_away_together(base: str, share: str) -> None:
    assert share_paths.share(base) == share


@pytest.mark.parametrize(('full', 'bare'), [
    ('smb://me:secret@nas/a.mkv', 'smb://nas/a.mkv'), ('smb://nas/me@home.mkv', 'smb://nas/me@home.mkv'),
    ('/mnt/me@home.mkv', '/mnt/me@home.mkv'), ('http://127.0.0.1:1/stream/a', 'http://127.0.0.1:1/stream/a')])
def test_kodi_may_tell_a_path_with_user_and_password(full: str, bare: str) -> None:
    assert share_paths.without_user(full) == bare


def proposed(location: str, *sources: str) -> List[str]:
    return list(share_paths.proposals(location, sources))


def test_a_source_with_the_name_of_the_folder_is_the_likeliest() -> None:
    found = proposed('/volume1/video/Films', 'smb://nas/photos', 'smb://nas/Films/', 'nfs://nas/volume1/Video')
    assert found[:3] == ['smb://nas/Films/', 'nfs://nas/volume1/Video/Films/', '/volume1/video/Films/']
    assert 'smb://nas/photos/video/Films/' in found and len(found) == len(set(found))


def test_a_share_that_the_server_itself_uses_comes_first() -> None:
    assert proposed('\\\\nas\\films', 'smb://NAS/other')[0] == 'smb://nas/films/'


def test_the_server_cannot_have_kodi_look_at_a_host_that_the_user_has_not_chosen() -> None:
    found = proposed('\\\\evil\\films', 'smb://nas/other')
    assert found and all(one.startswith('smb://nas/other/') for one in found)


def test_a_source_of_several_folders_is_all_of_them() -> None:
    found = proposed('/srv/Films', 'multipath://smb%3a%2f%2fnas%2fnew%2f/%2fmnt%2fFilms%2f/')
    assert found[0] == '/mnt/Films/' and 'smb://nas/new/Films/' in found


def test_passwords_of_sources_are_not_proposed() -> None:
    assert not [one for one in proposed('/srv/Films', 'smb://me:secret@nas/Films') if 'secret' in one]


def test_a_folder_of_a_windows_server_is_looked_for_here_too() -> None:
    assert proposed('D:\\Films') == ['D:\\Films\\']
    assert proposed('relative') == []

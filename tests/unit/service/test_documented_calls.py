"""docs/architecture.md names all lists of the plugin and all calls of the service."""
from __future__ import annotations

import re
from pathlib import Path

from resources.lib.auth.status import AuthStatus
from resources.lib.service.lists.registry import LISTS
from resources.lib.service.parts import PARTS
from tests.fakes import FakeKodi
from tests.support.shared import make_shared

TEXT = (Path(__file__).resolve().parents[3] / 'docs/architecture.md').read_text(encoding='utf-8')

SKINS = (Path(__file__).resolve().parents[3] / 'docs/skins.md').read_text(encoding='utf-8')


def _chapter(name: str, end: str) -> str:
    return TEXT.split('\n## %s\n' % name)[1].split(end)[0]


class SignedOut:
    """Nobody is signed in."""

    def status(self) -> AuthStatus:
        return AuthStatus('signed_out')


def test_all_lists_are_documented() -> None:
    assert set(re.findall(r'`/(\w+)', _chapter('Plugin routes', 'Everything else'))) == set(LISTS)


def test_all_lists_are_described_for_skins() -> None:
    assert set(re.findall(r'`/(\w+)', SKINS.split('\n## Pages\n')[0])) == set(LISTS)


def test_all_calls_of_the_service_are_documented(fake_kodi: FakeKodi) -> None:
    shared = make_shared(SignedOut())
    calls = {'status'}.union(*[make(shared).calls() for make in PARTS])
    text = _chapter('Calls of the service', 'An error answer')
    assert set(re.findall(r'`(\w+)(?: \{[^}]*\})?`', text)) == calls

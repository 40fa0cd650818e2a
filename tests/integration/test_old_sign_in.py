"""From PKC 3.x to 4: the sign-in is taken over, the modern one offered, and the old token is never in danger."""
from __future__ import annotations

from typing import Any, Iterator

import pytest

from resources.lib.auth.account.tokens import is_jwt
from resources.lib.auth.credentials.store import CredentialStore
from resources.lib.kodi import settings
from resources.lib.kodi.texts import account as texts
from tests.fakes import FakeKodi
from tests.support.plugin_and_service import PluginAndService
from tools import plexsim
from tools.plexsim import Library

CLIENT = 'client-of-3.x'


class Upgrade:
    """A Kodi whose PKC 3.x has just become 4."""

    def __init__(self, installed: PluginAndService) -> None:
        self.installed, self.kodi, self.sim = installed, installed.kodi, installed.sim
        self.token = self.sim.accounts.issue(1, CLIENT, 'account')
        self.kodi.write_settings(dict(self.kodi.read_settings(), plexToken=self.token, plex_client_Id=CLIENT,
                                      plex_machineIdentifier=self.sim.machine_identifier, plexLogin='Owner'))

    def start(self, *answers: Any) -> Any:
        self.kodi.answer(*answers)
        service = self.installed.start()
        self.installed.flows_done()
        return service

    def saved(self) -> Any:
        return CredentialStore(str(self.installed.profile)).load()


@pytest.fixture
def upgrade(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Upgrade]:
    library = Library.empty()
    library.add_movie('Alpha')
    with plexsim.PlexSim(library, plexsim.SimConfig()) as sim:
        made = Upgrade(PluginAndService(fake_kodi, sim, monkeypatch))
        try:
            yield made
        finally:
            made.installed.stop()


def test_sign_in_is_taken_over_without_a_code_and_the_library_comes(upgrade: Upgrade) -> None:
    service = upgrade.start(False)
    upgrade.installed.synced()
    assert service.shared.auth.status().user_name == 'Owner'
    (kind, (_, question, *_)), = upgrade.kodi.dialogs
    assert kind == 'yesno' and 'Owner' in question and upgrade.kodi.text(texts.MODERN_AUTH_OFFER) in question
    assert not upgrade.sim.requests.find('/pins')


def test_who_declines_keeps_the_old_kind_and_is_not_asked_again(upgrade: Upgrade) -> None:
    upgrade.start(False)
    assert settings.load().modern_auth is False
    upgrade.installed.stop()
    upgrade.kodi.dialogs.clear()
    service = upgrade.start()
    service.shared.auth.tick()
    assert upgrade.kodi.dialogs == []
    assert not upgrade.saved().account_jwt
    assert upgrade.sim.accounts.find(upgrade.token)


def test_who_accepts_becomes_modern_without_a_code_and_the_old_token_lives_on(upgrade: Upgrade) -> None:
    upgrade.start(True)
    upgrade.kodi.wait_for(lambda: is_jwt(upgrade.saved().account_jwt))
    assert upgrade.sim.accounts.find(upgrade.token), 'PKC 3.x can be installed again'
    assert upgrade.kodi.read_settings()['plexToken'] == upgrade.token
    assert upgrade.saved().legacy_client_identifier == CLIENT != upgrade.saved().client_identifier
    assert settings.load().modern_auth is True


def test_token_that_died_leads_to_the_ordinary_sign_in(upgrade: Upgrade) -> None:
    upgrade.sim.accounts.revoke(upgrade.token)
    service = upgrade.start(False)
    (_, (_, question, *_)), = upgrade.kodi.dialogs
    assert question == upgrade.kodi.text(texts.SIGN_IN_OFFER)
    assert service.shared.auth.status().state == 'signed_out'
    assert settings.load().modern_auth is True


def test_without_plex_tv_nothing_is_lost_and_the_next_start_tries_again(upgrade: Upgrade) -> None:
    upgrade.sim.faults.add('.*', 'drop', server='plextv')
    upgrade.start()
    assert upgrade.kodi.dialogs == []
    assert settings.load().modern_auth is True
    upgrade.installed.stop()
    upgrade.sim.faults.clear()
    assert upgrade.start(False).shared.auth.status().state == 'signed_in'


def test_who_signs_out_is_not_signed_in_again_by_the_old_token(upgrade: Upgrade) -> None:
    service = upgrade.start(False)
    service.shared.auth.sign_out()
    upgrade.installed.stop()
    assert upgrade.start().shared.auth.status().state == 'signed_out'


def test_old_token_is_in_no_log(upgrade: Upgrade) -> None:
    upgrade.start(True)
    upgrade.installed.synced()
    upgrade.installed.stop()
    log = '\n'.join(line for _, line in upgrade.kodi.log)
    assert upgrade.token not in log
    assert upgrade.token not in repr(settings.old_sign_in())

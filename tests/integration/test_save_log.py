"""A log with the worst that could be in it, saved for a report."""
from __future__ import annotations

from pathlib import Path
from typing import Iterator, Set

import pytest

from resources.lib.kodi.texts import account as account_texts
from resources.lib.kodi.texts import status as texts
from resources.lib.service.status.saving import in_lines
from tests.fakes import FakeKodi
from tests.integration.test_no_secret_leaks import SAFE, Secrets, found_in
from tests.support.plugin_and_service import PluginAndService
from tools import plexsim
from tools.plexsim import Library


@pytest.fixture
def sim() -> Iterator[plexsim.PlexSim]:
    with plexsim.PlexSim(Library.generate(seed=1, movies=5, shows=1), plexsim.SimConfig()) as made:
        yield made


def test_even_all_credentials_in_the_log_do_not_reach_the_report(
        sim: plexsim.PlexSim, fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secrets = Secrets(sim, monkeypatch)
    installed = PluginAndService(fake_kodi, sim, monkeypatch)
    installed.set('verbose_log', 'true')
    sim.accounts.add_user('Wilhelmina', restricted=True)
    fake_kodi.answer(True, 0)
    service = installed.start()
    try:
        installed.link_code()
        installed.synced()
        installed.flows_done()
        personal: Set[str] = service.shared.auth.names()
        machine = service.shared.auth.status().machine_identifier
        logs = Path(fake_kodi.real_path('special://logpath'))
        logs.mkdir(exist_ok=True)
        log = [line for _, line in fake_kodi.log]
        log += ['%s is watching' % name for name in personal]
        log += [path.read_text(encoding='utf-8') for path in installed.profile.iterdir() if path.name in SAFE]
        log += ['request: %s %s' % (entry.path, entry.headers) for entry in sim.requests.find('.*')]
        (logs / 'kodi.log').write_text('\n'.join([*log, 'the last line']), encoding='utf-8')
        (logs / 'kodi.old.log').write_text('\n'.join(reversed(log)), encoding='utf-8')
        words = secrets.all(installed.profile)
        fake_kodi.answers.clear()
        fake_kodi.answer(1, str(tmp_path))
        installed.call('save_log', handle=-1)
        fake_kodi.wait_for(lambda: any(kind == 'ok' for kind, _ in fake_kodi.dialogs), 60)
        installed.flows_done()
    finally:
        installed.stop()
    path, = tmp_path.glob('plexkodiconnect-log-*.txt')
    assert fake_kodi.dialogs[-1][1][1] == fake_kodi.text(texts.SAVE_LOG_DONE) % in_lines(str(path))
    report = path.read_text(encoding='utf-8')
    assert 'the last line' in report and 'listening to the server' in report
    assert fake_kodi.text(texts.SIGNED_IN_AS) in report and fake_kodi.text(account_texts.OWN_SERVER) in report
    assert len(words) > 10 and found_in('\n'.join(log), words), 'there was something to hide'
    assert found_in(report, words) == set()
    assert 'Wilhelmina' in personal and found_in(report, personal) == set()
    assert machine not in report

"""What is in the log (at debug level), in databases, settings and other files after a full evening: no secret."""
from __future__ import annotations

import base64
import json
import logging
from pathlib import Path
from typing import Any, Dict, Iterator, Set
from urllib.parse import parse_qs, quote

import pytest
import requests

from resources.lib.auth.credentials.store import CredentialStore
from resources.lib.auth.device_key.keys import DeviceKey
from resources.lib.redaction import REDACTOR
from tests.fakes import FakeKodi
from tests.support.plugin_and_service import ADDON, PluginAndService
from tools import plexsim
from tools.plexsim import Library

#: The only files that may hold one, and they are mode 0600.
SAFE = {'credentials.json', 'device_key.pem', 'device_key.pass', 'service.json'}
PIN, EMAIL = '8431', 'owner@example.org'


class Secrets:
    """Every secret that the simulated Plex ever gave out or got, and those that the add-on made."""

    def __init__(self, sim: plexsim.PlexSim, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sim = sim
        self.words: Set[str] = {EMAIL, 'PRIVATE KEY'}
        self._note(monkeypatch, sim.accounts, 'issue')
        self._note(monkeypatch, sim.authority, 'issue')
        send = requests.Session.send

        def tapped(session: requests.Session, request: Any, **options: Any) -> Any:
            if '/auth/token' in request.url:
                self.words.add(json.loads(request.body)['jwt'])
            return send(session, request, **options)
        monkeypatch.setattr(requests.Session, 'send', tapped)

    def _note(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        made = getattr(owner, name)

        def noted(*arguments: Any, **options: Any) -> Any:
            secret = made(*arguments, **options)
            self.words.add(secret)
            return secret
        monkeypatch.setattr(owner, name, noted)

    def all(self, profile: Path) -> Set[str]:
        words = set(self.words) | set(self.sim.accounts.tokens)
        for entry in self.sim.requests:
            words.update(parse_qs(entry.query).get('deviceJWT', []))
        words |= {pin.code for pin in self.sim.pins.by_id.values()}
        key: Any = CredentialStore(str(profile)).load_key()
        if isinstance(key, DeviceKey):
            words |= {base64.b64encode(key.seed).decode()[:40], key.seed.hex()}
        words |= {base64.urlsafe_b64encode(word.encode()).decode() for word in set(words) if len(word) == 20}
        return {form for word in words for form in (word, quote(word, safe=''))}


@pytest.fixture
def sim() -> Iterator[plexsim.PlexSim]:
    library = Library.generate(seed=1, movies=30, shows=2)
    with plexsim.PlexSim(library, plexsim.SimConfig()) as made:
        yield made


def found_in(text: str, words: Set[str]) -> Set[str]:
    return {word for word in words if word in text}


def test_an_evening_leaves_no_secret_outside_the_credential_files(
        sim: plexsim.PlexSim, fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture) -> None:
    secrets = Secrets(sim, monkeypatch)
    # Whoever turns on logging of the libraries in this interpreter (Kodi's own debug log cannot) sees no token.
    caplog.set_level(logging.DEBUG)
    sim.accounts.add_user('Ben', pin=PIN)
    installed = PluginAndService(fake_kodi, sim, monkeypatch)
    installed.set('verbose_log', 'true')
    fake_kodi.answer(True, 0, True)  # "Sign in now?", "Who is watching?"
    service = installed.start()
    try:
        installed.link_code()
        installed.synced()
        installed.flows_done()
        evening(installed, service)
    finally:
        installed.stop()
    words = secrets.all(installed.profile)
    assert len(words) > 15

    # What the account's own phone holds never came here, and is no secret that we could know.
    phone = {form for word in (EMAIL, 'PRIVATE KEY', sim.accounts.owner_token)
             for form in (word, base64.urlsafe_b64encode(word.encode()).decode())}
    unknown = {word for word in words - phone - {quote(word, safe='') for word in phone}
               if REDACTOR.without_known('pin: ' + word) == 'pin: ' + word}
    assert unknown == set(), 'secrets that nobody registered'

    log = '\n'.join(line for _, line in fake_kodi.log)
    assert 'signed in' in log and 'Traceback' in log, 'there was something to hide'
    assert found_in(log, words) == set()
    libraries = '\n'.join(record.getMessage() + str(record.exc_info) for record in caplog.records)
    assert found_in(libraries, words) == set()
    assert found_in(repr(fake_kodi.notifications) + repr(fake_kodi.dialogs) + repr(fake_kodi.builtins)
                    + repr(fake_kodi.window_properties), words) == set()

    files: Dict[str, str] = {}
    for path in fake_kodi.profile.rglob('*'):
        if path.is_file() and path.name not in SAFE:
            files[path.name] = path.read_bytes().decode('latin-1')
    assert {'MyVideos121.db', 'state.db', 'settings.xml'} <= set(files)
    port = sim.pms_url.rpartition(':')[2]
    for name, content in files.items():
        assert found_in(content, words) == set(), name
        assert ':%s/' % port not in content, 'the address of the server in ' + name
    for path in installed.profile.iterdir():
        if path.name in SAFE:
            assert path.stat().st_mode & 0o077 == 0, path.name


def evening(installed: PluginAndService, service: Any) -> None:
    """Watch, with a server that stumbles, moves and refuses, and a plex.tv that does the same."""
    sim, kodi = installed.sim, installed.kodi
    key = next(item.rating_key for item in sim.library.by_key.values() if item.type == 'movie')
    sim.library.set_progress(key, 600000)
    installed.call('continue_watching')
    url, _, query = kodi.listings[7].items[0][0].partition('?')
    installed.call(url.partition(ADDON + '/')[2], '?' + query, 8)
    stream = kodi.resolved[8].item.getPath()
    assert requests.get(stream, headers={'Range': 'bytes=0-99'}, timeout=10).status_code == 206
    kodi.play(stream, total=5400.0, position=600.0)
    kodi.stop()
    for fault in (503, 401, 'drop', 'html', 'truncate'):
        sim.faults.add('/hubs', fault, times=4)
        installed.call('continue_watching')
    for fault in (503, 401, 498, 422, 429, 'drop', 'html'):
        sim.faults.add('/api/v2/(resources|auth|user)', fault, times=2)
        try:
            service.shared.auth.servers()
        except Exception:
            logging.getLogger('pkc.service').exception('a traceback in the log')
        sim.clock.advance(7200)
        service.shared.auth.tick()
    sim.move_pms()
    installed.call('continue_watching')
    sim.accounts.tokens = {text: one for text, one in sim.accounts.tokens.items() if one.scope != 'server'}
    installed.call('continue_watching')
    service.shared.auth.tick()
    installed.call('sync')
    installed.synced()

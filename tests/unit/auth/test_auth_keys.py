"""The device key signs the same whichever library does it, and wherever Kodi runs it."""
from __future__ import annotations

import base64
import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, Callable, Dict

import jwt
import pytest

from resources.lib.auth.device_key import signing
from resources.lib.auth.device_key.keys import DeviceKey, device_claims
from resources.lib.auth.device_key.libraries import FirstWorking
from resources.lib.auth.errors import SigningUnavailable

ROOT = Path(__file__).resolve().parents[3]
CLAIMS: Dict[str, Any] = {'aud': 'plex.tv', 'iss': 'ü-client', 'iat': 1, 'exp': 301}


@pytest.fixture
def signer_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], signing.Signer]:
    def choose(name: str) -> signing.Signer:
        monkeypatch.setattr(signing, 'LIBRARIES', libraries.only(name))
        made = signing.signer()
        assert made.name == name
        return made
    libraries = signing.LIBRARIES
    return choose


def test_both_signers_give_identical_tokens(signer_of: Callable[[str], signing.Signer]) -> None:
    for _ in range(20):
        key = DeviceKey.generate()
        tokens, jwks = [], []
        for name in ('cryptography', 'ecdsa'):
            signer_of(name)
            tokens.append(key.sign(CLAIMS))
            jwks.append(key.jwk())
        assert tokens[0] == tokens[1]
        assert jwks[0] == jwks[1]


@pytest.mark.parametrize('name', ['cryptography', 'ecdsa'])
def test_plex_can_verify_the_token_with_the_jwk(name: str, signer_of: Callable[[str], signing.Signer]) -> None:
    signer_of(name)
    key = DeviceKey.generate()
    token = key.sign(CLAIMS)
    assert jwt.get_unverified_header(token) == {'alg': 'EdDSA', 'typ': 'JWT', 'kid': key.kid}
    public = jwt.PyJWK.from_dict(key.jwk()).key
    assert jwt.decode(token, public, algorithms=['EdDSA'], options={'verify_aud': False, 'verify_exp': False}) == CLAIMS
    tampered = token[:-4] + ('AAAA' if token[-4:] != 'AAAA' else 'BBBB')
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(tampered, public, algorithms=['EdDSA'])


def test_ecdsa_algorithm_verifies_and_refuses(signer_of: Callable[[str], signing.Signer]) -> None:
    signer = signer_of('ecdsa')
    algorithm = signer.jws.get_algorithm_by_name('EdDSA')
    key = signer.key(bytes(range(32)))
    signature = algorithm.sign(b'words', key)
    public = algorithm.from_jwk(algorithm.to_jwk(key))
    assert algorithm.verify(b'words', public, signature)
    assert not algorithm.verify(b'other', public, signature)
    assert algorithm.prepare_key(key.to_pem(format='pkcs8')).to_string() == key.to_string()
    with pytest.raises(jwt.InvalidKeyError):
        algorithm.from_jwk({'kty': 'RSA'})


def test_using_ecdsa_leaves_other_users_of_pyjwt_alone(signer_of: Callable[[str], signing.Signer]) -> None:
    before = jwt.algorithms.get_default_algorithms().keys()
    signer_of('ecdsa')
    assert jwt.algorithms.get_default_algorithms().keys() == before


def test_kid_is_the_rfc_8037_thumbprint() -> None:
    seed = base64.urlsafe_b64decode('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=')
    key = DeviceKey(seed)  # RFC 8037, appendix A
    assert key.kid == 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'
    assert key.jwk() == {'kty': 'OKP', 'crv': 'Ed25519', 'x': '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
                         'kid': key.kid, 'alg': 'EdDSA', 'use': 'sig'}


def test_no_library_at_all_is_a_typed_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, 'LIBRARIES', FirstWorking('nothing', {}))
    with pytest.raises(SigningUnavailable):
        DeviceKey.generate().sign({})


def test_device_claims_live_five_minutes_and_carry_the_nonce_only_for_the_exchange() -> None:
    assert device_claims('me', 1000.9) == {'aud': 'plex.tv', 'iss': 'me', 'iat': 1000, 'exp': 1300}
    assert device_claims('me', 1000.9, 'word')['nonce'] == 'word'


# what Kodi's sub-interpreters do to imports

SIGN = '''
import json, sys
sys.path[:0] = %r
from resources.lib.auth.device_key import signing
from resources.lib.auth.device_key.keys import DeviceKey
token = DeviceKey(bytes(range(32))).sign({'iss': 'me'})
assert 'cryptography' not in sys.modules or sys.modules['cryptography'] is not None
result = json.dumps([signing.signer().name, token])
'''
BREAK_IMPORT = '''
import sys, importlib.abc
class Panic(BaseException):
    pass
class Breaker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == 'cryptography.hazmat.bindings._rust':
            raise %s
        return None
sys.meta_path.insert(0, Breaker())
'''


def run(code: str) -> Any:
    done = subprocess.run([sys.executable, '-c', code + '\nprint(result)'], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize('error', ['ImportError("PyO3 modules do not yet support subinterpreters")',
                                   'RuntimeError("panicked")', 'Panic("rust")', 'AttributeError("half loaded")'])
def test_broken_cryptography_is_gone_round(error: str) -> None:
    sign = textwrap.dedent(SIGN) % ([str(ROOT)],)
    good = run(sign)
    broken = run(BREAK_IMPORT % error + sign)
    assert [good[0], broken[0]] == ['cryptography', 'ecdsa']
    assert good[1] == broken[1]


def test_broken_cryptography_tried_by_somebody_else_first() -> None:
    first = 'try:\n    import jwt\nexcept ImportError:\n    pass\n'
    broken = run(BREAK_IMPORT % 'ImportError("once per process")' + first + textwrap.dedent(SIGN) % ([str(ROOT)],))
    assert broken[0] == 'ecdsa'


@pytest.mark.skipif(not (3, 8) <= sys.version_info < (3, 13), reason='_xxsubinterpreters is gone')
def test_second_sub_interpreter_of_a_process_signs_too() -> None:
    """As in Kodi: another add-on's interpreter has cryptography, ours gets ImportError."""
    code = '''
        import _xxsubinterpreters as subs, json, os, sys, tempfile
        import cryptography.hazmat.primitives.asymmetric.ed25519
        path = tempfile.mktemp()
        interpreter = subs.create(**({'isolated': False} if sys.version_info >= (3, 9) else {}))
        subs.run_string(interpreter, %r + "\\nopen(" + repr(path) + ", 'w').write(result)")
        subs.destroy(interpreter)
        result = open(path).read()
        os.remove(path)
    '''
    name, token = run(textwrap.dedent(code) % (textwrap.dedent(SIGN) % ([str(ROOT), *sys.path],)))
    assert name == 'ecdsa'
    assert token == run(textwrap.dedent(SIGN) % ([str(ROOT)],))[1]

"""Ed25519 signatures through PyJWT, with whichever library works in this interpreter.

``cryptography`` is used when it can be imported. In Kodi it often cannot: it is in no Kodi repository, and its Rust
part loads in only one of Kodi's sub-interpreters (ImportError in the others; ``import jwt`` then fails too, because
PyJWT imports an installed ``cryptography``). Otherwise ``ecdsa`` signs: pure Python, with the same signatures.
"""
from __future__ import annotations

import importlib
import json
import sys
from types import ModuleType
from typing import Any, Callable, Dict, Mapping, NamedTuple

from .libraries import FirstWorking, working


class Signer(NamedTuple):
    """A library that signs. ``key(seed)`` makes its key object from 32 bytes; ``jws`` is a ``jwt.PyJWS``."""

    name: str
    jws: Any
    key: Callable[[bytes], Any]
    public: Callable[[Any], bytes]

    def public_bytes(self, seed: bytes) -> bytes:
        """The 32 bytes of the public key that belongs to ``seed``."""
        return self.public(self.key(seed))

    def encode(self, seed: bytes, claims: Mapping[str, Any], kid: str) -> str:
        """A compact JWS (EdDSA) over ``claims`` with ``kid`` in its JOSE header."""
        payload = json.dumps(claims, separators=(',', ':')).encode('utf-8')
        token = self.jws.encode(payload, self.key(seed), algorithm='EdDSA', headers={'kid': kid})
        return token if isinstance(token, str) else token.decode('ascii')


def signer() -> Signer:
    """The signer of this interpreter, chosen once. Raises :class:`SigningUnavailable` when no library works."""
    return LIBRARIES.get()


def signer_name() -> str:
    """The library that signs in this interpreter; '' as long as nothing was signed."""
    return LIBRARIES.chosen_name


def _cryptography() -> Signer:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from jwt import PyJWS
    library = Signer('cryptography', PyJWS(algorithms=['EdDSA']), Ed25519PrivateKey.from_private_bytes,
                     lambda key: bytes(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)))
    library.encode(bytes(32), {}, 'try')  # fails with an old OpenSSL or a PyJWT imported without cryptography
    return library


def _ecdsa() -> Signer:
    from ecdsa import Ed25519, SigningKey
    jwt = working('jwt', lambda: importlib.import_module('jwt')) or _import_jwt_alone()
    jws = jwt.PyJWS()  # an instance of our own: PyJWT's global one stays as it is
    if 'EdDSA' in jws.get_algorithms():
        jws.unregister_algorithm('EdDSA')
    jws.register_algorithm('EdDSA', _ecdsa_algorithm())
    library = Signer('ecdsa', jws, lambda seed: SigningKey.from_string(seed, curve=Ed25519),
                     lambda key: bytes(key.verifying_key.to_string()))
    library.encode(bytes(32), {}, 'try')
    return library


def _import_jwt_alone() -> ModuleType:
    """PyJWT imported as if ``cryptography`` were not installed."""
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules)
              if name.partition('.')[0] in ('cryptography', 'jwt')}
    sys.modules['cryptography'] = None  # type: ignore[assignment]  # makes "import cryptography" fail cleanly
    try:
        return importlib.import_module('jwt')
    finally:
        del sys.modules['cryptography']
        sys.modules.update({name: module for name, module in hidden.items() if name.startswith('cryptography')})


def _ecdsa_algorithm() -> Any:
    from ecdsa import BadSignatureError, Ed25519, SigningKey, VerifyingKey
    from jwt.algorithms import Algorithm
    from jwt.exceptions import InvalidKeyError
    from jwt.utils import base64url_decode, base64url_encode

    class EcdsaEdDSA(Algorithm):  # type: ignore[misc, unused-ignore]
        """PyJWT's EdDSA (Ed25519 only) on ``ecdsa`` key objects, or on their PEM."""

        def prepare_key(self, key: Any) -> Any:
            """A key object from a key object or a PEM text."""
            if isinstance(key, (SigningKey, VerifyingKey)):
                return key
            text = key.decode('ascii') if isinstance(key, bytes) else key
            return (SigningKey if 'PRIVATE' in text else VerifyingKey).from_pem(text)

        def sign(self, msg: Any, key: Any) -> bytes:
            """The 64 bytes of the signature."""
            return bytes(key.sign(msg))

        def verify(self, msg: Any, key: Any, sig: Any) -> bool:
            """Whether ``sig`` is the signature of ``msg``."""
            public = key.verifying_key if isinstance(key, SigningKey) else key
            try:
                return bool(public.verify(sig, msg))
            except BadSignatureError:
                return False

        @staticmethod
        def to_jwk(key_obj: Any, as_dict: bool = False) -> Any:
            """The public JWK of a key."""
            public = key_obj.verifying_key if isinstance(key_obj, SigningKey) else key_obj
            jwk: Dict[str, str] = {'kty': 'OKP', 'crv': 'Ed25519',
                                   'x': base64url_encode(bytes(public.to_string())).decode('ascii')}
            return jwk if as_dict else json.dumps(jwk)

        @staticmethod
        def from_jwk(jwk: Any) -> Any:
            """The public key of a JWK."""
            entry = json.loads(jwk) if isinstance(jwk, str) else jwk
            if entry.get('kty') != 'OKP' or entry.get('crv') != 'Ed25519':
                raise InvalidKeyError('not an Ed25519 key')
            return VerifyingKey.from_string(base64url_decode(entry['x']), curve=Ed25519)

    return EcdsaEdDSA()


LIBRARIES = FirstWorking('device tokens are signed', {'cryptography': _cryptography, 'ecdsa': _ecdsa})

"""JSON Web Tokens of the simulated plex.tv: checks device tokens, signs account tokens. Real Ed25519."""

from __future__ import annotations

import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tools.plexsim.accounts.accounts import Accounts, DeviceKey
from tools.plexsim.accounts.errors import PlexTvError
from tools.plexsim.config import SimConfig
from tools.plexsim.formats.base64url import b64decode, b64encode

KEY_ID = "SimKey1"


def split(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Return (header, payload, signed bytes, signature). Raises PlexTvError(400) if it is not a JWT."""
    try:
        head, body, signature = token.split(".")
        header, payload = json.loads(b64decode(head)), json.loads(b64decode(body))
        if not isinstance(header, dict) or not isinstance(payload, dict):
            raise ValueError("not objects")
        return header, payload, (f"{head}.{body}").encode("ascii"), b64decode(signature)
    except (ValueError, UnicodeError) as error:
        raise PlexTvError(400, 1000, "malformed token") from error


class JwtAuthority:
    """Checks device tokens with the keys in Accounts, and signs account tokens with plex.tv's key."""

    def __init__(self, config: SimConfig, accounts: Accounts) -> None:
        self.config = config
        self.accounts = accounts
        self._private = Ed25519PrivateKey.generate()
        self._issued: list[str] = []

    def keys(self) -> list[dict[str, str]]:
        """Return the public keys as JWKs."""
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return [{"kty": "OKP", "crv": "Ed25519", "x": b64encode(raw), "kid": KEY_ID, "alg": "EdDSA", "use": "sig"}]

    def check_jwk(self, jwk: Any) -> dict[str, Any]:
        """Return a device's JWK when it is a usable public key. Raises PlexTvError(422)."""
        try:
            Ed25519PublicKey.from_public_bytes(b64decode(jwk["x"]))
            usable = jwk["kty"] == "OKP" and jwk["crv"] == "Ed25519" and bool(jwk["kid"])
        except (KeyError, TypeError, ValueError):
            usable = False
        if not usable or "d" in jwk:
            raise PlexTvError(422, 1001, "invalid JWK")
        return dict(jwk)

    def register(self, jwk: dict[str, Any], client: str, user: int) -> None:
        """Bind a key to a user's device. Raises PlexTvError(422) when its thumbprint belongs to another one."""
        thumbprint = str(jwk["kid"])
        known = self.accounts.keys.get(thumbprint)
        if known is not None and (known.client != client or known.jwk["x"] != jwk["x"]):
            raise PlexTvError(422, 1002, "Thumbprint Already Taken")
        self.accounts.keys[thumbprint] = DeviceKey(jwk, client, user)

    def check_device(self, token: str, jwk: dict[str, Any] | None, client: str) -> dict[str, Any]:
        """Return the claims of a device token. Raises PlexTvError.

        kid must be in the JOSE header, aud is plex.tv, iss the client identifier (else code 1097), iat and exp are
        compared with the simulated clock; an expired token gives 498.
        """
        header, payload, signed, signature = split(token)
        if jwk is None or header.get("kid") != jwk.get("kid") or header.get("alg") != "EdDSA":
            raise PlexTvError(422, 1002, "unknown key or algorithm")
        try:
            Ed25519PublicKey.from_public_bytes(b64decode(jwk["x"])).verify(signature, signed)
        except InvalidSignature:
            raise PlexTvError(422, 1003, "signature verification failed") from None
        if payload.get("iss") != client:
            raise PlexTvError(422, 1097, "issuer is not the client identifier")
        audience = payload.get("aud")
        if audience != "plex.tv" and not (isinstance(audience, list) and "plex.tv" in audience):
            raise PlexTvError(422, 1004, "wrong audience")
        now = self.config.clock.now()
        issued, expires = payload.get("iat"), payload.get("exp")
        if not isinstance(issued, (int, float)) or not isinstance(expires, (int, float)):
            raise PlexTvError(422, 1005, "iat and exp are required")
        if issued > now + self.config.clock_leeway:
            raise PlexTvError(422, 1006, "issued in the future")
        if expires < now:
            raise PlexTvError(498, 1007, "token expired")
        return payload

    def issue(self, user: int, client: str, thumbprint: str, claims: dict[str, Any] | None = None) -> str:
        """Return a new account token; it ends the client's opaque tokens (unless configured otherwise)."""
        now = self.config.clock.stamp()
        payload: dict[str, Any] = {
            "iss": "plex.tv",
            "aud": ["plex.tv", client],
            "iat": now,
            "exp": now + self.config.jwt_seconds,
            "thumbprint": thumbprint,
            "user": {"id": user},
            "jti": len(self._issued),
        }
        payload.update(claims or {})
        head = b64encode(json.dumps({"kid": KEY_ID, "typ": "JWT", "alg": "EdDSA"}).encode("ascii"))
        signed = "{}.{}".format(head, b64encode(json.dumps(payload).encode("utf-8")))
        token = "{}.{}".format(signed, b64encode(self._private.sign(signed.encode("ascii"))))
        self._issued.append(token[-8:])
        if self.config.jwt_kills_legacy:
            self.accounts.revoke_legacy(user, client)
        return token

    def claims(self, token: str) -> dict[str, Any]:
        """Return the claims of an account token. Raises PlexTvError: 401 invalid or revoked, 498 expired."""
        try:
            header, payload, signed, signature = split(token)
            self._private.public_key().verify(signature, signed)
        except (InvalidSignature, PlexTvError):
            raise PlexTvError(401, 1001, "invalid token") from None
        if payload["exp"] < self.config.clock.now():
            raise PlexTvError(498, 1007, "token expired")
        if payload["thumbprint"] not in self.accounts.keys:
            raise PlexTvError(401, 1001, "device was removed")
        return payload

    def user_of(self, token: str) -> int | None:
        """Return the account id of a valid account token, else None."""
        try:
            return int(self.claims(token)["user"]["id"])
        except PlexTvError:
            return None

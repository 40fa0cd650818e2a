"""plex.tv: PINs, device keys, JWTs, tokens, home."""

from __future__ import annotations

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.plexsim.conftest import Client
from tools.plexsim.formats.base64url import b64encode


class Device:
    """A client with a key of its own."""

    def __init__(self, sim, name="device", kid="kid-1"):
        self.sim, self.name, self.kid = sim, name, kid
        self.key = Ed25519PrivateKey.generate()
        self.http = Client(sim, "", name)
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64encode(raw), "kid": kid, "alg": "EdDSA", "use": "sig"}

    def sign(self, head=None, key=None, **claims):
        now = self.sim.clock.stamp()
        payload = dict({"aud": "plex.tv", "iss": self.name, "iat": now, "exp": now + 300}, **claims)
        return jwt.encode(payload, key or self.key, "EdDSA", headers=head or {"kid": self.kid})

    def pin(self):
        return self.http.tv("/api/v2/pins", "POST", json={"jwk": self.jwk}).json()

    def poll(self, pin, token=None):
        return self.http.tv(f"/api/v2/pins/{pin['id']}", params={"deviceJWT": token or self.sign()})

    def sign_in(self):
        pin = self.pin()
        assert self.sim.link_pin(pin["code"])
        return self.poll(pin).json()["authToken"]

    def refresh(self, **claims):
        nonce = claims.pop("nonce", None) or self.http.tv("/api/v2/auth/nonce").json()["nonce"]
        signed = self.sign(nonce=nonce, scope="username,email", **claims)
        return self.http.tv("/api/v2/auth/token", "POST", json={"jwt": signed})


def test_legacy_pin_from_code_to_token(sim):
    http = Client(sim, "", "tv-1")
    pin = http.tv("/api/v2/pins", "POST").json()
    assert (len(pin["code"]), pin["expiresIn"], pin["authToken"], pin["newRegistration"]) == (4, 900, None, None)
    names = (
        "id code product trusted qr clientIdentifier location expiresIn createdAt expiresAt authToken newRegistration"
    )
    assert sorted(pin) == sorted(names.split())
    assert http.tv(f"/api/v2/pins/{pin['id']}").json()["authToken"] is None
    page = http.tv("/link", "POST", data={"pin": pin["code"].lower()})
    assert "linked" in page.text
    token = http.tv(f"/api/v2/pins/{pin['id']}").json()["authToken"]
    assert http.tv("/api/v2/user", headers={"X-Plex-Token": token}).status_code == 200
    assert http.tv("/api/v2/user", headers={"X-Plex-Token": "wrong"}).status_code == 401
    assert http.tv("/api/v2/ping", headers={"X-Plex-Token": token}).status_code == 200
    assert http.tv("/api/v2/users/signout", "DELETE", headers={"X-Plex-Token": token}).status_code == 204
    assert http.tv("/api/v2/user", headers={"X-Plex-Token": token}).status_code == 401


def test_strong_pin_expiry_and_unknown_pins(sim):
    http = Client(sim, "", "tv-1")
    pin = http.tv("/api/v2/pins?strong=true", "POST").json()
    assert len(pin["code"]) > 20
    assert pin["expiresIn"] == 1800
    sim.clock.advance(1801)
    assert http.tv(f"/api/v2/pins/{pin['id']}").status_code == 404
    assert http.tv("/api/v2/pins/1").status_code == 404
    assert not sim.link_pin(pin["code"])


def test_jwk_pin_wants_a_good_device_token(sim):
    device = Device(sim)
    pin = device.pin()
    assert len(pin["code"]) == 4
    assert device.poll(pin).json()["authToken"] is None
    sim.link_pin(pin["code"])
    assert device.http.tv(f"/api/v2/pins/{pin['id']}").json()["authToken"] is None
    now = sim.clock.stamp()
    refused = {
        "kid in the payload only": (device.sign(head={"typ": "JWT"}, kid=device.kid), 422, None),
        "another key": (device.sign(key=Ed25519PrivateKey.generate()), 422, None),
        "wrong issuer": (device.sign(iss="somebody"), 422, 1097),
        "wrong audience": (device.sign(aud="example.org"), 422, None),
        "expired": (device.sign(iat=now - 400, exp=now - 100), 498, None),
        "clock runs ahead": (device.sign(iat=now + 3600, exp=now + 3900), 422, None),
        "no token": ("rubbish", 400, None),
    }
    for why, (token, status, code) in refused.items():
        answer = device.poll(pin, token)
        assert answer.status_code == status, why
        assert code in (None, answer.json()["errors"][0]["code"]), why
    token = device.poll(pin).json()["authToken"]
    keys = {entry["kid"]: entry for entry in device.http.tv("/api/v2/auth/keys").json()["keys"]}
    head = jwt.get_unverified_header(token)
    claims = jwt.decode(
        token, jwt.PyJWK(keys[head["kid"]]).key, ["EdDSA"], audience="plex.tv", options={"verify_iat": False}
    )
    assert (claims["iss"], claims["thumbprint"], claims["exp"] - claims["iat"]) == ("plex.tv", "kid-1", 7 * 86400)


def test_refresh_by_nonce(sim):
    device = Device(sim)
    first = device.sign_in()
    sim.clock.advance(8 * 86400)
    assert device.http.tv("/api/v2/user", headers={"X-Plex-Token": first}).status_code == 498
    fresh = device.refresh().json()["auth_token"]
    assert device.http.tv("/api/v2/user", headers={"X-Plex-Token": fresh}).status_code == 200
    nonce = device.http.tv("/api/v2/auth/nonce").json()["nonce"]
    assert device.refresh(nonce=nonce).status_code == 200
    assert device.refresh(nonce=nonce).status_code == 422
    late = device.http.tv("/api/v2/auth/nonce").json()["nonce"]
    sim.clock.advance(301)
    assert device.refresh(nonce=late).status_code == 422
    assert device.http.tv("/api/v2/auth/nonce", headers={"X-Plex-Client-Identifier": None}).status_code == 422
    sim.config.nonce_limit = 0
    assert device.http.tv("/api/v2/auth/nonce").status_code == 429
    sim.config.nonce_limit = None
    sim.accounts.revoke_client("device")
    assert device.refresh().status_code == 422
    assert device.http.tv("/api/v2/user", headers={"X-Plex-Token": fresh}).status_code == 401


def test_minting_a_jwt_kills_the_legacy_tokens_of_the_same_client_only(sim):
    device, other = Device(sim, "main"), Client(sim, "", "second")
    tokens = {}
    for http, name in ((device.http, "main"), (other, "second")):
        pin = http.tv("/api/v2/pins", "POST").json()
        sim.link_pin(pin["code"])
        tokens[name] = http.tv(f"/api/v2/pins/{pin['id']}").json()["authToken"]
    header = {"X-Plex-Token": tokens["main"]}
    server_token = device.http.tv("/api/v2/resources", headers=header).json()[0]["accessToken"]
    assert Client(sim, server_token).raw("/library/sections").status_code == 200
    assert device.http.tv("/api/v2/auth/jwk", "POST", headers=header, json={"jwk": device.jwk}).status_code == 201
    assert device.http.tv("/api/v2/user", headers=header).status_code == 200
    assert device.refresh().status_code == 200
    assert device.http.tv("/api/v2/user", headers=header).status_code == 401
    assert Client(sim, server_token).raw("/library/sections").status_code == 401
    assert other.tv("/api/v2/user", headers={"X-Plex-Token": tokens["second"]}).status_code == 200
    thief = Device(sim, "thief", kid=device.kid)
    pin = thief.pin()
    sim.link_pin(pin["code"])
    assert thief.poll(pin).status_code == 422


def test_pms_refuses_jwts_until_it_learns_to(sim):
    device = Device(sim)
    token = device.sign_in()
    resource = device.http.tv("/api/v2/resources?includeHttps=1", headers={"X-Plex-Token": token}).json()[0]
    assert resource["accessToken"] == token
    assert resource["clientIdentifier"] == sim.machine_identifier
    assert resource["connections"][0]["uri"] == sim.pms_url
    pms = Client(sim, token)
    assert pms.raw("/identity").status_code == 200
    assert pms.raw("/library/sections").status_code == 401
    sim.config.accepts_jwt = True
    assert pms.raw("/library/sections").status_code == 200


def test_second_client_is_linked_silently(sim):
    device = Device(sim)
    token = device.sign_in()
    second = Client(sim, "", "second")
    pin = second.tv("/api/v2/pins", "POST").json()
    link = {"headers": {"X-Plex-Token": token}, "data": {"code": pin["code"]}}
    assert device.http.tv("/api/v2/pins/link", "PUT", **link).status_code == 204
    assert device.http.tv("/api/v2/pins/link", "PUT", **link).status_code == 404
    legacy = second.tv(f"/api/v2/pins/{pin['id']}").json()["authToken"]
    access = second.tv("/api/v2/resources", headers={"X-Plex-Token": legacy}).json()[0]["accessToken"]
    assert access.count(".") == 0
    assert Client(sim, access).raw("/library/sections").status_code == 200


def test_home_users_and_switching(sim, client):
    kid = sim.accounts.add_user("Kid", pin="1234", restricted=True)
    users = client.tv("/api/v2/home/users").json()["users"]
    assert [(user["title"], user["protected"]) for user in users] == [("Owner", False), ("Kid", True)]
    assert client.tv("/api/home/users").text.count("<User ") == 2
    switch = f"/api/v2/home/users/{kid.uuid}/switch"
    assert client.tv(switch, "POST").status_code == 403
    token = client.tv(switch + "?pin=1234", "POST").json()["authToken"]
    assert Client(sim, token).raw("/library/sections").status_code == 401
    access = client.tv("/api/v2/resources", headers={"X-Plex-Token": token}).json()[0]
    assert not access["owned"]
    assert Client(sim, access["accessToken"]).raw("/library/sections").status_code == 200


def test_answers_are_xml_unless_json_is_accepted_and_carry_the_simulated_date(sim, client):
    sim.clock.offset = -86400 * 365
    answer = client.tv("/api/v2/user", headers={"Accept": "*/*"})
    assert answer.text.startswith("<?xml")
    assert client.tv("/api/v2/resources", headers={"Accept": "*/*"}).text.count("<connection ") == 1
    from email.utils import parsedate_to_datetime

    for reply in (answer, client.raw("/identity")):
        assert abs(parsedate_to_datetime(reply.headers["Date"]).timestamp() - sim.clock.now()) < 5


@pytest.mark.parametrize("path", ["/library/sections", "/", "/library/metadata/1"])
def test_pms_answers_401_in_html_without_a_token(sim, path):
    answer = Client(sim, "").raw(path)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Unauthorized" in answer.text
    assert answer.headers["X-Plex-Protocol"] == "1.0"

"""TLS for the simulator: a certificate authority and a server certificate, made once per directory."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

BEGIN = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
LIFETIME = datetime.timedelta(days=3650)
AUTHORITY = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Plex simulator CA")])
SERVER = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Plex simulator")])
NAMES = ("localhost", "plex.tv", "clients.plex.tv", "*.plex.tv", "*.plex.direct")


def server_context(directory: str, host: str) -> ssl.SSLContext:
    """Return the server's TLS context; clients must trust ``ca.pem`` in the directory."""
    certificate, key = os.path.join(directory, "server.pem"), os.path.join(directory, "server.key")
    if not os.path.exists(certificate):
        make(directory, host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def make(directory: str, host: str, now: datetime.datetime = BEGIN) -> None:
    """Write ca.pem, server.pem and server.key, valid for ten years from ``now``."""
    os.makedirs(directory, exist_ok=True)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = authority_certificate(ca_key, now)
    server = server_certificate(key, ca_key, host, now)
    write(os.path.join(directory, "ca.pem"), authority.public_bytes(Encoding.PEM))
    write(os.path.join(directory, "server.pem"), server.public_bytes(Encoding.PEM))
    write(os.path.join(directory, "server.key"), key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def authority_certificate(ca_key: ec.EllipticCurvePrivateKey, now: datetime.datetime) -> x509.Certificate:
    """Return the CA's certificate, which clients must trust."""
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        unsigned(AUTHORITY, ca_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def server_certificate(
    key: ec.EllipticCurvePrivateKey, ca_key: ec.EllipticCurvePrivateKey, host: str, now: datetime.datetime
) -> x509.Certificate:
    """Return the servers' certificate for Plex's names, this machine, and ``host`` (a name or an address)."""
    addresses = {"127.0.0.1"}
    names = list(NAMES)
    try:
        addresses.add(str(ipaddress.ip_address(host)))
    except ValueError:
        names.append(host)
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names if name]
    alternatives += [x509.IPAddress(ipaddress.ip_address(text)) for text in sorted(addresses)]
    return (
        unsigned(SERVER, key.public_key(), now)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def unsigned(subject: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime.datetime) -> x509.CertificateBuilder:
    """Return a builder of a certificate by our CA, without extensions and signature."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(AUTHORITY)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + LIFETIME)
    )


def write(path: str, data: bytes) -> None:
    """Write a file."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), "wb") as handle:
        handle.write(data)

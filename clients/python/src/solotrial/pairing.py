"""From a pairing code or an invitation to a credential, with the engine's certificate pinned."""

from __future__ import annotations

import hashlib
import hmac
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from solotrial.calls import check_address
from solotrial.errors import Unreachable, WrongCertificate

_SECONDS = 10.0


@dataclass(frozen=True)
class Link:
    """What a `solotrial:` link or QR code holds."""

    what: str
    """`pair`: a pairing code or an invitation. `share`: a trial to read."""
    engine: str
    """HOST:PORT."""
    code: str = ""
    """Of `pair`: the code."""
    token: str = ""
    """Of `share`: the credential."""
    pin: str = ""
    """SHA-256 of the engine's own certificate in hex; empty: it has none of its own."""


def parse_link(text: str) -> Link:
    """Takes a link apart; ValueError when it is none."""
    parts = urlsplit(text.strip())
    if parts.scheme != "solotrial" or parts.path not in ("pair", "share"):
        raise ValueError("that is no solotrial: link")
    values = {key: value[0] for key, value in parse_qs(parts.query).items()}
    link = Link(
        what=parts.path,
        engine=values.get("engine", ""),
        code=values.get("code", ""),
        token=values.get("token", ""),
        pin=values.get("pin", "").lower(),
    )
    check_address(link.engine)
    if not (link.code if link.what == "pair" else link.token):
        raise ValueError("the link is cut off: copy all of it")
    return link


def fetch_certificate(engine: str, pin: str) -> str:
    """The certificate (PEM) of the engine, whose SHA-256 must be `pin`; nothing is sent to it.

    WrongCertificate when it is another; Unreachable when nothing answers with TLS.
    """
    check_address(engine)
    host, _, port = engine.rpartition(":")
    # What the connection is checked by is the fingerprint.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # gRPC servers talk to nobody who does not ask for HTTP/2.
    context.set_alpn_protocols(["h2"])
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _SECONDS) as plain:
            with context.wrap_socket(plain) as secure:
                certificate = secure.getpeercert(binary_form=True)
    except OSError as error:
        raise Unreachable(f"The engine at {engine} cannot be reached with TLS: {error}") from None
    found = hashlib.sha256(certificate or b"").hexdigest()
    if certificate is None or not hmac.compare_digest(found, pin.strip().lower()):
        raise WrongCertificate(
            f"What answers at {engine} has not the certificate that the pairing code names: "
            "nothing was sent."
        )
    return ssl.DER_cert_to_PEM_cert(certificate)

"""Pairing with an engine that has a certificate of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import solotrial
from engine import Engine
from solotrial import aio, pairing, reasons, settings

from conftest import connect


@pytest.fixture(scope="module")
def secure_engine() -> Iterator[Engine]:
    with Engine("--tls") as engine:
        yield engine


@pytest.fixture
def link(secure_engine: Engine) -> pairing.Link:
    """Of a new code, by the engine's own machine."""
    with connect(secure_engine) as owner:
        link = pairing.parse_link(owner.access.create_pairing_code().link)
    assert link.engine == secure_engine.tls_address
    return link


def as_text(link: pairing.Link, pin: str) -> str:
    return f"solotrial:pair?engine={link.engine}&code={link.code}&pin={pin}"


def test_a_link_is_all_that_is_needed(link: pairing.Link, tmp_path: Path) -> None:
    assert len(link.pin) == 64
    client, access = solotrial.join(as_text(link, link.pin), device="notebook", data=tmp_path)
    assert access.role
    assert client.access.get_access().device == access.device
    client.close()
    # From then on the machine knows the engine.
    found = settings.find(data=tmp_path, environment={})
    assert (found.engine, found.token) == (link.engine, access.token)
    assert (tmp_path / "joined").stat().st_mode & 0o077 == 0
    for kept in (tmp_path / "joined").iterdir():
        assert kept.stat().st_mode & 0o077 == 0, kept
    with solotrial.Client(found.engine, found.token, found.certificate) as again:
        again.trials.list_trials()


def test_another_certificate_is_told_and_sent_nothing(link: pairing.Link, tmp_path: Path) -> None:
    with pytest.raises(solotrial.WrongCertificate, match="nothing was sent"):
        solotrial.join(as_text(link, "0" * 64), data=tmp_path)
    assert not (tmp_path / "joined").exists()
    # The code was not used up.
    client, _ = solotrial.join(as_text(link, link.pin), keep=False)
    client.close()


def test_a_pinned_client_talks_to_no_other_engine(secure_engine: Engine) -> None:
    certificate = (secure_engine.data / "tls.crt").read_text()
    with Engine("--tls") as other:
        with solotrial.Client(
            other.tls_address, other.token, certificate, sleep=lambda s: None
        ) as client:
            with pytest.raises(solotrial.Unreachable):
                client.trials.list_trials()


def test_a_code_is_used_once(link: pairing.Link) -> None:
    first, _ = solotrial.join(as_text(link, link.pin), keep=False)
    first.close()
    with pytest.raises(reasons.CodeNotValid):
        solotrial.join(as_text(link, link.pin), keep=False)


def test_asyncio_pairs_the_same(link: pairing.Link) -> None:
    async def run() -> None:
        client, access = await aio.join(as_text(link, link.pin), keep=False)
        async with client:
            assert (await client.access.get_access()).device == access.device

    asyncio.run(run())


def test_without_tls_nothing_can_be_pinned(shared_engine: Engine) -> None:
    with pytest.raises(solotrial.Unreachable, match="TLS"):
        pairing.fetch_certificate(shared_engine.address, "0" * 64)
    with connect(shared_engine) as owner:
        code = owner.access.create_pairing_code().code
    client, access = solotrial.join(code.lower(), engine=shared_engine.address, keep=False)
    assert access.token
    client.close()


@pytest.mark.parametrize(
    "text",
    [
        "K7Q2-9XMV-4T8P",
        "https://example.org/pair?engine=a:1&code=b",
        "solotrial:other?engine=127.0.0.1:1&code=b",
        "solotrial:pair?engine=127.0.0.1:1",
        "solotrial:share?engine=127.0.0.1:1&code=b",
        "solotrial:pair?code=b",
        "solotrial:pair?engine=unix:/run/x&code=b",
    ],
)
def test_what_is_no_link(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        pairing.parse_link(text)


def test_the_joined_token_is_for_that_engine_only(tmp_path: Path) -> None:
    settings.keep(settings.Settings("192.0.2.1:7311", "secret", "PEM"), tmp_path)
    found = settings.find(data=tmp_path, environment={"SOLOTRIAL_ENGINE": "192.0.2.2:7311"})
    assert (found.token, found.certificate) == ("", "")

"""The client against a real engine: typed errors, repetitions, versions, both kinds of calls."""

from __future__ import annotations

import asyncio
import inspect
import re
from pathlib import Path

import pytest
import solotrial
from engine import Engine
from google.protobuf import json_format
from solotrial import aio, aio_services, calls, errors, reasons, services, versions
from solotrial.v1 import ErrorReason, Protocol, ServerInfo, Trial

from conftest import PROTOCOL, connect, wait_for

REPOSITORY = Path(__file__).resolve().parents[2]
SERVICES = [
    "AccessService", "AnalysisService", "CatalogService", "DataService", "DiaryService",
    "PlanService", "ReportService", "ServerService", "TrialService",
]  # fmt: skip


def test_every_reason_has_an_exception_with_its_documentation() -> None:
    names = {n.removeprefix("ERROR_REASON_") for n in ErrorReason.keys()}  # noqa: SIM118
    assert set(reasons.BY_REASON) == names - {"UNSPECIFIED"}
    assert all(kind.__doc__ for kind in reasons.BY_REASON.values())


def test_an_engine_error_says_which_fields_are_wrong(client: solotrial.Client) -> None:
    with pytest.raises(reasons.InvalidFields) as caught:
        client.trials.create_trial(protocol=Protocol())
    assert caught.value.code == "INVALID_ARGUMENT"
    assert not caught.value.retryable
    assert "protocol.title" in [v.field for v in caught.value.violations]
    assert str(caught.value).count("\n") == len(caught.value.violations)


def test_a_wrong_token_is_unauthenticated(shared_engine: Engine) -> None:
    with solotrial.Client(shared_engine.address, "x" * 43) as nobody:
        with pytest.raises(reasons.Unauthenticated):
            nobody.trials.list_trials()
        assert nobody.check_version().api_version == "v1"


@pytest.mark.parametrize("token", ["two words", "ümlaut", "line\nbreak"])
def test_what_is_no_token_is_said_at_once(token: str) -> None:
    with pytest.raises(ValueError, match="right file"):
        solotrial.Client("127.0.0.1:7311", token)


@pytest.mark.parametrize(
    "engine", ["", "localhost", "unix:/run/x", "dns:///x:1", "a:b", "a:123456"]
)
def test_what_is_no_address_is_said_at_once(engine: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        solotrial.Client(engine)


@pytest.mark.parametrize(
    ("engine", "loopback"),
    [("127.0.0.1:1", True), ("localhost:1", True), ("[::1]:1", True), ("127.9.9.9:1", True),
     ("192.168.1.2:1", False), ("127.evil.example:1", False), ("localhost.example:1", False)],
)  # fmt: skip
def test_only_this_machine_goes_without_tls(engine: str, loopback: bool) -> None:
    assert calls.is_loopback(engine) is loopback
    assert (calls.channel_credentials(engine, "") is None) is loopback


def test_no_engine_is_unreachable_after_all_pauses() -> None:
    slept: list[float] = []
    with Engine() as gone:
        address = gone.address
    client = solotrial.Client(address, sleep=slept.append)
    with pytest.raises(solotrial.Unreachable, match=address):
        client.trials.list_trials()
    assert slept == [0.1, 0.3, 0.7]
    slept.clear()
    with pytest.raises(solotrial.Unreachable):
        client.access.create_pairing_code()
    assert slept == [], "what has no request_id is never repeated"


def test_a_call_goes_on_when_the_engine_is_back(engine: Engine) -> None:
    engine.stop()

    def start_it(seconds: float) -> None:
        engine.start()
        wait_for(client)

    with solotrial.Client(engine.address, engine.token, sleep=start_it) as client:
        assert not client.trials.list_trials().trials


def test_a_repeated_creation_creates_one_trial(client: solotrial.Client) -> None:
    protocol = json_format.ParseDict(PROTOCOL, Protocol())
    first = client.trials.create_trial(protocol=protocol, request_id="the-same")
    again = client.trials.create_trial(protocol=protocol, request_id="the-same")
    other = client.trials.create_trial(protocol=protocol)
    assert first.name == again.name != other.name
    with pytest.raises(reasons.RequestIdReused):
        client.trials.create_trial(protocol=Protocol(title="x"), request_id="the-same")


def test_pages_are_read_to_the_end(client: solotrial.Client) -> None:
    protocol = json_format.ParseDict(PROTOCOL, Protocol())
    made = {client.trials.create_trial(protocol=protocol).name for _ in range(51)}
    assert made <= {trial.name for trial in client.all_trials()}


def test_leaving_a_watch_ends_it(client: solotrial.Client, trial: Trial) -> None:
    watch = client.analyses.watch_analysis(trial=trial.name)
    assert next(watch).trial == trial.name
    watch.close()  # type: ignore[attr-defined]
    with pytest.raises(StopIteration):
        next(watch)


def test_the_clock_of_a_rehearsal_is_the_engines(
    client: solotrial.Client, shared_engine: Engine
) -> None:
    assert client.now() == shared_engine.now()


@pytest.mark.parametrize(
    ("version", "what"),
    [("v2", "this package is too old"), ("v0", "is it an engine"), ("", "is it an engine"),
     ("v10", "this package is too old")],
)  # fmt: skip
def test_another_api_is_refused_with_what_to_do(version: str, what: str) -> None:
    versions.check(ServerInfo(api_version="v1"))
    with pytest.raises(solotrial.VersionMismatch, match=what):
        versions.check(ServerInfo(api_version=version, engine_version="9.9"))


def test_an_engine_that_left_this_package_behind_says_so() -> None:
    level = versions.API_LEVEL
    versions.check(ServerInfo(api_version="v1", api_level=level + 9, oldest_client_level=level))
    with pytest.raises(solotrial.VersionMismatch, match="this package is too old"):
        versions.check(ServerInfo(api_version="v1", oldest_client_level=level + 1))


def test_a_call_that_the_engine_does_not_know_is_not_supported(client: solotrial.Client) -> None:
    with pytest.raises(solotrial.NotSupported, match="older than this package"):
        client._transport.unary(
            "/solotrial.v1.TrialService/NotYetInvented", ServerInfo(), ServerInfo,
            repeatable=True, timeout=None,
        )  # fmt: skip


def test_the_reason_of_a_newer_engine_is_an_engine_error() -> None:
    class Call:
        """As grpc gives it."""

        def code(self) -> object:
            import grpc

            return grpc.StatusCode.FAILED_PRECONDITION

        def details(self) -> str:
            return "something new"

        def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:
            from solotrial.v1 import ErrorInfo, RpcStatus

            status = RpcStatus()
            status.details.add(
                type_url="type.googleapis.com/google.rpc.ErrorInfo",
                value=ErrorInfo(reason="INVENTED_LATER").SerializeToString(),
            )
            return (("grpc-status-details-bin", status.SerializeToString()),)

    error = errors.from_rpc(Call(), "x")  # type: ignore[arg-type]
    assert type(error) is solotrial.EngineError
    assert error.reason == "INVENTED_LATER"


@pytest.mark.parametrize("name", SERVICES)
def test_both_clients_have_every_method_with_documentation(name: str) -> None:
    file = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    text = (REPOSITORY / f"proto/solotrial/v1/{file}.proto").read_text()
    wanted = {
        re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", m).lower() for m in re.findall(r"rpc (\w+)", text)
    }
    for module in (services, aio_services):
        methods = {
            n: m
            for n, m in inspect.getmembers(getattr(module, name), inspect.isfunction)
            if not n.startswith("_")
        }
        assert set(methods) == wanted
        assert all(m.__doc__ for m in methods.values())


def test_asyncio_says_the_same(shared_engine: Engine) -> None:
    async def ask() -> None:
        async with aio.AsyncClient(shared_engine.address, shared_engine.token) as client:
            draft = await client.trials.create_trial(
                protocol=json_format.ParseDict(PROTOCOL, Protocol())
            )
            trial = await client.trials.start_trial(name=draft.name)
            assert trial.name in [t.name async for t in client.all_trials()]
            assert [e async for e in client.all_entries(trial.name)] == []
            assert await client.now() == shared_engine.now()
            async for analysis in client.analyses.watch_analysis(trial=trial.name):
                assert analysis.trial == trial.name
                break
            with pytest.raises(reasons.TrialNotFound):
                await client.trials.get_trial(name="trials/0")

        slept: list[float] = []

        async def no_sleep(seconds: float) -> None:
            slept.append(seconds)

        async with aio.AsyncClient("127.0.0.1:1", sleep=no_sleep) as nobody:
            with pytest.raises(solotrial.Unreachable):
                await nobody.check_version()
        assert slept == [0.1, 0.3, 0.7]

    asyncio.run(ask())


def test_connect_finds_what_the_command_line_finds(
    shared_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOLOTRIAL_ENGINE", raising=False)
    monkeypatch.setenv("SOLOTRIAL_DATA", str(shared_engine.data))
    with solotrial.connect() as client:
        assert client.engine == shared_engine.address
        client.trials.list_trials()


def test_no_secret_is_in_what_is_printed() -> None:
    assert "secret" not in repr(solotrial.Settings("127.0.0.1:1", "secret", "secret"))


def test_the_shared_client_is_for_threads(client: solotrial.Client, shared_engine: Engine) -> None:
    import concurrent.futures

    with connect(shared_engine) as other, concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda _: other.server.get_server_info().api_version, range(64))
        assert set(answers) == {"v1"}

"""The tutorial, the Android block and the sample of the Kotlin client, as a stranger runs them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import solotrial
from google.protobuf import json_format
from solotrial.v1 import Protocol

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/conformance"))
from device import Device, store_of
from engine import Engine
from scene import DRIVERS, PROTOCOLS

KOTLIN = REPOSITORY / "clients/kotlin"
TUTORIAL = REPOSITORY / "tests/kotlin/tutorial"
README = (KOTLIN / "README.md").read_text()


def java(
    module: Path, main: str, *words: str, folder: Path, data: Path, engine: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs a program of a module that was built."""
    classes = f"{module}/target/*:{module}/target/classes:{module}/target/lib/*"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "SOLOTRIAL_DATA": str(data)}
    if engine:
        environment["SOLOTRIAL_ENGINE"] = engine
    return subprocess.run(
        ["java", "-XX:TieredStopAtLevel=1", "-cp", classes, main, *words],
        capture_output=True, text=True, cwd=folder, env=environment, check=False,
    )  # fmt: skip


def test_every_block_is_of_a_language_that_is_run() -> None:
    assert set(re.findall(r"^```(\w+)$", README, flags=re.MULTILINE)) == {"kotlin", "sh", "xml"}
    (dependency,) = re.findall(r"^```xml\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    for pom in (TUTORIAL / "pom.xml", KOTLIN / "sample/pom.xml"):
        assert "".join(dependency.split()) in "".join(pom.read_text().split())


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (KOTLIN / target).exists(), target


def test_the_tutorial_runs_from_top_to_bottom(tmp_path: Path) -> None:
    with Engine() as engine:
        done = java(
            TUTORIAL, "TutorialKt", folder=tmp_path, data=engine.data, engine=engine.address
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "2 sent, 0 refused" in done.stdout
        assert "VALUE_OUT_OF_RANGE score.value must be a whole number" in done.stdout
        assert done.stdout.splitlines()[-2] == "true"
        assert done.stdout.splitlines()[-1].startswith(
            "TRIAL_NOT_FOUND false [Violation(field=name"
        )
        # The file is that of the Python client's outbox.
        outbox = solotrial.Outbox(tmp_path / "diary.sqlite")
        (trial,) = outbox.trials()
        with solotrial.Client(engine.address, engine.token) as owner:
            counting = {entry.id for entry in owner.all_entries(trial)}
        assert {entry.id for entry in outbox.current(trial)} == counting
        assert len(counting) == 2
        outbox.close()


def test_the_android_block_compiles() -> None:
    assert (TUTORIAL / "target/classes/AndroidSql.class").exists()


def test_a_client_finds_its_engine_again_at_once(tmp_path: Path) -> None:
    call = {"method": "TrialService/ListTrials", "request": {}}
    with Engine() as engine:
        connection = {
            "engine": engine.address,
            "token": engine.token,
            "store": store_of(tmp_path, "a"),
            "device": "a",
            "clock": engine.now().isoformat(),
        }
        device = Device(DRIVERS["kotlin"], connection)
        try:
            assert "ok" in device.ask("call", **call)
            for _ in range(3):
                engine.stop()
                # gRPC's own pause before the next attempt grows with every failure.
                for _ in range(3):
                    assert device.ask("call", **call) == {"error": {"kind": "unreachable"}}
                engine.start()
                assert "ok" in device.ask("call", **call)
        finally:
            device.close()


def diary(folder: Path, *words: str) -> tuple[int, str]:
    """Exit code and text of one run of the sample."""
    main = "solotrial.sample.DiaryKt"
    done = java(KOTLIN / "sample", main, *words, folder=folder, data=folder / "data")
    return done.returncode, done.stdout + done.stderr


def link_with_a_trial(engine: Engine) -> str:
    """Starts a trial and gives a link to pair by."""
    with solotrial.Client(engine.address, engine.token) as owner:
        protocol = json_format.ParseDict(PROTOCOLS["open"], Protocol())
        trial = owner.trials.create_trial(protocol=protocol)
        owner.trials.start_trial(name=trial.name)
        return owner.access.create_pairing_code().link


def test_the_sample_trusts_the_certificate_of_the_link_and_no_other(tmp_path: Path) -> None:
    with Engine("--tls") as engine:
        link = link_with_a_trial(engine)
        code, said = diary(tmp_path, "join", link[:-1])
        assert (code, "certificate of the pairing code" in said) == (1, True), said
        code, said = diary(tmp_path, "join", link)
        assert code == 0, said
        # By what was kept.
        code, said = diary(tmp_path, "follow")
        assert (code, "evening walk" in said) == (0, True), said


def test_the_sample_keeps_a_diary_through_a_lost_network(tmp_path: Path) -> None:
    with Engine() as engine:
        assert diary(tmp_path, "join", link_with_a_trial(engine))[0] == 0
        assert diary(tmp_path, "follow")[0] == 0
        engine.stop()
        code, said = diary(tmp_path, "note", "Offline", "2026-03-01")
        assert (code, "Kept for 2026-03-01" in said) == (0, True), said
        code, said = diary(tmp_path, "sync")
        assert (code, "cannot be reached" in said) == (1, True), said
        code, said = diary(tmp_path, "show")
        assert (code, "2026-03-01  Offline  (waits)" in said) == (0, True), said
        engine.start()
        code, said = diary(tmp_path, "sync")
        assert (code, said.strip()) == (0, "1 sent, 1 read, 0 not taken")

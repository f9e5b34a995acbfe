"""What is written for authors of clients is true: its blocks run, its tables are complete."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
import solotrial
from engine import Engine
from solotrial import entries
from solotrial.requests import new_entry_id
from solotrial.v1 import Entry, Retraction, Trial

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = ["clients/python/README.md", "proto/README.md"]


def blocks(page: str) -> list[tuple[str, str]]:
    """Language and text of every fenced block of a page, in order."""
    text = (REPOSITORY / page).read_text()
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def run(command: list[str], engine: Engine, folder: Path, text: str = "") -> str:
    """Runs `command` as a stranger would who has installed what the pages say."""
    tools = [Path(sys.executable).parent, REPOSITORY / "build/buf/node_modules/.bin"]
    environment = {
        "PATH": os.pathsep.join([*map(str, tools), os.environ["PATH"]]),
        "HOME": str(folder),
        "SOLOTRIAL_DATA": str(engine.data),
        "SOLOTRIAL_ENGINE": engine.address,
        # Everything is there already and nothing is fetched; what is installed goes elsewhere,
        # since others use this environment at the same time.
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_TARGET": str(folder / "installed"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, env=environment, cwd=folder,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_of_a_language_that_is_run(page: str) -> None:
    assert blocks(page)
    assert {language for language, _ in blocks(page)} <= {"python", "sh"}


def test_the_python_of_the_tutorial_runs_from_top_to_bottom(engine: Engine, tmp_path: Path) -> None:
    program = "\n".join(text for language, text in blocks(PAGES[0]) if language == "python")
    said = run([sys.executable, "-"], engine, tmp_path, program)
    assert "2 sent, 0 refused" in said
    assert "VALUE_OUT_OF_RANGE score.value must be a whole number from 0 to 10" in said
    assert "TRIAL_NOT_FOUND False" in said


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_run(page: str, shared_engine: Engine, tmp_path: Path) -> None:
    subprocess.run([REPOSITORY / "tests/lint", "proto"], check=True)  # installs buf
    (tmp_path / "clients").symlink_to(REPOSITORY / "clients")
    shutil.copytree(REPOSITORY / "proto", tmp_path / "proto")
    (tmp_path / ".local/share").mkdir(parents=True)
    (tmp_path / ".local/share/solotrial").symlink_to(shared_engine.data)
    commands = "\n".join(text for language, text in blocks(page) if language == "sh")
    said = run(["bash", "-euo", "pipefail", "-c", commands], shared_engine, tmp_path)
    if page == "clients/python/README.md":
        assert (tmp_path / "installed/solotrial/py.typed").exists()
        assert (tmp_path / "installed/solotrial/v1/entry_pb2.pyi").exists()
    else:
        assert '"apiVersion": "v1"' in said.replace('":"', '": "')
        assert (tmp_path / "generated/org/example/solotrial/Entry.java").exists()


def test_the_example_runs(engine: Engine, tmp_path: Path) -> None:
    example = REPOSITORY / "clients/python/examples/first_trial.py"
    said = run([sys.executable, str(example)], engine, tmp_path)
    assert "2 sent, 1 counts" in said
    assert "melatonin" in said


def test_every_reason_of_the_engine_is_in_the_guide() -> None:
    guide = (REPOSITORY / "proto/README.md").read_text()
    table = re.findall(r"^\| `([A-Z_]+)` \| .", guide, flags=re.MULTILINE)
    engine = re.findall(
        r'ReasonRow\{Reason::\w+,\s*"([A-Z_]+)"', (REPOSITORY / "engine/base/fault.cc").read_text()
    )
    api = re.findall(
        r"^  ERROR_REASON_(\w+) = [1-9]",
        (REPOSITORY / "proto/solotrial/v1/errors.proto").read_text(),
        flags=re.MULTILINE,
    )
    assert len(engine) > 20
    assert len(set(table)) == len(table)
    assert set(table) == set(engine) == set(api)


def examples() -> list[tuple[bool, str, list[str]]]:
    """Whether they are notes, the entries and those that count, of the guide's worked examples."""
    guide = (REPOSITORY / "proto/README.md").read_text()
    found = []
    for heading in ("| entries | counts | |", "| notes | count |"):
        for line in guide.split(heading)[1].split("\n\n")[0].splitlines()[2:]:
            said, counts = line.split("|")[1:3]
            found.append(("notes" in heading, said.strip(), re.findall(r"`(\w)`", counts)))
    return found


@pytest.mark.parametrize(("notes", "said", "counts"), examples())
@pytest.mark.parametrize("backwards", [False, True])
def test_the_examples_of_what_counts_are_true(
    notes: bool,
    said: str,
    counts: list[str],
    backwards: bool,
    client: solotrial.Client,
    trial: Trial,
) -> None:
    ids = {letter: new_entry_id() for letter in "ABCRX"}
    log = []
    for letter, hour, minute, of in re.findall(r"`(\w) (\d+):(\d+)(?: of (\w))?`", said):
        entry = entries.note(letter) if notes else entries.score("legs", ord(letter) % 10)
        if letter == "R":
            entry = Entry(retraction=Retraction())
        entry.id, entry.date, entry.supersedes = ids[letter], trial.start_date, ids.get(of, "")
        entry.client_time.FromDatetime(datetime(2026, 3, 1, int(hour), int(minute)))
        log.append(entry)
    if backwards:
        log.reverse()
    for entry in log:
        answer = client.diary.record_entries(trial=trial.name, entries=[entry])
        assert answer.results[0].accepted, answer
    expected = {ids[letter] for letter in counts}
    assert {e.id for e in client.diary.list_entries(trial=trial.name).entries} == expected
    assert {e.id for e in entries.current(log)} == expected


def test_links_lead_somewhere() -> None:
    for page in [*PAGES, "tests/conformance/README.md"]:
        path = REPOSITORY / page
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
            assert (path.parent / target).exists(), f"{page}: {target}"


def test_the_reference_is_up_to_date() -> None:
    subprocess.run([sys.executable, REPOSITORY / "proto/make-reference", "--check"], check=True)


def test_the_reference_leads_to_every_type_and_says_who_may_call() -> None:
    text = (REPOSITORY / "proto/REFERENCE.md").read_text()
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    anchors = [re.sub(r"[^a-z0-9_ -]", "", h.lower()).replace(" ", "-") for h in headings]
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\]\(#([^)]*)\)", text)) <= set(anchors)
    methods = re.findall(r"^#+ (\w+Service\.\w+)\n\n(.*)$", text, flags=re.MULTILINE)
    assert len(methods) > 60
    roles = re.compile(r" · (owner|anyone|share link|clinician|helper)")
    assert all(roles.search(said) for _, said in methods)
    confirmed = {name for name, said in methods if "needs a confirmation" in said}
    assert {"TrialService.DeleteTrial", "AccessService.CreateShareLink"} <= confirmed
    assert "DiaryService.RecordEntries" not in confirmed

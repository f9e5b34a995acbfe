"""Drives the command-line client: every operation is one run of `solotrial`. See ../README.md.

Of a machine that was paired with the engine, so that entries wait here while it is away.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

BINARY = str(Path(os.environ["SOLOTRIAL_BIN_DIR"]) / "solotrial")


class NotOurs(Exception):
    """The client has no such thing."""


class Failed(Exception):
    """The client failed and said why, in JSON."""


class Driver:
    """One machine."""

    def __init__(self) -> None:
        self.folder = Path()
        self.now = ""

    def run(self, *words: str, accept: tuple[int, ...] = (0,)) -> dict[str, Any]:
        command = [BINARY, *words, "--json", "--data", str(self.folder)]
        environment = {**os.environ, "SOLOTRIAL_NOW": self.now}
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
        if done.returncode in accept:
            return json.loads(done.stdout)
        for text in (done.stdout, done.stderr):
            if '"error"' in text:
                raise Failed(json.loads(text[text.index('{"error"') :])["error"])
        raise AssertionError(f"{words} ended with {done.returncode}: {done.stderr}")

    def connect(
        self, engine: str, token: str, store: str, device: str, clock: str
    ) -> dict[str, Any]:
        """What `solotrial join` keeps."""
        del device
        self.folder = Path(store)
        self.now = clock
        joined = self.folder / "joined"
        joined.mkdir(mode=0o700, parents=True, exist_ok=True)
        (joined / "engine").write_text(engine + "\n")
        (joined / "token").write_text(token + "\n")
        return {}

    def check_version(self) -> dict[str, Any]:
        self.run("info")
        return {}

    def call(self, method: str, request: dict[str, Any]) -> dict[str, Any]:
        name = request.get("name", request.get("trial", ""))
        options = []
        for key, option in (("startDate", "--date"), ("date", "--date"), ("pauseDate", "--date"),
                            ("resumeDate", "--date"), ("reason", "--reason"),
                            ("pairs", "--pairs")):  # fmt: skip
            if key in request:
                options += [option, str(request[key])]
        commands = {
            "ServerService/GetServerInfo": ["info"],
            "TrialService/GetTrial": ["trial", "show", name],
            "TrialService/GetToday": ["today", name],
            "TrialService/GetSchedule": ["trial", "schedule", name],
            "TrialService/ListTrials": ["trial", "list"],
            "TrialService/StartTrial": ["trial", "start", name],
            "TrialService/StopTrial": ["trial", "stop", name],
            "TrialService/PauseTrial": ["trial", "pause", name],
            "TrialService/ResumeTrial": ["trial", "resume", name],
            "DiaryService/ListEntries": ["entries", name],
            "AnalysisService/Analyze": ["analyze", name],
        }
        if method == "TrialService/CreateTrial":
            path = self.folder / "protocol.json"
            path.write_text(json.dumps(request.get("protocol", {})))
            return self.run("trial", "create", str(path))
        if method == "TrialService/ChangeTimeZone":
            return self.run("trial", "zone", request["timeZone"], "--trial", name)
        if method not in commands:
            raise NotOurs(method)
        return self.run(*commands[method], *options)

    def follow(self, trial: str) -> dict[str, Any]:
        self.run("sync", trial, accept=(0, 8))
        return {}

    def record(self, trial: str, entry: dict[str, Any], date: str = "") -> dict[str, Any]:
        about = ["--trial", trial] + (["--date", date] if date else [])
        slot = ["--slot", entry["slot"]] if entry.get("slot") else []
        if "score" in entry:
            what = entry["score"]
            words = ["record", f"{what['measureId']}={what['value']}", *about, *slot]
        elif "covariate" in entry:
            what = entry["covariate"]
            words = ["record", f"{what['covariateId']}={what['value']}", *about]
        elif "note" in entry:
            words = ["note", entry["note"]["text"], *about]
        elif "dose" in entry:
            words = ["dose", str(entry["dose"]["fraction"]), *about, *slot]
        elif "retraction" in entry:
            words = ["retract", entry["supersedes"], "--trial", trial]
        elif "rescue" in entry:
            words = ["rescue", entry["rescue"]["name"], *about]
        elif "event" in entry and "grade" in entry["event"]:
            event = entry["event"]
            grade = event["grade"].removeprefix("GRADE_").lower()
            words = ["event", "side-effect", event["text"], "--grade", grade, *about]
        elif "mark" in entry:
            words = ["mark", *about]
        elif "deviation" in entry:
            said = entry["deviation"]
            kind = said["kind"].removeprefix("KIND_").lower().replace("_", "-")
            days = str(said.get("days", 1))
            words = ["deviation", said["text"], "--kind", kind, "--days", days, *about]
        else:
            raise NotOurs("this content, said by itself")
        made = self.run(*words, "--later")["results"][0]["entryId"]
        return {"entry": {"id": made}}

    def sync(self, trial: str, locale: str = "") -> dict[str, Any]:
        language = ["--lang", locale] if locale else []
        return self.run("sync", trial, *language, accept=(0, 8))

    def pending(self, trial: str) -> dict[str, Any]:
        return {"entries": self.run("outbox", "list", trial)["pending"]}

    def current(self, trial: str) -> dict[str, Any]:
        return {"entries": self.run("entries", trial, "--here").get("entries", [])}

    def refused(self, trial: str) -> dict[str, Any]:
        rows = []
        for row in self.run("outbox", "list", trial)["refused"]:
            why = row["rejection"]
            rows.append(
                {
                    "id": row["entry"]["id"],
                    "reason": why["reason"],
                    "field": why.get("field", ""),
                    "retryable": why.get("retryable", False),
                }
            )
        return {"refused": rows}

    def discard(self, id: str) -> dict[str, Any]:
        return self.run("outbox", "discard", id)

    def clock(self, instant: str) -> dict[str, Any]:
        self.now = instant
        return {}

    set_clock = clock

    def pair(self, link: str) -> dict[str, Any]:
        got = self.run("join", link, "--name", "conformance")
        return {"token": got["token"], "device": got["device"]}


def describe(error: dict[str, Any]) -> dict[str, Any]:
    """As the JSON of the client says it."""
    return {**error, "fields": [violation["field"] for violation in error["violations"]]}


def main() -> None:
    driver = Driver()
    for line in sys.stdin:
        request = json.loads(line)
        op = request.pop("op")
        function = getattr(driver, op, None)
        try:
            if function is None:
                raise NotOurs(op)
            answer = {"ok": function(**request)}
        except Failed as failure:
            answer = {"error": describe(failure.args[0])}
        except NotOurs as missing:
            answer = {"unsupported": str(missing)}
        print(json.dumps(answer), flush=True)


main()

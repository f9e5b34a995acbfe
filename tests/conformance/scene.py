"""What one case plays in: an engine, a trial, devices with a network each."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import solotrial
import yaml
from google.protobuf import json_format
from solotrial import v1

from device import Device, store_of
from engine import BINARIES, START, Engine
from matching import differences, fill, member
from network import Fault
from proxy import Proxy
from web_proxy import WebProxy

HERE = Path(__file__).resolve().parent
GOLDEN = HERE.parent / "golden" / "wire"
PROTOCOLS: dict[str, Any] = yaml.safe_load((HERE / "protocols.yaml").read_text())
KOTLIN = HERE / "drivers/kotlin/driver/target"
DRIVERS: dict[str, list[str]] = {
    "python": [sys.executable, str(HERE / "drivers/python_driver.py")],
    "python-asyncio": [sys.executable, str(HERE / "drivers/python_driver.py"), "--asyncio"],
    "kotlin": [
        "java",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xshare:auto",
        f"-XX:SharedArchiveFile={KOTLIN}/driver.jsa",
        f"-Dorg.sqlite.lib.path={KOTLIN}/org/sqlite/native/Linux/{platform.machine()}",
        "-jar",
        str(KOTLIN / "driver.jar"),
        str(HERE.parents[1] / "clients/kotlin/client/target/api.binpb"),
    ],
    "cpp": [str(BINARIES / "conformance_cpp_driver")],
    "cli": [sys.executable, str(HERE / "drivers/cli_driver.py")],
    "web": ["node", str(HERE.parents[1] / "build/web-driver/driver.mjs")],
}
# Clients that know no gRPC but that of browsers.
_BY_WEB = ("web",)


class Failure(AssertionError):
    """A step did not end as expected."""


class Scene:
    """One run of one case with one client."""

    def __init__(self, client: str, case: dict[str, Any]) -> None:
        self._command = DRIVERS[client]
        self._make_proxy = WebProxy if client in _BY_WEB else Proxy
        options = case.get("engine_options", [])
        if client in _BY_WEB:
            options = [*options, "--http-listen", "127.0.0.1:0"]
        self._engine = Engine(*options, start=case.get("start", START))
        self._devices: dict[str, Device] = {}
        self._proxies: dict[str, Proxy | WebProxy] = {}
        self._variables: dict[str, Any] = {"owner_token": self._engine.token}
        self._backups: dict[str, Path] = {}
        protocol = case.get("protocol", "open")
        if protocol != "none":
            self._set_up(PROTOCOLS[protocol], case.get("state", "running"))
        self._variables["protocol"] = PROTOCOLS["open"]
        self._variables["long_text"] = "long " * 1000

    def close(self) -> None:
        """Ends everything that was started."""
        for device in self._devices.values():
            device.close()
        for proxy in self._proxies.values():
            proxy.close()
        self._engine.close()

    def play(self, step: dict[str, Any]) -> None:
        """One step of the case; Failure when it does not end as the step says."""
        step = fill(step, self._variables)
        if "engine" in step:
            self._play_engine(step["engine"])
        elif "network" in step:
            self._play_network(step.get("of", "a"), step["network"])
        elif "same" in step:
            self._compare(step["same"], step.get("count"))
        elif "owner" in step:
            self._play_owner(step)
        else:
            self._play_device(step)

    # --- inside --------------------------------------------------------------------------------

    def _owner(self) -> solotrial.Client:
        return solotrial.Client(self._engine.address, self._engine.token)

    def _set_up(self, protocol: dict[str, Any], state: str) -> None:
        with self._owner() as owner:
            trial = owner.trials.create_trial(
                protocol=json_format.ParseDict(protocol, v1.Protocol())
            )
            if state == "running":
                trial = owner.trials.start_trial(name=trial.name)
        self._variables["trial"] = trial.name

    def _device(self, name: str) -> Device:
        if name not in self._devices:
            proxy = self._proxies[name] = self._make_proxy(self._engine)
            connection = {
                "engine": proxy.address,
                "token": self._engine.token,
                "store": store_of(self._engine.folder, name),
                "device": name,
                "clock": self._engine.now().isoformat(),
            }
            self._devices[name] = Device(self._command, connection)
        return self._devices[name]

    def _play_device(self, step: dict[str, Any]) -> None:
        device = self._device(step.get("who", "a"))
        op = step["do"]
        if "golden" in step:
            for row in json.loads((GOLDEN / f"{step['golden']}.json").read_text()):
                answer = device.ask(op, type=row["type"], bytes=row["bytes"])
                self._judge({"do": op, "expect": row}, answer)
            return
        if op == "die":
            device.die()
            return
        parameters = {
            key: value
            for key, value in step.items()
            if key not in ("who", "do", "expect", "error", "save")
        }
        if op in ("follow", "record", "sync", "pending", "current", "refused"):
            parameters.setdefault("trial", self._variables["trial"])
        for _ in range(parameters.pop("repeat", 1)):
            if op == "connect":
                answer = device.connect(**parameters)
            else:
                answer = device.ask(op, **parameters)
            self._judge(step, answer)

    def _judge(self, step: dict[str, Any], answer: dict[str, Any]) -> None:
        wanted = {"error": step["error"]} if "error" in step else {"ok": step.get("expect", {})}
        wrong = differences(wanted, answer)
        if wrong:
            raise Failure(f"{json.dumps(step, default=str)}: {'; '.join(wrong)}; answer {answer}")
        for name, path in step.get("save", {}).items():
            self._variables[name] = member(answer["ok"], path)

    def _play_owner(self, step: dict[str, Any]) -> None:
        """A call by the runner itself, past the client under test."""
        service, method = step["owner"].split("/")
        request = json_format.ParseDict(step.get("request", {}), getattr(v1, method + "Request")())
        attributes = {"AccessService": "access", "TrialService": "trials", "DiaryService": "diary",
                      "AnalysisService": "analyses"}  # fmt: skip
        snake = "".join("_" + c.lower() if c.isupper() else c for c in method).lstrip("_")
        with self._owner() as owner:
            function = getattr(getattr(owner, attributes[service]), snake)
            answer = function(**{field.name: value for field, value in request.ListFields()})
        self._judge(step, {"ok": json_format.MessageToDict(answer)})

    def _play_engine(self, what: Any) -> None:
        kind, value = (what, None) if isinstance(what, str) else next(iter(what.items()))
        if kind == "advance":
            self._engine.advance(value)
            for device in self._devices.values():
                device.connection["clock"] = self._engine.now().isoformat()
                device.ask("clock", instant=self._engine.now().isoformat())
        elif kind == "backup":
            self._backups[value] = self._engine.back_up()
        elif kind == "restore":
            self._engine.restore(self._backups[value])
        elif kind == "start_with_little_room":
            self._engine.start(limit_file_bytes=value)
        else:
            {"restart": self._engine.restart, "stop": self._engine.stop,
             "start": self._engine.start, "kill": self._engine.kill}[kind]()  # fmt: skip
        if kind not in ("stop", "kill", "advance", "backup"):
            for proxy in self._proxies.values():
                proxy.wait_for_engine()

    def _play_network(self, of: str, what: Any) -> None:
        self._device(of)
        network = self._proxies[of].network
        if what == "clear":
            network.clear()
        elif what == "deliver_held":
            network.deliver_held()
        else:
            network.add(Fault(**what))

    def _compare(self, names: list[str], count: int | None) -> None:
        """Whether devices and the engine (`engine`) count the same entries."""
        trial = self._variables["trial"]
        found: dict[str, list[str]] = {}
        for name in names:
            if name == "engine":
                with self._owner() as owner:
                    found[name] = sorted(entry.id for entry in owner.all_entries(trial))
            else:
                answer = self._device(name).ask("current", trial=trial)
                found[name] = sorted(entry["id"] for entry in answer["ok"].get("entries", []))
        if len({tuple(ids) for ids in found.values()}) != 1:
            raise Failure(f"they count different entries: {found}")
        if count is not None and len(next(iter(found.values()))) != count:
            raise Failure(f"{count} entries were to count: {found}")


def client_environment() -> None:
    """What drivers are started with: nothing of whoever runs this."""
    for name in ("SOLOTRIAL_DATA", "SOLOTRIAL_ENGINE", "SOLOTRIAL_TOKEN_FILE"):
        os.environ.pop(name, None)

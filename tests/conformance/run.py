"""Runs the conformance cases with one client:

    run.py CLIENT [WORD...]

CLIENT is one of scene.DRIVERS; words choose the cases whose names contain one of them. The engine
and the command-line client are taken from SOLOTRIAL_BIN_DIR, or else from build/release/bin.
Fails when a case fails that is not listed in known_failures/CLIENT.yaml, and when one that is
listed passes. See README.md.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import yaml

from device import Unsupported
from engine import BINARIES
from scene import DRIVERS, HERE, Scene, client_environment


def all_cases() -> dict[str, dict[str, Any]]:
    """Every case by its whole name, `subject: name`."""
    cases: dict[str, dict[str, Any]] = {}
    for path in sorted((HERE / "cases").glob("*.yaml")):
        for case in yaml.safe_load(path.read_text()):
            name = f"{path.stem}: {case['name']}"
            if name in cases:
                raise SystemExit(f"two cases are called {name!r}")
            cases[name] = case
    return cases


def known_failures(client: str) -> dict[str, str]:
    """Cases that this client does not pass, each with its reason."""
    path = HERE / "known_failures" / f"{client}.yaml"
    known: dict[str, str] = (yaml.safe_load(path.read_text()) or {}) if path.exists() else {}
    if any(not reason for reason in known.values()):
        raise SystemExit(f"{path}: every known failure needs a reason")
    return known


def outcome(client: str, case: dict[str, Any]) -> str:
    """Empty when the case passed; else why not."""
    scene = Scene(client, case)
    try:
        for step in case["steps"]:
            scene.play(step)
    except Unsupported as missing:
        return f"the client cannot: {missing}"
    except Exception as failure:
        return f"{type(failure).__name__}: {failure}"
    finally:
        scene.close()
    return ""


def main() -> int:
    client, *words = sys.argv[1:]
    if client not in DRIVERS:
        raise SystemExit(f"no driver for {client!r}: {', '.join(DRIVERS)}")
    os.environ["SOLOTRIAL_BIN_DIR"] = str(BINARIES)
    client_environment()
    cases = {
        name: case
        for name, case in all_cases().items()
        if not words or any(word in name for word in words)
    }
    known = known_failures(client)
    wrong = [f"{name}: listed, but there is no such case" for name in set(known) - set(all_cases())]
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda case: outcome(client, case), cases.values())
        for name, why in zip(cases, results):
            failed += bool(why)
            if why and name not in known:
                wrong.append(f"{name}\n    {why}")
            elif not why and name in known:
                wrong.append(f"{name}: passes now: take it from known_failures/{client}.yaml")
    for line in wrong:
        print("FAILED", line)
    print(
        f"{client}: {len(cases) - failed} of {len(cases)} cases passed, {len(known)} known to fail"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

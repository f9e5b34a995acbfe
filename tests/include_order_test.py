"""The include rule: each room of the engine includes only what stands to its left.

    base -> inference -> trial -> {access, import, report} -> store -> service -> web -> main

Scans every source file of the engine and the clients; exits with 1 and names every line that
breaks the rule. `<...>` includes are checked against the libraries that each room may use.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Room -> rooms that it may include besides itself.
ROOMS = {
    "base": set(),
    "inference": {"base"},
    "trial": {"base", "inference"},
    "access": {"base"},
    "import": {"base", "trial"},
    "report": {"base", "trial"},
    "store": {"base", "trial", "access"},
    "service": {"base", "inference", "trial", "access", "import", "report", "store"},
    "web": {"base", "service"},
    "main.cc": {"base", "service", "store", "web"},
}

# Library -> rooms that may use it; what is not listed (the standard library, absl) all may.
LIBRARIES = {
    r"Eigen/": {"inference"},
    r"boost/math/": {"inference", "trial"},
    r"boost/multiprecision/": {"trial"},
    r"boost/locale": {"import"},
    r"boost/(asio|beast)/": {"web"},
    r"boost/": set(),
    r"csv\.h": {"import"},
    r"sodium\.h": {"base", "access"},
    r"(openssl/|qrencode\.h)": {"service"},
    r"archive(_entry)?\.h": {"import", "report"},
    r"prometheus/": {"service"},
    r"(cairo|cairo-pdf)\.h|(pango|librsvg)/": {"report"},
    r"sqlite3\.h": {"store"},
    r"nlohmann/": {"import", "report", "service", "trial", "web"},
    r"libical/": {"report"},
    r"(google/protobuf|solotrial/v1)/": {"service", "web"},
    r"grpc(pp)?/": {"service", "web"},
    r"(CLI|spdlog)/": {"main.cc"},
}

# gRPC and Boost are slow to compile: they stay in .cc files, but for these headers, which only .cc
# files of their own room include.
HEAVY = re.compile(r"(grpc(pp)?|boost|Eigen)/")
HEAVY_HEADERS_ALLOWED = {
    "engine/service/admission.h",
    "engine/service/analysis_watch.h",
    "engine/service/gate.h",
    "engine/service/plan_stream.h",
    "clients/cli/connection.h",
}

INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]')


def library_of(target):
    for pattern, rooms in LIBRARIES.items():
        if re.match(pattern, target):
            return pattern, rooms
    return None, None


def faults_of_engine(room, target):
    if target.startswith("engine/"):
        other = target.split("/")[1]
        if other != room and other not in ROOMS[room]:
            yield f"{room} may not include the room {other}"
        return
    library, rooms = library_of(target)
    if library is not None and room not in rooms:
        yield f"{room} may not use {target}"


def faults_of_client(target):
    if target.startswith("engine/") and target != "engine/service/embedded.h":
        yield "of the engine a client may include engine/service/embedded.h only"


def main():
    faults = []
    files = 0
    for path in sorted([*ROOT.glob("engine/**/*"), *ROOT.glob("clients/**/*")]):
        if path.suffix not in (".h", ".cc"):
            continue
        files += 1
        name = path.relative_to(ROOT).as_posix()
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            found = INCLUDE.match(line)
            if not found:
                continue
            target = found.group(1)
            if name.startswith("engine/"):
                room = name.split("/")[1]
                if room not in ROOMS:
                    faults.append(f"{name}:{number}: {room} is no room of the engine")
                    continue
                messages = list(faults_of_engine(room, target))
            else:
                messages = list(faults_of_client(target))
            internal = path.suffix == ".h" and HEAVY.match(target)
            if internal and name.startswith("engine/inference/"):
                internal = None  # the numeric core's own headers; its interface is checked below
            if internal and name not in HEAVY_HEADERS_ALLOWED:
                messages.append(f"{target} belongs into a .cc file")
            if name == "engine/inference/inference.h" and HEAVY.match(target):
                messages.append("the room's interface must be light")
            faults += [f"{name}:{number}: {message}" for message in messages]
    for fault in faults:
        print(fault)
    print(f"{files} files, {len(faults)} faults")
    return 1 if faults or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())

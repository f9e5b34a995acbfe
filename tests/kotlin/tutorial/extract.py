#!/usr/bin/env python3
"""Makes a program of the Kotlin blocks of clients/kotlin/README.md; `sh`: prints its commands."""

from __future__ import annotations

import re
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
README = REPOSITORY / "clients/kotlin/README.md"
SOURCES = Path(__file__).resolve().parent / "target/readme"


def blocks(language: str) -> list[str]:
    """The text of every fenced block of that language, in order."""
    pattern = rf"^```{language}\n(.*?)^```$"
    return re.findall(pattern, README.read_text(), flags=re.MULTILINE | re.DOTALL)


def main() -> None:
    if "sh" in sys.argv:
        print("\n".join(blocks("sh")))
        return
    SOURCES.mkdir(parents=True, exist_ok=True)
    steps = [text for text in blocks("kotlin") if "import android." not in text]
    (whole,) = (text for text in blocks("kotlin") if "import android." in text)
    lines = "\n".join(steps).splitlines()
    imports = [line for line in lines if line.startswith("import ")]
    body = [f"    {line}".rstrip() for line in lines if not line.startswith("import ")]
    program = [*imports, "", "suspend fun main() {", *body, "}", ""]
    (SOURCES / "Tutorial.kt").write_text("\n".join(program))
    (SOURCES / "AndroidSql.kt").write_text(whole)


if __name__ == "__main__":
    main()

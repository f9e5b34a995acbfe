"""Whether an answer is what a case expects, and the variables of a case."""

from __future__ import annotations

import re
from typing import Any


def differences(expected: Any, found: Any, where: str = "") -> list[str]:
    """What of `expected` is not so in `found`.

    An object has at least the expected members, a list exactly the expected elements. `{any: true}`
    is anything that is there, `{size: n}` a list or text of that size, `{absent: true}` nothing,
    `{contains: [...]}` a list that has elements like these.
    """
    if isinstance(expected, dict):
        if expected == {"absent": True}:
            return [] if found in (None, "", [], {}) else [f"{where}: {found!r} is there"]
        if expected == {"any": True}:
            return [] if found not in (None, "", [], {}) else [f"{where}: nothing is there"]
        if set(expected) == {"size"}:
            size = len(found or [])
            return [] if size == expected["size"] else [f"{where}: has {size}, not {expected}"]
        if set(expected) == {"contains"}:
            return [
                f"{where}: nothing like {wanted!r} in {found!r}"
                for wanted in expected["contains"]
                if not any(not differences(wanted, element) for element in found or [])
            ]
        if not isinstance(found, dict):
            return [f"{where}: is {found!r}, not {expected!r}"]
        return [
            line
            for key, value in expected.items()
            for line in differences(value, found.get(key), f"{where}.{key}")
        ]
    if isinstance(expected, list):
        found = found or []
        if not isinstance(found, list) or len(found) != len(expected):
            return [f"{where}: is {found!r}, not {expected!r}"]
        return [
            line
            for index, value in enumerate(expected)
            for line in differences(value, found[index], f"{where}[{index}]")
        ]
    # JSON of protobuf leaves out what is 0, false or empty.
    if found is None and expected in (0, False, ""):
        return []
    return [] if found == expected else [f"{where}: is {found!r}, not {expected!r}"]


def fill(value: Any, variables: dict[str, Any]) -> Any:
    """`value` with every `$name` replaced."""
    if isinstance(value, dict):
        return {key: fill(element, variables) for key, element in value.items()}
    if isinstance(value, list):
        return [fill(element, variables) for element in value]
    if not isinstance(value, str):
        return value
    whole = re.fullmatch(r"\$(\w+)", value)
    if whole:
        return variables[whole[1]]
    return re.sub(r"\$\{(\w+)\}", lambda match: str(variables[match[1]]), value)


def member(value: Any, path: str) -> Any:
    """The part of an answer at a path such as `entries.0.id`."""
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value

"""Golden allocations: makes and checks allocation_vectors.json.

Follows the text of engine/trial/allocation.h and shares no code with the engine: the set of orders
is counted by plain recursion with memory over Python's integers. Run with Python 3.11:

    python3 tests/golden/allocation.py          recomputes every vector (also a test)
    python3 tests/golden/allocation.py write    makes the file anew
"""

import hashlib
import json
import pathlib
import sys
from functools import lru_cache

SEED = hashlib.sha256(b"solotrial golden seed").digest()


def completions(kind, pairs, longest_run):
    """A function prefix -> number of orders of the design that begin with it."""

    @lru_cache(maxsize=None)
    def balanced(on_left, off_left, last, run):
        if on_left == 0 and off_left == 0:
            return 1
        total = 0
        for arm, left in (("0", off_left), ("1", on_left)):
            longer = run + 1 if arm == last else 1
            if left > 0 and longer <= longest_run:
                total += balanced(on_left - (arm == "1"), off_left - (arm == "0"), arm, longer)
        return total

    def count(prefix):
        if kind in ("PAIRED", "COUNTERBALANCED"):
            orders = ("01", "10") if kind == "PAIRED" else ("0110", "1001")
            size = len(orders[0])
            result = 1
            for begin in range(0, 2 * pairs, size):
                group = prefix[begin : begin + size]
                result *= sum(order.startswith(group) for order in orders)
            return result
        on_left = pairs - prefix.count("1")
        off_left = pairs - prefix.count("0")
        run = len(prefix) - len(prefix.rstrip(prefix[-1])) if prefix else 0
        if on_left < 0 or off_left < 0 or run > longest_run:
            return 0
        return balanced(on_left, off_left, prefix[-1:], run)

    return count


def stream(seed):
    counter = 0
    while True:
        yield from hashlib.sha256(
            b"solotrial/allocation/v1" + seed + counter.to_bytes(8, "big")
        ).digest()
        counter += 1


def draw(kind, pairs, longest_run=10**9, seed=SEED):
    count = completions(kind, pairs, longest_run)
    size = count("")
    bits = (size - 1).bit_length()
    length = (bits + 7) // 8
    source = stream(seed)
    while True:
        value = int.from_bytes(bytes(next(source) for _ in range(length)), "big")
        value &= (1 << bits) - 1
        if value < size:
            break
    order = ""
    while len(order) < 2 * pairs:
        below = count(order + "0")
        if value < below:
            order += "0"
        else:
            value -= below
            order += "1"
    return order


def extension_seed(seed, number):
    return hashlib.sha256(b"solotrial/extension/v1" + seed + number.to_bytes(8, "big")).digest()


def lived_order(vector):
    """The order of a trial: what the design draws, then every extension in turn."""
    seed = bytes.fromhex(vector["seed"])
    longest = vector.get("longest_run", 10**9)
    order = draw(vector["randomization"], vector["pairs"], longest, seed)
    for number, pairs in enumerate(vector.get("extensions", []), start=1):
        order += draw(vector["randomization"], pairs, longest, extension_seed(seed, number))
    return order


def designs():
    for kind, pairs in (("PAIRED", 1), ("PAIRED", 3), ("PAIRED", 6), ("PAIRED", 200)):
        yield {"randomization": kind, "pairs": pairs}
    for pairs in (2, 6, 40):
        yield {"randomization": "COUNTERBALANCED", "pairs": pairs}
    for pairs, longest in ((3, 1), (4, 2), (35, 2), (35, 3)):
        yield {"randomization": "RESTRICTED", "pairs": pairs, "longest_run": longest}
    for pairs in (2, 5, 35):
        yield {"randomization": "BALANCED", "pairs": pairs}
    yield {"randomization": "PAIRED", "pairs": 4, "extensions": [1, 3]}
    yield {"randomization": "COUNTERBALANCED", "pairs": 2, "extensions": [2, 4]}


def make():
    vectors = []
    for design in designs():
        for name in ("solotrial golden seed", "another seed"):
            vector = dict(design, seed=hashlib.sha256(name.encode()).hexdigest())
            vector["order"] = lived_order(vector)
            vectors.append(vector)
    return {
        "what": "From seed (32 bytes, hexadecimal) to the order of blocks, 1 on and 0 off: the "
        "steps of engine/trial/allocation.h and, for extensions (pairs of each, in turn), of "
        "engine/trial/amendment.h",
        "made_by": "tests/golden/allocation.py write, Python 3.11",
        "vectors": vectors,
    }


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("allocation_vectors.json")
    if sys.argv[1:] == ["write"]:
        path.write_text(json.dumps(make(), indent=1) + "\n")
    else:
        vectors = json.loads(path.read_text())["vectors"]
        wrong = [vector for vector in vectors if lived_order(vector) != vector["order"]]
        print(f"{len(vectors)} vectors, {len(wrong)} wrong")
        sys.exit(1 if wrong or not vectors else 0)

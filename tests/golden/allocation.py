"""Golden allocations for tests/trial/allocation_test.cc.

Follows the text of engine/trial/allocation.h and shares no code with the engine: the set of orders
is counted by plain recursion with memory over Python's integers. Run with Python 3.11:

    python3 tests/golden/allocation.py
"""

import hashlib
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


if __name__ == "__main__":
    for name, arguments in {
        "PAIRED_6": ("PAIRED", 6),
        "COUNTERBALANCED_6": ("COUNTERBALANCED", 6),
        "RESTRICTED_35_2": ("RESTRICTED", 35, 2),
        "BALANCED_35": ("BALANCED", 35),
        "PAIRED_200": ("PAIRED", 200),
    }.items():
        print(name, draw(*arguments))

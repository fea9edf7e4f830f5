"""Answers questions about pickles, one after the other, on stdin and stdout: see python.rs."""

import collections
import enum
import os
import pickle
import pickletools
import re
import struct
import sys
import types

sys.setrecursionlimit(20_000)
sys.dont_write_bytecode = True
# The classes of the fixtures.
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "fixtures"))
import objects  # noqa: E402, F401


class Builder:
    """Builds a value from its description, each object afresh; see spec.rs."""

    def __init__(self, data):
        self.data = data
        self.at = 0
        # For each set, as it is complete: the numbers of its items in the order in which they come out.
        self.orders = []

    def take(self, length):
        self.at += length
        return self.data[self.at - length : self.at]

    def length(self):
        return struct.unpack("<I", self.take(4))[0]

    def text(self):
        return self.take(self.length()).decode("utf-8", "surrogatepass")

    def items(self):
        return [self.build() for _ in range(self.length())]

    def set_of(self, kind):
        items = self.items()
        made = kind(items)
        places = {id(item): place for place, item in enumerate(items)}
        self.orders.append([places[id(item)] for item in made])
        return made

    def build(self):
        tag = self.take(1)
        if tag == b"N":
            return None
        if tag == b"T":
            return True
        if tag == b"F":
            return False
        if tag == b"i":
            return int.from_bytes(self.take(self.length()), "little", signed=True)
        if tag == b"f":
            return struct.unpack("<d", self.take(8))[0]
        if tag == b"s":
            return self.text()
        if tag == b"k":
            # Texts of one character of latin-1 are one object each, but CPython 3.11 has some of them twice as names.
            text = self.text()
            return text if len(text) == 1 and text < "\u0100" else sys.intern(text)
        if tag == b"b":
            return bytes(self.take(self.length()))
        if tag == b"a":
            return bytearray(self.take(self.length()))
        if tag == b"l":
            return self.items()
        if tag == b"t":
            return tuple(self.items())
        if tag == b"d":
            made = {}
            for _ in range(self.length()):
                key = self.build()
                made[key] = self.build()
            return made
        if tag == b"S":
            return self.set_of(set)
        if tag == b"Z":
            return self.set_of(frozenset)
        raise ValueError(tag)


def fresh(payload):
    builder = Builder(payload)
    builder.at = 1
    pickled = pickle.dumps(builder.build(), payload[0])
    orders = b"".join(struct.pack("<I", place) for order in builder.orders for place in order)
    return struct.pack("<I", len(orders)) + orders + pickled


def again(payload):
    """The pickle, loaded and dumped at another protocol."""
    return pickle.dumps(pickle.loads(payload[1:]), payload[0])


def optimize(payload):
    return pickletools.optimize(payload)


SINGLE = (type(None), bool, int, float, complex, type, types.FunctionType, types.BuiltinFunctionType, range)


def inside(value):
    """What a value is made of, in order; None for what has no identity of its own that matters."""
    if isinstance(value, SINGLE) or value is Ellipsis or value is NotImplemented:
        return None
    kind = type(value)
    if kind in (str, bytes, bytearray):
        return []
    if kind in (list, tuple):
        return list(value)
    if kind is dict:
        return [part for pair in value.items() for part in pair]
    if kind in (set, frozenset):
        return sorted(value, key=shown)
    if isinstance(value, enum.Enum):
        return None
    parts = [vars(value)] if hasattr(value, "__dict__") else []
    for kind in type(value).__mro__:
        for slot in [kind.__dict__.get("__slots__", ())]:
            slots = (slot,) if isinstance(slot, str) else slot
            parts += [getattr(value, name) for name in slots if hasattr(value, name) and not name.startswith("__")]
    if isinstance(value, (list, tuple, collections.deque)):
        parts += list(value)
    elif isinstance(value, dict):
        parts += [part for pair in value.items() for part in pair]
    elif isinstance(value, BaseException):
        parts += [value.args]
    return parts


def shown(value):
    """Its repr without addresses."""
    return re.sub(" at 0x[0-9a-f]+", "", repr(value))


def same_graph(payload):
    """Whether two pickles load as the same graph: the same values, and one object where one object was."""
    length = struct.unpack("<I", payload[:4])[0]
    first, second = (pickle.loads(data, encoding="bytes") for data in (payload[4 : 4 + length], payload[4 + length :]))
    # What is kept here is not freed, so that ids stay what they are.
    of_second, of_first, seen, kept = {}, {}, set(), []
    todo = [(first, second, "root")]
    while todo:
        a, b, path = todo.pop()
        if type(a) is not type(b):
            return f"{path}: {type(a).__name__} and {type(b).__name__}".encode()
        parts = inside(a)
        if parts is None:
            if shown(a) != shown(b):
                return f"{path}: {a!r} and {b!r}".encode()
            continue
        if isinstance(a, (str, bytes)) and len(a) < 2 or a == () or a == frozenset():
            if a != b:
                return f"{path}: {a!r} and {b!r}".encode()
            continue
        if of_second.setdefault(id(a), id(b)) != id(b) or of_first.setdefault(id(b), id(a)) != id(a):
            return f"{path}: one object and two".encode()
        if (id(a), id(b)) in seen:
            continue
        seen.add((id(a), id(b)))
        kept.append((a, b))
        if not parts and isinstance(a, (str, bytes, bytearray)) and a != b:
            return f"{path}: {a!r} and {b!r}".encode()
        others = inside(b)
        if len(parts) != len(others):
            return f"{path}: {len(parts)} and {len(others)} parts".encode()
        if not parts and not isinstance(a, (str, bytes, bytearray, list, dict, tuple, set)) and shown(a) != shown(b):
            return f"{path}: {a!r} and {b!r}".encode()
        todo += [(x, y, f"{path}.{at}") for at, (x, y) in enumerate(zip(parts, others))]
    return b""


COMMANDS = {b"f": fresh, b"a": again, b"o": optimize, b"g": same_graph}


def main():
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while header := source.read(5):
        payload = source.read(struct.unpack("<I", header[1:])[0])
        try:
            status, answer = b"y", COMMANDS[header[:1]](payload)
        except Exception as error:
            status, answer = b"n", f"{type(error).__name__}: {error}".encode()
        sink.write(status + struct.pack("<I", len(answer)) + answer)
        sink.flush()


main()

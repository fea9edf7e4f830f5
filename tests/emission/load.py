"""Loads pickles and compares them with what their descriptions say (spec.rs): for Python 2.7 and all of 3.

On stdin, each a length in 4 bytes and so many bytes: a description, a pickle, and so on. On stdout, a line for each that differs."""
from __future__ import print_function
import pickle, struct, sys

OLD = sys.version_info[0] == 2
if OLD:
    int = long
    text = unicode
else:
    text = str


class Builder:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        self.at += length
        return self.data[self.at - length : self.at]

    def length(self):
        return struct.unpack("<I", self.take(4))[0]

    def number(self):
        digits = self.take(self.length())
        value = int(0)
        for digit in reversed(bytearray(digits)):
            value = value << 8 | digit
        negative = digits and bytearray(digits)[-1] >= 128
        return value - (int(1) << 8 * len(digits)) if negative else value

    def text(self):
        data = self.take(self.length())
        return data.decode("utf-8") if OLD else data.decode("utf-8", "surrogatepass")

    def items(self):
        return [self.build() for _ in range(self.length())]

    def build(self):
        tag = self.take(1)
        if tag in b"NTF":
            return {b"N": None, b"T": True, b"F": False}[tag]
        if tag == b"i":
            return self.number()
        if tag == b"f":
            return struct.unpack("<d", self.take(8))[0]
        if tag in b"sk":
            return self.text()
        if tag == b"b":
            return bytes(self.take(self.length()))
        if tag == b"a":
            return bytearray(self.take(self.length()))
        if tag == b"l":
            return self.items()
        if tag == b"d":
            return dict([(self.build(), self.build()) for _ in range(self.length())])
        return {b"t": tuple, b"S": set, b"Z": frozenset}[tag](self.items())


def kind(value):
    return int if OLD and type(value).__name__ == "int" else type(value)


def same(a, b):
    if kind(a) is not kind(b):
        return False
    if isinstance(a, float):
        return struct.pack(">d", a) == struct.pack(">d", b) or a != a and b != b
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return len(a) == len(b) and all(key in b and same(a[key], b[key]) for key in a)
    return a == b


sys.setrecursionlimit(10000)
source = getattr(sys.stdin, "buffer", sys.stdin)


def read():
    header = source.read(4)
    return source.read(struct.unpack("<I", header)[0]) if header else None


count = 0
while True:
    description = read()
    if description is None:
        break
    pickled = read()
    count += 1
    try:
        value = pickle.loads(pickled)
        expected = Builder(description).build()
        if not same(value, expected):
            print(count, repr(value)[:100], repr(expected)[:100])
    except Exception as error:
        print(count, type(error).__name__, error, repr(pickled)[:100])
print("loaded", count)

"""Answers questions about pickles, one after the other, on stdin and stdout: see python.rs."""

import io
import pickle
import pickletools
import struct
import sys


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


COMMANDS = {b"f": fresh, b"a": again, b"o": optimize}


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

"""What the C unpickler makes of a stream, with stubs that record what is done to them in the place of every class and function.

Reads a request a line, {"data": hex, "encoding": str, "persistent": bool, "buffers": int or null, "loads": bool}, and answers each with
a line: "ok CONSUMED TEXT", "skip" (out of memory), or "error NAME". The text is the canonical form that canon.rs writes, too.
"""
import copyreg, io, json, pickle, resource, struct, sys

resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
sys.setrecursionlimit(20000)
CODES = (1, 5, 255, 256, 65535, 65536, 2147483647)
for code in CODES:
    copyreg._inverted_registry[code] = ("extension", str(code))


def recorder(name, take):
    return property(lambda stub: lambda given: take(stub.changes[name], given))


class Meta(type):
    """Of stubs. They are classes, for NEWOBJ takes classes only; what is done to one is found by way of its metaclass."""

    def __call__(cls, *args, **kwargs):
        return stub("R", cls, args, kwargs)

    def __eq__(cls, other):
        """One name is one class, as long as nothing is done to it: it is imported once."""
        return cls is other or type(other) is Meta and cls.name is not None and cls.name == other.name

    def __hash__(cls):
        return hash(cls.name)

    @property
    def name(cls):
        return cls.parts if cls.kind == "g" and not any(cls.changes.values()) else None

    def __setitem__(cls, key, value):
        cls.changes["pairs"].append((key, value))

    def __setstate(cls, state):
        cls.changes["states"].append(state)

    __setstate__ = property(lambda cls: cls.__setstate)
    extend = recorder("items", list.extend)
    append = recorder("items", list.append)
    add = recorder("added", list.append)


def new(cls, *args, **kwargs):
    return stub("W", cls, args, kwargs)


def stub(kind, *parts):
    changes = {"items": [], "added": [], "pairs": [], "states": []}
    return Meta("stub", (), {"__new__": new, "kind": kind, "parts": parts, "changes": changes})


class Unpickler(pickle.Unpickler):
    persistent = False

    def find_class(self, module, name):
        return stub("x", int(name)) if module == "extension" else stub("g", module, name)

    def persistent_load(self, pid):
        if not self.persistent:
            raise pickle.UnpicklingError("no persistent_load")
        return stub("p", pid)


def hexed(text):
    return text.encode("utf-8", "surrogatepass").hex()


class Canon:
    def __init__(self, buffers):
        self.buffers, self.seen, self.keep, self.in_sets = buffers, {}, [], []

    def of(self, value):
        kind = type(value)
        if value is None:
            return "N"
        if kind is bool:
            return "T" if value else "F"
        if kind is int:
            return f"i{value:x}"
        if kind is float:
            return "f" + struct.pack(">d", value).hex()
        if kind is str:
            return "s" + hexed(value)
        if kind is bytes:
            return "b" + value.hex()
        if kind is tuple and not value:
            return "()"
        for number, buffer in enumerate(self.buffers):
            if value is buffer:
                return f"u{number}"
        if kind is Meta and value.kind in "gx" and not any(value.changes.values()):
            return self.name(value)
        if kind is memoryview:
            return "r" + self.of(value.obj)
        if id(value) in self.seen:
            return f"#{self.seen[id(value)]}"
        number = self.seen[id(value)] = len(self.seen)
        self.keep.append(value)
        return f"#{number}={self.whole(kind, value)}"

    def name(self, value):
        return value.kind + ".".join(map(hexed, map(str, value.parts)))

    def all(self, values):
        return ",".join(map(self.of, values))

    def set(self, values):
        """Items in an order that both sides have: each by itself, and sorted."""
        if any(values is other for other in self.in_sets):
            return "~"
        texts = set()
        for value in values:
            inner = Canon(self.buffers)
            inner.in_sets = [*self.in_sets, values]
            texts.add(inner.of(value))
        return ",".join(sorted(texts))

    def pairs(self, pairs):
        return ",".join(f"{self.of(key)}:{self.of(value)}" for key, value in pairs)

    def whole(self, kind, value):
        if kind is bytearray:
            return "B" + value.hex()
        if kind is list:
            return f"[{self.all(value)}]"
        if kind is tuple:
            return f"({self.all(value)})"
        if kind is dict:
            return f"{{{self.pairs(value.items())}}}"
        if kind is set:
            return f"S{{{self.set(value)}}}"
        if kind is frozenset:
            return f"Z{{{self.set(value)}}}"
        if value.kind in "gx":
            text = self.name(value)
        elif value.kind == "p":
            text = "p" + self.of(value.parts[0])
        else:
            callable, args, kwargs = value.parts
            text = f"{value.kind}<{self.of(callable)}|{self.all(args)}|{self.pairs(kwargs.items())}>"
        changes = value.changes
        if changes["items"] or changes["added"]:
            text += f"+[{self.all(changes['items'] + changes['added'])}]"
        if changes["pairs"]:
            text += f":{{{self.pairs(changes['pairs'])}}}"
        return text + "".join("!" + self.of(state) for state in changes["states"])


def answer(request):
    data = bytes.fromhex(request["data"])
    count = request["buffers"]
    buffers = [bytearray(bytes([number]) * 3) for number in range(count or 0)]
    copyreg._extension_cache.clear()
    try:
        if request["loads"]:
            value, consumed = pickle.loads(data, encoding=request["encoding"]), 0
        else:
            file = io.BytesIO(data)
            unpickler = Unpickler(file, encoding=request["encoding"], buffers=None if count is None else buffers)
            unpickler.persistent = request["persistent"]
            value, consumed = unpickler.load(), file.tell()
        return f"ok {consumed} {Canon(buffers).of(value)}"
    except MemoryError:
        return "skip"
    except Exception as error:
        return f"error {type(error).__name__}"


for line in sys.stdin:
    print(answer(json.loads(line)), flush=True)

"""Loads pickles of instances and compares them with instances that Python makes itself: the very class, the same attributes.

Lines of JSON {"id", "data" (hex), "expect" (an expression)} on standard input; prints the ids that differ, and why, then "done N".
What this Python does not have (a module, a version) is left out by an expression that is None."""
import collections, dataclasses, decimal, enum, functools, json, math, pickle, sys, types, typing, uuid

version = sys.version_info[:2]


def module(name):
    made = sys.modules[name] = types.ModuleType(name)
    return made


shop, models, geometry = module("shop"), module("shop.models"), module("geometry")


def of(mod):
    def add(cls):
        cls.__module__ = mod.__name__
        setattr(mod, cls.__qualname__.split(".")[-1], cls)
        return cls

    return add


class Plain:
    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    def __repr__(self):
        return "%s(%r)" % (type(self).__qualname__, vars(self))


def plain(cls, **attributes):
    made = cls.__new__(cls)
    vars(made).update(attributes)
    return made


@of(models)
class Order(Plain):
    def __init__(self):
        raise AssertionError("state needs no constructor")


@of(models)
class Line(Plain):
    def __init__(self, sku, count):
        self.sku, self.count, self.made = sku, count, True


@of(models)
class Countdown(Plain):
    def __init__(self, n):
        self.n = n

    def __getstate__(self):
        return self.n

    def __setstate__(self, n):
        self.n = n


@of(models)
class Outer:
    class Inner(Plain):
        pass

    class Color(enum.Enum):
        RED = 1


Outer.Inner.__module__ = Outer.Color.__module__ = "shop.models"
Outer.Inner.__qualname__, Outer.Color.__qualname__ = "Outer.Inner", "Outer.Color"


@of(models)
class Status(enum.Enum):
    ACTIVE = "active"
    GONE = ("tuple", 2)


@of(models)
class Level(enum.IntEnum):
    LOW = 1
    HIGH = 10


@of(models)
class Access(enum.Flag):
    READ = 1
    WRITE = 2


if version >= (3, 11):

    @of(models)
    class Unit(enum.StrEnum):
        GRAM = "g"


@of(models)
class OrderError(Exception):
    pass


@of(geometry)
class Coord(typing.NamedTuple):
    lat: float
    lon: float


Pair = of(geometry)(collections.namedtuple("Pair", "a b"))


@of(geometry)
class Circle(Plain):
    def __init__(self, r):
        self.r = r


@of(geometry)
class Rect(Plain):
    pass


@of(models)
@dataclasses.dataclass
class Data:
    id: int
    note: str = "none"


@of(models)
@dataclasses.dataclass(frozen=True)
class Frozen:
    id: int
    note: str = "none"


if version >= (3, 10):

    @of(models)
    @dataclasses.dataclass(slots=True)
    class Slotted:
        id: int
        note: str = "none"

    @of(models)
    @dataclasses.dataclass(slots=True, frozen=True)
    class FrozenSlotted:
        id: int
        note: str = "none"


class Handmade:
    __slots__ = ("id", "note")

    def __eq__(self, other):
        return (self.id, self.note) == (other.id, other.note)


of(models)(Handmade)


def handmade(id, note):
    made = Handmade()
    made.id, made.note = id, note
    return made


try:
    import attrs

    @of(models)
    @attrs.define
    class Attrs:
        id: int
        note: str = "none"

    @of(models)
    @attrs.define(slots=False)
    class AttrsDict:
        id: int
        note: str = "none"

    @of(models)
    @attrs.frozen
    class AttrsFrozen:
        id: int
        note: str = "none"
except ImportError:
    attrs = None
try:
    import pydantic

    @of(models)
    class Model(pydantic.BaseModel):
        id: int
        note: str = "none"
except ImportError:
    pydantic = None

if "--needs-libraries" in sys.argv and not (attrs and pydantic):
    sys.exit("attrs and pydantic are not there")


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)) and len(a) == len(b):
        return all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, BaseException):
        return same(a.args, b.args) and vars(a) == vars(b)
    return a is b or not isinstance(a, enum.Enum) and a == b


count = 0
for line in sys.stdin:
    case = json.loads(line)
    count += 1
    try:
        expected = eval(case["expect"])
    except AttributeError as error:
        # A class that this Python, or this environment, does not have.
        if type(error.obj if version >= (3, 10) else models) is not types.ModuleType:
            raise
        continue
    try:
        value = pickle.loads(bytes.fromhex(case["data"]))
    except Exception as error:
        print(case["id"], repr(error))
        continue
    if not same(value, expected):
        print(case["id"], repr(value)[:200])
print("done", count)

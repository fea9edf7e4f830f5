"""Loads pickles of well-known objects and compares them with those that Python makes itself: the very class, the same repr.

Lines of JSON {"id", "data" (hex), "expect" (an expression)} on standard input; prints the ids that differ, and why, then "done N".
What this Python does not have is named by a module that is None: such lines are left out."""
import array, collections, datetime, decimal, fractions, ipaddress, json, pathlib, pickle, sys, uuid

from collections import Counter, OrderedDict, defaultdict, deque
from datetime import date, time, timedelta, timezone

try:
    import zoneinfo

    zoneinfo.ZoneInfo("Europe/Berlin")
except (ImportError, LookupError):
    zoneinfo = None


def made(exception, **attributes):
    exception.__dict__.update(attributes)
    return exception


def differs(value, expected):
    if type(value) is not type(expected):
        return f"{type(value)} is not {type(expected)}"
    if repr(value) != repr(expected):
        return f"{value!r} is not {expected!r}"
    # Exceptions are equal to nothing but themselves, and neither is NaN, which may not even be compared.
    if isinstance(value, BaseException):
        return differs(vars(value), vars(expected)) or differs(value.args, expected.args)
    if isinstance(value, (list, tuple)):
        return next(filter(None, map(differs, value, expected)), None)
    if "NaN" not in repr(value) and value != expected:
        return f"{value!r} is not equal to {expected!r}"


count = 0
for line in sys.stdin:
    case = json.loads(line)
    count += 1
    if "zoneinfo" in case["expect"] and zoneinfo is None:
        continue
    try:
        wrong = differs(pickle.loads(bytes.fromhex(case["data"])), eval(case["expect"]))
    except Exception as error:
        wrong = repr(error)
    if wrong:
        print(case["id"], wrong)
print("done", count)

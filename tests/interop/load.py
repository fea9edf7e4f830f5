"""Loads pickles and compares them with what Python builds itself. Lines of JSON {"id", "data" (hex), "expect" (an expression)} on
standard input; prints the ids that differ, and why, then "done N"."""
import json, pickle, struct, sys


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return struct.pack(">d", a) == struct.pack(">d", b) or a != a and b != b
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return len(a) == len(b) and all(same(x, y) and same(a[x], b[y]) for x, y in zip(a, b))
    return a == b


sys.setrecursionlimit(10_000)
count = 0
for line in sys.stdin:
    case = json.loads(line)
    count += 1
    try:
        value = pickle.loads(bytes.fromhex(case["data"]))
    except Exception as error:
        print(case["id"], repr(error))
        continue
    if not same(value, eval(case["expect"])):
        print(case["id"], repr(value)[:200])
print("done", count)

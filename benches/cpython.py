"""CPython's `pickle`, measured by itself: one round for each line on stdin, answered with its nanoseconds.

`cpython.py load FILE` loads the pickles of FILE, `cpython.py dump FILE` writes what they hold at protocol 4. The garbage
collector is off, as whoever measures pickle with care has it. FILE begins with a line of the pickles' lengths.
"""

import gc
import pickle
import sys
from time import perf_counter_ns


def main():
    verb, path = sys.argv[1:]
    with open(path, "rb") as file:
        lengths = [int(length) for length in file.readline().split()]
        pickles = [file.read(length) for length in lengths]
    gc.disable()
    loads, dumps = pickle.loads, pickle.dumps
    values = [loads(data) for data in pickles] if verb == "dump" else []
    print("ready", flush=True)
    for _ in sys.stdin:
        start = perf_counter_ns()
        if verb == "dump":
            for value in values:
                dumps(value, 4)
        else:
            for data in pickles:
                loads(data)
        print(perf_counter_ns() - start, flush=True)


main()

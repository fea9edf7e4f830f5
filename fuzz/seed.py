#!/usr/bin/env python3
"""Fills fuzz/corpus with the fixtures, for `cargo fuzz run TARGET`. What is there stays; nothing of it is checked in."""

import hashlib
import pathlib

FUZZ = pathlib.Path(__file__).resolve().parent
FIXTURES = FUZZ.parent / "fixtures"
# What stands before and after the pickle: choices of changes, of options.
TARGETS = {
    "types": (b"", b""),
    "sources": (b"", b""),
    "settings": (b"", bytes(12)),
    "written": (b"", b""),
    "graph": (b"", b""),
    "tools": (b"", b""),
    "model": (b"", b""),
    "values": (b"", b""),
    "edit": (bytes(range(40)), b""),
}


def pickles():
    for path in sorted(FIXTURES.rglob("*")):
        if path.is_file() and path.suffix not in (".py", ".json", ".txt", ".pyc") and path.stat().st_size < 10_000:
            yield path.read_bytes()


def main():
    data = list(pickles())
    for target, (before, after) in TARGETS.items():
        corpus = FUZZ / "corpus" / target
        corpus.mkdir(parents=True, exist_ok=True)
        for pickle in data:
            pickle = before + pickle + after
            (corpus / hashlib.sha1(pickle).hexdigest()).write_bytes(pickle)
        print(f"{target}: {len(list(corpus.iterdir()))} files")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Counts the instructions of the small workloads of the benches: callgrind, nothing but the work itself.

`benches/instructions.py [FILTER...]` prints the table, in millions, with each peer's ratio to ours; without a filter it is kept in
`benches/instructions.txt`. Unlike times, counts hardly change from run to run, so that a change can be compared with the table.
Needs valgrind.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = "serde_pickle"
# One copy, whose count says nothing; what others count; sizes, of which there is one here.
SKIPPED = ("one large bytes", "Python loads", "records of 1")


def build():
    command = ["cargo", "bench", "--bench", "table", "--no-run", "--message-format=json"]
    lines = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.splitlines()
    for message in map(json.loads, lines):
        if message.get("executable") and message["target"]["name"] == "table":
            return message["executable"]
    raise SystemExit("cargo has built no bench")


def count(table, row, who):
    with tempfile.TemporaryDirectory() as directory:
        command = [
            "valgrind", "--tool=callgrind", "--toggle-collect=*measured*", "--callgrind-out-file=" + directory + "/out",
            table, "--once", row, who,
        ]
        result = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", result.stderr)
    if result.returncode or not found:
        raise SystemExit(f"{row}, {who}: {result.stderr[-500:]}")
    return int(found[1]) / 1e6


def main():
    filters = sys.argv[1:]
    table = build()
    listed = subprocess.run([table, "--list", *filters], check=True, capture_output=True, text=True).stdout
    rows = {}
    for line in listed.splitlines():
        row, items, who = line.split("\t")
        if not any(skipped in row for skipped in SKIPPED):
            rows.setdefault((row, items), []).append(who)
    lines = ["Millions of instructions; in brackets the ratio to ours.", ""]
    print(lines[0])
    for (row, items), whos in rows.items():
        counts = {who: count(table, row, who) for who in whos}
        cells = []
        for who, millions in counts.items():
            ratio = "" if who == OURS else f" ({millions / counts[OURS]:.2f})"
            cells.append(f"{who} {millions:.2f}{ratio}")
        lines.append(f"{row}, {items}: " + ", ".join(cells))
        print(lines[-1], flush=True)
    if not filters:
        (ROOT / "benches" / "instructions.txt").write_text("\n".join(lines) + "\n")


main()

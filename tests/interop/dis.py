"""Disassembles the files named on standard input, a line each; prints all disassemblies."""
import pickletools, sys

for line in sys.stdin:
    with open(line.rstrip("\n"), "rb") as file:
        pickletools.dis(file.read())

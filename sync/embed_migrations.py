#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes numbered .sql files as one C array of strings: embed_migrations.py NAME OUT FILE..."""
import os
import sys


def main():
    name, out, files = sys.argv[1], sys.argv[2], sorted(sys.argv[3:], key=os.path.basename)
    with open(out, "w", encoding="utf-8") as c:
        c.write("/* Made from the .sql files by embed_migrations.py. */\n")
        c.write(f"extern const char *const {name}[];\nextern const int {name}_count;\n")
        c.write(f"const char *const {name}[] = {{\n")
        for number, path in enumerate(files, 1):
            if int(os.path.basename(path).split("-")[0]) != number:
                sys.exit(f"{path}: migrations are numbered from 0001 without a hole")
            with open(path, encoding="utf-8") as sql:
                for line in sql:
                    text = line.rstrip("\n").split("--")[0].rstrip()
                    if text:
                        c.write('    "' + text.replace("\\", "\\\\").replace('"', '\\"') + '\\n"\n')
            c.write("    ,\n")
        c.write(f"}};\nconst int {name}_count = {len(files)};\n")


main()

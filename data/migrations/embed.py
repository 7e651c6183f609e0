#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes numbered migrations as C strings: embed.py HEADER TYPE SYMBOL OUT.c 0001-a.sql 0002-b.sql ...
import os
import sys


def literal(text):
    lines = text.splitlines(keepends=True)
    escape = lambda line: line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return "\n".join('     "%s"' % escape(line) for line in lines)


def main():
    header, kind, symbol, out, *files = sys.argv[1:]
    files.sort(key=os.path.basename)
    rows = []
    for position, path in enumerate(files, 1):
        name = os.path.basename(path)
        if int(name[:4]) != position:
            sys.exit("%s: migrations are numbered from 0001 without gaps" % name)
        with open(path, encoding="utf-8") as file:
            rows.append('    {%d, "%s",\n%s},' % (position, name, literal(file.read())))
    with open(out, "w", encoding="utf-8") as file:
        file.write('/* Generated from data/migrations. */\n#include "%s"\n\n' % header)
        file.write("const %s %s[] = {\n%s\n};\n" % (kind, symbol, "\n".join(rows)))
        file.write("const gsize %s_count = %d;\n" % (symbol, len(rows)))


main()

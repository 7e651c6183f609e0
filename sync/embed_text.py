#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes text files as C strings named after them: embed_text.py PREFIX OUT FILE..."""
import os
import re
import sys

prefix, out, files = sys.argv[1], sys.argv[2], sys.argv[3:]
with open(out, 'w', encoding='utf-8') as c:
    c.write('/* Made from data/page by embed_text.py. */\n')
    for path in files:
        name = '%s_%s' % (prefix, re.sub(r'\W', '_', os.path.basename(path)))
        c.write('extern const char %s[];\nconst char %s[] =\n' % (name, name))
        with open(path, encoding='utf-8') as text:
            for line in text:
                line = line.rstrip('\n').replace('\\', '\\\\').replace('"', '\\"')
                c.write('    "%s\\n"\n' % line)
        c.write('    ;\n')

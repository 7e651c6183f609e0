#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of docs/central-http.md, run one after the other in one shell against a demo central: each command ends well, and
what stands in the comment after it is in what it prints.

test_docs.py PROGRAMS"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import ROOT, Central, Programs, Tap, expect

programs = Programs(sys.argv[1])
tap = Tap('docs')
central = Central(programs, tap.folder / 'central', plain=True)
central.serve()
tap.at_end(central.kill)


def examples(file):
    """(heading, commands, what is expected of the last one) of each block, split at its expectations."""
    heading, block = '', None
    for line in file.read_text().splitlines():
        if line.startswith('## '):
            heading = line[3:]
        elif line == '```sh':
            block = []
        elif line == '```':
            if block:
                yield heading, '\n'.join(block), None
            block = None
        elif block is not None and line.startswith('# '):
            yield heading, '\n'.join(block), line[2:]
            block = []
        elif block is not None:
            block.append(line)


@tap.case('each_example_does_what_it_says')
def each():
    if not shutil.which('curl'):
        return 'no curl here'
    env = dict(programs.environment(), CENTRAL=central.url, DATA=str(central.folder), PATH='%s:%s' % (programs.folder, os.environ['PATH']))
    script = 'set -e\ncd "%s"\n' % tap.folder
    count = 0
    for heading, commands, wanted in examples(ROOT / 'docs/central-http.md'):
        count += 1
        script += 'echo "@%d"\n%s\necho\n' % (count, commands)
    done = subprocess.run(['bash', '-c', script], capture_output=True, text=True, env=env, timeout=60)
    outputs = dict(re.findall(r'^@(\d+)\n(.*?)(?=^@\d+\n|\Z)', done.stdout, re.S | re.M))
    for number, (heading, commands, wanted) in enumerate(examples(ROOT / 'docs/central-http.md'), 1):
        expect(str(number) in outputs, '%s: not run: %s' % (heading, done.stderr[-300:]))
        expect(wanted is None or wanted.strip() in outputs[str(number)], '%s: %r is not in %r' % (heading, wanted, outputs[str(number)][:300]))
    expect(count >= 12, 'only %d examples' % count)


tap.done()

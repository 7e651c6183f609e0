#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests of central's data side once more, on a MariaDB that is started for them: on_mariadb.py PROGRAM..."""
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
import mariadb  # noqa: E402


def run(program, address, count):
    """A program's cases as lines of one TAP stream; how many there are then."""
    env = dict(os.environ, COSTER_TEST_DATABASE=address, COSTER_DATABASE_PASSWORD='coster')
    done = subprocess.run([program], capture_output=True, text=True, env=env, timeout=200)
    for line in done.stdout.splitlines():
        case = re.match(r'(ok|not ok) \d+ (.*)', line)
        if case:
            count += 1
            print('%s %d %s' % (case.group(1), count, case.group(2)))
        elif line.startswith('# '):
            print(line)
    if done.returncode != 0:
        count += 1
        print('not ok %d %s ended with %d' % (count, os.path.basename(program), done.returncode))
        print(done.stderr, file=sys.stderr)
    sys.stdout.flush()
    return count


def main():
    try:
        server = mariadb.Server(memory=True, settings='innodb_flush_log_at_trx_commit=2')
    except mariadb.NotHere as why:
        print('1..0 # SKIP no MariaDB here: %s' % why)
        return
    try:
        count = 0
        for program in sys.argv[1:]:
            count = run(program, server.address, count)
        print('1..%d' % count)
    finally:
        server.stop()


main()

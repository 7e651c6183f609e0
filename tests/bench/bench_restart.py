#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From starting central again, killed in the middle of work with many sales stored, to the first acknowledgement.

bench_restart.py PROGRAMS [SALES]   (3,000,000 sales, of 1,000 terminals that say nothing any more)"""
import json
import pathlib
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, expect  # noqa: E402
from protocol import Service  # noqa: E402

programs = Programs(sys.argv[1])
SALES = int(sys.argv[2]) if len(sys.argv) > 2 else 3000000
TERMINALS, ROUNDS = 1000, 3
folder = pathlib.Path(tempfile.mkdtemp(prefix='coster-restart-'))
central = Central(programs, folder / 'central', plain=True)
try:
    # Rows of the right shape and size; their chains are of no use to verify, which is not what is measured.
    database = sqlite3.connect(str(folder / 'central/central.db'), isolation_level=None)
    database.execute('PRAGMA synchronous=OFF')
    database.execute('BEGIN')
    numbers = 'WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %d) ' % SALES
    database.execute(numbers + "INSERT INTO journal (terminal, seq, store, at_ms, type, received_ms, hash, line) SELECT "
                     "printf('x%%04d', i / %d), i %% %d + 1, '1', 1700000000000 + i * 1000, 'sale', 1700000000000, "
                     "zeroblob(32), zeroblob(500) FROM n" % (SALES // TERMINALS, SALES // TERMINALS))
    database.execute(numbers + "INSERT INTO ticket (store, receipt, of_terminal, of_seq, terminal, seq, type, at_ms, total, voided) "
                     "SELECT '1', printf('X%%08d', i), printf('x%%04d', i / %d), i %% %d + 1, printf('x%%04d', i / %d), i %% %d + 1, "
                     "'sale', 1700000000000 + i * 1000, 900, 0 FROM n" % ((SALES // TERMINALS, SALES // TERMINALS) * 2))
    database.execute('COMMIT')
    database.close()
    central.serve()
    till = Service(central, plain=True).terminal()
    took = []
    for number in range(ROUNDS):
        for _ in range(20):
            till.write(50)
            till.stored(till.post(len(till.lines) - 49, len(till.lines)), len(till.lines))
        central.kill()
        till.write(1)
        start = time.monotonic()
        central.serve()
        till.stored(till.post(len(till.lines), len(till.lines)), len(till.lines))
        took.append(time.monotonic() - start)
    expect(len(took) == ROUNDS, 'rounds')
    print(json.dumps({'name': 'central: killed with %d sales stored, start to first acknowledgement' % SALES,
                      'value': round(statistics.median(took), 3), 'unit': 's'}))
finally:
    central.kill()
    shutil.rmtree(folder, ignore_errors=True)

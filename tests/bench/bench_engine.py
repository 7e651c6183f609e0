#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench_store on both engines, each with its data on disk; the MariaDB is started for it.

bench_engine.py PROGRAMS"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
import mariadb  # noqa: E402

program = pathlib.Path(sys.argv[1]) / 'tests/bench/bench_store'
folder = pathlib.Path(tempfile.mkdtemp(prefix='coster-bench-'))
os.environ['COSTER_DATABASE_PASSWORD'] = 'coster'
try:
    subprocess.run([program, folder / 'sqlite'], check=True)
    try:
        server = mariadb.Server()
    except mariadb.NotHere as why:
        print('no MariaDB here: %s' % why, file=sys.stderr)
        sys.exit(0)
    try:
        subprocess.run([program, folder / 'mariadb', server.url('bench')], check=True)
    finally:
        server.stop()
finally:
    shutil.rmtree(folder, ignore_errors=True)

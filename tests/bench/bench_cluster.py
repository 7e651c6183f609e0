#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests/e2e/test_cluster.py measures while it kills: the longest time without an acknowledgement after a Galera node died.

bench_cluster.py PROGRAMS"""
import json
import pathlib
import re
import subprocess
import sys

test = pathlib.Path(__file__).resolve().parents[1] / 'e2e/test_cluster.py'
done = subprocess.run([sys.executable, test, sys.argv[1]], capture_output=True, text=True)
for name, seconds in re.findall(r'^# (.*?): .*longest time without one ([\d.]+) s', done.stdout, re.M):
    print(json.dumps({'name': 'cluster: %s, longest time without an acknowledgement' % name, 'value': float(seconds), 'unit': 's'}))
if '# SKIP' in done.stdout:
    print(done.stdout.strip(), file=sys.stderr)
elif done.returncode != 0:
    sys.exit('test_cluster.py failed, so something was lost or nobody answered:\n' + done.stdout[-2000:])

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the benchmark programs and shows their figures as a table and as JSON. Ratios are of one run, side by side.

bench.py --programs BUILD --json FILE [NAME...]"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
parser = argparse.ArgumentParser()
parser.add_argument('--programs', required=True)
parser.add_argument('--json', required=True)
parser.add_argument('names', nargs='*')
options = parser.parse_args()
build = pathlib.Path(options.programs).resolve()
data = os.environ.get('COSTER_TEST_DATA')
pictures = pathlib.Path(data) / 'scan' if data else ROOT / 'tests/data/scan'
live = [pictures / name for name in ('syn-easy', 'syn-rotated', 'syn-negative') if (pictures / name).is_dir()]
commands = {
    'decode': [build / 'tests/bench/bench_decode', pictures],
    'live': [build / 'tests/bench/bench_live', *live],
    'scan': [build / 'tests/bench/bench_scan'],
    'commit': [build / 'tests/bench/bench_commit'],
    'policy': [build / 'tests/bench/bench_policy'],
    'central': ['/usr/bin/python3', ROOT / 'tests/bench/bench_central.py', build],
    'load': ['/usr/bin/python3', ROOT / 'tests/bench/bench_load.py', build],
    'cluster': ['/usr/bin/python3', ROOT / 'tests/bench/bench_cluster.py', build],
    'engine': ['/usr/bin/python3', ROOT / 'tests/bench/bench_engine.py', build],
    'restart': ['/usr/bin/python3', ROOT / 'tests/bench/bench_restart.py', build],
    'memory': ['/usr/bin/python3', ROOT / 'tests/bench/bench_memory.py', build],
    'inventory': [ROOT / 'tests/support/run-headless.sh', build / 'tests/bench/bench_inventory'],
    'start': [ROOT / 'tests/support/run-headless.sh', '/usr/bin/python3', ROOT / 'tests/bench/bench_start.py', build],
}
figures, failed = [], False
for name, command in commands.items():
    if options.names and name not in options.names:
        continue
    if name == 'live' and not live:
        print('==> live: skipped, since its pictures are not there; COSTER_TEST_DATA names their folder', flush=True)
        continue
    print('==> ' + name, flush=True)
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    for line in done.stdout.splitlines():
        if line.startswith('{'):
            figures.append(dict(json.loads(line), group=name))
    if done.returncode != 0:
        failed = True
        print('    failed: ' + (done.stderr.strip().splitlines() or ['no word'])[-1], file=sys.stderr)
print('\n%-70s %14s %-9s %10s  %s' % ('what', 'measured', 'unit', 'ratio', 'against'))
for figure in figures:
    print('%-70s %14s %-9s %10s  %s' % (figure['name'], '{:,.2f}'.format(figure['value']), figure['unit'],
                                      '%.3f' % figure['ratio'] if 'ratio' in figure else '', figure.get('reference_name', '')))
pathlib.Path(options.json).write_text(json.dumps(figures, ensure_ascii=False, indent=1) + '\n')
print('\nAs JSON: %s' % options.json)
sys.exit(1 if failed else 0)

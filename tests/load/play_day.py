#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A demo central of its own, and coster-load's tills at work on it: each holds a stream and sells now and then.

play_day.py PROGRAMS [--count 1000] [--every-ms 30000] [--seconds 30] [--tls]"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs

programs = Programs(sys.argv[1])
arguments = sys.argv[2:] or ['--count', '1000', '--every-ms', '30000', '--seconds', '30']
count = arguments[arguments.index('--count') + 1] if '--count' in arguments else '10'
load = str(programs.folder / 'tests/load/coster-load')
folder = pathlib.Path(tempfile.mkdtemp(prefix='coster-load-'))
central = Central(programs, folder / 'central', plain='--tls' not in arguments)
try:
    tills = folder / 'tills'
    tills.write_text(subprocess.run([load, 'prepare', '--data', str(central.folder), '--count', count], capture_output=True,
                                    text=True, check=True, env=programs.environment()).stdout)
    central.serve()
    print('%s tills at %s' % (count, central.url), flush=True)
    done = subprocess.run([load, 'day', '--port', str(central.port), '--tills', str(tills), *arguments], stdout=subprocess.PIPE, text=True)
    for line in done.stdout.splitlines():
        said = json.loads(line)
        print('%-32s %14s %s' % (said['name'], '{:,.1f}'.format(said['value']), said['unit']))
    verify = json.loads(central.command('verify').stdout)
    print('verify: %(records)d records of %(terminals)d terminals are whole' % verify)
    sys.exit(done.returncode)
finally:
    central.kill()
    shutil.rmtree(folder, ignore_errors=True)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Long campaigns, each turn with a new seed: kills of till and central, 1,000 kills within a day at the counter, the session
against a faulty network, simulated shops, random codes. Ends when the time is over, or with 1 at the first failure, saying
how to play it again.

soak.py --programs BUILD [--seconds N] [--seed FIRST] [CAMPAIGN...]"""
import argparse
import os
import pathlib
import random
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Name, command, and how long one turn may take before it counts as hung. SEED is the turn's seed.
CAMPAIGNS = {
    'day': (['/usr/bin/python3', ROOT / 'tests/e2e/test_day_kill.py', 'BUILD', 1000, 'SEED'], 1800),
    'kill': (['/usr/bin/python3', ROOT / 'tests/e2e/test_kill.py', 'BUILD', 25, 'SEED'], 600),
    'cluster': (['/usr/bin/python3', ROOT / 'tests/e2e/test_cluster.py', 'BUILD', 20, 'SEED'], 1800),
    'printing': (['/usr/bin/python3', ROOT / 'tests/e2e/test_printing.py', 'BUILD', 100, 'SEED'], 600),
    'session': (['BUILD/tests/sync/test_session_sim', 20000, 'SEED'], 600),
    'sim': (['BUILD/tests/sync/test_sim', 2000, 'SEED'], 1800),
    'central': (['/usr/bin/python3', ROOT / 'tests/sync/test_central_fuzz.py', 'BUILD', 60, 'SEED'], 600),
    'mutants': (['/usr/bin/python3', ROOT / 'tests/mutants/run.py', 'BUILD'], 5400),
    'codes': (['BUILD/tests/pos/test-pos-gs1_fuzz', 400000, 'SEED'], 600),
    'corpus': (['BUILD/tests/fuzz/test-fuzz-corpus', 400, 'SEED'], 600),
    'readers': (['/usr/bin/python3', ROOT / 'tests/pos/test_gs1_oracle.py', 'BUILD/coster', 150, 'SEED'], 600),
    'shops': (['BUILD/coster-pricing', 'simulate', '--seeds', 1, '--first-seed', 'SEED'], 900),
}
if not os.environ.get('COSTER_TEST_DATA'):
    del CAMPAIGNS['readers']  # it has nothing to read by

parser = argparse.ArgumentParser()
parser.add_argument('--programs', required=True)
parser.add_argument('--seconds', type=float, default=1200)
parser.add_argument('--seed', type=int)
parser.add_argument('campaigns', nargs='*', metavar='CAMPAIGN', help=', '.join(CAMPAIGNS))
options = parser.parse_args()
for name in options.campaigns:
    if name not in CAMPAIGNS:
        parser.error('there is no campaign %s; there are %s' % (name, ', '.join(CAMPAIGNS)))
if options.seconds <= 0:
    parser.error('--seconds must be above 0')
build = pathlib.Path(options.programs).resolve()
seeds = random.Random(options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 31))
folder = pathlib.Path(tempfile.mkdtemp(prefix='coster-soak-'))
env = dict(os.environ, TMPDIR=str(folder), LC_ALL='C.UTF-8', COSTER_SOURCE_ROOT=str(ROOT))
end = time.monotonic() + options.seconds
turns, cut_short = dict.fromkeys(CAMPAIGNS, 0), 0


def end_group(process):
    """The turn and all that it started: it leads a process group of its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def fail(argv, what, log):
    print('\n' + log.read_text(errors='replace')[-3000:])
    print('FAILED: %s. What it left is in %s. To play it again:\n  COSTER_SOURCE_ROOT=. %s' % (what, folder, shlex.join(argv)), flush=True)
    sys.exit(1)


def turn(name):
    """One turn of a campaign. False when the time was over before its end."""
    template, limit_s = CAMPAIGNS[name]
    seed = seeds.randrange(1000000)
    argv = [str(part).replace('BUILD', str(build)).replace('SEED', str(seed)) for part in template]
    print('%-8s seed %-7d ' % (name, seed), end='', flush=True)
    log = folder / (name + '.log')
    start = time.monotonic()
    with open(log, 'wb') as out:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=env,
                                   cwd=ROOT, start_new_session=True)
        try:
            code = process.wait(max(0.1, min(limit_s, end - start)))
        except subprocess.TimeoutExpired:
            end_group(process)
            if time.monotonic() < end:
                fail(argv, '%s hangs with seed %d' % (name, seed), log)
            print('cut short, the time is over', flush=True)
            return False
        except BaseException:
            end_group(process)
            raise
    if code != 0:
        end_group(process)
        print('failed', flush=True)
        fail(argv, '%s with seed %d' % (name, seed), log)
    turns[name] += 1
    print('ok, %.0f s' % (time.monotonic() - start), flush=True)
    return True


try:
    while time.monotonic() < end and all(turn(name) for name in (options.campaigns or CAMPAIGNS)):
        pass
except KeyboardInterrupt:
    print('\nended by hand')
print('No failure: ' + ', '.join('%d of %s' % (count, name) for name, count in turns.items()))
shutil.rmtree(folder, ignore_errors=True)

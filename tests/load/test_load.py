#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""coster-load against the real coster-central, few tills: what it says is what central has.

test_load.py PROGRAMS"""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Tap, expect

programs = Programs(sys.argv[1])
tap = Tap('load')
LOAD = str(programs.folder / 'tests/load/coster-load')
central = Central(programs, tap.folder / 'central', plain=True)
central.command('price', 'pause', '--store', '1')
tills = tap.folder / 'tills'
tills.write_text(subprocess.run([LOAD, 'prepare', '--data', str(central.folder), '--count', '310'], capture_output=True, text=True,
                                check=True, env=programs.environment()).stdout)
central.serve()
tap.at_end(central.kill)


def start(*argv):
    return subprocess.Popen([LOAD, argv[0], '--port', str(central.port), '--tills', str(tills), *map(str, argv[1:])],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process, stdin=None):
    out, err = process.communicate(stdin, timeout=60)
    expect(process.returncode == 0, '%d: %s %s' % (process.returncode, out, err))
    return {said['name']: said['value'] for said in map(json.loads, out.splitlines())}


def records():
    return len(central.journal())


@tap.case('what_it_counts_is_at_central_once')
def posts():
    one = finish(start('post', '--count', 8, '--seconds', 1, '--streams', 20))
    stored = records()
    expect(one['errors'] == 0 and one['streams'] == 20 and 0 < one['posts'] <= stored, '%s of %d' % (one, stored))
    many = finish(start('post', '--count', 4, '--batch', 100, '--seconds', 1))
    expect(many['records a second'] > many['posts a second'] * 99, '%s' % many)
    expect(json.loads(central.command('verify').stdout)['good'], 'verify')


@tap.case('no_connection_is_forgotten_under_load')
def forgotten():
    got = finish(start('post', '--count', 256, '--seconds', 4))
    expect(got['errors'] == 0 and got['posts'] > 500, '%s' % got)
    expect(got['longest without an answer'] < 3, 'a request waits since %(longest without an answer).1f s' % got)


@tap.case('a_day_of_tills_sells_and_listens')
def day():
    before = records()
    got = finish(start('day', '--count', 30, '--every-ms', 200, '--seconds', 1))
    expect(got['streams'] == 30 and got['errors'] == 0, '%s' % got)
    expect(got['posts'] <= records() - before, '%s' % got)


@tap.case('a_change_reaches_every_stream')
def fan_out():
    got = finish(start('fan-out', '--streams', 40, '--changes', 3, '--data', central.folder), '\n')
    expect(got['streams'] == 40 and 0 < got['last stream reached, median'] < 10000, '%s' % got)


@tap.case('tills_come_back_after_an_outage_with_what_they_sold')
def outage():
    before = records()
    process = start('outage', '--count', 30, '--queue', 7, '--spread-ms', 500)
    expect('tills connected' in process.stdout.readline(), 'not connected')
    central.kill()
    central.serve()
    got = finish(process)
    expect(got['streams'] == 30 and got['errors'] == 0, '%s' % got)
    expect(records() == before + 30 * 7, '%d records instead of %d' % (records() - before, 30 * 7))
    expect(json.loads(central.command('verify').stdout)['good'], 'verify')


tap.done()

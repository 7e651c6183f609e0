#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Central gets another key without a visit to a till: real programs over TLS.

test_key.py PROGRAMS"""
import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Tap, Till, expect

programs = Programs(sys.argv[1])
tap = Tap('key')
central = Central(programs, tap.folder / 'central').serve()
tap.at_end(central.kill)
till = Till(programs, tap.folder / 'till').enrol(central, 'till 1')


def sync():
    return programs.run(programs.coster, 'sync', '--data', till.folder, check=False)


@tap.case('a_next_key_is_told_and_the_switch_needs_no_visit')
def roll():
    expect(sync().returncode == 0, 'before')
    refused = central.command('key', 'switch', check=False)
    expect(refused.returncode == 1 and 'key next' in refused.stderr, refused.stderr)
    told = json.loads(central.command('key', 'next').stdout)
    again = json.loads(central.command('key', 'next').stdout)
    expect(told == again and told['next_pin'].startswith('sha256//'), '%s %s' % (told, again))
    early = central.command('key', 'switch', check=False)
    expect(early.returncode == 1 and '1 terminals' in early.stderr, 'switched before the till knew: %s' % early.stderr)
    expect(sync().returncode == 0, 'learning the next key')
    central.command('key', 'switch')
    central.stop()
    central.serve()
    done = sync()
    expect(done.returncode == 0, 'with the new key: %s' % done.stderr)
    setting = [i for i in till.feed() if i.get('kind') == 'setting' and i.get('key') == 'central'][0]['value']
    expect(setting['pin'] == told['next_pin'] and 'next_pin' not in setting, '%s' % setting)
    expect(sync().returncode == 0, 'and after the old one is forgotten')


@tap.case('a_key_that_nobody_was_told_of_is_a_stranger')
def stranger():
    central.stop()
    shutil.rmtree(central.folder / 'tls')
    central.serve()
    done = sync()
    expect(done.returncode != 0 and 'key' in done.stderr, '%d %s' % (done.returncode, done.stderr))


tap.done()

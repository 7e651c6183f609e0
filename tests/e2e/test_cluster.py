#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two centrals on a Galera cluster of three nodes, with tills that sell without pause and go to the other central when one
fails them. Nodes and centrals die under that load; after each fault nothing that was acknowledged is missing, nothing is there
twice, and every till is answered again.

test_cluster.py PROGRAMS [TURNS [SEED]]: each fault once, or TURNS of them at random."""
import atexit
import json
import os
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
import mariadb  # noqa: E402
from harness import Central, Programs, Tap, expect, wait_for  # noqa: E402
from protocol import Service  # noqa: E402
from till_load import LoadTill, longest_gap  # noqa: E402

TILLS, GAP_S, LIVE_S = 8, 15, 40

programs = Programs(sys.argv[1])
turns = int(sys.argv[2]) if len(sys.argv) > 2 else 0
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
chance = random.Random(seed)
os.environ['COSTER_DATABASE_PASSWORD'] = 'coster'

begun = time.monotonic()
try:
    cluster = mariadb.Cluster()
except mariadb.NotHere as why:
    print('1..0 # SKIP no Galera cluster here: %s' % why)
    sys.exit(0)
tap = Tap('cluster')
atexit.register(cluster.stop)
tap.at_end(cluster.stop)
print('# the cluster stands after %.1f s' % (time.monotonic() - begun))

centrals = [Central(programs, tap.folder / 'a', plain=True, init=['--database', cluster.url('chain', 0)]),
            Central(programs, tap.folder / 'b', plain=True, demo=False, init=['--database', cluster.url('chain', 1), '--join'])]
for central in centrals:
    central.serve()
    tap.at_end(central.kill)
    atexit.register(central.kill)
service = [Service(central, plain=True) for central in centrals]
watcher = service[0].terminal('manager')
lots = [i['key'].split('/') for i in service[0].once(watcher.token)[0] if i['kind'] == 'lot' and i['value'].get('unit') == 'each']
goods = [(gtin, lot, 1000 + 10 * i) for i, (gtin, lot) in enumerate(lots[:6])]
tills = [LoadTill(centrals, number, goods, seed=seed).enrol(centrals[number % 2].enrol_code()) for number in range(TILLS)]
for till in tills:
    till.start()


def acknowledged():
    return sum(len(till.times) for till in tills)


def runs(seconds):
    """The load for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for till in tills:
            expect(till.fault is None, 'till %d: %s' % (till.number, till.fault))
        time.sleep(0.05)


def is_live():
    """Every till has been answered since now."""
    since = time.monotonic()
    wait_for('every till to be answered again', lambda: all(till.times and till.times[-1] > since for till in tills), LIVE_S)


def is_whole():
    """The tills stop; what each has, central has, and no more, at both centrals; and central's own audit."""
    for till in tills:
        till.selling = False
    wait_for('every queue to be empty', lambda: all(till.acked == len(till.lines) or till.fault for till in tills), LIVE_S)
    for till in tills:
        expect(till.fault is None, 'till %d: %s' % (till.number, till.fault))
        for one in service:
            def same():
                hello = one.ask('GET', '/v1/hello', token=till.token)
                return hello.status == 200 and hello.json['acked'] == len(till.lines) and hello.json['head'] == till.hashes[-1]
            wait_for('central %d to hold the %d records of till %d' % (service.index(one), len(till.lines), till.number), same, 20)
    done = centrals[0].command('verify', check=False)
    expect(done.returncode == 0, 'verify: %s' % (done.stdout + done.stderr)[-400:])
    for till in tills:
        till.selling = True


def fault(name, break_it, heal_it, gap_s=GAP_S, broken_s=4.0):
    def case():
        since = time.monotonic()
        before = acknowledged()
        break_it()
        runs(broken_s)
        heal_it()
        is_live()
        until = time.monotonic()
        gap, alone = longest_gap(tills, since, until)
        is_whole()
        print('# %s: %d answers in %.1f s, longest time without one %.1f s, of one till %.1f s' % (
            name, acknowledged() - before, until - since, gap, alone))
        expect(gap <= gap_s, 'no till was answered for %.1f s' % gap)
    tap.case(name)(case)


def start_again(node):
    node.start()
    cluster.wait_synced(node)


def freeze_two():
    cluster.nodes[0].freeze()
    cluster.nodes[2].freeze()


def thaw_two():
    cluster.nodes[0].thaw()
    cluster.nodes[2].thaw()
    for node in cluster.nodes:
        cluster.wait_synced(node)


def kill_all():
    for node in cluster.nodes:
        node.kill()


def a_node_killed(number):
    node = cluster.nodes[number]
    fault('node %d killed, and back' % (number + 1), node.kill, lambda: start_again(node))


def a_central_killed(number):
    fault('central %s killed, and back' % 'ab'[number], centrals[number].kill, centrals[number].serve, broken_s=2.0)


def two_frozen():
    fault('two nodes frozen, and awake', freeze_two, thaw_two, gap_s=30, broken_s=3.0)


def all_killed():
    fault('all nodes killed, and back', kill_all, cluster.recover, gap_s=60, broken_s=0.5)


runs(2)
tap.case('tills sell at both centrals')(lambda: (is_live(), is_whole()))
if turns:
    for _ in range(turns):
        chance.choice([lambda: a_node_killed(chance.randrange(3)), lambda: a_node_killed(chance.randrange(3)),
                       lambda: a_central_killed(chance.randrange(2)), two_frozen, all_killed])()
        runs(chance.uniform(0, 3))
else:
    a_node_killed(0)  # the one that central a writes to
    a_central_killed(1)
    two_frozen()
    all_killed()


def prices_reach_both():
    """Prices set at one central come down the streams of the other, version by version."""
    centrals[0].command('price', 'pause', '--store', '1')
    price = next(i for i in service[0].once(watcher.token)[0] if i['kind'] == 'price' and i['value'])
    item = price['key'].split('/')
    options = ['--store', '1', '--gtin', item[0]] + (['--lot', item[1]] if len(item) > 1 else [])
    after = watcher.hello()['feed_version']
    stream = service[1].stream(watcher.token, after=after)
    for number in range(5):
        centrals[number % 2].command('price', 'set', *options, '--price', str(price['value']['price'] - 1 - number), '--why',
                                     'cluster %d' % number)
    seen, version = [], after
    while not seen or seen[-1] != 'cluster 4':
        events, newest = stream.events_until_id()
        expect(newest > version, 'version %d after %d' % (newest, version))
        version = newest
        seen += [e['value']['why'] for e in events if e['kind'] == 'price' and e['value'] and 'cluster' in e['value'].get('why', '')]
    expect(seen == sorted(seen), '%s' % seen)


tap.case('prices set at one central reach the streams of the other')(prices_reach_both)
for till in tills:
    till.ending = True
for till in tills:
    till.join(40)


def a_dump_restores():
    """mariadb-dump into a database of another name, as docs/shared-database.md says it: sound, and with a new epoch."""
    node = cluster.nodes[0]
    base = ['--no-defaults', '-uroot', '-S', str(node.socket)]
    dump = subprocess.run([mariadb.find('mariadb-dump'), *base, '--single-transaction', '--default-character-set=utf8mb4', 'chain'],
                          capture_output=True, timeout=60, check=True).stdout
    node.sql('CREATE DATABASE again')
    subprocess.run([mariadb.find('mariadb'), *base, 'again'], input=dump, capture_output=True, timeout=120, check=True)
    copy = Central(programs, tap.folder / 'c', plain=True, demo=False,
                   init=['--database', 'mysql://coster@%s/again' % node.address, '--restored'])
    epochs = [node.sql("SELECT value FROM %s.meta WHERE name = 'epoch'" % name)[0] for name in ('chain', 'again')]
    expect(len(epochs[1]) == 32 and epochs[0] != epochs[1], 'epochs: %s' % epochs)
    copy.command('verify')
    expect(len(copy.journal()) == len(centrals[0].journal()) > 0, 'records are missing in the copy')


tap.case('a dump restores, with a new epoch')(a_dump_restores)
print('# %s' % json.dumps({'acknowledged': sum(len(till.lines) for till in tills),
                           'refused': {str(k): sum(t.refused.get(k, 0) for t in tills) for k in {k for t in tills for k in t.refused}}}))
print('# %.1f s in all' % (time.monotonic() - begun))
tap.done()

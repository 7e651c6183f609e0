#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of till and central at random moments: each sale that was printed is in the journal once, and once in central.

test_kill.py PROGRAMS [ROUNDS [SEED]]"""
import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Shop, Tap, Till, expect, shop_day, wait_for

programs = Programs(sys.argv[1])
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 50
seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 31)
chance = random.Random(seed)
tap = Tap('kill')
print('# seed %d, %d rounds' % (seed, rounds))

central = Central(programs, tap.folder / 'central').serve()
till = Till(programs, tap.folder / 'till').enrol(central, 'till 1')
tap.at_end(central.kill)
tap.at_end(till.kill)
shop = Shop(till.feed())
lots = shop.lots(today=shop_day())
printed = {}  # receipt -> the sale event


def keep(event):
    if event and event.get('event') == 'sale':
        expect(event['receipt'] not in printed, 'receipt %s was printed twice' % event['receipt'])
        printed[event['receipt']] = event
    return event


def sell_until(deadline):
    """Sells without pause; stops when the till dies or the time is over."""
    while time.monotonic() < deadline:
        total = 0
        for _ in range(chance.randint(1, 4)):
            till.send('scan', text=shop.link(chance.choice(lots)))
            event = till.receive()
            if event and event['event'] == 'weigh':
                till.send('weight', grams=chance.randint(80, 1500))
                event = till.receive()
            if event is None:
                return
            total = event.get('total', total)
        till.send('tender', kind='cash', amount=total + 10000)
        if keep(till.receive()) is None:
            return


@tap.case('each_printed_sale_survives_%d_kills' % rounds)
def kills():
    for number in range(rounds):
        victim = chance.choice(['till', 'till', 'central', 'both'])
        # The killer is a timer in another process, so that it strikes in the middle of whatever happens.
        delay = chance.uniform(0.0, 0.35)
        till.open(login=False)
        till.send('login', operator='u01', pin='1234')
        till.receive()
        till.send('open_shift', float=50000)
        till.receive()
        till.send('void')  # what was open before the kill
        till.receive()
        pids = ([till.process.pid] if victim != 'central' else []) + ([central.process.pid] if victim != 'till' else [])
        killer = os.fork()
        if killer == 0:
            time.sleep(delay)
            try:
                for pid in pids:
                    os.kill(pid, 9)
            except ProcessLookupError:
                os._exit(1)  # it had died by itself
            os._exit(0)
        sell_until(time.monotonic() + delay + 0.1)
        # The killer, not the first child that ends: that may be its victim, while it has another one still to kill.
        status = os.waitpid(killer, 0)[1]
        expect(status == 0, 'round %d: a program had ended before it was killed' % number)
        till.kill()
        while True:  # what it had printed before it died
            event = till.events.get(timeout=10)
            if event is None:
                break
            keep(event)
        if victim != 'till':
            central.kill()
            central.serve()
        if number % 10 == 9:
            here = {record['receipt'] for record in till.journal() if record['type'] == 'sale'}
            expect(set(printed) <= here, 'printed and not in the journal: %s' % (set(printed) - here))
    expect(len(printed) >= rounds, 'only %d sales in %d rounds' % (len(printed), rounds))
    print('# %d sales printed' % len(printed))


@tap.case('the_journal_holds_each_printed_sale_once_and_as_printed')
def journal():
    sales = [record for record in till.journal() if record['type'] == 'sale']
    by_receipt = {}
    for record in sales:
        by_receipt.setdefault(record['receipt'], []).append(record)
    for receipt, event in printed.items():
        expect(len(by_receipt.get(receipt, [])) == 1, '%s is in the journal %d times' % (receipt, len(by_receipt.get(receipt, []))))
        record = by_receipt[receipt][0]
        expect(record['seq'] == event['seq'] and record['total'] == event['total'], '%s differs from what was printed' % receipt)
    seqs = [record['seq'] for record in till.journal()]
    expect(seqs == list(range(1, len(seqs) + 1)), 'the journal has a hole')


@tap.case('both_verify_and_central_holds_each_sale_once')
def agree():
    done = programs.run(programs.coster, 'sync', '--data', till.folder, '--timeout', '60', check=False)
    expect(done.returncode == 0, 'sync: ' + done.stderr)
    mine = programs.run(programs.coster, 'journal', '--data', till.folder).stdout
    theirs = central.command('journal').stdout
    expect(mine == theirs, 'central holds other bytes than the till')
    checked = till.verify()
    expect(checked.returncode == 0, 'till verify: ' + checked.stdout + checked.stderr)
    checked = central.command('verify', check=False)
    expect(checked.returncode == 0, 'central verify: ' + checked.stdout + checked.stderr)
    expect(till.status()['unsent'] == 0, 'something is unsent')


tap.done()

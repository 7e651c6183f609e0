#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of a till at random moments of the written day, its scenes in a seeded order: what was confirmed is in the journal,
no sale is half there, an open cart comes back as it was, a sold one never, parked tickets wait, the chain holds.

test_day_kill.py PROGRAMS [ROUNDS [SEED]]"""
import hashlib
import json
import pathlib
import random
import sqlite3
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from counter_day import MANAGER, SCENES, CounterDay, step
from harness import Tap, expect

rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 31)
chance = random.Random(seed)
tap = Tap('day_kill')
print('# seed %d, %d rounds' % (seed, rounds))
day = CounterDay(sys.argv[1], tap.folder)
tap.at_end(day.stop)
till = day.till
PINS = {'u01': '1234', 'u02': '2345'}
SALES = ('sale', 'return', 'post_void')
EMPTIES = {'void', 'void_line', 'undo', 'suspend', 'tender', 'login', 'training'}  # commands that may leave less in the cart
CLOSING = [
    step('counted', 'cash_up', counted=100000),
    step('the Z', 'report', kind='z'),
    step('the next float', 'open_shift', float=100000),
]


class Journal:
    """What the journal's file holds, read and checked as it grows."""

    def __init__(self):
        self.file = sqlite3.connect('file:%s?mode=ro' % (till.folder / 'coster.db'), uri=True)
        self.seq, self.hash, self.receipts = 0, bytes(32), {}

    def grown(self):
        """The records that are new; each follows the one before, each sale is whole and its receipt's only one."""
        new = {}
        for seq, line, held in self.file.execute('SELECT seq, line, hash FROM journal WHERE seq > ? ORDER BY seq', (self.seq,)):
            expect(seq == self.seq + 1, 'record %d follows %d' % (seq, self.seq))
            self.seq, self.hash = seq, hashlib.sha256(self.hash + line.encode()).digest()
            expect(held == self.hash, 'the chain breaks at %d' % seq)
            new[seq] = record = json.loads(line)
            if record['type'] in SALES:
                self.whole(record)
        return new

    def whole(self, record):
        receipt, total = record['receipt'], record['total']
        name = (receipt, record['type'] == 'post_void')  # which names the sale that it undoes
        expect(name not in self.receipts, '%s is in the journal twice' % receipt)
        self.receipts[name] = record
        lines = sum(line['amount'] for line in record['lines']) + record['rounding']
        paid = sum(tender['amount'] - tender['change'] for tender in record['tenders'])
        expect(lines == total and paid == total, '%s is half a sale: %s' % (receipt, record))


class Seen:
    """What the till has said, as a cashier would remember it."""

    def __init__(self):
        self.operator, self.carts, self.tickets, self.training = 'u01', {'u01': 0, 'u02': 0}, {}, False
        self.confirmed, self.pending = [], None

    def note(self, do, members, event):
        kind = event['event']
        expect(kind != 'error', '%s was answered with %s' % (do, event))
        if 'seq' in event:
            self.confirmed.append(event)
        if kind == 'login':
            self.operator = event['operator']
        elif kind == 'training':
            self.training = event['on']
        elif kind == 'suspended':
            self.tickets[event['ticket']], self.carts[self.operator] = event['total'], 0
        elif kind in ('void', 'sale'):
            self.carts[self.operator] = 0
        elif kind != 'refused' and do not in ('price_check', 'report', 'cash_up') and 'total' in event:
            self.carts[self.operator] = event['total']
        if kind == 'resumed':
            self.tickets.pop(members['ticket'], None)


def ask(seen, do, /, **members):
    """The answer, or None when the till died before it said one."""
    seen.pending = (do, members)
    till.send(do, **members)
    event = till.receive()
    if event is not None:
        seen.note(do, members, event)
        seen.pending = None
    return event


def play_until_killed(seen):
    """Scene after scene until the till is gone."""
    while True:
        name = chance.choice([*SCENES, 'closing'])
        day.kept = {}
        for one in SCENES.get(name, CLOSING):
            if callable(one.do):
                one.do(day)
                continue
            try:
                members = day.members(one)
            except KeyError:
                break  # what it is about was refused, in this order of things
            event = ask(seen, one.do, **members)
            if event is None:
                return
            if one.keep and event['event'] != 'refused':
                day.kept[one.keep] = event
        if ask(seen, 'void') is None:
            return


def compare(seen, new):
    """What is there after the restart against what was said before the kill."""
    for event in seen.confirmed:
        record = new.get(event['seq'])
        expect(record is not None, 'what was confirmed is gone: %s' % event)
        expect(record.get('total') == event.get('total') and record.get('receipt', 'TRAINING') == event.get('receipt', 'TRAINING'),
               '%s stands as %s' % (event, record))
    told = {event[member] for event in seen.confirmed for member in ('seq', 'return_seq') if member in event}
    untold = [record for record in new.values() if record['type'] in SALES and record['seq'] not in told]
    do = seen.pending[0] if seen.pending else None
    exchange = len(untold) == 2 and {record['type'] for record in untold} == {'sale', 'return'}
    expect(len(untold) <= 1 or exchange, 'sales that nobody made: %s' % untold)
    expect(not untold or do in ('tender', 'return', 'post_void'), '%s made a sale: %s' % (do, untold))
    sold = any(record['type'] == 'sale' for record in untold)
    for operator in (seen.operator, 'u02' if seen.operator == 'u01' else 'u01'):
        login = till.good('login', operator=operator, pin=PINS[operator])
        expect(login['operator'] == operator, login)
        cart = till.good('cart')
        before, now = seen.carts[operator], cart['total']
        owed = now - cart.get('credit', 0)  # what came back in exchange counts
        expect(sum(line['amount'] for line in cart['lines']) == now and cart['due'] == owed, 'half a cart: %s' % cart)
        mine = operator == seen.operator
        if mine and sold:
            expect(cart['lines'] == [], 'a sold cart came back: %s' % cart)
        elif not (mine and do):
            expect(now == before, 'a cart of %d came back as %d after %s' % (before, now, seen.pending))
        elif do not in EMPTIES:
            expect(now != 0 or before == 0, 'a cart of %d is gone after %s' % (before, seen.pending))
        fetched = now if mine and do == 'resume' else None
        if cart.get('pending_attempt'):
            till.do('payment', attempt=cart['pending_attempt']['attempt'], outcome='closed', **MANAGER)
        expect(till.do('void')['event'] in ('void', 'refused'), 'no void')
        for ticket in list(seen.tickets) if mine else []:
            event = till.do('resume', ticket=ticket)
            expect(event.get('total') == seen.tickets[ticket] or fetched == seen.tickets[ticket], 'ticket %s is %s' % (ticket, event))
            till.do('void')


def one_round(journal):
    seen = Seen()
    till.open(login=False)
    ask(seen, 'login', operator='u01', pin=PINS['u01'])
    ask(seen, 'training', on=False)
    ask(seen, 'open_shift', float=100000)
    timer = threading.Timer(chance.uniform(0, 0.3), till.process.kill)
    timer.start()
    try:
        play_until_killed(seen)
    finally:
        timer.cancel()
        till.kill()
    till.open(login=False)
    if seen.training or (seen.pending and seen.pending[0] == 'training'):
        seen.carts = dict.fromkeys(seen.carts, 0)  # play money
        till.do('login', operator='u01', pin=PINS['u01'])
        till.do('training', on=False)
        till.do('void')
    compare(seen, journal.grown())
    till.close()
    return len(seen.confirmed)


@tap.case('nothing_is_lost_or_half_done_by_%d_kills' % rounds)
def kills():
    journal = Journal()
    confirmed = 0
    for number in range(rounds):
        try:
            confirmed += one_round(journal)
        except AssertionError as failure:
            raise AssertionError('round %d: %s' % (number, failure))
    print('# %d records confirmed, %d receipts' % (confirmed, len(journal.receipts)))
    expect(len(journal.receipts) >= rounds / 2, 'only %d receipts in %d rounds' % (len(journal.receipts), rounds))


@tap.case('both_ends_hold_the_same_and_verify')
def agree():
    done = day.programs.run(day.programs.coster, 'sync', '--data', till.folder, '--timeout', '60', check=False)
    expect(done.returncode == 0, 'sync: ' + done.stderr)
    expect(till.status()['unsent'] == 0, 'something is unsent')
    expect(till.journal() == day.central.journal(), 'central holds other records')
    checked = till.verify()
    expect(checked.returncode == 0, 'till verify: ' + checked.stdout + checked.stderr)
    checked = day.central.command('verify', check=False)
    expect(checked.returncode == 0, 'central verify: ' + checked.stdout + checked.stderr)


tap.done()

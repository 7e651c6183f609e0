#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A written day at the counter, step by step, through the JSON-lines till: one till, its central, its printer. The Z at its
end is added up again from the records.

test_day.py PROGRAMS"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
import counter_day
from counter_day import BUTTER, MANAGER, RICE, CounterDay, kept, lot, step
from harness import Tap, expect, wait_for
from printer_sim import PrinterSim

tap = Tap('day')
day = CounterDay(sys.argv[1], tap.folder)
tap.at_end(day.stop)
printer = PrinterSim(day.programs, tap.folder / 'paper', '--columns', '48', '--dots', '576')
tap.at_end(printer.stop)
for key, value in (('source', 'tcp'), ('address', printer.address), ('text', 'korean'), ('drawer', 'pin2')):
    day.programs.run(day.programs.coster, 'device', '--data', day.till.folder, 'set', 'printer.' + key, value)
day.till.open(login=False)
DENOMINATIONS = (50000, 10000, 5000, 1000, 500, 100, 50, 10, 1)


def printed(text):
    """Whether a whole sheet says so; what was torn off does not count."""
    return any(text in path.read_text(encoding='utf-8') for path in printer.folder.glob('*.txt') if 'torn' not in path.name)


def power_cut(day):
    day.till.kill()
    day.till.open(login=False)


def paper_ends(day):
    printer.tell('paper lines 6')


def paper_is_missed(day):
    wait_for('the till to miss the paper', lambda: day.till.good('printer').get('fault') == 'paper_out')


def new_roll(day):
    printer.tell('paper ok')
    receipts = [day.kept[name]['receipt'] for name in ('torn', 'waiting')]
    wait_for('both receipts on paper', lambda: all(printed(receipt) for receipt in receipts))


PAPER_OUT = [
    step('the roll is near its end', paper_ends),
    step('butter', 'scan', 'line', text=lot(BUTTER)),
    step('is paid all the same', 'tender', 'sale', keep='torn', kind='cash', amount=10000),
    step('the header says why nothing comes out', paper_is_missed),
    step('the next shopper does not wait', 'scan', 'line', text=lot(RICE)),
    step('and pays', 'tender', 'sale', keep='waiting', kind='cash', amount=20000),
    step('a new roll: both receipts come out', new_roll),
]

POWER_CUT = [
    step('butter', 'scan', 'line', {'total': 9900}, text=lot(BUTTER)),
    step('rice', 'scan', 'line', {'total': 26800}, text=lot(RICE)),
    step('a note is on the counter', 'tender', 'tender', {'due': 16800}, kind='cash', amount=10000),
    step('the power goes, and comes back', power_cut),
    step('whoever comes logs in anew', 'tender', 'refused not_logged_in', kind='cash', amount=50000),
    step('Minji', 'login', 'login', operator='u01', pin='1234'),
    step('the cart is there, nothing of it paid', 'cart', 'cart', {'total': 26800, 'due': 26800}),
    step('she takes the money', 'tender', 'sale', {'total': 26800, 'change': 3200}, keep='after the cut', kind='cash', amount=30000),
    step('the power goes again', power_cut),
    step('Minji', 'login', 'login', operator='u01', pin='1234'),
    step('what was sold does not come back', 'cart', 'cart', {'total': 0}),
    step('and the receipt is there', 'receipt', 'receipt', {'copies': 0}, receipt=kept('after the cut', 'receipt')),
]


def with_a_badge(day):
    code = day.central.command('operator', 'badge', '--store', '1', '--operator', 'u02').stdout.strip()
    expect(day.till.do('sync', timeout_s=30)['event'] == 'synced', 'the badge did not arrive')
    login = day.till.do('scan', text=code)
    expect(login['event'] == 'login' and login['operator'] == 'u02', 'the badge gives %s' % login)


BADGE = [
    step('Minji scans butter', 'scan', 'line', text=lot(BUTTER)),
    step('Junho scans his badge over her cart', with_a_badge),
    step('his is empty', 'cart', 'cart', {'total': 0}),
    step('Minji again', 'login', 'login', operator='u01', pin='1234'),
    step('her butter', 'cart', 'cart', {'total': 9900}),
    step('goes back to the shelf', 'void', 'void'),
]


def count_blind(day):
    """The notes and coins of what should be there, a 500 coin short; the till does not say beforehand."""
    left, pieces = day.till.good('report', kind='x', **MANAGER)['cash']['expected'] - 500, {}
    for value in DENOMINATIONS:
        pieces[str(value)], left = divmod(left, value)
    count = day.till.good('cash_up', denominations=pieces)
    expect(count['over_short'] == -500, 'the count is %s' % count)
    day.kept['count'] = count


CLOSING = [
    step('an open cart', 'scan', 'line', text=lot(BUTTER)),
    step('is given up', 'void', 'void'),
    step('the drawer is counted by notes and coins', count_blind),
    step('the Z', 'report', 'report', {'kind': 'z', 'z': 1}, keep='z', kind='z'),
    step('someone still wants rice', 'scan', 'line', text=lot(RICE)),
    step('after the Z nothing is sold', 'tender', 'refused no_shift', kind='cash', amount=20000),
    step('the cart is given up', 'void', 'void'),
    step('the next float', 'open_shift', 'shift', float=50000),
    step('what was sold before the Z stays', 'post_void', 'refused period_closed', receipt=kept('after the cut', 'receipt'), reason='late', **MANAGER),
    step('good night', 'logout', 'logout'),
]

WRITTEN = {'opening': counter_day.OPENING, 'forbidden': counter_day.FORBIDDEN, **counter_day.SCENES, 'taught': counter_day.TAUGHT,
           'paper out': PAPER_OUT, 'power cut': POWER_CUT, 'badge': BADGE, 'closing': CLOSING}
for name, steps in WRITTEN.items():
    tap.case(name.replace(' ', '_'))(lambda steps=steps: day.play(steps))


@tap.case('the_day_has_more_than_100_steps')
def length():
    expect(day.steps > 100, 'it had %d' % day.steps)


def total_of(records):
    return {'amount': sum(record['total'] for record in records), 'count': len(records)}


@tap.case('the_z_is_the_sum_of_the_records')
def sums():
    z, records = day.kept['z'], day.till.journal()
    sales, returns, undone = ([r for r in records if r['type'] == kind] for kind in ('sale', 'return', 'post_void'))
    expect(z['sales'] == total_of(sales), 'sales: %s, not %s' % (z['sales'], total_of(sales)))
    expect(z['returns'] == total_of(returns), 'returns: %s, not %s' % (z['returns'], total_of(returns)))
    expect(z['post_voids'] == total_of(undone), 'post-voids: %s, not %s' % (z['post_voids'], total_of(undone)))
    moved = sales + returns + undone
    expect(z['net'] == sum(r['total'] for r in moved), 'net: %s' % z['net'])
    tenders, rates = {}, {}
    for record in moved:
        expect(sum(line['amount'] for line in record['lines']) + record.get('rounding', 0) == record['total'], 'the lines of %s' % record)
        for tender in record['tenders']:
            tenders[tender['kind']] = tenders.get(tender['kind'], 0) + tender['amount'] - tender['change']
        for row in record['tax']:
            base, tax = rates.get(row['rate_bp'], (0, 0))
            rates[row['rate_bp']] = (base + row['base'], tax + row['tax'])
    said = {row['kind']: row['amount'] for row in z['tenders']}
    expect(said == tenders, 'tenders: %s, not %s' % (said, tenders))
    expect({row['rate_bp']: (row['base'], row['tax']) for row in z['rates']} == rates, 'tax: %s, not %s' % (z['rates'], rates))
    cash = z['cash']
    expected = 100000 + tenders['cash'] + 20000 - 6000 - 50000
    expect((cash['counted'], cash['over_short']) == (expected - 500, -500), 'the drawer: %s, not %s' % (cash, expected))
    expect(z['grand_sales'] == sum(r['total'] for r in sales), 'the grand total: %s' % z['grand_sales'])


@tap.case('each_sale_is_on_paper_and_at_central_and_all_verify')
def both_ends():
    day.till.good('login', operator='u01', pin='1234')
    expect(day.till.do('sync', timeout_s=60)['event'] == 'synced', 'the till did not sync')
    wait_for('the printer to be done', lambda: day.till.good('printer')['waiting'] == 0)
    for record in day.till.journal():
        if record['type'] in ('sale', 'return') and 'training' not in record:
            expect(printed(record['receipt']), '%s is not on paper' % record['receipt'])
    day.till.close()
    expect(day.central.journal() == day.till.journal(), 'central holds other records')
    done = day.till.verify()
    expect(done.returncode == 0, 'till verify: ' + done.stdout + done.stderr)
    done = day.central.command('verify', check=False)
    expect(done.returncode == 0, 'central verify: ' + done.stdout + done.stderr)


tap.done()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Receipts of real sales on the emulated printer: on paper after each sale, not before; never waited for; once.

test_printing.py PROGRAMS [ROUNDS of kill -9 [SEED]]"""
import pathlib
import random
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Shop, Tap, Till, expect, shop_day, wait_for
from printer_sim import PrinterSim

programs = Programs(sys.argv[1])
tap = Tap('printing')
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 10
seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 31)
chance = random.Random(seed)
print('# seed %d, %d rounds' % (seed, ROUNDS))
central = Central(programs, tap.folder / 'central').serve()
till = Till(programs, tap.folder / 'till').enrol(central, 'till 1')
printer = PrinterSim(programs, tap.folder / 'paper', '--columns', '48', '--dots', '576')
for closer in (central.kill, till.kill, printer.stop):
    tap.at_end(closer)
shop = Shop(till.feed())
pieces = shop.lots('each', shop_day())


def set_printer(**settings):
    for key, value in settings.items():
        programs.run(programs.coster, 'device', '--data', till.folder, 'set', 'printer.' + key, value)


def state(fault, waiting=None):
    """Waits until the till says so of its printer."""
    def look():
        event = till.good('printer')
        return event if event.get('fault') == fault and waiting in (None, event['waiting']) else None
    return wait_for('the printer to be "%s"' % fault, look)


def last(words):
    return printer.text('receipt-%03d%s' % (printer.count('paper /'), words))


@tap.case('each_sale_comes_out_with_its_code_and_opens_the_drawer')
def prints():
    set_printer(source='tcp', address=printer.address, text='korean', drawer='pin2')
    till.open()
    sale = till.sell([shop.link(pieces[0])])
    printer.wait('cut 1')
    text = printer.text('receipt-001')
    expect(sale['receipt'] in text, text)
    expect('[QR coster:%s:' % sale['receipt'] in text, text)
    expect('₩' not in text and '원' in text, text)
    printer.wait('drawer pin2', 2)  # the float, the sale
    state('', 0)


@tap.case('a_card_sale_leaves_the_drawer_shut')
def card():
    kicks = printer.count('drawer')
    till.sell([shop.link(pieces[1])], kind='card')
    printer.wait('cut 2')
    expect(printer.count('drawer') == kicks, 'the drawer opened')


@tap.case('a_printer_that_is_off_holds_up_no_sale')
def off():
    printer.tell('off')
    began = time.monotonic()
    sold = [till.sell([shop.link(pieces[number])])['receipt'] for number in range(3)]
    took = time.monotonic() - began
    expect(took < 10, '3 sales took %.1f s' % took)
    event = state('off', 3)
    expect('3' in event['message'], event)
    printer.tell('on')
    printer.wait('cut 5')
    for number, receipt in enumerate(sold):
        expect(receipt in printer.text('receipt-%03d' % (3 + number)), 'out of order')
    state('', 0)


@tap.case('paper_out_in_mid_receipt_is_named_and_the_next_print_is_a_copy')
def paper_out():
    printer.tell('paper lines 6')
    sale = till.sell([shop.link(pieces[2])])
    printer.wait('paper out')
    event = state('paper_out', 1)
    expect('paper is out' in event['message'], event)
    printer.tell('paper ok')
    printer.wait('cut 7')
    text = printer.text('receipt-007')
    expect('사본 1' in text and sale['receipt'] in text, text)
    expect(sale['receipt'] not in printer.text('receipt-006-torn') or '[QR' not in printer.text('receipt-006-torn'),
           'the torn one is whole')
    state('', 0)


@tap.case('kill_9_with_jobs_queued_prints_each_once_after_the_restart')
def killed():
    printer.tell('cover open')
    sold = [till.sell([shop.link(pieces[number])])['receipt'] for number in range(4)]
    expect(state('cover_open', 4)['state'] == 'fault', 'no fault')
    till.kill()
    printer.tell('cover closed')
    before = printer.count('cut ')
    till.open()
    printer.wait('cut ', before + 4)
    state('', 0)
    expect(printer.count('cut ') == before + 4, 'something came out twice')
    for number, receipt in enumerate(sold):
        text = printer.text('receipt-%03d' % (before + 2 + number))  # and one that was torn
        expect(receipt in text and '사본' not in text, text)


def printed():
    """Each code on paper, in its order: (receipt, whether a copy's mark stands before it)."""
    found, marked = [], False
    for path in sorted(printer.folder.glob('*.txt')):
        for line in path.read_text(encoding='utf-8').splitlines():
            marked = marked or '사본' in line
            match = re.match(r'\[QR coster:([^:]+):', line)
            if match:
                found.append((match.group(1), marked))
                marked = False
    return found


@tap.case('killed_at_%d_random_moments_no_receipt_is_lost_and_none_comes_twice_unmarked' % ROUNDS)
def random_kills():
    sold = []
    printer.tell('slow 6000')
    for number in range(ROUNDS):
        for _ in range(chance.randint(1, 2)):
            sold.append(till.sell([shop.link(pieces[0])])['receipt'])
        time.sleep(chance.random() * 0.5)  # where the blow falls is the point
        till.kill()
        till.open()
    printer.tell('slow 0')
    state('', 0)
    wait_for('each receipt', lambda: set(sold) <= {receipt for receipt, _ in printed()})
    state('', 0)
    for receipt in sold:
        marks = [marked for name, marked in printed() if name == receipt]
        expect(marks.count(False) <= 1, '%s came out unmarked %d times' % (receipt, marks.count(False)))


@tap.case('reports_and_slips_are_printed_too')
def reports():
    before = printer.count('cut ')
    till.good('report', kind='x')
    printer.wait('cut ', before + 1)
    expect('X 중간 집계' in last('') and '순매출' in last(''), last(''))
    till.scan(shop.link(pieces[0]))
    ticket = till.good('suspend')['ticket']
    printer.wait('cut ', before + 2)
    expect(ticket in last('') and '[QR ' in last(''), last(''))
    till.good('resume', ticket=ticket)
    till.good('void')
    state('', 0)


@tap.case('a_receipt_asked_for_again_is_a_copy')
def again():
    receipt = till.status()['last_receipt']
    before = printer.count('cut ')
    event = till.good('print', receipt=receipt)
    expect(event['event'] == 'print' and event['copy'] == 1, event)
    printer.wait('cut ', before + 1)
    expect('사본 1 ***' in last('') and receipt in last(''), last(''))
    expect(till.do('print', receipt='T99-000001').get('why') == 'no_such_receipt', 'it was printed')
    programs.run(programs.coster, 'print', '--data', till.folder, receipt)
    printer.wait('cut ', before + 2)
    till.close()


@tap.case('coster_print_works_without_a_till_and_says_what_hinders_it')
def alone():
    receipt = till.status()['last_receipt']
    before = printer.count('cut ')
    programs.run(programs.coster, 'print', '--data', till.folder, receipt)
    expect(printer.count('cut ') == before + 1, 'nothing came out')
    printer.tell('paper out')
    done = programs.run(programs.coster, 'print', '--data', till.folder, '--timeout', '1', receipt, check=False)
    expect(done.returncode == 1 and 'paper is out' in done.stderr, done.stderr)
    printer.tell('paper ok')
    till.open()
    printer.wait('cut ', before + 2)
    till.close()


@tap.case('on_request_only_then_never')
def ask():
    set_printer(receipt='ask')
    before = printer.count('cut ')
    till.open()
    one = till.sell([shop.link(pieces[0])])['receipt']
    two = till.sell([shop.link(pieces[1])])['receipt']
    event = till.good('print', receipt=two)
    expect(event['copy'] == 0, event)
    printer.wait('cut ', before + 1)
    expect(two in last('') and '사본' not in last(''), last(''))
    expect(till.good('print', receipt=one)['copy'] == 1, 'the first one is no copy')
    printer.wait('cut ', before + 2)
    till.close()
    set_printer(receipt='never')
    till.open()
    three = till.sell([shop.link(pieces[1])])['receipt']
    expect(till.good('printer')['waiting'] == 0, 'it waits')
    till.good('print', receipt=three)
    printer.wait('cut ', before + 3)
    till.close()
    expect(printer.count('cut ') == before + 3, 'one came out unasked')


@tap.case('without_a_printer_it_is_said')
def none():
    set_printer(source='none')
    till.open()
    expect(till.good('printer')['state'] == 'none', 'there is one')
    receipt = till.sell([shop.link(pieces[0])])['receipt']
    expect(till.do('print', receipt=receipt).get('why') == 'no_printer', 'it was printed')
    till.close()


@tap.case('a_receipt_as_pdf')
def pdf():
    receipt = till.status()['last_receipt']
    path = tap.folder / 'receipt.pdf'
    programs.run(programs.coster, 'receipt', '--data', till.folder, '--pdf', path, receipt)
    text = programs.run('pdftotext', '-layout', path, '-').stdout
    size = programs.run('pdfinfo', path).stdout
    expect(receipt in text, text)
    expect('Pages:           1' in size and '226.7' in size, size)  # one page of 80 mm


tap.done()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core of the written day in the window, by keys and touch as its user, and once more through the JSON-lines till: the
same records and the same receipts.

test_day_window.py PROGRAMS; inside tests/support/run-headless.sh"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from counter_day import BUTTER, RICE, SOYBEANS, CounterDay, kept, lot, step
from harness import Tap, Till, expect, wait_for
from uidrive import Keyboard, Window

tap = Tap('day_window')
day = CounterDay(sys.argv[1], tap.folder)
tap.at_end(day.stop)
keyboard = Keyboard()
shown, lines = day.till, Till(day.programs, tap.folder / 'lines').enrol(day.central, 'till 2')
tap.at_end(lines.kill)
KINDS = ('open_shift', 'sale', 'return', 'cash_up', 'z_report')
OWN = ('at', 'seq', 'terminal', 'head', 'to_seq')  # what two tills never have in common
window = Window([day.programs.folder / 'coster-window', '--mode', 'till', '--data', shown.folder], day.programs.environment())
tap.at_end(window.close)


def records(till, kind):
    return [record for record in till.journal() if record['type'] == kind]


@tap.case('the_float')
def opening():
    window.touch(keyboard, '김민지')
    window.wait('PIN of 김민지')
    keyboard.type('1234\n', 60)
    window.wait('Cash in the drawer')
    keyboard.type('100000\n', 60)
    window.wait('Ready for the next customer')


@tap.case('scan_weigh_and_pay')
def sale():
    keyboard.scan(lot(RICE)(day))
    window.wait('1 item')
    keyboard.scan(lot(SOYBEANS)(day))
    window.wait('Grams of')
    keyboard.type('450\n', 60)
    window.wait('0.450 kg')
    keyboard.scan(lot(BUTTER)(day))
    window.wait('3 items')
    keyboard.press('F9')
    window.wait('Exact cash')
    keyboard.press('Return')
    window.wait('T01-000001')
    keyboard.press('Return')
    window.wait('Ready for the next customer')


@tap.case('200_g_come_back_to_waste')
def taken_back():
    keyboard.press('alt+k')
    window.wait('Take goods back')
    keyboard.scan('coster:T01-000001:x:1:1:0123456789abcdef')
    window.wait('What of receipt T01-000001?')
    keyboard.type('2', 60)
    window.wait('How much of')
    keyboard.type('200\n', 80)
    window.wait('Where does it go?')
    keyboard.type('2', 60)
    window.wait('How does the money go back?')
    keyboard.type('1', 60)
    wait_for('the return in the journal', lambda: records(shown, 'return'))


@tap.case('the_blind_count_and_the_z')
def closing():
    keyboard.press('Escape')
    window.wait('Ready for the next customer')
    keyboard.press('alt+c')
    window.wait('Drawer and day')
    keyboard.type('5', 60)
    window.wait('How many ₩50,000?')
    keyboard.type('2\n', 60)
    window.wait('How many ₩10,000?')
    keyboard.type('3', 60)
    window.wait('₩130,000')
    keyboard.press('F12')
    window.wait('₩525 missing in the drawer.')
    keyboard.press('Return')
    window.touch(keyboard, 'Z report')
    window.wait('cannot be reopened')
    keyboard.type('7', 60)
    wait_for('the Z in the journal', lambda: records(shown, 'z_report'))
    expect(window.close() == 0, 'the window did not end well')


SAME = [
    step('Minji', 'login', 'login', operator='u01', pin='1234'),
    step('the float', 'open_shift', 'shift', float=100000),
    step('rice', 'scan', 'line', text=lot(RICE)),
    step('soybeans', 'scan', 'weigh', text=lot(SOYBEANS)),
    step('450 g', 'weight', 'line', grams=450),
    step('butter', 'scan', 'line', {'total': 33505}, text=lot(BUTTER)),
    step('exact cash', 'tender', 'sale', keep='sale', kind='cash', amount=33505),
    step('200 g to waste', 'return', 'sale', receipt=kept('sale', 'receipt'), line=2, qty=200, to='waste'),
    step('the count', 'cash_up', 'report', {'over_short': -525}, denominations={'50000': 2, '10000': 3}),
    step('the Z', 'report', 'report', kind='z'),
]


def plain(till):
    """What happened at a till, without what is its own."""
    found = []
    for record in till.journal():
        if record['type'] in KINDS:
            row = {name: value for name, value in record.items() if name not in OWN}
            found.append(re.sub(r'\bT0[12]-', 'T-', repr(sorted(row.items()))))
    return found


def on_paper(till, receipt):
    text = day.programs.run('pdftotext', '-layout', pdf(till, receipt), '-').stdout
    text = re.sub(r'\bT0[12]-', 'T-', text)
    return re.sub(r'\d{4}-\d\d-\d\d.*|\b[0-9a-f]{4,}\b|\d\d:\d\d(:\d\d)?', '', text).replace('till 1', '').replace('till 2', '')


def pdf(till, receipt):
    path = tap.folder / (receipt + '.pdf')
    day.programs.run(day.programs.coster, 'receipt', '--data', till.folder, '--pdf', path, receipt)
    return path


@tap.case('the_json_lines_till_makes_the_same_records_and_receipts')
def same():
    day.till = lines.open(login=False)
    day.play(SAME)
    lines.close()
    by_window, by_lines = plain(shown), plain(lines)
    expect(len(by_window) == 5, by_window)
    for one, other in zip(by_window, by_lines):
        expect(one == other, '\n%s\n%s' % (one, other))
    expect(len(by_lines) == 5, by_lines)
    for number in ('000001', '000002'):
        one, other = on_paper(shown, 'T01-' + number), on_paper(lines, 'T02-' + number)
        expect(len(one) > 100 and one == other, '\n%s\n%s' % (one, other))
    for till in (shown, lines):
        expect(till.verify().returncode == 0, 'a till does not verify')


tap.done()

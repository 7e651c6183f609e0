#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cashier's money through the window: cash in and out with a manager's approval, a split payment that is partly taken back,
lock, a receipt found and copied, training, the blind count, X and Z.

test_closing.py PROGRAMS TILL_FOLDER [FOLDER for pictures]; inside tests/support/run-headless.sh"""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Programs, Tap, expect, wait_for
from uidrive import Keyboard, Window

programs = Programs(sys.argv[1])
tap = Tap('closing')
pictures = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else tap.folder
pictures.mkdir(parents=True, exist_ok=True)
keyboard = Keyboard()
folder, papers = tap.folder / 'till', tap.folder / 'papers'
subprocess.run([sys.argv[2], str(folder)], check=True)
papers.mkdir()
for key, value in (('printer.source', 'pdf'), ('printer.address', papers), ('sound.on', 'off')):
    programs.run(programs.coster, 'device', '--data', folder, 'set', key, value)
window = Window([programs.folder / 'coster-window', '--mode', 'till', '--data', folder, '--offline'],
                dict(programs.environment(), HOME=str(tap.folder)))
tap.at_end(window.close)
SOAP = '9521234500032'  # 12900


def records(kind):
    done = programs.run(programs.coster, 'journal', '--data', folder)
    return [r for r in map(json.loads, done.stdout.splitlines()) if r['type'] == kind]


def last(kind):
    return wait_for('a record ' + kind, lambda: records(kind))[-1]


@tap.case('log_in_and_float')
def log_in():
    window.wait('Who is at the till?')
    window.touch(keyboard, 'Kim', 'toggle button') if window.find('Kim', 'toggle button') else window.touch(keyboard, 'Kim')
    window.wait('PIN of Kim')
    keyboard.type('1111\n', 60)
    window.wait('the PIN is wrong')
    keyboard.type('1234\n', 60)
    window.wait('Cash in the drawer')
    keyboard.type('100000\n', 60)
    window.wait('Ready for the next customer')


@tap.case('cash_in_by_key_and_touch')
def cash_in():
    keyboard.press('alt+c')
    window.wait('Drawer and day')
    window.picture(pictures / 'drawer-menu.png')
    keyboard.type('1', 60)
    window.wait('Cash in')
    keyboard.type('5000\n', 60)
    window.wait('What for?')
    window.touch(keyboard, 'Change')
    window.picture(pictures / 'drawer-amount.png')
    keyboard.press('Return')
    window.wait('₩5,000 put into the drawer.')
    expect(last('paid_in')['reason'] == 'Change', last('paid_in'))


@tap.case('cash_out_is_approved_by_a_manager')
def cash_out():
    window.touch(keyboard, 'Cash out')
    window.touch(keyboard, 'Supplier')
    keyboard.type('2000\n', 60)
    window.wait('A manager has to approve')
    window.picture(pictures / 'approval.png')
    keyboard.type('1111\n', 60)
    window.wait('the PIN is wrong')
    keyboard.type('9999\n', 60)
    window.wait('₩2,000 paid out of the drawer.')
    expect(last('paid_out')['approver'] == 'u09', last('paid_out'))


@tap.case('safe_drop_and_no_sale')
def drop():
    keyboard.type('3', 60)
    window.wait('To the safe')
    keyboard.type('30000\n', 60)
    window.wait('₩30,000 taken to the safe.')
    window.touch(keyboard, 'Open the drawer')
    window.wait('The drawer is open')
    expect(len(records('no_sale')) == 1, 'no_sale')
    keyboard.press('Escape')
    window.wait('Ready for the next customer')


@tap.case('a_split_payment_is_partly_taken_back')
def split():
    keyboard.scan(SOAP)
    window.wait('1 item')
    keyboard.press('F12')
    window.wait('Exact cash ₩12,900')
    keyboard.type('5000\n', 60)
    window.wait('₩5,000 taken')
    window.picture(pictures / 'tender-split.png')
    window.touch(keyboard, 'Take back: Cash')
    window.wait('Exact cash ₩12,900')
    keyboard.type('2900', 60)
    keyboard.press('F11')
    window.wait('Key this amount into the card terminal')
    window.picture(pictures / 'tender-card.png')
    keyboard.press('Return')
    window.wait('Exact cash ₩10,000')
    window.touch(keyboard, 'Exact cash')
    window.wait('Sold and saved')
    sale = last('sale')
    expect([(t['kind'], t['amount']) for t in sale['tenders']] == [('card', 2900), ('cash', 10000)], sale['tenders'])
    window.wait('Printed')
    window.picture(pictures / 'receipt-printed.png')
    keyboard.press('F9')
    window.wait('Saved as')
    expect(list((tap.folder / 'Coster').glob('*.pdf')), 'a PDF')
    keyboard.press('Return')
    window.wait('Ready for the next customer')


@tap.case('a_locked_till_opens_with_the_pin')
def locked():
    keyboard.scan(SOAP)
    window.wait('1 item')
    keyboard.press('alt+l')
    window.wait('Locked · Kim Minji has 1 item in the cart')
    window.picture(pictures / 'locked.png')
    keyboard.scan(SOAP)
    keyboard.type('1234\n', 60)
    keyboard.press('F10')
    window.wait('Take 1 item off the cart?')
    keyboard.press('F10')
    window.wait('Ready for the next customer')


@tap.case('a_receipt_is_found_and_copied')
def receipts():
    keyboard.press('alt+f')
    number = last('sale')['receipt']
    window.wait(number)
    keyboard.type('12,900', 60)
    window.wait(number)
    window.touch(keyboard, number, 'list item')
    window.wait('Gross 10%')  # its paper
    window.picture(pictures / 'receipts.png')
    keyboard.press('F8')
    window.wait('Copy 1, marked as one.')
    expect(last('reprint')['copy'] == 1, last('reprint'))
    keyboard.press('Escape')
    window.wait('Ready for the next customer')


@tap.case('training_stands_on_every_screen_and_reaches_nothing')
def training():
    keyboard.press('alt+c')
    keyboard.type('9', 60)
    window.wait('A manager has to approve')
    keyboard.type('9999\n', 60)
    window.wait('TRAINING')
    keyboard.press('Escape')
    keyboard.scan(SOAP)
    window.wait('1 item')
    window.picture(pictures / 'training.png')
    keyboard.press('F12')
    keyboard.press('F12')
    window.wait('Sold and saved')
    expect(len(records('sale')) == 1, 'a practised sale is none')
    keyboard.press('Return')
    keyboard.press('alt+c')
    window.wait('End training')
    keyboard.type('9', 60)
    window.wait('Training is over')


@tap.case('the_drawer_is_counted_blind')
def count():
    keyboard.type('6', 60)
    last('x_report')
    window.wait('xpected')  # an X says it, a count must not
    window.picture(pictures / 'x-report.png')
    keyboard.press('Return')
    keyboard.type('5', 60)
    window.wait('How many ₩50,000?')
    expect(not window.find('xpected'), 'what is expected is shown before the count')
    keyboard.type('1\n', 60)
    window.wait('How many ₩10,000?')
    keyboard.type('3\n', 60)
    window.wait('How many ₩5,000?')
    window.touch(keyboard, '₩1,000 ×', 'toggle button') if window.find('₩1,000 ×', 'toggle button') else window.touch(keyboard, '₩1,000 ×')
    window.wait('How many ₩1,000?')
    keyboard.type('2', 60)
    window.wait('₩82,000')
    window.picture(pictures / 'count.png')
    keyboard.press('F12')
    window.wait('₩1,000 missing in the drawer.')
    cash_up = last('cash_up')
    expect(cash_up['denominations'] == {'50000': 1, '10000': 3, '1000': 2} and cash_up['over_short'] == -1000, cash_up)
    window.picture(pictures / 'count-result.png')
    keyboard.press('Return')


@tap.case('devices_are_set_and_tried_at_the_till')
def devices():
    keyboard.type('0', 60)
    window.wait('How is it connected?')
    before = len(list(papers.glob('*.pdf')))
    window.touch(keyboard, 'Printer', 'toggle button') if window.find('Printer', 'toggle button') else window.touch(keyboard, 'Printer')
    window.touch(keyboard, 'Print a test page')
    window.wait('A test page is on its way')
    wait_for('the test page', lambda: len(list(papers.glob('*.pdf'))) > before)
    window.picture(pictures / 'devices-printer.png')
    window.touch(keyboard, 'Sounds', 'toggle button') if window.find('Sounds', 'toggle button') else window.touch(keyboard, 'Sounds')
    window.picture(pictures / 'devices-sound.png')
    keyboard.press('Escape')
    window.wait('Cash in the drawer')
    keyboard.press('alt+c')
    window.wait('No shift is open')


@tap.case('z_closes_the_day_after_a_second_touch')
def z():
    window.touch(keyboard, 'Z report')
    window.wait('cannot be reopened')
    expect(not records('z_report'), 'one touch closes no day')
    keyboard.type('7', 60)
    window.wait('missing in the drawer')
    expect(last('z_report')['z'] == 1, last('z_report'))
    window.picture(pictures / 'z-report.png')
    keyboard.press('Return')
    window.wait('No shift') if window.find('No shift') else None
    keyboard.press('Escape')
    window.wait('Cash in the drawer')
    wait_for('the papers', lambda: len(list(papers.glob('*.pdf'))) >= 6)
    window.close()
    expect(programs.run(programs.coster, 'verify', '--data', folder).returncode == 0, 'verify')


tap.done()

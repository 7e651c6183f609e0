#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shop from an empty folder to its first sale, as its owner would do it: the window's assistant, products from another program's
sheet, a code for the first till, a sale there that the manager's figures show.

test_new_shop.py PROGRAMS    (inside run-headless.sh)"""
import os
import pathlib
import re
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Programs, Tap, Till, expect, wait_for
from uidrive import Keyboard, Window

programs = Programs(sys.argv[1])
tap = Tap('new_shop')
office = tap.folder / 'office'
office.mkdir(mode=0o700)
sheet = tap.folder / 'catalog.csv'
sheet.write_text('Token,Item Name,Variation Name,SKU,Description,Category,GTIN,Price,Default Unit Cost\n'
                 'A1,Apple,Regular,AP-1,"Red, crisp",Fruit,8801234567893,1.25,0.80\n'
                 'A2,Pear,Regular,PE-1,,Fruit,4006381333931,2.50,1.10\n'
                 'A3,Broken,Regular,,,Fruit,8801234567890,1.00,\n')
keyboard = Keyboard()


def services():
    """The central services of this test's folder."""
    found = []
    for entry in pathlib.Path('/proc').iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / 'cmdline').read_bytes().split(b'\0')
            except OSError:
                continue
            if str(office).encode() + b'-central' in words:
                found.append(int(entry.name))
    return found


def end_services():
    for number in services():
        os.kill(number, signal.SIGTERM)
    wait_for('the central service to end', lambda: not services(), 20)


tap.at_end(end_services)
window = Window([pathlib.Path(sys.argv[1]) / 'coster-window', '--mode', 'manager', '--data', office],
                dict(programs.environment(), HOME=str(tap.folder)))
tap.at_end(window.close)
codes = {}


def enter(label, text):
    window.touch(keyboard, label, 'text')
    keyboard.press('ctrl+a')
    keyboard.type(text, 3)


@tap.case('the_assistant_makes_a_shop')
def assistant():
    window.touch(keyboard, 'A new shop on this machine…')
    window.wait('Name of the shop')
    enter('Name of the shop', 'Corner Greens')
    enter('Currency', 'EUR')
    enter('Time zone', 'Europe/Berlin')
    enter('Name of the manager', 'Mia Weber')
    keyboard.press('Tab')
    keyboard.type('4711\n', 5)
    window.wait('Who manages?')
    window.wait('Mia Weber')
    keyboard.type('4711\n', 5)
    window.wait('Nothing needs a decision')


@tap.case('products_come_from_a_sheet_after_a_look_at_it')
def products():
    window.touch(keyboard, 'Set-up', 'list item')
    window.touch(keyboard, 'By its path…')
    keyboard.type('%s\n' % sheet, 3)
    window.wait('Square 3 rows: 2 new')
    window.wait('check digit')
    window.touch(keyboard, 'Take these products')
    window.wait('on their way to the tills')


@tap.case('a_code_makes_the_first_till')
def code():
    window.touch(keyboard, 'Code for a till')
    text = window.wait('Address https://').get_name()
    codes['url'] = re.search(r'https://[\d.:]+', text).group(0)
    codes['code'] = text.split('\n')[1].strip()

    def enrolled():
        return programs.run(programs.coster, 'enrol', '--data', tap.folder / 'till', '--url', codes['url'], '--code', codes['code'],
                            '--name', 'till 1', check=False).returncode == 0
    wait_for('the code to be known', enrolled, 30, 0.5)


@tap.case('the_first_sale')
def sale():
    till = Till(programs, tap.folder / 'till').open(login=False)
    tap.at_end(till.kill)
    till.good('login', operator='u01', pin='4711')
    till.good('open_shift', float=10000)
    till.good('sync', timeout_s=30)
    line = till.good('scan', text='8801234567893')
    expect(line['total'] == 125, line)
    till.good('tender', kind='cash', amount=200)
    till.good('sync', timeout_s=30)
    keyboard.press('F10')
    window.wait('€1.25')
    till.close()


tap.done()

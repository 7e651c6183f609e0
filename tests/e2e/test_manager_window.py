#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A manager's morning in the window, with the real central service and a till: log in, accept a proposal, write off, count,
draft a price, stop a lot, import a sheet; each is seen in the feed or the journal.

test_manager_window.py PROGRAMS    (inside run-headless.sh)"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Shop, Tap, Till, expect, shop_day, wait_for
from uidrive import Keyboard, Window

programs = Programs(sys.argv[1])
tap = Tap('manager_window')
central = Central(programs, tap.folder / 'central').serve()
tap.at_end(central.kill)
till = Till(programs, tap.folder / 'till').enrol(central, 'till 1')
shop = Shop(till.feed())
pieces = shop.lots('each', shop_day())
office = tap.folder / 'office'
programs.run(programs.coster, 'enrol', '--data', office, '--url', central.url, '--code',
             central.enrol_code(mode='manager'), '--name', 'office')
keyboard = Keyboard()
environment = dict(programs.environment(), HOME=str(tap.folder))
window = Window([pathlib.Path(sys.argv[1]) / 'coster-window', '--mode', 'manager', '--data', office], environment)
tap.at_end(window.close)


def shown(part, role=None):
    return window.wait(part, role)


def decisions(name):
    return [record for record in central.journal() if record.get('command') == name]


@tap.case('log_in')
def log_in():
    shown('Who manages?')
    shown('u09')
    keyboard.type('9999\n', 5)
    shown('at risk')
    shown('Online')


@tap.case('the_first_exception_is_snoozed_by_one_key')
def snooze():
    keyboard.press('s')
    shown('Left alone until tomorrow.')
    wait_for('the decision at central', lambda: decisions('snooze'), 20)


@tap.case('waste_by_two_keys')
def waste():
    keyboard.press('F6')
    shown('Waste and donations')
    window.touch(keyboard, 'Product', 'text')
    keyboard.scan(shop.link(pieces[3]))
    keyboard.type('2', 5)
    window.touch(keyboard, 'Damaged (3)')
    shown('The waste is booked.')
    records = wait_for('the record at central', lambda: [r for r in central.journal() if r['type'] == 'write_off'], 20)
    expect(records[-1]['qty'] == 2 and records[-1]['reason'] == 'damaged', records[-1])
    expect(records[-1]['lot'] == pieces[3].split('/')[1], records[-1])


@tap.case('inventory_shows_every_lot')
def inventory():
    keyboard.press('F3')
    shown('Inventory')
    shown(' lots')


@tap.case('every_page_opens_without_a_word_of_complaint')
def pages():
    for key, title in (('F4', 'Receiving'), ('F5', 'Counting'), ('F7', 'On the way'), ('F8', 'Add to the draft'), ('F9', 'Stopped now'),
                       ('F10', 'Sales by day'), ('F11', 'What became of decisions'), ('F12', 'Operators')):
        keyboard.press(key)
        shown(title)
    expect(window.process.poll() is None, 'the window has ended')


tap.done()

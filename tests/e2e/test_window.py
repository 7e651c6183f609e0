#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cashier's day at the window: enrol, log in, scan with a scanner's speed, weigh, pay, receipt, and again after a restart.
What stands on the screen is read from the accessibility bus; what was sold is read from the journal.

test_window.py PROGRAMS [FOLDER for pictures]; inside tests/support/run-headless.sh"""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Shop, Tap, Till, expect, shop_day, wait_for
from uidrive import Keyboard, Window

programs = Programs(sys.argv[1])
tap = Tap('window')
pictures = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else tap.folder
pictures.mkdir(parents=True, exist_ok=True)
central = Central(programs, tap.folder / 'central').serve()
tap.at_end(central.kill)
keyboard = Keyboard()
folder = tap.folder / 'till'
till = Till(programs, folder)
state = {}


def open_window(*more):
    window = Window([programs.folder / 'coster-window', '--mode', 'till', '--data', folder, *more], programs.environment())
    tap.at_end(window.close)
    state['window'] = window
    return window


def log_in(window):
    window.touch(keyboard, '김민지')
    window.wait('PIN of 김민지')
    keyboard.type('1234\n', 60)


def won(amount):
    return '₩{:,}'.format(amount)


@tap.case('an_empty_folder_is_enrolled_in_the_window')
def enrol():
    script = tap.folder / 'enrol.jsonl'
    script.write_text('{"do":"enrol","url":"%s","code":"%s"}\n' % (central.url, central.enrol_code()))
    window = open_window('--script', script)
    window.wait('Who is at the till?')
    window.picture(pictures / 'login.png')
    state['shop'] = Shop(till.feed())


@tap.case('a_wrong_pin_is_told_and_the_right_one_opens_the_shift')
def login():
    window = state['window']
    window.touch(keyboard, '김민지')
    window.wait('PIN of 김민지')
    keyboard.type('4321\n', 60)
    window.wait('The operator or the PIN is wrong: try again')
    keyboard.type('1234\n', 60)
    window.wait('Cash in the drawer')
    keyboard.type('100000\n', 60)
    window.wait('Ready for the next customer')


@tap.case('fast_keys_are_a_line_whatever_has_the_focus')
def scan():
    window, shop = state['window'], state['shop']
    key = shop.lots('each', shop_day())[0]
    keyboard.press('F2')  # the search entry has the focus
    keyboard.scan(shop.link(key))
    window.wait('Lot ' + key.split('/')[1])
    window.wait('1 item')
    entry = window.wait('Search products', 'entry')
    expect(entry.get_text(0, entry.get_character_count()) == '', 'the scan was left in the search entry')
    state['first'] = key


@tap.case('a_weight_is_typed_in_place')
def weigh():
    window, shop = state['window'], state['shop']
    key = shop.lots('g', shop_day())[0]
    keyboard.scan(shop.link(key))
    window.wait('Grams of')
    keyboard.type('450\n', 60)
    window.wait('0.450 kg')
    window.wait('2 items')


@tap.case('an_unknown_code_is_told_in_the_cart')
def unknown():
    window = state['window']
    keyboard.scan('4006381333931')
    window.wait('4006381333931'[-13:])
    window.picture(pictures / 'refused.png')
    keyboard.press('Escape')
    window.wait_gone('4006381333931')


@tap.case('cash_gives_a_receipt_and_a_record')
def pay():
    window = state['window']
    window.picture(pictures / 'sale.png')
    keyboard.press('F12')
    window.wait('Exact cash')
    window.picture(pictures / 'tender.png')
    keyboard.press('Return')
    window.wait('Sold and saved')
    window.wait('T01-000001')
    window.picture(pictures / 'receipt.png')
    sales = [record for record in till.journal() if record['type'] == 'sale']
    expect(len(sales) == 1, '%d sales' % len(sales))
    expect(sales[0]['receipt'] == 'T01-000001', sales[0])
    state['sale'] = sales[0]
    keyboard.press('Return')
    window.wait('Ready for the next customer')


@tap.case('central_has_it_and_the_header_says_so')
def sent():
    window = state['window']
    wait_for('the sale at the central service', lambda: any(r.get('receipt') == 'T01-000001' for r in central.journal()))
    window.wait('All sent')


@tap.case('without_the_network_it_sells_and_says_what_is_unsent')
def offline():
    window, shop = state['window'], state['shop']
    central.kill()
    window.wait('Offline')
    keyboard.scan(shop.link(state['first']))
    window.wait('1 item')
    keyboard.press('F12')
    window.wait('Exact cash')
    keyboard.press('Return')
    window.wait('T01-000002')
    window.wait('unsent since')
    window.picture(pictures / 'offline.png')
    keyboard.press('Return')


@tap.case('the_open_cart_comes_back_after_a_kill')
def kill():
    window, shop = state['window'], state['shop']
    window.wait('Ready for the next customer')
    keyboard.scan(shop.link(state['first']))
    window.wait('1 item')
    window.process.kill()
    window.process.wait()
    window = open_window()
    log_in(window)
    window.wait('1 item')
    window.wait('Lot ' + state['first'].split('/')[1])
    expect(window.close() == 0, 'the window did not end well')


@tap.case('the_journal_verifies')
def verify():
    done = till.verify()
    expect(done.returncode == 0, done.stderr)


tap.done()

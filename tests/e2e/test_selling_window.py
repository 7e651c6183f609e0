#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The counter with a queue: everything by real keys in the real window. What was sold is read from the journal.

test_selling_window.py PROGRAMS; inside tests/support/run-headless.sh"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Shop, Tap, Till, expect, shop_day, wait_for
from uidrive import Keyboard, Window

programs = Programs(sys.argv[1])
tap = Tap('selling_window')
central = Central(programs, tap.folder / 'central').serve()
tap.at_end(central.kill)
keyboard = Keyboard()
badge = central.command('operator', 'badge', '--store', '1', '--operator', 'u02').stdout.strip()
till = Till(programs, tap.folder / 'till').enrol(central, 'Counter 1')
shop = Shop(till.feed())
goods = shop.lots('each', shop_day())
state = {}


def records(kind):
    return [record for record in till.journal() if record['type'] == kind]


@tap.case('scan_scan_f9_enter')
def happy_path():
    window = Window([programs.folder / 'coster-window', '--mode', 'till', '--data', till.folder], programs.environment())
    tap.at_end(window.close)
    state['window'] = window
    window.touch(keyboard, '김민지')
    window.wait('PIN of 김민지')
    keyboard.type('1234\n', 60)
    window.wait('Cash in the drawer')
    keyboard.type('100000\n', 60)
    window.wait('Ready for the next customer')
    keyboard.scan(shop.link(goods[0]))
    window.wait('1 item')
    keyboard.scan(shop.link(goods[1]))
    window.wait('2 items')
    keyboard.press('F9')
    window.wait('Exact cash')
    keyboard.press('Return')
    window.wait('T01-000001')
    expect(len(records('sale')) == 1, records('sale'))
    keyboard.press('Return')
    window.wait('Ready for the next customer')


@tap.case('typed_words_are_commands')
def line():
    window = state['window']
    keyboard.type('3*\n', 60)
    window.wait('3 × the next item')
    keyboard.scan(shop.link(goods[0]))
    window.wait('1 item')
    keyboard.type('-10%\n', 60)
    window.wait('2 items')  # the discount is a row of its own
    keyboard.type('void 99\n', 60)
    window.wait('There is no line 99')
    keyboard.press('Escape')
    keyboard.press('ctrl+z')
    window.wait('1 item')


@tap.case('a_code_of_digits_answers_no_question')
def scan_over_question():
    window = state['window']
    keyboard.press('alt+r')
    window.wait('Discount on what?')
    keyboard.scan('1234567890128')  # 1, 2, 3 would be: the sale, 10 %, goodwill
    window.wait('1234567890128')
    keyboard.press('Escape')
    window.wait('1 item')
    expect(window.find('Goodwill') is None, 'the scan gave a discount')


@tap.case('a_discount_in_digits_and_a_manager')
def discount():
    window = state['window']
    keyboard.press('alt+r')
    window.wait('Discount on what?')
    keyboard.type('153', 150)
    window.wait('A manager has to approve')
    keyboard.type('9999\n', 60)
    window.wait_gone('A manager has to approve')
    window.wait('Goodwill')


@tap.case('suspended_and_fetched_back')
def suspend():
    window = state['window']
    keyboard.press('F11')
    window.wait('Suspended as')
    keyboard.press('F7')
    window.wait('Choose one, or scan the code on its slip.')
    keyboard.type('1', 60)
    window.wait('2 items')
    keyboard.press('F9')
    window.wait('Exact cash')
    keyboard.press('Return')
    window.wait('T01-000002')
    sale = records('sale')[-1]
    expect(sale['lines'][0]['qty'] == 3, sale)
    expect(any(row.get('kind') == 'discount' and row['approver'] == 'u09' for row in sale['lines']), sale)
    keyboard.press('Return')
    window.wait('Ready for the next customer')


@tap.case('a_receipt_s_code_takes_goods_back_to_waste')
def take_back():
    window = state['window']
    keyboard.press('alt+k')
    window.wait('Take goods back')
    keyboard.scan('coster:T01-000002:x:1:1:0123456789abcdef')
    window.wait('What of receipt T01-000002?')
    keyboard.type('1', 60)
    window.wait('How much of')
    keyboard.type('1\n', 80)
    window.wait('Where does it go?')
    keyboard.type('2', 60)
    window.wait('How does the money go back?')
    keyboard.type('1', 60)
    wait_for('the return in the journal', lambda: records('return'))
    back = records('return')[0]
    expect(back['of_receipt'] == 'T01-000002' and back['lines'][0]['qty'] == -1 and back['to'] == 'waste', back)
    window.wait('Taken back and saved')
    expect(window.find('How does the money go back?') is None, 'the question is still on the screen')
    keyboard.press('Return')
    window.wait('Ready for the next customer')


@tap.case('keys_pressed_ahead_of_the_screen_are_meant_for_it')
def ahead():
    window = state['window']
    keyboard.scan(shop.link(goods[0]))
    keyboard.press('F12')
    keyboard.press('F12')
    window.wait('T01-000004')
    keyboard.press('Return')
    window.wait('Ready for the next customer')


@tap.case('what_an_exchange_leaves_is_paid_out')
def exchange():
    window = state['window']
    keyboard.press('alt+k')
    window.wait('Take goods back')
    keyboard.scan('coster:T01-000004:x:1:1:0123456789abcdef')
    window.wait('What of receipt T01-000004?')
    keyboard.type('1', 60)
    window.wait('Where does it go?')
    keyboard.type('1', 60)
    window.wait('How does the money go back?')
    keyboard.type('2', 60)
    window.wait('credited in this sale')
    expect(window.find('How does the money go back?') is None, 'the question is still on the screen')
    keyboard.press('F9')
    window.wait('Pay out')
    keyboard.press('Return')
    window.wait('Taken back and saved')
    back = records('return')[-1]
    expect(back['of_receipt'] == 'T01-000004' and back['tenders'][0] == {'kind': 'cash', 'amount': back['total'], 'change': 0}, back)
    keyboard.press('Return')
    window.wait('Ready for the next customer')


@tap.case('a_badge_at_the_scanner_logs_in')
def log_in_by_badge():
    expect(state['window'].close() == 0, 'the window did not end well')
    before = len(till.journal())
    window = Window([programs.folder / 'coster-window', '--mode', 'till', '--data', till.folder], programs.environment())
    tap.at_end(window.close)
    state['window'] = window
    window.wait('hold your badge to the scanner')
    keyboard.scan(badge)
    window.wait('Ready for the next customer')
    news = till.journal()[before:]
    expect(any(record['operator'] == 'u02' for record in news), news)
    expect(badge not in str(till.journal()), 'the badge stands in the journal')


@tap.case('the_journal_verifies')
def verify():
    expect(state['window'].close() == 0, 'the window did not end well')
    done = till.verify()
    expect(done.returncode == 0, done.stderr)


tap.done()

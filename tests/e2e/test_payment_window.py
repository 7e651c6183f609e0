#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What takes time or goes wrong at a counter, in the window: the card terminal that waits, says no, says nothing, and a till that
is killed meanwhile; a receipt that perhaps did not come out; too many wrong PINs.

test_payment_window.py PROGRAMS TILL_FOLDER [FOLDER for pictures]; inside tests/support/run-headless.sh"""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from card_sim import CardSim
from harness import Programs, Tap, expect, wait_for
from printer_sim import PrinterSim
from uidrive import Keyboard, Window

programs = Programs(sys.argv[1])
tap = Tap('payment_window')
pictures = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else tap.folder
pictures.mkdir(parents=True, exist_ok=True)
keyboard = Keyboard()
folder = tap.folder / 'till'
subprocess.run([sys.argv[2], str(folder)], check=True)
card = CardSim(programs, tap.folder).start('timeout')
printer = PrinterSim(programs, tap.folder / 'paper', '--columns', '48', '--dots', '576')
for closer in (card.stop, printer.stop):
    tap.at_end(closer)
for key, value in (('printer.source', 'tcp'), ('printer.address', printer.address), ('printer.uncertain', 'ask'), ('sound.on', 'off'),
                   ('card.address', card.address), ('card.timeout-s', '5')):
    programs.run(programs.coster, 'device', '--data', folder, 'set', key, value)
SOAP = '9521234500032'  # 12900
state = {}


def open_window():
    state['window'] = Window([programs.folder / 'coster-window', '--mode', 'till', '--data', folder, '--offline'],
                             dict(programs.environment(), HOME=str(tap.folder)))
    return state['window']


tap.at_end(lambda: state['window'].close())


def records():
    return [json.loads(line) for line in programs.run(programs.coster, 'journal', '--data', folder).stdout.splitlines()]


def sales():
    return [record for record in records() if record['type'] == 'sale']


def log_in(window):
    window.touch(keyboard, 'Kim', None if window.find('Kim', 'push button') is None else 'push button')
    window.wait('PIN of Kim')


@tap.case('log_in')
def opened():
    window = open_window()
    window.wait('Who is at the till?')
    log_in(window)
    keyboard.type('1234\n', 60)
    window.wait('Cash in the drawer')
    keyboard.type('100000\n', 60)
    window.wait('Ready for the next customer')


@tap.case('a_card_payment_that_is_waited_for_can_be_given_up')
def given_up():
    window = state['window']
    keyboard.scan(SOAP)
    window.wait('1 item')
    keyboard.press('F9')
    keyboard.press('F11')
    window.wait('Waiting for the card')
    window.picture(pictures / 'card-wait.png')
    keyboard.press('Return')  # presses nothing by chance
    window.wait('Waiting for the card')
    keyboard.press('Escape')
    window.wait('Exact cash ₩12,900')
    expect(sales() == [], 'given up is not sold')


@tap.case('a_card_that_is_declined_is_said_and_another_way_is_open')
def declined():
    window = state['window']
    card.start('decline')
    keyboard.press('F11')
    window.wait('declined')
    window.picture(pictures / 'card-declined.png')
    window.wait('Exact cash ₩12,900')
    card.start('approve')
    keyboard.press('F11')
    window.wait('Sold and saved')
    expect(sales()[-1]['tenders'][0]['kind'] == 'card', sales()[-1])
    keyboard.press('Return')
    window.wait('Ready for the next customer')


@tap.case('a_payment_whose_end_nobody_knows_is_asked_for_and_answered_by_the_slip')
def unknown():
    window = state['window']
    card.start('timeout')
    keyboard.scan(SOAP)
    window.wait('1 item')
    keyboard.press('F9')
    keyboard.press('F11')
    window.wait('Nobody knows whether this card payment went through')
    window.picture(pictures / 'card-unknown.png')
    card.stop()  # it will not say by itself
    keyboard.press('F8')
    if wait_for('a next step', lambda: window.find('has to approve') or window.find('did not go through')) and window.find('has to approve'):
        keyboard.type('9999\n', 60)
    window.wait('did not go through')
    window.wait('Exact cash ₩12,900')
    keyboard.press('F12')
    window.wait('Sold and saved')
    keyboard.press('Return')
    window.wait('Ready for the next customer')


@tap.case('a_till_that_is_killed_while_a_card_is_charged_asks_when_it_is_back')
def killed():
    window = state['window']
    card.start('timeout')
    keyboard.scan(SOAP)
    window.wait('1 item')
    keyboard.press('F9')
    keyboard.press('F11')
    window.wait('Waiting for the card')
    window.process.kill()
    window.process.wait()
    card.stop()
    attempt = [r for r in records() if r['type'] == 'tender_attempt' and r['outcome'] == 'created'][-1]
    # What the terminal charged meanwhile.
    with open(card.state, 'a', encoding='utf-8') as charged:
        charged.write(json.dumps({'id': attempt['attempt'], 'status': 'paid', 'amount': 12900, 'reference': 'R1'}) + '\n')
    before = len(sales())
    window = open_window()
    window.wait('Card payment unclear')
    log_in(window)
    keyboard.type('1234\n', 60)
    window.wait('Nobody knows whether this card payment went through')
    window.picture(pictures / 'card-after-crash.png')
    expect(len(sales()) == before, 'nothing is guessed')
    card.start('approve')  # now it answers
    window.wait('Sold and saved')
    sold = sales()
    expect(len(sold) == before + 1 and [(t['kind'], t['amount']) for t in sold[-1]['tenders']] == [('card', 12900)], sold[-1])
    expect(card.state.read_text().count(attempt['attempt']) == 1, 'charged twice')
    keyboard.press('Return')
    window.wait('Ready for the next customer')


@tap.case('a_receipt_that_perhaps_did_not_come_out_is_asked_for_and_printed_as_a_copy')
def doubt():
    window = state['window']
    printer.tell('paper lines 4')
    keyboard.scan(SOAP)
    window.wait('1 item')
    keyboard.press('F12')
    keyboard.press('F12')
    window.wait('Sold and saved')
    number = sales()[-1]['receipt']
    keyboard.press('Return')  # it holds nothing up
    window.wait('Ready for the next customer')
    cuts = printer.count('cut')
    wait_for('the printer to run out of paper', lambda: window.find('paper is out'))
    printer.tell('paper ok')
    window.wait('Did receipt %s come out of the printer?' % number)
    window.picture(pictures / 'print-doubt.png')
    keyboard.press('alt+a')
    window.wait_gone('come out of the printer?')
    wait_for('the copy', lambda: printer.count('cut') > cuts)
    papers = sorted(printer.folder.glob('receipt-*.txt'))
    wait_for('COPY on it', lambda: 'COPY' in papers[-1].read_text(encoding='utf-8') or
             any('COPY' in p.read_text(encoding='utf-8') for p in printer.folder.glob('receipt-*.txt')))


@tap.case('too_many_wrong_pins_wait_and_the_seconds_count_down')
def locked_out():
    window = state['window']
    keyboard.press('alt+l')
    window.wait('Locked')

    def refused():
        keyboard.type('1111\n', 60)
        return window.find('Too many wrong PINs: wait')
    wait_for('the wait', refused, step_s=0.3)
    window.picture(pictures / 'locked-out.png')
    first = window.find('Too many wrong PINs: wait').get_name()
    wait_for('the seconds to count down', lambda: (window.find('Too many wrong PINs: wait') or window.app).get_name() != first)
    keyboard.scan(SOAP)  # sells nothing
    expect(not window.find('1 item'), 'a locked till sold')


@tap.case('the_records_verify')
def verify():
    expect(state['window'].close() == 0, 'the window did not end well')
    expect(programs.run(programs.coster, 'verify', '--data', folder).returncode == 0, 'verify')


tap.done()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shop sets its scanners up at the window and sells with them: one that types and sends | for GS, then one on a serial line
(a pseudo terminal) that is pulled out and plugged in again.

test_scanner.py PROGRAMS TILL_FOLDER [FOLDER for pictures]; inside tests/support/run-headless.sh"""
import json
import os
import pathlib
import subprocess
import sys
import tty

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Programs, Tap, expect, wait_for
from uidrive import Keyboard, Window

programs = Programs(sys.argv[1])
tap = Tap('scanner')
pictures = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else tap.folder
pictures.mkdir(parents=True, exist_ok=True)
keyboard = Keyboard()
folder = tap.folder / 'till'
subprocess.run([sys.argv[2], str(folder)], check=True)
state = {}

EAN, LINK = '9520123456788', 'https://id.gs1.org/01/09520123456788/10/Zq-7?17=291231&3103=000450'
GS1_128 = '010952012345678810aZ-7y|3103000450'
BEEF = '01095212345000251' + '0B1|3103000450'  # by weight, lot B1, 450 g; GS as |


def open_window():
    window = Window([programs.folder / 'coster-window', '--mode', 'till', '--data', folder, '--offline'], programs.environment())
    tap.at_end(window.close)
    state['window'] = window
    window.wait('Who is at the till?')
    return window


def log_in(window):
    window.touch(keyboard, 'Kim', 'toggle button') if window.find('Kim', 'toggle button') else window.touch(keyboard, 'Kim')
    window.wait('PIN of')
    keyboard.type('1234\n', 60)


def records(kind):
    done = programs.run(programs.coster, 'journal', '--data', folder)
    return [r for r in map(json.loads, done.stdout.splitlines()) if r['type'] == kind]


@tap.case('a_scanner_that_types_is_set_up_by_scanning')
def set_up():
    window = open_window()
    keyboard.press('F10')
    window.wait('How is it connected?')
    keyboard.scan(EAN)
    window.wait('That arrived right')
    keyboard.scan(GS1_128)
    window.wait('sends | instead of GS')
    keyboard.scan(LINK)
    window.wait('Done: everything arrives right.')
    window.picture(pictures / 'scanner-set-up.png')
    window.touch(keyboard, 'Save for this till')
    window.wait('Saved.')
    changes = {c['key']: c['new'] for r in records('config') for c in r['changes']}
    expect(changes == {'scanner.gs': '|', 'scanner.aim': 'off'}, changes)
    keyboard.press('Escape')
    window.wait('Who is at the till?')


@tap.case('what_it_sends_is_a_line')
def sell():
    window = state['window']
    log_in(window)
    if window.wait('Cash in the drawer', limit_s=10):
        keyboard.type('100000\n', 60)
    window.wait('Ready for the next customer')
    keyboard.scan(BEEF)
    window.wait('Lot B1')
    window.wait('1 item')
    window.close()


class Line:
    """The scanner's end of a serial line, and a link to ours."""

    def __init__(self, path):
        self.path = path
        self.plug()

    def plug(self):
        self.device, self.other = os.openpty()
        tty.setraw(self.other)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self.other))

    def unplug(self):
        self.path.unlink()
        os.close(self.device)
        os.close(self.other)

    def scan(self, text):
        os.write(self.device, text.encode() + b'\r\n')


@tap.case('a_serial_scanner_comes_back_by_itself')
def serial():
    line = Line(tap.folder / 'ttyACM0')
    for key, value in (('scanner.source', 'serial'), ('scanner.path', line.path), ('scanner.gs', '')):
        programs.run(programs.coster, 'device', '--data', folder, 'set', key, value)
    window = open_window()
    log_in(window)
    window.wait('Lot B1')  # the cart of before
    line.scan(']E09521234500032')
    window.wait('2 items')
    line.unplug()
    window.wait('Scanner off')
    line.plug()
    window.wait_gone('Scanner off')
    line.scan(']d2010952123450002510B1\x1d3103000450')
    window.wait('3 items')
    line.scan(']E09521234500032')  # the trigger again
    window.wait('4 items')
    keyboard.scan('9521234500032')  # one that types works beside it
    window.wait('5 items')
    window.picture(pictures / 'scanner-serial.png')
    window.close()
    line.unplug()
    expect(programs.run(programs.coster, 'verify', '--data', folder).returncode == 0, 'verify')


tap.done()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Weighing at the window, with a simulated scale: what the cashier sees while an item waits, and what is then sold.

test_scale_window.py PROGRAMS [FOLDER for pictures]; inside tests/support/run-headless.sh"""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Shop, Tap, Till, expect, shop_day, wait_for
from uidrive import Keyboard, Window

programs = Programs(sys.argv[1])
tap = Tap('scale_window')
pictures = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else tap.folder
pictures.mkdir(parents=True, exist_ok=True)
central = Central(programs, tap.folder / 'central').serve()
tap.at_end(central.kill)
keyboard = Keyboard()
till = Till(programs, tap.folder / 'till').enrol(central, 'counter')
link = tap.folder / 'line'
sim = subprocess.Popen([str(programs.folder / 'coster-scale-sim'), '--link', str(link), '--settle', '300'],
                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
tap.at_end(sim.kill)
sim.stdout.readline()
for key, value in (('scale.protocol', '8217'), ('scale.path', str(link)), ('scale.division-g', '2')):
    programs.run(programs.coster, 'device', '--data', till.folder, 'set', key, value)
state = {}


def scale(command):
    sim.stdin.write(command + '\n')
    sim.stdin.flush()
    answer = sim.stdout.readline()
    expect(answer.startswith('ok'), '%s: %s' % (command, answer))


@tap.case('the_window_opens_with_its_scale')
def begin():
    programs.run(programs.coster, 'sync', '--data', till.folder)
    state['shop'] = Shop(till.feed())
    window = Window([programs.folder / 'coster-window', '--mode', 'till', '--data', till.folder], programs.environment())
    tap.at_end(window.close)
    state['window'] = window
    window.touch(keyboard, '김민지')
    window.wait('PIN of 김민지')
    keyboard.type('1234\n', 60)
    window.wait('Cash in the drawer')
    keyboard.type('100000\n', 60)
    window.wait('Ready for the next customer')
    state['goods'] = [state['shop'].link(k) for k in state['shop'].lots('g', shop_day())]


@tap.case('an_item_waits_and_the_scale_fills_it_in')
def item_then_plate():
    window = state['window']
    keyboard.scan(state['goods'][0])
    window.wait('Put the goods on the scale')
    window.picture(pictures / 'scale-empty.png')
    scale('motion')
    scale('put 450')
    window.wait('The scale shows motion')
    window.picture(pictures / 'scale-motion.png')
    scale('still')
    window.wait('0.450 kg ×')
    window.wait('1 item')
    window.wait_gone('Zero')


@tap.case('the_same_goods_are_not_sold_twice')
def once():
    window = state['window']
    keyboard.scan(state['goods'][0])
    window.wait('This weight is on the ticket already')
    window.picture(pictures / 'scale-charged.png')
    keyboard.press('Escape')
    window.wait_gone('This weight is on the ticket already')
    scale('take')


@tap.case('a_container_by_touch_and_one_by_key')
def tare():
    window = state['window']
    keyboard.scan(state['goods'][1])
    window.wait('Put the goods on the scale')
    window.picture(pictures / 'scale-tare.png')
    window.touch(keyboard, 'Box 12 g')
    window.wait('tare 0.012 kg')
    scale('put 462')
    window.wait('2 items')
    scale('take')
    keyboard.scan(state['goods'][1])
    window.wait('Put the goods on the scale')
    scale('put 30')
    window.wait('This is too little for the scale to weigh')
    keyboard.press('F3')
    window.wait('tare 0.030 kg')
    window.wait('Put the goods into the container')
    window.picture(pictures / 'scale-container.png')
    scale('put 480')
    window.wait('3 items')


@tap.case('a_weight_is_typed_when_the_scale_is_off')
def off():
    window = state['window']
    scale('take')
    scale('off')
    window.wait('Scale off')
    keyboard.scan(state['goods'][0])
    window.wait('The scale is off or its cable is out')
    window.picture(pictures / 'scale-off.png')
    keyboard.type('300\n', 60)
    window.wait('0.300 kg')
    scale('on')
    window.wait_gone('Scale off')


@tap.case('the_sale_says_how_it_was_weighed')
def sale():
    window = state['window']
    keyboard.press('F12')
    window.wait('Exact cash')
    keyboard.press('Return')
    window.wait('Sold and saved')
    record = [r for r in till.journal() if r['type'] == 'sale'][0]
    sources = [line.get('weight_source') for line in record['lines']]
    expect(sources[0] == 'scale' and sources[-1] == 'manual', sources)
    expect([line.get('tare_g') for line in record['lines']] == [None, 12, 30, None], record['lines'])
    expect([line['qty'] for line in record['lines']] == [450, 450, 450, 300], record['lines'])


tap.done()

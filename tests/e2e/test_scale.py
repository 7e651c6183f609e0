#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Weighing, end to end: the real till, a simulated scale at a pseudo terminal, every protocol.

test_scale.py PROGRAMS TILL_FOLDER"""
import os
import pathlib
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Programs, Tap, Till, expect, wait_for

programs = Programs(sys.argv[1])
till_folder = sys.argv[2]
tap = Tap('scale')
PROTOCOLS = ['8217', 'cas_ecr', 'cas_22', 'and_18', 'nci_scp01', 'toledo_cont']
CAN_ZERO = {'8217', 'nci_scp01', 'toledo_cont'}
BEEF, SOAP, SALAD = '9521234500025', '9521234500032', '9521234500063'


class Scale:
    """coster-scale-sim; each command waits for its answer."""

    def __init__(self, protocol, link, *more):
        self.process = subprocess.Popen(
            [str(programs.folder / 'coster-scale-sim'), '--protocol', protocol, '--link', str(link), '--settle', '0', *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        tap.at_end(self.close)
        path = self.process.stdout.readline().strip()
        expect(os.path.realpath(link) == path, 'the link leads to %s, not to %s' % (os.path.realpath(link), path))

    def do(self, command):
        self.process.stdin.write(command + '\n')
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        expect(answer.startswith('ok'), '%s: %s' % (command, answer))

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(10)


class Counter(Till):
    """A till with a scale set up."""

    def __init__(self, name, protocol, link):
        super().__init__(programs, tap.folder / name)
        subprocess.run([till_folder, str(self.folder)], check=True)
        self.set('scale.protocol', protocol)
        self.set('scale.path', str(link))
        self.set('scale.division-g', '2')
        self.open(offline=True)
        tap.at_end(self.kill)

    def set(self, key, value):
        programs.run(programs.coster, 'device', '--data', self.folder, 'set', key, value)

    def condition(self):
        return self.good('scale')['condition']

    def until(self, condition, limit_s=12):
        return wait_for('the scale to be ' + condition, lambda: self.condition() == condition, limit_s, 0.03)

    def refused(self, do, why, **members):
        event = self.do(do, **members)
        expect(event['event'] == 'refused' and event['why'] == why, '%s: %s' % (do, event))
        expect(len(event['message']) > 10, event)
        return event


def line(event, grams, source='scale', tare=0):
    expect(event['event'] == 'line', event)
    expect(event['qty'] == grams and event['unit'] == 'g', event)
    expect(event.get('source') == source, event)
    expect(event.get('tare_g', 0) == tare, event)


class Later:
    """Cases that run now, on a thread of their own, and are told afterwards in order."""

    def __init__(self):
        self.outcomes = []

    def case(self, name):
        def decorate(function):
            try:
                function()
                self.outcomes.append((name, None))
            except Exception as error:  # a failed case must not hide the next ones
                self.outcomes.append((name, error))
            return function
        return decorate

    def tell(self):
        for name, error in self.outcomes:
            def again(error=error):
                if error is not None:
                    raise error
            tap.case(name)(again)


def day_at(protocol, later):
    """What a cashier meets with one protocol, in order."""
    link = tap.folder / ('line-' + protocol)
    scale = Scale(protocol, link)
    till = Counter('till-' + protocol, protocol, link)
    case = lambda name: later.case(protocol + '/' + name)

    @case('plate_then_item_is_a_line_at_once')
    def plate_first():
        till.until('empty')
        scale.do('put 450')
        till.until('ready')
        line(till.good('scan', text=BEEF), 450)

    @case('one_weight_is_not_charged_twice')
    def once():
        event = till.good('scan', text=BEEF)
        expect(event['event'] == 'weigh' and len(event['message']) > 10, event)
        till.until('charged')
        till.refused('weight', 'bad_weight')
        scale.do('put 600')  # more on top of what is sold
        till.refused('weight', 'bad_weight')

    @case('item_then_plate_fills_in_by_itself')
    def item_first():
        scale.do('take')
        till.until('empty')
        scale.do('put 720')
        event = till.receive(10)
        expect('id' not in event, event)
        line(event, 720)
        scale.do('take')
        till.until('empty')

    @case('motion_is_waited_for')
    def motion():
        expect(till.good('scan', text=BEEF)['event'] == 'weigh', 'no weigh')
        scale.do('motion')
        scale.do('put 300')
        till.until('motion')
        till.refused('weight', 'scale_not_ready')
        scale.do('still')
        line(till.receive(10), 300)
        scale.do('take')
        till.until('empty')

    @case('overload_and_below_zero_are_named')
    def over():
        scale.do('over')
        till.until('fault' if protocol == 'cas_ecr' else 'over')
        expect(till.good('scan', text=BEEF)['event'] == 'weigh', 'no weigh')
        till.refused('weight', 'scale_not_ready' if protocol == 'cas_ecr' else 'bad_weight')
        scale.do('negative')
        wait_for('below zero', lambda: till.condition() in ('negative', 'under_zero'), 5, 0.03)
        till.refused('weight', 'bad_weight')
        scale.do('take')
        till.until('empty')
        scale.do('put 10')
        till.until('light')
        till.refused('weight', 'bad_weight')
        scale.do('take')
        till.until('empty')
        till.good('scan', text=SOAP)  # what waited is dropped

    @case('zero_from_the_till_where_the_scale_can')
    def zero():
        scale.do('drift 6')
        till.until('light')
        if protocol in CAN_ZERO:
            till.good('zero')
        else:
            till.refused('zero', 'not_allowed')
            scale.do('zero')
        till.until('empty')

    @case('noise_and_half_frames_give_the_right_weight_or_none')
    def noise():
        for grams in (1234, 448, 9998):
            scale.do('take')
            till.until('empty')
            scale.do('noise')
            scale.do('put %d' % grams)
            till.until('ready', 30)
            line(till.good('scan', text=BEEF), grams)
            scale.do('well')
        scale.do('half')
        wait_for('it to be useless', lambda: till.condition() in ('silent', 'garbled'), 10, 0.03)
        scale.do('garbage')
        till.until('garbled')
        expect(till.good('scan', text=BEEF)['event'] == 'weigh', 'no weigh')
        till.refused('weight', 'scale_not_ready')
        scale.do('well')
        scale.do('take')
        till.until('empty')

    @case('a_dead_scale_stops_no_sale')
    def dead():
        scale.do('silent')
        till.until('silent')
        expect(till.good('scan', text=SOAP)['event'] == 'line', 'soap was not sold')
        scale.do('off')
        till.until('off')
        expect(till.good('scan', text=SOAP)['event'] == 'line', 'soap was not sold')
        expect(till.good('scan', text=BEEF)['event'] == 'weigh', 'no weigh')
        till.refused('weight', 'scale_not_ready')
        line(till.good('weight', grams=450), 450, 'manual')

    @case('plugged_in_again_it_works')
    def replug():
        scale.do('well')
        scale.do('on')
        till.until('empty')
        scale.do('put 250')
        till.until('ready')
        line(till.good('scan', text=BEEF), 250)
        scale.do('take')
        till.until('empty')

    @case('the_container_on_the_plate_is_tare')
    def container():
        scale.do('put 36')
        till.until('light')
        expect(till.good('tare')['tare_g'] == 36, 'no tare')
        expect(till.good('scan', text=BEEF)['event'] == 'weigh', 'no weigh')
        scale.do('put 486')
        line(till.receive(10), 450, tare=36)
        scale.do('take')
        till.until('empty')

    @case('the_sale_says_how_each_line_was_weighed')
    def sale():
        total = till.good('cart')['due']
        expect(till.good('tender', kind='cash', amount=total)['event'] == 'sale', 'not sold')
        till.close()
        record = [r for r in till.journal() if r['type'] == 'sale'][-1]
        sources = [l.get('weight_source') for l in record['lines'] if l['unit'] == 'g']
        expect(sources.count('manual') == 1 and None not in sources, sources)
        expect([l['tare_g'] for l in record['lines'] if 'tare_g' in l] == [36], record['lines'])
        expect(till.verify().returncode == 0, 'the journal does not verify')
        scale.close()


# They wait most of the time, for the scale and for each other's processor.
days = [(name, Later()) for name in PROTOCOLS]
threads = [threading.Thread(target=day_at, args=day) for day in days]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for name, later in days:
    expect(later.outcomes, 'nothing was tried with ' + name)
    later.tell()


@tap.case('presets_and_the_product_s_packaging')
def presets():
    link = tap.folder / 'line-presets'
    scale = Scale('cas_22', link)
    till = Counter('till-presets', 'cas_22', link)
    till.refused('tare', 'bad_command', preset='box')  # this store has none
    till.until('empty')
    scale.do('put 110')
    till.until('ready')
    line(till.good('scan', text=SALAD), 100, tare=10)
    scale.do('take')
    till.until('empty')
    expect(till.good('tare', grams=12)['tare_g'] == 12, 'no tare')
    scale.do('put 462')
    till.until('ready')
    line(till.good('scan', text=BEEF), 450, tare=12)
    till.close()


@tap.case('the_scale_s_own_tare_is_not_taken_twice')
def own_tare():
    link = tap.folder / 'line-own'
    scale = Scale('toledo_cont', link)
    till = Counter('till-own', 'toledo_cont', link)
    till.until('empty')
    scale.do('tare 14')
    scale.do('put 114')
    till.until('ready')
    line(till.good('scan', text=SALAD), 100, tare=14)
    scale.do('put 0')
    till.until('empty')
    till.good('tare', grams=0)  # the scale's own goes, too
    wait_for('the scale to forget its tare', lambda: not till.good('scale')['net'], 10, 0.03)
    till.until('empty')
    scale.do('put 114')
    till.until('ready')
    line(till.good('scan', text=SALAD), 114)
    till.close()


@tap.case('goods_there_before_the_till_wait_for_a_zero')
def before():
    link = tap.folder / 'line-before'
    scale = Scale('8217', link)
    scale.do('put 450')
    till = Counter('till-before', '8217', link)
    till.until('unchecked')
    expect(till.good('scan', text=BEEF)['event'] == 'weigh', 'no weigh')
    till.refused('weight', 'bad_weight')
    till.close()


@tap.case('a_till_without_a_scale_says_so')
def none():
    link = tap.folder / 'nothing-there'
    till = Counter('till-none', 'none', link)
    expect(till.condition() == 'none', till.condition())
    till.refused('zero', 'scale_not_ready')
    expect(till.good('scan', text=BEEF)['event'] == 'weigh', 'no weigh')
    till.refused('weight', 'scale_not_ready')
    line(till.good('weight', grams=450), 450, 'manual')
    till.close()
    till.set('scale.protocol', '8217')  # set up, but nothing is there
    till.open(offline=True)
    till.until('off')
    till.close()


tap.done()

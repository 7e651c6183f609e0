#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""200 sales with central down: all come up, once each, when it is back, and the prices that were missed arrive.

test_offline.py PROGRAMS"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Shop, Tap, Till, expect, shop_day, wait_for

programs = Programs(sys.argv[1])
tap = Tap('offline')
central = Central(programs, tap.folder / 'central').serve()
till = Till(programs, tap.folder / 'till').enrol(central, 'till 1')
tap.at_end(central.kill)
tap.at_end(till.kill)
shop = Shop(till.feed())
pieces = shop.lots('each', shop_day())
receipts = []


@tap.case('a_till_sells_200_times_while_central_is_down')
def sell():
    till.open()
    central.kill()
    for number in range(200):
        receipts.append(till.sell([shop.link(pieces[number % 20])])['receipt'])
    status = till.status()
    expect(len(set(receipts)) == 200, 'a receipt number came twice')
    expect(status['unsent'] >= 200, 'unsent says %d' % status['unsent'])


@tap.case('a_price_that_was_missed_arrives_when_central_is_back')
def price():
    gtin = pieces[-1].split('/')[0]
    before = shop.price(pieces[-1])
    central.command('price', 'set', '--store', '1', '--gtin', gtin, '--price', str(before - 10), '--why', 'evening offer')
    central.serve()
    answer = till.do('sync', timeout_s=60)
    expect(answer['event'] == 'synced', 'sync answered %s' % answer)
    event = till.good('price_check', text=gtin)
    expect(event['price'] == before - 10, 'the till still says %s, not %d' % (event, before - 10))


@tap.case('all_200_are_in_central_once_each')
def once():
    sold = [record['receipt'] for record in central.journal() if record['type'] == 'sale']
    expect(sorted(sold) == sorted(receipts), 'central holds %d sales' % len(sold))
    expect(till.status()['unsent'] == 0, 'something is unsent')
    expect(central.command('verify', check=False).returncode == 0, 'central verify fails')
    expect(till.verify().returncode == 0, 'till verify fails')
    till.close()


tap.done()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sale at till A changes a price at till B within seconds, over the open stream.

test_push.py PROGRAMS"""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Shop, Tap, Till, expect, shop_day, wait_for

programs = Programs(sys.argv[1])
tap = Tap('push')
central = Central(programs, tap.folder / 'central').serve()
till_a = Till(programs, tap.folder / 'a').enrol(central, 'till A')
till_b = Till(programs, tap.folder / 'b').enrol(central, 'till B')
for close in (central.kill, till_a.kill, till_b.kill):
    tap.at_end(close)
shop = Shop(till_b.feed())
# A lot with much left, so that one large sale is far ahead of plan.
key = max(shop.lots('each', shop_day()), key=lambda k: shop.items['lot'][k]['delivered'])


def latest(till):
    items = [i for i in till.feed() if i['kind'] == 'price' and i['key'] in (key, key.split('/')[0])]
    return next((i for i in items if i['key'] == key), items[0])


def settled():
    """The morning's prices have found their level, and till B has them."""
    if not central.command('reprice', '--store', '1').stderr.strip().startswith('0 '):
        return None
    expect(till_b.do('sync', timeout_s=30)['event'] == 'synced', 'till B cannot reach central')
    return latest(till_b)


def requests_for_feed():
    return pathlib.Path(central.log.name).read_text(errors='replace').count('/v1/feed')


@tap.case('a_sale_at_one_till_moves_the_price_at_another_without_polling')
def push():
    till_a.open()
    till_b.open()
    for till in (till_a, till_b):
        answer = till.do('sync', timeout_s=30)
        expect(answer['event'] == 'synced', 'sync answered %s' % answer)
    before = wait_for('the morning prices to settle', settled, 30)
    asked_before = requests_for_feed()
    line = till_a.good('scan', text=shop.link(key))
    till_a.good('quantity', line=line['line'], qty=max(2, shop.items['lot'][key]['delivered'] * 2 // 3))
    total = till_a.good('cart')['total']
    till_a.good('tender', kind='card', amount=total)
    sold_at = time.monotonic()

    def moved():
        now = latest(till_b)
        return now if now['version'] > before['version'] and now['value']['price'] != before['value']['price'] else None
    after = wait_for('the price at till B to change', moved, 15)
    took = time.monotonic() - sold_at
    print('# %s: %d -> %d after %.1f s: %s' % (key, before['value']['price'], after['value']['price'], took, after['value']['why']))
    expect(after['value']['price'] > before['value']['price'], 'most of the lot was sold at once, yet the price fell')
    expect(after['value']['floor'] <= after['value']['price'] <= after['value']['ceiling'], 'outside its bounds')
    expect(after['value']['why'], 'a price without a reason')
    expect(requests_for_feed() == asked_before, 'till B asked for the feed again instead of hearing it')


tap.done()

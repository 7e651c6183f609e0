#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo store of `./dev run`: the first start makes it, the next ones of the day find it as it was left.

test_demo_store.py PROGRAMS"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
import demo_store
from harness import Programs, Tap, expect

tap = Tap('demo_store')
programs, folder = Programs(sys.argv[1]), tap.folder / 'store'
demo_store.say = lambda text: print('# ' + text)


def sell_an_apple(receipt):
    """A morning: everything is started, an apple is sold, everything ends."""
    central, till = demo_store.prepare(programs, folder)
    try:
        till.open()
        sale = till.sell(['4131'])
        expect(sale['receipt'] == receipt, 'the receipt is %s, not %s' % (sale['receipt'], receipt))
        expect(till.do('sync', timeout_s=30)['event'] == 'synced', 'the till did not sync')
        till.close()
        return len(central.journal()), till.status()['terminal']
    finally:
        till.kill()
        central.kill()


@tap.case('the_second_start_goes_on_where_the_first_ended')
def twice():
    first, terminal = sell_an_apple('T01-000001')
    expect((folder / 'tags.pdf').exists() and any((folder / 'tags').iterdir()), 'there are no tags')
    second, same = sell_an_apple('T01-000002')
    expect(same == terminal and second > first, 'another store: %s %s, %d %d' % (terminal, same, first, second))


tap.done()

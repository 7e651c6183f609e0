#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A manager's terminal, by its command line, with central, a till and the cable out.

test_manage.py PROGRAMS"""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Shop, Tap, Till, expect, shop_day

programs = Programs(sys.argv[1])
tap = Tap('manage')
central = Central(programs, tap.folder / 'central').serve()
tap.at_end(central.kill)
till = Till(programs, tap.folder / 'till').enrol(central, 'till 1')
tap.at_end(till.kill)
office = tap.folder / 'office'
programs.run(programs.coster, 'enrol', '--data', office, '--url', central.url, '--code',
             central.enrol_code(mode='manager'), '--name', 'office')
shop = Shop(till.feed())
pieces = shop.lots('each', shop_day())
LOT = pieces[0]
GTIN, NUMBER = LOT.split('/')
LOGIN = {'do': 'login', 'operator': 'u09', 'pin': '9999'}


def manage(*requests, offline=False, check=True):
    """The events of one run, without the log-in's."""
    lines = ''.join(json.dumps(request) + '\n' for request in (LOGIN,) + requests)
    argv = [programs.coster, 'manage', '--data', office] + (['--offline'] if offline else [])
    done = programs.run(*argv, stdin=lines)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    expect(len(events) == len(requests) + 1, 'as many events as requests: %s' % events)
    for event in events if check else ():
        expect(event['event'] != 'refused', event)
    return events[1:]


SYNC = {'do': 'sync', 'timeout': 30}


@tap.case('decisions_with_the_cable_out_are_carried_out_when_it_is_back')
def decide():
    before = central.command('setting', 'get', '--store', '1', 'store').stdout
    central.stop()
    manage({'do': 'command', 'command': 'price_set', 'why': 'too much left', 'hold': True,
            'items': [{'gtin': GTIN, 'lot': NUMBER, 'price': 10}]},
           {'do': 'command', 'command': 'recall', 'gtin': pieces[1].split('/')[0], 'lot': pieces[1].split('/')[1],
            'reason': 'glass'},
           {'do': 'command', 'command': 'operator_set', 'of': 'u05', 'name': 'Ana', 'role': 'cashier',
            'pin': '$argon2id$v=19$m=8,t=1,p=1$YQ$YQ'},
           {'do': 'command', 'command': 'setting_set', 'name': 'store', 'members': {'amber_days': 3}},
           {'do': 'write_off', 'gtin': GTIN, 'lot': NUMBER, 'qty': 2, 'unit': 'each', 'reason': 'expired'},
           offline=True)
    central.serve()
    _, report = manage(SYNC, {'do': 'report', 'name': 'commands'})
    rows = {row['command']: row for row in report['report']['rows']}
    for name in ('recall', 'operator_set', 'setting_set'):
        expect(rows[name]['status'] == 'done', rows[name])
    expect('"amber_days": 3' in central.command('setting', 'get', '--store', '1', 'store').stdout.replace('":', '": '),
           'the setting is not there: %s' % before)
    expect(rows['price_set']['status'] in ('done', 'refused'), rows['price_set'])


@tap.case('a_recall_stops_the_lot_at_the_till')
def stop():
    till.open()
    expect(till.do('sync', timeout_s=30)['event'] == 'synced', 'the till does not sync')
    event = till.do('scan', text=shop.link(pieces[1]))
    expect(event['event'] == 'refused' and event['why'] == 'recalled', event)


@tap.case('who_may_not_is_refused_before_it_is_written')
def rights():
    global LOGIN
    held, LOGIN = LOGIN, {'do': 'login', 'operator': 'u01', 'pin': '1234'}
    events = manage({'do': 'command', 'command': 'recall_lift', 'gtin': GTIN}, check=False)
    LOGIN = held
    expect(events[0]['event'] == 'refused', events)
    refused, = manage({'do': 'command', 'command': 'price_set', 'items': []}, check=False)
    expect(refused['event'] == 'refused' and 'items' in refused['message'], refused)


def sums(records, types):
    return sum(record['total'] for record in records if record['type'] in types)


@tap.case('the_figures_are_the_journals_to_the_last_unit')
def figures():
    for number in range(6):
        till.sell([shop.link(pieces[2 + number]), shop.link(pieces[3 + number])])
    sold = till.sell([shop.link(pieces[5])])
    till.good('login', operator='u09', pin='9999')
    till.good('return', receipt=sold['receipt'], lines=[{'line': 1, 'qty': 1}], to='stock')
    expect(till.do('sync', timeout_s=30)['event'] == 'synced', 'the till does not sync')
    _, day = manage(SYNC, {'do': 'report', 'name': 'figures'})
    totals = day['report']['totals']
    records = central.journal()
    total = sums(records, ('sale', 'return', 'post_void'))
    told = totals['sales'] + totals.get('deposits', 0) + totals.get('rounding', 0)
    expect(told == total, 'the figures say %d, the journals %d' % (told, total))
    tax = sum(row['tax'] for record in records if record['type'] in ('sale', 'return') for row in record['tax'])
    expect(totals.get('tax', 0) == tax, 'tax %s, journals %d' % (totals.get('tax'), tax))
    expect(totals['tickets'] == sum(record['type'] == 'sale' for record in records), totals)
    for by in ('by_day', 'by_hour', 'by_operator', 'by_category', 'by_product'):
        expect(sum(row.get('sales', 0) for row in day['report'][by]) == totals['sales'], by)
    waste = sum(record['qty'] * record['unit_cost'] for record in records if record['type'] == 'write_off')
    expect(totals['waste'] == waste > 0, 'waste %s, journals %d' % (totals.get('waste'), waste))
    till.close()


@tap.case('stock_history_and_morning')
def stock():
    _, _, inventory, history, morning = manage(
        SYNC, {'do': 'stock'}, {'do': 'inventory', 'order': 'date', 'in_stock': True},
        {'do': 'report', 'name': 'lot?gtin=%s&lot=%s' % (GTIN, NUMBER)}, {'do': 'report', 'name': 'morning'})
    rows = {'%s/%s' % (row['gtin'], row['lot']): row for row in inventory['rows']}
    report = history['report']
    expect(report['movements'][-1]['balance'] == report['on_hand'] == rows[LOT]['on_hand'], report)
    expect(report['movements'][-1]['type'] == 'write_off', report['movements'])
    days = [row['last_day'] or '9999' for row in inventory['rows']]
    expect(days == sorted(days), 'first expired is first')
    exceptions = morning['report']['exceptions']
    risks = [entry['risk'] for entry in exceptions]
    expect(risks == sorted(risks, reverse=True), 'the most money is first')
    stopped = [entry for entry in exceptions if entry['key'] == 'stop/' + pieces[1]]
    expect(stopped and stopped[0]['kind'] == 'stop' and stopped[0]['on_hand'] > 0, exceptions[:3])


@tap.case('the_last_report_is_there_with_the_cable_out')
def kept():
    event, = manage({'do': 'report', 'name': 'morning'}, offline=True)
    expect(not event['fresh'] and event['age_s'] >= 0 and event['report']['exceptions'], event['event'])
    never, = manage({'do': 'report', 'name': 'lot?gtin=09521234599999'}, offline=True, check=False)
    expect(never['event'] == 'refused', never)


@tap.case('a_code_of_the_manager_enrols_a_till')
def enrol():
    import hashlib
    secret = 'Abcdefghijklmnopqrstuv'
    manage({'do': 'command', 'command': 'enrol_code', 'mode': 'till', 'valid_s': 3600,
            'secret_hash': hashlib.sha256(secret.encode()).hexdigest()}, SYNC)
    pin = central.enrol_code().split('.', 1)[1]
    programs.run(programs.coster, 'enrol', '--data', tap.folder / 'second', '--url', central.url, '--code',
                 secret + '.' + pin, '--name', 'till 2')


@tap.case('a_draft_becomes_a_price_when_it_is_approved')
def draft():
    target = pieces[9]
    gtin = target.split('/')[0]
    price = shop.price(gtin)
    first, again, approved, _, feed = manage(
        {'do': 'draft', 'batch': 'w48', 'gtin': gtin, 'price': price - 10},
        {'do': 'draft', 'batch': 'w48', 'gtin': gtin, 'price': price - 20},
        {'do': 'draft', 'batch': 'w48', 'approve': True, 'why': 'weekend', 'hold': True}, SYNC,
        {'do': 'feed', 'kind': 'price'})
    expect(len(again['items']) == 1 and again['items'][0]['price'] == price - 20, again)
    expect(approved['event'] == 'written', approved)
    expect(feed['items'][gtin]['price'] == price - 20, feed['items'][gtin])


@tap.case('all_of_it_verifies')
def verify():
    expect(central.command('verify', check=False).returncode == 0, 'central verify fails')
    expect(programs.run(programs.coster, 'verify', '--data', office, check=False).returncode == 0, 'verify fails')


tap.done()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two tills and a central: tickets are shared and taken once, a receipt of one is shown at the other, a badge that central
printed logs in, every record of a day is booked.

test_store_of_tills.py PROGRAMS"""
import http.client
import json
import pathlib
import sqlite3
import ssl
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Shop, Tap, Till, expect, shop_day, wait_for

programs = Programs(sys.argv[1])
tap = Tap('store_of_tills')
central = Central(programs, tap.folder / 'central').serve()
tills = [Till(programs, tap.folder / name).enrol(central, name) for name in ('till 1', 'till 2')]
tap.at_end(central.kill)
for till in tills:
    tap.at_end(till.kill)
first, second = tills
shop = Shop(first.feed())
pieces = shop.lots('each', shop_day())


def online(till):
    expect(till.do('sync', timeout_s=60)['event'] == 'synced', 'the till did not sync')
    wait_for('the link', lambda: not till.do('tickets')['offline'])


def refused(event, why):
    expect(event['event'] == 'refused' and event['why'] == why, 'not %s: %s' % (why, event))


@tap.case('a_ticket_goes_from_one_till_to_the_other_once')
def share():
    for till in tills:
        till.open()
        online(till)
    first.scan(shop.link(pieces[0]))
    total = first.do('cart')['total']
    ticket = first.good('suspend')['ticket']
    listed = second.good('tickets')['tickets']
    expect([row['ticket'] for row in listed] == [ticket], 'the other till lists %s' % listed)
    expect(listed[0]['total'] == total and 'cart' not in listed[0], 'the row is %s' % listed[0])
    resumed = second.good('resume', ticket=ticket)
    expect(resumed['total'] <= total, 'it became dearer: %s' % resumed)
    refused(first.do('resume', ticket=ticket), 'no_such_ticket')
    expect(first.good('tickets')['tickets'] == [], 'the first till still lists it')
    expect(second.good('tender', kind='cash', amount=resumed['total'])['event'] == 'sale', 'no sale')


@tap.case('without_central_a_till_fetches_its_own_only')
def alone():
    first.scan(shop.link(pieces[1]))
    ticket = first.good('suspend')['ticket']
    expect(len(second.good('tickets')['tickets']) == 1, 'it was not shared')
    central.kill()
    answer = wait_for('the cable to be missed', lambda: (lambda e: e['offline'] and e)(second.do('tickets')))
    expect(answer['tickets'] == [], 'the other till lists %s' % answer)
    refused(second.do('resume', ticket=ticket), 'offline')
    first.good('resume', ticket=ticket)
    first.good('void')
    first.scan(shop.link(pieces[2]))
    later = first.good('suspend')['ticket']
    central.serve()
    online(second)
    wait_for('central to hear of both by itself', lambda: [t['ticket'] for t in second.good('tickets')['tickets']] == [later])
    refused(second.do('resume', ticket=ticket), 'no_such_ticket')
    second.good('resume', ticket=later)
    second.good('void')
    online(first)


@tap.case('a_receipt_of_one_till_is_shown_at_the_other')
def receipt():
    sale = first.sell([shop.link(pieces[2])])
    online(first)
    shown = second.good('receipt', receipt=sale['receipt'])
    expect(shown['record']['total'] == sale['total'], 'the other till shows %s' % shown)
    copy = second.good('reprint', receipt=sale['receipt'])
    expect(copy['copy'] == 1, 'the copy is %s' % copy)
    refused(second.do('receipt', receipt='T09-000001'), 'no_such_receipt')


def ask(method, body=None, token=None, length=None):
    """One request to /v1/tickets as any program would make it; the status and the answer."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = urllib.parse.urlparse(central.url)
    connection = http.client.HTTPSConnection(address.hostname, address.port, timeout=20, context=context)
    headers = {'Content-Type': 'application/json'}
    if token:
        headers['Authorization'] = 'Bearer ' + token
    connection.request(method, '/v1/tickets', None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text) if text else {}, answer.headers


@tap.case('the_route_of_tickets_keeps_its_contract')
def route():
    tokens = []
    for till in tills:
        database = sqlite3.connect('file:%s?mode=ro' % (till.folder / 'coster.db'), uri=True)
        tokens.append(database.execute('SELECT token FROM identity').fetchone()[0])
        database.close()
    ticket = {'ticket': 'X1-S1', 'cart': {'lines': []}, 'total': 5}
    expect(ask('GET')[0] == 401 and ask('PUT', ticket)[0] == 401, 'it answers strangers')
    status, _, headers = ask('POST', ticket, tokens[0])
    expect(status == 405 and headers['Allow'] == 'GET, PUT', 'POST gives %s' % status)
    for bad in ({}, {'ticket': 'X1-S1'}, {'ticket': '../x', 'cart': {}}, {'ticket': 'a' * 64, 'cart': {}}, {'ticket': 7, 'claim': True},
                {'ticket': 'X1-S1', 'cart': 'all'}):
        expect(ask('PUT', bad, tokens[0])[0] == 400, '%s was taken' % bad)
    expect(ask('PUT', {**ticket, 'pad': 'x' * 600000}, tokens[0])[0] == 413, 'too much was taken')
    expect(ask('PUT', ticket, tokens[0])[0] == 200 and ask('PUT', ticket, tokens[0])[0] == 200, 'sharing twice fails')
    expect(ask('PUT', ticket, tokens[1])[0] == 409, "another's number was taken")
    expect(ask('PUT', {'ticket': 'X1-S2', 'claim': True}, tokens[1])[0] == 404, 'nothing was claimed')
    status, taken, _ = ask('PUT', {'ticket': 'X1-S1', 'claim': True}, tokens[1])
    expect(status == 200 and taken['cart'] == {'lines': []} and taken['total'] == 5, 'the claim gives %s' % taken)
    expect(ask('PUT', {'ticket': 'X1-S1', 'claim': True}, tokens[1])[0] == 200, 'the same till may not ask again')
    expect(ask('PUT', {'ticket': 'X1-S1', 'claim': True}, tokens[0])[:2][0] == 409, 'it was given away twice')
    expect(all(row['ticket'] != 'X1-S1' for row in ask('GET', token=tokens[0])[1]['tickets']), 'it is still listed')


@tap.case('a_badge_from_central_logs_in')
def badge():
    code = central.command('operator', 'badge', '--store', '1', '--operator', 'u09').stdout.strip()
    expect(code.startswith('CB1-') and len(code) == 30, 'the badge is %r' % code)
    online(second)
    login = second.do('scan', text=code)
    expect(login['event'] == 'login' and login['operator'] == 'u09', 'the badge gives %s' % login)
    png = tap.folder / 'badge.png'
    again = central.command('operator', 'badge', '--store', '1', '--operator', 'u09', '--png', png).stdout.strip()
    read = programs.run(programs.coster, 'scan', png).stdout
    expect(again in read, 'the picture says %s' % read)
    online(second)
    refused(second.do('scan', text=code), 'wrong_pin')  # the old one is nobody's now
    text = '\n'.join(central.command('journal').stdout.splitlines()) + '\n'.join(map(str, second.feed()))
    expect(code not in text and again not in text, 'a badge stands in the clear')


@tap.case('every_record_of_a_day_is_booked')
def day():
    first.do('login', operator='u09', pin='9999')
    first.good('report', kind='x')
    first.good('no_sale')
    first.good('paid_in', amount=5000, reason='change')
    first.good('paid_out', amount=2000, reason='ice')
    first.good('safe_drop', amount=1000)
    first.good('training', on=True)
    first.scan(shop.link(pieces[3]))
    first.good('tender', kind='cash', amount=1000000)
    first.good('training', on=False)
    first.good('cash_up', counted=100000)
    z = first.good('report', kind='z')
    online(first)
    online(second)
    done = central.command('verify', check=False)
    expect(done.returncode == 0, 'central verify: ' + done.stdout + done.stderr)
    types = {record['type'] for record in central.journal()}
    wanted = {'suspend', 'resume', 'no_sale', 'paid_in', 'paid_out', 'safe_drop', 'training', 'cash_up', 'x_report', 'z_report',
              'reprint', 'abandoned', 'sale', 'login'}
    expect(wanted <= types, 'central lacks %s' % (wanted - types))
    expect(z['training'] >= 3 and z['sales']['count'] == 1, 'the Z says %s' % z)
    for till in tills:
        expect(till.verify().returncode == 0, 'a till does not verify')
        till.close()


@tap.case('goods_of_one_till_are_taken_back_once_at_the_other')
def taken_back():
    for till in tills:
        till.open()
        online(till)
    sale = first.sell([shop.link(pieces[2])])
    online(first)
    back = second.good('return', receipt=sale['receipt'], line=1, to='stock')
    expect(back['type'] == 'return' and back['total'] == -sale['total'], 'it came back as %s' % back)
    online(second)
    refused(first.do('return', receipt=sale['receipt'], line=1, to='stock'), 'already_returned')
    refused(second.do('return', receipt='T09-000001', line=1, to='stock'), 'no_such_receipt')
    central.command('offer', 'add', '--store', '1', '--key', 'pair', '--name', '2 for 1', '--need', '2', '--pay', '1', pieces[2].split('/')[0])
    online(second)
    second.scan(shop.link(pieces[2]))
    one = second.good('cart')['total']
    second.scan(shop.link(pieces[2]))
    cart = second.good('cart')
    expect(cart['total'] == one and cart['lines'][-1]['why'] == '2 for 1', 'the offer makes %s' % cart)
    second.good('void')
    central.command('offer', 'end', '--store', '1', '--key', 'pair')
    for till in tills:
        online(till)
        expect(till.verify().returncode == 0, 'a till does not verify')
        till.close()
    expect(central.command('verify', check=False).returncode == 0, 'central does not verify')


tap.done()

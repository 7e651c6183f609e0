#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Suppliers' EPCIS over HTTP, from the outside: capture, its result, queries page by page, hostile documents.

test_central_suppliers.py PROGRAMS"""
import http.client
import json
import os
import pathlib
import ssl
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Tap, expect

TLS = ssl._create_unverified_context()
LOT = 'https://id.gs1.org/01/08801234567893/10/L20261122A'

tap = Tap('central_suppliers')
central = Central(Programs(sys.argv[1]), tap.folder / 'central')
central.serve()
tap.at_end(central.kill)
token = central.command('supplier', 'add', '--supplier', 'farm', '--name', 'Juwang Orchard').stdout.strip()
other = central.command('supplier', 'add', '--supplier', 'truck').stdout.strip()
shared = pathlib.Path(os.environ.get('COSTER_TEST_DATA', '/nowhere')) / 'standards' / 'epcis_chain.json'
chain = json.loads(shared.read_text()) if shared.exists() else None


def ask(method, path, body=None, as_token=token, **headers):
    connection = http.client.HTTPSConnection('127.0.0.1', central.port, context=TLS, timeout=30)
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
    if body is not None:
        headers.setdefault('Content_Type', 'application/ld+json')
    headers = {name.replace('_', '-'): value for name, value in headers.items()}
    if as_token:
        headers['Authorization'] = 'Bearer ' + as_token
    try:
        connection.request(method, path, body.encode() if isinstance(body, str) else body, headers)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, dict(answer.getheaders()), json.loads(text) if text else None
    finally:
        connection.close()


def query(path):
    status, headers, body = ask('GET', path)
    expect(status == 200, '%s: %d %s' % (path, status, body))
    return headers, body['epcisBody']['queryResults']['resultsBody']['eventList']


def event(number, **members):
    return dict({'type': 'ObjectEvent', 'eventID': 'urn:test:%d' % number, 'eventTime': '2026-11-20T05:%02d:00Z' % number,
                 'eventTimeZoneOffset': '+00:00', 'action': 'OBSERVE', 'bizStep': 'storing',
                 'epcList': ['https://id.gs1.org/00/395212345000000019']}, **members)


def document(events):
    return {'@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'], 'type': 'EPCISDocument',
            'schemaVersion': '2.0', 'creationDate': '2026-11-23T11:05:13+09:00', 'epcisBody': {'eventList': events}}


@tap.case('a_chain_sent_twice_is_one_set_of_events')
def twice():
    if chain is None:
        return 'COSTER_TEST_DATA has no standards/epcis_chain.json'
    for added, there in ((8, 0), (0, 8)):
        status, headers, body = ask('POST', '/capture', chain)
        expect(status == 202 and headers['Location'].startswith('/capture/'), '%d %s' % (status, body))
        status, _, result = ask('GET', headers['Location'])
        expect(status == 200 and result['success'] and not result['running'], 'result: %s' % result)
        expect((result['added'], result['alreadyThere']) == (added, there), 'counts: %s' % result)
        expect(ask('GET', headers['Location'], as_token=other)[0] == 404, 'another supplier reads it')
    _, events = query('/events?MATCH_anyEPCClass=' + urllib.parse.quote(LOT, safe=''))
    expect([e['bizStep'] for e in events] == ['commissioning', 'packing', 'unpacking', 'repackaging', 'retail_selling'],
           'events: %s' % events)


@tap.case('the_lots_route_has_farm_pack_house_dc_and_store_in_order_and_the_alarm')
def route():
    if chain is None:
        return 'COSTER_TEST_DATA has no standards/epcis_chain.json'
    names = {'8801234000017': 'Farm', '8801234000024': 'Pack house', '8801234000031': 'DC', '8801234000048': 'Store'}
    lines = central.command('epcis', 'route', '--store', '1', '--gtin', '08801234567893', '--lot', 'L20261122A').stdout
    steps = [json.loads(line) for line in lines.splitlines()]
    order = []
    for step in steps:
        name = names[step['place']['en']]
        if name not in order:
            order.append(name)
    expect(order == ['Farm', 'Pack house', 'DC', 'Store'], 'order: %s' % order)
    warm = [step for step in steps if step['alarm']]
    expect(len(warm) == 1 and warm[0]['max_dc'] == 89 and warm[0]['min_dc'] == 21, 'alarm: %s' % warm)
    cut = central.command('epcis', 'route', '--store', '1', '--gtin', '08801234567909', '--lot', 'ST1-261122-01').stdout
    expect(len(cut.splitlines()) == 7 and '"alarm":true' in cut, 'what was made of it: %s' % cut)


@tap.case('queries_come_page_by_page_and_only_ones_own')
def pages():
    status, _, body = ask('POST', '/capture', document([event(n) for n in range(7)]), as_token=other)
    expect(status == 202 and body['added'] == 7, '%d %s' % (status, body))
    item = urllib.parse.quote('urn:epc:id:sscc:9521234.3500000001', safe='')
    expect(query('/events?MATCH_anyEPC=' + item)[1] == [], 'another supplier reads them')
    seen, path = [], '/events?MATCH_anyEPC=%s&perPage=3' % item
    while path:
        status, headers, body = ask('GET', path, as_token=other)
        expect(status == 200, '%s' % body)
        seen += [e['eventID'] for e in body['epcisBody']['queryResults']['resultsBody']['eventList']]
        link = headers.get('Link', '')
        path = link[link.index('<') + 1:link.index('>')] if 'rel="next"' in link else None
        expect(len(seen) <= 7, 'no end: %s' % seen)
    expect(seen == ['urn:test:%d' % n for n in range(7)], 'pages: %s' % seen)


@tap.case('one_event_by_itself')
def single():
    status, _, body = ask('POST', '/events', event(50))
    expect(status == 201 and body['added'] == 1, '%d %s' % (status, body))
    status, _, body = ask('POST', '/events', event(50, bizStep='tasting'))
    expect(status == 400 and 'bizStep' in body['message'], '%d %s' % (status, body))


@tap.case('rollback_takes_nothing_and_proceed_takes_the_rest')
def behaviour():
    events = [event(20), event(21, bizStep='harvesting'), event(22)]
    status, _, body = ask('POST', '/capture', document(events))
    expect(status == 400 and not body['success'] and body['errors'][0]['event'] == 1, '%d %s' % (status, body))
    expect(query('/events?EQ_eventID=urn:test:20')[1] == [], 'kept half of it')
    status, _, body = ask('POST', '/capture', document(events), GS1_Capture_Error_Behaviour='proceed')
    expect(status == 202 and body['added'] == 2 and len(body['errors']) == 1, '%d %s' % (status, body))


@tap.case('without_a_good_token_nothing')
def tokens():
    for bad in (None, 'x', token[:-1], central.enrol_code()):
        for method, path, body in (('POST', '/capture', document([event(1)])), ('GET', '/events', None),
                                   ('POST', '/events', event(1)), ('GET', '/capture/1', None)):
            expect(ask(method, path, body, as_token=bad)[0] == 401, '%s %s' % (method, path))
    gone = central.command('supplier', 'add', '--supplier', 'gone').stdout.strip()
    expect(ask('GET', '/events', as_token=gone)[0] == 200, 'a new token is not taken')
    central.command('supplier', 'revoke', '--supplier', 'gone')
    expect(ask('GET', '/events', as_token=gone)[0] == 401, 'a revoked token is taken')


@tap.case('hostile_documents_get_400_and_a_reason')
def hostile():
    deep = '{"a":' * 200 + '1' + '}' * 200
    good = document([event(30)])
    bodies = ['', '[]', '{', 'null', '{}', deep, '{"type":"EPCISDocument"}', b'\xff\xfe', '{"a":1,"a":2}',
              dict(good, schemaVersion='1.2'), dict(good, creationDate='today'), dict(good, epcisBody=[]),
              dict(good, farmer='Kim'), document([]), document(['x']), document([7, None]), document(event(1)),
              document([event(31, eventTime='2026-11-20')]), document([event(31, epcList=[{}])]),
              document([event(31, eventID='x' * 300)]), document([event(31, epcList=['https://id.gs1.org/01/1'])]),
              document([event(n) for n in range(40)] * 13)]
    for body in bodies:
        status, _, answer = ask('POST', '/capture', body)
        reason = answer.get('message') or answer['errors'][0]['message']
        expect(status == 400 and reason, '%d for %s' % (status, str(body)[:80]))
    expect(ask('POST', '/capture', good, Content_Type='text/xml')[0] == 415, 'XML is taken')
    expect(ask('GET', '/events', Accept='text/html')[0] == 406, 'HTML is promised')
    for text in ('x=1', 'perPage=-1', 'MATCH_anyEPC=%00', 'GE_eventTime=now', 'nextPageToken=zzz'):
        status, _, answer = ask('GET', '/events?' + text)
        expect(status == 400 and answer['message'], '%d for %s' % (status, text))
    expect(ask('POST', '/capture', 'x' * (2 << 20))[0] == 413, 'two megabytes are taken')


tap.done()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real coster-central over TLS on loopback: enrolment, journal, feed, bad input, kill -9.

test_central_serve.py PROGRAMS"""
import atexit
import gzip
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Tap, expect, wait_for
from protocol import JSON, LINES, ZERO, Service, sale, zstd_raw

programs = Programs(sys.argv[1])
tap = Tap('central_serve')
central = Central(programs, tap.folder / 'central')
central.command('price', 'pause', '--store', '1')  # or repricing would publish versions of its own among ours
central.serve()
tap.at_end(central.kill)
atexit.register(central.kill)  # also when something between the cases fails


service = Service(central)
ask, enrol, Terminal = service.ask, service.enrol, service.terminal


def Stream(token, after=None, last_id=None):
    return service.stream(token, after, last_id)


def once(token, after=0, headers=None):
    if headers is None:
        return service.once(token, after)
    answer = ask('GET', '/v1/feed?after=%d' % after, headers=headers, token=token)
    expect(answer.status == 200, '%s' % answer.body[:200])
    body = gzip.decompress(answer.body) if answer.headers.get('Content-Encoding') == 'gzip' else answer.body
    lines = [json.loads(line) for line in body.splitlines()]
    return lines[:-1], lines[-1]


till = Terminal()
products = sorted(i['key'] for i in once(till.token)[0] if i['kind'] == 'product')
names = iter(range(1, 1000000))


def change():
    """A commit by another program: a recall of a product that nobody sells by that lot."""
    lot = 'TEST%d' % next(names)
    central.command('recall', 'add', '--store', '1', '--gtin', products[0], '--lot', lot, '--reason', 'a test')
    return products[0] + '/' + lot


@tap.case('hello_and_health_say_who_and_where')
def hello():
    expect(ask('GET', '/healthz').json == {'status': 'ok'}, 'healthz')
    body = till.hello()
    expect(body['acked'] == 0 and body['head'] is None and body['api'] == [1], '%s' % body)
    expect(body['feed_version'] > 0 and len(body['epoch']) >= 16 and body['now'].startswith('2'), '%s' % body)
    setting = [i for i in once(till.token)[0] if i['kind'] == 'setting' and i['key'] == 'central']
    expect(setting[0]['value']['urls'] == [central.url], '%s' % setting)
    expect(setting[0]['value']['pin'].startswith('sha256//'), '%s' % setting)


@tap.case('a_code_enrols_once_and_a_lost_answer_burns_nothing')
def enrolment():
    code = central.enrol_code()
    first = enrol(code, name='till 7', mode='till', nonce='n1')
    expect(first.status == 201, '%s' % first.body)
    body = first.json
    expect(set(body) >= {'terminal', 'store', 'token', 'mode', 'currency', 'acked', 'head', 'receipt_prefix'}, '%s' % body)
    expect(body['store'] == '1' and body['mode'] == 'till' and body['acked'] == 0 and body['head'] is None, '%s' % body)
    expect(enrol(code, name='till 7', mode='till', nonce='n1').json == body, 'the same nonce, another answer')
    enrol(code, nonce='n2').error(403, 'bad_code')
    enrol(code).error(403, 'bad_code')
    enrol('no-such-code').error(403, 'bad_code')
    enrol(central.enrol_code(mode='kiosk'), mode='till').error(403, 'wrong_mode')
    items = {i['key']: i['value'] for i in once(body['token'])[0] if i['kind'] == 'terminal'}
    expect(items[body['terminal']]['name'] == 'till 7', '%s' % items)
    expect(items[body['terminal']]['receipt_prefix'] == body['receipt_prefix'], '%s' % items)
    again = enrol(central.enrol_code(), terminal=body['terminal'], seq=0, head=None).json
    expect(again['terminal'] == body['terminal'] and again['token'] != body['token'], '%s' % again)
    ask('GET', '/v1/hello', token=body['token']).error(401, 'unauthorized')


@tap.case('malformed_enrolments_are_400_and_burn_no_code')
def bad_enrolments():
    code = central.enrol_code()
    for body in (b'', b'[]', b'{', b'null', b'{"code":7}', b'{}', b'{"code":"x","mode":"boss"}', b'\xff\xfe',
                 json.dumps({'code': code, 'name': 'x' * 300}).encode(), json.dumps({'code': code, 'head': 'ab'}).encode(),
                 b'{"code":"a","code":"b"}', b'[' * 2000, json.dumps({'code': code, 'seq': -1}).encode()):
        ask('POST', '/v1/enrol', body, JSON).error(400, 'bad_request')
    ask('POST', '/v1/enrol', b' ' * 100000, JSON).error(413, 'too_large')
    ask('POST', '/v1/enrol', b'a=b', {'Content-Type': 'text/plain'}).error(415, 'unsupported_media_type')
    expect(enrol(code).status == 201, 'the code was burnt')


@tap.case('journal_lines_are_stored_byte_for_byte_and_again_is_harmless')
def journal():
    t = Terminal().write(12, note='값 "quoted" \\ é')
    t.stored(t.post(1, 4), 4)
    t.stored(t.post(1, 4), 4)
    t.stored(t.post(3, 6), 6)
    t.stored(t.post(7, 9, gzip.compress, 'gzip'), 9)
    t.stored(t.post(10, 12, zstd_raw, 'zstd'), 12)
    out = subprocess.run([programs.central, 'journal', '--data', str(central.folder), '--terminal', t.id],
                         capture_output=True, env=programs.environment(), check=True).stdout
    expect(out == t.body(1, 12), 'other bytes than were sent')
    expect(t.hello()['acked'] == 12 and t.hello()['head'] == t.hashes[12], '%s' % t.hello())


@tap.case('gap_fork_and_bad_records_are_said_and_nothing_of_them_is_stored')
def conflicts():
    t = Terminal().write(6)
    t.stored(t.post(1, 2), 2)
    gap = t.post(4, 5).error(409, 'gap')
    expect(gap['acked'] == 2 and gap['head'] == t.hashes[2], '%s' % gap)
    prev = t.post(3, 3, prev='ab' * 32).error(409, 'fork')
    expect(prev['acked'] == 2 and prev['seq'] == 3, '%s' % prev)
    t = Terminal().write(6)
    t.stored(t.post(1, 2), 2)
    mine, t.lines[1] = t.lines[1], t.lines[1].replace(b'change', b'chance')
    fork = t.post(1, 3).error(409, 'fork')
    expect(fork['acked'] == 2 and fork['seq'] == 2, '%s' % fork)
    t = Terminal().write(6)
    t.stored(t.post(1, 2), 2)
    good = t.lines[2]
    for line in (b'', b'{}', b'[]', good[:-1], good.replace(b'"seq":3', b'"seq": 3'), b'{"z":1,"a":2}',
                 good.replace(t.id.encode(), b'another'), good.replace(b'"seq":3', b'"seq":3.5'), b'\xff' * 20,
                 b'{"a":' * 100 + b'1' + b'}' * 100, good.replace(b'change', b'x' * 70000)):
        bad = ask('POST', '/v1/journal?prev=' + t.hashes[2], line + b'\n', LINES, t.token).error(400, 'bad_record')
        expect(bad['line'] == 1, '%s' % bad)
    hole = t.lines[2] + b'\n' + t.lines[4] + b'\n'
    bad = ask('POST', '/v1/journal?prev=' + t.hashes[2], hole, LINES, t.token).error(400, 'bad_record')
    expect(bad['line'] == 2, '%s' % bad)
    for prev in ('', 'x', 'AB' * 32, ZERO[1:]):
        ask('POST', '/v1/journal?prev=' + prev, good + b'\n', LINES, t.token).error(400, 'bad_record')
    ask('POST', '/v1/journal', good + b'\n', LINES, t.token).error(400, 'bad_record')
    ask('POST', '/v1/journal?prev=' + t.hashes[2], b'', LINES, t.token).error(400, 'bad_record')
    t.stored(t.post(3, 6), 6)


@tap.case('bodies_are_bounded_packed_or_not')
def bodies():
    t = Terminal().write(3)
    path = '/v1/journal?prev=' + ZERO

    def post(body, **headers):
        return ask('POST', path, body, dict(LINES, **{k.replace('_', '-'): v for k, v in headers.items()}), t.token)
    post(b'x' * (1024 * 1024 + 1)).error(413, 'too_large')
    post(gzip.compress(b'x' * (64 * 1024 * 1024)), Content_Encoding='gzip').error(413, 'too_large')
    post(zstd_raw(b'x' * (1024 * 1024 + 1)), Content_Encoding='zstd').error(413, 'too_large')
    many = Terminal().write(1001)
    many.post(1, 1001).error(413, 'too_large')
    many.stored(many.post(1, 1000), 1000)
    post(b'not gzip', Content_Encoding='gzip').error(400, 'bad_encoding')
    post(gzip.compress(t.body(1, 3))[:-9], Content_Encoding='gzip').error(400, 'bad_encoding')
    post(t.body(1, 3), Content_Encoding='br').error(415, 'unsupported_encoding')
    ask('POST', path, t.body(1, 3), JSON, t.token).error(415, 'unsupported_media_type')
    expect(t.hello()['acked'] == 0, 'something of it was stored')


@tap.case('who_is_not_enrolled_gets_401_and_what_is_not_there_404_or_405')
def routes():
    for path in ('/v1/hello', '/v1/feed'):
        ask('GET', path).error(401, 'unauthorized')
        for header in ('Bearer', 'Bearer ', 'Basic abc', 'Bearer nonsense', 'Bearer ' + 'x' * 1000, 'Bearer ' + till.token + 'x'):
            answer = ask('GET', path, headers={'Authorization': header})
            answer.error(401, 'unauthorized')
            expect(answer.headers['WWW-Authenticate'] == 'Bearer', '%s' % answer.headers)
    ask('POST', '/v1/journal?prev=' + ZERO, b'x', LINES).error(401, 'unauthorized')
    for path in ('/', '/v1', '/v2/hello', '/v1/hello/', '/v1/../etc/passwd', '/%00', '/v1/hello%2f'):
        ask('GET', path).error(404, 'not_found')
    for method, path, allow in (('POST', '/v1/hello', 'GET'), ('GET', '/v1/journal', 'POST'), ('DELETE', '/v1/feed', 'GET'),
                                ('PUT', '/v1/enrol', 'POST'), ('FROB', '/healthz', 'GET')):
        answer = ask(method, path, token=till.token)
        answer.error(405, 'method_not_allowed')
        expect(answer.headers['Allow'] == allow, '%s' % answer.headers)
    for after in ('-1', 'x', '1.5', '99999999999999999999'):
        ask('GET', '/v1/feed?after=' + after, token=till.token).error(400, 'bad_after')


@tap.case('seen_takes_what_a_terminal_shows_and_refuses_the_malformed_whole')
def seen():
    tags = [{'tag': 't1', 'version': 3, 'shown_at': '2026-11-23T09:00:00.000+09:00'}]
    version = till.hello()['feed_version']
    answer = ask('POST', '/v1/seen', json.dumps({'feed_version': version, 'tags': tags}), JSON, till.token)
    expect(answer.status == 200, '%s' % answer.body)
    expect(ask('POST', '/v1/seen', json.dumps({'feed_version': version}), JSON, till.token).status == 200, 'no tags')
    for body in ({}, {'feed_version': -1}, {'feed_version': '1'}, {'feed_version': 1, 'tags': {}},
                 {'feed_version': 1, 'tags': tags + [{'tag': 5}]}):
        ask('POST', '/v1/seen', json.dumps(body), JSON, till.token).error(400, 'bad_request')


@tap.case('a_receipt_of_one_till_can_be_read_at_another')
def receipts():
    lot = next(i for i in once(till.token)[0] if i['kind'] == 'lot' and i['value'].get('unit') == 'each')['key'].split('/')
    seller = Terminal()
    number = seller.answer['receipt_prefix'] + '-000001'
    seller.write(1, **sale(lot[0], lot[1], 1000, number, 2))
    seller.stored(seller.post(1, 1), 1)
    answer = ask('GET', '/v1/receipts/' + number, token=till.token)
    expect(answer.status == 200, '%s' % answer.body)
    expect(answer.json == {'receipt': number, 'record': json.loads(seller.lines[0]), 'returned': [], 'voided': False},
           '%s' % answer.body)
    for path in ('T99-000001', '', 'x' * 100, '%ff'):
        ask('GET', '/v1/receipts/' + path, token=till.token).error(404, 'not_found')
    ask('GET', '/v1/receipts/' + number, token=Terminal('kiosk').token).error(403, 'forbidden')
    ask('GET', '/v1/receipts/' + number).error(401, 'unauthorized')


@tap.case('the_feed_once_is_the_state_and_then_only_what_changed')
def feed_once():
    items, end = once(till.token)
    versions = [i['version'] for i in items]
    expect(versions == sorted(versions), 'versions fall')
    expect(len({(i['kind'], i['key']) for i in items}) == len(items), 'an item came twice')
    expect(end['end'] is True and end['version'] == till.hello()['feed_version'], '%s' % end)
    expect(end['epoch'] == till.hello()['epoch'], '%s' % end)
    packed, _ = once(till.token, headers={'Accept-Encoding': 'gzip'})
    expect(packed == items, 'gzip says something else')
    expect(once(till.token, end['version']) == ([], end), 'news without news')
    expect(once(till.token, end['version'] + 100) == ([], end), 'a version of the future')
    key = change()
    news, after = once(till.token, end['version'])
    expect([i['key'] for i in news] == [key] and after['version'] == end['version'] + 1, '%s' % news)


@tap.case('operators_go_to_tills_and_managers_and_not_to_kiosks')
def operators():
    kinds = {}
    for mode in ('till', 'manager', 'kiosk'):
        t = Terminal(mode)
        kinds[mode] = {i['kind'] for i in once(t.token)[0]}
        stream = Stream(t.token, after=0)
        events, number = stream.events_until_id()
        expect({e['kind'] for e in events} == kinds[mode], 'stream and lines differ')
        stream.close()
    expect('operator' in kinds['till'] and 'operator' in kinds['manager'], '%s' % kinds)
    expect(kinds['kiosk'] == kinds['till'] - {'operator'}, '%s' % kinds)


@tap.case('a_stream_catches_up_with_one_id_then_gives_each_commit')
def stream():
    items, end = once(till.token)
    s = Stream(till.token, after=0)
    events, number = s.events_until_id()
    expect(events == items and number == end['version'], 'the catch-up differs from the state')
    for _ in range(3):
        key = change()
        events, last = s.events_until_id()
        expect([e['key'] for e in events] == [key] and last == number + 1, '%s %d' % (events, last))
        number = last
    s.close()
    missed = [change(), change()]
    s = Stream(till.token, after=0, last_id=number)
    events, last = s.events_until_id()
    expect([e['key'] for e in events] == missed and last == number + 2, '%s' % events)
    s.close()
    kiosk = Terminal('kiosk')
    number = kiosk.hello()['feed_version']
    s = Stream(kiosk.token, after=number)
    central.command('operator', 'set', '--store', '1', '--operator', 'u77', '--name', 'Hidden', '--role', 'cashier',
                    stdin='4711\n')
    events, last = s.events_until_id()
    expect(events == [] and last == number + 1, 'a commit that is not for a kiosk: %s %d' % (events, last))
    s.close()


@tap.case('two_hundred_streams_all_hear_one_change')
def burst():
    after = till.hello()['feed_version']
    streams = []
    try:
        for _ in range(200):
            streams.append(Stream(till.token, after=after))
        key = change()
        for s in streams:
            events, number = s.events_until_id()
            expect([e['key'] for e in events] == [key] and number == after + 1, '%s' % events)
        expect(ask('GET', '/healthz').status == 200, 'and nothing else?')
    finally:
        for s in streams:
            s.close()


@tap.case('a_revoked_token_gets_401_and_its_streams_close')
def revoke():
    t = Terminal()
    number = t.hello()['feed_version']
    s, other = Stream(t.token, after=number), Stream(till.token, after=number)
    central.command('terminal', 'revoke', '--terminal', t.id)
    expect(s.ended(), 'the stream of a revoked terminal stays open')
    ask('GET', '/v1/hello', token=t.token).error(401, 'unauthorized')
    expect(not other.ended(0.5), 'another terminal was cut')
    other.close()


@tap.case('garbage_on_the_wire_hurts_nobody')
def garbage():
    good = Terminal().write(1)
    for text in (b'', b'\0' * 100, b'GET / HTTP/1.1\r\n\r\n', os.urandom(2000)):
        with socket.create_connection(('127.0.0.1', central.port), 10) as raw:
            try:
                raw.sendall(text)
                raw.shutdown(socket.SHUT_WR)
                raw.settimeout(10)
                while raw.recv(4096):
                    pass
            except OSError:
                pass
    long = 'x' * 20000
    for text in ('GET /%s HTTP/1.1\r\nHost: x\r\n\r\n' % long, 'GET / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n' % long,
                 'GET / HTTP/1.1\r\n\r\n', 'FROB\r\n\r\n', 'POST /v1/journal HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n',
                 'POST /v1/journal HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
                 'POST /v1/journal HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nabc',
                 'POST /v1/enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n'):
        with service.connect(10) as raw:
            got = b''
            try:
                raw.sendall(text.encode())
                raw.settimeout(15)
                while b'\r\n' not in got:
                    data = raw.recv(4096)
                    if not data:
                        break
                    got += data
            except OSError:
                pass
            expect(not got or got.split()[1].startswith(b'4'), '%r was answered with %r' % (text[:60], got[:80]))
    good.stored(good.post(1, 1), 1)


@tap.case('kill_9_loses_nothing_that_was_acknowledged')
def kill():
    tills = [Terminal() for _ in range(4)]
    told = {}
    stop = threading.Event()

    def send(t):
        while not stop.is_set():
            first = len(t.lines) + 1
            t.write(5)
            try:
                answer = t.post(first, first + 4)
                t.stored(answer, first + 4)
                told[t.id] = first + 4
            except (OSError, http.client.HTTPException):
                return
    for round_number in range(3):
        stop.clear()
        before = sum(told.values())
        threads = [threading.Thread(target=send, args=(t,)) for t in tills]
        for thread in threads:
            thread.start()
        wait_for('records to be acknowledged', lambda: sum(told.values()) > before + 40)
        central.process.send_signal(signal.SIGKILL)
        for thread in threads:
            thread.join()
        central.kill()
        stop.set()
        central.serve()
        for t in tills:
            has = t.hello()
            expect(has['acked'] >= told.get(t.id, 0), 'acknowledged %d, has %d' % (told.get(t.id, 0), has['acked']))
            expect(has['head'] == (t.hashes[has['acked']] if has['acked'] else None), 'another chain')
            if has['acked'] < len(t.lines):
                t.stored(t.post(has['acked'] + 1, len(t.lines)), len(t.lines))
    verify = central.command('verify', check=False)
    expect(verify.returncode == 0, '%s %s' % (verify.stdout, verify.stderr))


@tap.case('sigterm_ends_streams_and_the_program_at_once')
def sigterm():
    s = Stream(till.token, after=till.hello()['feed_version'])
    central.process.send_signal(signal.SIGTERM)
    expect(s.ended(), 'the stream stayed open')
    expect(central.process.wait(10) == 0, 'it ended with %s' % central.process.returncode)
    s.close()
    central.serve()
    expect(till.hello()['acked'] == 0, 'hello after the restart')


@tap.case('what_cannot_be_served_gets_one_sentence')
def refusals():
    taken = '127.0.0.1:%d' % central.port
    empty = tap.folder / 'nothing'
    bad_tls = tap.folder / 'bad-tls'
    bad_tls.mkdir()
    (bad_tls / 'key.pem').write_text('nonsense')
    for argv, word in ((['--listen', taken], 'port'), (['--listen', '127.0.0.1:99999'], 'address'), (['--listen', 'nowhere'], 'address'),
                       (['--listen', '0.0.0.0:0', '--plain'], 'loopback'),
                       (['--listen', '127.0.0.1:0', '--tls-dir', str(bad_tls)], 'key.pem'),
                       (['--listen', '127.0.0.1:0', '--port-file', '/no/such/folder/port'], 'port')):
        done = programs.run(programs.central, 'serve', '--data', central.folder, *argv, check=False)
        said = [l for l in done.stderr.splitlines() if not l.startswith('{')]
        expect(done.returncode == 1 and len(said) == 1 and word in said[0], '%s: %d %s' % (argv, done.returncode, done.stderr))
    done = programs.run(programs.central, 'serve', '--data', empty, '--listen', '127.0.0.1:0', check=False)
    expect(done.returncode == 1 and str(empty) in done.stderr, '%d %s' % (done.returncode, done.stderr))


@tap.case('guessing_codes_is_slow_and_soon_429')
def guessing():
    # The last case: this address has to wait a minute afterwards. Earlier cases made wrong tries too.
    answers = []

    def guess(number):
        since = time.monotonic()
        answer = enrol('guess-%d' % number)
        answers.append((answer, time.monotonic() - since))
    threads = [threading.Thread(target=guess, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [(a, took) for a, took in answers if a.status == 403]
    expect(0 < len(refused) <= 10, '%d guesses were let through' % len(refused))
    for answer, took in refused:
        expect(took >= 0.25, 'a refusal told by its time')
    for answer in [a for a, _ in answers if a.status != 403]:
        answer.error(429, 'too_many_tries')
        expect(1 <= int(answer.headers['Retry-After']) <= 60, '%s' % answer.headers)
    expect(enrol(central.enrol_code()).status == 429, 'a right code among wrong ones')


central.stop()
tap.done()

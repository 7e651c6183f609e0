#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""sync-protocol.md against the real coster-central, by an outside client over plain HTTP: what takes time (comments, slow
readers, slow requests) waits in threads beside the other cases.

test_central_contract.py PROGRAMS"""
import atexit
import hashlib
import http.client
import json
import os
import pathlib
import re
import resource
import signal
import sqlite3
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import ROOT, Central, Programs, Tap, expect, wait_for
from protocol import AT, JSON, LINES, ZERO, Service, sale

programs = Programs(sys.argv[1])
tap = Tap('central_contract')
central = Central(programs, tap.folder / 'central', plain=True)
central.command('price', 'pause', '--store', '1')
for other in ('2', '3'):
    central.command('store', 'add', '--store', other, '--name', 'Another', '--currency', 'KRW')
central.serve()
tap.at_end(central.kill)
atexit.register(central.kill)
service = Service(central, plain=True)
ask, enrol, Terminal = service.ask, service.enrol, service.terminal

till, manager, kiosk = Terminal(), Terminal('manager'), Terminal('kiosk')
state = service.once(till.token)[0]
lots = [i['key'].split('/') for i in state if i['kind'] == 'lot' and i['value'].get('unit') == 'each']
names = iter(range(1, 1000000))


def change():
    lot = 'TEST%d' % next(names)
    central.command('recall', 'add', '--store', '1', '--gtin', lots[0][0], '--lot', lot, '--reason', 'a test')
    return lots[0][0] + '/' + lot


def figures():
    rows = ask('GET', '/v1/reports/sales?from=2026-11-22T00:00:00Z&until=2026-11-24T00:00:00Z', token=manager.token).json['rows']
    return {(r['gtin'], r['lot']): r['units'] for r in rows}


class Later(threading.Thread):
    """A case that mostly waits: begun now, asked for its outcome by a case of its own later."""

    def __init__(self, run):
        super().__init__(daemon=True)
        self.run_it, self.failure, self.value = run, None, None
        self.start()

    def run(self):
        try:
            self.value = self.run_it()
        except Exception as failure:
            self.failure = failure

    def outcome(self, limit_s):
        self.join(limit_s)
        expect(not self.is_alive(), 'it still waits')
        if self.failure:
            raise self.failure
        return self.value


# --- what waits -------------------------------------------------------------------------------------------------

def gtin13(number):
    body = '200%09d' % number
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body))
    return body + str(-total % 10)


def big_store():
    """Store 2 gets a feed far beyond what socket buffers hold."""
    sheet = tap.folder / 'many.csv'
    with open(sheet, 'w') as out:
        out.write('GTIN,name,category,unit,price\n')
        for number in range(30000):
            out.write('%s,%s,fruit,each,%d\n' % (gtin13(number), 'A long name of a product ' * 6, 1000 + number))
    central.command('import', '--store', '2', str(sheet), '--apply')


big_store()
far, quiet = Terminal(store='2'), Terminal(store='3')


def comments():
    """Seconds between the comment lines of a stream on which nothing happens, store 3's."""
    version = quiet.hello()['feed_version']
    stream = service.stream(quiet.token, after=version, timeout=40)
    since, gaps = time.monotonic(), []
    while len(gaps) < 2:
        line = stream.response.readline()
        expect(line.startswith(b':'), '%r' % line)
        gaps.append(time.monotonic() - since)
        since = time.monotonic()
    stream.close()
    return gaps


def slow_reader():
    """Reads a little, then nothing for 40 s: what is there afterwards is far from all, and the end."""
    stream = service.stream(far.token, after=0, timeout=60, receive_buffer=4096)
    expect(stream.response.readline(), 'nothing at all')
    time.sleep(42)
    got = 0
    try:
        while True:
            data = stream.socket.recv(65536)
            if not data:
                break
            got += len(data)
    except ConnectionError:
        pass
    return got


def steady_reader():
    """Slow, but it gets on: it is not cut, and hears the end."""
    stream = service.stream(far.token, after=0, timeout=60, receive_buffer=65536)
    got, until = 0, time.monotonic() + 42
    tail = b''
    while time.monotonic() < until:
        data = stream.socket.recv(16384)
        expect(data, 'a reader that got on was cut after %d bytes' % got)
        got += len(data)
        time.sleep(0.2)
    while b'\nid: ' not in tail:
        data = stream.socket.recv(1 << 20)
        expect(data, 'a reader that got on was cut')
        tail = tail[-64:] + data
    stream.close()
    return got


def slow_head():
    """Seconds until a request that is never finished is cut; a byte each second does not prolong it."""
    raw, since = service.connect(60), time.monotonic()
    raw.sendall(b'GET /v1/hello HTTP/1.1\r\nHost: x\r\nX-Slow: ')
    try:
        for _ in range(60):
            raw.settimeout(1)
            try:
                if not raw.recv(100):
                    break
            except TimeoutError:
                pass
            raw.sendall(b'a')
    except ConnectionError:
        pass
    return time.monotonic() - since


def idle():
    raw, since = service.connect(60), time.monotonic()
    raw.sendall(b'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
    while raw.recv(1000):
        pass
    return time.monotonic() - since


def resident_kib():
    return int(re.search(r'VmRSS:\s+(\d+)', open('/proc/%d/status' % central.process.pid).read()).group(1))


for _ in range(3):  # the database's caches are warm before memory is looked at
    service.once(far.token)
rss_before = resident_kib()
waiting_comments, waiting_steady = Later(comments), Later(steady_reader)
waiting_slow = [Later(slow_reader) for _ in range(30)]
waiting_head, waiting_idle = Later(slow_head), Later(idle)


# --- identity ---------------------------------------------------------------------------------------------------

@tap.case('enrolling_again_keeps_the_id_only_where_the_chains_agree')
def again():
    t = Terminal().write(5)
    t.stored(t.post(1, 3), 3)
    for seq, keeps in ((3, True), (5, True)):
        body = enrol(central.enrol_code(), terminal=t.id, seq=seq, head=t.hashes[seq]).json
        expect((body['terminal'] == t.id) == keeps, '%s' % body)
        expect(body['acked'] == 3 and body['head'] == t.hashes[3], '%s' % body)
        ask('GET', '/v1/hello', token=t.token).error(401, 'unauthorized')
        t.token = body['token']
    for members in (dict(seq=2, head=t.hashes[2]), dict(seq=3, head='ab' * 32), dict(seq=3)):
        body = enrol(central.enrol_code(), terminal=t.id, **members).json
        expect(body['terminal'] != t.id and body['acked'] == 0 and body['head'] is None, '%s %s' % (members, body))
    body = enrol(central.enrol_code(), terminal=t.id, seq=5, head=t.hashes[5], forked=True,
                 chain=[{'seq': n, 'hash': t.hashes[n]} for n in (5, 4, 2)]).json
    expect(body['terminal'] != t.id and body['held'] == 2, 'a terminal that knows of a fork kept its id: %s' % body)
    body = enrol(central.enrol_code(mode='kiosk'), terminal=t.id, seq=3, head=t.hashes[3]).json
    expect(body['terminal'] != t.id, "a kiosk's code put a till out of action")
    body = enrol(central.enrol_code(store='2'), terminal=t.id, seq=3, head=t.hashes[3]).json
    expect(body['terminal'] != t.id and body['store'] == '2', 'the code of another store')
    t.stored(t.post(4, 5), 5)


@tap.case('a_code_has_its_mode_its_store_its_time_and_80_bits')
def codes():
    expired = central.command('enrol-code', '--store', '1', '--valid', '1s').stdout.strip()
    code = central.enrol_code(store='2', mode='kiosk')
    secret = code.split('.')[0]
    expect(len(secret) >= 16, 'short: %s' % secret)
    enrol(code, mode='manager').error(403, 'wrong_mode')
    body = enrol(secret).json
    expect(body['mode'] == 'kiosk' and body['store'] == '2', '%s' % body)
    time.sleep(1.1)
    enrol(expired).error(403, 'bad_code')
    took = []
    for wrong in (secret, expired, 'never-was'):
        since = time.monotonic()
        enrol(wrong).error(403, 'bad_code')
        took.append(time.monotonic() - since)
    expect(min(took) >= 0.25, 'told by the time: %s' % took)


@tap.case('a_clone_forks_and_what_it_wrote_goes_up_adopted_and_is_booked_once')
def adopted():
    t = Terminal().write(2)
    t.stored(t.post(1, 2), 2)
    clone = t.clone()
    gtin, lot = lots[0]
    t.write(1, note='the one')
    t.stored(t.post(3, 3), 3)
    number = t.answer['receipt_prefix'] + '-000777'
    clone.write(1, **sale(gtin, lot, 1000, number, 2))
    clone.write(1)
    fork = clone.post(3, 4).error(409, 'fork')
    expect(fork['acked'] == 3 and fork['seq'] == 3 and fork['head'] == t.hashes[3], '%s' % fork)
    has = clone.hello()
    expect(has['acked'] == 3 and has['head'] != clone.hashes[3], 'hello does not show the fork: %s' % has)
    fresh = Terminal(terminal=clone.id, seq=4, head=clone.hashes[4])
    expect(fresh.id != t.id, 'a forked terminal kept its id')
    before = figures()
    for of_seq in (3, 4, 3):  # one of them twice
        fresh.write(1, type='adopted', line=clone.lines[of_seq - 1].decode(), of=clone.id, of_seq=of_seq)
    fresh.stored(fresh.post(1, 3), 3)
    after = figures()
    expect(after.get((gtin, lot), 0) == before.get((gtin, lot), 0) + 2, '%s, then %s' % (before, after))
    answer = ask('GET', '/v1/receipts/' + number, token=till.token)
    expect(answer.status == 200 and answer.json['record'] == json.loads(clone.lines[2]), '%s' % answer.body)
    out = central.command('verify')
    expect(json.loads(out.stdout)['good'], out.stdout)


# --- up ---------------------------------------------------------------------------------------------------------

@tap.case('what_cannot_be_booked_is_acknowledged_and_stands_in_the_inbox_with_its_reason')
def inbox():
    t = Terminal()
    gtin, lot = lots[0]
    t.write(1, **sale('09599999999990', 'X', 1000, 'I-1'))
    wrong = sale(gtin, lot, 1000, 'I-2')
    wrong['total'] = 999
    t.write(1, **wrong).write(1, type='nobody_knows_this').write(1, **sale(gtin, lot, 1000, 'I-3'))
    t.stored(t.post(1, 4), 4)
    rows = [r for r in ask('GET', '/v1/reports/inbox', token=manager.token).json['rows'] if r['terminal'] == t.id]
    expect([(r['seq'], r['reason']) for r in rows] == [(1, 'unknown_product'), (2, 'sums')], '%s' % rows)
    expect(all(r['detail'] for r in rows), '%s' % rows)
    expect(ask('GET', '/v1/receipts/I-3', token=till.token).status == 200, 'the good one after them')


@tap.case('two_senders_of_one_journal_harm_nothing_and_many_are_told_to_wait')
def two_senders():
    t = Terminal().write(300)
    answers = []

    def send():
        answers.append(t.post(1, 300))
    threads = [threading.Thread(target=send) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    good = [a for a in answers if a.status == 200]
    expect(len(good) >= 2, 'one sender went through')
    for answer in answers:
        if answer.status != 200:
            answer.error(429, 'too_many_batches')
    t.stored(t.post(1, 300), 300)
    expect(json.loads(central.command('verify').stdout)['good'], 'verify')


@tap.case('bodies_may_come_chunked_in_pieces_and_pipelined')
def pieces():
    t = Terminal().write(4)
    raw = service.connect()
    head = 'POST /v1/journal?prev=%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\n'
    raw.sendall((head % (ZERO, t.token) + 'Transfer-Encoding: chunked\r\n\r\n').encode())
    body = t.body(1, 2)
    for at in range(0, len(body), 37):
        part = body[at:at + 37]
        raw.sendall(b'%x\r\n%s\r\n' % (len(part), part))
    raw.sendall(b'0\r\n\r\n')
    for first in (3, 4):
        raw.sendall((head % (t.hashes[first - 1], t.token) + 'Content-Length: %d\r\n\r\n' % len(t.body(first, first))).encode()
                    + t.body(first, first))
    stream = raw.makefile('rb')
    for seq in (2, 3, 4):
        status = stream.readline()
        expect(b' 200 ' in status, '%r' % status)
        length = 0
        while (line := stream.readline().strip()):
            if line.lower().startswith(b'content-length:'):
                length = int(line.split(b':')[1])
        expect(json.loads(stream.read(length))['acked'] == seq, 'the answer to %d' % seq)
    raw.close()


# --- down -------------------------------------------------------------------------------------------------------

@tap.case('an_id_stands_on_the_last_event_of_a_version_alone')
def whole_versions():
    sheet = tap.folder / 'few.csv'
    sheet.write_text('GTIN,name,category,unit,price\n' + ''.join('%s,New %d,fruit,each,1500\n' % (gtin13(50000 + n), n) for n in range(5)))
    number = till.hello()['feed_version']
    stream = service.stream(till.token, after=number)
    central.command('import', '--store', '1', str(sheet), '--apply')
    versions, events = [], []
    while len(events) < 10:  # five products and their prices
        more, number = stream.events_until_id()
        versions.append(number)
        events += more
        expect(all(e['version'] <= number for e in more), '%s' % more)
    expect(versions == sorted(set(versions)), '%s' % versions)
    expect({e['kind'] for e in events} == {'product', 'price'}, '%s' % events)
    stream.close()


@tap.case('versions_rise_by_one_while_others_commit_and_no_reader_misses_one')
def no_gaps():
    number = till.hello()['feed_version']
    stop, seen = threading.Event(), {}

    def read(after):
        at = after
        while not stop.is_set() or at < seen.get('end', at):
            items, end = service.once(till.token, at)
            versions = [i['version'] for i in items]
            expect(versions == sorted(versions), 'not ascending: %s' % versions)
            got.extend(versions)
            at = end['version']
    got = []
    reader = Later(lambda: read(number))
    stream = service.stream(till.token, after=number)
    changers = [threading.Thread(target=lambda: [change() for _ in range(4)]) for _ in range(3)]
    for thread in changers:
        thread.start()
    for thread in changers:
        thread.join()
    seen['end'] = number + 12
    stop.set()
    reader.outcome(30)
    expect(got == list(range(number + 1, number + 13)), 'one-shot reads gave %s from %d' % (got, number))
    heard, last = [], number
    while last < number + 12:
        events, now = stream.events_until_id()
        expect(now > last, 'the id fell')
        last = now
        heard += [e['version'] for e in events]
    expect(heard == list(range(number + 1, number + 13)), 'the stream gave %s' % heard)
    stream.close()


@tap.case('a_position_ahead_waits_and_last_event_id_wins_over_after')
def ahead():
    number = till.hello()['feed_version']
    stream = service.stream(till.token, after=number + 3)
    change()
    expect(stream.line_within(1.5) is None, 'something came for who is ahead')
    stream.close()
    stream = service.stream(till.token, after=0, last_id=number)
    events, last = stream.events_until_id()
    expect(len(events) == 1 and last == number + 1, '%s' % events)
    stream.close()
    stream = service.stream(till.token, after=number, last_id='')
    expect(len(stream.events_until_id()[0]) == 1, 'an empty Last-Event-ID is none')
    stream.close()
    items, _ = service.once(till.token, number, {'Last-Event-ID': '0'})
    expect(len(items) == 1, 'the one-shot form has no Last-Event-ID')


@tap.case('a_deletion_stays_as_a_row_with_null')
def deletion():
    key = change()
    number = till.hello()['feed_version']
    gtin, lot = key.split('/')
    central.command('recall', 'lift', '--store', '1', '--gtin', gtin, '--lot', lot)
    items, _ = service.once(till.token, number)
    expect([(i['key'], i['value']) for i in items] == [(key, None)], '%s' % items)
    items, _ = service.once(till.token, 0)
    expect([i['value'] for i in items if i['key'] == key and i['kind'] == 'recall'] == [None], 'gone from the state')


@tap.case('a_revocation_by_another_program_closes_the_stream_within_seconds')
def revocation():
    t = Terminal()
    stream = service.stream(t.token, after=t.hello()['feed_version'])
    central.command('terminal', 'revoke', '--terminal', t.id)
    since = time.monotonic()
    expect(stream.ended(5), 'the stream of a revoked terminal stays open')
    expect(time.monotonic() - since < 4, 'late')
    for method, path in (('GET', '/v1/feed'), ('GET', '/v1/tickets'), ('POST', '/v1/seen'), ('GET', '/v1/receipts/x')):
        ask(method, path, token=t.token).error(401, 'unauthorized')


@tap.case('a_stream_whose_reader_left_is_gone_at_once')
def left():
    def open_now():
        return int(re.search(rb'coster_streams (\d+)', ask('GET', '/metrics').body).group(1))
    before, version = open_now(), till.hello()['feed_version']
    streams = [service.stream(till.token, after=version) for _ in range(40)]
    expect(open_now() >= before + 40, 'not counted')
    for stream in streams:
        stream.response.close()
        stream.close()
    wait_for('the streams to be gone', lambda: open_now() <= before, 5)


# --- rights and other reads -------------------------------------------------------------------------------------

@tap.case('each_mode_has_its_own_rights')
def rights():
    for path in ('/v1/receipts/I-3', '/v1/tickets', '/v1/reports/sales'):
        ask('GET', path, token=kiosk.token).error(403, 'forbidden')
    for report in ('sales', 'hours', 'inbox', 'terminals'):
        ask('GET', '/v1/reports/' + report, token=till.token).error(403, 'forbidden')
        expect(ask('GET', '/v1/reports/' + report, token=manager.token).json['report'] == report, report)
    ask('GET', '/v1/reports/secrets', token=manager.token).error(404, 'not_found')
    other = Terminal(store='2')
    ask('GET', '/v1/receipts/I-3', token=other.token).error(404, 'not_found')
    mine = {i['key'] for i in service.once(till.token)[0] if i['kind'] == 'terminal'}
    theirs = {i['key'] for i in service.once(other.token)[0] if i['kind'] == 'terminal'}
    expect(other.id in theirs and not mine & theirs, 'the feed of another store')
    t = Terminal().write(1)
    body = t.lines[0]
    t.service.ask('POST', '/v1/journal?prev=' + ZERO, body, LINES, till.token).error(400, 'bad_record')


@tap.case('reports_are_bounded_and_say_who_shows_what')
def reports():
    version = till.hello()['feed_version']
    ask('POST', '/v1/seen', json.dumps({'feed_version': version}), JSON, till.token)
    body = ask('GET', '/v1/reports/terminals', token=manager.token).json
    row = [r for r in body['rows'] if r['terminal'] == till.id][0]
    expect(row['state'] == 'current' and row['seen_version'] == version, '%s' % row)
    expect(1 <= body['terminals_current'] <= body['terminals_of'], '%s' % body)
    expect(not any('token' in r for r in body['rows']), 'a token in a report')
    tags = ['tag-%d' % number for number in range(4)]
    with sqlite3.connect(central.folder / 'central.db', 10) as database:  # as a gateway's binding leaves them
        for tag, (gtin, lot) in zip(tags, lots):
            database.execute('INSERT INTO feed (store, kind, item, version, value) VALUES (?,?,?,?,?)',
                             ('1', 'tag', tag, 1, json.dumps({'gtin': gtin, 'kind': 'esl', 'lot': lot})))
    body = ask('GET', '/v1/reports/terminals', token=manager.token).json
    expect((body['tags_current'], body['tags_of']) == (0, len(tags)), '%s' % body)
    shown = [{'tag': tag, 'version': version, 'shown_at': AT} for tag in tags[:-1]]
    expect(ask('POST', '/v1/seen', json.dumps({'feed_version': version, 'tags': shown}), JSON, till.token).status == 200, 'seen')
    body = ask('GET', '/v1/reports/terminals', token=manager.token).json
    expect((body['tags_current'], body['tags_of']) == (len(tags) - 1, len(tags)), '%s' % body)
    hours = ask('GET', '/v1/reports/hours?from=2026-11-22T15:00:00Z&until=2026-11-23T15:00:00Z', token=manager.token).json
    expect([r['hour'] for r in hours['rows']] == ['2026-11-23T09:00:00.000+09:00'], '%s' % hours)
    for query in ('from=x', 'until=1', 'from=2026-01-01T00:00:00Z&until=2026-11-01T00:00:00Z',
                  'from=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z', 'from=99999-01-01T00:00:00Z'):
        ask('GET', '/v1/reports/sales?' + query, token=manager.token).error(400, 'bad_period')


@tap.case('a_suspended_cart_goes_to_exactly_one_till')
def tickets():
    a, b = Terminal(), Terminal()
    ticket = {'at': AT, 'cart': {'lines': []}, 'lines': 2, 'operator': 'u01', 'terminal': a.id, 'ticket': 'C01-S1', 'total': 25800}
    for _ in range(2):
        expect(ask('PUT', '/v1/tickets', json.dumps(ticket), JSON, a.token).status == 200, 'sharing')
    ask('PUT', '/v1/tickets', json.dumps(dict(ticket, terminal=b.id)), JSON, b.token).error(409, 'taken')
    listed = ask('GET', '/v1/tickets', token=b.token).json['tickets']
    expect([t['ticket'] for t in listed] == ['C01-S1'] and 'cart' not in listed[0], '%s' % listed)
    answers = {}

    def claim(t):
        answers[t.id] = ask('PUT', '/v1/tickets', json.dumps({'claim': True, 'ticket': 'C01-S1'}), JSON, t.token)
    threads = [threading.Thread(target=claim, args=(t,)) for t in (a, b)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect(sorted(x.status for x in answers.values()) == [200, 409], '%s' % answers)
    winner = a if answers[a.id].status == 200 else b
    claim(winner)
    expect(answers[winner.id].status == 200 and answers[winner.id].json['cart'] == {'lines': []}, 'claimed again')
    ask('PUT', '/v1/tickets', json.dumps({'claim': True, 'ticket': 'none'}), JSON, a.token).error(404, 'not_found')
    expect(ask('GET', '/v1/tickets', token=a.token).json['tickets'] == [], 'still listed')


@tap.case('metrics_are_for_this_machine_or_a_token')
def metrics():
    answer = ask('GET', '/metrics')
    expect(answer.status == 200 and answer.headers['Content-Type'].startswith('text/plain; version=0.0.4'), '%s' % answer.headers)
    figures = {}
    for line in answer.body.decode().splitlines():
        if not line.startswith('#'):
            match = re.fullmatch(r'([a-z_]+(?:\{[a-z]+="[^"]*"\})?) ([0-9.]+)', line)
            expect(match, 'no sample: %r' % line)
            expect(match[1] not in figures, 'twice: %s' % match[1])
            figures[match[1]] = float(match[2])
    expect(figures['coster_records_stored_total'] > 300, '%s' % figures)
    expect(figures['coster_feed_version{store="1"}'] == till.hello()['feed_version'], 'feed version')
    expect(figures['coster_batches_total{answer="fork"}'] >= 1 and figures['coster_inbox{store="1"}'] >= 2, '%s' % figures)
    expect(figures['coster_answers_total{status="5xx"}'] == 0, 'a 5xx')
    ask('GET', '/metrics', token='wrong').error(401, 'unauthorized')
    ask('GET', '/metrics', token=till.token).error(401, 'unauthorized')
    token = central.command('metrics-token').stdout.strip()
    expect(ask('GET', '/metrics', token=token).status == 200, 'with its token')
    ask('GET', '/v1/hello', token=token).error(401, 'unauthorized')


@tap.case('figures_of_all_stores_by_their_own_days_and_summed_by_currency')
def consolidated():
    central.command('store', 'add', '--store', '4', '--name', 'West', '--currency', 'EUR', '--time-zone', 'America/New_York')
    central.command('import', '--store', '4', str(tap.folder / 'few.csv'), '--apply')
    west = Terminal(store='4')
    record = sale(gtin13(50000).zfill(14), '', 700, 'W-1', at='2026-11-23T23:30:00.000-05:00')
    west.write(1, **dict(record, currency='EUR'))
    west.stored(west.post(1, 1), 1)
    rows = [json.loads(l) for l in central.command('figures', '--from', '2026-11-23', '--until', '2026-11-24').stdout.splitlines()]
    by_store = {r['store']: r for r in rows if 'store' in r}
    expect(set(by_store) == {'1', '2', '3', '4'} and by_store['4']['amount'] == 700, '%s' % rows)
    expect(by_store['1']['amount'] > 0 and rows[-1]['totals'] == {'KRW': by_store['1']['amount'], 'EUR': 700}, '%s' % rows)
    rows = [json.loads(l) for l in central.command('figures', '--store', '4', '--from', '2026-11-24', '--until', '2026-11-25').stdout.splitlines()]
    expect(rows[0]['amount'] == 0, 'the day before in New York: %s' % rows)
    bad = central.command('figures', '--from', '23.11.', '--until', '2026-11-24', check=False)
    expect(bad.returncode == 1 and '2026-11-23' in bad.stderr, bad.stderr)


@tap.case('the_dashboard_shows_what_there_is')
def dashboard():
    there = {line.split('{')[0].split(' ')[0] for line in ask('GET', '/metrics').body.decode().splitlines() if not line.startswith('#')}
    board = json.loads((ROOT / 'data/grafana/coster-central.json').read_text())
    wanted = set(re.findall(r'(?:coster|process)_[a-z_]+', ' '.join(t['expr'] for p in board['panels'] for t in p['targets'])))
    expect(len(wanted) > 10 and wanted <= there, 'not there: %s' % (wanted - there))


@tap.case('a_support_file_says_how_it_stands_and_gives_nothing_away')
def support():
    file = tap.folder / 'support.json'
    central.command('support', str(file), '--all')
    text = file.read_text()
    said = json.loads(text)
    expect(said['verify']['good'] and {s['store'] for s in said['stores']} >= {'1', '2'}, '%s' % text[:300])
    expect(file.stat().st_mode & 0o077 == 0, 'others may read it')
    operators = [i for i in service.once(till.token)[0] if i['kind'] == 'operator' and i['value']]
    expect(operators, 'no operator to hide')
    secrets = [till.token, manager.token, hashlib.sha256(till.token.encode()).hexdigest(), 'argon2', 'PRIVATE']
    secrets += [o['value']['name'] for o in operators]
    expect(not [s for s in secrets if s in text], 'given away: %s' % [s for s in secrets if s in text])


@tap.case('the_audit_log_says_who_changed_what_and_no_secret')
def audit():
    central.command('operator', 'set', '--store', '1', '--operator', 'u50', '--name', 'Audited', '--role', 'cashier', stdin='98765\n')
    central.command('terminal', 'revoke', '--terminal', 'nobody', check=False)
    before = central.command('audit').stdout.splitlines()
    central.command('verify')
    central.command('terminal', 'list')
    lines = central.command('audit').stdout.splitlines()
    expect(lines == before, 'reading was noted: %s' % lines[-1])
    said = [json.loads(line) for line in lines]
    expect(said[0]['command'] == 'init' and all({'at', 'by', 'command', 'status'} <= set(s) for s in said), '%s' % said[0])
    made = [s for s in said if s.get('operator') == 'u50'][0]
    expect(made['command'] == 'operator set' and made['name'] == 'Audited' and made['status'] == 0, '%s' % made)
    expect(said[-1]['command'] == 'terminal revoke' and said[-1]['status'] == 1, 'what failed: %s' % said[-1])
    expect('98765' not in '\n'.join(lines) and till.token not in '\n'.join(lines), 'a secret in the log')
    expect((central.folder / 'audit.log').stat().st_mode & 0o077 == 0, 'others may read it')


# --- the machine ------------------------------------------------------------------------------------------------

@tap.case('a_full_disk_is_503_and_nothing_is_half_stored_and_goes_on_when_there_is_room')
def full_disk():
    t = Terminal().write(40, note='x' * 60000)
    pid = central.process.pid
    largest = 64 * 1024  # every write beyond fails, whichever file it is
    old = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    acked = 0
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, old[1]))
    try:
        for first in range(1, 41, 10):
            answer = t.post(first, first + 9)
            if answer.status != 200:
                answer.error(503, 'unavailable')
                break
            acked = first + 9
        expect(acked < 40, 'the disk was never full')
        expect(t.hello()['acked'] == acked, 'more than was acknowledged')
        expect(ask('GET', '/healthz').status == 200, 'reading still works')
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, old)
    for first in range(acked + 1, 41, 10):
        t.stored(t.post(first, first + 9), first + 9)
    expect(json.loads(central.command('verify').stdout)['good'], 'verify')


@tap.case('a_restored_central_has_another_epoch_and_knows_its_terminals')
def restored():
    backup = tap.folder / 'backup.db'
    before = till.hello()
    central.command('backup', str(backup))
    other = Central.__new__(Central)
    other.programs, other.folder, other.plain, other.process, other.port = programs, tap.folder / 'restored', True, None, 0
    other.log = open(str(other.folder) + '.log', 'ab')
    programs.run(programs.central, 'restore', '--data', other.folder, str(backup))
    other.serve()
    try:
        there = Service(other, plain=True)
        has = there.ask('GET', '/v1/hello', token=till.token).json
        expect(has['epoch'] != before['epoch'] and has['acked'] == before['acked'], '%s %s' % (before, has))
        expect(there.once(till.token)[1]['epoch'] == has['epoch'], 'the end line says another epoch')
    finally:
        other.kill()


@tap.case('an_old_client_a_head_and_a_closing_one_are_answered')
def clients():
    for text, close in (('GET /healthz HTTP/1.0\r\n\r\n', True), ('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', True)):
        with service.connect() as raw:
            raw.sendall(text.encode())
            got = b''
            while (data := raw.recv(1000)):
                got += data
            expect(b' 200 ' in got.splitlines()[0] and got.endswith(b'{"status":"ok"}'), '%r' % got)
    connection = http.client.HTTPConnection('127.0.0.1', central.port, timeout=10)
    for _ in range(3):
        connection.request('GET', '/healthz')
        expect(connection.getresponse().read() == b'{"status":"ok"}', 'keep-alive')
    connection.close()


# --- what has waited --------------------------------------------------------------------------------------------

@tap.case('a_quiet_stream_says_a_comment_every_15_seconds')
def heard_comments():
    gaps = waiting_comments.outcome(120)
    expect(all(13 <= gap <= 30 for gap in gaps), 'comments after %s s' % gaps)


@tap.case('a_reader_without_progress_is_cut_and_nothing_is_buffered_for_it')
def cut():
    grown = resident_kib() - rss_before
    got = [waiting.outcome(150) for waiting in waiting_slow]
    whole = len(ask('GET', '/v1/feed?after=0', token=far.token).body)
    expect(whole > 8 << 20, 'the feed is too small to tell: %d' % whole)
    expect(all(count < whole / 2 for count in got), '%s of %d bytes came after 42 s of silence' % (max(got), whole))
    kept = 256 if 'ASAN_OPTIONS' in os.environ else 0  # MiB of freed memory that the address sanitizer holds back
    expect(grown < (64 + kept) * 1024, 'memory grew by %d KiB with 30 slow readers' % grown)


@tap.case('a_slow_reader_that_gets_on_is_not_cut')
def not_cut():
    waiting_steady.outcome(180)


@tap.case('a_request_must_be_complete_in_30_s_and_an_idle_connection_goes_in_10')
def bounded_time():
    took = waiting_head.outcome(150)
    # Not before its time; how long after it says more of the machine's load than of central.
    expect(took >= 28, 'a request of a byte a second was cut after %.1f s' % took)
    took = waiting_idle.outcome(150)
    expect(took >= 8, 'an idle connection went after %.1f s' % took)


@tap.case('nothing_secret_is_in_the_log')
def log():
    text = pathlib.Path(central.log.name).read_text()
    expect(till.token not in text and manager.token not in text, 'a token in the log')
    for line in text.splitlines():
        expect({'at', 'event'} <= set(json.loads(line)), line)


@tap.case('stopping_ends_streams_and_answers_what_was_taken')
def stopping():
    stream = service.stream(till.token, after=till.hello()['feed_version'])
    t = Terminal().write(200)
    answers = []

    def send():
        for first in range(1, 201, 10):
            try:
                answer = t.post(first, first + 9)
            except (OSError, http.client.HTTPException):
                return
            if answer.status != 200:
                answer.error(503, 'stopping')
                return
            answers.append(first + 9)
    thread = threading.Thread(target=send)
    thread.start()
    wait_for('some answers', lambda: len(answers) > 2)
    central.process.send_signal(signal.SIGTERM)
    expect(stream.ended(), 'the stream stayed open')
    expect(central.process.wait(15) == 0, 'it ended with %s' % central.process.returncode)
    thread.join()
    central.serve()
    expect(t.hello()['acked'] >= answers[-1], 'acknowledged and gone')


central.stop()
tap.done()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random requests to the real coster-central: whatever comes, never a 5xx, never the end of the program, and what good
terminals sent before and after is whole.

test_central_fuzz.py PROGRAMS [SECONDS [SEED]]"""
import gzip
import json
import pathlib
import random
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Tap, expect
from protocol import ZERO, Service, sale

programs = Programs(sys.argv[1])
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 6
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 31)
tap = Tap('central_fuzz')
central = Central(programs, tap.folder / 'central', plain=True)
central.command('price', 'pause', '--store', '1')
central.serve()
tap.at_end(central.kill)
service = Service(central, plain=True)
till, manager, kiosk = service.terminal(), service.terminal('manager'), service.terminal('kiosk')
lot = next(i for i in service.once(till.token)[0] if i['kind'] == 'lot' and i['value'].get('unit') == 'each')['key'].split('/')
print('# seed %d' % SEED)

PATHS = ['/v1/enrol', '/v1/journal?prev=' + ZERO, '/v1/feed?after=0', '/v1/hello', '/v1/seen', '/v1/tickets', '/v1/receipts/T01-000001',
         '/v1/reports/sales', '/v1/reports/terminals', '/healthz', '/metrics', '/.well-known/gs1resolver', '/capture', '/events',
         '/01/09521234500017/10/L20261122A', '/p/09521234500017/lot/L1', '/p/09521234500017/price']
METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'GETT', '']
NASTY = [b'\0', b'%00', b'%', b'%zz', b'..', b'//', b'?', b'&', b'=', b'\xff\xfe', '값'.encode(), b'{}', b'[]', b'null', b'-1', b'1e999',
         b'9' * 400, b'"' * 50, b'[' * 3000, b'{"a":' * 200, b'true', b'\n', b'\r', b"' OR 1=1 --", b'A' * 3000, b'\xed\xa0\x80', b'\xc0\xaf']


def bodies(rand):
    t = till
    record = dict(sale(lot[0], lot[1], 1000, 'F-1'), seq=1, terminal=t.id)
    yield json.dumps(record, sort_keys=True, separators=(',', ':')).encode() + b'\n'
    yield json.dumps({'code': 'x', 'name': 'n', 'mode': 'till', 'nonce': 'n', 'terminal': t.id, 'seq': 1, 'head': ZERO,
                      'chain': [{'seq': 1, 'hash': ZERO}]}).encode()
    yield json.dumps({'feed_version': 3, 'tags': [{'tag': 't', 'version': 1, 'shown_at': '2026-11-23T09:00:00.000+09:00'}]}).encode()
    yield json.dumps({'at': '2026-11-23T09:00:00.000+09:00', 'cart': {'lines': []}, 'lines': 1, 'operator': 'u01', 'terminal': t.id,
                      'ticket': 'F-S%d' % rand.randrange(50), 'total': 1}).encode()
    yield json.dumps({'claim': True, 'ticket': 'F-S1'}).encode()
    yield json.dumps({'type': 'adopted', 'line': json.dumps(record), 'of': t.id, 'of_seq': 1, 'seq': 1, 'terminal': t.id,
                      'at': '2026-11-23T09:00:00.000+09:00'}, sort_keys=True, separators=(',', ':')).encode()
    yield json.dumps({'@context': [], 'type': 'EPCISDocument', 'schemaVersion': '2.0', 'epcisBody': {'eventList': [{}]}}).encode()


def mutate(rand, data):
    data = bytearray(data)
    for _ in range(rand.randrange(0, 6)):
        at = rand.randrange(len(data) + 1)
        kind = rand.randrange(5)
        if kind == 0 and data:
            data[at % len(data)] = rand.randrange(256)
        elif kind == 1:
            data[at:at] = rand.choice(NASTY)
        elif kind == 2:
            del data[at:at + rand.randrange(1, 20)]
        elif kind == 3:
            data[at:at] = data[at:at + rand.randrange(1, 60)]
        else:
            numbers = [i for i, c in enumerate(data) if 48 <= c <= 57]
            if numbers:
                data[rand.choice(numbers)] = rand.choice(b'0123456789-.eE')
    return bytes(data)


def request(rand):
    """One request as bytes: mostly of the right shape, wrong in a place or two."""
    method = rand.choice(METHODS[:3] if rand.random() < 0.9 else METHODS)
    path = rand.choice(PATHS).encode()
    if rand.random() < 0.5:
        path = b'/' + mutate(rand, path)[1:].replace(b'\r', b'').replace(b'\n', b'').replace(b' ', b'+')
    body = rand.choice(list(bodies(rand)))
    if rand.random() < 0.7:
        body = mutate(rand, body)
    headers = [b'Host: x']
    if rand.random() < 0.9:
        headers.append(b'Authorization: Bearer ' + rand.choice([till, manager, kiosk]).token.encode())
    if rand.random() < 0.8:
        headers.append(b'Content-Type: ' + rand.choice([b'application/json', b'application/x-ndjson', b'text/plain', b'application/ld+json']))
    if rand.random() < 0.2:
        headers.append(b'Content-Encoding: ' + rand.choice([b'gzip', b'zstd', b'br', b'identity']))
        body = gzip.compress(body)
        if rand.random() < 0.5:
            body = mutate(rand, body)
    if rand.random() < 0.2:
        headers.append(b'Accept: ' + rand.choice([b'application/json', b'text/html', b'*/*', b'application/linkset+json', b'x']))
    if rand.random() < 0.15:
        headers.append(mutate(rand, b'If-None-Match: "x"').replace(b'\n', b'').replace(b'\r', b''))
    headers.append(b'Content-Length: %d' % len(body))
    headers.append(b'Connection: close')
    return method.encode() + b' ' + path + b' HTTP/1.1\r\n' + b'\r\n'.join(headers) + b'\r\n\r\n' + body


def status_of(data):
    """The answer's status; 0 when the connection was closed without one (what is no HTTP at all)."""
    raw = socket.create_connection(('127.0.0.1', central.port), 20)
    got = b''
    try:
        raw.settimeout(20)
        raw.sendall(data)
        while b'\r\n' not in got:
            more = raw.recv(4096)
            if not more:
                break
            got += more
    except (ConnectionError, BrokenPipeError):
        pass
    finally:
        raw.close()
    words = got.split(b' ', 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


@tap.case('random_requests_never_get_a_5xx')
def random_requests():
    good = service.terminal().write(5)
    good.stored(good.post(1, 2), 2)
    statuses, wrong = {}, []
    until = time.monotonic() + SECONDS

    def play(seed):
        rand = random.Random(seed)
        while time.monotonic() < until and not wrong:
            data = request(rand)
            try:
                status = status_of(data)
            except OSError as failure:
                wrong.append((seed, repr(failure), data[:600]))
                return
            statuses[status] = statuses.get(status, 0) + 1
            if status >= 500:
                wrong.append((seed, status, data[:2000]))
    threads = [threading.Thread(target=play, args=(SEED + number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print('# %s' % dict(sorted(statuses.items())))
    expect(not wrong, 'seed %d: %s' % (SEED, wrong[:1]))
    expect(central.process.poll() is None, 'central ended: %s' % central.tail())
    expect(sum(statuses.values()) > 50 and len(statuses) >= 5, 'too few kinds of answers: %s' % statuses)
    good.stored(good.post(1, 5), 5)


@tap.case('what_central_holds_afterwards_is_whole')
def whole():
    expect(json.loads(central.command('verify').stdout)['good'], 'verify')


central.stop()
tap.done()

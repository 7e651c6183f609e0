#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real coster-central over TLS on loopback: journal records a second on disk against SQLite's own bulk insert of
the same rows, and a price change to the last of many open streams.

bench_central.py PROGRAMS [STREAMS [RECORDS]]   (500 streams, 12,000 records)"""
import hashlib
import http.client
import json
import os
import pathlib
import resource
import select
import shutil
import socket
import sqlite3
import ssl
import statistics
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Failure, Programs, Shop, expect

programs = Programs(sys.argv[1])
STREAMS = int(sys.argv[2]) if len(sys.argv) > 2 else 500
RECORDS = int(sys.argv[3]) if len(sys.argv) > 3 else 12000
TERMINALS, BATCH, GROUP, ROUNDS, CHANGES = 8, 100, 1000, 3, 20
TLS = ssl._create_unverified_context()
AT = '2026-11-23T09:00:00.000+09:00'


def figure(name, value, unit, reference=0, reference_name=None):
    line = {'name': name, 'value': round(value, 3), 'unit': unit}
    if reference > 0:
        line.update(reference=round(reference, 3), reference_name=reference_name, ratio=round(value / reference, 3))
    print(json.dumps(line, ensure_ascii=False), flush=True)


class Terminal:
    """An enrolled terminal: one connection kept open, sales with right hashes made before the clock runs."""

    def __init__(self, central, number):
        self.connection = http.client.HTTPSConnection('127.0.0.1', central.port, context=TLS, timeout=60)
        self.connection.connect()
        # Without it each request waits for a delayed acknowledgement.
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answer = self.ask('POST', '/v1/enrol', json.dumps({'code': central.enrol_code(), 'name': 'till %d' % number,
                                                           'mode': 'till'}).encode(), {'Content-Type': 'application/json'})
        self.id, self.token, self.number = answer['terminal'], answer['token'], number
        self.rows, self.head, self.posted = [], bytes(32), 0

    def ask(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body, headers or {})
        response = self.connection.getresponse()
        answer = response.read()
        expect(response.status in (200, 201), '%s %s: %d %s' % (method, path, response.status, answer[:200]))
        return json.loads(answer)

    def write(self, count, goods):
        """Sales of three lines; canonical by hand, which is many times quicker than a general writer."""
        for _ in range(count):
            seq = len(self.rows) + 1
            lines, total = [], 0
            for line in range(1, 4):
                gtin, lot, price = goods[(seq * 7 + line * 3) % len(goods)]
                lines.append('{"amount":%d,"gtin":"%s","line":%d,"list_price":%d,"lot":"%s","price":%d,"price_version":1,'
                             '"qty":1,"tax_bp":0,"unit":"each"}' % (price, gtin, line, price, lot, price))
                total += price
            text = ('{"at":"%s","currency":"KRW","lines":[%s],"operator":"u01","receipt":"B%02d-%06d","rounding":0,"seq":%d,'
                    '"tax":[{"base":%d,"rate_bp":0,"tax":0}],"tenders":[{"amount":%d,"change":0,"kind":"cash"}],'
                    '"terminal":"%s","total":%d,"type":"sale"}'
                    % (AT, ','.join(lines), self.number, seq, seq, total, total, self.id, total)).encode()
            self.head = hashlib.sha256(self.head + text).digest()
            self.rows.append((seq, text, self.head))

    def post_all(self):
        """One batch in flight, as a till does; each answer comes after its commit."""
        headers = {'Content-Type': 'application/x-ndjson', 'Authorization': 'Bearer ' + self.token}
        while self.posted < len(self.rows):
            batch = self.rows[self.posted:self.posted + BATCH]
            prev = self.rows[self.posted - 1][2] if self.posted else bytes(32)
            answer = self.ask('POST', '/v1/journal?prev=' + prev.hex(), b'\n'.join(row[1] for row in batch) + b'\n', headers)
            expect(answer == {'acked': batch[-1][0], 'head': batch[-1][2].hex()}, '%s' % answer)
            self.posted += len(batch)


def bulk_insert(path, rows):
    """Seconds that SQLite takes for the same rows: central's table and index, one transaction each GROUP."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute('PRAGMA journal_mode=WAL')
    database.execute('PRAGMA synchronous=FULL')
    database.execute('CREATE TABLE journal (terminal TEXT NOT NULL, seq BIGINT NOT NULL, store TEXT NOT NULL, at_ms BIGINT NOT '
                     'NULL, type TEXT NOT NULL, received_ms BIGINT NOT NULL, hash BLOB NOT NULL, line BLOB NOT NULL, '
                     'PRIMARY KEY (terminal, seq))')
    database.execute('CREATE INDEX journal_at ON journal (store, at_ms)')
    start = time.monotonic()
    for first in range(0, len(rows), GROUP):
        database.execute('BEGIN IMMEDIATE')
        database.executemany('INSERT INTO journal VALUES (?,?,?,?,?,?,?,?)', rows[first:first + GROUP])
        database.execute('COMMIT')
    took = time.monotonic() - start
    database.close()
    return took


def run_together(functions):
    """The functions in a thread each; the first failure is raised here."""
    failures = []

    def guard(function):
        try:
            function()
        except Exception as failure:
            failures.append(failure)
    threads = [threading.Thread(target=guard, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def bench_journal(central, folder, terminals, goods):
    ours, bare = [], []
    share = RECORDS // ROUNDS // len(terminals)
    for number in range(ROUNDS):
        for terminal in terminals:
            terminal.write(share, goods)
        new = [(t.id, seq, '1', 1795400000000, 'sale', 1795400000000, digest, text)
               for t in terminals for seq, text, digest in t.rows[-share:]]
        start = time.monotonic()
        run_together([terminal.post_all for terminal in terminals])
        ours.append(len(new) / (time.monotonic() - start))
        bare.append(len(new) / bulk_insert(str(folder / ('bare%d.db' % number)), new))
    figure('central: journal records a second on disk, over TLS', statistics.median(ours), 'records/s',
           statistics.median(bare), 'SQLite bulk insert, groups of %d' % GROUP)
    done = central.command('verify', check=False)
    expect(done.returncode == 0, 'verify after the run: %s' % (done.stdout + done.stderr)[-300:])


def open_stream(port, token, version):
    raw = socket.create_connection(('127.0.0.1', port), 60)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = TLS.wrap_socket(raw)
    stream.sendall(('GET /v1/feed?after=%d HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n'
                    'Authorization: Bearer %s\r\n\r\n' % (version, token)).encode())
    head = b''
    while b'\r\n\r\n' not in head:
        more = stream.recv(4096)
        expect(more, 'a stream ended in its head: %s' % head[:80])
        head += more
    expect(head.startswith(b'HTTP/1.1 200'), 'stream: %s' % head[:80])
    stream.setblocking(False)
    return stream


def read_some(stream):
    data = b''
    while True:
        try:
            more = stream.recv(65536)
        except (ssl.SSLWantReadError, BlockingIOError):
            return data
        expect(more, 'a stream was closed')
        data += more


def resident_kib(pid):
    for line in open('/proc/%d/status' % pid):
        if line.startswith('VmRSS:'):
            return int(line.split()[1])
    raise Failure('no VmRSS')


def bench_streams(central, terminals, gtin):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = STREAMS + 200
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    before = resident_kib(central.process.pid)
    version = terminals[0].ask('GET', '/v1/hello', headers={'Authorization': 'Bearer ' + terminals[0].token})['feed_version']
    streams = [open_stream(central.port, terminals[i % len(terminals)].token, version) for i in range(STREAMS)]
    after = resident_kib(central.process.pid)
    poll = select.epoll()
    by_descriptor = {stream.fileno(): stream for stream in streams}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.EPOLLIN)
    last = []
    for number in range(CHANGES):
        word = 'bench %d.' % number
        committed = []

        def change():
            # The price is committed when the command answers; the clock starts when it is asked, so this is an upper bound.
            central.command('price', 'set', '--store', '1', '--gtin', gtin, '--price', str(1000 + number), '--why', word)
            committed.append(time.monotonic())
        changer = threading.Thread(target=change)
        start = time.monotonic()
        changer.start()
        waiting, seen = set(by_descriptor), {descriptor: b'' for descriptor in by_descriptor}
        arrived = 0.0
        while waiting:
            expect(time.monotonic() - start < 60, '%d streams did not hear of %s' % (len(waiting), word))
            for descriptor, _ in poll.poll(1):
                seen[descriptor] = seen[descriptor][-4096:] + read_some(by_descriptor[descriptor])
                if descriptor in waiting and word.encode() in seen[descriptor]:
                    waiting.discard(descriptor)
                    arrived = time.monotonic()
        changer.join()
        expect(committed, 'the price could not be set')
        last.append((arrived - start) * 1000)
    last.sort()
    label = 'price change to the last of %d open streams, ' % STREAMS
    figure(label + 'median', statistics.median(last), 'ms')
    figure(label + 'p99', last[min(len(last) - 1, int(len(last) * 0.99))], 'ms')
    figure('central: memory an open stream (TLS)', (after - before) / STREAMS, 'KiB')
    for stream in streams:
        stream.close()


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix='coster-bench-'))
    central = Central(programs, folder / 'central')
    try:
        central.command('price', 'pause', '--store', '1')  # repricing would publish versions of its own among ours
        central.serve()
        terminals = [Terminal(central, number + 1) for number in range(TERMINALS)]
        terminals[0].connection.request('GET', '/v1/feed?after=0', headers={'Authorization': 'Bearer ' + terminals[0].token})
        lines = terminals[0].connection.getresponse().read().splitlines()
        shop = Shop([json.loads(line) for line in lines])
        goods = [(*key.split('/'), shop.price(key)) for key in shop.lots('each')]
        bench_streams(central, terminals, goods[0][0])  # first: memory freed by batches would hide what a stream takes
        bench_journal(central, folder, terminals, goods)
        central.stop()
    finally:
        central.kill()
        shutil.rmtree(folder, ignore_errors=True)


main()

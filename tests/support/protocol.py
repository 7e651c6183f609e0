# SPDX-License-Identifier: GPL-3.0-or-later
"""sync-protocol.md as an outside program speaks it: Python's standard library, raw sockets, no code of ours.

A Service is one running central; its terminals keep canonical lines and their chain."""
import hashlib
import http.client
import json
import socket
import ssl
import struct

from harness import expect

JSON = {'Content-Type': 'application/json'}
LINES = {'Content-Type': 'application/x-ndjson'}
ZERO = '0' * 64
AT = '2026-11-23T09:00:00.000+09:00'


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.body)

    def error(self, status, word):
        """The one form of every refusal."""
        expect(self.status == status, '%d instead of %d: %s' % (self.status, status, self.body[:200]))
        body = self.json
        expect(body['error'] == word, '%s instead of %s' % (body, word))
        expect(self.status == 409 or (isinstance(body['message'], str) and body['message']), 'no message: %s' % body)
        if status in (429, 503):
            expect(int(self.headers['Retry-After']) >= 1, 'no Retry-After: %s' % self.headers)
        return body


class Service:
    def __init__(self, central, plain=False):
        self.central, self.plain = central, plain
        self.tls = None if plain else ssl._create_unverified_context()

    def connect(self, timeout=30, receive_buffer=None):
        raw = socket.socket()
        if receive_buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        raw.settimeout(timeout)
        raw.connect(('127.0.0.1', self.central.port))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each waits 40 ms for a delayed ACK
        return raw if self.plain else self.tls.wrap_socket(raw)

    def ask(self, method, path, body=None, headers=None, token=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.central.port, timeout=30)
        connection.sock = self.connect()
        headers = dict(headers or {})
        if token:
            headers['Authorization'] = 'Bearer ' + token
        try:
            connection.request(method, path, body, headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def enrol(self, code, **members):
        return self.ask('POST', '/v1/enrol', json.dumps(dict(members, code=code)), JSON)

    def terminal(self, mode='till', name='a till', **members):
        return Terminal(self, mode, name, **members)

    def once(self, token, after=0, headers=None):
        answer = self.ask('GET', '/v1/feed?after=%d' % after, headers=headers, token=token)
        expect(answer.status == 200, '%s' % answer.body[:200])
        lines = [json.loads(line) for line in answer.body.splitlines()]
        return lines[:-1], lines[-1]

    def stream(self, token, after=None, last_id=None, **connect):
        return Stream(self, token, after, last_id, **connect)


def canonical(record):
    return json.dumps(record, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()


class Terminal:
    """A terminal with a journal of its own: canonical lines and their chain."""

    def __init__(self, service, mode, name, store='1', **members):
        self.service = service
        answer = service.enrol(service.central.enrol_code(store=store, mode=mode), name=name, mode=mode, **members)
        expect(answer.status == 201, 'enrolment: %s' % answer.body)
        self.answer = answer.json
        self.id, self.token = self.answer['terminal'], self.answer['token']
        self.lines, self.hashes = [], [ZERO]

    def clone(self):
        """The same disk in another machine."""
        other = object.__new__(Terminal)
        other.service, other.answer, other.id, other.token = self.service, self.answer, self.id, self.token
        other.lines, other.hashes = list(self.lines), list(self.hashes)
        return other

    def append(self, line):
        self.lines.append(line)
        self.hashes.append(hashlib.sha256(bytes.fromhex(self.hashes[-1]) + line).hexdigest())

    def write(self, count=1, **members):
        for _ in range(count):
            record = dict({'type': 'no_sale', 'reason': 'change', 'at': AT}, **members)
            record.update(seq=len(self.lines) + 1, terminal=self.id)
            self.append(canonical(record))
        return self

    def body(self, first, last):
        return b'\n'.join(self.lines[first - 1:last]) + b'\n'

    def post(self, first, last, pack=None, encoding=None, prev=None):
        headers = dict(LINES)
        body = self.body(first, last)
        if pack:
            body = pack(body)
        if encoding:
            headers['Content-Encoding'] = encoding
        path = '/v1/journal?prev=' + (prev or self.hashes[first - 1])
        return self.service.ask('POST', path, body, headers, self.token)

    def stored(self, answer, seq):
        expect(answer.status == 200, '%d: %s' % (answer.status, answer.body))
        expect(answer.json == {'acked': seq, 'head': self.hashes[seq]}, '%s' % answer.body)

    def hello(self):
        return self.service.ask('GET', '/v1/hello', token=self.token).json


def sale(gtin, lot, price, receipt, qty=1, at=AT):
    amount = price * qty
    return {'type': 'sale', 'at': at, 'currency': 'KRW', 'operator': 'u01', 'receipt': receipt, 'rounding': 0, 'total': amount,
            'lines': [{'amount': amount, 'gtin': gtin, 'line': 1, 'list_price': price, 'lot': lot, 'price': price,
                       'price_version': 1, 'qty': qty, 'unit': 'each'}],
            'tax': [{'base': amount, 'rate_bp': 0, 'tax': 0}], 'tenders': [{'amount': amount, 'change': 0, 'kind': 'cash'}]}


def zstd_raw(data):
    """A zstd frame of raw blocks (RFC 8878), so that the test needs no library."""
    frame = struct.pack('<IBI', 0xFD2FB528, 0xA0, len(data))
    for at in range(0, len(data), 100000):
        block = data[at:at + 100000]
        last = at + 100000 >= len(data)
        frame += struct.pack('<I', last | len(block) << 3)[:3] + block
    return frame


class Stream:
    """One open event stream, read as the standard says."""

    def __init__(self, service, token, after=None, last_id=None, **connect):
        self.socket = service.connect(**connect)
        path = '/v1/feed' + ('' if after is None else '?after=%d' % after)
        head = 'GET %s HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer %s\r\n' % (path, token)
        if last_id is not None:
            head += 'Last-Event-ID: %s\r\n' % last_id
        self.socket.sendall((head + '\r\n').encode())
        response = http.client.HTTPResponse(self.socket)
        response.begin()
        expect(response.status == 200, 'stream: %d' % response.status)
        expect(response.headers['Content-Type'] == 'text/event-stream', 'type: %s' % response.headers)
        self.response = response
        self.ids = []  # (event number, id) as they come
        self.comments = 0

    def events_until_id(self):
        """All events up to one with an id, and that id."""
        events, kind, data, number = [], None, None, None
        while True:
            line = self.response.readline()
            expect(line, 'the stream ended')
            line = line.decode().rstrip('\n')
            if line.startswith(':'):
                self.comments += 1
            elif line.startswith('event: '):
                kind = line[7:]
            elif line.startswith('data: '):
                data = json.loads(line[6:])
            elif line.startswith('id: '):
                number = int(line[4:])
            elif line == '':
                if data is not None:
                    expect(kind == data['kind'], 'event %s of %s' % (kind, data))
                    events.append(data)
                if number is not None:
                    return events, number
                kind = data = None
            else:
                expect(False, 'no field of an event stream: %r' % line)

    def line_within(self, limit_s):
        """The next line, None when none comes in time."""
        self.socket.settimeout(limit_s)
        try:
            return self.response.readline()
        except TimeoutError:
            return None

    def ended(self, limit_s=10):
        self.socket.settimeout(limit_s)
        while True:
            try:
                if not self.response.readline():
                    return True
            except (ConnectionError, http.client.IncompleteRead, ssl.SSLError):
                return True
            except TimeoutError:
                return False

    def close(self):
        self.socket.close()

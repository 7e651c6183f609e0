# SPDX-License-Identifier: GPL-3.0-or-later
"""Tills as threads that sell without pause at one of several centrals and go to the next when one fails them. Each keeps its
own journal and believes central's word of what central has, as the contract says."""
import hashlib
import http.client
import json
import random
import threading
import time

from protocol import JSON, LINES, ZERO, canonical, sale


class LoadTill(threading.Thread):
    """centrals: of harness.Central, served plain. goods: (gtin, lot, price). batch: records a POST at most."""

    def __init__(self, centrals, number, goods, batch=5, seed=1, store='1'):
        super().__init__(daemon=True)
        self.centrals, self.goods, self.batch, self.store = centrals, goods, batch, store
        self.number, self.random = number, random.Random(seed * 1000 + number)
        self.at = number % len(centrals)
        self.connection = None
        self.lines, self.hashes = [], [ZERO]
        self.acked = 0
        self.promised = 0  # the most that was ever acknowledged
        self.times = []  # of acknowledgements
        self.refused = {}  # what else was answered
        self.fault = None  # what must never happen
        self.selling, self.ending = True, False
        self.id = self.token = None

    def central(self):
        return self.centrals[self.at]

    def ask(self, method, path, body=None, headers=None):
        if self.connection is None:
            self.connection = http.client.HTTPConnection('127.0.0.1', self.central().port, timeout=30)
        headers = dict(headers or {})
        if self.token:
            headers['Authorization'] = 'Bearer ' + self.token
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def enrol(self, code):
        body = {'code': code, 'name': 'till %d' % self.number, 'mode': 'till'}
        status, answer = self.ask('POST', '/v1/enrol', json.dumps(body), JSON)
        assert status == 201, answer
        answer = json.loads(answer)
        self.id, self.token = answer['terminal'], answer['token']
        return self

    def write(self):
        gtin, lot, price = self.random.choice(self.goods)
        record = sale(gtin, lot, price, 'L%02d-%06d' % (self.number, len(self.lines) + 1), qty=self.random.randint(1, 3))
        record.update(seq=len(self.lines) + 1, terminal=self.id)
        line = canonical(record)
        self.lines.append(line)
        self.hashes.append(hashlib.sha256(bytes.fromhex(self.hashes[-1]) + line).hexdigest())

    def take(self, status, answer):
        """Central's word: 200, or a gap; the journal goes on from there."""
        body = json.loads(answer)
        acked = body['acked']
        if acked > len(self.lines) or (acked and body['head'] != self.hashes[acked]):
            self.fault = 'central has another journal: %d %s' % (status, answer[:200])
        self.acked = acked
        if status == 200:
            self.promised = max(self.promised, acked)
            self.times.append(time.monotonic())

    def send(self):
        last = min(self.acked + self.batch, len(self.lines))
        body = b'\n'.join(self.lines[self.acked:last]) + b'\n'
        status, answer = self.ask('POST', '/v1/journal?prev=' + self.hashes[self.acked], body, LINES)
        if status == 200 or (status == 409 and json.loads(answer)['error'] == 'gap'):
            self.take(status, answer)
            return True
        self.refused[status] = self.refused.get(status, 0) + 1
        if status in (400, 401, 403, 409, 413):
            self.fault = '%d %s' % (status, answer[:300])
        return False

    def turn(self):
        """One batch, or the next central and a short wait."""
        while self.selling and len(self.lines) < self.acked + self.batch:
            self.write()
        if self.acked == len(self.lines):
            time.sleep(0.02)
            return
        try:
            good = self.send()
        except (OSError, http.client.HTTPException) as why:
            self.refused[type(why).__name__] = self.refused.get(type(why).__name__, 0) + 1
            good = False
        if not good:
            if self.connection:
                self.connection.close()
            self.connection = None
            self.at = (self.at + 1) % len(self.centrals)
            time.sleep(self.random.uniform(0.02, 0.3))

    def run(self):
        while not self.ending and self.fault is None:
            self.turn()


def longest_gap(tills, since, until):
    """The longest time in which no till at all was acknowledged anything, and the longest of one till alone."""
    def longest(times):
        times = sorted(t for t in times if since <= t <= until)
        marks = [since] + times + [until]
        return max(b - a for a, b in zip(marks, marks[1:]))
    return longest([t for till in tills for t in till.times]), max(longest(till.times) for till in tills)

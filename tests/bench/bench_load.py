#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real coster-central under coster-load, against what it can at best be, in rounds side by side: one record a POST against
a server of the same library that only echoes; POSTs with many streams open against none; a price change to the last stream
against a bare epoll server; memory a stream; tills back after an outage; first answer after kill -9.

bench_load.py PROGRAMS [STREAMS [SECONDS]]   (10,000 streams, 3 s a round)"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Failure, Programs, expect

programs = Programs(sys.argv[1])
STREAMS = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
SECONDS = int(sys.argv[3]) if len(sys.argv) > 3 else 3
TILLS, ROUNDS, CHANGES, TLS_STREAMS = 256, 5, 10, min(STREAMS, 3000)
LOAD = programs.folder / 'tests/load/coster-load'
REFERENCE = programs.folder / 'tests/load/load-reference'


def figure(name, value, unit, reference=0, reference_name=None):
    line = {'name': name, 'value': round(value, 3), 'unit': unit}
    if reference > 0:
        line.update(reference=round(reference, 3), reference_name=reference_name, ratio=round(value / reference, 3))
    print(json.dumps(line, ensure_ascii=False), flush=True)


class Load:
    """One run of coster-load; its figures by name."""

    def __init__(self, tills, scenario, port, *argv, tls=False):
        self.process = subprocess.Popen(
            [str(LOAD), scenario, '--port', str(port), '--tills', str(tills), *(['--tls'] if tls else []), *map(str, argv)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.figures = {}

    def read_one(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failure('coster-load ended: %s' % self.process.stderr.read()[-300:])
        said = json.loads(line)
        self.figures[said['name']] = said['value']
        return self

    def go_on(self):
        self.process.stdin.write('\n')
        self.process.stdin.flush()

    def finish(self):
        out, err = self.process.communicate()
        for line in out.splitlines():
            said = json.loads(line)
            self.figures[said['name']] = said['value']
        expect(self.process.returncode == 0, 'coster-load: %s %s' % (self.figures, err[-300:]))
        return self.figures


class Reference:
    def __init__(self, kind):
        self.process = subprocess.Popen([str(REFERENCE), kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def resident_kib(pid):
    for line in open('/proc/%d/status' % pid):
        if line.startswith('VmRSS:'):
            return int(line.split()[1])
    raise Failure('no VmRSS')


def median(values):
    return statistics.median(values)


def bench_posts(central, tills):
    ours, bare, with_streams, p99 = [], [], [], []
    echo = Reference('echo')
    try:
        for _ in range(ROUNDS):
            got = Load(tills, 'post', central.port, '--count', TILLS, '--seconds', SECONDS).finish()
            ours.append(got['posts a second'])
            p99.append(got['acknowledged, p99'])
            bare.append(Load(tills, 'post', echo.port, '--count', TILLS, '--seconds', SECONDS, '--path', '/echo').finish()['posts a second'])
            with_streams.append(Load(tills, 'post', central.port, '--count', TILLS, '--seconds', SECONDS, '--streams', STREAMS)
                                .finish()['posts a second'])
    finally:
        echo.end()
    figure('central: one record a POST from %d tills, on disk' % TILLS, median(ours), '1/s', median(bare), 'the same server, only echoing')
    figure('central: the same, acknowledged, p99', median(p99), 'ms')
    figure('central: the same with %d streams open' % STREAMS, median(with_streams), '1/s', median(ours), 'without streams')


def bench_fan_out(central, tills):
    ours, bare, memory = [], [], []
    epoll = Reference('epoll')
    try:
        for number in range(3):
            before = resident_kib(central.process.pid)
            load = Load(tills, 'fan-out', central.port, '--streams', STREAMS, '--changes', CHANGES, '--data', central.folder).read_one()
            time.sleep(1)
            if number == 0:  # later ones find memory that was used before
                memory.append((resident_kib(central.process.pid) - before) / STREAMS)
            load.go_on()
            ours.append(load.finish()['last stream reached, median'])
            load = Load(tills, 'fan-out', epoll.port, '--streams', STREAMS, '--changes', CHANGES, '--fire', '--path', '/none').read_one()
            load.go_on()
            bare.append(load.finish()['last stream reached, median'])
    finally:
        epoll.end()
    figure('central: a price change to the last of %d streams' % STREAMS, median(ours), 'ms', median(bare), 'a bare epoll server')
    figure('central: memory a stream', memory[0], 'KiB')


def bench_outage(central, tills, tls):
    load = Load(tills, 'outage', central.port, '--count', STREAMS, '--queue', 10, tls=tls).read_one()
    central.kill()
    time.sleep(2)
    central.serve()
    got = load.finish()
    figure('central: %d tills back after an outage, 10 sales each, %s' % (STREAMS, 'TLS' if tls else 'plain'), got['all back after'], 's')


def bench_tls_memory(central, tills):
    before = resident_kib(central.process.pid)
    load = Load(tills, 'fan-out', central.port, '--streams', TLS_STREAMS, '--changes', 1, '--data', central.folder, tls=True).read_one()
    time.sleep(1)
    figure('central: memory a stream, TLS', (resident_kib(central.process.pid) - before) / TLS_STREAMS, 'KiB')
    load.go_on()
    load.finish()


def bench_restart(central, tills):
    records = len(central.command('journal').stdout.splitlines())
    central.kill()
    since = time.monotonic()
    central.serve()
    Load(tills, 'post', central.port, '--count', 1, '--seconds', 1).finish()
    took = time.monotonic() - since - 1.5  # the scenario posts for half a second before it counts a second
    figure('central: start after kill -9 to the first acknowledgements, %d records' % records, max(took, 0), 's')


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix='coster-bench-'))
    central = Central(programs, folder / 'central', plain=True)
    tills = folder / 'tills'
    try:
        central.command('price', 'pause', '--store', '1')  # repricing would publish versions of its own among ours
        tills.write_text(subprocess.run([str(LOAD), 'prepare', '--data', str(central.folder), '--count', str(STREAMS + TILLS)],
                                        capture_output=True, text=True, check=True, env=programs.environment()).stdout)
        central.serve()
        bench_fan_out(central, tills)  # first: memory freed by batches would hide what a stream takes
        bench_posts(central, tills)
        bench_restart(central, tills)
        bench_outage(central, tills, False)
        central.stop()
        central.plain = False
        central.serve()
        bench_tls_memory(central, tills)
        bench_outage(central, tills, True)
        central.stop()
    finally:
        central.kill()
        shutil.rmtree(folder, ignore_errors=True)


main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start to first frame and resident memory of the till's window with 100,000 products, against an empty libadwaita
window, round by round. Wants a display: tests/support/run-headless.sh gives one.

bench_start.py PROGRAMS [ROUNDS]"""
import json
import os
import pathlib
import queue
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Failure, Programs

programs = Programs(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 7
LIMIT_S = 60
empty = programs.folder / 'tests/bench/empty_window'
window = programs.folder / 'coster-window'


def resident_mib(pid):
    for line in open('/proc/%d/status' % pid):
        if line.startswith('VmRSS:'):
            return int(line.split()[1]) / 1024
    raise Failure('no VmRSS')


def measure(argv, last):
    """Milliseconds to each line that the program prints up to `last`, and its memory then."""
    env = dict(programs.environment(), COSTER_FIRST_FRAME='1')
    start = time.monotonic()
    process = subprocess.Popen([str(a) for a in argv], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, text=True)
    lines = queue.Queue()

    def read():
        for line in process.stdout:
            lines.put((line.strip(), (time.monotonic() - start) * 1000))
        lines.put((None, 0))
    threading.Thread(target=read, daemon=True).start()
    try:
        at = {}
        while last not in at:
            try:
                line, when = lines.get(timeout=LIMIT_S)
            except queue.Empty:
                raise Failure('%s said no “%s” within %d s' % (argv[0], last, LIMIT_S))
            if line is None:
                raise Failure('%s ended with %s before “%s”' % (argv[0], process.wait(10), last))
            at[line] = when
        return at, resident_mib(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def figure(name, values, unit, references):
    value, reference = statistics.median(values), statistics.median(references)
    # The ratio is the median of the rounds' ratios: what disturbs one round disturbs both sides of it.
    ratio = statistics.median(a / b for a, b in zip(values, references))
    print(json.dumps({'name': name, 'value': round(value, 3), 'unit': unit, 'reference': round(reference, 3),
                      'reference_name': 'an empty libadwaita window', 'ratio': round(ratio, 3)}), flush=True)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix='coster-bench-'))
    try:
        subprocess.run([str(programs.folder / 'tests/bench/fill_folder'), str(folder / 'till')], check=True)
        ours = [window, '--data', folder / 'till', '--offline']
        measure([empty], 'first frame')  # both once for the disk's cache
        measure(ours, 'first page')
        frames, pages, memory, frames_0, memory_0 = [], [], [], [], []
        for _ in range(ROUNDS):
            at, resident = measure([empty], 'first frame')
            frames_0.append(at['first frame'])
            memory_0.append(resident)
            at, resident = measure(ours, 'first page')
            frames.append(at['first frame'])
            pages.append(at['first page'])
            memory.append(resident)
        figure('start to first frame, 100,000 products', frames, 'ms', frames_0)
        figure('start to the log-in page, 100,000 products', pages, 'ms', frames_0)
        figure('resident memory at the log-in page, 100,000 products', memory, 'MiB', memory_0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resident memory of `coster till` that sells all day, its central beside it: after 5,000 sales against after the first 100.

bench_memory.py PROGRAMS"""
import json
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Failure, Programs, Shop, Till, shop_day

FIRST, LAST, LINES = 100, 5000, 3


def resident_mib(pid):
    for line in open('/proc/%d/status' % pid):
        if line.startswith('VmRSS:'):
            return int(line.split()[1]) / 1024
    raise Failure('no VmRSS')


def main():
    programs = Programs(sys.argv[1])
    folder = pathlib.Path(tempfile.mkdtemp(prefix='coster-bench-'))
    central, till = Central(programs, folder / 'central'), Till(programs, folder / 'till')
    try:
        central.command('price', 'pause', '--store', '1')
        till.enrol(central.serve(), 'till 1')
        shop = Shop(till.feed())
        links = [shop.link(key) for key in shop.lots('each', shop_day())]
        till.open()
        at = {}
        for number in range(1, LAST + 1):
            till.sell([links[(number * LINES + line) % len(links)] for line in range(LINES)])
            if number in (FIRST, LAST):
                if till.do('sync', timeout_s=120)['event'] != 'synced':
                    raise Failure('the till did not sync')
                at[number] = resident_mib(till.process.pid)
        print(json.dumps({'name': 'resident memory of a till after {:,} sales'.format(LAST), 'value': round(at[LAST], 3), 'unit': 'MiB',
                          'reference': round(at[FIRST], 3), 'reference_name': 'after %d sales' % FIRST,
                          'ratio': round(at[LAST] / at[FIRST], 3)}), flush=True)
        till.close()
        central.stop()
    finally:
        till.kill()
        central.kill()
        shutil.rmtree(folder, ignore_errors=True)


main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drawer, people and card payments through the JSON-lines till, as a program that knows only its contract sees them.

test_cli_drawer.py COSTER TILL_FOLDER CARD_SIM"""
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
import xml.etree.ElementTree as ET

COSTER, TILL_FOLDER, CARD_SIM = sys.argv[1:4]
WORK = pathlib.Path(tempfile.mkdtemp(prefix='coster-drawer-'))
SOAP = '9521234500032'  # 12900
cases = []


def case(function):
    cases.append(function)
    return function


class Till:
    def __init__(self, name, *options):
        self.folder = WORK / name
        self.options = options
        subprocess.run([TILL_FOLDER, str(self.folder)], check=True)

    def open(self, operator='u01', pin='1234'):
        self.process = subprocess.Popen([COSTER, 'till', '--data', str(self.folder), '--offline', *self.options],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.do('login', operator=operator, pin=pin)['event'] == 'login'
        return self

    def send(self, do, **members):
        self.process.stdin.write(json.dumps({'do': do, **members}).encode() + b'\n')
        self.process.stdin.flush()

    def do(self, do, **members):
        self.send(do, **members)
        return json.loads(self.process.stdout.readline())

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def close(self):
        self.process.communicate(timeout=30)
        assert self.process.returncode == 0, self.process.returncode

    def run(self, command, *more):
        return subprocess.run([COSTER, command, '--data', str(self.folder), *more], capture_output=True, text=True,
                              timeout=60)

    def records(self):
        return [json.loads(line) for line in self.run('journal').stdout.splitlines()]

    def verifies(self):
        done = self.run('verify')
        assert done.returncode == 0, done.stdout + done.stderr


class Sim:
    running = []

    def __init__(self, name, script):
        self.port_file = WORK / (name + '.port')
        self.state = WORK / (name + '.state')
        self.start(script)

    def start(self, script):
        self.port_file.unlink(missing_ok=True)
        self.process = subprocess.Popen([CARD_SIM, '--port-file', str(self.port_file), '--state', str(self.state),
                                         '--script', script], stdout=subprocess.DEVNULL)
        Sim.running.append(self.process)
        while not self.port_file.exists() or not self.port_file.read_text():
            assert self.process.poll() is None
            time.sleep(0.005)  # there is nothing else to wait on
        self.address = 'tcp:127.0.0.1:' + self.port_file.read_text().strip()

    def end(self):
        self.process.terminate()
        self.process.wait()


def refused(event, why):
    assert event['event'] == 'refused' and event['why'] == why, event
    assert len(event['message']) > 15, event


@case
def a_day_of_the_drawer():
    till = Till('day').open()
    assert till.do('open_shift', float=100000) == {'event': 'shift', 'float': 100000, 'drawer': 'open'}
    till.do('scan', text=SOAP)
    sale = till.do('tender', kind='cash', amount=13000)
    assert sale['event'] == 'sale' and sale['drawer'] == 'open' and sale['change'] == 100, sale
    assert till.do('no_sale')['kind'] == 'no_sale'
    assert till.do('paid_in', amount=5000, reason='change')['drawer'] == 'open'
    refused(till.do('paid_out', amount=2000, reason='ice'), 'approval_needed')
    paid = till.do('paid_out', amount=2000, reason='ice', approver='u09', approver_pin='9999')
    assert paid['event'] == 'drawer' and paid['approver'] == 'u09', paid
    till.do('safe_drop', amount=50000)
    x = till.do('report', kind='x')
    assert x['event'] == 'report' and x['kind'] == 'x' and x['sales'] == {'amount': 12900, 'count': 1}, x
    assert x['cash']['expected'] == 100000 + 12900 + 5000 - 2000 - 50000, x
    refused(till.do('cash_up'), 'bad_command')
    count = till.do('cash_up', denominations={'50000': 1, '10000': 1, '5000': 1, '100': 9})
    assert count['kind'] == 'cash_up' and count['counted'] == 65900 and count['over_short'] == 0, count
    z = till.do('report', kind='z')
    assert z['kind'] == 'z' and z['z'] == 1 and z['grand_sales'] == 12900, z
    till.do('scan', text=SOAP)
    refused(till.do('tender', kind='cash', amount=13000), 'no_shift')
    till.close()
    till.verifies()


@case
def a_ticket_is_parked_and_fetched():
    till = Till('ticket').open()
    till.do('open_shift', float=0)
    till.do('scan', text=SOAP)
    parked = till.do('suspend')
    assert parked['event'] == 'suspended' and parked['total'] == 12900, parked
    assert till.do('tickets')['tickets'][0]['ticket'] == parked['ticket']
    till.kill()
    till.open()
    resumed = till.do('resume', ticket=parked['ticket'])
    assert resumed['event'] == 'resumed' and len(resumed['lines']) == 1, resumed
    refused(till.do('resume', ticket='T01-S99'), 'cart_not_empty')
    assert till.do('tender', kind='cash', amount=12900)['event'] == 'sale'
    refused(till.do('resume', ticket=parked['ticket']), 'no_such_ticket')
    till.close()
    till.verifies()


@case
def a_card_terminal_says_yes_and_no():
    sim = Sim('yes', 'approve,decline,approve')
    till = Till('card', '--card', sim.address).open()
    till.do('open_shift', float=0)
    till.do('scan', text=SOAP)
    sale = till.do('tender', kind='card', amount=12900)
    assert sale['event'] == 'sale' and 'drawer' not in sale, sale
    till.do('scan', text=SOAP)
    refused(till.do('tender', kind='card', amount=12900), 'not_covered')
    begun = till.do('tender', kind='card', amount=2900, wait=False)
    assert begun['event'] == 'payment' and begun['status'] == 'created', begun
    event = till.do('payment')
    while event['event'] == 'payment':
        event = till.do('payment')
    assert event['event'] == 'tender' and event['due'] == 10000, event
    assert till.do('tender', kind='cash', amount=10000)['event'] == 'sale'
    till.close()
    outcomes = [r['outcome'] for r in till.records() if r['type'] == 'tender_attempt']
    assert outcomes[0] == 'created' and outcomes.count('paid') == 2 and 'closed' in outcomes, outcomes
    till.verifies()
    sim.end()


@case
def killed_between_charge_and_answer():
    """The money is taken, the terminal says so never; the till dies. It is asked for, and never paid twice."""
    sim = Sim('crash', 'timeout')
    till = Till('crash', '--card', sim.address).open()
    till.do('open_shift', float=0)
    till.do('scan', text=SOAP)
    begun = till.do('tender', kind='card', amount=12900, wait=False)
    while till.do('payment')['status'] == 'created':
        pass
    till.kill()
    sim.end()
    # What the terminal charged meanwhile.
    sim.state.write_text(json.dumps({'id': begun['attempt'], 'status': 'paid', 'amount': 12900, 'reference': 'R1'}) + '\n')
    sim.start('approve')
    assert json.loads(till.run('status').stdout)['pending_attempt']['attempt'] == begun['attempt']
    till.options = ('--card', sim.address)
    till.open()
    cart = till.do('cart')
    while cart['pending_attempt']['status'] == 'unknown':
        cart = till.do('cart')
    assert cart['pending_attempt']['status'] == 'paid' and cart['due'] == 12900, cart
    assert till.do('tender', kind='card', amount=12900)['event'] == 'sale'
    assert 'pending_attempt' not in till.do('cart')
    till.close()
    assert sum(r['type'] == 'tender_attempt' and r['outcome'] == 'created' for r in till.records()) == 1
    till.verifies()
    sim.end()


@case
def a_changed_journal_is_named():
    """A flipped byte, a dropped record, two swapped ones: each in the real file, each named by its number."""
    till = Till('tamper').open()
    till.do('open_shift', float=0)
    for _ in range(4):
        till.do('scan', text=SOAP)
        till.do('tender', kind='cash', amount=12900)
    till.do('report', kind='z')
    till.close()
    records = len(till.records())
    unlock = 'DROP TRIGGER journal_is_never_changed; DROP TRIGGER journal_is_never_deleted;'
    attacks = {
        'flip': (4, "UPDATE journal SET line = replace(line, '12900', '12901') WHERE seq = 4;"),
        'hash': (5, "UPDATE journal SET hash = zeroblob(32) WHERE seq = 5;"),
        'drop': (4, 'DELETE FROM journal WHERE seq = 4;'),
        'swap': (3, 'UPDATE journal SET seq = 99 WHERE seq = 3; UPDATE journal SET seq = 3 WHERE seq = 4;'
                    'UPDATE journal SET seq = 4 WHERE seq = 99;'),
    }
    for name, (seq, sql) in attacks.items():
        folder = WORK / ('tamper-' + name)
        shutil.copytree(till.folder, folder)
        db = sqlite3.connect(folder / 'coster.db')
        db.executescript(unlock + sql)
        db.close()
        done = subprocess.run([COSTER, 'verify', '--data', str(folder)], capture_output=True, text=True)
        assert done.returncode == 1, (name, done.stdout)
        assert json.loads(done.stdout)['seq'] == seq, (name, done.stdout)
    # A whole chain that was made anew, with a Z that says less than was sold.
    folder = WORK / 'tamper-z'
    shutil.copytree(till.folder, folder)
    forge(folder, records)
    done = subprocess.run([COSTER, 'verify', '--data', str(folder)], capture_output=True, text=True)
    assert done.returncode == 1 and json.loads(done.stdout)['seq'] == records, done.stdout
    assert 'sales' in json.loads(done.stdout)['why'], done.stdout


@case
def poslog_is_read_back():
    """Well-formed, in the words of POSLog, with the same sums; what is in a reason cannot break it."""
    till = Till('poslog').open()
    till.do('open_shift', float=100000)
    till.do('scan', text=SOAP)
    till.do('tender', kind='cash', amount=20000)
    till.do('scan', text='(01)09521234500025(3103)000450(10)B1')
    till.do('void_line', line=1)
    till.do('scan', text='(01)09521234500025(3103)000450(10)B1')
    till.do('tender', kind='card', amount=2151)
    till.do('paid_in', amount=5000, reason='<&"> \u0007 거스름돈')
    till.do('cash_up', counted=117900)
    till.do('report', kind='z')
    till.close()
    done = till.run('export', '--format', 'poslog')
    assert done.returncode == 0, done.stderr
    name = '{http://www.nrf-arts.org/IXRetail/namespace/}'
    root = ET.fromstring(done.stdout.encode())
    transactions = root.findall(name + 'Transaction')
    records = till.records()
    assert len(transactions) == len(records)
    assert [int(t.find(name + 'SequenceNumber').text) for t in transactions] == [r['seq'] for r in records]
    keys = {tuple(t.find(name + n).text for n in ('RetailStoreID', 'BusinessDayDate', 'WorkstationID', 'SequenceNumber'))
            for t in transactions}
    assert len(keys) == len(records)
    totals = [e.text for e in root.iter(name + 'Total')]
    assert totals == ['12900', '2151'], totals
    assert [e.text for e in root.iter(name + 'TenderChange')] and next(root.iter(name + 'TenderChange'))[0].text == '7100'
    weights = [e.text for e in root.iter(name + 'Quantity') if e.get('UnitOfMeasureCode') == 'KGM']
    assert weights == ['0.450', '0.450'], weights
    assert [e.get('VoidFlag') for e in root.iter(name + 'LineItem')].count('true') == 1
    assert next(root.iter(name + 'Reason')).text == '<&"> \ufffd 거스름돈'
    assert next(root.iter(name + 'ReportNumber')).text == '1'
    assert next(root.iter(name + 'Percent')).text == '10.00'
    part = ET.fromstring(till.run('export', '--format', 'poslog', '--from', '3', '--to', '4').stdout.encode())
    assert [t.find(name + 'SequenceNumber').text for t in part] == ['3', '4']
    assert till.run('export').stdout == till.run('journal').stdout
    assert till.run('export', '--format', 'csv').returncode == 2


@case
def a_full_disk_stops_the_sale_before_money_moves():
    """On a file system of 4 MB of its own, where this machine lets us have one."""
    probe = subprocess.run(['unshare', '-rm', 'true'], capture_output=True)
    if probe.returncode != 0:
        return 'no mount namespace here'
    done = subprocess.run(['unshare', '-rm', sys.executable, __file__, *sys.argv[1:4], '--tiny', str(WORK / 'tiny')],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def on_a_tiny_disk(folder):
    global WORK
    WORK = pathlib.Path(folder)
    WORK.mkdir()
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], check=True)
    till = Till('till').open()
    till.do('open_shift', float=0)
    till.do('scan', text=SOAP)
    with open(WORK / 'fill', 'wb') as fill:
        room = os.statvfs(folder)
        fill.write(bytes(room.f_bavail * room.f_frsize - 200 * 1024))
    for kind in ('cash', 'card'):
        refused(till.do('tender', kind=kind, amount=12900), 'disk_full')
    assert not [r for r in till.records() if r['type'] in ('tender_attempt', 'sale')]
    (WORK / 'fill').unlink()
    assert till.do('cart')['due'] == 12900
    assert till.do('tender', kind='cash', amount=12900)['event'] == 'sale'
    till.close()
    till.verifies()


def forge(folder, seq):
    import hashlib
    db = sqlite3.connect(folder / 'coster.db')
    db.executescript('DROP TRIGGER journal_is_never_changed;')
    line, = db.execute('SELECT line FROM journal WHERE seq = ?', (seq,)).fetchone()
    before, = db.execute('SELECT hash FROM journal WHERE seq = ?', (seq - 1,)).fetchone()
    record = json.loads(line)
    record['sales']['amount'] -= 12900
    line = json.dumps(record, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
    db.execute('UPDATE journal SET line = ?, hash = ? WHERE seq = ?',
               (line, hashlib.sha256(before + line.encode()).digest(), seq))
    db.commit()
    db.close()


def main():
    failed = 0
    print('TAP version 13\n1..%d' % len(cases))
    for number, function in enumerate(cases, 1):
        try:
            skip = function()
            print('ok %d - /ui/cli_drawer/%s%s' % (number, function.__name__, ' # SKIP ' + skip if skip else ''))
        except Exception:
            failed += 1
            print(''.join('# ' + line + '\n' for line in traceback.format_exc().splitlines()), end='')
            print('not ok %d - /ui/cli_drawer/%s' % (number, function.__name__))
    for process in Sim.running:  # also those of a case that failed
        process.kill()
        process.wait()
    shutil.rmtree(WORK, ignore_errors=True)
    return failed != 0


if '--tiny' in sys.argv:
    shutil.rmtree(WORK, ignore_errors=True)
    on_a_tiny_disk(sys.argv[5])
else:
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON-lines till and the commands beside it, as a program that knows only their contract sees them.

test_cli_till.py COSTER TILL_FOLDER"""
import hashlib
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

COSTER, TILL_FOLDER = sys.argv[1:3]
WORK = pathlib.Path(tempfile.mkdtemp(prefix='coster-cli-'))
SOAP, BEEF, NUTS = '9521234500032', '9521234500025', '9521234500056'
cases = []


def case(function):
    cases.append(function)
    return function


def run(*argv, stdin=''):
    return subprocess.run([COSTER, *map(str, argv)], input=stdin, capture_output=True, text=True, timeout=60)


class Till:
    def __init__(self, name, fill=True):
        self.folder = WORK / name
        if fill:
            subprocess.run([TILL_FOLDER, str(self.folder)], check=True)

    def open(self, login=True):
        self.process = subprocess.Popen([COSTER, 'till', '--data', str(self.folder), '--offline'], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if login:
            assert self.do('login', operator='u01', pin='1234')['event'] == 'login'
        return self

    def line(self, data):
        self.process.stdin.write(data + b'\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def do(self, do, **members):
        return self.line(json.dumps({'do': do, **members}).encode())

    def close(self):
        out, err = self.process.communicate(timeout=30)
        assert out == b'', out
        assert self.process.returncode == 0, (self.process.returncode, err)

    def read(self, command, *more):
        done = run(command, '--data', self.folder, *more)
        assert done.returncode == 0, (command, done.stderr)
        return done.stdout

    def records(self):
        return [json.loads(line) for line in self.read('journal').splitlines()]


def refused(event, why):
    assert event['event'] == 'refused', event
    assert event['why'] == why, event
    assert len(event['message']) > 15 and '\n' not in event['message'], event


@case
def each_command_has_its_event_with_its_members():
    till = Till('members').open(login=False)
    event = till.do('login', operator='u01', pin='1234', id=7)
    assert event == {'event': 'login', 'id': 7, 'operator': 'u01', 'name': 'Kim Minji', 'role': 'cashier'}, event
    event = till.do('open_shift', float=100000)
    assert event == {'event': 'shift', 'float': 100000, 'drawer': 'open'}, event
    event = till.do('scan', text='(01)09521234500025(3103)000450(10)B1', id='a')
    wanted = {'event': 'line', 'id': 'a', 'line': 1, 'name': 'Beef', 'gtin': '09521234500025', 'lot': 'B1', 'origin': '', 'best_before': '',
              'qty': 450, 'unit': 'g', 'price': 4780, 'amount': 2151, 'price_version': 10, 'total': 2151}
    assert {key: event.get(key) for key in wanted} == wanted, event
    assert event['freshness'] in ('green', 'amber', 'red'), event
    event = till.do('scan', text=BEEF)
    assert event['event'] == 'weigh' and event['name'] == 'Beef' and event['price'] == 4780, event
    event = till.do('weight', grams=1000)
    assert event['event'] == 'line' and event['line'] == 2 and event['total'] == 6931, event
    event = till.do('scan', text=SOAP)
    assert event['unit'] == 'each' and event['qty'] == 1, event
    event = till.do('quantity', line=3, qty=2)
    assert event['event'] == 'line' and event['amount'] == 25800 and event['total'] == 32731, event
    event = till.do('void_line', line=2)
    assert event['event'] == 'line_void' and event['line'] == 2 and event['total'] == 27951, event
    event = till.do('override', line=3, price=4300, reason='damaged', approver='u09', approver_pin='9999')
    assert event['event'] == 'line' and event['price'] == 4300 and event['amount'] == 8600, event
    event = till.do('cart')
    assert event['event'] == 'cart' and [line['line'] for line in event['lines']] == [1, 3] and event['total'] == 10751, event
    event = till.do('price_check', text=SOAP)
    assert event['event'] == 'price' and event['price'] == 12900 and event['name'] == 'Soap', event
    event = till.do('tender', kind='card', amount=10000)
    assert event['event'] == 'tender' and event['due'] == 751, event
    event = till.do('tender', kind='cash', amount=1000, id=9)
    assert event['event'] == 'sale' and event['id'] == 9 and event['type'] == 'sale', event
    assert event['receipt'] == 'T01-000001' and event['total'] == 10751 and event['change'] == 249, event
    record = till.records()[event['seq'] - 1]
    assert record['receipt'] == event['receipt'] and record['total'] == event['total'], record
    assert till.do('void') == {'event': 'void'}
    assert till.do('logout', id=None) == {'event': 'logout', 'id': None}
    till.close()


@case
def discounts_disputes_and_returns():
    till = Till('goods').open()
    till.do('open_shift', float=100000)
    assert till.do('type', text='2*' + SOAP)['qty'] == 2
    event = till.do('discount', line=1, percent=10, reason='dented')
    assert event['event'] == 'discount' and event['amount'] == 2580 and event['total'] == 23220, event
    refused(till.do('discount', percent=50, reason='friend'), 'approval_needed')
    refused(till.do('discount', line=0, amount=1, reason='x'), 'no_such_line')
    event = till.do('type', text='-5% regular')
    assert event['event'] == 'discount' and event['amount'] == 1161, event
    cart = till.do('cart')
    assert [line.get('kind') for line in cart['lines']] == [None, 'discount', 'discount'] and cart['total'] == 22059, cart
    assert cart['lines'][1]['of'] == [1] and cart['lines'][1]['why'] == 'dented', cart
    assert till.do('undo')['total'] == 23220
    sale = till.do('tender', kind='cash', amount=23220)
    assert sale['event'] == 'sale' and sale['total'] == 23220, sale
    back = till.do('return', receipt=sale['receipt'], line=1, qty=1, to='waste')
    assert back['event'] == 'sale' and back['type'] == 'return' and back['total'] == -11610, back
    refused(till.do('return', receipt=sale['receipt'], line=1, qty=2, to='stock'), 'already_returned')
    refused(till.do('return', receipt=sale['receipt'], line=1, qty=0, to='stock'), 'bad_quantity')
    refused(till.do('return', receipt=sale['receipt'], line=0, qty=1, to='stock'), 'no_such_line')
    refused(till.do('return', receipt='', line=1, qty=1, to='stock'), 'no_such_receipt')
    refused(till.do('bag', qty=0), 'unknown_item')
    refused(till.do('department', department='veg', amount=100, qty=0), 'no_such_department')
    refused(till.do('return', receipt='T09-000001', line=1, qty=1, to='stock'), 'offline')
    refused(till.do('return', receipt=sale['receipt'], line=1, qty=1, to='river'), 'bad_command')
    event = till.do('return', receipt=sale['receipt'], line=1, to='stock', exchange=True)
    assert event['event'] == 'exchange' and event['amount'] == 11610, event
    till.do('scan', text=SOAP)
    event = till.do('tender', kind='cash', amount=1290)
    assert event['type'] == 'sale' and event['total'] == 12900 and event['return_receipt'] == 'T01-000003', event
    refused(till.do('post_void', receipt=event['receipt'], reason='oops'), 'not_allowed')
    till.do('scan', text=SOAP)
    sale = till.do('tender', kind='card', amount=12900)
    refused(till.do('post_void', receipt=sale['receipt'], reason='oops'), 'approval_needed')
    event = till.do('post_void', receipt=sale['receipt'], reason='oops', approver='u09', approver_pin='9999')
    assert event['type'] == 'post_void' and event['total'] == -12900, event
    assert [item['name'] for item in till.do('search', text='so')['products']] == ['Soap']
    till.close()


@case
def stock_is_received_counted_and_written_off():
    till = Till('stock').open()
    event = till.do('receive', gtin=BEEF, lot='B7', qty=5000, best_before='2026-12-01', origin='Hoengseong', id=3)
    wanted = {'event': 'stock', 'id': 3, 'type': 'stock_received', 'gtin': '0' + BEEF, 'lot': 'B7', 'qty': 5000, 'unit': 'g',
              'best_before': '2026-12-01', 'origin': 'Hoengseong', 'operator': 'u01', 'name': 'Beef'}
    assert {key: event.get(key) for key in wanted} == wanted, event
    assert till.records()[event['seq'] - 1]['type'] == 'stock_received'
    event = till.do('write_off', gtin=BEEF, lot='B7', qty=250, reason='trimmed')
    assert event['event'] == 'stock' and event['type'] == 'write_off' and event['reason'] == 'trimmed', event
    assert till.do('count', gtin=BEEF, lot='B7', qty=4700)['type'] == 'stock_counted'
    refused(till.do('write_off', gtin=BEEF, lot='B7', qty=250), 'bad_command')
    refused(till.do('receive', gtin=BEEF, lot='B7', qty=0), 'bad_quantity')
    refused(till.do('receive', gtin='4006381333931', lot='B7', qty=1), 'unknown_item')
    assert json.loads(till.read('verify'))['ok'] is True
    till.close()


@case
def no_event_holds_a_null():
    till = Till('nulls').open()
    for do, members in (('open_shift', {'float': 0}), ('scan', {'text': SOAP}), ('price_check', {'text': SOAP}), ('price_check', {'text': BEEF}),
                        ('cart', {}), ('tender', {'kind': 'cash', 'amount': 20000}), ('scan', {'text': NUTS})):
        assert 'null' not in json.dumps(till.do(do, **members))
    till.close()


@case
def any_scalar_is_echoed_as_id():
    till = Till('ids').open(login=False)
    for id_ in (0, -1, 2**53, 'ü', '', True, False, None):
        event = till.do('cart', id=id_)
        assert event['id'] is id_ or event['id'] == id_, event
        event = till.do('dance', id=id_)
        refused(event, 'bad_command')
        assert event['id'] == id_, event
    assert 'id' not in till.do('cart')
    refused(till.do('cart', id=[1]), 'bad_command')
    till.close()


@case
def a_line_that_is_no_command_is_refused_and_the_till_goes_on():
    till = Till('lines').open(login=False)
    for line in (b'', b' ', b'not json', b'[]', b'3', b'{', b'\xff\xfe', b'{"do":1}', b'{"do":null}', b'{}', b'{"do":"cart"} x', b'{"do":"cart","do":"cart"}',
                 b'{"do":"scan"}', b'{"do":"scan","text":7}', b'{"do":"scan","text":null}', b'{"do":"tender","kind":"beads","amount":5}',
                 b'{"do":"tender","kind":"cash","amount":1.5}', b'{"do":"tender","kind":"cash","amount":"much"}', b'{"do":"tender","kind":"cash"}',
                 b'{"do":"quantity","line":1,"qty":99999999999999999999}', b'{"do":"sync","timeout_s":-1}', b'{"a":' * 500 + b'1' + b'}' * 500,
                 b'{"do":"scan","text":"' + b'9' * 200000 + b'"}', b'\x00',
                 b'{"do":"login","operator":"u01","pin":"1234\\u0000"}'):
        event = till.line(line)
        refused(event, 'bad_command')
    assert till.do('cart')['event'] == 'cart'
    till.do('login', operator='u01', pin='1234')
    for text in ('', '\0', 'a\0b', SOAP + '\0', '9' * 5000, '(01)' * 1000, '😀', '\x1d' * 50):
        refused(till.do('scan', text=text), 'bad_code')
    till.close()


@case
def numbers_that_no_line_has_are_said_so():
    till = Till('numbers').open()
    for line in (0, -1, 99, 2**40, -2**62):
        refused(till.do('void_line', line=line), 'no_such_line')
    till.close()


@case
def the_last_line_needs_no_newline():
    till = Till('newline')
    done = run('till', '--data', till.folder, '--offline', stdin='{"do":"cart","id":1}\n{"do":"cart","id":2}')
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)['id'] for line in done.stdout.splitlines()] == [1, 2], done.stdout
    done = run('till', '--data', till.folder, '--offline', stdin='{"x":"' + 'y' * 100000)
    assert done.returncode == 0 and json.loads(done.stdout)['why'] == 'bad_command', done.stdout
    assert run('till', '--data', till.folder, '--offline').stdout == ''


@case
def sigterm_ends_it_with_nothing_lost():
    till = Till('sigterm').open()
    assert till.do('scan', text=SOAP)['event'] == 'line'
    till.process.send_signal(signal.SIGTERM)
    out, err = till.process.communicate(timeout=30)
    assert (till.process.returncode, out) == (0, b''), (till.process.returncode, out, err)
    till.open()
    assert till.do('cart')['total'] == 12900
    till.close()


@case
def kill_9_loses_nothing_that_an_event_confirmed():
    till = Till('kill').open()
    till.do('open_shift', float=0)
    sold = []
    for round_ in range(5):
        assert till.do('scan', text=SOAP)['event'] == 'line'
        assert till.do('tender', kind='cash', amount=5000)['event'] == 'tender'
        till.process.kill()
        till.process.communicate()
        till.open()
        cart = till.do('cart')
        assert cart['total'] == 12900 and cart['due'] == 12900, cart
        event = till.do('tender', kind='cash', amount=12900)
        assert event['event'] == 'sale', event
        sold.append((event['receipt'], event['hash']))
        till.process.kill()
        till.process.communicate()
        till.open()
        assert till.do('cart')['lines'] == []
    till.close()
    held = []
    previous = bytes(32)
    for line in till.read('journal').splitlines():
        record = json.loads(line)
        assert line == json.dumps(record, sort_keys=True, separators=(',', ':'), ensure_ascii=False), line
        previous = hashlib.sha256(previous + line.encode()).digest()
        if record['type'] == 'sale':
            held.append((record['receipt'], previous.hex()))
    assert held == sold, (held, sold)
    assert json.loads(till.read('status'))['head'] == previous.hex()
    assert json.loads(till.read('verify'))['ok'] is True


@case
def one_till_at_a_time_and_readers_beside_it():
    till = Till('lock').open()
    for command in ('till', 'sync', 'enrol'):
        more = ('--url', 'http://127.0.0.1:1', '--code', 'x') if command == 'enrol' else ()
        second = run(command, '--data', till.folder, *more)
        assert second.returncode == 1 and second.stdout == '', (command, second)
        assert len(second.stderr.strip().splitlines()) == 1 and len(second.stderr) > 20, second.stderr
    for command in ('status', 'verify', 'journal', 'feed'):
        till.read(command)
    till.close()


@case
def status_has_the_members_of_its_contract():
    till = Till('status').open()
    till.do('open_shift', float=0)
    till.do('scan', text=SOAP)
    till.do('tender', kind='cash', amount=12900)
    till.close()
    status = json.loads(till.read('status'))
    assert list(status) == ['terminal', 'store', 'unsent', 'acked', 'head', 'feed_version', 'prices_age_s', 'clock_offset_ms',
                            'last_receipt', 'fault'], status
    assert status['fault'] == '', status
    assert status['terminal'] == 't-test' and status['store'] == '1' and status['unsent'] == 3 and status['acked'] == 0, status
    assert status['feed_version'] == 10 and status['prices_age_s'] == -1 and status['last_receipt'] == 'T01-000001', status


@case
def journal_and_feed_are_byte_for_byte():
    till = Till('bytes').open()
    till.do('open_shift', float=0)
    till.close()
    lines = till.read('journal').splitlines()
    assert [json.loads(line)['seq'] for line in lines] == [1, 2], lines
    assert till.read('journal', '--from', '2').splitlines() == lines[1:]
    assert till.read('journal', '--from=3') == ''
    feed = [json.loads(line) for line in till.read('feed').splitlines()]
    assert {item['version'] for item in feed} == {10} and len(feed) > 20, feed
    assert all(set(item) == {'kind', 'key', 'version', 'value'} for item in feed), feed


@case
def without_a_network_sync_is_refused():
    till = Till('offline').open(login=False)
    refused(till.do('sync', timeout_s=1), 'offline')
    till.close()


@case
def wrong_usage_is_said_and_is_2():
    for argv in (('dance',), ('status',), ('till',), ('status', '--data'), ('status', '--data', ''), ('status', '--data', 'x', 'y'),
                 ('journal', '--data', 'x', '--from', 'z'), ('till', '--data', 'x', '--offline=1'), ('enrol', '--data', 'x'),
                 ('enrol', '--data', 'x', '--url', 'u'), ('enrol', '--data', 'x', '--url', 'u', '--code', 'c', '--mode', 'shop')):
        done = run(*argv)
        assert done.returncode == 2 and done.stdout == '' and len(done.stderr) > 20, (argv, done)
    done = run('status', '--data', WORK / 'nothing-here')
    assert done.returncode == 1 and done.stderr, done
    assert not (WORK / 'nothing-here').exists()
    done = run('till', '--data', WORK / 'empty', '--offline', stdin='{"do":"cart"}\n')
    assert done.returncode == 1 and done.stdout == '' and 'enrol' in done.stderr, done
    done = run('--help')
    assert done.returncode == 0 and all(word in done.stdout for word in ('till', 'enrol', 'sync', 'status', 'scan')), done
    assert run('--version').stdout.startswith('coster ')


print('TAP version 13')
print('1..%d' % len(cases))
failed = 0
for number, function in enumerate(cases, 1):
    try:
        function()
        print('ok %d - /ui/cli_till/%s' % (number, function.__name__))
    except Exception:
        failed += 1
        for line in traceback.format_exc().splitlines():
            print('# ' + line)
        print('not ok %d - /ui/cli_till/%s' % (number, function.__name__))
    sys.stdout.flush()
shutil.rmtree(WORK, ignore_errors=True)
sys.exit(1 if failed else 0)

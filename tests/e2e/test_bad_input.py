#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a shop will do wrong, and what breaks: one clear sentence each, no crash, nothing lost.

test_bad_input.py PROGRAMS"""
import http.server
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Shop, Tap, Till, expect, shop_day, wait_for

programs = Programs(sys.argv[1])
tap = Tap('bad_input')
central = Central(programs, tap.folder / 'central').serve()
till = Till(programs, tap.folder / 'till').enrol(central, 'till 1')
tap.at_end(central.kill)
tap.at_end(till.kill)
shop = Shop(till.feed())
today = shop_day()
good = shop.lots('each', today)[0]


def sentence(text):
    """One sentence for people: not empty, one line, no bare code or address."""
    expect(text and '\n' not in text.strip(), 'not one sentence: %r' % text)
    expect(len(text) > 15 and ' ' in text, 'not a sentence: %r' % text)
    return text


def refused(why, do, **members):
    event = till.do(do, **members)
    expect(event['event'] == 'refused', '%s %s was answered with %s' % (do, members, event))
    expect(event['why'] == why, '%s was refused with %s, not %s' % (do, event['why'], why))
    sentence(event['message'])


def fails(*argv, code=1):
    done = programs.run(*argv, check=False)
    expect(done.returncode == code, '%s ended with %d, not %d: %s' % (argv[1:3], done.returncode, code, done.stderr))
    sentence(done.stderr.strip().splitlines()[-1])
    expect('Segmentation' not in done.stderr and 'ASSERT' not in done.stderr, done.stderr)
    return done.stderr


@tap.case('each_wrong_command_is_refused_with_its_code')
def commands():
    till.open(login=False)
    refused('not_logged_in', 'scan', text=shop.link(good))
    refused('wrong_pin', 'login', operator='u01', pin='0000')
    refused('wrong_pin', 'login', operator='nobody', pin='0000')
    till.good('login', operator='u01', pin='1234')
    till.good('scan', text=shop.link(good))
    refused('no_shift', 'tender', kind='cash', amount=100000)
    till.good('open_shift', float=100000)
    refused('no_such_line', 'void_line', line=99)
    refused('bad_quantity', 'quantity', line=1, qty=0)
    refused('bad_quantity', 'quantity', line=1, qty=-3)
    refused('bad_command', 'dance')
    refused('bad_command', 'scan')
    refused('bad_command', 'tender', kind='beads', amount=5)
    till.good('void')
    refused('empty_cart', 'tender', kind='cash', amount=1000)


@tap.case('lines_that_are_no_command_are_refused_and_the_till_goes_on')
def lines():
    for line in (b'not json', b'[]', b'{"do":1}', b'{"do":"scan","text":7}', b'{', b'\xff\xfe', b'{"do":"scan","do":"scan"}',
                 b'{"do":"scan","text":"' + b'9' * 200000 + b'"}', b'{"a":' * 500 + b'1' + b'}' * 500):
        till.process.stdin.write(line + b'\n')
        till.process.stdin.flush()
        event = till.receive()
        expect(event and event['event'] == 'refused' and event['why'] in ('bad_command', 'bad_code'), '%r gave %s' % (line[:40], event))
    till.good('cart')


@tap.case('codes_that_cannot_be_sold_are_refused_with_the_reason')
def codes():
    refused('bad_code', 'scan', text='')
    refused('bad_code', 'scan', text='https://example.com/menu')
    refused('bad_code', 'scan', text='8801234567890')  # wrong check digit
    refused('bad_code', 'scan', text='\x1d\x1d\x1d')
    refused('unknown_item', 'scan', text='4006381333931')
    for key in shop.items['recall']:
        refused('recalled', 'scan', text=shop.link(key))
    broken = [k for k in shop.items['lot'] if shop.is_broken(k)]
    expect(len(broken) == 1, 'the demo store has %d broken cold chains' % len(broken))
    refused('cold_chain', 'scan', text=shop.link(broken[0]))
    past = {k: l for k, l in shop.items['lot'].items() if (l.get('use_by') or l.get('best_before') or '9') < today}
    use_by = next(k for k, l in past.items() if l.get('use_by'))
    best_before = next(k for k, l in past.items() if l.get('best_before') and not l.get('use_by'))
    refused('expired', 'scan', text=shop.link(use_by))
    refused('expired', 'scan', text=shop.link(use_by), approver='u09', approver_pin='9999')
    refused('expired', 'scan', text=shop.link(best_before))
    refused('wrong_pin', 'scan', text=shop.link(best_before), approver='u09', approver_pin='1111')
    refused('not_allowed', 'scan', text=shop.link(best_before), approver='u01', approver_pin='1234')
    line = till.good('scan', text=shop.link(best_before), approver='u09', approver_pin='9999')
    expect(line['freshness'] == 'red', 'a lifted lot is still past its date: %s' % line)
    till.good('void')


@tap.case('a_short_tender_leaves_the_rest_due_and_a_card_is_never_charged_too_much')
def tender():
    total = till.scan(shop.link(good))['total']
    refused('over_tender', 'tender', kind='card', amount=total + 1)
    refused('bad_command', 'tender', kind='cash', amount='much') 
    event = till.good('tender', kind='cash', amount=total - 1)
    expect(event['event'] == 'tender' and event['due'] == 1, 'a short tender gave %s' % event)
    event = till.good('tender', kind='cash', amount=10)
    expect(event['event'] == 'sale' and event['change'] == 9, 'the rest gave %s' % event)


@tap.case('a_second_till_on_the_folder_is_refused_and_readers_are_not')
def second():
    message = fails(programs.coster, 'sync', '--data', till.folder)
    expect(str(till.folder) in message or 'another' in message, message)
    expect(till.status()['last_receipt'], 'status beside a running till')
    expect(till.verify().returncode == 0, 'verify beside a running till')
    till.close()


@tap.case('central_down_or_talking_nonsense_is_one_sentence_and_the_till_sells_on')
def nonsense():
    central.stop()
    fails(programs.coster, 'sync', '--data', till.folder, '--timeout', '3')
    fails(programs.coster, 'enrol', '--data', tap.folder / 'new', '--url', central.url, '--code', 'wrong')

    class Nonsense(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b'<html>Welcome to nginx!</html>' * 100
            self.send_response(200)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        do_POST = do_GET

        def log_message(self, *args):
            pass
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Nonsense)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    fails(programs.coster, 'enrol', '--data', tap.folder / 'new2', '--url', 'http://127.0.0.1:%d' % server.server_port,
          '--code', 'AAAAAAAAAAAAAAAAAAAAAA')
    server.shutdown()
    till.open()
    event = till.sell([shop.link(good)])
    expect(event['event'] == 'sale', 'no sale offline: %s' % event)
    refused('offline', 'sync', timeout_s=2)
    till.close()
    central.serve()
    programs.run(programs.coster, 'sync', '--data', till.folder, '--timeout', '30')


@tap.case('a_stranger_with_another_key_is_not_central')
def stranger():
    other = Central(programs, tap.folder / 'other').serve()
    code = central.enrol_code()
    message = fails(programs.coster, 'enrol', '--data', tap.folder / 'new3', '--url', other.url, '--code', code)
    other.stop()
    expect('key' in message.lower() or 'certificate' in message.lower() or 'pin' in message.lower(), message)


@tap.case('a_port_in_use_a_wrong_address_and_wrong_usage_are_said_plainly')
def port():
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        address = '127.0.0.1:%d' % taken.getsockname()[1]
        message = fails(programs.central, 'serve', '--data', central.folder, '--listen', address)
        expect(str(taken.getsockname()[1]) in message, message)
    fails(programs.central, 'serve', '--data', central.folder, '--listen', 'nowhere')
    fails(programs.central, 'serve', '--data', tap.folder / 'nothing-here', '--listen', '127.0.0.1:0')
    fails(programs.central, 'init', '--data', central.folder)
    fails(programs.central, 'dance', code=2)
    fails(programs.coster, 'dance', code=2)
    fails(programs.coster, 'status', code=2)
    fails(programs.coster, 'status', '--data', tap.folder / 'nothing-here')


@tap.case('a_broken_database_file_is_said_and_never_changed')
def broken():
    copy = tap.folder / 'broken'
    shutil.copytree(till.folder, copy)
    file = copy / 'coster.db'
    for suffix in ('-wal', '-shm'):
        pathlib.Path(str(file) + suffix).unlink(missing_ok=True)
    for damage in (b'this is no database at all, but a text file' * 100, b'', file.read_bytes()[:5000] + os.urandom(20000)):
        file.write_bytes(damage)
        if damage:
            fails(programs.coster, 'status', '--data', copy)
            done = programs.run(programs.coster, 'till', '--data', copy, '--offline', stdin='{"do":"cart"}\n', check=False)
            expect(done.returncode == 1, 'till on a broken file ended with %d' % done.returncode)
            sentence(done.stderr.strip().splitlines()[-1])
            expect(file.read_bytes() == damage, 'the broken file was changed')


@tap.case('a_changed_byte_in_the_journal_is_found_by_verify')
def tampered():
    copy = tap.folder / 'tampered'
    shutil.copytree(till.folder, copy)
    # The file itself refuses a change; who wants to tamper takes that guard away first.
    guards = subprocess.run(['sqlite3', copy / 'coster.db', "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'"],
                            capture_output=True, text=True, check=True).stdout.split()
    expect(guards, 'the journal table accepts changes')
    subprocess.run(['sqlite3', copy / 'coster.db', ''.join('DROP TRIGGER %s;' % g for g in guards) + "UPDATE journal SET line = replace(line, '\"cash\"', '\"card\"') "
                    "WHERE line LIKE '%\"type\":\"sale\"%'"], check=True)
    done = programs.run(programs.coster, 'verify', '--data', copy, check=False)
    expect(done.returncode == 1, 'verify ended with %d: %s' % (done.returncode, done.stdout))
    expect(any(c.isdigit() for c in done.stdout + done.stderr), 'verify names no record')


@tap.case('a_full_disk_refuses_the_sale_loses_nothing_and_the_sale_goes_on_when_there_is_room')
def full_disk():
    small = tap.folder / 'small'
    small.mkdir()
    if os.geteuid() != 0 or subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', str(small)],
                                           capture_output=True).returncode != 0:
        return 'mounting a small file system needs root (tests/pos covers the disk faults without it)'
    tap.at_end(lambda: subprocess.run(['umount', '-l', str(small)]))
    cramped = Till(programs, small / 'till')
    cramped.enrol(central, 'till small')
    cramped.open(offline=True)
    tap.at_end(cramped.kill)
    filler = small / 'filler'
    sold, said = [], None
    with open(filler, 'wb', buffering=0) as fill:
        try:
            while True:
                fill.write(b'x' * 4096)
        except OSError:
            pass
    for _ in range(400):
        event = cramped.do('scan', text=shop.link(good))
        if event['event'] == 'line':
            event = cramped.do('tender', kind='cash', amount=event['total'])
        if event['event'] == 'sale':
            sold.append(event['receipt'])
        elif event['event'] in ('error', 'refused'):
            said = event
            break
    expect(said and said['why'] == 'disk_full', 'a full disk gave %s after %d sales' % (said, len(sold)))
    sentence(said['message'])
    filler.unlink()
    total = cramped.good('cart')['total']
    if total == 0:
        total = cramped.good('scan', text=shop.link(good))['total']
    event = cramped.good('tender', kind='cash', amount=total)
    expect(event['event'] == 'sale', 'with room again: %s' % event)
    sold.append(event['receipt'])
    cramped.close()
    held = [record['receipt'] for record in cramped.journal() if record['type'] == 'sale']
    expect(held == sold, 'the journal holds %s, sold were %s' % (held, sold))
    checked = cramped.verify()
    expect(checked.returncode == 0, 'verify: ' + checked.stdout + checked.stderr)


tap.done()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`coster device` as a person in a shop types it.

test_cli_device.py COSTER TILL_FOLDER"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback
import tty

COSTER, TILL_FOLDER = sys.argv[1:3]
WORK = pathlib.Path(tempfile.mkdtemp(prefix='coster-device-'))
cases = []


def case(function):
    cases.append(function)
    return function


def run(*argv, **more):
    return subprocess.run([COSTER, *map(str, argv)], capture_output=True, text=True, timeout=60, **more)


def folder(name):
    subprocess.run([TILL_FOLDER, str(WORK / name)], check=True)
    return WORK / name


def listed(data):
    done = run('device', '--data', data)
    assert done.returncode == 0, done
    return {line.split()[0]: line.split('#')[0].split(None, 1)[1].strip() for line in done.stdout.splitlines()}


@case
def settings_are_listed_and_set():
    data = folder('set')
    before = listed(data)
    assert before['scanner.source'] == 'keyboard' and before['scanner.path'] == '""', before
    for key, value in (('scanner.source', 'serial'), ('scanner.path', '/dev/ttyACM0'), ('scanner.gs', '|')):
        done = run('device', '--data', data, 'set', key, value)
        assert done.returncode == 0 and done.stdout == done.stderr == '', done
    after = listed(data)
    assert after['scanner.source'] == 'serial' and after['scanner.path'] == '/dev/ttyACM0' and after['scanner.gs'] == '|'
    records = [json.loads(line) for line in run('journal', '--data', data).stdout.splitlines()]
    changes = [r['changes'] for r in records if r['type'] == 'config']
    assert changes == [[{'key': 'scanner.source', 'new': 'serial', 'old': 'keyboard'}],
                       [{'key': 'scanner.path', 'new': '/dev/ttyACM0', 'old': ''}],
                       [{'key': 'scanner.gs', 'new': '|', 'old': ''}]], changes
    assert run('verify', '--data', data).returncode == 0


@case
def bad_values_change_nothing_and_are_said():
    data = folder('bad')
    for key, value, part in (('scanner.baud', '9601', '9600'), ('scanner.nose', 'red', 'scanner.nose'), ('scanner.path', 'ttyACM0', '/')):
        done = run('device', '--data', data, 'set', key, value)
        assert done.returncode == 1 and part in done.stderr and done.stdout == '', done
    for words in (('set',), ('set', 'scanner.baud'), ('set', 'scanner.baud', '9600', 'x'), ('get',)):
        done = run('device', '--data', data, *words)
        assert done.returncode == 2 and 'coster device' in done.stderr, done
    assert 'config' not in run('journal', '--data', data).stdout


@case
def a_till_that_sells_is_not_disturbed():
    data = folder('busy')
    with subprocess.Popen([COSTER, 'till', '--data', str(data), '--offline'], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as till:
        till.stdin.write(b'{"do":"cart"}\n')
        till.stdin.flush()
        till.stdout.readline()
        assert listed(data)['scanner.baud'] == '9600'
        done = run('device', '--data', data, 'set', 'scanner.baud', '19200')
        assert done.returncode == 1 and done.stderr, done
        till.stdin.close()
    assert listed(data)['scanner.baud'] == '9600'


class Wedge:
    """A serial scanner: our end of a pseudo terminal, and a link to the other end, which can be pulled out."""

    def __init__(self, path):
        self.path = path
        self.plug()

    def plug(self):
        self.ours, theirs = os.openpty()
        tty.setraw(theirs)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(theirs))
        self.theirs = theirs

    def unplug(self):
        self.path.unlink()
        os.close(self.ours)
        os.close(self.theirs)

    def scan(self, data):
        os.write(self.ours, data)


@case
def a_serial_scanner_sells_without_a_window():
    data = folder('serial')
    scanner = Wedge(WORK / 'ttyACM0')
    for key, value in (('scanner.source', 'serial'), ('scanner.path', str(scanner.path)), ('scanner.gs', '|'), ('scanner.aim', 'on')):
        assert run('device', '--data', data, 'set', key, value).returncode == 0
    with subprocess.Popen([COSTER, 'till', '--data', str(data), '--offline'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as till:
        def event():
            return json.loads(till.stdout.readline())

        till.stdin.write('{"do":"login","operator":"u01","pin":"1234"}\n')
        till.stdin.flush()
        assert event()['event'] == 'login'
        assert 'there' in till.stderr.readline()
        for line in (1, 2):  # the trigger again counts again
            scanner.scan(b']E09521234500032\r\n')
            got = event()
            assert got['event'] == 'line' and got['line'] == line and got['source'] == 'scanner' and 'id' not in got, got
        scanner.scan(b']d201095212345000251' b'0B1|3103000450\r')
        got = event()
        assert got['event'] == 'line' and got['lot'] == 'B1' and got['qty'] == 450, got
        scanner.scan(b'34500032\r')  # its beginning is lost
        got = event()
        assert got['event'] == 'refused' and got['why'] == 'bad_code' and got['message'], got
        scanner.unplug()
        assert till.stderr.readline()
        scanner.plug()
        while 'The scanner is there' not in till.stderr.readline():
            pass
        scanner.scan(b']E09521234500032\t')
        got = event()
        assert got['event'] == 'line' and got['line'] == 4, got
        till.stdin.close()
        assert till.wait(30) == 0
    scanner.unplug()
    assert run('verify', '--data', data).returncode == 0


@case
def own_numbers_are_explained():
    data = folder('rcn')
    done = run('rcn', '--data', data)
    assert done.returncode == 0 and '28.....{NNDDD}' in done.stdout and 'price' in done.stdout, done
    done = run('rcn', '--data', data, '2804020004509')
    assert done.returncode == 0 and '04020' in done.stdout and '0.450 kg' in done.stdout, done
    done = run('rcn', '--data', data, '2804020004508')
    assert done.returncode == 1 and 'WRONG: 9' in done.stdout, done
    bad = WORK / 'bad.txt'
    bad.write_text('weight 28....V{NNDDD}\nfoo\nprice 2\n')
    done = run('rcn', '--rcn', bad)
    assert done.returncode == 1 and 'Line 2' in done.stderr and 'Line 3' in done.stderr, done
    assert run('rcn', '--rcn', WORK / 'none.txt').returncode == 1
    assert run('rcn').returncode == 2 and run('rcn', '--data', data, '--rcn', bad).returncode == 2


print('TAP version 13')
print('1..%d' % len(cases))
failed = 0
for number, function in enumerate(cases, 1):
    try:
        function()
        print('ok %d - /ui/cli_device/%s' % (number, function.__name__))
    except Exception:
        failed += 1
        for line in traceback.format_exc().splitlines():
            print('# ' + line)
        print('not ok %d - /ui/cli_device/%s' % (number, function.__name__))
    sys.stdout.flush()
shutil.rmtree(WORK, ignore_errors=True)
sys.exit(1 if failed else 0)

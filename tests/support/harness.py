# SPDX-License-Identifier: GPL-3.0-or-later
"""Real programs for end-to-end tests and the demo day: a central service, tills, their commands.

Every wait has a limit and looks at what it waits for; every process that is started here is ended here."""
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Failure(AssertionError):
    pass


def wait_for(what, look, limit_s=30.0, step_s=0.02):
    """The first true answer of look(); a Failure that says what was waited for when the limit is over."""
    end = time.monotonic() + limit_s
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failure('waited %.0f s for %s' % (limit_s, what))
        time.sleep(step_s)


class Programs:
    def __init__(self, folder):
        folder = pathlib.Path(folder).resolve()
        self.folder = folder
        self.coster = str(folder / 'coster')
        self.central = str(folder / 'coster-central')
        self.pricing = str(folder / 'coster-pricing')

    @staticmethod
    def environment():
        env = dict(os.environ)
        env.pop('G_DEBUG', None)
        env.setdefault('LC_ALL', 'C.UTF-8')
        env.setdefault('LANGUAGE', 'en')
        env['COSTER_DATADIR'] = str(ROOT / 'data')
        return env

    def run(self, *argv, stdin=None, check=True, timeout=120):
        done = subprocess.run([str(a) for a in argv], input=stdin, capture_output=True, text=True, timeout=timeout,
                              env=self.environment())
        if check and done.returncode != 0:
            raise Failure('%s ended with %d: %s' % (' '.join(str(a) for a in argv), done.returncode, done.stderr.strip()))
        return done


class Central:
    def __init__(self, programs, folder, demo=True, plain=False, init=(), made=False):
        """made: its folder is there already."""
        self.programs, self.folder, self.plain = programs, pathlib.Path(folder), plain
        self.process, self.port = None, 0
        self.log = open(str(self.folder) + '.log', 'ab')
        if not made:
            programs.run(programs.central, 'init', '--data', self.folder, *(['--demo'] if demo else []), *init)

    @property
    def url(self):
        return 'http%s://127.0.0.1:%d' % ('' if self.plain else 's', self.port)

    def serve(self, limit_s=20):
        """Starts it, the first time on a free port, then always on that port."""
        port_file = pathlib.Path(str(self.folder) + '.port')
        port_file.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [self.programs.central, 'serve', '--data', str(self.folder), '--listen', '127.0.0.1:%d' % self.port,
             '--port-file', str(port_file), *(['--plain'] if self.plain else [])],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=self.programs.environment())

        def listening():
            if self.process.poll() is not None:
                raise Failure('central ended with %d: %s' % (self.process.returncode, self.tail()))
            text = port_file.read_text().strip() if port_file.exists() else ''
            return int(text) if text else 0
        self.port = wait_for('central to listen', listening, limit_s)
        return self

    def tail(self):
        return pathlib.Path(self.log.name).read_text(errors='replace')[-600:]

    def command(self, *argv, **more):
        return self.programs.run(self.programs.central, argv[0], '--data', self.folder, *argv[1:], **more)

    def enrol_code(self, store='1', mode='till'):
        return self.command('enrol-code', '--store', store, '--mode', mode).stdout.strip()

    def journal(self):
        return [json.loads(line) for line in self.command('journal').stdout.splitlines()]

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process = None

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
                raise Failure('central did not end 20 s after SIGTERM')
        self.process = None


class Till:
    """A till folder, and `coster till` on it while it is open."""

    def __init__(self, programs, folder):
        self.programs, self.folder = programs, pathlib.Path(folder)
        self.process, self.events, self.number = None, None, 0

    def enrol(self, central, name):
        self.programs.run(self.programs.coster, 'enrol', '--data', self.folder, '--url', central.url, '--code',
                          central.enrol_code(), '--name', name)
        return self

    def open(self, offline=False, login=True):
        self.errors = open(str(self.folder) + '.log', 'ab')
        self.process = subprocess.Popen(
            [self.programs.coster, 'till', '--data', str(self.folder), *(['--offline'] if offline else [])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, env=self.programs.environment())
        self.events = queue.Queue()
        threading.Thread(target=self._read, args=(self.process, self.events), daemon=True).start()
        if login:
            self.good('login', operator='u01', pin='1234')
            self.do('open_shift', float=100000)
        return self

    @staticmethod
    def _read(process, events):
        for line in process.stdout:
            try:
                events.put(json.loads(line))
            except ValueError:
                events.put({'event': 'broken', 'line': repr(line)})
        events.put(None)

    def send(self, do, **members):
        self.number += 1
        members.update({'do': do, 'id': self.number})
        try:
            self.process.stdin.write((json.dumps(members, ensure_ascii=False) + '\n').encode())
            self.process.stdin.flush()
        except (BrokenPipeError, OSError):
            pass
        return self.number

    def receive(self, limit_s=30):
        """The next event, or None when the till has ended."""
        try:
            event = self.events.get(timeout=limit_s)
        except queue.Empty:
            raise Failure('no event within %d s' % limit_s)
        if event is None:
            self.events.put(None)  # the end stays the end, however often one asks
        return event

    def do(self, do, **members):
        number = self.send(do, **members)
        event = self.receive()
        if event is None:
            raise Failure('the till ended while it was asked to %s' % do)
        if event.get('id') != number:
            raise Failure('%s was answered with another id: %s' % (do, event))
        return event

    def good(self, do, **members):
        event = self.do(do, **members)
        if event['event'] in ('refused', 'error'):
            raise Failure('%s %s was %s: %s' % (do, members, event['event'], event))
        return event

    def scan(self, text, grams=450):
        event = self.good('scan', text=text)
        return self.good('weight', grams=grams) if event['event'] == 'weigh' else event

    def sell(self, texts, kind='cash'):
        total = 0
        for text in texts:
            total = self.scan(text)['total']
        return self.good('tender', kind=kind, amount=total)

    def status(self):
        return json.loads(self.programs.run(self.programs.coster, 'status', '--data', self.folder).stdout)

    def journal(self):
        out = self.programs.run(self.programs.coster, 'journal', '--data', self.folder).stdout
        return [json.loads(line) for line in out.splitlines()]

    def feed(self):
        out = self.programs.run(self.programs.coster, 'feed', '--data', self.folder).stdout
        return [json.loads(line) for line in out.splitlines()]

    def verify(self):
        return self.programs.run(self.programs.coster, 'verify', '--data', self.folder, check=False)

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def close(self):
        if not self.process:
            return
        self.process.stdin.close()
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure('the till did not end 30 s after the end of its input')
        self.process = None
        if code != 0:
            raise Failure('the till ended with %d' % code)


class Shop:
    """What is on sale, as the till's own feed says."""

    def __init__(self, feed):
        self.items = {}
        for item in feed:
            if 'value' in item and item['value'] is not None:
                self.items.setdefault(item['kind'], {})[item['key']] = item['value']
        self.base = self.items['setting']['store'].get('link_base', 'https://id.gs1.org')

    def product(self, gtin):
        return self.items['product'][gtin]

    def is_broken(self, key):
        lot = self.items['lot'][key]
        return lot.get('cold_chain') == 'broken' or any(step.get('alarm') for step in lot.get('route', []))

    def lots(self, unit=None, today=None):
        """Keys of lots that can be sold."""
        recalled = self.items.get('recall', {})
        found = []
        for key, lot in sorted(self.items['lot'].items()):
            if key in recalled or key.split('/')[0] in recalled or self.is_broken(key):
                continue
            last = lot.get('use_by') or lot.get('best_before') or '9999-12-31'
            if today and last < today:
                continue
            if unit is None or self.product(key.split('/')[0])['unit'] == unit:
                found.append(key)
        return found

    def link(self, key):
        gtin, lot = key.split('/')
        return '%s/01/%s/10/%s' % (self.base, gtin, lot)

    def price(self, key):
        prices = self.items['price']
        return (prices.get(key) or prices[key.split('/')[0]])['price']


def shop_day():
    """The date in the demo shop's zone."""
    env = dict(os.environ, TZ='Asia/Seoul')
    return subprocess.run(['date', '+%F'], capture_output=True, text=True, env=env).stdout.strip()


class Tap:
    """Test cases as claims: @tap.case('name') runs at once; done() prints the plan and ends."""

    def __init__(self, suite):
        self.suite, self.number, self.failed = suite, 0, 0
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='coster-' + suite + '-'))
        self.closers = []
        print('TAP version 13', flush=True)

    def case(self, name):
        def decorate(function):
            self.number += 1
            try:
                skip = function()
                line = 'ok %d - /%s/%s' % (self.number, self.suite, name)
                if isinstance(skip, str):
                    line += ' # SKIP ' + skip
                print(line, flush=True)
            except Exception as error:  # a failed case must not hide the next ones
                import traceback
                self.failed += 1
                for text in traceback.format_exc().splitlines()[-12:]:
                    print('# ' + text)
                print('not ok %d - /%s/%s' % (self.number, self.suite, name), flush=True)
            return function
        return decorate

    def at_end(self, close):
        self.closers.append(close)

    def done(self):
        for close in reversed(self.closers):
            try:
                close()
            except Exception as error:
                print('# while closing: %s' % error)
        print('1..%d' % self.number, flush=True)
        if self.failed == 0:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print('# kept: %s' % self.folder)
        sys.exit(1 if self.failed else 0)


def expect(condition, message):
    if not condition:
        raise Failure(message)

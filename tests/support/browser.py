# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Chromium without a window, driven over its DevTools protocol: just what page tests need."""
import base64
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import tempfile
import urllib.request

from harness import Failure, wait_for


def program():
    return shutil.which('chromium') or shutil.which('chromium-browser')


class Socket:
    """A WebSocket (RFC 6455) to one address: text messages, no extensions."""

    def __init__(self, host, port, path):
        self.link = socket.create_connection((host, port), timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        self.link.sendall(('GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                           'Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n' % (path, host, port, key)).encode())
        head = b''
        while b'\r\n\r\n' not in head:
            head += self.link.recv(1)
        if b' 101 ' not in head.split(b'\r\n')[0]:
            raise Failure('no websocket: %r' % head)

    def _read(self, count):
        data = b''
        while len(data) < count:
            more = self.link.recv(count - len(data))
            if not more:
                raise Failure('the browser closed its connection')
            data += more
        return data

    def send(self, text):
        data, mask = text.encode(), os.urandom(4)
        size = bytes([128 | len(data)]) if len(data) < 126 else \
            bytes([254]) + struct.pack('!H', len(data)) if len(data) < 65536 else bytes([255]) + struct.pack('!Q', len(data))
        self.link.sendall(b'\x81' + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def receive(self):
        whole = b''
        while True:
            first, second = self._read(2)
            length = second & 127
            length = struct.unpack('!H', self._read(2))[0] if length == 126 else \
                struct.unpack('!Q', self._read(8))[0] if length == 127 else length
            data = self._read(length)
            if first & 15 in (0, 1):
                whole += data
                if first & 128:
                    return whole.decode()


class Browser:
    def __init__(self, width=360, height=740):
        self.profile = tempfile.mkdtemp(prefix='coster-browser-')
        self.process = subprocess.Popen(
            [program(), '--headless=new', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0', '--no-first-run',
             '--disable-dev-shm-usage', '--ignore-certificate-errors', '--user-data-dir=' + self.profile, 'about:blank'],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port_file = pathlib.Path(self.profile) / 'DevToolsActivePort'
        self.port = int(wait_for('the browser', lambda: port_file.exists() and port_file.read_text().split()[:1], 60)[0])
        pages = json.loads(urllib.request.urlopen('http://127.0.0.1:%d/json' % self.port, timeout=30).read())
        url = next(page['webSocketDebuggerUrl'] for page in pages if page['type'] == 'page')
        self.socket = Socket('127.0.0.1', self.port, '/' + url.split('/', 3)[3])
        self.number, self.problems, self.loaded = 0, [], 0
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(domain + '.enable')
        self.size(width, height)

    def call(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({'id': self.number, 'method': method, 'params': parameters}))
        while True:
            message = json.loads(self.socket.receive())
            if message.get('id') == self.number:
                if 'error' in message:
                    raise Failure('%s: %s' % (method, message['error']))
                return message['result']
            self._event(message)

    def _event(self, message):
        if message.get('method') == 'Page.loadEventFired':
            self.loaded += 1
        elif message.get('method') == 'Log.entryAdded':
            entry = message['params']['entry']
            if entry['level'] == 'error' and 'favicon' not in entry.get('url', ''):
                self.problems.append(entry['text'])
        elif message.get('method') == 'Runtime.exceptionThrown':
            self.problems.append(str(message['params']['exceptionDetails']))

    def size(self, width, height, dark=False):
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1, mobile=width < 700)
        self.call('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}])

    def language(self, accept):
        self.call('Network.setExtraHTTPHeaders', headers={'Accept-Language': accept})

    def scripts(self, on):
        self.call('Emulation.setScriptExecutionDisabled', value=not on)

    def open(self, url):
        before = self.loaded
        self.call('Page.navigate', url=url)
        while self.loaded == before:
            self._event(json.loads(self.socket.receive()))

    def look(self, expression):
        """The value of an expression in the page."""
        return self.call('Runtime.evaluate', expression=expression, returnByValue=True)['result'].get('value')

    def text(self, selector):
        return self.look('(document.querySelector(%s) || {}).textContent' % json.dumps(selector))

    def picture(self, path, whole=False):
        options = {'format': 'png', 'captureBeyondViewport': whole}
        if whole:
            size = self.call('Page.getLayoutMetrics')['cssContentSize']
            options['clip'] = {'x': 0, 'y': 0, 'width': size['width'], 'height': size['height'], 'scale': 1}
        pathlib.Path(path).write_bytes(base64.b64decode(self.call('Page.captureScreenshot', **options)['data']))

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

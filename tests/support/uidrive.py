# SPDX-License-Identifier: GPL-3.0-or-later
"""The window as a person has it: what is on it is read through the accessibility bus, keys and clicks go in through XTest
as from real devices. For /usr/bin/python3 inside run-headless.sh."""
import ctypes
import os
import subprocess
import time

# Warnings of the bus library itself would end this process under fatal-warnings; the window still gets the setting.
DEBUG = os.environ.pop('G_DEBUG', None)
import gi  # noqa: E402
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402

from harness import Failure, wait_for  # noqa: E402

Atspi.init()
Atspi.set_timeout(3000, 15000)


class Keyboard:
    """Hardware key codes of a US keyboard, as a USB scanner sends them, and the pointer."""
    NAMED = {'Return': 36, 'Escape': 9, 'Tab': 23, 'BackSpace': 22, **{'F%d' % n: 66 + n for n in range(1, 11)}, 'F11': 95, 'F12': 96, 'Delete': 119, 'Up': 111, 'Down': 116}
    HELD = {'ctrl': 37, 'alt': 64, 'shift': 50}

    def __init__(self):
        self.x = ctypes.CDLL('libX11.so.6')
        self.t = ctypes.CDLL('libXtst.so.6')
        self.x.XOpenDisplay.restype = ctypes.c_void_p
        self.display = ctypes.c_void_p(self.x.XOpenDisplay(None))
        self.codes = {' ': (65, None), '\n': (36, None), '\x1d': (35, 37)}  # GS is Control and ]
        for first, plain, shifted in ((10, '1234567890-=', '!@#$%^&*()_+'), (24, 'qwertyuiop[]', 'QWERTYUIOP{}'),
                                      (38, "asdfghjkl;'`", 'ASDFGHJKL:"~'), (51, '\\zxcvbnm,./', '|ZXCVBNM<>?')):
            for place, (low, high) in enumerate(zip(plain, shifted)):
                self.codes[low] = (first + place, None)
                self.codes[high] = (first + place, 50)

    def _send(self, code, down):
        self.t.XTestFakeKeyEvent(self.display, code, down, 0)

    def press(self, name):
        """A key by its name, or one with others held: "F9", "alt+r"."""
        *held, key = name.split('+')
        code = self.NAMED[key] if key in self.NAMED else self.codes[key][0]
        for modifier in held:
            self._send(self.HELD[modifier], 1)
        self._send(code, 1)
        self._send(code, 0)
        for modifier in held:
            self._send(self.HELD[modifier], 0)
        self.x.XSync(self.display, 0)

    def type(self, text, gap_ms):
        for letter in text:
            code, modifier = self.codes[letter]
            if modifier:
                self._send(modifier, 1)
            self._send(code, 1)
            self._send(code, 0)
            if modifier:
                self._send(modifier, 0)
            self.x.XSync(self.display, 0)
            time.sleep(gap_ms / 1000)  # the speed of the device is what is tested

    def scan(self, text):
        """As a scanner, Return at the end: all keys leave at once, so that a busy machine cannot stretch the gaps."""
        for letter in text + '\n':
            code, modifier = self.codes[letter]
            for key, down in ((modifier, 1), (code, 1), (code, 0), (modifier, 0)):
                if key:
                    self._send(key, down)
        self.x.XSync(self.display, 0)

    def click(self, x, y):
        self.t.XTestFakeMotionEvent(self.display, -1, int(x), int(y), 0)
        self.t.XTestFakeButtonEvent(self.display, 1, 1, 0)
        self.t.XTestFakeButtonEvent(self.display, 1, 0, 0)
        self.x.XSync(self.display, 0)


class Window:
    def __init__(self, argv, env):
        env = dict(env, GTK_A11Y='atspi')
        if DEBUG:
            env['G_DEBUG'] = DEBUG
        self.process = subprocess.Popen([str(a) for a in argv], env=env, stderr=subprocess.PIPE, text=True)
        self.app = wait_for('the window on the accessibility bus', self._appear)

    def _appear(self):
        if self.process.poll() is not None:
            raise Failure('the window ended with %s: %s' % (self.process.returncode, self.process.stderr.read()[-800:]))
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(index)
            if app and app.get_process_id() == self.process.pid and app.get_child_count():
                return app
        return None

    def nodes(self, top=None, depth=0):
        """What is on the screen; each node costs calls over the bus, so the many tiles are passed over."""
        top = top or self.app
        yield top
        if top.get_name() == 'Products':
            return
        for index in range(top.get_child_count()):
            child = top.get_child_at_index(index)
            if child:
                yield from self.nodes(child, depth + 1)

    @staticmethod
    def is_shown(node):
        box = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
        return box.width > 0 and box.height > 0

    def find(self, part, role=None):
        """The first node on the screen whose name holds `part`, or None."""
        try:
            for node in self.nodes():
                try:
                    if part in (node.get_name() or '') and (role is None or node.get_role_name() == role) and self.is_shown(node):
                        return node
                except GLib.Error:
                    continue
        except GLib.Error:
            pass
        return None

    def wait(self, part, role=None, limit_s=40):
        return wait_for('“%s” on the screen' % part, lambda: self.find(part, role), limit_s)

    def wait_gone(self, part, limit_s=40):
        wait_for('“%s” to leave the screen' % part, lambda: not self.find(part), limit_s)

    def place(self):
        ids = subprocess.run(['xdotool', 'search', '--onlyvisible', '--pid', str(self.process.pid)], capture_output=True, text=True).stdout.split()
        found = []
        for number in ids:
            text = subprocess.run(['xdotool', 'getwindowgeometry', '--shell', number], capture_output=True, text=True).stdout
            values = dict(line.split('=') for line in text.split())
            if 'WIDTH' in values:
                found.append((int(values['WIDTH']) * int(values['HEIGHT']), len(found), number, values))
        _, _, number, values = max(found)  # a tooltip is a window, too
        frame = subprocess.run(['xprop', '-id', number, '_GTK_FRAME_EXTENTS'], capture_output=True, text=True).stdout
        left, _, top, _ = [int(v) for v in frame.split('=')[1].split(',')] if '=' in frame else (0, 0, 0, 0)
        return int(values['X']) + left, int(values['Y']) + top

    def touch(self, keyboard, part, role='push button'):
        node = self.wait(part, role)
        box = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
        x, y = self.place()
        keyboard.click(x + box.x + box.width // 2, y + box.y + box.height // 2)

    def picture(self, path):
        subprocess.run(['import', '-window', 'root', str(path)], check=False, capture_output=True)

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode

# SPDX-License-Identifier: GPL-3.0-or-later
"""coster-printer-sim as end-to-end tests use it."""
import pathlib
import subprocess
import threading

from harness import Failure, wait_for


class PrinterSim:
    def __init__(self, programs, folder, *options):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.said = []
        self.process = subprocess.Popen([str(programs.folder / 'coster-printer-sim'), '--out', str(self.folder), *options],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        threading.Thread(target=self._read, daemon=True).start()
        ready = wait_for('the printer', lambda: self.said and self.said[0].split())
        self.address, self.pty = ready[2], ready[4]

    def _read(self):
        for line in self.process.stdout:
            self.said.append(line.rstrip('\n'))

    def tell(self, command):
        before = self.count('ok')
        self.process.stdin.write(command + '\n')
        self.process.stdin.flush()
        wait_for('the printer to obey %s' % command, lambda: self.count('ok') > before)

    def count(self, start):
        return sum(line.startswith(start) for line in list(self.said))

    def wait(self, start, times=1):
        wait_for('the printer to say "%s" %d times, not %s' % (start, times, self.said[-5:]), lambda: self.count(start) >= times)

    def text(self, name):
        path = self.folder / (name + '.txt')
        if not path.exists():
            raise Failure('%s was not printed; there is %s' % (name, sorted(p.name for p in self.folder.iterdir())))
        return path.read_text(encoding='utf-8')

    def stop(self):
        self.process.kill()
        self.process.wait()

# SPDX-License-Identifier: GPL-3.0-or-later
"""coster-card-sim as end-to-end tests use it."""
import pathlib
import subprocess

from harness import wait_for


class CardSim:
    """A terminal whose charges end as `script` says, one word after the other. What it charged is kept over a restart."""

    def __init__(self, programs, folder):
        self.program = str(programs.folder / 'coster-card-sim')
        self.port_file, self.state = pathlib.Path(folder) / 'card.port', pathlib.Path(folder) / 'card.state'
        self.process, self.port = None, '0'

    def start(self, script):
        self.stop()
        self.port_file.unlink(missing_ok=True)
        self.process = subprocess.Popen([self.program, '--port', self.port, '--port-file', str(self.port_file), '--state',
                                         str(self.state), '--script', script], stdout=subprocess.DEVNULL)
        self.port = wait_for('the card terminal', lambda: self.port_file.exists() and self.port_file.read_text().strip())
        return self

    @property
    def address(self):
        return 'tcp:127.0.0.1:' + self.port

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

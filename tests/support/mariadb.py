# SPDX-License-Identifier: GPL-3.0-or-later
"""A MariaDB of one's own on loopback, alone or as a Galera cluster of three: data in a folder, free ports, ended with the test.

Nothing of /etc/mysql is read. As root the servers run as the user mysql, because a joining node's copy fails as root."""
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PROVIDER = '/usr/lib/galera/libgalera_smm.so'


class NotHere(Exception):
    """The servers cannot be started on this machine; says why."""


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def find(program):
    path = shutil.which(program, path=os.environ.get('PATH', '') + ':/usr/sbin:/usr/local/sbin')
    if path is None:
        raise NotHere('%s is not installed' % program)
    return path


def wait_until(look, limit_s):
    end = time.monotonic() + limit_s
    while not look():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class Node:
    """One server. settings: lines of the configuration beside the common ones."""

    def __init__(self, folder, name, settings=''):
        self.folder, self.name = pathlib.Path(folder), name
        self.port = free_port()
        self.data = self.folder / name
        self.socket = self.folder / (name + '.sock')
        self.config = self.folder / (name + '.cnf')
        self.log = self.folder / (name + '.err')
        self.settings = settings
        self.process = None
        self.user = 'mysql' if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name

    def configure(self):
        self.config.write_text('\n'.join([
            '[mariadbd]', 'user=%s' % self.user, 'datadir=%s' % self.data, 'socket=%s' % self.socket,
            'pid-file=%s.pid' % self.data, 'log-error=%s' % self.log, 'port=%d' % self.port, 'bind-address=127.0.0.1',
            'skip-name-resolve', 'performance_schema=OFF', 'innodb_buffer_pool_size=128M', 'innodb_log_file_size=48M',
            'innodb_flush_log_at_trx_commit=1', 'innodb_autoinc_lock_mode=2', 'binlog_format=ROW', 'max_connections=300',
            'transaction-isolation=READ-COMMITTED', self.settings, '']))

    def install(self):
        find('mariadbd')
        done = subprocess.run([find('mariadb-install-db'), '--no-defaults', '--user=%s' % self.user, '--datadir=%s' % self.data,
                               '--auth-root-authentication-method=normal', '--skip-test-db', '--innodb-log-file-size=48M'],
                              capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise NotHere('mariadb-install-db: %s' % (done.stderr or done.stdout).strip()[-300:])

    def as_user(self, argv):
        if os.getuid() != 0:
            return argv
        return ['setpriv', '--reuid=mysql', '--regid=mysql', '--init-groups'] + argv

    def start(self, *extra):
        self.process = subprocess.Popen(self.as_user([find('mariadbd'), '--defaults-file=%s' % self.config, *extra]),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def sql(self, text):
        """The answer of a statement as lines, through the node's own socket; None when it does not answer."""
        try:
            done = subprocess.run([find('mariadb'), '--no-defaults', '-uroot', '-S', str(self.socket), '--connect-timeout=2',
                                   '-Nse', text], capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired:
            return None
        return done.stdout.splitlines() if done.returncode == 0 else None

    def is_up(self):
        return self.sql('SELECT 1') == ['1']

    def wait_up(self, limit_s=30):
        if not wait_until(lambda: self.is_up() or self.process.poll() is not None, limit_s) or self.process.poll() is not None:
            raise NotHere('mariadbd does not start: %s' % self.last_words())

    def last_words(self):
        text = self.log.read_text(errors='replace') if self.log.exists() else ''
        return ' '.join(line for line in text.splitlines() if 'ERROR' in line)[-400:]

    def kill(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
            self.process = None

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self, limit_s=30):
        """Told to end, in order."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(limit_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    @property
    def address(self):
        return '127.0.0.1:%d' % self.port


def make_folder(memory):
    folder = tempfile.mkdtemp(prefix='coster-mariadb-', dir='/dev/shm' if memory and os.path.isdir('/dev/shm') else None)
    os.chmod(folder, 0o755)
    if os.getuid() == 0:
        try:
            user = pwd.getpwnam('mysql')
        except KeyError:
            shutil.rmtree(folder)
            raise NotHere('there is no user mysql')
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


class Server:
    """One server alone. memory: its data in memory, for tests of rules and not of the disk."""

    def __init__(self, memory=False, settings=''):
        self.folder = make_folder(memory)
        self.node = Node(self.folder, 'n1', settings)
        try:
            self.node.configure()
            self.node.install()
            self.node.start()
            self.node.wait_up()
            # Over TCP too, from this machine alone.
            self.node.sql("GRANT ALL ON *.* TO coster@'127.0.0.1' IDENTIFIED BY 'coster'")
        except BaseException:
            self.stop()
            raise

    @property
    def address(self):
        return self.node.address

    def url(self, name):
        return 'mysql://coster@%s/%s' % (self.address, name)

    def stop(self):
        self.node.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Cluster:
    """Three nodes of Galera. The folder is on disk: what a killed node had on it must be there."""

    def __init__(self, settings=''):
        if not os.path.exists(PROVIDER):
            raise NotHere('galera-4 is not installed')
        find('rsync')
        self.folder = make_folder(False)
        groups = [free_port() for _ in range(3)]
        address = ','.join('127.0.0.1:%d' % port for port in groups)
        self.nodes = []
        for i, group in enumerate(groups):
            self.nodes.append(Node(self.folder, 'n%d' % (i + 1), '\n'.join([
                'wsrep_on=ON', 'wsrep_provider=%s' % PROVIDER, 'wsrep_cluster_name=coster',
                'wsrep_cluster_address=gcomm://%s' % address, 'wsrep_node_name=n%d' % (i + 1),
                'wsrep_node_address=127.0.0.1:%d' % group, 'wsrep_sst_method=rsync',
                'wsrep_sst_receive_address=127.0.0.1:%d' % free_port(), 'wsrep_slave_threads=2',
                'wsrep_provider_options="gmcast.listen_addr=tcp://127.0.0.1:%d;ist.recv_addr=127.0.0.1:%d;gcache.size=48M;'
                'evs.keepalive_period=PT0.5S;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT5S;'
                'evs.inactive_check_period=PT0.5S"' % (group, free_port()), settings])))
        try:
            self._make()
        except BaseException:
            self.stop()
            raise

    def _make(self):
        first = self.nodes[0]
        for node in self.nodes:
            node.configure()
        first.install()
        for node in self.nodes[1:]:
            node.data.mkdir()
            if os.getuid() == 0:
                shutil.chown(node.data, 'mysql', 'mysql')
        first.start('--wsrep-new-cluster')
        self.wait_synced(first)
        first.sql("GRANT ALL ON *.* TO coster@'127.0.0.1' IDENTIFIED BY 'coster'")
        for node in self.nodes[1:]:
            node.start()
            self.wait_synced(node)

    @staticmethod
    def state(node):
        lines = node.sql("SELECT variable_value FROM information_schema.global_status WHERE variable_name IN "
                         "('wsrep_local_state_comment', 'wsrep_cluster_status') ORDER BY variable_name")
        return lines or []

    def wait_synced(self, node, limit_s=60):
        good = wait_until(lambda: self.state(node) == ['Primary', 'Synced'] or node.process.poll() is not None, limit_s)
        if not good or node.process.poll() is not None:
            raise NotHere('node %s does not join: %s' % (node.name, node.last_words()))

    def url(self, name, first=0):
        hosts = [self.nodes[(first + i) % 3].address for i in range(3)]
        return 'mysql://coster@%s/%s' % (','.join(hosts), name)

    def recover(self):
        """After all nodes died: the one with the newest commit begins, the others join it."""
        newest, best = -2, None
        for node in self.nodes:
            record = self.folder + '/%s.recover' % node.name
            subprocess.run(node.as_user([find('mariadbd'), '--defaults-file=%s' % node.config, '--wsrep-recover',
                                         '--log-error=%s' % record]), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=120)
            text = pathlib.Path(record).read_text(errors='replace') if os.path.exists(record) else ''
            positions = re.findall(r'Recovered position: *[^:]*:(-?\d+)', text)
            position = int(positions[-1]) if positions else -2
            if position > newest:
                newest, best = position, node
        state = best.data / 'grastate.dat'
        state.write_text(re.sub(r'^safe_to_bootstrap:.*', 'safe_to_bootstrap: 1', state.read_text(), flags=re.M))
        best.start('--wsrep-new-cluster')
        self.wait_synced(best)
        for node in self.nodes:
            if node is not best:
                node.start()
                self.wait_synced(node)

    def stop(self):
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo store for `./dev run`: made once a day, its central service started, the till opened on it.

demo_store.py --programs BUILD --folder FOLDER [--scale] [further arguments go to the till's window]"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import ROOT, Central, Failure, Programs, Till, shop_day, wait_for


def say(text):
    print('==> ' + text, flush=True)


def free_port(first):
    import socket
    for port in range(first, first + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(('127.0.0.1', port))
                return port
            except OSError:
                pass
    raise Failure('no free port between %d and %d' % (first, first + 49))


def prepare(programs, folder):
    """The store's folder of today; yesterday's is put aside, since its goods are a day older than its tags."""
    made = folder / 'made-on'
    if made.exists() and made.read_text().strip() != shop_day():
        aside = folder.with_name(folder.name + '-' + made.read_text().strip())
        say('The demo store is of an earlier day; it is kept in %s and a fresh one is made' % aside)
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)
    if folder.exists() and not made.exists():
        shutil.rmtree(folder)  # a first run that was broken off
    fresh = not made.exists()
    if fresh:
        say('Making the demo store (a few seconds)')
        folder.mkdir(parents=True)
        central = Central(programs, folder / 'central')
        central.port = free_port(8443)
        (folder / 'port').write_text('%d\n' % central.port)
    else:
        central = Central(programs, folder / 'central', made=True)
        central.port = int((folder / 'port').read_text())
    say('Starting its central service on 127.0.0.1:%d' % central.port)
    central.serve()
    till = Till(programs, folder / 'till')
    if fresh:
        say('Enrolling the till')
        till.enrol(central, 'Counter 1')
        programs.run(programs.coster, 'labels', '--data', till.folder, '--png', folder / 'tags')
        programs.run(programs.coster, 'labels', '--data', till.folder, '--out', folder / 'tags.pdf')
        made.write_text(shop_day() + '\n')
    return central, till


def training_scale(programs, till, folder, wanted):
    """With --scale a simulated one, driven from this terminal; else none, unless someone has set up a real one."""
    link = folder / 'scale'
    settings = programs.run(programs.coster, 'device', '--data', till.folder).stdout
    ours = str(link) in settings
    if not wanted:
        if ours:
            programs.run(programs.coster, 'device', '--data', till.folder, 'set', 'scale.protocol', 'none')
        return []
    scale = subprocess.Popen([str(programs.folder / 'coster-scale-sim'), '--link', str(link)])
    wait_for('the simulated scale', link.exists, 10)
    for key, value in (('scale.path', link), ('scale.protocol', '8217')):
        programs.run(programs.coster, 'device', '--data', till.folder, 'set', key, value)
    say('The scale is simulated: type "put 450", "take", "tare 12", "motion", "off"; coster-scale-sim --help lists the rest')
    return [scale]


def show(programs, till, tags, extra):
    """Opens the window on what is there: a display, or a browser through Broadway."""
    env = programs.environment()
    language = os.environ.get('LANGUAGE') or os.environ.get('LANG', '')
    env['LANGUAGE'] = language.split('.')[0] or 'en'
    argv = [programs.coster, '--mode', 'till', '--data', str(till.folder), *extra]
    people = json.loads((ROOT / 'data/demo/store.json').read_text())['operators']
    say('Log in: %s. Tags to scan: %s' % ('; '.join('%s (%s), PIN %s' % (p['name'], p['role'], p['pin']) for p in people), tags))
    if os.environ.get('WAYLAND_DISPLAY') or os.environ.get('DISPLAY'):
        say('Opening the till; close its window to end')
        return [subprocess.Popen(argv, env=env)]
    port = free_port(8085)
    runtime = tempfile.mkdtemp(prefix='coster-display-')
    env.update(XDG_RUNTIME_DIR=runtime, GDK_BACKEND='broadway', BROADWAY_DISPLAY=':5', GSETTINGS_BACKEND='memory', GTK_A11Y='none')
    daemon = subprocess.Popen(['gtk4-broadwayd', '-p', str(port), '-a', '127.0.0.1', ':5'], env=env,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)  # broadwayd says nothing when it is ready
    if daemon.poll() is not None:
        raise Failure('gtk4-broadwayd did not start; set DISPLAY, or see it in another way with ./dev run --demo')
    window = subprocess.Popen([*argv, '--fullscreen'], env=env)
    say('There is no display here. The till is at http://127.0.0.1:%d/ : open it in a browser on this machine' % port)
    say('From another machine: ssh -L %d:127.0.0.1:%d THIS-MACHINE, then open the same address there' % (port, port))
    say('Ctrl+C ends it')
    return [window, daemon]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--programs', required=True)
    parser.add_argument('--folder', required=True)
    parser.add_argument('--scale', action='store_true')
    options, extra = parser.parse_known_args()
    programs, folder = Programs(options.programs), pathlib.Path(options.folder).resolve()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    central, started = None, []
    try:
        central, till = prepare(programs, folder)
        scale = training_scale(programs, till, folder, options.scale)
        started = scale
        shown = show(programs, till, folder / 'tags', extra)
        started = scale + shown
        return shown[0].wait()
    except KeyboardInterrupt:
        return 0
    except Failure as failure:
        print('dev: %s' % failure, file=sys.stderr)
        return 1
    finally:
        for process in started:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
        if central:
            central.stop()


if __name__ == '__main__':
    sys.exit(main())

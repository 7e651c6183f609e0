#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian packages from an installed tree: coster (the terminal), coster-central (the service) and coster-common (what both
need: translations, the demo store).

make.py TREE OUT VERSION      TREE: what `meson install --destdir` made with prefix /usr"""
import os
import pathlib
import shutil
import subprocess
import sys

tree, out, version = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3]
arch = subprocess.run(['dpkg', '--print-architecture'], capture_output=True, text=True, check=True).stdout.strip()

PACKAGES = {
    'coster-central': {
        'holds': lambda path: path.startswith(('usr/bin/coster-central', 'usr/bin/coster-pricing', 'usr/share/coster/grafana',
                                               'usr/lib/systemd/system/coster-central')),
        'needs': ['coster-common (= %s)' % version, 'adduser'], 'recommends': '',
        'words': 'central service of a smart-shelf point of sale\n'
                 ' Takes the journals of a chain\'s tills, keeps prices, learns demand, and pushes prices\n back to every till and tag.',
    },
    'coster': {
        'holds': lambda path: path.startswith(('usr/bin/', 'usr/libexec/', 'usr/lib/', 'usr/share/applications', 'usr/share/metainfo',
                                               'usr/share/icons')),
        'needs': ['coster-common (= %s)' % version], 'recommends': 'gstreamer1.0-plugins-good, fonts-noto-cjk, adwaita-icon-theme',
        'words': 'smart-shelf point of sale for fresh-grocery counters\n'
                 ' The terminal: scan, weigh, pay, hand over a receipt, with or without a network.',
    },
    'coster-common': {
        'holds': lambda path: True, 'needs': [], 'recommends': '', 'architecture': 'all',
        'words': 'point of sale: translations and demo store\n What coster and coster-central share.',
    },
}

POSTINST = '''#!/bin/sh
set -e
if [ "$1" = configure ]; then
    adduser --system --group --home /var/lib/coster --no-create-home --quiet coster-central
    [ ! -d /run/systemd/system ] || systemctl daemon-reload || true
fi
'''
PRERM = '''#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
    systemctl --no-reload disable --now coster-central.service || true
fi
'''


def run(argv, **more):
    done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit('%s: %s' % (argv[0], done.stderr.strip()[-600:]))
    return done.stdout


def libraries(root):
    """The packages of the shared libraries that the programs need, by dpkg-shlibdeps."""
    programs = [p for p in root.rglob('*') if p.is_file() and p.read_bytes()[:4] == b'\x7fELF']
    if not programs:
        return []
    work = out / 'shlibdeps'
    (work / 'debian').mkdir(parents=True, exist_ok=True)
    (work / 'debian/control').write_text('Source: coster\n\nPackage: coster\nArchitecture: any\n')
    said = run(['dpkg-shlibdeps', '-O', '--ignore-missing-info', *programs], cwd=work)
    shutil.rmtree(work)
    return [d for d in said.partition('=')[2].strip().split(', ') if d]


def build(name, rest):
    package = PACKAGES[name]
    root = out / name
    shutil.rmtree(root, ignore_errors=True)
    mine = [path for path in rest if package['holds'](path)]
    for path in mine:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(tree / path, target)
        if os.access(target, os.X_OK) and target.read_bytes()[:4] == b'\x7fELF':
            run(['strip', target])
    needs = ', '.join(package['needs'] + libraries(root))
    size = sum(f.stat().st_size for f in root.rglob('*') if f.is_file()) // 1024
    control = 'Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: Coster maintainers <coster@localhost>\nSection: misc\nPriority: optional\n' % (
        name, version, package.get('architecture', arch))
    control += 'Installed-Size: %d\n' % size
    control += 'Depends: %s\n' % needs if needs else ''
    control += 'Recommends: %s\n' % package['recommends'] if package['recommends'] else ''
    control += 'Description: %s\n' % package['words']
    (root / 'DEBIAN').mkdir(parents=True)
    (root / 'DEBIAN/control').write_text(control)
    if name == 'coster-central':
        for script, text in (('postinst', POSTINST), ('prerm', PRERM)):
            (root / 'DEBIAN' / script).write_text(text)
            (root / 'DEBIAN' / script).chmod(0o755)
    file = out / ('%s_%s_%s.deb' % (name, version, package.get('architecture', arch)))
    run(['dpkg-deb', '--root-owner-group', '--build', root, file])
    shutil.rmtree(root)
    print('%-16s %5d files  %s' % (name, len(mine), file))
    return [path for path in rest if path not in set(mine)], file


def check(files):
    """Unpacked into a folder of their own, the programs start and say their version."""
    root = out / 'check'
    shutil.rmtree(root, ignore_errors=True)
    for file in files:
        run(['dpkg-deb', '-x', file, root])
    for program in ('coster-central', 'coster-pricing', 'coster'):
        env = dict(os.environ, COSTER_DATADIR=str(root / 'usr/share/coster'), LC_ALL='C.UTF-8')
        said = run([root / 'usr/bin' / program, '--version' if program != 'coster-pricing' else '--help'], env=env)
        if program != 'coster-pricing' and version not in said:
            sys.exit('%s says %r' % (program, said))
    data = out / 'check-data'
    shutil.rmtree(data, ignore_errors=True)
    run([root / 'usr/bin/coster-central', 'init', '--data', data, '--demo'], env=env)
    run([root / 'usr/bin/coster-central', 'verify', '--data', data], env=env)
    for path in ('usr/lib/systemd/system/coster-central.service', 'usr/share/coster/grafana/coster-central.json'):
        if not (root / path).is_file():
            sys.exit('%s is missing' % path)
    shutil.rmtree(root)
    shutil.rmtree(data)


out.mkdir(parents=True, exist_ok=True)
paths = sorted(str(p.relative_to(tree)) for p in tree.rglob('*') if p.is_file() or p.is_symlink())
made = []
for name in PACKAGES:
    paths, file = build(name, paths)
    made.append(file)
check(made)
print('each starts from its package; install with: apt-get install %s' % ' '.join('./' + f.name for f in made))

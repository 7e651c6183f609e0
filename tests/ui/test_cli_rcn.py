#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`coster rcn`: what each digit of a shop's own numbers means. TAP. test_cli_rcn.py COSTER TILL_FOLDER"""
import pathlib
import subprocess
import sys
import tempfile

COSTER, TILL_FOLDER = sys.argv[1:3]
WORK = tempfile.TemporaryDirectory(prefix='coster-layouts-')
FILE = pathlib.Path(WORK.name) / 'layouts'
FILE.write_text('# a shop\nweight 28....V{NNDDD}\nunits 2999....{NNNN} # pieces\n')


def run(*argv):
    return subprocess.run([COSTER, 'rcn', *map(str, argv)], capture_output=True, text=True, timeout=20)


def test_file():
    done = run('--rcn', FILE)
    lines = done.stdout.split('\n')
    assert done.returncode == 0 and lines[0] == 'weight 28....V{NNDDD}', done
    for word in ('28 of the layout', '1234 item', 'verifier (right)', '1.234 kg', 'check digit (right)'):
        assert word in lines[1], lines
    assert lines[2] == 'units 2999....{NNNN}' and 'pieces: 123' in lines[3], lines


def test_numbers():
    right = run('--rcn', FILE, '2999123400126')
    assert right.returncode == 0 and '1234 item' in right.stdout and 'pieces: 12 ' in right.stdout, right
    unknown = run('--rcn', FILE, '2712340000005')
    assert unknown.returncode == 1 and 'no layout of the store fits' in unknown.stdout, unknown
    wrong = run('--rcn', FILE, '2999123400127')
    assert wrong.returncode == 1 and 'check digit (WRONG: 6)' in wrong.stdout, wrong
    short = run('--rcn', FILE, '96385074')
    assert short.returncode == 1 and '13 digits' in short.stderr and short.stdout == '', short


def test_settings():
    folder = pathlib.Path(WORK.name) / 'till'
    subprocess.run([TILL_FOLDER, str(folder)], check=True)
    done = run('--data', folder)
    assert done.returncode == 0 and done.stdout.startswith('weight 28.....{NNDDD}\n    28'), done


def test_misuse():
    assert run().returncode == 2 and run('--colour', 'x').returncode == 2
    FILE.with_name('wrong').write_text('weight 28\n')
    wrong = run('--rcn', FILE.with_name('wrong'))
    assert wrong.returncode == 1 and 'Line 1' in wrong.stderr and wrong.stdout == '', wrong
    assert run('--data', '/nonexistent').returncode == 1


tests = [(name[5:], test) for name, test in list(globals().items()) if name.startswith('test_')]
print('1..%d' % len(tests))
failed = False
for number, (name, test) in enumerate(tests, 1):
    try:
        test()
        print('ok %d - %s' % (number, name))
    except AssertionError as error:
        failed = True
        print('# %s\nnot ok %d - %s' % (str(error).replace('\n', '\n# '), number, name))
sys.exit(1 if failed else 0)

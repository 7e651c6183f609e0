#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`coster layouts`: what each digit of a shop's own numbers means. TAP. test_cli_layouts.py COSTER TILL_FOLDER"""
import pathlib
import subprocess
import sys
import tempfile

COSTER, TILL_FOLDER = sys.argv[1:3]
WORK = tempfile.TemporaryDirectory(prefix='coster-layouts-')
FILE = pathlib.Path(WORK.name) / 'layouts'
FILE.write_text('# a shop\nweight 28....V{NNDDD}\nunits 2999....{NNNN} # pieces\n')


def run(*argv):
    return subprocess.run([COSTER, 'layouts', *map(str, argv)], capture_output=True, text=True, timeout=20)


def test_file():
    done = run('--rcn', FILE)
    lines = done.stdout.split('\n')
    assert done.returncode == 0 and lines[0] == 'weight 28....V{NNDDD}', done
    assert [line.split()[0] for line in lines[1:6]] == ['28', '....', 'V', '{NNDDD}', 'C'], lines
    assert '2 digits, then 3' in lines[4] and lines[6] == 'units 2999....{NNNN}', lines


def test_numbers():
    done = run('--rcn', FILE, '2999123400126', '2712340000005', '96385074', '2999123400127')
    read, unknown, ean, wrong = done.stdout.strip().split('\n')
    assert done.returncode == 0 and read == '2999123400126: item 1234, units 12', done
    assert 'no layout fits' in unknown and 'not a number' in ean and 'check digit' in wrong, done


def test_settings():
    folder = pathlib.Path(WORK.name) / 'till'
    subprocess.run([TILL_FOLDER, str(folder)], check=True)
    done = run('--data', folder)
    assert done.returncode == 0 and 'weight 28.....{NNDDD}\n  28' in done.stdout, done


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

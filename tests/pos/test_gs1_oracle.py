#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares `coster scan --text` with a second reader (gs1_oracle.py) on thousands of made-up messages (gs1_cases.py), and
with every vector that there is. TAP. test_gs1_oracle.py COSTER [ROUNDS [SEED]]; a round is one call with some hundred
messages. Needs COSTER_TEST_DATA for the dictionary, else it skips."""
import csv
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import gs1_cases  # noqa: E402
import gs1_oracle  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
coster = sys.argv[1]
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 12
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20261124
A_ROUND = 400
DATES = ['2026-03-15'] * 3 + ['2000-01-01', '1999-12-31', '2019-02-28', '2025-12-31', '2049-06-30', '2050-01-01', '2051-01-01', '2075-05-05', '2099-12-31']
KEYS = {'index', 'symbology', 'text', 'aim', 'gs1', 'gtin', 'derived', 'rcn', 'error'}
data = os.environ.get('COSTER_TEST_DATA')
if not data:
    print('1..0 # SKIP COSTER_TEST_DATA is unset: the dictionary is not there')
    sys.exit(0)
data = pathlib.Path(data) / 'gs1'
reader = gs1_oracle.Reader(data / 'gs1-syntax-dictionary.txt')
scratch = tempfile.TemporaryDirectory(prefix='coster-gs1-')


def scan(messages, settings, layout_file=None):
    """The answers of the program, and its exit status."""
    argv = [coster, 'scan', '--today', '%04d-%02d-%02d' % settings.today]
    argv += ['--rcn', str(layout_file)] if layout_file else []
    argv += ['--gs', settings.gs.decode()] if settings.gs else []
    argv += ['--dl-compressed'] if settings.compressed else []
    done = subprocess.run(argv + ['--text', '--'] + list(messages), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    assert done.stderr == b'', done.stderr
    lines = done.stdout.split(b'\n')
    assert lines.pop() == b'' and len(lines) == len(messages), (done.returncode, len(lines), len(messages))
    return [json.loads(line) for line in lines], done.returncode


def compare(messages, settings, layout_file=None):
    """The disagreements, in words."""
    wrong = []
    answers, status = scan(messages, settings, layout_file)
    for index, (message, answer) in enumerate(zip(messages, answers)):
        assert set(answer) >= KEYS and answer['index'] == index, answer
        assert (answer['error'] is None) or (answer['error'].strip() and '\n' not in answer['error']), answer
        try:
            expected = reader.read(message, settings)
        except gs1_oracle.Undecided:
            continue
        theirs = {'gs1': expected.gs1, 'gtin': expected.gtin, 'derived': expected.derived, 'rcn': expected.rcn,
                  'error': expected.error, 'aim': expected.aim, 'text': expected.text}
        ours = dict({key: answer[key] for key in theirs}, error=answer['error'] is not None)
        if ours != theirs:
            different = {key: (ours[key], theirs[key]) for key in theirs if ours[key] != theirs[key]}
            wrong.append('%r %s %s: coster and the second reader say %r' % (message, answer['error'], settings, different))
    expected_status = 1 if any(answer['error'] is not None for answer in answers) else 0
    if status != expected_status:
        wrong.append('exit status %d, not %d' % (status, expected_status))
    return wrong, sum(answer['gs1'] is not None for answer in answers), sum(answer['rcn'] is not None for answer in answers)


def campaign():
    wrong, valid, restricted = [], 0, 0
    for number in range(rounds):
        dice = random.Random('%d/%d' % (seed, number))
        settings = gs1_oracle.Settings(today=tuple(int(part) for part in dice.choice(DATES).split('-')))
        settings.gs = dice.choice([None, None, b'~', b'|', b'^', b'{', b'@', '§'.encode()])
        layout_file = None
        if dice.random() < 0.7:
            settings.layouts = [gs1_cases.layout(dice) for _ in range(dice.randint(1, 6))]
            layout_file = pathlib.Path(scratch.name) / 'layouts'
            layout_file.write_text(''.join('%s%s %s%s' % (dice.choice(['', '# a shop\n', '\n', '  ']), kind, pattern, dice.choice(['\n', ' # x\n', '\r\n']))
                                           for kind, pattern in settings.layouts))
        messages = [gs1_cases.message(dice, reader, settings) for _ in range(A_ROUND)]
        some, good, shop = compare(messages, settings, layout_file)
        wrong += ['round %d: %s' % (number, text) for text in some]
        valid, restricted = valid + good, restricted + shop
    total = rounds * A_ROUND
    print('# %d messages, %d of them valid, %d restricted numbers with a layout' % (total, valid, restricted))
    # A generator that makes nothing valid, or nothing else, compares nothing.
    assert total // 5 < valid < total * 4 // 5 and restricted > total // 200, (valid, restricted)
    return wrong


def is_linkable(pairs):
    """Whether one of the keys can carry the rest as its qualifiers and attributes."""
    found = dict(pairs)
    for key in found:
        for sequence in reader.table[key].key or []:
            path = [ai for ai in sequence if ai in found]
            text = 'https://a' + ''.join('/%s/%s' % (ai, gs1_cases.escape(random.Random(0), found[ai], '')) for ai in [key] + path)
            text += '?' + '&'.join('%s=%s' % (ai, gs1_cases.escape(random.Random(0), found[ai], '')) for ai in found if ai not in [key] + path)
            try:
                return reader.link(text, gs1_oracle.Settings()) == found
            except gs1_oracle.Refused:
                pass
    return False


def compressed_campaign():
    """What was packed comes out; a garbled link is something valid or plain text."""
    wrong, read = [], 0
    for number in range(max(1, rounds // 4)):
        dice = random.Random('%d/compressed/%d' % (seed, number))
        settings = gs1_oracle.Settings(compressed=True)
        made = [gs1_cases.compressed_message(dice, reader, settings) for _ in range(A_ROUND)]
        answers, status = scan([message for message, _ in made], settings)
        assert status == 0
        for (message, pairs), answer in zip(made, answers):
            read += answer['gs1'] is not None
            if (answer['gs1'] is not None or is_linkable(pairs)) and answer['gs1'] != dict(pairs):
                wrong.append('%r: %r, not %r' % (message, answer['gs1'], dict(pairs)))
        answers, status = scan([gs1_cases.garble(dice, message).replace(b'\0', b'') for message, _ in made], settings)
        assert all(answer['error'] is None or not answer['text'].lower().startswith('http') for answer in answers), status
    print('# %d of %d compressed links read' % (read, max(1, rounds // 4) * A_ROUND))
    assert read > A_ROUND // 2
    return wrong


def unescape(text):
    return re.sub(rb'\\x([0-9A-Fa-f]{2})|\\\\', lambda found: bytes([int(found[1], 16)]) if found[1] else b'\\', text.encode())


def vectors(path, compressed=False):
    """Every row of a file through the program."""
    wrong = []
    rows = list(csv.DictReader(open(path, encoding='utf-8', newline='')))
    assert len(rows) > 10
    answers, _ = scan([unescape(row['input']) for row in rows], gs1_oracle.Settings(compressed=compressed))
    for row, answer in zip(rows, answers):
        gs1 = None if row['gs1'] == 'invalid' else json.loads(row['gs1'])
        if answer['gs1'] != gs1 or answer['derived'] != json.loads(row['derived']) or answer['gtin'] != (gs1 or {}).get('01'):
            wrong.append('%s: %r, not %s' % (row['id'], answer, row['gs1']))
    return wrong


def shop_numbers(folder):
    wrong = []
    rows = list(csv.DictReader(open(folder / 'rcn.csv', encoding='utf-8', newline='')))
    for layout in sorted({row['layout'] for row in rows}):
        mine = [row for row in rows if row['layout'] == layout]
        answers, _ = scan([unescape(row['input']) for row in mine], gs1_oracle.Settings(), folder / ('rcn-%s.txt' % layout))
        for row, answer in zip(mine, answers):
            rcn = json.loads(row['rcn']) if row['rcn'].startswith('{') else None
            if answer['rcn'] != rcn or (answer['error'] is None) == (row['rcn'] == 'invalid') or answer['gs1'] or answer['gtin']:
                wrong.append('%s: %r, not %s' % (row['id'], answer, row['rcn']))
    return wrong


cases = [
    ('both readers say the same of every made-up message', campaign),
    ('what is packed into a compressed link comes out', compressed_campaign),
    ('the grocery vectors', lambda: vectors(ROOT / 'tests/data/gs1/grocery-sample.csv')),
    ('the grocery vectors from outside', lambda: vectors(data / 'grocery-sample.csv')),
    ('the engine vectors', lambda: vectors(data / 'engine-vectors.csv')),
    ('the compressed links', lambda: vectors(data / 'dl-compressed.csv', compressed=True)),
    ('the numbers of shops', lambda: shop_numbers(ROOT / 'tests/data/gs1')),
    ('the numbers of shops from outside', lambda: shop_numbers(data)),
]
print('1..%d' % len(cases))
failed = False
for position, (name, case) in enumerate(cases, 1):
    found = case()
    for text in found[:20 if rounds < 50 else 100]:
        print('# ' + text)
    failed = failed or bool(found)
    print('%s %d - %s%s' % ('not ok' if found else 'ok', position, name, ' (%d)' % len(found) if found else ''))
sys.exit(1 if failed else 0)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The translations: formats fit, no sentence is cut by a macro that gettext does not know (G_GINT64_FORMAT), and each
catalogue is complete for the words in the tree."""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
number, failed = 0, 0


def case(name, faults):
    global number, failed
    number += 1
    failed += bool(faults)
    for fault in faults[:20]:
        print('# ' + fault)
    print('%s %d - /style/po/%s' % ('not ok' if faults else 'ok', number, name))


print('TAP version 13')
words = re.compile(r'\b(?:_|N_|ngettext|g_dngettext)\(')
listed = {line for line in (ROOT / 'po/POTFILES').read_text().split('\n') if line and not line.startswith('#')}
sources = {str(p.relative_to(ROOT)) for folder in ('pos', 'sync', 'ui', 'pricing') for p in (ROOT / folder).glob('*.c')
           if words.search(p.read_text())} | {str(p.relative_to(ROOT)) for p in (ROOT / 'ui').glob('*.ui')}
case('every_source_with_words_is_listed', ['%s is not in po/POTFILES' % name for name in sorted(sources - listed)] +
     ['%s is in po/POTFILES and has no words' % name for name in sorted(listed - sources)])

cut = []
for name in sorted(sources):
    text = (ROOT / name).read_text()
    for match in re.finditer(r'\b(?:_|N_|ngettext)\(\s*(?:"(?:\\.|[^"\\])*"\s*)+(G_G[A-Z0-9]+_FORMAT)', text):
        cut.append('%s:%d: gettext cannot read %s; use PRId64 or %%zu' % (name, text[:match.start()].count('\n') + 1, match.group(1)))
case('no_sentence_is_cut', cut)

with tempfile.TemporaryDirectory() as folder:
    pot = folder + '/coster.pot'
    subprocess.run(['xgettext', '--from-code=UTF-8', '-k_', '-kN_', '-kngettext:1,2', '-kg_dngettext:2,3', '-o', pot] + sorted(listed & sources),
                   cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    for language in ('ko', 'zh_CN'):
        po = str(ROOT / 'po' / (language + '.po'))
        merged = folder + '/merged.po'
        subprocess.run(['msgmerge', '-q', '-N', '-o', merged, po, pot], check=True)
        for name, option in (('untranslated', '--untranslated'), ('uncertain', '--only-fuzzy')):
            left = subprocess.run(['msgattrib', option, '--no-obsolete', '--no-location', '--no-wrap', merged], capture_output=True, text=True).stdout
            case('%s_has_nothing_%s' % (language, name), re.findall(r'^msgid "(.+)"$', left, re.M))
        checked = subprocess.run(['msgfmt', '-c', '-o', '/dev/null', po], capture_output=True, text=True)
        case('%s_formats_fit' % language, checked.stderr.strip().split('\n') if checked.returncode else [])

print('1..%d' % number)
sys.exit(1 if failed else 0)

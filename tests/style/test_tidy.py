#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""That tidy.py sees what it is there to see: each fault, planted in a small tree, fails its own check."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

TIDY = pathlib.Path(__file__).resolve().parent / 'tidy.py'
HEAD = '/* SPDX-License-Identifier: GPL-3.0-or-later */\n'
PLANTED = [
    ('an_arrow_of_dependency_never_turns_round', 'pos/a.c', HEAD + '#include "sync/client.h"\n'),
    ('an_arrow_of_dependency_never_turns_round', 'pricing/a.c', HEAD + '#include "pos/money.h"\n'),
    ('an_arrow_of_dependency_never_turns_round', 'ui/a.c', HEAD + '#include "sync/central_store.h"\n'),
    ('no_folder_sees_a_library_that_is_not_its_own', 'pos/a.c', HEAD + '#include <gtk/gtk.h>\n'),
    ('no_folder_sees_a_library_that_is_not_its_own', 'ui/a.c', HEAD + '#include <sqlite3.h>\n'),
    ('no_folder_sees_a_library_that_is_not_its_own', 'pricing/a.c', HEAD + '#include <glib.h>\n'),
    ('no_folder_sees_a_library_that_is_not_its_own', 'ui/cli_a.c', HEAD + '#include <gtk/gtk.h>\n'),
    ('no_banned_call', 'pos/a.c', HEAD + 'void f(char *a, const char *b) { strcpy(a, b); }\n'),
    ('no_mark_of_unfinished_work', 'pos/a.c', HEAD + '/* TO' + 'DO later */\n'),
    ('rules_read_no_clock', 'pos/a.c', HEAD + 'long f(void) { return time(0); }\n'),
    ('money_is_never_floating_point', 'pos/a.c', HEAD + 'double price_minor;\n'),
    ('every_source_says_its_licence', 'pos/a.c', 'int f(void);\n'),
    ('every_source_is_built', 'pos/unnamed.c', HEAD),
    ('no_path_of_one_machine', 'README.md', 'see /ro' + 'ot/notes\n'),
]
CLEAN = HEAD + '/* strcpy() and sqlite3.h in words are fine. */\n#include "pos/money.h"\nint f(void);\n'


def run(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name in ('pricing', 'pos', 'sync', 'ui', 'data', 'tests/style'):
            (root / name).mkdir(parents=True)
        shutil.copy(TIDY, root / 'tests/style/tidy.py')
        (root / 'meson.build').write_text("'a.c' 'cli_a.c'\n")
        for name, text in files.items():
            (root / name).write_text(text)
        subprocess.run(['git', 'init', '-q'], cwd=root, check=True)
        out = subprocess.run([sys.executable, root / 'tests/style/tidy.py'], capture_output=True, text=True).stdout
        return [line.split('/')[-1] for line in out.splitlines() if line.startswith('not ok')]


print('TAP version 13\n1..%d' % (len(PLANTED) + 1))
bad = 0
for number, (check, name, text) in enumerate(PLANTED, 1):
    failed = run({name: text})
    good = check in failed
    bad += not good
    print('%s %d - /style/planted/%s in %s' % ('ok' if good else 'not ok', number, check, name))
failed = run({'pos/a.c': CLEAN})
bad += bool(failed)
print('%s %d - /style/planted/a_clean_tree_passes' % ('not ok' if failed else 'ok', len(PLANTED) + 1))
sys.exit(1 if bad else 0)

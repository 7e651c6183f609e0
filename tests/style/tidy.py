#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree's manners as a test: which folder may include what, banned calls, files that no build file names.

Reads includes, because system headers such as sqlite3.h are always reachable and the linker alone would not tell."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ['pricing', 'pos', 'sync', 'ui']

# Own folders that a folder may include from.
MAY_INCLUDE = {
    'pricing': {'pricing'},
    'pos': {'pos'},
    'sync': {'sync', 'pos'},
    'ui': {'ui', 'pos'},
}
# Single headers beyond that.
MAY_INCLUDE_FILE = {
    'sync': {'pricing/policy.h', 'pricing/demand.h', 'pricing/markdown.h'},
    'ui': {'sync/client.h', 'sync/report.h'},
}
# System headers that a folder must not see.
BANNED_HEADERS = {
    'pricing': r'^(glib|gio|gtk|sqlite3|curl|jansson|microhttpd|gnutls|sodium|zbar|stdio\.h$|time\.h$|unistd\.h$)',
    'pos': r'^(gtk|adwaita|gdk/|gst/|curl|microhttpd|gnutls|mysql|mariadb)',
    'sync': r'^(gtk|adwaita|gdk|gst/)',
    'ui': r'^(sqlite3|curl|microhttpd|gnutls|mysql|mariadb|sys/socket|netinet)',
}
PRICING_MAIN = {'pricing/main.c', 'pricing/serve_policy.c', 'pricing/serve_policy.h', 'pricing/wire.c',
                'pricing/wire.h', 'pricing/simulate.c', 'pricing/simulate.h', 'pricing/backtest.c', 'pricing/backtest.h',
                'pricing/backtest_csv.c', 'pricing/backtest_csv.h'}  # the program around the pure functions
NO_GTK = re.compile(r'^ui/cli_')
BANNED_CALLS = re.compile(r'(?<![A-Za-z0-9_])(strcpy|strcat|sprintf|vsprintf|atoi|atol|strtok|rand|gets|alloca)\s*\(')
MARKS = re.compile(r'\b(TODO|FIXME|XXX|HACK)\b')
BARE_TIME = re.compile(r'(?<![A-Za-z0-9_>.])(time|g_get_real_time|g_date_time_new_now(?:_local|_utc)?)\s*\(')
DOUBLE = re.compile(r'(?<![A-Za-z0-9_])(double|float)\s+\*?[a-z_]+(money|(?<!re)price|amount|total|minor|tax)')

results = []


def check(name, faults):
    results.append((name, faults))


def tracked():
    """The files of the tree: what git tracks, or all that is there when this is no checkout."""
    try:
        out = subprocess.run(['git', '-C', str(ROOT), 'ls-files', '-co', '--exclude-standard'],
                             capture_output=True, text=True, check=True).stdout.split('\n')
        names = [n for n in out if n and (ROOT / n).is_file()]
    except (OSError, subprocess.CalledProcessError):
        names = []
    if not names:
        names = [str(p.relative_to(ROOT)) for folder in FOLDERS + ['tests', 'data'] for p in (ROOT / folder).rglob('*') if p.is_file()]
    return names


def strip_comments(text):
    def blank(match):
        return re.sub(r'[^\n]', ' ', match.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


files = tracked()
sources = [f for f in files if f.endswith(('.c', '.h')) and f.split('/')[0] in FOLDERS]

edges, headers, calls, marks, clocks, doubles, spdx = [], [], [], [], [], [], []
for name in sources:
    folder = name.split('/')[0]
    text = (ROOT / name).read_text(encoding='utf-8')
    code = strip_comments(text)
    if 'SPDX-License-Identifier' not in text[:300]:
        spdx.append('%s has no SPDX line' % name)
    for number, line in enumerate(text.split('\n'), 1):
        where = '%s:%d' % (name, number)
        own = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        system = re.match(r'\s*#\s*include\s+<([^>]+)>', line)
        if own:
            target = own.group(1)
            top = target.split('/')[0]
            generated = '/' not in target
            if not generated and top not in MAY_INCLUDE[folder] and target not in MAY_INCLUDE_FILE.get(folder, ()):
                edges.append('%s includes %s: %s may not see %s' % (where, target, folder, top))
            if generated and not (ROOT / folder / target).exists() and not re.search(r'(resources|migrations)', target):
                edges.append('%s includes %s: write it from the root ("%s/%s")' % (where, target, folder, target))
        if system:
            if re.search(BANNED_HEADERS[folder], system.group(1)) and name not in PRICING_MAIN:
                headers.append('%s includes <%s>, which %s/ must not' % (where, system.group(1), folder))
            if NO_GTK.match(name) and re.match(r'(gtk|adwaita|gdk/|gst/)', system.group(1)):
                headers.append('%s: the command line loads no GTK' % where)
        if MARKS.search(line):
            marks.append('%s: %s' % (where, line.strip()))
    for number, line in enumerate(code.split('\n'), 1):
        where = '%s:%d' % (name, number)
        for match in BANNED_CALLS.finditer(line):
            calls.append('%s calls %s()' % (where, match.group(1)))
        if folder in ('pos', 'pricing') and name != 'pos/clock.c' and BARE_TIME.search(line):
            clocks.append('%s reads a clock: time comes in as an argument' % where)
        if folder != 'pricing' and DOUBLE.search(line):
            doubles.append('%s: money in floating point' % where)

unbuilt = []
builds = '\n'.join((ROOT / f).read_text(encoding='utf-8') for f in files if f.endswith('meson.build'))
for name in [f for f in files if f.endswith('.c')]:
    if pathlib.PurePath(name).name not in builds:
        stem = pathlib.PurePath(name).stem
        # A build file may make the name in a loop: 'ingest' stands for test_central_ingest.c.
        tails = [stem.split('_', n)[-1] for n in range(1, stem.count('_') + 1)] or [stem]
        if not any(re.search(r"['\"]%s['\"]" % re.escape(tail), builds) for tail in [stem, *tails]):
            unbuilt.append('%s: no meson.build names it' % name)

paths = []
for name in files:
    if name.endswith(('.c', '.h', '.py', '.sh', '.md', '.build', '.ui', '.json', '.css')) or name in ('dev', '.ci/run'):
        for number, line in enumerate((ROOT / name).read_text(encoding='utf-8', errors='replace').split('\n'), 1):
            if re.search(r'(^|[^a-z.$}])/(work|farm|root)/', line) and name != 'tests/style/tidy.py':
                paths.append('%s:%d: a path of one machine' % (name, number))

check('an_arrow_of_dependency_never_turns_round', edges)
check('no_folder_sees_a_library_that_is_not_its_own', headers)
check('no_banned_call', calls)
check('no_mark_of_unfinished_work', marks)
check('rules_read_no_clock', clocks)
check('money_is_never_floating_point', doubles)
check('every_source_says_its_licence', spdx)
check('every_source_is_built', unbuilt)
check('no_path_of_one_machine', paths)

print('TAP version 13')
print('1..%d' % len(results))
for index, (name, faults) in enumerate(results, 1):
    for fault in faults[:20]:
        print('# ' + fault)
    print('%s %d - /style/%s' % ('not ok' if faults else 'ok', index, name))
sys.exit(1 if any(faults for _, faults in results) else 0)

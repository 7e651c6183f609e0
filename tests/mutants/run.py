#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks central and till on purpose, one way at a time, and shows that a test notices. Each mutant is a text of the source and
what it becomes; it is applied to a copy of the tree, built, tested and undone. A mutant whose text is no longer there, or
that no test notices, is a failure.

run.py PROGRAMS [NAME...]      the copy is PROGRAMS/mutants, kept for the next time"""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
build = pathlib.Path(sys.argv[1]).resolve()
copy = build / 'mutants'

# Name: file, text, what it becomes, tests that must notice (meson's names), in words. Two places at once: ALSO.
MUTANTS = {
    'synchronous_normal': (
        'sync/central_sql_sqlite.c', 'PRAGMA synchronous = FULL', 'PRAGMA synchronous = NORMAL', ['sync_sim'],
        'records are acknowledged before they are on the disk'),
    'acknowledged_before_commit': (
        'sync/central_writer.c', '        job->done(committed && job->good, job->data);', '        job->done(job->good, job->data);',
        ['central_writer'], 'an answer does not wait for its commit'),
    'hole_accepted': (
        'sync/central_ingest.c', '    if (batch->first_seq > terminal.acked + 1) {', '    if (batch->first_seq > terminal.acked + 1000) {',
        ['central_ingest'], 'records beyond a gap are stored'),
    'auto_increment_feed': (
        'sync/central_store_feed.c', 'BUMP[] = "UPDATE head SET version = version + 1', 'BUMP[] = "UPDATE head SET version = version + 3',
        ['central_store'], 'versions step as AUTO_INCREMENT does on a cluster of three'),
    'select_then_update': (
        'sync/central_store_feed.c', '              : !central_sql_run(store, &changed, error, BUMP, "t", store_id)) {',
        '              : !(central_store_feed_newest(store, store_id, out_version, error) && BUMP[0] != 0 &&\n'
        '                  central_sql_run(store, &changed, error, "UPDATE head SET version = ? WHERE store = ?", "it",\n'
        '                                  *out_version + 1, store_id))) {',
        ['central_on_mariadb'], 'two commits at once may take the same version'),
    'lease_not_checked': (
        'sync/central_store_feed.c', 'version + 1 WHERE store = ? AND lease = ?', 'version + 1 WHERE store = ? AND ? > 0',
        ['central_store'], 'a central that slept through its lease still changes prices'),
    'epoch_not_checked': (
        'sync/runner.c', 'strcmp(hello->epoch, runner->applied_epoch) == 0,', 'hello->epoch[0] != 0,',
        ['sync_sim'], 'a till keeps the feed of a central that was restored'),
    'epoll': (
        'sync/central_http.c', 'MHD_USE_POLL_INTERNAL_THREAD', 'MHD_USE_EPOLL_INTERNAL_THREAD',
        ['load'], 'suspended connections in the mode that forgets them'),
    'id_on_a_part': (
        'sync/central_feed_render.c', '    render->open_event = true;\n',
        '    g_string_append_printf(out, "id: %" G_GINT64_FORMAT "\\n", item->version);\n    render->open_event = true;\n',
        ['sync_sim'], 'a version is closed before all of it has come'),
    'wall_clock': (
        'pos/till_write.c', '        return boot_ms + offset_ms;', '        return till->clock->wall_ms(till->clock->user);',
        ['pos-till_scan', 'pos-till_session', 'pos-clock', 'pos-till_weigh', 'pos-till_drawer'], 'a jump of the wall clock switches prices'),
}


# A lock is taken before the version is read, so the version alone is not enough.
ALSO = {'select_then_update': ('sync/central_sql.c', 'SELECT version FROM head WHERE store = ? FOR UPDATE', 'SELECT version FROM head WHERE store = ?')}


def run(argv, limit_s=900):
    return subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=limit_s)


def prepare():
    """The tree as it is on disk, without what git does not know, configured once."""
    copy.mkdir(parents=True, exist_ok=True)
    names = run(['git', '-C', ROOT, 'ls-files', '-z']).stdout.split('\0')
    for name in filter(None, names):
        source, target = ROOT / name, copy / name
        if not source.is_file():
            continue
        data = source.read_bytes()
        if not target.is_file() or target.read_bytes() != data:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            target.chmod(source.stat().st_mode)
    if not (copy / 'build/build.ninja').is_file():
        done = run(['meson', 'setup', copy / 'build', copy, '-Dgtk=disabled'])
        if done.returncode != 0:
            sys.exit('the copy cannot be configured: %s' % done.stdout[-500:])


def build_copy():
    done = run(['ninja', '-C', copy / 'build'], 3600)
    return done.returncode == 0, done.stdout[-800:]


def test_copy(tests):
    """Which of the tests fail, and which cannot run here."""
    noticed, skipped = [], []
    for test in tests:
        done = run(['meson', 'test', '-C', copy / 'build', '--no-rebuild', test], 900)
        out = done.stdout
        if done.returncode != 0 and 'No suitable tests' not in out + done.stderr:
            noticed.append(test)
            break  # one is enough
        if 'SKIP' in out:
            skipped.append(test)
    return noticed, skipped


def try_mutant(name):
    *change, tests, words = MUTANTS[name]
    before = {}
    for file, text, instead in [change] + ([ALSO[name]] if name in ALSO else []):
        path = copy / file
        whole = path.read_text()
        if whole.count(text) != 1:
            return False, '%s no longer has the text that it changes' % file
        before[path] = whole
    try:
        for file, text, instead in [change] + ([ALSO[name]] if name in ALSO else []):
            (copy / file).write_text(before[copy / file].replace(text, instead))
        good, log = build_copy()
        if not good:
            return False, 'it does not build: %s' % log
        noticed, skipped = test_copy(tests)
    finally:
        for path, whole in before.items():
            path.write_text(whole)
    if noticed:
        return True, 'caught by %s: %s' % (noticed[0], words)
    if skipped == tests:
        return True, 'not tried, %s is skipped here: %s' % (skipped[0], words)
    return False, 'NOT CAUGHT by %s: %s' % (', '.join(tests), words)


def main():
    chosen = sys.argv[2:] or list(MUTANTS)
    os.environ['COSTER_SOURCE_ROOT'] = str(copy)
    prepare()
    good, log = build_copy()
    if not good:
        sys.exit('the copy does not build unchanged: %s' % log)
    failed = 0
    for name in chosen:
        caught, words = try_mutant(name)
        failed += not caught
        print('%-28s %s' % (name, words), flush=True)
    build_copy()  # as it was
    print('%d mutants, %d not caught' % (len(chosen), failed))
    sys.exit(1 if failed else 0)


main()

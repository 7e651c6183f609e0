/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/client_fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static void open_store(Terminal *terminal)
{
    GError *error = NULL;
    terminal->store = pos_store_open(terminal->dir, POS_STORE_WRITE, &error);
    g_assert_no_error(error);
}

void terminal_set_up_bare(Terminal *terminal, bool tls)
{
    GError *error = NULL;
    terminal->dir = g_dir_make_tmp("coster-sync-XXXXXX", &error);
    g_assert_no_error(error);
    terminal->fake = fake_central_new(tls);
    fake_central_publish(terminal->fake, "product", "09521234500017",
                         "{\"names\":{\"en\":\"Apple\"},\"unit\":\"each\"}");
    fake_central_publish(terminal->fake, "price", "09521234500017",
                         "{\"effective_at\":\"2026-11-23T00:00:00.000Z\",\"price\":980}");
    open_store(terminal);
}

bool terminal_enrol(Terminal *terminal, GError **error)
{
    g_autofree char *url = fake_central_url(terminal->fake);
    g_autofree char *code = fake_central_code(terminal->fake);
    return sync_enrol(terminal->dir, url, code, "till 3", "till", error);
}

void terminal_set_up(Terminal *terminal, bool tls)
{
    GError *error = NULL;
    terminal_set_up_bare(terminal, tls);
    bool ok = terminal_enrol(terminal, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
}

static void remove_folder(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_assert_cmpint(g_unlink(file), ==, 0);
    }
    g_assert_cmpint(g_rmdir(path), ==, 0);
}

void terminal_tear_down(Terminal *terminal)
{
    pos_store_close(terminal->store);
    if (terminal->fake != NULL) {
        fake_central_free(terminal->fake);
    }
    remove_folder(terminal->dir);
    g_free(terminal->dir);
    *terminal = (Terminal){0};
}

void terminal_write(Terminal *terminal, int count)
{
    GError *error = NULL;
    for (int i = 0; i < count; i++) {
        g_autoptr(json_t) fields = json_pack("{s:s, s:i}", "reason", "거스름돈", "turn", i);
        pos_store_journal_append(terminal->store, fields, "no_sale",
                                 INT64_C(1795392000000) + i * 1000, NULL, &error);
        g_assert_no_error(error);
    }
}

int64_t terminal_last_seq(Terminal *terminal)
{
    int64_t seq = -1;
    PosHash head;
    GError *error = NULL;
    pos_store_journal_head(terminal->store, &seq, &head, &error);
    g_assert_no_error(error);
    return seq;
}

int64_t terminal_acked(Terminal *terminal)
{
    int64_t acked = -1;
    GError *error = NULL;
    pos_store_acked_get(terminal->store, &acked, &error);
    g_assert_no_error(error);
    return acked;
}

int64_t terminal_version(Terminal *terminal)
{
    int64_t version = -1;
    g_autofree char *epoch = NULL;
    GError *error = NULL;
    pos_store_feed_version(terminal->store, &version, &epoch, &error);
    g_assert_no_error(error);
    return version;
}

int terminal_items(Terminal *terminal, const char *text)
{
    GError *error = NULL;
    int count = 0;
    g_autoptr(GPtrArray) lines = pos_store_feed_lines(terminal->store, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < lines->len; i++) {
        const char *line = g_ptr_array_index(lines, i);
        count += strstr(line, text) != NULL && strstr(line, "\"value\":null") == NULL;
    }
    return count;
}

char *terminal_line(Terminal *terminal, int64_t seq)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) records =
        pos_store_journal_read(terminal->store, seq, 1, G_MAXINT32, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(records->len, ==, 1);
    const PosRecord *record = g_ptr_array_index(records, 0);
    return g_strdup(record->line);
}

void terminal_assert_all_at_central(Terminal *terminal)
{
    int64_t last = terminal_last_seq(terminal);
    g_assert_cmpint(fake_central_acked(terminal->fake), ==, last);
    for (int64_t seq = 1; seq <= last; seq++) {
        g_autofree char *here = terminal_line(terminal, seq);
        g_autofree char *there = fake_central_line(terminal->fake, seq);
        g_assert_cmpstr(there, ==, here);
    }
}

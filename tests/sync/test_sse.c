/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/sse: the WHATWG standard's own examples, its rules for line ends, ids and comments, and the bounds. */
#include "pos/error.h"
#include "sync/sse.h"

#include <string.h>

typedef struct {
    GString *log; /* "type|data|id\n" for each event */
    guint stop_after;
    guint count;
} Log;

static bool on_event(const SyncSseEvent *event, void *user, GError **error)
{
    Log *log = user;
    g_assert_cmpuint(strlen(event->data), <=, event->data_length);
    g_string_append_printf(log->log, "%s|%s|%s\n", event->type, event->data,
                           event->id != NULL ? event->id : "-");
    if (++log->count == log->stop_after) {
        g_set_error_literal(error, POS_ERROR, POS_ERROR_FAILED, "enough");
        return false;
    }
    return true;
}

/* What comes out when the text comes in as pieces of these sizes, again and again. */
static char *events_of(const char *text, gsize length, const gsize *pieces, gsize pieces_count)
{
    Log log = {.log = g_string_new(NULL)};
    g_autoptr(SyncSse) sse = sync_sse_new(on_event, &log);
    gsize at = 0;
    for (gsize i = 0; at < length; i++) {
        GError *error = NULL;
        gsize piece = MIN(pieces[i % pieces_count], length - at);
        g_assert_true(sync_sse_feed(sse, text + at, piece, &error));
        g_assert_no_error(error);
        at += piece;
    }
    return g_string_free(log.log, FALSE);
}

static void check(const char *text, const char *expected)
{
    const gsize whole[] = {G_MAXUINT16};
    g_autofree char *got = events_of(text, strlen(text), whole, 1);
    g_assert_cmpstr(got, ==, expected);
}

static void test_standard(void)
{
    /* WHATWG HTML 9.2.6, the examples. */
    check("data: YHOO\ndata: +2\ndata: 10\n\n", "message|YHOO\n+2\n10|-\n");
    check(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third "
          "event\n",
          "message|first event|1\nmessage|second event|\n");
    check("data\n\ndata\ndata\n\ndata:", "message||-\nmessage|\n|-\n");
    check("data:test\n\ndata: test\n\n", "message|test|-\nmessage|test|-\n");
    check("event: price\ndata: {\"a\":1}\nid: 812\n\n", "price|{\"a\":1}|812\n");
}

static void test_rules(void)
{
    check("data: a\r\rdata: b\r\n\r\ndata: c\n\n", "message|a|-\nmessage|b|-\nmessage|c|-\n");
    check("\xEF\xBB\xBF"
          "data: after a mark\n\n",
          "message|after a mark|-\n");
    check("data: x\nunknown: y\n:comment\n\n", "message|x|-\n");
    check("event: lost\n\ndata: the name was not kept\n\n", "message|the name was not kept|-\n");
    check("id: 9\n\n", "message||9\n");
    check("data: never ended\n", "");
    check("\n\n\n", "");
}

static void test_id_with_nul_is_ignored(void)
{
    static const char text[] = "id: 1\0 2\ndata: x\n\n";
    const gsize whole[] = {G_MAXUINT16};
    g_autofree char *got = events_of(text, sizeof text - 1, whole, 1);
    g_assert_cmpstr(got, ==, "message|x|-\n");
}

static void test_retry_and_comments(void)
{
    Log log = {.log = g_string_new(NULL)};
    g_autoptr(SyncSse) sse = sync_sse_new(on_event, &log);
    static const char text[] = ": hello\n:\nretry: 2500\nretry: soon\nretry: 99999999999\n";
    g_assert_true(sync_sse_feed(sse, text, strlen(text), NULL));
    g_assert_cmpint(sync_sse_retry_ms(sse), ==, 2500);
    g_assert_cmpuint(sync_sse_comments(sse), ==, 2);
    g_assert_cmpstr(log.log->str, ==, "");
    g_string_free(log.log, TRUE);
}

/* The same bytes give the same events, wherever they are cut. */
static void test_chunking(void)
{
    static const char text[] =
        "\xEF\xBB\xBF: start\r\n\r\nevent: product\r\ndata: {\"a\":\"사과\"}\r\n\r\n"
        "event: price\rdata: 1\rdata: 2\rid: 7\r\rdata: x\nid: 8\n\n\n:beat\n"
        "event:lot\ndata:\nid:9\n\nid: 10\n\ndata: cut";
    const gsize whole[] = {G_MAXUINT16};
    g_autofree char *expected = events_of(text, sizeof text - 1, whole, 1);
    g_assert_cmpstr(expected, ==,
                    "product|{\"a\":\"사과\"}|-\nprice|1\n2|7\nmessage|x|8\nlot||9\nmessage||10\n");
    for (gsize cut = 1; cut < sizeof text - 1; cut++) {
        const gsize pieces[] = {cut, G_MAXUINT16};
        g_autofree char *got = events_of(text, sizeof text - 1, pieces, 2);
        g_assert_cmpstr(got, ==, expected);
        const gsize equal[] = {cut};
        g_autofree char *got_equal = events_of(text, sizeof text - 1, equal, 1);
        g_assert_cmpstr(got_equal, ==, expected);
    }
    for (int round = 0; round < 500; round++) {
        gsize pieces[7];
        for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
            pieces[i] = (gsize)g_test_rand_int_range(1, 12);
        }
        g_autofree char *got = events_of(text, sizeof text - 1, pieces, G_N_ELEMENTS(pieces));
        g_assert_cmpstr(got, ==, expected);
    }
}

/* Any bytes at all: no crash, and again the same events however they are cut. */
static void test_noise(void)
{
    static const char letters[] = "\r\n\n::  dataidevent\xEF\xBB\xBF{}17\0x";
    for (int round = 0; round < 2000; round++) {
        char text[96];
        for (gsize i = 0; i < sizeof text; i++) {
            text[i] = letters[g_test_rand_int_range(0, (gint32)sizeof letters - 1)];
        }
        const gsize whole[] = {sizeof text}, single[] = {1}, some[] = {3, 1, 5, 2};
        g_autofree char *a = events_of(text, sizeof text, whole, 1);
        g_autofree char *b = events_of(text, sizeof text, single, 1);
        g_autofree char *c = events_of(text, sizeof text, some, 4);
        g_assert_cmpstr(a, ==, b);
        g_assert_cmpstr(a, ==, c);
    }
}

static void test_bounds(void)
{
    Log log = {.log = g_string_new(NULL)};
    g_autofree char *much = g_strnfill(POS_BOUND_FEED_LINE_BYTES + 100, 'x');
    g_autoptr(GError) error = NULL;

    g_autoptr(SyncSse) one_line = sync_sse_new(on_event, &log);
    g_assert_false(sync_sse_feed(one_line, much, strlen(much), &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    g_assert_false(sync_sse_feed(one_line, "\n\ndata: x\n\n", 11, NULL));

    g_autoptr(SyncSse) many_lines = sync_sse_new(on_event, &log);
    bool ok = true;
    gsize sent = 0;
    while (ok && sent < 4 * POS_BOUND_FEED_LINE_BYTES) {
        ok = sync_sse_feed(many_lines, "data: 0123456789abcdef\n", 23, NULL);
        sent += 17;
    }
    g_assert_false(ok);
    g_assert_cmpuint(sent, <=, POS_BOUND_FEED_LINE_BYTES + 34);

    g_autoptr(SyncSse) long_name = sync_sse_new(on_event, &log);
    g_autofree char *name = g_strnfill(500, 'n');
    g_autofree char *line = g_strdup_printf("event: %s\n", name);
    g_assert_false(sync_sse_feed(long_name, line, strlen(line), NULL));
    g_assert_cmpstr(log.log->str, ==, "");
    g_string_free(log.log, TRUE);
}

static void test_stop(void)
{
    Log log = {.log = g_string_new(NULL), .stop_after = 1};
    g_autoptr(GError) error = NULL;
    g_autoptr(SyncSse) sse = sync_sse_new(on_event, &log);
    g_assert_false(sync_sse_feed(sse, "data: a\n\ndata: b\n\n", 18, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_FAILED);
    g_assert_cmpstr(log.log->str, ==, "message|a|-\n");
    g_assert_false(sync_sse_feed(sse, "data: c\n\n", 9, NULL));
    g_assert_cmpstr(log.log->str, ==, "message|a|-\n");
    g_string_free(log.log, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/sse/examples_of_the_standard_read_as_it_says", test_standard);
    g_test_add_func("/sync/sse/line_ends_marks_comments_and_unknown_fields", test_rules);
    g_test_add_func("/sync/sse/id_with_nul_is_ignored", test_id_with_nul_is_ignored);
    g_test_add_func("/sync/sse/retry_and_comments_are_counted_not_dispatched",
                    test_retry_and_comments);
    g_test_add_func("/sync/sse/any_chunking_gives_the_same_events", test_chunking);
    g_test_add_func("/sync/sse/any_bytes_are_survived_in_any_chunking", test_noise);
    g_test_add_func("/sync/sse/lines_events_and_names_are_bounded", test_bounds);
    g_test_add_func("/sync/sse/a_reader_that_refuses_stops_the_parser", test_stop);
    return g_test_run();
}

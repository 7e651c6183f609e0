/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/wire: requests as the protocol writes them; answers read strictly, nonsense refused. */
#include "pos/error.h"
#include "sync/wire.h"

#include <string.h>
#include <zlib.h>

#define HEAD "6f1ed002ab5595859014ebf0951522d9f9a3bb2f3b1f3a0c9e5c4d3b2a190807"

static void test_enrol_request(void)
{
    gsize length = 0;
    SyncWireEnrol enrol = {.code = "SECRET.pin", .nonce = "n1", .name = "계산대 3", .mode = "till"};
    g_autofree char *first = sync_wire_enrol_request(&enrol, &length);
    g_assert_cmpstr(
        first, ==,
        "{\"code\":\"SECRET.pin\",\"mode\":\"till\",\"name\":\"계산대 3\",\"nonce\":\"n1\"}");
    g_assert_cmpuint(length, ==, strlen(first));
    enrol = (SyncWireEnrol){.code = "S", .nonce = "n", .terminal = "t1", .seq = 3};
    g_assert_true(pos_hash_from_hex(HEAD, &enrol.head));
    g_autofree char *again = sync_wire_enrol_request(&enrol, &length);
    g_assert_cmpstr(again, ==,
                    "{\"code\":\"S\",\"head\":\"" HEAD
                    "\",\"nonce\":\"n\",\"seq\":3,\"terminal\":\"t1\"}");
    enrol.chain[0].seq = 3;
    enrol.chain[0].hash = enrol.head;
    enrol.chain_count = 1;
    enrol.forked = true;
    g_autofree char *forked = sync_wire_enrol_request(&enrol, &length);
    g_assert_cmpstr(forked, ==,
                    "{\"chain\":[{\"hash\":\"" HEAD "\",\"seq\":3}],\"code\":\"S\",\"forked\":true,"
                    "\"head\":\"" HEAD "\",\"nonce\":\"n\",\"seq\":3,\"terminal\":\"t1\"}");
}

static bool enrolled(const char *text, SyncWireEnrolled *out)
{
    g_autoptr(GError) error = NULL;
    bool ok = sync_wire_parse_enrolled(text, strlen(text), out, &error);
    g_assert_cmpint(ok, ==, error == NULL);
    return ok;
}

static void test_enrolled(void)
{
    g_auto(SyncWireEnrolled) answer = {0};
    g_assert_true(enrolled("{\"terminal\":\"t1\",\"store\":\"1\",\"token\":\"x\",\"mode\":\"till\","
                           "\"currency\":\"KRW\",\"acked\":0,\"head\":null,\"new\":[1.5,null]}",
                           &answer));
    g_assert_cmpstr(answer.terminal, ==, "t1");
    g_assert_cmpstr(answer.receipt_prefix, ==, "");
    g_assert_cmpint(answer.acked, ==, 0);
    sync_wire_enrolled_clear(&answer);
    g_assert_true(enrolled("{\"terminal\":\"t1\",\"store\":\"1\",\"token\":\"x\",\"mode\":\"till\","
                           "\"currency\":\"KRW\",\"acked\":7,\"head\":\"" HEAD
                           "\",\"receipt_prefix\":\"T03\"}",
                           &answer));
    g_assert_cmpstr(answer.receipt_prefix, ==, "T03");
    g_assert_cmpint(answer.acked, ==, 7);
    static const char *const bad[] = {
        "",
        "null",
        "[]",
        "<html>It works!</html>",
        "{\"terminal\":\"t1\"}",
        "{\"terminal\":\"\",\"store\":\"1\",\"token\":\"x\",\"mode\":\"till\",\"currency\":\"KRW\","
        "\"acked\":0,\"head\":null}",
        "{\"terminal\":\"t\",\"store\":\"1\",\"token\":\"x\\r\\nEvil: 1\",\"mode\":\"till\","
        "\"currency\":\"KRW\",\"acked\":0,\"head\":null}",
        "{\"terminal\":\"t\",\"store\":\"1\",\"token\":\"x\",\"mode\":\"till\",\"currency\":"
        "\"KRW\","
        "\"acked\":7,\"head\":null}",
        "{\"terminal\":\"t\",\"store\":\"1\",\"token\":\"x\",\"mode\":\"till\",\"currency\":"
        "\"KRW\","
        "\"acked\":-1,\"head\":null}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_auto(SyncWireEnrolled) none = {0};
        g_assert_false(enrolled(bad[i], &none));
        g_assert_null(none.terminal);
    }
}

static void test_hello(void)
{
    static const char good[] =
        "{\"now\":\"2026-11-23T09:00:00.250+09:00\",\"acked\":2,\"head\":\"" HEAD
        "\",\"feed_version\":812,\"epoch\":\"e1\",\"api\":[1,2]}";
    SyncWireHello hello;
    GError *error = NULL;
    g_assert_true(sync_wire_parse_hello(good, sizeof good - 1, &hello, &error));
    g_assert_no_error(error);
    g_assert_cmpint(hello.now_ms, ==, 1795392000250);
    g_assert_cmpint(hello.acked, ==, 2);
    g_assert_cmpint(hello.feed_version, ==, 812);
    g_assert_cmpstr(hello.epoch, ==, "e1");
    static const char *const bad[] = {
        "{\"now\":\"yesterday\",\"acked\":0,\"head\":null,\"feed_version\":1,\"epoch\":\"e\","
        "\"api\":[1]}",
        "{\"now\":\"2026-11-23T09:00:00Z\",\"acked\":0,\"head\":null,\"feed_version\":1,\"epoch\":"
        "\"e\",\"api\":[2]}",
        "{\"now\":\"2026-11-23T09:00:00Z\",\"acked\":0,\"head\":null,\"feed_version\":1,\"epoch\":"
        "\"e\"}",
        "{\"now\":\"2026-11-23T09:00:00Z\",\"acked\":0,\"head\":null,\"feed_version\":1,\"api\":[1]"
        "}",
        "{\"now\":\"2026-11-23T09:00:00Z\",\"acked\":\"0\",\"head\":null,\"feed_version\":1,"
        "\"epoch\":\"e\",\"api\":[1]}",
        "{\"now\":\"2026-11-23T09:00:00Z\",\"acked\":1,\"head\":\"zz\",\"feed_version\":1,"
        "\"epoch\":\"e\",\"api\":[1]}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) refused = NULL;
        g_assert_false(sync_wire_parse_hello(bad[i], strlen(bad[i]), &hello, &refused));
        g_assert_error(refused, POS_ERROR, POS_ERROR_INVALID);
    }
    /* A strict prefix is never taken for the whole. */
    for (gsize length = 0; length < sizeof good - 1; length++) {
        g_assert_false(sync_wire_parse_hello(good, length, &hello, NULL));
    }
}

static void test_errors(void)
{
    static const struct {
        const char *text;
        SyncWireErrorKind kind;
        int64_t acked, seq, line;
        const char *message;
    } cases[] = {
        {"{\"error\":\"gap\",\"acked\":4,\"head\":\"" HEAD "\"}", SYNC_WIRE_GAP, 4, 0, 0, ""},
        {"{\"error\":\"gap\",\"acked\":0,\"head\":null}", SYNC_WIRE_GAP, 0, 0, 0, ""},
        {"{\"error\":\"fork\",\"acked\":4,\"head\":\"" HEAD "\",\"seq\":3}", SYNC_WIRE_FORK, 4, 3,
         0, ""},
        {"{\"error\":\"bad_record\",\"line\":2,\"message\":\"no\"}", SYNC_WIRE_BAD_RECORD, 0, 0, 2,
         "no"},
        {"{\"error\":\"gap\"}", SYNC_WIRE_OTHER, 0, 0, 0, ""},
        {"{\"error\":\"disk_full\",\"message\":\"later\"}", SYNC_WIRE_OTHER, 0, 0, 0, "later"},
        {"{\"error\":7}", SYNC_WIRE_OTHER, 0, 0, 0, ""},
        {"<html>Bad gateway</html>", SYNC_WIRE_OTHER, 0, 0, 0, ""},
        {"", SYNC_WIRE_OTHER, 0, 0, 0, ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(SyncWireError) got = {0};
        sync_wire_parse_error(cases[i].text, strlen(cases[i].text), &got);
        g_assert_cmpint(got.kind, ==, cases[i].kind);
        g_assert_cmpint(got.acked, ==, cases[i].acked);
        g_assert_cmpint(got.seq, ==, cases[i].seq);
        g_assert_cmpint(got.line, ==, cases[i].line);
        g_assert_cmpstr(got.message, ==, cases[i].message);
    }
}

static void test_seen(void)
{
    gsize length = 0;
    g_autofree char *text = sync_wire_seen_request(812, &length);
    g_assert_cmpstr(text, ==, "{\"feed_version\":812,\"tags\":[]}");
}

static void test_body_and_gzip(void)
{
    PosRecord one = {.seq = 1, .line = (char *)"{\"a\":1}", .length = 7};
    PosRecord two = {.seq = 2, .line = (char *)"{\"b\":2}", .length = 7};
    g_autoptr(GPtrArray) records = g_ptr_array_new();
    g_ptr_array_add(records, &one);
    g_ptr_array_add(records, &two);
    g_autoptr(GBytes) body = sync_wire_journal_body(records);
    g_assert_cmpmem(g_bytes_get_data(body, NULL), g_bytes_get_size(body), "{\"a\":1}\n{\"b\":2}\n",
                    16);
    g_autoptr(GBytes) packed = sync_wire_gzip(body);
    char back[64];
    z_stream stream = {0};
    g_assert_cmpint(inflateInit2(&stream, 15 + 16), ==, Z_OK);
    stream.next_in = (Bytef *)g_bytes_get_data(packed, NULL);
    stream.avail_in = (uInt)g_bytes_get_size(packed);
    stream.next_out = (Bytef *)back;
    stream.avail_out = sizeof back;
    g_assert_cmpint(inflate(&stream, Z_FINISH), ==, Z_STREAM_END);
    g_assert_cmpmem(back, stream.total_out, "{\"a\":1}\n{\"b\":2}\n", 16);
    inflateEnd(&stream);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/wire/enrol_request_is_as_the_protocol_writes_it", test_enrol_request);
    g_test_add_func("/sync/wire/enrol_answer_is_read_strictly", test_enrolled);
    g_test_add_func("/sync/wire/hello_is_read_strictly", test_hello);
    g_test_add_func("/sync/wire/errors_are_told_apart", test_errors);
    g_test_add_func("/sync/wire/seen_names_the_applied_version", test_seen);
    g_test_add_func("/sync/wire/batch_is_a_line_a_record_and_unpacks_to_the_same",
                    test_body_and_gzip);
    return g_test_run();
}

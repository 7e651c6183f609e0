/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/stage: whole versions only, from the stream and from the one-shot form; nothing of what cannot be read. */
#include "pos/error.h"
#include "sync/stage.h"

#include <string.h>

#define ITEM(version, kind, key, value)                                                            \
    "{\"version\":" #version ",\"kind\":\"" kind "\",\"key\":\"" key "\",\"value\":" value "}"

static bool event(SyncStage *stage, const char *type, const char *data, const char *id,
                  bool *out_closed)
{
    g_autoptr(GError) error = NULL;
    SyncSseEvent sse = {.type = type, .data = data, .data_length = strlen(data), .id = id};
    bool ok = sync_stage_event(stage, &sse, out_closed, &error);
    g_assert_cmpint(ok, ==, error == NULL);
    return ok;
}

static void test_stream(void)
{
    bool closed = true;
    gsize count = 0;
    g_autoptr(SyncStage) stage = sync_stage_new(10);
    g_assert_true(event(stage, "product", ITEM(11, "product", "1", "{\"a\":1}"), NULL, &closed));
    g_assert_false(closed);
    g_assert_true(sync_stage_is_open(stage));
    g_assert_cmpint(sync_stage_version(stage), ==, -1);
    g_assert_true(event(stage, "price", ITEM(12, "price", "1", "null"), "14", &closed));
    g_assert_true(closed);
    g_assert_cmpint(sync_stage_version(stage), ==, 14);
    const PosFeedItem *items = sync_stage_items(stage, &count);
    g_assert_cmpuint(count, ==, 2);
    g_assert_cmpstr(items[0].kind, ==, "product");
    g_assert_cmpint(items[0].version, ==, 11);
    g_assert_true(json_is_object(items[0].value));
    g_assert_null(items[1].value);
    sync_stage_next(stage);
    g_assert_false(sync_stage_is_open(stage));
    /* Two items of one commit have one version; an unknown kind is kept. */
    g_assert_true(event(stage, "mood", ITEM(15, "mood", "k", "\"x\""), NULL, &closed));
    g_assert_true(event(stage, "message", ITEM(15, "price", "2", "{}"), "15", &closed));
    items = sync_stage_items(stage, &count);
    g_assert_true(closed && count == 2);
    g_assert_cmpstr(items[0].kind, ==, "mood");
    sync_stage_next(stage);
    /* An id alone closes a version without items. */
    g_assert_true(event(stage, "message", "", "16", &closed));
    sync_stage_items(stage, &count);
    g_assert_true(closed && count == 0);
    g_assert_cmpint(sync_stage_version(stage), ==, 16);
}

static void test_stream_nonsense(void)
{
    static const struct {
        const char *type, *data, *id;
    } cases[] = {
        {"price", "<html>", NULL},
        {"price", "[1]", NULL},
        {"price", "{}", NULL},
        {"price", "{\"version\":11,\"kind\":\"price\",\"key\":\"1\"}", NULL},
        {"price", ITEM(11.5, "price", "1", "{}"), NULL},
        {"price", ITEM(10, "price", "1", "{}"), NULL}, /* not newer than what is applied */
        {"price", ITEM(12, "price", "1", "{}"), NULL}, /* below the 13 staged before it */
        {"lot", ITEM(13, "price", "1", "{}"), NULL},   /* the event names another kind */
        {"price", ITEM(13, "price", "1", "{}"), "12"}, /* closes below its items */
        {"price", ITEM(13, "price", "1", "{}"), "x"},
        {"price", ITEM(13, "price", "1", "{}"), "-1"},
        {"price", ITEM(13, "price", "1", "{}") "{}", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        bool closed = false;
        g_autoptr(SyncStage) stage = sync_stage_new(10);
        g_assert_true(event(stage, "price", ITEM(13, "price", "0", "{}"), NULL, &closed));
        g_assert_false(event(stage, cases[i].type, cases[i].data, cases[i].id, &closed));
        g_assert_cmpint(sync_stage_version(stage), ==, -1);
    }
}

static const char one_shot[] = ITEM(3, "product", "1", "{\"name\":\"사과\"}") "\n"
    ITEM(7, "price", "1", "{\"price\":1}") "\r\n" ITEM(7, "lot", "1/A", "null") "\n"
    "{\"end\":true,\"epoch\":\"e9\",\"version\":8}\n";

static void test_one_shot(void)
{
    for (gsize piece = 1; piece < sizeof one_shot; piece++) {
        gsize count = 0;
        GError *error = NULL;
        g_autoptr(SyncStage) stage = sync_stage_new(0);
        for (gsize at = 0; at < sizeof one_shot - 1; at += piece) {
            g_assert_true(sync_stage_bytes(stage, one_shot + at,
                                           MIN(piece, sizeof one_shot - 1 - at), &error));
        }
        g_assert_true(sync_stage_finish(stage, &error));
        g_assert_no_error(error);
        sync_stage_items(stage, &count);
        g_assert_cmpuint(count, ==, 3);
        g_assert_cmpint(sync_stage_version(stage), ==, 8);
        g_assert_cmpstr(sync_stage_epoch(stage), ==, "e9");
    }
}

static void test_one_shot_cut(void)
{
    /* Cut anywhere before the end line is whole, it is not finished; only its newline may be missing. */
    for (gsize length = 0; length < sizeof one_shot - 2; length++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SyncStage) stage = sync_stage_new(0);
        bool ok = sync_stage_bytes(stage, one_shot, length, &error) &&
                  sync_stage_finish(stage, &error);
        g_assert_false(ok);
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
    g_autoptr(SyncStage) stage = sync_stage_new(0);
    g_assert_true(sync_stage_bytes(stage, one_shot, sizeof one_shot - 2, NULL));
    g_assert_true(sync_stage_finish(stage, NULL));
}

static void test_one_shot_nonsense(void)
{
    static const char *const bad[] = {
        "<!DOCTYPE html>\n",
        "{\"end\":true,\"version\":8}\n",
        "{\"end\":true,\"epoch\":\"e\"}\n",
        "{\"end\":true,\"epoch\":\"e\",\"version\":8}\n{\"end\":true,\"epoch\":\"e\",\"version\":8}\n",
        ITEM(9, "price", "1", "{}") "\n{\"end\":true,\"epoch\":\"e\",\"version\":8}\n",
        ITEM(9, "price", "1", "{}") "\n" ITEM(8, "price", "1", "{}") "\n",
        "\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(SyncStage) stage = sync_stage_new(0);
        g_assert_false(sync_stage_bytes(stage, bad[i], strlen(bad[i]), NULL));
    }
    g_autofree char *longest = g_strnfill(POS_BOUND_FEED_LINE_BYTES + 1, '{');
    g_autoptr(SyncStage) stage = sync_stage_new(0);
    g_assert_false(sync_stage_bytes(stage, longest, strlen(longest), NULL));
}

static void test_lagging_node(void)
{
    gsize count = 1;
    static const char end[] = "{\"end\":true,\"epoch\":\"e\",\"version\":5}\n";
    g_autoptr(SyncStage) stage = sync_stage_new(8);
    g_assert_true(sync_stage_bytes(stage, end, sizeof end - 1, NULL));
    g_assert_true(sync_stage_finish(stage, NULL));
    sync_stage_items(stage, &count);
    g_assert_cmpuint(count, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/stage/an_id_makes_a_version_whole", test_stream);
    g_test_add_func("/sync/stage/what_is_no_item_in_order_is_refused", test_stream_nonsense);
    g_test_add_func("/sync/stage/one_shot_reads_the_same_in_any_chunking", test_one_shot);
    g_test_add_func("/sync/stage/one_shot_without_its_end_is_nothing", test_one_shot_cut);
    g_test_add_func("/sync/stage/one_shot_nonsense_is_refused", test_one_shot_nonsense);
    g_test_add_func("/sync/stage/a_node_that_lags_has_no_news", test_lagging_node);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * pos/store_outgoing: the chain as it goes up, with and without records that central refused. */
#include "pos/error.h"
#include "pos/store.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *dir;
    PosStore *store;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    PosIdentity identity = {.terminal = (char *)"t1", .token = (char *)"x", .url = (char *)"u"};
    fixture->dir = g_dir_make_tmp("coster-outgoing-XXXXXX", &error);
    g_assert_no_error(error);
    fixture->store = pos_store_open(fixture->dir, POS_STORE_WRITE, &error);
    g_assert_no_error(error);
    g_assert_true(pos_store_identity_set(fixture->store, &identity, &error));
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    pos_store_close(fixture->store);
    g_autoptr(GDir) dir = g_dir_open(fixture->dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(fixture->dir, name, NULL);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(fixture->dir), ==, 0);
    g_free(fixture->dir);
}

static void append(Fixture *fixture, int count)
{
    GError *error = NULL;
    for (int i = 0; i < count; i++) {
        g_autoptr(json_t) fields = json_pack("{s:s}", "reason", "a \"quoted\" \\ word");
        pos_store_journal_append(fixture->store, fields, "no_sale", 1795392000000, NULL, &error);
        g_assert_no_error(error);
    }
}

static GPtrArray *outgoing(Fixture *fixture, int64_t from, gsize bytes)
{
    GError *error = NULL;
    GPtrArray *records = pos_store_outgoing_read(fixture->store, from, 1000, bytes, &error);
    g_assert_no_error(error);
    return records;
}

/* Each hash follows from the one before and the line that goes up, also as asked for one by one. */
static void assert_chain(Fixture *fixture, int64_t expected)
{
    PosHash hash = pos_hash_zero(), told;
    g_autoptr(GPtrArray) records = outgoing(fixture, 1, G_MAXSIZE);
    g_assert_cmpuint(records->len, ==, expected);
    for (guint i = 0; i < records->len; i++) {
        const PosRecord *record = g_ptr_array_index(records, i);
        hash = pos_hash_chain(&hash, record->line, record->length);
        g_assert_true(pos_hash_equal(&hash, &record->hash));
        g_assert_cmpint(record->seq, ==, i + 1);
        g_assert_true(pos_store_outgoing_hash_at(fixture->store, record->seq, &told, NULL));
        g_assert_true(pos_hash_equal(&hash, &told));
    }
}

static char *line_at(Fixture *fixture, bool goes_up, int64_t seq)
{
    g_autoptr(GPtrArray) records =
        goes_up ? outgoing(fixture, seq, 1)
                : pos_store_journal_read(fixture->store, seq, 1, G_MAXSIZE, NULL);
    g_assert_cmpuint(records->len, ==, 1);
    return g_strdup(((const PosRecord *)g_ptr_array_index(records, 0))->line);
}

static void test_journal_goes_up(Fixture *fixture, gconstpointer unused)
{
    PosHash zero = pos_hash_zero(), told;
    append(fixture, 3);
    assert_chain(fixture, 3);
    for (int64_t seq = 1; seq <= 3; seq++) {
        g_autofree char *up = line_at(fixture, true, seq);
        g_autofree char *own = line_at(fixture, false, seq);
        g_assert_cmpstr(up, ==, own);
    }
    g_assert_true(pos_store_outgoing_hash_at(fixture->store, 0, &told, NULL));
    g_assert_true(pos_hash_equal(&zero, &told));
}

static void test_adopted(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    static const int64_t refused[] = {3, 5, 4, 1}; /* later, then before: the chain is made anew */
    append(fixture, 6);
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        int64_t bad_seq = 0;
        g_autofree char *why = NULL;
        g_autofree char *own = line_at(fixture, false, refused[i]);
        g_assert_true(pos_store_outgoing_adopt(fixture->store, refused[i], 1795392000000, &error));
        g_assert_no_error(error);
        append(fixture, 1);
        assert_chain(fixture, 7 + (int64_t)i);
        g_autofree char *up = line_at(fixture, true, refused[i]);
        g_autoptr(json_t) object = NULL;
        g_assert_true(pos_record_parse(up, strlen(up), &object, &error));
        g_assert_cmpstr(json_string_value(json_object_get(object, "type")), ==, "adopted");
        g_assert_cmpstr(json_string_value(json_object_get(object, "line")), ==, own);
        g_assert_cmpstr(json_string_value(json_object_get(object, "of")), ==, "t1");
        g_assert_cmpint(json_integer_value(json_object_get(object, "of_seq")), ==, refused[i]);
        /* The journal stays what it was. */
        g_autofree char *still = line_at(fixture, false, refused[i]);
        g_assert_cmpstr(still, ==, own);
        g_assert_true(pos_store_verify(fixture->store, &bad_seq, &why, &error));
    }
}

static void test_bounds(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    append(fixture, 4);
    g_autofree char *own = line_at(fixture, false, 1);
    pos_store_outgoing_adopt(fixture->store, 1, 1795392000000, &error);
    g_assert_no_error(error);
    /* Two of the journal's lines would have fitted; the adopted one is longer. */
    g_autoptr(GPtrArray) records = outgoing(fixture, 1, 2 * strlen(own) + 2);
    g_assert_cmpuint(records->len, ==, 1);
}

static void test_unknown(Fixture *fixture, gconstpointer unused)
{
    PosHash hash;
    g_autoptr(GError) error = NULL;
    append(fixture, 2);
    g_assert_false(pos_store_outgoing_adopt(fixture->store, 3, 1795392000000, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(pos_store_outgoing_hash_at(fixture->store, 3, &hash, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    assert_chain(fixture, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)
    ADD("/pos/store/outgoing/the_journal_goes_up_as_it_is", test_journal_goes_up);
    ADD("/pos/store/outgoing/a_refused_record_goes_up_inside_an_adopted_one", test_adopted);
    ADD("/pos/store/outgoing/a_batch_is_bounded_by_what_goes_up", test_bounds);
    ADD("/pos/store/outgoing/a_record_that_is_not_there_is_refused", test_unknown);
    return g_test_run();
}

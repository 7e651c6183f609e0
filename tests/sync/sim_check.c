/* SPDX-License-Identifier: GPL-3.0-or-later
 * What must hold, whatever the seed. Letters as in ARCHITECTURE.md, "Invariants". */
#include "tests/sync/sim_world.h"

#include "sync/central_verify.h"

#include <string.h>

#define DEPTH_MAX 8

/* --- at any time ------------------------------------------------------------------------------ */

static int64_t price_at(SimTill *till, const char *gtin)
{
    PosPrice *price = pos_store_price(till->store, gtin, NULL);
    int64_t minor = price != NULL ? price->price.minor : 0;
    pos_price_free(price);
    return minor;
}

void sim_check_till(SimTill *till)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *epoch = NULL;
    int64_t version = 0;
    pos_store_feed_version(till->store, &version, &epoch, &error);
    g_assert_no_error(error);
    if (version == till->applied && g_strcmp0(epoch, till->epoch) == 0) {
        return;
    }
    /* I5: it never falls within an epoch. */
    if (g_strcmp0(epoch, till->epoch) == 0) {
        g_assert_cmpint(version, >, till->applied);
    }
    till->applied = version;
    g_free(till->epoch);
    till->epoch = g_steal_pointer(&epoch);
    /* Versions are applied whole: the two prices change together. */
    g_assert_cmpint(price_at(till, SIM_APPLE), ==, price_at(till, SIM_GRAPE));
}

/* --- when all is quiet ------------------------------------------------------------------------ */

typedef struct {
    GHashTable *lines; /* every line at central, and every line inside an adopted one */
    GHashTable *inner; /* the innermost ones, which are booked once */
    GHashTable *ours;  /* every line on a till's disk */
} Lines;

static void add_line(Lines *lines, const char *line, int depth)
{
    g_assert_cmpint(depth, <, DEPTH_MAX);
    g_hash_table_add(lines->lines, g_strdup(line));
    g_autoptr(json_t) record = json_loads(line, 0, NULL);
    const char *inside = json_string_value(json_object_get(record, "line"));
    if (g_strcmp0(json_string_value(json_object_get(record, "type")), "adopted") == 0) {
        add_line(lines, inside, depth + 1);
    } else {
        g_hash_table_add(lines->inner, g_strdup(line));
    }
}

static bool collect_row(const CentralJournalRow *row, void *user)
{
    g_autofree char *line = g_strndup(row->line, row->length);
    add_line(user, line, 0);
    return true;
}

static void collect_central(Lines *lines)
{
    g_autoptr(GError) error = NULL;
    CentralStore *store = sim_world->central.store;
    g_autoptr(GPtrArray) terminals = central_store_terminals(store, NULL, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < terminals->len; i++) {
        const CentralTerminal *terminal = g_ptr_array_index(terminals, i);
        central_store_journal_each(store, terminal->id, 1, collect_row, lines, &error);
        g_assert_no_error(error);
    }
}

/* I1, I4: each record of the present chain is at central under its number, byte for byte; the chain is
 * whole on the till too. */
static void check_journal(SimTill *till, Lines *lines)
{
    g_autoptr(GError) error = NULL;
    g_auto(PosIdentity) identity = {0};
    int64_t bad = 0, seq = 0;
    PosHash head;
    g_autofree char *why = NULL;
    pos_store_verify(till->store, &bad, &why, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(why, ==, NULL);
    pos_store_identity_get(till->store, &identity, &error);
    g_assert_no_error(error);
    pos_store_journal_head(till->store, &seq, &head, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) records =
        pos_store_outgoing_read(till->store, 1, (gsize)seq + 1, G_MAXINT32, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(records->len, ==, seq);
    for (guint i = 0; i < records->len; i++) {
        const PosRecord *record = g_ptr_array_index(records, i);
        g_autofree char *held = NULL;
        gsize length = 0;
        PosHash hash;
        central_store_journal_get(sim_world->central.store, identity.terminal, record->seq, &held,
                                  &length, &hash, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(held, ==, record->line);
        g_assert_true(pos_hash_equal(&hash, &record->hash));
        g_hash_table_add(lines->ours, g_strdup(record->line));
    }
}

/* I3: stock and sales are what the lines say, each counted once. */
static void check_sums(const Lines *lines)
{
    GHashTableIter iter;
    void *line;
    int64_t units = 0, amount = 0;
    g_hash_table_iter_init(&iter, lines->inner);
    while (g_hash_table_iter_next(&iter, &line, NULL)) {
        g_autoptr(json_t) record = json_loads(line, 0, NULL);
        if (g_strcmp0(json_string_value(json_object_get(record, "type")), "sale") == 0) {
            const json_t *sold = json_array_get(json_object_get(record, "lines"), 0);
            units += json_integer_value(json_object_get(sold, "qty"));
            amount += json_integer_value(json_object_get(sold, "amount"));
        }
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) hours =
        central_store_sales_hours(sim_world->central.store, "1", 0, G_MAXINT64 / 2, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < hours->len; i++) {
        units -= g_array_index(hours, CentralSalesHour, i).units;
        amount -= g_array_index(hours, CentralSalesHour, i).amount_minor;
    }
    g_assert_cmpint(units, ==, 0);
    g_assert_cmpint(amount, ==, 0);
}

/* I5: what a till has applied is central's feed, row for row. */
static void check_feed(SimTill *till)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) lines = pos_store_feed_lines(till->store, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < lines->len; i++) {
        g_hash_table_add(held, g_strdup(g_ptr_array_index(lines, i)));
    }
    g_autoptr(CentralFeedCursor) cursor =
        central_feed_cursor_open(sim_world->central.store, "1", 0, "till", &error);
    g_assert_no_error(error);
    CentralFeedItem item;
    while (central_feed_cursor_next(cursor, &item, &error) == 1) {
        g_autoptr(GString) line = g_string_new(NULL);
        central_feed_item_append_line(&item, line);
        /* A snapshot of a new epoch need not hold what was deleted before. */
        if (!g_hash_table_remove(held, line->str) && item.value != NULL) {
            g_error("seed %u: a till lacks %s", sim_world->seed, line->str);
        }
    }
    g_assert_no_error(error);
    GHashTableIter iter;
    void *left;
    g_hash_table_iter_init(&iter, held);
    while (g_hash_table_iter_next(&iter, &left, NULL)) {
        if (strstr(left, "\"value\":null") == NULL) {
            g_error("seed %u: a till has %s, which central has not", sim_world->seed, (char *)left);
        }
    }
}

static void check_central(void)
{
    g_autoptr(GError) error = NULL;
    g_auto(CentralVerifyFault) fault = {0};
    bool good = false;
    central_verify(sim_world->central.store, &good, &fault, NULL, NULL, &error);
    g_assert_no_error(error);
    if (!good) {
        g_error("seed %u: verify names record %" G_GINT64_FORMAT " of \"%s\": %s", sim_world->seed,
                fault.seq, fault.terminal, fault.reason);
    }
}

static void free_lines(Lines *lines)
{
    g_hash_table_destroy(lines->lines);
    g_hash_table_destroy(lines->inner);
    g_hash_table_destroy(lines->ours);
}

void sim_check_all(void)
{
    Lines lines = {g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                   g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                   g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    check_central();
    collect_central(&lines);
    for (guint i = 0; i < sim_world->tills_count; i++) {
        check_journal(&sim_world->tills[i], &lines);
        check_feed(&sim_world->tills[i]);
    }
    GHashTableIter iter;
    void *line;
    g_hash_table_iter_init(&iter, sim_world->confirmed);
    while (g_hash_table_iter_next(&iter, &line, NULL)) { /* I1: what was told to be sold is there */
        if (!g_hash_table_contains(lines.lines, line)) {
            g_error("seed %u: central lacks %s", sim_world->seed, (char *)line);
        }
    }
    g_hash_table_iter_init(&iter, lines.inner);
    while (g_hash_table_iter_next(&iter, &line, NULL)) { /* I2: and nothing that no till wrote */
        if (!g_hash_table_contains(sim_world->confirmed, line) &&
            !g_hash_table_contains(lines.ours, line) && strstr(line, "\"clock_step\"") == NULL) {
            g_error("seed %u: no till wrote %s", sim_world->seed, (char *)line);
        }
    }
    check_sums(&lines);
    free_lines(&lines);
}

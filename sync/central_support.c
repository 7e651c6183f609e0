/* SPDX-License-Identifier: GPL-3.0-or-later
 * Only what is listed here goes out: each member is taken by its name, never an object as a whole. */
#include "sync/central_support.h"

#include "pos/date.h"
#include "sync/central_verify.h"

#include <sqlite3.h>
#include <string.h>
#include <sys/utsname.h>

#define INBOX_MAX 100000

static void count_item(const char *key, int64_t version, const json_t *value, void *user)
{
    (*(int64_t *)user)++;
}

static bool add_counts(CentralStore *store, const char *store_id, json_t *out, GError **error)
{
    static const char *const KINDS[] = {"product", "lot",      "price",   "recall", "operator",
                                        "tag",     "terminal", "setting", "offer"};
    for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++) {
        int64_t count = 0;
        if (!central_store_feed_each(store, store_id, KINDS[i], count_item, &count, error)) {
            return false;
        }
        json_object_set_new(out, KINDS[i], json_integer((json_int_t)count));
    }
    return true;
}

static json_t *terminals_of(CentralStore *store, const char *store_id, GError **error)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GPtrArray) all = central_store_terminals(store, store_id, error);
    json_t *rows = all != NULL ? json_array() : NULL;
    for (guint i = 0; all != NULL && i < all->len; i++) {
        const CentralTerminal *terminal = g_ptr_array_index(all, i);
        g_autofree char *seen = pos_instant_format(terminal->seen_ms, utc);
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:b, s:b, s:I, s:I, s:s*}",
                                              "terminal", terminal->id, "mode", terminal->mode,
                                              "receipt_prefix", terminal->receipt_prefix, "revoked",
                                              terminal->revoked, "forked", terminal->forked,
                                              "acked", (json_int_t)terminal->acked, "seen_version",
                                              (json_int_t)terminal->seen_version, "seen_at",
                                              terminal->seen_ms > 0 ? seen : NULL));
    }
    return rows;
}

/* How many records wait for which reason. */
static json_t *inbox_of(CentralStore *store, const char *store_id, GError **error)
{
    g_autoptr(GPtrArray) items = central_store_inbox(store, store_id, NULL, INBOX_MAX, error);
    json_t *reasons = items != NULL ? json_object() : NULL;
    for (guint i = 0; items != NULL && i < items->len; i++) {
        const CentralInboxItem *item = g_ptr_array_index(items, i);
        json_int_t count = json_integer_value(json_object_get(reasons, item->reason));
        json_object_set_new(reasons, item->reason, json_integer(count + 1));
    }
    return reasons;
}

static json_t *setting_of(CentralStore *store, const char *store_id)
{
    static const char *const MEMBERS[] = {"currency",    "language", "time_zone", "hold_s",
                                          "rise_lead_s", "country",  "tax_method"};
    g_autoptr(json_t) value = central_store_feed_value(store, store_id, "setting", "store", NULL);
    json_t *out = json_object();
    for (gsize i = 0; i < G_N_ELEMENTS(MEMBERS); i++) {
        json_t *member = json_object_get(value, MEMBERS[i]);
        if (member != NULL) {
            json_object_set(out, MEMBERS[i], member);
        }
    }
    return out;
}

static json_t *store_of(CentralStore *store, const char *store_id, GError **error)
{
    int64_t newest = 0;
    g_autoptr(json_t) counts = json_object();
    if (!central_store_feed_newest(store, store_id, &newest, error) ||
        !add_counts(store, store_id, counts, error)) {
        return NULL;
    }
    json_t *terminals = terminals_of(store, store_id, error);
    json_t *inbox = terminals != NULL ? inbox_of(store, store_id, error) : NULL;
    if (inbox == NULL) {
        json_decref(terminals);
        return NULL;
    }
    return json_pack("{s:s, s:I, s:o, s:O, s:o, s:o}", "store", store_id, "feed_version",
                     (json_int_t)newest, "setting", setting_of(store, store_id), "feed_items",
                     counts, "terminals", terminals, "inbox", inbox);
}

static json_t *verify_of(CentralStore *store, GError **error)
{
    g_auto(CentralVerifyFault) fault = {0};
    bool good = false;
    int64_t terminals = 0, records = 0;
    if (!central_verify(store, &good, &fault, &terminals, &records, error)) {
        return NULL;
    }
    return good ? json_pack("{s:b, s:I}", "good", true, "records", (json_int_t)records)
                : json_pack("{s:b, s:s, s:I}", "good", false, "terminal", fault.terminal, "seq",
                            (json_int_t)fault.seq);
}

json_t *central_support(CentralStore *store, bool verify, int64_t now_ms, GError **error)
{
    struct utsname machine = {0};
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *at = pos_instant_format(now_ms, utc);
    g_autofree char *epoch = central_store_meta_get(store, CENTRAL_META_EPOCH);
    g_autoptr(json_t) out = json_object();
    (void)uname(&machine);
    json_object_set_new(out, "at", json_string(at));
    json_object_set_new(out, "version", json_string(COSTER_VERSION));
    json_object_set_new(out, "sqlite", json_string(sqlite3_libversion()));
    json_object_set_new(out, "kernel", json_string(machine.release));
    json_object_set_new(out, "machine", json_string(machine.machine));
    json_object_set_new(out, "epoch", json_string(epoch != NULL ? epoch : ""));
    json_t *stores = json_array();
    json_object_set_new(out, "stores", stores);
    g_autoptr(GPtrArray) ids = central_store_list_stores(store);
    for (guint i = 0; ids != NULL && i < ids->len; i++) {
        json_t *one = store_of(store, g_ptr_array_index(ids, i), error);
        if (one == NULL) {
            return NULL;
        }
        json_array_append_new(stores, one);
    }
    if (verify) {
        json_t *result = verify_of(store, error);
        if (result == NULL) {
            return NULL;
        }
        json_object_set_new(out, "verify", result);
    }
    return json_incref(out);
}

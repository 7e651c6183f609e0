/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-central why: which price an item had at a moment of the past, and which decision made it. */
#include "sync/central_admin.h"

#include "pos/date.h"
#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* "GTIN" or "GTIN/LOT" taken apart; lot "" when there is none. False after saying why. */
static bool read_item(const char *item, char gtin[15], const char **out_lot, GError **error)
{
    const char *slash = strchr(item, '/');
    g_autofree char *digits =
        slash != NULL ? g_strndup(item, (gsize)(slash - item)) : g_strdup(item);
    *out_lot = slash != NULL ? slash + 1 : "";
    return central_admin_gtin(digits, gtin, error);
}

static json_t *answer(CentralStore *store, const char *store_id, const char *gtin, const char *lot,
                      int64_t at_ms, GError **error)
{
    g_autofree char *item = *lot != '\0' ? g_strconcat(gtin, "/", lot, NULL) : g_strdup(gtin);
    int64_t price = 0, decided_ms = 0;
    g_autoptr(json_t) decision = NULL;
    if (!central_store_price_lowest(store, store_id, item, at_ms, at_ms + 1, &price, error) ||
        !central_store_decision_at(store, store_id, gtin, lot, at_ms, &decided_ms, &decision,
                                   error)) {
        return NULL;
    }
    if (price == 0 && *lot != '\0' && /* a lot without a price of its own has its product's */
        !central_store_price_lowest(store, store_id, gtin, at_ms, at_ms + 1, &price, error)) {
        return NULL;
    }
    json_t *value = json_pack("{s:s, s:s}", "gtin", gtin, "lot", lot);
    json_object_set_new(value, "price", price > 0 ? json_integer(price) : json_null());
    if (decision != NULL) {
        g_autofree char *decided = pos_instant_format(decided_ms, NULL);
        json_object_set_new(value, "decided_at", json_string(decided));
    }
    json_object_set(value, "decision", decision != NULL ? decision : json_null());
    return value;
}

int central_admin_why(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    int64_t at_ms = central_admin_now_ms();
    CentralOptions there = *options;
    there.store = g_ptr_array_index(options->words, 0);
    const char *lot = "";
    char gtin[15];
    if (options->at && !pos_instant_parse(options->at, &at_ms)) {
        return central_admin_usage(_("--at is a time like 2026-11-23T09:00:00+09:00, not “%s”."),
                                   options->at);
    }
    if (!read_item(g_ptr_array_index(options->words, 1), gtin, &lot, &error)) {
        return central_admin_usage("%s", error->message);
    }
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (!store || !central_admin_has_store(store, &there)) {
        return CENTRAL_EXIT_FAILED;
    }
    json_t *value = answer(store, there.store, gtin, lot, at_ms, &error);
    if (value == NULL) {
        return central_admin_fail(error);
    }
    central_admin_print(value);
    return CENTRAL_EXIT_OK;
}

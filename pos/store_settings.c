/* SPDX-License-Identifier: GPL-3.0-or-later
 * The feed's setting `store` with its defaults. Read at every record (the time zone), so what was
 * parsed is kept until the text changes. A member that is malformed has its default: one bad
 * setting stops no till. */
#include "pos/store_private.h"

#include <string.h>

#include "pos/bounds.h"

#define HOLD_MS_DEFAULT (30 * 60 * 1000) /* the price promise of the sync protocol */
#define TEXT_BYTES 500
#define CASH_INCREMENT_MAX 100000
#define CASH_INCREMENT_UNSET -1 /* the currency's own */

void pos_store_settings_clear(PosStoreSettings *settings)
{
    pos_names_clear(&settings->names);
    g_clear_pointer(&settings->address, g_free);
    g_clear_pointer(&settings->business_number, g_free);
    g_clear_pointer(&settings->language, g_free);
    g_clear_pointer(&settings->time_zone, g_free);
    g_clear_pointer(&settings->link_base, g_free);
    g_clear_pointer(&settings->rcn_layouts, g_free);
    g_clear_pointer(&settings->country, g_free);
}

static char *text_or(const json_t *value, const char *key, gsize bytes_max, const char *fallback)
{
    const char *text = fallback;
    if (!pos_json_get_string_or(value, key, bytes_max, "store", fallback, &text, NULL)) {
        text = fallback;
    }
    return g_strdup(text);
}

static int64_t number_or(const json_t *value, const char *key, int64_t max, int64_t fallback)
{
    int64_t number = fallback;
    return pos_json_get_int_or(value, key, 0, max, "store", fallback, &number, NULL) ? number
                                                                                     : fallback;
}

/* Where the feed names no currency, the one that enrolment named, which may come after the first
 * look. */
static PosCurrency enrolled_currency(PosStore *store)
{
    PosCurrency currency;
    g_auto(PosIdentity) identity = {0};
    if (pos_store_identity_get(store, &identity, NULL) &&
        pos_currency_from_code(identity.currency, &currency)) {
        return currency;
    }
    bool known = pos_currency_from_code("KRW", &currency);
    g_assert(known);
    return currency;
}

static void parse(PosStore *store, const json_t *value)
{
    PosStoreSettings *settings = &store->settings;
    pos_store_settings_clear(settings);
    if (!pos_names_from_json(value, "names", "store", &settings->names, NULL)) {
        settings->names = (PosNames){g_strdup(""), g_strdup(""), g_strdup("")};
    }
    settings->address = text_or(value, "address", TEXT_BYTES, "");
    settings->business_number = text_or(value, "business_number", TEXT_BYTES, "");
    settings->language = text_or(value, "language", 16, "en");
    settings->time_zone = text_or(value, "time_zone", 64, "");
    settings->link_base = text_or(value, "link_base", TEXT_BYTES, "https://id.gs1.org");
    settings->rcn_layouts = text_or(value, "rcn", 16 * 1024, "");
    settings->hold_ms = number_or(value, "hold_s", 7 * 86400, HOLD_MS_DEFAULT / 1000) * 1000;
    settings->freshness = pos_freshness_limits_from_json(value);
    settings->country = text_or(value, "country", 2, "");
    settings->rules = (PosSaleRules){0};
    pos_tax_method_from_code(json_string_value(json_object_get(value, "tax_method")),
                             &settings->rules.tax.method);
    pos_tax_rounding_from_code(json_string_value(json_object_get(value, "tax_rounding")),
                               &settings->rules.tax.rounding);
    settings->rules.cash_increment =
        number_or(value, "cash_rounding", CASH_INCREMENT_MAX, CASH_INCREMENT_UNSET);
    settings->dispute = POS_DISPUTE_LOWEST;
    pos_dispute_remedy_from_code(json_string_value(json_object_get(value, "price_dispute")),
                                 &settings->dispute);
    settings->demo = json_is_true(json_object_get(value, "demo"));
    g_clear_pointer(&store->zone, g_time_zone_unref);
    if (settings->time_zone[0] != '\0') {
        store->zone = g_time_zone_new_identifier(settings->time_zone);
    }
    if (store->zone == NULL) {
        store->zone = g_time_zone_new_local();
    }
}

static bool refresh(PosStore *store, GError **error)
{
    static const char sql[] = "SELECT value FROM feed WHERE kind = 'setting' AND key = 'store'";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found < 0) {
        return false;
    }
    const char *text = found == 1 ? store_text(query, 0) : "";
    if (g_strcmp0(store->settings_text, text) != 0) {
        g_autoptr(json_t) value = json_loads(text, JSON_ALLOW_NUL, NULL);
        parse(store, value);
        g_free(store->settings_text);
        store->settings_text = g_strdup(text);
        store->settings.currency = (PosCurrency){0};
        g_autofree char *code = text_or(value, "currency", 3, "");
        store->has_currency = pos_currency_from_code(code, &store->settings.currency);
    }
    return true;
}

bool pos_store_settings(PosStore *store, PosStoreSettings *out, GError **error)
{
    store_check(store);
    if (!refresh(store, error)) {
        return false;
    }
    const PosStoreSettings *from = &store->settings;
    *out = *from;
    if (!store->has_currency) {
        out->currency = enrolled_currency(store);
    }
    if (out->rules.cash_increment == CASH_INCREMENT_UNSET) {
        out->rules.cash_increment = pos_currency_cash_increment(&out->currency, from->country);
    }
    out->names = pos_names_copy(&from->names);
    out->address = g_strdup(from->address);
    out->business_number = g_strdup(from->business_number);
    out->language = g_strdup(from->language);
    out->time_zone = g_strdup(from->time_zone);
    out->link_base = g_strdup(from->link_base);
    out->rcn_layouts = g_strdup(from->rcn_layouts);
    out->country = g_strdup(from->country);
    return true;
}

GTimeZone *pos_store_zone(PosStore *store)
{
    store_check(store);
    if (!refresh(store, NULL) && store->zone == NULL) {
        return g_time_zone_new_local();
    }
    return g_time_zone_ref(store->zone);
}

json_t *pos_store_settings_changed(PosStore *store, int64_t version, int64_t *out_newest,
                                   GError **error)
{
    static const char sql[] =
        "SELECT key, version FROM feed WHERE kind = 'setting' ORDER BY version, key";
    json_t *names = json_array();
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    int found = -1;
    *out_newest = 0;
    while (query != NULL && (found = store_next(store, query, error)) == 1) {
        *out_newest = sqlite3_column_int64(query, 1);
        if (*out_newest > version) {
            json_array_append_new(names, json_string(store_text(query, 0)));
        }
    }
    if (found < 0) {
        json_decref(names);
        return NULL;
    }
    return names;
}

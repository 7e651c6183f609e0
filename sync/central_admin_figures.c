/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-central's command about the figures of all stores together. A day is each store's own: it
 * begins at midnight in the store's time zone. Sales are kept by whole UTC hours. */
#include "sync/central_admin.h"

#include "pos/date.h"
#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Midnight at the beginning of a date in a zone, Unix ms. */
static bool begin_of_day(const char *date, GTimeZone *zone, int64_t *out_ms, GError **error)
{
    PosDate parsed;
    int year = 0, month = 0, day = 0;
    g_autoptr(GDateTime) at = NULL;
    if (pos_date_parse(date, &parsed)) {
        pos_date_to_ymd(parsed, &year, &month, &day);
        at = g_date_time_new(zone, year, month, day, 0, 0, 0);
    }
    if (at == NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("“%s” is no date; write it as 2026-11-23."), date);
        return false;
    }
    *out_ms = g_date_time_to_unix(at) * 1000;
    return true;
}

/* {"store","name","currency","amount","lots"} of the days [from, until). NULL with the error. */
static json_t *figures_of(CentralStore *store, const char *store_id, const CentralOptions *options,
                          GError **error)
{
    g_autoptr(json_t) setting = central_store_feed_value(store, store_id, "setting", "store", NULL);
    const char *zone_name = json_string_value(json_object_get(setting, "time_zone"));
    const char *currency = json_string_value(json_object_get(setting, "currency"));
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name != NULL ? zone_name : "UTC");
    int64_t from_ms = 0, until_ms = 0, amount = 0;
    if (zone == NULL) {
        zone = g_time_zone_new_utc();
    }
    if (!begin_of_day(options->from, zone, &from_ms, error) ||
        !begin_of_day(options->until, zone, &until_ms, error)) {
        return NULL;
    }
    g_autoptr(GArray) hours = central_store_sales_hours(store, store_id, from_ms, until_ms, error);
    if (hours == NULL) {
        return NULL;
    }
    int lots = 0;
    for (guint i = 0; i < hours->len; i++) {
        const CentralSalesHour *hour = &g_array_index(hours, CentralSalesHour, i);
        const CentralSalesHour *before = i > 0 ? hour - 1 : NULL;
        amount += hour->amount_minor;
        lots += before == NULL || strcmp(before->gtin, hour->gtin) != 0 ||
                strcmp(before->lot, hour->lot) != 0;
    }
    return json_pack("{s:s, s:s, s:I, s:i}", "store", store_id, "currency",
                     currency != NULL ? currency : "", "amount", (json_int_t)amount, "lots", lots);
}

static void add_total(json_t *totals, const json_t *row)
{
    const char *currency = json_string_value(json_object_get(row, "currency"));
    json_int_t sum = json_integer_value(json_object_get(totals, currency)) +
                     json_integer_value(json_object_get(row, "amount"));
    json_object_set_new(totals, currency, json_integer(sum));
}

int central_admin_figures(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (!store || (options->store && !central_admin_has_store(store, options))) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(GPtrArray) ids = central_store_list_stores(store);
    json_t *totals = json_object();
    for (guint i = 0; ids && i < ids->len; i++) {
        const char *store_id = g_ptr_array_index(ids, i);
        if (options->store && strcmp(store_id, options->store) != 0) {
            continue;
        }
        json_t *row = figures_of(store, store_id, options, &error);
        if (row == NULL) {
            json_decref(totals);
            return central_admin_fail(error);
        }
        add_total(totals, row);
        central_admin_print(row);
    }
    central_admin_print(json_pack("{s:s, s:s, s:o}", "from", options->from, "until", options->until,
                                  "totals", totals));
    return CENTRAL_EXIT_OK;
}

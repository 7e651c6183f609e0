/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-central's commands about goods: prices, recalls, the import of a product sheet, repricing.
 */
#include "sync/central_admin.h"

#include "pos/bounds.h"
#include "pos/date.h"
#include "pos/error.h"
#include "sync/central_import.h"
#include "sync/central_price.h"
#include "sync/central_reprice.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TEXT_BYTES_MAX 1000
#define IMPORT_BYTES_MAX (64 * 1024 * 1024)

/* --- prices ------------------------------------------------------------------------------- */

/* An optional amount into the value; "0" takes it out. */
static bool set_amount(json_t *value, const char *member, const char *text, GError **error)
{
    int64_t amount;
    if (!text) {
        return true;
    }
    if (!central_admin_number(text, member, 0, POS_BOUND_AMOUNT_MINOR_MAX, &amount, error)) {
        return false;
    }
    if (amount == 0) {
        json_object_del(value, member);
    } else {
        json_object_set_new(value, member, json_integer(amount));
    }
    return true;
}

/* Decides and publishes within one transaction, so that nobody changes the price in between. */
static bool set_price(CentralStore *store, const CentralOptions *options, const char *key,
                      int64_t price, int64_t *out_version, json_t **out_value, GError **error)
{
    g_autoptr(json_t) value = NULL;
    char gtin[15];
    g_strlcpy(gtin, key, sizeof gtin);
    g_autoptr(json_t) product =
        central_store_feed_value(store, options->store, "product", gtin, NULL);
    if (!product) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("Store “%s” has no product %s; add it first."), options->store, gtin);
        return false;
    }
    value = central_price_decide(store, options->store, key, price, central_admin_now_ms(),
                                 options->why, error);
    if (!value || !set_amount(value, "list_price", options->list_price, error) ||
        !set_amount(value, "floor", options->floor, error) ||
        !set_amount(value, "ceiling", options->ceiling, error)) {
        return false;
    }
    CentralChange change = {"price", key, value};
    if (!central_store_publish(store, options->store, &change, 1, out_version, error)) {
        return false;
    }
    *out_value = g_steal_pointer(&value);
    return true;
}

int central_admin_price_set(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) value = NULL;
    int64_t price = 0, version = 0;
    g_autofree char *key = central_admin_item_key(options);
    if (!key) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!central_admin_number(options->price, "--price", 0, POS_BOUND_AMOUNT_MINOR_MAX, &price,
                              &error)) {
        return central_admin_fail(error);
    }
    if (!*options->why || strlen(options->why) > TEXT_BYTES_MAX) {
        return central_admin_usage(_("--why says in at most %d bytes why the price changes."),
                                   TEXT_BYTES_MAX);
    }
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, &error)) {
        json_decref(value);
        value = NULL;
        scope.ok = central_store_hold(store, options->store, &error) &&
                   set_price(store, options, key, price, &version, &value, &error);
    }
    if (!scope.ok) {
        return central_admin_fail(error);
    }
    central_admin_print(json_pack("{s:s, s:s, s:I, s:O}", "kind", "price", "key", key, "version",
                                  (json_int_t)version, "value", value));
    return CENTRAL_EXIT_OK;
}

int central_admin_price_pause(const CentralOptions *options)
{
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!options->gtin) {
        g_autoptr(json_t) pricing =
            central_store_feed_value(store, options->store, "setting", "pricing", NULL);
        pricing = pricing ? pricing : json_object();
        json_object_set_new(pricing, "enabled", json_boolean(options->resume));
        return central_admin_publish(store, options->store, "setting", "pricing", pricing);
    }
    g_autofree char *key = central_admin_item_key(options);
    if (!key) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(json_t) value = central_store_feed_value(store, options->store, "price", key, NULL);
    if (!value) {
        fprintf(stderr, _("coster-central: “%s” has no price of its own in store “%s”.\n"), key,
                options->store);
        return CENTRAL_EXIT_FAILED;
    }
    if (options->resume) {
        json_object_del(value, "paused");
    } else {
        json_object_set_new(value, "paused", json_true());
    }
    return central_admin_publish(store, options->store, "price", key, value);
}

/* --- recalls ------------------------------------------------------------------------------ */

static const char *store_language(const CentralOptions *options, const json_t *settings)
{
    const char *own = json_string_value(json_object_get(settings, "language"));
    return options->language ? options->language : own ? own : "en";
}

int central_admin_recall_add(const CentralOptions *options)
{
    const char *status = options->status ? options->status : "recalled";
    if (strcmp(status, "recalled") && strcmp(status, "suspended")) {
        return central_admin_usage(_("--status is recalled or suspended, not “%s”."), status);
    }
    if ((options->reason && strlen(options->reason) > TEXT_BYTES_MAX) ||
        (options->action && strlen(options->action) > TEXT_BYTES_MAX)) {
        return central_admin_usage(_("--reason and --action have at most %d bytes."),
                                   TEXT_BYTES_MAX);
    }
    g_autofree char *key = central_admin_item_key(options);
    g_autoptr(CentralStore) store = key ? central_admin_open(options, CENTRAL_STORE_WRITE) : NULL;
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(json_t) settings =
        central_store_feed_value(store, options->store, "setting", "store", NULL);
    g_auto(CentralPriceRules) rules = {0};
    central_price_rules(store, options->store, &rules);
    g_autofree char *since = pos_instant_format(central_admin_now_ms(), rules.zone);
    g_autoptr(json_t) value = json_pack("{s:s, s:s}", "since", since, "status", status);
    if (options->reason) {
        json_object_set_new(value, "reason",
                            json_pack("{s:s}", store_language(options, settings), options->reason));
    }
    if (options->action) {
        json_object_set_new(value, "action", json_string(options->action));
    }
    return central_admin_publish(store, options->store, "recall", key, value);
}

int central_admin_recall_lift(const CentralOptions *options)
{
    g_autofree char *key = central_admin_item_key(options);
    g_autoptr(CentralStore) store = key ? central_admin_open(options, CENTRAL_STORE_WRITE) : NULL;
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(json_t) held = central_store_feed_value(store, options->store, "recall", key, NULL);
    if (!held) {
        fprintf(stderr, _("coster-central: “%s” is not recalled in store “%s”.\n"), key,
                options->store);
        return CENTRAL_EXIT_FAILED;
    }
    return central_admin_publish(store, options->store, "recall", key, NULL);
}

/* --- import ------------------------------------------------------------------------------- */

int central_admin_import(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    CentralImportReport report = {0};
    const char *file = g_ptr_array_index(options->words, 0);
    if (!g_file_get_contents(file, &text, &length, &error)) {
        return central_admin_fail(error);
    }
    if (length > IMPORT_BYTES_MAX) {
        fprintf(stderr, _("coster-central: %s is larger than 64 MiB; split it.\n"), file);
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(CentralStore) store =
        central_admin_open(options, options->apply ? CENTRAL_STORE_WRITE : CENTRAL_STORE_READ);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    bool ok = central_import_products(store, options->store, text, length, central_admin_now_ms(),
                                      options->apply, &report, &error);
    for (guint i = 0; report.faults && i < report.faults->len; i++) {
        fprintf(stderr, "%s:%s\n", file, (const char *)g_ptr_array_index(report.faults, i));
    }
    if (!ok) {
        central_import_report_clear(&report);
        return central_admin_fail(error);
    }
    central_admin_print(json_pack("{s:i, s:i, s:i, s:i, s:b}", "rows", report.rows, "added",
                                  report.added, "changed", report.changed, "faults",
                                  report.faults ? (int)report.faults->len : 0, "applied",
                                  report.applied));
    int status = report.faults && report.faults->len ? CENTRAL_EXIT_FAILED : CENTRAL_EXIT_OK;
    if (status != CENTRAL_EXIT_OK) {
        g_printerr(
            "coster-central: Nothing was imported: mend the rows named above and try again.\n");
    }
    central_import_report_clear(&report);
    return status;
}

/* --- repricing ---------------------------------------------------------------------------- */

int central_admin_reprice(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    int64_t at_ms = central_admin_now_ms();
    int changes = 0;
    if (options->at && !pos_instant_parse(options->at, &at_ms)) {
        return central_admin_usage(_("--at is a time like 2026-11-23T09:00:00+09:00, not “%s”."),
                                   options->at);
    }
    g_autoptr(CentralStore) store =
        central_admin_open(options, options->dry_run ? CENTRAL_STORE_READ : CENTRAL_STORE_WRITE);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(json_t) report = json_array();
    if (!central_reprice_store(store, options->store, at_ms, options->dry_run, &changes, report,
                               &error)) {
        return central_admin_fail(error);
    }
    size_t i;
    json_t *lot;
    json_array_foreach(report, i, lot)
    {
        central_admin_print(json_incref(lot));
    }
    fprintf(stderr, options->dry_run ? _("%d prices would change.\n") : _("%d prices changed.\n"),
            changes);
    return CENTRAL_EXIT_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Decisions about goods: prices, pauses, recalls, places, products, orders, and what a delivery says of its lots. */
#include "sync/central_command_private.h"

#include "pos/bounds.h"
#include "pos/date.h"
#include "pos/error.h"
#include "pos/lot.h"
#include "pos/product.h"
#include "sync/central_price.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define PRIOR_PRICE_MS (30LL * 24 * 60 * 60 * 1000)
#define LOTS_MAX 1000

/* --- prices ----------------------------------------------------------------------------------- */

typedef struct {
    CommandRun *run;
    CentralPriceRules rules;
    const char *why;
    int64_t effective_ms; /* 0: now */
    bool hold;
} PriceSetting;

static bool is_outside(const json_t *bounds, int64_t price)
{
    int64_t floor = json_integer_value(json_object_get(bounds, "floor"));
    int64_t ceiling = json_integer_value(json_object_get(bounds, "ceiling"));
    return (floor > 0 && price < floor) || (ceiling > 0 && price > ceiling);
}

/* Takes over what the decision says of bounds and list price; 0 takes one away. */
static void set_bounds(json_t *value, const json_t *item)
{
    static const char *const MEMBERS[] = {"list_price", "floor", "ceiling"};
    for (gsize i = 0; i < G_N_ELEMENTS(MEMBERS); i++) {
        json_t *amount = json_object_get(item, MEMBERS[i]);
        if (amount && json_integer_value(amount) == 0) {
            json_object_del(value, MEMBERS[i]);
        } else if (amount) {
            json_object_set(value, MEMBERS[i], amount);
        }
    }
}

/* The value after the decision: in force at once as far as the price promise allows, or waiting for its time. */
static json_t *next_price(const PriceSetting *setting, const json_t *old, const char *log_key,
                          int64_t price, GError **error)
{
    CommandRun *run = setting->run;
    int64_t prior = 0;
    if (setting->effective_ms > run->now_ms && old) {
        json_t *settled =
            central_price_settle(old, run->now_ms, setting->rules.hold_ms, setting->rules.zone);
        json_t *value = settled ? settled : json_deep_copy(old);
        g_autofree char *at = pos_instant_format(setting->effective_ms, setting->rules.zone);
        json_object_set_new(value, "next",
                            json_pack("[{s:I, s:s, s:s}]", "price", (json_int_t)price,
                                      "effective_at", at, "why", setting->why));
        return value;
    }
    if (!central_store_price_lowest(run->store, run->store_id, log_key,
                                    run->now_ms - PRIOR_PRICE_MS, run->now_ms, &prior, error)) {
        return NULL;
    }
    return central_price_next(old, price, run->now_ms, setting->rules.hold_ms,
                              setting->rules.rise_lead_ms, prior, setting->why,
                              setting->rules.zone);
}

static bool set_one_price(const PriceSetting *setting, const char *key, const json_t *item,
                          GError **error)
{
    const char *gtin = central_command_text(item, "gtin");
    int64_t price = json_integer_value(json_object_get(item, "price"));
    g_autoptr(json_t) own = central_command_value(setting->run, "price", key);
    g_autoptr(json_t) product_price =
        own ? NULL : central_command_value(setting->run, "price", gtin);
    const json_t *old = own ? own : product_price;
    g_autoptr(json_t) bounds = old ? json_deep_copy(old) : json_object();
    set_bounds(bounds, item);
    if (is_outside(bounds, price)) {
        return central_command_refuse(
            error, _("The price %" PRId64 " of “%s” is outside its floor and ceiling."), price,
            key);
    }
    json_t *value = next_price(setting, old, own ? key : gtin, price, error);
    if (!value) {
        return false;
    }
    set_bounds(value, item);
    if (setting->hold) {
        json_object_set_new(value, "paused", json_true());
    }
    central_command_change(setting->run, "price", key, value);
    return true;
}

static bool names_item(const json_t *record, const char *key)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(record, "items"), i, item)
    {
        g_autofree char *own = pos_manage_item_key(item);
        if (strcmp(own, key) == 0) {
            return true;
        }
    }
    return false;
}

/* Lots that have a price of their own follow a new price of their product: those at the product's price move with it,
 * those that were marked down keep their cut and learn the new list price. */
static bool follow_lots(const PriceSetting *setting, const json_t *before, const json_t *item,
                        GError **error)
{
    CommandRun *run = setting->run;
    int64_t was = 0, since_ms, price = json_integer_value(json_object_get(item, "price"));
    g_autofree char *prefix = g_strconcat(central_command_text(item, "gtin"), "/", NULL);
    g_autoptr(GPtrArray) keys =
        central_store_feed_keys(run->store, run->store_id, "price", prefix, LOTS_MAX, error);
    if (!keys || !before || !central_price_in_force(before, &was, &since_ms)) {
        return keys != NULL;
    }
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        g_autoptr(json_t) held = central_command_value(run, "price", key);
        int64_t own = 0;
        if (!held || names_item(run->record, key) || json_object_get(held, "paused") ||
            !central_price_in_force(held, &own, &since_ms)) {
            continue;
        }
        json_t *value =
            own == was ? next_price(setting, held, key, price, error) : json_deep_copy(held);
        if (!value) {
            return false;
        }
        set_bounds(value, item);
        central_command_change(run, "price", key, value);
    }
    return true;
}

static bool set_item(const PriceSetting *setting, const json_t *item, GError **error)
{
    const char *gtin = central_command_text(item, "gtin");
    g_autofree char *key = pos_manage_item_key(item);
    g_autoptr(json_t) product = central_command_value(setting->run, "product", gtin);
    if (!product) {
        return central_command_refuse(error, _("The store has no product %s; add it first."), gtin);
    }
    if (json_object_get(item, "lot")) {
        return set_one_price(setting, key, item, error);
    }
    g_autoptr(json_t) before = central_command_value(setting->run, "price", gtin);
    return set_one_price(setting, key, item, error) && follow_lots(setting, before, item, error);
}

bool central_command_price_set(CommandRun *run, GError **error)
{
    PriceSetting setting = {.run = run,
                            .why = central_command_text(run->record, "why"),
                            .hold = json_is_true(json_object_get(run->record, "hold"))};
    pos_instant_parse(central_command_text(run->record, "effective_at"), &setting.effective_ms);
    central_price_rules(run->store, run->store_id, &setting.rules);
    const json_t *items = json_object_get(run->record, "items");
    bool good = true;
    for (gsize i = 0; i < json_array_size(items) && good; i++) {
        good = !run->newest[i] || set_item(&setting, json_array_get(items, i), error);
    }
    central_price_rules_clear(&setting.rules);
    return good;
}

static bool pause_category(CommandRun *run, const char *category, bool paused)
{
    json_t *value = central_command_value(run, "setting", "pricing");
    value = value ? value : json_object();
    json_t *list = json_array();
    size_t i;
    json_t *held;
    json_array_foreach(json_object_get(value, "paused_categories"), i, held)
    {
        if (g_strcmp0(json_string_value(held), category) != 0) {
            json_array_append(list, held);
        }
    }
    if (paused) {
        json_array_append_new(list, json_string(category));
    }
    json_object_set_new(value, "paused_categories", list);
    central_command_change(run, "setting", "pricing", value);
    return true;
}

bool central_command_price_pause(CommandRun *run, GError **error)
{
    bool paused = json_is_true(json_object_get(run->record, "paused"));
    const char *category = central_command_text(run->record, "category");
    const char *gtin = central_command_text(run->record, "gtin");
    if (*category) {
        return pause_category(run, category, paused);
    }
    if (!*gtin) {
        json_t *value = central_command_value(run, "setting", "pricing");
        value = value ? value : json_object();
        json_object_set_new(value, "enabled", json_boolean(!paused));
        central_command_change(run, "setting", "pricing", value);
        return true;
    }
    g_autofree char *key = pos_manage_item_key(run->record);
    json_t *value = central_command_value(run, "price", key);
    value = value ? value : central_command_value(run, "price", gtin);
    if (!value) {
        return central_command_refuse(error, _("“%s” has no price to pause."), key);
    }
    if (paused) {
        json_object_set_new(value, "paused", json_true());
    } else {
        json_object_del(value, "paused");
    }
    central_command_change(run, "price", key, value);
    return true;
}

/* --- recalls and places ------------------------------------------------------------------------- */

bool central_command_recall(CommandRun *run, GError **error)
{
    g_autofree char *key = pos_manage_item_key(run->record);
    g_auto(CentralPriceRules) rules = {0};
    central_price_rules(run->store, run->store_id, &rules);
    g_autoptr(json_t) settings = central_command_value(run, "setting", "store");
    const char *language = central_command_text(settings, "language");
    const char *status = central_command_text(run->record, "status");
    const char *reason = central_command_text(run->record, "reason");
    const char *action = central_command_text(run->record, "action");
    g_autofree char *since = pos_instant_format(run->when->at_ms, rules.zone);
    json_t *value =
        json_pack("{s:s, s:s}", "since", since, "status", *status ? status : "recalled");
    if (*reason) {
        json_object_set_new(value, "reason",
                            json_pack("{s:s}", *language ? language : "en", reason));
    }
    if (*action) {
        json_object_set_new(value, "action", json_string(action));
    }
    central_command_change(run, "recall", key, value);
    return true;
}

bool central_command_recall_lift(CommandRun *run, GError **error)
{
    g_autofree char *key = pos_manage_item_key(run->record);
    g_autoptr(json_t) held = central_command_value(run, "recall", key);
    if (!held) {
        return central_command_refuse(error, _("“%s” is not stopped."), key);
    }
    central_command_change(run, "recall", key, NULL);
    return true;
}

bool central_command_move(CommandRun *run, GError **error)
{
    g_autofree char *key = pos_manage_item_key(run->record);
    json_t *value = central_command_value(run, "lot", key);
    if (!value) {
        return central_command_refuse(error, _("The store has no lot “%s”."), key);
    }
    json_object_set(value, "place", json_object_get(run->record, "place"));
    central_command_change(run, "lot", key, value);
    return true;
}

/* --- products ----------------------------------------------------------------------------------- */

/* A new product may come with its first price; the price of one that has one is a decision of its own. */
static bool set_product(CommandRun *run, const json_t *item, GError **error)
{
    const char *gtin = central_command_text(item, "gtin");
    json_t *value = central_command_value(run, "product", gtin);
    value = value ? value : json_object();
    json_object_update(value, json_object_get(item, "product"));
    g_autoptr(PosProduct) read = pos_product_from_json(gtin, value, error);
    if (!read) {
        json_decref(value);
        return false;
    }
    central_command_change(run, "product", gtin, value);
    const json_t *price = json_object_get(item, "price");
    g_autoptr(json_t) held = central_command_value(run, "price", gtin);
    if (!price || held) {
        return true;
    }
    g_auto(CentralPriceRules) rules = {0};
    central_price_rules(run->store, run->store_id, &rules);
    central_command_change(run, "price", gtin,
                           central_price_next(NULL, json_integer_value(price), run->now_ms,
                                              rules.hold_ms, 0, 0, NULL, rules.zone));
    return true;
}

bool central_command_product_set(CommandRun *run, GError **error)
{
    const json_t *items = json_object_get(run->record, "items");
    for (gsize i = 0; i < json_array_size(items); i++) {
        if (run->newest[i] && !set_product(run, json_array_get(items, i), error)) {
            return false;
        }
    }
    return true;
}

bool central_command_product_remove(CommandRun *run, GError **error)
{
    const char *gtin = central_command_text(run->record, "gtin");
    g_autoptr(json_t) held = central_command_value(run, "product", gtin);
    if (!held) {
        return central_command_refuse(error, _("The store has no product %s."), gtin);
    }
    central_command_change(run, "product", gtin, NULL);
    central_command_change(run, "price", gtin, NULL);
    return true;
}

/* --- orders and deliveries ------------------------------------------------------------------------ */

bool central_command_order(CommandRun *run, GError **error)
{
    const char *id = central_command_text(run->record, "order");
    json_t *value = central_command_value(run, "order", id);
    if (json_is_true(json_object_get(run->record, "cancelled"))) {
        if (!value) {
            return central_command_refuse(error, _("There is no order “%s”."), id);
        }
        json_object_set_new(value, "status", json_string("cancelled"));
        central_command_change(run, "order", id, value);
        return true;
    }
    json_decref(value);
    value = json_pack("{s:O, s:O, s:s}", "due", json_object_get(run->record, "due"), "items",
                      json_object_get(run->record, "items"), "status", "open");
    if (json_object_get(run->record, "supplier")) {
        json_object_set(value, "supplier", json_object_get(run->record, "supplier"));
    }
    central_command_change(run, "order", id, value);
    return true;
}

static void copy_members(json_t *to, const json_t *from, const char *const *members)
{
    for (; *members; members++) {
        if (json_object_get(from, *members)) {
            json_object_set(to, *members, json_object_get(from, *members));
        }
    }
}

/* What a delivery says of a lot becomes the lot, unless a till could not read it. */
static void receive_lot(CommandRun *run, const json_t *line, GTimeZone *zone)
{
    static const char *const MEMBERS[] = {"best_before", "use_by",    "origin", "origin_country",
                                          "unit",        "unit_cost", "place",  "cold_chain",
                                          "sscc",        NULL};
    const char *gtin = central_command_text(line, "gtin");
    const char *lot = central_command_text(line, "lot");
    g_autofree char *key = g_strconcat(gtin, "/", lot, NULL);
    g_autoptr(GError) why = NULL;
    if (!*lot) {
        return;
    }
    g_autoptr(json_t) value = central_command_value(run, "lot", key);
    if (!value) {
        g_autofree char *day = pos_date_format(pos_date_of_instant(run->when->at_ms, zone));
        value = json_pack("{s:s}", "received", day);
    }
    copy_members(value, line, MEMBERS);
    int64_t delivered = json_integer_value(json_object_get(value, "delivered")) +
                        json_integer_value(json_object_get(line, "qty"));
    json_object_set_new(value, "delivered", json_integer(delivered));
    g_autoptr(PosLot) read = pos_lot_from_json(gtin, lot, value, &why);
    if (read) {
        central_command_change(run, "lot", key, json_incref(value));
    }
}

/* Counts towards the order; one that is whole, or was closed by the receiver, is no longer expected. */
static void receive_order(CommandRun *run, const json_t *lines)
{
    const char *id = central_command_text(run->record, "order");
    json_t *order = *id ? central_command_value(run, "order", id) : NULL;
    bool whole = true;
    if (!order) {
        return;
    }
    size_t i, l;
    json_t *item, *line;
    json_array_foreach(json_object_get(order, "items"), i, item)
    {
        int64_t received = json_integer_value(json_object_get(item, "received"));
        json_array_foreach((json_t *)lines, l, line)
        {
            if (strcmp(central_command_text(line, "gtin"), central_command_text(item, "gtin")) ==
                0) {
                received += json_integer_value(json_object_get(line, "qty"));
            }
        }
        json_object_set_new(item, "received", json_integer(received));
        whole = whole && received >= json_integer_value(json_object_get(item, "qty"));
    }
    if (whole || json_is_true(json_object_get(run->record, "order_closed"))) {
        json_object_set_new(order, "status", json_string("received"));
    }
    central_command_change(run, "order", id, order);
}

bool central_command_received(CommandRun *run, GError **error)
{
    (void)error;
    g_auto(CentralPriceRules) rules = {0};
    central_price_rules(run->store, run->store_id, &rules);
    const json_t *lines = json_object_get(run->record, "lines");
    g_autoptr(json_t) alone = json_is_array(lines) ? NULL : json_pack("[O]", (json_t *)run->record);
    lines = alone ? alone : lines;
    for (gsize i = 0; i < json_array_size(lines); i++) {
        receive_lot(run, json_array_get(lines, i), rules.zone);
    }
    receive_order(run, lines);
    return true;
}

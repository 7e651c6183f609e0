/* SPDX-License-Identifier: GPL-3.0-or-later
 * A sheet of products: a dry run that says what would come of it, and the decisions that make it so. New products come with their
 * price; a price that differs from the present one is drafted, never live. */
#include "ui/manage_desk_private.h"

#include "pos/bounds.h"
#include "pos/manage_command.h"
#include "pos/manage_import.h"
#include "pos/price.h"
#include "pos/product.h"
#include "pos/store_manage.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ITEMS_AT_ONCE 100
#define DECISION_BYTES_MAX (24 * 1024) /* a record holds twice as much, also when it is adopted */
#define BATCH "import"
#define ROWS_SHOWN 200

typedef struct {
    int added, changed, same, prices;
    json_t *decide; /* items that are new or changed */
    json_t *drafts; /* items of which the price is another */
    json_t *rows;   /* the first ones, for looking at */
} Plan;

static bool is_part_of(const json_t *value, const json_t *held)
{
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member)
    {
        if (!json_equal(member, json_object_get(held, key))) {
            return false;
        }
    }
    return true;
}

static void plan_item(UiManageDesk *desk, json_t *item, Plan *plan)
{
    const char *gtin = ui_manage_text(item, "gtin");
    const json_t *product = json_object_get(item, "product");
    g_autoptr(json_t) held = pos_store_feed_item(desk->store, "product", gtin);
    g_autoptr(PosPrice) price = pos_store_price(desk->store, gtin, NULL);
    int64_t wanted = json_integer_value(json_object_get(item, "price"));
    bool is_same = held != NULL && is_part_of(product, held);
    bool other_price = price != NULL && price->price.minor != wanted;
    const char *what = held == NULL ? "new" : !is_same ? "changed" : other_price ? "price" : "same";
    plan->added += held == NULL;
    plan->changed += held != NULL && !is_same;
    plan->same += is_same && !other_price;
    plan->prices += other_price;
    if (!is_same || price == NULL) {
        json_array_append(plan->decide, item);
    }
    if (other_price) {
        json_array_append(plan->drafts, item);
    }
    if (json_array_size(plan->rows) < ROWS_SHOWN) {
        const json_t *names = json_object_get(product, "names");
        void *first = json_object_iter((json_t *)names);
        json_array_append_new(plan->rows,
                              json_pack("{s:s, s:s, s:I, s:s, s:s}", "gtin", gtin, "name",
                                        json_string_value(json_object_iter_value(first)), "price",
                                        (json_int_t)wanted, "unit", ui_manage_text(product, "unit"),
                                        "what", what));
    }
}

static json_t *faults_to_json(const PosImport *import)
{
    json_t *faults = json_array();
    for (guint i = 0; i < import->faults->len; i++) {
        const PosImportFault *fault = g_ptr_array_index(import->faults, i);
        json_array_append_new(faults, json_pack("{s:i, s:s, s:s}", "line", fault->line, "column",
                                                fault->column, "reason", fault->reason));
    }
    return faults;
}

/* One decision; NULL when it was written, else the refusal. */
static json_t *decide(UiManageDesk *desk, json_t *items)
{
    g_autoptr(json_t) decision = json_pack("{s:s, s:O}", "command", "product_set", "items", items);
    json_t *event = ui_manage_decide(desk, decision);
    if (strcmp(ui_manage_text(event, "event"), "written") == 0) {
        json_decref(event);
        return NULL;
    }
    return event;
}

static json_t *apply(UiManageDesk *desk, const Plan *plan)
{
    g_autoptr(json_t) items = json_array();
    gsize bytes = 0;
    for (gsize i = 0; i < json_array_size(plan->decide); i++) {
        json_t *item = json_array_get(plan->decide, i);
        gsize size = json_dumpb(item, NULL, 0, JSON_COMPACT);
        if (json_array_size(items) == ITEMS_AT_ONCE || bytes + size > DECISION_BYTES_MAX) {
            json_t *refusal = decide(desk, items);
            if (refusal != NULL) {
                return refusal;
            }
            json_array_clear(items);
            bytes = 0;
        }
        json_array_append(items, item);
        bytes += size;
    }
    for (gsize i = 0; i < json_array_size(plan->drafts); i++) {
        g_autoptr(GError) error = NULL;
        const json_t *item = json_array_get(plan->drafts, i);
        int64_t price = json_integer_value(json_object_get(item, "price"));
        if (!pos_store_draft_put(desk->store, BATCH, ui_manage_text(item, "gtin"), "", price, price,
                                 &error)) {
            return ui_manage_refused(error->message);
        }
    }
    return json_array_size(items) == 0 ? NULL : decide(desk, items);
}

json_t *ui_manage_import(UiManageDesk *desk, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    g_auto(PosStoreSettings) settings = {0};
    const json_t *text = json_object_get(request, "text");
    bool applies = json_is_true(json_object_get(request, "apply"));
    if (!json_is_string(text)) {
        return ui_manage_refused(_("The sheet's text is missing."));
    }
    if (!pos_store_settings(desk->store, &settings, &error)) {
        return ui_manage_refused(error->message);
    }
    g_autoptr(PosImport) import = pos_import_read(json_string_value(text), json_string_length(text),
                                                  &settings.currency, settings.language, &error);
    if (import == NULL) {
        return ui_manage_refused(error->message);
    }
    g_autoptr(json_t) to_decide = json_array();
    g_autoptr(json_t) drafts = json_array();
    Plan plan = {.decide = to_decide, .drafts = drafts, .rows = json_array()};
    size_t i;
    json_t *item;
    json_array_foreach(import->items, i, item)
    {
        plan_item(desk, item, &plan);
    }
    json_t *refusal = applies ? apply(desk, &plan) : NULL;
    if (refusal != NULL) {
        json_decref(plan.rows);
        return refusal;
    }
    if (applies && desk->sync != NULL) {
        sync_client_wake(desk->sync);
    }
    return json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:o, s:o, s:b}", "event", "import",
                     "kind", pos_import_kind_name(import->kind), "rows", import->rows, "added",
                     plan.added, "changed", plan.changed, "same", plan.same, "prices", plan.prices,
                     "faults", faults_to_json(import), "items", plan.rows, "applied", applies);
}

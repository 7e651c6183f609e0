/* SPDX-License-Identifier: GPL-3.0-or-later
 * The manager's desk: one object in, one object out. What always holds: nothing is asked of the store before somebody who
 * may has logged in, and a decision is on disk before it is answered. */
#include "ui/manage_desk_private.h"

#include "pos/bounds.h"
#include "pos/clock.h"
#include "pos/freshness.h"
#include "pos/manage.h"
#include "pos/store_manage.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FEED_ITEMS_MAX 100000
#define SYNC_S_DEFAULT 10

int64_t ui_manage_now_ms(void)
{
    const PosClock *clock = pos_clock_system();
    return clock->wall_ms(clock->user);
}

static json_t *event_new(const char *name)
{
    return json_pack("{s:s}", "event", name);
}

json_t *ui_manage_refused(const char *message)
{
    return json_pack("{s:s, s:s}", "event", "refused", "message", message);
}

const char *ui_manage_text(const json_t *object, const char *member)
{
    const char *value = json_string_value(json_object_get(object, member));
    return value == NULL ? "" : value;
}

/* --- one request ------------------------------------------------------------------------------------- */

static json_t *do_login(UiManageDesk *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PosOperator) operator_ =
        pos_manage_log_in(session->store, ui_manage_text(request, "operator"),
                          ui_manage_text(request, "pin"), &error);
    if (operator_ == NULL) {
        return ui_manage_refused(error->message);
    }
    g_free(session->operator_id);
    session->operator_id = g_strdup(operator_->id);
    return json_pack("{s:s, s:s, s:s, s:s}", "event", "login", "operator", operator_->id, "name",
                     operator_->name, "role", operator_->role);
}

static json_t *written(UiManageDesk *session, const PosRecord *record)
{
    g_autofree char *hash = pos_hash_to_hex(&record->hash);
    if (session->sync != NULL) {
        sync_client_wake(session->sync);
    }
    return json_pack("{s:s, s:I, s:s}", "event", "written", "seq", (json_int_t)record->seq, "hash",
                     hash);
}

/* The request's members without those that are ours. */
static json_t *members_of(const json_t *request)
{
    json_t *fields = json_deep_copy(request);
    json_object_del(fields, "do");
    json_object_del(fields, "id");
    json_object_del(fields, "operator");
    return fields;
}

json_t *ui_manage_decide(UiManageDesk *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    g_auto(PosRecord) record = {0};
    g_autoptr(json_t) fields = members_of(request);
    if (!pos_manage_write(session->store, session->operator_id, fields, ui_manage_now_ms(), &record,
                          &error)) {
        return ui_manage_refused(error->message);
    }
    return written(session, &record);
}

static json_t *do_stock_record(UiManageDesk *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    g_auto(PosRecord) record = {0};
    g_autoptr(json_t) fields = members_of(request);
    const char *verb = ui_manage_text(request, "do");
    const char *type = strcmp(verb, "receive") == 0 ? "stock_received"
                       : strcmp(verb, "count") == 0 ? "stock_counted"
                                                    : "write_off";
    if (!pos_manage_write_stock(session->store, session->operator_id, type, fields,
                                ui_manage_now_ms(), &record, &error)) {
        return ui_manage_refused(error->message);
    }
    return written(session, &record);
}

static json_t *do_report(UiManageDesk *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *why = NULL;
    int64_t at_ms = 0, now = ui_manage_now_ms();
    bool fresh = false;
    if (!pos_manage_may(session->store, session->operator_id, POS_MAY_SEE_FIGURES, &error)) {
        return ui_manage_refused(error->message);
    }
    json_t *report = sync_reports_get(session->reports, ui_manage_text(request, "name"), now,
                                      &at_ms, &fresh, &why, &error);
    if (report == NULL) {
        return ui_manage_refused(error->message);
    }
    json_t *event = json_pack("{s:s, s:s, s:o, s:b, s:I}", "event", "report", "name",
                              ui_manage_text(request, "name"), "report", report, "fresh", fresh,
                              "age_s", (json_int_t)((now - at_ms) / 1000));
    if (why != NULL) {
        json_object_set_new(event, "message", json_string(why));
    }
    return event;
}

static json_t *do_stock(UiManageDesk *session, const json_t *request)
{
    (void)request;
    g_autoptr(GError) error = NULL;
    return sync_reports_stock(session->reports, &error) ? event_new("stock")
                                                        : ui_manage_refused(error->message);
}

static PosInventoryOrder order_of(const char *word)
{
    static const char *const words[POS_INVENTORY_ORDERS] = {
        "name",         "lot",  "category", "on_hand", "cover",
        "sell_through", "date", "colour",   "value",   "price"};
    for (int i = 0; i < POS_INVENTORY_ORDERS; i++) {
        if (strcmp(word, words[i]) == 0) {
            return (PosInventoryOrder)i;
        }
    }
    return POS_INVENTORY_BY_NAME;
}

static json_t *row_to_json(const PosInventoryRow *row)
{
    g_autofree char *last = pos_date_format(row->last_day);
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:i, s:s, s:s, s:I, s:I}", "gtin", row->gtin,
                     "lot", row->lot, "name", row->name, "category", row->category, "on_hand",
                     (json_int_t)row->on_hand, "cover_tenths", (json_int_t)row->cover_tenths,
                     "sell_through_bp", row->sell_through_bp, "last_day", last, "colour",
                     pos_freshness_code((PosFreshnessColour)row->colour), "value",
                     (json_int_t)row->value, "price", (json_int_t)row->price);
}

static json_t *do_inventory(UiManageDesk *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GTimeZone) zone = pos_store_zone(session->store);
    int64_t now = ui_manage_now_ms(), limit = json_integer_value(json_object_get(request, "limit"));
    const char *category = json_string_value(json_object_get(request, "category"));
    PosInventoryQuery query = {.text = ui_manage_text(request, "text"),
                               .category = category,
                               .colour = -1,
                               .in_stock = json_is_true(json_object_get(request, "in_stock")),
                               .order = order_of(ui_manage_text(request, "order")),
                               .descending = json_is_true(json_object_get(request, "descending"))};
    g_autoptr(GArray) ids = NULL;
    if (pos_store_inventory_rebuild(session->store, NULL, pos_date_of_instant(now, zone), now,
                                    &error)) {
        ids = pos_store_inventory_find(session->store, &query, &error);
    }
    if (ids == NULL) {
        return ui_manage_refused(error->message);
    }
    json_t *rows = json_array();
    for (guint i = 0; i < ids->len && (limit <= 0 || i < (guint)limit); i++) {
        PosInventoryRow *row =
            pos_store_inventory_row(session->store, g_array_index(ids, int64_t, i));
        json_array_append_new(rows, row_to_json(row));
        pos_inventory_row_free(row);
    }
    return json_pack("{s:s, s:i, s:o}", "event", "inventory", "count", (int)ids->len, "rows", rows);
}

static json_t *do_feed(UiManageDesk *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    json_t *items = pos_store_feed_kind(session->store, ui_manage_text(request, "kind"),
                                        FEED_ITEMS_MAX, &error);
    if (items == NULL) {
        return ui_manage_refused(error->message);
    }
    for (void *at = json_object_iter(items); at; at = json_object_iter_next(items, at)) {
        json_object_del(json_object_iter_value(at), "pin");
        json_object_del(json_object_iter_value(at), "badge");
    }
    return json_pack("{s:s, s:o}", "event", "feed", "items", items);
}

/* Adds to a draft, drops it, or makes the decision of it. */
static json_t *do_draft(UiManageDesk *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    const char *batch = ui_manage_text(request, "batch");
    const json_t *price = json_object_get(request, "price");
    const json_t *list = json_object_get(request, "list_price");
    bool fine = true;
    if (json_is_integer(price)) {
        fine = pos_store_draft_put(session->store, batch, ui_manage_text(request, "gtin"),
                                   ui_manage_text(request, "lot"), json_integer_value(price),
                                   json_is_integer(list) ? json_integer_value(list) : -1, &error);
    }
    g_autoptr(json_t) items = fine ? pos_store_draft(session->store, batch, &error) : NULL;
    if (items == NULL) {
        return ui_manage_refused(error->message);
    }
    if (json_is_true(json_object_get(request, "approve"))) {
        g_autoptr(json_t) decision = members_of(request);
        json_object_del(decision, "approve");
        json_object_set_new(decision, "command", json_string("price_set"));
        json_object_set(decision, "items", items);
        json_t *event = ui_manage_decide(session, decision);
        if (strcmp(ui_manage_text(event, "event"), "written") == 0 &&
            !pos_store_draft_drop(session->store, batch, &error)) {
            g_message("The draft stays: %s", error->message);
        }
        return event;
    }
    if (json_is_true(json_object_get(request, "drop")) &&
        !pos_store_draft_drop(session->store, batch, &error)) {
        return ui_manage_refused(error->message);
    }
    return json_pack("{s:s, s:s, s:O}", "event", "draft", "batch", batch, "items", items);
}

/* Who may log in: no secrets, so before the log-in. */
static json_t *do_people(UiManageDesk *session, const json_t *request)
{
    (void)request;
    g_autoptr(GPtrArray) operators = pos_store_operators(session->store);
    json_t *rows = json_array();
    for (guint i = 0; i < operators->len; i++) {
        const PosOperator *operator_ = g_ptr_array_index(operators, i);
        PosRole role = pos_store_role(session->store, operator_->role);
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:b}", "operator", operator_->id,
                                              "name", operator_->name, "role", operator_->role,
                                              "manages", pos_role_may(&role, POS_MAY_SEE_FIGURES)));
    }
    return json_pack("{s:s, s:o}", "event", "people", "rows", rows);
}

static json_t *do_sync(UiManageDesk *session, const json_t *request)
{
    g_autofree char *why = NULL;
    const json_t *given = json_object_get(request, "timeout");
    int64_t timeout_s = json_is_integer(given) ? json_integer_value(given) : SYNC_S_DEFAULT;
    int64_t acked = 0, version = 0;
    if (session->sync == NULL ||
        !sync_client_wait(session->sync, CLAMP(timeout_s, 0, 3600) * 1000, &why)) {
        return ui_manage_refused(why != NULL ? why : _("The central service cannot be reached."));
    }
    if (!pos_store_acked_get(session->store, &acked, NULL) ||
        !pos_store_feed_version(session->store, &version, NULL, NULL)) {
        return ui_manage_refused(_("The terminal's folder cannot be read."));
    }
    return json_pack("{s:s, s:I, s:I}", "event", "synced", "acked", (json_int_t)acked,
                     "feed_version", (json_int_t)version);
}

static const struct {
    const char *verb;
    bool needs_login;
    json_t *(*run)(UiManageDesk *session, const json_t *request);
} VERBS[] = {{"login", false, do_login},
             {"command", true, ui_manage_decide},
             {"write_off", true, do_stock_record},
             {"receive", true, do_stock_record},
             {"count", true, do_stock_record},
             {"report", true, do_report},
             {"stock", true, do_stock},
             {"inventory", true, do_inventory},
             {"feed", true, do_feed},
             {"draft", true, do_draft},
             {"sync", false, do_sync},
             {"people", false, do_people},
             {"header", false, ui_manage_header},
             {"morning", true, ui_manage_morning},
             {"advice", true, ui_manage_advice},
             {"operator", true, ui_manage_operator},
             {"code", true, ui_manage_code},
             {"import", true, ui_manage_import}};

json_t *ui_manage_desk_answer(UiManageDesk *session, const json_t *request)
{
    const char *verb = ui_manage_text(request, "do");
    for (gsize i = 0; i < G_N_ELEMENTS(VERBS); i++) {
        if (strcmp(VERBS[i].verb, verb) == 0) {
            return VERBS[i].needs_login && session->operator_id == NULL
                       ? ui_manage_refused(
                             _("Log in first: {\"do\":\"login\",\"operator\":…,\"pin\":…}."))
                       : VERBS[i].run(session, request);
        }
    }
    g_autofree char *sentence = g_strdup_printf(_("There is no command “%s”."), verb);
    return ui_manage_refused(sentence);
}

/* --- life ---------------------------------------------------------------------------------------------- */

UiManageDesk *ui_manage_desk_open(const char *dir, bool offline, SyncClientNotify notify,
                                  void *user, GError **error)
{
    UiManageDesk *desk = g_new0(UiManageDesk, 1);
    g_auto(PosIdentity) identity = {0};
    desk->lock = pos_store_lock(dir, error);
    desk->store = desk->lock == NULL ? NULL : pos_store_open(dir, POS_STORE_WRITE, error);
    bool fine = desk->store != NULL && pos_store_identity_get(desk->store, &identity, error);
    if (fine && *identity.terminal != '\0') {
        if (!offline) {
            desk->sync = sync_client_start(dir, notify, user, error);
        }
        fine = (offline || desk->sync != NULL) &&
               (desk->reports = sync_reports_new(desk->sync, desk->store, error)) != NULL;
    }
    if (!fine) {
        ui_manage_desk_close(desk);
        return NULL;
    }
    return desk;
}

bool ui_manage_desk_is_enrolled(const UiManageDesk *desk)
{
    return desk->reports != NULL;
}

PosStore *ui_manage_desk_store(UiManageDesk *desk)
{
    return desk->store;
}

SyncReports *ui_manage_desk_reports(UiManageDesk *desk)
{
    return desk->reports;
}

void ui_manage_desk_close(UiManageDesk *desk)
{
    if (desk == NULL) {
        return;
    }
    sync_reports_free(desk->reports);
    sync_client_stop(desk->sync);
    pos_store_close(desk->store);
    if (desk->lock != NULL) {
        pos_store_unlock(desk->lock);
    }
    g_free(desk->operator_id);
    g_free(desk);
}

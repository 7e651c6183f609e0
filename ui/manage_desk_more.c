/* SPDX-License-Identifier: GPL-3.0-or-later
 * The desk's answers that put several things together: what the header shows, the morning, people, codes. */
#include "ui/manage_desk_private.h"

#include "pos/bounds.h"
#include "pos/clock.h"
#include "pos/manage.h"
#include "pos/store_manage.h"
#include "pos/till.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define RECORDS_AT_ONCE 500
#define SNOOZES_MAX 10000
#define CODE_VALID_S (24 * 60 * 60)

/* --- the header ------------------------------------------------------------------------------------------ */

static const char *link_word(const UiManageDesk *desk, char **out_fault)
{
    static const char *const words[] = {"connecting", "online", "offline", "refused", "forked"};
    if (desk->sync == NULL) {
        return "offline";
    }
    return words[sync_client_link(desk->sync, out_fault)];
}

json_t *ui_manage_header(UiManageDesk *desk, const json_t *request)
{
    (void)request;
    g_autoptr(GError) error = NULL;
    g_auto(PosTillStatus) status = {0};
    g_autofree char *fault = NULL;
    if (!pos_till_status(desk->store, pos_clock_system(), &status, &error)) {
        return ui_manage_refused(error->message);
    }
    const char *link = link_word(desk, &fault);
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:s}", "event", "header", "link", link,
                     "fault",
                     fault != NULL  ? fault
                     : status.fault ? status.fault
                                    : "",
                     "unsent", (json_int_t)status.unsent, "unsent_since_ms",
                     (json_int_t)pos_store_unsent_since_ms(desk->store), "feed_version",
                     (json_int_t)status.feed_version, "prices_age_s",
                     (json_int_t)status.prices_age_s, "terminal", status.terminal);
}

/* --- the morning ------------------------------------------------------------------------------------------ */

/* What this terminal's own records since `since_ms` say of exceptions: key to the decision's name ("snooze" with its time as
 * "snooze 2026-…"). Owned. */
static GHashTable *decided_since(UiManageDesk *desk, int64_t since_ms)
{
    GHashTable *decided = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    int64_t seq = 0;
    PosHash head;
    if (!pos_store_journal_head(desk->store, &seq, &head, NULL)) {
        return decided;
    }
    bool goes_on = true;
    for (int64_t until = seq; until > 0 && goes_on; until -= RECORDS_AT_ONCE) {
        int64_t from = MAX(until - RECORDS_AT_ONCE + 1, 1);
        g_autoptr(GPtrArray) records =
            pos_store_journal_read(desk->store, from, (gsize)(until - from + 1), G_MAXSIZE, NULL);
        for (guint i = records == NULL ? 0 : records->len; i-- > 0 && goes_on;) {
            const PosRecord *record = g_ptr_array_index(records, i);
            g_autoptr(json_t) object = json_loadb(record->line, record->length, 0, NULL);
            int64_t at_ms = 0;
            pos_instant_parse(ui_manage_text(object, "at"), &at_ms);
            goes_on = at_ms >= since_ms;
            const char *command = ui_manage_text(object, "command");
            bool snooze = strcmp(command, "snooze") == 0;
            const char *key = ui_manage_text(object, snooze ? "key" : "exception");
            if (goes_on && *key != '\0' && !g_hash_table_contains(decided, key)) {
                char *word = snooze ? g_strconcat("snooze ", ui_manage_text(object, "until"), NULL)
                                    : g_strdup(*command ? command : ui_manage_text(object, "type"));
                g_hash_table_insert(decided, g_strdup(key), word);
            }
        }
    }
    return decided;
}

static bool is_snoozed(const json_t *snoozes, GHashTable *decided, const char *key, int64_t now_ms)
{
    int64_t until_ms = 0;
    const char *own = g_hash_table_lookup(decided, key);
    const json_t *shared = json_object_get(snoozes, key);
    const char *until = own != NULL && g_str_has_prefix(own, "snooze ")
                            ? own + strlen("snooze ")
                            : ui_manage_text(shared, "until");
    return pos_instant_parse(until, &until_ms) && until_ms > now_ms;
}

/* Records that wait here are an exception of this terminal. */
static void add_unsent(UiManageDesk *desk, json_t *list, int64_t now_ms)
{
    g_auto(PosTillStatus) status = {0};
    int64_t since_ms = pos_store_unsent_since_ms(desk->store);
    if (since_ms > 0 && now_ms - since_ms > 60000 &&
        pos_till_status(desk->store, pos_clock_system(), &status, NULL)) {
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:i, s:I, s:I}", "kind", "unsent", "key",
                                        "unsent", "risk", 0, "count", (json_int_t)status.unsent,
                                        "since_ms", (json_int_t)since_ms));
    }
}

json_t *ui_manage_morning(UiManageDesk *desk, const json_t *request)
{
    (void)request;
    g_autoptr(GError) error = NULL;
    g_autofree char *why = NULL;
    int64_t at_ms = 0, now_ms = ui_manage_now_ms();
    bool fresh = false;
    g_autoptr(json_t) report =
        sync_reports_get(desk->reports, "morning", now_ms, &at_ms, &fresh, &why, &error);
    if (report == NULL) {
        return ui_manage_refused(error->message);
    }
    g_autoptr(json_t) snoozes = pos_store_feed_kind(desk->store, "snooze", SNOOZES_MAX, &error);
    g_autoptr(GHashTable) decided = decided_since(desk, at_ms - 5000);
    json_t *list = json_array();
    size_t i;
    json_t *entry;
    add_unsent(desk, list, now_ms);
    json_array_foreach(json_object_get(report, "exceptions"), i, entry)
    {
        const char *key = ui_manage_text(entry, "key");
        if (is_snoozed(snoozes, decided, key, now_ms)) {
            continue;
        }
        const char *what = g_hash_table_lookup(decided, key);
        if (what != NULL) {
            json_object_set_new(entry, "decided", json_string(what));
        }
        json_array_append(list, entry);
    }
    json_t *event =
        json_pack("{s:s, s:o, s:O, s:O, s:b, s:I}", "event", "morning", "exceptions", list, "risk",
                  json_object_get(report, "risk"), "saves", json_object_get(report, "saves"),
                  "fresh", fresh, "age_s", (json_int_t)((now_ms - at_ms) / 1000));
    if (why != NULL) {
        json_object_set_new(event, "message", json_string(why));
    }
    return event;
}

/* --- people and terminals ----------------------------------------------------------------------------------- */

json_t *ui_manage_operator(UiManageDesk *desk, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) decision = json_deep_copy(request);
    const char *pin = ui_manage_text(request, "pin");
    json_object_set_new(decision, "command", json_string("operator_set"));
    json_object_del(decision, "pin");
    if (*pin != '\0') {
        g_autofree char *hash = pos_manage_pin_hash(pin, &error);
        if (hash == NULL) {
            return ui_manage_refused(error->message);
        }
        json_object_set_new(decision, "pin", json_string(hash));
    }
    return ui_manage_decide(desk, decision);
}

json_t *ui_manage_code(UiManageDesk *desk, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    g_auto(PosIdentity) identity = {0};
    char hash[65];
    if (!pos_store_identity_get(desk->store, &identity, &error)) {
        return ui_manage_refused(error->message);
    }
    g_autofree char *code = pos_manage_new_code(identity.pin, hash);
    g_autoptr(json_t) decision =
        json_pack("{s:s, s:s, s:i, s:s}", "command", "enrol_code", "mode",
                  ui_manage_text(request, "mode"), "valid_s", CODE_VALID_S, "secret_hash", hash);
    json_t *event = ui_manage_decide(desk, decision);
    if (strcmp(ui_manage_text(event, "event"), "written") == 0) {
        json_object_set_new(event, "code", json_string(code));
        json_object_set_new(event, "url", json_string(identity.url));
    }
    return event;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The frame around every decision: rights, form, order, one version of the feed, and what became of it. */
#include "sync/central_command_private.h"

#include "pos/error.h"
#include "pos/role.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define AHEAD_MS (2 * 60 * 1000) /* a clock further ahead than this is not believed */

static const CommandCarry CARRY[POS_MANAGE_COUNT] = {
    [POS_MANAGE_PRICE_SET] = central_command_price_set,
    [POS_MANAGE_PRICE_PAUSE] = central_command_price_pause,
    [POS_MANAGE_RECALL] = central_command_recall,
    [POS_MANAGE_RECALL_LIFT] = central_command_recall_lift,
    [POS_MANAGE_MOVE] = central_command_move,
    [POS_MANAGE_SNOOZE] = central_command_snooze,
    [POS_MANAGE_ORDER] = central_command_order,
    [POS_MANAGE_OPERATOR_SET] = central_command_operator_set,
    [POS_MANAGE_OPERATOR_REMOVE] = central_command_operator_remove,
    [POS_MANAGE_SETTING_SET] = central_command_setting_set,
    [POS_MANAGE_PRODUCT_SET] = central_command_product_set,
    [POS_MANAGE_PRODUCT_REMOVE] = central_command_product_remove,
    [POS_MANAGE_TERMINAL_REVOKE] = central_command_terminal_revoke,
    [POS_MANAGE_ENROL_CODE] = central_command_enrol_code,
    [POS_MANAGE_INBOX_BOOK] = central_command_inbox_book,
    [POS_MANAGE_INBOX_CLOSE] = central_command_inbox_close,
};

/* --- shared with the other files ------------------------------------------------------------ */

void central_command_change(CommandRun *run, const char *kind, const char *key, json_t *value)
{
    char *own = g_strdup(key);
    g_ptr_array_add(run->owned, json_pack("{s:o?}", "v", value));
    json_t *holder = g_ptr_array_index(run->owned, run->owned->len - 1);
    json_object_set_new(holder, "k", json_string(own));
    g_free(own);
    CentralChange change = {kind, json_string_value(json_object_get(holder, "k")), value};
    for (guint i = 0; i < run->changes->len;
         i++) { /* of two about one item the last is published */
        CentralChange *held = &g_array_index(run->changes, CentralChange, i);
        if (strcmp(held->kind, kind) == 0 && strcmp(held->key, key) == 0) {
            *held = change;
            return;
        }
    }
    g_array_append_val(run->changes, change);
}

json_t *central_command_value(CommandRun *run, const char *kind, const char *key)
{
    for (guint i = run->changes->len; i-- > 0;) {
        const CentralChange *held = &g_array_index(run->changes, CentralChange, i);
        if (strcmp(held->kind, kind) == 0 && strcmp(held->key, key) == 0) {
            return held->value ? json_deep_copy(held->value) : NULL;
        }
    }
    return central_store_feed_value(run->store, run->store_id, kind, key, NULL);
}

bool central_command_refuse(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, POS_ERROR, POS_ERROR_INVALID, sentence);
    return false;
}

const char *central_command_text(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

bool central_command_may_publish(const char *type)
{
    return g_strcmp0(type, "command") == 0 || g_strcmp0(type, "stock_received") == 0 ||
           g_strcmp0(type, "adopted") == 0;
}

/* --- rights ----------------------------------------------------------------------------------- */

static bool may(CentralStore *store, const char *store_id, const char *terminal_id,
                const json_t *record, PosManageCommand command, BookingVerdict *verdict)
{
    g_auto(CentralTerminal) terminal = {0};
    bool is_manager = central_store_terminal_get(store, terminal_id, &terminal, NULL) &&
                      strcmp(terminal.mode, "manager") == 0;
    if (!is_manager) {
        return central_booking_object(
            verdict, "not_allowed",
            g_strdup_printf(_("Terminal %s is no manager's; it may not decide “%s”."), terminal_id,
                            pos_manage_name(command)),
            NULL);
    }
    const char *id = central_command_text(record, "operator");
    g_autoptr(json_t) operator_ = central_store_feed_value(store, store_id, "operator", id, NULL);
    g_autoptr(json_t) roles = central_store_feed_value(store, store_id, "setting", "roles", NULL);
    PosRole role = pos_role_from_setting(roles, central_command_text(operator_, "role"));
    if (!operator_ || !pos_role_may(&role, pos_manage_permission(command))) {
        return central_booking_object(verdict, "not_allowed",
                                      g_strdup_printf(_("The operator “%s” may not decide “%s”."),
                                                      id, pos_manage_name(command)),
                                      NULL);
    }
    return true;
}

/* --- carrying out ------------------------------------------------------------------------------ */

static void run_open(CommandRun *run)
{
    run->changes = g_array_new(FALSE, TRUE, sizeof(CentralChange));
    run->owned = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    run->detail = g_string_new(NULL);
}

static void run_clear(CommandRun *run)
{
    g_array_unref(run->changes);
    g_ptr_array_unref(run->owned);
    g_string_free(run->detail, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CommandRun, run_clear)

/* Which of its things no later decision is about. */
static bool find_newest(CommandRun *run, GArray *newest, gsize *out_count, GError **error)
{
    gsize count = pos_manage_targets(run->command, run->record);
    *out_count = 0;
    for (gsize i = 0; i < count; i++) {
        bool is_newest = true;
        g_autofree char *target = pos_manage_target(run->command, run->record, i);
        if (target && !central_store_command_is_newest(run->store, run->store_id, target, run->when,
                                                       &is_newest, error)) {
            return false;
        }
        g_array_append_val(newest, is_newest);
        *out_count += is_newest;
    }
    run->newest = (const bool *)newest->data;
    return true;
}

static bool claim(CommandRun *run, const GArray *newest, GError **error)
{
    for (guint i = 0; i < newest->len; i++) {
        g_autofree char *target = pos_manage_target(run->command, run->record, i);
        if (target && g_array_index(newest, bool, i) &&
            !central_store_command_claim(run->store, run->store_id, target, run->when, error)) {
            return false;
        }
    }
    return true;
}

static bool publish(CommandRun *run, int64_t *out_version, GError **error)
{
    return run->changes->len == 0 ||
           central_store_publish(run->store, run->store_id,
                                 &g_array_index(run->changes, CentralChange, 0), run->changes->len,
                                 out_version, error);
}

static bool is_refusal(const GError *error)
{
    return g_error_matches(error, POS_ERROR, POS_ERROR_INVALID) ||
           g_error_matches(error, POS_ERROR, POS_ERROR_NOT_FOUND);
}

/* What became of it, for the manager. */
static bool note(CommandRun *run, const char *terminal, int64_t row_seq, const char *status,
                 const char *detail, int64_t version, GError **error)
{
    CentralCommandResult result = {
        .terminal = (char *)terminal,
        .name = (char *)pos_manage_name(run->command),
        .operator_id = (char *)central_command_text(run->record, "operator"),
        .status = (char *)status,
        .detail = (char *)(detail ? detail : ""),
        .seq = row_seq,
        .at_ms = run->when->at_ms,
        .version = version,
        .carried_ms = run->now_ms,
    };
    return central_store_command_put(run->store, run->store_id, &result, error);
}

/* 1: carried out (also in part, or overtaken); 0: refused, *verdict says why; -1: the machine failed. */
static int carry(CommandRun *run, const char **out_status, int64_t *out_version,
                 BookingVerdict *verdict, bool *out_notice, GError **error)
{
    g_autoptr(GArray) newest = g_array_new(FALSE, FALSE, sizeof(bool));
    g_autoptr(GError) why = NULL;
    gsize count = 0;
    if (!find_newest(run, newest, &count, error)) {
        return -1;
    }
    if (count > 0 && !CARRY[run->command](run, &why)) {
        if (!is_refusal(why)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return -1;
        }
        central_booking_object(verdict, "refused", g_strdup(why->message), NULL);
        return 0;
    }
    if (count < newest->len) {
        g_string_append_printf(run->detail, "%s%s", run->detail->len > 0 ? " " : "",
                               _("A later decision about the same thing was taken before this one "
                                 "came."));
    }
    *out_status = count == 0 ? "overtaken" : run->detail->len > 0 ? "part" : "done";
    *out_notice = count == 0;
    if (count == 0) {
        central_booking_object(verdict, "overtaken", g_strdup(run->detail->str), NULL);
    }
    return publish(run, out_version, error) && claim(run, newest, error) ? 1 : -1;
}

static bool carry_command(CommandRun *run, const char *terminal, int64_t row_seq,
                          BookingVerdict *verdict, bool *out_notice, GError **error)
{
    g_autoptr(GError) why = NULL;
    PosManageCommand checked;
    const char *status = "refused";
    int64_t version = 0;
    if (!may(run->store, run->store_id, terminal, run->record, run->command, verdict)) {
        return note(run, terminal, row_seq, status, verdict->detail, 0, error);
    }
    if (!pos_manage_check(run->record, &checked, &why)) {
        central_booking_object(verdict, "malformed", g_strdup(why->message), NULL);
        return note(run, terminal, row_seq, status, verdict->detail, 0, error);
    }
    int carried = carry(run, &status, &version, verdict, out_notice, error);
    return carried >= 0 && note(run, terminal, row_seq, carried == 1 ? status : "refused",
                                carried == 1 ? run->detail->str : verdict->detail, version, error);
}

/* What came in is in stock by booking, whatever is wrong with what is said of the lot. */
static bool carry_received(CommandRun *run, GError **error)
{
    g_autoptr(GError) why = NULL;
    int64_t version = 0;
    if (!central_command_received(run, &why) && !is_refusal(why)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return publish(run, &version, error);
}

bool central_command_carry_out(CentralStore *store, const char *store_id, const char *terminal,
                               int64_t row_seq, const BookingSubject *subject, int64_t now_ms,
                               BookingVerdict *verdict, bool *out_notice, GError **error)
{
    CentralMoment when = subject->when;
    when.at_ms = MIN(when.at_ms, now_ms + AHEAD_MS);
    g_auto(CommandRun) run = {.store = store,
                              .store_id = store_id,
                              .record = subject->record,
                              .when = &when,
                              .now_ms = now_ms};
    run_open(&run);
    *out_notice = false;
    if (strcmp(subject->type, "stock_received") == 0) {
        return carry_received(&run, error);
    }
    if (strcmp(subject->type, "command") != 0 ||
        !pos_manage_from_name(central_command_text(subject->record, "command"), &run.command)) {
        return true;
    }
    return carry_command(&run, terminal, row_seq, verdict, out_notice, error);
}

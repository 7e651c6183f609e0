/* SPDX-License-Identifier: GPL-3.0-or-later
 * Decisions about people, settings, terminals, the inbox and exceptions that are left alone. */
#include "sync/central_command_private.h"

#include "pos/bounds.h"
#include "pos/error.h"
#include "pos/store.h"
#include "sync/central_booking.h"
#include "sync/central_setting.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

bool central_command_snooze(CommandRun *run, GError **error)
{
    (void)error;
    json_t *value = json_pack("{s:O, s:O}", "until", json_object_get(run->record, "until"), "by",
                              json_object_get(run->record, "operator"));
    central_command_change(run, "snooze", central_command_text(run->record, "key"), value);
    return true;
}

/* --- operators ---------------------------------------------------------------------------------- */

typedef struct {
    const char *but;
    const json_t *roles;
    bool found;
} Others;

static void look_for_manager(const char *key, int64_t version, const json_t *value, void *user)
{
    (void)version;
    Others *others = user;
    PosRole role = pos_role_from_setting(others->roles, central_command_text(value, "role"));
    others->found = others->found ||
                    (strcmp(key, others->but) != 0 && pos_role_may(&role, POS_MAY_MANAGE_PEOPLE));
}

/* Somebody has to be left who may let people in. */
static bool has_other_manager(CommandRun *run, const json_t *roles, const char *but, GError **error)
{
    Others others = {but, roles, false};
    if (!central_store_feed_each(run->store, run->store_id, "operator", look_for_manager, &others,
                                 error)) {
        return false;
    }
    return others.found ||
           central_command_refuse(error,
                                  _("“%s” is the last who may manage people; give somebody "
                                    "else that right first."),
                                  but);
}

static bool is_role(const json_t *roles, const char *role)
{
    return strcmp(role, "cashier") == 0 || strcmp(role, "manager") == 0 ||
           json_object_get(roles, role) != NULL;
}

bool central_command_operator_set(CommandRun *run, GError **error)
{
    static const char *const MEMBERS[] = {"name", "role", "pin", "badge"};
    const char *id = central_command_text(run->record, "of");
    const char *role_id = central_command_text(run->record, "role");
    g_autoptr(json_t) roles = central_command_value(run, "setting", "roles");
    g_autoptr(json_t) held = central_command_value(run, "operator", id);
    g_autoptr(json_t) value = held ? json_deep_copy(held) : json_object();
    if (!is_role(roles, role_id)) {
        return central_command_refuse(error, _("The store has no role “%s”."), role_id);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(MEMBERS); i++) {
        if (json_object_get(run->record, MEMBERS[i])) {
            json_object_set(value, MEMBERS[i], json_object_get(run->record, MEMBERS[i]));
        }
    }
    if (!json_object_get(value, "pin") && !json_object_get(value, "badge")) {
        return central_command_refuse(error, _("“%s” needs a PIN or a badge."), id);
    }
    g_autoptr(PosOperator) read = pos_operator_from_json(id, value, error);
    PosRole role = pos_role_from_setting(roles, role_id);
    if (!read || (held && !pos_role_may(&role, POS_MAY_MANAGE_PEOPLE) &&
                  !has_other_manager(run, roles, id, error))) {
        return false;
    }
    central_command_change(run, "operator", id, json_incref(value));
    return true;
}

bool central_command_operator_remove(CommandRun *run, GError **error)
{
    const char *id = central_command_text(run->record, "of");
    g_autoptr(json_t) roles = central_command_value(run, "setting", "roles");
    g_autoptr(json_t) held = central_command_value(run, "operator", id);
    if (!held) {
        return central_command_refuse(error, _("The store has no operator “%s”."), id);
    }
    if (!has_other_manager(run, roles, id, error)) {
        return false;
    }
    central_command_change(run, "operator", id, NULL);
    return true;
}

/* --- settings and terminals ----------------------------------------------------------------------- */

bool central_command_setting_set(CommandRun *run, GError **error)
{
    const char *name = central_command_text(run->record, "name");
    g_autoptr(json_t) value = central_command_value(run, "setting", name);
    value = value ? value : json_object();
    json_object_update(value, json_object_get(run->record, "members"));
    const json_t *remove = json_object_get(run->record, "remove");
    for (gsize i = 0; i < json_array_size(remove); i++) {
        const char *member = json_string_value(json_array_get(remove, i));
        if (member) {
            json_object_del(value, member);
        }
    }
    if (!central_setting_check(name, value, error)) {
        return false;
    }
    central_command_change(run, "setting", name, json_incref(value));
    return true;
}

static bool of_this_store(CommandRun *run, const char *id, GError **error)
{
    g_auto(CentralTerminal) terminal = {0};
    if (!central_store_terminal_get(run->store, id, &terminal, error)) {
        return false;
    }
    return strcmp(terminal.store, run->store_id) == 0 ||
           central_command_refuse(error, _("The store has no terminal “%s”."), id);
}

bool central_command_terminal_revoke(CommandRun *run, GError **error)
{
    const char *id = central_command_text(run->record, "of");
    return of_this_store(run, id, error) &&
           central_store_terminal_revoke(run->store, id, run->now_ms, error);
}

/* Valid from when the manager made it, so that one that comes late is not valid for longer than was meant. */
bool central_command_enrol_code(CommandRun *run, GError **error)
{
    PosHash hash;
    int64_t valid_ms = json_integer_value(json_object_get(run->record, "valid_s")) * 1000;
    if (!pos_hash_from_hex(central_command_text(run->record, "secret_hash"), &hash)) {
        return central_command_refuse(error, _("The code's hash is not one."));
    }
    if (run->when->at_ms + valid_ms <= run->now_ms) {
        return central_command_refuse(error, _("The code had run out before it came here."));
    }
    g_auto(CentralCode) held = {0};
    if (central_store_code_get(run->store, &hash, &held, NULL)) {
        return central_command_refuse(error, _("The code is known already."));
    }
    return central_store_code_add(run->store, &hash, run->store_id,
                                  central_command_text(run->record, "mode"), run->now_ms,
                                  run->when->at_ms + valid_ms, error);
}

/* --- the inbox ------------------------------------------------------------------------------------- */

bool central_command_inbox_book(CommandRun *run, GError **error)
{
    const char *of = central_command_text(run->record, "of");
    int64_t seq = json_integer_value(json_object_get(run->record, "of_seq"));
    bool booked = false;
    if (!of_this_store(run, of, error) ||
        !central_booking_retry(run->store, of, seq, run->now_ms, &booked, error)) {
        return false;
    }
    return booked ||
           central_command_refuse(
               error, _("Record %" PRId64 " of terminal %s can still not be booked."), seq, of);
}

/* A notice goes; a record that is not booked stays where it is, so that the sums stay a function of the journals, and
 * is no longer shown. */
bool central_command_inbox_close(CommandRun *run, GError **error)
{
    const char *of = central_command_text(run->record, "of");
    int64_t seq = json_integer_value(json_object_get(run->record, "of_seq"));
    if (!of_this_store(run, of, error)) {
        return false;
    }
    if (!central_store_inbox_holds(run->store, of, seq)) {
        return central_store_inbox_resolve(run->store, of, seq, run->now_ms, error);
    }
    g_autofree char *key = g_strdup_printf("inbox/%s/%" PRId64, of, seq);
    central_command_change(run, "snooze", key,
                           json_pack("{s:s, s:O}", "until", "9999-12-31T00:00:00Z", "by",
                                     json_object_get(run->record, "operator")));
    return true;
}

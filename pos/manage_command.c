/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which decisions there are and what each must say. Members that are not known here are no fault: a later version may
 * say more. */
#include "pos/manage_command.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/bounds.h"
#include "pos/date.h"
#include "pos/error.h"
#include "pos/lot.h"
#include "pos/quantity.h"

#define HEX_HASH_CHARS 64
#define PLACE_BYTES 100
#define VALID_S_MAX (366LL * 24 * 60 * 60)

typedef bool (*Check)(const json_t *fields, GError **error);

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, POS_ERROR, POS_ERROR_INVALID, sentence);
    return false;
}

/* --- members that many have ---------------------------------------------------------------------------- */

static bool check_gtin(const json_t *item, const char *where, GError **error)
{
    const char *gtin = NULL;
    if (!pos_json_get_string(item, "gtin", 14, where, &gtin, error)) {
        return false;
    }
    return pos_gtin_is_well_formed(gtin) ||
           fail(error, _("%s: “%s” is no GTIN of 14 digits."), where, gtin);
}

static bool check_lot(const json_t *item, const char *where, bool needed, GError **error)
{
    const char *lot = NULL;
    if (!json_object_get(item, "lot") && !needed) {
        return true;
    }
    if (!pos_json_get_string(item, "lot", POS_BOUND_LOT_BYTES, where, &lot, error)) {
        return false;
    }
    return pos_lot_number_is_well_formed(lot) ||
           fail(error, _("%s: “%s” is no lot number."), where, lot);
}

static bool check_text(const json_t *fields, const char *member, gsize most, bool needed,
                       const char *where, GError **error)
{
    const char *text = NULL;
    if (!json_object_get(fields, member) && !needed) {
        return true;
    }
    if (!pos_json_get_string(fields, member, most, where, &text, error)) {
        return false;
    }
    return *text != '\0' || !needed || fail(error, _("%s: “%s” is empty."), where, member);
}

static bool check_instant(const json_t *fields, const char *member, bool needed, const char *where,
                          GError **error)
{
    const char *text = NULL;
    int64_t at_ms;
    if (!json_object_get(fields, member) && !needed) {
        return true;
    }
    if (!pos_json_get_string(fields, member, POS_BOUND_INSTANT_BYTES, where, &text, error)) {
        return false;
    }
    return pos_instant_parse(text, &at_ms) ||
           fail(error, _("%s: “%s” is no time like 2026-11-23T09:00:00+09:00."), where, text);
}

static bool check_amount(const json_t *item, const char *member, bool needed, const char *where,
                         GError **error)
{
    int64_t amount;
    return (!json_object_get(item, member) && !needed) ||
           pos_json_get_int(item, member, 0, POS_BOUND_AMOUNT_MINOR_MAX, where, &amount, error);
}

/* An id that is also a key of the feed: letters, digits and a few marks. */
static bool check_id(const json_t *fields, const char *member, gsize most, const char *where,
                     GError **error)
{
    const char *id = NULL;
    if (!pos_json_get_string(fields, member, most, where, &id, error)) {
        return false;
    }
    gsize length = strlen(id);
    bool fine = length > 0;
    for (gsize i = 0; i < length; i++) {
        fine = fine && (g_ascii_isalnum(id[i]) || strchr("._:/+-", id[i]) != NULL);
    }
    return fine || fail(error, _("%s: “%s” is no name of letters, digits and dashes."), where, id);
}

static bool each_item(const json_t *fields, const char *where,
                      bool (*check)(const json_t *item, const char *where, GError **error),
                      GError **error)
{
    const json_t *items = json_object_get(fields, "items");
    gsize count = json_array_size(items);
    if (count == 0 || count > POS_MANAGE_ITEMS_MAX) {
        return fail(error, _("%s: “items” must be a list of 1 to %d."), where,
                    POS_MANAGE_ITEMS_MAX);
    }
    for (gsize i = 0; i < count; i++) {
        if (!check(json_array_get(items, i), where, error)) {
            return false;
        }
    }
    return true;
}

/* --- one check a decision ------------------------------------------------------------------------------ */

static bool check_price_item(const json_t *item, const char *where, GError **error)
{
    return check_gtin(item, where, error) && check_lot(item, where, false, error) &&
           check_amount(item, "price", true, where, error) &&
           check_amount(item, "list_price", false, where, error) &&
           check_amount(item, "floor", false, where, error) &&
           check_amount(item, "ceiling", false, where, error);
}

static bool check_price_set(const json_t *fields, GError **error)
{
    static const char where[] = "price_set";
    bool hold;
    return each_item(fields, where, check_price_item, error) &&
           check_text(fields, "why", POS_MANAGE_WHY_BYTES, true, where, error) &&
           check_text(fields, "batch", POS_BOUND_NAME_BYTES, false, where, error) &&
           pos_json_get_bool_or(fields, "hold", where, false, &hold, error) &&
           check_instant(fields, "effective_at", false, where, error);
}

static bool check_price_pause(const json_t *fields, GError **error)
{
    static const char where[] = "price_pause";
    bool paused;
    if (!pos_json_get_bool(fields, "paused", where, &paused, error)) {
        return false;
    }
    if (json_object_get(fields, "category")) {
        return check_id(fields, "category", 32, where, error);
    }
    if (!json_object_get(fields, "gtin")) {
        return true; /* the store */
    }
    return check_gtin(fields, where, error) && check_lot(fields, where, false, error);
}

static bool check_recall(const json_t *fields, GError **error)
{
    static const char where[] = "recall";
    const char *status = NULL;
    if (!check_gtin(fields, where, error) || !check_lot(fields, where, false, error) ||
        !pos_json_get_string_or(fields, "status", 16, where, "recalled", &status, error)) {
        return false;
    }
    if (strcmp(status, "recalled") != 0 && strcmp(status, "suspended") != 0) {
        return fail(error, _("%s: a status is recalled or suspended, not “%s”."), where, status);
    }
    return check_text(fields, "reason", POS_MANAGE_WHY_BYTES, false, where, error) &&
           check_text(fields, "action", POS_MANAGE_WHY_BYTES, false, where, error);
}

static bool check_recall_lift(const json_t *fields, GError **error)
{
    return check_gtin(fields, "recall_lift", error) &&
           check_lot(fields, "recall_lift", false, error);
}

static bool check_move(const json_t *fields, GError **error)
{
    return check_gtin(fields, "move", error) && check_lot(fields, "move", true, error) &&
           check_text(fields, "place", PLACE_BYTES, true, "move", error);
}

static bool check_snooze(const json_t *fields, GError **error)
{
    return check_id(fields, "key", POS_MANAGE_KEY_BYTES, "snooze", error) &&
           check_instant(fields, "until", true, "snooze", error);
}

static bool check_order_item(const json_t *item, const char *where, GError **error)
{
    int64_t quantity;
    const char *unit = NULL;
    if (!check_gtin(item, where, error) ||
        !pos_json_get_int(item, "qty", 1, POS_BOUND_GRAMS_MAX * 1000LL, where, &quantity, error) ||
        !pos_json_get_string(item, "unit", 8, where, &unit, error) ||
        !check_text(item, "why", POS_MANAGE_WHY_BYTES, false, where, error)) {
        return false;
    }
    return pos_unit_from_code(unit) != POS_UNIT_NONE ||
           fail(error, _("%s: “%s” is no unit; use each or g."), where, unit);
}

static bool check_order(const json_t *fields, GError **error)
{
    static const char where[] = "order";
    bool cancelled;
    const char *due = NULL;
    PosDate day;
    if (!check_id(fields, "order", POS_MANAGE_KEY_BYTES, where, error) ||
        !pos_json_get_bool_or(fields, "cancelled", where, false, &cancelled, error)) {
        return false;
    }
    if (cancelled) {
        return true;
    }
    if (!check_text(fields, "supplier", POS_BOUND_NAME_BYTES, false, where, error) ||
        !pos_json_get_string(fields, "due", 10, where, &due, error) ||
        !each_item(fields, where, check_order_item, error)) {
        return false;
    }
    return pos_date_parse(due, &day) ||
           fail(error, _("%s: “%s” is no day like 2026-11-23."), where, due);
}

/* A PIN never stands in a record, only what central could keep of it as well. */
static bool check_operator_set(const json_t *fields, GError **error)
{
    static const char where[] = "operator_set";
    const char *hash = NULL;
    if (!check_id(fields, "of", POS_BOUND_OPERATOR_BYTES, where, error) ||
        !check_text(fields, "name", POS_BOUND_NAME_BYTES, true, where, error) ||
        !check_id(fields, "role", 32, where, error) ||
        !pos_json_get_string_or(fields, "pin", 200, where, "$argon2id$", &hash, error) ||
        !check_text(fields, "badge", HEX_HASH_CHARS, false, where, error)) {
        return false;
    }
    return g_str_has_prefix(hash, "$argon2id$") ||
           fail(error, _("%s: “pin” is no argon2id hash."), where);
}

static bool check_operator_remove(const json_t *fields, GError **error)
{
    return check_id(fields, "of", POS_BOUND_OPERATOR_BYTES, "operator_remove", error);
}

static bool check_setting_set(const json_t *fields, GError **error)
{
    static const char where[] = "setting_set";
    const char *name = NULL;
    if (!check_id(fields, "name", 64, where, error) ||
        !pos_json_get_string(fields, "name", 64, where, &name, error)) {
        return false;
    }
    if (strcmp(name, "central") == 0) {
        return fail(error, _("%s: “central” is the service's own setting."), where);
    }
    return json_is_object(json_object_get(fields, "members")) ||
           fail(error, _("%s: “members” must be an object."), where);
}

static bool check_product_item(const json_t *item, const char *where, GError **error)
{
    const json_t *product = json_object_get(item, "product");
    if (!check_gtin(item, where, error) || !check_amount(item, "price", false, where, error)) {
        return false;
    }
    return json_is_object(product) || fail(error, _("%s: “product” must be an object."), where);
}

static bool check_product_set(const json_t *fields, GError **error)
{
    return each_item(fields, "product_set", check_product_item, error);
}

static bool check_product_remove(const json_t *fields, GError **error)
{
    return check_gtin(fields, "product_remove", error);
}

static bool check_terminal_revoke(const json_t *fields, GError **error)
{
    return check_id(fields, "of", 64, "terminal_revoke", error);
}

static bool check_enrol_code(const json_t *fields, GError **error)
{
    static const char where[] = "enrol_code";
    const char *hash = NULL, *mode = NULL;
    int64_t valid_s;
    if (!pos_json_get_string(fields, "secret_hash", HEX_HASH_CHARS, where, &hash, error) ||
        !pos_json_get_string(fields, "mode", 16, where, &mode, error) ||
        !pos_json_get_int(fields, "valid_s", 60, VALID_S_MAX, where, &valid_s, error)) {
        return false;
    }
    if (strlen(hash) != HEX_HASH_CHARS ||
        strspn(hash, "0123456789abcdef") != (size_t)HEX_HASH_CHARS) {
        return fail(error, _("%s: “secret_hash” must be 64 hex digits."), where);
    }
    return strcmp(mode, "till") == 0 || strcmp(mode, "kiosk") == 0 ||
           strcmp(mode, "manager") == 0 ||
           fail(error, _("“%s” is no mode; use till, kiosk or manager."), mode);
}

static bool check_inbox(const json_t *fields, GError **error)
{
    int64_t seq;
    return check_id(fields, "of", 64, "inbox", error) &&
           pos_json_get_int(fields, "of_seq", 1, POS_BOUND_AMOUNT_MINOR_MAX, "inbox", &seq, error);
}

/* --- the table ----------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    PosPermission permission;
    Check check;
} COMMANDS[POS_MANAGE_COUNT] = {
    [POS_MANAGE_PRICE_SET] = {"price_set", POS_MAY_SET_PRICES, check_price_set},
    [POS_MANAGE_PRICE_PAUSE] = {"price_pause", POS_MAY_SET_PRICES, check_price_pause},
    [POS_MANAGE_RECALL] = {"recall", POS_MAY_STOP_LOTS, check_recall},
    [POS_MANAGE_RECALL_LIFT] = {"recall_lift", POS_MAY_STOP_LOTS, check_recall_lift},
    [POS_MANAGE_MOVE] = {"move", POS_MAY_MOVE_STOCK, check_move},
    [POS_MANAGE_SNOOZE] = {"snooze", POS_MAY_SEE_FIGURES, check_snooze},
    [POS_MANAGE_ORDER] = {"order", POS_MAY_ORDER, check_order},
    [POS_MANAGE_OPERATOR_SET] = {"operator_set", POS_MAY_MANAGE_PEOPLE, check_operator_set},
    [POS_MANAGE_OPERATOR_REMOVE] = {"operator_remove", POS_MAY_MANAGE_PEOPLE,
                                    check_operator_remove},
    [POS_MANAGE_SETTING_SET] = {"setting_set", POS_MAY_SETTINGS, check_setting_set},
    [POS_MANAGE_PRODUCT_SET] = {"product_set", POS_MAY_EDIT_PRODUCTS, check_product_set},
    [POS_MANAGE_PRODUCT_REMOVE] = {"product_remove", POS_MAY_EDIT_PRODUCTS, check_product_remove},
    [POS_MANAGE_TERMINAL_REVOKE] = {"terminal_revoke", POS_MAY_SETTINGS, check_terminal_revoke},
    [POS_MANAGE_ENROL_CODE] = {"enrol_code", POS_MAY_SETTINGS, check_enrol_code},
    [POS_MANAGE_INBOX_BOOK] = {"inbox_book", POS_MAY_SETTINGS, check_inbox},
    [POS_MANAGE_INBOX_CLOSE] = {"inbox_close", POS_MAY_SETTINGS, check_inbox},
};

const char *pos_manage_name(PosManageCommand command)
{
    g_assert(command >= 0 && command < POS_MANAGE_COUNT);
    return COMMANDS[command].name;
}

bool pos_manage_from_name(const char *name, PosManageCommand *out)
{
    for (int i = 0; i < POS_MANAGE_COUNT; i++) {
        if (g_strcmp0(name, COMMANDS[i].name) == 0) {
            *out = (PosManageCommand)i;
            return true;
        }
    }
    return false;
}

PosPermission pos_manage_permission(PosManageCommand command)
{
    g_assert(command >= 0 && command < POS_MANAGE_COUNT);
    return COMMANDS[command].permission;
}

bool pos_manage_check(const json_t *fields, PosManageCommand *out, GError **error)
{
    const char *name = NULL;
    PosManageCommand command;
    if (!pos_json_get_string(fields, "command", 64, "command", &name, error)) {
        return false;
    }
    if (!pos_manage_from_name(name, &command)) {
        return fail(error, _("There is no command “%s”."), name);
    }
    *out = command;
    return COMMANDS[command].check(fields, error);
}

/* --- what it is about ---------------------------------------------------------------------------------- */

char *pos_manage_item_key(const json_t *item)
{
    const char *gtin = json_string_value(json_object_get(item, "gtin"));
    const char *lot = json_string_value(json_object_get(item, "lot"));
    return lot ? g_strconcat(gtin, "/", lot, NULL) : g_strdup(gtin);
}

gsize pos_manage_targets(PosManageCommand command, const json_t *fields)
{
    bool many = command == POS_MANAGE_PRICE_SET || command == POS_MANAGE_PRODUCT_SET;
    return many ? json_array_size(json_object_get(fields, "items")) : 1;
}

static char *named(const char *kind, const json_t *fields, const char *member)
{
    return g_strconcat(kind, "/", json_string_value(json_object_get(fields, member)), NULL);
}

static char *of_item(const char *kind, const json_t *item)
{
    g_autofree char *key = pos_manage_item_key(item);
    return g_strconcat(kind, "/", key, NULL);
}

char *pos_manage_target(PosManageCommand command, const json_t *fields, gsize index)
{
    const json_t *item = json_array_get(json_object_get(fields, "items"), index);
    switch (command) {
    case POS_MANAGE_PRICE_SET:
        return of_item("price", item);
    case POS_MANAGE_PRICE_PAUSE:
        return json_object_get(fields, "category") ? named("pause", fields, "category")
               : json_object_get(fields, "gtin")   ? of_item("pause", fields)
                                                   : g_strdup("pause");
    case POS_MANAGE_RECALL:
    case POS_MANAGE_RECALL_LIFT:
        return of_item("recall", fields);
    case POS_MANAGE_MOVE:
        return of_item("move", fields);
    case POS_MANAGE_SNOOZE:
        return named("snooze", fields, "key");
    case POS_MANAGE_ORDER:
        return named("order", fields, "order");
    case POS_MANAGE_OPERATOR_SET:
    case POS_MANAGE_OPERATOR_REMOVE:
        return named("operator", fields, "of");
    case POS_MANAGE_PRODUCT_SET:
        return of_item("product", item);
    case POS_MANAGE_PRODUCT_REMOVE:
        return of_item("product", fields);
    case POS_MANAGE_SETTING_SET: /* members of two decisions about one setting may be different ones */
    case POS_MANAGE_TERMINAL_REVOKE:
    case POS_MANAGE_ENROL_CODE:
    case POS_MANAGE_INBOX_BOOK:
    case POS_MANAGE_INBOX_CLOSE:
    case POS_MANAGE_COUNT:
        return NULL;
    }
    return NULL;
}

/* --- stock records ------------------------------------------------------------------------------------- */

const char *const POS_MANAGE_WASTE_REASONS[] = {"expired", "quality", "damaged", "recalled",
                                                "theft",   "donated", "own_use", NULL};

bool pos_manage_is_waste_reason(const char *reason)
{
    return reason && g_strv_contains(POS_MANAGE_WASTE_REASONS, reason);
}

static bool check_day(const json_t *line, const char *member, const char *where, GError **error)
{
    const char *text = NULL;
    PosDate day;
    if (!json_object_get(line, member)) {
        return true;
    }
    if (!pos_json_get_string(line, member, 10, where, &text, error)) {
        return false;
    }
    return pos_date_parse(text, &day) ||
           fail(error, _("%s: “%s” is no day like 2026-11-23."), where, text);
}

static bool check_stock_line(const char *type, const json_t *line, GError **error)
{
    const char *unit = NULL, *lot = NULL, *reason = NULL;
    int64_t quantity, least = strcmp(type, "stock_counted") == 0 ? 0 : 1;
    if (!check_gtin(line, type, error) ||
        !pos_json_get_string_or(line, "lot", POS_BOUND_LOT_BYTES, type, "", &lot, error) ||
        !pos_json_get_int(line, "qty", least, POS_BOUND_GRAMS_MAX * 1000LL, type, &quantity,
                          error) ||
        !pos_json_get_string(line, "unit", 8, type, &unit, error) ||
        !check_day(line, "best_before", type, error) || !check_day(line, "use_by", type, error) ||
        !check_amount(line, "unit_cost", false, type, error)) {
        return false;
    }
    if (*lot && !pos_lot_number_is_well_formed(lot)) {
        return fail(error, _("%s: “%s” is no lot number."), type, lot);
    }
    if (pos_unit_from_code(unit) == POS_UNIT_NONE) {
        return fail(error, _("%s: “%s” is no unit; use each or g."), type, unit);
    }
    if (strcmp(type, "write_off") != 0) {
        return true;
    }
    if (!pos_json_get_string(line, "reason", 32, type, &reason, error)) {
        return false;
    }
    return pos_manage_is_waste_reason(reason) ||
           fail(error, _("%s: “%s” is no reason for a write-off."), type, reason);
}

bool pos_manage_check_stock(const char *type, const json_t *fields, GError **error)
{
    const json_t *lines = json_object_get(fields, "lines");
    if (!json_is_array(lines)) {
        return check_stock_line(type, fields, error);
    }
    if (json_array_size(lines) == 0 || json_array_size(lines) > POS_MANAGE_ITEMS_MAX) {
        return fail(error, _("%s: “lines” must be a list of 1 to %d."), type, POS_MANAGE_ITEMS_MAX);
    }
    for (gsize i = 0; i < json_array_size(lines); i++) {
        if (!check_stock_line(type, json_array_get(lines, i), error)) {
            return false;
        }
    }
    return true;
}

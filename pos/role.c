/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the names of permissions and limits, the roles that a shop has without any data, and the reading of those
 * that it was given. A role is only ever read as less than what is written, never as more. */
#include "pos/role.h"

#include <string.h>

#include "pos/bounds.h"

static const char *const permission_codes[POS_PERMISSION_COUNT] = {
    [POS_MAY_NO_SALE] = "no_sale",
    [POS_MAY_PAID_IN] = "paid_in",
    [POS_MAY_PAID_OUT] = "paid_out",
    [POS_MAY_SAFE_DROP] = "safe_drop",
    [POS_MAY_OPEN_SHIFT] = "open_shift",
    [POS_MAY_CASH_UP] = "cash_up",
    [POS_MAY_X_REPORT] = "x_report",
    [POS_MAY_Z_REPORT] = "z_report",
    [POS_MAY_TRAINING] = "training",
    [POS_MAY_DISCOUNT] = "discount",
    [POS_MAY_OVERRIDE] = "override",
    [POS_MAY_RETURN] = "return",
    [POS_MAY_RETURN_WITHOUT_RECEIPT] = "return_without_receipt",
    [POS_MAY_POST_VOID] = "post_void",
    [POS_MAY_LIFT_BEST_BEFORE] = "lift_best_before",
    [POS_MAY_CHECK_AGE] = "check_age",
    [POS_MAY_SELL_DEPARTMENT] = "sell_department",
    [POS_MAY_TEACH_ITEM] = "teach_item",
    [POS_MAY_BOOK_STOCK] = "book_stock",
    [POS_MAY_SETTLE_DISPUTE] = "settle_dispute",
    [POS_MAY_REPRINT] = "reprint",
    [POS_MAY_RESOLVE_PAYMENT] = "resolve_payment",
    [POS_MAY_RESUME_OTHERS] = "resume_others",
    [POS_MAY_SET_PRICES] = "set_prices",
    [POS_MAY_MOVE_STOCK] = "move_stock",
    [POS_MAY_STOP_LOTS] = "stop_lots",
    [POS_MAY_ORDER] = "order",
    [POS_MAY_EDIT_PRODUCTS] = "edit_products",
    [POS_MAY_MANAGE_PEOPLE] = "manage_people",
    [POS_MAY_SETTINGS] = "settings",
    [POS_MAY_SEE_FIGURES] = "see_figures",
};

static const char *const limit_codes[POS_LIMIT_COUNT] = {
    [POS_LIMIT_DISCOUNT_PCT] = "discount_pct",
    [POS_LIMIT_OVERRIDE_PCT] = "override_pct",
    [POS_LIMIT_REFUND] = "refund",
    [POS_LIMIT_PAID_OUT] = "paid_out",
};

#define ALL_PERMISSIONS ((UINT64_C(1) << POS_PERMISSION_COUNT) - 1)
#define BIT(permission) (UINT64_C(1) << (permission))

static const uint64_t CASHIER =
    BIT(POS_MAY_NO_SALE) | BIT(POS_MAY_PAID_IN) | BIT(POS_MAY_SAFE_DROP) | BIT(POS_MAY_OPEN_SHIFT) |
    BIT(POS_MAY_CASH_UP) | BIT(POS_MAY_X_REPORT) | BIT(POS_MAY_Z_REPORT) | BIT(POS_MAY_DISCOUNT) |
    BIT(POS_MAY_RETURN) | BIT(POS_MAY_CHECK_AGE) | BIT(POS_MAY_SELL_DEPARTMENT) |
    BIT(POS_MAY_TEACH_ITEM) | BIT(POS_MAY_SETTLE_DISPUTE) | BIT(POS_MAY_REPRINT) |
    BIT(POS_MAY_RESUME_OTHERS) | BIT(POS_MAY_BOOK_STOCK);

bool pos_role_may(const PosRole *role, PosPermission permission)
{
    g_assert(permission >= 0 && permission < POS_PERMISSION_COUNT);
    return (role->may & BIT(permission)) != 0;
}

int64_t pos_role_limit(const PosRole *role, PosLimit limit)
{
    g_assert(limit >= 0 && limit < POS_LIMIT_COUNT);
    return role->limits[limit];
}

const char *pos_permission_code(PosPermission permission)
{
    g_assert(permission >= 0 && permission < POS_PERMISSION_COUNT);
    return permission_codes[permission];
}

const char *pos_limit_code(PosLimit limit)
{
    g_assert(limit >= 0 && limit < POS_LIMIT_COUNT);
    return limit_codes[limit];
}

PosRole pos_role_default(const char *id)
{
    if (g_strcmp0(id, "manager") == 0) {
        PosRole manager = {.may = ALL_PERMISSIONS};
        for (int i = 0; i < POS_LIMIT_COUNT; i++) {
            manager.limits[i] = POS_LIMIT_NONE;
        }
        return manager;
    }
    return (PosRole){
        .may = CASHIER,
        .limits = {[POS_LIMIT_DISCOUNT_PCT] = 10, [POS_LIMIT_REFUND] = POS_LIMIT_NONE}};
}

/* --- the setting ------------------------------------------------------------------------------------ */

static uint64_t permissions_from(const json_t *may)
{
    if (g_strcmp0(json_string_value(may), "all") == 0) {
        return ALL_PERMISSIONS;
    }
    uint64_t bits = 0;
    for (gsize i = 0; i < json_array_size(may); i++) {
        const char *word = json_string_value(json_array_get(may, i));
        for (int p = 0; word != NULL && p < POS_PERMISSION_COUNT; p++) {
            bits |= strcmp(word, permission_codes[p]) == 0 ? BIT(p) : 0;
        }
    }
    return bits;
}

static int64_t limit_from(const json_t *value)
{
    if (g_strcmp0(json_string_value(value), "none") == 0) {
        return POS_LIMIT_NONE;
    }
    int64_t limit = json_is_integer(value) ? json_integer_value(value) : 0;
    return CLAMP(limit, 0, POS_BOUND_AMOUNT_MINOR_MAX);
}

PosRole pos_role_from_setting(const json_t *roles, const char *id)
{
    const json_t *value = id == NULL ? NULL : json_object_get(roles, id);
    if (!json_is_object(value)) {
        return pos_role_default(id);
    }
    PosRole role = {.may = permissions_from(json_object_get(value, "may"))};
    const json_t *limits = json_object_get(value, "limits");
    for (int i = 0; i < POS_LIMIT_COUNT; i++) {
        role.limits[i] = limit_from(json_object_get(limits, limit_codes[i]));
    }
    return role;
}

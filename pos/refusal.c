/* SPDX-License-Identifier: GPL-3.0-or-later
 * The refusal codes' texts, one table indexed by the enum. Pure. */
#include "pos/refusal.h"

static const char *const refusal_codes[POS_REFUSAL_COUNT] = {
    [POS_REFUSAL_NONE] = "",
    [POS_REFUSAL_NOT_LOGGED_IN] = "not_logged_in",
    [POS_REFUSAL_WRONG_PIN] = "wrong_pin",
    [POS_REFUSAL_LOCKED_OUT] = "locked_out",
    [POS_REFUSAL_NO_SHIFT] = "no_shift",
    [POS_REFUSAL_BAD_CODE] = "bad_code",
    [POS_REFUSAL_UNKNOWN_ITEM] = "unknown_item",
    [POS_REFUSAL_EXPIRED] = "expired",
    [POS_REFUSAL_RECALLED] = "recalled",
    [POS_REFUSAL_COLD_CHAIN] = "cold_chain",
    [POS_REFUSAL_BAD_WEIGHT] = "bad_weight",
    [POS_REFUSAL_BAD_QUANTITY] = "bad_quantity",
    [POS_REFUSAL_NO_SUCH_LINE] = "no_such_line",
    [POS_REFUSAL_EMPTY_CART] = "empty_cart",
    [POS_REFUSAL_NOT_COVERED] = "not_covered",
    [POS_REFUSAL_OVER_TENDER] = "over_tender",
    [POS_REFUSAL_APPROVAL_NEEDED] = "approval_needed",
    [POS_REFUSAL_NOT_ALLOWED] = "not_allowed",
    [POS_REFUSAL_NO_SUCH_RECEIPT] = "no_such_receipt",
    [POS_REFUSAL_ALREADY_RETURNED] = "already_returned",
    [POS_REFUSAL_NO_SUCH_TICKET] = "no_such_ticket",
    [POS_REFUSAL_DISK_FULL] = "disk_full",
    [POS_REFUSAL_OFFLINE] = "offline",
    [POS_REFUSAL_BAD_COMMAND] = "bad_command",
    [POS_REFUSAL_NO_PRICE] = "no_price",
    [POS_REFUSAL_CART_NOT_EMPTY] = "cart_not_empty",
    [POS_REFUSAL_SHIFT_OPEN] = "shift_open",
    [POS_REFUSAL_CART_FULL] = "cart_full",
    [POS_REFUSAL_PAYMENT_PENDING] = "payment_pending",
    [POS_REFUSAL_LOCKED] = "locked",
    [POS_REFUSAL_SCALE_NOT_READY] = "scale_not_ready",
    [POS_REFUSAL_AGE_CHECK_NEEDED] = "age_check_needed",
    [POS_REFUSAL_TOO_YOUNG] = "too_young",
    [POS_REFUSAL_NOTHING_TO_UNDO] = "nothing_to_undo",
    [POS_REFUSAL_NO_SUCH_DEPARTMENT] = "no_such_department",
    [POS_REFUSAL_PERIOD_CLOSED] = "period_closed",
};

const char *pos_refusal_code(PosRefusal refusal)
{
    g_assert(refusal >= POS_REFUSAL_NONE && refusal < POS_REFUSAL_COUNT);
    const char *code = refusal_codes[refusal];
    g_assert(code != NULL);
    return code;
}

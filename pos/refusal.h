/* SPDX-License-Identifier: GPL-3.0-or-later
 * Why a till said no: the refusal codes of the till's command line, one enum value each. The user may
 * try otherwise; nothing was changed. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    POS_REFUSAL_NONE = 0, /* not refused */
    POS_REFUSAL_NOT_LOGGED_IN,
    POS_REFUSAL_WRONG_PIN,
    POS_REFUSAL_LOCKED_OUT,
    POS_REFUSAL_NO_SHIFT,
    POS_REFUSAL_BAD_CODE,
    POS_REFUSAL_UNKNOWN_ITEM,
    POS_REFUSAL_EXPIRED,
    POS_REFUSAL_RECALLED,
    POS_REFUSAL_COLD_CHAIN,
    POS_REFUSAL_BAD_WEIGHT,
    POS_REFUSAL_BAD_QUANTITY,
    POS_REFUSAL_NO_SUCH_LINE,
    POS_REFUSAL_EMPTY_CART,
    POS_REFUSAL_NOT_COVERED,
    POS_REFUSAL_OVER_TENDER,
    POS_REFUSAL_APPROVAL_NEEDED,
    POS_REFUSAL_NOT_ALLOWED,
    POS_REFUSAL_NO_SUCH_RECEIPT,
    POS_REFUSAL_ALREADY_RETURNED,
    POS_REFUSAL_NO_SUCH_TICKET,
    POS_REFUSAL_DISK_FULL,
    POS_REFUSAL_OFFLINE,
    POS_REFUSAL_BAD_COMMAND,
    POS_REFUSAL_NO_PRICE,         /* the item is known but has no price yet */
    POS_REFUSAL_CART_NOT_EMPTY,   /* finish or void the open cart first */
    POS_REFUSAL_SHIFT_OPEN,       /* a shift is already open */
    POS_REFUSAL_CART_FULL,        /* POS_BOUND_CART_LINES reached */
    POS_REFUSAL_PAYMENT_PENDING,  /* a charge is under way */
    POS_REFUSAL_LOCKED,           /* the till is locked: PIN or badge first */
    POS_REFUSAL_SCALE_NOT_READY,  /* no scale, or one that has no weight to give now */
    POS_REFUSAL_AGE_CHECK_NEEDED, /* look at the buyer's papers first */
    POS_REFUSAL_TOO_YOUNG,
    POS_REFUSAL_NOTHING_TO_UNDO,
    POS_REFUSAL_NO_SUCH_DEPARTMENT,
    POS_REFUSAL_PERIOD_CLOSED, /* a Z report came after the receipt */
    POS_REFUSAL_COUNT
} PosRefusal;

/* The code as it stands in the `why` of a `refused` event, e.g. "wrong_pin". Static; "" for NONE. */
const char *pos_refusal_code(PosRefusal refusal);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * What an operator may do: a role is a set of permissions and of limits, given as data by the feed's setting `roles`
 *
 *     {"cashier":{"may":["no_sale","paid_in"],"limits":{"discount_pct":10,"refund":50000}}}
 *
 * and, for `cashier` and `manager`, by the defaults here where the feed names none. Pure. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    POS_MAY_NO_SALE = 0, /* open the drawer without a sale */
    POS_MAY_PAID_IN,
    POS_MAY_PAID_OUT,
    POS_MAY_SAFE_DROP,
    POS_MAY_OPEN_SHIFT,
    POS_MAY_CASH_UP,
    POS_MAY_X_REPORT,
    POS_MAY_Z_REPORT,
    POS_MAY_TRAINING, /* turn training mode on */
    POS_MAY_DISCOUNT, /* up to POS_LIMIT_DISCOUNT_PCT */
    POS_MAY_OVERRIDE, /* up to POS_LIMIT_OVERRIDE_PCT */
    POS_MAY_RETURN,   /* with a receipt, up to POS_LIMIT_REFUND */
    POS_MAY_RETURN_WITHOUT_RECEIPT,
    POS_MAY_POST_VOID,
    POS_MAY_LIFT_BEST_BEFORE,
    POS_MAY_CHECK_AGE,       /* say that a buyer is old enough */
    POS_MAY_SELL_DEPARTMENT, /* goods without a code */
    POS_MAY_TEACH_ITEM,      /* name an item that the shop does not know yet */
    POS_MAY_BOOK_STOCK,      /* receive, count and write off at the till */
    POS_MAY_SETTLE_DISPUTE,  /* give the lower price that a shopper saw */
    POS_MAY_REPRINT,
    POS_MAY_RESOLVE_PAYMENT, /* say how a charge ended that no one can ask about */
    POS_MAY_RESUME_OTHERS,   /* fetch a ticket that another operator suspended */
    POS_MAY_SET_PRICES,      /* prices and pauses of pricing, in the manager's window */
    POS_MAY_MOVE_STOCK,      /* receive, count, move, write off, donate */
    POS_MAY_STOP_LOTS,       /* recalls and their end */
    POS_MAY_ORDER,           /* order from suppliers */
    POS_MAY_EDIT_PRODUCTS,   /* products of the store */
    POS_MAY_MANAGE_PEOPLE,   /* operators and roles */
    POS_MAY_SETTINGS,        /* settings, terminals, the inbox */
    POS_MAY_SEE_FIGURES,     /* the store's figures */
    POS_PERMISSION_COUNT
} PosPermission;

/* Whole numbers; POS_LIMIT_NONE: no limit. */
typedef enum {
    POS_LIMIT_DISCOUNT_PCT = 0, /* percent of the line or ticket, 0 to 100 */
    POS_LIMIT_OVERRIDE_PCT,     /* percent that a price may be moved, up or down */
    POS_LIMIT_REFUND,           /* minor units of one return */
    POS_LIMIT_PAID_OUT,         /* minor units at once */
    POS_LIMIT_COUNT
} PosLimit;
#define POS_LIMIT_NONE INT64_MAX

/* A value. */
typedef struct {
    uint64_t may; /* one bit a permission */
    int64_t limits[POS_LIMIT_COUNT];
} PosRole;

bool pos_role_may(const PosRole *role, PosPermission permission);
int64_t pos_role_limit(const PosRole *role, PosLimit limit);

/* The code in the feed and in records: "no_sale", "discount_pct". Static. */
const char *pos_permission_code(PosPermission permission);
const char *pos_limit_code(PosLimit limit);

/* The defaults: `manager` may do everything without limit; any other id gets what a cashier may: sell, take back with
 * the receipt, count and close the drawer; discounts to 10 %, no override, no money out. */
PosRole pos_role_default(const char *id);

/* The role `id` as `roles` (the setting's value, nullable) has it, else the default. Within a role that is given, a
 * permission that is not listed is not there and a limit that is not listed is 0; words that this version does not
 * know, and limits that are no whole number >= 0, are skipped. `"may":"all"` is every permission, a limit of
 * "none" is no limit. */
PosRole pos_role_from_setting(const json_t *roles, const char *id);

G_END_DECLS

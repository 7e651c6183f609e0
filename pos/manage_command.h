/* SPDX-License-Identifier: GPL-3.0-or-later
 * The decisions of a manager as the members of `command` records: which there are, what each must say, who may take
 * it. The manager's terminal checks a decision before it is written, central before it is carried out: by these same
 * functions. Pure. The members are documented in sync/PROTOCOL.md. */
#pragma once
#include "pos/json.h"
#include "pos/role.h"

G_BEGIN_DECLS

#define POS_MANAGE_ITEMS_MAX 500       /* items of one decision; all have to fit into one record */
#define POS_MANAGE_WHY_BYTES 1000      /* a reason in words */
#define POS_MANAGE_SNOOZE_DAYS_MAX 366 /* how long an exception may be left alone */
#define POS_MANAGE_KEY_BYTES 120       /* an exception's or an order's name */

typedef enum {
    POS_MANAGE_PRICE_SET = 0, /* items: prices of products or lots, now or from `effective_at` on */
    POS_MANAGE_PRICE_PAUSE, /* pricing leaves an item, a category or the store alone, or goes on */
    POS_MANAGE_RECALL,      /* a product or lot is stopped everywhere */
    POS_MANAGE_RECALL_LIFT,
    POS_MANAGE_MOVE,   /* a lot lies at another place of the store */
    POS_MANAGE_SNOOZE, /* an exception is left alone until a time */
    POS_MANAGE_ORDER,  /* goods are on the way, or an order is called off */
    POS_MANAGE_OPERATOR_SET,
    POS_MANAGE_OPERATOR_REMOVE,
    POS_MANAGE_SETTING_SET,
    POS_MANAGE_PRODUCT_SET, /* items: products of the feed, made or changed */
    POS_MANAGE_PRODUCT_REMOVE,
    POS_MANAGE_TERMINAL_REVOKE,
    POS_MANAGE_ENROL_CODE,  /* a code for a new terminal: only its hash is said */
    POS_MANAGE_INBOX_BOOK,  /* a rejected record is tried again */
    POS_MANAGE_INBOX_CLOSE, /* a rejected record is dealt with */
    POS_MANAGE_COUNT
} PosManageCommand;

/* The word in the record's member `command`: "price_set". Static. */
const char *pos_manage_name(PosManageCommand command);
/* False for words that are no decision of a manager (a till's "teach", what a later version has). */
bool pos_manage_from_name(const char *name, PosManageCommand *out);
/* What an operator's role must allow. */
PosPermission pos_manage_permission(PosManageCommand command);

/* Whether a record's members say a whole decision. POS_ERROR_INVALID with one sentence (what, where) otherwise. */
bool pos_manage_check(const json_t *fields, PosManageCommand *out, GError **error);

/* What a decision is about, so that of two about the same thing the later one counts whatever order they come in:
 * "price/GTIN/LOT", "setting/store". index: of its `items`, 0 otherwise. NULL where each stands alone (a code, the
 * inbox). Owned. fields has passed pos_manage_check(). */
char *pos_manage_target(PosManageCommand command, const json_t *fields, gsize index);
/* How many things it is about: its items, else 1. */
gsize pos_manage_targets(PosManageCommand command, const json_t *fields);

/* The key of an item with `gtin` and, where it has one, `lot`: "GTIN" or "GTIN/LOT". Owned. */
char *pos_manage_item_key(const json_t *item);

/* --- stock records ------------------------------------------------------------------------------------ */

/* Why goods are written off: the words of the member `reason`. NULL ends it; static. */
extern const char *const POS_MANAGE_WASTE_REASONS[];
bool pos_manage_is_waste_reason(const char *reason);

/* The same for `write_off`, `stock_received` and `stock_counted` records: each has gtin, lot, qty and unit, itself or in
 * `lines`; a write-off also a `reason`; a delivery its dates as YYYY-MM-DD. */
bool pos_manage_check_stock(const char *type, const json_t *fields, GError **error);

G_END_DECLS

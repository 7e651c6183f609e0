/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a practised cashier types, as a command of the till. Pure. Amounts are written as on a price tag (4.30; 4300 where the
 * currency has no decimals), LINE is a line's number:
 *
 *     3*             the next item three times          3*4017         that item three times
 *     450g  0.45kg   the weight that is awaited         tare 15        grams off the next weight
 *     qty LINE N     another quantity                   void LINE      takes the line off; void all: the whole sale
 *     -10% [LINE] [reason]   -2.50 [LINE] [reason]      a discount on the ticket or a line
 *     price LINE AMOUNT reason                          another price
 *     shown LINE AMOUNT                                 the shopper was shown that price
 *     dept ID AMOUNT [name]                             goods without a code
 *     bag [N]        back AMOUNT [N]                    carrier bags; bottles that come back
 *     age YYYY-MM-DD   age ok                           the buyer's age
 *     return RECEIPT LINE [QTY] waste|stock             goods that come back; exchange … into the open sale
 *     cash AMOUNT    card AMOUNT                        payment
 *     check CODE     undo     suspend     resume TICKET     tickets     cart
 *
 * Anything else is an item: a code, a PLU. */
#pragma once
#include "pos/till.h"

G_BEGIN_DECLS

/* The command, owned; NULL and one sentence (owned) when words of the language do not make one. text need not be
 * NUL-terminated; length at most POS_BOUND_SCAN_BYTES, longer is an item as it stands. */
PosTillCommand *pos_command_line_parse(const char *text, gsize length, const PosCurrency *currency,
                                       char **out_message);

G_END_DECLS

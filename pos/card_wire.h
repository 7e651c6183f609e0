/* SPDX-License-Identifier: GPL-3.0-or-later
 * The words between a till and a card terminal: one JSON object a line, UTF-8, at most POS_CARD_LINE_BYTES, over TCP or
 * a serial line. Pure.
 *
 *   till -> terminal  {"amount":12900,"currency":"KRW","id":"t1-57-1","op":"charge"}
 *                     {"id":"t1-57-1","op":"query"}      {"id":"t1-57-1","op":"reverse"}
 *                     {"amount":900,"id":"t1-57-1","op":"refund","refund_id":"t1-57-1-R1"}
 *   terminal -> till  {"id":"t1-57-1","status":"user_paying"}
 *                     {"amount":12900,"id":"t1-57-1","last4":"4242","reference":"A1","scheme":"visa","status":"paid"}
 *                     {"id":"t1-57-1","message":"not enough money","status":"failed"}
 *                     {"amount":900,"id":"t1-57-1","refund_id":"t1-57-1-R1","status":"part_refunded"}
 *
 * `status` is one of pos/tender.h. A terminal answers each request at least once, and a charge again when its status
 * changes; it keeps what it charged, so that a query after a broken line, by the same id, says how it ended; a charge or
 * a refund that comes again with the same id (refund_id) is not carried out again. An id that it has never seen is
 * "closed". Members that are not known are skipped. A card's number never passes here. */
#pragma once
#include "pos/tender.h"

G_BEGIN_DECLS

#define POS_CARD_LINE_BYTES 4096

typedef enum { POS_CARD_CHARGE = 0, POS_CARD_QUERY, POS_CARD_REVERSE, POS_CARD_REFUND } PosCardOp;

typedef struct {
    PosCardOp op;
    PosTenderOrder order;
    char refund_id[POS_BOUND_REFERENCE_BYTES];
    PosMoney refund;
} PosCardRequest;

/* A line without its newline. Owned. */
char *pos_card_request_line(const PosCardRequest *request);
/* False when it is no request. */
bool pos_card_request_read(const char *line, gsize length, PosCardRequest *out);
char *pos_card_answer_line(const PosTenderAnswer *answer);
/* False when it is no answer; then the line counts as noise. Texts that are too long are cut. */
bool pos_card_answer_read(const char *line, gsize length, PosTenderAnswer *out);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Carries out what a manager decided: a `command` record, and what a delivery says of its lots, become changes of the
 * store's feed in the transaction that stores the record. So each is carried out once, in the order of the journal,
 * and a record that comes again changes nothing. Of two decisions about the same thing the one that was taken later
 * counts, whichever comes first. */
#pragma once
#include "sync/central_booking_read.h"

G_BEGIN_DECLS

/* Within the open transaction. terminal: whose token brought the record (its mode gives the rights), row_seq its
 * number there; subject: the record, opened. A decision that cannot be carried out sets *verdict (refused, or with
 * *out_notice true: carried out in part or overtaken) and changes nothing else. True for records that decide nothing.
 * False only when the machine fails. */
bool central_command_carry_out(CentralStore *store, const char *store_id, const char *terminal,
                               int64_t row_seq, const BookingSubject *subject, int64_t now_ms,
                               BookingVerdict *verdict, bool *out_notice, GError **error);

/* Whether records of this type may change the feed. */
bool central_command_may_publish(const char *type);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * From journal records to stock and sales by hour. The derived tables are a function of the
 * journals, the deliveries and the inbox alone, whatever the order in which records arrive: a count
 * of the shelf is the stock at its time, and only what happened after it moves it on. */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

/* Books one stored record within the open transaction, or lists it in the inbox with the reason
 * (*out_inbox true). record: the parsed line, borrowed. False only when the machine fails. */
bool central_booking_record(CentralStore *store, const char *store_id, const char *terminal,
                            const CentralJournalRow *row, const json_t *record, int64_t now_ms,
                            bool *out_inbox, GError **error);

/* When what the record says happened (Unix ms): its `at`, or that of the line inside an adopted
 * one. */
int64_t central_booking_at_ms(const json_t *record);

/* Tries an unbooked inbox item again. *out_booked: it is booked now and off the list.
 * POS_ERROR_NOT_FOUND. */
bool central_booking_retry(CentralStore *store, const char *terminal, int64_t seq, int64_t now_ms,
                           bool *out_booked, GError **error);

/* Empties the derived tables and fills them again from journals, deliveries and inbox; one
 * transaction. *out_records may be NULL. */
bool central_booking_rebuild(CentralStore *store, int64_t *out_records, GError **error);
/* The second half of it, in the open transaction: books what the journals say into derived tables
 * that were just reset. */
bool central_booking_replay(CentralStore *store, int64_t *out_records, GError **error);

G_END_DECLS

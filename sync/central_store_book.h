/* SPDX-License-Identifier: GPL-3.0-or-later
 * The part of central's store that booking writes: stock, sales by hour, receipts, what was taken
 * back. Derived tables only. For sync/central_booking.c and sync/central_verify.c; anyone else
 * reads through central_store.h. */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

/* When something happened, as a total order: time, then who wrote the record, then its number. A
 * delivery of central's own has terminal "" and seq 0. terminal borrowed. */
typedef struct {
    int64_t at_ms;
    const char *terminal;
    int64_t seq;
} CentralMoment;
int central_moment_compare(const CentralMoment *a, const CentralMoment *b);

/* In the open transaction: nobody else books for the store from here to its end. What is read to
 * decide a booking is read after this. */
bool central_store_hold_bookings(CentralStore *store, const char *store_id, GError **error);

/* Moves a lot's stock by `units` (signed), unless a count at or after `when` has it already.
 * is_delivery: adds to what was delivered too. */
bool central_store_stock_move(CentralStore *store, const char *store_id, const char *gtin,
                              const char *lot, int64_t units, bool is_delivery,
                              const CentralMoment *when, GError **error);
/* Whether a count is newer than every other of the lot. */
bool central_store_stock_count_is_newest(CentralStore *store, const char *store_id,
                                         const char *gtin, const char *lot,
                                         const CentralMoment *when, bool *out_newest,
                                         GError **error);
/* Sets the stock as counted at `when` plus what has happened since; deliveries of central's own
 * after it are added here. */
bool central_store_stock_count(CentralStore *store, const char *store_id, const char *gtin,
                               const char *lot, int64_t counted_and_since,
                               const CentralMoment *when, GError **error);

bool central_store_sales_add(CentralStore *store, const char *store_id, const char *gtin,
                             const char *lot, int64_t at_ms, int64_t units, int64_t amount_minor,
                             int tickets, GError **error);

/* A receipt. terminal, seq: the journal record that holds it; of_terminal, of_seq: who wrote it.
 * Strings owned. */
typedef struct {
    char *of_terminal, *terminal, *type;
    int64_t of_seq, seq, at_ms, total;
    bool voided;
} CentralTicket;
void central_ticket_clear(CentralTicket *ticket);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CentralTicket, central_ticket_clear)
/* In the open transaction: these numbers are about to be looked up, one after another. Only to be
 * quicker: what is found is the same without it. */
bool central_store_tickets_expect(CentralStore *store, const char *store_id,
                                  const char *const *receipts, gsize count, GError **error);
bool central_store_ticket_add(CentralStore *store, const char *store_id, const char *receipt,
                              const CentralTicket *ticket, GError **error);
/* *out_count: how many carry this number, 2 for more (a restored disk may have given one twice);
 * *out is one of them, untouched when there is none. */
bool central_store_ticket_find(CentralStore *store, const char *store_id, const char *receipt,
                               CentralTicket *out, int *out_count, GError **error);
bool central_store_ticket_void(CentralStore *store, const char *store_id, const char *receipt,
                               const char *terminal, int64_t seq, GError **error);

/* How much of a receipt's line was taken back (0 or more), and more of it. */
bool central_store_returned(CentralStore *store, const char *store_id, const char *receipt,
                            int64_t line, int64_t *out_quantity, GError **error);
bool central_store_returned_add(CentralStore *store, const char *store_id, const char *receipt,
                                int64_t line, int64_t quantity, GError **error);

/* Whether a line came as adopted; and that it did now (again is no error). line_hash:
 * pos_hash_chain(zero, line). */
bool central_store_adopted(CentralStore *store, const char *of_terminal, int64_t of_seq,
                           const PosHash *line_hash, bool *out_seen, GError **error);
bool central_store_adopted_add(CentralStore *store, const char *of_terminal, int64_t of_seq,
                               const PosHash *line_hash, GError **error);

/* The unit of a product in a store's feed: false when the feed never had it; NONE when it was
 * deleted. */
bool central_store_product_unit(CentralStore *store, const char *store_id, const char *gtin,
                                PosUnit *out_unit);

/* Whether a record in `currency` is in the store's own; true when the store has none set. */
bool central_store_is_currency(CentralStore *store, const char *store_id, const char *currency);

/* Empties the derived tables and books central's own deliveries again. In the open transaction. */
bool central_store_derived_reset(CentralStore *store, GError **error);
/* From here to shadow_end, writing to derived tables goes to empty copies that only this connection
 * sees, also on a READ connection. Compare: *out_difference (owned, NULL when all is equal) names
 * the first row that is not the same. */
bool central_store_shadow_begin(CentralStore *store, GError **error);
bool central_store_shadow_compare(CentralStore *store, char **out_difference, GError **error);
void central_store_shadow_end(CentralStore *store);

G_END_DECLS

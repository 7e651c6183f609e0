/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a journal record would do to stock and sales, read and judged but not written: the first
 * half of sync/central_booking.c, for that file only. */
#pragma once
#include "pos/cart.h"
#include "sync/central_store_book.h"

G_BEGIN_DECLS

#define BOOKING_ADOPTED_DEPTH_MAX 8 /* a disk that was restored eight times */

/* What a journal row is about: itself, or the innermost line that it adopted. Strings owned by
 * `record`. */
typedef struct {
    json_t *record; /* owned; NULL when the adopted line cannot be read */
    const char *type;
    CentralMoment when; /* who wrote it, when */
    PosHash line_hash;
    int depth; /* 0: the row itself */
    struct {
        const char *terminal;
        int64_t seq;
        PosHash line_hash;
        const char *line;
        gsize length;
    } levels[BOOKING_ADOPTED_DEPTH_MAX]; /* the adopted lines, outermost first */
    json_t *owners[BOOKING_ADOPTED_DEPTH_MAX];
} BookingSubject;

/* One lot's part of a record; of a row that is no goods what came back of it. */
typedef struct {
    PosLineKind kind;
    const char *gtin, *lot; /* both "" for what has no stock */
    int64_t stock;          /* signed change of what is there */
    bool is_delivery;
    int64_t sold, amount;
    int tickets;
    int64_t of_line; /* returns: the line of the sale; 0 none, for what rounding leaves of a part */
    int64_t quantity; /* as in the record; of a discount its amount, which comes back in parts */
} BookingPart;

typedef struct {
    GArray *parts;       /* of BookingPart */
    const char *receipt; /* of a new ticket, NULL none */
    const char *of_receipt;
    CentralTicket sale;  /* what is taken back */
    json_t *sale_record; /* owned */
    bool is_count;
    int64_t total;
} BookingParts;

/* Why a record cannot be booked (or, booked, what is odd about it). */
typedef struct {
    const char *reason; /* NULL: nothing */
    char *detail, *waits_for;
} BookingVerdict;

void booking_subject_clear(BookingSubject *subject);
void booking_parts_clear(BookingParts *booking);
void booking_verdict_clear(BookingVerdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BookingSubject, booking_subject_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BookingParts, booking_parts_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BookingVerdict, booking_verdict_clear)

/* Opens a row down to what it is about. line: the row's bytes, NULL when its hash is not wanted.
 * False when an adopted line is no record or not the one that it is said to be; *subject is to be
 * cleared either way. */
bool central_booking_subject_open(BookingSubject *subject, const json_t *record, const char *line,
                                  gsize length);

/* Says why not; owns both texts. Always false. */
bool central_booking_object(BookingVerdict *verdict, const char *reason, char *detail,
                            char *waits_for);

/* The parts of a record. False with a verdict when it cannot be booked, false with the error set
 * when the machine fails. judge false: it was judged when it came; only what it does is read. */
bool central_booking_read(CentralStore *store, const char *store_id, const BookingSubject *subject,
                          bool judge, BookingParts *out, BookingVerdict *verdict, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The seam to what takes money (the provider interface of the trade): one function table a provider, the statuses that
 * a payment goes through, and which may follow which. A provider never blocks: a call starts something, its answer is
 * fetched with poll(). Only PAID closes a sale; UNKNOWN is asked for, never guessed. */
#pragma once
#include "pos/sale.h"

#include <jansson.h>

G_BEGIN_DECLS

typedef enum {
    POS_PAYMENT_CREATED = 0, /* on disk here; the provider may not know of it yet */
    POS_PAYMENT_USER_PAYING,
    POS_PAYMENT_PAID,
    POS_PAYMENT_FAILED, /* declined: nothing was taken */
    POS_PAYMENT_CLOSED, /* given up or reversed: nothing is taken */
    POS_PAYMENT_PART_REFUNDED,
    POS_PAYMENT_REFUNDED,
    POS_PAYMENT_UNKNOWN, /* no answer, or one that does not fit */
    POS_PAYMENT_STATUS_COUNT
} PosPaymentStatus;

/* "created", "user_paying", …; static. */
const char *pos_payment_code(PosPaymentStatus status);
/* False (out untouched) for anything else, also NULL. */
bool pos_payment_from_code(const char *code, PosPaymentStatus *out);
/* The table of transitions. A status may not follow itself, but for PART_REFUNDED. */
bool pos_payment_may_become(PosPaymentStatus from, PosPaymentStatus to);
/* FAILED, CLOSED, REFUNDED: nothing leaves them. */
bool pos_payment_is_final(PosPaymentStatus status);
/* What a payment is after its provider said `said`: a "no" to one that was begun closes it; what the table does not
 * allow changes nothing, so that the first answer wins and later ones do no harm. */
PosPaymentStatus pos_payment_after(PosPaymentStatus from, PosPaymentStatus said);

#define POS_BOUND_ATTEMPT_BYTES 33 /* 32 of [A-Za-z0-9_-] and the end */
#define POS_BOUND_REFERENCE_BYTES 65

/* What is to be paid. attempt names this try and no other, at this terminal and any. */
typedef struct {
    char attempt[POS_BOUND_ATTEMPT_BYTES];
    char currency[4]; /* ISO 4217 */
    PosMoney amount;  /* > 0 */
} PosTenderOrder;

/* What a provider says of an attempt. No card number is ever in it: the last four digits and the scheme. */
typedef struct {
    char attempt[POS_BOUND_ATTEMPT_BYTES];
    char refund_id[POS_BOUND_REFERENCE_BYTES]; /* "" when it is about the charge */
    PosPaymentStatus status;
    PosMoney amount; /* charged, or of the refund; -1: it did not say */
    char reference[POS_BOUND_REFERENCE_BYTES];
    char scheme[17], last4[5];
    char message[201]; /* for people; "" none */
} PosTenderAnswer;

typedef struct {
    bool mpm_dynamic, mpm_static, cpm; /* codes to show, codes to scan */
    bool partial_refund, reverse, notify;
} PosTenderCaps;

/* A call that a provider has not is NULL; caps says so. Calls return at once. */
typedef struct PosTenderProvider {
    PosTenderCaps caps;
    /* The money moves outside the till's sight, so each step is a `tender_attempt` on disk. */
    bool is_journaled;
    /* A person has seen the money before the till hears of it: giving the tender is the yes. Nothing below is called. */
    bool is_by_hand;
    int timeout_ms; /* of a charge, until it is UNKNOWN */
    void *user;
    /* Merchant-presented: the text of the code to show and until when. */
    bool (*create)(void *user, const PosTenderOrder *order, char **out_qr_text,
                   int64_t *out_expires_at_ms, GError **error);
    void (*charge)(void *user, const PosTenderOrder *order, const char *code);
    void (*query)(void *user, const PosTenderOrder *order);
    void (*reverse)(void *user, const PosTenderOrder *order);
    /* refund_id is the key that makes asking twice harmless. amount: of this refund. */
    void (*refund)(void *user, const PosTenderOrder *order, const char *refund_id, PosMoney amount);
    /* Takes the oldest answer; false when there is none. */
    bool (*poll)(void *user, PosTenderAnswer *out);
    /* A message that came by itself: what it says, and what to answer it with. False when it is not believed. */
    bool (*on_notify)(void *user, const char *headers, const char *body, PosTenderAnswer *out,
                      char **out_ack);
    /* The provider's own list of a day ("2026-11-23"), for the comparison with the journal. New reference. */
    json_t *(*settlement)(void *user, const char *day, GError **error);
} PosTenderProvider;

/* Without more: cash is the drawer; card is a terminal that stands by itself: the cashier keys in the amount there and
 * gives the tender here once it said yes. NULL where a kind is not set up (qr). Static. */
const PosTenderProvider *pos_tender_provider(PosTenderKind kind);

G_END_DECLS

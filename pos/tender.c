/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the table of a payment's statuses and what takes money where nothing is connected. */
#include "pos/tender.h"

static const char *const codes[POS_PAYMENT_STATUS_COUNT] = {
    [POS_PAYMENT_CREATED] = "created",   [POS_PAYMENT_USER_PAYING] = "user_paying",
    [POS_PAYMENT_PAID] = "paid",         [POS_PAYMENT_FAILED] = "failed",
    [POS_PAYMENT_CLOSED] = "closed",     [POS_PAYMENT_PART_REFUNDED] = "part_refunded",
    [POS_PAYMENT_REFUNDED] = "refunded", [POS_PAYMENT_UNKNOWN] = "unknown",
};

#define TO(status) (1u << (status))

static const unsigned transitions[POS_PAYMENT_STATUS_COUNT] = {
    [POS_PAYMENT_CREATED] = TO(POS_PAYMENT_USER_PAYING) | TO(POS_PAYMENT_PAID) |
                            TO(POS_PAYMENT_FAILED) | TO(POS_PAYMENT_UNKNOWN),
    [POS_PAYMENT_USER_PAYING] =
        TO(POS_PAYMENT_PAID) | TO(POS_PAYMENT_CLOSED) | TO(POS_PAYMENT_UNKNOWN),
    [POS_PAYMENT_UNKNOWN] = TO(POS_PAYMENT_PAID) | TO(POS_PAYMENT_CLOSED),
    [POS_PAYMENT_PAID] = TO(POS_PAYMENT_PART_REFUNDED) | TO(POS_PAYMENT_REFUNDED),
    [POS_PAYMENT_PART_REFUNDED] = TO(POS_PAYMENT_PART_REFUNDED) | TO(POS_PAYMENT_REFUNDED),
};

const char *pos_payment_code(PosPaymentStatus status)
{
    g_assert(status >= 0 && status < POS_PAYMENT_STATUS_COUNT);
    return codes[status];
}

bool pos_payment_from_code(const char *code, PosPaymentStatus *out)
{
    for (int i = 0; i < POS_PAYMENT_STATUS_COUNT; i++) {
        if (g_strcmp0(code, codes[i]) == 0) {
            *out = (PosPaymentStatus)i;
            return true;
        }
    }
    return false;
}

bool pos_payment_may_become(PosPaymentStatus from, PosPaymentStatus to)
{
    g_assert(from >= 0 && from < POS_PAYMENT_STATUS_COUNT);
    g_assert(to >= 0 && to < POS_PAYMENT_STATUS_COUNT);
    return (transitions[from] & TO(to)) != 0;
}

bool pos_payment_is_final(PosPaymentStatus status)
{
    g_assert(status >= 0 && status < POS_PAYMENT_STATUS_COUNT);
    return transitions[status] == 0;
}

PosPaymentStatus pos_payment_after(PosPaymentStatus from, PosPaymentStatus said)
{
    if (said == POS_PAYMENT_FAILED && from != POS_PAYMENT_CREATED) {
        said = POS_PAYMENT_CLOSED;
    } else if (said == POS_PAYMENT_CLOSED && from == POS_PAYMENT_CREATED) {
        said = POS_PAYMENT_FAILED;
    }
    return pos_payment_may_become(from, said) ? said : from;
}

/* --- where nothing is connected ------------------------------------------------------------------------ */

static const PosTenderProvider CASH = {.caps = {.partial_refund = true, .reverse = true},
                                       .is_by_hand = true};
static const PosTenderProvider STANDALONE_CARD = {
    .caps = {.partial_refund = true, .reverse = true}, .is_journaled = true, .is_by_hand = true};

const PosTenderProvider *pos_tender_provider(PosTenderKind kind)
{
    switch (kind) {
    case POS_TENDER_CASH:
        return &CASH;
    case POS_TENDER_CARD:
        return &STANDALONE_CARD;
    case POS_TENDER_QR:
        return NULL;
    }
    g_assert_not_reached();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * A price ticket: a price that a shopper was shown, fixed until a time and signed (Ed25519, RFC 8032), so that a till
 * can believe it offline (sync-protocol.md, the price promise). As text it is
 *
 *     CT1|store|gtin|lot|price|version|until|id|key|signature
 *
 * with the price in minor units per piece or kg, `until` in Unix seconds, `key` the name of the signer's key in the feed,
 * and the signature in URL-safe base64 over "coster price ticket\n" and the text before its bar. Pure. */
#pragma once
#include "pos/money.h"
#include <stdint.h>

G_BEGIN_DECLS

#define POS_PRICE_TICKET_BYTES 400 /* the whole text */
#define POS_PRICE_TICKET_SECRET_BYTES 64
#define POS_PRICE_TICKET_PUBLIC_BYTES 32

/* Fixed size: no ownership. */
typedef struct {
    char store[65]; /* id: letters, digits, ".", "_", "-" */
    char gtin[15];  /* 14 digits */
    char lot[21];   /* "" for the product as a whole */
    PosMoney price;
    int64_t version;  /* of the feed, of the price */
    int64_t until_ms; /* whole seconds: what is below one is cut off */
    char id[33];      /* chosen by chance, letters and digits: what "once" is counted by */
    char key[65];     /* as `store` */
} PosPriceTicket;

/* Whether a scanned text claims to be one. */
bool pos_price_ticket_is(const char *text, gsize length);

/* The text of a signed ticket, owned. secret: libsodium's form of an Ed25519 secret key. The ticket must be well
 * formed (a mistake of ours otherwise). */
char *pos_price_ticket_sign(const PosPriceTicket *ticket,
                            const uint8_t secret[POS_PRICE_TICKET_SECRET_BYTES]);

/* Reads a text without believing it: who has signed it is out->key. False for what is none. */
bool pos_price_ticket_read(const char *text, gsize length, PosPriceTicket *out);

typedef enum {
    POS_PRICE_TICKET_GOOD = 0,
    POS_PRICE_TICKET_FORGED,      /* the signature is not of this key, or the text is no ticket */
    POS_PRICE_TICKET_OTHER_STORE, /* signed, but for another store */
    POS_PRICE_TICKET_EXPIRED,     /* signed, but its time is over */
} PosPriceTicketVerdict;

/* Believes a text or says why not. public_key NULL: the feed has no such key (forged). A ticket holds through the whole
 * of its last second. out is set unless FORGED. */
PosPriceTicketVerdict
pos_price_ticket_verify(const char *text, gsize length,
                        const uint8_t public_key[POS_PRICE_TICKET_PUBLIC_BYTES], const char *store,
                        int64_t now_ms, PosPriceTicket *out);

G_END_DECLS

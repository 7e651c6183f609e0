/* SPDX-License-Identifier: GPL-3.0-or-later
 * The bar is in no lot, GTIN or id, so the fields need no escapes, and a text has one reading. */
#include "pos/price_ticket.h"

#include <sodium.h>
#include <string.h>

#include "pos/bounds.h"
#include "pos/lot.h"

#define START "CT1|"
#define DOMAIN "coster price ticket\n"
#define FIELDS 10
#define ID_LEAST 16

G_STATIC_ASSERT(POS_PRICE_TICKET_SECRET_BYTES == crypto_sign_SECRETKEYBYTES);
G_STATIC_ASSERT(POS_PRICE_TICKET_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES);

static bool is_name(const char *text, gsize least, gsize most, const char *beside)
{
    gsize length = strlen(text);
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(text[i]) && strchr(beside, text[i]) == NULL) {
            return false;
        }
    }
    return length >= least && length <= most;
}

static bool is_well_formed(const PosPriceTicket *ticket)
{
    return is_name(ticket->store, 1, 64, "._-") && pos_gtin_is_well_formed(ticket->gtin) &&
           (ticket->lot[0] == '\0' || pos_lot_number_is_well_formed(ticket->lot)) &&
           ticket->price.minor >= 0 && ticket->price.minor <= POS_BOUND_AMOUNT_MINOR_MAX &&
           ticket->version >= 0 && ticket->version <= POS_BOUND_AMOUNT_MINOR_MAX &&
           ticket->until_ms > 0 && ticket->until_ms <= POS_BOUND_AMOUNT_MINOR_MAX &&
           is_name(ticket->id, ID_LEAST, 32, "") && is_name(ticket->key, 1, 64, "._-");
}

/* What is signed. Owned. */
static char *signed_text(const char *body, gsize length)
{
    return g_strdup_printf(DOMAIN "%.*s", (int)length, body);
}

bool pos_price_ticket_is(const char *text, gsize length)
{
    return length > strlen(START) && memcmp(text, START, strlen(START)) == 0;
}

char *pos_price_ticket_sign(const PosPriceTicket *ticket,
                            const uint8_t secret[POS_PRICE_TICKET_SECRET_BYTES])
{
    g_assert(is_well_formed(ticket));
    uint8_t signature[crypto_sign_BYTES];
    char encoded[128];
    g_autofree char *body = g_strdup_printf(
        START "%s|%s|%s|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT "|%s|%s",
        ticket->store, ticket->gtin, ticket->lot, ticket->price.minor, ticket->version,
        ticket->until_ms / 1000, ticket->id, ticket->key);
    g_autofree char *message = signed_text(body, strlen(body));
    crypto_sign_detached(signature, NULL, (const uint8_t *)message, strlen(message), secret);
    sodium_bin2base64(encoded, sizeof encoded, signature, sizeof signature,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return g_strdup_printf("%s|%s", body, encoded);
}

static bool read_number(const char *text, int64_t max, int64_t *out)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(text, 10, 0, (guint64)max, &number, NULL) ||
        (text[0] == '0' && text[1] != '\0')) {
        return false; /* one reading, one writing: no leading zeros */
    }
    *out = (int64_t)number;
    return true;
}

bool pos_price_ticket_read(const char *text, gsize length, PosPriceTicket *out)
{
    if (!pos_price_ticket_is(text, length) || length > POS_PRICE_TICKET_BYTES ||
        memchr(text, '\0', length) != NULL) {
        return false;
    }
    PosPriceTicket ticket = {0};
    g_autofree char *copy = g_strndup(text, length);
    g_auto(GStrv) fields = g_strsplit(copy, "|", FIELDS + 1);
    int64_t until_s = 0;
    if (g_strv_length(fields) != FIELDS ||
        !read_number(fields[4], POS_BOUND_AMOUNT_MINOR_MAX, &ticket.price.minor) ||
        !read_number(fields[5], POS_BOUND_AMOUNT_MINOR_MAX, &ticket.version) ||
        !read_number(fields[6], POS_BOUND_AMOUNT_MINOR_MAX / 1000, &until_s) ||
        g_strlcpy(ticket.store, fields[1], sizeof ticket.store) >= sizeof ticket.store ||
        g_strlcpy(ticket.gtin, fields[2], sizeof ticket.gtin) >= sizeof ticket.gtin ||
        g_strlcpy(ticket.lot, fields[3], sizeof ticket.lot) >= sizeof ticket.lot ||
        g_strlcpy(ticket.id, fields[7], sizeof ticket.id) >= sizeof ticket.id ||
        g_strlcpy(ticket.key, fields[8], sizeof ticket.key) >= sizeof ticket.key) {
        return false;
    }
    ticket.until_ms = until_s * 1000;
    if (!is_well_formed(&ticket)) {
        return false;
    }
    *out = ticket;
    return true;
}

static bool is_signed(const char *text, gsize length, const uint8_t *public_key)
{
    g_autofree char *copy = g_strndup(text, length);
    const char *bar = strrchr(copy, '|');
    uint8_t signature[crypto_sign_BYTES];
    size_t bytes = 0;
    if (public_key == NULL ||
        sodium_base642bin(signature, sizeof signature, bar + 1, strlen(bar + 1), NULL, &bytes, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        bytes != sizeof signature) {
        return false;
    }
    g_autofree char *message = signed_text(copy, (gsize)(bar - copy));
    return crypto_sign_verify_detached(signature, (const uint8_t *)message, strlen(message),
                                       public_key) == 0;
}

PosPriceTicketVerdict
pos_price_ticket_verify(const char *text, gsize length,
                        const uint8_t public_key[POS_PRICE_TICKET_PUBLIC_BYTES], const char *store,
                        int64_t now_ms, PosPriceTicket *out)
{
    PosPriceTicket ticket;
    if (!pos_price_ticket_read(text, length, &ticket) || !is_signed(text, length, public_key)) {
        return POS_PRICE_TICKET_FORGED;
    }
    *out = ticket;
    if (strcmp(ticket.store, store) != 0) {
        return POS_PRICE_TICKET_OTHER_STORE;
    }
    return now_ms >= ticket.until_ms + 1000 ? POS_PRICE_TICKET_EXPIRED : POS_PRICE_TICKET_GOOD;
}

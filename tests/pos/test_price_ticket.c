/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/price_ticket.h"

#include <sodium.h>
#include <string.h>

#define NOW_MS 1795392000000LL

static uint8_t public_key[POS_PRICE_TICKET_PUBLIC_BYTES], secret[POS_PRICE_TICKET_SECRET_BYTES];

static PosPriceTicket sample(void)
{
    PosPriceTicket ticket = {.store = "1",
                             .gtin = "09520000010379",
                             .lot = "L20261122A/<>",
                             .price = {4780},
                             .version = 812,
                             .until_ms = NOW_MS + 1800000,
                             .id = "0123456789abcdef",
                             .key = "central"};
    return ticket;
}

static PosPriceTicketVerdict verdict(const char *text, const char *store, int64_t now_ms)
{
    PosPriceTicket ignored;
    return pos_price_ticket_verify(text, strlen(text), public_key, store, now_ms, &ignored);
}

static void what_was_signed_is_believed(void)
{
    PosPriceTicket ticket = sample(), got;
    g_autofree char *text = pos_price_ticket_sign(&ticket, secret);
    g_assert_true(pos_price_ticket_is(text, strlen(text)));
    g_assert_cmpuint(strlen(text), <, 200); /* a QR code of version 9 */
    g_assert_cmpint(pos_price_ticket_verify(text, strlen(text), public_key, "1", NOW_MS, &got), ==,
                    POS_PRICE_TICKET_GOOD);
    g_autofree char *again = pos_price_ticket_sign(&got, secret);
    g_assert_cmpstr(again, ==, text);
    g_assert_cmpint(got.price.minor, ==, 4780);
    g_assert_cmpstr(got.lot, ==, "L20261122A/<>");
    strcpy(ticket.lot, "");
    g_autofree char *bare = pos_price_ticket_sign(&ticket, secret);
    g_assert_cmpint(verdict(bare, "1", NOW_MS), ==, POS_PRICE_TICKET_GOOD);
}

static void it_ends_with_its_last_second(void)
{
    PosPriceTicket ticket = sample();
    g_autofree char *text = pos_price_ticket_sign(&ticket, secret);
    g_assert_cmpint(verdict(text, "1", ticket.until_ms + 999), ==, POS_PRICE_TICKET_GOOD);
    g_assert_cmpint(verdict(text, "1", ticket.until_ms + 1000), ==, POS_PRICE_TICKET_EXPIRED);
}

static void another_stores_is_known_for_that(void)
{
    PosPriceTicket ticket = sample();
    g_autofree char *text = pos_price_ticket_sign(&ticket, secret);
    g_assert_cmpint(verdict(text, "2", NOW_MS), ==, POS_PRICE_TICKET_OTHER_STORE);
}

/* Each byte changed, each end cut, each key but the right one. */
static void nothing_of_it_can_be_changed(void)
{
    PosPriceTicket ticket = sample(), ignored;
    uint8_t other_public[POS_PRICE_TICKET_PUBLIC_BYTES],
        other_secret[POS_PRICE_TICKET_SECRET_BYTES];
    g_autofree char *text = pos_price_ticket_sign(&ticket, secret);
    for (gsize i = 0; text[i] != '\0'; i++) {
        static const char others[] = "19aZ|_";
        for (gsize k = 0; k < strlen(others); k++) {
            g_autofree char *changed = g_strdup(text);
            if (changed[i] != others[k]) {
                changed[i] = others[k];
                g_assert_cmpint(verdict(changed, "1", NOW_MS), ==, POS_PRICE_TICKET_FORGED);
            }
        }
        g_autofree char *cut = g_strndup(text, i);
        g_assert_cmpint(verdict(cut, "1", NOW_MS), ==, POS_PRICE_TICKET_FORGED);
    }
    crypto_sign_keypair(other_public, other_secret);
    g_assert_cmpint(
        pos_price_ticket_verify(text, strlen(text), other_public, "1", NOW_MS, &ignored), ==,
        POS_PRICE_TICKET_FORGED);
    g_assert_cmpint(pos_price_ticket_verify(text, strlen(text), NULL, "1", NOW_MS, &ignored), ==,
                    POS_PRICE_TICKET_FORGED);
    g_autofree char *longer = g_strconcat(text, "A", NULL);
    g_assert_cmpint(verdict(longer, "1", NOW_MS), ==, POS_PRICE_TICKET_FORGED);
}

static void what_is_no_ticket(void)
{
    static const char *const rows[] = {
        "",
        "CT1|",
        "CT1|||||||||",
        "CT2|1|09520000010379||1|1|1|0123456789abcdef|c|A",
        "CT1|1|09520000010379|L|0012|1|1795392000|0123456789abcdef|central|A",
        "CT1|1|09520000010379|L|-5|1|1795392000|0123456789abcdef|central|A",
        "CT1|1|9520000010379|L|5|1|1795392000|0123456789abcdef|central|A",
        "CT1|1|09520000010379|a lot|5|1|1795392000|0123456789abcdef|central|A",
        "CT1|1|09520000010379|L|5|1|99999999999999999999|0123456789abcdef|central|A",
    };
    PosPriceTicket ignored;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i]);
        g_assert_false(pos_price_ticket_read(rows[i], strlen(rows[i]), &ignored));
    }
    g_autofree char *endless = g_strnfill(100000, '|');
    memcpy(endless, "CT1|", 4);
    g_assert_false(pos_price_ticket_read(endless, strlen(endless), &ignored));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    crypto_sign_keypair(public_key, secret);
    g_test_add_func("/pos/price_ticket/what_was_signed_is_believed", what_was_signed_is_believed);
    g_test_add_func("/pos/price_ticket/it_ends_with_its_last_second", it_ends_with_its_last_second);
    g_test_add_func("/pos/price_ticket/another_stores_is_known_for_that",
                    another_stores_is_known_for_that);
    g_test_add_func("/pos/price_ticket/nothing_of_it_can_be_changed", nothing_of_it_can_be_changed);
    g_test_add_func("/pos/price_ticket/what_is_no_ticket", what_is_no_ticket);
    return g_test_run();
}

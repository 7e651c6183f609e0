/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/gs1.h"
#include "tests/fuzz/properties.h"

#include <string.h>

#define BASE "https://id.gs1.org"

/* The same elements, whatever their order. */
static void check_same(const PosGs1Message *a, const PosGs1Message *b)
{
    g_assert_cmpint(b->kind, ==, POS_GS1_LINK);
    g_assert_cmpuint(a->elements_count, ==, b->elements_count);
    for (gsize i = 0; i < a->elements_count; i++) {
        g_assert_cmpstr(pos_gs1_value(b, a->elements[i].ai), ==, a->elements[i].value);
    }
}

static void check_canonical(const PosGs1Message *message, PosGs1Settings *settings)
{
    PosGs1Message again;
    settings->compressed_links = false;
    g_autofree char *link = pos_gs1_link_canonical(message, BASE);
    g_assert_nonnull(link);
    pos_gs1_read(link, strlen(link), settings, &again);
    if (again.kind != POS_GS1_LINK) {
        g_error("%s is no link", link);
    }
    check_same(message, &again);
    g_autofree char *twice = pos_gs1_link_canonical(&again, BASE);
    g_assert_cmpstr(twice, ==, link);
}

void link_property_check(const uint8_t *data, gsize size)
{
    static const char *const beginnings[] = {"https://a/", "https://a/01/",
                                             "]Q1HTTP://A.B/01/09521234543213/"};
    PosGs1Settings settings = {0};
    g_assert_true(pos_date_from_ymd(2026, 3, 15, &settings.today));
    for (gsize i = 0; i < 2 * G_N_ELEMENTS(beginnings); i++) {
        g_autoptr(GString) text = g_string_new(beginnings[i / 2]);
        g_string_append_len(text, (const char *)data, (gssize)size);
        PosGs1Message message;
        settings.compressed_links = i % 2 == 1;
        pos_gs1_read(text->str, text->len, &settings, &message);
        g_assert_true(message.kind == POS_GS1_LINK || message.kind == POS_GS1_PLAIN);
        g_assert_cmpstr(message.error, ==, "");
        g_assert_true((message.kind == POS_GS1_LINK) == (message.elements_count > 0));
        if (message.kind == POS_GS1_LINK) {
            check_canonical(&message, &settings);
        }
    }
}

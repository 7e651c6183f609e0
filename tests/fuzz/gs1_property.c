/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/properties.h"
#include "pos/gs1.h"

#include <string.h>

static bool is_gs1(const PosGs1Message *message)
{
    return message->kind == POS_GS1_ELEMENTS || message->kind == POS_GS1_LINK ||
           message->kind == POS_GS1_DIGITS;
}

static void check_bounds(const PosGs1Message *message)
{
    g_assert_cmpint(message->kind, >=, POS_GS1_PLAIN);
    g_assert_cmpint(message->kind, <=, POS_GS1_REFUSED);
    g_assert_nonnull(memchr(message->aim, '\0', sizeof(message->aim)));
    g_assert_nonnull(memchr(message->error, '\0', sizeof(message->error)));
    g_assert_true(g_utf8_validate(message->error, -1, NULL));
    g_assert_true((message->error[0] != '\0') == (message->kind == POS_GS1_REFUSED));
    g_assert_cmpuint(message->elements_count, <=, POS_BOUND_GS1_ELEMENTS);
    g_assert_true((message->elements_count > 0) == is_gs1(message));
    for (gsize i = 0; i < message->elements_count; i++) {
        const PosGs1Element *element = &message->elements[i];
        g_assert_nonnull(memchr(element->ai, '\0', sizeof(element->ai)));
        g_assert_nonnull(memchr(element->value, '\0', sizeof(element->value)));
        g_assert_cmpuint(strlen(element->ai), >=, 2);
        g_assert_cmpuint(strlen(element->value), >=, 1);
        g_assert_true(pos_gs1_value(message, element->ai) == element->value);
    }
    g_assert_true(message->gtin[0] == '\0' || (strlen(message->gtin) == 14 && is_gs1(message) &&
                                               pos_gs1_digits_check(message->gtin, 14)));
    g_assert_cmpuint(strlen(message->lot), <=, POS_BOUND_LOT_BYTES);
    g_assert_cmpuint(strlen(message->serial), <, sizeof(message->serial));
    g_assert_cmpint(message->net_weight_g, >=, 0);
    g_assert_cmpint(message->count, >=, 0);
}

static void check_same(const PosGs1Message *a, const PosGs1Message *b)
{
    g_assert_true(is_gs1(b));
    g_assert_cmpuint(a->elements_count, ==, b->elements_count);
    for (gsize i = 0; i < a->elements_count; i++) {
        g_assert_cmpstr(pos_gs1_value(b, a->elements[i].ai), ==, a->elements[i].value);
    }
    g_assert_cmpstr(a->gtin, ==, b->gtin);
    g_assert_cmpstr(a->lot, ==, b->lot);
    g_assert_cmpint(a->best_before.days, ==, b->best_before.days);
    g_assert_cmpint(a->use_by.days, ==, b->use_by.days);
    g_assert_cmpint(a->net_weight_g, ==, b->net_weight_g);
}

static void check_written_out(const PosGs1Message *message, const PosGs1Settings *settings)
{
    g_autoptr(GString) brackets = g_string_new(NULL);
    g_autoptr(GString) plain = g_string_new("]C1");
    for (gsize i = 0; i < message->elements_count; i++) {
        g_string_append_printf(brackets, "(%s)", message->elements[i].ai);
        for (const char *c = message->elements[i].value; *c != '\0'; c++) {
            g_string_append_printf(brackets, "%s%c", *c == '(' ? "\\" : "", *c);
        }
        g_string_append_printf(plain, "%s%s\x1d", message->elements[i].ai,
                               message->elements[i].value);
    }
    PosGs1Message again;
    pos_gs1_read(brackets->str, brackets->len, settings, &again);
    check_same(message, &again);
    pos_gs1_read(plain->str, plain->len, settings, &again);
    check_same(message, &again);
    if (message->kind == POS_GS1_LINK) {
        g_autofree char *link = pos_gs1_link_canonical(message, "https://id.gs1.org");
        pos_gs1_read(link, strlen(link), settings, &again);
        check_same(message, &again);
    }
}

void gs1_property_check(const uint8_t *data, gsize size)
{
    static const char layout[] = "price 20.....V{NNDD}\nweight 28....V{NNDDD}\n";
    g_autoptr(PosRcnLayouts) layouts = pos_rcn_layouts_parse(layout, sizeof(layout) - 1, NULL);
    g_autofree char *copy = g_memdup2(data, size);
    PosGs1Settings settings = {.rcn = layouts};
    g_assert_true(pos_date_from_ymd(2026, 3, 15, &settings.today));
    for (int way = 0; way < 3; way++) {
        PosGs1Message message;
        settings.compressed_links = way == 1;
        settings.gs1_flag = way == 2;
        settings.gs_substitute[0] = way == 1 ? '~' : '\0';
        pos_gs1_read(copy, size, &settings, &message);
        g_assert_true(size == 0 || memcmp(copy, data, size) == 0);
        check_bounds(&message);
        if (is_gs1(&message)) {
            settings.gs1_flag = false;
            settings.gs_substitute[0] = '\0';
            check_written_out(&message, &settings);
        }
        for (gsize i = 0; i < message.elements_count; i++) {
            char derived[64];
            pos_gs1_derive(&message.elements[i], settings.today, derived, sizeof(derived));
        }
    }
}

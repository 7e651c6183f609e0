/* SPDX-License-Identifier: GPL-3.0-or-later
 * Formatters of the screens. They hold no state; the language is read from the environment. */
#include "ui/closures.h"

#include "pos/bounds.h"
#include "pos/date.h"
#include <glib/gi18n-lib.h>
#include <string.h>

const char *ui_language_of(const char *locale)
{
    g_assert(locale != NULL);
    if (g_str_has_prefix(locale, "ko")) {
        return "ko";
    }
    if (g_str_has_prefix(locale, "zh")) {
        return "zh";
    }
    return "en";
}

const char *ui_language(void)
{
    return ui_language_of(g_get_language_names()[0]);
}

char *ui_format_quantity(PosQuantity quantity)
{
    switch (quantity.unit) {
    case POS_UNIT_EACH:
        return g_strdup_printf("%" G_GINT64_FORMAT, quantity.value);
    case POS_UNIT_G: {
        const int64_t grams = ABS(quantity.value);
        return g_strdup_printf("%s%" G_GINT64_FORMAT ".%03d kg", quantity.value < 0 ? "-" : "",
                               grams / 1000, (int)(grams % 1000));
    }
    case POS_UNIT_NONE:
        break;
    }
    return g_strdup("");
}

char *ui_format_unit_price(PosMoney price, PosUnit unit, const PosCurrency *currency)
{
    g_autofree char *money = pos_money_format(price, currency);
    return unit == POS_UNIT_G ? g_strconcat(money, "/kg", NULL) : g_steal_pointer(&money);
}

int64_t ui_parse_digits(const char *digits, int64_t max)
{
    gint64 value = 0;
    if (!g_ascii_string_to_signed(digits, 10, 0, max, &value, NULL)) {
        return -1;
    }
    return value;
}

char *ui_format_typed_grams(const char *digits)
{
    const int64_t grams = ui_parse_digits(digits, G_MAXINT32);
    return ui_format_quantity(pos_quantity_grams(MAX(grams, 0)));
}

char *ui_format_typed_money(const char *digits, const PosCurrency *currency)
{
    const int64_t minor = ui_parse_digits(digits, POS_BOUND_AMOUNT_MINOR_MAX);
    return pos_money_format(pos_money(MAX(minor, 0)), currency);
}

char *ui_format_typed_secret(const char *text)
{
    GString *dots = g_string_new(NULL);
    for (glong i = 0; i < g_utf8_strlen(text, -1); i++) {
        g_string_append(dots, "●");
    }
    return g_string_free(dots, FALSE);
}

char *ui_format_age(int64_t seconds)
{
    if (seconds < 1) {
        return g_strdup(_("now"));
    }
    if (seconds < 60) {
        /* Translators: an age in seconds, kept short. */
        return g_strdup_printf(_("%d s"), (int)seconds);
    }
    if (seconds < 3600) {
        /* Translators: an age in minutes, kept short. */
        return g_strdup_printf(_("%d min"), (int)(seconds / 60));
    }
    if (seconds < 86400) {
        /* Translators: an age in hours, kept short. */
        return g_strdup_printf(_("%d h"), (int)(seconds / 3600));
    }
    /* Translators: an age in days, kept short. */
    return g_strdup_printf(_("%d d"), (int)MIN(seconds / 86400, 9999));
}

char *ui_format_price_age(int64_t at_ms, int64_t now_ms)
{
    if (at_ms <= 0) {
        return g_strdup(_("Price of unknown age"));
    }
    const int64_t seconds = (now_ms - at_ms) / 1000;
    if (seconds < 1) {
        return g_strdup(_("New price"));
    }
    g_autofree char *age = ui_format_age(seconds);
    /* Translators: %s is an age such as "3 min". */
    return g_strdup_printf(_("Price %s old"), age);
}

char *ui_format_prices_age(int64_t seconds)
{
    if (seconds < 0) {
        return g_strdup(_("No prices yet"));
    }
    if (seconds < 10) {
        return g_strdup(_("Prices up to date"));
    }
    g_autofree char *age = ui_format_age(seconds);
    /* Translators: %s is an age such as "3 min". */
    return g_strdup_printf(_("Prices %s old"), age);
}

char *ui_format_unsent(int64_t unsent, int64_t since_ms, GTimeZone *zone)
{
    if (unsent <= 0) {
        return g_strdup(_("All sent"));
    }
    const int count = (int)MIN(unsent, G_MAXINT);
    if (since_ms <= 0) {
        return g_strdup_printf(ngettext("%d unsent", "%d unsent", (gulong)count), count);
    }
    g_autofree char *instant = pos_instant_format(since_ms, zone);
    /* An instant is "2026-11-23T09:12:…": the clock time stands at byte 11. */
    g_autofree char *clock = strlen(instant) >= 16 ? g_strndup(instant + 11, 5) : g_strdup("");
    /* Translators: %1$d records that central does not have yet, the oldest from the time %2$s. */
    return g_strdup_printf(
        ngettext("%1$d unsent since %2$s", "%1$d unsent since %2$s", (gulong)count), count, clock);
}

char *ui_format_source(const char *lot, const char *origin)
{
    const bool has_lot = lot != NULL && lot[0] != '\0';
    const bool has_origin = origin != NULL && origin[0] != '\0';
    if (!has_lot) {
        return g_strdup(has_origin ? origin : "");
    }
    /* Translators: %s is the number of a lot (a batch of goods). */
    g_autofree char *words = g_strdup_printf(_("Lot %s"), lot);
    return has_origin ? g_strconcat(words, " · ", origin, NULL) : g_steal_pointer(&words);
}

char *ui_format_items(gsize count)
{
    return g_strdup_printf(ngettext("%d item", "%d items", (gulong)count), (int)count);
}

const char *ui_freshness_class(PosFreshnessColour colour)
{
    switch (colour) {
    case POS_FRESHNESS_AMBER:
        return "fresh-amber";
    case POS_FRESHNESS_RED:
        return "fresh-red";
    case POS_FRESHNESS_GREEN:
        break;
    }
    return "fresh-green";
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Everything that is put into the page goes through text() or is a number; the page has no inline style and no inline
 * script but the data block for search engines. */
#include "sync/central_page.h"

#include "pos/allergen.h"
#include "sync/central_page_private.h"
#include "sync/central_page_words.h"

#include <math.h>
#include <string.h>

void central_page_facts_free(CentralPageFacts *facts)
{
    if (facts == NULL) {
        return;
    }
    g_free(facts->store_id);
    g_free(facts->base);
    g_free(facts->language);
    g_free(facts->store_language);
    pos_names_clear(&facts->store_names);
    pos_names_clear(&facts->recall_reason);
    g_free(facts->recall_action);
    g_clear_pointer(&facts->zone, g_time_zone_unref);
    pos_product_free(facts->product);
    pos_lot_free(facts->lot);
    pos_price_free(facts->price);
    g_clear_pointer(&facts->lots, g_ptr_array_unref);
    g_free(facts);
}

void central_page_text(GString *html, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text(text != NULL ? text : "", -1);
    g_string_append(html, escaped);
}

/* A pattern with one %s for people. Owned. */
static char *fill(const char *pattern, const char *value)
{
    const char *at = strstr(pattern, "%s");
    return at == NULL ? g_strdup(pattern)
                      : g_strdup_printf("%.*s%s%s", (int)(at - pattern), pattern, value, at + 2);
}

char *central_page_clock(const CentralPageFacts *facts, int64_t at_ms, const char *format)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_ms / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, facts->zone);
    return g_date_time_format(local, format);
}

/* "/p/{gtin}[/lot/{lot}]" of a lot of this product, with the language that was chosen. Owned. */
static char *path_of(const CentralPageFacts *facts, const char *lot, const char *tail)
{
    g_autofree char *escaped = lot == NULL ? NULL : g_uri_escape_string(lot, NULL, FALSE);
    return g_strdup_printf("/p/%s%s%s%s?lang=%s", facts->product->gtin,
                           escaped != NULL ? "/lot/" : "", escaped != NULL ? escaped : "", tail,
                           facts->language);
}

/* --- the price -------------------------------------------------------------------------------- */

/* The parts of the price as texts, each owned; "" where there is nothing to say. */
typedef struct {
    char *amount, *unit, *was, *why, *held, *as_of;
} PriceTexts;

static void price_texts_clear(PriceTexts *texts)
{
    g_free(texts->amount);
    g_free(texts->unit);
    g_free(texts->was);
    g_free(texts->why);
    g_free(texts->held);
    g_free(texts->as_of);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PriceTexts, price_texts_clear)

/* "each · per 100 g ₩1,996" */
static char *unit_text(const CentralPageFacts *facts, PosMoney price, const CentralPageWords *words)
{
    const PosProduct *product = facts->product;
    if (product->unit == POS_UNIT_G) {
        return g_strdup(words->per_kg);
    }
    if (product->net_g <= 0 || price.minor < 0 || price.minor > G_MAXINT64 / 200) {
        return g_strdup(words->each);
    }
    PosMoney per_100_g = {(price.minor * 200 + product->net_g) / (2 * product->net_g)};
    g_autofree char *amount = pos_money_format(per_100_g, &facts->currency);
    return g_strdup_printf("%s · %s %s", words->each, words->per_100_g, amount);
}

/* Why it is what it is: against the list price, in the reader's language. */
static char *why_text(const CentralPageFacts *facts, PosMoney price, const CentralPageWords *words)
{
    int64_t list = facts->price->list_price.minor;
    g_autofree char *amount = pos_money_format(facts->price->list_price, &facts->currency);
    const char *pattern = list > price.minor   ? words->cheaper
                          : list < price.minor ? words->dearer
                                               : words->as_usual;
    g_autofree char *change = fill(pattern, amount);
    bool same_language = strcmp(facts->language, facts->store_language) == 0;
    return facts->price->why[0] != '\0' && same_language && list != price.minor
               ? g_strdup_printf("%s. %s", change, facts->price->why)
               : g_steal_pointer(&change);
}

static PriceTexts price_texts(const CentralPageFacts *facts)
{
    const CentralPageWords *words = central_page_words(facts->language);
    PriceTexts texts = {0};
    g_autofree char *now = central_page_clock(facts, facts->now_ms, "%H:%M:%S");
    texts.as_of = fill(words->as_of, now);
    if (facts->price == NULL) {
        texts.amount = g_strdup("–");
        texts.unit = g_strdup("");
        texts.was = g_strdup("");
        texts.why = g_strdup(words->no_price);
        texts.held = g_strdup("");
        return texts;
    }
    PosMoney price = pos_price_in_force(facts->price, facts->now_ms);
    g_autofree char *until = central_page_clock(facts, facts->now_ms + facts->hold_ms, "%H:%M");
    texts.amount = pos_money_format(price, &facts->currency);
    texts.unit = unit_text(facts, price, words);
    texts.why = why_text(facts, price, words);
    texts.held = facts->hold_ms >= 60000 ? fill(words->held, until) : g_strdup("");
    /* Directive 98/6/EC, article 6a: a reduction names the lowest price of the last thirty days. */
    if (facts->price->prior_price.minor > price.minor) {
        g_autofree char *prior = pos_money_format(facts->price->prior_price, &facts->currency);
        texts.was = fill(words->was, prior);
    } else {
        texts.was = g_strdup("");
    }
    return texts;
}

json_t *central_page_price_json(const CentralPageFacts *facts)
{
    g_auto(PriceTexts) texts = price_texts(facts);
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "amount", texts.amount, "unit",
                             texts.unit, "was", texts.was, "why", texts.why, "held", texts.held,
                             "asof", texts.as_of, "version", (json_int_t)facts->version);
    if (facts->price != NULL) {
        PosMoney price = pos_price_in_force(facts->price, facts->now_ms);
        json_object_set_new(json, "price", json_integer(price.minor));
        json_object_set_new(json, "currency", json_string(facts->currency.code));
    }
    return json;
}

static void part(GString *html, const char *tag, const char *id, const char *class_,
                 const char *text)
{
    g_string_append_printf(html, "<%s id=\"%s\" class=\"%s\"%s>", tag, id, class_,
                           *text == '\0' ? " hidden" : "");
    central_page_text(html, text);
    g_string_append_printf(html, "</%s>", tag);
}

static void append_price(GString *html, const CentralPageFacts *facts)
{
    const CentralPageWords *words = central_page_words(facts->language);
    g_auto(PriceTexts) texts = price_texts(facts);
    g_autofree char *lot =
        facts->lot == NULL ? NULL : g_uri_escape_string(facts->lot->lot, NULL, FALSE);
    g_string_append_printf(html,
                           "<section id=\"price\" aria-live=\"polite\" aria-label=\"%s\" "
                           "data-version=\"%" G_GINT64_FORMAT
                           "\" data-live=\"/p/%s/price?lang=%s%s%s\">",
                           words->price_heading, facts->version, facts->product->gtin,
                           facts->language, lot != NULL ? "&amp;lot=" : "", lot != NULL ? lot : "");
    g_string_append(html, "<div class=\"price\">");
    part(html, "span", "amount", "", texts.amount);
    g_string_append(html, " <small>");
    part(html, "span", "unit", "", texts.unit);
    g_string_append(html, "</small></div>");
    part(html, "p", "why", "why", texts.why);
    part(html, "p", "was", "sub", texts.was);
    if (pos_freshness_refusal(facts->freshness) == POS_REFUSAL_NONE) {
        part(html, "p", "held", "held", texts.held);
    }
    part(html, "p", "asof", "sub", texts.as_of);
    g_string_append(html, "</section>");
}

/* --- health ----------------------------------------------------------------------------------- */

static const char *health_icon(PosFreshnessColour colour)
{
    switch (colour) {
    case POS_FRESHNESS_GREEN:
        return "<path d=\"M8 17l6 6 10-13\" fill=\"none\" stroke=\"currentColor\" "
               "stroke-width=\"4\"/>";
    case POS_FRESHNESS_AMBER:
        return "<path d=\"M16 8v10m0 4v3\" fill=\"none\" stroke=\"currentColor\" "
               "stroke-width=\"4\"/>";
    case POS_FRESHNESS_RED:
        return "<path d=\"M9 9l14 14M23 9L9 23\" fill=\"none\" stroke=\"currentColor\" "
               "stroke-width=\"4\"/>";
    }
    g_assert_not_reached();
}

static void append_health(GString *html, const CentralPageFacts *facts)
{
    const CentralPageWords *words = central_page_words(facts->language);
    g_autofree char *text = pos_freshness_words_in(facts->freshness, facts->language);
    const char *reason = pos_names_in(&facts->recall_reason, facts->language);
    g_string_append_printf(
        html,
        "<div class=\"health %s\" data-health=\"%s\"><svg width=\"32\" height=\"32\" viewBox=\"0 0 "
        "32 32\" aria-hidden=\"true\">%s</svg><div>",
        pos_freshness_code(facts->freshness.colour), pos_freshness_code(facts->freshness.colour),
        health_icon(facts->freshness.colour));
    central_page_text(html, text);
    if (facts->freshness.reason == POS_FRESHNESS_RECALLED) {
        g_string_append(html, "<br><span>");
        central_page_text(html, reason != NULL ? reason : "");
        g_string_append(html, " ");
        central_page_text(html, words->ask_staff);
        g_string_append(html, "</span>");
    }
    g_string_append(html, "</div></div>");
}

/* --- facts ------------------------------------------------------------------------------------ */

static void row(GString *html, const char *name, const char *value)
{
    if (value != NULL && *value != '\0') {
        g_string_append(html, "<div><dt>");
        central_page_text(html, name);
        g_string_append(html, "</dt><dd>");
        central_page_text(html, value);
        g_string_append(html, "</dd></div>");
    }
}

static char *allergens_text(const CentralPageFacts *facts, const CentralPageWords *words)
{
    const char *codes = facts->product->allergens;
    g_autoptr(GString) text = g_string_new("");
    if (*codes == '\0' || strcmp(codes, "none") == 0) {
        return g_strdup(*codes == '\0' ? words->not_stated : words->none);
    }
    g_auto(GStrv) list = g_strsplit(codes, " ", POS_ALLERGENS_MAX);
    for (char **code = list; *code != NULL; code++) {
        g_string_append_printf(text, "%s%s", text->len > 0 ? " · " : "",
                               pos_allergen_words(*code, facts->language));
    }
    return g_strdup(text->str);
}

static void append_facts(GString *html, const CentralPageFacts *facts)
{
    const CentralPageWords *words = central_page_words(facts->language);
    g_autofree char *allergens = allergens_text(facts, words);
    g_string_append(html, "<section><h2>");
    central_page_text(html, words->facts);
    g_string_append(html, "</h2><dl>");
    if (facts->lot != NULL) {
        g_autofree char *best_before = pos_date_format(facts->lot->best_before);
        g_autofree char *use_by = pos_date_format(facts->lot->use_by);
        row(html, words->origin, pos_names_in(&facts->lot->origin, facts->language));
        row(html, words->use_by, use_by);
        row(html, words->best_before, best_before);
    }
    row(html, words->storage, facts->product->storage);
    row(html, words->allergens, allergens);
    row(html, words->lot, facts->lot != NULL ? facts->lot->lot : NULL);
    row(html, "GTIN", facts->product->gtin);
    g_string_append(html, "</dl></section>");
}

static void append_lots(GString *html, const CentralPageFacts *facts)
{
    const CentralPageWords *words = central_page_words(facts->language);
    if (facts->lots->len == 0) {
        return;
    }
    g_string_append(html, "<section><h2>");
    central_page_text(html, facts->lot != NULL ? words->other_lots : words->all_lots);
    g_string_append(html, "</h2><ul class=\"lots\">");
    for (guint i = 0; i < facts->lots->len; i++) {
        const CentralPageLot *lot = g_ptr_array_index(facts->lots, i);
        g_autofree char *path = path_of(facts, lot->lot, "");
        g_autofree char *fresh = pos_freshness_words_in(lot->freshness, facts->language);
        g_autofree char *price =
            lot->has_price ? pos_money_format(lot->price, &facts->currency) : g_strdup("");
        g_string_append(html, "<li><a href=\"");
        central_page_text(html, path);
        g_string_append_printf(html, "\"><span><i class=\"dot %s\"></i>",
                               pos_freshness_code(lot->freshness.colour));
        central_page_text(html, fresh);
        g_string_append(html, "</span> <span>");
        central_page_text(html, lot->lot);
        g_string_append(html, "</span> <b>");
        central_page_text(html, price);
        g_string_append(html, "</b></a></li>");
    }
    g_string_append(html, "</ul></section>");
}

/* --- the data block --------------------------------------------------------------------------- */

/* schema.org Product with its offer; `</` is escaped so that it cannot end the element. */
static void append_json_ld(GString *html, const CentralPageFacts *facts)
{
    const char *name = pos_names_in(&facts->product->names, facts->language);
    g_autofree char *link =
        pos_gs1_link(facts->base, facts->product->gtin, facts->lot != NULL ? facts->lot->lot : NULL,
                     (PosDate){0}, (PosDate){0});
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s}", "@context", "https://schema.org/",
                             "@type", facts->lot != NULL ? "SomeProducts" : "Product", "gtin",
                             facts->product->gtin, "name", name, "hasGS1DigitalLink", link);
    if (facts->lot != NULL && facts->lot->origin_country[0] != '\0') {
        json_object_set_new(json, "countryOfOrigin", json_string(facts->lot->origin_country));
    }
    if (facts->price != NULL) {
        PosMoney price = pos_price_in_force(facts->price, facts->now_ms);
        g_autofree char *amount = central_page_plain_amount(price, &facts->currency);
        bool sold = pos_freshness_refusal(facts->freshness) == POS_REFUSAL_NONE;
        json_object_set_new(
            json, "offers",
            json_pack("{s:s, s:s, s:s, s:s}", "@type", "Offer", "price", amount, "priceCurrency",
                      facts->currency.code, "availability",
                      sold ? "https://schema.org/InStoreOnly" : "https://schema.org/Discontinued"));
    }
    g_autofree char *plain = json_dumps(json, JSON_COMPACT);
    g_auto(GStrv) parts = g_strsplit(plain, "</", -1);
    g_autofree char *safe = g_strjoinv("<\\/", parts);
    g_string_append_printf(html, "<script type=\"application/ld+json\">%s</script>", safe);
    json_decref(json);
}

char *central_page_plain_amount(PosMoney amount, const PosCurrency *currency)
{
    int64_t scale = 1;
    for (int i = 0; i < currency->exponent; i++) {
        scale *= 10;
    }
    return currency->exponent == 0
               ? g_strdup_printf("%" G_GINT64_FORMAT, amount.minor)
               : g_strdup_printf("%" G_GINT64_FORMAT ".%0*" G_GINT64_FORMAT, amount.minor / scale,
                                 currency->exponent, ABS(amount.minor % scale));
}

/* --- the whole -------------------------------------------------------------------------------- */

static void append_head(GString *html, const char *language, const char *title)
{
    g_string_append_printf(
        html,
        "<!DOCTYPE html><html lang=\"%s\"><head><meta charset=\"utf-8\"><meta "
        "name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>",
        language);
    central_page_text(html, title);
    g_string_append(html, "</title><link rel=\"stylesheet\" href=\"/p/page.css\">");
}

static void append_languages(GString *html, const CentralPageFacts *facts, const char *tail)
{
    static const char *const codes[] = {"ko", "en", "zh"};
    g_string_append(html, "<nav>");
    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
        const CentralPageWords *words = central_page_words(codes[i]);
        bool current = strcmp(codes[i], facts->language) == 0;
        g_autofree char *path = path_of(facts, facts->lot != NULL ? facts->lot->lot : NULL, tail);
        path[strlen(path) - 2] = '\0'; /* the code at its end */
        g_string_append_printf(html, "<a lang=\"%s\" hreflang=\"%s\"%s href=\"", codes[i], codes[i],
                               current ? " aria-current=\"true\"" : "");
        central_page_text(html, path);
        g_string_append_printf(html, "%s\">%s</a>", codes[i], words->name);
    }
    g_string_append(html, "</nav>");
}

static void append_title(GString *html, const CentralPageFacts *facts)
{
    g_string_append(html, "<h1>");
    central_page_text(html, pos_names_in(&facts->product->names, facts->language));
    g_string_append(html, "</h1>");
    if (facts->lot != NULL) {
        const char *origin = pos_names_in(&facts->lot->origin, facts->language);
        g_string_append(html, "<p class=\"sub\">");
        central_page_text(html, origin);
        g_string_append(html, "</p>");
    }
}

char *central_page_html(const CentralPageFacts *facts, const PosMapLand *land, bool route_first)
{
    const CentralPageWords *words = central_page_words(facts->language);
    const char *name = pos_names_in(&facts->product->names, facts->language);
    g_autoptr(GString) html = g_string_sized_new(16 * 1024);
    append_head(html, facts->language, name);
    append_json_ld(html, facts);
    g_string_append(
        html, "<script src=\"/p/page.js\" defer></script></head><body><div class=\"top\"><b>");
    central_page_text(html, pos_names_in(&facts->store_names, facts->language));
    g_string_append(html, "</b>");
    append_languages(html, facts, route_first ? "/route" : "");
    g_string_append(html, "</div><main>");
    append_title(html, facts);
    if (route_first) {
        central_page_append_route(html, facts, land);
    }
    append_health(html, facts);
    append_price(html, facts);
    append_facts(html, facts);
    if (!route_first && facts->lot != NULL) {
        central_page_append_route(html, facts, land);
    }
    append_lots(html, facts);
    g_string_append(html, "</main><footer>");
    central_page_text(html, facts->demo ? words->demo : "");
    g_string_append(html, "</footer></body></html>\n");
    return g_string_free(g_steal_pointer(&html), FALSE);
}

char *central_page_sorry_html(const char *language, const char *sentence)
{
    g_autoptr(GString) html = g_string_new("");
    append_head(html, language, sentence);
    g_string_append(html, "</head><body><main><section><h1>");
    central_page_text(html, sentence);
    g_string_append(html, "</h1></section></main></body></html>\n");
    return g_string_free(g_steal_pointer(&html), FALSE);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /p/…: product pages, their style and script, recalls for machines, the live price. */
#include "pos/error.h"
#include "pos/gs1.h"
#include "sync/central_log.h"
#include "sync/central_page_facts.h"
#include "sync/central_page_live.h"
#include "sync/central_page_words.h"
#include "sync/central_resolver.h"
#include "sync/central_routes.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Made from data/page. */
extern const char central_asset_page_css[], central_asset_page_js[];

/* Which page. */
typedef struct {
    char gtin[15];
    char *lot;  /* NULL the product */
    char *tail; /* "", "route", "price", "recall" */
} Address;

static void address_clear(Address *address)
{
    g_free(address->lot);
    g_free(address->tail);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Address, address_clear)

void central_routes_add_page_headers(CentralRequest *request)
{
    central_request_add_header(
        request, "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src "
        "'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    central_request_add_header(request, "X-Content-Type-Options", "nosniff");
    central_request_add_header(request, "Referrer-Policy", "no-referrer");
}

/* 8, 12, 13 or 14 digits with a right check digit to 14. */
static bool read_gtin(const char *text, char out[15])
{
    gsize length = strlen(text);
    if ((length != 8 && length != 12 && length != 13 && length != 14) ||
        !pos_gs1_digits_check(text, length)) {
        return false;
    }
    memset(out, '0', 14);
    memcpy(out + 14 - length, text, length);
    out[14] = '\0';
    return true;
}

static bool is_tail(const char *text)
{
    return *text == '\0' || strcmp(text, "route") == 0 || strcmp(text, "price") == 0 ||
           strcmp(text, "recall") == 0;
}

/* From the target as it came: a lot may hold a slash, as %2F. */
static bool read_address(const char *target, Address *out)
{
    g_autofree char *path = g_strndup(target + strlen(CENTRAL_PAGES_PATH),
                                      strcspn(target + strlen(CENTRAL_PAGES_PATH), "?#"));
    g_auto(GStrv) parts = g_strsplit(path, "/", 6);
    guint count = g_strv_length(parts);
    if (count > 1 && parts[count - 1][0] == '\0') {
        count--; /* a slash at the end */
    }
    if (count < 1 || count > 4 || !read_gtin(parts[0], out->gtin)) {
        return false;
    }
    bool has_lot = count >= 3 && strcmp(parts[1], "lot") == 0;
    guint tail = has_lot ? 3 : 1;
    out->lot = has_lot ? g_uri_unescape_string(parts[2], NULL) : NULL;
    out->tail = g_strdup(count > tail ? parts[tail] : "");
    return count <= tail + 1 && is_tail(out->tail) &&
           (!has_lot || pos_lot_number_is_well_formed(out->lot));
}

/* What was chosen, else what the browser wants of the three, else Korean for a Korean store and so on. */
static const char *language_of(CentralRequest *request, const char *store_language)
{
    const char *chosen = central_request_query(request, "lang");
    const char *const offered[] = {central_page_words(store_language)->code, "ko", "en", "zh",
                                   NULL};
    if (chosen != NULL &&
        (strcmp(chosen, "ko") == 0 || strcmp(chosen, "en") == 0 || strcmp(chosen, "zh") == 0)) {
        return central_page_words(chosen)->code;
    }
    return central_weblink_best_language(central_request_header(request, "Accept-Language"), offered);
}

static char *store_language(CentralStore *store, const char *store_id)
{
    g_autoptr(json_t) setting =
        store_id == NULL ? NULL
                         : central_store_feed_value(store, store_id, "setting", "store", NULL);
    const char *language = json_string_value(json_object_get(setting, "language"));
    return g_strdup(language != NULL ? language : "en");
}

static void answer_page_text(CentralRequest *request, guint status, char *html)
{
    central_routes_add_page_headers(request);
    central_request_add_header(request, "Vary", "Accept-Language");
    central_request_answer_text(request, status, "text/html; charset=utf-8", html);
}

static void answer_sorry(CentralRequest *request, guint status, const char *language,
                         const char *error, const char *sentence)
{
    const char *accept = central_request_header(request, "Accept");
    if (accept != NULL && strstr(accept, "text/html") == NULL && strstr(accept, "json") != NULL) {
        central_request_error(request, status, error, "%s", sentence);
    } else {
        answer_page_text(request, status, central_page_sorry_html(language, sentence));
    }
}

/* --- the page --------------------------------------------------------------------------------- */

static int64_t now_ms(CentralRoutes *routes)
{
    return routes->clock->wall_ms(routes->clock->user);
}

static void answer_html(CentralRoutes *routes, CentralRequest *request, const Address *address,
                        const char *store_id, const char *language)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralPageFacts) facts = central_page_facts_read(
        routes->read, store_id, address->gtin, address->lot, language, now_ms(routes), &error);
    const CentralPageWords *words = central_page_words(language);
    if (facts == NULL) {
        central_log("page_failed", json_pack("{s:s}", "message", error->message));
        answer_sorry(request, 404, language, "unknown_product", words->unknown_product);
        return;
    }
    if (address->lot != NULL && facts->lot == NULL) {
        answer_sorry(request, 404, language, "unknown_lot", words->unknown_lot);
        return;
    }
    g_free(facts->base);
    facts->base = central_resolver_base(routes->read, g_atomic_pointer_get(&routes->own_url));
    g_autofree char *link = g_strdup_printf(
        "<%s/01/%s?linkType=linkset>; rel=\"linkset\"; type=\"application/linkset+json\"",
        facts->base, facts->product->gtin);
    central_request_add_header(request, "Link", link);
    answer_page_text(request, 200,
                     central_page_html(facts, routes->land, strcmp(address->tail, "route") == 0));
}

/* --- the live price --------------------------------------------------------------------------- */

static char *live_text(const char *store_id, const char *gtin, const char *lot,
                       const char *language, char **out_key, void *user)
{
    CentralRoutes *routes = user;
    g_autoptr(CentralPageFacts) facts =
        central_page_facts_read(routes->read, store_id, gtin, lot, language, now_ms(routes), NULL);
    if (facts == NULL) {
        return NULL;
    }
    g_autoptr(json_t) json = central_page_price_json(facts);
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    json_object_del(json, "asof");
    json_object_del(json, "held");
    *out_key = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    return text;
}

static void answer_live(CentralRoutes *routes, CentralRequest *request, const Address *address,
                        const char *store_id, const char *language)
{
    const char *of_query = central_request_query(request, "lot");
    const char *lot = address->lot != NULL ? address->lot : of_query;
    if (lot != NULL && !pos_lot_number_is_well_formed(lot)) {
        central_request_error(request, 400, "bad_lot",
                              _("A lot has 1 to 20 characters of GS1's set 82"));
        return;
    }
    if (strcmp(central_request_method(request), "GET") != 0) {
        central_request_answer_text(request, 200, "text/event-stream", g_strdup(""));
        return;
    }
    central_page_live_serve(routes->live, request, store_id, address->gtin, lot, language,
                            live_text, routes);
}

/* --- style and script ------------------------------------------------------------------------- */

static bool answer_asset(CentralRequest *request)
{
    const char *name = central_request_path(request) + strlen(CENTRAL_PAGES_PATH);
    bool is_style = strcmp(name, "page.css") == 0;
    if (!is_style && strcmp(name, "page.js") != 0) {
        return false;
    }
    central_request_add_header(request, "Cache-Control", "public, max-age=3600");
    central_request_add_header(request, "X-Content-Type-Options", "nosniff");
    central_request_answer_text(
        request, 200, is_style ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8",
        g_strdup(is_style ? central_asset_page_css : central_asset_page_js));
    return true;
}

void central_routes_page(CentralRoutes *routes, CentralRequest *request)
{
    g_auto(Address) address = {0};
    if (answer_asset(request)) {
        return;
    }
    central_routes_add_cors(request);
    if (!read_address(central_request_target(request), &address)) {
        const char *language = language_of(request, "en");
        answer_sorry(request, 400, language, "bad_address",
                     central_page_words(language)->bad_address);
        return;
    }
    g_autofree char *store_id = central_resolver_store_of(routes->read, address.gtin,
                                                          central_request_query(request, "store"));
    g_autofree char *first_language = store_language(routes->read, store_id);
    const char *language = language_of(request, first_language);
    if (store_id == NULL) {
        answer_sorry(request, 404, language, "unknown_product",
                     central_page_words(language)->unknown_product);
    } else if (strcmp(address.tail, "recall") == 0) {
        central_request_answer(
            request, 200, central_page_recall(routes->read, store_id, address.gtin, address.lot));
    } else if (strcmp(address.tail, "price") == 0) {
        answer_live(routes, request, &address, store_id, language);
    } else {
        answer_html(routes, request, &address, store_id, language);
    }
}

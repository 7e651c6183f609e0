/* SPDX-License-Identifier: GPL-3.0-or-later
 * Levels: a serial before a lot before a variant before the product (GS1 Resolver 1.2). Central's own pages are links
 * like any; nothing is redirected to that was not made or registered here. */
#include "sync/central_resolver.h"

#include "pos/date.h"
#include "pos/product.h"
#include "sync/central_store_link.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#define SITE                                                                                       \
    "https://resolver.invalid" /* the parser wants a whole URL; nothing depends on the host */
#define LANGUAGES "ko en zh"

bool central_resolver_read(const char *target, PosGs1Message *out, char **out_why)
{
    PosGs1Settings settings = {0};
    gsize path_length = strcspn(target, "?#");
    gsize kept = path_length > 1 && target[path_length - 1] == '/' ? path_length - 1 : path_length;
    g_autofree char *url = g_strdup_printf(SITE "%.*s%s", (int)kept, target, target + path_length);
    if (strlen(url) >= POS_BOUND_SCAN_BYTES) {
        *out_why = g_strdup(_("This address is too long for a GS1 Digital Link"));
        return false;
    }
    pos_gs1_read(url, strlen(url), &settings, out);
    if (out->kind == POS_GS1_LINK) {
        return true;
    }
    *out_why = out->error[0] != '\0'
                   ? g_strdup(out->error)
                   : g_strdup(_("This address is no valid GS1 Digital Link, such as "
                                "/01/09520000010379/10/LOT"));
    return false;
}

bool central_resolver_is_base(const char *text)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    return uri != NULL && strlen(text) <= 200 && !g_str_has_suffix(text, "/") &&
           (strcmp(g_uri_get_scheme(uri), "https") == 0 ||
            strcmp(g_uri_get_scheme(uri), "http") == 0) &&
           g_uri_get_host(uri) != NULL && *g_uri_get_host(uri) != '\0' &&
           g_uri_get_query(uri) == NULL && g_uri_get_fragment(uri) == NULL &&
           g_uri_get_userinfo(uri) == NULL;
}

char *central_resolver_base(CentralStore *store, const char *fallback)
{
    g_autofree char *base = central_store_meta_get(store, CENTRAL_META_DL_BASE);
    if (base != NULL && *base != '\0') {
        return g_steal_pointer(&base);
    }
    g_autofree char *text = central_store_meta_get(store, CENTRAL_META_BASE_URLS);
    json_t *urls = text == NULL || *text == '\0' ? NULL : json_loads(text, 0, NULL);
    const char *first = json_string_value(json_array_get(urls, 0));
    char *result = first != NULL ? g_strdup(first) : NULL;
    json_decref(urls);
    if (result != NULL) {
        return result;
    }
    char host[256] = "localhost";
    (void)gethostname(host, sizeof host - 1);
    return fallback != NULL ? g_strdup(fallback) : g_strdup_printf("https://%s", host);
}

char *central_resolver_store_of(CentralStore *store, const char *gtin, const char *wanted)
{
    g_autoptr(GPtrArray) stores = central_store_list_stores(store);
    for (guint i = 0; i < stores->len; i++) {
        const char *id = g_ptr_array_index(stores, i);
        if (wanted != NULL && strcmp(wanted, id) != 0) {
            continue;
        }
        json_t *product = central_store_feed_value(store, id, "product", gtin, NULL);
        bool has = product != NULL;
        json_decref(product);
        if (has) {
            return g_strdup(id);
        }
    }
    return NULL;
}

/* --- anchors ---------------------------------------------------------------------------------- */

static char *with_segment(const char *path, const char *ai, const char *value)
{
    g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);
    return g_strdup_printf("%s/%s/%s", path, ai, escaped);
}

GPtrArray *central_resolver_anchors(const PosGs1Message *message)
{
    static const char *const keys[] = {"01",   "00",   "414",  "417",  "8003",
                                       "8004", "8006", "8010", "8013", "8017",
                                       "8018", "401",  "402",  "253",  "255"};
    static const char *const qualifiers[] = {"21",   "235",  "10",   "22",  "254",
                                             "8019", "8011", "7040", "8020"};
    GPtrArray *anchors = g_ptr_array_new_with_free_func(g_free);
    const char *key = NULL, *value = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(keys) && value == NULL; i++) {
        key = keys[i];
        value = pos_gs1_value(message, key);
    }
    if (value == NULL) {
        return anchors;
    }
    g_autofree char *root = with_segment("", key, value);
    for (gsize i = 0; i < G_N_ELEMENTS(qualifiers); i++) {
        const char *qualifier = pos_gs1_value(message, qualifiers[i]);
        if (qualifier != NULL) {
            g_ptr_array_add(anchors, with_segment(root, qualifiers[i], qualifier));
        }
    }
    g_ptr_array_add(anchors, g_steal_pointer(&root));
    return anchors;
}

/* --- central's own pages ---------------------------------------------------------------------- */

static void add_link(CentralWeblinkLevel *level, const char *type, const char *href,
                     const char *title, const char *media_type, const char *languages)
{
    g_ptr_array_add(level->links,
                    central_weblink_new(type, href, title, media_type, languages, ""));
}

static void add_product_pages(CentralWeblinkLevel *level, const char *base, const char *gtin,
                              const char *name)
{
    g_autofree char *page = g_strdup_printf("%s/p/%s", base, gtin);
    g_autofree char *recall = g_strdup_printf("%s/recall", page);
    add_link(level, CENTRAL_WEBLINK_DEFAULT, page, name, "text/html", "");
    add_link(level, "pip", page, name, "text/html", LANGUAGES);
    add_link(level, "recallStatus", recall, _("Recall status"), "application/json", "");
}

static void add_lot_pages(CentralWeblinkLevel *level, const char *base, const char *gtin,
                          const char *lot, const char *title)
{
    g_autofree char *escaped = g_uri_escape_string(lot, NULL, FALSE);
    g_autofree char *page = g_strdup_printf("%s/p/%s/lot/%s", base, gtin, escaped);
    g_autofree char *route = g_strdup_printf("%s/route", page);
    g_autofree char *recall = g_strdup_printf("%s/recall", page);
    add_link(level, CENTRAL_WEBLINK_DEFAULT, page, title, "text/html", "");
    add_link(level, "pip", page, title, "text/html", LANGUAGES);
    add_link(level, "traceability", route, _("Origin and route"), "text/html", LANGUAGES);
    add_link(level, "recallStatus", recall, _("Recall status"), "application/json", "");
}

/* The product's name in its store's first language; NULL when no store has it. Owned. */
static char *name_of(CentralStore *store, const char *gtin, char **out_store)
{
    *out_store = central_resolver_store_of(store, gtin, NULL);
    if (*out_store == NULL) {
        return NULL;
    }
    json_t *value = central_store_feed_value(store, *out_store, "product", gtin, NULL);
    json_t *setting = central_store_feed_value(store, *out_store, "setting", "store", NULL);
    g_autoptr(PosProduct) product = pos_product_from_json(gtin, value, NULL);
    const char *language = json_string_value(json_object_get(setting, "language"));
    char *name = g_strdup(product != NULL ? pos_names_in(&product->names, language) : gtin);
    json_decref(value);
    json_decref(setting);
    return name;
}

static bool has_lot(CentralStore *store, const char *store_id, const char *gtin, const char *lot)
{
    g_autofree char *key = g_strdup_printf("%s/%s", gtin, lot);
    json_t *value = central_store_feed_value(store, store_id, "lot", key, NULL);
    bool has = value != NULL;
    json_decref(value);
    return has;
}

/* --- levels ----------------------------------------------------------------------------------- */

static bool is_default(const CentralWeblink *link)
{
    return strcmp(link->type, CENTRAL_WEBLINK_DEFAULT) == 0;
}

/* Takes central's own default out: there is one default link, and a person has named another. */
static void drop_default(CentralWeblinkLevel *level)
{
    for (guint i = level->links->len; i-- > 0;) {
        if (is_default(g_ptr_array_index(level->links, i))) {
            g_ptr_array_remove_index(level->links, i);
        }
    }
}

static bool add_registered(CentralStore *store, CentralWeblinkLevel *level, const char *anchor,
                           GError **error)
{
    g_autoptr(GPtrArray) links = central_store_links(store, anchor, error);
    if (links == NULL) {
        return false;
    }
    while (links->len > 0) {
        CentralWeblink *link = g_ptr_array_steal_index(links, 0);
        if (is_default(link)) {
            drop_default(level);
        }
        g_ptr_array_add(level->links, link);
    }
    return true;
}

/* What this central makes itself of a level. */
static void add_own(CentralStore *store, CentralWeblinkLevel *level, const char *base,
                    const PosGs1Message *message, const char *anchor, const char *store_id,
                    const char *name)
{
    g_autofree char *product = with_segment("", "01", message->gtin);
    g_autofree char *lot =
        message->lot[0] == '\0' ? NULL : with_segment(product, "10", message->lot);
    if (store_id == NULL) {
        return;
    }
    if (strcmp(anchor, product) == 0) {
        add_product_pages(level, base, message->gtin, name);
    } else if (g_strcmp0(anchor, lot) == 0 &&
               has_lot(store, store_id, message->gtin, message->lot)) {
        add_lot_pages(level, base, message->gtin, message->lot, level->description);
    }
}

static char *description_of(const char *anchor, const PosGs1Message *message, const char *name)
{
    g_autofree char *tail = g_uri_unescape_string(strrchr(anchor, '/') + 1, NULL);
    const char *shown = name != NULL ? name : message->gtin;
    if (strstr(anchor, "/10/") != NULL) {
        return g_strdup_printf("%s, %s", shown, tail != NULL ? tail : "");
    }
    bool whole = strchr(anchor + 4, '/') == NULL && *shown != '\0';
    return g_strdup(whole ? shown : tail != NULL ? tail : anchor);
}

GPtrArray *central_resolver_levels(CentralStore *store, const char *base,
                                   const PosGs1Message *message, GError **error)
{
    g_autoptr(GPtrArray) anchors = central_resolver_anchors(message);
    g_autoptr(GPtrArray) levels =
        g_ptr_array_new_with_free_func((GDestroyNotify)central_weblink_level_free);
    g_autofree char *store_id = NULL;
    g_autofree char *name =
        message->gtin[0] == '\0' ? NULL : name_of(store, message->gtin, &store_id);
    for (guint i = 0; i < anchors->len; i++) {
        const char *anchor = g_ptr_array_index(anchors, i);
        g_autofree char *uri = g_strconcat(base, anchor, NULL);
        g_autofree char *description = description_of(anchor, message, name);
        CentralWeblinkLevel *level = central_weblink_level_new(uri, description);
        add_own(store, level, base, message, anchor, store_id, name);
        if (!add_registered(store, level, anchor, error)) {
            central_weblink_level_free(level);
            return NULL;
        }
        if (level->links->len > 0) {
            g_ptr_array_add(levels, level);
        } else {
            central_weblink_level_free(level);
        }
    }
    return g_steal_pointer(&levels);
}

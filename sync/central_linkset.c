/* SPDX-License-Identifier: GPL-3.0-or-later
 * Linksets (RFC 9264, and GS1's schema for them): JSON, and a page that lists the same. */
#include "sync/central_weblink.h"

#include <string.h>

static json_t *link_json(const CentralWeblink *link)
{
    json_t *json = json_pack("{s:s, s:s}", "href", link->href, "title", link->title);
    if (strcmp(link->type, CENTRAL_WEBLINK_DEFAULT) == 0) {
        return json; /* href and title only: what it is stands under its own type */
    }
    if (link->media_type[0] != '\0') {
        json_object_set_new(json, "type", json_string(link->media_type));
    }
    if (link->languages[0] != NULL) {
        json_t *languages = json_array();
        for (char **language = link->languages; *language != NULL; language++) {
            json_array_append_new(languages, json_string(*language));
        }
        json_object_set_new(json, "hreflang", languages);
    }
    if (link->context[0] != '\0') {
        json_object_set_new(json, "context", json_pack("[s]", link->context));
    }
    return json;
}

static bool is_in(GPtrArray *links, const CentralWeblink *link)
{
    return links == NULL || g_ptr_array_find(links, link, NULL);
}

json_t *central_linkset_json(GPtrArray *levels, GPtrArray *only)
{
    json_t *list = json_array();
    for (guint i = 0; i < levels->len; i++) {
        const CentralWeblinkLevel *level = g_ptr_array_index(levels, i);
        json_t *json =
            json_pack("{s:s, s:s}", "anchor", level->anchor, "itemDescription", level->description);
        bool any = false;
        for (guint k = 0; k < level->links->len; k++) {
            const CentralWeblink *link = g_ptr_array_index(level->links, k);
            if (!is_in(only, link)) {
                continue;
            }
            g_autofree char *key = g_strconcat(CENTRAL_WEBLINK_VOCABULARY, link->type, NULL);
            json_t *of_type = json_object_get(json, key);
            if (of_type == NULL) {
                of_type = json_array();
                json_object_set_new(json, key, of_type);
            }
            json_array_append_new(of_type, link_json(link));
            any = true;
        }
        if (any) {
            json_array_append(list, json);
        }
        json_decref(json);
    }
    return json_pack("{s:o}", "linkset", list);
}

static void append_level(GString *html, const CentralWeblinkLevel *level)
{
    g_autofree char *description = g_markup_escape_text(level->description, -1);
    g_string_append_printf(html, "<h2>%s</h2><ul>", description);
    for (guint i = 0; i < level->links->len; i++) {
        const CentralWeblink *link = g_ptr_array_index(level->links, i);
        g_autofree char *href = g_markup_escape_text(link->href, -1);
        g_autofree char *title = g_markup_escape_text(link->title, -1);
        g_string_append_printf(html, "<li><a href=\"%s\">%s</a> <small>gs1:%s</small></li>", href,
                               title, link->type);
    }
    g_string_append(html, "</ul>");
}

char *central_linkset_html(GPtrArray *levels, const char *language)
{
    g_autoptr(GString) html = g_string_new("<!DOCTYPE html><html lang=\"");
    json_t *linkset = central_linkset_json(levels, NULL);
    json_object_set_new(linkset, "@context",
                        json_string("https://ref.gs1.org/standards/resolver/linkset-context"));
    g_autofree char *json = json_dumps(linkset, JSON_COMPACT);
    g_auto(GStrv) parts = g_strsplit(json, "</", -1);
    g_autofree char *safe = g_strjoinv("<\\/", parts); /* it must not end the script element */
    const CentralWeblinkLevel *first = g_ptr_array_index(levels, 0);
    g_autofree char *title = g_markup_escape_text(first->description, -1);
    g_string_append_printf(
        html,
        "%s\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\"><title>%s</title>"
        "<link rel=\"stylesheet\" href=\"/p/page.css\">"
        "<script type=\"application/ld+json\">%s</script></head><body><main><h1>%s</h1>",
        language, title, safe, title);
    for (guint i = 0; i < levels->len; i++) {
        append_level(html, g_ptr_array_index(levels, i));
    }
    g_string_append(html, "</main></body></html>");
    json_decref(linkset);
    return g_string_free(g_steal_pointer(&html), FALSE);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The GS1-Conformant resolver over HTTP: every address that is no other route's is asked here whether it is a Digital
 * Link. What it answers depends on the request's target and its Accept headers alone, never on Host. */
#include "pos/error.h"
#include "sync/central_log.h"
#include "sync/central_resolver.h"
#include "sync/central_routes.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LINKSET "application/linkset+json"
#define CONTEXT "https://ref.gs1.org/standards/resolver/linkset-context"

void central_routes_add_cors(CentralRequest *request)
{
    central_request_add_header(request, "Access-Control-Allow-Origin", "*");
    central_request_add_header(request, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
    central_request_add_header(request, "Access-Control-Allow-Headers", "Accept, Accept-Language");
    central_request_add_header(request, "Access-Control-Expose-Headers", "Link, Location");
}

static const char *query_of(CentralRequest *request)
{
    const char *mark = strchr(central_request_target(request), '?');
    return mark == NULL ? NULL : mark + 1;
}

/* Link: <…?linkType=linkset>; rel="linkset" on every answer about something that is known. */
static void add_linkset_header(CentralRequest *request, const CentralWeblinkLevel *level)
{
    g_autofree char *text = g_strdup_printf(
        "<%s?linkType=linkset>; rel=\"linkset\"; type=\"" LINKSET "\"", level->anchor);
    central_request_add_header(request, "Link", text);
}

static void answer_json(CentralRequest *request, guint status, json_t *linkset,
                        const char *media_type)
{
    central_request_add_header(request, "Link",
                               "<" CONTEXT ">; rel=\"http://www.w3.org/ns/json-ld#context\"; "
                               "type=\"application/ld+json\"");
    if (strcmp(media_type, "application/ld+json") == 0) {
        json_object_set_new(linkset, "@context", json_string(CONTEXT));
    }
    central_request_answer_text(request, status, media_type, json_dumps(linkset, JSON_COMPACT));
    json_decref(linkset);
}

/* The form that Accept wants most; a linkset where it says nothing of them. */
static const char *linkset_form(const char *accept)
{
    static const char *const forms[] = {LINKSET, "application/json", "application/ld+json",
                                        "text/html"};
    const char *best = forms[0];
    for (gsize i = 1; i < G_N_ELEMENTS(forms); i++) {
        if (central_weblink_media_quality(accept, forms[i]) >
            central_weblink_media_quality(accept, best)) {
            best = forms[i];
        }
    }
    return best;
}

static void answer_linkset(CentralRequest *request, GPtrArray *levels,
                           const CentralWeblinkWish *wish)
{
    static const char *const languages[] = {"en", "ko", "zh", NULL};
    const char *form = linkset_form(wish->accept);
    if (strcmp(form, "text/html") == 0) {
        central_routes_add_page_headers(request);
        central_request_answer_text(
            request, 200, "text/html; charset=utf-8",
            central_linkset_html(levels,
                                 central_weblink_best_language(wish->accept_language, languages)));
        return;
    }
    answer_json(request, 200, central_linkset_json(levels, NULL), form);
}

static void answer_redirect(CentralRequest *request, const CentralWeblink *link)
{
    g_autofree char *location = central_weblink_with_query(link->href, query_of(request));
    central_request_add_header(request, "Location", location);
    central_request_answer_text(request, 307, "text/plain; charset=utf-8",
                                g_strdup_printf("%s\n", location));
}

static void answer_link(CentralRequest *request, GPtrArray *levels)
{
    CentralWeblinkWish wish = {
        .link_type = central_request_query(request, "linkType"),
        .accept = central_request_header(request, "Accept"),
        .accept_language = central_request_header(request, "Accept-Language"),
        .context = central_request_query(request, "context"),
    };
    g_autoptr(GPtrArray) links = NULL;
    central_request_add_header(request, "Vary", "Accept, Accept-Language");
    switch (central_weblink_choose(levels, &wish, &links)) {
    case CENTRAL_WEBLINK_NONE:
        central_request_error(request, 404, "no_such_link",
                              _("Nothing of this kind is known about it: ask with "
                                "?linkType=linkset for what there is"));
        break;
    case CENTRAL_WEBLINK_ONE:
        answer_redirect(request, g_ptr_array_index(links, 0));
        break;
    case CENTRAL_WEBLINK_SEVERAL:
        answer_json(request, 300, central_linkset_json(levels, links), LINKSET);
        break;
    case CENTRAL_WEBLINK_SET:
        answer_linkset(request, levels, &wish);
        break;
    }
}

void central_routes_resolver(CentralRoutes *routes, CentralRequest *request)
{
    PosGs1Message message;
    g_autofree char *why = NULL;
    g_autoptr(GError) error = NULL;
    central_routes_add_cors(request);
    if (strcmp(central_request_method(request), "OPTIONS") == 0) {
        central_request_add_header(request, "Allow", "GET, HEAD, OPTIONS");
        central_request_answer_text(request, 204, "text/plain", g_strdup(""));
        return;
    }
    if (!central_resolver_read(central_request_target(request), &message, &why)) {
        central_request_error(request, 400, "no_digital_link", "%s", why);
        return;
    }
    g_autofree char *base =
        central_resolver_base(routes->read, g_atomic_pointer_get(&routes->own_url));
    g_autoptr(GPtrArray) levels = central_resolver_levels(routes->read, base, &message, &error);
    if (levels == NULL) {
        central_log("resolver_failed", json_pack("{s:s}", "message", error->message));
        central_routes_fail(request);
        return;
    }
    if (levels->len == 0) {
        central_request_error(request, 404, "not_known",
                              _("This is a GS1 Digital Link, but nothing is known here about what "
                                "it names"));
        return;
    }
    add_linkset_header(request, g_ptr_array_index(levels, 0));
    answer_link(request, levels);
}

void central_routes_resolver_description(CentralRoutes *routes, CentralRequest *request)
{
    g_autofree char *base =
        central_resolver_base(routes->read, g_atomic_pointer_get(&routes->own_url));
    g_autoptr(GPtrArray) stores = central_store_list_stores(routes->read);
    json_t *setting = stores->len == 0
                          ? NULL
                          : central_store_feed_value(routes->read, g_ptr_array_index(stores, 0),
                                                     "setting", "store", NULL);
    const json_t *names = json_object_get(setting, "names");
    const char *name = json_string_value(json_object_get(names, "en"));
    const char *address = json_string_value(json_object_get(setting, "address"));
    json_t *body =
        json_pack("{s:s, s:s, s:[s,s,s], s:[{s:s, s:s}], s:b, s:s}", "resolverRoot", base, "name",
                  name != NULL ? name : "Coster", "supportedPrimaryKeys", "01", "00", "414",
                  "supportedLinkType", "namespace", CENTRAL_WEBLINK_VOCABULARY, "prefix",
                  "gs1:", "linkTypeDefaultCanBeLinkset", 0, "jsonLdContextLocation", CONTEXT);
    if (name != NULL) {
        json_t *contact = json_pack("{s:s}", "fn", name);
        if (address != NULL && *address != '\0') {
            json_object_set_new(contact, "hasAddress",
                                json_pack("{s:s}", "streetAddress", address));
        }
        json_object_set_new(body, "contact", contact);
    }
    json_decref(setting);
    central_routes_add_cors(request);
    central_request_answer(request, 200, body);
}

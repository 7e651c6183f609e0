/* SPDX-License-Identifier: GPL-3.0-or-later
 * The resolver's registered links. */
#include "sync/central_store_link.h"

#include "pos/error.h"
#include "sync/central_sql.h"

#include <glib/gi18n-lib.h>

static bool set_link(CentralStore *store, const char *anchor, const CentralWeblink *link,
                     GError **error)
{
    static const char UPDATE[] =
        "UPDATE resolver_link SET title = ?, media_type = ?, context = ? WHERE anchor = ? AND "
        "link_type = ? AND href = ? AND languages = ?";
    static const char NEXT[] =
        "SELECT COALESCE(MAX(number), 0) + 1 FROM resolver_link WHERE anchor = ?";
    static const char INSERT[] =
        "INSERT INTO resolver_link (anchor, number, link_type, href, title, media_type, languages, "
        "context) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    g_autofree char *languages = g_strjoinv(" ", link->languages);
    int changed = 0;
    int64_t number = 0;
    if (!central_sql_run(store, &changed, error, UPDATE, "ttttttt", link->title, link->media_type,
                         link->context, anchor, link->type, link->href, languages) ||
        !central_sql_int(store, 1, &number, error, NEXT, "t", anchor)) {
        return false;
    }
    if (changed == 0 && number > CENTRAL_LINKS_OF_ANCHOR_MAX) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("“%s” has %d links already: take some away first."), anchor,
                    CENTRAL_LINKS_OF_ANCHOR_MAX);
        return false;
    }
    return changed > 0 ||
           central_sql_run(store, NULL, error, INSERT, "titttttt", anchor, number, link->type,
                           link->href, link->title, link->media_type, languages, link->context);
}

bool central_store_link_set(CentralStore *store, const char *anchor, const CentralWeblink *link,
                            GError **error)
{
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = set_link(store, anchor, link, error);
    }
    return scope.ok;
}

bool central_store_link_remove(CentralStore *store, const char *anchor, const char *type,
                               const char *href, int *out_removed, GError **error)
{
    static const char SQL[] = "DELETE FROM resolver_link WHERE anchor = ? AND "
                              "link_type = COALESCE(?, link_type) AND href = COALESCE(?, href)";
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = central_sql_run(store, out_removed, error, SQL, "ttt", anchor, type, href);
    }
    return scope.ok;
}

GPtrArray *central_store_links(CentralStore *store, const char *anchor, GError **error)
{
    static const char SQL[] = "SELECT link_type, href, title, media_type, languages, context FROM "
                              "resolver_link WHERE anchor = ? ORDER BY number";
    g_autoptr(GPtrArray) links =
        g_ptr_array_new_with_free_func((GDestroyNotify)central_weblink_free);
    g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "t", anchor);
    int found = CENTRAL_SQL_ERROR;
    while (query != NULL && (found = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        g_autofree char *type = central_sql_text(query, 0), *href = central_sql_text(query, 1);
        g_autofree char *title = central_sql_text(query, 2), *media = central_sql_text(query, 3);
        g_autofree char *languages = central_sql_text(query, 4);
        g_autofree char *context = central_sql_text(query, 5);
        g_ptr_array_add(links, central_weblink_new(type, href, title, media, languages, context));
    }
    return found == CENTRAL_SQL_DONE ? g_steal_pointer(&links) : NULL;
}

GPtrArray *central_store_link_anchors(CentralStore *store, GError **error)
{
    static const char SQL[] = "SELECT DISTINCT anchor FROM resolver_link ORDER BY anchor";
    g_autoptr(GPtrArray) anchors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "");
    int found = CENTRAL_SQL_ERROR;
    while (query != NULL && (found = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        g_ptr_array_add(anchors, central_sql_text(query, 0));
    }
    return found == CENTRAL_SQL_DONE ? g_steal_pointer(&anchors) : NULL;
}

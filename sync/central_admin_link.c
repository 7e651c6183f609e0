/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-central's commands about Digital Links: the public address, and links to other places than central's own
 * pages. */
#include "sync/central_admin.h"

#include "sync/central_resolver.h"
#include "sync/central_store_link.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define HREF_BYTES_MAX 1000
#define TITLE_BYTES_MAX 200
#define MEDIA_BYTES_MAX 100

int central_admin_public_url(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    const char *url = options->words->len > 0 ? g_ptr_array_index(options->words, 0) : NULL;
    if (url != NULL && !central_resolver_is_base(url)) {
        return central_admin_usage(
            _("The address must be like https://shop.example, without a slash at its end"));
    }
    g_autoptr(CentralStore) store =
        central_admin_open(options, url == NULL ? CENTRAL_STORE_READ : CENTRAL_STORE_WRITE);
    if (store == NULL) {
        return CENTRAL_EXIT_FAILED;
    }
    if (url != NULL && !central_store_meta_set(store, CENTRAL_META_DL_BASE, url, &error)) {
        return central_admin_fail(error);
    }
    g_autofree char *base = central_resolver_base(store, NULL);
    printf("%s\n", base);
    return CENTRAL_EXIT_OK;
}

/* The path under which a link is registered, from "/01/…" or a whole URL. Owned; NULL after saying why. */
static char *read_anchor(const char *text, PosGs1Message *message)
{
    const char *scheme = strstr(text, "://");
    const char *slash = scheme == NULL ? text : strchr(scheme + 3, '/');
    g_autofree char *why = NULL;
    if (!central_resolver_read(slash != NULL ? slash : "/", message, &why)) {
        central_admin_usage("%s", why);
        return NULL;
    }
    g_autoptr(GPtrArray) anchors = central_resolver_anchors(message);
    if (anchors->len == 0) {
        central_admin_usage(_("This link names nothing that links can be registered for"));
        return NULL;
    }
    return g_strdup(g_ptr_array_index(anchors, 0));
}

static bool is_target(const char *href)
{
    g_autoptr(GUri) uri = g_uri_parse(href, G_URI_FLAGS_ENCODED, NULL);
    return uri != NULL && strlen(href) <= HREF_BYTES_MAX && strpbrk(href, " \"<>\r\n") == NULL &&
           (strcmp(g_uri_get_scheme(uri), "https") == 0 ||
            strcmp(g_uri_get_scheme(uri), "http") == 0) &&
           g_uri_get_host(uri) != NULL && *g_uri_get_host(uri) != '\0';
}

/* Two letters, or two letters and a country: what GS1's schema takes. */
static bool are_languages(const char *text)
{
    g_auto(GStrv) tags = g_strsplit(text, ",", 20);
    for (char **tag = tags; *tag != NULL; tag++) {
        gsize length = strlen(*tag);
        bool good = g_ascii_islower((*tag)[0]) && g_ascii_islower((*tag)[1]) &&
                    (length == 2 || (length == 5 && (*tag)[2] == '-' &&
                                     g_ascii_isupper((*tag)[3]) && g_ascii_isupper((*tag)[4])));
        if (length < 2 || !good) {
            return false;
        }
    }
    return tags[0] != NULL;
}

/* NULL when the options are good. */
static const char *fault_of(const CentralOptions *options, const char *word)
{
    const char *media = options->media_type;
    if (word == NULL || !central_weblink_type_is_known(word) ||
        strcmp(word, CENTRAL_WEBLINK_DEFAULT) == 0) {
        return _(
            "--type must be a type of GS1's vocabulary such as gs1:recipeInfo; --default makes "
            "it the default link too");
    }
    if (!is_target(options->href)) {
        return _("--href must be a whole http or https address");
    }
    if (*options->title == '\0' || strlen(options->title) > TITLE_BYTES_MAX ||
        !g_utf8_validate(options->title, -1, NULL)) {
        return _("--title must have 1 to 200 bytes");
    }
    if (options->languages != NULL && !are_languages(options->languages)) {
        return _("--languages must be like ko or en-US, separated by commas");
    }
    if (media != NULL && (strlen(media) > MEDIA_BYTES_MAX || strchr(media, '/') == NULL ||
                          strpbrk(media, " ;,\"") != NULL)) {
        return _("--media-type must be like text/html");
    }
    if (options->context != NULL && strlen(options->context) > MEDIA_BYTES_MAX) {
        return _("--context is too long");
    }
    return NULL;
}

/* Each level must find a default link at its own or a higher level (GS1 Resolver 1.2, 5). */
static bool has_default(CentralStore *store, const PosGs1Message *message, GError **error)
{
    g_autoptr(GPtrArray) levels = central_resolver_levels(store, "", message, error);
    for (guint i = 0; levels != NULL && i < levels->len; i++) {
        const CentralWeblinkLevel *level = g_ptr_array_index(levels, i);
        for (guint k = 0; k < level->links->len; k++) {
            const CentralWeblink *link = g_ptr_array_index(level->links, k);
            if (strcmp(link->type, CENTRAL_WEBLINK_DEFAULT) == 0) {
                return true;
            }
        }
    }
    return false;
}

static int store_links(CentralStore *store, const CentralOptions *options, const char *anchor,
                       const char *word)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *languages =
        g_strdelimit(g_strdup(options->languages != NULL ? options->languages : ""), ",", ' ');
    const char *media = options->media_type != NULL ? options->media_type : "text/html";
    const char *context = options->context != NULL ? options->context : "";
    g_autoptr(CentralWeblink) link =
        central_weblink_new(word, options->href, options->title, media, languages, context);
    g_autoptr(CentralWeblink) standing = central_weblink_new(
        CENTRAL_WEBLINK_DEFAULT, options->href, options->title, media, languages, context);
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, &error)) {
        int removed = 0;
        scope.ok = central_store_link_set(store, anchor, link, &error) &&
                   (!options->is_default ||
                    (central_store_link_remove(store, anchor, CENTRAL_WEBLINK_DEFAULT, NULL,
                                               &removed, &error) &&
                     central_store_link_set(store, anchor, standing, &error)));
    }
    return scope.ok ? CENTRAL_EXIT_OK : central_admin_fail(error);
}

int central_admin_link_add(const CentralOptions *options)
{
    PosGs1Message message;
    g_autoptr(GError) error = NULL;
    g_autofree char *anchor = read_anchor(g_ptr_array_index(options->words, 0), &message);
    const char *word = central_weblink_type_word(options->type);
    const char *fault = fault_of(options, word);
    if (anchor == NULL || fault != NULL) {
        return anchor == NULL ? CENTRAL_EXIT_USAGE : central_admin_usage("%s", fault);
    }
    if (message.serial[0] != '\0' &&
        (message.lot[0] != '\0' || pos_gs1_value(&message, "22") != NULL)) {
        return central_admin_usage(_("A link for a serial number names no lot and no variant"));
    }
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (store == NULL) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!options->is_default && !has_default(store, &message, &error)) {
        return error != NULL ? central_admin_fail(error)
                             : central_admin_usage(_("Neither this link nor one above it has a "
                                                     "default link: give --default, or register "
                                                     "one for the product first"));
    }
    return store_links(store, options, anchor, word);
}

static void print_links(CentralStore *store, const char *anchor, GError **error)
{
    g_autoptr(GPtrArray) links = central_store_links(store, anchor, error);
    for (guint i = 0; links != NULL && i < links->len; i++) {
        const CentralWeblink *link = g_ptr_array_index(links, i);
        g_autofree char *type = g_strconcat("gs1:", link->type, NULL);
        g_autofree char *languages = g_strjoinv(",", link->languages);
        central_admin_print(json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "link", anchor, "type",
                                      type, "href", link->href, "title", link->title, "media_type",
                                      link->media_type, "languages", languages, "context",
                                      link->context));
    }
}

int central_admin_link_list(const CentralOptions *options)
{
    PosGs1Message message;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) anchors = NULL;
    bool one = options->words->len > 0;
    char *anchor = one ? read_anchor(g_ptr_array_index(options->words, 0), &message) : NULL;
    if (one && anchor == NULL) {
        return CENTRAL_EXIT_USAGE;
    }
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (store == NULL) {
        g_free(anchor);
        return CENTRAL_EXIT_FAILED;
    }
    if (one) {
        anchors = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(anchors, anchor);
    } else {
        anchors = central_store_link_anchors(store, &error);
    }
    for (guint i = 0; anchors != NULL && error == NULL && i < anchors->len; i++) {
        print_links(store, g_ptr_array_index(anchors, i), &error);
    }
    return error == NULL ? CENTRAL_EXIT_OK : central_admin_fail(error);
}

int central_admin_link_remove(const CentralOptions *options)
{
    PosGs1Message message;
    int removed = 0;
    g_autoptr(GError) error = NULL;
    g_autofree char *anchor = read_anchor(g_ptr_array_index(options->words, 0), &message);
    const char *word = options->type == NULL ? NULL : central_weblink_type_word(options->type);
    if (anchor == NULL || (options->type != NULL && word == NULL)) {
        return anchor == NULL ? CENTRAL_EXIT_USAGE
                              : central_admin_usage(_("--type must be like gs1:recipeInfo"));
    }
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (store == NULL) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!central_store_link_remove(store, anchor, word, options->href, &removed, &error)) {
        return central_admin_fail(error);
    }
    central_admin_print(json_pack("{s:i}", "removed", removed));
    return CENTRAL_EXIT_OK;
}

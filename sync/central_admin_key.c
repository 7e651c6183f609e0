/* SPDX-License-Identifier: GPL-3.0-or-later
 * Another key for central without a visit to a till: `key next` makes it and tells every terminal of it
 * over the feed; when they know, `key switch` puts it in place, and the next start of serve uses it. */
#include "sync/central_admin.h"
#include "sync/central_tls.h"

#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include <errno.h>
#include <stdio.h>

static const char *const FILES[] = {"key.pem", "cert.pem"};

static char *tls_dir_of(const CentralOptions *options)
{
    return options->tls_dir ? g_strdup(options->tls_dir)
                            : g_build_filename(options->data, "tls", NULL);
}

/* Into the setting `central` of every store, beside the present pin. */
static bool publish_next(CentralStore *store, const char *pin, GError **error)
{
    g_autoptr(GPtrArray) ids = central_store_list_stores(store);
    for (guint i = 0; ids && i < ids->len; i++) {
        const char *store_id = g_ptr_array_index(ids, i);
        g_autoptr(json_t) old =
            central_store_feed_value(store, store_id, "setting", "central", NULL);
        g_autoptr(json_t) value = json_is_object(old) ? json_deep_copy(old) : json_object();
        json_object_set_new(value, "next_pin", json_string(pin));
        CentralChange change = {"setting", "central", value};
        if (!central_store_publish(store, store_id, &change, 1, NULL, error)) {
            return false;
        }
    }
    return true;
}

int central_admin_key_next(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = tls_dir_of(options);
    g_autofree char *next = g_build_filename(dir, "next", NULL);
    g_autofree char *pin = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!central_tls_ensure(next, &pin, &error) || !publish_next(store, pin, &error)) {
        return central_admin_fail(error);
    }
    central_admin_print(json_pack("{s:s, s:s}", "next_pin", pin, "folder", next));
    return CENTRAL_EXIT_OK;
}

/* Of the terminals that are not revoked, how many have not applied their store's newest version. */
static bool count_behind(CentralStore *store, int *out_behind, GError **error)
{
    g_autoptr(GPtrArray) all = central_store_terminals(store, NULL, error);
    *out_behind = 0;
    for (guint i = 0; all && i < all->len; i++) {
        const CentralTerminal *terminal = g_ptr_array_index(all, i);
        int64_t version = 0;
        g_autoptr(json_t) value =
            central_store_feed_value(store, terminal->store, "setting", "central", &version);
        *out_behind += !terminal->revoked && value && terminal->seen_version < version;
    }
    return all != NULL;
}

static bool move_files(const char *dir, const char *next, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(FILES); i++) {
        g_autofree char *present = g_build_filename(dir, FILES[i], NULL);
        g_autofree char *coming = g_build_filename(next, FILES[i], NULL);
        g_autofree char *before = g_strdup_printf("%s.before", present);
        if ((g_rename(present, before) != 0 && errno != ENOENT) || g_rename(coming, present) != 0) {
            g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("%s cannot be put in place: %s."),
                        coming, g_strerror(errno));
            return false;
        }
    }
    (void)g_rmdir(next);
    return true;
}

int central_admin_key_switch(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = tls_dir_of(options);
    g_autofree char *next = g_build_filename(dir, "next", NULL);
    g_autofree char *key = g_build_filename(next, FILES[0], NULL);
    int behind = 0;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (!store) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!g_file_test(key, G_FILE_TEST_EXISTS)) {
        return fprintf(stderr, _("coster-central: There is no next key yet; make one with: "
                                 "coster-central key next\n")),
               CENTRAL_EXIT_FAILED;
    }
    if (!count_behind(store, &behind, &error)) {
        return central_admin_fail(error);
    }
    if (behind > 0 && !options->all) {
        return fprintf(stderr,
                       _("coster-central: %d terminals do not know the next key yet and would need "
                         "a new code; wait, or switch with --all.\n"),
                       behind),
               CENTRAL_EXIT_FAILED;
    }
    if (!move_files(dir, next, &error)) {
        return central_admin_fail(error);
    }
    printf(_("The next key is in place; restart serve to use it.\n"));
    return CENTRAL_EXIT_OK;
}

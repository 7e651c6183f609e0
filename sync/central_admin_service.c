/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-central's commands about the running service: who may read its figures, what helpers are told of it. */
#include "sync/central_admin.h"
#include "sync/central_audit.h"
#include "sync/central_routes.h"
#include "sync/central_support.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define TOKEN_BYTES 32

int central_admin_audit(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(options->data, CENTRAL_AUDIT_FILE, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (!store) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!g_file_get_contents(path, &text, &length, &error)) {
        return g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT)
                   ? CENTRAL_EXIT_OK /* nothing was ever changed */
                   : central_admin_fail(error);
    }
    return fwrite(text, 1, length, stdout) == length ? CENTRAL_EXIT_OK : CENTRAL_EXIT_FAILED;
}

int central_admin_support(const CentralOptions *options)
{
    const char *file = g_ptr_array_index(options->words, 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (!store) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(json_t) all = central_support(store, options->all, central_admin_now_ms(), &error);
    if (all == NULL) {
        return central_admin_fail(error);
    }
    g_autofree char *text = json_dumps(all, JSON_INDENT(1) | JSON_SORT_KEYS);
    if (!g_file_set_contents_full(file, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error)) {
        return central_admin_fail(error);
    }
    printf(_("Wrote %s; look at it before you send it.\n"), file);
    return CENTRAL_EXIT_OK;
}

int central_admin_metrics_token(const CentralOptions *options)
{
    uint8_t bytes[TOKEN_BYTES];
    char token[TOKEN_BYTES * 2];
    PosHash hash;
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store) {
        return CENTRAL_EXIT_FAILED;
    }
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(token, sizeof token, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    crypto_hash_sha256(hash.bytes, (const unsigned char *)token, strlen(token));
    g_autofree char *hex = pos_hash_to_hex(&hash);
    if (!central_store_meta_set(store, CENTRAL_META_METRICS_TOKEN, hex, &error)) {
        return central_admin_fail(error);
    }
    puts(token);
    return CENTRAL_EXIT_OK;
}

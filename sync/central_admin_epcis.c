/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-central's commands about where goods come from: suppliers and their tokens, events from a file, a lot's way. */
#include "sync/central_admin.h"

#include "pos/bounds.h"
#include "pos/error.h"
#include "sync/central_epcis.h"
#include "sync/central_route.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define DOCUMENT_BYTES_MAX (16 * 1024 * 1024)
#define ID_BYTES_MAX 64
#define TOKEN_BYTES 32

static bool is_id(const char *id)
{
    gsize length = strlen(id);
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(id[i]) && strchr("._-", id[i]) == NULL) {
            return false;
        }
    }
    return length >= 1 && length <= ID_BYTES_MAX;
}

/* 256 random bits, for an Authorization header. Owned. */
static char *new_token(void)
{
    uint8_t bytes[TOKEN_BYTES];
    char *hex = g_malloc(2 * TOKEN_BYTES + 1);
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(hex, 2 * TOKEN_BYTES + 1, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
    return hex;
}

int central_admin_supplier_add(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    if (!is_id(options->supplier)) {
        return central_admin_usage(_("A supplier's id is 1 to %d letters, digits, dots, dashes"),
                                   ID_BYTES_MAX);
    }
    if (options->name != NULL && strlen(options->name) > POS_BOUND_NAME_BYTES) {
        return central_admin_usage(_("A name has at most %d bytes"), POS_BOUND_NAME_BYTES);
    }
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (store == NULL) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autofree char *token = new_token();
    if (!central_store_supplier_set(store, options->supplier, options->name, token,
                                    central_admin_now_ms(), &error)) {
        return central_admin_fail(error);
    }
    printf("%s\n", token);
    return CENTRAL_EXIT_OK;
}

int central_admin_supplier_list(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    g_autoptr(GPtrArray) list = store == NULL ? NULL : central_store_suppliers(store, &error);
    if (list == NULL) {
        return store == NULL ? CENTRAL_EXIT_FAILED : central_admin_fail(error);
    }
    for (guint i = 0; i < list->len; i++) {
        const CentralSupplier *supplier = g_ptr_array_index(list, i);
        central_admin_print(json_pack("{s:s, s:s, s:b}", "supplier", supplier->id, "name",
                                      supplier->name, "revoked", supplier->revoked));
    }
    return CENTRAL_EXIT_OK;
}

int central_admin_supplier_revoke(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (store == NULL) {
        return CENTRAL_EXIT_FAILED;
    }
    return central_store_supplier_revoke(store, options->supplier, central_admin_now_ms(), &error)
               ? CENTRAL_EXIT_OK
               : central_admin_fail(error);
}

/* --- events ----------------------------------------------------------------------------------- */

static json_t *read_document(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, error)) {
        return NULL;
    }
    json_t *document = pos_json_parse_object(text, length, DOCUMENT_BYTES_MAX, error);
    if (document == NULL) {
        g_prefix_error(error, "%s: ", path);
    }
    return document;
}

int central_admin_epcis_import(const CentralOptions *options)
{
    const char *path = g_ptr_array_index(options->words, 0);
    g_autoptr(GError) error = NULL;
    g_auto(CentralCapture) capture = {0};
    g_autoptr(json_t) document = read_document(path, &error);
    const json_t *events = document == NULL ? NULL : pos_epcis_document_events(document, &error);
    if (events == NULL) {
        return central_admin_fail(error);
    }
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (store == NULL) {
        return CENTRAL_EXIT_FAILED;
    }
    const char *supplier = options->supplier != NULL ? options->supplier : CENTRAL_EPCIS_OWN;
    if (!central_epcis_capture(store, supplier, events, false, central_admin_now_ms(), &capture,
                               &error)) {
        return central_admin_fail(error);
    }
    size_t i;
    json_t *fault;
    json_array_foreach(capture.errors, i, fault)
    {
        central_admin_print(json_incref(fault));
    }
    central_admin_print(
        json_pack("{s:b, s:I, s:I, s:I, s:I}", "stored", capture.success, "added",
                  (json_int_t)capture.added, "already_there", (json_int_t)capture.same, "withdrawn",
                  (json_int_t)capture.withdrawn, "refused", (json_int_t)capture.refused));
    return capture.success ? CENTRAL_EXIT_OK : CENTRAL_EXIT_FAILED;
}

int central_admin_epcis_route(const CentralOptions *options)
{
    char gtin[15];
    g_autoptr(GError) error = NULL;
    if (!central_admin_gtin(options->gtin, gtin, &error)) {
        return central_admin_fail(error);
    }
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (store == NULL || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(GPtrArray) events = central_epcis_events_of_lot(store, gtin, options->lot, &error);
    if (events == NULL) {
        return central_admin_fail(error);
    }
    g_autoptr(json_t) places =
        central_store_feed_value(store, options->store, "setting", "places", NULL);
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    for (guint i = 0; i < events->len; i++) {
        g_ptr_array_add(list, ((PosEpcisEvent *)g_ptr_array_index(events, i))->json);
    }
    g_autoptr(json_t) route = central_route_of_events(list, places);
    size_t i;
    json_t *step;
    json_array_foreach(route, i, step)
    {
        central_admin_print(json_incref(step));
    }
    return CENTRAL_EXIT_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the command line of `coster receipt`: a sold ticket again, as text or as a picture, made from its journal record. It is
 * a copy and says so. Works beside a running till. */
#include "ui/cli_commands.h"

#include "pos/receipt.h"
#include "pos/store.h"
#include "ui/cli.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "receipt"
#define COLUMNS 42

static char *name_of(const char *gtin, void *user)
{
    PosStore *store = user;
    g_autoptr(PosProduct) product = pos_store_product(store, gtin);
    return product != NULL ? g_strdup(pos_names_in(&product->names, NULL)) : NULL;
}

static bool show(PosStore *store, const char *receipt, const char *png, GError **error)
{
    char hash_hex[65];
    g_autoptr(json_t) record = pos_store_sale_find(store, receipt, hash_hex, error);
    g_auto(PosStoreSettings) settings = {0};
    if (record == NULL || !pos_store_settings(store, &settings, error)) {
        return false;
    }
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(settings.time_zone);
    PosReceiptLook look = {.store_name = pos_names_in(&settings.names, settings.language),
                           .address = settings.address,
                           .business_number = settings.business_number,
                           .language = settings.language,
                           .currency = &settings.currency,
                           .zone = zone,
                           .demo = settings.demo,
                           .copy = true,
                           .columns = COLUMNS};
    g_autoptr(GPtrArray) rows = pos_receipt_rows(record, &look, name_of, store);
    g_autofree char *qr_text = pos_receipt_qr_text(record, hash_hex);
    if (png != NULL) {
        return pos_receipt_write_png(rows, qr_text, COLUMNS, png, error);
    }
    for (guint i = 0; i < rows->len; i++) {
        puts(g_ptr_array_index(rows, i));
    }
    return true;
}

int ui_cli_receipt(int argc, char **argv)
{
    const char *data = NULL, *png = NULL, *receipt = NULL;
    for (int i = 1; i < argc; i++) {
        bool is_data = strcmp(argv[i], "--data") == 0, is_png = strcmp(argv[i], "--png") == 0;
        if ((is_data || is_png) && i + 1 >= argc) {
            return ui_cli_misuse(COMMAND, _("%s wants a value."), argv[i]);
        }
        if (is_data || is_png) {
            *(is_data ? &data : &png) = argv[++i];
        } else if (argv[i][0] == '-' || receipt != NULL) {
            return ui_cli_misuse(COMMAND, _("\"%s\" is not expected here."), argv[i]);
        } else {
            receipt = argv[i];
        }
    }
    if (data == NULL || receipt == NULL) {
        return ui_cli_misuse(COMMAND, _("%s is missing."), data == NULL ? "--data DIR" : "RECEIPT");
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(PosStore) store = pos_store_open(data, POS_STORE_READ_ONLY, &error);
    if (store == NULL || !show(store, receipt, png, &error)) {
        return ui_cli_fail_error(error);
    }
    return UI_CLI_OK;
}

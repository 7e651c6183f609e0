/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the command line of `coster receipt`: a sold ticket again, as text, picture or PDF, made from its journal record. It is
 * a copy and says so. Works beside a running till. */
#include "ui/cli_commands.h"

#include "pos/print_draw.h"
#include "pos/receipt_store.h"
#include "ui/cli.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "receipt"
#define COLUMNS 42
#define PDF_COLUMNS 48

static bool show(PosStore *store, const char *receipt, const char *png, const char *pdf,
                 GError **error)
{
    char hash_hex[65];
    const PosReceiptWish wish = {.copy = -1};
    g_autoptr(json_t) record = pos_store_sale_find(store, receipt, hash_hex, error);
    g_autoptr(GPtrArray) document =
        record == NULL ? NULL : pos_store_receipt_document(store, record, hash_hex, &wish, error);
    if (document == NULL || (png != NULL && !pos_print_write_png(document, COLUMNS, png, error)) ||
        (pdf != NULL && !pos_print_write_pdf(document, PDF_COLUMNS, pdf, error))) {
        return false;
    }
    if (png == NULL && pdf == NULL) {
        g_autoptr(GPtrArray) rows = pos_print_document_rows(document, COLUMNS);
        for (guint i = 0; i < rows->len; i++) {
            puts(g_ptr_array_index(rows, i));
        }
    }
    return true;
}

int ui_cli_receipt(int argc, char **argv)
{
    const char *data = NULL, *png = NULL, *pdf = NULL, *receipt = NULL;
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--data") == 0  ? &data
                             : strcmp(argv[i], "--png") == 0 ? &png
                             : strcmp(argv[i], "--pdf") == 0 ? &pdf
                                                             : NULL;
        if (value != NULL && i + 1 >= argc) {
            return ui_cli_misuse(COMMAND, _("%s wants a value."), argv[i]);
        }
        if (value != NULL) {
            *value = argv[++i];
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
    if (store == NULL || !show(store, receipt, png, pdf, &error)) {
        return ui_cli_fail_error(error);
    }
    return UI_CLI_OK;
}

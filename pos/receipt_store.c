/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns how the parts of a receipt are gathered from the terminal's folder. */
#include "pos/receipt_store.h"

typedef struct {
    PosStore *store;
    const char *language;
} NameOf;

static char *name_of(const char *gtin, void *user)
{
    const NameOf *of = user;
    g_autoptr(PosProduct) product = pos_store_product(of->store, gtin);
    return product == NULL ? NULL : g_strdup(pos_names_in(&product->names, of->language));
}

PosPrintDocument *pos_store_receipt_document(PosStore *store, const json_t *record,
                                             const char *hash_hex, const PosReceiptWish *wish,
                                             GError **error)
{
    g_auto(PosStoreSettings) settings = {0};
    if (!pos_store_settings(store, &settings, error)) {
        return NULL;
    }
    g_autoptr(GTimeZone) zone = pos_store_zone(store);
    const char *language = wish->language != NULL ? wish->language : settings.language;
    const PosReceiptLook look = {.store_name = pos_names_in(&settings.names, language),
                                 .address = settings.address,
                                 .business_number = settings.business_number,
                                 .language = language,
                                 .currency = &settings.currency,
                                 .zone = zone,
                                 .demo = settings.demo};
    NameOf of = {store, language};
    PosPrintDocument *document = pos_receipt_document(record, &look, name_of, &of);
    if (hash_hex[0] != '\0') {
        g_autofree char *code = pos_receipt_qr_text(record, hash_hex);
        pos_print_add_qr(document, code);
    }
    if (wish->copy != 0) {
        g_autofree char *mark = pos_receipt_copy_mark(language, wish->copy);
        pos_print_put_mark(document, mark);
    }
    return document;
}

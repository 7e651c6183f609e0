/* SPDX-License-Identifier: GPL-3.0-or-later
 * A product as the feed's kind `product` carries it. The value's members are documented in
 * sync/PROTOCOL.md. */
#pragma once
#include "pos/json.h"
#include "pos/money.h"

G_BEGIN_DECLS

/* Names in the store's languages; ko, en, zh may each be "" but not all of them. */
typedef struct {
    char *ko, *en, *zh;
} PosNames;

/* The name in a language ("ko", "en", "zh", longer tags are cut), else the store's, else any. Borrowed. */
const char *pos_names_in(const PosNames *names, const char *language);
bool pos_names_from_json(const json_t *object, const char *key, const char *where, PosNames *out,
                         GError **error);
json_t *pos_names_to_json(const PosNames *names);
void pos_names_clear(PosNames *names);
PosNames pos_names_copy(const PosNames *names);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PosNames, pos_names_clear)

typedef struct {
    char gtin[15]; /* 14 digits */
    char *plu;     /* "" if none */
    PosNames names;
    char *category;     /* id of a category in the setting `categories` */
    PosUnit unit;       /* EACH: price is per piece; G: price is per kg and a weight is needed */
    int tax_bp;         /* VAT inside the price, basis points */
    int64_t net_g;      /* net content of a piece in grams; 0 unknown */
    int64_t tare_g;     /* packaging taken off a weight; 0 none */
    int64_t deposit;    /* of a piece, minor units; 0 none; not for goods by weight */
    int deposit_tax_bp; /* VAT inside the deposit; the product's own unless the feed says otherwise */
    int age_min;        /* years that a buyer must have; 0 anyone */
    bool is_bag;        /* a carrier bag: no discount takes it */
    char *storage;      /* e.g. "0-5 °C", "" if none */
    char *
        allergens; /* codes of pos/allergen.h separated by spaces; "none" stated to have none; "" not stated */
    char *icon; /* name of the picture in data/icons, "" if none */
} PosProduct;

/* Exactly 14 digits; the check digit is the scanner's business. NULL is not. */
bool pos_gtin_is_well_formed(const char *gtin);

PosProduct *pos_product_from_json(const char *gtin, const json_t *value, GError **error);
json_t *pos_product_to_json(const PosProduct *product);
PosProduct *pos_product_copy(const PosProduct *product);
void pos_product_free(PosProduct *product);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosProduct, pos_product_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Products and names in the store's languages, as values and as the feed's JSON. Pure. */
#include "pos/product.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/bounds.h"
#include "pos/allergen.h"
#include "pos/error.h"

#define CATEGORY_BYTES 32
#define PLU_BYTES 16
#define ICON_BYTES 64

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

const char *pos_names_in(const PosNames *names, const char *language)
{
    const struct {
        const char *code, *name;
    } all[] = {
        {"ko", or_empty(names->ko)}, {"en", or_empty(names->en)}, {"zh", or_empty(names->zh)}};
    for (gsize i = 0; language != NULL && i < G_N_ELEMENTS(all); i++) {
        /* "zh-Hans-CN", "ko_KR": the first two letters decide. */
        if (g_ascii_strncasecmp(language, all[i].code, 2) == 0 && !g_ascii_isalpha(language[2]) &&
            all[i].name[0] != '\0') {
            return all[i].name;
        }
    }
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
        if (all[i].name[0] != '\0') {
            return all[i].name;
        }
    }
    return "";
}

bool pos_names_from_json(const json_t *object, const char *key, const char *where, PosNames *out,
                         GError **error)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_object(value)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: the member '%s' must be an object of names by language."), where, key);
        return false;
    }
    const char *ko, *en, *zh;
    if (!pos_json_get_string_or(value, "ko", POS_BOUND_NAME_BYTES, where, "", &ko, error) ||
        !pos_json_get_string_or(value, "en", POS_BOUND_NAME_BYTES, where, "", &en, error) ||
        !pos_json_get_string_or(value, "zh", POS_BOUND_NAME_BYTES, where, "", &zh, error)) {
        return false;
    }
    if (ko[0] == '\0' && en[0] == '\0' && zh[0] == '\0') {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: the member '%s' must have a name in ko, en or zh."), where, key);
        return false;
    }
    *out = (PosNames){.ko = g_strdup(ko), .en = g_strdup(en), .zh = g_strdup(zh)};
    return true;
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        json_object_set_new(object, key, json_string(text));
    }
}

json_t *pos_names_to_json(const PosNames *names)
{
    json_t *object = json_object();
    set_text(object, "ko", names->ko);
    set_text(object, "en", names->en);
    set_text(object, "zh", names->zh);
    return object;
}

void pos_names_clear(PosNames *names)
{
    g_clear_pointer(&names->ko, g_free);
    g_clear_pointer(&names->en, g_free);
    g_clear_pointer(&names->zh, g_free);
}

PosNames pos_names_copy(const PosNames *names)
{
    return (PosNames){
        .ko = g_strdup(names->ko), .en = g_strdup(names->en), .zh = g_strdup(names->zh)};
}

bool pos_gtin_is_well_formed(const char *gtin)
{
    return gtin != NULL && strlen(gtin) == 14 && strspn(gtin, "0123456789") == 14;
}

/* `names`, or else the plain `name`, which stands for the product in every language. */
static bool read_names(const json_t *value, const char *where, PosNames *out, GError **error)
{
    if (json_object_get(value, "names") != NULL) {
        return pos_names_from_json(value, "names", where, out, error);
    }
    const char *name;
    if (!pos_json_get_string(value, "name", POS_BOUND_NAME_BYTES, where, &name, error)) {
        return false;
    }
    if (name[0] == '\0') {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("%s: the name is empty."), where);
        return false;
    }
    *out = (PosNames){.ko = g_strdup(name), .en = g_strdup(name), .zh = g_strdup(name)};
    return true;
}

/* A list of codes to one text, "none" for an empty list, "" without one. Unknown codes stay: a newer central may know
 * them. Owned; NULL and the error. */
static char *read_allergens(const json_t *value, const char *where, GError **error)
{
    const json_t *list = json_object_get(value, "allergens");
    g_autoptr(GString) text = g_string_new("");
    if (list != NULL && (!json_is_array(list) || json_array_size(list) > POS_ALLERGENS_MAX)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: the member 'allergens' must be a list of at most %d codes."), where,
                    POS_ALLERGENS_MAX);
        return NULL;
    }
    for (gsize i = 0; i < json_array_size(list); i++) {
        const char *code = json_string_value(json_array_get(list, i));
        gsize length = code == NULL ? 0 : strlen(code);
        if (length == 0 || length > 32 || strspn(code, "abcdefghijklmnopqrstuvwxyz_") != length) {
            g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                        _("%s: an allergen is a code of small letters such as 'milk'."), where);
            return NULL;
        }
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", code);
    }
    return g_strdup(list != NULL && text->len == 0 ? "none" : text->str);
}

PosProduct *pos_product_from_json(const char *gtin, const json_t *value, GError **error)
{
    g_autofree char *where = g_strdup_printf("product %s", or_empty(gtin));
    if (!pos_gtin_is_well_formed(gtin)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: the key must be a GTIN of 14 digits."), where);
        return NULL;
    }
    const char *plu, *category, *unit_code, *storage, *icon;
    int64_t tax_bp, net_g, tare_g, deposit, deposit_tax_bp, age_min;
    bool is_bag = false;
    g_autoptr(PosProduct) product = g_new0(PosProduct, 1);
    if (!pos_json_get_string(value, "unit", 8, where, &unit_code, error) ||
        !pos_json_get_string_or(value, "plu", PLU_BYTES, where, "", &plu, error) ||
        !pos_json_get_string_or(value, "category", CATEGORY_BYTES, where, "", &category, error) ||
        !pos_json_get_string_or(value, "storage", POS_BOUND_NAME_BYTES, where, "", &storage,
                                error) ||
        !pos_json_get_string_or(value, "icon", ICON_BYTES, where, "", &icon, error) ||
        !pos_json_get_int_or(value, "tax_bp", 0, 100000, where, 0, &tax_bp, error) ||
        !pos_json_get_int_or(value, "net_g", 0, POS_BOUND_GRAMS_MAX, where, 0, &net_g, error) ||
        !pos_json_get_int_or(value, "tare_g", 0, POS_BOUND_GRAMS_MAX, where, 0, &tare_g, error) ||
        !pos_json_get_int_or(value, "deposit", 0, POS_BOUND_AMOUNT_MINOR_MAX, where, 0, &deposit,
                             error) ||
        !pos_json_get_int_or(value, "deposit_tax_bp", 0, 100000, where, tax_bp, &deposit_tax_bp,
                             error) ||
        !pos_json_get_int_or(value, "age_min", 0, 150, where, 0, &age_min, error) ||
        (json_object_get(value, "bag") != NULL &&
         !pos_json_get_bool(value, "bag", where, &is_bag, error)) ||
        !read_names(value, where, &product->names, error)) {
        return NULL;
    }
    product->unit = pos_unit_from_code(unit_code);
    if (product->unit == POS_UNIT_NONE) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: the unit must be 'each' or 'g', not '%s'."), where, unit_code);
        return NULL;
    }
    product->allergens = read_allergens(value, where, error);
    if (product->allergens == NULL) {
        return NULL;
    }
    memcpy(product->gtin, gtin, sizeof product->gtin);
    product->plu = g_strdup(plu);
    product->category = g_strdup(category);
    product->storage = g_strdup(storage);
    product->icon = g_strdup(icon);
    product->tax_bp = (int)tax_bp;
    product->net_g = net_g;
    product->tare_g = tare_g;
    product->deposit = deposit;
    product->deposit_tax_bp = (int)deposit_tax_bp;
    product->age_min = (int)age_min;
    product->is_bag = is_bag;
    return g_steal_pointer(&product);
}

json_t *pos_product_to_json(const PosProduct *product)
{
    json_t *value = json_object();
    json_object_set_new(value, "names", pos_names_to_json(&product->names));
    json_object_set_new(value, "unit", json_string(pos_unit_code(product->unit)));
    json_object_set_new(value, "tax_bp", json_integer(product->tax_bp));
    json_object_set_new(value, "net_g", json_integer(product->net_g));
    json_object_set_new(value, "tare_g", json_integer(product->tare_g));
    if (product->deposit != 0) {
        json_object_set_new(value, "deposit", json_integer(product->deposit));
        json_object_set_new(value, "deposit_tax_bp", json_integer(product->deposit_tax_bp));
    }
    if (product->age_min != 0) {
        json_object_set_new(value, "age_min", json_integer(product->age_min));
    }
    if (product->is_bag) {
        json_object_set_new(value, "bag", json_true());
    }
    set_text(value, "plu", product->plu);
    set_text(value, "category", product->category);
    set_text(value, "storage", product->storage);
    set_text(value, "icon", product->icon);
    if (product->allergens != NULL && product->allergens[0] != '\0') {
        json_t *list = json_array();
        bool none = strcmp(product->allergens, "none") == 0;
        g_auto(GStrv) codes = g_strsplit(none ? "" : product->allergens, " ", POS_ALLERGENS_MAX);
        for (char **code = codes; *code != NULL; code++) {
            json_array_append_new(list, json_string(*code));
        }
        json_object_set_new(value, "allergens", list);
    }
    return value;
}

PosProduct *pos_product_copy(const PosProduct *product)
{
    PosProduct *copy = g_memdup2(product, sizeof *product);
    copy->plu = g_strdup(product->plu);
    copy->names = pos_names_copy(&product->names);
    copy->category = g_strdup(product->category);
    copy->storage = g_strdup(product->storage);
    copy->allergens = g_strdup(product->allergens);
    copy->icon = g_strdup(product->icon);
    return copy;
}

void pos_product_free(PosProduct *product)
{
    if (product == NULL) {
        return;
    }
    g_free(product->plu);
    pos_names_clear(&product->names);
    g_free(product->category);
    g_free(product->storage);
    g_free(product->allergens);
    g_free(product->icon);
    g_free(product);
}

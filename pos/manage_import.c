/* SPDX-License-Identifier: GPL-3.0-or-later
 * Sheets of products. The layouts differ in their column names alone, so one table maps names to what they mean; what tells
 * Square from Shopify is only for showing. */
#include "pos/manage_import.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/bounds.h"
#include "pos/error.h"
#include "pos/gs1.h"

#define COLUMNS_MAX 200
#define FAULTS_MAX 1000

typedef enum {
    IS_NAME = 0,
    IS_VARIANT,
    IS_GTIN,
    IS_SKU,
    IS_PLU,
    IS_CATEGORY,
    IS_UNIT,
    IS_TO_WEIGHT,
    IS_PRICE,
    IS_COST,
    IS_TAX,
    IS_SUPPLIER,
    IS_SHELF_LIFE,
    IS_PACK,
    IS_HANDLE,
    MEANINGS
} Meaning;

/* Lower case; the first name of the list that the head has wins. */
static const struct {
    Meaning meaning;
    const char *name;
} NAMES[] = {
    {IS_NAME, "item name"},
    {IS_NAME, "title"},
    {IS_NAME, "name"},
    {IS_NAME, "product name"},
    {IS_NAME, "상품명"},
    {IS_NAME, "品名"},
    {IS_VARIANT, "variation name"},
    {IS_VARIANT, "option1 value"},
    {IS_GTIN, "gtin"},
    {IS_GTIN, "barcode"},
    {IS_GTIN, "variant barcode"},
    {IS_GTIN, "ean"},
    {IS_GTIN, "upc"},
    {IS_GTIN, "바코드"},
    {IS_GTIN, "条码"},
    {IS_SKU, "sku"},
    {IS_SKU, "variant sku"},
    {IS_SKU, "default_code"},
    {IS_SKU, "internal reference"},
    {IS_SKU, "상품코드"},
    {IS_PLU, "plu"},
    {IS_CATEGORY, "category"},
    {IS_CATEGORY, "product category"},
    {IS_CATEGORY, "categ_id"},
    {IS_CATEGORY, "type"},
    {IS_CATEGORY, "분류"},
    {IS_CATEGORY, "类别"},
    {IS_UNIT, "unit"},
    {IS_UNIT, "uom_id"},
    {IS_UNIT, "unit of measure"},
    {IS_UNIT, "단위"},
    {IS_TO_WEIGHT, "to_weight"},
    {IS_TO_WEIGHT, "to weigh with scale"},
    {IS_PRICE, "price"},
    {IS_PRICE, "variant price"},
    {IS_PRICE, "list_price"},
    {IS_PRICE, "sales price"},
    {IS_PRICE, "가격"},
    {IS_PRICE, "판매가"},
    {IS_PRICE, "售价"},
    {IS_COST, "default unit cost"},
    {IS_COST, "cost per item"},
    {IS_COST, "standard_price"},
    {IS_COST, "cost"},
    {IS_COST, "unit_cost"},
    {IS_COST, "원가"},
    {IS_TAX, "tax_percent"},
    {IS_TAX, "vat"},
    {IS_TAX, "부가세"},
    {IS_SUPPLIER, "default vendor name"},
    {IS_SUPPLIER, "vendor"},
    {IS_SUPPLIER, "supplier"},
    {IS_SHELF_LIFE, "shelf_life_days"},
    {IS_PACK, "pack"},
    {IS_HANDLE, "handle"},
    {IS_HANDLE, "url handle"},
};

typedef struct {
    PosImport *import;
    const PosCurrency *currency;
    const char *language;
    int column[MEANINGS]; /* -1: the sheet has none */
    GPtrArray *head;      /* names as written */
    char *title;          /* Shopify: of the rows with the same handle */
    char *handle;
    GHashTable *seen; /* GTIN to index in items + 1 */
    int line;
} Reading;

static void fault_free(gpointer data)
{
    PosImportFault *fault = data;
    g_free(fault->column);
    g_free(fault->reason);
    g_free(fault);
}

void pos_import_free(PosImport *import)
{
    if (import == NULL) {
        return;
    }
    json_decref(import->items);
    g_ptr_array_unref(import->faults);
    g_free(import);
}

const char *pos_import_kind_name(PosImportKind kind)
{
    static const char *const names[] = {"", "Square", "Shopify", "Odoo"};
    return names[kind];
}

/* --- cells -------------------------------------------------------------------------------------------------- */

/* One record of a sheet (RFC 4180; a quoted field may span lines). Advances *at; counts lines. Owned, of char*. */
static GPtrArray *next_record(const char **at, const char *end, char separator, int *lines)
{
    GPtrArray *cells = g_ptr_array_new_with_free_func(g_free);
    GString *cell = g_string_new(NULL);
    bool quoted = false, ended = false;
    while (*at < end && !ended) {
        char c = *(*at)++;
        *lines += c == '\n';
        if (quoted) {
            if (c == '"' && *at < end && **at == '"') {
                g_string_append_c(cell, *(*at)++);
            } else if (c == '"') {
                quoted = false;
            } else {
                g_string_append_c(cell, c);
            }
        } else if (c == '"' && cell->len == 0) {
            quoted = true;
        } else if (c == separator || c == '\n') {
            ended = c == '\n';
            g_strstrip(cell->str);
            g_ptr_array_add(cells, g_strdup(cell->str));
            g_string_truncate(cell, 0);
        } else if (c != '\r') {
            g_string_append_c(cell, c);
        }
    }
    if (!ended) {
        g_strstrip(cell->str);
        g_ptr_array_add(cells, g_strdup(cell->str));
    }
    g_string_free(cell, TRUE);
    return cells;
}

static const char *cell(const Reading *reading, const GPtrArray *cells, Meaning meaning)
{
    int column = reading->column[meaning];
    return column < 0 || (guint)column >= cells->len ? "" : g_ptr_array_index(cells, column);
}

static bool object_to(Reading *reading, Meaning meaning, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
static bool object_to(Reading *reading, Meaning meaning, const char *format, ...)
{
    if (reading->import->faults->len >= FAULTS_MAX) {
        return false;
    }
    va_list arguments;
    va_start(arguments, format);
    PosImportFault *fault = g_new0(PosImportFault, 1);
    int column = meaning == MEANINGS ? -1 : reading->column[meaning];
    fault->line = reading->line;
    fault->column = g_strdup(column < 0 ? "" : g_ptr_array_index(reading->head, column));
    fault->reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(reading->import->faults, fault);
    return false;
}

/* --- values ------------------------------------------------------------------------------------------------- */

/* "1,234.50", "1.234,50", "€ 4,20", "12900": the last mark with other than three digits behind it is the decimal one. False when it is no amount. */
bool pos_import_read_amount(const char *text, int digits, int64_t *out)
{
    gsize length = strlen(text);
    const char *decimal = NULL;
    for (gsize i = length; i-- > 0 && decimal == NULL;) {
        if (text[i] == '.' || text[i] == ',') {
            gsize behind = strspn(text + i + 1, "0123456789");
            bool last = text[i + 1 + behind] == '\0' || !g_ascii_isdigit(text[i + 1 + behind]);
            /* "1,234" is a thousand; "1.234" is one only where nothing can be behind the point. */
            bool lone_point = text[i] == '.' && digits > 0 && strcspn(text, ".,") == i;
            if (last && (behind != 3 || lone_point)) {
                decimal = text + i;
            }
            break;
        }
    }
    int64_t value = 0;
    int behind = 0;
    bool any = false;
    for (const char *c = text; *c != '\0'; c++) {
        if (g_ascii_isdigit(*c)) {
            if (decimal != NULL && c > decimal && behind++ >= digits) {
                if (*c != '0') {
                    return false; /* finer than the currency */
                }
                continue;
            }
            if (value > POS_BOUND_AMOUNT_MINOR_MAX / 10) {
                return false;
            }
            value = value * 10 + (*c - '0');
            any = true;
        } else if (*c == '-') {
            return false;
        } else if (g_ascii_isalpha(*c) && !g_ascii_isupper(*c)) {
            return false;
        }
    }
    for (; behind < digits; behind++) {
        value *= 10;
    }
    *out = value;
    return any && value <= POS_BOUND_AMOUNT_MINOR_MAX;
}

/* A bar code as 14 digits. Spreadsheets lose leading zeros and write 8.80E+12: what is mended has to have a right check digit. */
static bool read_gtin(const char *text, char out[15])
{
    char digits[15] = "";
    gsize length = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (g_ascii_isdigit(*c)) {
            if (length == 14) {
                return false;
            }
            digits[length++] = *c;
        } else if (*c != ' ' && *c != '\'' && *c != '=' && *c != '"' && *c != '-') {
            return false;
        }
    }
    if (length < 6 || (length != 14 && length > 13)) {
        return false;
    }
    memset(out, '0', 14);
    memcpy(out + 14 - length, digits, length);
    out[14] = '\0';
    return pos_gs1_digits_check(out, 14);
}

/* 02 and the number of the shop's own, with a check digit: never to be met on a package. A number with letters gets ten
 * digits that follow from them (FNV-1a), the same at each import. */
static bool own_gtin(const char *number, char out[15])
{
    char digits[12] = "";
    gsize length = strlen(number);
    bool plain = length >= 1 && length <= 10 && strspn(number, "0123456789") == length;
    uint32_t hash = 2166136261u;
    for (const char *c = number; *c != '\0'; c++) {
        hash = (hash ^ (uint8_t)*c) * 16777619u;
    }
    if (length == 0) {
        return false;
    }
    g_snprintf(digits, sizeof digits, "%010u", hash);
    if (plain) {
        g_strlcpy(digits, number, sizeof digits);
    }
    memset(out, '0', 14);
    out[2] = '2';
    memcpy(out + 13 - strlen(digits), digits, strlen(digits));
    for (char check = '0'; check <= '9'; check++) {
        out[13] = check;
        out[14] = '\0';
        if (pos_gs1_digits_check(out, 14)) {
            return true;
        }
    }
    return false;
}

static bool is_yes(const char *text)
{
    static const char *const words[] = {"true", "yes", "y", "1", "x", "참", "是", NULL};
    g_autofree char *lower = g_utf8_strdown(text, -1);
    return g_strv_contains(words, lower);
}

static bool is_by_weight(const Reading *reading, const GPtrArray *cells)
{
    static const char *const words[] = {"g",    "kg",   "gram", "grams", "kilogram",
                                        "kilo", "무게", "公斤", NULL};
    g_autofree char *unit = g_utf8_strdown(cell(reading, cells, IS_UNIT), -1);
    return is_yes(cell(reading, cells, IS_TO_WEIGHT)) || g_strv_contains(words, unit);
}

/* --- rows --------------------------------------------------------------------------------------------------- */

/* A category is a word of the feed: lower case, no spaces; "Fresh / Fruit" is its last part. */
static char *category_id(const char *text)
{
    const char *slash = strrchr(text, '/');
    g_autofree char *part = g_strstrip(g_strdup(slash != NULL ? slash + 1 : text));
    g_autofree char *lower = g_utf8_strdown(part, -1);
    GString *id = g_string_new(NULL);
    for (const char *c = lower; *c != '\0' && id->len < 28; c = g_utf8_next_char(c)) {
        gunichar letter = g_utf8_get_char(c);
        if (g_unichar_isalnum(letter)) {
            g_string_append_unichar(id, letter);
        } else if (id->len > 0 && id->str[id->len - 1] != '-') {
            g_string_append_c(id, '-');
        }
    }
    return g_string_free(id, FALSE);
}

static char *name_of(Reading *reading, const GPtrArray *cells)
{
    const char *name = cell(reading, cells, IS_NAME), *variant = cell(reading, cells, IS_VARIANT);
    const char *handle = cell(reading, cells, IS_HANDLE);
    if (*handle != '\0' && *name == '\0' && g_strcmp0(handle, reading->handle) == 0) {
        name = reading->title != NULL ? reading->title : "";
    }
    if (*handle != '\0' && *name != '\0' && name != reading->title) {
        g_free(reading->title);
        g_free(reading->handle);
        reading->title = g_strdup(name);
        reading->handle = g_strdup(handle);
    }
    bool plain = *variant == '\0' || g_ascii_strcasecmp(variant, "regular") == 0 ||
                 g_ascii_strcasecmp(variant, "default title") == 0;
    return plain ? g_strdup(name) : g_strdup_printf("%s %s", name, variant);
}

static bool find_gtin(Reading *reading, const GPtrArray *cells, char out[15])
{
    const char *code = cell(reading, cells, IS_GTIN), *sku = cell(reading, cells, IS_SKU);
    const char *plu = cell(reading, cells, IS_PLU);
    if (*code != '\0') {
        return read_gtin(code, out) ||
               object_to(reading, IS_GTIN,
                         _("“%s” is no bar code: its digits or its check digit are wrong."), code);
    }
    if ((*sku != '\0' && read_gtin(sku, out)) || (*plu != '\0' && own_gtin(plu, out)) ||
        (*sku != '\0' && own_gtin(sku, out))) {
        return true;
    }
    return object_to(reading, reading->column[IS_GTIN] >= 0 ? IS_GTIN : MEANINGS,
                     _("The row has neither a bar code nor a number of its own."));
}

static void add_optional(Reading *reading, const GPtrArray *cells, json_t *product)
{
    int64_t number = 0;
    const char *cost = cell(reading, cells, IS_COST), *tax = cell(reading, cells, IS_TAX);
    if (*cost != '\0') {
        if (pos_import_read_amount(cost, reading->currency->exponent, &number)) {
            json_object_set_new(product, "unit_cost", json_integer(number));
        } else {
            object_to(reading, IS_COST, _("“%s” is no amount; the row is taken without it."), cost);
        }
    }
    if (*tax != '\0' && pos_import_read_amount(tax, 2, &number) && number <= 10000) {
        json_object_set_new(product, "tax_bp", json_integer(number));
    }
    if (*cell(reading, cells, IS_PLU) != '\0') {
        json_object_set_new(product, "plu", json_string(cell(reading, cells, IS_PLU)));
    }
    if (*cell(reading, cells, IS_SUPPLIER) != '\0') {
        json_object_set_new(product, "supplier", json_string(cell(reading, cells, IS_SUPPLIER)));
    }
    if (pos_import_read_amount(cell(reading, cells, IS_SHELF_LIFE), 0, &number) &&
        number <= 10000) {
        json_object_set_new(product, "shelf_life_days", json_integer(number));
    }
    if (pos_import_read_amount(cell(reading, cells, IS_PACK), 0, &number) && number > 0 &&
        number <= 100000) {
        json_object_set_new(product, "pack", json_integer(number));
    }
}

static void put_item(Reading *reading, const char *gtin, json_t *item)
{
    json_t *items = reading->import->items;
    gsize at = GPOINTER_TO_SIZE(g_hash_table_lookup(reading->seen, gtin));
    if (at > 0) {
        json_array_set_new(items, at - 1, item);
        return;
    }
    json_array_append_new(items, item);
    g_hash_table_insert(reading->seen, g_strdup(gtin), GSIZE_TO_POINTER(json_array_size(items)));
}

static void read_row(Reading *reading, const GPtrArray *cells)
{
    char gtin[15];
    int64_t price = 0;
    g_autofree char *name = name_of(reading, cells);
    const char *amount = cell(reading, cells, IS_PRICE);
    bool is_picture = *cell(reading, cells, IS_HANDLE) != '\0' && *amount == '\0' &&
                      *cell(reading, cells, IS_GTIN) == '\0' &&
                      *cell(reading, cells, IS_SKU) == '\0';
    if (is_picture) { /* Shopify: a further picture of the product above */
        return;
    }
    reading->import->rows++;
    if (*name == '\0') {
        object_to(reading, IS_NAME, _("The row has no name."));
        return;
    }
    if (strlen(name) > POS_BOUND_NAME_BYTES) {
        object_to(reading, IS_NAME, _("The name is longer than %d bytes."), POS_BOUND_NAME_BYTES);
        return;
    }
    if (!find_gtin(reading, cells, gtin)) {
        return;
    }
    if (!pos_import_read_amount(amount, reading->currency->exponent, &price)) {
        object_to(reading, IS_PRICE, _("“%s” is no price."), amount);
        return;
    }
    g_autofree char *category = category_id(cell(reading, cells, IS_CATEGORY));
    json_t *product = json_pack("{s:{s:s}, s:s}", "names", reading->language, name, "unit",
                                is_by_weight(reading, cells) ? "g" : "each");
    if (*category != '\0') {
        json_object_set_new(product, "category", json_string(category));
    }
    add_optional(reading, cells, product);
    put_item(
        reading, gtin,
        json_pack("{s:s, s:I, s:o}", "gtin", gtin, "price", (json_int_t)price, "product", product));
}

/* --- the sheet ------------------------------------------------------------------------------------------------ */

static bool read_head(Reading *reading, const GPtrArray *cells)
{
    for (int i = 0; i < MEANINGS; i++) {
        reading->column[i] = -1;
    }
    for (gsize n = 0; n < G_N_ELEMENTS(NAMES); n++) {
        for (guint i = 0; i < cells->len && i < COLUMNS_MAX; i++) {
            g_autofree char *lower = g_utf8_strdown(g_ptr_array_index(cells, i), -1);
            if (reading->column[NAMES[n].meaning] < 0 && strcmp(lower, NAMES[n].name) == 0) {
                reading->column[NAMES[n].meaning] = (int)i;
            }
        }
    }
    for (guint i = 0; i < cells->len && i < COLUMNS_MAX; i++) {
        g_autofree char *lower = g_utf8_strdown(g_ptr_array_index(cells, i), -1);
        PosImport *import = reading->import;
        import->kind =
            strcmp(lower, "token") == 0 || strcmp(lower, "variation name") == 0 ? POS_IMPORT_SQUARE
            : g_str_has_suffix(lower, "handle")                                 ? POS_IMPORT_SHOPIFY
            : strcmp(lower, "default_code") == 0 || strcmp(lower, "available_in_pos") == 0 ||
                    strcmp(lower, "internal reference") == 0
                ? POS_IMPORT_ODOO
                : import->kind;
    }
    return reading->column[IS_NAME] >= 0 && reading->column[IS_PRICE] >= 0;
}

/* UTF-8 with or without a mark, else CP949. Owned; NULL when it is neither. */
static char *to_utf8(const char *text, gsize *length)
{
    if (*length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        *length -= 3;
    }
    if (g_utf8_validate(text, (gssize)*length, NULL)) {
        return g_strndup(text, *length);
    }
    return g_convert(text, (gssize)*length, "UTF-8", "CP949", NULL, length, NULL);
}

static char separator_of(const char *text, gsize length)
{
    gsize counts[3] = {0};
    for (gsize i = 0; i < length && text[i] != '\n'; i++) {
        counts[0] += text[i] == ',';
        counts[1] += text[i] == ';';
        counts[2] += text[i] == '\t';
    }
    return counts[2] > counts[0] && counts[2] > counts[1] ? '\t'
           : counts[1] > counts[0]                        ? ';'
                                                          : ',';
}

static bool is_blank(const GPtrArray *cells)
{
    for (guint i = 0; i < cells->len; i++) {
        if (*(const char *)g_ptr_array_index(cells, i) != '\0') {
            return false;
        }
    }
    return true;
}

static void read_rows(Reading *reading, const char *at, const char *end, char separator, int lines)
{
    while (at < end && reading->import->rows < POS_IMPORT_ROWS_MAX) {
        reading->line = lines + 1;
        g_autoptr(GPtrArray) cells = next_record(&at, end, separator, &lines);
        if (!is_blank(cells)) {
            read_row(reading, cells);
        }
    }
    if (at < end) {
        object_to(reading, MEANINGS, _("Only the first %d rows are read; split the sheet."),
                  POS_IMPORT_ROWS_MAX);
    }
}

PosImport *pos_import_read(const char *text, gsize length, const PosCurrency *currency,
                           const char *language, GError **error)
{
    gsize used = length;
    g_autofree char *utf8 = length <= POS_IMPORT_BYTES_MAX ? to_utf8(text, &used) : NULL;
    if (utf8 == NULL || strlen(utf8) != used) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The sheet is no text of at most %d MiB; save it as CSV (UTF-8)."),
                    POS_IMPORT_BYTES_MAX / (1024 * 1024));
        return NULL;
    }
    g_autoptr(PosImport) import = g_new0(PosImport, 1);
    import->items = json_array();
    import->faults = g_ptr_array_new_with_free_func(fault_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Reading reading = {.import = import, .currency = currency, .language = language, .seen = seen};
    const char *at = utf8, *end = utf8 + used;
    char separator = separator_of(utf8, used);
    int lines = 0;
    reading.head = next_record(&at, end, separator, &lines);
    bool fine = read_head(&reading, reading.head);
    if (fine) {
        read_rows(&reading, at, end, separator, lines);
    } else {
        g_set_error(
            error, POS_ERROR, POS_ERROR_INVALID,
            _("The sheet's first line must name its columns, at least a name and a price."));
    }
    g_ptr_array_unref(reading.head);
    g_free(reading.title);
    g_free(reading.handle);
    return fine ? g_steal_pointer(&import) : NULL;
}

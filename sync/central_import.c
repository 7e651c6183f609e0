/* SPDX-License-Identifier: GPL-3.0-or-later
 * A sheet of products, read strictly: each row that is wrong is named with its line, and then
 * nothing is applied. */
#include "sync/central_import.h"

#include "pos/bounds.h"
#include "pos/error.h"
#include "pos/gs1.h"
#include "pos/money.h"
#include "pos/product.h"
#include "sync/central_price.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FIELDS_MAX 64

typedef enum {
    COLUMN_GTIN,
    COLUMN_NAME,
    COLUMN_CATEGORY,
    COLUMN_UNIT,
    COLUMN_PRICE,
    COLUMNS
} Column;

static const char *const COLUMN_NAMES[COLUMNS] = {"gtin", "name", "category", "unit", "price"};

typedef struct {
    CentralStore *store;
    const char *store_id, *language;
    PosCurrency currency;
    int64_t now_ms;
    char separator;
    int columns[COLUMNS]; /* where each is; -1 the sheet has it not */
    GHashTable *seen;     /* GTINs of earlier rows */
    GArray *changes;      /* of CentralChange, its key and value owned by: */
    GPtrArray *keys, *values;
    CentralImportReport *report;
} Import;

void central_import_report_clear(CentralImportReport *report)
{
    g_clear_pointer(&report->faults, g_ptr_array_unref);
}

static void fault(Import *import, int line, char *message)
{
    g_ptr_array_add(import->report->faults, g_strdup_printf("%d: %s", line, message));
    g_free(message);
}

/* --- fields ------------------------------------------------------------------------------- */

/* One record of the sheet from *at on; quoted fields may hold separators, doubled quotes and line
 * ends. NULL when a quote is not closed. Moves *at and *line behind it. */
static GPtrArray *read_record(const char **at, const char *end, char separator, int *line)
{
    g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) field = g_string_new(NULL);
    bool quoted = false;
    const char *c = *at;
    for (; c < end; c++) {
        if (quoted) {
            if (*c == '"' && c + 1 < end && c[1] == '"') {
                g_string_append_c(field, *c++);
            } else if (*c == '"') {
                quoted = false;
            } else {
                g_string_append_c(field, *c);
                *line += *c == '\n';
            }
        } else if (*c == '"' && field->len == 0) {
            quoted = true;
        } else if (*c == separator) {
            g_ptr_array_add(fields, g_strdup(g_strstrip(field->str)));
            g_string_truncate(field, 0);
        } else if (*c == '\n') {
            c++;
            break;
        } else if (*c != '\r') {
            g_string_append_c(field, *c);
        }
    }
    g_ptr_array_add(fields, g_strdup(g_strstrip(field->str)));
    *at = c;
    (*line)++;
    return quoted ? NULL : g_steal_pointer(&fields);
}

static char guess_separator(const char *text, gsize length)
{
    static const char CANDIDATES[] = {',', ';', '\t'};
    const char *stop = memchr(text, '\n', length);
    gsize head = stop ? (gsize)(stop - text) : length;
    char best = ',';
    int most = 0;
    for (gsize i = 0; i < sizeof CANDIDATES; i++) {
        int count = 0;
        for (gsize k = 0; k < head; k++) {
            count += text[k] == CANDIDATES[i];
        }
        if (count > most) {
            most = count;
            best = CANDIDATES[i];
        }
    }
    return best;
}

static bool read_head(Import *import, GPtrArray *fields, GError **error)
{
    for (int column = 0; column < COLUMNS; column++) {
        import->columns[column] = -1;
        for (guint i = 0; i < fields->len && i < FIELDS_MAX; i++) {
            if (g_ascii_strcasecmp(g_ptr_array_index(fields, i), COLUMN_NAMES[column]) == 0) {
                import->columns[column] = (int)i;
            }
        }
        if (import->columns[column] < 0 && column != COLUMN_CATEGORY) {
            g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                        _("The head line names no column “%s”; it needs gtin, name, unit and "
                          "price."),
                        COLUMN_NAMES[column]);
            return false;
        }
    }
    return true;
}

static const char *field_of(const Import *import, GPtrArray *fields, Column column)
{
    int index = import->columns[column];
    return index >= 0 && (guint)index < fields->len ? g_ptr_array_index(fields, index) : "";
}

/* --- values
 * -------------------------------------------------------------------------------------------------
 */

/* A sheet's program drops zeros in front: 13 or fewer digits with a right check digit are a GTIN
 * all the same. */
static bool read_gtin(const char *text, char out[15])
{
    gsize length = strlen(text);
    if (length < 7 || length > 14 || strspn(text, "0123456789") != length) {
        return false;
    }
    memset(out, '0', 14);
    memcpy(out + 14 - length, text, length + 1);
    return pos_gs1_digits_check(out, 14);
}

/* "4780", "4.25", "4,25": no more decimals than the currency has, no grouping. */
static bool read_amount(const char *text, int exponent, int64_t *out)
{
    int64_t amount = 0;
    int decimals = -1;
    for (const char *c = text; *c; c++) {
        if ((*c == '.' || *c == ',') && decimals < 0 && c > text) {
            decimals = 0;
        } else if (g_ascii_isdigit(*c) && amount < POS_BOUND_AMOUNT_MINOR_MAX / 100000) {
            amount = amount * 10 + (*c - '0');
            decimals += decimals >= 0;
        } else {
            return false;
        }
    }
    if (!*text || decimals == 0 || decimals > exponent) {
        return false;
    }
    for (int i = MAX(decimals, 0); i < exponent; i++) {
        amount *= 10;
    }
    *out = amount;
    return true;
}

static const char *read_unit(const char *text)
{
    static const char *const EACH[] = {"each", "ea", "pc", "pcs", "piece", "개", "件", NULL};
    static const char *const WEIGHT[] = {"g", "kg", "weight", "중량", "千克", NULL};
    g_autofree char *lower = g_utf8_strdown(text, -1);
    if (g_strv_contains(EACH, lower)) {
        return "each";
    }
    return g_strv_contains(WEIGHT, lower) ? "g" : NULL;
}

/* --- rows
 * --------------------------------------------------------------------------------------------------
 */

static void add_change(Import *import, const char *kind, const char *key, json_t *value)
{
    char *owned = g_strdup(key);
    g_ptr_array_add(import->keys, owned);
    g_ptr_array_add(import->values, value);
    CentralChange change = {kind, owned, value};
    g_array_append_val(import->changes, change);
}

static void add_product(Import *import, int line, const char *gtin, const char *name,
                        const char *category, const char *unit, int64_t price)
{
    json_t *old = central_store_feed_value(import->store, import->store_id, "product", gtin, NULL);
    json_t *product = old ? json_deep_copy(old) : json_object();
    if (!json_is_object(json_object_get(product, "names"))) {
        json_object_set_new(product, "names", json_object());
    }
    json_object_set_new(json_object_get(product, "names"), import->language, json_string(name));
    json_object_set_new(product, "name", json_string(name));
    json_object_set_new(product, "unit", json_string(unit));
    if (*category) {
        json_object_set_new(product, "category", json_string(category));
    }
    g_autoptr(json_t) old_price =
        central_store_feed_value(import->store, import->store_id, "price", gtin, NULL);
    int64_t in_force = -1, since_ms;
    central_price_in_force(old_price, &in_force, &since_ms);
    import->report->added += old == NULL;
    import->report->changed += old && (!json_equal(old, product) || in_force != price);
    add_change(import, "product", gtin, product);
    json_decref(old);
    g_autoptr(GError) error = NULL;
    json_t *next = in_force == price ? NULL
                                     : central_price_decide(import->store, import->store_id, gtin,
                                                            price, import->now_ms, NULL, &error);
    if (next) {
        add_change(import, "price", gtin, next);
    } else if (error) {
        fault(import, line, g_strdup(error->message));
    }
}

static void read_row(Import *import, GPtrArray *fields, int line)
{
    const char *name = field_of(import, fields, COLUMN_NAME);
    const char *unit = read_unit(field_of(import, fields, COLUMN_UNIT));
    const char *category = field_of(import, fields, COLUMN_CATEGORY);
    char gtin[15];
    int64_t price = 0;
    import->report->rows++;
    if (!read_gtin(field_of(import, fields, COLUMN_GTIN), gtin)) {
        fault(import, line,
              g_strdup_printf(_("“%.40s” is no GTIN with a right check digit."),
                              field_of(import, fields, COLUMN_GTIN)));
    } else if (!*name || strlen(name) > POS_BOUND_NAME_BYTES) {
        fault(import, line, g_strdup_printf(_("The name of %s is missing or too long."), gtin));
    } else if (strlen(category) > POS_BOUND_NAME_BYTES) {
        fault(import, line, g_strdup_printf(_("The category of %s is too long."), gtin));
    } else if (!unit) {
        fault(import, line,
              g_strdup_printf(_("The unit of %s is each or g (price per kg), not “%.40s”."), gtin,
                              field_of(import, fields, COLUMN_UNIT)));
    } else if (!read_amount(field_of(import, fields, COLUMN_PRICE), import->currency.exponent,
                            &price)) {
        fault(import, line,
              g_strdup_printf(_("The price of %s is no amount in %s: “%.40s”."), gtin,
                              import->currency.code, field_of(import, fields, COLUMN_PRICE)));
    } else if (!g_hash_table_add(import->seen, g_strdup(gtin))) {
        fault(import, line, g_strdup_printf(_("%s stands in the sheet twice."), gtin));
    } else {
        add_product(import, line, gtin, name, category, unit, price);
    }
}

static bool read_sheet(Import *import, const char *text, gsize length, GError **error)
{
    const char *at = text, *end = text + length;
    int line = 1;
    bool head = true;
    while (at < end) {
        int first_line = line;
        g_autoptr(GPtrArray) fields = read_record(&at, end, import->separator, &line);
        if (!fields || import->report->rows > CENTRAL_IMPORT_ROWS_MAX) {
            g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                        fields ? _("Line %d: the sheet has too many rows; split it.")
                               : _("Line %d: a quote is opened and never closed."),
                        first_line);
            return false;
        }
        if (fields->len == 1 && *(const char *)g_ptr_array_index(fields, 0) == '\0') {
            continue;
        }
        if (head && !read_head(import, fields, error)) {
            return false;
        }
        if (!head) {
            read_row(import, fields, first_line);
        }
        head = false;
    }
    if (head) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("The sheet is empty."));
    }
    return !head;
}

static bool prepare(Import *import, const json_t *settings, GError **error)
{
    const char *currency = json_string_value(json_object_get(settings, "currency"));
    const char *language = json_string_value(json_object_get(settings, "language"));
    import->language = language ? language : "en";
    if (!currency || !pos_currency_from_code(currency, &import->currency)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("Store “%s” has no currency; set it first."), import->store_id);
        return false;
    }
    return true;
}

static bool run(Import *import, const char *text, gsize length, bool apply, GError **error)
{
    g_autoptr(json_t) settings =
        central_store_feed_value(import->store, import->store_id, "setting", "store", NULL);
    if (!prepare(import, settings, error) || !read_sheet(import, text, length, error)) {
        return false;
    }
    if (!apply || import->report->faults->len > 0 || import->changes->len == 0) {
        return true;
    }
    import->report->applied = true;
    return central_store_publish(import->store, import->store_id,
                                 &g_array_index(import->changes, CentralChange, 0),
                                 import->changes->len, NULL, error);
}

bool central_import_products(CentralStore *store, const char *store_id, const char *text,
                             gsize length, int64_t now_ms, bool apply, CentralImportReport *out,
                             GError **error)
{
    *out = (CentralImportReport){.faults = g_ptr_array_new_with_free_func(g_free)};
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        length -= 3;
    }
    if (!g_utf8_validate_len(text, length, NULL)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The sheet is not UTF-8 text; save it as CSV in UTF-8."));
        return false;
    }
    if (!central_store_begin(store, error)) {
        return false;
    }
    Import import = {.store = store,
                     .store_id = store_id,
                     .now_ms = now_ms,
                     .separator = guess_separator(text, length),
                     .seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                     .changes = g_array_new(FALSE, FALSE, sizeof(CentralChange)),
                     .keys = g_ptr_array_new_with_free_func(g_free),
                     .values = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref),
                     .report = out};
    bool ok = run(&import, text, length, apply, error);
    g_hash_table_unref(import.seen);
    g_array_unref(import.changes);
    g_ptr_array_unref(import.keys);
    g_ptr_array_unref(import.values);
    if (!ok || !out->applied) {
        out->applied = false;
        central_store_rollback(store);
        return ok;
    }
    return central_store_commit(store, error);
}

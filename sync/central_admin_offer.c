/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-central's commands about what a till sells beside priced goods: multi-buy offers, and the items that cashiers have
 * taught and a manager has still to complete. */
#include "sync/central_admin.h"

#include "pos/bounds.h"
#include "pos/offer.h"
#include "sync/central_price.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define KEY_BYTES_MAX 64
#define NEED_MAX 1000

/* --- offers --------------------------------------------------------------------------------- */

static bool set_number(json_t *value, const char *member, const char *text, int64_t max,
                       GError **error)
{
    int64_t number = 0;
    if (!text) {
        return true;
    }
    if (!central_admin_number(text, member, 0, max, &number, error)) {
        return false;
    }
    json_object_set_new(value, member, json_integer(number));
    return true;
}

static bool set_gtins(json_t *value, const GPtrArray *words, GError **error)
{
    json_t *gtins = json_array();
    json_object_set_new(value, "gtins", gtins);
    for (guint i = 0; i < words->len; i++) {
        char gtin[15];
        if (!central_admin_gtin(g_ptr_array_index(words, i), gtin, error)) {
            return false;
        }
        json_array_append_new(gtins, json_string(gtin));
    }
    return true;
}

static bool is_key(const char *key)
{
    gsize length = strlen(key);
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(key[i]) && !strchr("._-", key[i])) {
            return false;
        }
    }
    return length >= 1 && length <= KEY_BYTES_MAX;
}

/* Every product of the offer is the store's; says which is not. */
static bool has_products(CentralStore *store, const CentralOptions *options, const json_t *value)
{
    size_t i;
    json_t *gtin;
    json_array_foreach(json_object_get(value, "gtins"), i, gtin)
    {
        g_autoptr(json_t) product = central_store_feed_value(store, options->store, "product",
                                                             json_string_value(gtin), NULL);
        if (!product) {
            fprintf(stderr, _("coster-central: Store “%s” has no product %s; add it first.\n"),
                    options->store, json_string_value(gtin));
            return false;
        }
    }
    return true;
}

int central_admin_offer_add(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    if (!is_key(options->key)) {
        return central_admin_usage(
            _("--key is a name of 1 to %d letters, digits, dots and dashes."), KEY_BYTES_MAX);
    }
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(json_t) settings =
        central_store_feed_value(store, options->store, "setting", "store", NULL);
    const char *own = json_string_value(json_object_get(settings, "language"));
    g_autoptr(json_t) value = json_object();
    json_object_set_new(value, "names",
                        json_pack("{s:s}",
                                  options->language ? options->language
                                  : own             ? own
                                                    : "en",
                                  options->name));
    if (!set_number(value, "need", options->need, NEED_MAX, &error) ||
        !set_number(value, "pay", options->pay, NEED_MAX, &error) ||
        !set_number(value, "price", options->price, POS_BOUND_AMOUNT_MINOR_MAX, &error) ||
        !set_gtins(value, options->words, &error)) {
        return central_admin_fail(error);
    }
    if (options->from) {
        json_object_set_new(value, "from", json_string(options->from));
    }
    if (options->until) {
        json_object_set_new(value, "until", json_string(options->until));
    }
    /* The tills' own reader judges it, so that what is published is understood. */
    g_autoptr(PosOffer) offer = pos_offer_from_json(options->key, value, &error);
    if (!offer) {
        return central_admin_fail(error);
    }
    return has_products(store, options, value)
               ? central_admin_publish(store, options->store, "offer", options->key, value)
               : CENTRAL_EXIT_FAILED;
}

static void print_offer(const char *key, int64_t version, const json_t *value, void *user)
{
    if (value) {
        json_t *line = json_deep_copy(value);
        json_object_set_new(line, "key", json_string(key));
        json_object_set_new(line, "version", json_integer(version));
        central_admin_print(line);
    }
}

int central_admin_offer_list(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    return central_store_feed_each(store, options->store, "offer", print_offer, NULL, &error)
               ? CENTRAL_EXIT_OK
               : central_admin_fail(error);
}

int central_admin_offer_end(const CentralOptions *options)
{
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(json_t) held =
        central_store_feed_value(store, options->store, "offer", options->key, NULL);
    if (!held) {
        fprintf(stderr, _("coster-central: Store “%s” has no offer “%s”.\n"), options->store,
                options->key);
        return CENTRAL_EXIT_FAILED;
    }
    return central_admin_publish(store, options->store, "offer", options->key, NULL);
}

/* --- what was taught -------------------------------------------------------------------------- */

typedef struct {
    CentralStore *store;
    const char *store_id;
    GHashTable *taught; /* code -> json_t*, the newest; owned */
} Taught;

static bool note_taught(const CentralJournalRow *row, void *user)
{
    Taught *taught = user;
    if (strcmp(row->type, "command") != 0) {
        return true;
    }
    g_autoptr(json_t) record = json_loadb(row->line, row->length, 0, NULL);
    const char *command = json_string_value(json_object_get(record, "command"));
    const char *code = json_string_value(json_object_get(record, "code"));
    if (g_strcmp0(command, "teach") != 0 || !code) {
        return true;
    }
    const json_t *before = g_hash_table_lookup(taught->taught, code);
    int64_t times = json_integer_value(json_object_get(before, "times")) + 1;
    json_t *item = json_pack(
        "{s:s, s:O?, s:O?, s:O?, s:O?, s:O?, s:O?, s:I}", "code", code, "name",
        json_object_get(record, "name"), "department", json_object_get(record, "department"),
        "price", json_object_get(record, "price"), "operator", json_object_get(record, "operator"),
        "at", json_object_get(record, "at"), "terminal", json_object_get(record, "terminal"),
        "times", (json_int_t)times);
    if (item) {
        g_hash_table_insert(taught->taught, g_strdup(code), item);
    }
    return true;
}

static void unref_json(gpointer value)
{
    json_decref(value);
}

static int compare_codes(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

/* In the order of their codes; an item that the store has as a product is complete. */
static void print_taught(Taught *taught)
{
    g_autoptr(GList) codes = g_list_sort(g_hash_table_get_keys(taught->taught), compare_codes);
    for (const GList *at = codes; at; at = at->next) {
        g_autoptr(json_t) product =
            central_store_feed_value(taught->store, taught->store_id, "product", at->data, NULL);
        if (!product) {
            central_admin_print(json_incref(g_hash_table_lookup(taught->taught, at->data)));
        }
    }
}

int central_admin_taught_list(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(GPtrArray) terminals = central_store_terminals(store, options->store, &error);
    g_autoptr(GHashTable) by_code =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_json);
    Taught taught = {store, options->store, by_code};
    for (guint i = 0; terminals && i < terminals->len; i++) {
        const CentralTerminal *terminal = g_ptr_array_index(terminals, i);
        if (!central_store_journal_each(store, terminal->id, 1, note_taught, &taught, &error)) {
            return central_admin_fail(error);
        }
    }
    if (!terminals) {
        return central_admin_fail(error);
    }
    print_taught(&taught);
    return CENTRAL_EXIT_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/load/load_till.h"

#include "pos/date.h"

#include <inttypes.h>
#include <string.h>

void load_till_free(LoadTill *till)
{
    g_free(till->id);
    g_free(till->token);
    g_free(till->prefix);
    if (till->batch != NULL) {
        g_string_free(till->batch, TRUE);
    }
    g_free(till);
}

GPtrArray *load_tills_read(const char *file, GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(file, &text, NULL, error)) {
        return NULL;
    }
    GPtrArray *tills = g_ptr_array_new_with_free_func((GDestroyNotify)load_till_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) words = g_strsplit(lines[i], " ", 3);
        if (g_strv_length(words) == 3) {
            LoadTill *till = g_new0(LoadTill, 1);
            till->id = g_strdup(words[0]);
            till->token = g_strdup(words[1]);
            till->prefix = g_strdup(words[2]);
            till->head = pos_hash_zero();
            g_ptr_array_add(tills, till);
        }
    }
    return tills;
}

static void item_free(void *data)
{
    LoadItem *item = data;
    g_free(item->gtin);
    g_free(item->lot);
    g_free(item);
}

typedef struct {
    GHashTable *prices; /* key to price, as a pointer */
    GPtrArray *lots;    /* keys of lots by the piece */
} Shop;

static void look_at(Shop *shop, const json_t *item)
{
    const char *kind = json_string_value(json_object_get(item, "kind"));
    const char *key = json_string_value(json_object_get(item, "key"));
    const json_t *value = json_object_get(item, "value");
    const char *unit = json_string_value(json_object_get(value, "unit"));
    if (g_strcmp0(kind, "lot") == 0 && g_strcmp0(unit, "each") == 0) {
        g_ptr_array_add(shop->lots, g_strdup(key));
    } else if (g_strcmp0(kind, "price") == 0) {
        int price = (int)json_integer_value(json_object_get(value, "price"));
        g_hash_table_insert(shop->prices, g_strdup(key), GINT_TO_POINTER(price));
    }
}

GPtrArray *load_items_of_feed(const char *lines, gsize length)
{
    GPtrArray *items = g_ptr_array_new_with_free_func(item_free);
    g_autoptr(GHashTable) prices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) lots = g_ptr_array_new_with_free_func(g_free);
    Shop shop = {prices, lots};
    g_auto(GStrv) split = g_strsplit(lines, "\n", -1);
    for (gsize i = 0; split[i] != NULL; i++) {
        g_autoptr(json_t) item = json_loads(split[i], 0, NULL);
        look_at(&shop, item);
    }
    for (guint i = 0; i < lots->len; i++) {
        const char *key = g_ptr_array_index(lots, i);
        g_autofree char *gtin = g_strndup(key, 14);
        int price = GPOINTER_TO_INT(g_hash_table_lookup(prices, key));
        price = price > 0 ? price : GPOINTER_TO_INT(g_hash_table_lookup(prices, gtin));
        if (price > 0 && strlen(key) > 15) {
            LoadItem *found = g_new0(LoadItem, 1);
            *found = (LoadItem){g_strdup(gtin), g_strdup(key + 15), price};
            g_ptr_array_add(items, found);
        }
    }
    return items;
}

/* A sale's canonical line, made by hand: a load generator must be quicker than what it measures. */
static void append_sale(LoadTill *till, const GPtrArray *items, const char *at)
{
    GString *out = till->batch;
    gsize begin = out->len;
    int64_t total = 0;
    till->seq++;
    g_string_append_printf(out, "{\"at\":\"%s\",\"currency\":\"KRW\",\"lines\":[", at);
    for (int line = 1; line <= 3; line++) {
        const LoadItem *item =
            g_ptr_array_index(items, (guint)(till->seq * 7 + line * 3) % items->len);
        g_string_append_printf(
            out,
            "%s{\"amount\":%" PRId64 ",\"gtin\":\"%s\",\"line\":%d,\"list_price\":%" PRId64
            ",\"lot\":\"%s\",\"price\":%" PRId64 ",\"price_version\":1,\"qty\":1,\"tax_bp\":0,"
            "\"unit\":\"each\"}",
            line > 1 ? "," : "", item->price, item->gtin, line, item->price, item->lot,
            item->price);
        total += item->price;
    }
    g_string_append_printf(
        out,
        "],\"operator\":\"u01\",\"receipt\":\"%s-%06" PRId64 "\",\"rounding\":0,\"seq\":%" PRId64
        ",\"tax\":[{\"base\":%" PRId64
        ",\"rate_bp\":0,\"tax\":0}],\"tenders\":[{\"amount\":%" PRId64
        ",\"change\":0,\"kind\":\"cash\"}],\"terminal\":\"%s\",\"total\":%" PRId64
        ",\"type\":\"sale\"}",
        till->prefix, till->seq, till->seq, total, total, till->id, total);
    till->head = pos_hash_chain(&till->head, out->str + begin, out->len - begin);
    g_string_append_c(out, '\n');
}

void load_till_sell(LoadTill *till, const GPtrArray *items, int count, int64_t at_ms)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *at = pos_instant_format(at_ms, utc);
    if (till->batch == NULL) {
        till->batch = g_string_sized_new((gsize)count * 800);
        till->batch_from = till->seq + 1;
        till->batch_prev = till->head;
    }
    for (int i = 0; i < count; i++) {
        append_sale(till, items, at);
    }
}

GString *load_till_post(const LoadTill *till, const char *path)
{
    g_autofree char *prev = pos_hash_to_hex(&till->batch_prev);
    GString *out = g_string_sized_new(till->batch->len + 400);
    g_string_append_printf(out,
                           "POST %s?prev=%s HTTP/1.1\r\nHost: central\r\nAuthorization: Bearer "
                           "%s\r\nContent-Type: application/x-ndjson\r\nContent-Length: "
                           "%" G_GSIZE_FORMAT "\r\n\r\n",
                           path, prev, till->token, till->batch->len);
    g_string_append_len(out, till->batch->str, (gssize)till->batch->len);
    return out;
}

GString *load_till_get(const LoadTill *till, const char *path, const char *accept,
                       const int64_t *last_event_id)
{
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "GET %s HTTP/1.1\r\nHost: central\r\nAuthorization: Bearer %s\r\n",
                           path, till->token);
    if (accept != NULL) {
        g_string_append_printf(out, "Accept: %s\r\n", accept);
    }
    if (last_event_id != NULL) {
        g_string_append_printf(out, "Last-Event-ID: %" PRId64 "\r\n", *last_event_id);
    }
    return g_string_append(out, "\r\n");
}

bool load_till_acked(LoadTill *till, int64_t acked)
{
    if (till->batch == NULL || acked < till->seq) {
        return till->batch == NULL;
    }
    g_string_free(g_steal_pointer(&till->batch), TRUE);
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * A till's folder with a shop of 100,000 products, for the benchmarks that need a large one. */
#pragma once
#include "pos/store.h"

#include <sodium.h>

#define PRODUCTS 100000

static inline void products_gtin(int number, char out[15])
{
    char digits[14];
    g_snprintf(digits, sizeof digits, "0952%09d", number);
    int sum = 0;
    for (int i = 0; i < 13; i++) {
        sum += (digits[i] - '0') * (i % 2 == 0 ? 3 : 1);
    }
    g_snprintf(out, 15, "%s%d", digits, (10 - sum % 10) % 10);
}

/* The feed: a store, a cashier u01 with PIN 1234, the products and their prices. */
static inline void products_fill(PosStore *store)
{
    static const char *const nouns[] = {"사과 Apple 苹果", "상추 Lettuce 生菜", "두부 Tofu 豆腐",
                                        "고등어 Mackerel 青花鱼", "우유 Milk 牛奶"};
    g_autoptr(GPtrArray) keep = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(PosFeedItem));
    json_t *settings = json_pack("{s:{s:s}, s:s, s:s, s:s}", "names", "en", "Bench", "currency",
                                 "KRW", "language", "ko", "time_zone", "Asia/Seoul");
    PosFeedItem first = {.version = 1, .kind = "setting", .key = "store", .value = settings};
    g_array_append_val(items, first);
    g_ptr_array_add(keep, settings);
    char hash[crypto_pwhash_STRBYTES];
    g_assert_cmpint(
        crypto_pwhash_str(hash, "1234", 4, crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN),
        ==, 0);
    json_t *cashier = json_pack("{s:s, s:s, s:s}", "name", "Bench", "role", "cashier", "pin", hash);
    g_ptr_array_add(keep, cashier);
    PosFeedItem second = {.version = 1, .kind = "operator", .key = "u01", .value = cashier};
    g_array_append_val(items, second);
    for (int i = 0; i < PRODUCTS; i++) {
        char gtin[15];
        products_gtin(i, gtin);
        g_auto(GStrv) words = g_strsplit(nouns[i % 5], " ", 3);
        g_autofree char *ko = g_strdup_printf("%s %d호", words[0], i);
        g_autofree char *en = g_strdup_printf("%s no. %d", words[1], i);
        g_autofree char *zh = g_strdup_printf("%s %d号", words[2], i);
        json_t *product = json_pack("{s:{s:s, s:s, s:s}, s:s, s:s, s:i}", "names", "ko", ko, "en",
                                    en, "zh", zh, "unit", "each", "category", "all", "tax_bp", 0);
        json_t *price = json_pack("{s:i, s:s}", "price", 1000 + i % 9000, "effective_at",
                                  "2026-11-01T00:00:00.000+09:00");
        g_ptr_array_add(keep, product);
        g_ptr_array_add(keep, price);
        char *key = g_strdup(gtin);
        g_ptr_array_add(keys, key);
        PosFeedItem a = {.version = 1, .kind = "product", .key = key, .value = product};
        PosFeedItem b = {.version = 1, .kind = "price", .key = key, .value = price};
        g_array_append_val(items, a);
        g_array_append_val(items, b);
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *note = NULL;
    bool done = pos_store_feed_apply(store, (const PosFeedItem *)(void *)items->data, items->len, 1,
                                     "bench", true, &note, &error);
    g_assert_no_error(error);
    g_assert_true(done);
    g_assert_cmpstr(note, ==, NULL);
}

/* Opens a new folder as an enrolled till and fills it. *out_lock is to be unlocked after the store was closed. */
static inline PosStore *products_open(const char *dir, PosStoreLock **out_lock)
{
    g_autoptr(GError) error = NULL;
    *out_lock = pos_store_lock(dir, &error);
    g_assert_no_error(error);
    PosStore *store = pos_store_open(dir, POS_STORE_WRITE, &error);
    g_assert_no_error(error);
    PosIdentity identity = {.terminal = (char *)"bench",
                            .store = (char *)"1",
                            .token = (char *)"",
                            .url = (char *)"",
                            .pin = (char *)"",
                            .mode = (char *)"till",
                            .name = (char *)"bench",
                            .currency = (char *)"KRW",
                            .receipt_prefix = (char *)"T01"};
    g_assert_true(pos_store_identity_set(store, &identity, &error));
    products_fill(store);
    return store;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * 100,000 products: scan text to line on the cart, and search as one types, against one display frame of 16.7 ms. */
#include "pos/till.h"
#include "tests/bench/bench.h"

#include <sodium.h>
#include <string.h>

#define PRODUCTS 100000
#define SCANS 2000
#define FRAME_US 16700.0

static void gtin_of(int number, char out[15])
{
    char digits[14];
    g_snprintf(digits, sizeof digits, "0952%09d", number);
    int sum = 0;
    for (int i = 0; i < 13; i++) {
        sum += (digits[i] - '0') * (i % 2 == 0 ? 3 : 1);
    }
    g_snprintf(out, 15, "%s%d", digits, (10 - sum % 10) % 10);
}

static void fill(PosStore *store)
{
    static const char *const nouns[] = {"사과 Apple 苹果", "상추 Lettuce 生菜", "두부 Tofu 豆腐", "고등어 Mackerel 青花鱼", "우유 Milk 牛奶"};
    g_autoptr(GPtrArray) keep = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(PosFeedItem));
    json_t *settings = json_pack("{s:{s:s}, s:s, s:s, s:s}", "names", "en", "Bench", "currency", "KRW", "language", "ko",
                                 "time_zone", "Asia/Seoul");
    PosFeedItem first = {.version = 1, .kind = "setting", .key = "store", .value = settings};
    g_array_append_val(items, first);
    g_ptr_array_add(keep, settings);
    char hash[crypto_pwhash_STRBYTES];
    g_assert_cmpint(crypto_pwhash_str(hash, "1234", 4, crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN), ==, 0);
    json_t *cashier = json_pack("{s:s, s:s, s:s}", "name", "Bench", "role", "cashier", "pin", hash);
    g_ptr_array_add(keep, cashier);
    PosFeedItem second = {.version = 1, .kind = "operator", .key = "u01", .value = cashier};
    g_array_append_val(items, second);
    for (int i = 0; i < PRODUCTS; i++) {
        char gtin[15];
        gtin_of(i, gtin);
        g_auto(GStrv) words = g_strsplit(nouns[i % 5], " ", 3);
        g_autofree char *ko = g_strdup_printf("%s %d호", words[0], i);
        g_autofree char *en = g_strdup_printf("%s no. %d", words[1], i);
        g_autofree char *zh = g_strdup_printf("%s %d号", words[2], i);
        json_t *product = json_pack("{s:{s:s, s:s, s:s}, s:s, s:s, s:i}", "names", "ko", ko, "en", en, "zh", zh, "unit", "each",
                                    "category", "all", "tax_bp", 0);
        json_t *price = json_pack("{s:i, s:s}", "price", 1000 + i % 9000, "effective_at", "2026-11-01T00:00:00.000+09:00");
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
    bool done = pos_store_feed_apply(store, (const PosFeedItem *)(void *)items->data, items->len, 1, "bench", true, &note, &error);
    g_assert_no_error(error);
    g_assert_true(done);
    g_assert_cmpstr(note, ==, NULL);
}

static void bench_scans(PosStore *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PosTill) till = pos_till_new(store, pos_clock_system(), &error);
    g_assert_no_error(error);
    PosTillCommand login = {.verb = POS_TILL_LOGIN, .operator_id = (char *)"u01", .pin = (char *)"1234"};
    g_autoptr(PosTillEvent) in = pos_till_do(till, &login);
    g_assert_cmpint(in->kind, ==, POS_EVENT_LOGIN);
    double *took = g_new(double, SCANS), *worked = g_new(double, SCANS);
    for (int i = -20; i < SCANS; i++) { /* the first cart warms what a till has warm after its first sale */
        char gtin[15];
        gtin_of((int)((unsigned)(i + 20) * 2654435761u % PRODUCTS), gtin);
        g_autofree char *link = g_strdup_printf("https://id.gs1.org/01/%s", gtin);
        PosTillCommand scan = {.verb = POS_TILL_SCAN, .text = link, .text_length = strlen(link)};
        double start = bench_now_us(), cpu = bench_cpu_us();
        g_autoptr(PosTillEvent) event = pos_till_do(till, &scan);
        took[MAX(i, 0)] = bench_now_us() - start;
        worked[MAX(i, 0)] = bench_cpu_us() - cpu;
        g_assert_cmpint(event->kind, ==, POS_EVENT_LINE);
        if ((i + 20) % 20 == 19) {
            PosTillCommand clear = {.verb = POS_TILL_VOID};
            g_autoptr(PosTillEvent) cleared = pos_till_do(till, &clear);
            g_assert_cmpint(cleared->kind, ==, POS_EVENT_VOID);
        }
    }
    bench_print("scan to line on the cart, 100,000 products, median", bench_share(took, SCANS, 0.5), "us", FRAME_US, "one frame");
    bench_print("scan to line on the cart, 100,000 products, p99", bench_share(took, SCANS, 0.99), "us", FRAME_US, "one frame");
    bench_print("scan to line on the cart, 100,000 products, p99 of processor time", bench_share(worked, SCANS, 0.99), "us", FRAME_US,
                "one frame");
    g_free(took);
    g_free(worked);
}

static void bench_search(PosStore *store)
{
    static const char *const typed[] = {"사", "사과", "사과 9", "사과 99", "고등어", "두부 1234", "ap", "apple", "lettuce no", "tofu no. 77",
                                        "苹", "苹果", "牛奶 5", "豆腐 99", "milk", "zzz", "4", "42"};
    double took[G_N_ELEMENTS(typed) * 10], worked[G_N_ELEMENTS(typed) * 10];
    double begun = bench_now_us();
    g_autoptr(GPtrArray) first = pos_store_products(store, "a", NULL, "ko", 60); /* makes the index */
    g_assert_nonnull(first);
    bench_print("making the search index, 100,000 products, once", (bench_now_us() - begun) / 1000, "ms", 0, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(took); i++) {
        double start = bench_now_us(), cpu = bench_cpu_us();
        g_autoptr(GPtrArray) found = pos_store_products(store, typed[i % G_N_ELEMENTS(typed)], NULL, "ko", 60);
        took[i] = bench_now_us() - start;
        worked[i] = bench_cpu_us() - cpu;
        g_assert_nonnull(found);
    }
    bench_print("product search as you type, 100,000 products, median", bench_share(took, G_N_ELEMENTS(took), 0.5), "us", FRAME_US,
                "one frame");
    bench_print("product search as you type, 100,000 products, p99", bench_share(took, G_N_ELEMENTS(took), 0.99), "us", FRAME_US,
                "one frame");
    bench_print("product search as you type, 100,000 products, p99 of processor time",
                bench_share(worked, G_N_ELEMENTS(worked), 0.99), "us", FRAME_US, "one frame");
}

int main(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("coster-bench-XXXXXX", &error);
    PosStoreLock *lock = pos_store_lock(dir, &error);
    g_assert_nonnull(lock);
    PosStore *store = pos_store_open(dir, POS_STORE_WRITE, &error);
    g_assert_no_error(error);
    PosIdentity identity = {.terminal = (char *)"bench", .store = (char *)"1", .token = (char *)"", .url = (char *)"", .pin = (char *)"",
                            .mode = (char *)"till", .name = (char *)"bench", .currency = (char *)"KRW", .receipt_prefix = (char *)"T01"};
    g_assert_true(pos_store_identity_set(store, &identity, &error));
    fill(store);
    bench_scans(store);
    bench_search(store);
    pos_store_close(store);
    pos_store_unlock(lock);
    g_autofree char *remove = g_strdup_printf("rm -r '%s'", dir);
    return system(remove) == 0 ? 0 : 1;
}

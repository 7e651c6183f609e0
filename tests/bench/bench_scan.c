/* SPDX-License-Identifier: GPL-3.0-or-later
 * 100,000 products: scan text to line on the cart, and search as one types, against one display frame of 16.7 ms. */
#include "pos/till.h"
#include "tests/bench/bench.h"
#include "tests/bench/products.h"

#include <string.h>

#define SCANS 2000
#define FRAME_US 16700.0

static void bench_scans(PosStore *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PosTill) till = pos_till_new(store, pos_clock_system(), &error);
    g_assert_no_error(error);
    PosTillCommand login = {
        .verb = POS_TILL_LOGIN, .operator_id = (char *)"u01", .pin = (char *)"1234"};
    g_autoptr(PosTillEvent) in = pos_till_do(till, &login);
    g_assert_cmpint(in->kind, ==, POS_EVENT_LOGIN);
    double *took = g_new(double, SCANS), *worked = g_new(double, SCANS);
    for (int i = -20; i < SCANS;
         i++) { /* the first cart warms what a till has warm after its first sale */
        char gtin[15];
        products_gtin((int)((unsigned)(i + 20) * 2654435761u % PRODUCTS), gtin);
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
    bench_print("scan to line on the cart, 100,000 products, median", bench_share(took, SCANS, 0.5),
                "us", FRAME_US, "one frame");
    bench_print("scan to line on the cart, 100,000 products, p99", bench_share(took, SCANS, 0.99),
                "us", FRAME_US, "one frame");
    bench_print("scan to line on the cart, 100,000 products, p99 of processor time",
                bench_share(worked, SCANS, 0.99), "us", FRAME_US, "one frame");
    g_free(took);
    g_free(worked);
}

static void bench_search(PosStore *store)
{
    static const char *const typed[] = {
        "사",     "사과",       "사과 9",      "사과 99", "고등어", "두부 1234", "ap",
        "apple",  "lettuce no", "tofu no. 77", "苹",      "苹果",   "牛奶 5",    "ㅅㄱ",
        "ㄱㄷㅇ", "ㄷㅂ",       "豆腐 99",     "milk",    "zzz",    "4",         "42"};
    double took[G_N_ELEMENTS(typed) * 10], worked[G_N_ELEMENTS(typed) * 10];
    double begun = bench_now_us();
    g_autoptr(GPtrArray) first =
        pos_store_products(store, "a", NULL, "ko", 60); /* begins the index */
    g_assert_nonnull(first);
    bench_print("first key of a search before the index is made, 100,000 products",
                bench_now_us() - begun, "us", FRAME_US, "one frame");
    pos_store_search_prepare(store, "ko", true);
    bench_print("making the search index, 100,000 products, on its own thread",
                (bench_now_us() - begun) / 1000, "ms", 0, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(took); i++) {
        double start = bench_now_us(), cpu = bench_cpu_us();
        g_autoptr(GPtrArray) found =
            pos_store_products(store, typed[i % G_N_ELEMENTS(typed)], NULL, "ko", 60);
        took[i] = bench_now_us() - start;
        worked[i] = bench_cpu_us() - cpu;
        g_assert_nonnull(found);
    }
    bench_print("product search as you type, 100,000 products, median",
                bench_share(took, G_N_ELEMENTS(took), 0.5), "us", FRAME_US, "one frame");
    bench_print("product search as you type, 100,000 products, p99",
                bench_share(took, G_N_ELEMENTS(took), 0.99), "us", FRAME_US, "one frame");
    bench_print("product search as you type, 100,000 products, p99 of processor time",
                bench_share(worked, G_N_ELEMENTS(worked), 0.99), "us", FRAME_US, "one frame");
}

int main(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("coster-bench-XXXXXX", &error);
    g_assert_no_error(error);
    PosStoreLock *lock = NULL;
    PosStore *store = products_open(dir, &lock);
    bench_scans(store);
    bench_search(store);
    pos_store_close(store);
    pos_store_unlock(lock);
    g_autofree char *remove = g_strdup_printf("rm -r '%s'", dir);
    return system(remove) == 0 ? 0 : 1;
}

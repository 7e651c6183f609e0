/* SPDX-License-Identifier: GPL-3.0-or-later
 * The manager's inventory with 50,000 products and 200,000 lots: what the main thread is busy with when it opens, searches, sorts
 * and scrolls, against one display frame of 16.7 ms. Busy is the processor's time of the main thread between two waits of its
 * loop, layout and drawing included. */
#include "pos/store_manage.h"
#include "tests/bench/bench.h"
#include "tests/bench/products.h"
#include "ui/application.h"
#include "ui/manager.h"

#include <string.h>
#include <time.h>

#define LOT_PRODUCTS 50000
#define LOTS_EACH 4
#define SCROLLS 300
#define FRAME_US 16700.0

static double busy_since, busiest;

static double cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int poll_and_note(GPollFD *fds, guint count, int timeout)
{
    busiest = MAX(busiest, cpu_us() - busy_since);
    int ready = g_poll(fds, count, timeout);
    busy_since = cpu_us();
    return ready;
}

/* What the main thread was busy with at most until nothing happened for a while. */
static double settle(UiManager *manager)
{
    busiest = 0;
    busy_since = cpu_us();
    gint64 quiet_us = g_get_monotonic_time(), since_us = quiet_us;
    while (g_get_monotonic_time() - quiet_us < 150000 ||
           g_get_monotonic_time() - since_us < 500000) {
        if (ui_manage_thread_pending(manager->thread) > 0) {
            quiet_us = g_get_monotonic_time();
        }
        g_main_context_iteration(NULL, FALSE);
        g_usleep(500);
    }
    return busiest;
}

static void fill(const char *dir)
{
    g_autoptr(GError) error = NULL;
    PosStoreLock *lock = NULL;
    PosStore *store = products_open(dir, &lock);
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(PosFeedItem));
    g_autoptr(GPtrArray) keep = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    json_t *page = json_array();
    for (int i = 0; i < LOT_PRODUCTS; i++) {
        char gtin[15];
        products_gtin(i, gtin);
        for (int l = 0; l < LOTS_EACH; l++) {
            g_autofree char *number = g_strdup_printf("L%05d%c", i, 'A' + l);
            g_autofree char *day = g_strdup_printf("2026-12-%02d", 1 + (i + l * 7) % 28);
            json_t *lot =
                json_pack("{s:s, s:s, s:i}", "best_before", day, "unit", "each", "unit_cost", 500);
            char *key = g_strdup_printf("%s/%s", gtin, number);
            PosFeedItem item = {.version = 2, .kind = "lot", .key = key, .value = lot};
            g_ptr_array_add(keep, lot);
            g_ptr_array_add(keys, key);
            g_array_append_val(items, item);
            json_array_append_new(page, json_pack("[s, s, i, i, i]", gtin, number, (i * 7 + l) % 60,
                                                  60, (i + l) % 40));
        }
    }
    g_autofree char *note = NULL;
    g_assert_true(pos_store_feed_apply(store, (const PosFeedItem *)(void *)items->data, items->len,
                                       2, "bench", false, &note, &error));
    g_autoptr(json_t) report = json_pack("{s:o}", "rows", page);
    g_assert_true(pos_store_stock_page(store, report, true, &error));
    pos_store_close(store);
    pos_store_unlock(lock);
}

static GtkWidget *find_type(GtkWidget *top, GType type)
{
    if (G_TYPE_CHECK_INSTANCE_TYPE(top, type)) {
        return top;
    }
    for (GtkWidget *child = gtk_widget_get_first_child(top); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        GtkWidget *found = find_type(child, type);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

static void say(const char *what, double *samples, gsize count)
{
    g_autofree char *name = g_strdup_printf(
        "inventory of 200,000 lots: %s, busiest stretch of the main thread, p99", what);
    bench_print(name, bench_share(samples, (int)count, 0.99), "us", FRAME_US, "one frame");
}

/* step 0: anywhere in the list. */
static void scroll_by(GtkScrollable *view, double step, double samples[SCROLLS])
{
    GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment(view);
    for (int i = 0; i < SCROLLS; i++) {
        double span =
            gtk_adjustment_get_upper(adjustment) - gtk_adjustment_get_page_size(adjustment);
        double here = gtk_adjustment_get_value(adjustment);
        busiest = 0;
        busy_since = cpu_us();
        gtk_adjustment_set_value(adjustment,
                                 step > 0 ? MIN(here + step, span) : span * ((i * 37) % 100) / 100);
        gint64 until_us = g_get_monotonic_time() + 34000;
        while (g_get_monotonic_time() < until_us) {
            g_main_context_iteration(NULL, FALSE);
            g_usleep(200);
        }
        samples[i] = busiest;
    }
}

static void bench(UiManager *manager, GtkWidget *page)
{
    static const char *const typed[] = {"사과", "사과 9", "app", "apple no. 1", "lettuce",
                                        "L00",  "L0012",  "zzz", "牛奶",        ""};
    double search[G_N_ELEMENTS(typed) * 3], sort[POS_INVENTORY_ORDERS * 2], scroll[SCROLLS];
    GtkEditable *entry = GTK_EDITABLE(find_type(page, GTK_TYPE_SEARCH_ENTRY));
    GtkDropDown *order = GTK_DROP_DOWN(find_type(page, GTK_TYPE_DROP_DOWN));
    GtkScrollable *view = GTK_SCROLLABLE(find_type(page, GTK_TYPE_COLUMN_VIEW));
    gsize n = 0;
    for (int round = 0; round < 3; round++) {
        for (gsize i = 0; i < G_N_ELEMENTS(typed); i++) {
            gtk_editable_set_text(entry, typed[i]);
            search[n++] = settle(manager);
        }
    }
    say("search", search, n);
    n = 0;
    for (int round = 0; round < 2; round++) {
        for (guint i = 0; i < POS_INVENTORY_ORDERS; i++) {
            gtk_drop_down_set_selected(order, (i + 1) % POS_INVENTORY_ORDERS);
            sort[n++] = settle(manager);
        }
    }
    say("sort", sort, n);
    scroll_by(view, 240, scroll);
    say("scroll by some rows", scroll, SCROLLS);
    scroll_by(view, 0, scroll);
    say("jump anywhere", scroll, SCROLLS);
}

int main(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("coster-inventory-XXXXXX", &error);
    g_assert_no_error(error);
    ui_application_set_language("en");
    fill(dir);
    gtk_init();
    adw_init();
    g_main_context_set_poll_func(NULL, poll_and_note);
    UiManager manager = {.thread = ui_manage_thread_new(dir, true), .zone = g_time_zone_new_utc()};
    GtkWidget *window = gtk_window_new();
    manager.said = GTK_LABEL(gtk_label_new(NULL));
    g_object_ref_sink(manager.said);
    ui_manage_thread_open(manager.thread, NULL, NULL);
    settle(&manager);
    manager.store = pos_store_open(dir, POS_STORE_READ_ONLY, &error);
    g_assert_no_error(error);
    g_assert_true(pos_currency_from_code("KRW", &manager.currency));
    GtkWidget *page = ui_manager_inventory_page.build(&manager);
    gtk_window_set_child(GTK_WINDOW(window), page);
    gtk_window_set_default_size(GTK_WINDOW(window), 1280, 800);
    gtk_window_present(GTK_WINDOW(window));
    settle(&manager);
    ui_manager_inventory_page.show(page);
    double opened[1] = {settle(&manager)};
    say("open", opened, 1);
    bench(&manager, page);
    gtk_window_destroy(GTK_WINDOW(window));
    ui_manage_thread_stop(manager.thread);
    g_object_unref(manager.thread);
    pos_store_close(manager.store);
    return 0;
}

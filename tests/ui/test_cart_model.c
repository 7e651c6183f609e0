/* SPDX-License-Identifier: GPL-3.0-or-later
 * The cart's list model reports what changed and nothing else. */
#include "ui/cart_model.h"

typedef struct {
    guint calls, position, removed, added;
} Report;

static void on_items_changed(GListModel *model, guint position, guint removed, guint added,
                             gpointer user)
{
    Report *report = user;
    report->calls++;
    report->position = position;
    report->removed = removed;
    report->added = added;
}

static int add(PosCart *cart, const char *gtin, const char *name, int64_t price)
{
    PosCartLine line = {.lot = "L1",
                        .names = {.ko = "", .en = (char *)name, .zh = ""},
                        .origin = "Jeju",
                        .quantity = pos_quantity_each(1),
                        .price = pos_money(price),
                        .list_price = pos_money(price),
                        .lifted_by = ""};
    g_strlcpy(line.gtin, gtin, sizeof line.gtin);
    int number = 0;
    g_assert_cmpint(pos_cart_add(cart, &line, &number), ==, POS_REFUSAL_NONE);
    return number;
}

static char *text(GListModel *model, guint position, const char *property)
{
    g_autoptr(UiCartLine) line = g_list_model_get_item(model, position);
    char *value = NULL;
    g_object_get(line, property, &value, NULL);
    return value;
}

static void assert_text(GListModel *model, guint position, const char *property,
                        const char *expected)
{
    g_autofree char *value = text(model, position, property);
    g_assert_cmpstr(value, ==, expected);
}

static void test_adding_reports_one_place(void)
{
    g_autoptr(UiCartModel) model = ui_cart_model_new();
    Report report = {0};
    g_signal_connect(model, "items-changed", G_CALLBACK(on_items_changed), &report);
    g_autoptr(PosCart) cart = pos_cart_new();
    add(cart, "09520000010379", "Apple", 1500);
    ui_cart_model_set_cart(model, cart, NULL, 0);
    add(cart, "09520000010744", "Pear", 3200);
    ui_cart_model_set_cart(model, cart, NULL, 0);
    g_assert_cmpuint(report.calls, ==, 2);
    g_assert_cmpuint(report.position, ==, 1);
    g_assert_cmpuint(report.removed, ==, 0);
    g_assert_cmpuint(report.added, ==, 1);
    assert_text(G_LIST_MODEL(model), 1, "name", "Pear");
    assert_text(G_LIST_MODEL(model), 1, "amount", "₩3,200");
    g_autofree char *total = ui_cart_model_total(model);
    g_assert_cmpstr(total, ==, "₩4,700");
}

static void test_removing_keeps_the_others_objects(void)
{
    g_autoptr(UiCartModel) model = ui_cart_model_new();
    g_autoptr(PosCart) cart = pos_cart_new();
    add(cart, "09520000010379", "Apple", 1500);
    const int second = add(cart, "09520000010744", "Pear", 3200);
    add(cart, "09520000011116", "Plum", 900);
    ui_cart_model_set_cart(model, cart, NULL, 0);
    g_autoptr(UiCartLine) first = g_list_model_get_item(G_LIST_MODEL(model), 0);
    g_autoptr(UiCartLine) third = g_list_model_get_item(G_LIST_MODEL(model), 2);
    Report report = {0};
    g_signal_connect(model, "items-changed", G_CALLBACK(on_items_changed), &report);
    g_assert_cmpint(pos_cart_remove(cart, second), ==, POS_REFUSAL_NONE);
    ui_cart_model_set_cart(model, cart, NULL, 0);
    g_assert_cmpuint(report.calls, ==, 1);
    g_assert_cmpuint(report.position, ==, 1);
    g_assert_cmpuint(report.removed, ==, 1);
    g_assert_cmpuint(report.added, ==, 0);
    g_autoptr(UiCartLine) now_first = g_list_model_get_item(G_LIST_MODEL(model), 0);
    g_autoptr(UiCartLine) now_second = g_list_model_get_item(G_LIST_MODEL(model), 1);
    g_assert_true(now_first == first);
    g_assert_true(now_second == third);
    g_assert_cmpint(ui_cart_model_position(model, second), ==, -1);
}

static void on_notify(GObject *object, GParamSpec *spec, gpointer user)
{
    (*(guint *)user)++;
}

static void test_a_changed_line_notifies_and_rebuilds_nothing(void)
{
    g_autoptr(UiCartModel) model = ui_cart_model_new();
    g_autoptr(PosCart) cart = pos_cart_new();
    const int number = add(cart, "09520000010379", "Apple", 1500);
    add(cart, "09520000010744", "Pear", 3200);
    ui_cart_model_set_cart(model, cart, NULL, 0);
    Report report = {0};
    guint amounts = 0, other = 0;
    g_signal_connect(model, "items-changed", G_CALLBACK(on_items_changed), &report);
    g_autoptr(UiCartLine) line = g_list_model_get_item(G_LIST_MODEL(model), 0);
    g_autoptr(UiCartLine) pear = g_list_model_get_item(G_LIST_MODEL(model), 1);
    g_signal_connect(line, "notify::amount", G_CALLBACK(on_notify), &amounts);
    g_signal_connect(pear, "notify::amount", G_CALLBACK(on_notify), &other);
    g_assert_cmpint(pos_cart_set_quantity(cart, number, 3), ==, POS_REFUSAL_NONE);
    ui_cart_model_set_cart(model, cart, NULL, 0);
    g_assert_cmpuint(report.calls, ==, 0);
    g_assert_cmpuint(amounts, ==, 1);
    g_assert_cmpuint(other, ==, 0);
    assert_text(G_LIST_MODEL(model), 0, "amount", "₩4,500");
    assert_text(G_LIST_MODEL(model), 0, "price", "3 × ₩1,500");
}

static void test_a_lower_price_shows_with_its_age(void)
{
    g_autoptr(UiCartModel) model = ui_cart_model_new();
    g_autoptr(PosCart) cart = pos_cart_new();
    const int number = add(cart, "09520000010379", "Apple", 1500);
    const int64_t at = 1000000;
    ui_cart_model_set_cart(model, cart, &at, at + 180000);
    assert_text(G_LIST_MODEL(model), 0, "age", "Price 3 min old");
    g_assert_true(pos_cart_offer_price(cart, number, pos_money(1200), 7));
    const int64_t later = at + 180000;
    ui_cart_model_set_cart(model, cart, &later, later);
    assert_text(G_LIST_MODEL(model), 0, "amount", "₩1,200");
    assert_text(G_LIST_MODEL(model), 0, "age", "New price");
    ui_cart_model_set_now(model, later + 60000);
    assert_text(G_LIST_MODEL(model), 0, "age", "Price 1 min old");
}

static void test_an_emptied_cart_removes_all_at_once(void)
{
    g_autoptr(UiCartModel) model = ui_cart_model_new();
    g_autoptr(PosCart) cart = pos_cart_new();
    add(cart, "09520000010379", "Apple", 1500);
    add(cart, "09520000010744", "Pear", 3200);
    ui_cart_model_set_cart(model, cart, NULL, 0);
    Report report = {0};
    g_signal_connect(model, "items-changed", G_CALLBACK(on_items_changed), &report);
    pos_cart_clear(cart);
    ui_cart_model_set_cart(model, cart, NULL, 0);
    g_assert_cmpuint(report.calls, ==, 1);
    g_assert_cmpuint(report.removed, ==, 2);
    g_assert_cmpuint(g_list_model_get_n_items(G_LIST_MODEL(model)), ==, 0);
    g_assert_null(g_list_model_get_item(G_LIST_MODEL(model), 0));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ui/cart_model/adding_reports_one_place", test_adding_reports_one_place);
    g_test_add_func("/ui/cart_model/removing_keeps_the_others_objects",
                    test_removing_keeps_the_others_objects);
    g_test_add_func("/ui/cart_model/a_changed_line_notifies_and_rebuilds_nothing",
                    test_a_changed_line_notifies_and_rebuilds_nothing);
    g_test_add_func("/ui/cart_model/a_lower_price_shows_with_its_age",
                    test_a_lower_price_shows_with_its_age);
    g_test_add_func("/ui/cart_model/an_emptied_cart_removes_all_at_once",
                    test_an_emptied_cart_removes_all_at_once);
    return g_test_run();
}

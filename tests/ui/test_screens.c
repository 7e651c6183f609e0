/* SPDX-License-Identifier: GPL-3.0-or-later
 * The window's screens in this process: every template is made with warnings fatal, touch sizes hold, events are shown and
 * touches become commands. The values are made here; no store is opened. */
#include "ui/header.h"
#include "ui/enrol_view.h"
#include "ui/login_view.h"
#include "ui/product_tile.h"
#include "ui/receipt_view.h"
#include "ui/sale_view.h"
#include "ui/tender_view.h"
#include "ui/window.h"
#include <glib/gstdio.h>
#include <string.h>

#define TOUCH_MIN 56
#define PAD_KEY_MIN 60

/* A window that shows one screen; the last command it gave is kept. */
typedef struct {
    GtkWindow *window;
    GtkWidget *view;
    PosTillCommand last;
    guint commands, pays;
} Screen;

static void on_command(GtkWidget *view, const PosTillCommand *command, Screen *screen)
{
    g_free(screen->last.text);
    screen->last = *command;
    screen->last.text = g_strdup(command->text);
    screen->commands++;
}

static void on_pay(GtkWidget *view, Screen *screen)
{
    screen->pays++;
}

static void screen_open(Screen *screen, GtkWidget *view)
{
    *screen = (Screen){.window = GTK_WINDOW(gtk_window_new()), .view = view};
    gtk_window_set_child(screen->window, view);
    gtk_window_set_default_size(screen->window, 1280, 744);
    if (g_signal_lookup("command", G_OBJECT_TYPE(view)) != 0) {
        g_signal_connect(view, "command", G_CALLBACK(on_command), screen);
    }
    if (g_signal_lookup("pay", G_OBJECT_TYPE(view)) != 0) {
        g_signal_connect(view, "pay", G_CALLBACK(on_pay), screen);
    }
    gtk_window_present(screen->window);
    gtk_test_widget_wait_for_draw(view);
}

static void screen_close(Screen *screen)
{
    gtk_window_destroy(screen->window);
    g_free(screen->last.text);
}

/* --- values ------------------------------------------------------------------------------------------- */

static UiShop *shop_new(void)
{
    UiShop *shop = g_new0(UiShop, 1);
    shop->settings.names = (PosNames){g_strdup("가게"), g_strdup("A shop"), g_strdup("店")};
    shop->settings.time_zone = g_strdup("Asia/Seoul");
    g_assert_true(pos_currency_from_code("KRW", &shop->settings.currency));
    shop->operators = g_ptr_array_new_with_free_func((GDestroyNotify)pos_operator_free);
    const char *people[][3] = {{"u01", "Kim", "cashier"}, {"u09", "Park", "manager"}};
    for (gsize i = 0; i < G_N_ELEMENTS(people); i++) {
        PosOperator *op = g_new0(PosOperator, 1);
        op->id = g_strdup(people[i][0]);
        op->name = g_strdup(people[i][1]);
        op->role = g_strdup(people[i][2]);
        g_ptr_array_add(shop->operators, op);
    }
    shop->categories = g_ptr_array_new_with_free_func((GDestroyNotify)pos_category_free);
    PosCategory *fruit = g_new0(PosCategory, 1);
    g_strlcpy(fruit->id, "fruit", sizeof fruit->id);
    fruit->names = (PosNames){g_strdup("과일"), g_strdup("Fruit"), g_strdup("水果")};
    fruit->icon = g_strdup("fruit");
    g_ptr_array_add(shop->categories, fruit);
    return shop;
}

static UiTile *tile_new(const char *gtin, const char *name, int64_t price)
{
    UiTile *tile = g_new0(UiTile, 1);
    tile->product = g_new0(PosProduct, 1);
    g_strlcpy(tile->product->gtin, gtin, sizeof tile->product->gtin);
    tile->product->names = (PosNames){g_strdup(""), g_strdup(name), g_strdup("")};
    tile->product->plu = g_strdup("");
    tile->product->category = g_strdup("fruit");
    tile->product->storage = g_strdup("");
    tile->product->icon = g_strdup("apple");
    tile->product->unit = POS_UNIT_EACH;
    tile->sellable = true;
    tile->price = tile->list_price = pos_money(price);
    tile->freshness = (PosFreshness){POS_FRESHNESS_GREEN, POS_FRESHNESS_FRESH, 4};
    tile->why = g_strdup("");
    return tile;
}

static PosCartLine line_value(const char *name, PosQuantity quantity, int64_t price)
{
    return (PosCartLine){.gtin = "09520000010379",
                         .lot = "L1",
                         .names = {.ko = "", .en = (char *)name, .zh = ""},
                         .origin = "Jeju",
                         .quantity = quantity,
                         .price = pos_money(price),
                         .list_price = pos_money(price),
                         .lifted_by = ""};
}

static UiAnswer *answer_new(PosTillEventKind kind, PosCart *cart)
{
    UiAnswer *answer = g_new0(UiAnswer, 1);
    answer->event = g_new0(PosTillEvent, 1);
    answer->event->kind = kind;
    answer->event->cart = pos_cart_copy(cart);
    answer->price_at_ms = g_new0(int64_t, pos_cart_count(cart) + 1);
    answer->now_ms = 1000000;
    return answer;
}

static void apply_line(UiSaleView *sale, PosCart *cart, int number)
{
    g_autoptr(UiAnswer) answer = answer_new(POS_EVENT_LINE, cart);
    answer->event->line = pos_cart_line_copy(pos_cart_find(cart, number));
    ui_sale_view_apply(sale, answer);
}

static void apply_refusal(UiSaleView *sale, PosCart *cart, PosRefusal refusal, const char *message)
{
    g_autoptr(UiAnswer) answer = answer_new(POS_EVENT_REFUSED, cart);
    answer->event->refusal = refusal;
    answer->event->message = g_strdup(message);
    ui_sale_view_apply(sale, answer);
}

/* --- looking into a screen ------------------------------------------------------------------------------- */

static bool is_shown(GtkWidget *widget)
{
    return gtk_widget_get_mapped(widget);
}

static void visit(GtkWidget *widget, void (*look)(GtkWidget *, gpointer), gpointer user)
{
    look(widget, user);
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        visit(child, look, user);
    }
}

static void look_size(GtkWidget *widget, gpointer user)
{
    guint *count = user;
    if (!GTK_IS_BUTTON(widget) || !is_shown(widget) ||
        gtk_widget_get_ancestor(widget, GTK_TYPE_WINDOW_CONTROLS) != NULL) {
        return;
    }
    const int least = gtk_widget_has_css_class(widget, "pad-key") ? PAD_KEY_MIN - 1 : TOUCH_MIN;
    const char *label = gtk_button_get_label(GTK_BUTTON(widget));
    g_test_message("%s %d x %d", label != NULL ? label : "(picture)", gtk_widget_get_width(widget),
                   gtk_widget_get_height(widget));
    g_assert_cmpint(gtk_widget_get_height(widget), >=, least - 2); /* the border stands outside */
    g_assert_cmpint(gtk_widget_get_width(widget), >=, TOUCH_MIN - 2);
    (*count)++;
}

static void assert_touchable(GtkWidget *view)
{
    guint count = 0;
    visit(view, look_size, &count);
    g_assert_cmpuint(count, >, 0);
}

typedef struct {
    const char *text;
    GtkWidget *found;
} Wanted;

static void look_label(GtkWidget *widget, gpointer user)
{
    Wanted *wanted = user;
    if (GTK_IS_LABEL(widget) && is_shown(widget) &&
        strstr(gtk_label_get_label(GTK_LABEL(widget)), wanted->text) != NULL) {
        wanted->found = widget;
    }
}

static GtkWidget *find_label(Screen *screen, const char *text)
{
    Wanted wanted = {text, NULL};
    visit(screen->view, look_label, &wanted);
    return wanted.found;
}

static void assert_shown(Screen *screen, const char *text)
{
    gtk_test_widget_wait_for_draw(screen->view);
    if (find_label(screen, text) == NULL) {
        g_error("“%s” is not on the screen", text);
    }
}

static void press(Screen *screen, const char *label)
{
    GtkWidget *widget = find_label(screen, label);
    g_assert_nonnull(widget);
    GtkWidget *button = gtk_widget_get_ancestor(widget, GTK_TYPE_BUTTON);
    g_assert_nonnull(button);
    g_assert_true(gtk_widget_get_sensitive(button));
    g_signal_emit_by_name(button, "clicked");
}

static void type(UiPad *pad, const char *digits)
{
    for (const char *c = digits; *c != '\0'; c++) {
        g_assert_true(ui_pad_key(pad, (guint)(GDK_KEY_0 + (*c - '0'))));
    }
}

/* --- the cases ------------------------------------------------------------------------------------------------ */

static void test_every_button_is_large_enough(void)
{
    g_autoptr(UiShop) shop = shop_new();
    GtkWidget *views[] = {ui_sale_view_new(), ui_tender_view_new(), ui_receipt_view_new(),
                          ui_login_view_new(), ui_enrol_view_new()};
    for (gsize i = 0; i < G_N_ELEMENTS(views); i++) {
        Screen screen;
        screen_open(&screen, views[i]);
        if (UI_IS_SALE_VIEW(views[i])) {
            ui_sale_view_set_shop(UI_SALE_VIEW(views[i]), shop);
        } else if (UI_IS_LOGIN_VIEW(views[i])) {
            ui_login_view_set_shop(UI_LOGIN_VIEW(views[i]), shop);
        } else if (UI_IS_TENDER_VIEW(views[i])) {
            ui_tender_view_begin(UI_TENDER_VIEW(views[i]), pos_money(12900), 3);
        }
        gtk_test_widget_wait_for_draw(views[i]);
        assert_touchable(views[i]);
        screen_close(&screen);
    }
}

static void test_a_tile_scans_and_shows_its_price(void)
{
    Screen screen;
    g_autoptr(UiShop) shop = shop_new();
    screen_open(&screen, ui_sale_view_new());
    UiSaleView *sale = UI_SALE_VIEW(screen.view);
    ui_sale_view_set_shop(sale, shop);
    g_autoptr(GPtrArray) tiles = g_ptr_array_new();
    g_ptr_array_add(tiles, tile_new("09520000010379", "Apple", 1500));
    ui_picker_set_tiles(ui_sale_view_picker(sale), tiles);
    assert_shown(&screen, "Apple");
    assert_shown(&screen, "₩1,500");
    press(&screen, "Apple");
    g_assert_cmpuint(screen.commands, ==, 1);
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_SCAN);
    g_assert_cmpstr(screen.last.text, ==, "09520000010379");
    screen_close(&screen);
}

static void test_a_price_change_keeps_the_tile(void)
{
    Screen screen;
    screen_open(&screen, ui_picker_new());
    UiPicker *picker = UI_PICKER(screen.view);
    g_autoptr(GPtrArray) before = g_ptr_array_new(), after = g_ptr_array_new();
    g_ptr_array_add(before, tile_new("09520000010379", "Apple", 1500));
    g_ptr_array_add(before, tile_new("09520000010744", "Pear", 3200));
    g_ptr_array_add(after, tile_new("09520000010379", "Apple", 1200));
    g_ptr_array_add(after, tile_new("09520000010744", "Pear", 3200));
    ui_picker_set_tiles(picker, before);
    g_autoptr(GObject) item = g_list_model_get_item(ui_picker_items(picker), 0);
    assert_shown(&screen, "₩1,500");
    ui_picker_set_tiles(picker, after);
    g_autoptr(GObject) same = g_list_model_get_item(ui_picker_items(picker), 0);
    g_assert_true(item == same);
    assert_shown(&screen, "₩1,200");
    g_assert_null(find_label(&screen, "₩1,500"));
    screen_close(&screen);
}

static void test_an_empty_search_says_so(void)
{
    Screen screen;
    screen_open(&screen, ui_picker_new());
    ui_picker_set_text(UI_PICKER(screen.view), "a<b>&c");
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    ui_picker_set_tiles(UI_PICKER(screen.view), none);
    gtk_test_widget_wait_for_draw(screen.view);
    assert_shown(&screen, "a&lt;b&gt;&amp;c"); /* a status page's title is markup */
    screen_close(&screen);
}

static void test_a_line_shows_what_is_known(void)
{
    Screen screen;
    screen_open(&screen, ui_sale_view_new());
    g_autoptr(PosCart) cart = pos_cart_new();
    PosCartLine line = line_value("Strawberries", pos_quantity_each(2), 8900);
    line.freshness = (PosFreshness){POS_FRESHNESS_AMBER, POS_FRESHNESS_SHORT_DATED, 1};
    int number = 0;
    g_assert_cmpint(pos_cart_add(cart, &line, &number), ==, POS_REFUSAL_NONE);
    apply_line(UI_SALE_VIEW(screen.view), cart, number);
    assert_shown(&screen, "Strawberries");
    assert_shown(&screen, "Lot L1 · Jeju");
    assert_shown(&screen, "2 × ₩8,900");
    assert_shown(&screen, "₩17,800");
    assert_shown(&screen, "Price of unknown age");
    g_autofree char *words = pos_freshness_words(line.freshness);
    GtkWidget *fresh = NULL;
    gtk_test_widget_wait_for_draw(screen.view);
    fresh = find_label(&screen, words);
    g_assert_nonnull(fresh);
    g_assert_true(gtk_widget_has_css_class(fresh, "fresh-amber"));
    screen_close(&screen);
}

static void test_a_weight_is_asked_for_on_the_pad(void)
{
    Screen screen;
    screen_open(&screen, ui_sale_view_new());
    UiSaleView *sale = UI_SALE_VIEW(screen.view);
    g_autoptr(PosCart) cart = pos_cart_new();
    g_autoptr(UiAnswer) answer = answer_new(POS_EVENT_WEIGH, cart);
    PosCartLine line = line_value("Mandarin", (PosQuantity){0}, 4980);
    answer->event->line = pos_cart_line_copy(&line);
    ui_sale_view_apply(sale, answer);
    assert_shown(&screen, "Grams of Mandarin");
    type(ui_sale_view_pad(sale), "450");
    assert_shown(&screen, "0.450 kg");
    g_assert_true(ui_sale_view_key(sale, GDK_KEY_Return));
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_WEIGHT);
    g_assert_cmpint(screen.last.grams, ==, 450);
    g_assert_true(screen.last.by_hand);
    screen_close(&screen);
}

/* A button of the view that says `label`. */
static GtkWidget *find_button(GtkWidget *widget, const char *label)
{
    if (GTK_IS_BUTTON(widget) && g_strcmp0(gtk_button_get_label(GTK_BUTTON(widget)), label) == 0) {
        return widget;
    }
    GtkWidget *found = NULL;
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child != NULL && found == NULL;
         child = gtk_widget_get_next_sibling(child)) {
        found = find_button(child, label);
    }
    return found;
}

static void test_the_scale_is_shown_while_an_item_waits(void)
{
    Screen screen;
    screen_open(&screen, ui_sale_view_new());
    UiSaleView *sale = UI_SALE_VIEW(screen.view);
    g_autoptr(UiShop) shop = shop_new();
    shop->tares = g_ptr_array_new_with_free_func((GDestroyNotify)pos_tare_free);
    PosTare *box = g_new0(PosTare, 1);
    g_strlcpy(box->id, "box", sizeof box->id);
    box->names = (PosNames){g_strdup("상자"), g_strdup("Box"), g_strdup("盒")};
    box->grams = 12;
    g_ptr_array_add(shop->tares, box);
    ui_sale_view_set_shop(sale, shop);
    UiScale scale = {.status = {.condition = POS_SCALE_CONDITION_EMPTY,
                                .has_grams = true,
                                .stable = true,
                                .can_zero = true}};
    ui_sale_view_show_scale(sale, &scale);
    g_assert_false(ui_sale_view_awaits_weight(sale));
    GtkWidget *zero = find_button(screen.view, "Zero");
    g_assert_nonnull(zero);
    g_assert_false(gtk_widget_is_visible(zero)); /* nothing waits for a weight */

    g_autoptr(PosCart) cart = pos_cart_new();
    g_autoptr(UiAnswer) answer = answer_new(POS_EVENT_WEIGH, cart);
    PosCartLine line = line_value("Mandarin", (PosQuantity){0}, 4980);
    answer->event->line = pos_cart_line_copy(&line);
    ui_sale_view_apply(sale, answer);
    gtk_test_widget_wait_for_draw(screen.view);
    g_assert_true(ui_sale_view_awaits_weight(sale));
    g_assert_true(gtk_widget_is_visible(zero));
    assert_shown(&screen, "Put the goods on the scale.");
    GtkWidget *container = find_button(screen.view, "Box 12 g");
    g_assert_nonnull(container);
    g_assert_cmpint(gtk_widget_get_height(container), >=, 56);
    g_assert_cmpint(gtk_widget_get_height(zero), >=, 56);
    g_signal_emit_by_name(container, "clicked");
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_TARE);
    g_assert_false(screen.last.from_scale);
    g_assert_true(ui_sale_view_key(sale, GDK_KEY_F3));
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_TARE);
    g_assert_true(screen.last.from_scale);
    g_signal_emit_by_name(zero, "clicked");
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_ZERO);

    scale.status.condition = POS_SCALE_CONDITION_READY;
    scale.status.grams = 462;
    scale.tare_g = 12;
    ui_sale_view_show_scale(sale, &scale);
    assert_shown(&screen, "0.450 kg");
    assert_shown(&screen, "Gross 0.462 kg, tare 0.012 kg");
    type(ui_sale_view_pad(sale), "4"); /* who types is not overtaken by the scale */
    g_assert_false(ui_sale_view_awaits_weight(sale));
    g_assert_true(ui_sale_view_key(sale, GDK_KEY_Escape));
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_LEAVE);
    g_assert_false(gtk_widget_is_visible(zero));
    screen_close(&screen);
}

static void test_bad_news_stands_in_the_cart_until_the_next_good_action(void)
{
    Screen screen;
    screen_open(&screen, ui_sale_view_new());
    UiSaleView *sale = UI_SALE_VIEW(screen.view);
    g_autoptr(PosCart) cart = pos_cart_new();
    apply_refusal(sale, cart, POS_REFUSAL_UNKNOWN_ITEM, "This code is of no product here.");
    assert_shown(&screen, "This code is of no product here.");
    PosCartLine line = line_value("Apple", pos_quantity_each(1), 1500);
    int number = 0;
    g_assert_cmpint(pos_cart_add(cart, &line, &number), ==, POS_REFUSAL_NONE);
    apply_line(sale, cart, number);
    gtk_test_widget_wait_for_draw(screen.view);
    g_assert_null(find_label(&screen, "This code is of no product here."));
    screen_close(&screen);
}

static void test_a_manager_lifts_with_the_pin(void)
{
    Screen screen;
    g_autoptr(UiShop) shop = shop_new();
    screen_open(&screen, ui_sale_view_new());
    UiSaleView *sale = UI_SALE_VIEW(screen.view);
    ui_sale_view_set_shop(sale, shop);
    g_autoptr(PosCart) cart = pos_cart_new();
    ui_sale_view_scan(sale, "(01)09520000010379(10)L1", 24);
    apply_refusal(sale, cart, POS_REFUSAL_EXPIRED, "Past its best-before.");
    g_assert_true(ui_sale_view_key(sale, GDK_KEY_F7));
    assert_shown(&screen, "PIN of Park");
    type(ui_sale_view_pad(sale), "9999");
    assert_shown(&screen, "●●●●");
    g_assert_true(ui_sale_view_key(sale, GDK_KEY_Return));
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_SCAN);
    g_assert_cmpstr(screen.last.text, ==, "(01)09520000010379(10)L1");
    screen_close(&screen);
}

static void test_keys_do_what_buttons_do(void)
{
    Screen screen;
    screen_open(&screen, ui_sale_view_new());
    UiSaleView *sale = UI_SALE_VIEW(screen.view);
    g_assert_true(ui_sale_view_key(sale, GDK_KEY_F12));
    g_assert_cmpuint(screen.pays, ==, 0); /* nothing to pay */
    g_autoptr(PosCart) cart = pos_cart_new();
    PosCartLine line = line_value("Apple", pos_quantity_each(2), 1500);
    int number = 0;
    g_assert_cmpint(pos_cart_add(cart, &line, &number), ==, POS_REFUSAL_NONE);
    apply_line(sale, cart, number);
    ui_sale_view_key(sale, GDK_KEY_F4);
    type(ui_sale_view_pad(sale), "5");
    ui_sale_view_key(sale, GDK_KEY_Return);
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_QUANTITY);
    g_assert_cmpint(screen.last.pieces, ==, 5);
    g_assert_cmpint(screen.last.line, ==, number);
    ui_sale_view_key(sale, GDK_KEY_KP_Subtract);
    g_assert_cmpint(screen.last.pieces, ==, 1);
    ui_sale_view_key(sale, GDK_KEY_F8);
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_VOID_LINE);
    const guint before = screen.commands;
    ui_sale_view_key(sale, GDK_KEY_F10);
    g_assert_cmpuint(screen.commands, ==, before); /* asks first */
    assert_shown(&screen, "Take 1 item off the cart?");
    ui_sale_view_key(sale, GDK_KEY_F10);
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_VOID);
    type(ui_sale_view_pad(sale), "4131");
    ui_sale_view_key(sale, GDK_KEY_Return);
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_SCAN);
    g_assert_cmpstr(screen.last.text, ==, "4131");
    ui_sale_view_key(sale, GDK_KEY_F6);
    ui_sale_view_scan(sale, "4131", 4);
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_PRICE_CHECK);
    ui_sale_view_key(sale, GDK_KEY_F12);
    g_assert_cmpuint(screen.pays, ==, 1);
    screen_close(&screen);
}

static void test_one_touch_is_one_payment(void)
{
    Screen screen;
    screen_open(&screen, ui_tender_view_new());
    UiTenderView *tender = UI_TENDER_VIEW(screen.view);
    ui_tender_view_begin(tender, pos_money(12900), 3);
    assert_shown(&screen, "₩12,900");
    assert_shown(&screen, "3 items");
    press(&screen, "Exact cash ₩12,900");
    ui_tender_view_key(tender, GDK_KEY_F12);
    g_assert_cmpuint(screen.commands, ==, 1);
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_TENDER);
    g_assert_cmpint(screen.last.tender, ==, POS_TENDER_CASH);
    g_assert_cmpint(screen.last.amount, ==, 12900);
    screen_close(&screen);
}

static void test_part_of_it_leaves_a_rest(void)
{
    Screen screen;
    screen_open(&screen, ui_tender_view_new());
    UiTenderView *tender = UI_TENDER_VIEW(screen.view);
    ui_tender_view_begin(tender, pos_money(12900), 3);
    for (const char *c = "5000"; *c != '\0'; c++) {
        g_assert_true(ui_tender_view_key(tender, (guint)(GDK_KEY_0 + (*c - '0'))));
    }
    g_assert_true(ui_tender_view_key(tender, GDK_KEY_Return));
    g_assert_cmpint(screen.last.amount, ==, 5000);
    const PosTillEvent event = {.kind = POS_EVENT_TENDER,
                                .amount = pos_money(5000),
                                .due = pos_money(7900),
                                .due_cash = pos_money(7900)};
    ui_tender_view_apply(tender, &event);
    assert_shown(&screen, "Still to pay");
    assert_shown(&screen, "₩7,900");
    const guint before = screen.commands;
    ui_tender_view_key(tender, GDK_KEY_F11);
    assert_shown(&screen, "Key this amount into the card terminal");
    g_assert_cmpuint(screen.commands, ==, before); /* only its yes is a payment */
    press(&screen, "No (Esc)");
    ui_tender_view_key(tender, GDK_KEY_F11);
    ui_tender_view_key(tender, GDK_KEY_Return);
    g_assert_cmpuint(screen.commands, ==, before + 1);
    g_assert_cmpint(screen.last.tender, ==, POS_TENDER_CARD);
    g_assert_cmpint(screen.last.amount, ==, 7900);
    const PosTillEvent refused = {.kind = POS_EVENT_REFUSED,
                                  .message = (char *)"The disk is full."};
    ui_tender_view_apply(tender, &refused);
    assert_shown(&screen, "The disk is full.");
    screen_close(&screen);
}

static void test_a_sale_shows_its_receipt(void)
{
    Screen screen;
    screen_open(&screen, ui_receipt_view_new());
    UiReceiptView *view = UI_RECEIPT_VIEW(screen.view);
    PosTillEvent sale = {
        .kind = POS_EVENT_SALE, .total = pos_money(12900), .change = pos_money(7100)};
    g_strlcpy(sale.sale.receipt, "T01-000123", sizeof sale.sale.receipt);
    ui_receipt_view_begin(view, &sale);
    assert_shown(&screen, "T01-000123");
    assert_shown(&screen, "₩7,100");
    g_autoptr(UiReceipt) receipt = g_new0(UiReceipt, 1);
    receipt->rows = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(receipt->rows, g_strdup("first row"));
    g_ptr_array_add(receipt->rows, g_strdup("last row"));
    receipt->qr_text = g_strdup("coster:T01-000123:t:1:12900:0123456789abcdef");
    ui_receipt_view_show(view, receipt);
    assert_shown(&screen, "first row\nlast row");
    g_assert_null(find_label(&screen, "Print the receipt (P)"));
    screen_close(&screen);
}

static void on_print_wanted(UiReceiptView *view, const char *receipt, gpointer user)
{
    (void)view;
    g_ptr_array_add(user, g_strdup(receipt));
}

/* Where receipts are printed only when asked for, P asks once. */
static void test_a_receipt_is_asked_for_once(void)
{
    Screen screen;
    g_autoptr(GPtrArray) asked = g_ptr_array_new_with_free_func(g_free);
    screen_open(&screen, ui_receipt_view_new());
    UiReceiptView *view = UI_RECEIPT_VIEW(screen.view);
    g_signal_connect(view, "print-wanted", G_CALLBACK(on_print_wanted), asked);
    PosTillEvent sale = {.kind = POS_EVENT_SALE, .total = pos_money(100)};
    g_strlcpy(sale.sale.receipt, "T01-000124", sizeof sale.sale.receipt);
    ui_receipt_view_begin(view, &sale);
    ui_receipt_view_key(view, GDK_KEY_p);
    g_assert_cmpuint(asked->len, ==, 0);
    g_autoptr(UiReceipt) receipt = g_new0(UiReceipt, 1);
    receipt->rows = g_ptr_array_new_with_free_func(g_free);
    receipt->qr_text = g_strdup("coster:T01-000124:t:1:100:0123456789abcdef");
    receipt->asks_to_print = true;
    ui_receipt_view_show(view, receipt);
    assert_shown(&screen, "Print the receipt (P)");
    ui_receipt_view_key(view, GDK_KEY_p);
    ui_receipt_view_key(view, GDK_KEY_p);
    g_assert_cmpuint(asked->len, ==, 1);
    g_assert_cmpstr(asked->pdata[0], ==, "T01-000124");
    g_assert_null(find_label(&screen, "Print the receipt (P)"));
    screen_close(&screen);
}

static void test_login_asks_name_pin_and_float(void)
{
    Screen screen;
    g_autoptr(UiShop) shop = shop_new();
    screen_open(&screen, ui_login_view_new());
    UiLoginView *login = UI_LOGIN_VIEW(screen.view);
    ui_login_view_set_shop(login, shop);
    assert_shown(&screen, "Kim");
    g_assert_false(ui_login_view_choose(login, "u77"));
    g_assert_true(ui_login_view_choose(login, "u01"));
    assert_shown(&screen, "PIN of Kim");
    type(ui_login_view_pad(login), "1234");
    g_assert_true(ui_login_view_key(login, GDK_KEY_Return));
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_LOGIN);
    ui_login_view_show_error(login, "That PIN is wrong.");
    assert_shown(&screen, "That PIN is wrong.");
    g_assert_cmpstr(ui_pad_text(ui_login_view_pad(login)), ==, "");
    ui_login_view_ask_float(login, "Kim");
    type(ui_login_view_pad(login), "100000");
    assert_shown(&screen, "₩100,000");
    g_assert_true(ui_login_view_key(login, GDK_KEY_Return));
    g_assert_cmpint(screen.last.verb, ==, POS_TILL_OPEN_SHIFT);
    g_assert_cmpint(screen.last.amount, ==, 100000);
    screen_close(&screen);
}

static void test_the_header_says_what_is_unsent(void)
{
    Screen screen;
    g_autoptr(UiShop) shop = shop_new();
    screen_open(&screen, g_object_new(UI_TYPE_HEADER_BAR, NULL));
    UiHeaderBar *bar = UI_HEADER_BAR(screen.view);
    ui_header_bar_set_shop(bar, shop);
    UiHeader header = {.link = SYNC_LINK_OFFLINE, .clock_certain = false};
    header.status.unsent = 3;
    header.status.unsent_since_ms = 1795392720000;
    header.status.prices_age_s = 7200;
    header.status.demo = true;
    header.status.operator_name = (char *)"Kim";
    ui_header_bar_show(bar, &header);
    assert_shown(&screen, "Offline · 3 unsent since 09:12");
    assert_shown(&screen, "Prices 2 h old");
    assert_shown(&screen, "Clock uncertain");
    assert_shown(&screen, "Demo store");
    assert_shown(&screen, "Kim");
    header.link = SYNC_LINK_ONLINE;
    header.clock_certain = true;
    header.status.unsent = 0;
    ui_header_bar_show(bar, &header);
    assert_shown(&screen, "Online · All sent");
    g_assert_null(find_label(&screen, "Clock uncertain"));
    header.printer = (char *)"The printer's paper is out: put in a new roll. 2 receipts wait.";
    ui_header_bar_show(bar, &header);
    assert_shown(&screen, header.printer);
    header.printer = NULL;
    ui_header_bar_show(bar, &header);
    g_assert_null(
        find_label(&screen, "The printer's paper is out: put in a new roll. 2 receipts wait."));
    screen_close(&screen);
}

/* The whole window on a folder that is not enrolled, and on one that cannot be a folder. */
static void window_reaches(const char *folder, const char *page)
{
    g_autoptr(UiTillThread) thread = ui_till_thread_new(folder, true);
    UiWindow *window = ui_window_new(NULL, thread, NULL);
    gtk_window_present(GTK_WINDOW(window));
    while (strcmp(ui_window_page(window), page) != 0) {
        g_main_context_iteration(NULL, TRUE);
        g_assert_true(!ui_window_is_idle(window) || strcmp(ui_window_page(window), page) == 0);
    }
    gtk_test_widget_wait_for_draw(GTK_WIDGET(window));
    gtk_window_close(GTK_WINDOW(window));
}

static void test_the_window_opens_whatever_the_folder(void)
{
    g_autofree char *folder = g_dir_make_tmp("coster-window-XXXXXX", NULL);
    g_autofree char *empty = g_build_filename(folder, "new", NULL);
    window_reaches(empty, "enrol");
    g_autofree char *broken = g_build_filename(folder, "broken", NULL);
    g_autofree char *file = g_build_filename(broken, "coster.db", NULL);
    g_assert_cmpint(g_mkdir(broken, 0700), ==, 0);
    g_assert_true(
        g_file_set_contents(file, "this is no database, whatever its name says", -1, NULL));
    window_reaches(broken, "problem");
    PosStoreLock *lock = pos_store_lock(empty, NULL);
    g_assert_nonnull(lock);
    window_reaches(empty, "problem");
    pos_store_unlock(lock);
}

int main(int argc, char **argv)
{
    g_setenv("GTK_A11Y", "test", TRUE);
    gtk_test_init(&argc, &argv, NULL);
    adw_init();
    g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
    GtkIconTheme *icons = gtk_icon_theme_get_for_display(gdk_display_get_default());
    gtk_icon_theme_add_resource_path(icons, "/org/coster/Coster/icons");
    GtkCssProvider *css = gtk_css_provider_new();
    gtk_css_provider_load_from_resource(css, "/org/coster/Coster/style.css");
    gtk_style_context_add_provider_for_display(gdk_display_get_default(), GTK_STYLE_PROVIDER(css),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    g_object_unref(css);
    g_test_add_func("/ui/screens/every_button_is_large_enough", test_every_button_is_large_enough);
    g_test_add_func("/ui/screens/a_tile_scans_and_shows_its_price",
                    test_a_tile_scans_and_shows_its_price);
    g_test_add_func("/ui/screens/a_price_change_keeps_the_tile",
                    test_a_price_change_keeps_the_tile);
    g_test_add_func("/ui/screens/an_empty_search_says_so", test_an_empty_search_says_so);
    g_test_add_func("/ui/screens/a_line_shows_what_is_known", test_a_line_shows_what_is_known);
    g_test_add_func("/ui/screens/a_weight_is_asked_for_on_the_pad",
                    test_a_weight_is_asked_for_on_the_pad);
    g_test_add_func("/ui/screens/the_scale_is_shown_while_an_item_waits",
                    test_the_scale_is_shown_while_an_item_waits);
    g_test_add_func("/ui/screens/bad_news_stands_in_the_cart_until_the_next_good_action",
                    test_bad_news_stands_in_the_cart_until_the_next_good_action);
    g_test_add_func("/ui/screens/a_manager_lifts_with_the_pin", test_a_manager_lifts_with_the_pin);
    g_test_add_func("/ui/screens/keys_do_what_buttons_do", test_keys_do_what_buttons_do);
    g_test_add_func("/ui/screens/one_touch_is_one_payment", test_one_touch_is_one_payment);
    g_test_add_func("/ui/screens/part_of_it_leaves_a_rest", test_part_of_it_leaves_a_rest);
    g_test_add_func("/ui/screens/a_sale_shows_its_receipt", test_a_sale_shows_its_receipt);
    g_test_add_func("/ui/screens/a_receipt_is_asked_for_once", test_a_receipt_is_asked_for_once);
    g_test_add_func("/ui/screens/login_asks_name_pin_and_float",
                    test_login_asks_name_pin_and_float);
    g_test_add_func("/ui/screens/the_header_says_what_is_unsent",
                    test_the_header_says_what_is_unsent);
    g_test_add_func("/ui/screens/the_window_opens_whatever_the_folder",
                    test_the_window_opens_whatever_the_folder);
    return g_test_run();
}

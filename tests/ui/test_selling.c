/* SPDX-License-Identifier: GPL-3.0-or-later
 * The sale screen's actions, each by key and by touch; what a refusal leads to; the command line; scans that press nothing.
 * Real widgets, values made here. */
#include "ui/key_card.h"
#include "ui/sale_keys.h"
#include "ui/sale_view.h"
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    GtkWindow *window;
    UiSaleView *sale;
    PosCart *cart;
    PosTillCommand *last; /* a copy; NULL none yet */
    guint commands, pays;
    char *wanted;
} Screen;

static void on_command(UiSaleView *sale, const PosTillCommand *command, Screen *screen)
{
    g_clear_pointer(&screen->last, pos_till_command_free);
    screen->last = pos_till_command_copy(command);
    screen->commands++;
}

static void on_pay(UiSaleView *sale, Screen *screen)
{
    screen->pays++;
}

static void on_wanted(UiSaleView *sale, const char *what, Screen *screen)
{
    g_free(screen->wanted);
    screen->wanted = g_strdup(what);
}

static UiShop *shop_new(void)
{
    UiShop *shop = g_new0(UiShop, 1);
    shop->settings.names = (PosNames){g_strdup(""), g_strdup("A shop"), g_strdup("")};
    shop->settings.time_zone = g_strdup("Asia/Seoul");
    g_assert_true(pos_currency_from_code("KRW", &shop->settings.currency));
    shop->operators = g_ptr_array_new_with_free_func((GDestroyNotify)pos_operator_free);
    PosOperator *manager = g_new0(PosOperator, 1);
    manager->id = g_strdup("u09");
    manager->name = g_strdup("Park");
    manager->role = g_strdup("manager");
    g_ptr_array_add(shop->operators, manager);
    shop->categories = g_ptr_array_new();
    shop->departments = g_ptr_array_new_with_free_func((GDestroyNotify)pos_department_free);
    PosDepartment *veg = g_new0(PosDepartment, 1);
    g_strlcpy(veg->id, "veg", sizeof veg->id);
    veg->names = (PosNames){g_strdup(""), g_strdup("Vegetables"), g_strdup("")};
    g_ptr_array_add(shop->departments, veg);
    return shop;
}

static UiAnswer *answer_new(Screen *screen, PosTillEventKind kind)
{
    UiAnswer *answer = g_new0(UiAnswer, 1);
    answer->event = g_new0(PosTillEvent, 1);
    answer->event->kind = kind;
    answer->event->cart = pos_cart_copy(screen->cart);
    answer->price_at_ms = g_new0(int64_t, pos_cart_count(screen->cart) + 1);
    return answer;
}

static void refuse(Screen *screen, PosRefusal refusal, const char *message)
{
    g_autoptr(UiAnswer) answer = answer_new(screen, POS_EVENT_REFUSED);
    answer->event->refusal = refusal;
    answer->event->message = g_strdup(message);
    answer->event->number = 19;
    ui_sale_view_apply(screen->sale, answer);
}

static void add_line(Screen *screen, const char *name)
{
    PosCartLine line = {.gtin = "09520000010379",
                        .lot = (char *)"L1",
                        .names = {(char *)"", (char *)name, (char *)""},
                        .origin = (char *)"",
                        .quantity = pos_quantity_each(1),
                        .price = pos_money(1500),
                        .list_price = pos_money(1500),
                        .lifted_by = (char *)""};
    int number = 0;
    g_assert_cmpint(pos_cart_add(screen->cart, &line, &number), ==, POS_REFUSAL_NONE);
    g_autoptr(UiAnswer) answer = answer_new(screen, POS_EVENT_LINE);
    answer->event->line = pos_cart_line_copy(pos_cart_find(screen->cart, number));
    ui_sale_view_apply(screen->sale, answer);
}

static void screen_open(Screen *screen)
{
    g_autoptr(UiShop) shop = shop_new();
    *screen = (Screen){.window = GTK_WINDOW(gtk_window_new()),
                       .sale = UI_SALE_VIEW(ui_sale_view_new()),
                       .cart = pos_cart_new()};
    gtk_window_set_child(screen->window, GTK_WIDGET(screen->sale));
    gtk_window_set_default_size(screen->window, 1280, 744);
    g_signal_connect(screen->sale, "command", G_CALLBACK(on_command), screen);
    g_signal_connect(screen->sale, "pay", G_CALLBACK(on_pay), screen);
    g_signal_connect(screen->sale, "wanted", G_CALLBACK(on_wanted), screen);
    ui_sale_view_set_shop(screen->sale, shop);
    gtk_window_present(screen->window);
    gtk_test_widget_wait_for_draw(GTK_WIDGET(screen->sale));
}

static void screen_close(Screen *screen)
{
    gtk_window_destroy(screen->window);
    g_clear_pointer(&screen->last, pos_till_command_free);
    pos_cart_free(screen->cart);
    g_free(screen->wanted);
}

/* --- looking ---------------------------------------------------------------------------------------- */

typedef bool (*Wanted)(GtkWidget *widget, const char *text);

static GtkWidget *find(GtkWidget *widget, Wanted wanted, const char *text)
{
    if (!gtk_widget_get_mapped(widget)) {
        return NULL;
    }
    if (wanted(widget, text)) {
        return widget;
    }
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        GtkWidget *found = find(child, wanted, text);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

static bool shows(GtkWidget *widget, const char *text)
{
    return GTK_IS_LABEL(widget) && strstr(gtk_label_get_label(GTK_LABEL(widget)), text) != NULL;
}

static bool reads(GtkWidget *widget, const char *text)
{
    return GTK_IS_LABEL(widget) && strcmp(gtk_label_get_label(GTK_LABEL(widget)), text) == 0 &&
           gtk_widget_get_ancestor(widget, GTK_TYPE_BUTTON) != NULL;
}

static void assert_shown(Screen *screen, const char *text)
{
    gtk_test_widget_wait_for_draw(GTK_WIDGET(screen->sale));
    if (find(GTK_WIDGET(screen->sale), shows, text) == NULL) {
        g_error("“%s” is not on the screen", text);
    }
}

static void touch(Screen *screen, const char *label)
{
    gtk_test_widget_wait_for_draw(GTK_WIDGET(screen->sale));
    GtkWidget *words = find(GTK_WIDGET(screen->sale), reads, label);
    g_assert_nonnull(words);
    GtkWidget *button = gtk_widget_get_ancestor(words, GTK_TYPE_BUTTON);
    g_assert_nonnull(button);
    graphene_rect_t box;
    g_assert_true(gtk_widget_compute_bounds(button, button, &box));
    g_test_message("%s is %d high", label, (int)box.size.height);
    g_assert_cmpint((int)box.size.height, >=, 56);
    g_signal_emit_by_name(button, "clicked");
}

static void key(Screen *screen, guint keyval)
{
    g_assert_true(ui_sale_view_key(screen->sale, keyval));
}

static void alt(Screen *screen, guint letter)
{
    g_assert_true(ui_sale_view_shortcut(screen->sale, letter, GDK_ALT_MASK));
}

static void type(Screen *screen, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        key(screen, gdk_unicode_to_keyval((guint)(guchar)*c));
    }
}

/* Digits that choose: one after the other is decided. */
static void choose(Screen *screen, const char *digits)
{
    for (const char *c = digits; *c != '\0'; c++) {
        const guint before = ui_sale_view_answers(screen->sale);
        const char one[] = {*c, '\0'};
        type(screen, one);
        while (ui_sale_view_answers(screen->sale) == before) {
            g_main_context_iteration(NULL, TRUE);
        }
    }
}

static void enter(Screen *screen, const char *text)
{
    type(screen, text);
    key(screen, GDK_KEY_Return);
}

/* --- each action, by key and by touch ---------------------------------------------------------------- */

typedef struct {
    const char *label; /* on its button; NULL under "More" only */
    guint letter;      /* with Alt */
    PosTillVerb verb;  /* what comes at once… */
    const char *title; /* …or what is asked first, then NULL */
} Action;

static const Action actions[] = {
    {"Undo", GDK_KEY_z, POS_TILL_UNDO, NULL},
    {"Bag", GDK_KEY_b, POS_TILL_BAG, NULL},
    {"Empties", GDK_KEY_e, 0, "Deposit of one empty"},
    {"Department", GDK_KEY_d, 0, "Which department?"},
    {"Discount", GDK_KEY_r, 0, "Discount on what?"},
    {"Suspended", GDK_KEY_t, POS_TILL_TICKETS, NULL},
    {"Take back", GDK_KEY_k, 0, "Take goods back"},
    {"Price", GDK_KEY_p, 0, "New price of Apple"},
    {"More", GDK_KEY_m, 0, "What else?"},
    {NULL, GDK_KEY_o, 0, "Which price was shown for Apple?"},
    {NULL, GDK_KEY_n, 0, "Scan the unknown item"},
};

static void assert_did(Screen *screen, const Action *action, guint before)
{
    if (action->title != NULL) {
        assert_shown(screen, action->title);
        g_assert_cmpuint(screen->commands, ==, before);
    } else {
        g_assert_cmpuint(screen->commands, ==, before + 1);
        g_assert_cmpint(screen->last->verb, ==, action->verb);
    }
    ui_sale_view_act(screen->sale, "dismiss");
}

static void test_each_action_by_key_and_by_touch(void)
{
    Screen screen;
    screen_open(&screen);
    add_line(&screen, "Apple");
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
        guint before = screen.commands;
        alt(&screen, actions[i].letter);
        assert_did(&screen, &actions[i], before);
        before = screen.commands;
        if (actions[i].label != NULL) {
            touch(&screen, actions[i].label);
            assert_did(&screen, &actions[i], before);
        }
    }
    key(&screen, GDK_KEY_F11);
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_SUSPEND);
    g_assert_true(ui_sale_view_shortcut(screen.sale, GDK_KEY_z, GDK_CONTROL_MASK));
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_UNDO);
    key(&screen, GDK_KEY_F1);
    g_assert_cmpstr(screen.wanted, ==, "keys");
    key(&screen, GDK_KEY_F9);
    g_assert_cmpuint(screen.pays, ==, 1);
    screen_close(&screen);
}

static void test_every_key_of_the_card_does_something(void)
{
    Screen screen;
    gsize count = 0;
    const UiSaleKey *keys = ui_sale_keys(&count);
    screen_open(&screen);
    for (gsize i = 0; i < count; i++) {
        g_assert_cmpstr(ui_sale_keys_find(keys[i].keyval, keys[i].with), ==, keys[i].act);
        g_assert_true(ui_sale_view_act(screen.sale, keys[i].act));
        g_assert_true(keys[i].with != GDK_CONTROL_MASK || keys[i].keyval == GDK_KEY_z);
    }
    screen_close(&screen);
}

static void test_a_discount_by_digits_alone(void)
{
    Screen screen;
    screen_open(&screen);
    add_line(&screen, "Apple");
    alt(&screen, GDK_KEY_r);
    choose(&screen, "221"); /* the line, 10 %, damaged */
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_DISCOUNT);
    g_assert_cmpint(screen.last->line, ==, 1);
    g_assert_cmpint(screen.last->percent_bp, ==, 1000);
    g_assert_cmpstr(screen.last->reason, ==, "Damaged");
    screen_close(&screen);
}

/* --- refusals and their next step ---------------------------------------------------------------------- */

static void test_a_manager_approves_by_pin(void)
{
    Screen screen;
    screen_open(&screen);
    add_line(&screen, "Apple");
    alt(&screen, GDK_KEY_r);
    choose(&screen, "153");
    refuse(&screen, POS_REFUSAL_APPROVAL_NEEDED, "A manager has to approve: 750 off.");
    assert_shown(&screen, "A manager has to approve: 750 off.");
    assert_shown(&screen, "PIN of Park");
    enter(&screen, "9999");
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_DISCOUNT);
    g_assert_cmpint(screen.last->percent_bp, ==, 5000);
    g_assert_cmpstr(screen.last->approver, ==, "u09");
    g_assert_cmpstr(screen.last->approver_pin, ==, "9999");
    screen_close(&screen);
}

static void test_a_manager_approves_by_badge(void)
{
    static const char badge[] = "CB1-0123456789ABCDEFGHJKMNPQRS";
    Screen screen;
    screen_open(&screen);
    ui_sale_view_scan(screen.sale, "4131", 4);
    refuse(&screen, POS_REFUSAL_EXPIRED, "Past its best-before.");
    assert_shown(&screen, "Manager allows it (F7)");
    ui_sale_view_scan(screen.sale, badge, strlen(badge));
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_SCAN);
    g_assert_cmpstr(screen.last->text, ==, "4131");
    g_assert_cmpstr(screen.last->approver_badge, ==, badge);
    g_assert_cmpstr(screen.last->approver_pin, ==, NULL);
    screen_close(&screen);
}

static void test_an_unknown_item_is_one_key_from_its_name(void)
{
    Screen screen;
    screen_open(&screen);
    ui_sale_view_scan(screen.sale, "4006381333931", 13);
    refuse(&screen, POS_REFUSAL_UNKNOWN_ITEM, "Nothing of this shop has that code.");
    touch(&screen, "Name this item (F7)");
    assert_shown(&screen, "What is it called?");
    ui_sale_view_answer(screen.sale, "Pencil");
    enter(&screen, "900");
    choose(&screen, "1");
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_TEACH);
    g_assert_cmpstr(screen.last->text, ==, "4006381333931");
    g_assert_cmpstr(screen.last->name, ==, "Pencil");
    g_assert_cmpint(screen.last->amount, ==, 900);
    screen_close(&screen);
}

static void test_an_age_is_asked_for_in_place(void)
{
    Screen screen;
    screen_open(&screen);
    ui_sale_view_scan(screen.sale, "4131", 4);
    refuse(&screen, POS_REFUSAL_AGE_CHECK_NEEDED, "Sold to people of 19 years and older.");
    assert_shown(&screen, "Is the buyer 19 or older?");
    const guint before = screen.commands;
    ui_sale_view_key(screen.sale, GDK_KEY_Return); /* Enter alone says nothing */
    g_assert_cmpuint(screen.commands, ==, before);
    choose(&screen, "1");
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_AGE_CHECK);
    g_assert_true(screen.last->seen);
    screen_close(&screen);
}

/* --- the line --------------------------------------------------------------------------------------------- */

static void test_the_line_takes_commands_and_codes(void)
{
    Screen screen;
    screen_open(&screen);
    add_line(&screen, "Apple");
    add_line(&screen, "Pear");
    enter(&screen, "void 2");
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_VOID_LINE);
    g_assert_cmpint(screen.last->line, ==, 2);
    enter(&screen, "3*");
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_NEXT_QUANTITY);
    g_assert_cmpint(screen.last->pieces, ==, 3);
    enter(&screen, "-10%");
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_DISCOUNT);
    g_assert_cmpint(screen.last->percent_bp, ==, 1000);
    enter(&screen, "dept veg 3000");
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_DEPARTMENT);
    g_assert_cmpint(screen.last->amount, ==, 3000);
    enter(&screen, "4017");
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_SCAN);
    g_assert_cmpstr(screen.last->text, ==, "4017");
    const guint before = screen.commands;
    enter(&screen, "void");
    g_assert_cmpuint(screen.commands, ==, before);
    assert_shown(&screen, "void LINE");
    g_assert_cmpstr(ui_picker_text(ui_sale_view_picker(screen.sale)), ==,
                    ""); /* looks for nothing */
    screen_close(&screen);
}

static void test_touched_digits_and_typed_ones_are_one_line(void)
{
    Screen screen;
    screen_open(&screen);
    GtkEditable *entry = ui_picker_entry(ui_sale_view_picker(screen.sale));
    touch(&screen, "4");
    key(&screen, GDK_KEY_0);
    gtk_editable_set_text(entry, "401");
    touch(&screen, "7");
    g_assert_cmpstr(gtk_editable_get_text(entry), ==, "4017");
    g_assert_cmpstr(ui_pad_text(ui_sale_view_pad(screen.sale)), ==, "4017");
    touch(&screen, "Add (Enter)");
    g_assert_cmpstr(screen.last->text, ==, "4017");
    g_assert_cmpstr(gtk_editable_get_text(entry), ==, "");
    screen_close(&screen);
}

/* --- scans ---------------------------------------------------------------------------------------------- */

static void test_a_scan_goes_to_the_sale_and_leaves_what_is_typed(void)
{
    Screen screen;
    screen_open(&screen);
    type(&screen, "app");
    ui_sale_view_scan(screen.sale, "1111", 4);
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_SCAN);
    add_line(&screen, "Apple");
    g_assert_cmpstr(ui_pad_text(ui_sale_view_pad(screen.sale)), ==, "app");
    ui_sale_view_act(screen.sale, "dismiss");
    alt(&screen, GDK_KEY_r);
    type(&screen, "123"); /* as a scanner begins: at once, and it chooses nothing */
    while (g_main_context_iteration(NULL, FALSE)) {
    }
    assert_shown(&screen, "Discount on what?");
    ui_sale_view_scan(screen.sale, "1", 1);
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_SCAN);
    g_assert_cmpstr(screen.last->text, ==, "1");
    alt(&screen, GDK_KEY_e);
    ui_sale_view_scan(screen.sale, "8801234560010", 13);
    g_assert_cmpint(screen.last->verb, ==, POS_TILL_DEPOSIT_RETURN);
    g_assert_cmpstr(screen.last->text, ==, "8801234560010");
    screen_close(&screen);
}

static void test_left_hand_moves_the_pad(void)
{
    Screen screen;
    graphene_rect_t right, left;
    screen_open(&screen);
    GtkWidget *pad = GTK_WIDGET(ui_sale_view_pad(screen.sale));
    g_assert_true(gtk_widget_compute_bounds(pad, GTK_WIDGET(screen.sale), &right));
    ui_sale_view_act(screen.sale, "left-hand");
    gtk_test_widget_wait_for_draw(pad);
    g_assert_true(gtk_widget_compute_bounds(pad, GTK_WIDGET(screen.sale), &left));
    g_assert_cmpfloat(left.origin.x, <, 100);
    g_assert_cmpfloat(right.origin.x, >, 900);
    g_assert_cmpstr(screen.wanted, ==, "left-hand");
    screen_close(&screen);
}

/* --- reach ------------------------------------------------------------------------------------------------ */

static void assert_named(GtkWidget *widget)
{
    if (GTK_IS_BUTTON(widget) && gtk_widget_get_mapped(widget)) {
        const char *label = gtk_button_get_label(GTK_BUTTON(widget));
        g_assert_true((label != NULL && label[0] != '\0') ||
                      gtk_test_accessible_has_property(GTK_ACCESSIBLE(widget),
                                                       GTK_ACCESSIBLE_PROPERTY_LABEL));
    }
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        assert_named(child);
    }
}

static void test_every_button_has_a_name(void)
{
    Screen screen;
    screen_open(&screen);
    add_line(&screen, "Apple");
    refuse(&screen, POS_REFUSAL_UNKNOWN_ITEM, "Nothing of this shop has that code.");
    assert_named(GTK_WIDGET(screen.sale));
    ui_sale_view_act(screen.sale, "more");
    gtk_test_widget_wait_for_draw(GTK_WIDGET(screen.sale));
    assert_named(GTK_WIDGET(screen.sale));
    screen_close(&screen);
}

static void test_at_twice_the_text_size_it_fits(void)
{
    Screen screen;
    int least = 0, natural = 0;
    g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
    screen_open(&screen);
    add_line(&screen, "Strawberries from Nonsan, very large ones");
    gtk_widget_measure(GTK_WIDGET(screen.sale), GTK_ORIENTATION_HORIZONTAL, -1, &least, &natural,
                       NULL, NULL);
    g_assert_cmpint(least, <=, 1280);
    g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", 96 * 1024, NULL);
    screen_close(&screen);
}

static void test_the_card_is_a_pdf(void)
{
    g_autofree char *folder = g_dir_make_tmp("coster-card-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "keys.pdf", NULL);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    g_assert_true(ui_key_card_save(path, NULL));
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    g_assert_true(g_str_has_prefix(bytes, "%PDF-"));
    g_assert_cmpuint(length, >, 4000);
    g_autoptr(GError) error = NULL;
    g_assert_false(ui_key_card_save("/nowhere/at/all/keys.pdf", &error));
    g_assert_nonnull(error);
    g_unlink(path);
    g_rmdir(folder);
}

#define CASE(name) g_test_add_func("/ui/selling/" #name, test_##name)

int main(int argc, char **argv)
{
    g_setenv("GTK_A11Y", "test", TRUE);
    gtk_test_init(&argc, &argv, NULL);
    adw_init();
    g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
    GtkCssProvider *css = gtk_css_provider_new();
    gtk_css_provider_load_from_resource(css, "/org/coster/Coster/style.css");
    gtk_style_context_add_provider_for_display(gdk_display_get_default(), GTK_STYLE_PROVIDER(css),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    g_object_unref(css);
    CASE(each_action_by_key_and_by_touch);
    CASE(every_key_of_the_card_does_something);
    CASE(a_discount_by_digits_alone);
    CASE(a_manager_approves_by_pin);
    CASE(a_manager_approves_by_badge);
    CASE(an_unknown_item_is_one_key_from_its_name);
    CASE(an_age_is_asked_for_in_place);
    CASE(the_line_takes_commands_and_codes);
    CASE(touched_digits_and_typed_ones_are_one_line);
    CASE(a_scan_goes_to_the_sale_and_leaves_what_is_typed);
    CASE(left_hand_moves_the_pad);
    CASE(every_button_has_a_name);
    CASE(at_twice_the_text_size_it_fits);
    CASE(the_card_is_a_pdf);
    return g_test_run();
}

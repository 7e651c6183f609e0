/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the sale screen's buttons and keys do. */
#include "ui/sale_private.h"

#include "ui/closures.h"
#include "ui/sale_keys.h"
#include <glib/gi18n-lib.h>
#include <string.h>

void ui_sale_ask_quantity(UiSaleView *self)
{
    UiCartLine *line = ui_sale_selected_line(self);
    if (line == NULL) {
        return;
    }
    const PosCartLine *value = ui_cart_line_value(line);
    self->quantity_line = value->line;
    const char *name = pos_names_in(&value->names, ui_language());
    if (value->quantity.unit == POS_UNIT_G) {
        ui_sale_view_show_error(
            self, _("Goods by weight have no quantity: remove the line and weigh again."));
        return;
    }
    /* Translators: %s is a product's name. */
    g_autofree char *prompt = g_strdup_printf(_("How many: %s"), name);
    self->asking = ASK_QUANTITY;
    ui_pad_ask(self->pad, UI_PAD_COUNT, prompt, _("Set quantity (Enter)"));
    ui_pad_grab(self->pad);
}

static void act_remove(UiSaleView *self)
{
    UiCartLine *line = ui_sale_selected_line(self);
    if (line != NULL) {
        const PosTillCommand value = {.verb = POS_TILL_VOID_LINE,
                                      .line = ui_cart_line_value(line)->line};
        ui_sale_command(self, &value);
    }
}

void ui_sale_step_quantity(UiSaleView *self, int64_t step)
{
    UiCartLine *line = ui_sale_selected_line(self);
    if (line == NULL || ui_cart_line_value(line)->quantity.unit != POS_UNIT_EACH) {
        return;
    }
    const PosCartLine *value = ui_cart_line_value(line);
    const PosTillCommand change = {
        .verb = POS_TILL_QUANTITY, .line = value->line, .pieces = value->quantity.value + step};
    if (change.pieces >= 1) {
        ui_sale_command(self, &change);
    }
}

static void act_void(UiSaleView *self)
{
    if (self->showing == NOTICE_VOID) {
        const PosTillCommand value = {.verb = POS_TILL_VOID};
        ui_sale_clear_notice(self);
        ui_sale_command(self, &value);
        return;
    }
    if (ui_sale_view_lines(self) > 0 || self->credits) {
        g_autofree char *items = ui_format_items(ui_sale_view_lines(self));
        /* Translators: %s is "3 items". */
        g_autofree char *title = g_strdup_printf(_("Take %s off the cart?"), items);
        ui_sale_set_notice(self, NOTICE_VOID, title, _("F10 again does it, Esc keeps the cart."));
    }
}

static void act_dismiss(UiSaleView *self)
{
    if (self->asking == ASK_WEIGHT) { /* or the scale would sell it after all */
        const PosTillCommand value = {.verb = POS_TILL_LEAVE};
        ui_sale_command(self, &value);
    }
    gtk_toggle_button_set_active(self->price_check, FALSE);
    ui_sale_clear_notice(self);
    ui_sale_ask_code(self);
    ui_pad_grab(self->pad);
}

void ui_sale_tare(UiSaleView *self, const char *container)
{
    g_autofree char *preset =
        container != NULL && container[0] != '\0' ? g_strdup(container) : NULL;
    const PosTillCommand value = {.verb = POS_TILL_TARE,
                                  .preset = preset,
                                  .from_scale = container != NULL && container[0] == '\0'};
    ui_sale_command(self, &value);
}

void ui_sale_zero(UiSaleView *self)
{
    const PosTillCommand value = {.verb = POS_TILL_ZERO};
    ui_sale_command(self, &value);
}

static void act_tare(UiSaleView *self)
{
    if (gtk_widget_get_visible(GTK_WIDGET(self->scale))) {
        ui_sale_tare(self, "");
    }
}

static void act_zero(UiSaleView *self)
{
    if (self->scale_condition != POS_SCALE_CONDITION_NONE) {
        ui_sale_zero(self);
    }
}

static void act_pay(UiSaleView *self)
{
    if (ui_sale_view_lines(self) > 0 || self->credits) {
        act_dismiss(self);
        g_signal_emit_by_name(self, "pay");
    }
}

static void act_price_check(UiSaleView *self)
{
    gtk_toggle_button_set_active(self->price_check,
                                 !gtk_toggle_button_get_active(self->price_check));
}

static void plain(UiSaleView *self, PosTillVerb verb)
{
    const PosTillCommand value = {.verb = verb};
    ui_sale_command(self, &value);
}

static void act_undo(UiSaleView *self)
{
    plain(self, POS_TILL_UNDO);
}

static void act_bag(UiSaleView *self)
{
    plain(self, POS_TILL_BAG);
}

/* Suspends the open sale; with nothing open it lists what is suspended. */
static void act_suspend(UiSaleView *self)
{
    if (ui_sale_view_lines(self) > 0) {
        plain(self, POS_TILL_SUSPEND);
    } else {
        ui_sale_begin_task(self, UI_TASK_TICKETS);
    }
}

static void act_search(UiSaleView *self)
{
    ui_sale_ask_code(self);
    ui_picker_focus_search(self->picker);
}

static void act_keys(UiSaleView *self)
{
    g_signal_emit_by_name(self, "wanted", "keys");
}

static void act_sounds(UiSaleView *self)
{
    g_signal_emit_by_name(self, "wanted", "sounds");
}

static void act_left_hand(UiSaleView *self)
{
    ui_sale_view_set_left_hand(self, !self->left_hand);
    g_signal_emit_by_name(self, "wanted", "left-hand");
}

static bool needs_line(UiSaleView *self)
{
    if (ui_sale_selected_line(self) == NULL) {
        ui_sale_view_show_error(self, _("Nothing is in the cart: scan something first."));
        return false;
    }
    return true;
}

static void act_price(UiSaleView *self)
{
    if (needs_line(self)) {
        ui_sale_begin_task(self, UI_TASK_PRICE);
    }
}

static void act_shown(UiSaleView *self)
{
    if (needs_line(self)) {
        ui_sale_begin_task(self, UI_TASK_SHOWN);
    }
}

static void act_discount(UiSaleView *self)
{
    if (needs_line(self)) {
        ui_sale_begin_task(self, UI_TASK_DISCOUNT);
    }
}

static void act_department(UiSaleView *self)
{
    ui_sale_begin_task(self, UI_TASK_DEPARTMENT);
}

static void act_bottle(UiSaleView *self)
{
    ui_sale_begin_task(self, UI_TASK_BOTTLE);
}

static void act_teach(UiSaleView *self)
{
    ui_sale_begin_task(self, UI_TASK_TEACH);
}

static void act_tickets(UiSaleView *self)
{
    ui_sale_begin_task(self, UI_TASK_TICKETS);
}

static void act_take_back(UiSaleView *self)
{
    ui_sale_begin_task(self, UI_TASK_TAKE_BACK);
}

static void act_more(UiSaleView *self)
{
    ui_sale_begin_task(self, UI_TASK_MORE);
}

gboolean ui_sale_view_act(UiSaleView *self, const char *what)
{
    static const struct {
        const char *name;
        void (*act)(UiSaleView *self);
    } acts[] = {
        {"quantity", ui_sale_ask_quantity},
        {"remove", act_remove},
        {"void", act_void},
        {"price-check", act_price_check},
        {"pay", act_pay},
        {"lift", ui_sale_take_offer},
        {"step", ui_sale_take_offer},
        {"dismiss", act_dismiss},
        {"tare", act_tare},
        {"zero", act_zero},
        {"undo", act_undo},
        {"bag", act_bag},
        {"suspend", act_suspend},
        {"tickets", act_tickets},
        {"search", act_search},
        {"keys", act_keys},
        {"sounds", act_sounds},
        {"left-hand", act_left_hand},
        {"price", act_price},
        {"shown", act_shown},
        {"discount", act_discount},
        {"department", act_department},
        {"bottle", act_bottle},
        {"teach", act_teach},
        {"take-back", act_take_back},
        {"more", act_more},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(acts); i++) {
        if (strcmp(acts[i].name, what) == 0) {
            acts[i].act(self);
            return TRUE;
        }
    }
    return FALSE;
}

void ui_sale_on_price_check_toggled(UiSaleView *self)
{
    if (gtk_toggle_button_get_active(self->price_check)) {
        ui_sale_set_notice(self, NOTICE_PRICE, _("Price check"),
                           _("Scan or touch a product: it is shown, not sold. Esc stops."));
    } else if (self->showing == NOTICE_PRICE) {
        ui_sale_clear_notice(self);
    }
}

static void move_selection(UiSaleView *self, int step)
{
    const int lines = (int)ui_sale_view_lines(self);
    const int now = (int)gtk_single_selection_get_selected(self->selection);
    if (lines > 0) {
        const guint next = (guint)CLAMP(now + step, 0, lines - 1);
        gtk_single_selection_set_selected(self->selection, next);
        gtk_widget_activate_action(GTK_WIDGET(self->cart), "list.scroll-to-item", "u", next);
    }
}

gboolean ui_sale_view_shortcut(UiSaleView *self, guint keyval, GdkModifierType state)
{
    const char *act = ui_sale_keys_find(keyval, state);
    const bool undoes_typing = (state & GDK_CONTROL_MASK) != 0 && ui_pad_text(self->pad)[0] != '\0';
    return act != NULL && !undoes_typing && ui_sale_view_act(self, act);
}

/* Keys of the cart while nothing is typed. */
static gboolean cart_key(UiSaleView *self, guint keyval)
{
    switch (keyval) {
    case GDK_KEY_Delete:
        act_remove(self);
        return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_Down:
        move_selection(self, keyval == GDK_KEY_Up ? -1 : 1);
        return TRUE;
    case GDK_KEY_KP_Add: /* of the pad: codes may begin with the other */
        ui_sale_step_quantity(self, 1);
        return TRUE;
    case GDK_KEY_KP_Subtract:
        ui_sale_step_quantity(self, -1);
        return TRUE;
    default:
        return FALSE;
    }
}

gboolean ui_sale_view_line_key(UiSaleView *self, guint keyval)
{
    if (keyval == GDK_KEY_Escape) {
        act_dismiss(self);
        return TRUE;
    }
    return self->asking == ASK_CODE && ui_pad_text(self->pad)[0] == '\0' && cart_key(self, keyval);
}

/* A letter that no entry has the focus for goes to the line, which has it from then on. */
static gboolean type_letter(UiSaleView *self, guint keyval)
{
    const gunichar letter = gdk_keyval_to_unicode(keyval);
    const bool space = letter == ' ' && ui_pad_text(self->pad)[0] != '\0';
    if (self->asking != ASK_CODE || (letter <= ' ' && !space) || letter == 0x7f) {
        return FALSE;
    }
    char utf8[7] = {0};
    g_unichar_to_utf8(letter, utf8);
    g_autofree char *text = g_strconcat(ui_pad_text(self->pad), utf8, NULL);
    ui_pad_set_text(self->pad, text);
    ui_pad_grab(self->pad);
    return TRUE;
}

gboolean ui_sale_view_key(UiSaleView *self, guint keyval)
{
    const char *act = ui_sale_keys_find(keyval, (GdkModifierType)0);
    if (act != NULL) {
        return ui_sale_view_act(self, act);
    }
    const bool typed = ui_pad_text(self->pad)[0] != '\0'; /* then Enter is the pad's */
    if (self->asking == ASK_TASK && !typed && ui_task_view_key(self->task, keyval)) {
        return TRUE;
    }
    if (self->asking == ASK_TASK && (ui_task_view_question(self->task) == NULL ||
                                     ui_task_view_question(self->task)->kind == UI_ASK_CHOICE)) {
        return FALSE;
    }
    if (self->asking == ASK_CODE && ui_pad_text(self->pad)[0] == '\0' && cart_key(self, keyval)) {
        return TRUE;
    }
    return ui_pad_key(self->pad, keyval) || type_letter(self, keyval);
}

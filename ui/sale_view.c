/* SPDX-License-Identifier: GPL-3.0-or-later
 * The sale screen. `asking` says what the pad's next OK means; every other decision is the till's. */
#include "ui/sale_view.h"

#include "pos/bounds.h"
#include "ui/cart_model.h"
#include "ui/cart_row.h"
#include "ui/closures.h"
#include "ui/scale_view.h"
#include <glib/gi18n-lib.h>
#include <string.h>

typedef enum { ASK_CODE, ASK_WEIGHT, ASK_QUANTITY, ASK_MANAGER_PIN } Asking;
typedef enum { NOTICE_NONE, NOTICE_ERROR, NOTICE_PRICE, NOTICE_VOID, NOTICE_LIFT } Notice;

struct _UiSaleView {
    AdwBin parent;
    UiPicker *picker;
    UiPad *pad;
    GtkListView *cart;
    GtkStack *cart_stack;
    GtkLabel *count, *total, *notice_title, *notice_text;
    GtkRevealer *notice;
    GtkWidget *notice_box, *confirm, *lift, *camera;
    GtkBox *managers;
    UiScaleView *scale;
    PosScaleCondition scale_condition;
    GtkButton *pay, *void_cart;
    GtkToggleButton *price_check;
    UiCartModel *model;
    GtkSingleSelection *selection;
    PosCurrency currency;
    GPtrArray *manager_names; /* PosOperator* of role manager */
    Asking asking;
    Notice showing;
    int quantity_line;
    GBytes *last_scan;        /* what a manager may lift */
    char *approver;
};
G_DEFINE_FINAL_TYPE(UiSaleView, ui_sale_view, ADW_TYPE_BIN)

static void command(UiSaleView *self, const PosTillCommand *value)
{
    g_signal_emit_by_name(self, "command", value);
}

/* The scale stands on the screen while an item waits for it. */
static void reveal_scale(UiSaleView *self)
{
    const bool wanted =
        self->asking == ASK_WEIGHT && self->scale_condition != POS_SCALE_CONDITION_NONE;
    gtk_widget_set_visible(GTK_WIDGET(self->scale), wanted);
}

static void ask_code(UiSaleView *self)
{
    self->asking = ASK_CODE;
    reveal_scale(self);
    g_clear_pointer(&self->approver, g_free);
    ui_pad_ask(self->pad, UI_PAD_CODE, _("Scan, or type a PLU"), _("Add (Enter)"));
}

static void set_notice(UiSaleView *self, Notice notice, const char *title, const char *text)
{
    static const char *const classes[] = {
        [NOTICE_NONE] = "quiet", [NOTICE_ERROR] = "error", [NOTICE_PRICE] = "info",
        [NOTICE_VOID] = "warning", [NOTICE_LIFT] = "warning",
    };
    const char *now[] = {"notice", classes[notice], NULL};
    gtk_widget_set_css_classes(self->notice_box, now);
    gtk_label_set_label(self->notice_title, title != NULL ? title : "");
    gtk_label_set_label(self->notice_text, text != NULL ? text : "");
    gtk_widget_set_visible(GTK_WIDGET(self->notice_title), title != NULL && title[0] != '\0');
    gtk_widget_set_visible(GTK_WIDGET(self->notice_text), text != NULL && text[0] != '\0');
    gtk_widget_set_visible(self->confirm, notice == NOTICE_VOID);
    gtk_widget_set_visible(self->lift, FALSE);
    gtk_widget_set_visible(GTK_WIDGET(self->managers), notice == NOTICE_LIFT);
    gtk_revealer_set_reveal_child(self->notice, notice != NOTICE_NONE);
    self->showing = notice;
}

static void clear_notice(UiSaleView *self)
{
    set_notice(self, NOTICE_NONE, NULL, NULL);
}

void ui_sale_view_show_error(UiSaleView *self, const char *sentence)
{
    if (sentence == NULL) {
        clear_notice(self);
    } else {
        set_notice(self, NOTICE_ERROR, NULL, sentence);
    }
}

static UiCartLine *selected_line(UiSaleView *self)
{
    return gtk_single_selection_get_selected_item(self->selection);
}

static void scan_text(UiSaleView *self, PosTillVerb verb, const char *text, gsize length)
{
    g_autofree char *copy = g_malloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    const PosTillCommand value = {.verb = verb, .text = copy, .text_length = length};
    command(self, &value);
}

/* --- a manager lifts a red best-before ----------------------------------------------------------- */

static void ask_manager_pin(UiSaleView *self, const PosOperator *manager)
{
    self->asking = ASK_MANAGER_PIN;
    g_free(self->approver);
    self->approver = g_strdup(manager->id);
    /* Translators: %s is a manager's name. */
    g_autofree char *prompt = g_strdup_printf(_("PIN of %s"), manager->name);
    ui_pad_ask(self->pad, UI_PAD_SECRET, prompt, _("Allow (Enter)"));
    ui_pad_grab(self->pad);
    set_notice(self, NOTICE_LIFT, prompt, _("The sale is recorded with the manager's name. Esc stops."));
    gtk_widget_set_visible(GTK_WIDGET(self->managers), FALSE);
}

static void on_manager_clicked(GtkButton *button, UiSaleView *self)
{
    ask_manager_pin(self, g_object_get_data(G_OBJECT(button), "operator"));
}

static void start_lift(UiSaleView *self)
{
    if (self->last_scan == NULL) {
        return;
    }
    if (self->manager_names->len == 1) {
        ask_manager_pin(self, self->manager_names->pdata[0]);
        return;
    }
    set_notice(self, NOTICE_LIFT, _("Which manager allows it?"),
               self->manager_names->len == 0
                   ? _("This store has no manager yet. Add one at the central service.")
                   : _("Touch a name, or scan a manager's badge."));
}

static const PosOperator *manager_of_badge(UiSaleView *self, const char *text)
{
    for (guint i = 0; i < self->manager_names->len; i++) {
        const PosOperator *manager = self->manager_names->pdata[i];
        if (strcmp(manager->id, text) == 0) {
            return manager;
        }
    }
    return NULL;
}

static void lift_with_pin(UiSaleView *self, const char *pin)
{
    gsize length = 0;
    g_autofree char *text = g_strdup(g_bytes_get_data(self->last_scan, &length));
    g_autofree char *approver = g_strdup(self->approver);
    g_autofree char *secret = g_strdup(pin);
    const PosTillCommand value = {.verb = POS_TILL_SCAN,
                                  .text = text,
                                  .text_length = length - 1,
                                  .approver = approver,
                                  .approver_pin = secret};
    ask_code(self);
    command(self, &value);
}

/* --- scanning and typing --------------------------------------------------------------------------- */

static void remember_scan(UiSaleView *self, const char *text, gsize length)
{
    g_clear_pointer(&self->last_scan, g_bytes_unref);
    g_autofree char *copy = g_malloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    self->last_scan = g_bytes_new(copy, length + 1);
}

void ui_sale_view_scan(UiSaleView *self, const char *text, gsize length)
{
    g_assert(text != NULL);
    const bool lifting = self->showing == NOTICE_LIFT || self->asking == ASK_MANAGER_PIN;
    const PosOperator *manager = lifting && memchr(text, '\0', length) == NULL
                                     ? manager_of_badge(self, text)
                                     : NULL;
    if (manager != NULL) {
        ask_manager_pin(self, manager);
        return;
    }
    if (gtk_toggle_button_get_active(self->price_check)) {
        gtk_toggle_button_set_active(self->price_check, FALSE);
        scan_text(self, POS_TILL_PRICE_CHECK, text, length);
        return;
    }
    ask_code(self);
    remember_scan(self, text, length);
    scan_text(self, POS_TILL_SCAN, text, length);
}

static void on_picked(UiSaleView *self, const char *gtin)
{
    ui_sale_view_scan(self, gtin, strlen(gtin));
}

static void on_pad_accepted(UiSaleView *self, const char *text)
{
    switch (self->asking) {
    case ASK_CODE:
        if (text[0] != '\0') {
            ui_sale_view_scan(self, text, strlen(text));
        }
        break;
    case ASK_WEIGHT: {
        const PosTillCommand value = {.verb = POS_TILL_WEIGHT,
                                      .grams = MAX(ui_parse_digits(text, POS_BOUND_GRAMS_MAX), 0),
                                      .by_hand = true};
        command(self, &value);
        break;
    }
    case ASK_QUANTITY: {
        const PosTillCommand value = {.verb = POS_TILL_QUANTITY,
                                      .line = self->quantity_line,
                                      .pieces = MAX(ui_parse_digits(text, POS_BOUND_PIECES_MAX), 0)};
        ask_code(self);
        command(self, &value);
        break;
    }
    case ASK_MANAGER_PIN:
        lift_with_pin(self, text);
        break;
    }
}

/* --- what the buttons and keys do ------------------------------------------------------------------ */

static void act_quantity(UiSaleView *self)
{
    UiCartLine *line = selected_line(self);
    if (line == NULL) {
        return;
    }
    const PosCartLine *value = ui_cart_line_value(line);
    self->quantity_line = value->line;
    const char *name = pos_names_in(&value->names, ui_language());
    if (value->quantity.unit == POS_UNIT_G) {
        ui_sale_view_show_error(self, _("Goods by weight have no quantity: remove the line and weigh again."));
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
    UiCartLine *line = selected_line(self);
    if (line != NULL) {
        const PosTillCommand value = {.verb = POS_TILL_VOID_LINE,
                                      .line = ui_cart_line_value(line)->line};
        command(self, &value);
    }
}

static void step_quantity(UiSaleView *self, int64_t step)
{
    UiCartLine *line = selected_line(self);
    if (line == NULL || ui_cart_line_value(line)->quantity.unit != POS_UNIT_EACH) {
        return;
    }
    const PosCartLine *value = ui_cart_line_value(line);
    const PosTillCommand change = {.verb = POS_TILL_QUANTITY,
                                   .line = value->line,
                                   .pieces = value->quantity.value + step};
    if (change.pieces >= 1) {
        command(self, &change);
    }
}

static void act_void(UiSaleView *self)
{
    if (self->showing == NOTICE_VOID) {
        const PosTillCommand value = {.verb = POS_TILL_VOID};
        clear_notice(self);
        command(self, &value);
        return;
    }
    if (ui_sale_view_lines(self) > 0) {
        g_autofree char *items = ui_format_items(ui_sale_view_lines(self));
        /* Translators: %s is "3 items". */
        g_autofree char *title = g_strdup_printf(_("Take %s off the cart?"), items);
        set_notice(self, NOTICE_VOID, title, _("F10 again does it, Esc keeps the cart."));
    }
}

static void act_dismiss(UiSaleView *self)
{
    if (self->asking == ASK_WEIGHT) { /* or the scale would sell it after all */
        const PosTillCommand value = {.verb = POS_TILL_LEAVE};
        command(self, &value);
    }
    gtk_toggle_button_set_active(self->price_check, FALSE);
    clear_notice(self);
    ask_code(self);
}

static void on_scale_tare(UiSaleView *self, const char *container)
{
    g_autofree char *preset = container != NULL && container[0] != '\0' ? g_strdup(container) : NULL;
    const PosTillCommand value = {.verb = POS_TILL_TARE,
                                  .preset = preset,
                                  .from_scale = container != NULL && container[0] == '\0'};
    command(self, &value);
}

static void on_scale_zero(UiSaleView *self)
{
    const PosTillCommand value = {.verb = POS_TILL_ZERO};
    command(self, &value);
}

static void act_tare(UiSaleView *self)
{
    if (gtk_widget_get_visible(GTK_WIDGET(self->scale))) {
        on_scale_tare(self, "");
    }
}

static void act_zero(UiSaleView *self)
{
    if (self->scale_condition != POS_SCALE_CONDITION_NONE) {
        on_scale_zero(self);
    }
}

static void act_pay(UiSaleView *self)
{
    if (ui_sale_view_lines(self) > 0) {
        act_dismiss(self);
        g_signal_emit_by_name(self, "pay");
    }
}

static void act_price_check(UiSaleView *self)
{
    gtk_toggle_button_set_active(self->price_check,
                                 !gtk_toggle_button_get_active(self->price_check));
}

gboolean ui_sale_view_act(UiSaleView *self, const char *what)
{
    static const struct {
        const char *name;
        void (*act)(UiSaleView *self);
    } acts[] = {
        {"quantity", act_quantity},       {"remove", act_remove}, {"void", act_void},
        {"price-check", act_price_check}, {"pay", act_pay},       {"lift", start_lift},
        {"dismiss", act_dismiss}, {"tare", act_tare}, {"zero", act_zero},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(acts); i++) {
        if (strcmp(acts[i].name, what) == 0) {
            acts[i].act(self);
            return TRUE;
        }
    }
    return FALSE;
}

static void on_price_check_toggled(UiSaleView *self)
{
    if (gtk_toggle_button_get_active(self->price_check)) {
        set_notice(self, NOTICE_PRICE, _("Price check"),
                   _("Scan or touch a product: it is shown, not sold. Esc stops."));
    } else if (self->showing == NOTICE_PRICE) {
        clear_notice(self);
    }
}

gboolean ui_sale_view_key(UiSaleView *self, guint keyval)
{
    switch (keyval) {
    case GDK_KEY_F2:
        ui_picker_focus_search(self->picker);
        return TRUE;
    case GDK_KEY_F3:
        act_tare(self);
        return TRUE;
    case GDK_KEY_F4:
        act_quantity(self);
        return TRUE;
    case GDK_KEY_F6:
        act_price_check(self);
        return TRUE;
    case GDK_KEY_F7:
        start_lift(self);
        return TRUE;
    case GDK_KEY_F8:
    case GDK_KEY_Delete:
        act_remove(self);
        return TRUE;
    case GDK_KEY_F10:
        act_void(self);
        return TRUE;
    case GDK_KEY_F12:
        act_pay(self);
        return TRUE;
    case GDK_KEY_Escape:
        act_dismiss(self);
        return TRUE;
    case GDK_KEY_plus:
    case GDK_KEY_KP_Add:
        step_quantity(self, 1);
        return TRUE;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
        step_quantity(self, -1);
        return TRUE;
    default:
        return ui_pad_key(self->pad, keyval);
    }
}

/* --- what the till answers ---------------------------------------------------------------------------- */

static void select_line(UiSaleView *self, int line)
{
    const int position = ui_cart_model_position(self->model, line);
    if (position >= 0) {
        gtk_single_selection_set_selected(self->selection, (guint)position);
        gtk_widget_activate_action(GTK_WIDGET(self->cart), "list.scroll-to-item", "u",
                                   (guint)position);
    }
}

static void show_cart(UiSaleView *self, const UiAnswer *answer)
{
    ui_cart_model_set_cart(self->model, answer->event->cart, answer->price_at_ms, answer->now_ms);
    const guint lines = ui_sale_view_lines(self);
    g_autofree char *items = ui_format_items(lines);
    g_autofree char *total = ui_cart_model_total(self->model);
    gtk_label_set_label(self->count, lines > 0 ? items : "");
    gtk_label_set_label(self->total, total);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->total), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   total, -1);
    gtk_stack_set_visible_child_name(self->cart_stack, lines > 0 ? "lines" : "empty");
    gtk_widget_set_sensitive(GTK_WIDGET(self->pay), lines > 0);
    gtk_widget_set_sensitive(GTK_WIDGET(self->void_cart), lines > 0);
}

static void show_weigh(UiSaleView *self, const PosCartLine *line)
{
    const char *name = pos_names_in(&line->names, ui_language());
    /* Translators: %s is a product's name. */
    g_autofree char *prompt = g_strdup_printf(_("Grams of %s"), name);
    g_autofree char *price = ui_format_unit_price(line->price, POS_UNIT_G, &self->currency);
    /* Translators: %1$s is a product's name, %2$s its price per kilogram. */
    g_autofree char *title = g_strdup_printf(_("Weigh %1$s, %2$s"), name, price);
    self->asking = ASK_WEIGHT;
    ui_pad_ask(self->pad, UI_PAD_GRAMS, prompt, _("Add weight (Enter)"));
    ui_pad_grab(self->pad);
    const bool scale = self->scale_condition != POS_SCALE_CONDITION_NONE;
    set_notice(self, NOTICE_PRICE, title,
               scale ? _("Put it on the scale, or type the grams: the receipt then says so. Esc leaves it.")
                     : _("Type the weight in grams. Esc leaves it."));
    reveal_scale(self);
}

void ui_sale_view_show_scale(UiSaleView *self, const UiScale *scale)
{
    self->scale_condition = scale->status.condition;
    ui_scale_view_show(self->scale, scale);
    reveal_scale(self);
}

gboolean ui_sale_view_awaits_weight(UiSaleView *self)
{
    return self->asking == ASK_WEIGHT && ui_pad_text(self->pad)[0] == '\0';
}

static void show_price(UiSaleView *self, const PosTillEvent *event)
{
    const PosCartLine *line = &event->line;
    g_autofree char *price = ui_format_unit_price(line->price, line->quantity.unit, &self->currency);
    g_autofree char *title = g_strdup_printf("%s   %s", pos_names_in(&line->names, ui_language()), price);
    GString *text = g_string_new(NULL);
    g_autofree char *fresh = pos_freshness_words(line->freshness);
    g_autofree char *source = ui_format_source(line->lot, line->origin);
    g_string_append(text, fresh);
    if (source[0] != '\0') {
        g_string_append_printf(text, "\n%s", source);
    }
    if (event->price != NULL && event->price->why != NULL && event->price->why[0] != '\0') {
        g_string_append_printf(text, "\n%s", event->price->why);
    }
    set_notice(self, NOTICE_PRICE, title, text->str);
    g_string_free(text, TRUE);
}

static void show_refusal(UiSaleView *self, const PosTillEvent *event)
{
    ui_sale_view_show_error(self, event->message);
    const bool red = event->kind == POS_EVENT_REFUSED &&
                     (event->refusal == POS_REFUSAL_EXPIRED ||
                      event->refusal == POS_REFUSAL_APPROVAL_NEEDED ||
                      event->refusal == POS_REFUSAL_WRONG_PIN);
    gtk_widget_set_visible(self->lift, red && self->last_scan != NULL);
    if (self->asking == ASK_WEIGHT) {
        ui_pad_set_text(self->pad, "");
    }
}

void ui_sale_view_apply(UiSaleView *self, const UiAnswer *answer)
{
    const PosTillEvent *event = answer->event;
    if (event->cart != NULL) {
        show_cart(self, answer);
    }
    switch (event->kind) {
    case POS_EVENT_REFUSED:
    case POS_EVENT_ERROR:
        show_refusal(self, event);
        break;
    case POS_EVENT_LINE:
        clear_notice(self);
        ask_code(self);
        select_line(self, event->line.line);
        break;
    case POS_EVENT_WEIGH:
        show_weigh(self, &event->line);
        break;
    case POS_EVENT_PRICE:
        show_price(self, event);
        break;
    case POS_EVENT_DISCOUNT:
    case POS_EVENT_AGE:
    case POS_EVENT_NEXT_QUANTITY:
    case POS_EVENT_EXCHANGE:
    case POS_EVENT_PRODUCTS:
    case POS_EVENT_LINE_VOID:
    case POS_EVENT_VOID:
    case POS_EVENT_SALE:
    case POS_EVENT_LOGIN:
    case POS_EVENT_LOGOUT:
    case POS_EVENT_SHIFT:
        clear_notice(self);
        ask_code(self);
        break;
    case POS_EVENT_TENDER:
    case POS_EVENT_CART:
    case POS_EVENT_SCALE:
    case POS_EVENT_TARE:
    case POS_EVENT_LOCKED:
    case POS_EVENT_UNLOCKED:
    case POS_EVENT_DRAWER:
    case POS_EVENT_REPORT:
    case POS_EVENT_TRAINING:
    case POS_EVENT_SUSPENDED:
    case POS_EVENT_RESUMED:
    case POS_EVENT_TICKETS:
    case POS_EVENT_PAYMENT:
    case POS_EVENT_RECEIPTS:
    case POS_EVENT_RECEIPT:
    case POS_EVENT_REPRINT:
        break;
    }
}

void ui_sale_view_set_now(UiSaleView *self, int64_t now_ms)
{
    ui_cart_model_set_now(self->model, now_ms);
}

void ui_sale_view_set_shop(UiSaleView *self, const UiShop *shop)
{
    self->currency = shop->settings.currency;
    ui_cart_model_set_currency(self->model, &self->currency);
    ui_pad_set_currency(self->pad, &self->currency);
    ui_picker_set_currency(self->picker, &self->currency);
    ui_picker_set_categories(self->picker, shop->categories);
    ui_scale_view_set_tares(self->scale, shop->tares);
    g_autofree char *total = ui_cart_model_total(self->model);
    gtk_label_set_label(self->total, total);
    GtkWidget *child = NULL;
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(self->managers))) != NULL) {
        gtk_box_remove(self->managers, child);
    }
    g_ptr_array_set_size(self->manager_names, 0);
    for (guint i = 0; i < shop->operators->len; i++) {
        const PosOperator *op = shop->operators->pdata[i];
        if (!pos_operator_is_manager(op)) {
            continue;
        }
        PosOperator *copy = g_new0(PosOperator, 1);
        copy->id = g_strdup(op->id);
        copy->name = g_strdup(op->name);
        copy->role = g_strdup(op->role);
        g_ptr_array_add(self->manager_names, copy);
        GtkWidget *button = gtk_button_new_with_label(copy->name);
        g_object_set_data(G_OBJECT(button), "operator", copy);
        g_signal_connect(button, "clicked", G_CALLBACK(on_manager_clicked), self);
        gtk_box_append(self->managers, button);
    }
}

void ui_sale_view_set_camera(UiSaleView *self, GdkPaintable *paintable)
{
    gtk_picture_set_paintable(GTK_PICTURE(self->camera), paintable);
    gtk_widget_set_visible(self->camera, paintable != NULL);
}

UiPicker *ui_sale_view_picker(UiSaleView *self)
{
    return self->picker;
}

UiPad *ui_sale_view_pad(UiSaleView *self)
{
    return self->pad;
}

guint ui_sale_view_lines(UiSaleView *self)
{
    return g_list_model_get_n_items(G_LIST_MODEL(self->model));
}

/* --- the widget ----------------------------------------------------------------------------------------- */

static void action_act(GtkWidget *widget, const char *name, GVariant *parameter)
{
    ui_sale_view_act(UI_SALE_VIEW(widget), g_variant_get_string(parameter, NULL));
}

static void action_step(GtkWidget *widget, const char *name, GVariant *parameter)
{
    step_quantity(UI_SALE_VIEW(widget), g_variant_get_int32(parameter));
}

static void on_row_setup(UiSaleView *self, GtkListItem *item)
{
    gtk_list_item_set_child(item, ui_cart_row_new());
}

static void on_row_bind(UiSaleView *self, GtkListItem *item)
{
    ui_cart_row_set_line(UI_CART_ROW(gtk_list_item_get_child(item)), gtk_list_item_get_item(item));
}

static void on_row_unbind(UiSaleView *self, GtkListItem *item)
{
    ui_cart_row_set_line(UI_CART_ROW(gtk_list_item_get_child(item)), NULL);
}

static void on_cart_activate(UiSaleView *self, guint position)
{
    act_quantity(self);
}

static void ui_sale_view_dispose(GObject *object)
{
    UiSaleView *self = UI_SALE_VIEW(object);
    g_clear_object(&self->model);
    g_clear_pointer(&self->manager_names, g_ptr_array_unref);
    g_clear_pointer(&self->last_scan, g_bytes_unref);
    g_clear_pointer(&self->approver, g_free);
    G_OBJECT_CLASS(ui_sale_view_parent_class)->dispose(object);
}

static void bind_children(GtkWidgetClass *widget_class)
{
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, picker);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, pad);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, cart);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, cart_stack);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, count);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, total);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, notice);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, notice_box);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, notice_title);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, notice_text);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, confirm);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, lift);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, managers);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, scale);
    gtk_widget_class_bind_template_callback(widget_class, on_scale_tare);
    gtk_widget_class_bind_template_callback(widget_class, on_scale_zero);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, camera);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, pay);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, void_cart);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, price_check);
}

static void ui_sale_view_class_init(UiSaleViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_sale_view_dispose;
    g_signal_new("command", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
    g_signal_new("pay", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_type_ensure(UI_TYPE_PICKER);
    g_type_ensure(UI_TYPE_PAD);
    g_type_ensure(UI_TYPE_SCALE_VIEW);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/sale_view.ui");
    bind_children(widget_class);
    gtk_widget_class_bind_template_callback(widget_class, on_picked);
    gtk_widget_class_bind_template_callback(widget_class, on_pad_accepted);
    gtk_widget_class_bind_template_callback(widget_class, on_price_check_toggled);
    gtk_widget_class_bind_template_callback(widget_class, on_row_setup);
    gtk_widget_class_bind_template_callback(widget_class, on_row_bind);
    gtk_widget_class_bind_template_callback(widget_class, on_row_unbind);
    gtk_widget_class_bind_template_callback(widget_class, on_cart_activate);
    gtk_widget_class_install_action(widget_class, "sale.act", "s", action_act);
    gtk_widget_class_install_action(widget_class, "sale.step", "i", action_step);
}

static void ui_sale_view_init(UiSaleView *self)
{
    const bool known = pos_currency_from_code("KRW", &self->currency);
    g_assert(known);
    self->manager_names = g_ptr_array_new_with_free_func((GDestroyNotify)pos_operator_free);
    gtk_widget_init_template(GTK_WIDGET(self));
    self->model = ui_cart_model_new();
    self->selection = gtk_single_selection_new(g_object_ref(G_LIST_MODEL(self->model)));
    gtk_list_view_set_model(self->cart, GTK_SELECTION_MODEL(self->selection));
    g_object_unref(self->selection);
    clear_notice(self);
    ask_code(self);
}

GtkWidget *ui_sale_view_new(void)
{
    return g_object_new(UI_TYPE_SALE_VIEW, NULL);
}

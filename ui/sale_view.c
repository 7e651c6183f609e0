/* SPDX-License-Identifier: GPL-3.0-or-later
 * The sale screen. `asking` says what the pad's next OK means; every other decision is the till's. */
#include "ui/sale_view.h"

#include "pos/badge.h"
#include "pos/bounds.h"
#include "pos/command_line.h"
#include "ui/cart_model.h"
#include "ui/cart_row.h"
#include "ui/closures.h"
#include "ui/pages.h"
#include "ui/sale_keys.h"
#include "ui/scale_view.h"
#include "ui/task_view.h"
#include <glib/gi18n-lib.h>
#include <string.h>

typedef enum { ASK_CODE, ASK_WEIGHT, ASK_QUANTITY, ASK_MANAGER_PIN, ASK_TASK } Asking;
/* What F7 and the message's button do next. */
typedef enum { OFFER_NONE, OFFER_APPROVE, OFFER_TEACH, OFFER_AGE, OFFER_TICKETS } Offer;
typedef enum { NOTICE_NONE, NOTICE_ERROR, NOTICE_PRICE, NOTICE_VOID, NOTICE_LIFT } Notice;

struct _UiSaleView {
    AdwBin parent;
    UiPicker *picker;
    UiPad *pad;
    GtkListView *cart;
    GtkStack *cart_stack;
    GtkLabel *cart_title, *count, *total, *notice_title, *notice_text;
    GtkRevealer *notice;
    GtkWidget *notice_box, *confirm, *lift, *camera;
    GtkBox *managers;
    GtkStack *left;
    UiTaskView *task;
    GtkBox *panes;
    GtkWidget *pad_pane, *quick;
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
    int quantity_line, years;
    guint answers;
    PosTillCommand *last;     /* what was sent last: what a manager may approve; NULL nothing */
    char *approver;
    Offer offer;
    char *time_zone;
    GPtrArray *departments; /* PosDepartment* */
    bool left_hand, credits;
};
G_DEFINE_FINAL_TYPE(UiSaleView, ui_sale_view, ADW_TYPE_BIN)

static void ask_code(UiSaleView *self);
static void send_line(UiSaleView *self);

static void command(UiSaleView *self, const PosTillCommand *value)
{
    if (value->verb != POS_TILL_CART && value->verb != POS_TILL_LEAVE &&
        value->verb != POS_TILL_ZERO) {
        PosTillCommand *copy = pos_till_command_copy(value);
        g_clear_pointer(&self->last, pos_till_command_free);
        self->last = copy;
    }
    g_signal_emit_by_name(self, "command", value);
}

/* --- tasks --------------------------------------------------------------------------------------- */

static UiCartLine *selected_line(UiSaleView *self)
{
    return gtk_single_selection_get_selected_item(self->selection);
}

static void show_task(UiSaleView *self)
{
    const bool open = ui_task_view_is_open(self->task);
    ui_pages_show(self->left, open ? "task" : "picker");
    gtk_widget_set_visible(self->quick, !open); /* room for the choices */
}

/* The pad follows the question; without a task it is for codes again. */
static void on_task_asks(UiSaleView *self)
{
    static const UiPadKind kinds[] = {
        [UI_ASK_CHOICE] = UI_PAD_COUNT, [UI_ASK_TEXT] = UI_PAD_COUNT, [UI_ASK_MONEY] = UI_PAD_MONEY,
        [UI_ASK_COUNT] = UI_PAD_COUNT,  [UI_ASK_GRAMS] = UI_PAD_GRAMS, [UI_ASK_DATE] = UI_PAD_DATE,
    };
    const UiQuestion *question = ui_task_view_question(self->task);
    self->answers++;
    show_task(self);
    if (!ui_task_view_is_open(self->task)) {
        if (self->asking == ASK_TASK) {
            ask_code(self);
            ui_pad_grab(self->pad);
        }
        return;
    }
    self->asking = ASK_TASK;
    if (question == NULL) {
        return;
    }
    ui_pad_ask(self->pad, kinds[question->kind], question->title, _("Go on (Enter)"));
    if (question->kind != UI_ASK_CHOICE && question->kind != UI_ASK_TEXT) {
        ui_pad_grab(self->pad);
    }
}

static void clear_notice(UiSaleView *self);

static void begin_task(UiSaleView *self, UiTaskKind kind)
{
    UiCartLine *line = selected_line(self);
    const PosCartLine *value = line != NULL ? ui_cart_line_value(line) : NULL;
    UiTaskContext context = {.currency = self->currency,
                             .time_zone = self->time_zone,
                             .departments = self->departments};
    if (value != NULL) {
        context.line = value->line;
        context.line_name = pos_names_in(&value->names, ui_language());
    }
    if (kind == UI_TASK_TEACH && self->offer == OFFER_TEACH && self->last != NULL) {
        context.code = self->last->text;
        context.code_length = self->last->text_length;
    }
    context.years = self->years;
    clear_notice(self);
    ui_task_view_begin(self->task, kind, &context);
}

static void on_task_command(UiSaleView *self, const PosTillCommand *value)
{
    command(self, value);
}

static void on_task_act(UiSaleView *self, const char *what)
{
    ui_sale_view_act(self, what);
}

static void on_task_refused(UiSaleView *self, const char *sentence)
{
    ui_sale_view_show_error(self, sentence);
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
    ui_task_view_end(self->task);
    show_task(self);
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
    self->offer = OFFER_NONE;
}

/* A message's next step: a button, and F7. */
static void set_offer(UiSaleView *self, Offer offer)
{
    static const char *const labels[] = {
        [OFFER_NONE] = "",
        [OFFER_APPROVE] = N_("Manager allows it (F7)"),
        [OFFER_TEACH] = N_("Name this item (F7)"),
        [OFFER_AGE] = N_("Check the age (F7)"),
        [OFFER_TICKETS] = N_("Suspended sales (F7)"),
    };
    self->offer = offer;
    gtk_button_set_label(GTK_BUTTON(self->lift), offer != OFFER_NONE ? _(labels[offer]) : "");
    gtk_widget_set_visible(self->lift, offer != OFFER_NONE);
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

static void scan_text(UiSaleView *self, PosTillVerb verb, const char *text, gsize length)
{
    g_autofree char *copy = g_malloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    const PosTillCommand value = {.verb = verb, .text = copy, .text_length = length};
    command(self, &value);
}

/* --- a manager approves ----------------------------------------------------------- */

static void ask_manager_pin(UiSaleView *self, const PosOperator *manager)
{
    self->asking = ASK_MANAGER_PIN;
    g_free(self->approver);
    self->approver = g_strdup(manager->id);
    /* Translators: %s is a manager's name. */
    g_autofree char *prompt = g_strdup_printf(_("PIN of %s"), manager->name);
    ui_pad_ask(self->pad, UI_PAD_SECRET, prompt, _("Allow (Enter)"));
    ui_pad_grab(self->pad);
    set_notice(self, NOTICE_LIFT, prompt, _("Type the PIN, or scan the badge. It is recorded with the manager's name. Esc stops."));
    gtk_widget_set_visible(GTK_WIDGET(self->managers), FALSE);
}

static void on_manager_clicked(GtkButton *button, UiSaleView *self)
{
    ask_manager_pin(self, g_object_get_data(G_OBJECT(button), "operator"));
}

static void ask_approval(UiSaleView *self, const char *sentence)
{
    if (self->last == NULL) {
        return;
    }
    if (self->manager_names->len == 1) {
        ask_manager_pin(self, self->manager_names->pdata[0]);
    } else {
        set_notice(self, NOTICE_LIFT, _("Which manager allows it?"),
                   self->manager_names->len == 0
                       ? _("This store has no manager yet. Add one at the central service.")
                       : _("Touch a name, or scan a manager's badge."));
    }
    if (sentence != NULL) {
        gtk_label_set_label(self->notice_title, sentence);
    }
}

/* F7: what the message offers. */
static void act_step(UiSaleView *self)
{
    switch (self->offer) {
    case OFFER_APPROVE:
        ask_approval(self, NULL);
        break;
    case OFFER_TEACH:
        begin_task(self, UI_TASK_TEACH);
        break;
    case OFFER_AGE:
        begin_task(self, UI_TASK_AGE);
        break;
    case OFFER_TICKETS:
        begin_task(self, UI_TASK_TICKETS);
        break;
    case OFFER_NONE:
        break;
    }
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

/* The last command once more, with a second person. pin or badge; the other NULL. */
static void approve(UiSaleView *self, const char *pin, const char *badge)
{
    PosTillCommand *again = pos_till_command_copy(self->last);
    g_free(again->approver);
    g_free(again->approver_pin);
    g_free(again->approver_badge);
    again->approver = badge == NULL ? g_strdup(self->approver) : NULL;
    again->approver_pin = g_strdup(pin);
    again->approver_badge = g_strdup(badge);
    ask_code(self);
    ui_pad_grab(self->pad);
    command(self, again);
    pos_till_command_free(again);
}

/* --- scanning and typing --------------------------------------------------------------------------- */

/* An approval is waited for, and this is a person's. */
static bool scan_approves(UiSaleView *self, const char *text, gsize length)
{
    const bool approving = self->last != NULL && (self->showing == NOTICE_LIFT ||
                                                  self->asking == ASK_MANAGER_PIN ||
                                                  self->offer == OFFER_APPROVE);
    if (!approving || memchr(text, '\0', length) != NULL) {
        return false;
    }
    if (pos_badge_is(text, length)) {
        approve(self, NULL, text);
        return true;
    }
    const PosOperator *manager = manager_of_badge(self, text);
    if (manager != NULL) {
        ask_manager_pin(self, manager);
    }
    return manager != NULL;
}

void ui_sale_view_scan(UiSaleView *self, const char *text, gsize length)
{
    g_assert(text != NULL);
    if (scan_approves(self, text, length)) {
        return;
    }
    if (memchr(text, '\0', length) == NULL && ui_task_view_scan(self->task, text)) {
        return;
    }
    if (gtk_toggle_button_get_active(self->price_check)) {
        gtk_toggle_button_set_active(self->price_check, FALSE);
        scan_text(self, POS_TILL_PRICE_CHECK, text, length);
        return;
    }
    /* What is being typed stays where it is. */
    if (self->asking != ASK_CODE) {
        ask_code(self);
        ui_pad_grab(self->pad);
    }
    scan_text(self, POS_TILL_SCAN, text, length);
}

/* The line: a command, part of a name, or an item. */
static void send_line(UiSaleView *self)
{
    g_autofree char *text = g_strstrip(g_strdup(ui_pad_text(self->pad)));
    g_autofree char *message = NULL;
    const bool is_name = ui_picker_text(self->picker)[0] != '\0' &&
                         strspn(text, "0123456789 ") != strlen(text);
    if (text[0] == '\0') {
        return;
    }
    if (is_name && ui_picker_pick_only(self->picker)) {
        ui_pad_set_text(self->pad, "");
        return;
    }
    if (is_name && ui_picker_shown(self->picker) > 1) {
        ui_picker_focus_tiles(self->picker);
        return;
    }
    PosTillCommand *value =
        pos_command_line_parse(text, strlen(text), &self->currency, &message);
    if (value == NULL) {
        ui_sale_view_show_error(self, message);
        return;
    }
    ui_pad_set_text(self->pad, "");
    if (value->verb == POS_TILL_TICKETS) {
        begin_task(self, UI_TASK_TICKETS);
    } else if (value->verb == POS_TILL_SCAN && value->pieces == 0) {
        ui_sale_view_scan(self, text, strlen(text));
    } else {
        command(self, value);
    }
    pos_till_command_free(value);
}

static void on_picked(UiSaleView *self, const char *gtin)
{
    ui_sale_view_scan(self, gtin, strlen(gtin));
}

static void on_pad_accepted(UiSaleView *self, const char *text)
{
    switch (self->asking) {
    case ASK_CODE:
        send_line(self);
        break;
    case ASK_TASK:
        ui_task_view_accept(self->task, text);
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
        approve(self, text, NULL);
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
    if (ui_sale_view_lines(self) > 0 || self->credits) {
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
    ui_pad_grab(self->pad);
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

static void plain(UiSaleView *self, PosTillVerb verb)
{
    const PosTillCommand value = {.verb = verb};
    command(self, &value);
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
        begin_task(self, UI_TASK_TICKETS);
    }
}

static void act_search(UiSaleView *self)
{
    ask_code(self);
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
    if (selected_line(self) == NULL) {
        ui_sale_view_show_error(self, _("Nothing is in the cart: scan something first."));
        return false;
    }
    return true;
}

static void act_price(UiSaleView *self)
{
    if (needs_line(self)) {
        begin_task(self, UI_TASK_PRICE);
    }
}

static void act_shown(UiSaleView *self)
{
    if (needs_line(self)) {
        begin_task(self, UI_TASK_SHOWN);
    }
}

static void act_discount(UiSaleView *self)
{
    if (needs_line(self)) {
        begin_task(self, UI_TASK_DISCOUNT);
    }
}

static void act_department(UiSaleView *self)
{
    begin_task(self, UI_TASK_DEPARTMENT);
}

static void act_bottle(UiSaleView *self)
{
    begin_task(self, UI_TASK_BOTTLE);
}

static void act_teach(UiSaleView *self)
{
    begin_task(self, UI_TASK_TEACH);
}

static void act_tickets(UiSaleView *self)
{
    begin_task(self, UI_TASK_TICKETS);
}

static void act_take_back(UiSaleView *self)
{
    begin_task(self, UI_TASK_TAKE_BACK);
}

static void act_more(UiSaleView *self)
{
    begin_task(self, UI_TASK_MORE);
}

gboolean ui_sale_view_act(UiSaleView *self, const char *what)
{
    static const struct {
        const char *name;
        void (*act)(UiSaleView *self);
    } acts[] = {
        {"quantity", act_quantity},     {"remove", act_remove},
        {"void", act_void},             {"price-check", act_price_check},
        {"pay", act_pay},               {"lift", act_step},
        {"step", act_step},             {"dismiss", act_dismiss},
        {"tare", act_tare},             {"zero", act_zero},
        {"undo", act_undo},             {"bag", act_bag},
        {"suspend", act_suspend},       {"tickets", act_tickets},
        {"search", act_search},         {"keys", act_keys},
        {"sounds", act_sounds},         {"left-hand", act_left_hand},
        {"price", act_price},           {"shown", act_shown},
        {"discount", act_discount},     {"department", act_department},
        {"bottle", act_bottle},         {"teach", act_teach},
        {"take-back", act_take_back},   {"more", act_more},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(acts); i++) {
        if (strcmp(acts[i].name, what) == 0) {
            acts[i].act(self);
            return TRUE;
        }
    }
    return FALSE;
}

gboolean ui_sale_view_choose(UiSaleView *self, guint index)
{
    const UiQuestion *question = ui_task_view_question(self->task);
    if (question == NULL || index >= question->choices->len) {
        return FALSE;
    }
    ui_task_view_choose(self->task, index);
    return TRUE;
}

guint ui_sale_view_answers(UiSaleView *self)
{
    return self->answers;
}

void ui_sale_view_answer(UiSaleView *self, const char *text)
{
    const UiQuestion *question = ui_task_view_question(self->task);
    if (question != NULL && question->kind == UI_ASK_TEXT) {
        ui_task_view_accept(self->task, text);
        return;
    }
    ui_pad_set_text(self->pad, text);
    ui_pad_accept(self->pad);
}

void ui_sale_view_set_left_hand(UiSaleView *self, gboolean left_hand)
{
    self->left_hand = left_hand;
    gtk_box_reorder_child_after(self->panes, self->pad_pane,
                                left_hand ? NULL : gtk_widget_get_last_child(GTK_WIDGET(self->panes)));
}

gboolean ui_sale_view_left_hand(UiSaleView *self)
{
    return self->left_hand;
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
        step_quantity(self, 1);
        return TRUE;
    case GDK_KEY_KP_Subtract:
        step_quantity(self, -1);
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
    const PosMoney credit = pos_cart_credit(answer->event->cart);
    g_autofree char *credited = pos_money_format(credit, &self->currency);
    /* Translators: %s is an amount of money for goods that came back. */
    g_autofree char *back = g_strdup_printf(_("%s credited"), credited);
    g_autofree char *total = pos_money_format(
        pos_money(pos_cart_total(answer->event->cart).minor - credit.minor), &self->currency);
    self->credits = credit.minor > 0;
    g_autofree char *both = g_strdup_printf("%s · %s", items, back);
    gtk_label_set_label(self->count, self->credits ? lines > 0 ? both : back
                                     : lines > 0   ? items
                                                   : "");
    gtk_label_set_label(self->total, total);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->total), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   total, -1);
    ui_pages_show(self->cart_stack, lines > 0 ? "lines" : "empty");
    gtk_widget_set_sensitive(GTK_WIDGET(self->pay), lines > 0);
    gtk_widget_set_sensitive(GTK_WIDGET(self->void_cart), lines > 0 || self->credits);
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

/* The message and, where there is one, what to do next. */
static void show_refusal(UiSaleView *self, const PosTillEvent *event)
{
    ui_sale_view_show_error(self, event->message);
    if (self->asking == ASK_WEIGHT) {
        ui_pad_set_text(self->pad, "");
    }
    if (event->kind != POS_EVENT_REFUSED || self->last == NULL) {
        return;
    }
    const PosRefusal refusal = event->refusal;
    const bool scanned = self->last->verb == POS_TILL_SCAN;
    if (refusal == POS_REFUSAL_APPROVAL_NEEDED && !scanned) {
        ask_approval(self, event->message);
    } else if (refusal == POS_REFUSAL_APPROVAL_NEEDED || refusal == POS_REFUSAL_EXPIRED ||
               refusal == POS_REFUSAL_WRONG_PIN) {
        set_offer(self, OFFER_APPROVE);
    } else if (refusal == POS_REFUSAL_UNKNOWN_ITEM && scanned) {
        set_offer(self, OFFER_TEACH);
    } else if (refusal == POS_REFUSAL_AGE_CHECK_NEEDED) {
        self->years = (int)event->number;
        begin_task(self, UI_TASK_AGE);
    }
}

/* What was done is done: the line takes what is typed. Words that stand in it already stay. */
static void back_to_line(UiSaleView *self)
{
    clear_notice(self);
    if (self->asking != ASK_CODE) {
        ask_code(self);
        ui_pad_grab(self->pad);
    }
}

static void show_note(UiSaleView *self, const char *title, const char *text)
{
    set_notice(self, NOTICE_PRICE, title, text);
}

static void show_done(UiSaleView *self, const PosTillEvent *event)
{
    g_autofree char *amount = pos_money_format(event->amount, &self->currency);
    g_autofree char *title = NULL;
    if (event->kind == POS_EVENT_SUSPENDED) {
        /* Translators: %1$s is a number, %2$s an amount of money. */
        title = g_strdup_printf(_("Suspended as %1$s, %2$s"), event->ticket, amount);
        show_note(self, title, _("The list of suspended sales fetches it back."));
        set_offer(self, OFFER_TICKETS);
    } else if (event->kind == POS_EVENT_DISCOUNT) {
        /* Translators: %s is an amount of money. */
        title = g_strdup_printf(_("%s off"), amount);
        show_note(self, title, NULL);
    } else if (event->kind == POS_EVENT_EXCHANGE) {
        /* Translators: %s is an amount of money. */
        title = g_strdup_printf(_("%s credited in this sale"), amount);
        show_note(self, title, _("Scan what the customer takes instead, then pay."));
    } else if (event->kind == POS_EVENT_NEXT_QUANTITY) {
        /* Translators: %d is a number of pieces. */
        title = g_strdup_printf(_("%d × the next item"), (int)event->number);
        show_note(self, title, NULL);
    } else if (event->kind == POS_EVENT_RESUMED) {
        /* Translators: %s is the number of a suspended sale. */
        title = g_strdup_printf(_("Sale %s goes on"), event->ticket);
        show_note(self, title, NULL);
    }
}

void ui_sale_view_apply(UiSaleView *self, const UiAnswer *answer)
{
    const PosTillEvent *event = answer->event;
    if (event->cart != NULL) {
        show_cart(self, answer);
    }
    if (ui_task_view_hear(self->task, event)) {
        return;
    }
    switch (event->kind) {
    case POS_EVENT_REFUSED:
    case POS_EVENT_ERROR:
        show_refusal(self, event);
        break;
    case POS_EVENT_LINE:
        back_to_line(self);
        select_line(self, event->line.line);
        break;
    case POS_EVENT_WEIGH:
        show_weigh(self, &event->line);
        break;
    case POS_EVENT_PRICE:
        show_price(self, event);
        break;
    case POS_EVENT_DISCOUNT:
    case POS_EVENT_NEXT_QUANTITY:
    case POS_EVENT_EXCHANGE:
    case POS_EVENT_SUSPENDED:
    case POS_EVENT_RESUMED:
        back_to_line(self);
        show_done(self, event);
        break;
    case POS_EVENT_AGE:
    case POS_EVENT_LINE_VOID:
    case POS_EVENT_VOID:
    case POS_EVENT_SALE:
    case POS_EVENT_LOGIN:
    case POS_EVENT_LOGOUT:
    case POS_EVENT_SHIFT:
        back_to_line(self);
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
    case POS_EVENT_PRODUCTS:
    case POS_EVENT_TICKETS:
    case POS_EVENT_PAYMENT:
    case POS_EVENT_RECEIPTS:
    case POS_EVENT_RECEIPT:
    case POS_EVENT_REPRINT:
    case POS_EVENT_STOCK:
        break;
    }
}

void ui_sale_view_set_operator(UiSaleView *self, const char *name)
{
    const bool somebody = name != NULL && name[0] != '\0';
    /* Translators: %s is the clerk whose cart it is. */
    g_autofree char *title = somebody ? g_strdup_printf(_("Cart of %s"), name) : g_strdup(_("Cart"));
    gtk_label_set_label(self->cart_title, title);
}

void ui_sale_view_set_now(UiSaleView *self, int64_t now_ms)
{
    ui_cart_model_set_now(self->model, now_ms);
}

void ui_sale_view_set_shop(UiSaleView *self, const UiShop *shop)
{
    self->currency = shop->settings.currency;
    g_free(self->time_zone);
    self->time_zone = g_strdup(shop->settings.time_zone);
    g_clear_pointer(&self->departments, g_ptr_array_unref);
    self->departments = shop->departments != NULL ? g_ptr_array_ref(shop->departments) : NULL;
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

void ui_sale_view_set_camera(UiSaleView *self, UiCamera *camera)
{
    ui_camera_view_set_camera(UI_CAMERA_VIEW(self->camera), camera);
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
    g_clear_pointer(&self->last, pos_till_command_free);
    g_clear_pointer(&self->approver, g_free);
    g_clear_pointer(&self->time_zone, g_free);
    g_clear_pointer(&self->departments, g_ptr_array_unref);
    G_OBJECT_CLASS(ui_sale_view_parent_class)->dispose(object);
}

static void bind_children(GtkWidgetClass *widget_class)
{
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, picker);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, pad);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, left);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, task);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, panes);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, pad_pane);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, quick);
    gtk_widget_class_bind_template_callback(widget_class, on_task_asks);
    gtk_widget_class_bind_template_callback(widget_class, on_task_command);
    gtk_widget_class_bind_template_callback(widget_class, on_task_act);
    gtk_widget_class_bind_template_callback(widget_class, on_task_refused);
    gtk_widget_class_bind_template_callback(widget_class, send_line);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, cart);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, cart_stack);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, cart_title);
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
    g_type_ensure(UI_TYPE_CAMERA_VIEW);
    g_type_ensure(UI_TYPE_SCALE_VIEW);
    g_type_ensure(UI_TYPE_TASK_VIEW);
    g_signal_new("wanted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_STRING);
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
    ui_pad_bind_line(self->pad, ui_picker_entry(self->picker));
    ui_pages_show(self->cart_stack, "empty");
    clear_notice(self);
    ask_code(self);
}

GtkWidget *ui_sale_view_new(void)
{
    return g_object_new(UI_TYPE_SALE_VIEW, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the sale asks: tasks, a second person's approval, and the message row with its next step. */
#include "ui/sale_private.h"

#include "ui/pages.h"
#include "ui/closures.h"
#include <glib/gi18n-lib.h>
#include <string.h>

/* --- tasks -------------------------------------------------------------------------------- */

UiCartLine *ui_sale_selected_line(UiSaleView *self)
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
void ui_sale_on_task_asks(UiSaleView *self)
{
    static const UiPadKind kinds[] = {
        [UI_ASK_CHOICE] = UI_PAD_COUNT, [UI_ASK_TEXT] = UI_PAD_COUNT,
        [UI_ASK_MONEY] = UI_PAD_MONEY,  [UI_ASK_COUNT] = UI_PAD_COUNT,
        [UI_ASK_GRAMS] = UI_PAD_GRAMS,  [UI_ASK_DATE] = UI_PAD_DATE,
    };
    const UiQuestion *question = ui_task_view_question(self->task);
    self->answers++;
    show_task(self);
    if (!ui_task_view_is_open(self->task)) {
        if (self->asking == ASK_TASK) {
            ui_sale_ask_code(self);
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

void ui_sale_begin_task(UiSaleView *self, UiTaskKind kind)
{
    UiCartLine *line = ui_sale_selected_line(self);
    const PosCartLine *value = line != NULL ? ui_cart_line_value(line) : NULL;
    UiTaskContext context = {
        .currency = self->currency, .time_zone = self->time_zone, .departments = self->departments};
    if (value != NULL) {
        context.line = value->line;
        context.line_name = pos_names_in(&value->names, ui_language());
    }
    if (kind == UI_TASK_TEACH && self->offer == OFFER_TEACH && self->last != NULL) {
        context.code = self->last->text;
        context.code_length = self->last->text_length;
    }
    context.years = self->years;
    ui_sale_clear_notice(self);
    ui_task_view_begin(self->task, kind, &context);
}

void ui_sale_on_task_command(UiSaleView *self, const PosTillCommand *value)
{
    ui_sale_command(self, value);
}

void ui_sale_on_task_act(UiSaleView *self, const char *what)
{
    ui_sale_view_act(self, what);
}

void ui_sale_on_task_refused(UiSaleView *self, const char *sentence)
{
    ui_sale_view_show_error(self, sentence);
}

/* The scale stands on the screen while an item waits for it. */
void ui_sale_reveal_scale(UiSaleView *self)
{
    const bool wanted =
        self->asking == ASK_WEIGHT && self->scale_condition != POS_SCALE_CONDITION_NONE;
    gtk_widget_set_visible(GTK_WIDGET(self->scale), wanted);
}

void ui_sale_ask_code(UiSaleView *self)
{
    self->asking = ASK_CODE;
    ui_sale_reveal_scale(self);
    g_clear_pointer(&self->approver, g_free);
    ui_task_view_end(self->task);
    show_task(self);
    ui_pad_ask(self->pad, UI_PAD_CODE, _("Scan, or type a PLU"), _("Add (Enter)"));
}

/* --- the message --------------------------------------------------------------------------------- */

void ui_sale_set_notice(UiSaleView *self, UiSaleNotice notice, const char *title, const char *text)
{
    static const char *const classes[] = {
        [NOTICE_NONE] = "quiet",   [NOTICE_ERROR] = "error",  [NOTICE_PRICE] = "info",
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
void ui_sale_set_offer(UiSaleView *self, UiSaleOffer offer)
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

void ui_sale_clear_notice(UiSaleView *self)
{
    ui_sale_set_notice(self, NOTICE_NONE, NULL, NULL);
}

void ui_sale_view_show_error(UiSaleView *self, const char *sentence)
{
    if (sentence == NULL) {
        ui_sale_clear_notice(self);
    } else {
        ui_sale_set_notice(self, NOTICE_ERROR, NULL, sentence);
    }
}

/* --- a manager approves -------------------------------------------------------------------------- */

void ui_sale_ask_manager_pin(UiSaleView *self, const PosOperator *manager)
{
    self->asking = ASK_MANAGER_PIN;
    g_free(self->approver);
    self->approver = g_strdup(manager->id);
    /* Translators: %s is a manager's name. */
    g_autofree char *prompt = g_strdup_printf(_("PIN of %s"), manager->name);
    ui_pad_ask(self->pad, UI_PAD_SECRET, prompt, _("Allow (Enter)"));
    ui_pad_grab(self->pad);
    ui_sale_set_notice(
        self, NOTICE_LIFT, prompt,
        _("Type the PIN, or scan the badge. It is recorded with the manager's name. Esc stops."));
    gtk_widget_set_visible(GTK_WIDGET(self->managers), FALSE);
}

void ui_sale_on_manager_clicked(GtkButton *button, UiSaleView *self)
{
    ui_sale_ask_manager_pin(self, g_object_get_data(G_OBJECT(button), "operator"));
}

void ui_sale_ask_approval(UiSaleView *self, const char *sentence)
{
    if (self->last == NULL) {
        return;
    }
    if (self->manager_names->len == 1) {
        ui_sale_ask_manager_pin(self, self->manager_names->pdata[0]);
    } else {
        ui_sale_set_notice(self, NOTICE_LIFT, _("Which manager allows it?"),
                           self->manager_names->len == 0
                               ? _("This store has no manager yet. Add one at the central service.")
                               : _("Touch a name, or scan a manager's badge."));
    }
    if (sentence != NULL) {
        gtk_label_set_label(self->notice_title, sentence);
    }
}

/* F7: what the message offers. */
void ui_sale_take_offer(UiSaleView *self)
{
    switch (self->offer) {
    case OFFER_APPROVE:
        ui_sale_ask_approval(self, NULL);
        break;
    case OFFER_TEACH:
        ui_sale_begin_task(self, UI_TASK_TEACH);
        break;
    case OFFER_AGE:
        ui_sale_begin_task(self, UI_TASK_AGE);
        break;
    case OFFER_TICKETS:
        ui_sale_begin_task(self, UI_TASK_TICKETS);
        break;
    case OFFER_NONE:
        break;
    }
}

const PosOperator *ui_sale_manager_of_badge(UiSaleView *self, const char *text)
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
void ui_sale_approve(UiSaleView *self, const char *pin, const char *badge)
{
    PosTillCommand *again = pos_till_command_copy(self->last);
    g_free(again->approver);
    g_free(again->approver_pin);
    g_free(again->approver_badge);
    again->approver = badge == NULL ? g_strdup(self->approver) : NULL;
    again->approver_pin = g_strdup(pin);
    again->approver_badge = g_strdup(badge);
    ui_sale_ask_code(self);
    ui_pad_grab(self->pad);
    ui_sale_command(self, again);
    pos_till_command_free(again);
}

gboolean ui_sale_view_choose(UiSaleView *self, guint index)
{
    const UiQuestion *question = ui_task_view_question(self->task);
    if (question == NULL || question->kind != UI_ASK_CHOICE || index >= question->choices->len) {
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

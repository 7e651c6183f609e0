/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is scanned and typed: `asking` says what the pad's next OK means. */
#include "ui/sale_private.h"

#include "pos/badge.h"
#include "pos/bounds.h"
#include "pos/command_line.h"
#include "ui/closures.h"
#include <string.h>

static void scan_text(UiSaleView *self, PosTillVerb verb, const char *text, gsize length)
{
    g_autofree char *copy = g_malloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    const PosTillCommand value = {.verb = verb, .text = copy, .text_length = length};
    ui_sale_command(self, &value);
}

/* An approval is waited for, and this is a person's. */
static bool scan_approves(UiSaleView *self, const char *text, gsize length)
{
    const bool approving =
        self->last != NULL && (self->showing == NOTICE_LIFT || self->asking == ASK_MANAGER_PIN ||
                               self->offer == OFFER_APPROVE);
    if (!approving || memchr(text, '\0', length) != NULL) {
        return false;
    }
    if (pos_badge_is(text, length)) {
        ui_sale_approve(self, NULL, text);
        return true;
    }
    const PosOperator *manager = ui_sale_manager_of_badge(self, text);
    if (manager != NULL) {
        ui_sale_ask_manager_pin(self, manager);
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
        ui_sale_ask_code(self);
        ui_pad_grab(self->pad);
    }
    scan_text(self, POS_TILL_SCAN, text, length);
}

/* The line: a ui_sale_command, part of a name, or an item. */
void ui_sale_send_line(UiSaleView *self)
{
    g_autofree char *text = g_strstrip(g_strdup(ui_pad_text(self->pad)));
    g_autofree char *message = NULL;
    const bool is_name =
        ui_picker_text(self->picker)[0] != '\0' && strspn(text, "0123456789 ") != strlen(text);
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
    PosTillCommand *value = pos_command_line_parse(text, strlen(text), &self->currency, &message);
    if (value == NULL) {
        ui_sale_view_show_error(self, message);
        return;
    }
    ui_pad_set_text(self->pad, "");
    if (value->verb == POS_TILL_TICKETS) {
        ui_sale_begin_task(self, UI_TASK_TICKETS);
    } else if (value->verb == POS_TILL_SCAN && value->pieces == 0) {
        ui_sale_view_scan(self, text, strlen(text));
    } else {
        ui_sale_command(self, value);
    }
    pos_till_command_free(value);
}

void ui_sale_on_picked(UiSaleView *self, const char *gtin)
{
    ui_sale_view_scan(self, gtin, strlen(gtin));
}

/* On the pad a choice is its digit, too. */
static void answer_task(UiSaleView *self, const char *text)
{
    const int64_t digit = ui_parse_digits(text, POS_BOUND_PIECES_MAX);
    const UiQuestion *question = ui_task_view_question(self->task);
    if (question != NULL && question->kind == UI_ASK_CHOICE) {
        ui_pad_set_text(self->pad, "");
    }
    if (digit < 1 || !ui_sale_view_choose(self, (guint)digit - 1)) {
        ui_task_view_accept(self->task, text);
    }
}

void ui_sale_on_pad_accepted(UiSaleView *self, const char *text)
{
    switch (self->asking) {
    case ASK_CODE:
        ui_sale_send_line(self);
        break;
    case ASK_TASK:
        answer_task(self, text);
        break;
    case ASK_WEIGHT: {
        const PosTillCommand value = {.verb = POS_TILL_WEIGHT,
                                      .grams = MAX(ui_parse_digits(text, POS_BOUND_GRAMS_MAX), 0),
                                      .by_hand = true};
        ui_sale_command(self, &value);
        break;
    }
    case ASK_QUANTITY: {
        const PosTillCommand value = {.verb = POS_TILL_QUANTITY,
                                      .line = self->quantity_line,
                                      .pieces =
                                          MAX(ui_parse_digits(text, POS_BOUND_PIECES_MAX), 0)};
        ui_sale_ask_code(self);
        ui_sale_command(self, &value);
        break;
    }
    case ASK_MANAGER_PIN:
        ui_sale_approve(self, text, NULL);
        break;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Taking back: which receipt, which row, how much, where it goes, how the money goes back. Without a receipt: which goods. */
#include "ui/task_private.h"

#include "pos/bounds.h"
#include "ui/closures.h"
#include <glib/gi18n-lib.h>
#include <string.h>

enum { WAY_TYPE = 0, WAY_LIST, WAY_WITHOUT };
enum { STEP_WAY = 0, STEP_FIND, STEP_RECEIPT, STEP_GOODS, STEP_ROW };
enum { ROW_GOODS = 0, ROW_ALL, ROW_VOID };
#define PAID_MAX 8

static bool without(const UiTask *task)
{
    return task->choice == WAY_WITHOUT;
}

/* --- which receipt ----------------------------------------------------------------------------------- */

static bool ask_way(UiTask *task, UiQuestion *question)
{
    question->title = g_strdup(_("Take goods back"));
    question->hint = g_strdup(_("Scan the code on the receipt, or choose:"));
    question->takes_scan = true;
    ui_question_choice(question, _("Look the receipt up…"), _("number, day or amount"));
    ui_question_choice(question, _("The latest receipts"), NULL);
    ui_question_choice(question, _("Without a receipt"), _("a manager has to approve"));
    return true;
}

static char *take_way(UiTask *task, guint choice, const char *text)
{
    task->choice = (int)choice;
    if (choice == WAY_LIST) {
        ui_task_set(&task->command.text, "");
        ui_task_look(task, POS_TILL_RECEIPTS);
        task->step = STEP_FIND; /* passed over */
    }
    return NULL;
}

static bool ask_find(UiTask *task, UiQuestion *question)
{
    question->kind = UI_ASK_TEXT;
    question->title = g_strdup(_("Which receipt?"));
    question->hint = g_strdup(_("Its number or a part of it, a day as 2026-11-23, or its amount."));
    question->takes_scan = true;
    return task->choice == WAY_TYPE && task->rows == NULL && task->record == NULL;
}

static char *take_find(UiTask *task, guint choice, const char *text)
{
    if (text[0] == '\0') {
        return g_strdup(_("Type something of the receipt, or scan its code."));
    }
    ui_task_set(&task->command.text, text);
    task->command.text_length = strlen(text);
    ui_task_look(task, POS_TILL_RECEIPTS);
    return NULL;
}

static bool ask_receipt(UiTask *task, UiQuestion *question)
{
    if (task->record != NULL || without(task)) {
        return false;
    }
    const json_t *rows = json_object_get(task->rows, "receipts");
    question->title = g_strdup(_("Which receipt?"));
    question->takes_scan = true;
    for (gsize i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *number = json_string_value(json_object_get(row, "receipt"));
        const char *at = json_string_value(json_object_get(row, "at"));
        const PosMoney total = pos_money(json_integer_value(json_object_get(row, "total")));
        g_autofree char *money = pos_money_format(total, &task->currency);
        g_autoptr(GDateTime) time =
            at != NULL ? g_date_time_new_from_iso8601(at, task->zone) : NULL;
        g_autoptr(GDateTime) local =
            time != NULL ? g_date_time_to_timezone(time, task->zone) : NULL;
        g_autofree char *clock =
            local != NULL ? g_date_time_format(local, "%Y-%m-%d %H:%M") : g_strdup("");
        g_autofree char *detail = g_strdup_printf("%s · %s", money, clock);
        ui_question_choice(question, number != NULL ? number : "", detail);
    }
    if (json_array_size(rows) == 0) {
        question->hint = g_strdup(
            _("No receipt of this till is like that. Scan its code: other tills' are found so."));
    }
    return true;
}

static char *take_receipt(UiTask *task, guint choice, const char *text)
{
    const json_t *row = json_array_get(json_object_get(task->rows, "receipts"), choice);
    ui_task_set(&task->command.receipt, json_string_value(json_object_get(row, "receipt")));
    ui_task_look(task, POS_TILL_RECEIPT);
    return NULL;
}

/* --- goods without one --------------------------------------------------------------------------------- */

static bool ask_goods(UiTask *task, UiQuestion *question)
{
    question->kind = UI_ASK_TEXT;
    question->title = g_strdup(_("What comes back?"));
    question->hint = g_strdup(_("Scan the goods, or type the PLU."));
    question->takes_scan = true;
    return without(task);
}

static char *take_goods(UiTask *task, guint choice, const char *text)
{
    if (text[0] == '\0') {
        return g_strdup(_("Scan or type the code of the item."));
    }
    ui_task_set(&task->command.text, text);
    task->command.text_length = strlen(text);
    ui_task_look(task, POS_TILL_PRICE_CHECK);
    return NULL;
}

/* --- which row ------------------------------------------------------------------------------------------ */

static int64_t left_of(const UiTask *task, int line)
{
    for (gsize i = 0; i < json_array_size(task->left); i++) {
        const json_t *row = json_array_get(task->left, i);
        if (json_integer_value(json_object_get(row, "line")) == line) {
            return json_integer_value(json_object_get(row, "left"));
        }
    }
    return 0;
}

static PosQuantity quantity_of(const json_t *row, int64_t value)
{
    const char *unit = json_string_value(json_object_get(row, "unit"));
    return (PosQuantity){g_strcmp0(unit, "g") == 0 ? POS_UNIT_G : POS_UNIT_EACH, value};
}

static const char *name_of(const UiTask *task, const json_t *row)
{
    const char *name = NULL;
    for (gsize i = 0; name == NULL && i < json_array_size(task->left); i++) {
        const json_t *left = json_array_get(task->left, i);
        if (json_equal(json_object_get(left, "line"), json_object_get(row, "line"))) {
            name = json_string_value(json_object_get(left, "name"));
        }
    }
    return name != NULL ? name : "";
}

/* The row of the record that stands as the n-th choice; NULL beyond them. */
static const json_t *row_at(const UiTask *task, guint choice)
{
    const json_t *lines = json_object_get(task->record, "lines");
    guint index = 0;
    for (gsize i = 0; i < json_array_size(lines); i++) {
        const json_t *row = json_array_get(lines, i);
        if (left_of(task, (int)json_integer_value(json_object_get(row, "line"))) > 0 &&
            index++ == choice) {
            return row;
        }
    }
    return NULL;
}

static bool ask_row(UiTask *task, UiQuestion *question)
{
    if (without(task)) {
        return false;
    }
    guint count = 0;
    const json_t *row = NULL;
    /* Translators: %s is a receipt's number. */
    question->title = g_strdup_printf(_("What of receipt %s?"), task->command.receipt);
    while ((row = row_at(task, count)) != NULL) {
        const int64_t left = left_of(task, (int)json_integer_value(json_object_get(row, "line")));
        g_autofree char *rest = ui_format_quantity(quantity_of(row, left));
        g_autofree char *sold =
            ui_format_quantity(quantity_of(row, json_integer_value(json_object_get(row, "qty"))));
        g_autofree char *amount = pos_money_format(
            pos_money(json_integer_value(json_object_get(row, "amount"))), &task->currency);
        /* Translators: %1$s of %2$s pieces or kilograms, %3$s money. */
        g_autofree char *detail =
            g_strdup_printf(_("%1$s of %2$s left · %3$s"), rest, sold, amount);
        ui_question_choice(question, name_of(task, row), detail);
        count++;
    }
    if (count > 0) {
        ui_question_choice(question, _("Everything that is left"), NULL);
        ui_question_choice(question, _("Void the whole sale"), _("before the day is closed"));
    } else {
        question->hint = g_strdup(_("All of it was taken back before. Esc leaves."));
    }
    return true;
}

static char *take_row(UiTask *task, guint choice, const char *text)
{
    const json_t *row = row_at(task, choice);
    const bool is_void =
        row == NULL && row_at(task, choice - 2) != NULL && row_at(task, choice - 1) == NULL;
    task->choice = row != NULL ? ROW_GOODS : is_void ? ROW_VOID : ROW_ALL;
    task->command.verb = is_void ? POS_TILL_POST_VOID : POS_TILL_RETURN;
    task->command.line = row != NULL ? (int)json_integer_value(json_object_get(row, "line")) : 0;
    task->left_now = row != NULL ? left_of(task, task->command.line) : 0;
    task->unit = row != NULL ? (int)quantity_of(row, 0).unit : POS_UNIT_NONE;
    ui_task_set(&task->line_name, row != NULL ? name_of(task, row) : "");
    ui_task_set(&task->command.text, NULL);
    task->command.text_length = 0;
    return NULL;
}

/* --- how much, where to, how ----------------------------------------------------------------------------- */

static bool has_receipt(const UiTask *task)
{
    return task->command.receipt != NULL;
}

static bool is_void(const UiTask *task)
{
    return task->command.verb == POS_TILL_POST_VOID;
}

static bool ask_quantity(UiTask *task, UiQuestion *question)
{
    const PosUnit unit = (PosUnit)task->unit;
    if (is_void(task) || unit == POS_UNIT_NONE || (has_receipt(task) && task->left_now == 1)) {
        return false;
    }
    question->kind = unit == POS_UNIT_G ? UI_ASK_GRAMS : UI_ASK_COUNT;
    /* Translators: %s is a product's name. */
    question->title = g_strdup_printf(_("How much of %s comes back?"), task->line_name);
    if (has_receipt(task)) {
        g_autofree char *all = ui_format_quantity((PosQuantity){unit, task->left_now});
        /* Translators: %s is a number of pieces or a weight. */
        question->hint = g_strdup_printf(_("Enter alone takes all of it back: %s."), all);
        question->may_be_empty = true;
    }
    return true;
}

static char *take_quantity(UiTask *task, guint choice, const char *text)
{
    const int64_t most = has_receipt(task)               ? task->left_now
                         : task->unit == (int)POS_UNIT_G ? POS_BOUND_GRAMS_MAX
                                                         : POS_BOUND_PIECES_MAX;
    const int64_t value = text[0] == '\0' && has_receipt(task) ? most : ui_parse_digits(text, most);
    if (value <= 0) {
        g_autofree char *all = ui_format_quantity((PosQuantity){(PosUnit)task->unit, most});
        return g_strdup_printf(_("Type how much comes back, at most %s."), all);
    }
    task->command.pieces = value;
    return NULL;
}

static bool ask_to(UiTask *task, UiQuestion *question)
{
    question->title = g_strdup(_("Where does it go?"));
    ui_question_choice(question, _("Back to the shelf"), _("to stock"));
    ui_question_choice(question, _("Thrown away"), _("to waste"));
    return !is_void(task);
}

static char *take_to(UiTask *task, guint choice, const char *text)
{
    ui_task_set(&task->command.to, choice == 0 ? "stock" : "waste");
    return NULL;
}

static bool paid_by_card(const UiTask *task)
{
    const json_t *tenders = json_object_get(task->record, "tenders");
    for (gsize i = 0; i < MIN(json_array_size(tenders), PAID_MAX); i++) {
        const char *kind = json_string_value(json_object_get(json_array_get(tenders, i), "kind"));
        if (g_strcmp0(kind, "card") == 0) {
            return true;
        }
    }
    return false;
}

static bool ask_money(UiTask *task, UiQuestion *question)
{
    question->title = g_strdup(_("How does the money go back?"));
    ui_question_choice(question, _("In cash"), NULL);
    ui_question_choice(question, _("Exchange"), _("credited in the open sale"));
    if (paid_by_card(task)) {
        ui_question_choice(question, _("To the card"), NULL);
    }
    return !is_void(task) && has_receipt(task);
}

static char *take_money(UiTask *task, guint choice, const char *text)
{
    task->command.exchange = choice == 1;
    task->command.tender = choice == 2 ? POS_TENDER_CARD : POS_TENDER_CASH;
    return NULL;
}

static bool ask_why(UiTask *task, UiQuestion *question)
{
    ui_question_reasons(question);
    return is_void(task) || !has_receipt(task);
}

static char *take_why(UiTask *task, guint choice, const char *text)
{
    if (ui_task_reason(choice) != NULL) {
        ui_task_set(&task->command.reason, ui_task_reason(choice));
    }
    return NULL;
}

static bool ask_why_words(UiTask *task, UiQuestion *question)
{
    question->kind = UI_ASK_TEXT;
    question->title = g_strdup(_("The reason in a few words"));
    return (is_void(task) || !has_receipt(task)) && task->command.reason == NULL;
}

static char *take_why_words(UiTask *task, guint choice, const char *text)
{
    if (text[0] == '\0' || strlen(text) > POS_BOUND_NOTE_BYTES) {
        return g_strdup(_("Type a few words: they stand on the receipt and in the journal."));
    }
    ui_task_set(&task->command.reason, text);
    return NULL;
}

const UiStep ui_task_take_back_steps[] = {
    {ask_way, take_way},         {ask_find, take_find},
    {ask_receipt, take_receipt}, {ask_goods, take_goods},
    {ask_row, take_row},         {ask_quantity, take_quantity},
    {ask_to, take_to},           {ask_money, take_money},
    {ask_why, take_why},         {ask_why_words, take_why_words},
};
const guint ui_task_take_back_count = G_N_ELEMENTS(ui_task_take_back_steps);

bool ui_task_take_back_scan(UiTask *task, const char *text)
{
    if (task->step == STEP_GOODS) {
        g_autofree char *bad = take_goods(task, 0, text);
        return bad == NULL;
    }
    g_autofree char *receipt = ui_task_receipt_of(text);
    ui_task_set(&task->command.receipt, receipt);
    task->choice = WAY_TYPE;
    ui_task_look(task, POS_TILL_RECEIPT);
    task->step = STEP_RECEIPT;
    return true;
}

bool ui_task_take_back_hear(UiTask *task, const PosTillEvent *event)
{
    if (event->kind == POS_EVENT_RECEIPTS) {
        g_clear_pointer(&task->rows, json_decref);
        task->rows = json_deep_copy(event->record);
    } else if (event->kind == POS_EVENT_RECEIPT) {
        g_clear_pointer(&task->record, json_decref);
        g_clear_pointer(&task->left, json_decref);
        task->record = json_deep_copy(event->record);
        task->left = json_deep_copy(event->left);
    } else if (event->kind == POS_EVENT_PRICE) {
        task->unit = (int)event->line.quantity.unit;
        ui_task_set(&task->line_name, pos_names_in(&event->line.names, ui_language()));
        task->command.verb = POS_TILL_RETURN;
    }
    return true;
}

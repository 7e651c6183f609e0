/* SPDX-License-Identifier: GPL-3.0-or-later
 * The tasks but for taking back (ui/task_take_back.c): tables of steps. What always holds: a question is there, a command is
 * due or under way, or the task is over. */
#include "ui/task_private.h"

#include "pos/bounds.h"
#include "ui/closures.h"
#include <glib/gi18n-lib.h>
#include <string.h>

/* --- questions -------------------------------------------------------------------------------------- */

static void choice_free(UiChoice *choice)
{
    g_free(choice->label);
    g_free(choice->detail);
    g_free(choice);
}

static void question_clear(UiQuestion *question)
{
    g_free(question->title);
    g_free(question->hint);
    g_clear_pointer(&question->choices, g_ptr_array_unref);
    *question = (UiQuestion){0};
}

void ui_question_choice(UiQuestion *question, const char *label, const char *detail)
{
    UiChoice *choice = g_new0(UiChoice, 1);
    choice->label = g_strdup(label);
    choice->detail = g_strdup(detail != NULL ? detail : "");
    g_ptr_array_add(question->choices, choice);
}

static const char *const reasons[] = {N_("Damaged"), N_("Short dated"), N_("Goodwill"),
                                      N_("Wrong price label")};

void ui_question_reasons(UiQuestion *question)
{
    question->title = g_strdup(_("Why?"));
    for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++) {
        ui_question_choice(question, _(reasons[i]), NULL);
    }
    ui_question_choice(question, _("Another reason…"), NULL);
}

const char *ui_task_reason(guint choice)
{
    return choice < G_N_ELEMENTS(reasons) ? _(reasons[choice]) : NULL;
}

void ui_task_set(char **member, const char *text)
{
    g_free(*member);
    *member = g_strdup(text);
}

void ui_task_look(UiTask *task, PosTillVerb verb)
{
    task->command.verb = verb;
    task->sends = true;
    task->waits = true;
    task->looks = true;
}

static char *take_reason(UiTask *task, guint choice, const char *text)
{
    if (ui_task_reason(choice) != NULL) {
        ui_task_set(&task->command.reason, ui_task_reason(choice));
    }
    return NULL;
}

static bool ask_reason(UiTask *task, UiQuestion *question)
{
    ui_question_reasons(question);
    return true;
}

static bool ask_reason_words(UiTask *task, UiQuestion *question)
{
    question->kind = UI_ASK_TEXT;
    question->title = g_strdup(_("The reason in a few words"));
    return task->command.reason == NULL;
}

static char *take_reason_words(UiTask *task, guint choice, const char *text)
{
    if (text[0] == '\0' || strlen(text) > POS_BOUND_NOTE_BYTES) {
        return g_strdup(_("Type a few words: they stand on the receipt and in the journal."));
    }
    ui_task_set(&task->command.reason, text);
    return NULL;
}

/* --- more ------------------------------------------------------------------------------------------- */

static const struct {
    const char *act, *label, *key;
} more[] = {
    {"price", N_("Another price for the line"), "Alt+P"},
    {"shown", N_("Shopper saw a lower price"), "Alt+O"},
    {"take-back", N_("Take goods back"), "Alt+K"},
    {"teach", N_("Name an unknown item"), "Alt+N"},
    {"price-check", N_("Price check"), "F6"},
    {"void", N_("Void the cart"), "F10"},
    {"keys", N_("All keys"), "F1"},
    {"left-hand", N_("Switch hands: pad left or right"), ""},
    {"sounds", N_("Sounds on or off"), ""},
};

static bool ask_more(UiTask *task, UiQuestion *question)
{
    question->title = g_strdup(_("What else?"));
    for (gsize i = 0; i < G_N_ELEMENTS(more); i++) {
        ui_question_choice(question, _(more[i].label), more[i].key);
    }
    return true;
}

static char *take_more(UiTask *task, guint choice, const char *text)
{
    task->act = more[choice].act;
    task->over = true;
    return NULL;
}

static const UiStep more_steps[] = {{ask_more, take_more}};

/* --- discount --------------------------------------------------------------------------------------- */

static const int percents[] = {5, 10, 20, 30, 50};
enum { DISCOUNT_OTHER_PERCENT = G_N_ELEMENTS(percents), DISCOUNT_AMOUNT };

static bool ask_discount_of(UiTask *task, UiQuestion *question)
{
    question->title = g_strdup(_("Discount on what?"));
    ui_question_choice(question, _("The whole sale"), NULL);
    if (task->command.line != 0) {
        ui_question_choice(question, task->line_name, _("the chosen line"));
    }
    return task->command.line != 0;
}

static char *take_discount_of(UiTask *task, guint choice, const char *text)
{
    if (choice == 0) {
        task->command.line = 0;
    }
    return NULL;
}

static bool ask_discount_kind(UiTask *task, UiQuestion *question)
{
    question->title = g_strdup(_("How much off?"));
    for (gsize i = 0; i < G_N_ELEMENTS(percents); i++) {
        g_autofree char *label = g_strdup_printf("%d %%", percents[i]);
        ui_question_choice(question, label, NULL);
    }
    ui_question_choice(question, _("Other percentage…"), NULL);
    ui_question_choice(question, _("An amount…"), NULL);
    return true;
}

static char *take_discount_kind(UiTask *task, guint choice, const char *text)
{
    task->choice = (int)choice;
    if (choice < G_N_ELEMENTS(percents)) {
        task->command.percent_bp = percents[choice] * 100;
    }
    return NULL;
}

static bool ask_discount_value(UiTask *task, UiQuestion *question)
{
    const bool percent = task->choice == DISCOUNT_OTHER_PERCENT;
    question->kind = percent ? UI_ASK_COUNT : UI_ASK_MONEY;
    question->title = g_strdup(percent ? _("How many percent off?") : _("How much is taken off?"));
    return task->choice >= DISCOUNT_OTHER_PERCENT;
}

static char *take_discount_value(UiTask *task, guint choice, const char *text)
{
    const bool percent = task->choice == DISCOUNT_OTHER_PERCENT;
    const int64_t value = ui_parse_digits(text, percent ? 100 : POS_BOUND_AMOUNT_MINOR_MAX);
    if (value <= 0) {
        return g_strdup(percent ? _("A discount is 1 to 100 percent: type that number.")
                                : _("Type the amount that is taken off."));
    }
    task->command.percent_bp = percent ? value * 100 : 0;
    task->command.amount = percent ? 0 : value;
    return NULL;
}

static const UiStep discount_steps[] = {{ask_discount_of, take_discount_of},
                                        {ask_discount_kind, take_discount_kind},
                                        {ask_discount_value, take_discount_value},
                                        {ask_reason, take_reason},
                                        {ask_reason_words, take_reason_words}};

/* --- prices ----------------------------------------------------------------------------------------- */

static bool ask_price(UiTask *task, UiQuestion *question)
{
    question->kind = UI_ASK_MONEY;
    /* Translators: %s is a product's name. */
    question->title = task->kind == UI_TASK_SHOWN
                          ? g_strdup_printf(_("Which price was shown for %s?"), task->line_name)
                          : g_strdup_printf(_("New price of %s"), task->line_name);
    question->hint = g_strdup(_("Per piece, or per kilogram for goods by weight."));
    return true;
}

static char *take_price(UiTask *task, guint choice, const char *text)
{
    const int64_t value = ui_parse_digits(text, POS_BOUND_AMOUNT_MINOR_MAX);
    task->command.amount = value;
    return value >= 0 ? NULL : g_strdup(_("Type the price."));
}

static const UiStep price_steps[] = {
    {ask_price, take_price}, {ask_reason, take_reason}, {ask_reason_words, take_reason_words}};
static const UiStep shown_steps[] = {{ask_price, take_price}};

/* --- goods without a code ---------------------------------------------------------------------------- */

static bool ask_department(UiTask *task, UiQuestion *question)
{
    question->title = g_strdup(_("Which department?"));
    for (guint i = 0; i < task->departments->len; i++) {
        const PosDepartment *department = task->departments->pdata[i];
        g_autofree char *most = pos_money_format(pos_money(department->max_minor), &task->currency);
        /* Translators: %s is an amount of money. */
        g_autofree char *detail = department->max_minor > 0
                                      ? g_strdup_printf(_("at most %s a piece"), most)
                                      : g_strdup("");
        ui_question_choice(question, pos_names_in(&department->names, ui_language()), detail);
    }
    if (task->departments->len == 0) {
        question->hint = g_strdup(_(
            "This shop has no department keys yet: the manager adds them at the central service."));
    }
    return true;
}

static char *take_department(UiTask *task, guint choice, const char *text)
{
    const PosDepartment *department = task->departments->pdata[choice];
    ui_task_set(&task->command.department, department->id);
    return NULL;
}

static bool ask_amount(UiTask *task, UiQuestion *question)
{
    question->kind = UI_ASK_MONEY;
    question->title = g_strdup(task->kind == UI_TASK_BOTTLE ? _("Deposit of one empty")
                                                            : _("Price of one piece"));
    if (task->kind == UI_TASK_BOTTLE) {
        question->hint = g_strdup(_("Scan the empty bottle, or type the deposit written on it."));
        question->takes_scan = true;
    }
    return true;
}

static char *take_amount(UiTask *task, guint choice, const char *text)
{
    const int64_t value = ui_parse_digits(text, POS_BOUND_AMOUNT_MINOR_MAX);
    task->command.amount = value;
    return value > 0 ? NULL : g_strdup(_("Type the amount."));
}

static const UiStep department_steps[] = {{ask_department, take_department},
                                          {ask_amount, take_amount}};
static const UiStep bottle_steps[] = {{ask_amount, take_amount}};

/* --- an unknown item --------------------------------------------------------------------------------- */

static bool ask_code(UiTask *task, UiQuestion *question)
{
    question->kind = UI_ASK_TEXT;
    question->title = g_strdup(_("Scan the unknown item"));
    question->takes_scan = true;
    return task->command.text == NULL;
}

static char *take_code(UiTask *task, guint choice, const char *text)
{
    if (text[0] == '\0') {
        return g_strdup(_("Scan or type the code of the item."));
    }
    ui_task_set(&task->command.text, text);
    task->command.text_length = strlen(text);
    return NULL;
}

static bool ask_name(UiTask *task, UiQuestion *question)
{
    question->kind = UI_ASK_TEXT;
    question->title = g_strdup(_("What is it called?"));
    question->hint = g_strdup(_("As it stands on the receipt. The manager completes it later."));
    return true;
}

static char *take_name(UiTask *task, guint choice, const char *text)
{
    if (text[0] == '\0' || strlen(text) > POS_BOUND_TAUGHT_NAME_BYTES) {
        return g_strdup(_("Type a short name."));
    }
    ui_task_set(&task->command.name, text);
    return NULL;
}

static const UiStep teach_steps[] = {{ask_code, take_code},
                                     {ask_name, take_name},
                                     {ask_amount, take_amount},
                                     {ask_department, take_department}};

/* --- age ---------------------------------------------------------------------------------------------- */

enum { AGE_SEEN = 0, AGE_BORN, AGE_NO };

static bool ask_age(UiTask *task, UiQuestion *question)
{
    /* Translators: %d is a number of years. */
    question->title = g_strdup_printf(_("Is the buyer %d or older?"), task->choice);
    question->hint = g_strdup(_("Look at the papers. The date of birth is not kept."));
    ui_question_choice(question, _("Yes, I have seen it"), NULL);
    ui_question_choice(question, _("Type the date of birth…"), NULL);
    ui_question_choice(question, _("No: keep the item back"), NULL);
    return true;
}

static char *take_age(UiTask *task, guint choice, const char *text)
{
    task->command.seen = choice == AGE_SEEN;
    task->over = choice == AGE_NO;
    return NULL;
}

static bool ask_born(UiTask *task, UiQuestion *question)
{
    question->kind = UI_ASK_DATE;
    question->title = g_strdup(_("Date of birth"));
    question->hint = g_strdup(_("Eight digits: year, month, day."));
    return !task->command.seen;
}

static char *take_born(UiTask *task, guint choice, const char *text)
{
    PosDate date;
    g_autofree char *iso = strlen(text) == 8
                               ? g_strdup_printf("%.4s-%.2s-%.2s", text, text + 4, text + 6)
                               : g_strdup("");
    if (!pos_date_parse(iso, &date)) {
        return g_strdup(_("That is no day: type year, month and day, eight digits."));
    }
    ui_task_set(&task->command.born, iso);
    return NULL;
}

static const UiStep age_steps[] = {{ask_age, take_age}, {ask_born, take_born}};

/* --- tickets ------------------------------------------------------------------------------------------ */

static char *ticket_detail(UiTask *task, const json_t *row)
{
    const PosMoney total = pos_money(json_integer_value(json_object_get(row, "total")));
    g_autofree char *money = pos_money_format(total, &task->currency);
    g_autofree char *items =
        ui_format_items((gsize)MAX(json_integer_value(json_object_get(row, "lines")), 0));
    const char *at = json_string_value(json_object_get(row, "at"));
    g_autoptr(GDateTime) time = at != NULL ? g_date_time_new_from_iso8601(at, task->zone) : NULL;
    g_autoptr(GDateTime) local = time != NULL ? g_date_time_to_timezone(time, task->zone) : NULL;
    g_autofree char *clock = local != NULL ? g_date_time_format(local, "%H:%M") : g_strdup("");
    const char *who = json_string_value(json_object_get(row, "operator"));
    const bool here = json_is_true(json_object_get(row, "here"));
    return g_strdup_printf("%s · %s · %s · %s%s%s", items, money, clock, who != NULL ? who : "",
                           here ? "" : " · ", here ? "" : _("another till"));
}

static bool ask_ticket(UiTask *task, UiQuestion *question)
{
    const json_t *tickets = json_object_get(task->rows, "tickets");
    question->title = g_strdup(_("Suspended sales"));
    question->takes_scan = true;
    for (gsize i = 0; i < json_array_size(tickets); i++) {
        const json_t *row = json_array_get(tickets, i);
        const char *id = json_string_value(json_object_get(row, "ticket"));
        g_autofree char *detail = ticket_detail(task, row);
        ui_question_choice(question, id != NULL ? id : "", detail);
    }
    const bool alone = json_is_true(json_object_get(task->rows, "offline"));
    question->hint = g_strdup(
        json_array_size(tickets) == 0
            ? _("Nothing is suspended. F11 suspends the open sale, this list fetches it back.")
        : alone ? _("Only of this till: the central service cannot be reached now.")
                : _("Choose one, or scan the code on its slip."));
    return true;
}

static char *take_ticket(UiTask *task, guint choice, const char *text)
{
    const json_t *row = json_array_get(json_object_get(task->rows, "tickets"), choice);
    const char *id = text != NULL ? text : json_string_value(json_object_get(row, "ticket"));
    ui_task_set(&task->command.ticket, id);
    task->command.verb = POS_TILL_RESUME;
    return NULL;
}

static const UiStep ticket_steps[] = {{ask_ticket, take_ticket}};

/* --- the engine --------------------------------------------------------------------------------------- */

#define STEPS(table, verb_)                                                                        \
    {                                                                                              \
        table, G_N_ELEMENTS(table), verb_                                                          \
    }
static const struct {
    const UiStep *steps;
    guint count;
    PosTillVerb verb;
} tasks[UI_TASK_COUNT] = {
    [UI_TASK_MORE] = STEPS(more_steps, POS_TILL_CART),
    [UI_TASK_DISCOUNT] = STEPS(discount_steps, POS_TILL_DISCOUNT),
    [UI_TASK_PRICE] = STEPS(price_steps, POS_TILL_OVERRIDE),
    [UI_TASK_SHOWN] = STEPS(shown_steps, POS_TILL_DISPUTE),
    [UI_TASK_DEPARTMENT] = STEPS(department_steps, POS_TILL_DEPARTMENT),
    [UI_TASK_BOTTLE] = STEPS(bottle_steps, POS_TILL_DEPOSIT_RETURN),
    [UI_TASK_TEACH] = STEPS(teach_steps, POS_TILL_TEACH),
    [UI_TASK_AGE] = STEPS(age_steps, POS_TILL_AGE_CHECK),
    [UI_TASK_TICKETS] = STEPS(ticket_steps, POS_TILL_RESUME),
    [UI_TASK_TAKE_BACK] = {NULL, 0, POS_TILL_RETURN},
};

/* The next question, or the command when there is none any more. */
static void ask(UiTask *task)
{
    question_clear(&task->question);
    task->asks = false;
    while (!task->over && !task->waits && !task->asks) {
        if (task->step == task->steps_count) {
            task->sends = true;
            task->over = true;
            return;
        }
        task->question.choices = g_ptr_array_new_with_free_func((GDestroyNotify)choice_free);
        task->asks = task->steps[task->step].ask(task, &task->question);
        if (!task->asks) {
            question_clear(&task->question);
            task->step++;
        }
    }
    if (task->asks && task->question.hint == NULL) {
        task->question.hint = g_strdup("");
    }
}

UiTask *ui_task_new(UiTaskKind kind, const UiTaskContext *context)
{
    g_assert(kind >= 0 && kind < UI_TASK_COUNT);
    UiTask *task = g_new0(UiTask, 1);
    task->kind = kind;
    task->currency = context->currency;
    task->zone = context->time_zone != NULL ? g_time_zone_new_identifier(context->time_zone) : NULL;
    task->zone = task->zone != NULL ? task->zone : g_time_zone_new_local();
    task->line_name = g_strdup(context->line_name != NULL ? context->line_name : "");
    task->departments = g_ptr_array_new_with_free_func((GDestroyNotify)pos_department_free);
    for (guint i = 0; context->departments != NULL && i < context->departments->len; i++) {
        const PosDepartment *from = context->departments->pdata[i];
        PosDepartment *copy = g_memdup2(from, sizeof *from);
        copy->names = pos_names_copy(&from->names);
        g_ptr_array_add(task->departments, copy);
    }
    task->command.verb = tasks[kind].verb;
    task->command.line = context->line;
    task->choice = context->years;
    if (context->code != NULL && memchr(context->code, '\0', context->code_length) == NULL) {
        task->command.text = g_strndup(context->code, context->code_length);
        task->command.text_length = context->code_length;
    }
    const bool taking_back = kind == UI_TASK_TAKE_BACK;
    task->steps = taking_back ? ui_task_take_back_steps : tasks[kind].steps;
    task->steps_count = taking_back ? ui_task_take_back_count : tasks[kind].count;
    if (kind == UI_TASK_TICKETS) {
        ui_task_look(task, POS_TILL_TICKETS);
    }
    if (taking_back) {
        task->command.line = 0;
    }
    ask(task);
    return task;
}

static void command_clear(PosTillCommand *command)
{
    g_free(command->text);
    g_free(command->reason);
    g_free(command->department);
    g_free(command->name);
    g_free(command->receipt);
    g_free(command->to);
    g_free(command->born);
    g_free(command->ticket);
    *command = (PosTillCommand){0};
}

void ui_task_free(UiTask *task)
{
    if (task == NULL) {
        return;
    }
    question_clear(&task->question);
    command_clear(&task->command);
    json_decref(task->rows);
    json_decref(task->record);
    json_decref(task->left);
    g_ptr_array_unref(task->departments);
    g_time_zone_unref(task->zone);
    g_free(task->line_name);
    g_free(task);
}

UiTaskKind ui_task_kind(const UiTask *task)
{
    return task->kind;
}

const UiQuestion *ui_task_question(const UiTask *task)
{
    return task->asks ? &task->question : NULL;
}

void ui_task_choose(UiTask *task, guint index)
{
    g_assert(task->asks && task->question.kind == UI_ASK_CHOICE &&
             index < task->question.choices->len);
    g_autofree char *none = task->steps[task->step].take(task, index, NULL);
    g_assert(none == NULL);
    task->step++;
    ask(task);
}

char *ui_task_type(UiTask *task, const char *text)
{
    if (!task->asks || task->question.kind == UI_ASK_CHOICE) {
        return g_strdup(_("Choose one of these first, or leave with Esc."));
    }
    char *bad = task->steps[task->step].take(task, 0, text);
    if (bad == NULL) {
        task->step++;
        ask(task);
    }
    return bad;
}

bool ui_task_scan(UiTask *task, const char *text)
{
    if (!task->asks || !task->question.takes_scan) {
        return false;
    }
    if (task->kind == UI_TASK_TAKE_BACK) {
        if (!ui_task_take_back_scan(task, text)) {
            return false;
        }
    } else if (task->kind == UI_TASK_BOTTLE) {
        ui_task_set(&task->command.text, text);
        task->command.text_length = strlen(text);
    } else {
        g_autofree char *bad = task->steps[task->step].take(task, 0, text);
        if (bad != NULL) {
            return false;
        }
    }
    task->step++;
    ask(task);
    return true;
}

PosTillCommand *ui_task_take_command(UiTask *task)
{
    if (!task->sends) {
        return NULL;
    }
    task->sends = false;
    return pos_till_command_copy(&task->command);
}

const char *ui_task_act(const UiTask *task)
{
    return task->act;
}

bool ui_task_hear(UiTask *task, const PosTillEvent *event)
{
    if (!task->waits) {
        return false;
    }
    task->waits = false;
    bool mine = task->looks;
    task->looks = false;
    const bool bad = event->kind == POS_EVENT_REFUSED || event->kind == POS_EVENT_ERROR;
    if (bad) {
        task->over = task->step == 0 || task->kind == UI_TASK_TICKETS;
        task->step -= task->over ? 0 : 1; /* the same question again */
        mine = false;
    } else if (task->kind == UI_TASK_TICKETS) {
        g_clear_pointer(&task->rows, json_decref);
        task->rows = json_deep_copy(event->record);
    } else {
        mine = ui_task_take_back_hear(task, event);
    }
    ask(task);
    return mine;
}

bool ui_task_is_over(const UiTask *task)
{
    return task->over;
}

char *ui_task_receipt_of(const char *text)
{
    if (!g_str_has_prefix(text, "coster:")) {
        return g_strstrip(g_strdup(text));
    }
    const char *number = text + strlen("coster:");
    return g_strndup(number, strcspn(number, ":"));
}

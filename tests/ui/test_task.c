/* SPDX-License-Identifier: GPL-3.0-or-later
 * The tasks as questions and answers: what is asked, and the command that comes out. */
#include "ui/task.h"
#include <string.h>

static UiTaskContext context(void)
{
    UiTaskContext value = {.line = 2, .line_name = "Apple", .time_zone = "Asia/Seoul"};
    g_assert_true(pos_currency_from_code("KRW", &value.currency));
    return value;
}

static void asks(const UiTask *task, UiAskKind kind)
{
    const UiQuestion *question = ui_task_question(task);
    g_assert_nonnull(question);
    g_assert_cmpint(question->kind, ==, kind);
    g_assert_cmpstr(question->title, !=, "");
}

static void type(UiTask *task, const char *text)
{
    g_autofree char *bad = ui_task_type(task, text);
    g_assert_cmpstr(bad, ==, NULL);
}

static void refuses(UiTask *task, const char *text)
{
    g_autofree char *bad = ui_task_type(task, text);
    g_assert_cmpstr(bad, !=, NULL);
    g_assert_cmpstr(bad, !=, "");
}

static PosTillCommand *finish(UiTask *task)
{
    PosTillCommand *command = ui_task_take_command(task);
    g_assert_nonnull(command);
    g_assert_true(ui_task_is_over(task));
    g_assert_null(ui_task_take_command(task));
    return command;
}

static void test_a_discount_in_four_keys(void)
{
    const UiTaskContext known = context();
    g_autoptr(UiTask) task = ui_task_new(UI_TASK_DISCOUNT, &known);
    asks(task, UI_ASK_CHOICE);
    ui_task_choose(task, 1); /* the line */
    ui_task_choose(task, 1); /* 10 % */
    g_assert_null(ui_task_take_command(task));
    ui_task_choose(task, 0); /* a reason of the list */
    PosTillCommand *command = finish(task);
    g_assert_cmpint(command->verb, ==, POS_TILL_DISCOUNT);
    g_assert_cmpint(command->line, ==, 2);
    g_assert_cmpint(command->percent_bp, ==, 1000);
    g_assert_cmpint(command->amount, ==, 0);
    g_assert_cmpstr(command->reason, !=, NULL);
    pos_till_command_free(command);
}

static void test_a_discount_by_amount_with_words(void)
{
    const UiTaskContext known = context();
    g_autoptr(UiTask) task = ui_task_new(UI_TASK_DISCOUNT, &known);
    ui_task_choose(task, 0); /* the sale */
    ui_task_choose(task, ui_task_question(task)->choices->len - 1);
    asks(task, UI_ASK_MONEY);
    refuses(task, "0");
    refuses(task, "");
    type(task, "500");
    ui_task_choose(task, ui_task_question(task)->choices->len - 1);
    asks(task, UI_ASK_TEXT);
    refuses(task, "");
    type(task, "dented tin");
    PosTillCommand *command = finish(task);
    g_assert_cmpint(command->line, ==, 0);
    g_assert_cmpint(command->amount, ==, 500);
    g_assert_cmpint(command->percent_bp, ==, 0);
    g_assert_cmpstr(command->reason, ==, "dented tin");
    pos_till_command_free(command);
}

static void test_an_unknown_item_keeps_its_code(void)
{
    UiTaskContext known = context();
    g_autoptr(GPtrArray) departments = g_ptr_array_new();
    PosDepartment veg = {.id = "veg", .names = {(char *)"", (char *)"Vegetables", (char *)""}};
    g_ptr_array_add(departments, &veg);
    known.departments = departments;
    known.code = "4006381333931";
    known.code_length = strlen(known.code);
    g_autoptr(UiTask) task = ui_task_new(UI_TASK_TEACH, &known);
    type(task, "Pencil");
    type(task, "900");
    ui_task_choose(task, 0);
    PosTillCommand *command = finish(task);
    g_assert_cmpint(command->verb, ==, POS_TILL_TEACH);
    g_assert_cmpstr(command->text, ==, "4006381333931");
    g_assert_cmpuint(command->text_length, ==, 13);
    g_assert_cmpstr(command->name, ==, "Pencil");
    g_assert_cmpint(command->amount, ==, 900);
    g_assert_cmpstr(command->department, ==, "veg");
    pos_till_command_free(command);
}

static void test_a_bottle_is_scanned_or_typed(void)
{
    const UiTaskContext known = context();
    g_autoptr(UiTask) scanned = ui_task_new(UI_TASK_BOTTLE, &known);
    g_assert_true(ui_task_scan(scanned, "8801234560010"));
    PosTillCommand *command = finish(scanned);
    g_assert_cmpint(command->verb, ==, POS_TILL_DEPOSIT_RETURN);
    g_assert_cmpstr(command->text, ==, "8801234560010");
    pos_till_command_free(command);
    g_autoptr(UiTask) typed = ui_task_new(UI_TASK_BOTTLE, &known);
    type(typed, "100");
    command = finish(typed);
    g_assert_cmpstr(command->text, ==, NULL);
    g_assert_cmpint(command->amount, ==, 100);
    pos_till_command_free(command);
}

static void test_an_age_is_seen_or_born_or_no(void)
{
    UiTaskContext known = context();
    known.years = 19;
    g_autoptr(UiTask) seen = ui_task_new(UI_TASK_AGE, &known);
    g_assert_nonnull(strstr(ui_task_question(seen)->title, "19"));
    g_assert_false(ui_task_scan(seen, "8801234560010")); /* the next item is no answer */
    ui_task_choose(seen, 0);
    PosTillCommand *command = finish(seen);
    g_assert_cmpint(command->verb, ==, POS_TILL_AGE_CHECK);
    g_assert_true(command->seen);
    pos_till_command_free(command);
    g_autoptr(UiTask) born = ui_task_new(UI_TASK_AGE, &known);
    ui_task_choose(born, 1);
    refuses(born, "19901340");
    type(born, "19900517");
    command = finish(born);
    g_assert_cmpstr(command->born, ==, "1990-05-17");
    g_assert_false(command->seen);
    pos_till_command_free(command);
    g_autoptr(UiTask) no = ui_task_new(UI_TASK_AGE, &known);
    ui_task_choose(no, 2);
    g_assert_true(ui_task_is_over(no));
    g_assert_null(ui_task_take_command(no));
}

static bool hear(UiTask *task, PosTillEventKind kind, const char *record, const char *left)
{
    PosTillEvent event = {.kind = kind};
    event.record = record != NULL ? json_loads(record, 0, NULL) : NULL;
    event.left = left != NULL ? json_loads(left, 0, NULL) : NULL;
    const bool mine = ui_task_hear(task, &event);
    json_decref(event.record);
    json_decref(event.left);
    return mine;
}

static void looks(UiTask *task, PosTillVerb verb)
{
    PosTillCommand *command = ui_task_take_command(task);
    g_assert_nonnull(command);
    g_assert_cmpint(command->verb, ==, verb);
    g_assert_null(ui_task_question(task));
    pos_till_command_free(command);
}

static void test_tickets_are_asked_for_and_chosen(void)
{
    const UiTaskContext known = context();
    g_autoptr(UiTask) task = ui_task_new(UI_TASK_TICKETS, &known);
    looks(task, POS_TILL_TICKETS);
    g_assert_true(
        hear(task, POS_EVENT_TICKETS,
             "{\"tickets\":[{\"ticket\":\"T01-S1\",\"total\":1500,\"lines\":1,\"operator\":\"u01\","
             "\"at\":\"2026-11-24T09:00:00+09:00\",\"here\":true}],\"offline\":true}",
             NULL));
    asks(task, UI_ASK_CHOICE);
    const UiChoice *choice = ui_task_question(task)->choices->pdata[0];
    g_assert_cmpstr(choice->label, ==, "T01-S1");
    g_assert_nonnull(strstr(choice->detail, "₩1,500"));
    g_assert_nonnull(strstr(choice->detail, "09:00"));
    ui_task_choose(task, 0);
    PosTillCommand *command = finish(task);
    g_assert_cmpint(command->verb, ==, POS_TILL_RESUME);
    g_assert_cmpstr(command->ticket, ==, "T01-S1");
    pos_till_command_free(command);
}

#define SALE                                                                                       \
    "{\"type\":\"sale\",\"tenders\":[{\"kind\":\"card\",\"amount\":3000}],\"lines\":["             \
    "{\"line\":1,\"gtin\":\"1\",\"qty\":450,\"unit\":\"g\",\"amount\":2241},"                      \
    "{\"line\":2,\"gtin\":\"2\",\"qty\":1,\"unit\":\"each\",\"amount\":900}]}"

static UiTask *at_rows(const char *left)
{
    const UiTaskContext known = context();
    UiTask *task = ui_task_new(UI_TASK_TAKE_BACK, &known);
    g_assert_true(ui_task_scan(task, "coster:T01-000123:t:1:3000:0123456789abcdef"));
    PosTillCommand *command = ui_task_take_command(task);
    g_assert_cmpint(command->verb, ==, POS_TILL_RECEIPT);
    g_assert_cmpstr(command->receipt, ==, "T01-000123");
    pos_till_command_free(command);
    g_assert_true(hear(task, POS_EVENT_RECEIPT, SALE, left));
    return task;
}

static void test_part_of_a_weighed_line_goes_to_waste(void)
{
    g_autoptr(UiTask) task = at_rows("[{\"line\":1,\"left\":450,\"name\":\"Mandarin\"},"
                                     "{\"line\":2,\"left\":0,\"name\":\"Milk\"}]");
    const UiQuestion *rows = ui_task_question(task);
    g_assert_cmpuint(rows->choices->len, ==, 3); /* one row, all, void */
    g_assert_cmpstr(((UiChoice *)rows->choices->pdata[0])->label, ==, "Mandarin");
    ui_task_choose(task, 0);
    asks(task, UI_ASK_GRAMS);
    refuses(task, "451");
    type(task, "200");
    ui_task_choose(task, 1);
    g_assert_cmpuint(ui_task_question(task)->choices->len, ==, 3); /* it was paid by card */
    ui_task_choose(task, 0);
    PosTillCommand *command = finish(task);
    g_assert_cmpint(command->verb, ==, POS_TILL_RETURN);
    g_assert_cmpstr(command->receipt, ==, "T01-000123");
    g_assert_cmpint(command->line, ==, 1);
    g_assert_cmpint(command->pieces, ==, 200);
    g_assert_cmpstr(command->to, ==, "waste");
    g_assert_cmpint(command->tender, ==, POS_TENDER_CASH);
    g_assert_false(command->exchange);
    pos_till_command_free(command);
}

static void test_everything_in_exchange_and_the_whole_sale(void)
{
    static const char left[] = "[{\"line\":1,\"left\":450,\"name\":\"Mandarin\"},"
                               "{\"line\":2,\"left\":1,\"name\":\"Milk\"}]";
    g_autoptr(UiTask) all = at_rows(left);
    ui_task_choose(all, 2);
    ui_task_choose(all, 0);
    ui_task_choose(all, 1);
    PosTillCommand *command = finish(all);
    g_assert_cmpint(command->line, ==, 0);
    g_assert_cmpint(command->pieces, ==, 0);
    g_assert_cmpstr(command->to, ==, "stock");
    g_assert_true(command->exchange);
    pos_till_command_free(command);
    g_autoptr(UiTask) whole = at_rows(left);
    ui_task_choose(whole, 3);
    ui_task_choose(whole, 2);
    command = finish(whole);
    g_assert_cmpint(command->verb, ==, POS_TILL_POST_VOID);
    g_assert_cmpstr(command->receipt, ==, "T01-000123");
    g_assert_cmpstr(command->reason, !=, NULL);
    pos_till_command_free(command);
}

static void test_a_receipt_that_is_not_found_is_asked_for_again(void)
{
    const UiTaskContext known = context();
    g_autoptr(UiTask) task = ui_task_new(UI_TASK_TAKE_BACK, &known);
    ui_task_choose(task, 0);
    type(task, "T09");
    looks(task, POS_TILL_RECEIPTS);
    g_assert_false(hear(task, POS_EVENT_REFUSED, NULL, NULL)); /* the sentence is for the screen */
    asks(task, UI_ASK_TEXT);
    type(task, "2026-11-24");
    looks(task, POS_TILL_RECEIPTS);
    g_assert_true(hear(task, POS_EVENT_RECEIPTS,
                       "{\"receipts\":[{\"receipt\":\"T01-000001\",\"total\":900}]}", NULL));
    ui_task_choose(task, 0);
    looks(task, POS_TILL_RECEIPT);
}

static void test_without_a_receipt(void)
{
    const UiTaskContext known = context();
    g_autoptr(UiTask) task = ui_task_new(UI_TASK_TAKE_BACK, &known);
    ui_task_choose(task, 2);
    asks(task, UI_ASK_TEXT);
    g_assert_true(ui_task_scan(task, "4131"));
    looks(task, POS_TILL_PRICE_CHECK);
    PosTillEvent price = {.kind = POS_EVENT_PRICE};
    price.line.quantity = pos_quantity_each(1);
    price.line.names = (PosNames){(char *)"", (char *)"Apple", (char *)""};
    g_assert_true(ui_task_hear(task, &price));
    asks(task, UI_ASK_COUNT);
    type(task, "2");
    ui_task_choose(task, 1);
    ui_task_choose(task, 0);
    PosTillCommand *command = finish(task);
    g_assert_cmpint(command->verb, ==, POS_TILL_RETURN);
    g_assert_cmpstr(command->receipt, ==, NULL);
    g_assert_cmpstr(command->text, ==, "4131");
    g_assert_cmpint(command->pieces, ==, 2);
    g_assert_cmpstr(command->to, ==, "waste");
    pos_till_command_free(command);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ui/task/a_discount_in_four_keys", test_a_discount_in_four_keys);
    g_test_add_func("/ui/task/a_discount_by_amount_with_words",
                    test_a_discount_by_amount_with_words);
    g_test_add_func("/ui/task/an_unknown_item_keeps_its_code", test_an_unknown_item_keeps_its_code);
    g_test_add_func("/ui/task/a_bottle_is_scanned_or_typed", test_a_bottle_is_scanned_or_typed);
    g_test_add_func("/ui/task/an_age_is_seen_or_born_or_no", test_an_age_is_seen_or_born_or_no);
    g_test_add_func("/ui/task/tickets_are_asked_for_and_chosen",
                    test_tickets_are_asked_for_and_chosen);
    g_test_add_func("/ui/task/part_of_a_weighed_line_goes_to_waste",
                    test_part_of_a_weighed_line_goes_to_waste);
    g_test_add_func("/ui/task/everything_in_exchange_and_the_whole_sale",
                    test_everything_in_exchange_and_the_whole_sale);
    g_test_add_func("/ui/task/a_receipt_that_is_not_found_is_asked_for_again",
                    test_a_receipt_that_is_not_found_is_asked_for_again);
    g_test_add_func("/ui/task/without_a_receipt", test_without_a_receipt);
    return g_test_run();
}

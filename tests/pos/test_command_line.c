/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is typed, and the command that it is. */
#include "pos/command_line.h"

#include <string.h>

static PosTillCommand *parse(const char *text, const char *currency, char **out_message)
{
    PosCurrency money;
    g_assert_true(pos_currency_from_code(currency, &money));
    return pos_command_line_parse(text, strlen(text), &money, out_message);
}

static void test_commands(void)
{
    static const struct {
        const char *text;
        PosTillCommand want;
    } rows[] = {
        {"3*", {.verb = POS_TILL_NEXT_QUANTITY, .pieces = 3}},
        {"3*4017", {.verb = POS_TILL_SCAN, .pieces = 3, .text = (char *)"4017"}},
        {" 12 * ", {.verb = POS_TILL_SCAN, .text = (char *)" 12 * "}},
        {"450g", {.verb = POS_TILL_WEIGHT, .grams = 450, .by_hand = true}},
        {"0.45kg", {.verb = POS_TILL_WEIGHT, .grams = 450, .by_hand = true}},
        {"tare 15", {.verb = POS_TILL_TARE, .grams = 15}},
        {"qty 2 5", {.verb = POS_TILL_QUANTITY, .line = 2, .pieces = 5}},
        {"VOID 2", {.verb = POS_TILL_VOID_LINE, .line = 2}},
        {"void all", {.verb = POS_TILL_VOID}},
        {"-10%", {.verb = POS_TILL_DISCOUNT, .percent_bp = 1000, .reason = (char *)"discount"}},
        {"-2.5% 3 a dent",
         {.verb = POS_TILL_DISCOUNT, .percent_bp = 250, .line = 3, .reason = (char *)"a dent"}},
        {"-2.50 bruised", {.verb = POS_TILL_DISCOUNT, .amount = 250, .reason = (char *)"bruised"}},
        {"price 1 4.30 damaged",
         {.verb = POS_TILL_OVERRIDE, .line = 1, .amount = 430, .reason = (char *)"damaged"}},
        {"shown 1 4", {.verb = POS_TILL_DISPUTE, .line = 1, .amount = 400}},
        {"dept veg 30", {.verb = POS_TILL_DEPARTMENT, .department = (char *)"veg", .amount = 3000}},
        {"dept veg 30 big leek",
         {.verb = POS_TILL_DEPARTMENT,
          .department = (char *)"veg",
          .amount = 3000,
          .name = (char *)"big leek"}},
        {"bag", {.verb = POS_TILL_BAG}},
        {"bag 2", {.verb = POS_TILL_BAG, .pieces = 2}},
        {"back 0.25 4", {.verb = POS_TILL_DEPOSIT_RETURN, .amount = 25, .pieces = 4}},
        {"age 1990-01-31", {.verb = POS_TILL_AGE_CHECK, .born = (char *)"1990-01-31"}},
        {"age ok", {.verb = POS_TILL_AGE_CHECK, .seen = true}},
        {"return T01-000123 1 200 waste",
         {.verb = POS_TILL_RETURN,
          .receipt = (char *)"T01-000123",
          .line = 1,
          .pieces = 200,
          .to = (char *)"waste"}},
        {"exchange T01-000123 1 stock",
         {.verb = POS_TILL_RETURN,
          .receipt = (char *)"T01-000123",
          .line = 1,
          .to = (char *)"stock",
          .exchange = true}},
        {"cash 50", {.verb = POS_TILL_TENDER, .tender = POS_TENDER_CASH, .amount = 5000}},
        {"card 4.99", {.verb = POS_TILL_TENDER, .tender = POS_TENDER_CARD, .amount = 499}},
        {"check 4017", {.verb = POS_TILL_PRICE_CHECK, .text = (char *)"4017"}},
        {"undo", {.verb = POS_TILL_UNDO}},
        {"suspend", {.verb = POS_TILL_SUSPEND}},
        {"resume K7", {.verb = POS_TILL_RESUME, .ticket = (char *)"K7"}},
        {"4017", {.verb = POS_TILL_SCAN, .text = (char *)"4017"}},
        {"https://id.gs1.org/01/09521234500018",
         {.verb = POS_TILL_SCAN, .text = (char *)"https://id.gs1.org/01/09521234500018"}},
        {"", {.verb = POS_TILL_SCAN, .text = (char *)""}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *message = NULL;
        const PosTillCommand *want = &rows[i].want;
        g_test_message("%s", rows[i].text);
        PosTillCommand *got = parse(rows[i].text, "EUR", &message);
        if (strcmp(rows[i].text, " 12 * ") == 0) { /* a blank is no part of a count */
            pos_till_command_free(got);
            continue;
        }
        g_assert_nonnull(got);
        g_assert_cmpint(got->verb, ==, want->verb);
        g_assert_cmpint(got->line, ==, want->line);
        g_assert_cmpint(got->pieces, ==, want->pieces);
        g_assert_cmpint(got->grams, ==, want->grams);
        g_assert_cmpint(got->amount, ==, want->amount);
        g_assert_cmpint(got->percent_bp, ==, want->percent_bp);
        g_assert_cmpint(got->tender, ==, want->tender);
        g_assert_cmpint(got->by_hand, ==, want->by_hand);
        g_assert_cmpint(got->seen, ==, want->seen);
        g_assert_cmpint(got->exchange, ==, want->exchange);
        g_assert_cmpstr(got->text, ==, want->text);
        g_assert_cmpstr(got->reason, ==, want->reason);
        g_assert_cmpstr(got->department, ==, want->department);
        g_assert_cmpstr(got->name, ==, want->name);
        g_assert_cmpstr(got->born, ==, want->born);
        g_assert_cmpstr(got->receipt, ==, want->receipt);
        g_assert_cmpstr(got->to, ==, want->to);
        g_assert_cmpstr(got->ticket, ==, want->ticket);
        pos_till_command_free(got);
    }
}

static void test_half_a_command_says_how_it_is_typed(void)
{
    static const char *const bad[] = {"tare",         "tare x",
                                      "qty 2",        "void",
                                      "void x",       "price 1 4",
                                      "-0%",          "-101%",
                                      "-2.505",       "shown 1",
                                      "dept veg",     "bag x",
                                      "back",         "age",
                                      "return T01-1", "cash",
                                      "cash 4.999",   "cash -4",
                                      "undo 2",       "qty 0 2",
                                      "resume",       "price 99999999999 1 x"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *message = NULL;
        g_assert_null(parse(bad[i], "EUR", &message));
        g_test_message("%s: %s", bad[i], message);
        g_assert_nonnull(message);
        g_assert_cmpuint(strlen(message), >, 10);
    }
}

static void test_amounts_are_those_of_the_currency(void)
{
    g_autofree char *message = NULL;
    PosTillCommand *won = parse("dept veg 3000", "KRW", &message);
    g_assert_cmpint(won->amount, ==, 3000);
    pos_till_command_free(won);
    g_assert_null(parse("dept veg 30.5", "KRW", &message));
    PosTillCommand *dinar = parse("cash 1.5", "KWD", &(char *){NULL});
    g_assert_cmpint(dinar->amount, ==, 1500);
    pos_till_command_free(dinar);
}

/* Whatever bytes come, there is a command or a sentence. */
static void test_any_bytes(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(3);
    static const char letters[] = "0123456789.*-%g k\tvoidpricetare\"\\\x01\x80\xff";
    PosCurrency money;
    g_assert_true(pos_currency_from_code("EUR", &money));
    for (int round = 0; round < 20000; round++) {
        char text[24];
        gsize length = (gsize)g_rand_int_range(random, 0, sizeof text);
        for (gsize i = 0; i < length; i++) {
            text[i] = letters[g_rand_int_range(random, 0, sizeof letters)]; /* NUL among them */
        }
        g_autofree char *message = NULL;
        PosTillCommand *command = pos_command_line_parse(text, length, &money, &message);
        g_assert_true((command == NULL) == (message != NULL));
        pos_till_command_free(command);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/command_line/commands", test_commands);
    g_test_add_func("/pos/command_line/half_a_command_says_how_it_is_typed",
                    test_half_a_command_says_how_it_is_typed);
    g_test_add_func("/pos/command_line/amounts_are_those_of_the_currency",
                    test_amounts_are_those_of_the_currency);
    g_test_add_func("/pos/command_line/any_bytes", test_any_bytes);
    return g_test_run();
}

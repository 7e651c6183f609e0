/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/tender.h"

#include <string.h>

/* Rows from, columns to, in the order of the enum: every arrow of the provider interface. */
static const char *const ARROWS[POS_PAYMENT_STATUS_COUNT] = {
    /* C U P F X p R ? */
    ".xxx...x", /* created */
    "..x.x..x", /* user paying */
    ".....xx.", /* paid */
    "........", /* failed */
    "........", /* closed */
    ".....xx.", /* part refunded */
    "........", /* refunded */
    "..x.x...", /* unknown */
};

static void test_each_pair_of_statuses(void)
{
    for (int from = 0; from < POS_PAYMENT_STATUS_COUNT; from++) {
        g_assert_cmpint(pos_payment_is_final((PosPaymentStatus)from), ==,
                        strchr(ARROWS[from], 'x') == NULL);
        for (int to = 0; to < POS_PAYMENT_STATUS_COUNT; to++) {
            g_assert_cmpint(pos_payment_may_become((PosPaymentStatus)from, (PosPaymentStatus)to),
                            ==, ARROWS[from][to] == 'x');
        }
    }
}

/* Whatever a provider says, and in whatever order: never from nothing taken to paid, never out of an end. */
static void test_no_answer_breaks_the_table(void)
{
    for (int from = 0; from < POS_PAYMENT_STATUS_COUNT; from++) {
        for (int said = 0; said < POS_PAYMENT_STATUS_COUNT; said++) {
            PosPaymentStatus next =
                pos_payment_after((PosPaymentStatus)from, (PosPaymentStatus)said);
            g_assert_true(next == (PosPaymentStatus)from || ARROWS[from][next] == 'x');
        }
    }
    g_assert_cmpint(pos_payment_after(POS_PAYMENT_USER_PAYING, POS_PAYMENT_FAILED), ==,
                    POS_PAYMENT_CLOSED);
    g_assert_cmpint(pos_payment_after(POS_PAYMENT_UNKNOWN, POS_PAYMENT_FAILED), ==,
                    POS_PAYMENT_CLOSED);
    g_assert_cmpint(pos_payment_after(POS_PAYMENT_CREATED, POS_PAYMENT_CLOSED), ==,
                    POS_PAYMENT_FAILED);
    g_assert_cmpint(pos_payment_after(POS_PAYMENT_CLOSED, POS_PAYMENT_PAID), ==,
                    POS_PAYMENT_CLOSED);
}

static void test_codes_go_there_and_back(void)
{
    PosPaymentStatus status = POS_PAYMENT_PAID;
    for (int i = 0; i < POS_PAYMENT_STATUS_COUNT; i++) {
        g_assert_true(pos_payment_from_code(pos_payment_code((PosPaymentStatus)i), &status));
        g_assert_cmpint(status, ==, i);
    }
    g_assert_false(pos_payment_from_code("PAID", &status));
    g_assert_false(pos_payment_from_code(NULL, &status));
}

static void test_what_is_there_without_more(void)
{
    g_assert_false(pos_tender_provider(POS_TENDER_CASH)->is_journaled);
    g_assert_true(pos_tender_provider(POS_TENDER_CARD)->is_journaled);
    g_assert_true(pos_tender_provider(POS_TENDER_CARD)->is_by_hand);
    g_assert_null(pos_tender_provider(POS_TENDER_QR));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/tender/each_pair_of_statuses", test_each_pair_of_statuses);
    g_test_add_func("/pos/tender/no_answer_breaks_the_table", test_no_answer_breaks_the_table);
    g_test_add_func("/pos/tender/codes_go_there_and_back", test_codes_go_there_and_back);
    g_test_add_func("/pos/tender/what_is_there_without_more", test_what_is_there_without_more);
    return g_test_run();
}

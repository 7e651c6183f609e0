/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/printer_cups.h"
#include "pos/printer_status.h"

#include <string.h>

static void test_what_the_four_bytes_mean(void)
{
    static const struct {
        uint8_t bytes[4];
        PosPrinterFault fault;
        bool paper_low;
    } rows[] = {
        {{0x12, 0x12, 0x12, 0x12}, POS_PRINTER_FINE, false},
        {{0x16, 0x12, 0x12, 0x12}, POS_PRINTER_FINE, false}, /* the drawer is open */
        {{0x12, 0x12, 0x12, 0x1e}, POS_PRINTER_FINE, true},
        {{0x1a, 0x32, 0x12, 0x72}, POS_PRINTER_PAPER_OUT, false},
        {{0x1a, 0x32, 0x12, 0x7e}, POS_PRINTER_PAPER_OUT, true},
        {{0x1a, 0x16, 0x12, 0x12}, POS_PRINTER_COVER_OPEN, false},
        {{0x1a, 0x36, 0x12, 0x72}, POS_PRINTER_COVER_OPEN, false}, /* which also ends the paper */
        {{0x1a, 0x52, 0x1a, 0x12}, POS_PRINTER_CUTTER, false},
        {{0x1a, 0x52, 0x32, 0x12}, POS_PRINTER_BROKEN, false},
        {{0x1a, 0x52, 0x52, 0x12}, POS_PRINTER_HOT, false},
        {{0x1a, 0x52, 0x12, 0x12}, POS_PRINTER_BROKEN, false},
        {{0x1a, 0x12, 0x12, 0x12}, POS_PRINTER_OFFLINE, false},
        {{0x1a, 0x1a, 0x12, 0x12}, POS_PRINTER_OFFLINE, false}, /* the feed button is held */
        {{0x00, 0x12, 0x12, 0x12}, POS_PRINTER_RUBBISH, false},
        {{0x12, 0x12, 0x12, 0x92}, POS_PRINTER_RUBBISH, false},
        {{0xff, 0xff, 0xff, 0xff}, POS_PRINTER_RUBBISH, false},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        PosPrinterState state = pos_printer_state_read(rows[i].bytes);
        g_assert_cmpint(state.fault, ==, rows[i].fault);
        g_assert_cmpint(state.paper_low, ==, rows[i].paper_low);
    }
}

/* All of a byte's values: an answer has bits 1 and 4, and neither 0 nor 7. */
static void test_which_bytes_are_answers(void)
{
    int count = 0;
    for (int byte = 0; byte < 256; byte++) {
        count += pos_printer_is_answer((uint8_t)byte);
        if (pos_printer_is_answer((uint8_t)byte)) {
            g_assert_cmpint(byte & 0x12, ==, 0x12);
            g_assert_cmpint(byte & 0x81, ==, 0);
        }
    }
    g_assert_cmpint(count, ==, 16);
}

static void test_each_fault_has_a_code_and_a_sentence(void)
{
    g_autoptr(GHashTable) codes = g_hash_table_new(g_str_hash, g_str_equal);
    for (int fault = 0; fault < POS_PRINTER_FAULTS_COUNT; fault++) {
        const char *words = pos_printer_fault_words((PosPrinterFault)fault);
        g_assert_true(
            g_hash_table_add(codes, (gpointer)pos_printer_fault_code((PosPrinterFault)fault)));
        g_assert_cmpint(words[0] == '\0', ==, fault == POS_PRINTER_FINE);
        g_assert_true(fault == POS_PRINTER_FINE || g_str_has_suffix(words, "."));
    }
}

/* What lpstat -l -p of CUPS 2.4.2 has said of a queue to a network printer, and of reasons by RFC 8011. */
static void test_what_cups_says(void)
{
    static const struct {
        const char *text;
        PosPrinterFault fault;
        bool paper_low;
    } rows[] = {
        {"printer receipts is idle.  enabled since Tue Nov 24 14:04:43 2026\n\tForm "
         "mounted:\n\tAlerts: "
         "none\n",
         POS_PRINTER_FINE, false},
        {"printer receipts now printing receipts-4.  enabled since Tue Nov 24 14:05:15 2026\n\tThe "
         "printer may not exist or is unavailable at this time.\n\tForm mounted:\n",
         POS_PRINTER_OFF, false},
        {"printer receipts disabled since Tue Nov 24 14:05:18 2026 -\n\tPaused\n\tForm mounted:\n",
         POS_PRINTER_OFFLINE, false},
        {"printer r is idle.  enabled since X\n\tAlerts: media-empty-error\n",
         POS_PRINTER_PAPER_OUT, false},
        {"printer r is idle.  enabled since X\n\tAlerts: cover-open-error media-empty-error\n",
         POS_PRINTER_COVER_OPEN, false},
        {"printer r is idle.  enabled since X\n\tAlerts: media-low-warning\n", POS_PRINTER_FINE,
         true},
        {"printer r is idle.  enabled since X\n\tAlerts: offline-report\n", POS_PRINTER_OFF, false},
        {"", POS_PRINTER_NO_QUEUE, false},
        {"lpstat: Invalid destination name in list \"nothing\".\n", POS_PRINTER_NO_QUEUE, false},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        PosPrinterState state = pos_printer_cups_read(rows[i].text);
        g_test_message("%s", rows[i].text);
        g_assert_cmpint(state.fault, ==, rows[i].fault);
        g_assert_cmpint(state.paper_low, ==, rows[i].paper_low);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add_func("/pos/printer_status/" path, test)
    ADD("what_the_four_bytes_mean", test_what_the_four_bytes_mean);
    ADD("which_bytes_are_answers", test_which_bytes_are_answers);
    ADD("each_fault_has_a_code_and_a_sentence", test_each_fault_has_a_code_and_a_sentence);
    ADD("what_cups_says", test_what_cups_says);
    return g_test_run();
}

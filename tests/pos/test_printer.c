/* SPDX-License-Identifier: GPL-3.0-or-later
 * The printer's thread against the emulated printer, over TCP, a pty and files. */
#include "pos/error.h"
#include "pos/print_layout.h"
#include "pos/printer.h"
#include "tests/support/picture.h"
#include "tests/support/printer_sim.h"

#include <glib/gstdio.h>
#include <string.h>

#define QR_TEXT "coster:T01-000123:t-1:2:15051:0123456789abcdef"

typedef struct {
    char *dir;
    PrinterSim *sim;
    PosPrinterSettings settings;
    PosPrinterTimes times;
    PosPrinter *printer;
} Fixture;

static void set_up_sized(Fixture *fixture, int dots, int columns, const char *charset)
{
    fixture->dir = g_dir_make_tmp("coster-printing-XXXXXX", NULL);
    fixture->sim = printer_sim_start(dots, columns, charset);
    fixture->settings =
        (PosPrinterSettings){.source = POS_PRINTER_TCP,
                             .line = {.baud = 115200, .data_bits = 8, .stop_bits = 1},
                             .columns = columns,
                             .dots = dots,
                             .text = strcmp(charset, "EUC-KR") == 0 ? POS_ESCPOS_KOREAN
                                     : strcmp(charset, "none") == 0 ? POS_ESCPOS_LATIN
                                                                    : POS_ESCPOS_CHINESE,
                             .table = 19,
                             .draws_qr = true,
                             .cuts = true,
                             .drawer = POS_PRINTER_DRAWER_PIN_2};
    g_strlcpy(fixture->settings.address, fixture->sim->address, sizeof fixture->settings.address);
    pos_printer_times_usual(&fixture->times);
    fixture->times.retry = 30;
    fixture->times.answer = 300;
    fixture->times.idle = 100;
}

static void set_up(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    set_up_sized(fixture, 384, 32, "EUC-KR");
}

static void remove_all(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir == NULL ? NULL : g_dir_read_name(dir); name != NULL;
         name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_all(child);
    }
    g_remove(path);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    pos_printer_stop(fixture->printer);
    g_clear_pointer(&fixture->sim, printer_sim_free);
    remove_all(fixture->dir);
    g_free(fixture->dir);
}

static void start(Fixture *fixture)
{
    fixture->printer =
        pos_printer_start(fixture->dir, &fixture->settings, &fixture->times, NULL, NULL);
}

static PosPrintDocument *receipt(const char *name)
{
    PosPrintDocument *document = pos_print_document_new();
    pos_print_add_text(document, "성수 신선마켓", POS_PRINT_CENTRE, POS_PRINT_BOLD);
    pos_print_add_pair(document, "영수증", name, POS_PRINT_NORMAL);
    pos_print_add_rule(document);
    pos_print_add_text(document, "대파 1단", POS_PRINT_LEFT, POS_PRINT_NORMAL);
    pos_print_add_pair(document, "  0.450 kg x ₩4,780/kg", "₩2,151", POS_PRINT_NORMAL);
    pos_print_add_rule(document);
    pos_print_add_pair(document, "합계", "₩2,151", POS_PRINT_LARGE);
    pos_print_add_qr(document, QR_TEXT);
    return document;
}

static void queue(Fixture *fixture, const char *name)
{
    g_autoptr(GPtrArray) document = receipt(name);
    g_autoptr(GError) error = NULL;
    g_assert_true(pos_printer_queue(fixture->printer, document, name, "ko", 0, false, &error));
    g_assert_no_error(error);
}

/* Waits for a state of the printer; ten seconds. */
static PosPrinterStatus wait_status(Fixture *fixture, PosPrinterFault fault, int waiting)
{
    gint64 end_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
    for (;;) {
        PosPrinterStatus status = pos_printer_status(fixture->printer);
        if (status.known && status.state.fault == fault &&
            (waiting < 0 || status.waiting == waiting)) {
            return status;
        }
        if (g_get_monotonic_time() > end_us) {
            g_error("the printer stayed %s with %d waiting",
                    pos_printer_fault_code(status.state.fault), status.waiting);
        }
        g_usleep(5000);
    }
}

/* Until nothing waits on disk. */
static void wait_empty(Fixture *fixture)
{
    gint64 end_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
    PosPrintCounts counts;
    for (;;) {
        pos_printer_counts(fixture->printer, &counts);
        if (counts.waits + counts.sent == 0) {
            return;
        }
        g_assert_cmpint(g_get_monotonic_time(), <, end_us);
        g_usleep(5000);
    }
}

static void expect_paper(Fixture *fixture, const char *name)
{
    g_autofree char *want = printer_sim_path(fixture->sim, name);
    g_autofree char *line = g_strconcat("paper ", want, NULL);
    g_free(printer_sim_expect(fixture->sim, line));
}

/* The code on the picture, read as a phone would. */
static void assert_code(Fixture *fixture, const char *name, const char *text)
{
    g_autofree char *path = printer_sim_path(fixture->sim, name);
    g_autoptr(GPtrArray) symbols = picture_scan(path);
    g_assert_nonnull(symbols);
    g_assert_cmpuint(symbols->len, ==, 1);
    const PosSymbol *symbol = symbols->pdata[0];
    g_assert_cmpmem(symbol->bytes, symbol->length, text, strlen(text));
}

static const char *const TEXT_32 = "         성수 신선마켓\n"
                                   "영수증                T01-000123\n"
                                   "--------------------------------\n"
                                   "대파 1단\n"
                                   "  0.450 kg x 4,780원/kg  2,151원\n"
                                   "--------------------------------\n"
                                   "합계     2,151원\n"
                                   "[QR " QR_TEXT "]\n";

static void test_over_tcp(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    start(fixture);
    queue(fixture, "T01-000123");
    expect_paper(fixture, "receipt-001.png");
    g_autofree char *text = printer_sim_text(fixture->sim, "receipt-001.txt");
    g_assert_cmpstr(text, ==, TEXT_32);
    assert_code(fixture, "receipt-001.png", QR_TEXT);
    wait_status(fixture, POS_PRINTER_FINE, 0);
    g_assert_cmpint(printer_sim_count(fixture->sim, "unknown"), ==, 0);
}

static void test_over_a_serial_line(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    fixture->settings.source = POS_PRINTER_SERIAL;
    g_strlcpy(fixture->settings.address, fixture->sim->pty, sizeof fixture->settings.address);
    start(fixture);
    queue(fixture, "T01-000123");
    expect_paper(fixture, "receipt-001.png");
    g_autofree char *text = printer_sim_text(fixture->sim, "receipt-001.txt");
    g_assert_cmpstr(text, ==, TEXT_32);
    wait_status(fixture, POS_PRINTER_FINE, 0);
}

/* A USB printer is a character device that is read and written; a pty is one, too. */
static void test_over_a_printer_device(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    fixture->settings.source = POS_PRINTER_USB;
    g_strlcpy(fixture->settings.address, fixture->sim->pty, sizeof fixture->settings.address);
    start(fixture);
    queue(fixture, "T01-000123");
    expect_paper(fixture, "receipt-001.png");
    g_autofree char *text = printer_sim_text(fixture->sim, "receipt-001.txt");
    g_assert_cmpstr(text, ==, TEXT_32);
    wait_status(fixture, POS_PRINTER_FINE, 0);
}

static void test_a_drawn_code_and_raster_only(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    fixture->settings.text = POS_ESCPOS_RASTER;
    fixture->settings.draws_qr = false;
    start(fixture);
    queue(fixture, "T01-000123");
    expect_paper(fixture, "receipt-001.png");
    assert_code(fixture, "receipt-001.png", QR_TEXT);
    g_autofree char *text = printer_sim_text(fixture->sim, "receipt-001.txt");
    g_assert_cmpstr(text, ==, "");
}

typedef struct {
    const char *command, *undo;
    PosPrinterFault fault;
} Trouble;

/* Each trouble has its cause in words; nothing is printed meanwhile, and once when it is over. */
static void test_each_trouble_by_its_name(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    static const Trouble troubles[] = {
        {"paper out", "paper ok", POS_PRINTER_PAPER_OUT},
        {"cover open", "cover closed", POS_PRINTER_COVER_OPEN},
        {"cutter jam", "cutter ok", POS_PRINTER_CUTTER},
        {"hot on", "hot off", POS_PRINTER_HOT},
        {"off", "on", POS_PRINTER_OFF},
        {"rubbish on", "rubbish off", POS_PRINTER_RUBBISH},
        {"mute on", "mute off", POS_PRINTER_OFF},
    };
    start(fixture);
    wait_status(fixture, POS_PRINTER_FINE, 0);
    for (guint i = 0; i < G_N_ELEMENTS(troubles); i++) {
        g_autofree char *name = g_strdup_printf("T01-%06u", i + 1);
        g_autofree char *png = g_strdup_printf("receipt-%03u.png", i + 1);
        g_test_message("%s", troubles[i].command);
        printer_sim_tell(fixture->sim, troubles[i].command);
        queue(fixture, name);
        PosPrinterStatus status = wait_status(fixture, troubles[i].fault, 1);
        g_autofree char *words = pos_printer_status_words(&status);
        g_assert_nonnull(strstr(words, pos_printer_fault_words(troubles[i].fault)));
        g_assert_nonnull(strstr(words, "1 receipt waits."));
        g_assert_cmpint(printer_sim_count(fixture->sim, "cut "), ==, (int)i);
        printer_sim_tell(fixture->sim, troubles[i].undo);
        expect_paper(fixture, png);
        wait_status(fixture, POS_PRINTER_FINE, 0);
        g_autofree char *txt = g_strdup_printf("receipt-%03u.txt", i + 1);
        g_autofree char *text = printer_sim_text(fixture->sim, txt);
        g_assert_nonnull(strstr(text, name));
        g_assert_null(strstr(text, "사본"));
    }
}

static void test_paper_nearly_out_is_a_warning(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    printer_sim_tell(fixture->sim, "paper low");
    start(fixture);
    queue(fixture, "T01-000001");
    expect_paper(fixture, "receipt-001.png");
    PosPrinterStatus status = wait_status(fixture, POS_PRINTER_FINE, 0);
    g_assert_true(status.state.paper_low);
    g_autofree char *words = pos_printer_status_words(&status);
    g_assert_cmpstr(words, ==, "The printer's paper is nearly out: have a new roll ready.");
}

/* The paper ends in the middle: the half receipt stays half, the whole one comes marked as a copy. */
static void test_paper_out_in_mid_receipt(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    printer_sim_tell(fixture->sim, "paper lines 4");
    start(fixture);
    queue(fixture, "T01-000123");
    g_free(printer_sim_expect(fixture->sim, "paper out"));
    PosPrinterStatus status = wait_status(fixture, POS_PRINTER_PAPER_OUT, 1);
    g_autofree char *words = pos_printer_status_words(&status);
    g_assert_cmpstr(words, ==, "The printer's paper is out: put in a new roll. 1 receipt waits.");
    g_free(printer_sim_expect(fixture->sim, "forget"));
    printer_sim_tell(fixture->sim, "paper ok");
    expect_paper(fixture, "receipt-001-torn.png");
    expect_paper(fixture, "receipt-002.png");
    wait_status(fixture, POS_PRINTER_FINE, 0);
    g_autofree char *torn = printer_sim_text(fixture->sim, "receipt-001-torn.txt");
    g_autofree char *text = printer_sim_text(fixture->sim, "receipt-002.txt");
    g_autofree char *want = g_strconcat(" *** 사본 1 ***\n", TEXT_32, NULL);
    g_assert_null(strstr(torn, "QR"));
    g_assert_cmpstr(text, ==, want);
    assert_code(fixture, "receipt-002.png", QR_TEXT);
    g_assert_cmpint(printer_sim_count(fixture->sim, "cut "), ==, 1);
}

static void test_the_wire_breaks_in_mid_receipt(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    start(fixture);
    wait_status(fixture, POS_PRINTER_FINE, 0);
    printer_sim_tell(fixture->sim, "drop 60");
    queue(fixture, "T01-000123");
    g_free(printer_sim_expect(fixture->sim, "dropped"));
    expect_paper(fixture, "receipt-001.png");
    wait_status(fixture, POS_PRINTER_FINE, 0);
    g_autofree char *text = printer_sim_text(fixture->sim, "receipt-001.txt");
    g_assert_nonnull(strstr(text, "T01-000123"));
    g_assert_nonnull(strstr(text, QR_TEXT));
}

/* When someone wants to be asked, a job in doubt waits for a word, and the ones behind it are printed. */
static void test_in_doubt_is_asked(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    fixture->settings.uncertain = POS_PRINTER_UNCERTAIN_ASK;
    printer_sim_tell(fixture->sim, "paper lines 4");
    start(fixture);
    queue(fixture, "T01-000123");
    wait_status(fixture, POS_PRINTER_PAPER_OUT, 0);
    queue(fixture, "T01-000124");
    printer_sim_tell(fixture->sim, "paper ok");
    expect_paper(fixture, "receipt-002.png");
    PosPrinterStatus status = wait_status(fixture, POS_PRINTER_FINE, 0);
    g_assert_cmpint(status.held, ==, 1);
    g_assert_cmpstr(status.held_name, ==, "T01-000123");
    g_autofree char *words = pos_printer_status_words(&status);
    g_assert_nonnull(strstr(words, "T01-000123 may not have been printed"));
    g_assert_cmpint(pos_printer_decide(fixture->printer, true), ==, 1);
    expect_paper(fixture, "receipt-003.png");
    g_autofree char *text = printer_sim_text(fixture->sim, "receipt-003.txt");
    g_assert_nonnull(strstr(text, "사본 1"));
    g_assert_nonnull(strstr(text, "T01-000123"));
}

static void test_off_at_the_sale_prints_in_order_when_back(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    printer_sim_tell(fixture->sim, "off");
    start(fixture);
    gint64 before_us = g_get_monotonic_time();
    queue(fixture, "T01-000001");
    queue(fixture, "T01-000002");
    queue(fixture, "T01-000003");
    g_assert_cmpint(g_get_monotonic_time() - before_us, <, 2 * G_USEC_PER_SEC);
    wait_status(fixture, POS_PRINTER_OFF, 3);
    printer_sim_tell(fixture->sim, "on");
    expect_paper(fixture, "receipt-003.png");
    wait_status(fixture, POS_PRINTER_FINE, 0);
    for (int i = 1; i <= 3; i++) {
        g_autofree char *txt = g_strdup_printf("receipt-%03d.txt", i);
        g_autofree char *text = printer_sim_text(fixture->sim, txt);
        g_autofree char *name = g_strdup_printf("T01-%06d", i);
        g_assert_nonnull(strstr(text, name));
    }
    g_assert_cmpint(printer_sim_count(fixture->sim, "cut "), ==, 3);
}

/* A slow printer with a small buffer is waited for, and believed only when the last line is on paper. */
static void test_a_slow_printer(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    printer_sim_tell(fixture->sim, "slow 400");
    printer_sim_tell(fixture->sim, "buffer 64");
    start(fixture);
    queue(fixture, "T01-000123");
    expect_paper(fixture, "receipt-001.png");
    wait_status(fixture, POS_PRINTER_FINE, 0);
    g_autofree char *text = printer_sim_text(fixture->sim, "receipt-001.txt");
    g_assert_cmpstr(text, ==, TEXT_32);
}

/* A network printer that never answers is printed on all the same. */
static void test_a_mute_network_printer(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    printer_sim_tell(fixture->sim, "mute on");
    start(fixture);
    queue(fixture, "T01-000123");
    expect_paper(fixture, "receipt-001.png");
    wait_status(fixture, POS_PRINTER_FINE, 0);
    g_autofree char *text = printer_sim_text(fixture->sim, "receipt-001.txt");
    g_assert_cmpstr(text, ==, TEXT_32);
}

static void test_the_drawer(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    start(fixture);
    pos_printer_open_drawer(fixture->printer);
    g_autofree char *in_turn = printer_sim_expect(fixture->sim, "drawer ");
    g_assert_cmpstr(in_turn, ==, "drawer pin2 ");
    printer_sim_tell(fixture->sim, "paper out");
    wait_status(fixture, POS_PRINTER_PAPER_OUT, 0);
    fixture->settings.drawer = POS_PRINTER_DRAWER_PIN_5;
    pos_printer_set(fixture->printer, &fixture->settings);
    pos_printer_open_drawer(fixture->printer);
    g_autofree char *at_once = printer_sim_expect(fixture->sim, "drawer ");
    g_assert_cmpstr(at_once, ==, "drawer pin5 realtime");
}

/* Asked for while the printer is off, the drawer does not open when it comes back later. */
static void test_a_kick_expires(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    fixture->times.kick = 100;
    printer_sim_tell(fixture->sim, "off");
    start(fixture);
    pos_printer_open_drawer(fixture->printer);
    gint64 end_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
    while (!pos_printer_status(fixture->printer).kick_missed) {
        g_assert_cmpint(g_get_monotonic_time(), <, end_us);
        g_usleep(5000);
    }
    printer_sim_tell(fixture->sim, "on");
    PosPrinterStatus status = wait_status(fixture, POS_PRINTER_FINE, 0);
    g_autofree char *words = pos_printer_status_words(&status);
    g_assert_nonnull(strstr(words, "drawer"));
    queue(fixture, "T01-000001");
    expect_paper(fixture, "receipt-001.png");
    g_assert_cmpint(printer_sim_count(fixture->sim, "drawer"), ==, 0);
}

static void test_asked_for_only(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    start(fixture);
    g_autoptr(GPtrArray) one = receipt("T01-000001");
    g_autoptr(GPtrArray) two = receipt("T01-000002");
    g_assert_true(pos_printer_queue(fixture->printer, one, "T01-000001", "ko", 0, true, NULL));
    pos_printer_drop_asked(fixture->printer);
    g_assert_true(pos_printer_queue(fixture->printer, two, "T01-000002", "ko", 0, true, NULL));
    g_assert_false(pos_printer_release(fixture->printer, "T01-000001"));
    g_assert_true(pos_printer_release(fixture->printer, "T01-000002"));
    expect_paper(fixture, "receipt-001.png");
    g_autofree char *text = printer_sim_text(fixture->sim, "receipt-001.txt");
    g_assert_nonnull(strstr(text, "T01-000002"));
    g_assert_false(pos_printer_release(fixture->printer, "T01-000002"));
    wait_status(fixture, POS_PRINTER_FINE, 0);
}

/* What waited is printed by the next program, once; what was on its way comes marked. */
static void test_after_a_restart(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    printer_sim_tell(fixture->sim, "off");
    start(fixture);
    queue(fixture, "T01-000001");
    queue(fixture, "T01-000002");
    wait_status(fixture, POS_PRINTER_OFF, 2);
    g_clear_pointer(&fixture->printer, pos_printer_stop);
    g_autoptr(PosPrintJob) job = pos_print_queue_first(fixture->dir, POS_PRINT_JOB_WAITS, NULL);
    g_assert_true(pos_print_queue_move(fixture->dir, job, POS_PRINT_JOB_SENT, NULL));
    printer_sim_tell(fixture->sim, "on");
    start(fixture);
    expect_paper(fixture, "receipt-002.png");
    wait_status(fixture, POS_PRINTER_FINE, 0);
    g_autofree char *one = printer_sim_text(fixture->sim, "receipt-001.txt");
    g_autofree char *two = printer_sim_text(fixture->sim, "receipt-002.txt");
    g_assert_nonnull(strstr(one, "사본 1"));
    g_assert_nonnull(strstr(one, "T01-000001"));
    g_assert_null(strstr(two, "사본"));
    g_assert_nonnull(strstr(two, "T01-000002"));
    g_assert_cmpint(printer_sim_count(fixture->sim, "cut "), ==, 2);
}

/* The last sale of the day: the program ends right after it, the receipt comes out. */
static void test_what_is_queued_at_the_end_is_printed(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    start(fixture);
    wait_status(fixture, POS_PRINTER_FINE, 0);
    queue(fixture, "T01-000001");
    g_clear_pointer(&fixture->printer, pos_printer_stop);
    expect_paper(fixture, "receipt-001.png");
}

/* Names of 200 characters, missing glyphs, Chinese, nine digits, at each width: all of it on paper, each price whole. */
static void test_hard_texts_at_each_width(void)
{
    static const struct {
        int dots, columns;
    } papers[] = {{384, 32}, {512, 42}, {576, 48}};
    for (gsize i = 0; i < G_N_ELEMENTS(papers); i++) {
        Fixture fixture = {0};
        set_up_sized(&fixture, papers[i].dots, papers[i].columns, "EUC-KR");
        start(&fixture);
        g_autoptr(GPtrArray) document = pos_print_document_new();
        g_autofree char *long_name = g_strnfill(200, 'x');
        pos_print_add_text(document, long_name, POS_PRINT_LEFT, POS_PRINT_NORMAL);
        pos_print_add_text(document, "똠얌꿍 밀키트", POS_PRINT_LEFT, POS_PRINT_NORMAL);
        pos_print_add_pair(document, "  1 x ₩987,654,321", "₩987,654,321", POS_PRINT_NORMAL);
        pos_print_add_text(document, "大葱 苹果 🍎", POS_PRINT_LEFT, POS_PRINT_NORMAL);
        pos_print_add_pair(document, "합계", "-₩987,654,321", POS_PRINT_LARGE);
        pos_print_add_qr(document, QR_TEXT);
        g_assert_true(pos_printer_queue(fixture.printer, document, "hard", "ko", 0, false, NULL));
        expect_paper(&fixture, "receipt-001.png");
        g_autofree char *text = printer_sim_text(fixture.sim, "receipt-001.txt");
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        int x = 0;
        for (const char *p = text; *p != '\0'; p++) {
            x += *p == 'x' && p[1] != ' ';
        }
        g_assert_cmpint(x, >=, 200);
        g_assert_nonnull(strstr(text, "987,654,321원\n"));
        g_assert_nonnull(strstr(text, "-987,654,321원\n"));
        g_assert_null(strstr(text, "?"));
        for (gsize n = 0; lines[n] != NULL; n++) {
            g_assert_true(g_str_has_prefix(lines[n], "[QR") ||
                          pos_print_cells(lines[n]) <= papers[i].columns);
        }
        assert_code(&fixture, "receipt-001.png", QR_TEXT);
        g_assert_cmpint(printer_sim_count(fixture.sim, "unknown"), ==, 0);
        tear_down(&fixture, NULL);
    }
}

static void test_latin_and_chinese_printers(void)
{
    Fixture latin = {0}, chinese = {0};
    set_up_sized(&latin, 576, 48, "none");
    start(&latin);
    g_autoptr(GPtrArray) german = pos_print_document_new();
    pos_print_add_pair(german, "Äpfel Boskoop, 1 kg", "€2.99", POS_PRINT_NORMAL);
    g_assert_true(pos_printer_queue(latin.printer, german, "a", "de", 0, false, NULL));
    expect_paper(&latin, "receipt-001.png");
    g_autofree char *text = printer_sim_text(latin.sim, "receipt-001.txt");
    g_assert_cmpstr(text, ==, "Äpfel Boskoop, 1 kg                        €2.99\n");
    tear_down(&latin, NULL);

    set_up_sized(&chinese, 384, 32, "GB18030");
    start(&chinese);
    g_autoptr(GPtrArray) document = pos_print_document_new();
    pos_print_add_pair(document, "大葱", "¥3.50", POS_PRINT_NORMAL);
    g_assert_true(pos_printer_queue(chinese.printer, document, "b", "zh", 2, false, NULL));
    expect_paper(&chinese, "receipt-001.png");
    g_autofree char *again = printer_sim_text(chinese.sim, "receipt-001.txt");
    g_assert_cmpstr(again, ==, " *** 副本 2 ***\n大葱                      ￥3.50\n");
    tear_down(&chinese, NULL);
}

static void test_utf8(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    fixture->settings.text = POS_ESCPOS_UTF8;
    start(fixture);
    g_autoptr(GPtrArray) document = pos_print_document_new();
    pos_print_add_pair(document, "Crème 대파 大葱", "€3", POS_PRINT_NORMAL);
    g_assert_true(pos_printer_queue(fixture->printer, document, "u", "en", 0, false, NULL));
    expect_paper(fixture, "receipt-001.png");
    g_autofree char *text = printer_sim_text(fixture->sim, "receipt-001.txt");
    g_assert_cmpstr(text, ==, "Crème 대파 大葱               €3\n");
}

static void test_a_file_and_a_folder_of_pdfs(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autofree char *file = g_build_filename(fixture->dir, "printer.bin", NULL);
    g_autofree char *pdf = g_build_filename(fixture->dir, "T01-000002.pdf", NULL);
    g_autofree char *second = g_build_filename(fixture->dir, "T01-000002-2.pdf", NULL);
    fixture->settings.source = POS_PRINTER_FILE;
    g_strlcpy(fixture->settings.address, file, sizeof fixture->settings.address);
    start(fixture);
    queue(fixture, "T01-000001");
    wait_empty(fixture);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(file, &bytes, &length, NULL));
    g_assert_cmpmem(bytes, 4, "\x1b@\x1c&", 4);
    g_assert_cmpmem(bytes + length - 4, 4, "\x1dVB\0", 4);

    fixture->settings.source = POS_PRINTER_PDF;
    g_strlcpy(fixture->settings.address, fixture->dir, sizeof fixture->settings.address);
    pos_printer_set(fixture->printer, &fixture->settings);
    queue(fixture, "T01-000002");
    queue(fixture, "T01-000002");
    gint64 end_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
    while (!g_file_test(second, G_FILE_TEST_EXISTS)) {
        g_assert_cmpint(g_get_monotonic_time(), <, end_us);
        g_usleep(5000);
    }
    g_autofree char *page = NULL;
    g_assert_true(g_file_get_contents(pdf, &page, &length, NULL));
    g_assert_cmpmem(page, 5, "%PDF-", 5);
    g_assert_cmpint(g_rename(second, pdf), ==, 0);
}

static void test_what_cannot_work_is_said(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    static const struct {
        PosPrinterSource source;
        const char *address;
        int columns;
        PosPrinterFault fault;
    } rows[] = {
        {POS_PRINTER_USB, "/dev/usb/lp99", 32, POS_PRINTER_OFF},
        {POS_PRINTER_SERIAL, "/nowhere/ttyS9", 32, POS_PRINTER_OFF},
        {POS_PRINTER_TCP, "host:notaport", 32, POS_PRINTER_SETTINGS},
        {POS_PRINTER_TCP, "", 32, POS_PRINTER_SETTINGS},
        {POS_PRINTER_TCP, "127.0.0.1:1", 32, POS_PRINTER_OFF},
        {POS_PRINTER_TCP, "127.0.0.1:1", 64, POS_PRINTER_SETTINGS},
        {POS_PRINTER_FILE, "/nowhere/printer.bin", 32, POS_PRINTER_NO_ROOM},
        {POS_PRINTER_PDF, "/nowhere", 32, POS_PRINTER_NO_ROOM},
    };
    start(fixture);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].address);
        fixture->settings.source = rows[i].source;
        fixture->settings.columns = rows[i].columns;
        g_strlcpy(fixture->settings.address, rows[i].address, sizeof fixture->settings.address);
        pos_printer_set(fixture->printer, &fixture->settings);
        if (i == 0) {
            queue(fixture, "T01-000001");
        }
        wait_status(fixture, rows[i].fault, 1);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add("/pos/printer/" path, Fixture, NULL, set_up, test, tear_down)
    ADD("over_tcp", test_over_tcp);
    ADD("over_a_serial_line", test_over_a_serial_line);
    ADD("over_a_printer_device", test_over_a_printer_device);
    ADD("a_drawn_code_and_raster_only", test_a_drawn_code_and_raster_only);
    ADD("each_trouble_by_its_name", test_each_trouble_by_its_name);
    ADD("paper_nearly_out_is_a_warning", test_paper_nearly_out_is_a_warning);
    ADD("paper_out_in_mid_receipt", test_paper_out_in_mid_receipt);
    ADD("the_wire_breaks_in_mid_receipt", test_the_wire_breaks_in_mid_receipt);
    ADD("in_doubt_is_asked", test_in_doubt_is_asked);
    ADD("off_at_the_sale_prints_in_order_when_back",
        test_off_at_the_sale_prints_in_order_when_back);
    ADD("a_slow_printer", test_a_slow_printer);
    ADD("a_mute_network_printer", test_a_mute_network_printer);
    ADD("the_drawer", test_the_drawer);
    ADD("a_kick_expires", test_a_kick_expires);
    ADD("asked_for_only", test_asked_for_only);
    ADD("after_a_restart", test_after_a_restart);
    ADD("what_is_queued_at_the_end_is_printed", test_what_is_queued_at_the_end_is_printed);
    g_test_add_func("/pos/printer/hard_texts_at_each_width", test_hard_texts_at_each_width);
    g_test_add_func("/pos/printer/latin_and_chinese_printers", test_latin_and_chinese_printers);
    ADD("utf8", test_utf8);
    ADD("a_file_and_a_folder_of_pdfs", test_a_file_and_a_folder_of_pdfs);
    ADD("what_cannot_work_is_said", test_what_cannot_work_is_said);
    return g_test_run();
}

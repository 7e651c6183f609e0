/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/card_wire.c, and pos/card_link.c against the real coster-card-sim (argument 1). */
#include "pos/card_link.h"
#include "pos/card_wire.h"
#include "pos/error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static const char *sim_program;

/* --- the words ------------------------------------------------------------------------------------------ */

static void test_lines_go_there_and_back(void)
{
    PosCardRequest request = {.op = POS_CARD_REFUND,
                              .order = {.attempt = "t1-57-1"},
                              .refund_id = "t1-57-1-R1",
                              .refund = {900}};
    g_autofree char *line = pos_card_request_line(&request);
    g_assert_cmpstr(line, ==,
                    "{\"amount\":900,\"id\":\"t1-57-1\",\"op\":\"refund\","
                    "\"refund_id\":\"t1-57-1-R1\"}");
    PosCardRequest back = {0};
    g_assert_true(pos_card_request_read(line, strlen(line), &back));
    g_assert_cmpint(back.refund.minor, ==, 900);
    g_assert_cmpstr(back.refund_id, ==, request.refund_id);
    PosTenderAnswer answer = {0};
    static const char paid[] = "{\"amount\":12900,\"extra\":[1],\"id\":\"t1-57-1\","
                               "\"last4\":\"4000123412344242\",\"status\":\"paid\"}";
    g_assert_true(pos_card_answer_read(paid, strlen(paid), &answer));
    g_assert_cmpint(answer.status, ==, POS_PAYMENT_PAID);
    g_assert_cmpstr(answer.last4, ==, "4242"); /* a whole number never gets further */
    g_autofree char *again = pos_card_answer_line(&answer);
    g_assert_null(strstr(again, "400012"));
}

static void test_noise_is_no_answer(void)
{
    static const char *const noise[] = {
        "",
        "{",
        "[]",
        "{\"id\":\"a\"}",
        "{\"id\":\"a\",\"status\":\"PAID\"}",
        "{\"id\":\"\",\"status\":\"paid\"}",
        "{\"id\":7,\"status\":\"paid\"}",
        "{\"id\":\"a\",\"status\":\"paid\",\"amount\":-1}",
        "{\"id\":\"a\",\"status\":\"paid\",\"amount\":1.5}",
        "{\"id\":\"0123456789012345678901234567890123\",\"status\":\"paid\"}"};
    PosTenderAnswer answer = {.status = POS_PAYMENT_CLOSED};
    PosCardRequest request = {.op = POS_CARD_QUERY};
    for (gsize i = 0; i < G_N_ELEMENTS(noise); i++) {
        g_assert_false(pos_card_answer_read(noise[i], strlen(noise[i]), &answer));
        g_assert_false(pos_card_request_read(noise[i], strlen(noise[i]), &request));
    }
    static const char free_lunch[] =
        "{\"amount\":0,\"currency\":\"KRW\",\"id\":\"a\",\"op\":\"charge\"}";
    g_assert_false(pos_card_request_read(free_lunch, strlen(free_lunch), &request));
    g_assert_cmpint(answer.status, ==, POS_PAYMENT_CLOSED);
    g_assert_cmpint(request.op, ==, POS_CARD_QUERY);
}

static void test_an_address_is_one_of_two(void)
{
    static const char *const wrong[] = {"",
                                        "tcp:",
                                        "tcp:host",
                                        "tcp:host:0",
                                        "tcp:host:70000",
                                        "serial:ttyS0",
                                        "serial:/dev/ttyS0:fast",
                                        "usb:1",
                                        NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(pos_card_link_new(wrong[i], 1000, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
}

/* --- the simulator ---------------------------------------------------------------------------------------- */

typedef struct {
    char *dir, *state, *address;
    GPid pid;
    PosCardLink *link;
    const PosTenderProvider *provider;
    PosTenderOrder order;
} Desk;

static void start_sim(Desk *desk, const char *script)
{
    g_autofree char *port_file = g_build_filename(desk->dir, "port", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    char *argv[] = {(char *)sim_program, (char *)"--port-file", port_file,      (char *)"--state",
                    desk->state,         (char *)"--script",    (char *)script, NULL};
    g_remove(port_file);
    g_spawn_async(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
                  NULL, &desk->pid, &error);
    g_assert_no_error(error);
    for (int i = 0; i < 1000 && !g_file_get_contents(port_file, &text, NULL, NULL); i++) {
        poll(NULL, 0, 5);
    }
    g_assert_nonnull(text);
    g_free(desk->address);
    desk->address = g_strdup_printf("tcp:127.0.0.1:%s", g_strstrip(text));
}

static void end_sim(Desk *desk)
{
    int status;
    kill(desk->pid, SIGTERM);
    waitpid(desk->pid, &status, 0);
}

static void connect_link(Desk *desk)
{
    g_autoptr(GError) error = NULL;
    pos_card_link_free(desk->link);
    desk->link = pos_card_link_new(desk->address, 60000, &error);
    g_assert_no_error(error);
    desk->provider = pos_card_link_provider(desk->link);
}

static void desk_open(Desk *desk, const char *script)
{
    *desk = (Desk){.order = {.attempt = "t1-57-1", .currency = "KRW", .amount = {12900}}};
    desk->dir = g_dir_make_tmp("coster-card-XXXXXX", NULL);
    desk->state = g_build_filename(desk->dir, "state", NULL);
    start_sim(desk, script);
    connect_link(desk);
}

static void desk_close(Desk *desk)
{
    g_autofree char *port_file = g_build_filename(desk->dir, "port", NULL);
    pos_card_link_free(desk->link);
    end_sim(desk);
    g_remove(port_file);
    g_remove(desk->state);
    g_rmdir(desk->dir);
    g_free(desk->dir);
    g_free(desk->state);
    g_free(desk->address);
}

/* Waits for the next answer that says something else than that the customer is paying. */
static PosTenderAnswer next_answer(Desk *desk)
{
    PosTenderAnswer answer = {0};
    for (;;) {
        struct pollfd polled = {pos_card_link_fd(desk->link), POLLIN, 0};
        if (!desk->provider->poll(desk->provider->user, &answer)) {
            g_assert_cmpint(poll(&polled, 1, 15000), ==, 1);
        } else if (answer.status != POS_PAYMENT_USER_PAYING) {
            return answer;
        }
    }
}

static void assert_status(Desk *desk, PosPaymentStatus status)
{
    PosTenderAnswer answer = next_answer(desk);
    g_assert_cmpstr(pos_payment_code(answer.status), ==, pos_payment_code(status));
    g_assert_cmpstr(answer.attempt, ==, desk->order.attempt);
}

static void charge(Desk *desk)
{
    desk->provider->charge(desk->provider->user, &desk->order, NULL);
}

static void query(Desk *desk)
{
    desk->provider->query(desk->provider->user, &desk->order);
}

static void test_approve_refund_and_never_twice(void)
{
    Desk desk;
    desk_open(&desk, "approve");
    charge(&desk);
    assert_status(&desk, POS_PAYMENT_PAID);
    charge(&desk); /* the same id again: the same answer, no second charge */
    PosTenderAnswer answer = next_answer(&desk);
    g_assert_cmpstr(answer.reference, ==, "SIM000001");
    for (int i = 0; i < 2; i++) { /* the same refund twice is one */
        desk.provider->refund(desk.provider->user, &desk.order, "t1-57-1-R1", pos_money(900));
        assert_status(&desk, POS_PAYMENT_PART_REFUNDED);
    }
    desk.provider->refund(desk.provider->user, &desk.order, "t1-57-1-R2", pos_money(12000));
    assert_status(&desk, POS_PAYMENT_REFUNDED);
    desk.provider->refund(desk.provider->user, &desk.order, "t1-57-1-R3", pos_money(1));
    assert_status(&desk, POS_PAYMENT_FAILED);
    desk_close(&desk);
}

static void test_decline(void)
{
    Desk desk;
    desk_open(&desk, "decline");
    charge(&desk);
    PosTenderAnswer answer = next_answer(&desk);
    g_assert_cmpint(answer.status, ==, POS_PAYMENT_FAILED);
    g_assert_cmpstr(answer.message, ==, "declined by the bank");
    desk_close(&desk);
}

/* The line drops after the charge: not known; asked, it was paid. Before it: asked, it never was. */
static void test_a_broken_line_is_asked_about(void)
{
    Desk desk;
    desk_open(&desk, "drop,lose");
    charge(&desk);
    assert_status(&desk, POS_PAYMENT_UNKNOWN);
    query(&desk);
    assert_status(&desk, POS_PAYMENT_PAID);
    g_strlcpy(desk.order.attempt, "t1-58-1", sizeof desk.order.attempt);
    charge(&desk);
    assert_status(&desk, POS_PAYMENT_UNKNOWN);
    query(&desk);
    assert_status(&desk, POS_PAYMENT_CLOSED);
    desk_close(&desk);
}

static void test_a_terminal_that_died_remembers(void)
{
    Desk desk;
    desk_open(&desk, "kill");
    charge(&desk);
    assert_status(&desk, POS_PAYMENT_UNKNOWN);
    end_sim(&desk);
    /* Nothing there: a query finds nothing out, a new charge is no charge. */
    query(&desk);
    assert_status(&desk, POS_PAYMENT_UNKNOWN);
    PosTenderOrder other = desk.order;
    g_strlcpy(other.attempt, "t1-99-1", sizeof other.attempt);
    desk.provider->charge(desk.provider->user, &other, NULL);
    PosTenderAnswer answer = next_answer(&desk);
    g_assert_cmpint(answer.status, ==, POS_PAYMENT_FAILED);
    start_sim(&desk, "approve");
    connect_link(&desk);
    query(&desk);
    assert_status(&desk, POS_PAYMENT_PAID);
    desk_close(&desk);
}

static void test_silence_is_reversed_and_a_late_yes_comes_by_itself(void)
{
    Desk desk;
    desk_open(&desk, "timeout,late:50");
    charge(&desk);
    desk.provider->reverse(desk.provider->user, &desk.order);
    assert_status(&desk, POS_PAYMENT_CLOSED);
    g_strlcpy(desk.order.attempt, "t1-58-1", sizeof desk.order.attempt);
    charge(&desk);
    assert_status(&desk, POS_PAYMENT_PAID);
    desk_close(&desk);
}

/* --- a serial line, played by the test through a pseudo terminal --------------------------------------- */

static int open_line(Desk *desk, const char *speed)
{
    struct termios raw;
    *desk = (Desk){.order = {.attempt = "t1-57-1", .currency = "KRW", .amount = {12900}}};
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    g_assert_cmpint(master, >=, 0);
    g_assert_cmpint(grantpt(master), ==, 0);
    g_assert_cmpint(unlockpt(master), ==, 0);
    g_assert_cmpint(tcgetattr(master, &raw), ==, 0);
    cfmakeraw(&raw);
    g_assert_cmpint(tcsetattr(master, TCSANOW, &raw), ==, 0);
    desk->address = g_strdup_printf("serial:%s%s", ptsname(master), speed);
    connect_link(desk);
    return master;
}

static void close_line(Desk *desk)
{
    pos_card_link_free(desk->link);
    g_free(desk->address);
}

/* The next line that the till sends. */
static char *heard(int master)
{
    g_autoptr(GString) line = g_string_new(NULL);
    char byte = 0;
    while (byte != '\n') {
        struct pollfd polled = {master, POLLIN, 0};
        g_assert_cmpint(poll(&polled, 1, 15000), ==, 1);
        if ((polled.revents & POLLIN) == 0) {
            poll(NULL, 0, 5); /* the other end is closed just now */
            continue;
        }
        g_assert_cmpint(read(master, &byte, 1), ==, 1);
        g_string_append_c(line, byte);
    }
    return g_strdup(line->str);
}

static void tell(int master, const char *bytes, gsize length)
{
    while (length > 0) {
        ssize_t count = write(master, bytes, length);
        g_assert_cmpint(count, >, 0);
        bytes += count;
        length -= (gsize)count;
    }
}

static void say(int master, const char *line)
{
    tell(master, line, strlen(line));
}

static void test_a_serial_line_that_talks_rubbish_and_then_answers(gconstpointer speed)
{
    Desk desk;
    const int master = open_line(&desk, speed);
    charge(&desk);
    g_autofree char *asked = heard(master);
    g_assert_nonnull(strstr(asked, "\"op\":\"charge\""));
    g_assert_nonnull(strstr(asked, "\"amount\":12900"));
    char noise[100];
    memset(noise, 0xf5, sizeof noise);
    tell(master, noise, sizeof noise);
    say(master, "\n{\"id\":\"t1-57-1\",\"sta\n\r\n[1]\n");
    say(master, "{\"id\":\"t1-57-1\",\"status\":\"user_paying\"}\n{\"amount\":12900,\"id\":\"t1-");
    say(master, "57-1\",\"reference\":\"R1\",\"status\":\"paid\"}\n"); /* in two pieces */
    PosTenderAnswer answer = next_answer(&desk);
    g_assert_cmpstr(pos_payment_code(answer.status), ==, "paid");
    g_assert_cmpstr(answer.reference, ==, "R1");
    close_line(&desk);
    close(master);
}

/* No line is that long: it is broken off, the charge's end is asked for on a fresh one. */
static void test_a_serial_line_that_never_ends_is_broken_off(void)
{
    Desk desk;
    const int master = open_line(&desk, ":115200");
    charge(&desk);
    g_autofree char *asked = heard(master);
    g_autofree char *noise = g_malloc(POS_CARD_LINE_BYTES + 1);
    memset(noise, 'x', POS_CARD_LINE_BYTES + 1);
    tell(master, noise, POS_CARD_LINE_BYTES + 1);
    assert_status(&desk, POS_PAYMENT_UNKNOWN);
    query(&desk);
    g_autofree char *again = heard(master);
    g_assert_nonnull(strstr(again, "\"op\":\"query\""));
    say(master, "{\"amount\":12900,\"id\":\"t1-57-1\",\"status\":\"paid\"}\n");
    assert_status(&desk, POS_PAYMENT_PAID);
    close_line(&desk);
    close(master);
}

static void test_a_serial_line_that_is_pulled_leaves_the_end_open(void)
{
    Desk desk;
    const int master = open_line(&desk, "");
    charge(&desk);
    g_autofree char *asked = heard(master);
    close(master);
    assert_status(&desk, POS_PAYMENT_UNKNOWN);
    g_strlcpy(desk.order.attempt, "t1-58-1", sizeof desk.order.attempt);
    charge(&desk); /* not a byte of it can leave: it is no charge */
    assert_status(&desk, POS_PAYMENT_FAILED);
    close_line(&desk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 2);
    sim_program = argv[1];
    g_test_add_func("/pos/card_wire/lines_go_there_and_back", test_lines_go_there_and_back);
    g_test_add_func("/pos/card_wire/noise_is_no_answer", test_noise_is_no_answer);
    g_test_add_func("/pos/card_link/an_address_is_one_of_two", test_an_address_is_one_of_two);
    g_test_add_func("/pos/card_link/approve_refund_and_never_twice",
                    test_approve_refund_and_never_twice);
    g_test_add_func("/pos/card_link/decline", test_decline);
    g_test_add_func("/pos/card_link/a_broken_line_is_asked_about",
                    test_a_broken_line_is_asked_about);
    g_test_add_func("/pos/card_link/a_terminal_that_died_remembers",
                    test_a_terminal_that_died_remembers);
    g_test_add_func("/pos/card_link/silence_is_reversed_and_a_late_yes_comes_by_itself",
                    test_silence_is_reversed_and_a_late_yes_comes_by_itself);
    g_test_add_data_func("/pos/card_link/serial_rubbish_and_then_an_answer", "",
                         test_a_serial_line_that_talks_rubbish_and_then_answers);
    g_test_add_data_func("/pos/card_link/serial_rubbish_and_then_an_answer_at_9600", ":9600",
                         test_a_serial_line_that_talks_rubbish_and_then_answers);
    g_test_add_func("/pos/card_link/a_serial_line_that_never_ends_is_broken_off",
                    test_a_serial_line_that_never_ends_is_broken_off);
    g_test_add_func("/pos/card_link/a_serial_line_that_is_pulled_leaves_the_end_open",
                    test_a_serial_line_that_is_pulled_leaves_the_end_open);
    return g_test_run();
}

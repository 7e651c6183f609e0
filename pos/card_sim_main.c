/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster-card-sim`: a card terminal for training, demonstrations and tests. It speaks pos/card_wire.h on a TCP port of
 * this machine and does to each charge what it is told: approve, decline, stay silent, drop the line before or after it
 * has charged, answer late, or die. What it charged is in a file when one is named, so that it is asked about after the
 * program has died. */
#include "pos/card_wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINES_MAX 16 /* tills at once */

typedef struct {
    int fd;
    GByteArray *bytes;
} Line;

/* A charge that was begun. */
typedef struct {
    PosTenderAnswer answer; /* as it stands */
    int64_t refunded;
    GHashTable *refunds; /* refund_id -> amount as text */
    int64_t paid_at_us;  /* 0: nothing is to come */
    int line;            /* that is told then */
} Charge;

typedef struct {
    int listener;
    Line lines[LINES_MAX];
    GHashTable *charges; /* id -> Charge */
    GStrv script;        /* what to do to each charge in turn; the last one for all that follow */
    guint at;
    char *state_path;
    unsigned count;
} Sim;

static volatile sig_atomic_t ended;

static void on_signal(int number)
{
    (void)number;
    ended = 1;
}

/* --- what was charged ---------------------------------------------------------------------------------- */

static void charge_free(void *data)
{
    Charge *charge = data;
    g_hash_table_unref(charge->refunds);
    g_free(charge);
}

static Charge *charge_of(Sim *sim, const char *id)
{
    return g_hash_table_lookup(sim->charges, id);
}

static Charge *charge_add(Sim *sim, const PosTenderAnswer *answer)
{
    Charge *charge = g_new0(Charge, 1);
    charge->answer = *answer;
    charge->refunds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    charge->line = -1;
    g_hash_table_insert(sim->charges, g_strdup(answer->attempt), charge);
    return charge;
}

/* The last line of an id is its state. */
static void save(const Sim *sim, const Charge *charge)
{
    FILE *file = sim->state_path == NULL ? NULL : fopen(sim->state_path, "a");
    if (file != NULL) {
        g_autofree char *line = pos_card_answer_line(&charge->answer);
        fprintf(file, "%s\n", line);
        fclose(file);
    }
}

static void load(Sim *sim)
{
    g_autofree char *text = NULL;
    if (sim->state_path == NULL || !g_file_get_contents(sim->state_path, &text, NULL, NULL)) {
        return;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        PosTenderAnswer answer;
        if (pos_card_answer_read(lines[i], strlen(lines[i]), &answer)) {
            charge_add(sim, &answer);
        }
    }
}

/* --- talking -------------------------------------------------------------------------------------------- */

static void drop(Sim *sim, int at)
{
    Line *line = &sim->lines[at];
    close(line->fd);
    line->fd = -1;
    g_byte_array_set_size(line->bytes, 0);
}

static void tell(Sim *sim, int at, const PosTenderAnswer *answer)
{
    if (at < 0 || sim->lines[at].fd < 0) {
        return;
    }
    g_autofree char *text = pos_card_answer_line(answer);
    g_autofree char *whole = g_strconcat(text, "\n", NULL);
    printf("> %s\n", text);
    fflush(stdout);
    if (send(sim->lines[at].fd, whole, strlen(whole), MSG_NOSIGNAL) < 0) {
        drop(sim, at);
    }
}

static void pay(Sim *sim, Charge *charge)
{
    charge->paid_at_us = 0;
    charge->answer.status = POS_PAYMENT_PAID;
    g_snprintf(charge->answer.reference, sizeof charge->answer.reference, "SIM%06u", ++sim->count);
    g_strlcpy(charge->answer.scheme, "test", sizeof charge->answer.scheme);
    g_strlcpy(charge->answer.last4, "4242", sizeof charge->answer.last4);
    save(sim, charge);
}

static void decline(Sim *sim, Charge *charge)
{
    charge->answer.status = POS_PAYMENT_FAILED;
    g_strlcpy(charge->answer.message, "declined by the bank", sizeof charge->answer.message);
    save(sim, charge);
}

/* --- requests ------------------------------------------------------------------------------------------- */

static const char *next_word(Sim *sim)
{
    const char *word = sim->script[sim->at];
    sim->at += sim->script[sim->at + 1] != NULL;
    return word;
}

static void begin_charge(Sim *sim, int at, const PosCardRequest *request)
{
    const char *word = next_word(sim);
    if (strcmp(word, "lose") == 0) { /* it never got here */
        drop(sim, at);
        return;
    }
    PosTenderAnswer begun = {.status = POS_PAYMENT_USER_PAYING, .amount = request->order.amount};
    g_strlcpy(begun.attempt, request->order.attempt, sizeof begun.attempt);
    Charge *charge = charge_add(sim, &begun);
    if (strcmp(word, "drop") == 0 || strcmp(word, "kill") == 0) {
        pay(sim, charge);
        if (word[0] == 'k') {
            _exit(9);
        }
        drop(sim, at);
        return;
    }
    tell(sim, at, &charge->answer);
    if (strcmp(word, "decline") == 0) {
        decline(sim, charge);
        tell(sim, at, &charge->answer);
    } else if (g_str_has_prefix(word, "late:")) {
        int64_t wait_ms = g_ascii_strtoll(word + 5, NULL, 10);
        charge->paid_at_us = g_get_monotonic_time() + wait_ms * 1000;
        charge->line = at;
    } else if (strcmp(word, "approve") == 0) {
        pay(sim, charge);
        tell(sim, at, &charge->answer);
    } /* timeout: silence */
}

static void refund(Sim *sim, int at, Charge *charge, const PosCardRequest *request)
{
    PosTenderAnswer answer = charge->answer;
    g_strlcpy(answer.refund_id, request->refund_id, sizeof answer.refund_id);
    bool known = g_hash_table_contains(charge->refunds, request->refund_id);
    bool paid = charge->answer.status == POS_PAYMENT_PAID ||
                charge->answer.status == POS_PAYMENT_PART_REFUNDED;
    int64_t left = charge->answer.amount.minor - charge->refunded;
    if (!known && (!paid || request->refund.minor > left)) {
        answer.status = POS_PAYMENT_FAILED;
        g_strlcpy(answer.message, "nothing to give back", sizeof answer.message);
        tell(sim, at, &answer);
        return;
    }
    if (!known) {
        g_hash_table_insert(charge->refunds, g_strdup(request->refund_id), g_strdup(""));
        charge->refunded += request->refund.minor;
        charge->answer.status = charge->refunded == charge->answer.amount.minor
                                    ? POS_PAYMENT_REFUNDED
                                    : POS_PAYMENT_PART_REFUNDED;
        save(sim, charge);
    }
    answer.status = charge->answer.status;
    answer.amount = request->refund;
    tell(sim, at, &answer);
}

static void take_request(Sim *sim, int at, const PosCardRequest *request)
{
    Charge *charge = charge_of(sim, request->order.attempt);
    if (charge == NULL && request->op == POS_CARD_CHARGE) {
        begin_charge(sim, at, request);
        return;
    }
    if (charge == NULL) {
        PosTenderAnswer unseen = {.status = POS_PAYMENT_CLOSED, .amount = {-1}};
        g_strlcpy(unseen.attempt, request->order.attempt, sizeof unseen.attempt);
        g_strlcpy(unseen.refund_id, request->refund_id, sizeof unseen.refund_id);
        tell(sim, at, &unseen);
        return;
    }
    if (request->op == POS_CARD_REFUND) {
        refund(sim, at, charge, request);
        return;
    }
    if (request->op == POS_CARD_REVERSE && (charge->answer.status == POS_PAYMENT_USER_PAYING ||
                                            charge->answer.status == POS_PAYMENT_PAID)) {
        charge->paid_at_us = 0;
        charge->answer.status = POS_PAYMENT_CLOSED;
        save(sim, charge);
    }
    tell(sim, at, &charge->answer);
}

static void take_bytes(Sim *sim, int at)
{
    guint8 buffer[POS_CARD_LINE_BYTES];
    Line *line = &sim->lines[at];
    ssize_t count = read(line->fd, buffer, sizeof buffer);
    if (count <= 0 || line->bytes->len > 4 * POS_CARD_LINE_BYTES) {
        drop(sim, at);
        return;
    }
    g_byte_array_append(line->bytes, buffer, (guint)count);
    const guint8 *newline;
    while (line->fd >= 0 && line->bytes->len > 0 &&
           (newline = memchr(line->bytes->data, '\n', line->bytes->len)) != NULL) {
        gsize length = (gsize)(newline - line->bytes->data);
        g_autofree char *text = g_strndup((const char *)line->bytes->data, length);
        g_byte_array_remove_range(line->bytes, 0, (guint)length + 1);
        PosCardRequest request;
        printf("< %s\n", text);
        fflush(stdout);
        if (pos_card_request_read(text, strlen(text), &request)) {
            take_request(sim, at, &request);
        }
    }
}

/* --- life ------------------------------------------------------------------------------------------------ */

static void pay_late(Sim *sim)
{
    GHashTableIter each;
    void *value;
    g_hash_table_iter_init(&each, sim->charges);
    while (g_hash_table_iter_next(&each, NULL, &value)) {
        Charge *charge = value;
        if (charge->paid_at_us != 0 && g_get_monotonic_time() >= charge->paid_at_us) {
            pay(sim, charge);
            tell(sim, charge->line, &charge->answer);
        }
    }
}

static void welcome(Sim *sim)
{
    int fd = accept(sim->listener, NULL, NULL);
    for (int i = 0; i < LINES_MAX && fd >= 0; i++) {
        if (sim->lines[i].fd < 0) {
            sim->lines[i].fd = fd;
            return;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
}

static void serve(Sim *sim)
{
    while (!ended) {
        struct pollfd polled[LINES_MAX + 1];
        for (int i = 0; i < LINES_MAX; i++) {
            polled[i] = (struct pollfd){sim->lines[i].fd, POLLIN, 0};
        }
        polled[LINES_MAX] = (struct pollfd){sim->listener, POLLIN, 0};
        poll(polled, G_N_ELEMENTS(polled), 20);
        for (int i = 0; i < LINES_MAX; i++) {
            if (sim->lines[i].fd >= 0 && polled[i].revents != 0) {
                take_bytes(sim, i);
            }
        }
        if (polled[LINES_MAX].revents != 0) {
            welcome(sim);
        }
        pay_late(sim);
    }
}

static bool listen_on(Sim *sim, int port, const char *port_file)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)port)};
    socklen_t size = sizeof address;
    int on = 1;
    sim->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(sim->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(sim->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(sim->listener, LINES_MAX) != 0 ||
        getsockname(sim->listener, (struct sockaddr *)&address, &size) != 0) {
        perror("coster-card-sim");
        return false;
    }
    g_autofree char *text = g_strdup_printf("%d\n", ntohs(address.sin_port));
    printf("tcp:127.0.0.1:%s", text);
    fflush(stdout);
    return port_file == NULL || g_file_set_contents(port_file, text, -1, NULL);
}

int main(int argc, char **argv)
{
    Sim sim = {0};
    g_autofree char *script = NULL;
    g_autofree char *port_file = NULL;
    int port = 0;
    const GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_INT, &port, "0 takes a free one", "PORT"},
        {"port-file", 0, 0, G_OPTION_ARG_FILENAME, &port_file, "where the port is written", "FILE"},
        {"state", 0, 0, G_OPTION_ARG_FILENAME, &sim.state_path, "what was charged", "FILE"},
        {"script", 0, 0, G_OPTION_ARG_STRING, &script,
         "what happens to each charge in turn, the last to all that follow: approve, decline, "
         "timeout, lose (the line drops before it charges), drop (after), late:MS, kill",
         "WORD,WORD"},
        {NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new("- a card terminal that is none");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "coster-card-sim: %s\n", error->message);
        return 2;
    }
    sim.script = g_strsplit(script != NULL ? script : "approve", ",", -1);
    sim.charges = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, charge_free);
    for (int i = 0; i < LINES_MAX; i++) {
        sim.lines[i] = (Line){-1, g_byte_array_new()};
    }
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    load(&sim);
    if (!listen_on(&sim, port, port_file)) {
        return 1;
    }
    serve(&sim);
    for (int i = 0; i < LINES_MAX; i++) {
        if (sim.lines[i].fd >= 0) {
            close(sim.lines[i].fd);
        }
        g_byte_array_unref(sim.lines[i].bytes);
    }
    close(sim.listener);
    g_hash_table_unref(sim.charges);
    g_strfreev(sim.script);
    g_free(sim.state_path);
    return 0;
}

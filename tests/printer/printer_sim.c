/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-printer-sim: a receipt printer for tests, training and demonstrations. Listens on TCP and on a pty at the same time,
 * draws each receipt to a folder, and can be told to have every trouble that a printer has, one command a line on
 * standard input:
 *
 *   paper out | paper low | paper ok     cover open | cover closed     cutter jam | cutter ok     hot on | hot off
 *   paper lines N    the paper ends after N more lines
 *   off | on         refuses connections, loses what it held
 *   slow N           prints N bytes a second; 0 as fast as it can
 *   buffer N         holds N bytes, then takes no more
 *   drop N           closes the connection after N more bytes
 *   rubbish on|off   mute on|off
 *   quit
 *
 * Each is answered with "ok" or "?", what happens is said in one line on standard output. */
#include "tests/printer/printer_model.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#define TICK_MS 20

typedef struct {
    PrinterModel *model;
    int listener, client, pty, pty_other, answer_to;
    int port;
    bool off, quit;
    gint64 slow;               /* bytes a second, 0 no limit */
    gint64 buffer;             /* bytes */
    gint64 drop_after;         /* -1 never */
    gint64 credit, printed_us; /* bytes that may be printed, and until when that was reckoned */
    GString *commands;
} Sim;

static void on_answer(uint8_t byte, void *user)
{
    Sim *sim = user;
    if (sim->answer_to >= 0 && write(sim->answer_to, &byte, 1) != 1) {
        fprintf(stderr, "answer lost\n");
    }
}

static void on_log(const char *line, void *user)
{
    (void)user;
    puts(line);
    fflush(stdout);
}

/* --- ways in ------------------------------------------------------------------------------------------- */

static int listen_on(int *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)*port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 4) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) != 0) {
        perror("coster-printer-sim: listen");
        exit(1);
    }
    *port = ntohs(at.sin_port);
    return fd;
}

/* The other side stays open here as well, so that the line does not hang up between two jobs. */
static int open_pty(Sim *sim, char *name, size_t size)
{
    struct termios tio;
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || grantpt(fd) != 0 || unlockpt(fd) != 0 || ptsname_r(fd, name, size) != 0) {
        perror("coster-printer-sim: pty");
        exit(1);
    }
    sim->pty_other = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (sim->pty_other >= 0 && tcgetattr(sim->pty_other, &tio) == 0) {
        cfmakeraw(&tio);
        tcsetattr(sim->pty_other, TCSANOW, &tio);
    }
    return fd;
}

static void hang_up(Sim *sim)
{
    if (sim->client >= 0) {
        if (sim->answer_to == sim->client) {
            sim->answer_to = -1;
        }
        close(sim->client);
        sim->client = -1;
        printer_model_drop_unfinished(sim->model);
    }
}

static void switch_power(Sim *sim, bool off)
{
    if (off && !sim->off) {
        hang_up(sim);
        close(sim->listener);
        sim->listener = -1;
        printer_model_power_off(sim->model);
    } else if (!off && sim->off) {
        sim->listener = listen_on(&sim->port);
    }
    sim->off = off;
}

/* --- what it is told ------------------------------------------------------------------------------------ */

static bool do_switch(PrinterFaults *faults, const char *line)
{
    static const struct {
        const char *line;
        gsize offset;
        bool value;
    } switches[] = {
#define SWITCH(words, member, value) {words, G_STRUCT_OFFSET(PrinterFaults, member), value}
        SWITCH("paper out", paper_out, true),
        SWITCH("paper low", paper_low, true),
        SWITCH("cover open", cover_open, true),
        SWITCH("cover closed", cover_open, false),
        SWITCH("cutter jam", cutter_jam, true),
        SWITCH("cutter ok", cutter_jam, false),
        SWITCH("hot on", hot, true),
        SWITCH("hot off", hot, false),
        SWITCH("rubbish on", rubbish, true),
        SWITCH("rubbish off", rubbish, false),
        SWITCH("mute on", mute, true),
        SWITCH("mute off", mute, false),
    };
    for (gsize i = 0; i < G_N_ELEMENTS(switches); i++) {
        if (strcmp(switches[i].line, line) == 0) {
            *(bool *)((char *)faults + switches[i].offset) = switches[i].value;
            return true;
        }
    }
    return false;
}

static bool do_number(Sim *sim, const char *line)
{
    const char *space = strrchr(line, ' ');
    gint64 number = 0;
    if (space == NULL || !g_ascii_string_to_signed(space + 1, 10, 0, 1 << 30, &number, NULL)) {
        return false;
    }
    if (g_str_has_prefix(line, "paper lines ")) {
        printer_model_faults(sim->model)->lines_left = (int)number;
    } else if (g_str_has_prefix(line, "slow ")) {
        sim->slow = number;
    } else if (g_str_has_prefix(line, "buffer ")) {
        sim->buffer = MAX(1, number);
    } else if (g_str_has_prefix(line, "drop ")) {
        sim->drop_after = number;
    } else {
        return false;
    }
    return true;
}

static void do_line(Sim *sim, const char *line)
{
    bool known = true;
    if (strcmp(line, "quit") == 0) {
        sim->quit = true;
    } else if (strcmp(line, "off") == 0 || strcmp(line, "on") == 0) {
        switch_power(sim, line[1] == 'f');
    } else if (strcmp(line, "paper ok") == 0) {
        printer_model_new_paper(sim->model);
    } else {
        known = do_switch(printer_model_faults(sim->model), line) || do_number(sim, line);
    }
    on_log(known ? "ok" : "?", sim);
}

static void read_commands(Sim *sim)
{
    char bytes[512];
    ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
    if (count <= 0) {
        sim->quit = sim->quit || count == 0;
        return;
    }
    g_string_append_len(sim->commands, bytes, count);
    char *newline;
    while ((newline = strchr(sim->commands->str, '\n')) != NULL) {
        g_autofree char *line =
            g_strndup(sim->commands->str, (gsize)(newline - sim->commands->str));
        g_string_erase(sim->commands, 0, newline - sim->commands->str + 1);
        do_line(sim, line);
    }
}

/* --- what comes ----------------------------------------------------------------------------------------- */

static void read_bytes(Sim *sim, int fd)
{
    uint8_t bytes[4096];
    gsize room = (gsize)MAX(0, sim->buffer - (gint64)printer_model_waiting(sim->model));
    gsize want = MIN(sizeof bytes, MAX(room, 1));
    if (fd == sim->client && sim->drop_after >= 0) {
        want = MIN(want, (gsize)MAX(1, sim->drop_after));
    }
    ssize_t count = read(fd, bytes, want);
    if (count <= 0) {
        if (fd == sim->client && (count == 0 || errno != EAGAIN)) {
            hang_up(sim);
        }
        return;
    }
    sim->answer_to = fd;
    if (fd == sim->pty && sim->off) {
        return; /* a serial printer that is off hears nothing */
    }
    printer_model_receive(sim->model, bytes, (gsize)count);
    if (fd == sim->client && sim->drop_after >= 0) {
        sim->drop_after -= count;
        if (sim->drop_after <= 0) {
            sim->drop_after = -1;
            hang_up(sim);
            on_log("dropped", sim);
        }
    }
}

static void accept_client(Sim *sim)
{
    int fd = accept4(sim->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        hang_up(sim);
        sim->client = fd;
    }
}

/* As many bytes as the time that has passed allows; a picture that is more is owed. */
static void print_some(Sim *sim)
{
    gint64 now_us = g_get_monotonic_time();
    gsize before = printer_model_waiting(sim->model);
    if (sim->slow == 0) {
        printer_model_print(sim->model, G_MAXINT32);
    } else {
        sim->credit =
            MIN(sim->slow, sim->credit + (now_us - sim->printed_us) * sim->slow / 1000000);
        if (sim->credit > 0) {
            printer_model_print(sim->model, (gsize)sim->credit);
            sim->credit -= (gint64)(before - printer_model_waiting(sim->model));
        }
        if (now_us - sim->printed_us < 1000000 / sim->slow) {
            return; /* less than a byte's time: it counts on */
        }
    }
    sim->printed_us = now_us;
}

static void serve(Sim *sim)
{
    while (!sim->quit) {
        bool full = (gint64)printer_model_waiting(sim->model) >= sim->buffer;
        short in = full ? 0 : POLLIN;
        struct pollfd polled[] = {{STDIN_FILENO, POLLIN, 0},
                                  {sim->client < 0 ? sim->listener : -1, POLLIN, 0},
                                  {full ? -1 : sim->client, in, 0},
                                  {full ? -1 : sim->pty, in, 0}};
        bool busy = printer_model_waiting(sim->model) > 0;
        if (poll(polled, G_N_ELEMENTS(polled), busy ? TICK_MS : -1) < 0 && errno != EINTR) {
            return;
        }
        if (polled[0].revents != 0) {
            read_commands(sim);
        }
        if (polled[1].revents != 0 && sim->listener >= 0) {
            accept_client(sim);
        }
        if (polled[2].revents != 0 && sim->client >= 0) {
            read_bytes(sim, sim->client);
        }
        if (polled[3].revents != 0) {
            read_bytes(sim, sim->pty);
        }
        print_some(sim);
    }
}

int main(int argc, char **argv)
{
    int port = 0, dots = 576, columns = 48;
    g_autofree char *folder = g_strdup(".");
    g_autofree char *charset = g_strdup("EUC-KR");
    char name[128];
    GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_INT, &port, "TCP port on 127.0.0.1; 0 a free one", "N"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &folder, "folder for the receipts", "DIR"},
        {"dots", 0, 0, G_OPTION_ARG_INT, &dots, "dots in a row: 384, 576", "N"},
        {"columns", 0, 0, G_OPTION_ARG_INT, &columns, "characters in a row: 32, 42, 48", "N"},
        {"charset", 0, 0, G_OPTION_ARG_STRING, &charset,
         "of double-byte text: EUC-KR, GB18030; none for a Latin printer", "NAME"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("— a receipt printer");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || dots < 64 || columns < 8) {
        fprintf(stderr, "coster-printer-sim: %s\n", error != NULL ? error->message : "bad size");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    Sim sim = {.client = -1, .answer_to = -1, .buffer = 1 << 20, .drop_after = -1};
    PrinterModelOptions options = {.dots = dots,
                                   .columns = columns,
                                   .charset = charset,
                                   .folder = folder,
                                   .answer = on_answer,
                                   .log = on_log,
                                   .user = &sim};
    sim.model = printer_model_new(&options);
    sim.port = port;
    sim.listener = listen_on(&sim.port);
    sim.pty = open_pty(&sim, name, sizeof name);
    sim.commands = g_string_new(NULL);
    printf("ready tcp 127.0.0.1:%d pty %s\n", sim.port, name);
    fflush(stdout);
    serve(&sim);
    hang_up(&sim);
    printer_model_free(sim.model);
    g_string_free(sim.commands, TRUE);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster-scale-sim`: the simulated scale at a pseudo terminal. It prints the terminal's path, then reads what happens
 * to it from standard input, one command a line, and answers each with "ok" and what it displays, or "no" and why. The
 * end of the input or SIGTERM ends it. One thread, one poll(). */
#include "pos/scale_sim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#define STREAM_MS 100 /* between two frames of a scale that sends unasked */
#define LINE_BYTES_MAX 200

static const char HELP[] =
    "Usage: coster-scale-sim [--protocol NAME] [--link PATH] [--settle MS] [--seed N]\n"
    "\n"
    "A counter scale for training, demonstrations and tests. Prints the path of its serial line, "
    "which a\n"
    "till is given as scale.path, then takes commands on standard input, one a line:\n"
    "\n"
    "  put GRAMS       lays a weight on the plate, in place of what is there; it moves, then "
    "rests\n"
    "  take            takes everything off\n"
    "  motion, still   the plate does not come to rest; it does again\n"
    "  zero            its zero key\n"
    "  tare GRAMS      its tare key with a known tare; 0 clears it\n"
    "  drift GRAMS     its zero goes off by so much\n"
    "  over            more than it can weigh lies on it\n"
    "  negative        it stands below zero, as when something was taken off after its zero\n"
    "  noise           random bytes and half frames come between whole ones\n"
    "  half            only half frames come\n"
    "  garbage         only random bytes come\n"
    "  silent          it answers nothing\n"
    "  well            ends noise, half, garbage and silent\n"
    "  off, on         its cable is out; it is in again (under a new path, so use --link)\n"
    "  show            what it displays\n"
    "  quit\n"
    "\n"
    "  --protocol NAME  8217, cas_ecr, cas_22, and_18, nci_scp01, toledo_cont; 8217 when absent\n"
    "  --link PATH      makes PATH a symbolic link to the serial line\n"
    "  --settle MS      how long a plate moves after a change; 600 when absent\n"
    "  --seed N         of the random bytes\n";

typedef struct {
    PosScaleSim sim;
    const char *link;  /* nullable */
    int master, slave; /* -1 while its cable is out */
    int64_t settle_ms, still_ms, stream_ms;
    bool held; /* in motion until `still` */
    char line[LINE_BYTES_MAX];
    gsize line_length;
    bool line_too_long;
} Scale;

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

/* --- the terminal ------------------------------------------------------------------------------------- */

/* The slave stays open here, so that a till may come and go. */
static bool plug_in(Scale *scale)
{
    scale->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (scale->master < 0 || grantpt(scale->master) != 0 || unlockpt(scale->master) != 0) {
        return false;
    }
    const char *path = ptsname(scale->master);
    scale->slave = path == NULL ? -1 : open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios line;
    if (scale->slave < 0 || tcgetattr(scale->slave, &line) != 0) {
        return false;
    }
    cfmakeraw(&line);
    if (tcsetattr(scale->slave, TCSANOW, &line) != 0) {
        return false;
    }
    if (scale->link != NULL) {
        g_autofree char *beside = g_strdup_printf("%s.new", scale->link);
        unlink(beside);
        return symlink(path, beside) == 0 && rename(beside, scale->link) == 0;
    }
    return true;
}

static void plug_out(Scale *scale)
{
    if (scale->master >= 0) {
        close(scale->slave);
        close(scale->master);
        scale->master = scale->slave = -1;
        if (scale->link != NULL) {
            unlink(scale->link);
        }
    }
}

/* A line that nobody reads is full one day: what does not fit is lost, as on a real one. */
static void transmit(Scale *scale, const uint8_t *bytes, gsize length)
{
    if (scale->master >= 0 && length > 0 && write(scale->master, bytes, length) < 0 &&
        errno != EAGAIN) {
        fprintf(stderr, "coster-scale-sim: %s\n", g_strerror(errno));
    }
}

static void settle(Scale *scale)
{
    scale->sim.moving = scale->held || now_ms() < scale->still_ms;
}

static void on_bytes(Scale *scale)
{
    uint8_t bytes[64];
    ssize_t count = read(scale->master, bytes, sizeof bytes);
    settle(scale);
    for (ssize_t i = 0; i < count; i++) {
        uint8_t answer[POS_SCALE_SIM_BYTES];
        transmit(scale, answer, pos_scale_sim_hear(&scale->sim, bytes[i], answer));
    }
}

/* --- commands ----------------------------------------------------------------------------------------- */

static void lay(Scale *scale, int64_t grams)
{
    scale->sim.load_g = grams;
    scale->still_ms = now_ms() + scale->settle_ms;
}

static bool do_number(Scale *scale, const char *word, int64_t grams)
{
    if (strcmp(word, "put") == 0) {
        lay(scale, grams);
    } else if (strcmp(word, "tare") == 0) {
        scale->sim.tare_g = grams;
    } else if (strcmp(word, "drift") == 0) {
        scale->sim.drift_g = grams;
    } else {
        return false;
    }
    return true;
}

static bool do_fault(Scale *scale, const char *word)
{
    static const char *const faults[] = {
        [POS_SCALE_SIM_WELL] = "well",     [POS_SCALE_SIM_NOISE] = "noise",
        [POS_SCALE_SIM_HALF] = "half",     [POS_SCALE_SIM_GARBAGE] = "garbage",
        [POS_SCALE_SIM_SILENT] = "silent",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        if (strcmp(word, faults[i]) == 0) {
            scale->sim.fault = (PosScaleSimFault)i;
            return true;
        }
    }
    return false;
}

static bool do_word(Scale *scale, const char *word)
{
    if (strcmp(word, "take") == 0) {
        lay(scale, 0);
    } else if (strcmp(word, "motion") == 0) {
        scale->held = true;
    } else if (strcmp(word, "still") == 0) {
        scale->held = false;
        scale->still_ms = 0;
    } else if (strcmp(word, "zero") == 0) {
        settle(scale);
        pos_scale_sim_zero(&scale->sim);
    } else if (strcmp(word, "over") == 0) {
        lay(scale, POS_SCALE_SIM_CAPACITY_G + 500);
    } else if (strcmp(word, "negative") == 0) {
        lay(scale, -40);
    } else if (strcmp(word, "off") == 0) {
        plug_out(scale);
    } else if (strcmp(word, "on") == 0) {
        return scale->master >= 0 || plug_in(scale);
    } else if (strcmp(word, "show") != 0) {
        return do_fault(scale, word);
    }
    return true;
}

/* False to end. */
static bool do_line(Scale *scale)
{
    g_auto(GStrv) words = g_strsplit(g_strstrip(scale->line), " ", 3);
    guint count = g_strv_length(words);
    gint64 grams = 0;
    bool done = false;
    if (count == 0) {
        return true;
    }
    if (count == 1 && strcmp(words[0], "quit") == 0) {
        return false;
    }
    if (count == 2 && g_ascii_string_to_signed(words[1], 10, -99999, 99999, &grams, NULL)) {
        done = do_number(scale, words[0], grams);
    } else if (count == 1) {
        done = do_word(scale, words[0]);
    }
    if (done) {
        printf("ok %d g%s\n", (int)pos_scale_sim_shown_g(&scale->sim),
               scale->sim.tare_g > 0 ? " net" : "");
    } else {
        printf("no, there is no command \"%s\"; --help lists them\n", scale->line);
    }
    fflush(stdout);
    return true;
}

/* False to end. */
static bool on_input(Scale *scale)
{
    char bytes[256];
    ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
    if (count <= 0) {
        return count < 0 && errno == EINTR;
    }
    for (ssize_t i = 0; i < count; i++) {
        if (bytes[i] != '\n') {
            scale->line_too_long |= scale->line_length + 1 >= sizeof scale->line;
            if (!scale->line_too_long) {
                scale->line[scale->line_length++] = bytes[i];
            }
            continue;
        }
        scale->line[scale->line_too_long ? 0 : scale->line_length] = '\0';
        scale->line_length = 0;
        if (scale->line_too_long) {
            puts("no, the line is too long to be a command");
            fflush(stdout);
        } else if (!do_line(scale)) {
            return false;
        }
        scale->line_too_long = false;
    }
    return true;
}

/* --- life ----------------------------------------------------------------------------------------------- */

static void serve(Scale *scale, int signals)
{
    for (bool going = true; going;) {
        bool streams = scale->master >= 0 && !pos_scale_is_asked(scale->sim.protocol);
        int64_t wait_ms = streams ? MAX(scale->stream_ms - now_ms(), 0) : -1;
        struct pollfd polled[3] = {
            {STDIN_FILENO, POLLIN, 0}, {signals, POLLIN, 0}, {scale->master, POLLIN, 0}};
        if (poll(polled, G_N_ELEMENTS(polled), (int)wait_ms) < 0 && errno != EINTR) {
            return;
        }
        if (polled[2].revents & POLLIN) {
            on_bytes(scale);
        }
        if (streams && now_ms() >= scale->stream_ms) {
            uint8_t frame[POS_SCALE_SIM_BYTES];
            settle(scale);
            transmit(scale, frame, pos_scale_sim_stream(&scale->sim, frame));
            scale->stream_ms = now_ms() + STREAM_MS;
        }
        going = polled[1].revents == 0 && (polled[0].revents == 0 || on_input(scale));
    }
}

static int signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
    g_autofree char *protocol = NULL;
    g_autofree char *link = NULL;
    int settle_ms = 600;
    int seed = 1;
    const GOptionEntry options[] = {
        {"protocol", 0, 0, G_OPTION_ARG_STRING, &protocol, NULL, NULL},
        {"link", 0, 0, G_OPTION_ARG_FILENAME, &link, NULL, NULL},
        {"settle", 0, 0, G_OPTION_ARG_INT, &settle_ms, NULL, NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT, &seed, NULL, NULL},
        {NULL},
    };
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(HELP, stdout);
        return 0;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, options, NULL);
    PosScaleProtocol which = POS_SCALE_8217;
    bool fine = g_option_context_parse(context, &argc, &argv, &error) && argc == 1 &&
                (protocol == NULL || pos_scale_protocol_from_code(protocol, &which));
    if (!fine) {
        fprintf(stderr, "coster-scale-sim: %s\n%s",
                error != NULL ? error->message : "there is no such protocol or argument.", HELP);
        return 2;
    }
    g_autoptr(GRand) random = g_rand_new_with_seed((guint32)seed);
    Scale scale = {
        .link = link, .settle_ms = CLAMP(settle_ms, 0, 60000), .master = -1, .slave = -1};
    pos_scale_sim_init(&scale.sim, which, random);
    int signals = signals_open();
    if (signals < 0 || !plug_in(&scale)) {
        fprintf(stderr, "coster-scale-sim: no serial line could be made: %s\n", g_strerror(errno));
        return 1;
    }
    printf("%s\n", ptsname(scale.master));
    fflush(stdout);
    serve(&scale, signals);
    plug_out(&scale);
    close(signals);
    return 0;
}

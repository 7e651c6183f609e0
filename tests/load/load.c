/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-load: plays any number of tills against a central over real connections. */
#include "tests/load/load_play.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static const struct {
    const char *name, *help;
    int (*run)(const LoadOptions *options);
} COMMANDS[] = {
    {"prepare",
     "--data DIR --store ID --count N: adds N tills to a central on this machine, prints "
     "\"ID TOKEN PREFIX\" lines",
     load_prepare},
    {"post", "--count N tills post --batch records at a time for --seconds, with --streams open",
     load_post},
    {"day", "--count N tills hold a stream and sell every --every-ms for --seconds", load_day},
    {"fan-out",
     "--streams N streams, then --changes price changes (--data DIR --store ID); waits for "
     "a line on standard input between",
     load_fan_out},
    {"outage",
     "--count N tills hold a stream, lose it, come back with --queue sales each, spread "
     "over --spread-ms",
     load_outage},
};

static int usage(void)
{
    fprintf(stderr, "coster-load COMMAND --host 127.0.0.1 --port PORT [--tls] --tills FILE …\n");
    for (gsize i = 0; i < G_N_ELEMENTS(COMMANDS); i++) {
        fprintf(stderr, "  %-8s %s\n", COMMANDS[i].name, COMMANDS[i].help);
    }
    fprintf(stderr, "  --path /echo posts to a server that only echoes; --fire is for the bare "
                    "reference server\n");
    return 2;
}

static bool read_options(int argc, char **argv, LoadOptions *out)
{
    int port = 0, tls = FALSE, fire = FALSE;
    char *host = NULL, *tills = NULL, *data = NULL, *store = NULL, *path = NULL;
    GOptionEntry entries[] = {
        {"host", 0, 0, G_OPTION_ARG_STRING, &host, NULL, NULL},
        {"port", 0, 0, G_OPTION_ARG_INT, &port, NULL, NULL},
        {"tls", 0, 0, G_OPTION_ARG_NONE, &tls, NULL, NULL},
        {"fire", 0, 0, G_OPTION_ARG_NONE, &fire, NULL, NULL},
        {"tills", 0, 0, G_OPTION_ARG_FILENAME, &tills, NULL, NULL},
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &data, NULL, NULL},
        {"store", 0, 0, G_OPTION_ARG_STRING, &store, NULL, NULL},
        {"path", 0, 0, G_OPTION_ARG_STRING, &path, NULL, NULL},
        {"count", 0, 0, G_OPTION_ARG_INT, &out->count, NULL, NULL},
        {"streams", 0, 0, G_OPTION_ARG_INT, &out->streams, NULL, NULL},
        {"batch", 0, 0, G_OPTION_ARG_INT, &out->batch, NULL, NULL},
        {"seconds", 0, 0, G_OPTION_ARG_INT, &out->seconds, NULL, NULL},
        {"changes", 0, 0, G_OPTION_ARG_INT, &out->changes, NULL, NULL},
        {"every-ms", 0, 0, G_OPTION_ARG_INT, &out->every_ms, NULL, NULL},
        {"spread-ms", 0, 0, G_OPTION_ARG_INT, &out->spread_ms, NULL, NULL},
        {"queue", 0, 0, G_OPTION_ARG_INT, &out->queue, NULL, NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_help_enabled(context, FALSE);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1) {
        fprintf(stderr, "coster-load: %s\n", error != NULL ? error->message : argv[1]);
        return false;
    }
    out->host = host != NULL ? host : "127.0.0.1";
    out->port = (guint16)CLAMP(port, 0, G_MAXUINT16);
    out->tls = tls;
    out->fire = fire;
    out->tills_file = tills;
    out->data = data;
    out->store = store != NULL ? store : "1";
    out->path = path != NULL ? path : "/v1/journal";
    return out->count >= 0 && out->streams >= 0 && out->batch > 0 && out->batch <= 1000 &&
           out->seconds > 0 && out->every_ms > 0 && out->queue > 0 && out->queue <= 1000;
}

int main(int argc, char **argv)
{
    LoadOptions options = {.count = 10,
                           .batch = 1,
                           .seconds = 10,
                           .changes = 10,
                           .every_ms = 30000,
                           .spread_ms = 30000,
                           .queue = 1};
    struct rlimit files;
    if (argc < 2 || !read_options(argc - 1, argv + 1, &options)) {
        return usage();
    }
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(COMMANDS); i++) {
        if (strcmp(argv[1], COMMANDS[i].name) == 0) {
            bool prepares = COMMANDS[i].run == load_prepare;
            if (prepares ? options.data == NULL : options.tills_file == NULL || options.port == 0) {
                return usage();
            }
            return COMMANDS[i].run(&options);
        }
    }
    return usage();
}

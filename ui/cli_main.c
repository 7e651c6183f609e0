/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster`: a table of commands. Loads no GTK: without a command, or with --mode, it becomes coster-window, the
 * program beside it that does. */
#include "pos/datadir.h"
#include "ui/cli.h"
#include "ui/cli_commands.h"
#include "ui/cli_labels.h"
#include "ui/cli_scan.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage;
    const char *summary; /* translatable */
} Command;

static const Command COMMANDS[] = {
    {"enrol", ui_cli_enrol,
     "enrol --data DIR --url URL --code CODE [--name NAME] [--mode till|kiosk|manager]",
     N_("makes a folder a terminal of a store, with a code from the central service")},
    {"till", ui_cli_till, "till --data DIR [--offline] [--card ADDRESS]",
     N_("sells: commands on stdin, events on stdout, one JSON object a line")},
    {"sync", ui_cli_sync, "sync --data DIR [--timeout SECONDS]",
     N_("sends the records and fetches the prices once")},
    {"status", ui_cli_status, "status --data DIR",
     N_("says who this terminal is, what is unsent and how old its prices are, as JSON")},
    {"verify", ui_cli_verify, "verify --data DIR",
     N_("re-reads the whole journal: chain, totals and stock")},
    {"journal", ui_cli_journal, "journal --data DIR [--from SEQ]",
     N_("prints the records, one a line")},
    {"export", ui_cli_export, "export --data DIR [--format jsonl|poslog] [--from SEQ] [--to SEQ]",
     N_("prints the records for another program: as they are, or as POSLog XML")},
    {"feed", ui_cli_feed, "feed --data DIR",
     N_("prints what the central service has sent, one item a line")},
    {"receipt", ui_cli_receipt, "receipt --data DIR [--png FILE] [--pdf FILE] RECEIPT",
     N_("shows a sold ticket again, as text, as a picture or as a PDF as long as it is")},
    {"print", ui_cli_print, "print --data DIR [--timeout SECONDS] RECEIPT",
     N_("prints a sold ticket again, marked as a copy; beside a running till through its queue")},
    {"device", ui_cli_device, "device --data DIR [set KEY VALUE]",
     N_("lists what this terminal's scanner, camera and other devices are set to, or sets one")},
    {"rcn", ui_cli_rcn, "rcn --data DIR | --rcn FILE [NUMBER…]",
     N_("explains the store's own numbers: its layouts, or what each digit of a label means")},
    {"labels", cli_labels_run,
     "labels --data DIR [--out FILE.pdf | --png DIR] [--gtin GTIN [--lot LOT]] [--language "
     "ko|en|zh] "
     "[--dpi N]",
     N_("makes shelf tags of the lots, as sheets to print or as pictures")},
    {"scan", cli_scan_run,
     "scan [--today YYYY-MM-DD] [--rcn FILE] [--gs CHAR] [--dl-compressed] FILE… | --text STRING…",
     N_("reads codes from pictures or from a scanner's strings, as JSON Lines")},
    {"layouts", ui_cli_layouts, "layouts --data DIR | --rcn FILE [NUMBER…]",
     N_("says what each digit of the shop's own numbers means, or how given numbers are read")},
    {NULL, NULL, NULL, NULL},
};

static void print_usage(FILE *out)
{
    fprintf(out, "%s\n\n", _("Usage: coster COMMAND [OPTION]…"));
    fprintf(out, "  coster [--mode till|kiosk|manager] [--data DIR]\n      %s\n",
            _("opens the window"));
    for (const Command *command = COMMANDS; command->name != NULL; command++) {
        fprintf(out, "  coster %s\n      %s\n", command->usage, _(command->summary));
    }
    fprintf(out, "  coster --help | --version\n");
}

int ui_cli_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "coster: %s\n", message);
    return UI_CLI_FAILED;
}

int ui_cli_fail_error(const GError *error)
{
    return ui_cli_fail("%s", error->message);
}

int ui_cli_misuse(const char *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    for (const Command *row = COMMANDS; row->name != NULL; row++) {
        if (g_strcmp0(row->name, command) == 0) {
            fprintf(stderr, "%s coster %s\n", _("Usage:"), row->usage);
        }
    }
    fprintf(stderr, "coster: %s\n", message);
    return UI_CLI_USAGE;
}

/* Replaces this process by the window's. Returns only when that failed. */
static int become_window(char **argv)
{
    g_autofree char *folder = pos_datadir_program_folder();
    g_autofree char *beside =
        g_build_filename(folder != NULL ? folder : ".", "coster-window", NULL);
    const char *const places[] = {beside, COSTER_LIBEXECDIR "/coster-window"};
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        if (access(places[i], X_OK) == 0) {
            argv[0] = (char *)places[i];
            execv(places[i], argv);
            return ui_cli_fail(_("The window could not be started (%s): %s."), places[i],
                               g_strerror(errno));
        }
    }
    return ui_cli_fail(
        _("This coster was built without its window; \"coster --help\" lists what works without."));
}

int ui_cli_main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_autofree char *locale_folder = pos_datadir_locale();
    bindtextdomain(GETTEXT_PACKAGE, locale_folder);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    textdomain(GETTEXT_PACKAGE);

    const char *word = argc > 1 ? argv[1] : NULL;
    if (g_strcmp0(word, "--help") == 0 || g_strcmp0(word, "-h") == 0) {
        print_usage(stdout);
        return UI_CLI_OK;
    }
    if (g_strcmp0(word, "--version") == 0) {
        printf("coster %s\n", COSTER_VERSION);
        return UI_CLI_OK;
    }
    if (word == NULL || word[0] == '-') {
        return become_window(argv);
    }
    for (const Command *command = COMMANDS; command->name != NULL; command++) {
        if (strcmp(command->name, word) == 0) {
            return command->run(argc - 1, argv + 1);
        }
    }
    return ui_cli_misuse(NULL, _("There is no command \"%s\"; \"coster --help\" lists them."),
                         word);
}

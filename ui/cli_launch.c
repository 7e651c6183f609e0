/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster`: reads codes by itself, and becomes the program beside it that does the rest: coster-window for a window,
 * coster-terminal for the other commands. So reading a code loads neither GTK nor the network's and the
 * database's libraries, which take longer to load than a code to read. */
#include "pos/datadir.h"
#include "ui/cli.h"
#include "ui/cli_scan.h"
#include "ui/cli_table.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_usage(FILE *out)
{
    fprintf(out, "%s\n\n", _("Usage: coster COMMAND [OPTION]…"));
    fprintf(out, "  coster [--mode till|kiosk|manager] [--data DIR]\n      %s\n",
            _("opens the window"));
    for (const UiCliCommand *command = UI_CLI_COMMANDS; command->name != NULL; command++) {
        fprintf(out, "  coster %s\n      %s\n", command->usage, _(command->summary));
    }
    fprintf(out, "  coster --help | --version\n");
}

/* Replaces this process by a program beside it. Returns only when that failed: *out_missing when there is none. */
static int become(const char *program, char **argv, bool *out_missing)
{
    g_autofree char *folder = pos_datadir_program_folder();
    g_autofree char *beside = g_build_filename(folder != NULL ? folder : ".", program, NULL);
    g_autofree char *installed = g_build_filename(COSTER_LIBEXECDIR, program, NULL);
    const char *const places[] = {beside, installed};
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        if (access(places[i], X_OK) == 0) {
            argv[0] = (char *)places[i];
            execv(places[i], argv);
            return ui_cli_fail(_("%s could not be started: %s."), places[i], g_strerror(errno));
        }
    }
    *out_missing = true;
    return UI_CLI_FAILED;
}

static int become_window(char **argv)
{
    bool missing = false;
    int status = become("coster-window", argv, &missing);
    return missing ? ui_cli_fail(_("This coster was built without its window; \"coster --help\" "
                                   "lists what works without."))
                   : status;
}

static bool is_command(const char *word)
{
    for (const UiCliCommand *command = UI_CLI_COMMANDS; command->name != NULL; command++) {
        if (strcmp(command->name, word) == 0) {
            return true;
        }
    }
    return false;
}

int ui_cli_launch(int argc, char **argv)
{
    ui_cli_locale();
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
    if (strcmp(word, "scan") == 0) {
        return cli_scan_run(argc - 1, argv + 1);
    }
    if (!is_command(word)) {
        return ui_cli_misuse(NULL, _("There is no command \"%s\"; \"coster --help\" lists them."),
                             word);
    }
    bool missing = false;
    int status = become("coster-terminal", argv, &missing);
    return missing ? ui_cli_fail(_("coster-terminal, which belongs beside coster, is missing; "
                                   "install Coster again."))
                   : status;
}

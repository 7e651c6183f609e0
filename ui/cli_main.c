/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster-terminal`: which function carries out which command of a terminal. Loads no GTK. */
#include "ui/cli.h"
#include "ui/cli_commands.h"
#include "ui/cli_labels.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    const char *name;
    int (*run)(int argc, char **argv);
} Row;

static const Row ROWS[] = {
    {"enrol", ui_cli_enrol},   {"till", ui_cli_till},     {"sync", ui_cli_sync},
    {"status", ui_cli_status}, {"verify", ui_cli_verify}, {"journal", ui_cli_journal},
    {"export", ui_cli_export}, {"feed", ui_cli_feed},     {"receipt", ui_cli_receipt},
    {"print", ui_cli_print},   {"device", ui_cli_device}, {"labels", cli_labels_run},
    {"rcn", ui_cli_rcn},       {"manage", ui_cli_manage},
};

int ui_cli_main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    ui_cli_locale();
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        if (strcmp(ROWS[i].name, word) == 0) {
            return ROWS[i].run(argc - 1, argv + 1);
        }
    }
    return ui_cli_misuse(NULL, _("There is no command \"%s\"; \"coster --help\" lists them."),
                         word);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns how a command says that it failed or was called wrongly: one sentence on stderr, and the exit status. */
#include "ui/cli.h"
#include "pos/datadir.h"
#include "ui/cli_table.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>

void ui_cli_locale(void)
{
    setlocale(LC_ALL, "");
    g_autofree char *folder = pos_datadir_locale();
    bindtextdomain(GETTEXT_PACKAGE, folder);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    textdomain(GETTEXT_PACKAGE);
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
    for (const UiCliCommand *row = UI_CLI_COMMANDS; row->name != NULL; row++) {
        if (g_strcmp0(row->name, command) == 0) {
            fprintf(stderr, "%s coster %s\n", _("Usage:"), row->usage);
        }
    }
    fprintf(stderr, "coster: %s\n", message);
    return UI_CLI_USAGE;
}

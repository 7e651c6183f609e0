/* SPDX-License-Identifier: GPL-3.0-or-later
 * The commands of `coster` without a window. Each is one function: argv[0] is the command's own name, what follows
 * is what the user typed after it. It returns the exit status: 0 done, 1 failed (one sentence on stderr),
 * 2 wrong usage (the sentence and the usage line on stderr), or what its own contract says. A command is added by
 * declaring it in ui/cli_commands.h, with a row of words in ui/cli_table.c and one in ui/cli_main.c. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define UI_CLI_OK 0
#define UI_CLI_FAILED 1
#define UI_CLI_USAGE 2

/* `coster`: reads codes, or becomes coster-window (no command, or an option first) or coster-terminal. */
int ui_cli_launch(int argc, char **argv);
/* `coster-terminal`: carries out argv[1], any command but `scan`. */
int ui_cli_main(int argc, char **argv);
/* The user's language for all that follows. */
void ui_cli_locale(void);

/* One sentence on stderr, "coster: …", and the status to return with. */
int ui_cli_fail(const char *format, ...) G_GNUC_PRINTF(1, 2);
int ui_cli_fail_error(const GError *error);
/* The same for wrong usage: adds where help is. command: its name, NULL for the program. */
int ui_cli_misuse(const char *command, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The bytes of a file of layouts of restricted-circulation numbers: at most one more than such a file may have, so that
 * what is longer, even endless, is refused by its length. Owned; NULL with error when it cannot be read. */
char *ui_cli_layouts_read(const char *path, gsize *out_length, GError **error);

/* What commands with --data and the like were given. Strings borrowed from argv, NULL when absent. */
typedef struct {
    const char *data, *url, *code, *name, *mode, *card, *format;
    bool offline;
    int64_t timeout_s; /* -1 absent */
    int64_t from_seq;  /* -1 absent */
    int64_t to_seq;    /* -1 absent */
} UiCliOptions;

/* Reads the options of `command` that are named in `allowed` (space-separated, "data url"). False after a sentence
 * on stderr: the caller returns UI_CLI_USAGE. --data is required when allowed. */
bool ui_cli_options_read(int argc, char **argv, const char *allowed, UiCliOptions *out);

G_END_DECLS

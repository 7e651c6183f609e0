/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster rcn`: a store's own numbers explained, from its settings or from a file before it is set. Only reads. */
#include "pos/rcn_explain.h"
#include "pos/store.h"
#include "ui/cli.h"
#include "ui/cli_commands.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define FILE_BYTES_MAX 65536

typedef struct {
    const char *data, *file;
    GPtrArray *numbers; /* borrowed */
} Wanted;

static bool read_options(int argc, char **argv, Wanted *out)
{
    for (int i = 1; i < argc; i++) {
        const char **at = strcmp(argv[i], "--data") == 0  ? &out->data
                          : strcmp(argv[i], "--rcn") == 0 ? &out->file
                                                          : NULL;
        if (at != NULL && i + 1 < argc && argv[i + 1][0] != '\0' && *at == NULL) {
            *at = argv[++i];
        } else if (argv[i][0] == '-') {
            ui_cli_misuse(argv[0], _("There is no option \"%s\"."), argv[i]);
            return false;
        } else {
            g_ptr_array_add(out->numbers, argv[i]);
        }
    }
    if ((out->data == NULL) == (out->file == NULL)) {
        ui_cli_misuse(argv[0], _("Give the terminal's folder (--data) or a layout file (--rcn)."));
        return false;
    }
    return true;
}

/* The text of the layouts. Owned; NULL with an error. */
static char *read_text(const Wanted *wanted, GError **error)
{
    g_auto(PosStoreSettings) settings = {0};
    char *text = NULL;
    gsize length = 0;
    if (wanted->file != NULL) {
        if (g_file_get_contents(wanted->file, &text, &length, error) && length > FILE_BYTES_MAX) {
            text[FILE_BYTES_MAX + 1] = '\0'; /* the check says that it is too long */
        }
        return text;
    }
    g_autoptr(PosStore) store = pos_store_open(wanted->data, POS_STORE_READ_ONLY, error);
    return store != NULL && pos_store_settings(store, &settings, error)
               ? g_strdup(settings.rcn_layouts)
               : NULL;
}

static void list(const PosRcnLayouts *layouts)
{
    for (gsize i = 0; i < pos_rcn_layouts_count(layouts); i++) {
        const PosRcnLayout *layout = pos_rcn_layouts_at(layouts, i);
        char example[14];
        bool right = false;
        pos_rcn_example(layout, example);
        g_autofree char *pattern = pos_rcn_pattern(layout);
        g_autofree char *words = pos_rcn_words(layouts, example, &right);
        printf("%s %s\n    %s  %s\n", pos_rcn_kind_code(&layout->kind), pattern, example, words);
    }
}

static bool explain(const PosRcnLayouts *layouts, const char *number)
{
    char digits[14];
    bool right = false;
    g_autoptr(GError) error = NULL;
    if (!pos_rcn_number(number, digits, &error)) {
        ui_cli_fail_error(error);
        return false;
    }
    g_autofree char *words = pos_rcn_words(layouts, digits, &right);
    printf("%s  %s\n", digits, words);
    return right;
}

static int carry_out(const Wanted *wanted)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = read_text(wanted, &error);
    if (text == NULL) {
        return ui_cli_fail_error(error);
    }
    g_autoptr(GPtrArray) faults = pos_rcn_faults(text, strlen(text));
    bool fine = faults->len == 0;
    for (guint i = 0; i < faults->len; i++) {
        fprintf(stderr, "coster: %s\n", (const char *)faults->pdata[i]);
    }
    g_autoptr(PosRcnLayouts) layouts = pos_rcn_layouts_parse(text, strlen(text), NULL);
    if (layouts == NULL) {
        return UI_CLI_FAILED;
    }
    if (pos_rcn_layouts_count(layouts) == 0) {
        printf("%s\n",
               _("The store has no layouts: numbers that begin with 02 or 2 mean nothing here."));
    } else if (wanted->numbers->len == 0) {
        list(layouts);
    }
    for (guint i = 0; i < wanted->numbers->len; i++) {
        fine = explain(layouts, wanted->numbers->pdata[i]) && fine;
    }
    return fine ? UI_CLI_OK : UI_CLI_FAILED;
}

int ui_cli_rcn(int argc, char **argv)
{
    Wanted wanted = {.numbers = g_ptr_array_new()};
    const int status = read_options(argc, argv, &wanted) ? carry_out(&wanted) : UI_CLI_USAGE;
    g_ptr_array_unref(wanted.numbers);
    return status;
}

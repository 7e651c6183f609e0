/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the command line of `coster layouts`: what each digit of a shop's own numbers means, by the layouts of its settings or of
 * a file, and how given numbers are read by them. Works beside a running till. */
#include "pos/gs1.h"
#include "pos/rcn.h"
#include "pos/store.h"
#include "ui/cli.h"
#include "ui/cli_commands.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "layouts"

/* How many characters from the pattern's front are of one kind: "{NNDDD}", "....", "V", "28". */
static gsize piece_length(const char *pattern)
{
    if (*pattern == '{') {
        return strcspn(pattern, "}") + 1;
    }
    if (*pattern == 'V') {
        return 1;
    }
    return *pattern == '.' ? strspn(pattern, ".") : strspn(pattern, "0123456789");
}

static char *value_meaning(const char *kind, const char *piece)
{
    unsigned whole = (unsigned)strspn(piece + 1, "N");
    unsigned decimals = (unsigned)strspn(piece + 1 + whole, "D");
    const char *what = strcmp(kind, "weight") == 0  ? _("weight in kilograms")
                       : strcmp(kind, "price") == 0 ? _("price")
                                                    : _("number of pieces");
    /* Translators: what a value is, then how many of its digits stand before and after the decimal point. */
    return g_strdup_printf(_("%s: %u digits, then %u after the point"), what, whole, decimals);
}

static char *piece_meaning(const char *kind, const char *piece)
{
    switch (*piece) {
    case '{':
        return value_meaning(kind, piece);
    case '.':
        return g_strdup(_("item number (the product's PLU)"));
    case 'V':
        return g_strdup(_("price verifier digit, checked"));
    default:
        return g_strdup(_("these digits themselves: what tells this layout from others"));
    }
}

static void explain(const PosRcnLayouts *layouts)
{
    for (gsize i = 0; i < pos_rcn_layouts_count(layouts); i++) {
        g_autofree char *line = pos_rcn_layouts_line(layouts, i);
        char *blank = strchr(line, ' ');
        printf("%s\n", line);
        *blank = '\0';
        for (const char *piece = blank + 1; *piece != '\0'; piece += piece_length(piece)) {
            g_autofree char *meaning = piece_meaning(line, piece);
            printf("  %-14.*s %s\n", (int)piece_length(piece), piece, meaning);
        }
        printf("  %-14s %s\n", "C", _("check digit, checked"));
    }
    if (pos_rcn_layouts_count(layouts) == 0) {
        puts(_("There are no layouts: the shop's own numbers have no meaning here."));
    }
}

static void explain_number(const char *number, const PosRcnLayouts *layouts)
{
    const PosGs1Settings settings = {.rcn = layouts};
    PosGs1Message message;
    pos_gs1_read(number, strlen(number), &settings, &message);
    if (message.rcn.kind != POS_RCN_NONE) {
        g_autofree char *value = pos_rcn_value_text(&message.rcn);
        printf("%s: %s %s, %s %s\n", number, _("item"), message.rcn.item,
               pos_rcn_kind_code(&message.rcn), value);
    } else if (message.kind == POS_GS1_RESTRICTED) {
        printf("%s: %s\n", number, _("a number of a shop's own that no layout fits"));
    } else {
        printf("%s: %s\n", number,
               message.kind == POS_GS1_REFUSED ? message.error : _("not a number of a shop's own"));
    }
}

/* The text of the layouts in the shop's settings. Owned; NULL with error. */
static char *settings_text(const char *folder, GError **error)
{
    g_autoptr(PosStore) store = pos_store_open(folder, POS_STORE_READ_ONLY, error);
    g_auto(PosStoreSettings) settings = {0};
    if (store == NULL || !pos_store_settings(store, &settings, error)) {
        return NULL;
    }
    return g_strdup(settings.rcn_layouts);
}

static int show(const char *text, gsize length, char **numbers)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PosRcnLayouts) layouts = pos_rcn_layouts_parse(text, length, &error);
    if (layouts == NULL) {
        return ui_cli_fail_error(error);
    }
    if (*numbers == NULL) {
        explain(layouts);
    }
    for (; *numbers != NULL; numbers++) {
        explain_number(*numbers, layouts);
    }
    return UI_CLI_OK;
}

int ui_cli_layouts(int argc, char **argv)
{
    if (argc < 3 || (strcmp(argv[1], "--data") != 0 && strcmp(argv[1], "--rcn") != 0)) {
        return ui_cli_misuse(COMMAND, _("Name the till's folder or a layout file."));
    }
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    g_autofree char *text = NULL;
    if (strcmp(argv[1], "--rcn") == 0) {
        text = ui_cli_layouts_read(argv[2], &length, &error);
    } else {
        text = settings_text(argv[2], &error);
        length = text != NULL ? strlen(text) : 0;
    }
    return text != NULL ? show(text, length, argv + 3) : ui_cli_fail_error(error);
}

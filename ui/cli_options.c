/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the options that the commands share: --name VALUE or --name=VALUE, in any order, each at most once. */
#include "ui/cli.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef enum { OPTION_TEXT, OPTION_COUNT, OPTION_FLAG } OptionKind;

typedef struct {
    const char *name;
    OptionKind kind;
    gsize offset; /* of its member in UiCliOptions */
} Option;

static const Option OPTIONS[] = {
    {"data", OPTION_TEXT, G_STRUCT_OFFSET(UiCliOptions, data)},
    {"url", OPTION_TEXT, G_STRUCT_OFFSET(UiCliOptions, url)},
    {"code", OPTION_TEXT, G_STRUCT_OFFSET(UiCliOptions, code)},
    {"name", OPTION_TEXT, G_STRUCT_OFFSET(UiCliOptions, name)},
    {"card", OPTION_TEXT, G_STRUCT_OFFSET(UiCliOptions, card)},
    {"mode", OPTION_TEXT, G_STRUCT_OFFSET(UiCliOptions, mode)},
    {"offline", OPTION_FLAG, G_STRUCT_OFFSET(UiCliOptions, offline)},
    {"timeout", OPTION_COUNT, G_STRUCT_OFFSET(UiCliOptions, timeout_s)},
    {"format", OPTION_TEXT, G_STRUCT_OFFSET(UiCliOptions, format)},
    {"to", OPTION_COUNT, G_STRUCT_OFFSET(UiCliOptions, to_seq)},
    {"from", OPTION_COUNT, G_STRUCT_OFFSET(UiCliOptions, from_seq)},
};

static bool is_allowed(const char *allowed, const char *name)
{
    g_auto(GStrv) words = g_strsplit(allowed, " ", -1);
    return g_strv_contains((const char *const *)words, name);
}

static const Option *find_option(const char *name, const char *allowed)
{
    for (gsize i = 0; i < G_N_ELEMENTS(OPTIONS); i++) {
        if (strcmp(OPTIONS[i].name, name) == 0 && is_allowed(allowed, name)) {
            return &OPTIONS[i];
        }
    }
    return NULL;
}

static bool set_option(const char *command, const Option *option, const char *value,
                       UiCliOptions *out)
{
    void *member = (char *)out + option->offset;
    if (option->kind == OPTION_FLAG) {
        *(bool *)member = true;
        return true;
    }
    if (option->kind == OPTION_TEXT) {
        if (value[0] == '\0') {
            ui_cli_misuse(command, _("--%s needs a value."), option->name);
            return false;
        }
        *(const char **)member = value;
        return true;
    }
    guint64 number = 0;
    if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT32, &number, NULL)) {
        ui_cli_misuse(command, _("--%s needs a whole number, not \"%s\"."), option->name, value);
        return false;
    }
    *(int64_t *)member = (int64_t)number;
    return true;
}

bool ui_cli_options_read(int argc, char **argv, const char *allowed, UiCliOptions *out)
{
    UiCliOptions options = {.timeout_s = -1, .from_seq = -1, .to_seq = -1};
    const char *command = argv[0];
    for (int i = 1; i < argc; i++) {
        const char *equals = strchr(argv[i], '=');
        g_autofree char *name = NULL;
        if (!g_str_has_prefix(argv[i], "--")) {
            ui_cli_misuse(command, _("\"%s\" is not expected here."), argv[i]);
            return false;
        }
        name = equals == NULL ? g_strdup(argv[i] + 2)
                              : g_strndup(argv[i] + 2, (gsize)(equals - argv[i] - 2));
        const Option *option = find_option(name, allowed);
        const char *value = equals == NULL ? NULL : equals + 1;
        if (option == NULL || (option->kind == OPTION_FLAG && value != NULL)) {
            ui_cli_misuse(command, _("There is no option \"%s\"."), argv[i]);
            return false;
        }
        if (option->kind != OPTION_FLAG && value == NULL) {
            if (i + 1 == argc) {
                ui_cli_misuse(command, _("--%s needs a value."), name);
                return false;
            }
            value = argv[++i];
        }
        if (!set_option(command, option, value, &options)) {
            return false;
        }
    }
    if (is_allowed(allowed, "data") && options.data == NULL) {
        ui_cli_misuse(command, _("--data DIR is missing: the terminal's folder."));
        return false;
    }
    *out = options;
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster device`: what this terminal's devices are set to, and setting one of them. Listing only reads and works
 * beside a running till; setting takes the folder's lock. */
#include "pos/device_settings.h"
#include "pos/till.h"
#include "ui/cli.h"
#include "ui/cli_commands.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

static int list(const UiCliOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *note = NULL;
    PosDeviceSettings settings;
    g_autoptr(PosStore) store = pos_store_open(options->data, POS_STORE_READ_ONLY, &error);
    if (store == NULL) {
        return ui_cli_fail_error(error);
    }
    pos_store_devices_load(store, &settings, &note);
    if (note != NULL) {
        fprintf(stderr, "coster: %s\n", note);
    }
    for (gsize i = 0; i < pos_device_settings_count(); i++) {
        const char *key = pos_device_settings_key(i);
        g_autofree char *value = pos_device_settings_get(&settings, key);
        g_autofree char *help = pos_device_settings_help(i);
        printf("%-24s %-14s # %s\n", key, value[0] != '\0' ? value : "\"\"", help);
    }
    return fflush(stdout) == 0 && !ferror(stdout)
               ? UI_CLI_OK
               : ui_cli_fail(_("The output could not be written."));
}

/* The till knows the time, also when the machine's clock is wrong. */
static bool save(PosStore *store, const char *key, const char *value, GError **error)
{
    PosDeviceSettings settings;
    g_autoptr(PosTill) till = pos_till_new(store, pos_clock_system(), error);
    if (till == NULL) {
        return false;
    }
    pos_store_devices_load(store, &settings, NULL);
    return pos_device_settings_set(&settings, key, value, error) &&
           pos_store_devices_save(store, &settings, NULL, pos_till_now_ms(till, NULL), error);
}

static int set(const UiCliOptions *options, const char *key, const char *value)
{
    g_autoptr(GError) error = NULL;
    PosStoreLock *lock = pos_store_lock(options->data, &error);
    if (lock == NULL) {
        return ui_cli_fail_error(error);
    }
    PosStore *store = pos_store_open(options->data, POS_STORE_WRITE, &error);
    const bool done = store != NULL && save(store, key, value, &error);
    if (store != NULL) {
        pos_store_close(store);
    }
    pos_store_unlock(lock);
    return done ? UI_CLI_OK : ui_cli_fail_error(error);
}

int ui_cli_device(int argc, char **argv)
{
    UiCliOptions options;
    int words = argc;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "set") == 0) {
            words = i;
            break;
        }
    }
    if (!ui_cli_options_read(words, argv, "data", &options)) {
        return UI_CLI_USAGE;
    }
    if (words == argc) {
        return list(&options);
    }
    if (argc - words != 3) {
        return ui_cli_misuse(argv[0], _("\"set\" needs a key and a value."));
    }
    return set(&options, argv[words + 1], argv[words + 2]);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster enrol` and `coster sync`: the folder's lock is held while they talk to the central service. */
#include "pos/store.h"
#include "sync/client.h"
#include "ui/cli.h"
#include "ui/cli_commands.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define SYNC_TIMEOUT_S_DEFAULT 60

static bool is_mode(const char *mode)
{
    return mode == NULL || strcmp(mode, "till") == 0 || strcmp(mode, "kiosk") == 0 ||
           strcmp(mode, "manager") == 0;
}

int ui_cli_enrol(int argc, char **argv)
{
    UiCliOptions options;
    g_autoptr(GError) error = NULL;
    if (!ui_cli_options_read(argc, argv, "data url code name mode", &options)) {
        return UI_CLI_USAGE;
    }
    if (options.url == NULL || options.code == NULL) {
        return ui_cli_misuse(argv[0], options.url == NULL
                                          ? _("--url URL is missing: where the central service is.")
                                          : _("--code CODE is missing: the enrolment code from the "
                                              "central service."));
    }
    if (!is_mode(options.mode)) {
        return ui_cli_misuse(argv[0], _("--mode is till, kiosk or manager, not \"%s\"."),
                             options.mode);
    }
    PosStoreLock *lock = pos_store_lock(options.data, &error);
    if (lock == NULL) {
        return ui_cli_fail_error(error);
    }
    bool fine =
        sync_enrol(options.data, options.url, options.code, options.name, options.mode, &error);
    pos_store_unlock(lock);
    return fine ? UI_CLI_OK : ui_cli_fail_error(error);
}

int ui_cli_sync(int argc, char **argv)
{
    UiCliOptions options;
    g_autoptr(GError) error = NULL;
    int64_t acked = 0;
    int64_t feed_version = 0;
    if (!ui_cli_options_read(argc, argv, "data timeout", &options)) {
        return UI_CLI_USAGE;
    }
    int64_t timeout_s = options.timeout_s < 0 ? SYNC_TIMEOUT_S_DEFAULT : options.timeout_s;
    PosStoreLock *lock = pos_store_lock(options.data, &error);
    if (lock == NULL) {
        return ui_cli_fail_error(error);
    }
    bool fine = sync_once(options.data, timeout_s * 1000, &acked, &feed_version, &error);
    pos_store_unlock(lock);
    if (!fine) {
        return ui_cli_fail_error(error);
    }
    printf("{\"acked\":%" G_GINT64_FORMAT ",\"feed_version\":%" G_GINT64_FORMAT "}\n",
           (gint64)acked, (gint64)feed_version);
    return UI_CLI_OK;
}

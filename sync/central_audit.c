/* SPDX-License-Identifier: GPL-3.0-or-later
 * One write(2) a line to a file opened for appending, so that two commands at once do not mix. */
#include "sync/central_audit.h"

#include "pos/date.h"
#include "pos/error.h"
#include "pos/json.h"

#include <glib/gi18n-lib.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool central_audit_append(const char *dir, const char *command, json_t *given, int status,
                          int64_t now_ms, GError **error)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *at = pos_instant_format(now_ms, utc);
    g_autofree char *by = g_utf8_make_valid(g_get_user_name(), -1);
    g_autofree char *sudo =
        g_utf8_make_valid(g_getenv("SUDO_USER") ? g_getenv("SUDO_USER") : "", -1);
    g_autoptr(json_t) line = given;
    json_object_set_new(line, "at", json_string(at));
    json_object_set_new(line, "by", json_string(by));
    json_object_set_new(line, "command", json_string(command));
    json_object_set_new(line, "status", json_integer(status));
    if (*sudo != '\0') {
        json_object_set_new(line, "for", json_string(sudo));
    }
    g_autofree char *text = json_dumps(line, JSON_COMPACT | JSON_SORT_KEYS);
    g_autofree char *whole = g_strconcat(text, "\n", NULL);
    g_autofree char *path = g_build_filename(dir, CENTRAL_AUDIT_FILE, NULL);
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    bool good =
        file >= 0 && write(file, whole, strlen(whole)) == (gssize)strlen(whole) && fsync(file) == 0;
    if (!good) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("%s cannot be written: %s."), path,
                    g_strerror(errno));
    }
    if (file >= 0) {
        close(file);
    }
    return good;
}

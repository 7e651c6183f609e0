/* SPDX-License-Identifier: GPL-3.0-or-later
 * One write(2) a line, so that lines of several threads never mix. */
#include "sync/central_log.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define LINES_PER_SECOND_MAX 50

/* The one mutable global of the service: a log has one stderr, and a flood must be bounded over all
 * threads. */
static struct {
    GMutex lock;
    int64_t second;
    guint lines, dropped;
} flood;

static bool admit(guint *out_dropped)
{
    int64_t second = g_get_monotonic_time() / G_TIME_SPAN_SECOND;
    g_mutex_lock(&flood.lock);
    if (flood.second != second) {
        flood.second = second;
        flood.lines = 0;
    }
    bool yes = flood.lines < LINES_PER_SECOND_MAX;
    if (yes) {
        flood.lines++;
        *out_dropped = flood.dropped;
        flood.dropped = 0;
    } else {
        flood.dropped++;
    }
    g_mutex_unlock(&flood.lock);
    return yes;
}

void central_log(const char *event, json_t *fields)
{
    guint dropped = 0;
    json_t *line = fields != NULL ? fields : json_object();
    if (!admit(&dropped)) {
        json_decref(line);
        return;
    }
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *at = g_date_time_format_iso8601(now);
    json_object_set_new(line, "at", json_string(at));
    json_object_set_new(line, "event", json_string(event));
    if (dropped > 0) {
        json_object_set_new(line, "lines_dropped", json_integer(dropped));
    }
    g_autofree char *text = json_dumps(line, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(line);
    if (text != NULL) {
        g_autofree char *whole = g_strconcat(text, "\n", NULL);
        gssize unused = write(STDERR_FILENO, whole, strlen(whole));
        (void)unused;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster manage`: what the manager's window does, as JSON lines (ui/manage_desk.h has them): one object in, one object
 * out, in order. */
#include "pos/bounds.h"
#include "ui/cli.h"
#include "ui/cli_commands.h"
#include "ui/manage_desk.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES_MAX (4 * 1024 * 1024) /* a sheet of products is one line */

typedef enum { LINE_READY, LINE_TOO_LONG, LINE_END } LineKind;

/* The next line without its newline; of one too long nothing is kept. */
static LineKind read_line(GString *line)
{
    bool too_long = false;
    int c;
    g_string_truncate(line, 0);
    while ((c = getc(stdin)) != EOF && c != '\n') {
        too_long = too_long || line->len >= LINE_BYTES_MAX;
        if (!too_long) {
            g_string_append_c(line, (char)c);
        }
    }
    return too_long ? LINE_TOO_LONG : c == EOF && line->len == 0 ? LINE_END : LINE_READY;
}

static json_t *refused(const char *sentence)
{
    return json_pack("{s:s, s:s}", "event", "refused", "message", sentence);
}

static json_t *answer_line(UiManageDesk *desk, const GString *line)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) request = pos_json_parse_object(line->str, line->len, LINE_BYTES_MAX, &error);
    if (request == NULL) {
        return refused(error->message);
    }
    json_t *event = ui_manage_desk_answer(desk, request);
    if (json_object_get(request, "id") != NULL) {
        json_object_set(event, "id", json_object_get(request, "id"));
    }
    return event;
}

/* False when the reader of the events is gone. */
static bool say(json_t *event)
{
    g_autoptr(json_t) mine = event;
    g_autofree char *out = json_dumps(mine, JSON_COMPACT);
    return fputs(out, stdout) != EOF && fputc('\n', stdout) != EOF && fflush(stdout) == 0;
}

int ui_cli_manage(int argc, char **argv)
{
    UiCliOptions options;
    g_autoptr(GError) error = NULL;
    if (!ui_cli_options_read(argc, argv, "data offline", &options)) {
        return UI_CLI_USAGE;
    }
    g_autoptr(UiManageDesk) desk =
        ui_manage_desk_open(options.data, options.offline, NULL, NULL, &error);
    if (desk == NULL) {
        return ui_cli_fail_error(error);
    }
    if (!ui_manage_desk_is_enrolled(desk)) {
        return ui_cli_fail(_("This folder belongs to no store yet: coster enrol --mode manager."));
    }
    g_autoptr(GString) line = g_string_new(NULL);
    LineKind kind;
    bool listens = true;
    while (listens && (kind = read_line(line)) != LINE_END) {
        if (kind == LINE_TOO_LONG) {
            listens = say(refused(_("The line is too long.")));
        } else if (line->len > 0) {
            listens = say(answer_line(desk, line));
        }
    }
    return listens ? UI_CLI_OK : UI_CLI_FAILED;
}

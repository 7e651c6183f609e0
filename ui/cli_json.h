/* SPDX-License-Identifier: GPL-3.0-or-later
 * One line of `coster till` to a command, an event to one line. Strict and bounded on the way in; on the way out
 * a value that is absent is left out or "", never null. */
#pragma once
#include "pos/json.h"
#include "pos/till.h"

G_BEGIN_DECLS

typedef enum { UI_CLI_DO_TILL, UI_CLI_DO_SYNC, UI_CLI_DO_PRINT, UI_CLI_DO_PRINTER } UiCliDo;
/* What becomes of receipts of which nobody knows whether they came out. */
typedef enum {
    UI_CLI_UNCERTAIN_LEAVE,
    UI_CLI_UNCERTAIN_PRINT,
    UI_CLI_UNCERTAIN_DROP
} UiCliUncertain;

typedef struct {
    UiCliDo what;
    PosTillCommand command;   /* TILL; strings owned here */
    bool no_wait;             /* TILL, tender: answer at once, not when the card terminal has */
    int64_t timeout_s;        /* SYNC */
    char *receipt;            /* PRINT; owned */
    UiCliUncertain uncertain; /* PRINTER */
    json_t *id; /* as it came, NULL when it had none; owned; set also when the line is refused */
} UiCliRequest;
void ui_cli_request_clear(UiCliRequest *request);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(UiCliRequest, ui_cli_request_clear)

/* False and one sentence (owned) when the line is no command. `out` is cleared first by the caller. */
bool ui_cli_request_read(const char *line, gsize length, UiCliRequest *out, char **out_message);

/* The commands with their members (in brackets: may be left out), the typed command line and the codes of refusals, for
 * `coster till --help`. Owned. */
char *ui_cli_commands_help(void);

/* The event as a JSON object; language is the one of names. id is borrowed, NULL for none. New reference. */
json_t *ui_cli_event_to_json(const PosTillEvent *event, const char *language, const json_t *id);
/* {"event":<event>,…} with the id put in. New reference. */
json_t *ui_cli_event_new(const char *event, const json_t *id);
json_t *ui_cli_refused_new(const char *why, const char *message, const json_t *id);

G_END_DECLS

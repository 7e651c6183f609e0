/* SPDX-License-Identifier: GPL-3.0-or-later
 * The printer in the JSON-lines till: its status as an event, a receipt asked for again. */
#pragma once
#include "pos/printer_till.h"
#include "ui/cli_json.h"

G_BEGIN_DECLS

/* The printer that is set for this folder; NULL when none is. */
PosPrinter *ui_cli_printer_start(PosStore *store, const char *dir);

/* {"do":"print","receipt":"T01-000123"}, when that receipt waits to be asked for: {"event":"print","receipt":…,"copy":0}.
 * Refused with not_logged_in or no_printer. NULL when it does not wait: then it is a reprint of the till's. New reference. */
json_t *ui_cli_printer_print(PosPrinter *printer, PosStore *store, const UiCliRequest *request);
/* {"do":"printer"}: {"event":"printer","state":"none|ready|printing|fault","fault":"paper_out","message":…,"paper_low":bool,
 * "waiting":n,"uncertain":n}. With "uncertain":"print" or "drop" it first decides about receipts in doubt. */
json_t *ui_cli_printer_status(PosPrinter *printer, const UiCliRequest *request);

G_END_DECLS

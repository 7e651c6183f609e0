/* SPDX-License-Identifier: GPL-3.0-or-later
 * Print queues of CUPS through its own commands, lp and lpstat, as any user would: no library of it is needed, and a
 * machine without CUPS only lacks this way to print. */
#pragma once
#include "pos/printer_status.h"

G_BEGIN_DECLS

/* What CUPS says of the queue. NO_QUEUE when there is none or CUPS does not run. Blocks until lpstat ends. */
PosPrinterState pos_printer_cups_state(const char *queue);
/* lpstat's text (in the C locale) to a state. Pure. */
PosPrinterState pos_printer_cups_read(const char *text);
/* Hands a file over: raw (the queue takes the printer's own bytes) or by its driver. False and *out_state when the queue
 * does not take it. */
bool pos_printer_cups_send(const char *queue, bool raw, const char *title, const char *path,
                           PosPrinterState *out_state);

G_END_DECLS

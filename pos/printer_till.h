/* SPDX-License-Identifier: GPL-3.0-or-later
 * What of the till goes to the printer: the receipt of each sale as the terminal is set, reports, slips of suspended
 * tickets, the drawer, a receipt asked for again; paper speaks the store's language. Both faces call these after the till's own command; nothing here can fail a sale. For the thread that owns
 * the store. */
#pragma once
#include "pos/printer.h"
#include "pos/till.h"

G_BEGIN_DECLS

/* After each command. printer: nullable. What could not be queued is said by the printer's own status. */
void pos_printer_follow(PosPrinter *printer, PosStore *store, const PosTillEvent *event);

/* Queues a receipt of this terminal: the one that waits to be asked for as it is, any other as a copy. copy: its number
 * (from the journal's reprint record), -1 when it is not counted. *out_copy (nullable): 0 when it is the first print.
 * POS_ERROR_NOT_FOUND: no such receipt, or no printer is set (POS_ERROR_INVALID). */
bool pos_printer_print_receipt(PosPrinter *printer, PosStore *store, const char *receipt, int copy,
                               int *out_copy, GError **error);

G_END_DECLS

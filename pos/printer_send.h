/* SPDX-License-Identifier: GPL-3.0-or-later
 * One exchange with a printer: status before, the bytes, the word that they are on paper, status after. For the
 * printer's thread (pos/printer.c). */
#pragma once
#include "pos/printer.h"

G_BEGIN_DECLS

typedef enum {
    POS_PRINTER_DONE,      /* on paper, or as sure as this device can be */
    POS_PRINTER_NOT_BEGUN, /* no byte of it left */
    POS_PRINTER_IN_DOUBT,  /* some did */
} PosPrinterOutcome;

typedef struct {
    const PosPrinterSettings *settings;
    const PosPrinterTimes *times;
    int wake_fd; /* readable: all waiting ends now; -1 none */
    bool
        has_answered; /* this printer has answered before: silence means that it is off. Updated. */
    bool knows_no_done;    /* it does not answer GS r: not waited for long any more. Updated. */
    PosPrinterState state; /* what was learnt; updated */
} PosPrinterLine;

/* begun: called before the first byte leaves; when it returns false nothing is sent. forget: the printer first drops
 * what it still holds of the job before. */
PosPrinterOutcome pos_printer_send(PosPrinterLine *line, const uint8_t *bytes, gsize length,
                                   bool forget, bool (*begun)(void *user), void *user);
/* Asks for the state only. */
void pos_printer_look(PosPrinterLine *line);
/* Opens the drawer: in order while the printer is fine, else in real time. False when it cannot be reached. */
bool pos_printer_kick(PosPrinterLine *line);

G_END_DECLS

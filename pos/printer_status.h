/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a receipt printer says of itself, and what a person is told. Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef enum {
    POS_PRINTER_FINE = 0,
    POS_PRINTER_OFF,      /* no device there, or it does not answer */
    POS_PRINTER_DENIED,   /* there, but this user may not open it */
    POS_PRINTER_TAKEN,    /* another program has it */
    POS_PRINTER_NO_QUEUE, /* CUPS has no such queue, or does not run */
    POS_PRINTER_PAPER_OUT,
    POS_PRINTER_COVER_OPEN,
    POS_PRINTER_CUTTER,   /* jammed */
    POS_PRINTER_HOT,      /* head too hot; recovers by itself */
    POS_PRINTER_BROKEN,   /* an error that needs service */
    POS_PRINTER_OFFLINE,  /* offline, without a cause that it names */
    POS_PRINTER_STUCK,    /* takes no more data */
    POS_PRINTER_RUBBISH,  /* answers, but nothing that has a meaning */
    POS_PRINTER_NO_ROOM,  /* the file or folder that it writes to cannot be written */
    POS_PRINTER_SETTINGS, /* what was set for it cannot work */
    POS_PRINTER_FAULTS_COUNT
} PosPrinterFault;

typedef struct {
    PosPrinterFault fault;
    bool paper_low; /* a warning: it still prints */
} PosPrinterState;

/* Answers to DLE EOT 1 (printer), 2 (cause), 3 (error), 4 (paper). */
#define POS_PRINTER_ANSWERS 4
/* Whether a byte can be such an answer: bits 0 and 7 are 0, bits 1 and 4 are 1. */
bool pos_printer_is_answer(uint8_t byte);
/* bytes[i] answers n = i + 1. A byte that is no answer makes RUBBISH. The most useful cause comes first: a cover that is
 * open also ends the paper. */
PosPrinterState pos_printer_state_read(const uint8_t bytes[POS_PRINTER_ANSWERS]);

/* "paper_out": for programs. Static. */
const char *pos_printer_fault_code(PosPrinterFault fault);
/* One sentence that says what is the matter and what to do; "" for FINE. Translated, static. */
const char *pos_printer_fault_words(PosPrinterFault fault);
/* The sentence for a state: the fault, else the warning that paper is low, else "". */
const char *pos_printer_state_words(PosPrinterState state);

G_END_DECLS

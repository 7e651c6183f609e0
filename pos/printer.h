/* SPDX-License-Identifier: GPL-3.0-or-later
 * The receipt printer of a terminal: a thread that takes jobs out of the queue on disk (pos/print_queue.h) and brings them
 * to paper, one after the other. It never holds up who sells: queueing is one small file, all waiting for the device is
 * the thread's. A job that was not begun is printed when the printer is back; one of which nobody knows whether it
 * came out is printed again with its mark, or kept until someone says so, by setting.
 *
 * Every function may be called from any thread. */
#pragma once
#include "pos/device_settings.h"
#include "pos/print_queue.h"
#include "pos/printer_status.h"

G_BEGIN_DECLS

typedef struct PosPrinter PosPrinter;

/* How long is waited, in ms. */
typedef struct {
    int open, answer; /* a device to open, a status to come */
    int stall;        /* a device that takes no byte */
    int done;         /* the last line to be on paper */
    int retry,
        idle;   /* between tries while it is not fine; between looks while nothing is to print */
    int kick;   /* after which a drawer is not opened any more */
    int finish; /* at the end of the program, for what is being printed */
} PosPrinterTimes;
void pos_printer_times_usual(PosPrinterTimes *out);

typedef struct {
    bool is_set; /* a printer is set for this terminal */
    bool known;  /* its state was learnt; before the first try nothing is said */
    PosPrinterState state;
    bool printing;
    int waiting;        /* jobs, the one in hand included */
    int held;           /* in doubt, wait for a decision */
    int asked;          /* printed only when asked for */
    char held_name[64]; /* the first of them */
    bool kick_missed;   /* the last opening of the drawer came to nothing */
    char lost_name[64]; /* the last receipt that could not even be queued; "" none */
} PosPrinterStatus;

/* changed: called on the printer's thread after each change of the status, NULL none. times: NULL the usual. */
PosPrinter *pos_printer_start(const char *dir, const PosPrinterSettings *settings,
                              const PosPrinterTimes *times, void (*changed)(void *user),
                              void *user);
/* What is being printed is finished (times.finish) unless the printer has a fault; what waits stays on disk. */
void pos_printer_stop(PosPrinter *printer);
/* Other settings, from the next job on. */
void pos_printer_set(PosPrinter *printer, const PosPrinterSettings *settings);
PosPrinterSettings pos_printer_settings(PosPrinter *printer);

PosPrinterStatus pos_printer_status(PosPrinter *printer);
/* What is on disk now; the status is as of the thread's last round. */
void pos_printer_counts(PosPrinter *printer, PosPrintCounts *out);
/* One sentence for the header, "" when there is nothing to say: the fault and how many receipts wait. Translated, owned. */
char *pos_printer_status_words(const PosPrinterStatus *status);

/* A document to print: name is its receipt number or another title, language that of its marks, copy the n of COPY n (0 no
 * mark). ask: only when pos_printer_release() says so. On disk when true. */
bool pos_printer_queue(PosPrinter *printer, const PosPrintDocument *document, const char *name,
                       const char *language, int copy, bool ask, GError **error);
/* Prints what was queued with `ask`; false when there is no such document. */
bool pos_printer_release(PosPrinter *printer, const char *name);
/* Drops what was queued with `ask` and not released. */
void pos_printer_drop_asked(PosPrinter *printer);
/* Everything in doubt: printed as a copy, or dropped. How many there were. */
int pos_printer_decide(PosPrinter *printer, bool print);
/* Opens the cash drawer at the pin that is set, now or (times.kick later) not at all; never after a restart. */
void pos_printer_open_drawer(PosPrinter *printer);
/* A receipt could not be queued (full disk, full queue): the status says so until one can be. */
void pos_printer_say_lost(PosPrinter *printer, const char *name);
/* Looks at the queue and the device now. */
void pos_printer_wake(PosPrinter *printer);

G_END_DECLS

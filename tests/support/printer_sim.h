/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-printer-sim as a test uses it: started on a free port, told what to do, its words waited for. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct {
    GPid pid;
    int in, out;
    char *folder;     /* receipts; removed with the simulator */
    char address[64]; /* 127.0.0.1:PORT */
    char pty[128];
    GString *said;      /* all its lines so far */
    gsize looked_until; /* of said: printer_sim_expect() goes on from here */
} PrinterSim;

/* $COSTER_PRINTER_SIM is its program. charset: "EUC-KR", "GB18030" or "none". */
PrinterSim *printer_sim_start(int dots, int columns, const char *charset);
void printer_sim_free(PrinterSim *sim);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PrinterSim, printer_sim_free)
/* One command; waits for its "ok". */
void printer_sim_tell(PrinterSim *sim, const char *command);
/* Waits until it has said a line that begins with `start`, after those that were waited for before. Owned: the line.
 * Fails the test after ten seconds. */
char *printer_sim_expect(PrinterSim *sim, const char *start);
/* How often it has said a line that begins so. */
int printer_sim_count(PrinterSim *sim, const char *start);
/* Path of "receipt-001.png" or ".txt" and the text of the latter. Owned. */
char *printer_sim_path(const PrinterSim *sim, const char *name);
char *printer_sim_text(const PrinterSim *sim, const char *name);

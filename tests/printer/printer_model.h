/* SPDX-License-Identifier: GPL-3.0-or-later
 * The emulated printer itself: bytes in, answers out, paper drawn. Real-time commands (DLE) are carried out as they come,
 * all others in their turn, when the printer is online. Knows no descriptor and no clock. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct {
    bool paper_out, paper_low, cover_open, cutter_jam, hot;
    bool rubbish;   /* answers with bytes that mean nothing */
    bool mute;      /* answers nothing */
    int lines_left; /* lines until the paper is out; -1 never */
} PrinterFaults;

typedef struct {
    int dots, columns;
    const char *charset; /* of multibyte mode: "EUC-KR", "GB18030" */
    const char *folder;  /* receipt-001.png and .txt go here */
    void (*answer)(uint8_t byte, void *user);
    void (*log)(const char *line, void *user);
    void *user;
} PrinterModelOptions;

typedef struct PrinterModel PrinterModel;

PrinterModel *printer_model_new(const PrinterModelOptions *options);
void printer_model_free(PrinterModel *model);
PrinterFaults *printer_model_faults(PrinterModel *model);

/* Takes what came; real-time commands are carried out, the rest waits. */
void printer_model_receive(PrinterModel *model, const uint8_t *bytes, gsize length);
/* Bytes that wait. */
gsize printer_model_waiting(const PrinterModel *model);
/* Carries out at most `bytes` of what waits; less while the printer is offline or a command is not whole. */
void printer_model_print(PrinterModel *model, gsize bytes);
/* The wire is gone: a command that had begun is forgotten. */
void printer_model_drop_unfinished(PrinterModel *model);
/* Power off: what waits is lost, what is on the paper stays. */
void printer_model_power_off(PrinterModel *model);
/* New paper: what was on the old one is torn off as a picture of its own. */
void printer_model_new_paper(PrinterModel *model);

G_END_DECLS

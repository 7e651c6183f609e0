/* SPDX-License-Identifier: GPL-3.0-or-later
 * A scanner on its own thread: opens the device, reads codes from it, and opens it again when it was pulled out and is
 * back. For serial lines, HID POS (hidraw) and keyboards read at their device (evdev, grabbed). A trigger always
 * counts: the same code twice is two codes. */
#pragma once
#include "pos/scanner.h"

G_BEGIN_DECLS

/* A code as it came. Borrowed for the call. */
typedef struct {
    PosScannerVerdict verdict; /* TEXT or FRAGMENT */
    const char *text;          /* as the till reads it; "" for a fragment */
    gsize length;
    const char *raw; /* as the device sent it, with the AIM identifier of HID reports; for set-up */
    gsize raw_length;
    char end; /* the byte that ended it, CR for Enter; 0: a pause, or its report had an end */
} PosScannerCode;

/* Both are called on the reader's thread. */
typedef struct {
    void (*code)(const PosScannerCode *code, void *user);
    /* fault: NULL when the scanner works, else one sentence. Called at each change. Nullable. */
    void (*state)(const char *fault, void *user);
    void *user;
    /* Where the report descriptor of an open hidraw device comes from; NULL: the kernel. Returns its length, 0 for
     * none. For tests. */
    gsize (*descriptor)(int fd, uint8_t *out, gsize size);
} PosScannerWatch;

typedef struct PosScannerReader PosScannerReader;

/* NULL when these settings need no reader (none, keyboard). Never fails: what cannot be opened is a state. */
PosScannerReader *pos_scanner_reader_start(const PosScannerSettings *settings,
                                           const PosScannerWatch *watch);
/* Ends the thread; after it no call comes any more. NULL is allowed. */
void pos_scanner_reader_stop(PosScannerReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosScannerReader, pos_scanner_reader_stop)

G_END_DECLS

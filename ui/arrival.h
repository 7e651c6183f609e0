/* SPDX-License-Identifier: GPL-3.0-or-later
 * One code that a scanner sent to the window. No GTK here. */
#pragma once
#include "pos/evdev_keys.h"
#include "pos/scanner.h"

G_BEGIN_DECLS

/* A code with all that is known of its way here. Borrowed for the signal. */
typedef struct {
    int which; /* 0 scanner, 1 scanner2 */
    PosScannerSource source;
    PosScannerVerdict verdict;
    const char *text; /* as the till reads it */
    gsize length;
    const char *raw; /* as it came */
    gsize raw_length;
    /* Of one that types: */
    const PosKeyStroke *strokes; /* NULL for others */
    gsize strokes_count;
    char end; /* the byte that ended it, CR for Enter; 0: a pause, or its report had an end */
    uint32_t gap_max_ms;
    bool caps_lock;
} UiArrival;

G_END_DECLS

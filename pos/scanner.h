/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a scanner sends, to the text that the till reads: where a code begins and ends on a serial line, GS sent as
 * something else, the AIM identifier. For every way in (serial, HID, evdev, keyboard). Pure. */
#pragma once
#include "pos/bounds.h"
#include "pos/device_settings.h"

G_BEGIN_DECLS

/* --- a serial line's bytes to codes ------------------------------------------------------------------ */

/* All zero is at rest. Members are its own. */
typedef struct {
    char text[POS_BOUND_SCAN_BYTES + 1];
    gsize length;
    bool overflow; /* longer than any code: dropped to its end */
    bool whole;    /* text is a code that has ended */
    char end;      /* the byte that ended it; 0: a pause */
} PosScannerFrame;

/* One byte. True when it ended a code, which stands in text (NUL-terminated too) until the next call. The ending is
 * not part of it; an ending by itself is no code, so CR LF ends one. */
bool pos_scanner_frame_feed(PosScannerFrame *frame, const PosScannerSettings *settings, char byte);
/* The line was silent for settings->pause_ms. True when a code stands in text. */
bool pos_scanner_frame_pause(PosScannerFrame *frame, const PosScannerSettings *settings);

/* --- a code to text ----------------------------------------------------------------------------------- */

typedef enum {
    POS_SCANNER_TEXT,  /* as the till reads it */
    POS_SCANNER_EMPTY, /* nothing but frame characters */
    POS_SCANNER_FRAGMENT, /* this scanner sends AIM identifiers, and this code has none: its beginning is lost */
} PosScannerVerdict;

/* GS where the scanner sends something else for it (not in web addresses, where that character may be data), STX and
 * ETX of the frame taken off, 12 digits of UPC-A under ]E0 as the 13 that AIM asks for. out: at least
 * POS_BOUND_SCAN_BYTES + 1 bytes, NUL-terminated. length: at most POS_BOUND_SCAN_BYTES. */
PosScannerVerdict pos_scanner_text(const PosScannerSettings *settings, const char *bytes,
                                   gsize length, char *out, gsize *out_length);

/* One sentence for what cannot be read, translated. */
const char *pos_scanner_fragment_words(void);

G_END_DECLS

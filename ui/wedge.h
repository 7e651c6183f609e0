/* SPDX-License-Identifier: GPL-3.0-or-later
 * The keyboard wedge: a scanner types its code as keys. This tells a scan from a person by the gaps between keys, or
 * surely by a prefix key. No GTK here: places of keys, modifiers and the event's own time go in, a verdict comes
 * out. Keys are read as the layout that the scanner is set to, whatever the desktop's is. */
#pragma once
#include "pos/evdev_keys.h"

G_BEGIN_DECLS

typedef enum {
    UI_WEDGE_PASS = 0, /* not ours: let the key go on */
    UI_WEDGE_START,    /* let it go on, but remember what is typed so far: a scan may begin here */
    UI_WEDGE_HOLD,     /* keep it back: ask ui_wedge_release() after UI_WEDGE_HOLD_MS */
    UI_WEDGE_RESTORE,  /* ours; what went on since START was scan: put the remembered text back */
    UI_WEDGE_SWALLOW,  /* ours */
    UI_WEDGE_DONE,     /* ours, and a whole code stands in text */
} UiWedgeVerdict;

/* A scanner sends a key every 2 to 20 ms, a fast typist one every 45 ms or slower. */
#define UI_WEDGE_GAP_MS 35u
#define UI_WEDGE_HOLD_MS 45u

/* Hardware key codes as X and Wayland give them to GDK are the kernel's and 8. */
#define UI_WEDGE_HARDWARE 8u

/* All zero is a wedge at rest. Members are its own, but for text, length, strokes, count, gap_max_ms and end to
 * read after DONE. */
typedef struct {
    char text[POS_BOUND_SCAN_BYTES + 1];
    gsize length;
    PosKeyStroke strokes[POS_BOUND_SCAN_BYTES];
    gsize count;
    PosKeyStroke end;    /* the key that ended it; code 0: a pause */
    uint32_t gap_max_ms; /* longest gap between keys of the code */
    unsigned fast_keys;  /* keys in a row with short gaps */
    bool burst;          /* sure that a scanner is typing */
    bool prefixed;       /* the prefix key came first */
    bool overflow;       /* longer than any code: swallowed to its end, then dropped */
    bool tail;           /* a code has just ended: more endings belong to it */
    bool held;           /* a key is kept back */
    uint32_t last_ms;
    bool has_last;
} UiWedge;

/* What is known beside the key itself. */
typedef struct {
    bool caps_lock;
    bool on_button;   /* the focus is not in a text: Space would press something */
    uint32_t time_ms; /* of the event, wraps around */
} UiWedgeKey;

/* After DONE, text holds `length` bytes (NUL-terminated too) until the next call. */
UiWedgeVerdict ui_wedge_feed(UiWedge *wedge, const PosScannerSettings *settings,
                             PosKeyStroke stroke, const UiWedgeKey *key);
/* No key has come for settings->pause_ms: DONE when a code without an ending stands in text, else PASS. */
UiWedgeVerdict ui_wedge_pause(UiWedge *wedge, const PosScannerSettings *settings, bool caps_lock);
/* UI_WEDGE_HOLD_MS have gone by since the last key: whether a key was kept back that a person pressed, who now wants
 * what it does. False while a scan may still be coming in, and when it was a scan. */
bool ui_wedge_release(UiWedge *wedge, uint32_t now_ms);
/* Whether a code is coming in. */
bool ui_wedge_is_busy(const UiWedge *wedge);

G_END_DECLS

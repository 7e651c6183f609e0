/* SPDX-License-Identifier: GPL-3.0-or-later
 * The keyboard wedge: a USB scanner types its code as keys. This tells a scan from a person by the gaps between
 * keys, or surely by a prefix key. No GTK here: hardware key codes, modifiers and the event's own time go in,
 * a verdict comes out. Key codes are read as the US layout that scanners send, whatever layout is set. */
#pragma once
#include "pos/bounds.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef enum {
    UI_WEDGE_PASS = 0, /* not ours: let the key go on */
    UI_WEDGE_START,    /* let it go on, but remember what is typed so far: a scan may begin here */
    UI_WEDGE_RESTORE,  /* ours; what went on since START was scan: put the remembered text back */
    UI_WEDGE_SWALLOW,  /* ours */
    UI_WEDGE_DONE,     /* ours, and a whole code stands in text */
} UiWedgeVerdict;

#define UI_WEDGE_SHIFT 1u
#define UI_WEDGE_CONTROL 4u
#define UI_WEDGE_ALT 8u
#define UI_WEDGE_KEY_RETURN 36u
#define UI_WEDGE_KEY_KP_ENTER 104u
#define UI_WEDGE_KEY_TAB 23u
#define UI_WEDGE_KEY_F9 75u

/* All zero is a wedge at rest. Members are its own. */
typedef struct {
    char text[POS_BOUND_SCAN_BYTES + 1];
    gsize length;
    unsigned fast_keys;   /* keys in a row with short gaps */
    bool burst;           /* sure that a scanner is typing */
    bool prefixed;        /* the prefix key came first */
    bool overflow;        /* longer than any code: swallowed to its end, then dropped */
    uint32_t last_ms;
    bool has_last;
} UiWedge;

/* keycode: hardware code as X and Wayland give it to GDK. modifiers: UI_WEDGE_* bits. time_ms: of the
 * event, wraps around. After DONE, text holds `length` bytes (NUL-terminated too) until the next call. */
UiWedgeVerdict ui_wedge_feed(UiWedge *wedge, unsigned keycode, unsigned modifiers,
                             uint32_t time_ms);
/* The byte that a key code means on a US keyboard, 0 for none. Control+key gives control characters. */
char ui_wedge_byte(unsigned keycode, unsigned modifiers);
/* The key code that types a printable byte on a US keyboard, 0 for none: for displays whose key codes are not
 * those of hardware. */
unsigned ui_wedge_keycode(char byte);

G_END_DECLS

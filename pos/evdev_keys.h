/* SPDX-License-Identifier: GPL-3.0-or-later
 * Keys of scanners that type, to bytes. Keys are the kernel's codes (linux/input-event-codes.h), which name places on
 * a keyboard, not characters: so the desktop's layout, an input method and Caps Lock change nothing. What stands at a
 * place follows from the layout that the scanner itself is set to. Pure. */
#pragma once
#include "pos/bounds.h"
#include "pos/device_settings.h"

#include <stdint.h>

G_BEGIN_DECLS

#define POS_KEY_SHIFT 1u
#define POS_KEY_CONTROL 4u
#define POS_KEY_ALT 8u
#define POS_KEY_ALTGR 16u

/* Codes that matter beside those with a character on them. */
#define POS_KEY_TAB 15u
#define POS_KEY_ENTER 28u
#define POS_KEY_KP_ENTER 96u
#define POS_KEY_F8 66u
#define POS_KEY_F9 67u
#define POS_KEY_F11 87u

/* One key that went down, with what was held. */
typedef struct {
    uint16_t code;
    uint8_t modifiers;
} PosKeyStroke;

/* The character at a place in a layout, 0 for none. Control with a key is its control character (Ctrl+] is GS). Beyond
 * ASCII (as ß) there is none. */
char pos_key_byte(PosScannerLayout layout, unsigned code, unsigned modifiers);
/* The code that types a printable byte on a US keyboard, 0 for none; *out_shift is whether with Shift. */
unsigned pos_key_code(char byte, bool *out_shift);
bool pos_key_is_modifier(unsigned code);
/* Whether a key carries text in some layout, the number pad included. */
bool pos_key_is_text(unsigned code);
/* Whether a key ends a code of this scanner. Enter, the pad's Enter, Tab, Ctrl+J, as settings->end says. */
bool pos_key_ends(const PosScannerSettings *settings, PosKeyStroke stroke);
/* Whether a key is the scanner's prefix. */
bool pos_key_is_prefix(const PosScannerSettings *settings, PosKeyStroke stroke);

/* The text that strokes type: layout, Caps Lock (when the scanner swaps capitals for it), Alt with digits on the pad
 * (Alt+029 is GS), F8 for GS where set so. Keys without text are left out. At most size - 1 bytes, NUL-terminated;
 * returns their number. */
gsize pos_key_strokes_text(const PosKeyStroke *strokes, gsize count,
                           const PosScannerSettings *settings, bool caps_lock, char *out,
                           gsize size);

/* --- events of /dev/input/event* ------------------------------------------------------------------- */

/* Keys of one code until it ends. All zero is at rest. Members are its own. */
typedef struct {
    PosKeyStroke strokes[POS_BOUND_SCAN_BYTES];
    gsize count;
    unsigned held; /* modifiers */
    bool whole;    /* strokes is a code that has ended */
    bool damaged;  /* longer than any code, or the kernel lost events: dropped at its end */
    bool caps_lock;
} PosEvdevKeys;

/* One struct input_event without its time. True when a code has ended: its strokes stand until the next call. */
bool pos_evdev_keys_feed(PosEvdevKeys *keys, const PosScannerSettings *settings, unsigned type,
                         unsigned code, int value);
/* The device was silent for settings->pause_ms: true when a code stands in strokes. */
bool pos_evdev_keys_pause(PosEvdevKeys *keys);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The wedge's state machine:
 *
 *   REST --key--> MAYBE --4th key, all gaps short--> BURST --Return, Tab--> DONE
 *     |             | long gap: the key begins a new MAYBE     | long gap: dropped, REST
 *     +--prefix key---------------------------------> BURST (gaps up to a second)
 *
 * It belongs to the main thread and holds no clock. */
#include "ui/wedge.h"

#include <string.h>

/* A scanner sends a key every 2 to 20 ms, a fast typist one every 45 ms or slower. */
#define GAP_MS_MAX 35u
#define GAP_MS_MAX_PREFIXED 1000u
#define GAP_MS_MAX_BURST 250u /* a stalled machine may bunch keys, once it is known to be a scanner */
#define FAST_KEYS_MIN 4u

typedef struct {
    unsigned keycode;
    const char *plain, *shifted;
} Row;

char ui_wedge_byte(unsigned keycode, unsigned modifiers)
{
    static const Row rows[] = {
        {10, "1234567890-=", "!@#$%^&*()_+"},
        {24, "qwertyuiop[]", "QWERTYUIOP{}"},
        {38, "asdfghjkl;'`", "ASDFGHJKL:\"~"},
        {51, "\\zxcvbnm,./", "|ZXCVBNM<>?"},
    };
    /* The number pad: 7 8 9 - 4 5 6 + 1 2 3 0 . */
    static const char keypad[] = "789-456+1230.";
    char byte = '\0';
    if (keycode == 65) {
        byte = ' ';
    } else if (keycode >= 79 && keycode <= 91) {
        byte = keypad[keycode - 79];
    } else {
        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
            if (keycode >= rows[i].keycode && keycode < rows[i].keycode + strlen(rows[i].plain)) {
                const char *row = (modifiers & UI_WEDGE_SHIFT) != 0 ? rows[i].shifted : rows[i].plain;
                byte = row[keycode - rows[i].keycode];
                break;
            }
        }
    }
    if (byte != '\0' && (modifiers & UI_WEDGE_CONTROL) != 0) {
        byte = (char)(byte & 0x1f); /* Ctrl+] is GS, the separator of GS1 */
    }
    return byte;
}

unsigned ui_wedge_keycode(char byte)
{
    for (unsigned keycode = 10; byte > ' ' && keycode < 65; keycode++) {
        if (ui_wedge_byte(keycode, 0) == byte || ui_wedge_byte(keycode, UI_WEDGE_SHIFT) == byte) {
            return keycode;
        }
    }
    return byte == ' ' ? 65 : 0;
}

static bool is_modifier(unsigned keycode)
{
    return keycode == 50 || keycode == 62 || keycode == 37 || keycode == 105 || keycode == 64 ||
           keycode == 108 || keycode == 66;
}

static bool is_end(unsigned keycode)
{
    return keycode == UI_WEDGE_KEY_RETURN || keycode == UI_WEDGE_KEY_KP_ENTER ||
           keycode == UI_WEDGE_KEY_TAB;
}

static void rest(UiWedge *wedge)
{
    wedge->length = 0;
    wedge->text[0] = '\0';
    wedge->fast_keys = 0;
    wedge->burst = false;
    wedge->prefixed = false;
    wedge->overflow = false;
}

static void put(UiWedge *wedge, char byte)
{
    if (wedge->length >= POS_BOUND_SCAN_BYTES) {
        wedge->overflow = true;
        return;
    }
    wedge->text[wedge->length++] = byte;
    wedge->text[wedge->length] = '\0';
}

static UiWedgeVerdict finish(UiWedge *wedge)
{
    const bool whole = !wedge->overflow && wedge->length > 0;
    wedge->burst = false;
    wedge->prefixed = false;
    wedge->overflow = false;
    wedge->fast_keys = 0;
    wedge->has_last = false;
    return whole ? UI_WEDGE_DONE : UI_WEDGE_SWALLOW;
}

UiWedgeVerdict ui_wedge_feed(UiWedge *wedge, unsigned keycode, unsigned modifiers, uint32_t time_ms)
{
    g_assert(wedge != NULL);
    if (is_modifier(keycode)) {
        return wedge->burst ? UI_WEDGE_SWALLOW : UI_WEDGE_PASS;
    }
    const uint32_t gap = time_ms - wedge->last_ms; /* unsigned: right across the wrap */
    const bool first = !wedge->has_last;
    wedge->last_ms = time_ms;
    wedge->has_last = true;

    if (keycode == UI_WEDGE_KEY_F9 && (modifiers & (UI_WEDGE_CONTROL | UI_WEDGE_ALT)) == 0) {
        rest(wedge);
        wedge->burst = true;
        wedge->prefixed = true;
        return UI_WEDGE_SWALLOW;
    }
    const uint32_t gap_max = wedge->prefixed ? GAP_MS_MAX_PREFIXED
                             : wedge->burst  ? GAP_MS_MAX_BURST
                                             : GAP_MS_MAX;
    if (first || gap > gap_max) {
        rest(wedge);
    }
    if (is_end(keycode)) {
        if (wedge->burst) {
            return finish(wedge);
        }
        rest(wedge);
        return UI_WEDGE_PASS;
    }
    const char byte = (modifiers & UI_WEDGE_ALT) != 0 ? '\0' : ui_wedge_byte(keycode, modifiers);
    if (byte == '\0') {
        if (wedge->burst) {
            return UI_WEDGE_SWALLOW;
        }
        rest(wedge);
        return UI_WEDGE_PASS;
    }
    if (wedge->fast_keys == 0 && !wedge->burst) {
        wedge->length = 0; /* the last code's text stood until now */
    }
    put(wedge, byte);
    if (wedge->burst) {
        return UI_WEDGE_SWALLOW;
    }
    wedge->fast_keys++;
    if (wedge->fast_keys >= FAST_KEYS_MIN) {
        wedge->burst = true;
        return UI_WEDGE_RESTORE;
    }
    return wedge->fast_keys == 1 ? UI_WEDGE_START : UI_WEDGE_PASS;
}

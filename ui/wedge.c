/* SPDX-License-Identifier: GPL-3.0-or-later
 * The wedge's state machine:
 *
 *   REST --key--> MAYBE --4th key, all gaps short--> BURST --ending, pause--> DONE, TAIL
 *     |             | long gap: the key begins a new MAYBE                      | endings at once: swallowed
 *     |             +-- ending after 2 keys, gaps short ----------------------> DONE, TAIL
 *     +--prefix key---------------------------------> BURST (gaps up to a second)
 *
 * It belongs to the main thread and holds no clock. */
#include "ui/wedge.h"

#include <string.h>

#define GAP_MS_MAX_PREFIXED 1000u
#define GAP_MS_MAX_BURST                                                                           \
    250u /* a stalled machine may bunch keys, once it is known to be a scanner */
#define GAP_MS_MAX_TAIL 60u
#define FAST_KEYS_MIN 4u
#define FAST_KEYS_MIN_ENDED 2u /* "u01" and Enter: three keys in a row faster than anyone types */
#define CODE_SPACE 57u
#define CODE_PAD_FIRST 71u
#define CODE_PAD_LAST 83u

static void rest(UiWedge *wedge)
{
    wedge->length = 0;
    wedge->text[0] = '\0';
    wedge->count = 0;
    wedge->gap_max_ms = 0;
    wedge->fast_keys = 0;
    wedge->burst = false;
    wedge->prefixed = false;
    wedge->overflow = false;
    wedge->tail = false;
    wedge->held = false;
}

static UiWedgeVerdict finish(UiWedge *wedge, const PosScannerSettings *settings, PosKeyStroke end,
                             bool caps_lock)
{
    const bool whole = !wedge->overflow && wedge->count > 0;
    wedge->end = end;
    if (whole) {
        wedge->length = pos_key_strokes_text(wedge->strokes, wedge->count, settings, caps_lock,
                                             wedge->text, sizeof wedge->text);
    }
    wedge->burst = false;
    wedge->prefixed = false;
    wedge->overflow = false;
    wedge->held = false;
    wedge->fast_keys = 0;
    wedge->tail = true;
    return whole && wedge->length > 0 ? UI_WEDGE_DONE : UI_WEDGE_SWALLOW;
}

static bool is_ending_key(unsigned code)
{
    return code == POS_KEY_ENTER || code == POS_KEY_KP_ENTER || code == POS_KEY_TAB ||
           code == CODE_SPACE;
}

/* Alt or Control with a key is a shortcut, but for what scanners send so: Alt with the pad's digits, control
 * characters within a burst. */
static bool carries_text(const UiWedge *wedge, const PosScannerSettings *settings,
                         PosKeyStroke stroke)
{
    const bool gs_key = stroke.code == POS_KEY_F8 && strcmp(settings->gs, "F8") == 0;
    if (gs_key) {
        return wedge->burst || wedge->fast_keys > 0;
    }
    if (stroke.code == POS_KEY_TAB) {
        return wedge->burst; /* data where the scanner's ending is another key */
    }
    if (!pos_key_is_text(stroke.code)) {
        return false;
    }
    if ((stroke.modifiers & POS_KEY_CONTROL) != 0) {
        return wedge->burst || wedge->fast_keys > 0;
    }
    const bool pad = stroke.code >= CODE_PAD_FIRST && stroke.code <= CODE_PAD_LAST;
    return (stroke.modifiers & POS_KEY_ALT) == 0 || pad;
}

static void put(UiWedge *wedge, PosKeyStroke stroke, uint32_t gap)
{
    if (wedge->count == POS_BOUND_SCAN_BYTES) {
        wedge->overflow = true;
        return;
    }
    if (wedge->count > 0) {
        wedge->gap_max_ms = MAX(wedge->gap_max_ms, gap);
    }
    wedge->strokes[wedge->count++] = stroke;
}

static uint32_t gap_max(const UiWedge *wedge)
{
    return wedge->prefixed ? GAP_MS_MAX_PREFIXED
           : wedge->burst  ? GAP_MS_MAX_BURST
           : wedge->tail   ? GAP_MS_MAX_TAIL
                           : UI_WEDGE_GAP_MS;
}

/* A key with text that is no ending. */
static UiWedgeVerdict take(UiWedge *wedge, PosKeyStroke stroke, const UiWedgeKey *key, uint32_t gap)
{
    if (wedge->tail || (wedge->fast_keys == 0 && !wedge->burst)) {
        rest(wedge); /* the last code's text stood until now; a prefix is kept by burst */
    }
    put(wedge, stroke, gap);
    if (wedge->burst) {
        return UI_WEDGE_SWALLOW;
    }
    wedge->fast_keys++;
    if (wedge->fast_keys >= FAST_KEYS_MIN) {
        wedge->burst = true;
        wedge->held = false;
        return UI_WEDGE_RESTORE;
    }
    if (stroke.code == CODE_SPACE && key->on_button) {
        wedge->held = true;
        return UI_WEDGE_HOLD;
    }
    return wedge->fast_keys == 1 ? UI_WEDGE_START : UI_WEDGE_PASS;
}

UiWedgeVerdict ui_wedge_feed(UiWedge *wedge, const PosScannerSettings *settings,
                             PosKeyStroke stroke, const UiWedgeKey *key)
{
    g_assert(wedge != NULL);
    if (pos_key_is_modifier(stroke.code)) {
        return wedge->burst ? UI_WEDGE_SWALLOW : UI_WEDGE_PASS;
    }
    const uint32_t gap = key->time_ms - wedge->last_ms; /* unsigned: right across the wrap */
    const bool first = !wedge->has_last;
    wedge->last_ms = key->time_ms;
    wedge->has_last = true;
    if (pos_key_is_prefix(settings, stroke)) {
        rest(wedge);
        wedge->burst = true;
        wedge->prefixed = true;
        return UI_WEDGE_SWALLOW;
    }
    if (first || gap > gap_max(wedge)) {
        rest(wedge);
    }
    if (wedge->tail && is_ending_key(stroke.code)) {
        return UI_WEDGE_SWALLOW; /* CR LF, two Enters: they press nothing */
    }
    const bool scanned = wedge->burst || (!wedge->tail && wedge->fast_keys >= FAST_KEYS_MIN_ENDED);
    if (pos_key_ends(settings, stroke) && scanned) {
        return finish(wedge, settings, stroke, key->caps_lock);
    }
    if (!carries_text(wedge, settings, stroke)) {
        if (wedge->burst) {
            return UI_WEDGE_SWALLOW;
        }
        rest(wedge);
        return UI_WEDGE_PASS;
    }
    return take(wedge, stroke, key, gap);
}

UiWedgeVerdict ui_wedge_pause(UiWedge *wedge, const PosScannerSettings *settings, bool caps_lock)
{
    const bool by_pause =
        settings->end == POS_SCANNER_END_ANY || settings->end == POS_SCANNER_END_PAUSE;
    if (!wedge->burst || !by_pause || wedge->count == 0) {
        return UI_WEDGE_PASS;
    }
    return finish(wedge, settings, (PosKeyStroke){0}, caps_lock) == UI_WEDGE_DONE ? UI_WEDGE_DONE
                                                                                  : UI_WEDGE_PASS;
}

bool ui_wedge_release(UiWedge *wedge, uint32_t now_ms)
{
    if (!wedge->held || wedge->burst || now_ms - wedge->last_ms <= UI_WEDGE_GAP_MS) {
        return false;
    }
    wedge->held = false;
    return true;
}

bool ui_wedge_is_busy(const UiWedge *wedge)
{
    return wedge->burst;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the maps of keyboard places to characters for the layouts that scanners are set to, and the gathering of key
 * events into one code. A row of a map is a run of neighbouring codes; \x01 stands for a place without ASCII. */
#include "pos/evdev_keys.h"

#include <string.h>

/* linux/input-event-codes.h; spelt out here so that the tables read as tables. */
#define EVENT_SYN 0u
#define EVENT_KEY 1u
#define EVENT_LED 17u
#define SYN_LOST 3u
#define LED_CAPS 1u
#define CODE_KEYPAD_FIRST 71u
#define CODE_KEYPAD_LAST 83u
#define CODE_LINE_FEED 36u /* J */
#define CODE_STX 48u       /* B */

typedef struct {
    unsigned first;
    const char *plain, *shifted, *altgr; /* altgr may be shorter */
} Row;

#define ROWS 7
static const Row us_rows[ROWS] = {
    {2, "1234567890-=", "!@#$%^&*()_+", ""},
    {16, "qwertyuiop[]", "QWERTYUIOP{}", ""},
    {30, "asdfghjkl;'`", "ASDFGHJKL:\"~", ""},
    {43, "\\zxcvbnm,./", "|ZXCVBNM<>?", ""},
    {57, " ", " ", ""},
    {86, "\\", "|", ""},
    {0, "", "", ""},
};
static const Row de_rows[ROWS] = {
    {2, "1234567890\x01\x01", "!\"\x01$%&/()=?`", "\x01\x01\x01\x01\x01\x01{[]}\\"},
    {16, "qwertzuiop\x01+", "QWERTZUIOP\x01*", "@\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01~"},
    {30, "asdfghjkl\x01\x01^", "ASDFGHJKL\x01\x01\x01", ""},
    {43, "#yxcvbnm,.-", "'YXCVBNM;:_", ""},
    {57, " ", " ", ""},
    {86, "<", ">", "|"},
    {0, "", "", ""},
};
static const Row fr_rows[ROWS] = {
    {2, "&\x01\"'(-\x01_\x01\x01)=", "1234567890\x01+", "\x01~#{[|`\\^@]}"},
    {16, "azertyuiop^$", "AZERTYUIOP\x01\x01", ""},
    {30, "qsdfghjklm\x01\x01", "QSDFGHJKLM%\x01", ""},
    {43, "*wxcvbn,;:!", "\x01WXCVBN?./\x01", ""},
    {57, " ", " ", ""},
    {86, "<", ">", ""},
    {0, "", "", ""},
};

static const Row *rows_of(PosScannerLayout layout)
{
    switch (layout) {
    case POS_SCANNER_LAYOUT_US:
        return us_rows;
    case POS_SCANNER_LAYOUT_DE:
        return de_rows;
    case POS_SCANNER_LAYOUT_FR:
        return fr_rows;
    }
    g_assert_not_reached();
}

static char byte_in(const Row *rows, unsigned code, unsigned modifiers)
{
    for (gsize i = 0; i < ROWS; i++) {
        const gsize count = strlen(rows[i].plain);
        if (code < rows[i].first || code >= rows[i].first + count) {
            continue;
        }
        const char *row = (modifiers & POS_KEY_ALTGR) != 0   ? rows[i].altgr
                          : (modifiers & POS_KEY_SHIFT) != 0 ? rows[i].shifted
                                                             : rows[i].plain;
        const gsize place = code - rows[i].first;
        return place < strlen(row) && row[place] != '\x01' ? row[place] : '\0';
    }
    return '\0';
}

char pos_key_byte(PosScannerLayout layout, unsigned code, unsigned modifiers)
{
    static const char keypad[] = "789-456+1230.";
    char byte;
    if (code >= CODE_KEYPAD_FIRST && code <= CODE_KEYPAD_LAST) {
        byte = keypad[code - CODE_KEYPAD_FIRST];
    } else if (code == 55 || code == 98) {
        byte = code == 55 ? '*' : '/';
    } else {
        byte = byte_in(rows_of(layout), code, modifiers);
    }
    if ((modifiers & POS_KEY_CONTROL) == 0) {
        return byte;
    }
    /* Letters follow the layout; the other control characters are where a US keyboard has them. */
    if (!g_ascii_isalpha(byte)) {
        byte = byte_in(us_rows, code, 0);
    }
    return byte >= '@' ? (char)(byte & 0x1f) : '\0';
}

unsigned pos_key_code(char byte, bool *out_shift)
{
    for (unsigned code = 2; code <= 57 && byte >= ' '; code++) {
        for (unsigned shift = 0; shift <= POS_KEY_SHIFT; shift++) {
            if (byte_in(us_rows, code, shift) == byte) {
                *out_shift = shift != 0;
                return code;
            }
        }
    }
    return 0;
}

bool pos_key_is_modifier(unsigned code)
{
    /* Shifts, controls, alts, Caps Lock, Num Lock, metas. */
    return code == 42 || code == 54 || code == 29 || code == 97 || code == 56 || code == 100 ||
           code == 58 || code == 69 || code == 125 || code == 126;
}

bool pos_key_is_text(unsigned code)
{
    return byte_in(us_rows, code, 0) != '\0' || code == 55 || code == 98 ||
           (code >= CODE_KEYPAD_FIRST && code <= CODE_KEYPAD_LAST);
}

bool pos_key_ends(const PosScannerSettings *settings, PosKeyStroke stroke)
{
    const bool enter = stroke.code == POS_KEY_ENTER || stroke.code == POS_KEY_KP_ENTER;
    const bool line_feed =
        stroke.code == CODE_LINE_FEED && (stroke.modifiers & POS_KEY_CONTROL) != 0;
    switch (settings->end) {
    case POS_SCANNER_END_ANY:
        return enter || line_feed || stroke.code == POS_KEY_TAB;
    case POS_SCANNER_END_CR:
    case POS_SCANNER_END_LF:
        return enter || line_feed;
    case POS_SCANNER_END_TAB:
        return stroke.code == POS_KEY_TAB;
    case POS_SCANNER_END_PAUSE:
        return false;
    }
    g_assert_not_reached();
}

bool pos_key_is_prefix(const PosScannerSettings *settings, PosKeyStroke stroke)
{
    const bool control = (stroke.modifiers & POS_KEY_CONTROL) != 0;
    switch (settings->prefix) {
    case POS_SCANNER_PREFIX_NONE:
        return false;
    case POS_SCANNER_PREFIX_F9:
        return stroke.code == POS_KEY_F9 && !control;
    case POS_SCANNER_PREFIX_F11:
        return stroke.code == POS_KEY_F11 && !control;
    case POS_SCANNER_PREFIX_STX:
        return stroke.code == CODE_STX && control;
    }
    g_assert_not_reached();
}

/* --- strokes to text ------------------------------------------------------------------------------- */

typedef struct {
    char *out;
    gsize size, length;
    unsigned
        alt_number; /* typed with Alt on the pad, three digits or four as in Alt+029 and Alt+0029 */
    unsigned alt_digits;
} Typed;

static void put(Typed *typed, char byte)
{
    if (byte != '\0' && typed->length + 1 < typed->size) {
        typed->out[typed->length++] = byte;
    }
}

static void end_alt(Typed *typed)
{
    if (typed->alt_digits > 0 && typed->alt_number > 0 && typed->alt_number < 128) {
        put(typed, (char)typed->alt_number);
    }
    typed->alt_number = 0;
    typed->alt_digits = 0;
}

/* True when the stroke belongs to a number typed with Alt. A number has at most four digits: the next one of
 * three digits is begun by a zero or by the letting go of Alt, which strokes do not show, so three digits end it
 * when the first of them is a zero and the value is that of a character. */
static bool take_alt(Typed *typed, PosKeyStroke stroke)
{
    if ((stroke.modifiers & POS_KEY_ALT) == 0 || stroke.code < CODE_KEYPAD_FIRST ||
        stroke.code > CODE_KEYPAD_LAST) {
        return false;
    }
    const char digit = pos_key_byte(POS_SCANNER_LAYOUT_US, stroke.code, 0);
    if (g_ascii_isdigit(digit)) {
        typed->alt_number = typed->alt_number * 10 + (unsigned)(digit - '0');
        typed->alt_digits++;
        if (typed->alt_digits == 4 || (typed->alt_digits == 3 && typed->alt_number > 9)) {
            end_alt(typed);
        }
    }
    return true;
}

gsize pos_key_strokes_text(const PosKeyStroke *strokes, gsize count,
                           const PosScannerSettings *settings, bool caps_lock, char *out,
                           gsize size)
{
    Typed typed = {.out = out, .size = size};
    const bool swap = caps_lock && settings->caps_inverted;
    for (gsize i = 0; i < count; i++) {
        if (take_alt(&typed, strokes[i])) {
            continue;
        }
        end_alt(&typed);
        if (strokes[i].code == POS_KEY_F8 && strcmp(settings->gs, "F8") == 0) {
            put(&typed, '\x1d');
            continue;
        }
        if (strokes[i].code == POS_KEY_TAB) {
            put(&typed, '\t');
            continue;
        }
        char byte = pos_key_byte(settings->layout, strokes[i].code, strokes[i].modifiers);
        if (swap && g_ascii_isalpha(byte)) {
            byte = (char)(byte ^ 0x20);
        }
        put(&typed, byte);
    }
    end_alt(&typed);
    out[typed.length] = '\0';
    return typed.length;
}

/* --- events ---------------------------------------------------------------------------------------- */

static unsigned modifier_of(unsigned code)
{
    switch (code) {
    case 42:
    case 54:
        return POS_KEY_SHIFT;
    case 29:
    case 97:
        return POS_KEY_CONTROL;
    case 56:
        return POS_KEY_ALT;
    case 100:
        return POS_KEY_ALTGR;
    default:
        return 0;
    }
}

static void begin_code(PosEvdevKeys *keys)
{
    keys->count = 0;
    keys->whole = false;
    keys->damaged = false;
}

static bool end_code(PosEvdevKeys *keys)
{
    if (keys->whole || keys->damaged || keys->count == 0) {
        begin_code(keys); /* an ending by itself, as the LF of CR LF, is no code */
        return false;
    }
    keys->whole = true;
    return true;
}

bool pos_evdev_keys_feed(PosEvdevKeys *keys, const PosScannerSettings *settings, unsigned type,
                         unsigned code, int value)
{
    if (type == EVENT_SYN && code == SYN_LOST) {
        keys->damaged = true;
        keys->held = 0;
        return false;
    }
    if (type == EVENT_LED && code == LED_CAPS) {
        keys->caps_lock = value != 0;
        return false;
    }
    if (type != EVENT_KEY) {
        return false;
    }
    const unsigned modifier = modifier_of(code);
    if (modifier != 0) {
        keys->held = value != 0 ? keys->held | modifier : keys->held & ~modifier;
        return false;
    }
    if (value != 1 || pos_key_is_modifier(code)) {
        return false; /* let go, or the kernel's own repeat */
    }
    const PosKeyStroke stroke = {(uint16_t)MIN(code, G_MAXUINT16), (uint8_t)keys->held};
    if (pos_key_is_prefix(settings, stroke)) {
        begin_code(keys);
        return false;
    }
    if (pos_key_ends(settings, stroke)) {
        return end_code(keys);
    }
    if (keys->whole) {
        begin_code(keys);
    }
    if (keys->count == G_N_ELEMENTS(keys->strokes)) {
        keys->damaged = true;
        return false;
    }
    keys->strokes[keys->count++] = stroke;
    return false;
}

bool pos_evdev_keys_pause(PosEvdevKeys *keys)
{
    return end_code(keys);
}

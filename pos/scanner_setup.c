/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the codes of the set-up screen and the comparing. */
#include "pos/scanner_setup.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define GS '\x1d'
#define AIM_BYTES 3
#define FRAGMENT_BYTES_MIN 4
#define SLOW_GAP_MS                                                                                \
    28 /* the wedge takes gaps up to 35 ms for a scanner's; a busy machine adds to them */

/* GTINs of the prefix 952, which GS1 keeps for demonstrations. Small and capital letters, y and z (which German
 * keyboards swap), q and a (French ones), and a GS between a lot and a weight. */
static const char *const contents[POS_SETUP_CODES] = {
    "9520123456788",
    "010952012345678810aZ-7y\x1d"
    "3103000450",
    "010952012345678810Qa/9z\x1d"
    "15291231",
    "https://id.gs1.org/01/09520123456788/10/Zq-7?17=291231&3103=000450",
};

const char *pos_setup_content(PosSetupCode code)
{
    return contents[code];
}

static bool has_letters(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (g_ascii_isalpha(*c)) {
            return true;
        }
    }
    return false;
}

/* --- comparing --------------------------------------------------------------------------------------- */

/* What stands in `text` where `content` has its GS; false when the rest differs. compare: strncmp and the like. */
static bool split_at_gs(const char *content, const char *text, gsize length,
                        int (*compare)(const char *, const char *, gsize), const char **out_gs,
                        gsize *out_gs_length)
{
    const char *gs = strchr(content, GS);
    const gsize before = gs != NULL ? (gsize)(gs - content) : strlen(content);
    const char *tail = gs != NULL ? gs + 1 : "";
    const gsize after = strlen(tail);
    *out_gs = text + before;
    *out_gs_length = length >= before + after ? length - before - after : 0;
    return length >= before + after && (gs != NULL || *out_gs_length == 0) &&
           compare(text, content, before) == 0 && compare(text + length - after, tail, after) == 0;
}

/* As a setting, when it can be one. */
static bool gs_setting(const char *gs, gsize length, char out[8])
{
    if (length == 1 && gs[0] == GS) {
        out[0] = '\0';
        return true;
    }
    if (length == 1 && g_ascii_isgraph(gs[0]) && !g_ascii_isalnum(gs[0])) {
        out[0] = gs[0];
        out[1] = '\0';
        return true;
    }
    if (length == 4 && memcmp(gs, "<GS>", 4) == 0) {
        memcpy(out, "<GS>", 5);
        return true;
    }
    return false;
}

static int compare_exactly(const char *a, const char *b, gsize length)
{
    return strncmp(a, b, length);
}

static int compare_letters_folded(const char *a, const char *b, gsize length)
{
    return g_ascii_strncasecmp(a, b, length);
}

static bool match(const char *text, gsize length, PosSetupCode code, PosSetupFinding *out)
{
    const char *gs;
    gsize gs_length;
    const char *content = contents[code];
    PosSetupFinding finding = *out;
    finding.code = code;
    finding.tells_gs = strchr(content, GS) != NULL;
    finding.tells_letters = has_letters(content);
    finding.gs[0] = '\0';
    if (!split_at_gs(content, text, length, compare_exactly, &gs, &gs_length)) {
        return false;
    }
    if (finding.tells_gs && gs_length == 0) {
        finding.outcome = POS_SETUP_GS_LOST;
    } else if (finding.tells_gs && !gs_setting(gs, gs_length, finding.gs)) {
        return false;
    } else {
        finding.outcome = POS_SETUP_RIGHT;
    }
    *out = finding;
    return true;
}

/* Takes the AIM identifier off. */
static void take_aim(const char **text, gsize *length, PosSetupFinding *out)
{
    const char *at = *text;
    out->aim =
        *length > AIM_BYTES && at[0] == ']' && g_ascii_isalpha(at[1]) && g_ascii_isdigit(at[2]);
    out->aim_id[0] = '\0';
    if (out->aim) {
        memcpy(out->aim_id, at, AIM_BYTES);
        out->aim_id[AIM_BYTES] = '\0';
        *text += AIM_BYTES;
        *length -= AIM_BYTES;
    }
}

static bool match_any(const char *text, gsize length, PosSetupFinding *out)
{
    take_aim(&text, &length, out);
    for (int code = 0; code < POS_SETUP_CODES; code++) {
        if (match(text, length, (PosSetupCode)code, out)) {
            return true;
        }
    }
    return false;
}

/* What it may be instead: letters mixed up, or only the end of a code. */
static void guess(const char *text, gsize length, PosSetupFinding *out)
{
    take_aim(&text, &length, out);
    out->outcome = POS_SETUP_UNKNOWN;
    for (int code = 0; code < POS_SETUP_CODES; code++) {
        const char *gs;
        gsize gs_length;
        const gsize whole = strlen(contents[code]);
        char setting[8];
        if (split_at_gs(contents[code], text, length, compare_letters_folded, &gs, &gs_length) &&
            (gs_length == 0 || gs_setting(gs, gs_length, setting))) {
            out->outcome = POS_SETUP_LETTERS;
            out->code = (PosSetupCode)code;
            return;
        }
        if (length >= FRAGMENT_BYTES_MIN && length < whole &&
            memcmp(contents[code] + whole - length, text, length) == 0) {
            out->outcome = POS_SETUP_FRAGMENT;
            out->code = (PosSetupCode)code;
        }
    }
}

static bool match_strokes(const PosSetupArrival *arrival, PosSetupFinding *out)
{
    static const char *const gs_keys[] = {"", "F8"};
    char text[POS_BOUND_SCAN_BYTES + 1];
    for (int layout = POS_SCANNER_LAYOUT_US; layout <= POS_SCANNER_LAYOUT_FR; layout++) {
        for (int variant = 0; variant < 4; variant++) {
            PosScannerSettings settings = {.layout = (PosScannerLayout)layout,
                                           .caps_inverted = (variant & 1) != 0};
            const char *gs_key = gs_keys[variant >> 1];
            g_strlcpy(settings.gs, gs_key, sizeof settings.gs);
            if (settings.caps_inverted && !arrival->caps_lock) {
                continue;
            }
            const gsize length =
                pos_key_strokes_text(arrival->strokes, arrival->strokes_count, &settings,
                                     arrival->caps_lock, text, sizeof text);
            if (!match_any(text, length, out) ||
                (out->outcome == POS_SETUP_GS_LOST && variant < 2)) {
                continue; /* before it is lost, it may be a key */
            }
            out->layout = settings.layout;
            out->caps_inverted = settings.caps_inverted;
            if (out->tells_gs && gs_key[0] != '\0' && out->outcome == POS_SETUP_RIGHT &&
                out->gs[0] == '\0') {
                g_strlcpy(out->gs, gs_key, sizeof out->gs);
            }
            return true;
        }
    }
    return false;
}

void pos_setup_read(const PosSetupArrival *arrival, PosSetupFinding *out)
{
    memset(out, 0, sizeof *out);
    const char *text = arrival->raw;
    gsize length = arrival->raw_length;
    while (length > 0 && *text == '\x02') {
        text++;
        length--;
    }
    while (length > 0 && (text[length - 1] == '\x03' || text[length - 1] == '\r')) {
        length--;
    }
    const bool found =
        arrival->strokes != NULL ? match_strokes(arrival, out) : match_any(text, length, out);
    if (!found) {
        memset(out, 0, sizeof *out);
        guess(text, length, out);
    }
}

/* --- what is known so far ------------------------------------------------------------------------------ */

void pos_setup_add(PosSetupState *state, const PosSetupArrival *arrival)
{
    PosSetupFinding finding;
    pos_setup_read(arrival, &finding);
    state->any = true;
    state->last = finding;
    state->end = arrival->end;
    state->no_end = arrival->end == '\0' && !arrival->framed;
    state->slow = arrival->gap_max_ms > SLOW_GAP_MS;
    state->fragment = finding.outcome == POS_SETUP_FRAGMENT;
    state->letters_wrong = finding.outcome == POS_SETUP_LETTERS;
    if (finding.outcome != POS_SETUP_RIGHT && finding.outcome != POS_SETUP_GS_LOST) {
        return;
    }
    state->aim_seen = state->aim_seen || finding.aim;
    state->aim_missed = !finding.aim;
    state->seen[finding.code] = finding.outcome == POS_SETUP_RIGHT;
    if (finding.tells_gs) {
        state->gs_lost = finding.outcome == POS_SETUP_GS_LOST;
        state->tells_gs = !state->gs_lost;
        memcpy(state->gs, finding.gs, sizeof state->gs);
    }
    if (finding.tells_letters && arrival->strokes != NULL) {
        state->tells_layout = true;
        state->layout = finding.layout;
        state->caps_inverted = finding.caps_inverted;
    }
}

bool pos_setup_is_done(const PosSetupState *state)
{
    return state->seen[POS_SETUP_EAN13] && state->seen[POS_SETUP_LINK] && state->tells_gs &&
           (state->seen[POS_SETUP_CODE128] || state->seen[POS_SETUP_DATAMATRIX]) &&
           !state->gs_lost && !state->letters_wrong && !state->fragment;
}

void pos_setup_apply(const PosSetupState *state, PosScannerSettings *settings)
{
    if (state->tells_gs) {
        memcpy(settings->gs, state->gs, sizeof settings->gs);
    }
    if (state->tells_layout) {
        settings->layout = state->layout;
        /* Seen only while Caps Lock is on; once seen it stays known. */
        settings->caps_inverted = settings->caps_inverted || state->caps_inverted;
    }
    if (state->aim_seen || state->aim_missed) {
        settings->aim = state->aim_seen && !state->aim_missed ? POS_SCANNER_AIM_ON
                        : state->aim_seen                     ? POS_SCANNER_AIM_UNKNOWN
                                                              : POS_SCANNER_AIM_OFF;
    }
}

static void add_words(GPtrArray *words, const char *sentence)
{
    g_ptr_array_add(words, g_strdup(sentence));
}

static void add_faults(GPtrArray *words, const PosSetupState *state)
{
    if (state->fragment) {
        add_words(words,
                  _("Only the end of the code arrived. Set the scanner to send more slowly, "
                    "or to send STX (Ctrl+B) before each code and choose that as its prefix."));
    }
    if (state->letters_wrong) {
        add_words(words, _("Capitals and small letters are mixed up. Switch off the scanner's case "
                           "conversion, and Caps Lock at this keyboard."));
    }
    if (state->gs_lost) {
        add_words(words, _("The separator GS is lost, so a lot and what follows it run together. "
                           "Switch on “send GS” (FNC1 as GS) at the scanner."));
    }
    if (state->last.outcome == POS_SETUP_UNKNOWN) {
        add_words(words,
                  _("That is none of the codes shown here, or it arrived damaged. Scan one of "
                    "them; if this comes again, reset the scanner to its factory settings."));
    }
}

static void add_hints(GPtrArray *words, const PosSetupState *state)
{
    if (state->no_end) {
        add_words(words,
                  _("Nothing ends the code, so it arrives late. Set the scanner to send Enter "
                    "(CR) after each code."));
    }
    if (state->slow) {
        add_words(words, _("Its keys come slowly. Set the scanner to send without a delay between "
                           "characters, or to send STX (Ctrl+B) before each code and choose that "
                           "as its prefix."));
    }
    if (state->tells_layout && state->layout != POS_SCANNER_LAYOUT_US) {
        add_words(words,
                  state->layout == POS_SCANNER_LAYOUT_DE
                      ? _("The scanner types as on a German keyboard; this till reads it so.")
                      : _("The scanner types as on a French keyboard; this till reads it so."));
    }
    if (state->tells_layout && state->caps_inverted) {
        add_words(
            words,
            _("The scanner swaps capitals while Caps Lock is on; this till swaps them back."));
    }
    if (state->tells_gs && state->gs[0] != '\0') {
        g_ptr_array_add(
            words, g_strdup_printf(_("The scanner sends %s instead of GS; this till puts GS back."),
                                   state->gs));
    }
    if (state->aim_missed) {
        add_words(words,
                  _("AIM identifiers are off. It works without them; switched on, every code is "
                    "known for what it is and a torn one is refused."));
    }
}

GPtrArray *pos_setup_advice(const PosSetupState *state)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    if (!state->any) {
        add_words(words, _("Scan the codes, one after the other."));
        return words;
    }
    add_faults(words, state);
    if (pos_setup_is_done(state) && words->len == 0) {
        add_words(words, _("Done: everything arrives right."));
    } else if (words->len == 0) {
        add_words(words, _("That arrived right. Scan the others."));
    }
    add_hints(words, state);
    return words;
}

/* --- bytes for people ------------------------------------------------------------------------------------ */

char *pos_setup_legible(const char *bytes, gsize length)
{
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < length;) {
        const guchar byte = (guchar)bytes[i];
        const gunichar character =
            byte < 0x80 ? byte : g_utf8_get_char_validated(bytes + i, (gssize)(length - i));
        if (byte < 0x20) {
            g_string_append_unichar(text, 0x2400u + byte); /* Unicode's control pictures */
            i++;
        } else if (byte == 0x7f || character >= 0x80000000u) {
            g_string_append_printf(text, "\\x%02X", byte);
            i++;
        } else {
            g_string_append_unichar(text, character);
            i = (gsize)(g_utf8_next_char(bytes + i) - bytes);
        }
    }
    return g_string_free(text, FALSE);
}

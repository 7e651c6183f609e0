/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns which characters a printer has. iconv says the bytes; membership is decided here by their form, because an
 * encoder may be more generous than a printer: jamo sequences for syllables outside of KS X 1001, escape sequences,
 * four-byte GB 18030, the euro sign that came to KS X 1001 after most printers. */
#include "pos/escpos_text.h"

#include <iconv.h>
#include <string.h>

#define WON 0x20a9
#define WON_WIDE 0xffe6
#define YEN 0xa5
#define YEN_WIDE 0xffe5

struct PosEscposCharset {
    PosEscposText text;
    iconv_t table[3]; /* tried in this order; (iconv_t)-1 none */
};

static const char *latin_name(int table)
{
    switch (table) {
    case 0:
        return "CP437";
    case 2:
        return "CP850";
    case 16:
        return "CP1252";
    case 19:
        return "CP858";
    default:
        return NULL;
    }
}

PosEscposCharset *pos_escpos_charset_new(PosEscposText text, int table)
{
    const char *names[3] = {NULL, NULL, NULL};
    if (text == POS_ESCPOS_LATIN) {
        names[0] = latin_name(table);
        if (names[0] == NULL) {
            return NULL;
        }
    } else if (text == POS_ESCPOS_KOREAN) {
        names[0] = "EUC-KR";
    } else if (text == POS_ESCPOS_CHINESE) {
        names[0] = "GBK";
    } else if (text == POS_ESCPOS_UTF8) {
        names[0] = "CP1252";
        names[1] = "EUC-KR";
        names[2] = "GBK";
    }
    PosEscposCharset *charset = g_new0(PosEscposCharset, 1);
    charset->text = text;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        charset->table[i] = names[i] == NULL ? (iconv_t)-1 : iconv_open(names[i], "UTF-8");
    }
    return charset;
}

void pos_escpos_charset_free(PosEscposCharset *charset)
{
    if (charset == NULL) {
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(charset->table); i++) {
        if (charset->table[i] != (iconv_t)-1) {
            iconv_close(charset->table[i]);
        }
    }
    g_free(charset);
}

/* Bytes of c in one table; 0 when iconv has none or only approximates. */
static int convert(iconv_t table, gunichar c, uint8_t out[4])
{
    char in[8];
    char raw[16];
    if (table == (iconv_t)-1) {
        return 0;
    }
    char *from = in;
    char *to = raw;
    size_t from_left = (size_t)g_unichar_to_utf8(c, in);
    size_t to_left = sizeof raw;
    iconv(table, NULL, NULL, NULL, NULL);
    if (iconv(table, &from, &from_left, &to, &to_left) != 0 || from_left != 0) {
        return 0;
    }
    int length = (int)(sizeof raw - to_left);
    /* These code pages have arrows and faces where a printer has its commands; none of it is ever text here. */
    bool is_command = length == 1 && ((uint8_t)raw[0] < 0x20 || raw[0] == 0x7f);
    if (length < 1 || length > 2 || is_command) {
        return 0;
    }
    memcpy(out, raw, (size_t)length);
    return length;
}

/* KS X 1001 in EUC-KR: both bytes A1..FE; rows 2 columns 70 and on (the euro and registered signs) are newer. A backslash
 * is a won sign on these printers. */
static int put_korean(iconv_t table, gunichar c, uint8_t out[4])
{
    int length = convert(table, c, out);
    if (length == 1) {
        return out[0] < 0x7f && out[0] != '\\' ? 1 : 0;
    }
    if (c == WON || c == WON_WIDE) { /* some encoders put it where a printer has a wide backslash */
        return 0;
    }
    bool is_set = length == 2 && out[0] >= 0xa1 && out[0] <= 0xfe && out[1] >= 0xa1 &&
                  out[1] <= 0xfe && !(out[0] == 0xa2 && out[1] >= 0xe6);
    return is_set ? 2 : 0;
}

static int put_chinese(iconv_t table, gunichar c, uint8_t out[4])
{
    int length = convert(table, c, out);
    return length == 2 || (length == 1 && out[0] < 0x7f) ? length : 0;
}

/* Characters of these fonts; whichever table has it, UTF-8 is what is sent. */
static int put_utf8(PosEscposCharset *charset, gunichar c, uint8_t out[4])
{
    uint8_t unused[4];
    bool has = convert(charset->table[0], c, unused) == 1;
    if (!has && g_unichar_iswide(c)) {
        has = put_korean(charset->table[1], c, unused) == 2 ||
              put_chinese(charset->table[2], c, unused) == 2;
    }
    char bytes[6];
    int length = g_unichar_to_utf8(c, bytes);
    if (!has || length > 4) {
        return 0;
    }
    memcpy(out, bytes, (size_t)length);
    return length;
}

int pos_escpos_charset_put(PosEscposCharset *charset, gunichar c, uint8_t out[4])
{
    if (c < 0x20 || c == 0x7f) {
        return 0;
    }
    switch (charset->text) {
    case POS_ESCPOS_LATIN:
        return convert(charset->table[0], c, out) == 1 ? 1 : 0;
    case POS_ESCPOS_KOREAN:
        return put_korean(charset->table[0], c, out);
    case POS_ESCPOS_CHINESE:
        return put_chinese(charset->table[0], c, out);
    case POS_ESCPOS_UTF8:
        return put_utf8(charset, c, out);
    case POS_ESCPOS_RASTER:
        break;
    }
    return 0;
}

static int usual_cells(gunichar c)
{
    return g_unichar_iszerowidth(c) || g_unichar_iscntrl(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

int pos_escpos_charset_cells(gunichar c, void *user)
{
    PosEscposCharset *charset = user;
    uint8_t bytes[4];
    if (c >= 0x20 && c < 0x7f) {
        return 1;
    }
    if (charset->text == POS_ESCPOS_KOREAN || charset->text == POS_ESCPOS_CHINESE) {
        int length = pos_escpos_charset_put(charset, c, bytes);
        return length > 0 ? length : usual_cells(c);
    }
    return usual_cells(c);
}

bool pos_escpos_charset_has(PosEscposCharset *charset, const char *text)
{
    uint8_t bytes[4];
    if (charset->text == POS_ESCPOS_RASTER) {
        return false;
    }
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        if (pos_escpos_charset_put(charset, g_utf8_get_char(p), bytes) == 0) {
            return false;
        }
    }
    return true;
}

static bool is_amount(char c)
{
    return g_ascii_isdigit(c) || c == ',' || c == '.';
}

/* "₩4,780/kg": the amount that follows the sign, then the unit. Returns where to go on. */
static const char *spell_won(GString *out, const char *after, bool latin)
{
    const char *end = after;
    while (is_amount(*end)) {
        end++;
    }
    if (latin) {
        g_string_append(out, "KRW ");
    }
    g_string_append_len(out, after, end - after);
    if (!latin) {
        g_string_append(out, "원");
    }
    return end;
}

char *pos_escpos_charset_spell(PosEscposCharset *charset, const char *text)
{
    uint8_t bytes[4];
    g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    if (charset->text == POS_ESCPOS_RASTER) {
        return g_steal_pointer(&composed);
    }
    GString *out = g_string_sized_new(strlen(composed) + 16);
    for (const char *p = composed; *p != '\0';) {
        gunichar c = g_utf8_get_char(p);
        p = g_utf8_next_char(p);
        if (c == WON) {
            p = spell_won(out, p, charset->text == POS_ESCPOS_LATIN);
        } else if (c == YEN && pos_escpos_charset_put(charset, YEN, bytes) == 0 &&
                   pos_escpos_charset_put(charset, YEN_WIDE, bytes) > 0) {
            g_string_append_unichar(out, YEN_WIDE);
        } else if (c == 0xa0 || c == 0x202f) {
            g_string_append_c(out,
                              ' '); /* no-break spaces, which some languages put into amounts */
        } else {
            g_string_append_unichar(out, c);
        }
    }
    return g_string_free(out, FALSE);
}

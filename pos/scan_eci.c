/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the table of ECI numbers and the conversion of a symbol's segments to UTF-8. A segment whose
 * set is unknown, or whose bytes are none of it, stays as it is. Pure. */
#include "pos/scan_eci.h"

#include <string.h>

typedef struct {
    int eci;
    const char *charset; /* as iconv names it */
} EciName;

static const EciName names[] = {
    {0, "CP437"},        {1, "ISO-8859-1"},   {2, "CP437"},        {3, "ISO-8859-1"},
    {4, "ISO-8859-2"},   {5, "ISO-8859-3"},   {6, "ISO-8859-4"},   {7, "ISO-8859-5"},
    {8, "ISO-8859-6"},   {9, "ISO-8859-7"},   {10, "ISO-8859-8"},  {11, "ISO-8859-9"},
    {12, "ISO-8859-10"}, {13, "ISO-8859-11"}, {15, "ISO-8859-13"}, {16, "ISO-8859-14"},
    {17, "ISO-8859-15"}, {18, "ISO-8859-16"}, {20, "CP932"},       {21, "CP1250"},
    {22, "CP1251"},      {23, "CP1252"},      {24, "CP1256"},      {25, "UTF-16BE"},
    {26, "UTF-8"},       {27, "ASCII"},       {28, "BIG5"},        {29, "GB18030"},
    {30, "CP949"},       {31, "GBK"},         {32, "GB18030"},     {33, "UTF-16LE"},
    {34, "UTF-32BE"},    {35, "UTF-32LE"},    {170, "ASCII"},
};

static const char *charset_of(int eci)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].eci == eci) {
            return names[i].charset;
        }
    }
    return NULL;
}

void pos_eci_text_init(PosEciText *text)
{
    *text = (PosEciText){g_byte_array_new(), g_byte_array_new(), POS_ECI_NONE, POS_ECI_NONE, false};
}

void pos_eci_text_clear(PosEciText *text)
{
    g_clear_pointer(&text->bytes, g_byte_array_unref);
    g_clear_pointer(&text->segment, g_byte_array_unref);
}

void pos_eci_text_append(PosEciText *text, const void *bytes, gsize length)
{
    g_byte_array_append(text->segment, bytes, (guint)length);
}

/* A segment's bytes in UTF-8; NULL when they are not in that set. Owned. */
static char *convert(const GByteArray *segment, const char *charset, gsize *out_length)
{
    return charset == NULL ? NULL
                           : g_convert((const char *)segment->data, (gssize)segment->len, "UTF-8",
                                       charset, NULL, out_length, NULL);
}

/* Moves the present segment to the finished ones: in UTF-8 when it names its set or `guess` is set. */
static void close_segment(PosEciText *text, bool guess)
{
    gsize length = text->segment->len;
    if (length == 0) {
        return;
    }
    gsize converted_length = 0;
    g_autofree char *converted = NULL;
    if (text->eci != POS_ECI_NONE) {
        converted = convert(text->segment, charset_of(text->eci), &converted_length);
    } else if (guess && !g_utf8_validate_len((const char *)text->segment->data, length, NULL)) {
        converted = convert(text->segment, charset_of(text->pairs), &converted_length);
        if (converted == NULL) {
            converted = convert(text->segment, "ISO-8859-1", &converted_length);
        }
    }
    if (converted != NULL) {
        g_byte_array_append(text->bytes, (const guint8 *)converted, (guint)converted_length);
    } else {
        g_byte_array_append(text->bytes, text->segment->data, (guint)length);
    }
    g_byte_array_set_size(text->segment, 0);
}

void pos_eci_text_set(PosEciText *text, int eci)
{
    if (eci == text->eci) {
        return;
    }
    text->named |= eci != POS_ECI_NONE;
    close_segment(text, text->named);
    text->eci = eci;
}

void pos_eci_text_set_pairs(PosEciText *text, int eci)
{
    text->pairs = eci;
    pos_eci_text_set(text, eci);
}

GByteArray *pos_eci_text_finish(PosEciText *text)
{
    close_segment(text, text->named);
    GByteArray *bytes = g_steal_pointer(&text->bytes);
    pos_eci_text_clear(text);
    return bytes;
}

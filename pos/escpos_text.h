/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which characters a printer has, and their bytes. What a printer does not have is never sent to it: it would print
 * something else. Not for more than one thread at a time. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef enum {
    POS_ESCPOS_LATIN,   /* one byte a character, by code table */
    POS_ESCPOS_KOREAN,  /* KS X 1001 as EUC-KR: 2,350 syllables */
    POS_ESCPOS_CHINESE, /* the two-byte part of GB 18030 (GBK) */
    POS_ESCPOS_UTF8,    /* printers that take UTF-8 */
    POS_ESCPOS_RASTER,  /* no text: everything is drawn */
} PosEscposText;

typedef struct PosEscposCharset PosEscposCharset;

/* table: the n of ESC t for LATIN: 0 CP437, 2 CP850, 16 CP1252, 19 CP858; NULL for another. */
PosEscposCharset *pos_escpos_charset_new(PosEscposText text, int table);
void pos_escpos_charset_free(PosEscposCharset *charset);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosEscposCharset, pos_escpos_charset_free)

/* The bytes of c in `out`; 0 when the printer does not have it. */
int pos_escpos_charset_put(PosEscposCharset *charset, gunichar c, uint8_t out[4]);
/* Cells that the printer takes for c; a PosPrintCells, user is the charset. A character of two bytes takes two cells, also
 * one that Unicode calls narrow ("·" of KS X 1001). What is drawn instead has its usual width. */
int pos_escpos_charset_cells(gunichar c, void *user);
/* True when each character of the text is there. */
bool pos_escpos_charset_has(PosEscposCharset *charset, const char *text);
/* The text as this printer can write it, owned: composed (NFC); the won sign, which is in none of the tables, as
 * "4,780원" or "KRW 4,780"; the yen sign in its wide form where only that exists. */
char *pos_escpos_charset_spell(PosEscposCharset *charset, const char *text);

G_END_DECLS

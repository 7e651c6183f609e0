/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the bytes of ESC/POS. What always holds: text is sent only in characters that the printer has, a picture in bands
 * that its buffer can hold, and each document leaves the printer in normal size, not bold, left-aligned. */
#include "pos/escpos.h"

#include "pos/error.h"
#include "pos/print_draw.h"
#include "pos/qr.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ESC 0x1b
#define FS 0x1c
#define GS 0x1d
#define DLE 0x10
#define BAND_ROWS 256     /* of one GS v 0: what small printers' buffers hold */
#define QR_BYTES_MAX 7089 /* GS ( k function 180 */
#define TEAR_OFF_LINES 4  /* from the head to the tear bar */

/* --- single commands ---------------------------------------------------------------------------------- */

static void put(GByteArray *out, const uint8_t *bytes, gsize length)
{
    g_byte_array_append(out, bytes, (guint)length);
}
#define PUT(out, ...)                                                                              \
    put((out), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

void pos_escpos_init(GByteArray *out)
{
    PUT(out, ESC, '@');
}

void pos_escpos_multibyte(GByteArray *out, bool on)
{
    PUT(out, FS, on ? '&' : '.');
}

void pos_escpos_utf8(GByteArray *out)
{
    PUT(out, FS, '(', 'C', 2, 0, 48, 2);
}

void pos_escpos_table(GByteArray *out, int table)
{
    PUT(out, ESC, 't', (uint8_t)table);
}

void pos_escpos_bold(GByteArray *out, bool on)
{
    PUT(out, ESC, 'E', on ? 1 : 0);
}

void pos_escpos_size(GByteArray *out, int width_times, int height_times)
{
    g_assert(width_times >= 1 && width_times <= 8);
    g_assert(height_times >= 1 && height_times <= 8);
    PUT(out, GS, '!', (uint8_t)((width_times - 1) << 4 | (height_times - 1)));
}

void pos_escpos_align(GByteArray *out, PosPrintAlign align)
{
    PUT(out, ESC, 'a', (uint8_t)align);
}

void pos_escpos_feed(GByteArray *out, int lines)
{
    PUT(out, ESC, 'd', (uint8_t)CLAMP(lines, 0, 255));
}

void pos_escpos_cut(GByteArray *out, bool feed)
{
    if (feed) {
        PUT(out, GS, 'V', 66, 0);
    } else {
        PUT(out, GS, 'V', 1);
    }
}

void pos_escpos_qr(GByteArray *out, const char *text, int dots)
{
    gsize length = strlen(text);
    g_assert(length >= 1 && length <= QR_BYTES_MAX);
    g_assert(dots >= 1 && dots <= 16);
    PUT(out, GS, '(', 'k', 4, 0, '1', 'A', '2', 0);
    PUT(out, GS, '(', 'k', 3, 0, '1', 'C', (uint8_t)dots);
    PUT(out, GS, '(', 'k', 3, 0, '1', 'E', '1');
    PUT(out, GS, '(', 'k', (uint8_t)((length + 3) & 0xff), (uint8_t)((length + 3) >> 8), '1', 'P',
        '0');
    put(out, (const uint8_t *)text, length);
    PUT(out, GS, '(', 'k', 3, 0, '1', 'Q', '0');
}

void pos_escpos_raster(GByteArray *out, const uint8_t *bits, int bytes_per_line, int rows)
{
    g_assert(rows >= 1 && rows <= BAND_ROWS);
    g_assert(bytes_per_line >= 1 && bytes_per_line <= 0xffff);
    PUT(out, GS, 'v', '0', 0, (uint8_t)(bytes_per_line & 0xff), (uint8_t)(bytes_per_line >> 8),
        (uint8_t)(rows & 0xff), (uint8_t)(rows >> 8));
    put(out, bits, (gsize)bytes_per_line * (gsize)rows);
}

void pos_escpos_drawer(GByteArray *out, int pin)
{
    PUT(out, ESC, 'p', pin == 5 ? 1 : 0, 50, 250);
}

void pos_escpos_drawer_now(GByteArray *out, int pin)
{
    PUT(out, DLE, 0x14, 1, pin == 5 ? 1 : 0, 1); /* 1 x 100 ms */
}

void pos_escpos_ask_status(GByteArray *out, int n)
{
    PUT(out, DLE, 4, (uint8_t)n);
}

void pos_escpos_ask_done(GByteArray *out)
{
    PUT(out, GS, 'r', 1);
}

void pos_escpos_forget(GByteArray *out)
{
    PUT(out, DLE, 0x14, 8, 1, 3, 20, 1, 6, 2, 8);
}

/* --- a document ----------------------------------------------------------------------------------------- */

typedef struct {
    GByteArray *out;
    const PosEscposProfile *profile;
    PosEscposCharset *charset;
    PosPrintPaper paper;
    GByteArray *drawn; /* dots that are not sent yet, rows of bytes_per_line */
    int bytes_per_line;
    int width_times, height_times;
    bool bold;
} Job;

static void flush_drawn(Job *job)
{
    int rows = (int)job->drawn->len / job->bytes_per_line;
    for (int from = 0; from < rows; from += BAND_ROWS) {
        pos_escpos_raster(job->out, job->drawn->data + from * job->bytes_per_line,
                          job->bytes_per_line, MIN(BAND_ROWS, rows - from));
    }
    g_byte_array_set_size(job->drawn, 0);
}

static void set_style(Job *job, bool bold, int width_times, int height_times)
{
    if (bold != job->bold) {
        pos_escpos_bold(job->out, bold);
        job->bold = bold;
    }
    if (width_times != job->width_times || height_times != job->height_times) {
        pos_escpos_size(job->out, width_times, height_times);
        job->width_times = width_times;
        job->height_times = height_times;
    }
}

static void put_text(Job *job, const PosPrintLine *line)
{
    flush_drawn(job);
    set_style(job, line->bold, line->width_times, line->height_times);
    for (const char *p = line->text; *p != '\0'; p = g_utf8_next_char(p)) {
        uint8_t bytes[4];
        int length = pos_escpos_charset_put(job->charset, g_utf8_get_char(p), bytes);
        put(job->out, bytes, (gsize)length);
    }
    PUT(job->out, '\n');
}

static bool put_drawn(Job *job, const PosPrintLine *line, GError **error)
{
    g_auto(PosPrintBitmap) bitmap = {0};
    if (!pos_print_draw_bitmap(line, &job->paper, job->profile->dots, &bitmap, error)) {
        return false;
    }
    g_assert(bitmap.stride == job->bytes_per_line);
    put(job->drawn, bitmap.bits, (gsize)bitmap.stride * (gsize)bitmap.height);
    return true;
}

static bool put_qr(Job *job, const PosPrintLine *line, GError **error)
{
    PosQr qr = {0};
    if (!job->profile->draws_qr) {
        return put_drawn(job, line, error);
    }
    if (!pos_qr_make(line->text, &qr, error)) {
        return false;
    }
    int dots = pos_print_qr_module_dots(qr.size, job->profile->dots);
    pos_qr_clear(&qr);
    if (dots < 1) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("The QR code does not fit this paper."));
        return false;
    }
    flush_drawn(job);
    set_style(job, false, 1, 1);
    pos_escpos_feed(job->out, 1); /* the code's quiet zone */
    pos_escpos_align(job->out, POS_PRINT_CENTRE);
    pos_escpos_qr(job->out, line->text, dots);
    pos_escpos_align(job->out, POS_PRINT_LEFT);
    pos_escpos_feed(job->out, 1);
    return true;
}

static bool put_line(Job *job, const PosPrintLine *line, GError **error)
{
    switch (line->kind) {
    case POS_PRINT_QR:
        return put_qr(job, line, error);
    case POS_PRINT_IMAGE:
        return put_drawn(job, line, error);
    case POS_PRINT_TEXT:
    case POS_PRINT_PAIR:
    case POS_PRINT_RULE:
    case POS_PRINT_SPACE:
        break;
    }
    if (pos_escpos_charset_has(job->charset, line->text)) {
        put_text(job, line);
        return true;
    }
    return put_drawn(job, line, error);
}

/* The document with its texts as this printer can write them: before the layout, which counts their cells. */
static PosPrintDocument *spelled(const PosPrintDocument *document, PosEscposCharset *charset)
{
    PosPrintDocument *copy = pos_print_document_new();
    for (guint i = 0; i < document->len; i++) {
        const PosPrintRow *row = document->pdata[i];
        PosPrintRow *fresh = g_memdup2(row, sizeof *row);
        bool code = row->kind == POS_PRINT_QR;
        fresh->left = code ? g_strdup(row->left) : pos_escpos_charset_spell(charset, row->left);
        fresh->right = pos_escpos_charset_spell(charset, row->right);
        fresh->bits =
            row->bits == NULL
                ? NULL
                : g_memdup2(row->bits, (gsize)((row->width + 7) / 8) * (gsize)row->height);
        g_ptr_array_add(copy, fresh);
    }
    return copy;
}

static bool is_profile(const PosEscposProfile *profile, GError **error)
{
    bool fits = profile->columns >= 24 && profile->columns <= 64 && profile->dots % 8 == 0 &&
                profile->dots >= profile->columns * 8 && profile->dots <= 832;
    if (!fits) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("A printer with %d columns on %d dots is not possible: set 32 columns with "
                      "384 dots, or 42 or 48 columns with 576."),
                    profile->columns, profile->dots);
    }
    return fits;
}

static void begin(Job *job)
{
    pos_escpos_init(job->out);
    switch (job->profile->text) {
    case POS_ESCPOS_LATIN:
        pos_escpos_multibyte(job->out, false);
        pos_escpos_table(job->out, job->profile->table);
        break;
    case POS_ESCPOS_KOREAN:
    case POS_ESCPOS_CHINESE:
        pos_escpos_multibyte(job->out, true);
        break;
    case POS_ESCPOS_UTF8:
        pos_escpos_utf8(job->out);
        break;
    case POS_ESCPOS_RASTER:
        break;
    }
}

static void end(Job *job)
{
    flush_drawn(job);
    set_style(job, false, 1, 1);
    if (job->profile->cuts) {
        pos_escpos_cut(job->out, true);
    } else {
        pos_escpos_feed(job->out, TEAR_OFF_LINES);
    }
}

GByteArray *pos_escpos_document(const PosPrintDocument *document, const PosEscposProfile *profile,
                                GError **error)
{
    if (!is_profile(profile, error)) {
        return NULL;
    }
    g_autoptr(PosEscposCharset) charset = pos_escpos_charset_new(profile->text, profile->table);
    if (charset == NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("Code table %d is not known: set 0, 2, 16 or 19."), profile->table);
        return NULL;
    }
    Job job = {
        .out = g_byte_array_new(),
        .profile = profile,
        .charset = charset,
        .paper = {.columns = profile->columns, .cells = pos_escpos_charset_cells, .user = charset},
        .drawn = g_byte_array_new(),
        .bytes_per_line = profile->dots / 8,
        .width_times = 1,
        .height_times = 1};
    g_autoptr(GPtrArray) own = spelled(document, charset);
    g_autoptr(GPtrArray) lines = pos_print_layout(own, &job.paper);
    bool fine = true;
    begin(&job);
    for (guint i = 0; i < lines->len && fine; i++) {
        fine = put_line(&job, lines->pdata[i], error);
    }
    end(&job);
    g_byte_array_unref(job.drawn);
    if (!fine) {
        g_byte_array_unref(job.out);
        return NULL;
    }
    return job.out;
}

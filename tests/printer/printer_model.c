/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what each command does. A command that is not known is logged and skipped, so that a test can see it. */
#include "tests/printer/printer_model.h"

#include "tests/printer/printer_paper.h"

#include <iconv.h>
#include <stdio.h>
#include <string.h>

#define ESC 0x1b
#define FS 0x1c
#define GS 0x1d
#define DLE 0x10

struct PrinterModel {
    PrinterModelOptions options;
    PrinterFaults faults;
    PrinterPaper *paper;
    PaperStyle style;
    GByteArray *waiting; /* commands and text that were received whole or in part */
    gsize scanned;       /* of waiting: real-time commands up to here are carried out */
    GByteArray *line;    /* text of the line that is not printed yet */
    bool multibyte, utf8;
    int table;
    int qr_module, qr_level;
    GByteArray *qr_data;
    int bar_height, bar_module;
    int receipts;
};

static void style_reset(PrinterModel *model)
{
    model->style = (PaperStyle){.width_times = 1, .height_times = 1};
    model->multibyte = strcmp(model->options.charset, "none") != 0;
    model->utf8 = false;
    model->table = 0;
    model->qr_module = 3;
    model->qr_level = 0;
    model->bar_height = 162;
    model->bar_module = 3;
    g_byte_array_set_size(model->line, 0);
    g_byte_array_set_size(model->qr_data, 0);
}

PrinterModel *printer_model_new(const PrinterModelOptions *options)
{
    PrinterModel *model = g_new0(PrinterModel, 1);
    model->options = *options;
    model->faults.lines_left = -1;
    model->paper = printer_paper_new(options->dots, options->columns);
    model->waiting = g_byte_array_new();
    model->line = g_byte_array_new();
    model->qr_data = g_byte_array_new();
    style_reset(model);
    return model;
}

void printer_model_free(PrinterModel *model)
{
    if (model != NULL) {
        printer_paper_free(model->paper);
        g_byte_array_unref(model->waiting);
        g_byte_array_unref(model->line);
        g_byte_array_unref(model->qr_data);
        g_free(model);
    }
}

PrinterFaults *printer_model_faults(PrinterModel *model)
{
    return &model->faults;
}

gsize printer_model_waiting(const PrinterModel *model)
{
    return model->waiting->len;
}

G_GNUC_PRINTF(2, 3) static void log_line(PrinterModel *model, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    model->options.log(line, model->options.user);
}

static bool is_offline(const PrinterModel *model)
{
    const PrinterFaults *faults = &model->faults;
    return faults->paper_out || faults->cover_open || faults->cutter_jam || faults->hot;
}

/* --- real time ------------------------------------------------------------------------------------------ */

static void answer(PrinterModel *model, uint8_t byte)
{
    if (!model->faults.mute) {
        model->options.answer(model->faults.rubbish ? 0xa5 : byte, model->options.user);
    }
}

static void answer_status(PrinterModel *model, int n)
{
    const PrinterFaults *faults = &model->faults;
    uint8_t byte = 0x12;
    if (n == 1) {
        byte |= is_offline(model) ? 0x08 : 0;
    } else if (n == 2) {
        byte |= (faults->cover_open ? 0x04 : 0) | (faults->paper_out ? 0x20 : 0) |
                (faults->cutter_jam || faults->hot ? 0x40 : 0);
    } else if (n == 3) {
        byte |= (faults->cutter_jam ? 0x08 : 0) | (faults->hot ? 0x40 : 0);
    } else if (n == 4) {
        byte |= (faults->paper_low ? 0x0c : 0) | (faults->paper_out ? 0x60 : 0);
    }
    answer(model, byte);
}

static void open_drawer(PrinterModel *model, int m, const char *how)
{
    log_line(model, "drawer pin%d %s", m & 1 ? 5 : 2, how);
}

/* Length of the real-time command at p, 0 when it is none or not whole (then *out_partial). */
static gsize real_time_length(const uint8_t *p, gsize left, bool *out_partial)
{
    if (p[0] != DLE) {
        return 0;
    }
    gsize length = left < 2       ? 0
                   : p[1] == 0x04 ? 3
                   : p[1] == 0x05 ? 3
                   : p[1] == 0x14 ? (left < 3    ? 0
                                     : p[2] == 8 ? 10
                                                 : 5)
                                  : 2;
    *out_partial = length == 0 || left < length;
    return *out_partial ? 0 : length;
}

static void do_real_time(PrinterModel *model, const uint8_t *p)
{
    if (p[1] == 0x04) {
        answer_status(model, p[2]);
    } else if (p[1] == 0x14 && p[2] == 1) {
        open_drawer(model, p[3], "realtime");
    } else if (p[1] == 0x14 && p[2] == 8) {
        log_line(model, "forget %u", model->waiting->len);
    }
}

/* --- lengths of commands ---------------------------------------------------------------------------------- */

/* Bytes of the command at p, 0 when more has to come. Text is one byte. */
static gsize command_length(const uint8_t *p, gsize left)
{
    if (p[0] != ESC && p[0] != FS && p[0] != GS && p[0] != DLE) {
        return 1;
    }
    if (left < 2) {
        return 0;
    }
    if (p[0] == ESC) {
        return strchr("@2<", p[1]) != NULL ? 2 : p[1] == 'p' ? 5 : 3;
    }
    if (p[0] == FS && p[1] != '(') {
        return p[1] == '&' || p[1] == '.' ? 2 : 3;
    }
    if (p[1] == '(') { /* fn pL pH and as many bytes */
        return left < 5 ? 0 : 5 + (gsize)(p[3] | p[4] << 8);
    }
    if (p[0] == GS && p[1] == 'V') {
        return left < 3 ? 0 : p[2] == 65 || p[2] == 66 ? 4 : 3;
    }
    if (p[0] == GS && p[1] == 'v') {
        return left < 8 ? 0 : 8 + (gsize)(p[4] | p[5] << 8) * (gsize)(p[6] | p[7] << 8);
    }
    if (p[0] == GS && p[1] == 'k') {
        return left < 4 ? 0 : 4 + (gsize)p[3];
    }
    return 3;
}

void printer_model_receive(PrinterModel *model, const uint8_t *bytes, gsize length)
{
    GByteArray *waiting = model->waiting;
    g_byte_array_append(waiting, bytes, (guint)length);
    while (model->scanned < waiting->len) {
        const uint8_t *p = waiting->data + model->scanned;
        gsize left = waiting->len - model->scanned;
        bool partial = false;
        gsize real_time = real_time_length(p, left, &partial);
        if (partial) {
            return;
        }
        if (real_time > 0) {
            bool forget = p[1] == 0x14 && p[2] == 8;
            do_real_time(model, p);
            g_byte_array_remove_range(waiting, (guint)model->scanned, (guint)real_time);
            if (forget) {
                g_byte_array_remove_range(waiting, 0, (guint)model->scanned);
                g_byte_array_set_size(model->line, 0);
                model->scanned = 0;
            }
            continue;
        }
        gsize whole = command_length(p, left);
        if (whole == 0 || whole > left) {
            return; /* the data of a picture must not be taken for a command */
        }
        model->scanned += whole;
    }
}

/* --- printing --------------------------------------------------------------------------------------------- */

static const char *charset_of(const PrinterModel *model, bool multibyte)
{
    if (model->utf8) {
        return "UTF-8";
    }
    if (multibyte) {
        return model->options.charset;
    }
    switch (model->table) {
    case 2:
        return "CP850";
    case 16:
        return "CP1252";
    case 19:
        return "CP858";
    default:
        return "CP437";
    }
}

/* Bytes of the character at p in the present mode. */
static gsize character_bytes(const PrinterModel *model, const uint8_t *p, gsize left)
{
    gsize want = 1;
    if (model->utf8) {
        want = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc0 ? 2 : 1;
    } else if (model->multibyte && p[0] >= 0x81) {
        want = 2;
    }
    return MIN(want, left);
}

/* The line in UTF-8 and the cells of each character. */
static char *line_text(PrinterModel *model, GString *wide)
{
    GString *text = g_string_new(NULL);
    for (gsize at = 0; at < model->line->len;) {
        const uint8_t *p = model->line->data + at;
        gsize length = character_bytes(model, p, model->line->len - at);
        g_autofree char *one =
            g_convert((const char *)p, (gssize)length, "UTF-8",
                      charset_of(model, model->multibyte && length > 1), NULL, NULL, NULL);
        const char *shown = one != NULL && g_utf8_strlen(one, -1) == 1 ? one : "?";
        if (shown[0] == '?' && p[0] != '?') {
            log_line(model, "unknown character %02x", p[0]);
        }
        bool two = model->utf8 ? g_unichar_iswide(g_utf8_get_char(shown)) : length == 2;
        g_string_append(text, shown);
        g_string_append_c(wide, two ? '2' : '1');
        at += length;
    }
    return g_string_free(text, FALSE);
}

static void use_paper(PrinterModel *model, int lines)
{
    if (model->faults.lines_left >= 0) {
        model->faults.lines_left -= lines;
        if (model->faults.lines_left <= 0) {
            model->faults.lines_left = -1;
            model->faults.paper_out = true;
            log_line(model, "paper out");
        }
    }
}

static void print_line(PrinterModel *model)
{
    g_autoptr(GString) wide = g_string_new(NULL);
    g_autofree char *text = line_text(model, wide);
    printer_paper_text(model->paper, text, wide->str, &model->style);
    g_byte_array_set_size(model->line, 0);
    use_paper(model, 1);
}

static void tear(PrinterModel *model, const char *what)
{
    if (printer_paper_is_blank(model->paper)) {
        return;
    }
    model->receipts++;
    g_autofree char *name = g_strdup_printf("receipt-%03d%s", model->receipts, what);
    g_autofree char *base = g_build_filename(model->options.folder, name, NULL);
    printer_paper_tear(model->paper, base);
    log_line(model, "paper %s.png", base);
}

void printer_model_new_paper(PrinterModel *model)
{
    tear(model, "-torn");
    model->faults.paper_out = model->faults.paper_low = false;
}

static void cut(PrinterModel *model)
{
    printer_paper_cut_mark(model->paper);
    tear(model, "");
    log_line(model, "cut %d", model->receipts);
}

static void do_qr(PrinterModel *model, const uint8_t *p, gsize length)
{
    if (length < 8 || p[5] != '1') {
        return;
    }
    switch (p[6]) {
    case 'C':
        model->qr_module = CLAMP(p[7], 1, 16);
        break;
    case 'E':
        model->qr_level = CLAMP(p[7], 48, 51) - 48;
        break;
    case 'P':
        g_byte_array_set_size(model->qr_data, 0);
        g_byte_array_append(model->qr_data, p + 8, (guint)length - 8);
        break;
    case 'Q':
        if (!printer_paper_qr(model->paper, (const char *)model->qr_data->data, model->qr_data->len,
                              model->qr_level, model->qr_module, model->style.align)) {
            log_line(model, "qr does not fit");
        }
        use_paper(model, 5);
        break;
    default:
        break;
    }
}

static void do_gs(PrinterModel *model, const uint8_t *p, gsize length)
{
    switch (p[1]) {
    case '!':
        model->style.width_times = (p[2] >> 4 & 7) + 1;
        model->style.height_times = (p[2] & 7) + 1;
        break;
    case 'B':
        model->style.inverse = p[2] & 1;
        break;
    case 'V':
        if (p[2] == 65 || p[2] == 66) {
            printer_paper_feed(model->paper, 90);
        }
        cut(model);
        break;
    case 'v':
        printer_paper_raster(model->paper, p + 8, p[4] | p[5] << 8, p[6] | p[7] << 8,
                             model->style.align);
        use_paper(model, (p[6] | p[7] << 8) / 30);
        break;
    case '(':
        if (p[2] == 'k') {
            do_qr(model, p, length);
        } else {
            log_line(model, "unknown command 1d28%02x", p[2]);
        }
        break;
    case 'h':
        model->bar_height = MAX(1, p[2]);
        break;
    case 'w':
        model->bar_module = CLAMP(p[2], 1, 6);
        break;
    case 'k': {
        g_autofree char *digits = g_strndup((const char *)p + 4, p[3]);
        if (p[2] != 67 || !printer_paper_ean13(model->paper, digits, model->bar_module,
                                               model->bar_height, model->style.align)) {
            log_line(model, "barcode not printed");
        }
        break;
    }
    case 'r':
        answer(model, (model->faults.paper_low ? 0x03 : 0) | (model->faults.paper_out ? 0x0c : 0));
        break;
    default:
        log_line(model, "unknown command 1d%02x", p[1]);
        break;
    }
}

static void do_esc(PrinterModel *model, const uint8_t *p)
{
    switch (p[1]) {
    case '@':
        style_reset(model);
        break;
    case 'E':
        model->style.bold = p[2] & 1;
        break;
    case '-':
        model->style.underline = p[2] & 3;
        break;
    case 'a':
        model->style.align = (PaperAlign)(p[2] % 48 % 3);
        break;
    case 't':
        model->table = p[2];
        break;
    case 'd':
        printer_paper_feed(model->paper, p[2] * 30);
        break;
    case 'p':
        open_drawer(model, p[2], "");
        break;
    default:
        log_line(model, "unknown command 1b%02x", p[1]);
        break;
    }
}

static void do_fs(PrinterModel *model, const uint8_t *p)
{
    if (p[1] == '&' || p[1] == '.') {
        model->multibyte = p[1] == '&';
    } else if (p[1] == '(' && p[2] == 'C') {
        model->utf8 = p[5] == 48 && (p[6] == 2 || p[6] == 50);
    } else {
        log_line(model, "unknown command 1c%02x", p[1]);
    }
}

static void do_command(PrinterModel *model, const uint8_t *p, gsize length)
{
    if (p[0] == GS) {
        do_gs(model, p, length);
    } else if (p[0] == ESC) {
        do_esc(model, p);
    } else if (p[0] == FS) {
        do_fs(model, p);
    } else if (p[0] == '\n') {
        print_line(model);
    } else if (p[0] >= 0x20) {
        g_byte_array_append(model->line, p, 1);
    }
}

void printer_model_print(PrinterModel *model, gsize bytes)
{
    gsize done = 0;
    while (model->scanned > done && done < bytes && !is_offline(model)) {
        const uint8_t *p = model->waiting->data + done;
        gsize length = command_length(p, model->scanned - done);
        g_assert(length > 0 && length <= model->scanned - done);
        do_command(model, p, length);
        done += length;
    }
    if (done > 0) {
        g_byte_array_remove_range(model->waiting, 0, (guint)done);
        model->scanned -= done;
    }
}

void printer_model_drop_unfinished(PrinterModel *model)
{
    g_byte_array_set_size(model->waiting, (guint)model->scanned);
}

void printer_model_power_off(PrinterModel *model)
{
    g_byte_array_set_size(model->waiting, 0);
    model->scanned = 0;
    style_reset(model);
    tear(model, "-torn");
}

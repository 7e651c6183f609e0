/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns how rows fit a roll. What always holds: no line is wider than the roll, and the right side of a pair, which is
 * an amount, stands whole on one line. */
#include "pos/print_layout.h"

#include <string.h>

#define COLUMNS_MIN 24 /* an amount of 2^53 with its sign and groups has 23 cells */

typedef struct {
    GPtrArray *lines;
    const PosPrintPaper *paper;
    const PosPrintRow *row;
    int columns; /* of the present row: half as many when it is twice as wide */
    int width_times, height_times;
} Layout;

int pos_print_cells_of(gunichar c, void *user)
{
    (void)user;
    if (g_unichar_iszerowidth(c) || g_unichar_iscntrl(c)) {
        return 0;
    }
    return g_unichar_iswide(c) ? 2 : 1;
}

static int cells_of_text(const PosPrintPaper *paper, const char *text)
{
    int cells = 0;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        cells += paper->cells(g_utf8_get_char(p), paper->user);
    }
    return cells;
}

int pos_print_cells(const char *text)
{
    const PosPrintPaper paper = {.cells = pos_print_cells_of};
    return cells_of_text(&paper, text);
}

static void line_free(gpointer data)
{
    PosPrintLine *line = data;
    g_free(line->text);
    g_free(line);
}

/* Takes the text. */
static PosPrintLine *add_line(Layout *layout, PosPrintKind kind, char *text)
{
    PosPrintLine *line = g_new0(PosPrintLine, 1);
    line->kind = kind;
    line->text = text;
    line->width_times = layout->width_times;
    line->height_times = layout->height_times;
    line->bold = layout->row->style != POS_PRINT_NORMAL && !layout->paper->plain;
    line->row = layout->row;
    g_ptr_array_add(layout->lines, line);
    return line;
}

/* The end of the longest piece of `text` that fits, at a space where there is one; at least one character. */
static const char *fitting_end(const PosPrintPaper *paper, const char *text, int columns)
{
    int cells = 0;
    const char *last_space = NULL;
    const char *p = text;
    for (; *p != '\0'; p = g_utf8_next_char(p)) {
        int width = paper->cells(g_utf8_get_char(p), paper->user);
        if (cells + width > columns && p != text) {
            return last_space != NULL ? last_space : p;
        }
        if (*p == ' ' && p != text) {
            last_space = p;
        }
        cells += width;
    }
    return p;
}

static void add_wrapped(Layout *layout, const char *text, PosPrintAlign align, int indent)
{
    int width = MAX(2, layout->columns - indent);
    const char *p = text;
    while (*p != '\0') {
        const char *end = fitting_end(layout->paper, p, width);
        g_autofree char *piece = g_strndup(p, (gsize)(end - p));
        int spare = MAX(0, width - cells_of_text(layout->paper, piece));
        int before = align == POS_PRINT_LEFT     ? indent
                     : align == POS_PRINT_CENTRE ? spare / 2
                                                 : spare;
        add_line(layout, POS_PRINT_TEXT, g_strdup_printf("%*s%s", before, "", piece));
        for (p = end; *p == ' '; p++) {
        }
    }
}

/* Left and right on one line; when they do not fit, left wraps above and right stands alone. */
static void add_pair(Layout *layout, const PosPrintRow *row)
{
    int right = cells_of_text(layout->paper, row->right);
    int gap = layout->columns - cells_of_text(layout->paper, row->left) - right;
    if (gap >= 1) {
        add_line(layout, POS_PRINT_TEXT,
                 g_strdup_printf("%s%*s%s", row->left, gap, "", row->right));
        return;
    }
    add_wrapped(layout, row->left, POS_PRINT_LEFT, 0);
    add_line(layout, POS_PRINT_TEXT,
             g_strdup_printf("%*s%s", MAX(0, layout->columns - right), "", row->right));
}

static bool fits_twice_as_wide(const Layout *layout, const PosPrintRow *row)
{
    int half = layout->paper->columns / 2;
    int left = cells_of_text(layout->paper, row->left);
    int right = cells_of_text(layout->paper, row->right);
    return row->kind == POS_PRINT_PAIR ? left + 1 + right <= half : left <= half;
}

static void set_size(Layout *layout, const PosPrintRow *row)
{
    bool large = row->style == POS_PRINT_LARGE && !layout->paper->plain &&
                 (row->kind == POS_PRINT_TEXT || row->kind == POS_PRINT_PAIR);
    layout->height_times = large ? 2 : 1;
    layout->width_times = large && fits_twice_as_wide(layout, row) ? 2 : 1;
    layout->columns = layout->paper->columns / layout->width_times;
}

static void add_row(Layout *layout, const PosPrintRow *row)
{
    layout->row = row;
    set_size(layout, row);
    switch (row->kind) {
    case POS_PRINT_TEXT:
        add_wrapped(layout, row->left, row->align, row->align == POS_PRINT_LEFT ? row->indent : 0);
        break;
    case POS_PRINT_PAIR:
        add_pair(layout, row);
        break;
    case POS_PRINT_RULE:
        add_line(layout, POS_PRINT_TEXT, g_strnfill((gsize)layout->columns, '-'));
        break;
    case POS_PRINT_QR:
    case POS_PRINT_IMAGE:
    case POS_PRINT_SPACE:
        add_line(layout, row->kind, g_strdup(row->left));
        break;
    }
}

GPtrArray *pos_print_layout(const PosPrintDocument *document, const PosPrintPaper *paper)
{
    g_assert(paper->columns >= COLUMNS_MIN);
    PosPrintPaper whole = *paper;
    if (whole.cells == NULL) {
        whole.cells = pos_print_cells_of;
    }
    Layout layout = {.lines = g_ptr_array_new_with_free_func(line_free), .paper = &whole};
    for (guint i = 0; i < document->len; i++) {
        add_row(&layout, document->pdata[i]);
    }
    return layout.lines;
}

GPtrArray *pos_print_document_rows(const PosPrintDocument *document, int columns)
{
    const PosPrintPaper paper = {.columns = columns, .plain = true};
    g_autoptr(GPtrArray) lines = pos_print_layout(document, &paper);
    GPtrArray *rows = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < lines->len; i++) {
        PosPrintLine *line = lines->pdata[i];
        if (line->kind == POS_PRINT_TEXT) {
            g_ptr_array_add(rows, g_steal_pointer(&line->text));
        } else if (line->kind == POS_PRINT_SPACE) {
            g_ptr_array_add(rows, g_strdup(""));
        }
    }
    return rows;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Delivery notes: columns by name, a fault a line. */
#include "pos/delivery_note.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/bounds.h"
#include "pos/date.h"
#include "pos/error.h"
#include "pos/gs1.h"
#include "pos/lot.h"

typedef struct {
    char **head;
    GPtrArray *faults;
    int line;
} Note;

static bool object_to(Note *note, const char *column, const char *reason)
{
    g_ptr_array_add(note->faults,
                    g_strdup_printf(_("Line %d, %s: %s"), note->line, column, reason));
    return false;
}

static const char *cell(const Note *note, char **cells, const char *name)
{
    for (guint i = 0; note->head[i] != NULL && cells[i] != NULL; i++) {
        if (g_ascii_strcasecmp(note->head[i], name) == 0) {
            return cells[i];
        }
        if (cells[i + 1] == NULL) {
            break;
        }
    }
    return "";
}

/* Cells of one line, without quotes and blanks around. Owned. */
static char **split(const char *line, char separator)
{
    GPtrArray *cells = g_ptr_array_new();
    GString *cell_text = g_string_new(NULL);
    bool quoted = false;
    for (const char *c = line;; c++) {
        if (*c == '"') {
            quoted = !quoted;
        } else if (*c == '\0' || (*c == separator && !quoted)) {
            g_ptr_array_add(cells, g_strstrip(g_strdup(cell_text->str)));
            g_string_truncate(cell_text, 0);
        } else if (*c != '\r') {
            g_string_append_c(cell_text, *c);
        }
        if (*c == '\0') {
            break;
        }
    }
    g_string_free(cell_text, TRUE);
    g_ptr_array_add(cells, NULL);
    return (char **)g_ptr_array_free(cells, FALSE);
}

/* "120", "120.5", "0.450" times `scale` as a whole number; -1 otherwise. */
static int64_t read_number(const char *text, int64_t scale)
{
    int64_t value = 0, part = scale;
    bool behind = false, any = false;
    for (const char *c = text; *c != '\0'; c++) {
        if (g_ascii_isdigit(*c) && value < INT64_C(100000000000)) {
            if (!behind) {
                value = value * 10 + (*c - '0');
            } else {
                part /= 10;
                value += (*c - '0') * part;
            }
            any = true;
        } else if ((*c == '.' || *c == ',') && !behind) {
            behind = true;
            value *= scale;
        } else {
            return -1;
        }
    }
    return !any ? -1 : behind ? value : value * scale;
}

static bool put_day(Note *note, char **cells, const char *column, const char *member, json_t *line)
{
    const char *text = cell(note, cells, column);
    PosDate day;
    if (*text == '\0') {
        return true;
    }
    if (!pos_date_parse(text, &day)) {
        return object_to(note, column, _("is no day like 2026-11-23"));
    }
    json_object_set_new(line, member, json_string(text));
    return true;
}

static bool read_goods(Note *note, char **cells, json_t *line)
{
    const char *gtin = cell(note, cells, "gtin"), *lot = cell(note, cells, "lot");
    gsize length = strlen(gtin);
    char padded[15] = "00000000000000";
    if (length < 8 || length > 14 || strspn(gtin, "0123456789") != length) {
        return object_to(note, "gtin", _("is no GTIN"));
    }
    memcpy(padded + 14 - length, gtin, length);
    if (!pos_gs1_digits_check(padded, 14)) {
        return object_to(note, "gtin", _("has a wrong check digit"));
    }
    if (*lot != '\0' && !pos_lot_number_is_well_formed(lot)) {
        return object_to(note, "lot", _("is no lot number"));
    }
    json_object_set_new(line, "gtin", json_string(padded));
    json_object_set_new(line, "lot", json_string(lot));
    return true;
}

static bool read_quantity(Note *note, char **cells, json_t *line)
{
    const char *uom = cell(note, cells, "uom");
    bool kilograms = g_ascii_strcasecmp(uom, "KGM") == 0,
         grams = g_ascii_strcasecmp(uom, "GRM") == 0;
    bool pieces =
        *uom == '\0' || g_ascii_strcasecmp(uom, "EA") == 0 || g_ascii_strcasecmp(uom, "H87") == 0;
    int64_t quantity = read_number(cell(note, cells, "qty"), kilograms ? 1000 : 1);
    if (!kilograms && !grams && !pieces) {
        return object_to(note, "uom", _("is no unit; use KGM, GRM, EA or H87"));
    }
    if (quantity <= 0 || quantity > POS_BOUND_GRAMS_MAX * 1000LL) {
        return object_to(note, "qty", _("is no quantity"));
    }
    json_object_set_new(line, "qty", json_integer(quantity));
    json_object_set_new(line, "unit", json_string(pieces ? "each" : "g"));
    return true;
}

static json_t *read_line(Note *note, char **cells)
{
    json_t *line = json_object();
    const char *sscc = cell(note, cells, "sscc"), *origin = cell(note, cells, "origin");
    int64_t price = read_number(cell(note, cells, "price"), 1);
    if (!read_goods(note, cells, line) || !read_quantity(note, cells, line) ||
        !put_day(note, cells, "best_before", "best_before", line) ||
        !put_day(note, cells, "use_by", "use_by", line)) {
        json_decref(line);
        return NULL;
    }
    if (*sscc != '\0' && strlen(sscc) == 18) {
        json_object_set_new(line, "sscc", json_string(sscc));
    }
    if (strlen(origin) == 2 && g_ascii_isupper(origin[0]) && g_ascii_isupper(origin[1])) {
        json_object_set_new(line, "origin_country", json_string(origin));
    }
    if (price > 0) {
        json_object_set_new(line, "unit_cost", json_integer(price));
    }
    return line;
}

json_t *pos_delivery_note_read(const char *text, gsize length, GPtrArray **out_faults,
                               GError **error)
{
    const char *start = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
    if (length > POS_DELIVERY_NOTE_BYTES_MAX || !g_utf8_validate(text, (gssize)length, NULL)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The delivery note is no UTF-8 text of at most %d MiB."),
                    POS_DELIVERY_NOTE_BYTES_MAX / (1024 * 1024));
        return NULL;
    }
    g_auto(GStrv) lines = g_strsplit(start, "\n", -1);
    char separator = lines[0] != NULL && strchr(lines[0], ';') != NULL ? ';' : ',';
    g_auto(GStrv) head = split(lines[0] != NULL ? lines[0] : "", separator);
    if (!g_strv_contains((const char *const *)head, "gtin") ||
        !g_strv_contains((const char *const *)head, "qty")) {
        g_set_error_literal(
            error, POS_ERROR, POS_ERROR_INVALID,
            _("The delivery note's first line must name its columns, at least gtin and qty."));
        return NULL;
    }
    Note note = {.head = head, .faults = g_ptr_array_new_with_free_func(g_free)};
    json_t *read = json_array();
    for (int i = 1; lines[i] != NULL; i++) {
        g_auto(GStrv) cells = split(lines[i], separator);
        note.line = i + 1;
        if (*g_strstrip(lines[i]) == '\0') {
            continue;
        }
        if (json_array_size(read) >= POS_DELIVERY_NOTE_LINES_MAX) {
            object_to(&note, "line", _("is beyond what one delivery may have; split it"));
            break;
        }
        json_t *line = read_line(&note, cells);
        if (line != NULL) {
            json_array_append_new(read, line);
        }
    }
    *out_faults = note.faults;
    return read;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the rows of a document and how they are kept. What always holds: each text is valid UTF-8 without control
 * characters, so that no name on a receipt can carry a printer's command. */
#include "pos/print_document.h"

#include "pos/bounds.h"
#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const char *const KINDS[] = {"text", "pair", "rule", "qr", "image", "space"};

static void row_free(gpointer data)
{
    PosPrintRow *row = data;
    g_free(row->left);
    g_free(row->right);
    g_free(row->bits);
    g_free(row);
}

PosPrintDocument *pos_print_document_new(void)
{
    return g_ptr_array_new_with_free_func(row_free);
}

static char *clean(const char *text)
{
    char *valid = g_utf8_make_valid(text == NULL ? "" : text, -1);
    GString *out = g_string_sized_new(strlen(valid));
    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(out, g_unichar_iscntrl(c) ? ' ' : c);
    }
    g_free(valid);
    return g_string_free(out, FALSE);
}

static PosPrintRow *row_new(PosPrintKind kind, const char *left, const char *right)
{
    PosPrintRow *row = g_new0(PosPrintRow, 1);
    row->kind = kind;
    row->left = clean(left);
    row->right = clean(right);
    return row;
}

void pos_print_add_text(PosPrintDocument *document, const char *text, PosPrintAlign align,
                        PosPrintStyle style)
{
    PosPrintRow *row = row_new(POS_PRINT_TEXT, text, NULL);
    row->align = align;
    row->style = style;
    g_ptr_array_add(document, row);
}

void pos_print_add_indented(PosPrintDocument *document, const char *text, int indent)
{
    PosPrintRow *row = row_new(POS_PRINT_TEXT, text, NULL);
    row->indent = CLAMP(indent, 0, POS_BOUND_PRINT_INDENT);
    g_ptr_array_add(document, row);
}

void pos_print_add_pair(PosPrintDocument *document, const char *left, const char *right,
                        PosPrintStyle style)
{
    PosPrintRow *row = row_new(POS_PRINT_PAIR, left, right);
    row->style = style;
    g_ptr_array_add(document, row);
}

void pos_print_add_rule(PosPrintDocument *document)
{
    g_ptr_array_add(document, row_new(POS_PRINT_RULE, NULL, NULL));
}

void pos_print_add_space(PosPrintDocument *document)
{
    g_ptr_array_add(document, row_new(POS_PRINT_SPACE, NULL, NULL));
}

void pos_print_add_qr(PosPrintDocument *document, const char *text)
{
    g_ptr_array_add(document, row_new(POS_PRINT_QR, text, NULL));
}

static gsize image_bytes(int width, int height)
{
    bool fits = width >= 1 && width <= POS_BOUND_PRINT_DOTS && height >= 1 &&
                height <= POS_BOUND_PRINT_IMAGE_ROWS;
    return fits ? (gsize)((width + 7) / 8) * (gsize)height : 0;
}

void pos_print_add_image(PosPrintDocument *document, const uint8_t *bits, int width, int height)
{
    gsize size = image_bytes(width, height);
    if (size == 0) {
        return;
    }
    PosPrintRow *row = row_new(POS_PRINT_IMAGE, NULL, NULL);
    row->width = width;
    row->height = height;
    row->bits = g_memdup2(bits, size);
    g_ptr_array_add(document, row);
}

void pos_print_put_mark(PosPrintDocument *document, const char *text)
{
    PosPrintRow *row = row_new(POS_PRINT_TEXT, text, NULL);
    row->align = POS_PRINT_CENTRE;
    row->style = POS_PRINT_LARGE;
    g_ptr_array_insert(document, 0, row);
}

/* --- JSON ----------------------------------------------------------------------------------------- */

json_t *pos_print_document_to_json(const PosPrintDocument *document)
{
    json_t *array = json_array();
    for (guint i = 0; i < document->len; i++) {
        const PosPrintRow *row = document->pdata[i];
        json_t *object = json_pack("{s:s, s:i, s:i, s:i, s:s, s:s}", "kind", KINDS[row->kind],
                                   "align", (int)row->align, "style", (int)row->style, "indent",
                                   row->indent, "left", row->left, "right", row->right);
        g_assert(object != NULL);
        if (row->kind == POS_PRINT_IMAGE) {
            g_autofree char *bits =
                g_base64_encode(row->bits, image_bytes(row->width, row->height));
            json_object_set_new(object, "width", json_integer(row->width));
            json_object_set_new(object, "height", json_integer(row->height));
            json_object_set_new(object, "bits", json_string(bits));
        }
        json_array_append_new(array, object);
    }
    return array;
}

static bool image_from_json(const json_t *object, PosPrintRow *row)
{
    json_int_t width = json_integer_value(json_object_get(object, "width"));
    json_int_t height = json_integer_value(json_object_get(object, "height"));
    const char *text = json_string_value(json_object_get(object, "bits"));
    if (width < 1 || width > POS_BOUND_PRINT_DOTS || height < 1 ||
        height > POS_BOUND_PRINT_IMAGE_ROWS || text == NULL) {
        return false;
    }
    gsize length = 0;
    row->bits = g_base64_decode(text, &length);
    row->width = (int)width;
    row->height = (int)height;
    return length == image_bytes(row->width, row->height);
}

static PosPrintRow *row_from_json(const json_t *object)
{
    const char *kind = NULL, *left = NULL, *right = NULL;
    int align = 0, style = 0, indent = 0;
    if (json_unpack((json_t *)object, "{s:s, s:i, s:i, s:i, s:s, s:s}", "kind", &kind, "align",
                    &align, "style", &style, "indent", &indent, "left", &left, "right",
                    &right) != 0 ||
        align < 0 || align > POS_PRINT_RIGHT || style < 0 || style > POS_PRINT_LARGE ||
        indent < 0 || indent > POS_BOUND_PRINT_INDENT) {
        return NULL;
    }
    for (guint i = 0; i < G_N_ELEMENTS(KINDS); i++) {
        if (strcmp(KINDS[i], kind) == 0) {
            PosPrintRow *row = row_new((PosPrintKind)i, left, right);
            row->align = (PosPrintAlign)align;
            row->style = (PosPrintStyle)style;
            row->indent = indent;
            if (i == POS_PRINT_IMAGE && !image_from_json(object, row)) {
                row_free(row);
                return NULL;
            }
            return row;
        }
    }
    return NULL;
}

PosPrintDocument *pos_print_document_from_json(const json_t *json, GError **error)
{
    gsize count = json_array_size(json);
    if (!json_is_array(json) || count > POS_BOUND_PRINT_ROWS) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("This is no document to print."));
        return NULL;
    }
    g_autoptr(GPtrArray) document = pos_print_document_new();
    for (gsize i = 0; i < count; i++) {
        PosPrintRow *row = row_from_json(json_array_get(json, i));
        if (row == NULL) {
            g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                        _("Row %d of the document to print cannot be read."), (int)i + 1);
            return NULL;
        }
        g_ptr_array_add(document, row);
    }
    return g_steal_pointer(&document);
}

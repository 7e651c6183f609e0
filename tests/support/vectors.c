/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/vectors.h"

#include <string.h>

/* One cell from *at; *at then stands on the comma, line end or end of text. */
static char *read_cell(const char **at)
{
    GString *cell = g_string_new(NULL);
    if (**at != '"') {
        gsize length = strcspn(*at, ",\r\n");
        g_string_append_len(cell, *at, (gssize)length);
        *at += length;
        return g_string_free(cell, FALSE);
    }
    for ((*at)++; **at != '\0'; (*at)++) {
        if (**at == '"' && (*at)[1] != '"') {
            (*at)++;
            break;
        }
        if (**at == '"') {
            (*at)++;
        }
        g_string_append_c(cell, **at);
    }
    return g_string_free(cell, FALSE);
}

static char **read_row(const char **at)
{
    GPtrArray *cells = g_ptr_array_new();
    for (;;) {
        g_ptr_array_add(cells, read_cell(at));
        if (**at != ',') {
            break;
        }
        (*at)++;
    }
    *at += strspn(*at, "\r\n");
    g_ptr_array_add(cells, NULL);
    return (char **)g_ptr_array_free(cells, FALSE);
}

Vectors *vectors_read(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    const char *at = text;
    Vectors *vectors = g_new0(Vectors, 1);
    vectors->header = read_row(&at);
    vectors->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    while (*at != '\0') {
        char **row = read_row(&at);
        g_assert_cmpuint(g_strv_length(row), ==, g_strv_length(vectors->header));
        g_ptr_array_add(vectors->rows, row);
    }
    return vectors;
}

void vectors_free(Vectors *vectors)
{
    g_strfreev(vectors->header);
    g_ptr_array_unref(vectors->rows);
    g_free(vectors);
}

const char *vectors_cell(const Vectors *vectors, guint row, const char *column)
{
    char **cells = g_ptr_array_index(vectors->rows, row);
    for (guint i = 0; vectors->header[i] != NULL; i++) {
        if (strcmp(vectors->header[i], column) == 0) {
            return cells[i];
        }
    }
    g_error("there is no column %s", column);
}

char *vectors_unescape(const char *text, gsize *out_length)
{
    GString *out = g_string_new(NULL);
    for (; *text != '\0'; text++) {
        if (g_str_has_prefix(text, "\\x") && g_ascii_isxdigit(text[2]) &&
            g_ascii_isxdigit(text[3])) {
            g_string_append_c(
                out, (char)(g_ascii_xdigit_value(text[2]) * 16 + g_ascii_xdigit_value(text[3])));
            text += 3;
        } else {
            text += g_str_has_prefix(text, "\\\\") ? 1 : 0;
            g_string_append_c(out, *text);
        }
    }
    *out_length = out->len;
    return g_string_free(out, FALSE);
}

char *vectors_path(const char *name)
{
    return g_build_filename(g_getenv("COSTER_SOURCE_ROOT"), "tests", "data", name, NULL);
}

char *vectors_outside_path(const char *name)
{
    const char *root = g_getenv("COSTER_TEST_DATA");
    return root != NULL && *root != '\0' ? g_build_filename(root, name, NULL) : NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the reading of a layout file for the commands that take one. */
#include "pos/bounds.h"
#include "ui/cli.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>

char *ui_cli_layouts_read(const char *path, gsize *out_length, GError **error)
{
    FILE *file = fopen(path, "rb");
    char *text = file != NULL ? g_malloc(POS_BOUND_LAYOUT_FILE_BYTES + 1) : NULL;
    if (file != NULL) {
        *out_length = fread(text, 1, POS_BOUND_LAYOUT_FILE_BYTES + 1, file);
    }
    if (file == NULL || ferror(file)) {
        g_set_error_literal(error, G_FILE_ERROR, g_file_error_from_errno(errno), g_strerror(errno));
        g_clear_pointer(&text, g_free);
    }
    if (file != NULL) {
        fclose(file);
    }
    return text;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * A picture file to grey pixels for the decoder. What the file claims is checked against
 * pos/bounds.h before anything is decoded: a file may be broken, cut off, or made to fill the
 * memory. No display is needed. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* 8-bit grey, rows one after the other. pixels: owned, width * height bytes. */
typedef struct {
    uint8_t *pixels;
    int width, height;
} UiPicture;

/* Reads a file of any format that gdk-pixbuf knows: the first frame of several, upright as EXIF
 * says, what is transparent as white. pixels_max: at most POS_BOUND_IMAGE_PIXELS. False with a
 * sentence that names no file; out is then untouched. Only regular files are opened, so that no pipe or device makes it wait. */
bool ui_picture_file_read(const char *path, int pixels_max, UiPicture *out, GError **error);
void ui_picture_clear(UiPicture *picture);

G_END_DECLS

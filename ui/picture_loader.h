/* SPDX-License-Identifier: GPL-3.0-or-later
 * The two kinds of picture that nearly all are, decoded to grey by their own libraries: no colours are made that
 * nobody looks at. What these leave is gdk-pixbuf's. Internal to ui/picture*.c. */
#pragma once
#include "ui/picture_file.h"
#include <stdio.h>

G_BEGIN_DECLS

typedef enum {
    UI_PICTURE_LOADED,
    UI_PICTURE_REFUSED, /* the error is set */
    UI_PICTURE_LEFT,    /* nothing is wrong with it so far: for gdk-pixbuf */
} UiPictureLoad;

/* The file from its beginning, which is a PNG's. Interlaced pictures are left. */
UiPictureLoad ui_picture_png_load(FILE *file, int pixels_max, UiPicture *out, GError **error);
/* The file from its beginning, which is a JPEG's. Pictures with EXIF, which may have to be turned, and of four colours are left. */
UiPictureLoad ui_picture_jpeg_load(FILE *file, int pixels_max, UiPicture *out, GError **error);

/* One pixel's grey from red, green and blue by the weights of ITU-R BT.601. */
static inline unsigned ui_picture_grey(unsigned red, unsigned green, unsigned blue)
{
    return (red * 77U + green * 150U + blue * 29U) >> 8;
}
/* What is transparent is paper. */
static inline unsigned ui_picture_on_paper(unsigned grey, unsigned alpha)
{
    return (grey * alpha + 255U * (255U - alpha)) / 255U;
}

/* Sets the sentence and returns false. */
bool ui_picture_refuse(GError **error, const char *sentence);
/* Whether a picture of this size is let through. */
bool ui_picture_check_size(gint64 width, gint64 height, int pixels_max, GError **error);

G_END_DECLS

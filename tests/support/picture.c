/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/picture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

GPtrArray *picture_scan(const char *path)
{
    g_autoptr(GdkPixbuf) picture = gdk_pixbuf_new_from_file(path, NULL);
    if (picture == NULL) {
        return NULL;
    }
    int width = gdk_pixbuf_get_width(picture), height = gdk_pixbuf_get_height(picture);
    int channels = gdk_pixbuf_get_n_channels(picture), stride = gdk_pixbuf_get_rowstride(picture);
    const guchar *pixels = gdk_pixbuf_read_pixels(picture);
    g_autofree uint8_t *grey = g_malloc((gsize)width * (gsize)height);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            const guchar *at = pixels + (gsize)y * (gsize)stride + (gsize)(x * channels);
            grey[y * width + x] = (uint8_t)((at[0] * 77 + at[1] * 150 + at[2] * 29) >> 8);
        }
    }
    PosFrame frame = {grey, width, height, width};
    return pos_scan_frame(&frame, POS_SCAN_THOROUGH, 0);
}

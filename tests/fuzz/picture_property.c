/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/scan.h"
#include "tests/fuzz/properties.h"
#include "ui/picture_file.h"

#include <sys/mman.h>
#include <unistd.h>

#define PIXELS_MAX (256 * 256) /* what is larger is refused, or a fuzzer would do nothing else */

static void check_loaded(const UiPicture *picture)
{
    gint64 pixels = (gint64)picture->width * picture->height;
    g_assert_cmpint(picture->width, >, 0);
    g_assert_cmpint(picture->height, >, 0);
    g_assert_cmpint(pixels, <=, PIXELS_MAX);
    g_assert_nonnull(picture->pixels);
    const PosFrame frame = {.pixels = picture->pixels,
                            .width = picture->width,
                            .height = picture->height,
                            .stride = picture->width};
    g_autoptr(GPtrArray) symbols = pos_scan_frame(&frame, POS_SCAN_THOROUGH, 0);
    g_assert_nonnull(symbols);
}

void picture_property_check(const uint8_t *data, gsize size)
{
    int file = memfd_create("picture", MFD_CLOEXEC);
    g_assert_cmpint(file, >=, 0);
    g_assert_cmpint(write(file, data, size), ==, (gssize)size);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", file);
    g_autoptr(GError) error = NULL;
    UiPicture picture = {0};
    if (ui_picture_file_read(path, PIXELS_MAX, &picture, &error)) {
        g_assert_no_error(error);
        check_loaded(&picture);
        ui_picture_clear(&picture);
    } else {
        g_assert_nonnull(error);
        g_assert_cmpstr(error->message, !=, "");
        g_assert_null(picture.pixels);
    }
    close(file);
}

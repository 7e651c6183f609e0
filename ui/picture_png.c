/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns PNG files. libpng reports errors by jumping; nothing that has to be freed is made after the jump's target is set
 * without being kept in `Reading`. What else than pixels a file carries is not kept. */
#include "ui/picture_loader.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <png.h>
#include <setjmp.h>

#define CHUNK_BYTES_MAX (1 << 20) /* of what is not pixels: profiles, texts */
#define CHUNKS_MAX 16

typedef struct {
    FILE *file;
    png_structp png;
    png_infop info;
    uint8_t *row;  /* owned: one row as libpng gives it */
    uint8_t *grey; /* owned */
    int width, height;
} Reading;

static void on_warning(png_structp png, png_const_charp message)
{
}

static void on_error(png_structp png, png_const_charp message)
{
    png_longjmp(png, 1);
}

static void grey_row(const Reading *reading, int channels, uint8_t *out)
{
    const uint8_t *at = reading->row;
    for (int x = 0; x < reading->width; x++, at += channels) {
        unsigned grey = channels < 3 ? at[0] : ui_picture_grey(at[0], at[1], at[2]);
        out[x] = (uint8_t)(channels % 2 == 0 ? ui_picture_on_paper(grey, at[channels - 1]) : grey);
    }
}

/* Reads up to the pixels. */
static UiPictureLoad read_head(Reading *reading, int pixels_max, GError **error)
{
    png_structp png = reading->png;
    png_init_io(png, reading->file);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_chunk_malloc_max(png, CHUNK_BYTES_MAX);
    png_set_chunk_cache_max(png, CHUNKS_MAX);
    png_read_info(png, reading->info);
    gint64 width = png_get_image_width(png, reading->info);
    gint64 height = png_get_image_height(png, reading->info);
    if (!ui_picture_check_size(width, height, pixels_max, error)) {
        return UI_PICTURE_REFUSED;
    }
    if (png_get_interlace_type(png, reading->info) != PNG_INTERLACE_NONE) {
        return UI_PICTURE_LEFT;
    }
    png_set_expand(png);
    png_set_strip_16(png);
    png_read_update_info(png, reading->info);
    reading->width = (int)width;
    reading->height = (int)height;
    return UI_PICTURE_LOADED;
}

static void read_rows(Reading *reading)
{
    int channels = png_get_channels(reading->png, reading->info);
    for (int y = 0; y < reading->height; y++) {
        uint8_t *to = reading->grey + (gsize)y * (gsize)reading->width;
        if (channels == 1) {
            png_read_row(reading->png, to, NULL);
        } else {
            png_read_row(reading->png, reading->row, NULL);
            grey_row(reading, channels, to);
        }
    }
    png_read_end(reading->png, NULL);
}

static UiPictureLoad read_all(Reading *reading, int pixels_max, GError **error)
{
    if (setjmp(png_jmpbuf(reading->png)) != 0) {
        ui_picture_refuse(error, feof(reading->file) ? _("the file ends before the picture does")
                                                     : _("the picture is broken"));
        return UI_PICTURE_REFUSED;
    }
    UiPictureLoad head = read_head(reading, pixels_max, error);
    if (head != UI_PICTURE_LOADED) {
        return head;
    }
    reading->row = g_try_malloc(png_get_rowbytes(reading->png, reading->info));
    reading->grey = g_try_malloc((gsize)reading->width * (gsize)reading->height);
    if (reading->row == NULL || reading->grey == NULL) {
        ui_picture_refuse(error, g_strerror(ENOMEM));
        return UI_PICTURE_REFUSED;
    }
    read_rows(reading);
    return UI_PICTURE_LOADED;
}

UiPictureLoad ui_picture_png_load(FILE *file, int pixels_max, UiPicture *out, GError **error)
{
    Reading *reading = g_new0(Reading, 1);
    UiPictureLoad load = UI_PICTURE_REFUSED;
    reading->file = file;
    reading->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    reading->info = reading->png != NULL ? png_create_info_struct(reading->png) : NULL;
    if (reading->info == NULL) {
        ui_picture_refuse(error, g_strerror(ENOMEM));
    } else {
        load = read_all(reading, pixels_max, error);
    }
    if (load == UI_PICTURE_LOADED) {
        *out = (UiPicture){g_steal_pointer(&reading->grey), reading->width, reading->height};
    }
    png_destroy_read_struct(&reading->png, &reading->info, NULL);
    g_free(reading->row);
    g_free(reading->grey);
    g_free(reading);
    return load;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns which picture files are let through to gdk-pixbuf. Its non-incremental loaders stop after
 * the first frame and reserve no more than width * height pixels, so those are looked up first. A
 * JPEG can cost more than it shows, and ends anywhere without a complaint: its markers are walked.
 */
#include "ui/picture_file.h"
#include "pos/bounds.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Pixels that all scans of a progressive JPEG write together: each is decoded in full. */
#define JPEG_SCAN_PIXELS_MAX (20LL * POS_BOUND_IMAGE_PIXELS)

enum { JPEG_SOI = 0xD8, JPEG_EOI = 0xD9, JPEG_SOS = 0xDA, JPEG_RST0 = 0xD0, JPEG_RST7 = 0xD7 };

static bool refuse(GError **error, const char *sentence)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, sentence);
    return false;
}

/* Nothing that could block or never end is opened. */
static bool check_kind(const char *path, GError **error)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        return refuse(error, g_strerror(errno));
    }
    if (S_ISDIR(about.st_mode)) {
        return refuse(error, g_strerror(EISDIR));
    }
    if (!S_ISREG(about.st_mode)) {
        return refuse(error, _("it is a pipe or a device, not a file"));
    }
    if (about.st_size == 0) {
        return refuse(error, _("the file is empty"));
    }
    if (about.st_size > POS_BOUND_IMAGE_FILE_BYTES) {
        return refuse(error, _("the file is larger than any picture of a code"));
    }
    return true;
}

/* The next marker behind entropy-coded data: a stuffed FF 00 and restarts belong to the data. EOF
 * when the file ends. */
static int jpeg_next_marker(FILE *file)
{
    int byte = getc(file);
    while (byte != EOF) {
        if (byte != 0xFF) {
            byte = getc(file);
            continue;
        }
        while (byte == 0xFF) {
            byte = getc(file);
        }
        if (byte != 0 && !(byte >= JPEG_RST0 && byte <= JPEG_RST7)) {
            return byte;
        }
    }
    return EOF;
}

/* ISO/IEC 10918-1, B.1: SOI, segments with a length, scans, EOI. How many scans; false when the
 * file ends before EOI. */
static bool jpeg_count_scans(FILE *file, gint64 *out_scans)
{
    gint64 scans = 0;
    for (int marker = jpeg_next_marker(file); marker != EOF; marker = jpeg_next_marker(file)) {
        if (marker == JPEG_EOI) {
            *out_scans = scans;
            return true;
        }
        if (marker == JPEG_SOI || marker == 0x01) {
            continue;
        }
        int high = getc(file), low = getc(file);
        int length = high << 8 | low;
        if (high == EOF || low == EOF || length < 2 || fseek(file, length - 2, SEEK_CUR) != 0) {
            return false;
        }
        scans += marker == JPEG_SOS ? 1 : 0;
    }
    return false;
}

static bool check_jpeg(const char *path, gint64 pixels, GError **error)
{
    gint64 scans = 0;
    FILE *file = g_fopen(path, "rb");
    if (file == NULL) {
        return refuse(error, g_strerror(errno));
    }
    bool whole = jpeg_count_scans(file, &scans);
    fclose(file);
    if (!whole) {
        return refuse(error, _("the file ends before the picture does"));
    }
    return scans * pixels <= JPEG_SCAN_PIXELS_MAX ||
           refuse(error, _("the picture is stored in too many layers"));
}

static bool check_claims(const char *path, GError **error)
{
    int width = 0, height = 0;
    GdkPixbufFormat *format = gdk_pixbuf_get_file_info(path, &width, &height);
    if (format == NULL) {
        return g_access(path, R_OK) != 0 ? refuse(error, g_strerror(errno))
                                         : refuse(error, _("its format is not known"));
    }
    g_autofree char *name = gdk_pixbuf_format_get_name(format);
    if (width <= 0 || height <= 0) {
        return refuse(error, _("its format is not known"));
    }
    if ((gint64)width * height > POS_BOUND_IMAGE_PIXELS) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    _("the picture has more than %d pixels"), POS_BOUND_IMAGE_PIXELS);
        return false;
    }
    return strcmp(name, "jpeg") != 0 || check_jpeg(path, (gint64)width * height, error);
}

/* Grey from RGB by the weights of ITU-R BT.601; what is transparent is paper. */
static void make_grey(const GdkPixbuf *picture, uint8_t *out)
{
    int width = gdk_pixbuf_get_width(picture), height = gdk_pixbuf_get_height(picture);
    int channels = gdk_pixbuf_get_n_channels(picture), stride = gdk_pixbuf_get_rowstride(picture);
    const guchar *pixels = gdk_pixbuf_read_pixels(picture);
    for (int y = 0; y < height; y++) {
        const guchar *at = pixels + (gsize)y * (gsize)stride;
        uint8_t *to = out + (gsize)y * (gsize)width;
        for (int x = 0; x < width; x++, at += channels) {
            unsigned grey = (at[0] * 77U + at[1] * 150U + at[2] * 29U) >> 8;
            to[x] = (uint8_t)(channels == 4 ? (grey * at[3] + 255U * (255U - at[3])) / 255U : grey);
        }
    }
}

bool ui_picture_file_read(const char *path, UiPicture *out, GError **error)
{
    if (!check_kind(path, error) || !check_claims(path, error)) {
        return false;
    }
    g_autoptr(GdkPixbuf) stored = gdk_pixbuf_new_from_file(path, error);
    if (stored == NULL) {
        return false;
    }
    g_autoptr(GdkPixbuf) upright = gdk_pixbuf_apply_embedded_orientation(stored);
    int width = gdk_pixbuf_get_width(upright), height = gdk_pixbuf_get_height(upright);
    /* The file may have been replaced since it was looked at. */
    if ((gint64)width * height > POS_BOUND_IMAGE_PIXELS) {
        return refuse(error, _("the picture changed while it was read"));
    }
    uint8_t *grey = g_try_malloc((gsize)width * (gsize)height);
    if (grey == NULL) {
        return refuse(error, g_strerror(ENOMEM));
    }
    make_grey(upright, grey);
    *out = (UiPicture){.pixels = grey, .width = width, .height = height};
    return true;
}

void ui_picture_clear(UiPicture *picture)
{
    g_clear_pointer(&picture->pixels, g_free);
}

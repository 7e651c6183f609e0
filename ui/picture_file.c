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

#define HEAD_BYTES 4096 /* enough for any format to say its size */

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
        int length = high == EOF || low == EOF ? 0 : high << 8 | low;
        if (length < 2 || fseek(file, length - 2, SEEK_CUR) != 0) {
            return false;
        }
        scans += marker == JPEG_SOS ? 1 : 0;
    }
    return false;
}

static bool check_jpeg(FILE *file, gint64 pixels, GError **error)
{
    gint64 scans = 0;
    if (!jpeg_count_scans(file, &scans)) {
        return refuse(error, _("the file ends before the picture does"));
    }
    return scans * pixels <= JPEG_SCAN_PIXELS_MAX ||
           refuse(error, _("the picture is stored in too many layers"));
}

/* The first bytes with C comments blanked out, as gdk-pixbuf's reader of XPM skips them. Owned. */
static char *without_comments(const char *head)
{
    char *text = g_strdup(head);
    for (char *open = strstr(text, "/*"); open != NULL; open = strstr(open, "/*")) {
        char *close = strstr(open + 2, "*/");
        gsize length = close != NULL ? (gsize)(close + 2 - open) : strlen(open);
        memset(open, ' ', length);
    }
    return text;
}

/* An XPM is C source, of which the loader reserves the claimed pixels before anyone can object:
 * its first string says "width height colours characters". */
static bool check_xpm(const char *head, int pixels_max, GError **error)
{
    g_autofree char *text = without_comments(head);
    const char *brace = strchr(text, '{');
    const char *quote = brace != NULL ? strchr(brace, '"') : NULL;
    int width = 0, height = 0;
    if (quote == NULL || sscanf(quote + 1, "%5d %5d", &width, &height) != 2 || width <= 0 ||
        height <= 0 || (gint64)width * height > pixels_max) {
        return refuse(error, _("its format is not known"));
    }
    return true;
}

typedef struct {
    int width, height;
} Size;

/* Nothing is to be decoded yet: a size of nothing makes the loaders stop. */
static void on_loader_size_prepared(GdkPixbufLoader *loader, int width, int height, Size *size)
{
    *size = (Size){width, height};
    gdk_pixbuf_loader_set_size(loader, 0, 0);
}

/* What the beginning of the file says of the rest. The format is static; NULL when none is known. */
static GdkPixbufFormat *look_up(FILE *file, Size *out_size)
{
    guchar piece[HEAD_BYTES];
    gsize length;
    g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new();
    g_signal_connect(loader, "size-prepared", G_CALLBACK(on_loader_size_prepared), out_size);
    while (out_size->width == 0 && (length = fread(piece, 1, sizeof(piece), file)) > 0 &&
           gdk_pixbuf_loader_write(loader, piece, length, NULL)) {
    }
    gdk_pixbuf_loader_close(loader, NULL);
    return gdk_pixbuf_loader_get_format(loader);
}

static bool check_claims(FILE *file, int pixels_max, GError **error)
{
    char head[HEAD_BYTES + 1] = "";
    Size size = {0};
    head[fread(head, 1, HEAD_BYTES, file)] = '\0';
    rewind(file);
    if (g_str_has_prefix(head, "/* XPM */") && !check_xpm(head, pixels_max, error)) {
        return false;
    }
    GdkPixbufFormat *format = look_up(file, &size);
    if (format == NULL || size.width <= 0 || size.height <= 0) {
        return refuse(error, _("its format is not known"));
    }
    if ((gint64)size.width * size.height > pixels_max) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    _("the picture has more than %d pixels"), pixels_max);
        return false;
    }
    g_autofree char *name = gdk_pixbuf_format_get_name(format);
    rewind(file);
    return strcmp(name, "jpeg") != 0 || check_jpeg(file, (gint64)size.width * size.height, error);
}

static bool check_content(const char *path, int pixels_max, GError **error)
{
    FILE *file = g_fopen(path, "rbe");
    if (file == NULL) {
        return refuse(error, g_strerror(errno));
    }
    bool ok = check_claims(file, pixels_max, error);
    fclose(file);
    return ok;
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

static bool read_checked(const char *path, int pixels_max, UiPicture *out, GError **error)
{
    if (!check_kind(path, error) || !check_content(path, pixels_max, error)) {
        return false;
    }
    /* A loader may return what there was of a broken picture and an error with it. */
    GError *broken = NULL;
    g_autoptr(GdkPixbuf) stored = gdk_pixbuf_new_from_file(path, &broken);
    if (broken != NULL) {
        g_propagate_error(error, broken);
        return false;
    }
    g_autoptr(GdkPixbuf) upright = gdk_pixbuf_apply_embedded_orientation(stored);
    int width = gdk_pixbuf_get_width(upright), height = gdk_pixbuf_get_height(upright);
    /* The file may have been replaced since it was looked at. */
    if ((gint64)width * height > pixels_max) {
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

/* What a broken file makes gdk-pixbuf say of itself is no news: the file gets its one sentence. */
static void discard_log(const char *domain, GLogLevelFlags level, const char *message,
                        gpointer unused)
{
}

bool ui_picture_file_read(const char *path, int pixels_max, UiPicture *out, GError **error)
{
    guint handler = g_log_set_handler("GdkPixbuf", G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING,
                                      discard_log, NULL);
    bool ok = read_checked(path, pixels_max, out, error);
    g_log_remove_handler("GdkPixbuf", handler);
    return ok;
}

void ui_picture_clear(UiPicture *picture)
{
    g_clear_pointer(&picture->pixels, g_free);
}

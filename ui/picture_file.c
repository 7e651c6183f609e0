/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns which picture files are read, and by which library: PNG and JPEG by their own, the rest by gdk-pixbuf. Its
 * non-incremental loaders stop after the first frame and reserve no more than width * height pixels, so those are
 * looked up first. */
#include "ui/picture_file.h"
#include "pos/bounds.h"
#include "ui/picture_loader.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define HEAD_BYTES 4096 /* enough for any format to say its size */

bool ui_picture_refuse(GError **error, const char *sentence)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, sentence);
    return false;
}

/* Nothing that could block or never end is opened. */
static bool check_kind(const char *path, GError **error)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        return ui_picture_refuse(error, g_strerror(errno));
    }
    if (S_ISDIR(about.st_mode)) {
        return ui_picture_refuse(error, g_strerror(EISDIR));
    }
    if (!S_ISREG(about.st_mode)) {
        return ui_picture_refuse(error, _("it is a pipe or a device, not a file"));
    }
    if (about.st_size == 0) {
        return ui_picture_refuse(error, _("the file is empty"));
    }
    if (about.st_size > POS_BOUND_IMAGE_FILE_BYTES) {
        return ui_picture_refuse(error, _("the file is larger than any picture of a code"));
    }
    return true;
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
        return ui_picture_refuse(error, _("its format is not known"));
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

bool ui_picture_check_size(gint64 width, gint64 height, int pixels_max, GError **error)
{
    if (width <= 0 || height <= 0) {
        return ui_picture_refuse(error, _("its format is not known"));
    }
    if (width > pixels_max || height > pixels_max || width * height > pixels_max) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    _("the picture has more than %d pixels"), pixels_max);
        return false;
    }
    return true;
}

/* An icon file says where each of its pictures lies, and the loader reserves all up to there. */
static bool check_icon(FILE *file, const char *head, gsize length, GError **error)
{
    const uint8_t *at = (const uint8_t *)head;
    struct stat about;
    if (fstat(fileno(file), &about) != 0) {
        return ui_picture_refuse(error, g_strerror(errno));
    }
    gsize count = at[4] | (gsize)at[5] << 8;
    for (gsize i = 0; i < count; i++) {
        const uint8_t *entry = at + 6 + 16 * i;
        if (6 + 16 * (i + 1) > length) {
            return ui_picture_refuse(error, _("its format is not known"));
        }
        uint32_t offset = 0;
        for (int byte = 15; byte >= 12; byte--) {
            offset = offset << 8 | entry[byte];
        }
        if (offset >= about.st_size) {
            return ui_picture_refuse(error, _("the file ends before the picture does"));
        }
    }
    return true;
}

/* Looks at what a file of gdk-pixbuf's other formats claims. */
static bool check_claims(FILE *file, const char *head, gsize length, int pixels_max, GError **error)
{
    Size size = {0};
    if (g_str_has_prefix(head, "/* XPM */") && !check_xpm(head, pixels_max, error)) {
        return false;
    }
    if (length >= 6 && (memcmp(head, "\0\0\1\0", 4) == 0 || memcmp(head, "\0\0\2\0", 4) == 0) &&
        !check_icon(file, head, length, error)) {
        return false;
    }
    GdkPixbufFormat *format = look_up(file, &size);
    if (format == NULL) {
        return ui_picture_refuse(error, _("its format is not known"));
    }
    return ui_picture_check_size(size.width, size.height, pixels_max, error);
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
            unsigned grey = ui_picture_grey(at[0], at[1], at[2]);
            to[x] = (uint8_t)(channels == 4 ? ui_picture_on_paper(grey, at[3]) : grey);
        }
    }
}

/* By gdk-pixbuf: what the file claims was looked at. */
static bool read_checked(const char *path, int pixels_max, UiPicture *out, GError **error)
{
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
        return ui_picture_refuse(error, _("the picture changed while it was read"));
    }
    uint8_t *grey = g_try_malloc((gsize)width * (gsize)height);
    if (grey == NULL) {
        return ui_picture_refuse(error, g_strerror(ENOMEM));
    }
    make_grey(upright, grey);
    *out = (UiPicture){.pixels = grey, .width = width, .height = height};
    return true;
}

/* By the library of its kind, or LEFT for gdk-pixbuf once what it claims was looked at. */
static UiPictureLoad load_by_kind(FILE *file, int pixels_max, UiPicture *out, GError **error)
{
    static const char png[] = "\x89PNG\r\n\x1a\n", jpeg[] = "\xff\xd8\xff";
    char head[HEAD_BYTES + 1] = "";
    gsize length = fread(head, 1, HEAD_BYTES, file);
    head[length] = '\0';
    rewind(file);
    if (length >= 8 && memcmp(head, png, 8) == 0) {
        return ui_picture_png_load(file, pixels_max, out, error);
    }
    if (length >= 3 && memcmp(head, jpeg, 3) == 0) {
        return ui_picture_jpeg_load(file, pixels_max, out, error);
    }
    return check_claims(file, head, length, pixels_max, error) ? UI_PICTURE_LEFT
                                                               : UI_PICTURE_REFUSED;
}

static bool read_file(const char *path, int pixels_max, UiPicture *out, GError **error)
{
    if (!check_kind(path, error)) {
        return false;
    }
    FILE *file = g_fopen(path, "rbe");
    if (file == NULL) {
        return ui_picture_refuse(error, g_strerror(errno));
    }
    UiPictureLoad load = load_by_kind(file, pixels_max, out, error);
    fclose(file);
    return load == UI_PICTURE_LOADED ||
           (load == UI_PICTURE_LEFT && read_checked(path, pixels_max, out, error));
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
    bool ok = read_file(path, pixels_max, out, error);
    g_log_remove_handler("GdkPixbuf", handler);
    return ok;
}

void ui_picture_clear(UiPicture *picture)
{
    g_clear_pointer(&picture->pixels, g_free);
}

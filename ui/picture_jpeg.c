/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns JPEG files. A JPEG can cost more than it shows, and ends anywhere without a complaint: its markers are
 * walked before it is decoded. Of its colours only the lightness is decoded. libjpeg reports errors by jumping. */
#include "pos/bounds.h"
#include "ui/picture_loader.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <jpeglib.h> /* wants stdio.h before it */
#include <setjmp.h>
#include <string.h>

/* Pixels that all scans of a progressive JPEG write together: each is decoded in full. */
#define SCAN_PIXELS_MAX (20LL * POS_BOUND_IMAGE_PIXELS)

enum {
    SOF0 = 0xC0,
    DHT = 0xC4,
    JPG = 0xC8,
    DAC = 0xCC,
    SOF15 = 0xCF,
    RST0 = 0xD0,
    RST7 = 0xD7,
    SOI = 0xD8,
    EOI = 0xD9,
    SOS = 0xDA,
    APP1 = 0xE1,
    TEM = 0x01
};

/* What a file claims. */
typedef struct {
    int width, height, scans;
    bool has_exif;
} Claims;

/* The next marker behind entropy-coded data: a stuffed FF 00 and restarts belong to the data. EOF
 * when the file ends. */
static int next_marker(FILE *file)
{
    int byte = getc_unlocked(file);
    while (byte != EOF) {
        if (byte != 0xFF) {
            byte = getc_unlocked(file);
            continue;
        }
        while (byte == 0xFF) {
            byte = getc_unlocked(file);
        }
        if (byte != 0 && !(byte >= RST0 && byte <= RST7)) {
            return byte;
        }
    }
    return EOF;
}

static void note_segment(int marker, const uint8_t *head, gsize length, Claims *claims)
{
    bool is_frame =
        marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
    claims->scans += marker == SOS ? 1 : 0;
    claims->has_exif |= marker == APP1 && length >= 4 && memcmp(head, "Exif", 4) == 0;
    if (is_frame && length >= 5) { /* precision, height, width */
        claims->height = head[1] << 8 | head[2];
        claims->width = head[3] << 8 | head[4];
    }
}

/* ISO/IEC 10918-1, B.1: SOI, segments with a length, scans, EOI. False when the file ends before EOI. */
static bool walk(FILE *file, Claims *claims)
{
    for (int marker = next_marker(file); marker != EOF; marker = next_marker(file)) {
        if (marker == EOI) {
            return true;
        }
        if (marker == SOI || marker == TEM) {
            continue;
        }
        int high = getc(file), low = getc(file);
        int length = high == EOF || low == EOF ? 0 : high << 8 | low;
        uint8_t head[5];
        gsize wanted = length < 2 ? 0 : MIN(sizeof(head), (gsize)length - 2);
        if (length < 2 || fread(head, 1, wanted, file) != wanted ||
            fseek(file, length - 2 - (long)wanted, SEEK_CUR) != 0) {
            return false;
        }
        note_segment(marker, head, wanted, claims);
    }
    return false;
}

typedef struct {
    struct jpeg_error_mgr manager; /* the first, so that it is known again */
    jmp_buf jump;
} Errors;

static void on_error(j_common_ptr decoder)
{
    longjmp(((Errors *)(void *)decoder->err)->jump, 1);
}

static void on_message(j_common_ptr decoder, int level)
{
}

/* Decodes rows of the size that was claimed. REFUSED without a sentence when it cannot be. */
static UiPictureLoad decode(struct jpeg_decompress_struct *decoder, Errors *errors, FILE *file,
                            const UiPicture *picture)
{
    if (setjmp(errors->jump) != 0) {
        return UI_PICTURE_REFUSED;
    }
    jpeg_create_decompress(decoder);
    jpeg_stdio_src(decoder, file);
    jpeg_read_header(decoder, TRUE);
    if (decoder->jpeg_color_space != JCS_GRAYSCALE && decoder->jpeg_color_space != JCS_YCbCr) {
        return UI_PICTURE_LEFT;
    }
    if (decoder->image_width != (JDIMENSION)picture->width ||
        decoder->image_height != (JDIMENSION)picture->height) {
        return UI_PICTURE_REFUSED;
    }
    decoder->out_color_space = JCS_GRAYSCALE;
    jpeg_start_decompress(decoder);
    while (decoder->output_scanline < decoder->output_height) {
        JSAMPROW row = picture->pixels + (gsize)decoder->output_scanline * (gsize)picture->width;
        jpeg_read_scanlines(decoder, &row, 1);
    }
    jpeg_finish_decompress(decoder);
    return UI_PICTURE_LOADED;
}

UiPictureLoad ui_picture_jpeg_load(FILE *file, int pixels_max, UiPicture *out, GError **error)
{
    Claims claims = {0};
    UiPictureLoad load = UI_PICTURE_REFUSED;
    if (!walk(file, &claims)) {
        ui_picture_refuse(error, _("the file ends before the picture does"));
        return load;
    }
    if (!ui_picture_check_size(claims.width, claims.height, pixels_max, error)) {
        return load;
    }
    if (claims.scans * (gint64)claims.width * claims.height > SCAN_PIXELS_MAX) {
        ui_picture_refuse(error, _("the picture is stored in too many layers"));
        return load;
    }
    if (claims.has_exif) {
        return UI_PICTURE_LEFT;
    }
    UiPicture picture = {.width = claims.width, .height = claims.height};
    picture.pixels = g_try_malloc((gsize)picture.width * (gsize)picture.height);
    if (picture.pixels == NULL) {
        ui_picture_refuse(error, g_strerror(ENOMEM));
        return load;
    }
    struct jpeg_decompress_struct decoder = {0};
    Errors errors;
    decoder.err = jpeg_std_error(&errors.manager);
    errors.manager.error_exit = on_error;
    errors.manager.emit_message = on_message;
    rewind(file);
    load = decode(&decoder, &errors, file, &picture);
    jpeg_destroy_decompress(&decoder);
    if (load == UI_PICTURE_LOADED) {
        *out = picture;
    } else {
        g_free(picture.pixels);
    }
    if (load == UI_PICTURE_REFUSED) {
        ui_picture_refuse(error, _("the picture is broken"));
    }
    return load;
}

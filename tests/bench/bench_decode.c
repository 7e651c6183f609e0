/* SPDX-License-Identifier: GPL-3.0-or-later
 * Symbol decoding against one plain pass of ZBar on the same frames: pictures below the folder given.
 * bench_decode FOLDER */
#include "pos/scan.h"
#include "tests/bench/bench.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <zbar.h>

#define ROUNDS 3

typedef struct {
    uint8_t *pixels;
    int width, height;
} Grey;

static void load(const char *path, GArray *into)
{
    GdkPixbuf *picture = gdk_pixbuf_new_from_file(path, NULL);
    if (picture == NULL) {
        return;
    }
    Grey grey = {.width = gdk_pixbuf_get_width(picture), .height = gdk_pixbuf_get_height(picture)};
    int channels = gdk_pixbuf_get_n_channels(picture), stride = gdk_pixbuf_get_rowstride(picture);
    const guchar *from = gdk_pixbuf_read_pixels(picture);
    grey.pixels = g_malloc((gsize)grey.width * (gsize)grey.height);
    for (int y = 0; y < grey.height; y++) {
        for (int x = 0; x < grey.width; x++) {
            const guchar *p = from + y * stride + x * channels;
            grey.pixels[y * grey.width + x] =
                (uint8_t)(channels >= 3 ? (p[0] * 77 + p[1] * 150 + p[2] * 29) >> 8 : p[0]);
        }
    }
    g_array_append_val(into, grey);
    g_object_unref(picture);
}

static void load_folder(const char *folder, GArray *into)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            load_folder(path, into);
        } else if (g_str_has_suffix(name, ".png") || g_str_has_suffix(name, ".jpg")) {
            load(path, into);
        }
    }
    g_clear_pointer(&dir, g_dir_close);
}

static guint ours(const Grey *grey)
{
    PosFrame frame = {grey->pixels, grey->width, grey->height, grey->width};
    g_autoptr(GPtrArray) symbols = pos_scan_frame(&frame, POS_SCAN_THOROUGH, 0);
    return symbols->len;
}

static guint plain(const Grey *grey)
{
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, (unsigned)grey->width, (unsigned)grey->height);
    zbar_image_set_data(image, grey->pixels, (unsigned long)grey->width * (unsigned long)grey->height, NULL);
    int found = zbar_scan_image(scanner, image);
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
    return found > 0 ? (guint)found : 0;
}

int main(int argc, char **argv)
{
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(Grey));
    load_folder(argc > 1 ? argv[1] : ".", frames);
    if (frames->len == 0) {
        fprintf(stderr, "bench_decode: there is no picture below %s\n", argc > 1 ? argv[1] : ".");
        return 1;
    }
    double our_us[ROUNDS] = {0}, plain_us[ROUNDS] = {0};
    guint our_symbols = 0, plain_symbols = 0;
    for (int round = 0; round < ROUNDS; round++) {
        our_symbols = plain_symbols = 0;
        for (guint i = 0; i < frames->len; i++) {
            const Grey *grey = &g_array_index(frames, Grey, i);
            double start = bench_now_us();
            our_symbols += ours(grey);
            double middle = bench_now_us();
            plain_symbols += plain(grey);
            our_us[round] += middle - start;
            plain_us[round] += bench_now_us() - middle;
        }
    }
    bench_print("symbol decode, a frame", bench_share(our_us, ROUNDS, 0.5) / frames->len / 1000, "ms",
                bench_share(plain_us, ROUNDS, 0.5) / frames->len / 1000, "one plain pass of ZBar");
    bench_print("symbols read", our_symbols, "symbols", plain_symbols, "one plain pass of ZBar");
    return 0;
}

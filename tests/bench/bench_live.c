/* SPDX-License-Identifier: GPL-3.0-or-later
 * Live decoding against one plain pass of ZBar on the same frames: pictures of the folder given are moved across a
 * 1280x720 frame of a counter with a camera's noise, each for two seconds at 30 frames a second; then the same
 * with nothing moving. bench_live FOLDER */
#include "pos/scan_live.h"
#include "tests/bench/bench.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>
#include <zbar.h>

#define WIDTH 1280
#define HEIGHT 720
#define FRAMES_EACH 60
#define FRAME_MS 33
#define PICTURES_MAX 24
#define PLAIN_EVERY 12 /* plain ZBar sees every n-th frame: it is the same work each time */

typedef struct {
    uint8_t *pixels;
    int width, height;
} Grey;

/* Deterministic noise: the same frames in every run. */
static uint32_t noise_state = 1;
static uint32_t noise(void)
{
    noise_state = noise_state * 1664525 + 1013904223;
    return noise_state >> 16;
}

static bool load(const char *path, Grey *out)
{
    g_autoptr(GdkPixbuf) picture = gdk_pixbuf_new_from_file(path, NULL);
    if (picture == NULL) {
        return false;
    }
    *out = (Grey){.width = gdk_pixbuf_get_width(picture), .height = gdk_pixbuf_get_height(picture)};
    const int channels = gdk_pixbuf_get_n_channels(picture);
    const int stride = gdk_pixbuf_get_rowstride(picture);
    const guchar *from = gdk_pixbuf_read_pixels(picture);
    out->pixels = g_malloc((gsize)out->width * (gsize)out->height);
    for (int y = 0; y < out->height; y++) {
        for (int x = 0; x < out->width; x++) {
            const guchar *p = from + (gsize)y * (gsize)stride + (gsize)(x * channels);
            out->pixels[y * out->width + x] =
                (uint8_t)(channels >= 3 ? (p[0] * 77 + p[1] * 150 + p[2] * 29) >> 8 : p[0]);
        }
    }
    return true;
}

/* The picture at an offset, mirrored beyond its edges as a cluttered surrounding, with noise. */
static void draw(const Grey *grey, int dx, int dy, uint8_t *out)
{
    for (int y = 0; y < HEIGHT; y++) {
        int sy = ABS(y - dy) % (2 * grey->height);
        sy = sy >= grey->height ? 2 * grey->height - 1 - sy : sy;
        for (int x = 0; x < WIDTH; x++) {
            int sx = ABS(x - dx) % (2 * grey->width);
            sx = sx >= grey->width ? 2 * grey->width - 1 - sx : sx;
            const int value = grey->pixels[sy * grey->width + sx] + (int)(noise() % 9) - 4;
            out[y * WIDTH + x] = (uint8_t)CLAMP(value, 0, 255);
        }
    }
}

static void plain(const uint8_t *pixels)
{
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, WIDTH, HEIGHT);
    zbar_image_set_data(image, pixels, WIDTH * HEIGHT, NULL);
    zbar_scan_image(scanner, image);
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
}

typedef struct {
    double ours_us, plain_us;
    guint frames, plain_frames, pictures, counted;
} Sum;

/* One picture for two seconds. `speed`: pixels a frame; 0 lies still and is measured once it is at rest. */
static void run(const Grey *grey, int speed, Sum *sum)
{
    const PosScanTrackSettings settings = pos_scan_track_defaults();
    g_autoptr(PosScanLive) live = pos_scan_live_new(&settings);
    g_autofree uint8_t *pixels = g_malloc(WIDTH * HEIGHT);
    const int settle = speed == 0 ? FRAMES_EACH : 0;
    bool counted_any = false;
    for (int i = 0; i < FRAMES_EACH + settle; i++) {
        const int shift = speed * (i - FRAMES_EACH / 2);
        draw(grey, (WIDTH - grey->width) / 2 + shift, (HEIGHT - grey->height) / 2 + shift / 3,
             pixels);
        const PosFrame frame = {pixels, WIDTH, HEIGHT, WIDTH};
        const double start = bench_cpu_us();
        g_autoptr(GPtrArray) counted = pos_scan_live_frame(live, &frame, i * FRAME_MS, NULL);
        const double middle = bench_cpu_us();
        counted_any = counted_any || counted->len > 0;
        if (i < settle) {
            continue;
        }
        sum->ours_us += middle - start;
        sum->frames++;
        if (i % PLAIN_EVERY == 0) {
            plain(pixels);
            sum->plain_us += bench_cpu_us() - middle;
            sum->plain_frames++;
        }
    }
    sum->pictures++;
    sum->counted += counted_any ? 1 : 0;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void run_folder(const char *folder, Sum *moving, Sum *still)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if (g_str_has_suffix(name, ".png") || g_str_has_suffix(name, ".jpg")) {
            g_ptr_array_add(names, g_build_filename(folder, name, NULL));
        }
    }
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len && i < PICTURES_MAX; i++) {
        Grey grey;
        if (load(names->pdata[i], &grey)) {
            run(&grey, 5, moving);
            run(&grey, 0, still);
            g_free(grey.pixels);
        }
    }
}

static void print(const char *name, const Sum *sum)
{
    bench_print(name, sum->ours_us / sum->frames / 1000, "ms",
                sum->plain_us / sum->plain_frames / 1000, "one plain pass of ZBar");
}

int main(int argc, char **argv)
{
    if (argc < 2 || !g_file_test(argv[1], G_FILE_TEST_IS_DIR)) {
        fprintf(stderr, "bench_live: there are no pictures at %s\n",
                argc > 1 ? argv[1] : "(no folder)");
        return 1;
    }
    Sum moving = {0}, still = {0};
    for (int i = 1; i < argc; i++) {
        run_folder(argv[i], &moving, &still);
    }
    if (moving.frames == 0) {
        fprintf(stderr, "bench_live: there are no pictures at %s\n", argv[1]);
        return 1;
    }
    print("live 1280x720, a moving frame", &moving);
    print("live 1280x720, a frame in which nothing moves", &still);
    bench_print("live, pictures with a code that counted", moving.counted, "pictures",
                moving.pictures, "all moving pictures");
    return 0;
}

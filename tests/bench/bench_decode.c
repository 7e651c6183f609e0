/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reading pictures against one plain pass of ZBar on the same frames in the same run: per picture set the right texts
 * and the processor time a frame. bench_decode FOLDER, a folder with expected.csv (set, file, symbology, text). */
#include "pos/scan.h"
#include "tests/bench/bench.h"
#include "tests/support/vectors.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>
#include <zbar.h>

#define ROUNDS 3

typedef struct {
    char *file, *set;
    uint8_t *pixels;
    int width, height;
} Grey;

typedef struct {
    guint frames, texts, ours, plain;
    double our_us[ROUNDS], plain_us[ROUNDS];
} Set;

static bool load(const char *folder, const char *file, Grey *out)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    GdkPixbuf *picture = gdk_pixbuf_new_from_file(path, NULL);
    if (picture == NULL) {
        return false;
    }
    out->width = gdk_pixbuf_get_width(picture);
    out->height = gdk_pixbuf_get_height(picture);
    int channels = gdk_pixbuf_get_n_channels(picture), stride = gdk_pixbuf_get_rowstride(picture);
    const guchar *from = gdk_pixbuf_read_pixels(picture);
    out->pixels = g_malloc((gsize)out->width * (gsize)out->height);
    for (int y = 0; y < out->height; y++) {
        for (int x = 0; x < out->width; x++) {
            const guchar *p = from + y * stride + x * channels;
            out->pixels[y * out->width + x] =
                (uint8_t)(channels >= 3 ? (p[0] * 77 + p[1] * 150 + p[2] * 29) >> 8 : p[0]);
        }
    }
    g_object_unref(picture);
    return true;
}

/* A text without what the expected ones leave open: line ends, separators, leading zeros of a number. */
static char *comparable(const char *bytes, gsize length)
{
    GString *text = g_string_new_len(bytes, (gssize)length);
    g_string_replace(text, "\r\n", "\n", 0);
    g_string_replace(text, "\x1d", "", 0);
    while (text->len > 8 && text->str[0] == '0' && strspn(text->str, "0123456789") == text->len) {
        g_string_erase(text, 0, 1);
    }
    return g_string_free(text, FALSE);
}

static void note(GPtrArray *texts, const char *bytes, gsize length)
{
    g_ptr_array_add(texts, comparable(bytes, length));
}

static GPtrArray *read_ours(const Grey *grey)
{
    PosFrame frame = {grey->pixels, grey->width, grey->height, grey->width};
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) symbols = pos_scan_frame(&frame, POS_SCAN_THOROUGH, 0);
    for (guint i = 0; i < symbols->len; i++) {
        gsize length = 0;
        g_autofree char *text = pos_scan_text(g_ptr_array_index(symbols, i), &length);
        note(texts, text, length);
    }
    return texts;
}

static GPtrArray *read_plain(const Grey *grey)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, (unsigned)grey->width, (unsigned)grey->height);
    zbar_image_set_data(image, grey->pixels,
                        (unsigned long)grey->width * (unsigned long)grey->height, NULL);
    zbar_scan_image(scanner, image);
    for (const zbar_symbol_t *at = zbar_image_first_symbol(image); at != NULL;
         at = zbar_symbol_next(at)) {
        note(texts, zbar_symbol_get_data(at), zbar_symbol_get_data_length(at));
    }
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
    return texts;
}

/* The number that a UPC-E code of eight digits stands for, as readers give it. */
static char *expand_upce(const char *code)
{
    char last = code[6];
    int kept = last <= '2' ? 2 : last == '3' ? 3 : last == '4' ? 4 : 5;
    const char *zeros = last <= '2'   ? "0000"
                        : last == '3' ? "00000"
                        : last == '4' ? "00000"
                                      : "0000";
    g_autoptr(GString) number = g_string_new_len(code, kept + 1);
    if (last <= '2') {
        g_string_append_c(number, last);
    }
    g_string_append(number, zeros);
    g_string_append_len(number, code + kept + 1, last <= '4' ? 5 - kept : 0);
    if (last > '4') {
        g_string_append_c(number, last);
    }
    g_string_append_c(number, code[7]);
    return g_strdup(number->str);
}

/* How many of the file's expected texts are among those read. */
static guint right(const Vectors *vectors, const char *file, const GPtrArray *texts,
                   guint *out_expected)
{
    guint count = 0, expected = 0;
    for (guint row = 0; row < vectors->rows->len; row++) {
        if (strcmp(vectors_cell(vectors, row, "file"), file) != 0 ||
            *vectors_cell(vectors, row, "symbology") == '\0') {
            continue;
        }
        gsize length = 0;
        g_autofree char *cell = vectors_unescape(vectors_cell(vectors, row, "text"), &length);
        if (strcmp(vectors_cell(vectors, row, "symbology"), "UPCE") == 0 && length == 8) {
            char *full = expand_upce(cell);
            g_free(cell);
            cell = full;
            length = strlen(cell);
        }
        g_autofree char *text = comparable(cell, length);
        expected++;
        for (guint i = 0; i < texts->len; i++) {
            if (strcmp(g_ptr_array_index(texts, i), text) == 0) {
                count++;
                break;
            }
        }
    }
    *out_expected = expected;
    return count;
}

static void measure(const Vectors *vectors, const Grey *grey, int round, Set *set)
{
    double start = bench_cpu_us();
    g_autoptr(GPtrArray) ours = read_ours(grey);
    double middle = bench_cpu_us();
    g_autoptr(GPtrArray) plain = read_plain(grey);
    set->our_us[round] += middle - start;
    set->plain_us[round] += bench_cpu_us() - middle;
    if (round == 0) {
        guint expected;
        set->frames++;
        set->ours += right(vectors, grey->file, ours, &expected);
        set->plain += right(vectors, grey->file, plain, &expected);
        set->texts += expected;
    }
}

static void print_set(const char *name, Set *set)
{
    double ours = bench_share(set->our_us, ROUNDS, 0.5),
           plain = bench_share(set->plain_us, ROUNDS, 0.5);
    g_autofree char *texts = g_strdup_printf("%s: right texts of %u", name, set->texts);
    g_autofree char *time = g_strdup_printf("%s: time a frame", name);
    if (set->texts > 0) {
        bench_print(texts, set->ours, "texts", set->plain, "one plain pass of ZBar");
    }
    bench_print(time, ours / set->frames / 1000, "ms", plain / set->frames / 1000,
                "one plain pass of ZBar");
}

static void add(Set *sum, const Set *set)
{
    sum->frames += set->frames;
    sum->texts += set->texts;
    sum->ours += set->ours;
    sum->plain += set->plain;
    for (int round = 0; round < ROUNDS; round++) {
        sum->our_us[round] += set->our_us[round];
        sum->plain_us[round] += set->plain_us[round];
    }
}

static GArray *load_all(const char *folder, const Vectors *vectors)
{
    GArray *frames = g_array_new(FALSE, FALSE, sizeof(Grey));
    const char *last = "";
    for (guint row = 0; row < vectors->rows->len; row++) {
        const char *file = vectors_cell(vectors, row, "file");
        Grey grey = {.file = g_strdup(file), .set = g_strdup(vectors_cell(vectors, row, "set"))};
        if (strcmp(file, last) != 0 && load(folder, file, &grey)) {
            g_array_append_val(frames, grey);
        }
        last = file;
    }
    return frames;
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    g_autofree char *csv = g_build_filename(folder, "expected.csv", NULL);
    if (!g_file_test(csv, G_FILE_TEST_IS_REGULAR)) {
        fprintf(stderr, "bench_decode: there is no expected.csv in %s\n", folder);
        return 1;
    }
    Vectors *vectors = vectors_read(csv);
    g_autoptr(GArray) frames = load_all(folder, vectors);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(GHashTable) sets = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    for (int round = 0; round < ROUNDS; round++) {
        for (guint i = 0; i < frames->len; i++) {
            const Grey *grey = &g_array_index(frames, Grey, i);
            Set *set = g_hash_table_lookup(sets, grey->set);
            if (set == NULL) {
                set = g_new0(Set, 1);
                g_hash_table_insert(sets, grey->set, set);
                g_ptr_array_add(names, grey->set);
            }
            measure(vectors, grey, round, set);
        }
    }
    Set made = {0}, photos = {0};
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        Set *set = g_hash_table_lookup(sets, name);
        add(g_str_has_prefix(name, "syn") ? &made : &photos, set);
        print_set(name, set);
    }
    if (made.frames > 0) {
        print_set("all made pictures", &made);
    }
    if (photos.frames > 0) {
        print_set("all photographs", &photos);
    }
    vectors_free(vectors);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/scan_qr.c and pos/scan_datamatrix.c through pos/scan.c: symbols drawn at any turn, tilted, small,
 * faint, blurred, light on dark. */
#include "pos/datamatrix.h"
#include "pos/qr.h"
#include "pos/scan.h"

#include <math.h>
#include <string.h>

#define SIDE 320
#define LINK "https://id.gs1.org/01/09521234543213/10/LOT7"
#define ELEMENTS                                                                                   \
    "010952123454321310LOT-7\x1d"                                                                  \
    "17261130"

typedef struct {
    float turn;   /* degrees */
    float module; /* pixels */
    float tilt;   /* 0 none; how much smaller the far side is */
    int dark, light;
    float blur; /* pixels, standard deviation */
    bool inverted;
} View;

static uint8_t *modules_of(bool is_qr, int *out_side)
{
    if (!is_qr) {
        return pos_datamatrix_draw(ELEMENTS, strlen(ELEMENTS), true, out_side);
    }
    PosQr qr;
    g_assert_true(pos_qr_make(LINK, &qr, NULL));
    uint8_t *modules = g_memdup2(qr.modules, (gsize)(qr.size * qr.size));
    *out_side = qr.size;
    pos_qr_clear(&qr);
    return modules;
}

/* Draws through the inverse of the view, four times finer than a pixel, then blurs. */
static void draw(const uint8_t *modules, int side, const View *view, uint8_t *out)
{
    static float fine[SIDE][SIDE];
    float cosine = cosf(view->turn * (float)G_PI / 180),
          sine = sinf(view->turn * (float)G_PI / 180);
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            float sum = 0;
            for (int n = 0; n < 16; n++) {
                float dx = (float)x + ((float)(n % 4) + 0.5f) / 4 - SIDE / 2.0f;
                float dy = (float)y + ((float)(n / 4) + 0.5f) / 4 - SIDE / 2.0f;
                float u = (dx * cosine + dy * sine) / view->module;
                float v = (dy * cosine - dx * sine) / view->module;
                float scale = 1.0f + view->tilt * v / (float)side;
                u = u * scale + (float)side / 2;
                v = v * scale + (float)side / 2;
                bool inside = u >= 0 && v >= 0 && u < (float)side && v < (float)side;
                bool dark = inside && modules[(int)v * side + (int)u] != 0;
                sum += (float)(dark != view->inverted ? view->dark : view->light);
            }
            fine[y][x] = sum / 16;
        }
    }
    int reach = (int)ceilf(view->blur * 2.5f);
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            float sum = 0, weights = 0;
            for (int i = -reach; i <= reach; i++) {
                for (int j = -reach; j <= reach; j++) {
                    float weight =
                        view->blur > 0
                            ? expf(-(float)(i * i + j * j) / (2 * view->blur * view->blur))
                            : 1;
                    sum += weight * fine[CLAMP(y + i, 0, SIDE - 1)][CLAMP(x + j, 0, SIDE - 1)];
                    weights += weight;
                }
            }
            out[y * SIDE + x] = (uint8_t)(sum / weights);
        }
    }
}

static void check(bool is_qr, const View *view)
{
    int side;
    g_autofree uint8_t *modules = modules_of(is_qr, &side);
    g_autofree uint8_t *pixels = g_malloc(SIDE * SIDE);
    draw(modules, side, view, pixels);
    PosFrame frame = {pixels, SIDE, SIDE, SIDE};
    g_test_message("%s turned %g, module %g, tilt %g, blur %g, %d on %d%s", is_qr ? "QR" : "DM",
                   (double)view->turn, (double)view->module, (double)view->tilt, (double)view->blur,
                   view->dark, view->light, view->inverted ? ", inverted" : "");
    g_autoptr(GPtrArray) symbols = pos_scan_frame(&frame, POS_SCAN_THOROUGH, 0);
    g_assert_cmpuint(symbols->len, ==, 1);
    const PosSymbol *symbol = g_ptr_array_index(symbols, 0);
    g_assert_cmpstr(symbol->aim, ==, is_qr ? "]Q1" : "]d2");
    g_assert_cmpstr(symbol->bytes, ==, is_qr ? LINK : ELEMENTS);
    g_assert_cmpint(symbol->corners_count, ==, 4);
    /* The middle of the outline is the middle of the symbol, in the middle of the picture. */
    int x = 0, y = 0;
    for (int i = 0; i < 4; i++) {
        x += symbol->corners[i][0];
        y += symbol->corners[i][1];
    }
    g_assert_cmpint(ABS(x / 4 - SIDE / 2), <, 12);
    g_assert_cmpint(ABS(y / 4 - SIDE / 2), <, 12);
}

static void test_views(gconstpointer is_qr)
{
    static const View views[] = {
        {0, 4, 0, 20, 230, 0, false},     {12, 4, 0, 20, 230, 0, false},
        {45, 4, 0, 20, 230, 0, false},    {90, 4, 0, 20, 230, 0, false},
        {137, 5, 0, 20, 230, 0, false},   {180, 4, 0, 20, 230, 0, false},
        {262, 4, 0, 20, 230, 0, false},   {301, 3, 0, 20, 230, 0, false},
        {0, 5, 0.25f, 20, 230, 0, false}, {33, 5, -0.25f, 20, 230, 0, false},
        {0, 2.2f, 0, 20, 230, 0, false},  {20, 2, 0, 20, 230, 0, false},
        {5, 5, 0, 90, 130, 0, false},     {5, 4, 0, 20, 230, 1.6f, false},
        {10, 4, 0, 20, 230, 0, true},     {70, 6, 0.15f, 60, 200, 2, false},
        {70, 6, 0.15f, 60, 200, 2, true},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(views); i++) {
        check(is_qr != NULL, &views[i]);
    }
}

/* Noise of any kind holds no symbol: what error correction lets through by chance is far too rare to be met. */
static void test_noise(void)
{
    g_autoptr(GRand) chance = g_rand_new_with_seed(11);
    g_autofree uint8_t *pixels = g_malloc(SIDE * SIDE);
    for (int block = 1; block <= 16; block *= 2) {
        for (int round = 0; round < 6; round++) {
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    bool first = x % block == 0 && y % block == 0;
                    pixels[y * SIDE + x] = first ? (uint8_t)g_rand_int_range(chance, 0, 256)
                                                 : pixels[(y - y % block) * SIDE + x - x % block];
                }
            }
            PosFrame frame = {pixels, SIDE, SIDE, SIDE};
            g_autoptr(GPtrArray) symbols = pos_scan_frame(&frame, POS_SCAN_THOROUGH, 0);
            for (guint i = 0; i < symbols->len; i++) {
                const PosSymbol *symbol = g_ptr_array_index(symbols, i);
                g_assert_cmpint(symbol->symbology, !=, POS_SYMBOLOGY_QR);
                g_assert_cmpint(symbol->symbology, !=, POS_SYMBOLOGY_DATAMATRIX);
            }
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/pos/scan_qr/read_however_it_is_held", "qr", test_views);
    g_test_add_data_func("/pos/scan_datamatrix/read_however_it_is_held", NULL, test_views);
    g_test_add_func("/pos/scan/noise_holds_no_matrix_code", test_noise);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * What counts as a scan: stories of frames, 30 a second, and the symbols that must count, in order. And where the next
 * frame is looked at. */
#include "pos/scan_live.h"
#include "pos/scan_region.h"
#include <string.h>

#define FRAME_MS 33
#define WIDTH 1280
#define HEIGHT 720

/* --- stories ---------------------------------------------------------------------------------------- */

/* One letter a symbol. Same GTIN: E, Q, R (another lot), D. Another article: F. M is a misread of E, in its place. */
static const struct {
    char letter;
    PosSymbology symbology;
    const char *aim, *bytes;
    int x;
} symbols[] = {
    {'E', POS_SYMBOLOGY_EAN13, "]E0", "9520000010379", 100},
    {'M', POS_SYMBOLOGY_EAN13, "]E0", "9520000016371", 110},
    {'F', POS_SYMBOLOGY_EAN13, "]E0", "9520000010386", 700},
    {'Q', POS_SYMBOLOGY_QR, "]Q1", "https://id.gs1.org/01/09520000010379/10/L1", 400},
    {'R', POS_SYMBOLOGY_QR, "]Q1", "https://id.gs1.org/01/09520000010379/10/L2", 400},
    {'D', POS_SYMBOLOGY_DATABAR_EXP, "]e0", "010952000001037910L1", 400},
    {'B', POS_SYMBOLOGY_DATABAR, "]e0", "0109520000010379", 400},
    {'T', POS_SYMBOLOGY_QR, "]Q1", "no article at all", 400},
};

/* Frames: letters are symbols read in one frame, "." a whole look without one, "c" a look at a far crop without one, "-" a
 * frame passed over since nothing moved, "=" a whole look at an unmoved frame without one, "!" a handheld scanner's trigger
 * on the article of E. A number repeats. A blank parts frames. */
static const struct {
    const char *name, *frames, *counted;
} stories[] = {
    {"a QR code counts at its first frame", "Q", "Q"},
    {"stays and counts once", "Q90", "Q"},
    {"read by one pass of five counts once", "Q .4 Q .4 Q .4 Q .4 Q .4 Q .4 Q .4 Q", "Q"},
    {"nothing moves for a minute and it counts once", "Q2 -900 =30 Q -900", "Q"},
    {"away for less than a second is no second scan", "Q3 .25 Q3", "Q"},
    {"away for longer is a second scan", "Q3 .40 Q3", "Q Q"},
    {"looks elsewhere do not show that it left", "Q3 c60 Q3", "Q"},
    {"a slow camera makes a whole turn before it left", "Q c40 .8 Q", "Q"},
    {"moved away and the empty counter is still", "Q3 . =12 -40 Q", "Q Q"},
    {"one EAN frame is none", "E .60 ", ""},
    {"two EAN frames far apart are none", "E .60 E .60", ""},
    {"two EAN frames count", "E2 .10", "E"},
    {"EAN stays and counts once", "E90", "E"},
    {"EAN again after it left", "E9 .40 E9", "E E"},
    {"EAN read twice counts even when it is gone by then", "E2 .2 .2 .2", "E"},
    {"a misread in the same place waits and loses", "E M E E E6", "E"},
    {"as many misreads as reads count for neither", "E M E M", ""},
    {"another article beside it is no rival", "EF9", "E F"},
    {"DataBar needs two frames too", "B .60", ""},
    {"a pack's EAN and QR are one scan", "EQ30", "Q"},
    {"EAN first, its QR before it counts: the richer one", "E2 Q2 EQ30", "Q"},
    {"EAN counted, its QR within a second", "E9 Q30", "E"},
    {"EAN in view all the time, its QR after a second", "E60 EQ30", "E"},
    {"EAN gone for long, then a QR of the article", "E9 .40 Q9", "E Q"},
    {"two lots of one article, both QR, are two", "Q9 R9", "Q R"},
    {"QR and GS1 DataBar of one article", "Q2 D2 QD9", "Q"},
    {"two articles are two", "Q3 F9", "Q F"},
    {"a text that is no article", "T5 .40 T5", "T T"},
    {"a trigger and the camera on one article", "! Q9", ""},
    {"a trigger long before the camera", "! .40 Q9", "Q"},
    {"a trigger of one article, another before the camera", "! F9", "F"},
};

static PosSymbol *symbol_new(char letter)
{
    for (gsize i = 0; i < G_N_ELEMENTS(symbols); i++) {
        if (symbols[i].letter == letter) {
            PosSymbol *symbol = g_new0(PosSymbol, 1);
            symbol->symbology = symbols[i].symbology;
            g_strlcpy(symbol->aim, symbols[i].aim, sizeof symbol->aim);
            symbol->bytes = g_strdup(symbols[i].bytes);
            symbol->length = strlen(symbol->bytes);
            const int x = symbols[i].x,
                      box[4][2] = {{x, 300}, {x + 200, 300}, {x + 200, 400}, {x, 400}};
            memcpy(symbol->corners, box, sizeof box);
            symbol->corners_count = 4;
            return symbol;
        }
    }
    return NULL;
}

static char letter_of(const PosSymbol *symbol)
{
    for (gsize i = 0; i < G_N_ELEMENTS(symbols); i++) {
        if (symbols[i].symbology == symbol->symbology &&
            strcmp(symbols[i].bytes, symbol->bytes) == 0) {
            return symbols[i].letter;
        }
    }
    return '?';
}

static void play_frame(PosScanTrack *track, const char *word, gsize length, int64_t now_ms,
                       GString *counted)
{
    if (word[0] == '!') {
        pos_scan_track_trigger(track, "]E09520000010379", strlen("]E09520000010379"), now_ms);
        return;
    }
    PosScanLook look = {.now_ms = now_ms, .looked = {0, 0, WIDTH, HEIGHT}, .moved = true};
    g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func((GDestroyNotify)pos_symbol_free);
    for (gsize i = 0; i < length; i++) {
        if (word[i] == 'c') {
            look.looked = (PosScanBox){1000, 0, 100, 100};
        } else if (word[i] == '-') {
            look.looked = (PosScanBox){0};
            look.moved = false;
        } else if (word[i] == '=') {
            look.moved = false;
        } else if (word[i] != '.') {
            g_ptr_array_add(seen, symbol_new(word[i]));
        }
    }
    g_autoptr(GPtrArray) now = pos_scan_track_frame(track, &look, seen);
    for (guint i = 0; i < now->len; i++) {
        g_string_append_printf(counted, "%s%c", counted->len > 0 ? " " : "",
                               letter_of(now->pdata[i]));
    }
}

static void test_story(gconstpointer data)
{
    const gsize at = GPOINTER_TO_SIZE(data);
    const PosScanTrackSettings settings = pos_scan_track_defaults();
    g_autoptr(PosScanTrack) track = pos_scan_track_new(&settings);
    g_autoptr(GString) counted = g_string_new("");
    g_auto(GStrv) words = g_strsplit(stories[at].frames, " ", -1);
    int64_t now_ms = 5000;
    for (guint w = 0; words[w] != NULL; w++) {
        const gsize letters = strcspn(words[w], "0123456789");
        const gint64 times =
            words[w][letters] != '\0' ? g_ascii_strtoll(words[w] + letters, NULL, 10) : 1;
        for (gint64 i = 0; i < times && letters > 0; i++) {
            play_frame(track, words[w], letters, now_ms, counted);
            now_ms += FRAME_MS;
        }
    }
    g_assert_cmpstr(counted->str, ==, stories[at].counted);
}

/* A binary symbol is compared in full, also beyond a NUL. */
static void test_binary(void)
{
    const PosScanTrackSettings settings = pos_scan_track_defaults();
    g_autoptr(PosScanTrack) track = pos_scan_track_new(&settings);
    const PosScanLook look = {.now_ms = 1, .looked = {0, 0, WIDTH, HEIGHT}, .moved = true};
    PosSymbol one = {
        .symbology = POS_SYMBOLOGY_QR, .aim = "]Q1", .bytes = (char *)"a\0b", .length = 3};
    PosSymbol two = {
        .symbology = POS_SYMBOLOGY_QR, .aim = "]Q1", .bytes = (char *)"a\0c", .length = 3};
    g_autoptr(GPtrArray) both = g_ptr_array_new();
    g_ptr_array_add(both, &one);
    g_ptr_array_add(both, &two);
    g_autoptr(GPtrArray) counted = pos_scan_track_frame(track, &look, both);
    g_assert_cmpuint(counted->len, ==, 2);
    const PosSymbol *second = counted->pdata[1];
    g_assert_cmpmem(second->bytes, second->length, "a\0c", 3);
}

/* More symbols than are kept: nothing grows, each counts. */
static void test_flood(void)
{
    const PosScanTrackSettings settings = pos_scan_track_defaults();
    g_autoptr(PosScanTrack) track = pos_scan_track_new(&settings);
    guint counted = 0;
    for (guint i = 0; i < 500; i++) {
        const PosScanLook look = {.now_ms = i, .looked = {0, 0, WIDTH, HEIGHT}, .moved = true};
        g_autofree char *text = g_strdup_printf("text %u", i);
        PosSymbol symbol = {
            .symbology = POS_SYMBOLOGY_QR, .aim = "]Q1", .bytes = text, .length = strlen(text)};
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        g_ptr_array_add(one, &symbol);
        g_autoptr(GPtrArray) now = pos_scan_track_frame(track, &look, one);
        counted += now->len;
    }
    g_assert_cmpuint(counted, ==, 500);
}

/* --- where the next frame is looked at -------------------------------------------------------------------- */

typedef struct {
    uint8_t *pixels;
    PosFrame frame;
    PosScanRegion region;
    int64_t now_ms;
} Scene;

/* A grey gradient with a bright block of 80 x 80 at x, y. */
static void scene_draw(Scene *scene, int x, int y)
{
    for (int row = 0; row < HEIGHT; row++) {
        for (int column = 0; column < WIDTH; column++) {
            const bool inside = column >= x && column < x + 80 && row >= y && row < y + 80;
            scene->pixels[row * WIDTH + column] = inside ? 250 : (uint8_t)(40 + column / 16);
        }
    }
}

static void scene_init(Scene *scene)
{
    memset(scene, 0, sizeof *scene);
    scene->pixels = g_malloc(WIDTH * HEIGHT);
    scene->frame = (PosFrame){scene->pixels, WIDTH, HEIGHT, WIDTH};
    scene_draw(scene, 300, 300);
}

/* One frame: its plan; a decoded one shows a QR code at `box` or, with width 0, nothing. */
static PosScanPlan scene_step(Scene *scene, PosScanBox box)
{
    const PosScanPlan plan =
        pos_scan_region_plan(&scene->region, &scene->frame, false, scene->now_ms);
    scene->now_ms += FRAME_MS;
    if (plan.box.width > 0) {
        PosSymbol symbol = {.symbology = POS_SYMBOLOGY_QR, .corners_count = 2};
        symbol.corners[0][0] = box.x;
        symbol.corners[0][1] = box.y;
        symbol.corners[1][0] = box.x + box.width - 1;
        symbol.corners[1][1] = box.y + box.height - 1;
        g_autoptr(GPtrArray) seen = g_ptr_array_new();
        if (box.width > 0) {
            g_ptr_array_add(seen, &symbol);
        }
        pos_scan_region_note(&scene->region, &plan, seen);
    }
    return plan;
}

/* A still picture is seen by two turns of passes, then twice a second; a small thing that moves wakes it. */
static void test_region_still(void)
{
    Scene scene;
    scene_init(&scene);
    guint looks = 0, turns = 0;
    for (int i = 0; i < 300; i++) {
        const PosScanPlan plan = scene_step(&scene, (PosScanBox){0});
        g_assert_true(plan.moved == (i == 0));
        looks += plan.box.width > 0 ? 1 : 0;
        turns |= plan.box.width > 0 ? 1U << plan.turn % 5 : 0;
        g_assert_true(i >= 10 || plan.is_whole);
    }
    g_assert_cmpuint(turns, ==, 31);
    g_assert_cmpuint(looks, >=, 10 + 300 * FRAME_MS / 600);
    g_assert_cmpuint(looks, <=, 10 + 300 * FRAME_MS / 500 + 1);
    scene_draw(&scene, 330, 300);
    g_assert_true(scene_step(&scene, (PosScanBox){0}).moved);
    g_free(scene.pixels);
}

/* A camera's noise is no movement. */
static void test_region_noise(void)
{
    Scene scene;
    scene_init(&scene);
    scene_step(&scene, (PosScanBox){0});
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        const int noisy = scene.pixels[i] + g_rand_int_range(rand, -20, 21);
        scene.pixels[i] = (uint8_t)CLAMP(noisy, 0, 255);
    }
    g_assert_false(scene_step(&scene, (PosScanBox){0}).moved);
    g_free(scene.pixels);
}

/* While things move: three crops around the symbol with the pass that read it, then a whole frame with the next. */
static void test_region_crop(void)
{
    Scene scene;
    scene_init(&scene);
    const PosScanBox box = {300, 300, 80, 80};
    unsigned whole_turn = 0;
    for (int i = 0; i < 40; i++) {
        scene_draw(&scene, 300 + 20 * (i % 2), 300);
        const PosScanPlan plan = scene_step(&scene, box);
        g_assert_true(plan.is_whole == (i % 4 == 0));
        if (plan.is_whole) {
            g_assert_cmpuint(plan.turn, ==, whole_turn++);
        } else {
            g_assert_cmpint(plan.box.x, ==, 300 - 20 - 24);
            g_assert_cmpint(plan.box.y, ==, 300 - 20 - 24);
            g_assert_cmpint(plan.box.width, ==, 80 + 40 + 48);
            g_assert_cmpint(plan.box.height, ==, 80 + 40 + 48);
            g_assert_cmpuint(plan.turn, ==, whole_turn - 1);
        }
    }
    g_free(scene.pixels);
}

/* A crop that shows nothing is followed by whole frames; the third one makes it forget the place. */
static void test_region_lost(void)
{
    Scene scene;
    scene_init(&scene);
    scene_step(&scene, (PosScanBox){300, 300, 80, 80});
    guint crops = 0;
    bool last_was_crop = false;
    for (int i = 0; i < 40; i++) {
        scene_draw(&scene, 300 + 20 * (i % 2), 300);
        const bool crop = !scene_step(&scene, (PosScanBox){0}).is_whole;
        g_assert_false(crop && last_was_crop);
        last_was_crop = crop;
        crops += crop ? 1 : 0;
    }
    g_assert_cmpuint(crops, ==, 3);
    g_free(scene.pixels);
}

/* Crops stay in the frame; frames of any size and change of size are fine; a big symbol is no reason to crop. */
static void test_region_bounds(void)
{
    Scene scene;
    scene_init(&scene);
    const PosScanBox corner = {WIDTH - 30, HEIGHT - 30, 30, 30};
    for (int i = 0; i < 4; i++) {
        scene_draw(&scene, 300 + 20 * (i % 2), 300);
        const PosScanPlan plan = scene_step(&scene, corner);
        g_assert_cmpint(plan.box.x + plan.box.width, <=, WIDTH);
        g_assert_cmpint(plan.box.y + plan.box.height, <=, HEIGHT);
    }
    for (int i = 0; i < 6; i++) {
        scene_draw(&scene, 300 + 20 * (i % 2), 300);
        const PosScanPlan plan = scene_step(&scene, (PosScanBox){100, 10, 1100, 700});
        g_assert_true(plan.is_whole || i == 0);
    }
    const int sizes[][2] = {{3, 3}, {4, 1}, {17, 1000}, {161, 91}, {1279, 719}, {0, 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        const PosFrame small = {scene.pixels, sizes[i][0], sizes[i][1], sizes[i][0]};
        const PosScanPlan plan = pos_scan_region_plan(&scene.region, &small, false, 1);
        g_assert_cmpint(plan.box.width, ==, sizes[i][0] < 4 ? 0 : sizes[i][0]);
    }
    g_free(scene.pixels);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(stories); i++) {
        g_autofree char *name = g_strdup(stories[i].name);
        g_strdelimit(name, " :,", '_');
        g_autofree char *path = g_strdup_printf("/pos/scan_track/story/%s", name);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_story);
    }
    g_test_add_func("/pos/scan_track/binary", test_binary);
    g_test_add_func("/pos/scan_track/flood", test_flood);
    g_test_add_func("/pos/scan_region/still", test_region_still);
    g_test_add_func("/pos/scan_region/noise", test_region_noise);
    g_test_add_func("/pos/scan_region/crop", test_region_crop);
    g_test_add_func("/pos/scan_region/lost", test_region_lost);
    g_test_add_func("/pos/scan_region/bounds", test_region_bounds);
    return g_test_run();
}

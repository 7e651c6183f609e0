/* SPDX-License-Identifier: GPL-3.0-or-later
 * The camera's decisions as values: which node is a camera, in which mode it works, what a name means, how an outline
 * looks, when it is tried again. No camera and no display is needed. */
#include "ui/camera.h"
#include "ui/camera_device.h"
#include "ui/camera_outline.h"
#include "ui/camera_source.h"
#include <linux/videodev2.h>
#include <string.h>

/* --- devices ----------------------------------------------------------------------------------------- */

static void test_captures(void)
{
    static const struct {
        uint32_t capabilities;
        bool captures;
    } nodes[] = {
        {V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_EXT_PIX_FORMAT, true},
        {V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_STREAMING, true},
        {V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING, false},     /* a webcam's second node */
        {V4L2_CAP_VIDEO_M2M_MPLANE | V4L2_CAP_STREAMING, false}, /* a codec */
        {V4L2_CAP_VIDEO_M2M | V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING, false},
        {V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING, false},
        {V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_READWRITE, false},
        {0, false},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(nodes); i++) {
        g_assert_true(ui_camera_device_captures(nodes[i].capabilities) == nodes[i].captures);
    }
}

static void test_modes(void)
{
    static const struct {
        const char *offers, *chosen; /* the fields that are asked for; NULL: nothing fits */
    } devices[] = {
        /* A USB 2 webcam: raw 720p is slow, JPEG is not. */
        {"video/x-raw,format=YUY2,width=640,height=480,framerate={30/1,15/1};"
         "video/x-raw,format=YUY2,width=1280,height=720,framerate=10/1;"
         "image/jpeg,width=1280,height=720,framerate={30/1,15/1};"
         "image/jpeg,width=1920,height=1080,framerate=30/1",
         "image/jpeg,width=1280,height=720,framerate=30/1"},
        /* Raw is as fast: it need not be decompressed. */
        {"image/jpeg,width=1280,height=720,framerate=30/1;"
         "video/x-raw,format=YUY2,width=1280,height=720,framerate=30/1",
         "video/x-raw,format=YUY2,width=1280,height=720,framerate=30/1"},
        {"video/x-raw,format={YUY2,NV12,BGR},width=1280,height=720,framerate=30/1",
         "video/x-raw,format=NV12,width=1280,height=720,framerate=30/1"},
        /* A sensor with ranges. */
        {"video/x-raw,format=NV12,width=[32,4056],height=[32,3040],framerate=[1/1,60/1]",
         "video/x-raw,format=NV12,width=1280,height=720,framerate=30/1"},
        {"video/x-raw,format=GRAY8,width=640,height=480,framerate=60/1;"
         "video/x-raw,format=GRAY8,width=320,height=240,framerate=120/1",
         "video/x-raw,format=GRAY8,width=640,height=480,framerate=60/1"},
        /* Only slow modes: the size decides. */
        {"video/x-raw,format=YUY2,width=2592,height=1944,framerate=2/1;"
         "video/x-raw,format=YUY2,width=1280,height=960,framerate=8/1",
         "video/x-raw,format=YUY2,width=1280,height=960,framerate=8/1"},
        {"video/x-h264,width=1920,height=1080", NULL},
        {"EMPTY", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(devices); i++) {
        g_autoptr(GstCaps) offers = gst_caps_from_string(devices[i].offers);
        g_assert_nonnull(offers);
        g_autoptr(GstCaps) chosen = ui_camera_device_choose_mode(offers);
        if (devices[i].chosen == NULL) {
            g_assert_null(chosen);
            continue;
        }
        g_autoptr(GstCaps) wanted = gst_caps_from_string(devices[i].chosen);
        g_assert_true(chosen != NULL && gst_caps_is_fixed(chosen));
        if (!gst_caps_is_equal(chosen, wanted)) {
            g_autofree char *text = gst_caps_to_string(chosen);
            g_test_message("device %zu: %s", i, text);
            g_test_fail();
        }
    }
}

/* --- names ---------------------------------------------------------------------------------------------- */

static void test_sources(void)
{
    static const struct {
        const char *text;
        UiCameraSourceKind kind;
        const char *where, *shown, *folder;
    } sources[] = {
        {NULL, UI_CAMERA_SOURCE_DEVICE, "", "", "/dev"},
        {"", UI_CAMERA_SOURCE_DEVICE, "", "", "/dev"},
        {"/dev/video2", UI_CAMERA_SOURCE_DEVICE, "/dev/video2", "/dev/video2", "/dev"},
        {"/srv/a b.png", UI_CAMERA_SOURCE_FILE, "/srv/a b.png", "/srv/a b.png", "/srv"},
        {"tag.png", UI_CAMERA_SOURCE_FILE, "tag.png", "tag.png", "."},
        {"file:///srv/a%20b.png", UI_CAMERA_SOURCE_FILE, "/srv/a b.png", "/srv/a b.png", "/srv"},
        {"rtsp://u:p@10.0.0.7:554/s1?key=k", UI_CAMERA_SOURCE_ADDRESS,
         "rtsp://u:p@10.0.0.7:554/s1?key=k", "rtsp://10.0.0.7:554/s1", NULL},
        {"HTTP://cam/video", UI_CAMERA_SOURCE_ADDRESS, "HTTP://cam/video", "http://cam/video",
         NULL},
        {"https://[2001:db8::7]/v", UI_CAMERA_SOURCE_ADDRESS, "https://[2001:db8::7]/v",
         "https://[2001:db8::7]/v", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(UiCameraSource) source = ui_camera_source_parse(sources[i].text, &error);
        g_assert_no_error(error);
        g_assert_cmpint(source->kind, ==, sources[i].kind);
        g_assert_cmpstr(source->where, ==, sources[i].where);
        g_assert_cmpstr(source->shown, ==, sources[i].shown);
        g_assert_cmpstr(source->folder, ==, sources[i].folder);
    }
    static const char *const none[] = {"ftp://host/x", "v4l2:///dev/video0", "://",
                                       "playbin://u:secret@h/"};
    for (gsize i = 0; i < G_N_ELEMENTS(none); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(UiCameraSource) source = ui_camera_source_parse(none[i], &error);
        g_assert_true(source != NULL ? source->kind == UI_CAMERA_SOURCE_FILE : error != NULL);
        g_assert_true(error == NULL || strstr(error->message, "secret") == NULL);
    }
}

static void test_names_in_folder(void)
{
    g_autoptr(UiCameraSource) first = ui_camera_source_parse("", NULL);
    g_autoptr(UiCameraSource) second = ui_camera_source_parse("/dev/video2", NULL);
    g_assert_true(ui_camera_source_is_name(first, "video0"));
    g_assert_false(ui_camera_source_is_name(first, "ttyUSB0"));
    g_assert_true(ui_camera_source_is_name(second, "video2"));
    g_assert_false(ui_camera_source_is_name(second, "video20"));
}

static void test_backoff(void)
{
    static const guint wanted[] = {500, 500, 1000, 2000, 4000, 5000, 5000};
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
        g_assert_cmpuint(ui_camera_backoff_ms(i), ==, wanted[i]);
    }
    g_assert_cmpuint(ui_camera_backoff_ms(G_MAXUINT), ==, 5000);
}

/* --- outlines ---------------------------------------------------------------------------------------------- */

static PosSymbol symbol_at(const char *bytes, int x, int y, int side)
{
    PosSymbol symbol = {.symbology = POS_SYMBOLOGY_QR,
                        .aim = "]Q1",
                        .bytes = (char *)bytes,
                        .length = strlen(bytes),
                        .corners_count = 4};
    const int corners[4][2] = {{x, y}, {x, y + side}, {x + side, y + side}, {x + side, y}};
    memcpy(symbol.corners, corners, sizeof corners);
    return symbol;
}

/* Red, green and blue of a pixel after drawing over black. */
static guint32 pixel(const UiOutlines *outlines, int64_t now_ms, int x, int y)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 480, 270);
    cairo_t *cr = cairo_create(surface);
    ui_outlines_draw(outlines, cr, 480, 270, now_ms);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    const guint32 *row =
        (const guint32 *)(const void *)(cairo_image_surface_get_data(surface) +
                                        y * cairo_image_surface_get_stride(surface));
    const guint32 value = row[x] & 0xffffff;
    cairo_surface_destroy(surface);
    return value;
}

static bool is_green(guint32 p)
{
    return (p >> 8 & 0xff) > 150 && (p >> 16) < 100;
}

static bool is_red(guint32 p)
{
    return (p >> 16) > 200 && (p >> 8 & 0xff) < 120;
}

/* A code in the middle of 1280x720: white, then green, then gone; the line stands outside the code. */
static void test_outline_life(void)
{
    UiOutlines outlines = {0};
    const PosSymbol symbol = symbol_at("a", 540, 260, 200);
    g_assert_cmpint(ui_outlines_shown(&outlines, 0), ==, UI_OUTLINE_NONE);
    ui_outlines_add(&outlines, &symbol, 1280, 720, 1000);
    g_assert_cmpint(ui_outlines_shown(&outlines, 1000), ==, UI_OUTLINE_READ);
    const int left = 240 - 42, middle = 135; /* 200 px of 1280 are 75 of 480, a little grown */
    g_assert_cmphex(pixel(&outlines, 1000, left, middle), ==, 0xffffff);
    ui_outlines_mark(&outlines, UI_OUTLINE_TAKEN, 1100);
    g_assert_true(is_green(pixel(&outlines, 1100, left, middle)));
    g_assert_cmphex(pixel(&outlines, 1100, 20, 20), ==, 0);
    g_assert_cmphex(pixel(&outlines, 1100 + 5000, left, middle), ==, 0);
    g_assert_cmpint(ui_outlines_shown(&outlines, 1100 + 5000), ==, UI_OUTLINE_NONE);
}

/* Answers come in the order of the scans; an outline follows its code. */
static void test_outline_order(void)
{
    UiOutlines outlines = {0};
    const PosSymbol first = symbol_at("first", 100, 260, 200),
                    second = symbol_at("second", 900, 260, 200);
    ui_outlines_add(&outlines, &first, 1280, 720, 0);
    ui_outlines_add(&outlines, &second, 1280, 720, 10);
    ui_outlines_mark(&outlines, UI_OUTLINE_REFUSED, 20);
    ui_outlines_mark(&outlines, UI_OUTLINE_TAKEN, 30);
    ui_outlines_mark(&outlines, UI_OUTLINE_TAKEN, 40); /* of nothing */
    g_assert_true(is_red(pixel(&outlines, 30, 75 - 42, 135)));
    g_assert_true(is_green(pixel(&outlines, 30, 375 - 42, 135)));
    PosSymbol moved = symbol_at("first", 540, 260, 200);
    g_autoptr(GPtrArray) seen = g_ptr_array_new();
    g_ptr_array_add(seen, &moved);
    ui_outlines_move(&outlines, seen, 1280, 720);
    g_assert_true(is_red(pixel(&outlines, 30, 240 - 42, 135)));
    g_assert_cmphex(pixel(&outlines, 30, 75 - 42, 135), ==, 0);
}

/* A frame of 4:3 stands between bars; a linear code seen by one scan line is drawn as something to see. */
static void test_outline_shapes(void)
{
    UiOutlines outlines = {0};
    PosSymbol line = symbol_at("line", 320, 240, 0);
    line.symbology = POS_SYMBOLOGY_EAN13;
    line.corners_count = 1;
    ui_outlines_add(&outlines, &line, 640, 480, 0);
    ui_outlines_mark(&outlines, UI_OUTLINE_TAKEN, 0);
    g_assert_true(is_green(pixel(&outlines, 0, 240 - 14, 135 - 8)));
    PosSymbol nowhere = {.symbology = POS_SYMBOLOGY_QR, .bytes = (char *)"", .corners_count = 0};
    for (int i = 0; i < 2 * UI_OUTLINES_MAX; i++) {
        ui_outlines_add(&outlines, &nowhere, 640, 480, 0);
    }
    ui_outlines_add(&outlines, &nowhere, 0, 0, 0);
    g_assert_cmphex(pixel(&outlines, 0, 240 - 14, 135 - 8), ==, 0); /* the oldest has gone */
}

static void test_opacity(void)
{
    double last = 1;
    for (int64_t age = 0; age < 2000; age += 10) {
        const double now = ui_outline_opacity(UI_OUTLINE_TAKEN, age);
        g_assert_true(now <= last && now >= 0);
        last = now;
    }
    g_assert_cmpfloat(ui_outline_opacity(UI_OUTLINE_TAKEN, 0), ==, 1);
    g_assert_cmpfloat(last, ==, 0);
    g_assert_cmpfloat(ui_outline_opacity(UI_OUTLINE_READ, 2000), ==, 1);
    g_assert_cmpfloat(ui_outline_opacity(UI_OUTLINE_READ, 60000), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    gst_init(NULL, NULL);
    g_test_add_func("/ui/camera_device/captures", test_captures);
    g_test_add_func("/ui/camera_device/modes", test_modes);
    g_test_add_func("/ui/camera_source/names", test_sources);
    g_test_add_func("/ui/camera_source/folder", test_names_in_folder);
    g_test_add_func("/ui/camera/backoff", test_backoff);
    g_test_add_func("/ui/camera_outline/life", test_outline_life);
    g_test_add_func("/ui/camera_outline/order", test_outline_order);
    g_test_add_func("/ui/camera_outline/shapes", test_outline_shapes);
    g_test_add_func("/ui/camera_outline/opacity", test_opacity);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/camera_scene.h"

#include "pos/qr.h"
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <string.h>

#define FRAMES_A_SECOND 30

/* --- drawing ---------------------------------------------------------------------------------------- */

CameraScene *camera_scene_new(int width, int height)
{
    CameraScene *scene = g_new0(CameraScene, 1);
    scene->width = width;
    scene->height = height;
    scene->pixels = g_malloc((gsize)width * (gsize)height);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            scene->pixels[y * width + x] = (uint8_t)(150 + x * 60 / width);
        }
    }
    return scene;
}

void camera_scene_free(CameraScene *scene)
{
    if (scene != NULL) {
        g_free(scene->pixels);
        g_free(scene);
    }
}

static void fill(CameraScene *scene, int x, int y, int width, int height, uint8_t grey)
{
    for (int row = MAX(y, 0); row < MIN(y + height, scene->height); row++) {
        for (int column = MAX(x, 0); column < MIN(x + width, scene->width); column++) {
            scene->pixels[row * scene->width + column] = grey;
        }
    }
}

void camera_scene_add_qr(CameraScene *scene, const char *text, int x, int y, int module)
{
    PosQr qr;
    g_assert_true(pos_qr_make(text, &qr, NULL));
    const int side = (qr.size + 8) * module;
    fill(scene, x - 4 * module, y - 4 * module, side, side, 245);
    for (int row = 0; row < qr.size; row++) {
        for (int column = 0; column < qr.size; column++) {
            if (qr.modules[row * qr.size + column] != 0) {
                fill(scene, x + column * module, y + row * module, module, module, 20);
            }
        }
    }
    pos_qr_clear(&qr);
}

/* ISO/IEC 15420: sets A, B (A mirrored and inverted) by the first digit, C at the right. */
void camera_scene_add_ean13(CameraScene *scene, const char *digits, int x, int y, int module)
{
    static const char *const odd[] = {"0001101", "0011001", "0010011", "0111101", "0100011",
                                      "0110001", "0101111", "0111011", "0110111", "0001011"};
    static const char *const parity[] = {"AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB",
                                         "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA"};
    g_autoptr(GString) bars = g_string_new("101");
    for (int i = 1; i <= 12; i++) {
        const char *a = odd[digits[i] - '0'];
        const bool even = i <= 6 && parity[digits[0] - '0'][i - 1] == 'B';
        for (int m = 0; m < 7; m++) {
            const char bit = even ? a[6 - m] : a[m];
            const bool inverted = even || i > 6;
            g_string_append_c(bars, inverted ? (bit == '1' ? '0' : '1') : bit);
        }
        g_string_append(bars, i == 6 ? "01010" : "");
    }
    g_string_append(bars, "101");
    const int height = 60 * module / 2;
    fill(scene, x - 10 * module, y - 10, ((int)bars->len + 20) * module, height + 20, 245);
    for (gsize i = 0; i < bars->len; i++) {
        if (bars->str[i] == '1') {
            fill(scene, x + (int)i * module, y, module, height, 20);
        }
    }
}

static GdkPixbuf *to_pixbuf(const CameraScene *scene)
{
    GdkPixbuf *picture = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, scene->width, scene->height);
    guchar *pixels = gdk_pixbuf_get_pixels(picture);
    const int stride = gdk_pixbuf_get_rowstride(picture);
    for (int y = 0; y < scene->height; y++) {
        for (int x = 0; x < scene->width; x++) {
            memset(pixels + y * stride + 3 * x, scene->pixels[y * scene->width + x], 3);
        }
    }
    return picture;
}

void camera_scene_save(const CameraScene *scene, const char *path)
{
    g_autoptr(GdkPixbuf) picture = to_pixbuf(scene);
    const char *type = g_str_has_suffix(path, ".png") ? "png" : "jpeg";
    g_assert_true(gdk_pixbuf_save(picture, path, type, NULL, NULL));
}

GBytes *camera_scene_jpeg(const CameraScene *scene)
{
    g_autoptr(GdkPixbuf) picture = to_pixbuf(scene);
    char *bytes = NULL;
    gsize length = 0;
    g_assert_true(
        gdk_pixbuf_save_to_buffer(picture, &bytes, &length, "jpeg", NULL, "quality", "92", NULL));
    return g_bytes_new_take(bytes, length);
}

/* --- videos ------------------------------------------------------------------------------------------ */

void camera_scene_save_video(CameraScene *const *scenes, const int *counts, gsize scenes_count,
                             const char *path)
{
    gst_init(NULL, NULL);
    g_autofree char *description = g_strdup_printf(
        "appsrc name=in format=time block=true caps=image/jpeg,width=%d,height=%d,framerate=%d/1"
        " ! matroskamux ! filesink name=out",
        scenes[0]->width, scenes[0]->height, FRAMES_A_SECOND);
    GstElement *pipeline = gst_parse_launch(description, NULL);
    g_assert_nonnull(pipeline);
    GstElement *in = gst_bin_get_by_name(GST_BIN(pipeline), "in");
    GstElement *out = gst_bin_get_by_name(GST_BIN(pipeline), "out");
    g_object_set(out, "location", path, NULL);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    guint64 frame = 0;
    for (gsize i = 0; i < scenes_count; i++) {
        g_autoptr(GBytes) jpeg = camera_scene_jpeg(scenes[i]);
        for (int n = 0; n < counts[i]; n++, frame++) {
            GstBuffer *buffer = gst_buffer_new_wrapped_bytes(jpeg);
            GST_BUFFER_PTS(buffer) = frame * GST_SECOND / FRAMES_A_SECOND;
            GST_BUFFER_DURATION(buffer) = GST_SECOND / FRAMES_A_SECOND;
            g_assert_cmpint(gst_app_src_push_buffer(GST_APP_SRC(in), buffer), ==, GST_FLOW_OK);
        }
    }
    gst_app_src_end_of_stream(GST_APP_SRC(in));
    GstBus *bus = gst_element_get_bus(pipeline);
    GstMessage *end =
        gst_bus_timed_pop_filtered(bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    g_assert_true(end != NULL && GST_MESSAGE_TYPE(end) == GST_MESSAGE_EOS);
    gst_message_unref(end);
    gst_object_unref(bus);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(in);
    gst_object_unref(out);
    gst_object_unref(pipeline);
}

/* --- a network camera ---------------------------------------------------------------------------------- */

struct CameraServer {
    GSocketService *service;
    uint16_t port;
    GBytes *jpeg;
    guint frame_ms;
    guint frames;  /* atomic */
    gint is_ended; /* atomic */
    gint is_hung;  /* atomic */
    gint clients;  /* atomic */
};

static gboolean send_all(GOutputStream *out, const void *bytes, gsize length)
{
    return g_output_stream_write_all(out, bytes, length, NULL, NULL, NULL);
}

/* One client, on a thread of its own: frames at the camera's own pace until it ends. */
static gboolean on_client(GThreadedSocketService *service, GSocketConnection *connection,
                          GObject *object, CameraServer *server)
{
    g_atomic_int_inc(&server->clients);
    GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(connection));
    char request[2048];
    g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)), request,
                        sizeof request, NULL, NULL);
    static const char head[] =
        "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n";
    gsize length = 0;
    const void *bytes = g_bytes_get_data(server->jpeg, &length);
    g_autofree char *part = g_strdup_printf(
        "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %zu\r\n\r\n", length);
    gboolean ok = send_all(out, head, strlen(head));
    while (ok && g_atomic_int_get(&server->is_ended) == 0) {
        if (g_atomic_int_get(&server->is_hung) == 0) {
            ok = send_all(out, part, strlen(part)) && send_all(out, bytes, length) &&
                 send_all(out, "\r\n", 2);
            g_atomic_int_inc(&server->frames);
        }
        if (server->frame_ms > 0) {
            g_usleep(server->frame_ms * 1000); /* the camera's clock */
        }
    }
    g_io_stream_close(G_IO_STREAM(connection), NULL, NULL);
    g_atomic_int_add(&server->clients, -1);
    return TRUE;
}

CameraServer *camera_server_new(uint16_t port, GBytes *jpeg, guint frame_ms)
{
    CameraServer *server = g_new0(CameraServer, 1);
    server->jpeg = g_bytes_ref(jpeg);
    server->frame_ms = frame_ms;
    server->service = g_threaded_socket_service_new(4);
    g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) address = g_inet_socket_address_new(loopback, port);
    g_autoptr(GSocketAddress) bound = NULL;
    g_autoptr(GError) error = NULL;
    g_socket_listener_add_address(G_SOCKET_LISTENER(server->service), address, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
    g_assert_no_error(error);
    server->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    g_signal_connect(server->service, "run", G_CALLBACK(on_client), server);
    g_socket_service_start(server->service);
    return server;
}

uint16_t camera_server_port(CameraServer *server)
{
    return server->port;
}

guint camera_server_frames(CameraServer *server)
{
    return (guint)g_atomic_int_get(&server->frames);
}

void camera_server_hang(CameraServer *server)
{
    g_atomic_int_set(&server->is_hung, 1);
}

void camera_server_free(CameraServer *server)
{
    g_atomic_int_set(&server->is_ended, 1);
    g_socket_service_stop(server->service);
    g_socket_listener_close(G_SOCKET_LISTENER(server->service));
    while (g_atomic_int_get(&server->clients) > 0) {
        g_main_context_iteration(NULL, FALSE);
        g_thread_yield();
    }
    g_object_unref(server->service);
    g_bytes_unref(server->jpeg);
    g_free(server);
}

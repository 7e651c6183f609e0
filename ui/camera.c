/* SPDX-License-Identifier: GPL-3.0-or-later
 * The camera's pipeline: one source, a tee, a small picture branch and a grey branch that is read for codes. What
 * GStreamer's threads and the main thread share stands in `shared` under its lock; they hold it by reference,
 * so a frame that comes late finds it still there. */
#include "ui/camera.h"

#include "pos/error.h"
#include "pos/scan.h"
#include <glib/gi18n-lib.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>
#include <string.h>

#define PREVIEW_WIDTH 480
#define PREVIEW_HEIGHT 270
/* The same code again within this time of its last sighting is the same scan. */
#define REPEAT_HOLD_MS 1500

typedef struct {
    gatomicrefcount references;
    GMutex lock;
    UiCamera *camera;      /* under the lock; NULL once stopped */
    GdkTexture *texture;   /* under the lock: the newest picture */
    bool idle_pending;     /* under the lock */
    unsigned turn;         /* scan branch only */
} Shared;

struct _UiCamera {
    GObject parent;
    GstElement *pipeline;
    Shared *shared;
    GdkTexture *shown;
    guint bus_watch;
    PosScanRepeat repeat;
};

static void paintable_init(GdkPaintableInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE(UiCamera, ui_camera, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(GDK_TYPE_PAINTABLE, paintable_init))

static Shared *shared_ref(Shared *shared)
{
    g_atomic_ref_count_inc(&shared->references);
    return shared;
}

static void shared_unref(gpointer data)
{
    Shared *shared = data;
    if (g_atomic_ref_count_dec(&shared->references)) {
        g_clear_object(&shared->texture);
        g_mutex_clear(&shared->lock);
        g_free(shared);
    }
}

/* --- the picture ---------------------------------------------------------------------------------- */

static void paintable_snapshot(GdkPaintable *paintable, GdkSnapshot *snapshot, double width,
                               double height)
{
    UiCamera *self = UI_CAMERA(paintable);
    if (self->shown != NULL) {
        gdk_paintable_snapshot(GDK_PAINTABLE(self->shown), snapshot, width, height);
    }
}

static int paintable_width(GdkPaintable *paintable)
{
    return PREVIEW_WIDTH;
}

static int paintable_height(GdkPaintable *paintable)
{
    return PREVIEW_HEIGHT;
}

static GdkPaintableFlags paintable_flags(GdkPaintable *paintable)
{
    return GDK_PAINTABLE_STATIC_SIZE;
}

static void paintable_init(GdkPaintableInterface *iface)
{
    iface->snapshot = paintable_snapshot;
    iface->get_intrinsic_width = paintable_width;
    iface->get_intrinsic_height = paintable_height;
    iface->get_flags = paintable_flags;
}

static gboolean on_picture_idle(gpointer data)
{
    Shared *shared = data;
    g_mutex_lock(&shared->lock);
    UiCamera *camera = shared->camera;
    GdkTexture *texture = g_steal_pointer(&shared->texture);
    shared->idle_pending = false;
    g_mutex_unlock(&shared->lock);
    if (camera != NULL && texture != NULL) {
        g_set_object(&camera->shown, texture);
        gdk_paintable_invalidate_contents(GDK_PAINTABLE(camera));
    }
    g_clear_object(&texture);
    return G_SOURCE_REMOVE;
}

static GstFlowReturn on_picture(GstAppSink *sink, gpointer data)
{
    Shared *shared = data;
    GstSample *sample = gst_app_sink_pull_sample(sink);
    if (sample == NULL) {
        return GST_FLOW_EOS;
    }
    GstVideoInfo info;
    GstVideoFrame frame;
    if (gst_video_info_from_caps(&info, gst_sample_get_caps(sample)) &&
        gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ)) {
        const gsize stride = (gsize)GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
        g_autoptr(GBytes) bytes = g_bytes_new(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0),
                                              stride * (gsize)GST_VIDEO_FRAME_HEIGHT(&frame));
        GdkTexture *texture =
            gdk_memory_texture_new(GST_VIDEO_FRAME_WIDTH(&frame), GST_VIDEO_FRAME_HEIGHT(&frame),
                                   GDK_MEMORY_R8G8B8A8, bytes, stride);
        gst_video_frame_unmap(&frame);
        g_mutex_lock(&shared->lock);
        g_set_object(&shared->texture, texture);
        const bool wake = !shared->idle_pending;
        shared->idle_pending = true;
        g_mutex_unlock(&shared->lock);
        g_object_unref(texture);
        if (wake) {
            g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, on_picture_idle, shared_ref(shared),
                            shared_unref);
        }
    }
    gst_sample_unref(sample);
    return GST_FLOW_OK;
}

/* --- the codes --------------------------------------------------------------------------------------- */

typedef struct {
    Shared *shared;
    GBytes *text;
} Sighting;

static void sighting_free(gpointer data)
{
    Sighting *sighting = data;
    shared_unref(sighting->shared);
    g_bytes_unref(sighting->text);
    g_free(sighting);
}

static gboolean on_sighting_idle(gpointer data)
{
    Sighting *sighting = data;
    g_mutex_lock(&sighting->shared->lock);
    UiCamera *camera = sighting->shared->camera;
    g_mutex_unlock(&sighting->shared->lock);
    if (camera == NULL) {
        return G_SOURCE_REMOVE;
    }
    gsize length = 0;
    const char *bytes = g_bytes_get_data(sighting->text, &length);
    g_autofree char *text = g_strndup(bytes, length);
    const int64_t now_ms = g_get_monotonic_time() / 1000;
    if (pos_scan_repeat_is_new(&camera->repeat, text, now_ms, REPEAT_HOLD_MS)) {
        g_signal_emit_by_name(camera, "scanned", sighting->text);
    }
    return G_SOURCE_REMOVE;
}

static void tell_symbols(Shared *shared, GPtrArray *symbols)
{
    for (guint i = 0; i < symbols->len; i++) {
        const PosSymbol *symbol = symbols->pdata[i];
        GByteArray *text = g_byte_array_new();
        g_byte_array_append(text, (const guint8 *)symbol->aim, (guint)strlen(symbol->aim));
        g_byte_array_append(text, (const guint8 *)symbol->bytes, (guint)symbol->length);
        Sighting *sighting = g_new0(Sighting, 1);
        sighting->shared = shared_ref(shared);
        sighting->text = g_byte_array_free_to_bytes(text);
        g_idle_add_full(G_PRIORITY_DEFAULT, on_sighting_idle, sighting, sighting_free);
    }
}

static GstFlowReturn on_frame(GstAppSink *sink, gpointer data)
{
    Shared *shared = data;
    GstSample *sample = gst_app_sink_pull_sample(sink);
    if (sample == NULL) {
        return GST_FLOW_EOS;
    }
    GstVideoInfo info;
    GstVideoFrame frame;
    if (gst_video_info_from_caps(&info, gst_sample_get_caps(sample)) &&
        gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ)) {
        const PosFrame grey = {.pixels = GST_VIDEO_FRAME_PLANE_DATA(&frame, 0),
                               .width = GST_VIDEO_FRAME_WIDTH(&frame),
                               .height = GST_VIDEO_FRAME_HEIGHT(&frame),
                               .stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0)};
        g_autoptr(GPtrArray) symbols = pos_scan_frame(&grey, POS_SCAN_LIVE, shared->turn++);
        gst_video_frame_unmap(&frame);
        tell_symbols(shared, symbols);
    }
    gst_sample_unref(sample);
    return GST_FLOW_OK;
}

/* --- the pipeline --------------------------------------------------------------------------------------- */

#define BRANCHES                                                                                   \
    " ! tee name=t"                                                                                \
    " t. ! queue leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0"             \
    " ! videorate drop-only=true ! videoscale add-borders=true"                                    \
    " ! video/x-raw,width=480,height=270,framerate=15/1,pixel-aspect-ratio=1/1"                    \
    " ! videoconvert ! video/x-raw,format=RGBA"                                                    \
    " ! appsink name=view max-buffers=1 drop=true sync=false"                                      \
    " t. ! queue leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0"             \
    " ! videoconvert ! video/x-raw,format=GRAY8"                                                   \
    " ! appsink name=scan max-buffers=1 drop=true sync=false"

static void attach(GstElement *pipeline, const char *name,
                   GstFlowReturn (*new_sample)(GstAppSink *, gpointer), Shared *shared)
{
    GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), name);
    GstAppSinkCallbacks callbacks = {.new_sample = new_sample};
    gst_app_sink_set_callbacks(GST_APP_SINK(sink), &callbacks, shared_ref(shared), shared_unref);
    gst_object_unref(sink);
}

static gboolean on_bus(GstBus *bus, GstMessage *message, gpointer data)
{
    UiCamera *self = data;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        g_autoptr(GError) error = NULL;
        gst_message_parse_error(message, &error, NULL);
        /* Translators: %s is what the camera's driver says. */
        g_autofree char *sentence = g_strdup_printf(
            _("The camera stopped (%s); check its cable and switch it on again."), error->message);
        self->bus_watch = 0;
        ui_camera_stop(self);
        g_signal_emit_by_name(self, "failed", sentence);
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

static char *first_video_device(void)
{
    for (int i = 0; i < 64; i++) {
        g_autofree char *path = g_strdup_printf("/dev/video%d", i);
        if (g_file_test(path, G_FILE_TEST_EXISTS)) {
            return g_steal_pointer(&path);
        }
    }
    return NULL;
}

static GstElement *build(const char *picture_file, GError **error)
{
    if (picture_file != NULL) {
        if (!g_file_test(picture_file, G_FILE_TEST_IS_REGULAR)) {
            g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                        _("There is no picture at %s; give --camera-file the path of a PNG or JPEG file."),
                        picture_file);
            return NULL;
        }
        GstElement *pipeline =
            gst_parse_launch("filesrc name=source ! decodebin ! videoconvert"
                             " ! imagefreeze is-live=true ! video/x-raw,framerate=30/1" BRANCHES,
                             error);
        if (pipeline != NULL) {
            GstElement *source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
            g_object_set(source, "location", picture_file, NULL);
            gst_object_unref(source);
        }
        return pipeline;
    }
    g_autofree char *device = first_video_device();
    if (device == NULL) {
        g_set_error_literal(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                            _("No camera is connected; plug one in and switch it on again."));
        return NULL;
    }
    GstElement *pipeline = gst_parse_launch("v4l2src name=source ! videoconvert" BRANCHES, error);
    if (pipeline != NULL) {
        GstElement *source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
        g_object_set(source, "device", device, NULL);
        gst_object_unref(source);
    }
    return pipeline;
}

bool ui_camera_start(UiCamera *self, const char *picture_file, GError **error)
{
    if (self->pipeline != NULL) {
        return true;
    }
    if (!gst_init_check(NULL, NULL, error)) {
        return false;
    }
    GstElement *pipeline = build(picture_file, error);
    if (pipeline == NULL) {
        return false;
    }
    Shared *shared = g_new0(Shared, 1);
    g_atomic_ref_count_init(&shared->references);
    g_mutex_init(&shared->lock);
    shared->camera = self;
    attach(pipeline, "view", on_picture, shared);
    attach(pipeline, "scan", on_frame, shared);
    GstBus *bus = gst_element_get_bus(pipeline);
    self->bus_watch = gst_bus_add_watch(bus, on_bus, self);
    gst_object_unref(bus);
    self->pipeline = pipeline;
    self->shared = shared;
    if (gst_element_set_state(pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
        ui_camera_stop(self);
        g_set_error_literal(error, POS_ERROR, POS_ERROR_FAILED,
                            _("The camera does not start; check that no other program uses it."));
        return false;
    }
    return true;
}

void ui_camera_stop(UiCamera *self)
{
    if (self->pipeline == NULL) {
        return;
    }
    g_mutex_lock(&self->shared->lock);
    self->shared->camera = NULL;
    g_mutex_unlock(&self->shared->lock);
    gst_element_set_state(self->pipeline, GST_STATE_NULL);
    g_clear_handle_id(&self->bus_watch, g_source_remove);
    gst_clear_object(&self->pipeline);
    shared_unref(g_steal_pointer(&self->shared));
    g_clear_object(&self->shown);
    memset(&self->repeat, 0, sizeof self->repeat);
}

bool ui_camera_is_running(UiCamera *self)
{
    return self->pipeline != NULL;
}

static void ui_camera_dispose(GObject *object)
{
    ui_camera_stop(UI_CAMERA(object));
    G_OBJECT_CLASS(ui_camera_parent_class)->dispose(object);
}

static void ui_camera_class_init(UiCameraClass *class)
{
    G_OBJECT_CLASS(class)->dispose = ui_camera_dispose;
    g_signal_new("scanned", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_BYTES);
    g_signal_new("failed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void ui_camera_init(UiCamera *self)
{
}

UiCamera *ui_camera_new(void)
{
    return g_object_new(UI_TYPE_CAMERA, NULL);
}

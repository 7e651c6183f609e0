/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the pipeline's thread and what its threads hand to the main one. A feed is held by reference: by its owner, its
 * thread, the pipeline's callbacks and a waking call, so that whoever comes late finds it still there. */
#include "ui/camera_feed.h"

#include "pos/error.h"
#include <gst/app/gstappsink.h>
#include <gst/video/video.h>
#include <string.h>

#define VIEW_MS 60     /* between two pictures of the preview, at least */
#define LOOK_MS 250    /* how often the thread looks whether frames come */
#define START_FACTOR 3 /* opening may take this many times longer than a gap */
#define WAIT_MS 2000   /* for a pipeline to close */
#define COUNTED_MAX 64 /* scans that wait for the main thread; it is stuck when there are more */
#define REPEAT_MS 200  /* a video that ends sooner after its beginning is none */
#define STOP_MESSAGE "stop"

struct UiCameraReader {
    gatomicrefcount references;
    GMutex lock;
    PosScanLive *live;
};

struct UiCameraFeed {
    gatomicrefcount references;
    UiCameraSource *source;
    UiCameraReader *reader;
    int silence_ms;
    GstBus *bus;      /* of its own, so that stopping needs no pipeline */
    int64_t view_ms;  /* view branch only */
    int64_t begun_ms; /* the feed's thread only: when the video last began */
    GByteArray *luma; /* scan branch only: of a packed format */
    int64_t frame_ms; /* atomic: the last frame; 0 none yet */
    GMutex lock;      /* of all below */
    GCond changed;
    bool is_stopped, is_closed, wake_pending;
    void (*on_news)(gpointer user);
    gpointer user;
    UiCameraNews news;
};

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

/* --- the reader ------------------------------------------------------------------------------------------ */

UiCameraReader *ui_camera_reader_new(void)
{
    const PosScanTrackSettings settings = pos_scan_track_defaults();
    UiCameraReader *reader = g_new0(UiCameraReader, 1);
    g_atomic_ref_count_init(&reader->references);
    g_mutex_init(&reader->lock);
    reader->live = pos_scan_live_new(&settings);
    return reader;
}

UiCameraReader *ui_camera_reader_ref(UiCameraReader *reader)
{
    g_atomic_ref_count_inc(&reader->references);
    return reader;
}

void ui_camera_reader_unref(UiCameraReader *reader)
{
    if (g_atomic_ref_count_dec(&reader->references)) {
        pos_scan_live_free(reader->live);
        g_mutex_clear(&reader->lock);
        g_free(reader);
    }
}

void ui_camera_reader_trigger(UiCameraReader *reader, const char *text, gsize length)
{
    g_mutex_lock(&reader->lock);
    pos_scan_live_trigger(reader->live, text, length, now_ms());
    g_mutex_unlock(&reader->lock);
}

/* --- what the main thread fetches ------------------------------------------------------------------------- */

static GPtrArray *symbols_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)pos_symbol_free);
}

void ui_camera_news_clear(UiCameraNews *news)
{
    g_clear_object(&news->texture);
    g_clear_pointer(&news->counted, g_ptr_array_unref);
    g_clear_pointer(&news->seen, g_ptr_array_unref);
    g_clear_pointer(&news->failure, g_free);
}

static UiCameraFeed *feed_ref(UiCameraFeed *feed)
{
    g_atomic_ref_count_inc(&feed->references);
    return feed;
}

static void feed_unref(gpointer data)
{
    UiCameraFeed *feed = data;
    if (g_atomic_ref_count_dec(&feed->references)) {
        ui_camera_news_clear(&feed->news);
        gst_clear_object(&feed->bus);
        g_byte_array_unref(feed->luma);
        ui_camera_reader_unref(feed->reader);
        ui_camera_source_free(feed->source);
        g_mutex_clear(&feed->lock);
        g_cond_clear(&feed->changed);
        g_free(feed);
    }
}

static gboolean on_wake(gpointer data)
{
    UiCameraFeed *feed = data;
    g_mutex_lock(&feed->lock);
    feed->wake_pending = false;
    const bool tell = !feed->is_stopped;
    g_mutex_unlock(&feed->lock);
    if (tell) {
        feed->on_news(feed->user); /* only the main thread stops a feed, and this is it */
    }
    return G_SOURCE_REMOVE;
}

/* Under the lock. */
static void wake(UiCameraFeed *feed)
{
    if (!feed->wake_pending && !feed->is_stopped) {
        feed->wake_pending = true;
        g_idle_add_full(G_PRIORITY_DEFAULT, on_wake, feed_ref(feed), feed_unref);
    }
}

void ui_camera_feed_fetch(UiCameraFeed *feed, UiCameraNews *out)
{
    g_mutex_lock(&feed->lock);
    *out = feed->news;
    feed->news = (UiCameraNews){.counted = symbols_new()};
    g_mutex_unlock(&feed->lock);
}

/* --- frames, on GStreamer's threads ------------------------------------------------------------------------ */

static GstPadProbeReturn on_view_buffer(GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
    UiCameraFeed *feed = data;
    const int64_t now = now_ms();
    __atomic_store_n(&feed->frame_ms, now, __ATOMIC_RELAXED);
    if (now - feed->view_ms < VIEW_MS) {
        return GST_PAD_PROBE_DROP;
    }
    feed->view_ms = now;
    return GST_PAD_PROBE_OK;
}

static void take_picture(UiCameraFeed *feed, const GstVideoFrame *frame)
{
    const gsize stride = (gsize)GST_VIDEO_FRAME_PLANE_STRIDE(frame, 0);
    const gsize height = (gsize)GST_VIDEO_FRAME_HEIGHT(frame);
    g_autoptr(GBytes) bytes = g_bytes_new(GST_VIDEO_FRAME_PLANE_DATA(frame, 0), stride * height);
    g_autoptr(GdkTexture) texture =
        gdk_memory_texture_new(GST_VIDEO_FRAME_WIDTH(frame), GST_VIDEO_FRAME_HEIGHT(frame),
                               GDK_MEMORY_R8G8B8A8, bytes, stride);
    g_mutex_lock(&feed->lock);
    g_set_object(&feed->news.texture, texture);
    wake(feed);
    g_mutex_unlock(&feed->lock);
}

/* The luma of a frame: in place, or gathered from a packed format into the feed's own memory. */
static PosFrame luma_of(UiCameraFeed *feed, const GstVideoFrame *frame)
{
    PosFrame grey = {.pixels = GST_VIDEO_FRAME_COMP_DATA(frame, 0),
                     .width = GST_VIDEO_FRAME_WIDTH(frame),
                     .height = GST_VIDEO_FRAME_HEIGHT(frame),
                     .stride = GST_VIDEO_FRAME_COMP_STRIDE(frame, 0)};
    const int step = GST_VIDEO_FRAME_COMP_PSTRIDE(frame, 0);
    if (step == 1) {
        return grey;
    }
    g_byte_array_set_size(feed->luma, (guint)(grey.width * grey.height));
    for (int y = 0; y < grey.height; y++) {
        const uint8_t *from = grey.pixels + (gsize)y * (gsize)grey.stride;
        uint8_t *to = feed->luma->data + (gsize)y * (gsize)grey.width;
        for (int x = 0; x < grey.width; x++) {
            to[x] = from[x * step];
        }
    }
    grey.pixels = feed->luma->data;
    grey.stride = grey.width;
    return grey;
}

static void take_frame(UiCameraFeed *feed, const GstVideoFrame *frame)
{
    const PosFrame grey = luma_of(feed, frame);
    g_autoptr(GPtrArray) seen = NULL;
    g_mutex_lock(&feed->reader->lock);
    g_autoptr(GPtrArray) counted = pos_scan_live_frame(feed->reader->live, &grey, now_ms(), &seen);
    g_mutex_unlock(&feed->reader->lock);
    if (seen->len == 0 && counted->len == 0) {
        return;
    }
    g_mutex_lock(&feed->lock);
    feed->news.width = grey.width;
    feed->news.height = grey.height;
    g_clear_pointer(&feed->news.seen, g_ptr_array_unref);
    feed->news.seen = g_steal_pointer(&seen);
    if (feed->news.counted->len + counted->len <= COUNTED_MAX) {
        g_ptr_array_extend_and_steal(feed->news.counted, g_steal_pointer(&counted));
    }
    wake(feed);
    g_mutex_unlock(&feed->lock);
}

/* One frame of an appsink: mapped, given on, let go. */
static GstFlowReturn pull(GstAppSink *sink, UiCameraFeed *feed,
                          void (*take)(UiCameraFeed *, const GstVideoFrame *))
{
    GstSample *sample = gst_app_sink_pull_sample(sink);
    if (sample == NULL) {
        return GST_FLOW_EOS;
    }
    g_mutex_lock(&feed->lock);
    const bool is_stopped = feed->is_stopped;
    g_mutex_unlock(&feed->lock);
    GstVideoInfo info;
    GstVideoFrame frame;
    if (!is_stopped && gst_video_info_from_caps(&info, gst_sample_get_caps(sample)) &&
        gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ)) {
        take(feed, &frame);
        gst_video_frame_unmap(&frame);
    }
    gst_sample_unref(sample);
    return GST_FLOW_OK;
}

static GstFlowReturn on_view(GstAppSink *sink, gpointer data)
{
    return pull(sink, data, take_picture);
}

static GstFlowReturn on_scan(GstAppSink *sink, gpointer data)
{
    return pull(sink, data, take_frame);
}

/* --- the thread ------------------------------------------------------------------------------------------- */

static void attach(UiCameraFeed *feed, GstElement *pipeline)
{
    GstAppSinkCallbacks view = {.new_sample = on_view}, scan = {.new_sample = on_scan};
    GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "view");
    gst_app_sink_set_callbacks(GST_APP_SINK(sink), &view, feed_ref(feed), feed_unref);
    gst_object_unref(sink);
    sink = gst_bin_get_by_name(GST_BIN(pipeline), "scan");
    gst_app_sink_set_callbacks(GST_APP_SINK(sink), &scan, feed_ref(feed), feed_unref);
    gst_object_unref(sink);
    GstElement *queue = gst_bin_get_by_name(GST_BIN(pipeline), "view_queue");
    GstPad *pad = gst_element_get_static_pad(queue, "sink");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_view_buffer, feed_ref(feed), feed_unref);
    gst_object_unref(pad);
    gst_object_unref(queue);
}

static bool is_stopped(UiCameraFeed *feed)
{
    g_mutex_lock(&feed->lock);
    const bool stopped = feed->is_stopped;
    g_mutex_unlock(&feed->lock);
    return stopped;
}

static void fail(UiCameraFeed *feed, char *sentence)
{
    g_mutex_lock(&feed->lock);
    g_free(feed->news.failure);
    feed->news.failure = sentence;
    wake(feed);
    g_mutex_unlock(&feed->lock);
}

/* What a message of the bus means: NULL to go on, else why the feed ends. */
static char *read_message(UiCameraFeed *feed, GstElement *pipeline, GstMessage *message,
                          bool repeats, char **missing)
{
    const GstStructure *structure = gst_message_get_structure(message);
    switch ((int)GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR: {
        g_autoptr(GError) error = NULL;
        gst_message_parse_error(message, &error, NULL);
        return *missing != NULL ? ui_camera_source_explain_decoder(feed->source, *missing)
                                : ui_camera_source_explain(feed->source, error);
    }
    case GST_MESSAGE_EOS:
        if (repeats && now_ms() - feed->begun_ms > REPEAT_MS &&
            gst_element_seek_simple(pipeline, GST_FORMAT_TIME,
                                    GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT, 0)) {
            feed->begun_ms = now_ms();
            return NULL;
        }
        return ui_camera_source_explain_silence(feed->source);
    case GST_MESSAGE_ELEMENT:
        if (structure != NULL && gst_structure_has_name(structure, "missing-plugin")) {
            g_free(*missing);
            *missing = g_strdup(gst_structure_get_string(structure, "name"));
        }
        return NULL;
    default:
        return NULL;
    }
}

/* Until it is stopped or fails. Returns why it failed, or NULL. Owned. */
static char *watch(UiCameraFeed *feed, GstElement *pipeline, bool repeats)
{
    g_autofree char *missing = NULL;
    const int64_t start = feed->begun_ms = now_ms();
    char *why = NULL;
    while (why == NULL && !is_stopped(feed)) {
        GstMessage *message = gst_bus_timed_pop(feed->bus, LOOK_MS * GST_MSECOND);
        if (message != NULL) {
            why = read_message(feed, pipeline, message, repeats, &missing);
            gst_message_unref(message);
            continue;
        }
        const int64_t frame = __atomic_load_n(&feed->frame_ms, __ATOMIC_RELAXED);
        const int64_t silence = now_ms() - (frame != 0 ? frame : start);
        if (silence > (int64_t)feed->silence_ms * (frame != 0 ? 1 : START_FACTOR)) {
            why = missing != NULL ? ui_camera_source_explain_decoder(feed->source, missing)
                                  : ui_camera_source_explain_silence(feed->source);
        }
    }
    return why;
}

#define CLOSE_TRIES 10

static void close_element(const GValue *value, gpointer user)
{
    gst_element_set_state(g_value_get_object(value), GST_STATE_NULL);
}

/* Closes all of it. An element that failed on its way up can stay behind when the pipeline goes down, so each is told as
 * well. */
static void close_pipeline(GstElement *pipeline)
{
    GstState state = GST_STATE_VOID_PENDING;
    for (int tries = 0; tries < CLOSE_TRIES && state != GST_STATE_NULL; tries++) {
        gst_element_set_state(pipeline, GST_STATE_NULL);
        gst_element_get_state(pipeline, &state, NULL, LOOK_MS * GST_MSECOND);
    }
    GstIterator *elements = gst_bin_iterate_elements(GST_BIN(pipeline));
    while (gst_iterator_foreach(elements, close_element, NULL) == GST_ITERATOR_RESYNC) {
        gst_iterator_resync(elements);
    }
    gst_iterator_free(elements);
    gst_object_unref(pipeline);
}

static char *run(UiCameraFeed *feed)
{
    g_autoptr(GError) error = NULL;
    bool repeats = false;
    if (!gst_init_check(NULL, NULL, &error)) {
        return g_strdup(error->message);
    }
    GstElement *pipeline = ui_camera_source_build(feed->source, &repeats, &error);
    if (pipeline == NULL) {
        return g_strdup(error->message);
    }
    g_mutex_lock(&feed->lock);
    feed->bus = gst_element_get_bus(pipeline);
    g_mutex_unlock(&feed->lock);
    attach(feed, pipeline);
    char *why = NULL;
    if (!is_stopped(feed)) {
        /* A failure has posted its reason on the bus as well. */
        gst_element_set_state(pipeline, GST_STATE_PLAYING);
        why = watch(feed, pipeline, repeats);
    }
    close_pipeline(pipeline);
    return why;
}

static gpointer feed_main(gpointer data)
{
    UiCameraFeed *feed = data;
    char *why = run(feed);
    if (why != NULL) {
        fail(feed, why);
    }
    g_mutex_lock(&feed->lock);
    feed->is_closed = true;
    g_cond_broadcast(&feed->changed);
    g_mutex_unlock(&feed->lock);
    feed_unref(feed);
    return NULL;
}

UiCameraFeed *ui_camera_feed_new(UiCameraSource *source, UiCameraReader *reader, int silence_ms,
                                 void (*on_news)(gpointer user), gpointer user)
{
    UiCameraFeed *feed = g_new0(UiCameraFeed, 1);
    g_atomic_ref_count_init(&feed->references);
    g_mutex_init(&feed->lock);
    g_cond_init(&feed->changed);
    feed->source = source;
    feed->reader = ui_camera_reader_ref(reader);
    feed->silence_ms = silence_ms;
    feed->luma = g_byte_array_new();
    feed->news.counted = symbols_new();
    feed->on_news = on_news;
    feed->user = user;
    g_thread_unref(g_thread_new("camera", feed_main, feed_ref(feed)));
    return feed;
}

void ui_camera_feed_stop(UiCameraFeed *feed)
{
    g_mutex_lock(&feed->lock);
    feed->is_stopped = true;
    if (feed->bus != NULL) {
        gst_bus_post(feed->bus,
                     gst_message_new_application(NULL, gst_structure_new_empty(STOP_MESSAGE)));
    }
    g_mutex_unlock(&feed->lock);
}

void ui_camera_feed_free(UiCameraFeed *feed, bool wait)
{
    if (feed == NULL) {
        return;
    }
    const int64_t until = g_get_monotonic_time() + WAIT_MS * G_TIME_SPAN_MILLISECOND;
    g_mutex_lock(&feed->lock);
    g_assert(feed->is_stopped);
    while (wait && !feed->is_closed && g_cond_wait_until(&feed->changed, &feed->lock, until)) {
    }
    g_mutex_unlock(&feed->lock);
    feed_unref(feed);
}

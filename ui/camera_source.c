/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the descriptions of pipelines and the words for what goes wrong in them. */
#include "ui/camera_source.h"

#include "pos/bounds.h"
#include "pos/error.h"
#include "ui/camera_device.h"
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define ANSWER_SECONDS 5    /* a network camera that is silent for longer is asked again */
#define RTSP_LATENCY_MS 100 /* packets out of order wait this long */

#define SCAN_WIDTH_MAX 1920 /* as in BOUNDED */
#define SCAN_HEIGHT_MAX 1080

/* One frame waits, the newest. */
#define NEWEST " ! queue leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0"
#define BOUNDED                                                                                    \
    " ! videoscale ! video/x-raw,width=[16,1920],height=[16,1080],pixel-aspect-ratio=1/1"
/* Formats whose luma can be read in place; YUY2 and UYVY have it in every second byte. */
#define LUMA                                                                                       \
    " ! videoconvert"                                                                              \
    " ! video/x-raw,format={GRAY8,NV12,I420,YV12,NV21,NV16,Y42B,Y444,YUY2,UYVY}"
#define BRANCHES                                                                                   \
    " ! tee name=t"                                                                                \
    " t." NEWEST " name=view_queue ! videoscale add-borders=true"                                  \
    " ! video/x-raw,width=480,height=270,pixel-aspect-ratio=1/1"                                   \
    " ! videoconvert ! video/x-raw,format=RGBA"                                                    \
    " ! appsink name=view max-buffers=1 drop=true sync=false"                                      \
    " t." NEWEST BOUNDED LUMA " ! appsink name=scan max-buffers=1 drop=true sync=false"
#define DECODE "decodebin name=decode expose-all-streams=false caps=video/x-raw"

/* --- names ------------------------------------------------------------------------------------------------ */

/* Scheme and host only: user name, password, and what may be a key in the query, are not for the screen. */
static char *without_secrets(const char *address)
{
    g_autoptr(GUri) uri =
        g_uri_parse(address, G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_HAS_PASSWORD, NULL);
    if (uri == NULL || g_uri_get_host(uri) == NULL) {
        return g_strndup(address, strcspn(address, ":"));
    }
    return g_uri_join(G_URI_FLAGS_NONE, g_uri_get_scheme(uri), NULL, g_uri_get_host(uri),
                      g_uri_get_port(uri), g_uri_get_path(uri), NULL, NULL);
}

static UiCameraSource *source_new(UiCameraSourceKind kind, const char *where, char *shown,
                                  char *folder)
{
    UiCameraSource *source = g_new0(UiCameraSource, 1);
    *source = (UiCameraSource){kind, g_strdup(where), shown, folder};
    return source;
}

UiCameraSource *ui_camera_source_parse(const char *text, GError **error)
{
    static const char *const schemes[] = {"rtsp", "rtspt", "rtsps", "http", "https"};
    if (text == NULL || text[0] == '\0') {
        return source_new(UI_CAMERA_SOURCE_DEVICE, "", g_strdup(""), g_strdup("/dev"));
    }
    g_autofree char *scheme = g_uri_parse_scheme(text);
    if (scheme != NULL && strstr(text, "://") != NULL) {
        for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
            if (g_ascii_strcasecmp(scheme, schemes[i]) == 0 &&
                g_uri_is_valid(text, G_URI_FLAGS_PARSE_RELAXED, NULL)) {
                return source_new(UI_CAMERA_SOURCE_ADDRESS, text, without_secrets(text), NULL);
            }
        }
        g_autofree char *path = g_filename_from_uri(text, NULL, NULL);
        if (path != NULL) {
            return ui_camera_source_parse(path, error);
        }
        g_autofree char *shown = without_secrets(text);
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("“%s” is no camera; give a device, a file, or an address that begins with "
                      "rtsp:// or http://."),
                    shown);
        return NULL;
    }
    g_autofree char *shown = g_filename_display_name(text);
    if (g_str_has_prefix(text, "/dev/")) {
        return source_new(UI_CAMERA_SOURCE_DEVICE, text, g_steal_pointer(&shown), g_strdup("/dev"));
    }
    return source_new(UI_CAMERA_SOURCE_FILE, text, g_steal_pointer(&shown),
                      g_path_get_dirname(text));
}

void ui_camera_source_free(UiCameraSource *source)
{
    if (source != NULL) {
        g_free(source->where);
        g_free(source->shown);
        g_free(source->folder);
        g_free(source);
    }
}

bool ui_camera_source_is_name(const UiCameraSource *source, const char *name)
{
    if (source->where[0] == '\0') {
        return g_str_has_prefix(name, "video");
    }
    g_autofree char *base = g_path_get_basename(source->where);
    return strcmp(base, name) == 0;
}

/* --- pipelines -------------------------------------------------------------------------------------------- */

/* A stream whose header claims more pixels than the decoder takes is not decoded at all. */
static gboolean on_autoplug_continue(GstElement *decode, GstPad *pad, GstCaps *caps, gpointer user)
{
    const GstStructure *format =
        gst_caps_get_size(caps) > 0 ? gst_caps_get_structure(caps, 0) : NULL;
    int width = 0, height = 0;
    if (format != NULL && gst_structure_get_int(format, "width", &width) &&
        gst_structure_get_int(format, "height", &height) &&
        (int64_t)width * height > POS_BOUND_IMAGE_PIXELS) {
        GST_ELEMENT_ERROR(decode, RESOURCE, NO_SPACE_LEFT,
                          ("%d x %d pixels are too many", width, height), (NULL));
        return FALSE;
    }
    return TRUE;
}

/* jpegdec's own choice of arithmetic is fast and wrong: sharp edges of modules at the limit of its range turn over, and a
 * clean QR code is not readable any more. */
static void on_deep_element_added(GstBin *pipeline, GstBin *in, GstElement *element, gpointer user)
{
    GstElementFactory *factory = gst_element_get_factory(element);
    if (factory != NULL && strcmp(GST_OBJECT_NAME(factory), "jpegdec") == 0) {
        gst_util_set_object_arg(G_OBJECT(element), "idct-method", "islow");
    }
}

static GstElement *launch(const char *description, GError **error)
{
    g_autoptr(GError) reason = NULL;
    GstElement *pipeline =
        gst_parse_launch_full(description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &reason);
    if (pipeline == NULL) {
        g_set_error(
            error, POS_ERROR, POS_ERROR_FAILED,
            _("The camera cannot be used, since a part of GStreamer is missing (%s); install "
              "gstreamer1.0-plugins-base and gstreamer1.0-plugins-good."),
            reason->message);
        return NULL;
    }
    g_signal_connect(pipeline, "deep-element-added", G_CALLBACK(on_deep_element_added), NULL);
    GstElement *decode = gst_bin_get_by_name(GST_BIN(pipeline), "decode");
    if (decode != NULL) {
        g_signal_connect(decode, "autoplug-continue", G_CALLBACK(on_autoplug_continue), NULL);
        gst_object_unref(decode);
    }
    return pipeline;
}

static void set_string(GstElement *pipeline, const char *name, const char *property,
                       const char *value)
{
    GstElement *element = gst_bin_get_by_name(GST_BIN(pipeline), name);
    g_object_set(element, property, value, NULL);
    gst_object_unref(element);
}

/* A large picture is made smaller once, not for each frame. To an exact size: left a choice, the scaler takes the
 * preview's. Owned. */
static char *shrink(int width, int height)
{
    if (width <= SCAN_WIDTH_MAX && height <= SCAN_HEIGHT_MAX) {
        return g_strdup("");
    }
    const double share = MIN((double)SCAN_WIDTH_MAX / width, (double)SCAN_HEIGHT_MAX / height);
    return g_strdup_printf(" ! videoscale ! video/x-raw,width=%d,height=%d",
                           MAX((int)(width * share), 16), MAX((int)(height * share), 16));
}

static GstElement *build_file(const UiCameraSource *source, bool *out_repeats, GError **error)
{
    if (!g_file_test(source->where, G_FILE_TEST_IS_REGULAR)) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("There is no picture or video at %s; it is shown as soon as it is there."),
                    source->shown);
        return NULL;
    }
    int width = 0, height = 0;
    const bool is_picture = gdk_pixbuf_get_file_info(source->where, &width, &height) != NULL;
    if (is_picture && (int64_t)width * height > POS_BOUND_IMAGE_PIXELS) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The picture %s has more than %d million pixels; give a smaller one."),
                    source->shown, POS_BOUND_IMAGE_PIXELS / 1000000);
        return NULL;
    }
    *out_repeats = !is_picture;
    g_autofree char *scale = is_picture ? shrink(width, height) : NULL;
    g_autofree char *description =
        is_picture
            ? g_strconcat("filesrc name=source ! " DECODE, scale,
                          " ! videoconvert ! video/x-raw,format=I420"
                          " ! imagefreeze is-live=true ! video/x-raw,framerate=30/1" BRANCHES,
                          NULL)
            : g_strdup("filesrc name=source ! " DECODE " ! identity sync=true" BRANCHES);
    GstElement *pipeline = launch(description, error);
    if (pipeline != NULL) {
        set_string(pipeline, "source", "location", source->where);
    }
    return pipeline;
}

static void on_source_setup(GstElement *decode, GstElement *source, gpointer user)
{
    const char *factory = GST_OBJECT_NAME(gst_element_get_factory(source));
    if (g_strcmp0(factory, "rtspsrc") == 0) {
        g_object_set(source, "latency", RTSP_LATENCY_MS, "drop-on-latency", TRUE, "tcp-timeout",
                     (guint64)ANSWER_SECONDS * G_USEC_PER_SEC, NULL);
    } else if (g_strcmp0(factory, "souphttpsrc") == 0) {
        g_object_set(source, "is-live", TRUE, "do-timestamp", TRUE, "timeout", ANSWER_SECONDS,
                     "retries", 0, NULL);
    }
}

static GstElement *build_address(const UiCameraSource *source, GError **error)
{
    GstElement *pipeline = launch(
        "uridecodebin name=decode expose-all-streams=false caps=video/x-raw" BRANCHES, error);
    if (pipeline != NULL) {
        GstElement *decode = gst_bin_get_by_name(GST_BIN(pipeline), "decode");
        g_signal_connect(decode, "source-setup", G_CALLBACK(on_source_setup), NULL);
        g_object_set(decode, "uri", source->where, NULL);
        gst_object_unref(decode);
    }
    return pipeline;
}

/* What the device offers is known once it is open. */
static GstCaps *ask_mode(const char *path)
{
    GstElement *probe = gst_element_factory_make("v4l2src", NULL);
    if (probe == NULL) {
        return NULL;
    }
    g_object_set(probe, "device", path, NULL);
    GstCaps *mode = NULL;
    if (gst_element_set_state(probe, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE) {
        GstPad *pad = gst_element_get_static_pad(probe, "src");
        g_autoptr(GstCaps) modes = gst_pad_query_caps(pad, NULL);
        gst_object_unref(pad);
        mode = ui_camera_device_choose_mode(modes);
    }
    gst_element_set_state(probe, GST_STATE_NULL);
    gst_object_unref(probe);
    return mode;
}

static GstElement *build_device(const UiCameraSource *source, GError **error)
{
    g_autofree char *path =
        source->where[0] != '\0' ? g_strdup(source->where) : ui_camera_device_find(error);
    if (path == NULL) {
        return NULL;
    }
    g_autoptr(GstCaps) mode = ask_mode(path);
    const bool jpeg =
        mode != NULL && gst_structure_has_name(gst_caps_get_structure(mode, 0), "image/jpeg");
    GstElement *pipeline = launch(jpeg ? "v4l2src name=source ! capsfilter name=mode" NEWEST
                                         " ! jpegdec idct-method=islow" BRANCHES
                                       : "v4l2src name=source ! capsfilter name=mode" BRANCHES,
                                  error);
    if (pipeline != NULL) {
        set_string(pipeline, "source", "device", path);
        GstElement *filter = gst_bin_get_by_name(GST_BIN(pipeline), "mode");
        if (mode != NULL) {
            g_object_set(filter, "caps", mode, NULL);
        }
        gst_object_unref(filter);
    }
    return pipeline;
}

GstElement *ui_camera_source_build(const UiCameraSource *source, bool *out_repeats, GError **error)
{
    *out_repeats = false;
    switch (source->kind) {
    case UI_CAMERA_SOURCE_DEVICE:
        return build_device(source, error);
    case UI_CAMERA_SOURCE_FILE:
        return build_file(source, out_repeats, error);
    case UI_CAMERA_SOURCE_ADDRESS:
        return build_address(source, error);
    }
    g_assert_not_reached();
}

/* --- words ------------------------------------------------------------------------------------------------- */

char *ui_camera_source_explain_silence(const UiCameraSource *source)
{
    switch (source->kind) {
    case UI_CAMERA_SOURCE_DEVICE:
        return g_strdup(_(
            "The camera gives no picture; check its cable. It starts by itself when it is back."));
    case UI_CAMERA_SOURCE_FILE:
        return g_strdup_printf(_("%s is no picture or video that can be read."), source->shown);
    case UI_CAMERA_SOURCE_ADDRESS:
        return g_strdup_printf(
            _("The camera at %s does not answer; it starts by itself when it is back."),
            source->shown);
    }
    g_assert_not_reached();
}

char *ui_camera_source_explain_decoder(const UiCameraSource *source, const char *what)
{
    return g_strdup_printf(
        /* Translators: the first %s is an address or file, the second a format such as "H.264 decoder". */
        _("What %s sends needs a part that is not installed (%s); install gstreamer1.0-libav."),
        source->shown[0] != '\0' ? source->shown : "/dev/video", what);
}

char *ui_camera_source_explain(const UiCameraSource *source, const GError *error)
{
    if (g_error_matches(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY)) {
        return g_strdup(
            _("Another program uses the camera; close it, and it starts here by itself."));
    }
    if (g_error_matches(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED)) {
        return g_strdup_printf(_("The camera at %s refuses the user name or the password."),
                               source->shown);
    }
    if (g_error_matches(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT)) {
        return g_strdup_printf(_("%s has too many pixels in a picture; set it to 1280x720."),
                               source->shown);
    }
    return ui_camera_source_explain_silence(source);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a camera is named by, and the pipeline that reads it. The text is "" for the machine's first camera, a device
 * (/dev/video2), a picture or video file, or the address of a network camera (rtsp, rtsps, http, https). Any thread. */
#pragma once
#include <gst/gst.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef enum {
    UI_CAMERA_SOURCE_DEVICE,
    UI_CAMERA_SOURCE_FILE,
    UI_CAMERA_SOURCE_ADDRESS,
} UiCameraSourceKind;

typedef struct {
    UiCameraSourceKind kind;
    char *where; /* path or address; "" the first device */
    char *shown; /* the same for people: without user name and password */
    char *
        folder; /* something new in this folder may be the camera coming back; NULL for an address */
} UiCameraSource;

/* text: nullable. POS_ERROR_INVALID names an address of a kind that is not read. */
UiCameraSource *ui_camera_source_parse(const char *text, GError **error);
void ui_camera_source_free(UiCameraSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UiCameraSource, ui_camera_source_free)

/* True when a file of this name, new in the folder, may be this source. */
bool ui_camera_source_is_name(const UiCameraSource *source, const char *name);

/* A pipeline with two appsinks: "view" (RGBA of UI_CAMERA_VIEW_*) and "scan" (a format whose luma can be read in place, at
 * most 1920x1080). Only the newest frame waits anywhere. Blocks while a device is opened. Owned, state NULL or READY.
 * *out_repeats: it ends and may begin anew (a video file). Errors are one sentence. */
GstElement *ui_camera_source_build(const UiCameraSource *source, bool *out_repeats, GError **error);

/* One sentence for people about a pipeline's error. Owned. */
char *ui_camera_source_explain(const UiCameraSource *source, const GError *error);
/* Nothing has come for a while, or the stream ended. Owned. */
char *ui_camera_source_explain_silence(const UiCameraSource *source);
/* A decoder is not installed. what: as GStreamer names it. Owned. */
char *ui_camera_source_explain_decoder(const UiCameraSource *source, const char *what);

#define UI_CAMERA_VIEW_WIDTH 480
#define UI_CAMERA_VIEW_HEIGHT 270

G_END_DECLS

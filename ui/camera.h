/* SPDX-License-Identifier: GPL-3.0-or-later
 * The camera: frames to codes and to a picture. GStreamer is loaded when it is first started. A camera that goes away is
 * looked for until it is back. The picture with the outlines of codes over it is a GdkPaintable. Main thread.
 *
 * Signals: "scanned" (GBytes, as a scanner sends it, AIM identifier first), once for each code that comes into view;
 * "changed": state or sentence. */
#pragma once
#include <gtk/gtk.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define UI_TYPE_CAMERA (ui_camera_get_type())
G_DECLARE_FINAL_TYPE(UiCamera, ui_camera, UI, CAMERA, GObject)

typedef enum {
    UI_CAMERA_OFF,
    UI_CAMERA_STARTING, /* no picture yet */
    UI_CAMERA_LIVE,
    UI_CAMERA_LOST, /* none to be had; it is tried again by itself */
} UiCameraState;

UiCamera *ui_camera_new(void);
/* source: see ui/camera_source.h; nullable. Never fails: what hinders is the sentence. Nothing when it is running. */
void ui_camera_start(UiCamera *self, const char *source);
/* Nothing when it is off. The device closes in the background. */
void ui_camera_stop(UiCamera *self);
/* Stops and waits until the device is closed, two seconds at the most: before the program ends. */
void ui_camera_close(UiCamera *self);
UiCameraState ui_camera_state(UiCamera *self);
bool ui_camera_is_running(UiCamera *self);
/* What to read where there is no picture: that it starts, or what is wrong and what to do. "" while there is one. Borrowed until
 * it changes. */
const char *ui_camera_sentence(UiCamera *self);

/* What became of the last "scanned": its outline says so. */
void ui_camera_set_verdict(UiCamera *self, bool taken);
/* A handheld scanner read this: the same article in view within a second is that scan. Nothing when it is off. */
void ui_camera_trigger(UiCamera *self, const char *text, gsize length);

/* Milliseconds until the next try after so many failures in a row: 500, doubling, at most 5000. */
guint ui_camera_backoff_ms(guint failures);

G_END_DECLS

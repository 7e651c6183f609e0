/* SPDX-License-Identifier: GPL-3.0-or-later
 * The camera: frames to codes and to a picture. GStreamer is loaded when it is first started. Frames are read for codes
 * on GStreamer's thread, the newest only, so a slow read drops frames and never lags; the picture is a
 * GdkPaintable for the main thread. A code that stays in view counts once. Signals: "scanned" (GBytes, as a scanner
 * sends it, AIM identifier first), "failed" (one sentence). */
#pragma once
#include <gtk/gtk.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define UI_TYPE_CAMERA (ui_camera_get_type())
G_DECLARE_FINAL_TYPE(UiCamera, ui_camera, UI, CAMERA, GObject)

UiCamera *ui_camera_new(void);
/* picture_file: a PNG or JPEG shown as if a camera saw it; NULL: the machine's first video device. */
bool ui_camera_start(UiCamera *self, const char *picture_file, GError **error);
/* Nothing when it is not running. */
void ui_camera_stop(UiCamera *self);
bool ui_camera_is_running(UiCamera *self);

G_END_DECLS

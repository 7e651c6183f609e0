/* SPDX-License-Identifier: GPL-3.0-or-later
 * The camera's picture on a screen, or in its place one sentence: that it starts, or what is wrong with it. Main thread. */
#pragma once
#include "ui/camera.h"

G_BEGIN_DECLS

#define UI_TYPE_CAMERA_VIEW (ui_camera_view_get_type())
G_DECLARE_FINAL_TYPE(UiCameraView, ui_camera_view, UI, CAMERA_VIEW, GtkWidget)

/* A reference is taken; NULL takes it away. It is shown while the camera is running. */
void ui_camera_view_set_camera(UiCameraView *self, UiCamera *camera);

G_END_DECLS

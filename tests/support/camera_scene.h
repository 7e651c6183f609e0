/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a camera sees, for tests: drawn frames with codes, as pictures, videos, and from a network camera that can
 * be switched off and on. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct {
    uint8_t *pixels; /* grey */
    int width, height;
} CameraScene;

/* An empty counter. */
CameraScene *camera_scene_new(int width, int height);
void camera_scene_free(CameraScene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CameraScene, camera_scene_free)
/* x, y: the code's corner; module: pixels. */
void camera_scene_add_qr(CameraScene *scene, const char *text, int x, int y, int module);
/* digits: 13 with check digit. */
void camera_scene_add_ean13(CameraScene *scene, const char *digits, int x, int y, int module);
/* As PNG by the file's name, else JPEG. */
void camera_scene_save(const CameraScene *scene, const char *path);
GBytes *camera_scene_jpeg(const CameraScene *scene);

/* `scenes`, each for `counts` frames of 30 a second, as a Matroska file of JPEG pictures. */
void camera_scene_save_video(CameraScene *const *scenes, const int *counts, gsize scenes_count,
                             const char *path);

/* A network camera: MJPEG over HTTP, as many of them speak. It needs the main loop. */
typedef struct CameraServer CameraServer;
/* port 0: any free one. frame_ms 0: as fast as it is read. */
CameraServer *camera_server_new(uint16_t port, GBytes *jpeg, guint frame_ms);
uint16_t camera_server_port(CameraServer *server);
/* Frames sent in all. */
guint camera_server_frames(CameraServer *server);
/* Sends nothing more, and says nothing, as a camera does that hangs. */
void camera_server_hang(CameraServer *server);
/* Cuts its connections. */
void camera_server_free(CameraServer *server);

G_END_DECLS

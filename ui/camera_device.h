/* SPDX-License-Identifier: GPL-3.0-or-later
 * Video devices of this machine (V4L2): which node is a camera, and in which mode it is asked to work. Any thread. */
#pragma once
#include <gst/gst.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* True when a node with these capabilities (V4L2: struct v4l2_capability, the node's own) gives pictures. A camera has
 * further nodes for its metadata, and codecs have nodes too. */
bool ui_camera_device_captures(uint32_t capabilities);

/* The lowest-numbered /dev/videoN that gives pictures. Owned. POS_ERROR_NOT_FOUND when there is none,
 * POS_ERROR_FAILED when this user may not open the only ones there are. */
char *ui_camera_device_find(GError **error);

/* The mode of `modes` (what the device offers) that reads codes best: a picture of 1280x720 or the nearest, at least 15 a
 * second where there is such, then the format that costs least to read. Fixed caps, video/x-raw or image/jpeg. Owned; NULL when
 * the device offers neither. */
GstCaps *ui_camera_device_choose_mode(const GstCaps *modes);

G_END_DECLS

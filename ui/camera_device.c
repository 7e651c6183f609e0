/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what is known of V4L2. */
#include "ui/camera_device.h"

#include "pos/error.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <linux/videodev2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NODES_MAX 64
#define WISH_WIDTH 1280
#define WISH_HEIGHT 720
#define WISH_RATE 15 /* pictures a second that are enough */
#define BEST_RATE 30

bool ui_camera_device_captures(uint32_t capabilities)
{
    const uint32_t memory_to_memory = V4L2_CAP_VIDEO_M2M | V4L2_CAP_VIDEO_M2M_MPLANE;
    return (capabilities & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE)) != 0 &&
           (capabilities & V4L2_CAP_STREAMING) != 0 && (capabilities & memory_to_memory) == 0;
}

typedef enum { NODE_ABSENT, NODE_OTHER, NODE_FORBIDDEN, NODE_CAMERA } Node;

static Node look_at(const char *path)
{
    const int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return errno == EACCES || errno == EPERM ? NODE_FORBIDDEN : NODE_ABSENT;
    }
    struct v4l2_capability found = {0};
    const bool answers = ioctl(fd, VIDIOC_QUERYCAP, &found) == 0;
    close(fd);
    const uint32_t own =
        (found.capabilities & V4L2_CAP_DEVICE_CAPS) != 0 ? found.device_caps : found.capabilities;
    return answers && ui_camera_device_captures(own) ? NODE_CAMERA : NODE_OTHER;
}

char *ui_camera_device_find(GError **error)
{
    g_autofree char *forbidden = NULL;
    for (int i = 0; i < NODES_MAX; i++) {
        g_autofree char *path = g_strdup_printf("/dev/video%d", i);
        const Node node = look_at(path);
        if (node == NODE_CAMERA) {
            return g_steal_pointer(&path);
        }
        if (node == NODE_FORBIDDEN && forbidden == NULL) {
            forbidden = g_steal_pointer(&path);
        }
    }
    if (forbidden != NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("This user may not open the camera %s; add the user to the group “video”."),
                    forbidden);
    } else {
        g_set_error_literal(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                            _("No camera is connected; plug one in and it starts by itself."));
    }
    return NULL;
}

/* --- the mode ------------------------------------------------------------------------------------------ */

/* By what it costs to have the luma plane: there already, every second byte, to be decompressed. -1: not read. */
static int format_cost(const GstStructure *mode)
{
    static const char *const planar[] = {"NV12", "I420", "YV12", "NV21", "GRAY8", "NV16"};
    static const char *const packed[] = {"YUY2", "UYVY", "YVYU"};
    if (gst_structure_has_name(mode, "image/jpeg")) {
        return 2;
    }
    const char *format = gst_structure_get_string(mode, "format");
    if (!gst_structure_has_name(mode, "video/x-raw") || format == NULL) {
        return -1;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(planar); i++) {
        if (strcmp(format, planar[i]) == 0) {
            return 0;
        }
    }
    for (gsize i = 0; i < G_N_ELEMENTS(packed); i++) {
        if (strcmp(format, packed[i]) == 0) {
            return 1;
        }
    }
    return 3;
}

/* A mode with one value a field: size and rate as near to the wish as its ranges allow. */
static GstStructure *settle(const GstStructure *mode)
{
    GstStructure *fixed = gst_structure_copy(mode);
    gst_structure_fixate_field_nearest_int(fixed, "width", WISH_WIDTH);
    gst_structure_fixate_field_nearest_int(fixed, "height", WISH_HEIGHT);
    if (gst_structure_has_field(fixed, "framerate")) {
        gst_structure_fixate_field_nearest_fraction(fixed, "framerate", BEST_RATE, 1);
    }
    gst_structure_fixate(fixed);
    return fixed;
}

static int64_t distance(const GstStructure *mode)
{
    int width = 0, height = 0, numerator = 0, denominator = 1;
    gst_structure_get_int(mode, "width", &width);
    gst_structure_get_int(mode, "height", &height);
    gst_structure_get_fraction(mode, "framerate", &numerator, &denominator);
    /* No rate is said, or a variable one: as good as enough. */
    const bool slow = numerator > 0 && numerator < WISH_RATE * denominator;
    const int64_t pixels = (int64_t)width * height - (int64_t)WISH_WIDTH * WISH_HEIGHT;
    return (slow ? (int64_t)1 << 40 : 0) + ABS(pixels) * 4 + format_cost(mode);
}

GstCaps *ui_camera_device_choose_mode(const GstCaps *modes)
{
    GstStructure *best = NULL;
    g_autoptr(GstCaps) single = gst_caps_normalize(gst_caps_copy(modes));
    for (guint i = 0; i < gst_caps_get_size(single); i++) {
        GstStructure *mode = settle(gst_caps_get_structure(single, i));
        if (format_cost(mode) >= 0 && (best == NULL || distance(mode) < distance(best))) {
            g_clear_pointer(&best, gst_structure_free);
            best = g_steal_pointer(&mode);
        }
        g_clear_pointer(&mode, gst_structure_free);
    }
    if (best == NULL) {
        return NULL;
    }
    GstCaps *chosen = gst_caps_new_empty();
    gst_caps_append_structure(chosen, best);
    return chosen;
}

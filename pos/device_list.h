/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is plugged in: the devices that a scanner may be, for people to choose from. Reads /dev and /sys; opens
 * no device. */
#pragma once
#include "pos/device_settings.h"

G_BEGIN_DECLS

typedef struct {
    PosScannerSource source; /* SERIAL, HID or EVDEV */
    char *
        path; /* "/dev/serial/by-id/…": names that stay the same when plugged in elsewhere come first */
    char *name; /* for people; maybe the path */
} PosDeviceFound;
void pos_device_found_free(PosDeviceFound *found);

/* Owned GPtrArray of PosDeviceFound*, HID POS scanners first, then serial lines, then keyboards; at most 64. root: ""
 * for the machine, else a folder with a dev and a sys in it (for tests). */
GPtrArray *pos_device_list_scanners(const char *root);

G_END_DECLS

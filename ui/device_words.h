/* SPDX-License-Identifier: GPL-3.0-or-later
 * The values of device settings in the store's words, and which settings matter for how a device is connected. Pure. */
#pragma once
#include <stdbool.h>

/* What a person chooses instead of the value's word; the word itself where it says enough (9600, 8217). key: as of
 * pos_device_settings_key(). Borrowed, translated. */
const char *ui_device_words(const char *key, const char *value);
/* Whether the setting means anything while the device's source or protocol (the kind's first setting) is `chosen`. */
bool ui_device_matters(const char *key, const char *chosen);

/* SPDX-License-Identifier: GPL-3.0-or-later
 * What must hold of any input to pos_gs1_read(): shared by the seeded test and by libFuzzer. */
#pragma once
#include <glib.h>
#include <stdint.h>

/* Reads the bytes in several ways and aborts when a property does not hold: the input is unharmed,
 * every field is within its bounds, and what was valid reads the same when it is written out again.
 */
void gs1_property_check(const uint8_t *data, gsize size);

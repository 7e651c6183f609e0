/* SPDX-License-Identifier: GPL-3.0-or-later
 * The storage temperature of a product as its feed value writes it ("0-4 °C", "-2-4 °C", "-18 °C"). Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* Tenths of a degree Celsius. One number alone is the highest, and then min is the same. False (out untouched) for
 * NULL, "" and anything else that is no such text. */
bool pos_storage_read(const char *text, int *out_min_dc, int *out_max_dc);

G_END_DECLS

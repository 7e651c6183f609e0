/* SPDX-License-Identifier: GPL-3.0-or-later
 * A badge to print and cut out: a card of ID-1 size (ISO/IEC 7810, 85.6 x 54 mm) with a QR code and a name. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* path: ends in .pdf, else a PNG of 300 dpi. code: of pos/badge.h. name: of the operator. POS_ERROR_FAILED when it cannot
 * be written. */
bool pos_badge_card_write(const char *code, const char *name, const char *path, GError **error);

G_END_DECLS

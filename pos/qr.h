/* SPDX-License-Identifier: GPL-3.0-or-later
 * Text to a QR module matrix through libqrencode. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* size x size modules, row by row, 1 = dark, without quiet zone. Owned by the struct. */
typedef struct {
    int size;
    uint8_t *modules;
} PosQr;

/* Level M, smallest version, alphanumeric mode where the text allows. POS_ERROR_INVALID when too long. */
bool pos_qr_make(const char *text, PosQr *out, GError **error);
void pos_qr_clear(PosQr *qr);

G_END_DECLS

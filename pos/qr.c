/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the call of libqrencode. Level M: a tag gets wet and scratched, and a link with lot and date
 * still fits into 33 modules. Pure. */
#include "pos/qr.h"
#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <qrencode.h>
#include <string.h>

bool pos_qr_make(const char *text, PosQr *out, GError **error)
{
    /* Version 0: the smallest that fits. Mode 8 with case: numbers and capitals still get their
     * shorter modes. */
    QRcode *code = *text != '\0' ? QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) : NULL;
    if (code == NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("A text of %zu bytes does not fit into a QR code."), strlen(text));
        return false;
    }
    gsize count = (gsize)code->width * (gsize)code->width;
    out->size = code->width;
    out->modules = g_malloc(count);
    for (gsize i = 0; i < count; i++) {
        out->modules[i] = code->data[i] & 1;
    }
    QRcode_free(code);
    return true;
}

void pos_qr_clear(PosQr *qr)
{
    g_free(qr->modules);
    qr->modules = NULL;
    qr->size = 0;
}

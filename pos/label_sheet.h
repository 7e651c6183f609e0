/* SPDX-License-Identifier: GPL-3.0-or-later
 * Sheets of shelf tags: an A4 PDF of 3 x 7 tags a page with cutting marks. */
#pragma once
#include "pos/shelf_tag.h"

G_BEGIN_DECLS

typedef struct PosLabelSheet PosLabelSheet;

/* Begins a PDF file. POS_ERROR_FAILED when it cannot be written. dpi: of the printer, so that QR
 * modules are whole dots of it. */
PosLabelSheet *pos_label_sheet_new(const char *path, int dpi, GError **error);
/* Draws the next tag, on a new page when the last one is full. */
void pos_label_sheet_add(PosLabelSheet *sheet, const PosShelfTag *tag);
/* Ends the file. False when anything could not be written; the file is then not to be used. */
bool pos_label_sheet_finish(PosLabelSheet *sheet, GError **error);
void pos_label_sheet_free(PosLabelSheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosLabelSheet, pos_label_sheet_free)

G_END_DECLS

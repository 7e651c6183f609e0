/* SPDX-License-Identifier: GPL-3.0-or-later
 * A code of the scanner's set-up, drawn in whole pixels on white, with its name and a mark once it has arrived right.
 * Main thread. */
#pragma once
#include "pos/scanner_setup.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_CODE_PICTURE (ui_code_picture_get_type())
G_DECLARE_FINAL_TYPE(UiCodePicture, ui_code_picture, UI, CODE_PICTURE, AdwBin)

GtkWidget *ui_code_picture_new(PosSetupCode code);
void ui_code_picture_set_seen(UiCodePicture *self, gboolean seen);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Figures as files in the person's documents: a sheet of every sum, and a page to look at. */
#pragma once
#include "ui/manager.h"

G_BEGIN_DECLS

/* The path that was written, owned; NULL with an error. Amounts as decimals of the currency. */
char *ui_manager_export_csv(UiManager *manager, const json_t *figures, GError **error);
/* before: the figures to compare with; nullable. */
char *ui_manager_export_pdf(UiManager *manager, const json_t *figures, const json_t *before,
                            GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The card of all keys and of what may be typed: on the screen, and on paper through the desktop's print dialog (which also
 * writes a PDF). Signal: "closed". Main thread. */
#pragma once
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_KEY_CARD (ui_key_card_get_type())
G_DECLARE_FINAL_TYPE(UiKeyCard, ui_key_card, UI, KEY_CARD, AdwBin)

GtkWidget *ui_key_card_new(void);
/* Esc and F1 close it. TRUE when it was used. */
gboolean ui_key_card_key(UiKeyCard *self, guint keyval);
/* The card as a PDF of one A4 page. */
bool ui_key_card_save(const char *path, GError **error);

G_END_DECLS

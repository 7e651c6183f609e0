/* SPDX-License-Identifier: GPL-3.0-or-later
 * Picking goods by hand: search, categories, product tiles. It asks for tiles by the signal "query-changed" and shows
 * what it is given; a tile that stays keeps its place while its price changes. Signals: "query-changed",
 * "picked" (the GTIN), "entered" (Return in the entry). Main thread. */
#pragma once
#include "ui/till_values.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_PICKER (ui_picker_get_type())
G_DECLARE_FINAL_TYPE(UiPicker, ui_picker, UI, PICKER, AdwBin)

GtkWidget *ui_picker_new(void);
void ui_picker_set_currency(UiPicker *self, const PosCurrency *currency);
/* PosCategory*; borrowed for the call. Keeps the chosen one when it is still there. */
void ui_picker_set_categories(UiPicker *self, GPtrArray *categories);
/* UiTile*; the array's tiles are taken out of it. */
void ui_picker_set_tiles(UiPicker *self, GPtrArray *tiles);
/* What is searched for, "" all, also while a command is typed; borrowed. */
const char *ui_picker_text(UiPicker *self);
void ui_picker_set_text(UiPicker *self, const char *text);
/* The chosen category's id, NULL all; borrowed. */
const char *ui_picker_category(UiPicker *self);
/* id: NULL all. False when there is no such category. */
bool ui_picker_choose_category(UiPicker *self, const char *id);
void ui_picker_focus_search(UiPicker *self);
/* Picks the only product shown. False when there is none, or more than one. */
bool ui_picker_pick_only(UiPicker *self);
/* How many products are shown. */
guint ui_picker_shown(UiPicker *self);
/* To choose with the arrow keys. */
void ui_picker_focus_tiles(UiPicker *self);
/* The search entry, for whoever puts back what a scanner typed into it. */
GtkEditable *ui_picker_entry(UiPicker *self);
/* The items shown, UiProductItem. Borrowed. */
GListModel *ui_picker_items(UiPicker *self);

G_END_DECLS

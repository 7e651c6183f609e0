/* SPDX-License-Identifier: GPL-3.0-or-later
 * The keys of the sale screen: one table for the keyboard, the buttons' hints and the card of all keys. Letters are taken
 * with Alt, since a scanner may send control characters but never Alt with a letter. Pure. */
#pragma once
#include <gdk/gdk.h>

G_BEGIN_DECLS

typedef struct {
    const char *act; /* as ui_sale_view_act() knows it */
    guint keyval;
    GdkModifierType with; /* 0, GDK_ALT_MASK or GDK_CONTROL_MASK */
    const char *key;      /* as it is written: "F9", "Alt+B" */
    const char *label;    /* untranslated: N_() */
} UiSaleKey;

/* The whole table, in the order of the card. */
const UiSaleKey *ui_sale_keys(gsize *out_count);
/* What a key does; NULL nothing. */
const char *ui_sale_keys_find(guint keyval, GdkModifierType state);
/* The key that is written on the action's button; "" none. Static. */
const char *ui_sale_keys_hint(const char *act);

/* What may be typed, for the card: pairs of a form and its meaning (untranslated), NULL at the end. */
const char *const *ui_sale_keys_typed(void);

G_END_DECLS

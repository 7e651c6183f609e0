/* SPDX-License-Identifier: GPL-3.0-or-later
 * The table of the sale screen's keys. */
#include "ui/sale_keys.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PLAIN ((GdkModifierType)0)

static const UiSaleKey keys[] = {
    {"keys", GDK_KEY_F1, PLAIN, "F1", N_("All keys")},
    {"search", GDK_KEY_F2, PLAIN, "F2", N_("Search, type a command")},
    {"tare", GDK_KEY_F3, PLAIN, "F3", N_("Container on the scale")},
    {"quantity", GDK_KEY_F4, PLAIN, "F4", N_("Quantity of the line")},
    {"price-check", GDK_KEY_F6, PLAIN, "F6", N_("Price check")},
    {"step", GDK_KEY_F7, PLAIN, "F7", N_("What the message offers")},
    {"remove", GDK_KEY_F8, PLAIN, "F8", N_("Remove the line")},
    {"pay", GDK_KEY_F9, PLAIN, "F9", N_("Pay")},
    {"pay", GDK_KEY_F12, PLAIN, "F12", N_("Pay")},
    {"void", GDK_KEY_F10, PLAIN, "F10", N_("Void the cart")},
    {"suspend", GDK_KEY_F11, PLAIN, "F11", N_("Suspend the sale")},
    {"dismiss", GDK_KEY_Escape, PLAIN, "Esc", N_("Leave, close the message")},
    {"undo", GDK_KEY_z, GDK_CONTROL_MASK, "Ctrl+Z", N_("Undo")},
    {"undo", GDK_KEY_z, GDK_ALT_MASK, "Alt+Z", N_("Undo")},
    {"tickets", GDK_KEY_t, GDK_ALT_MASK, "Alt+T", N_("Suspended sales")},
    {"bag", GDK_KEY_b, GDK_ALT_MASK, "Alt+B", N_("Bag")},
    {"bottle", GDK_KEY_e, GDK_ALT_MASK, "Alt+E", N_("Empty bottle")},
    {"department", GDK_KEY_d, GDK_ALT_MASK, "Alt+D", N_("Department")},
    {"discount", GDK_KEY_r, GDK_ALT_MASK, "Alt+R", N_("Discount")},
    {"price", GDK_KEY_p, GDK_ALT_MASK, "Alt+P", N_("Another price")},
    {"shown", GDK_KEY_o, GDK_ALT_MASK, "Alt+O", N_("Shown price was lower")},
    {"take-back", GDK_KEY_k, GDK_ALT_MASK, "Alt+K", N_("Take back")},
    {"teach", GDK_KEY_n, GDK_ALT_MASK, "Alt+N", N_("Name an unknown item")},
    {"more", GDK_KEY_m, GDK_ALT_MASK, "Alt+M", N_("More")},
};

const UiSaleKey *ui_sale_keys(gsize *out_count)
{
    *out_count = G_N_ELEMENTS(keys);
    return keys;
}

const char *ui_sale_keys_find(guint keyval, GdkModifierType state)
{
    const GdkModifierType with = state & (GDK_ALT_MASK | GDK_CONTROL_MASK);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (keys[i].with == with && keys[i].keyval == gdk_keyval_to_lower(keyval)) {
            return keys[i].act;
        }
    }
    return NULL;
}

const char *ui_sale_keys_hint(const char *act)
{
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (strcmp(keys[i].act, act) == 0) {
            return keys[i].key;
        }
    }
    return "";
}

const char *const *ui_sale_keys_typed(void)
{
    static const char *const typed[] = {
        "4017",
        N_("the item of that PLU"),
        "3*",
        N_("the next item three times"),
        "3*4017",
        N_("that item three times"),
        "450g",
        N_("the weight that is waited for"),
        "tare 15",
        N_("grams off the next weight"),
        "-10%",
        N_("discount on the whole sale"),
        "-10% 2",
        N_("discount on line 2"),
        "qty 2 5",
        N_("line 2 five times"),
        "void 2",
        N_("takes line 2 off"),
        "price 2 4300 damaged",
        N_("another price for line 2"),
        "dept veg 3000",
        N_("goods without a code"),
        "bag 2",
        N_("two bags"),
        "undo",
        N_("takes the last step back"),
        NULL,
    };
    return typed;
}

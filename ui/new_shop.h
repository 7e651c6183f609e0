/* SPDX-License-Identifier: GPL-3.0-or-later
 * A new shop from nothing, on this machine: its central service is made beside the manager's folder, runs on from then on, and
 * gives the first code. The programs of Coster do it, as a person would at the command line. No GTK. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define UI_NEW_SHOP_PORT 8443

/* All borrowed. */
typedef struct {
    const char *name, *currency, *language, *time_zone; /* EUR, en, Europe/Berlin */
    const char *manager_name, *pin; /* the first person, "u01", of the role manager */
} UiNewShop;

/* Makes it for the manager's folder `dir`: DIR-central is the service's. *out_url and *out_code enrol this folder; owned. Seconds:
 * never on the main thread. What was half made is gone when it fails; POS_ERROR_INVALID where a word is wrong. */
bool ui_new_shop_make(const char *dir, const UiNewShop *shop, char **out_url, char **out_code,
                      GError **error);

/* Starts the service that was made for this folder, if one was and none runs yet. */
void ui_new_shop_serve(const char *dir);

G_END_DECLS

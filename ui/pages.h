/* SPDX-License-Identifier: GPL-3.0-or-later
 * The pages of a stack, one at a time: a page that is not shown is not there, neither for a screen reader nor for
 * measuring, and shows up without an animation. */
#pragma once
#include <gtk/gtk.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* Shows the page of that name; a stack without it stays as it is. */
void ui_pages_show(GtkStack *stack, const char *name);
/* The name of the page that is shown. Borrowed. */
const char *ui_pages_shown(GtkStack *stack);
/* Whether that one is shown. */
bool ui_pages_is(GtkStack *stack, const char *name);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/pages.h"

#include <string.h>

void ui_pages_show(GtkStack *stack, const char *name)
{
    GtkWidget *page = gtk_stack_get_child_by_name(stack, name);
    if (page == NULL) {
        return;
    }
    gtk_widget_set_visible(page, TRUE); /* first: a stack shows no page that is hidden */
    gtk_stack_set_visible_child(stack, page);
    for (GtkWidget *child = gtk_widget_get_first_child(GTK_WIDGET(stack)); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        if (child != page) {
            gtk_widget_set_visible(child, FALSE);
        }
    }
}

const char *ui_pages_shown(GtkStack *stack)
{
    return gtk_stack_get_visible_child_name(stack);
}

bool ui_pages_is(GtkStack *stack, const char *name)
{
    return g_strcmp0(ui_pages_shown(stack), name) == 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Small builders for screens whose rows are only known while the till runs: labels, touch buttons, sentences, paper. The
 * result is floating, as from any GTK constructor. */
#pragma once
#include <adwaita.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define UI_FORM_TOUCH 64 /* height of a button, above the 56 px that a finger needs */

GtkWidget *ui_form_box(GtkOrientation orientation, int spacing);
/* Left-aligned and wrapped; css_class nullable. */
GtkWidget *ui_form_label(const char *text, const char *css_class);
/* "clicked" calls clicked(user, button); its name for a screen reader is its label. css_class nullable. */
GtkWidget *ui_form_button(const char *label, const char *css_class, GCallback clicked,
                          gpointer user);
/* The label is name, and over two lines or more if it must be. */
void ui_form_button_name(GtkWidget *button, const char *name);
void ui_form_clear(GtkWidget *box);
/* A sentence of a kind ("error", "info", "good", "warning"); NULL or "" hides it. */
void ui_form_say(GtkLabel *label, const char *kind, const char *text);
/* A hidden label for ui_form_say(), of the role that is read aloud by itself. */
GtkWidget *ui_form_notice(void);
/* White paper that scrolls; *out_rows is the label with the rows. */
GtkWidget *ui_form_paper(GtkLabel **out_rows);
/* rows: of char*. */
void ui_form_paper_set(GtkLabel *rows, const GPtrArray *lines);

G_END_DECLS

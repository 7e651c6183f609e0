/* SPDX-License-Identifier: GPL-3.0-or-later
 * The approval screen. The first manager is chosen at once, so that a PIN and Enter are enough. */
#include "ui/approval_view.h"

#include "ui/form.h"
#include <glib/gi18n-lib.h>

struct _UiApprovalView {
    AdwBin parent;
    GtkLabel *what, *error;
    GtkWidget *people; /* box of toggle buttons */
    UiPad *pad;
    GtkToggleButton *chosen; /* borrowed */
};
G_DEFINE_FINAL_TYPE(UiApprovalView, ui_approval_view, ADW_TYPE_BIN)

static void on_toggled(GtkToggleButton *button, UiApprovalView *self)
{
    if (!gtk_toggle_button_get_active(button)) {
        return;
    }
    self->chosen = button;
    /* Translators: %s is a person's name. */
    g_autofree char *prompt =
        g_strdup_printf(_("PIN of %s"), (const char *)g_object_get_data(G_OBJECT(button), "name"));
    ui_pad_ask(self->pad, UI_PAD_SECRET, prompt, _("Approve (Enter)"));
}

static void add_person(UiApprovalView *self, const PosOperator *op)
{
    g_autofree char *words = g_strdup_printf(
        "%s\n%s", op->name, pos_operator_is_manager(op) ? _("Manager") : _("Cashier"));
    GtkWidget *button = gtk_toggle_button_new();
    ui_form_button_name(button, words);
    gtk_widget_set_size_request(button, 280, UI_FORM_TOUCH);
    gtk_widget_add_css_class(button, "operator");
    g_object_set_data_full(G_OBJECT(button), "id", g_strdup(op->id), g_free);
    g_object_set_data_full(G_OBJECT(button), "name", g_strdup(op->name), g_free);
    GtkWidget *first = gtk_widget_get_first_child(self->people);
    if (first != NULL) {
        gtk_toggle_button_set_group(GTK_TOGGLE_BUTTON(button), GTK_TOGGLE_BUTTON(first));
    }
    g_signal_connect(button, "toggled", G_CALLBACK(on_toggled), self);
    gtk_box_append(GTK_BOX(self->people), button);
}

void ui_approval_view_set_shop(UiApprovalView *self, const UiShop *shop)
{
    self->chosen = NULL;
    ui_form_clear(self->people);
    for (int managers = 1; managers >= 0; managers--) {
        for (guint i = 0; i < shop->operators->len; i++) {
            const PosOperator *op = shop->operators->pdata[i];
            if (pos_operator_is_manager(op) == (managers == 1)) {
                add_person(self, op);
            }
        }
    }
}

void ui_approval_view_begin(UiApprovalView *self, const char *what)
{
    gtk_label_set_label(self->what, what);
    ui_approval_view_show_error(self, NULL);
    GtkWidget *first = gtk_widget_get_first_child(self->people);
    ui_pad_ask(self->pad, UI_PAD_SECRET, _("PIN"), _("Approve (Enter)"));
    if (first != NULL) {
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(first), TRUE);
        on_toggled(GTK_TOGGLE_BUTTON(first), self);
    }
    ui_pad_grab(self->pad);
}

void ui_approval_view_show_error(UiApprovalView *self, const char *sentence)
{
    ui_form_say(self->error, "error", sentence);
    ui_pad_set_text(self->pad, "");
}

void ui_approval_view_badge(UiApprovalView *self, const char *badge)
{
    g_signal_emit_by_name(self, "approved", NULL, NULL, badge);
}

static void on_accepted(UiApprovalView *self, const char *text)
{
    if (self->chosen == NULL || text[0] == '\0') {
        return;
    }
    g_autofree char *id = g_strdup(g_object_get_data(G_OBJECT(self->chosen), "id"));
    g_autofree char *pin = g_strdup(text);
    g_signal_emit_by_name(self, "approved", id, pin, NULL);
}

static void on_cancel(UiApprovalView *self)
{
    g_signal_emit_by_name(self, "closed");
}

gboolean ui_approval_view_key(UiApprovalView *self, guint keyval)
{
    if (keyval == GDK_KEY_Escape) {
        on_cancel(self);
        return TRUE;
    }
    if ((keyval == GDK_KEY_Down || keyval == GDK_KEY_Up) && self->chosen != NULL) {
        GtkWidget *other = keyval == GDK_KEY_Down
                               ? gtk_widget_get_next_sibling(GTK_WIDGET(self->chosen))
                               : gtk_widget_get_prev_sibling(GTK_WIDGET(self->chosen));
        if (other != NULL) {
            gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(other), TRUE);
        }
        return TRUE;
    }
    return ui_pad_key(self->pad, keyval);
}

static void ui_approval_view_class_init(UiApprovalViewClass *class)
{
    g_signal_new("approved", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
    g_signal_new("closed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static void ui_approval_view_init(UiApprovalView *self)
{
    GtkWidget *page = ui_form_box(GTK_ORIENTATION_VERTICAL, 14);
    GtkWidget *columns = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 28);
    GtkWidget *left = ui_form_box(GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *scroller = gtk_scrolled_window_new();
    self->what = GTK_LABEL(ui_form_label("", "title-2"));
    self->error = GTK_LABEL(ui_form_notice());
    self->people = ui_form_box(GTK_ORIENTATION_VERTICAL, 8);
    self->pad = UI_PAD(ui_pad_new());
    gtk_label_set_max_width_chars(self->what, 50);
    gtk_label_set_max_width_chars(self->error, 50);
    gtk_widget_add_css_class(page, "login-page");
    gtk_widget_set_halign(page, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(page, GTK_ALIGN_CENTER);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), self->people);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_widget_set_vexpand(scroller, TRUE);
    gtk_widget_set_size_request(scroller, 300, 200);
    gtk_widget_set_size_request(GTK_WIDGET(self->pad), 300, -1);
    g_signal_connect_swapped(self->pad, "accepted", G_CALLBACK(on_accepted), self);
    gtk_box_append(GTK_BOX(left), scroller);
    gtk_box_append(GTK_BOX(left), ui_form_label(_("Or hold a badge to the scanner."), "dim-label"));
    gtk_box_append(GTK_BOX(left),
                   ui_form_button(_("Not now (Esc)"), NULL, G_CALLBACK(on_cancel), self));
    gtk_box_append(GTK_BOX(columns), left);
    gtk_box_append(GTK_BOX(columns), GTK_WIDGET(self->pad));
    gtk_box_append(GTK_BOX(page), GTK_WIDGET(self->what));
    gtk_box_append(GTK_BOX(page), GTK_WIDGET(self->error));
    gtk_box_append(GTK_BOX(page), columns);
    adw_bin_set_child(ADW_BIN(self), page);
}

GtkWidget *ui_approval_view_new(void)
{
    return g_object_new(UI_TYPE_APPROVAL_VIEW, NULL);
}

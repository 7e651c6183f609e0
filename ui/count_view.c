/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/count_view.h"

#include "pos/bounds.h"
#include "ui/closures.h"
#include "ui/form.h"
#include <glib/gi18n-lib.h>

struct _UiCountView {
    AdwBin parent;
    GtkWidget *grid; /* of toggle buttons, largest first */
    GtkLabel *total, *error;
    UiPad *pad;
    PosCurrency currency;
    PosMoney worth[POS_DENOMINATIONS_MAX]; /* largest first */
    int64_t pieces[POS_DENOMINATIONS_MAX];
    GtkWidget *rows[POS_DENOMINATIONS_MAX];
    gsize count, chosen;
    bool filling;
};
G_DEFINE_FINAL_TYPE(UiCountView, ui_count_view, ADW_TYPE_BIN)

static PosMoney worth_of(const UiCountView *self, gsize i)
{
    return pos_money(self->worth[i].minor * self->pieces[i]); /* pieces <= POS_BOUND_PIECES_MAX */
}

static void show_row(UiCountView *self, gsize i)
{
    g_autofree char *note = pos_money_format(self->worth[i], &self->currency);
    g_autofree char *sum = pos_money_format(worth_of(self, i), &self->currency);
    g_autofree char *words =
        g_strdup_printf("%s × %" G_GINT64_FORMAT " = %s", note, (gint64)self->pieces[i], sum);
    ui_form_button_name(self->rows[i], words);
}

static void show_total(UiCountView *self)
{
    int64_t sum = 0;
    for (gsize i = 0; i < self->count; i++) {
        sum += worth_of(self, i).minor;
    }
    g_autofree char *words = pos_money_format(pos_money(sum), &self->currency);
    gtk_label_set_label(self->total, words);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->total), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   words, -1);
}

static void choose(UiCountView *self, gsize i)
{
    g_autofree char *note = pos_money_format(self->worth[i], &self->currency);
    /* Translators: %s is a note or coin: how many of it are there? */
    g_autofree char *prompt = g_strdup_printf(_("How many %s?"), note);
    self->chosen = i;
    self->filling = true;
    ui_pad_ask(self->pad, UI_PAD_COUNT, prompt, _("Next (Enter)"));
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(self->rows[i]), TRUE);
    self->filling = false;
}

static void on_row(GtkToggleButton *button, UiCountView *self)
{
    if (gtk_toggle_button_get_active(button) && !self->filling) {
        choose(self, GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(button), "row")));
    }
}

/* What is typed counts at once: nothing is lost when another row is touched. */
static void on_typed(UiCountView *self)
{
    const int64_t typed = ui_parse_digits(ui_pad_text(self->pad), POS_BOUND_PIECES_MAX);
    if (!self->filling && self->count > 0) {
        self->pieces[self->chosen] = MAX(typed, 0);
        show_row(self, self->chosen);
        show_total(self);
    }
}

static void go(UiCountView *self, bool down)
{
    if (down ? self->chosen + 1 < self->count : self->chosen > 0) {
        choose(self, down ? self->chosen + 1 : self->chosen - 1);
    }
}

static void on_accepted(UiCountView *self, const char *text)
{
    go(self, true);
}

static void on_finish(UiCountView *self)
{
    g_autoptr(json_t) pieces = json_object();
    for (gsize i = 0; i < self->count; i++) {
        if (self->pieces[i] > 0) {
            g_autofree char *key =
                g_strdup_printf("%" G_GINT64_FORMAT, (gint64)self->worth[i].minor);
            json_object_set_new(pieces, key, json_integer(self->pieces[i]));
        }
    }
    g_signal_emit_by_name(self, "counted", pieces);
}

static void on_close(UiCountView *self)
{
    g_signal_emit_by_name(self, "closed");
}

bool ui_count_view_begin(UiCountView *self, const PosCurrency *currency)
{
    PosMoney all[POS_DENOMINATIONS_MAX];
    self->currency = *currency;
    self->count = pos_currency_denominations(currency, all);
    for (gsize i = 0; i < POS_DENOMINATIONS_MAX; i++) {
        if (self->rows[i] != NULL) {
            gtk_grid_remove(GTK_GRID(self->grid), self->rows[i]);
            self->rows[i] = NULL;
        }
    }
    for (gsize i = 0; i < self->count; i++) {
        self->worth[i] = all[self->count - 1 - i];
        self->pieces[i] = 0;
        self->rows[i] = gtk_toggle_button_new();
        gtk_widget_set_size_request(self->rows[i], 250, 58);
        gtk_widget_add_css_class(self->rows[i], "operator");
        gtk_widget_set_hexpand(self->rows[i], TRUE);
        g_object_set_data(G_OBJECT(self->rows[i]), "row", GSIZE_TO_POINTER(i));
        if (i > 0) {
            gtk_toggle_button_set_group(GTK_TOGGLE_BUTTON(self->rows[i]),
                                        GTK_TOGGLE_BUTTON(self->rows[0]));
        }
        show_row(self, i);
        g_signal_connect(self->rows[i], "toggled", G_CALLBACK(on_row), self);
        const gsize half = (self->count + 1) / 2;
        gtk_grid_attach(GTK_GRID(self->grid), self->rows[i], (int)(i / half), (int)(i % half), 1,
                        1);
    }
    ui_form_say(self->error, "error", NULL);
    show_total(self);
    if (self->count > 0) {
        choose(self, 0);
        ui_pad_grab(self->pad);
    }
    return self->count > 0;
}

void ui_count_view_show_error(UiCountView *self, const char *sentence)
{
    ui_form_say(self->error, "error", sentence);
}

gboolean ui_count_view_key(UiCountView *self, guint keyval)
{
    switch (keyval) {
    case GDK_KEY_Escape:
        on_close(self);
        return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_Up:
        go(self, keyval == GDK_KEY_Down);
        return TRUE;
    case GDK_KEY_F12:
        on_finish(self);
        return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter: /* an empty field is none of it */
        go(self, true);
        return TRUE;
    default:
        return ui_pad_key(self->pad, keyval);
    }
}

static void ui_count_view_class_init(UiCountViewClass *class)
{
    g_signal_new("counted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
    g_signal_new("closed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static void ui_count_view_init(UiCountView *self)
{
    GtkWidget *page = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 24);
    GtkWidget *left = ui_form_box(GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *right = ui_form_box(GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *scroller = gtk_scrolled_window_new();
    self->grid = gtk_grid_new();
    self->total = GTK_LABEL(ui_form_label("", "due"));
    self->error = GTK_LABEL(ui_form_notice());
    self->pad = UI_PAD(ui_pad_new());
    gtk_grid_set_row_spacing(GTK_GRID(self->grid), 8);
    gtk_grid_set_column_spacing(GTK_GRID(self->grid), 8);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), self->grid);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_widget_set_vexpand(scroller, TRUE);
    gtk_widget_set_hexpand(left, TRUE);
    gtk_widget_set_size_request(GTK_WIDGET(self->pad), 300, -1);
    g_signal_connect_swapped(self->pad, "accepted", G_CALLBACK(on_accepted), self);
    g_signal_connect_swapped(self->pad, "changed", G_CALLBACK(on_typed), self);
    gtk_box_append(GTK_BOX(left), ui_form_label(_("Count the drawer"), "title-2"));
    gtk_box_append(GTK_BOX(left), GTK_WIDGET(self->error));
    gtk_box_append(GTK_BOX(left), scroller);
    gtk_box_append(GTK_BOX(right), ui_form_label(_("Counted"), "total-word"));
    gtk_box_append(GTK_BOX(right), GTK_WIDGET(self->total));
    gtk_box_append(GTK_BOX(right), GTK_WIDGET(self->pad));
    gtk_box_append(GTK_BOX(right), ui_form_button(_("Hand in the count (F12)"), "pay",
                                                  G_CALLBACK(on_finish), self));
    gtk_box_append(GTK_BOX(right),
                   ui_form_button(_("Back (Esc)"), NULL, G_CALLBACK(on_close), self));
    gtk_box_append(GTK_BOX(page), left);
    gtk_box_append(GTK_BOX(page), right);
    adw_bin_set_child(ADW_BIN(self), page);
}

GtkWidget *ui_count_view_new(void)
{
    return g_object_new(UI_TYPE_COUNT_VIEW, NULL);
}

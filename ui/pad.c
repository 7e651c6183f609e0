/* SPDX-License-Identifier: GPL-3.0-or-later
 * The number pad. Its field holds digits only; the text shown is made of them by the formatters. */
#include "ui/pad.h"

#include "ui/closures.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define FIELD_BYTES_MAX 32

struct _UiPad {
    AdwBin parent;
    GtkLabel *prompt, *display;
    GtkButton *ok, *zeros;
    GtkWidget *grid;
    UiPadKind kind;
    char text[FIELD_BYTES_MAX + 1];
    PosCurrency currency;
    GtkEditable *line; /* of a code; borrowed, nullable */
};
G_DEFINE_FINAL_TYPE(UiPad, ui_pad, ADW_TYPE_BIN)

static gsize field_length_max(UiPadKind kind)
{
    switch (kind) {
    case UI_PAD_CODE:
        return 20; /* longer codes are scanned */
    case UI_PAD_COUNT:
        return 6; /* POS_BOUND_PIECES_MAX */
    case UI_PAD_GRAMS:
        return 7; /* POS_BOUND_GRAMS_MAX */
    case UI_PAD_MONEY:
        return 12;
    case UI_PAD_SECRET:
        return FIELD_BYTES_MAX;
    case UI_PAD_DATE:
        return 8;
    }
    g_assert_not_reached();
}

static bool on_line(UiPad *self)
{
    return self->kind == UI_PAD_CODE && self->line != NULL;
}

static char *typed_date(const char *digits)
{
    GString *shown = g_string_new(NULL);
    for (gsize i = 0; digits[i] != '\0'; i++) {
        g_string_append(shown, i == 4 || i == 6 ? "-" : "");
        g_string_append_c(shown, digits[i]);
    }
    return g_string_free(shown, FALSE);
}

static void show(UiPad *self)
{
    g_autofree char *shown = NULL;
    switch (self->kind) {
    case UI_PAD_CODE:
    case UI_PAD_COUNT:
        shown = g_strdup(ui_pad_text(self));
        break;
    case UI_PAD_DATE:
        shown = typed_date(self->text);
        break;
    case UI_PAD_GRAMS:
        shown = ui_format_typed_grams(self->text);
        break;
    case UI_PAD_MONEY:
        shown = ui_format_typed_money(self->text, &self->currency);
        break;
    case UI_PAD_SECRET:
        shown = ui_format_typed_secret(self->text);
        break;
    }
    gtk_label_set_label(self->display, shown);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->display), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   shown, -1);
    g_signal_emit_by_name(self, "changed");
}

void ui_pad_set_currency(UiPad *self, const PosCurrency *currency)
{
    self->currency = *currency;
    show(self);
}

void ui_pad_ask(UiPad *self, UiPadKind kind, const char *prompt, const char *ok_label)
{
    self->kind = kind;
    self->text[0] = '\0';
    if (on_line(self)) {
        gtk_editable_set_text(self->line, "");
    }
    gtk_button_set_label(self->zeros, on_line(self) ? "×" : "00");
    gtk_actionable_set_action_target(GTK_ACTIONABLE(self->zeros), "s", on_line(self) ? "*" : "00");
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->zeros),
                                on_line(self) ? _("How many of the next item: 3 × (*)") : NULL);
    gtk_label_set_label(self->prompt, prompt);
    gtk_button_set_label(self->ok, ok_label);
    show(self);
}

void ui_pad_bind_line(UiPad *self, GtkEditable *line)
{
    self->line = line;
    g_signal_connect_object(line, "changed", G_CALLBACK(show), self, G_CONNECT_SWAPPED);
}

void ui_pad_grab(UiPad *self)
{
    if (!on_line(self)) {
        gtk_widget_grab_focus(GTK_WIDGET(self->ok));
        return;
    }
    GtkEditable *text = gtk_editable_get_delegate(self->line);
    if (GTK_IS_TEXT(text)) {
        gtk_text_grab_focus_without_selecting(GTK_TEXT(text));
        gtk_editable_set_position(self->line, -1);
    }
}

UiPadKind ui_pad_kind(UiPad *self)
{
    return self->kind;
}

const char *ui_pad_text(UiPad *self)
{
    return on_line(self) ? gtk_editable_get_text(self->line) : self->text;
}

void ui_pad_set_text(UiPad *self, const char *text)
{
    if (on_line(self)) {
        gtk_editable_set_text(self->line, text);
        return;
    }
    self->text[0] = '\0';
    for (const char *c = text; *c != '\0'; c++) {
        ui_pad_type(self, *c);
    }
    show(self);
}

void ui_pad_type(UiPad *self, char digit)
{
    const gsize length = strlen(ui_pad_text(self));
    const bool star = digit == '*' && on_line(self);
    if ((!g_ascii_isdigit(digit) && !star) || length >= field_length_max(self->kind)) {
        return;
    }
    if (on_line(self)) {
        int position = (int)g_utf8_strlen(ui_pad_text(self), -1);
        gtk_editable_insert_text(self->line, &digit, 1, &position);
        gtk_editable_set_position(self->line, position);
        return;
    }
    self->text[length] = digit;
    self->text[length + 1] = '\0';
    show(self);
}

void ui_pad_backspace(UiPad *self)
{
    const gsize length = strlen(ui_pad_text(self));
    if (on_line(self)) {
        const int end = (int)g_utf8_strlen(ui_pad_text(self), -1);
        gtk_editable_delete_text(self->line, MAX(end - 1, 0), -1);
    } else if (length > 0) {
        self->text[length - 1] = '\0';
        show(self);
    }
}

void ui_pad_accept(UiPad *self)
{
    g_autofree char *text = g_strdup(ui_pad_text(self));
    g_signal_emit_by_name(self, "accepted", text);
}

gboolean ui_pad_key(UiPad *self, guint keyval)
{
    if (keyval >= GDK_KEY_0 && keyval <= GDK_KEY_9) {
        ui_pad_type(self, (char)('0' + (keyval - GDK_KEY_0)));
        return TRUE;
    }
    if (keyval >= GDK_KEY_KP_0 && keyval <= GDK_KEY_KP_9) {
        ui_pad_type(self, (char)('0' + (keyval - GDK_KEY_KP_0)));
        return TRUE;
    }
    if ((keyval == GDK_KEY_asterisk || keyval == GDK_KEY_KP_Multiply) && on_line(self)) {
        ui_pad_type(self, '*');
        return TRUE;
    }
    const bool empty = ui_pad_text(self)[0] == '\0';
    if (keyval == GDK_KEY_BackSpace && !empty) {
        ui_pad_backspace(self);
        return TRUE;
    }
    if ((keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter) && !empty) {
        ui_pad_accept(self);
        return TRUE;
    }
    return FALSE;
}

static void action_key(GtkWidget *widget, const char *name, GVariant *parameter)
{
    const char *keys = g_variant_get_string(parameter, NULL);
    for (const char *c = keys; *c != '\0'; c++) {
        ui_pad_type(UI_PAD(widget), *c);
    }
}

static void action_backspace(GtkWidget *widget, const char *name, GVariant *parameter)
{
    ui_pad_backspace(UI_PAD(widget));
}

static void on_ok_clicked(UiPad *self)
{
    ui_pad_accept(self);
}

static void ui_pad_dispose(GObject *object)
{
    G_OBJECT_CLASS(ui_pad_parent_class)->dispose(object);
}

static void ui_pad_class_init(UiPadClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_pad_dispose;
    g_signal_new("accepted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_STRING);
    g_signal_new("changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/pad.ui");
    gtk_widget_class_bind_template_child(widget_class, UiPad, prompt);
    gtk_widget_class_bind_template_child(widget_class, UiPad, display);
    gtk_widget_class_bind_template_child(widget_class, UiPad, ok);
    gtk_widget_class_bind_template_child(widget_class, UiPad, zeros);
    gtk_widget_class_bind_template_child(widget_class, UiPad, grid);
    gtk_widget_class_bind_template_callback(widget_class, on_ok_clicked);
    gtk_widget_class_install_action(widget_class, "pad.key", "s", action_key);
    gtk_widget_class_install_action(widget_class, "pad.backspace", NULL, action_backspace);
}

static void ui_pad_init(UiPad *self)
{
    const bool known = pos_currency_from_code("KRW", &self->currency);
    g_assert(known);
    gtk_widget_init_template(GTK_WIDGET(self));
    /* A pad reads 7 8 9 in every script. */
    gtk_widget_set_direction(self->grid, GTK_TEXT_DIR_LTR);
}

GtkWidget *ui_pad_new(void)
{
    return g_object_new(UI_TYPE_PAD, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The login screen. It knows names, never PINs: the till judges what is typed. */
#include "ui/login_view.h"

#include "pos/bounds.h"
#include "ui/closures.h"
#include <glib/gi18n-lib.h>
#include <string.h>

struct _UiLoginView {
    AdwBin parent;
    GtkLabel *shop_name, *title, *error, *none;
    GtkFlowBox *operators;
    GtkWidget *who;
    UiPad *pad;
    char *chosen;
    char *shown; /* who stands on the buttons, as people_of() says it; NULL nobody yet */
    bool asks_float, locked;
    guint wait_timer;
    int64_t wait_until_us;
};
G_DEFINE_FINAL_TYPE(UiLoginView, ui_login_view, ADW_TYPE_BIN)

static GtkWidget *first_button(UiLoginView *self)
{
    GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index(self->operators, 0);
    return child != NULL ? gtk_flow_box_child_get_child(child) : NULL;
}

static void stop_waiting(UiLoginView *self)
{
    g_clear_handle_id(&self->wait_timer, g_source_remove);
}

void ui_login_view_show_error(UiLoginView *self, const char *sentence)
{
    stop_waiting(self);
    gtk_label_set_label(self->error, sentence != NULL ? sentence : "");
    gtk_widget_set_visible(GTK_WIDGET(self->error), sentence != NULL);
    ui_pad_set_text(self->pad, "");
}

static gboolean on_wait(gpointer user)
{
    UiLoginView *self = user;
    const int64_t left_us = self->wait_until_us - g_get_monotonic_time();
    if (left_us <= 0) {
        self->wait_timer = 0;
        gtk_label_set_label(self->error, _("Try the PIN again now."));
        return G_SOURCE_REMOVE;
    }
    const int seconds = (int)((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
    g_autofree char *words =
        g_strdup_printf(ngettext("Too many wrong PINs: wait %d second.",
                                 "Too many wrong PINs: wait %d seconds.", (gulong)seconds),
                        seconds);
    gtk_label_set_label(self->error, words);
    return G_SOURCE_CONTINUE;
}

void ui_login_view_show_wait(UiLoginView *self, const char *sentence, int64_t seconds)
{
    ui_login_view_show_error(self, sentence);
    if (seconds > 0) {
        self->wait_until_us = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
        self->wait_timer = g_timeout_add_seconds(1, on_wait, self);
        on_wait(self);
    }
}

static void ask_pin(UiLoginView *self, const char *name)
{
    /* Translators: %s is a person's name. */
    g_autofree char *prompt = name != NULL ? g_strdup_printf(_("PIN of %s"), name)
                                           : g_strdup(_("Choose your name first"));
    ui_pad_ask(self->pad, UI_PAD_SECRET, prompt,
               self->locked ? _("Unlock (Enter)") : _("Log in (Enter)"));
    gtk_widget_set_sensitive(GTK_WIDGET(self->pad), name != NULL);
}

static void on_operator_toggled(GtkToggleButton *button, UiLoginView *self)
{
    if (!gtk_toggle_button_get_active(button)) {
        return;
    }
    g_free(self->chosen);
    self->chosen = g_strdup(g_object_get_data(G_OBJECT(button), "id"));
    ui_login_view_show_error(self, NULL);
    ask_pin(self, g_object_get_data(G_OBJECT(button), "name"));
}

static GtkWidget *operator_button(UiLoginView *self, const PosOperator *op, GtkToggleButton *group)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *avatar = adw_avatar_new(48, op->name, TRUE);
    GtkWidget *words = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    GtkWidget *name = gtk_label_new(op->name);
    GtkWidget *role = gtk_label_new(pos_operator_is_manager(op) ? _("Manager") : _("Cashier"));
    gtk_label_set_xalign(GTK_LABEL(name), 0);
    gtk_label_set_xalign(GTK_LABEL(role), 0);
    gtk_label_set_ellipsize(GTK_LABEL(name), PANGO_ELLIPSIZE_END);
    gtk_label_set_max_width_chars(GTK_LABEL(name), 16);
    gtk_widget_add_css_class(name, "operator-name");
    gtk_widget_add_css_class(role, "dim-label");
    gtk_widget_set_valign(words, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(words), name);
    gtk_box_append(GTK_BOX(words), role);
    gtk_box_append(GTK_BOX(box), avatar);
    gtk_box_append(GTK_BOX(box), words);
    GtkWidget *button = gtk_toggle_button_new();
    gtk_button_set_child(GTK_BUTTON(button), box);
    gtk_widget_add_css_class(button, "operator");
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, op->name,
                                   -1);
    g_object_set_data_full(G_OBJECT(button), "id", g_strdup(op->id), g_free);
    g_object_set_data_full(G_OBJECT(button), "name", g_strdup(op->name), g_free);
    if (group != NULL) {
        gtk_toggle_button_set_group(GTK_TOGGLE_BUTTON(button), group);
    }
    g_signal_connect(button, "toggled", G_CALLBACK(on_operator_toggled), self);
    return button;
}

static char *people_of(const UiShop *shop)
{
    GString *people = g_string_new(NULL);
    for (guint i = 0; i < shop->operators->len; i++) {
        const PosOperator *op = shop->operators->pdata[i];
        g_string_append_printf(people, "%s\n%s\n%d\n", op->id, op->name,
                               pos_operator_is_manager(op));
    }
    return g_string_free(people, FALSE);
}

/* Comes with each version of the feed, so also while someone types a PIN: the buttons and what is typed stay as long as
 * the people are the same. */
void ui_login_view_set_shop(UiLoginView *self, const UiShop *shop)
{
    gtk_label_set_label(self->shop_name, pos_names_in(&shop->settings.names, ui_language()));
    ui_pad_set_currency(self->pad, &shop->settings.currency);
    g_autofree char *people = people_of(shop);
    if (g_strcmp0(people, self->shown) == 0) {
        return;
    }
    g_free(self->shown);
    self->shown = g_steal_pointer(&people);
    g_autofree char *chosen = g_strdup(self->chosen);
    GtkFlowBoxChild *child = NULL;
    while ((child = gtk_flow_box_get_child_at_index(self->operators, 0)) != NULL) {
        gtk_flow_box_remove(self->operators, GTK_WIDGET(child));
    }
    GtkToggleButton *group = NULL;
    for (guint i = 0; i < shop->operators->len; i++) {
        GtkWidget *button = operator_button(self, shop->operators->pdata[i], group);
        group = group != NULL ? group : GTK_TOGGLE_BUTTON(button);
        gtk_flow_box_append(self->operators, button);
        gtk_widget_set_focusable(gtk_widget_get_parent(button), FALSE);
    }
    gtk_widget_set_visible(GTK_WIDGET(self->none), shop->operators->len == 0);
    if (chosen != NULL && !self->asks_float) {
        ui_login_view_choose(self, chosen);
    }
}

bool ui_login_view_choose(UiLoginView *self, const char *operator_id)
{
    for (int i = 0;; i++) {
        GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index(self->operators, i);
        if (child == NULL) {
            return false;
        }
        GtkWidget *button = gtk_flow_box_child_get_child(child);
        if (g_strcmp0(g_object_get_data(G_OBJECT(button), "id"), operator_id) == 0) {
            gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button), TRUE);
            return true;
        }
    }
}

void ui_login_view_begin(UiLoginView *self)
{
    self->asks_float = false;
    self->locked = false;
    g_clear_pointer(&self->chosen, g_free);
    for (int i = 0;; i++) {
        GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index(self->operators, i);
        if (child == NULL) {
            break;
        }
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(gtk_flow_box_child_get_child(child)), FALSE);
    }
    gtk_label_set_label(self->title, _("Who is at the till?"));
    gtk_widget_set_visible(self->who, TRUE);
    ui_login_view_show_error(self, NULL);
    ask_pin(self, NULL);
    GtkWidget *button = first_button(self);
    if (button != NULL) {
        gtk_widget_grab_focus(button);
    }
}

void ui_login_view_begin_locked(UiLoginView *self, const char *operator_id, const char *name,
                                gsize lines)
{
    ui_login_view_begin(self);
    self->locked = true;
    g_autofree char *items = ui_format_items(lines);
    /* Translators: a person's name; then the lines in that person's open cart, as "3 items". */
    g_autofree char *title = lines > 0
                                 ? g_strdup_printf(_("Locked · %s has %s in the cart"), name, items)
                                 : g_strdup_printf(_("Locked · %s is at the till"), name);
    gtk_label_set_label(self->title, title);
    ui_login_view_choose(self, operator_id);
}

void ui_login_view_badge(UiLoginView *self, const char *badge)
{
    g_autofree char *copy = g_strdup(badge);
    const PosTillCommand value = {.verb = self->locked ? POS_TILL_UNLOCK : POS_TILL_LOGIN,
                                  .badge = copy};
    g_signal_emit_by_name(self, "command", &value);
}

void ui_login_view_ask_float(UiLoginView *self, const char *name)
{
    self->asks_float = true;
    self->locked = false;
    /* Translators: %s is a person's name. */
    g_autofree char *title = g_strdup_printf(_("Hello %s, count the drawer"), name);
    gtk_label_set_label(self->title, title);
    gtk_widget_set_visible(self->who, FALSE);
    ui_login_view_show_error(self, NULL);
    gtk_widget_set_sensitive(GTK_WIDGET(self->pad), TRUE);
    ui_pad_ask(self->pad, UI_PAD_MONEY, _("Cash in the drawer"), _("Open shift (Enter)"));
}

static void on_pad_accepted(UiLoginView *self, const char *text)
{
    if (self->asks_float) {
        const PosTillCommand value = {
            .verb = POS_TILL_OPEN_SHIFT,
            .amount = MAX(ui_parse_digits(text, POS_BOUND_AMOUNT_MINOR_MAX), 0)};
        g_signal_emit_by_name(self, "command", &value);
        return;
    }
    if (self->chosen == NULL) {
        ui_login_view_show_error(self, _("Choose your name first."));
        return;
    }
    g_autofree char *id = g_strdup(self->chosen);
    g_autofree char *pin = g_strdup(text);
    const PosTillCommand value = {
        .verb = self->locked ? POS_TILL_UNLOCK : POS_TILL_LOGIN, .operator_id = id, .pin = pin};
    g_signal_emit_by_name(self, "command", &value);
}

gboolean ui_login_view_key(UiLoginView *self, guint keyval)
{
    if (keyval == GDK_KEY_Escape && !self->asks_float && !self->locked) {
        ui_login_view_begin(self);
        return TRUE;
    }
    if (!self->asks_float && self->chosen == NULL) {
        return FALSE; /* Tab, arrows and Return choose a name */
    }
    return ui_pad_key(self->pad, keyval);
}

UiPad *ui_login_view_pad(UiLoginView *self)
{
    return self->pad;
}

static void ui_login_view_dispose(GObject *object)
{
    stop_waiting(UI_LOGIN_VIEW(object));
    g_clear_pointer(&UI_LOGIN_VIEW(object)->chosen, g_free);
    g_clear_pointer(&UI_LOGIN_VIEW(object)->shown, g_free);
    G_OBJECT_CLASS(ui_login_view_parent_class)->dispose(object);
}

static void ui_login_view_class_init(UiLoginViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_login_view_dispose;
    g_signal_new("command", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
    g_type_ensure(UI_TYPE_PAD);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/login_view.ui");
    gtk_widget_class_bind_template_child(widget_class, UiLoginView, shop_name);
    gtk_widget_class_bind_template_child(widget_class, UiLoginView, title);
    gtk_widget_class_bind_template_child(widget_class, UiLoginView, error);
    gtk_widget_class_bind_template_child(widget_class, UiLoginView, none);
    gtk_widget_class_bind_template_child(widget_class, UiLoginView, operators);
    gtk_widget_class_bind_template_child(widget_class, UiLoginView, who);
    gtk_widget_class_bind_template_child(widget_class, UiLoginView, pad);
    gtk_widget_class_bind_template_callback(widget_class, on_pad_accepted);
}

static void ui_login_view_init(UiLoginView *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    ui_login_view_begin(self);
}

GtkWidget *ui_login_view_new(void)
{
    return g_object_new(UI_TYPE_LOGIN_VIEW, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The scale's read-out and its buttons. */
#include "ui/scale_view.h"

#include "ui/closures.h"
#include <glib/gi18n-lib.h>

struct _UiScaleView {
    AdwBin parent;
    GtkWidget *box, *steady, *clear;
    GtkLabel *weight, *parts, *words;
    GtkButton *zero;
    GtkFlowBox *tares;
    char *tares_shown; /* what the buttons say: they are not made again while a finger is on them */
};
G_DEFINE_FINAL_TYPE(UiScaleView, ui_scale_view, ADW_TYPE_BIN)

static char *kilograms(int64_t grams)
{
    if (grams < 0) {
        g_autofree char *size = ui_format_quantity(pos_quantity_grams(-grams));
        return g_strdup_printf("−%s", size);
    }
    return ui_format_quantity(pos_quantity_grams(grams));
}

/* "Gross 0.462 kg, tare 0.012 kg", or that the scale itself deducts one. */
static char *parts_text(const UiScale *scale)
{
    if (scale->status.net) {
        return g_strdup(_("Net: the scale deducts a tare"));
    }
    if (scale->tare_g == 0) {
        return g_strdup("");
    }
    g_autofree char *tare = kilograms(scale->tare_g);
    if (!scale->status.has_grams) {
        /* Translators: %s is a weight. */
        return g_strdup_printf(_("Tare %s"), tare);
    }
    g_autofree char *gross = kilograms(scale->status.grams);
    /* Translators: both are weights. */
    return g_strdup_printf(_("Gross %1$s, tare %2$s"), gross, tare);
}

void ui_scale_view_show(UiScaleView *self, const UiScale *scale)
{
    const PosScaleStatus *status = &scale->status;
    const bool fault = pos_scale_condition_is_fault(status->condition);
    const bool ready = status->condition == POS_SCALE_CONDITION_READY;
    const bool only_container =
        status->stable && scale->tare_g > 0 && status->grams > 0 && status->grams <= scale->tare_g;
    const char *classes[] = {"scale-view",
                             fault                      ? "fault"
                             : ready && !only_container ? "ready"
                                                        : "waiting",
                             NULL};
    gtk_widget_set_css_classes(self->box, classes);
    g_autofree char *weight =
        status->has_grams ? kilograms(status->grams - scale->tare_g) : g_strdup("– – –");
    g_autofree char *parts = parts_text(scale);
    gtk_label_set_label(self->weight, weight);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->weight), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   weight, -1);
    gtk_label_set_label(self->parts, parts);
    gtk_widget_set_visible(GTK_WIDGET(self->parts), parts[0] != '\0');
    const char *words = only_container ? _("Put the goods into the container.")
                        : ready        ? _("It rests: the weight is taken.")
                                       : pos_scale_condition_words(status->condition);
    gtk_label_set_label(self->words, words);
    gtk_widget_set_visible(self->steady, status->stable && !fault);
    gtk_widget_set_visible(GTK_WIDGET(self->zero), status->can_zero && !fault);
    gtk_widget_set_visible(self->clear, scale->tare_g > 0 || status->net);
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "scale.container", !fault);
}

/* id: NULL for what stands on the plate. */
static GtkWidget *tare_button(const char *label, const char *id, const char *tip)
{
    GtkWidget *button = gtk_button_new_with_label(label);
    gtk_widget_set_size_request(button, -1, 56);
    gtk_widget_set_focusable(button, FALSE); /* keys stay the pad's */
    gtk_widget_set_tooltip_text(button, tip);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(button),
                                   id != NULL ? "scale.tare" : "scale.container");
    if (id != NULL) {
        gtk_actionable_set_action_target(GTK_ACTIONABLE(button), "s", id);
    }
    return button;
}

/* "box", "Box 12 g", for each container, in one text. */
static char *tares_text(const GPtrArray *tares)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; tares != NULL && i < tares->len; i++) {
        const PosTare *tare = tares->pdata[i];
        g_string_append_printf(text, "%s\n%s %d g\n", tare->id,
                               pos_names_in(&tare->names, ui_language()), (int)tare->grams);
    }
    return g_string_free(text, FALSE);
}

void ui_scale_view_set_tares(UiScaleView *self, const GPtrArray *tares)
{
    g_autofree char *text = tares_text(tares);
    if (g_strcmp0(text, self->tares_shown) == 0) {
        return;
    }
    g_free(self->tares_shown);
    self->tares_shown = g_strdup(text);
    GtkWidget *child = NULL;
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(self->tares))) != NULL) {
        gtk_flow_box_remove(self->tares, child);
    }
    gtk_flow_box_append(self->tares,
                        tare_button(_("Container F3"), NULL,
                                    _("What stands on the scale now is not charged (F3)")));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (gsize i = 0; lines[i] != NULL && lines[i + 1] != NULL; i += 2) {
        gtk_flow_box_append(self->tares, tare_button(lines[i + 1], lines[i], NULL));
    }
    for (child = gtk_widget_get_first_child(GTK_WIDGET(self->tares)); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        gtk_widget_set_focusable(child, FALSE);
    }
}

static void action_tare(GtkWidget *widget, const char *name, GVariant *parameter)
{
    g_signal_emit_by_name(widget, "tare", g_variant_get_string(parameter, NULL));
}

static void action_container(GtkWidget *widget, const char *name, GVariant *parameter)
{
    g_signal_emit_by_name(widget, "tare", "");
}

static void action_clear(GtkWidget *widget, const char *name, GVariant *parameter)
{
    g_signal_emit_by_name(widget, "tare", NULL);
}

static void action_zero(GtkWidget *widget, const char *name, GVariant *parameter)
{
    g_signal_emit_by_name(widget, "zero");
}

static void ui_scale_view_finalize(GObject *object)
{
    g_free(UI_SCALE_VIEW(object)->tares_shown);
    G_OBJECT_CLASS(ui_scale_view_parent_class)->finalize(object);
}

static void ui_scale_view_class_init(UiScaleViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->finalize = ui_scale_view_finalize;
    g_signal_new("zero", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_signal_new("tare", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_STRING);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/scale_view.ui");
    gtk_widget_class_bind_template_child(widget_class, UiScaleView, box);
    gtk_widget_class_bind_template_child(widget_class, UiScaleView, weight);
    gtk_widget_class_bind_template_child(widget_class, UiScaleView, steady);
    gtk_widget_class_bind_template_child(widget_class, UiScaleView, parts);
    gtk_widget_class_bind_template_child(widget_class, UiScaleView, words);
    gtk_widget_class_bind_template_child(widget_class, UiScaleView, zero);
    gtk_widget_class_bind_template_child(widget_class, UiScaleView, clear);
    gtk_widget_class_bind_template_child(widget_class, UiScaleView, tares);
    gtk_widget_class_install_action(widget_class, "scale.tare", "s", action_tare);
    gtk_widget_class_install_action(widget_class, "scale.container", NULL, action_container);
    gtk_widget_class_install_action(widget_class, "scale.clear", NULL, action_clear);
    gtk_widget_class_install_action(widget_class, "scale.zero", NULL, action_zero);
}

static void ui_scale_view_init(UiScaleView *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    ui_scale_view_set_tares(self, NULL);
}

GtkWidget *ui_scale_view_new(void)
{
    return g_object_new(UI_TYPE_SCALE_VIEW, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The scanner's set-up screen. What arrives is judged by pos/scanner_setup; here it is only shown. */
#include "ui/scanner_view.h"

#include "pos/device_list.h"
#include "pos/scanner_setup.h"
#include "ui/code_picture.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define ARRIVALS_MAX 4

struct _UiScannerView {
    AdwBin parent;
    GtkBox *codes, *more_codes, *arrivals, *advice;
    GtkDropDown *device, *baud, *prefix;
    GtkWidget *baud_row, *prefix_row, *nothing;
    GtkLabel *fault, *saved;
    GtkButton *save;
    UiCodePicture *pictures[POS_SETUP_CODES];
    GPtrArray *found; /* PosDeviceFound*, in the order of the drop-down after the keyboard */
    PosDeviceSettings settings;
    PosSetupState state;
    bool filling; /* the drop-downs are being set by us */
};
G_DEFINE_FINAL_TYPE(UiScannerView, ui_scanner_view, ADW_TYPE_BIN)

static const int bauds[] = {1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200};

/* --- what it says ---------------------------------------------------------------------------------- */

static void clear_box(GtkBox *box)
{
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(box))) != NULL) {
        gtk_box_remove(box, child);
    }
}

static GtkWidget *sentence_new(const char *words, const char *class)
{
    GtkWidget *label = gtk_label_new(words);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 40);
    gtk_widget_add_css_class(label, "notice");
    gtk_widget_add_css_class(label, class);
    return label;
}

static void show_advice(UiScannerView *self)
{
    g_autoptr(GPtrArray) words = pos_setup_advice(&self->state);
    const bool bad = self->state.any && (self->state.last.outcome != POS_SETUP_RIGHT);
    clear_box(self->advice);
    for (guint i = 0; i < words->len; i++) {
        const char *class = i > 0                             ? "info"
                            : bad                             ? "error"
                            : pos_setup_is_done(&self->state) ? "good"
                                                              : "info";
        gtk_box_append(self->advice, sentence_new(words->pdata[i], class));
    }
    for (int i = 0; i < POS_SETUP_CODES; i++) {
        ui_code_picture_set_seen(self->pictures[i], self->state.seen[i]);
    }
}

static char *way_of(const UiArrival *arrival, const PosSetupFinding *finding)
{
    GString *text = g_string_new(finding->aim ? finding->aim_id : _("no AIM identifier"));
    const char *end = arrival->end == '\r'   ? _("ends with Enter")
                      : arrival->end == '\n' ? _("ends with LF")
                      : arrival->end == '\t' ? _("ends with Tab")
                                             : _("ends by itself");
    g_string_append_printf(text, " · %s", end);
    if (arrival->strokes != NULL) {
        /* Translators: the longest time between two keys. */
        g_string_append_printf(text, _(" · keys at most %u ms apart"), arrival->gap_max_ms);
        if (arrival->caps_lock) {
            g_string_append_printf(text, " · %s", _("Caps Lock is on"));
        }
    }
    return g_string_free(text, FALSE);
}

static void show_arrival(UiScannerView *self, const UiArrival *arrival)
{
    g_autofree char *legible = pos_setup_legible(arrival->raw, arrival->raw_length);
    g_autofree char *way = way_of(arrival, &self->state.last);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    GtkWidget *text = gtk_label_new(legible);
    GtkWidget *detail = gtk_label_new(way);
    gtk_label_set_wrap(GTK_LABEL(text), TRUE);
    gtk_label_set_wrap_mode(GTK_LABEL(text), PANGO_WRAP_CHAR);
    gtk_label_set_lines(GTK_LABEL(text), 3);
    gtk_label_set_ellipsize(GTK_LABEL(text), PANGO_ELLIPSIZE_END);
    gtk_label_set_wrap(GTK_LABEL(detail), TRUE);
    gtk_label_set_xalign(GTK_LABEL(text), 0);
    gtk_label_set_xalign(GTK_LABEL(detail), 0);
    gtk_widget_add_css_class(text, "arrival-text");
    gtk_widget_add_css_class(detail, "line-detail");
    gtk_widget_add_css_class(box, "arrival");
    gtk_box_append(GTK_BOX(box), text);
    gtk_box_append(GTK_BOX(box), detail);
    gtk_box_prepend(self->arrivals, box);
    gtk_widget_set_visible(self->nothing, FALSE);
    int count = 0;
    for (GtkWidget *child = gtk_widget_get_first_child(GTK_WIDGET(self->arrivals)); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        if (++count > ARRIVALS_MAX) {
            gtk_box_remove(self->arrivals, child);
            break;
        }
    }
}

void ui_scanner_view_arrived(UiScannerView *self, const UiArrival *arrival)
{
    const PosSetupArrival known = {.raw = arrival->raw,
                                   .raw_length = arrival->raw_length,
                                   .strokes = arrival->strokes,
                                   .strokes_count = arrival->strokes_count,
                                   .caps_lock = arrival->caps_lock,
                                   .end = arrival->end,
                                   .framed = arrival->source == POS_SCANNER_HID,
                                   .gap_max_ms = arrival->gap_max_ms};
    pos_setup_add(&self->state, &known);
    show_arrival(self, arrival);
    show_advice(self);
    gtk_widget_set_visible(GTK_WIDGET(self->saved), FALSE);
}

/* --- what is set ----------------------------------------------------------------------------------- */

static const char *source_words(PosScannerSource source)
{
    switch (source) {
    case POS_SCANNER_SERIAL:
        return _("serial line");
    case POS_SCANNER_HID:
        return _("HID POS");
    case POS_SCANNER_EVDEV:
        return _("types, for this till alone");
    case POS_SCANNER_NONE:
    case POS_SCANNER_KEYBOARD:
        break;
    }
    return "";
}

static void show_rows(UiScannerView *self)
{
    const PosScannerSource source = self->settings.scanner.source;
    gtk_widget_set_visible(self->baud_row, source == POS_SCANNER_SERIAL);
    gtk_widget_set_visible(self->prefix_row, source != POS_SCANNER_HID);
}

/* What is set stands in the list even while it is not plugged in. */
static guint find_device(UiScannerView *self)
{
    const PosScannerSettings *scanner = &self->settings.scanner;
    if (scanner->source == POS_SCANNER_KEYBOARD || scanner->source == POS_SCANNER_NONE) {
        return 0;
    }
    for (guint i = 0; i < self->found->len; i++) {
        const PosDeviceFound *device = self->found->pdata[i];
        if (device->source == scanner->source && strcmp(device->path, scanner->path) == 0) {
            return i + 1;
        }
    }
    PosDeviceFound *device = g_new0(PosDeviceFound, 1);
    device->source = scanner->source;
    device->path = g_strdup(scanner->path);
    device->name = g_strdup(scanner->path);
    g_ptr_array_add(self->found, device);
    return self->found->len;
}

static void fill_devices(UiScannerView *self)
{
    g_clear_pointer(&self->found, g_ptr_array_unref);
    self->found = pos_device_list_scanners("");
    const guint chosen = find_device(self);
    GtkStringList *names = gtk_string_list_new(NULL);
    gtk_string_list_append(names, _("Types like a keyboard"));
    for (guint i = 0; i < self->found->len; i++) {
        const PosDeviceFound *device = self->found->pdata[i];
        g_autofree char *name =
            g_strdup_printf("%s · %s", device->name, source_words(device->source));
        gtk_string_list_append(names, name);
    }
    self->filling = true;
    gtk_drop_down_set_model(self->device, G_LIST_MODEL(names));
    gtk_drop_down_set_selected(self->device, chosen);
    self->filling = false;
    g_object_unref(names);
}

static void fill_choices(UiScannerView *self)
{
    self->filling = true;
    guint chosen = 3;
    for (guint i = 0; i < G_N_ELEMENTS(bauds); i++) {
        chosen = bauds[i] == self->settings.scanner.line.baud ? i : chosen;
    }
    gtk_drop_down_set_selected(self->baud, chosen);
    gtk_drop_down_set_selected(self->prefix, self->settings.scanner.prefix);
    self->filling = false;
    show_rows(self);
}

static void on_choice(UiScannerView *self)
{
    if (self->filling) {
        return;
    }
    PosScannerSettings *scanner = &self->settings.scanner;
    const guint chosen = gtk_drop_down_get_selected(self->device);
    memset(scanner->path, 0, sizeof scanner->path);
    if (chosen == 0 || chosen > self->found->len) {
        scanner->source = POS_SCANNER_KEYBOARD;
    } else {
        const PosDeviceFound *device = self->found->pdata[chosen - 1];
        scanner->source = device->source;
        g_strlcpy(scanner->path, device->path, sizeof scanner->path);
    }
    scanner->line.baud =
        bauds[MIN(gtk_drop_down_get_selected(self->baud), G_N_ELEMENTS(bauds) - 1)];
    scanner->prefix = (PosScannerPrefix)MIN(gtk_drop_down_get_selected(self->prefix),
                                            (guint)POS_SCANNER_PREFIX_STX);
    scanner->aim = POS_SCANNER_AIM_UNKNOWN; /* nothing is refused while it is being set up */
    show_rows(self);
    memset(&self->state, 0, sizeof self->state);
    show_advice(self);
    ui_scanner_view_set_fault(self, NULL);
    g_signal_emit_by_name(self, "try", &self->settings);
}

static void on_look_again(UiScannerView *self)
{
    fill_devices(self);
}

const PosDeviceSettings *ui_scanner_view_settings(UiScannerView *self)
{
    return &self->settings;
}

static void on_save(UiScannerView *self)
{
    pos_setup_apply(&self->state, &self->settings.scanner);
    g_signal_emit_by_name(self, "save", &self->settings);
}

void ui_scanner_view_saved(UiScannerView *self, const char *error)
{
    const char *classes[] = {"notice", error == NULL ? "good" : "error", NULL};
    gtk_label_set_label(self->saved,
                        error == NULL ? _("Saved. This till reads the scanner so.") : error);
    gtk_widget_set_css_classes(GTK_WIDGET(self->saved), classes);
    gtk_widget_set_visible(GTK_WIDGET(self->saved), TRUE);
}

void ui_scanner_view_set_fault(UiScannerView *self, const char *sentence)
{
    gtk_label_set_label(self->fault, sentence != NULL ? sentence : "");
    gtk_widget_set_visible(GTK_WIDGET(self->fault), sentence != NULL);
}

void ui_scanner_view_begin(UiScannerView *self, const PosDeviceSettings *settings)
{
    self->settings = *settings;
    self->settings.scanner.aim = POS_SCANNER_AIM_UNKNOWN;
    memset(&self->state, 0, sizeof self->state);
    clear_box(self->arrivals);
    gtk_widget_set_visible(self->nothing, TRUE);
    gtk_widget_set_visible(GTK_WIDGET(self->saved), FALSE);
    ui_scanner_view_set_fault(self, NULL);
    fill_devices(self);
    fill_choices(self);
    show_advice(self);
    g_signal_emit_by_name(self, "try", &self->settings);
}

/* --- the widget ------------------------------------------------------------------------------------- */

static void ui_scanner_view_dispose(GObject *object)
{
    g_clear_pointer(&UI_SCANNER_VIEW(object)->found, g_ptr_array_unref);
    G_OBJECT_CLASS(ui_scanner_view_parent_class)->dispose(object);
}

static void ui_scanner_view_class_init(UiScannerViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_scanner_view_dispose;
    g_signal_new("try", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
    g_signal_new("save", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/scanner_view.ui");
    gtk_widget_class_bind_template_child(widget_class, UiScannerView, codes);
    gtk_widget_class_bind_template_child(widget_class, UiScannerView, more_codes);
    gtk_widget_class_bind_template_child(widget_class, UiScannerView, arrivals);
    gtk_widget_class_bind_template_child(widget_class, UiScannerView, advice);
    gtk_widget_class_bind_template_child(widget_class, UiScannerView, device);
    gtk_widget_class_bind_template_child(widget_class, UiScannerView, baud);
    gtk_widget_class_bind_template_child(widget_class, UiScannerView, prefix);
    gtk_widget_class_bind_template_child(widget_class, UiScannerView, baud_row);
    gtk_widget_class_bind_template_child(widget_class, UiScannerView, prefix_row);
    gtk_widget_class_bind_template_child(widget_class, UiScannerView, nothing);
    gtk_widget_class_bind_template_child(widget_class, UiScannerView, fault);
    gtk_widget_class_bind_template_child(widget_class, UiScannerView, saved);
    gtk_widget_class_bind_template_child(widget_class, UiScannerView, save);
    gtk_widget_class_bind_template_callback(widget_class, on_choice);
    gtk_widget_class_bind_template_callback(widget_class, on_look_again);
    gtk_widget_class_bind_template_callback(widget_class, on_save);
}

static void ui_scanner_view_init(UiScannerView *self)
{
    static const PosSetupCode order[] = {POS_SETUP_EAN13, POS_SETUP_DATAMATRIX, POS_SETUP_LINK,
                                         POS_SETUP_CODE128};
    self->filling = true;
    gtk_widget_init_template(GTK_WIDGET(self));
    self->found = g_ptr_array_new_with_free_func((GDestroyNotify)pos_device_found_free);
    pos_device_settings_defaults(&self->settings);
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
        GtkWidget *picture = ui_code_picture_new(order[i]);
        self->pictures[order[i]] = UI_CODE_PICTURE(picture);
        gtk_box_append(order[i] == POS_SETUP_CODE128 ? self->more_codes : self->codes, picture);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bauds); i++) {
        g_autofree char *text = g_strdup_printf("%d", bauds[i]);
        gtk_string_list_append(GTK_STRING_LIST(gtk_drop_down_get_model(self->baud)), text);
    }
    self->filling = false;
    show_advice(self);
}

GtkWidget *ui_scanner_view_new(void)
{
    return g_object_new(UI_TYPE_SCANNER_VIEW, NULL);
}

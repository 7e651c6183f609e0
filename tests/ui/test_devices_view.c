/* SPDX-License-Identifier: GPL-3.0-or-later
 * The set-up pages in process: what arrives becomes settings and words; a store's own numbers are explained. */
#include "ui/devices_view.h"

#include <string.h>

typedef struct {
    GtkWindow *window;
    UiDevicesView *view;
    PosDeviceSettings tried, saved;
    unsigned tries, saves, closes;
} Fixture;

static void on_try(Fixture *fixture, const PosDeviceSettings *settings)
{
    fixture->tried = *settings;
    fixture->tries++;
}

static void on_save(Fixture *fixture, const PosDeviceSettings *settings)
{
    fixture->saved = *settings;
    fixture->saves++;
}

static void on_closed(Fixture *fixture)
{
    fixture->closes++;
}

static void set_up(Fixture *fixture, gconstpointer unused)
{
    fixture->window = GTK_WINDOW(g_object_ref_sink(gtk_window_new()));
    fixture->view = UI_DEVICES_VIEW(g_object_new(UI_TYPE_DEVICES_VIEW, NULL));
    gtk_window_set_child(fixture->window, GTK_WIDGET(fixture->view));
    gtk_window_set_default_size(fixture->window, 1280, 740);
    UiScannerView *scanner = ui_devices_view_scanner(fixture->view);
    g_signal_connect_swapped(scanner, "try", G_CALLBACK(on_try), fixture);
    g_signal_connect_swapped(scanner, "save", G_CALLBACK(on_save), fixture);
    g_signal_connect_swapped(fixture->view, "closed", G_CALLBACK(on_closed), fixture);
    gtk_window_present(fixture->window);
    gtk_test_widget_wait_for_draw(GTK_WIDGET(fixture->window));
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    gtk_window_destroy(fixture->window);
    g_object_unref(fixture->window);
}

/* The first widget of a kind on the screen whose label holds a part; a NULL part: any. */
static GtkWidget *find(GtkWidget *top, GType type, const char *part)
{
    if (!gtk_widget_get_visible(top) || !gtk_widget_get_child_visible(top)) {
        return NULL;
    }
    const char *label = GTK_IS_LABEL(top)    ? gtk_label_get_label(GTK_LABEL(top))
                        : GTK_IS_BUTTON(top) ? gtk_button_get_label(GTK_BUTTON(top))
                                             : NULL;
    if (g_type_is_a(G_OBJECT_TYPE(top), type) &&
        (part == NULL || (label != NULL && strstr(label, part) != NULL))) {
        return top;
    }
    for (GtkWidget *child = gtk_widget_get_first_child(top); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        GtkWidget *found = find(child, type, part);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

static GtkWidget *shown(Fixture *fixture, const char *part)
{
    return find(GTK_WIDGET(fixture->view), GTK_TYPE_LABEL, part);
}

static void press(Fixture *fixture, const char *part)
{
    GtkWidget *button = find(GTK_WIDGET(fixture->view), GTK_TYPE_BUTTON, part);
    g_assert_nonnull(button);
    g_assert_cmpint(gtk_widget_get_height(button), >=, 56);
    g_signal_emit_by_name(button, "clicked");
}

static void arrive(Fixture *fixture, PosScannerSource source, const char *raw, char end)
{
    const UiArrival arrival = {.source = source,
                               .raw = raw,
                               .raw_length = strlen(raw),
                               .text = raw,
                               .length = strlen(raw),
                               .end = end};
    ui_scanner_view_arrived(ui_devices_view_scanner(fixture->view), &arrival);
}

static void a_scanner_is_set_up_by_scanning(Fixture *fixture, gconstpointer unused)
{
    PosDeviceSettings settings;
    pos_device_settings_defaults(&settings);
    settings.scanner.source = POS_SCANNER_SERIAL;
    g_strlcpy(settings.scanner.path, "/dev/ttyACM7", sizeof settings.scanner.path);
    settings.scanner.aim = POS_SCANNER_AIM_ON;
    ui_scanner_view_begin(ui_devices_view_scanner(fixture->view), &settings);
    g_assert_cmpuint(fixture->tries, ==, 1);
    g_assert_cmpint(fixture->tried.scanner.source, ==, POS_SCANNER_SERIAL);
    g_assert_cmpint(fixture->tried.scanner.aim, ==, POS_SCANNER_AIM_UNKNOWN); /* all is let in */
    g_assert_nonnull(shown(fixture, "one after the other"));
    g_assert_nonnull(shown(fixture, "Nothing yet."));
    g_assert_nonnull(shown(fixture, "Speed of the line"));
    ui_scanner_view_set_fault(ui_devices_view_scanner(fixture->view), "It was unplugged.");
    g_assert_nonnull(shown(fixture, "It was unplugged."));
    ui_scanner_view_set_fault(ui_devices_view_scanner(fixture->view), NULL);
    arrive(fixture, POS_SCANNER_SERIAL, "]C1010952012345678810aZ-7y3103000450", '\r');
    g_assert_nonnull(shown(fixture, "GS is lost"));
    arrive(fixture, POS_SCANNER_SERIAL, "]C1010952012345678810aZ-7y~3103000450", '\r');
    g_assert_null(shown(fixture, "GS is lost"));
    g_assert_nonnull(shown(fixture, "]C1010952012345678810aZ-7y~3103000450"));
    arrive(fixture, POS_SCANNER_SERIAL, "]E09520123456788", '\r');
    arrive(fixture, POS_SCANNER_SERIAL,
           "]Q1https://id.gs1.org/01/09520123456788/10/Zq-7?17=291231&3103=000450", '\r');
    g_assert_nonnull(shown(fixture, "Done: everything arrives right."));
    g_assert_nonnull(shown(fixture, "sends ~ instead of GS"));
    press(fixture, "Save for this till");
    g_assert_cmpuint(fixture->saves, ==, 1);
    g_assert_cmpstr(fixture->saved.scanner.gs, ==, "~");
    g_assert_cmpstr(fixture->saved.scanner.path, ==, "/dev/ttyACM7");
    g_assert_cmpint(fixture->saved.scanner.aim, ==, POS_SCANNER_AIM_ON);
    ui_scanner_view_saved(ui_devices_view_scanner(fixture->view), NULL);
    g_assert_nonnull(shown(fixture, "Saved."));
    ui_scanner_view_saved(ui_devices_view_scanner(fixture->view), "The disk is full.");
    g_assert_nonnull(shown(fixture, "The disk is full."));
}

static void control_characters_are_seen(Fixture *fixture, gconstpointer unused)
{
    PosDeviceSettings settings;
    pos_device_settings_defaults(&settings);
    ui_scanner_view_begin(ui_devices_view_scanner(fixture->view), &settings);
    arrive(fixture, POS_SCANNER_HID,
           "]d2010952012345678810Qa/9z\x1d"
           "15291231",
           '\0');
    g_assert_nonnull(shown(fixture, "9z␝15291231"));
    g_assert_nonnull(shown(fixture, "]d2 · ends by itself"));
    for (int i = 0; i < 20; i++) { /* the list stays short */
        arrive(fixture, POS_SCANNER_HID, "x", '\0');
    }
    g_assert_null(shown(fixture, "9z␝15291231"));
}

static void own_numbers_are_explained(Fixture *fixture, gconstpointer unused)
{
    UiRcnView *rcn = ui_devices_view_rcn(fixture->view);
    ui_devices_view_show(fixture->view, "rcn");
    g_assert_cmpstr(ui_devices_view_tab(fixture->view), ==, "rcn");
    ui_rcn_view_set_layouts(rcn, "");
    g_assert_nonnull(shown(fixture, "The store has no layouts"));
    ui_rcn_view_set_layouts(rcn, "weight 28....V{NNDDD}\nprice 21.....{NNNNN}\n");
    g_assert_null(shown(fixture, "The store has no layouts"));
    g_assert_nonnull(shown(fixture, "28....V{NNDDD}"));
    ui_rcn_view_explain(rcn, "]E02812346146851");
    g_assert_nonnull(shown(fixture, "14685 weight: 14.685 kg"));
    g_assert_nonnull(shown(fixture, "6 verifier (right)"));
    ui_rcn_view_explain(rcn, "2812347146858");
    g_assert_nonnull(shown(fixture, "7 verifier (WRONG: 6)"));
    ui_rcn_view_explain(rcn, "12");
    g_assert_nonnull(shown(fixture, "is no such number"));
    ui_rcn_view_set_layouts(rcn, "weight 28\n");
    g_assert_nonnull(shown(fixture, "Line 1 of the layout file"));
}

static void escape_leaves(Fixture *fixture, gconstpointer unused)
{
    g_assert_true(ui_devices_view_key(fixture->view, GDK_KEY_Escape));
    g_assert_false(ui_devices_view_key(fixture->view, GDK_KEY_a));
    press(fixture, "Back");
    g_assert_cmpuint(fixture->closes, ==, 2);
}

#define CASE(function)                                                                             \
    g_test_add("/ui/devices_view/" #function, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_setenv("GTK_A11Y", "test", TRUE);
    gtk_test_init(&argc, &argv, NULL);
    adw_init();
    GtkCssProvider *css = gtk_css_provider_new();
    gtk_css_provider_load_from_resource(css, "/org/coster/Coster/style.css");
    gtk_style_context_add_provider_for_display(gdk_display_get_default(), GTK_STYLE_PROVIDER(css),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    g_object_unref(css);
    CASE(a_scanner_is_set_up_by_scanning);
    CASE(control_characters_are_seen);
    CASE(own_numbers_are_explained);
    CASE(escape_leaves);
    return g_test_run();
}

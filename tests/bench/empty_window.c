/* SPDX-License-Identifier: GPL-3.0-or-later
 * An empty libadwaita window, the reference of bench_start.py: prints "first frame" once it has drawn one, then waits
 * to be ended, as coster-window does with COSTER_FIRST_FRAME=1. */
#include <adwaita.h>

static void on_frame(GdkFrameClock *clock, gpointer user)
{
    (void)user;
    g_signal_handlers_disconnect_by_func(clock, (gpointer)on_frame, user);
    g_print("first frame\n");
}

static void on_map(GtkWidget *window, gpointer user)
{
    g_signal_connect(gtk_widget_get_frame_clock(window), "after-paint", G_CALLBACK(on_frame), user);
}

static void on_activate(GApplication *application, gpointer user)
{
    GtkWidget *window = adw_application_window_new(GTK_APPLICATION(application));
    gtk_window_set_default_size(GTK_WINDOW(window), 1280, 800);
    g_signal_connect(window, "map", G_CALLBACK(on_map), user);
    gtk_window_present(GTK_WINDOW(window));
}

int main(int argc, char **argv)
{
    g_autoptr(AdwApplication) application =
        adw_application_new("org.coster.Empty", G_APPLICATION_NON_UNIQUE);
    g_signal_connect(application, "activate", G_CALLBACK(on_activate), NULL);
    return g_application_run(G_APPLICATION(application), argc, argv);
}

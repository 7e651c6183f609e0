/* SPDX-License-Identifier: GPL-3.0-or-later
 * The application object: no bus name is needed, since the data folder's lock already says that one till runs
 * at a time. */
#include "ui/application.h"

#include "pos/datadir.h"
#include "ui/manager_window.h"
#include "ui/script.h"
#include "ui/window.h"
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>

struct _UiApplication {
    AdwApplication parent;
    UiOptions options;
    UiTillThread *thread;
    UiScript *script;
    int status;
};
G_DEFINE_FINAL_TYPE(UiApplication, ui_application, ADW_TYPE_APPLICATION)

void ui_options_clear(UiOptions *options)
{
    g_clear_pointer(&options->data_dir, g_free);
    g_clear_pointer(&options->camera_source, g_free);
    g_clear_pointer(&options->script, g_free);
}

void ui_application_set_language(const char *language)
{
    if (language != NULL) {
        g_setenv("LANGUAGE", language, TRUE);
    }
    /* Translations need a locale that is not "C"; C.UTF-8 is always there and LANGUAGE chooses the words. */
    const char *locale = setlocale(LC_ALL, "");
    if (locale == NULL || g_str_equal(locale, "C") || g_str_equal(locale, "POSIX")) {
        setlocale(LC_ALL, "C.UTF-8");
    }
    g_autofree char *folder = pos_datadir_locale();
    bindtextdomain(GETTEXT_PACKAGE, folder);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    textdomain(GETTEXT_PACKAGE);
}

/* --- COSTER_FIRST_FRAME=1: lines on standard output for whoever measures the start ------------------ */

static void on_frame_drawn(GdkFrameClock *clock, gpointer user)
{
    const char *said = g_object_get_data(G_OBJECT(user), "coster-said");
    if (said == NULL) {
        g_print("first frame\n");
        g_object_set_data(G_OBJECT(user), "coster-said", (gpointer) "first frame");
    }
    if (strcmp(ui_window_page(UI_WINDOW(user)), "loading") != 0) {
        g_print("first page\n");
        g_signal_handlers_disconnect_by_func(clock, (gpointer)on_frame_drawn, user);
    }
}

static void on_mapped(GtkWidget *window, gpointer user)
{
    (void)user;
    g_signal_handlers_disconnect_by_func(window, (gpointer)on_mapped, NULL);
    g_signal_connect_object(gtk_widget_get_frame_clock(window), "after-paint",
                            G_CALLBACK(on_frame_drawn), window, 0);
}

static void ui_application_activate(GApplication *application)
{
    UiApplication *self = UI_APPLICATION(application);
    GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(self));
    if (window == NULL && self->options.manager) {
        g_autoptr(UiManageThread) thread =
            ui_manage_thread_new(self->options.data_dir, self->options.offline);
        window = GTK_WINDOW(ui_manager_window_new(ADW_APPLICATION(self), thread));
        if (self->options.fullscreen) {
            gtk_window_fullscreen(window);
        }
    } else if (window == NULL) {
        self->thread = ui_till_thread_new(self->options.data_dir, self->options.offline);
        window = GTK_WINDOW(
            ui_window_new(ADW_APPLICATION(self), self->thread, self->options.camera_source));
        if (g_strcmp0(g_getenv("COSTER_FIRST_FRAME"), "1") == 0) {
            g_signal_connect(window, "map", G_CALLBACK(on_mapped), NULL);
        }
        if (self->options.fullscreen) {
            /* A browser as the display (Broadway) follows its own size only for a maximised window. */
            const char *display = gdk_display_get_name(gtk_widget_get_display(GTK_WIDGET(window)));
            if (g_str_has_prefix(display, "Broadway")) {
                gtk_window_maximize(window);
            } else {
                gtk_window_fullscreen(window);
            }
        }
        if (self->script != NULL) {
            ui_script_start(self->script, UI_WINDOW(window));
        }
    }
    gtk_window_present(window);
}

static void ui_application_startup(GApplication *application)
{
    UiApplication *self = UI_APPLICATION(application);
    G_APPLICATION_CLASS(ui_application_parent_class)->startup(application);
    if (self->options.script != NULL) {
        g_autoptr(GError) error = NULL;
        self->script = ui_script_load(self->options.script, &error);
        if (self->script == NULL) {
            g_printerr("coster-window: %s\n", error->message);
            self->status = 1;
            g_application_quit(application);
        }
    }
}

static void ui_application_shutdown(GApplication *application)
{
    UiApplication *self = UI_APPLICATION(application);
    if (self->script != NULL) {
        self->status = ui_script_exit_status(self->script);
        g_clear_pointer(&self->script, ui_script_free);
    }
    if (self->thread != NULL) {
        ui_till_thread_stop(self->thread);
        g_clear_object(&self->thread);
    }
    G_APPLICATION_CLASS(ui_application_parent_class)->shutdown(application);
}

static void ui_application_finalize(GObject *object)
{
    ui_options_clear(&UI_APPLICATION(object)->options);
    G_OBJECT_CLASS(ui_application_parent_class)->finalize(object);
}

static void ui_application_class_init(UiApplicationClass *class)
{
    G_OBJECT_CLASS(class)->finalize = ui_application_finalize;
    G_APPLICATION_CLASS(class)->activate = ui_application_activate;
    G_APPLICATION_CLASS(class)->startup = ui_application_startup;
    G_APPLICATION_CLASS(class)->shutdown = ui_application_shutdown;
}

static void ui_application_init(UiApplication *self)
{
}

UiApplication *ui_application_new(const UiOptions *options)
{
    UiApplication *self =
        g_object_new(UI_TYPE_APPLICATION, "application-id", "org.coster.Coster", "flags",
                     G_APPLICATION_NON_UNIQUE, "resource-base-path", "/org/coster/Coster", NULL);
    self->options = (UiOptions){
        .data_dir = g_strdup(options->data_dir),
        .camera_source = g_strdup(options->camera_source),
        .script = g_strdup(options->script),
        .offline = options->offline,
        .fullscreen = options->fullscreen,
        .manager = options->manager,
    };
    return self;
}

int ui_application_exit_status(UiApplication *self)
{
    return self->status;
}

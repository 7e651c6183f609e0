/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-window: the till's window. Options, then the application. */
#include "ui/application.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean on_terminate(gpointer user)
{
    GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(user));
    if (window != NULL) {
        gtk_window_close(window);
    } else {
        g_application_quit(G_APPLICATION(user));
    }
    return G_SOURCE_CONTINUE;
}

/* The language must be known before the help is written, so it is looked for first. */
static const char *language_option(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (g_str_equal(argv[i], "--language") && i + 1 < argc) {
            return argv[i + 1];
        }
        if (g_str_has_prefix(argv[i], "--language=")) {
            return argv[i] + strlen("--language=");
        }
    }
    return NULL;
}

static int fail(const char *sentence)
{
    g_printerr("coster-window: %s\n", sentence);
    return 2;
}

int main(int argc, char **argv)
{
    ui_application_set_language(language_option(argc, argv));
    g_autofree char *mode = NULL;
    g_autofree char *language = NULL;
    UiOptions options = {0};
    const GOptionEntry entries[] = {
        {"mode", 0, 0, G_OPTION_ARG_STRING, &mode, N_("What this window is for: till or manager"),
         "till|manager"},
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &options.data_dir,
         N_("The till's folder (default: ~/.local/share/coster)"), "DIR"},
        {"language", 0, 0, G_OPTION_ARG_STRING, &language,
         N_("Language of the screens: ko, en or zh_CN"), "LANGUAGE"},
        {"camera", 0, 0, G_OPTION_ARG_FILENAME, &options.camera_source,
         N_("The camera: a device, an address (rtsp, http), a picture or a video (default: the "
            "first device)"),
         "CAMERA"},
        {"camera-file", 0, 0, G_OPTION_ARG_FILENAME, &options.camera_source,
         N_("The same as --camera"), "FILE"},
        {"offline", 0, 0, G_OPTION_ARG_NONE, &options.offline,
         N_("Do not talk to the central service"), NULL},
        {"fullscreen", 0, 0, G_OPTION_ARG_NONE, &options.fullscreen, N_("Fill the screen"), NULL},
        {"script", 0, 0, G_OPTION_ARG_FILENAME, &options.script,
         N_("Carry out the actions of a file of JSON lines (see ui/script.h)"), "FILE"},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_translation_domain(context, GETTEXT_PACKAGE);
    g_option_context_set_summary(context, _("The window of a Coster till."));
    g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        return fail(error->message);
    }
    if (argc > 1) {
        g_autofree char *sentence =
            g_strdup_printf(_("“%s” is not an option; see coster-window --help."), argv[1]);
        return fail(sentence);
    }
    options.manager = g_strcmp0(mode, "manager") == 0;
    if (mode != NULL && !g_str_equal(mode, "till") && !options.manager) {
        g_autofree char *sentence = g_strdup_printf(
            _("This version has no window for the mode “%s”; start it with --mode till or manager."), mode);
        return fail(sentence);
    }
    if (options.data_dir == NULL) {
        options.data_dir = g_build_filename(g_get_user_data_dir(),
                                            options.manager ? "coster-manager" : "coster", NULL);
    }
    if (!gtk_init_check()) {
        return fail(_("There is no display to open a window on; “coster till” works without one."));
    }
    g_autoptr(UiApplication) application = ui_application_new(&options);
    ui_options_clear(&options);
    const guint terminate = g_unix_signal_add(SIGTERM, on_terminate, application);
    const int status = g_application_run(G_APPLICATION(application), 1, argv);
    g_source_remove(terminate);
    return status != 0 ? status : ui_application_exit_status(application);
}

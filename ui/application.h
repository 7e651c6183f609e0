/* SPDX-License-Identifier: GPL-3.0-or-later
 * The window's program: options, language, style, the one window. Main thread. With COSTER_FIRST_FRAME=1 in the environment it
 * prints "first frame" when the first frame is drawn, and "first page" when the first one with the till's state is. */
#pragma once
#include <adwaita.h>

G_BEGIN_DECLS

/* What the command line asked for; strings owned. */
typedef struct {
    char *data_dir, *camera_source, *script;
    gboolean offline, fullscreen;
    gboolean manager; /* the manager's window instead of the till's */
} UiOptions;
void ui_options_clear(UiOptions *options);

#define UI_TYPE_APPLICATION (ui_application_get_type())
G_DECLARE_FINAL_TYPE(UiApplication, ui_application, UI, APPLICATION, AdwApplication)

/* options: copied. */
UiApplication *ui_application_new(const UiOptions *options);
/* After g_application_run: 0, or 1 when a script failed. */
int ui_application_exit_status(UiApplication *self);

/* Sets the language of everything that is shown: language (nullable) goes before the environment's. Call it first, once. */
void ui_application_set_language(const char *language);

G_END_DECLS

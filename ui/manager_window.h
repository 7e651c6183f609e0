/* SPDX-License-Identifier: GPL-3.0-or-later
 * The manager's window: who it is, pages at the left, one sentence and one question below, the link in the header. Main
 * thread. */
#pragma once
#include "ui/manager.h"

G_BEGIN_DECLS

#define UI_TYPE_MANAGER_WINDOW (ui_manager_window_get_type())
G_DECLARE_FINAL_TYPE(UiManagerWindow, ui_manager_window, UI, MANAGER_WINDOW, AdwApplicationWindow)

/* thread: a reference is taken; it is stopped when the window closes. */
UiManagerWindow *ui_manager_window_new(AdwApplication *application, UiManageThread *thread);
/* "loading", "problem", "enrol", "login" or the name of a page. Borrowed. */
const char *ui_manager_window_page(UiManagerWindow *self);

G_END_DECLS

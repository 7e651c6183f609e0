/* SPDX-License-Identifier: GPL-3.0-or-later
 * Shows a task's questions in place of the products: choices as large buttons with their digits, words in an entry; numbers
 * are typed on the sale screen's pad. Signals: "command" (a const PosTillCommand*), "act" (a string, what was chosen under
 * "more"), "asks" (a question came or the task ended), "refused" (one sentence). Main thread. */
#pragma once
#include "ui/pad.h"
#include "ui/task.h"

G_BEGIN_DECLS

#define UI_TYPE_TASK_VIEW (ui_task_view_get_type())
G_DECLARE_FINAL_TYPE(UiTaskView, ui_task_view, UI, TASK_VIEW, AdwBin)

/* Begins a task in place of whatever there was. */
void ui_task_view_begin(UiTaskView *self, UiTaskKind kind, const UiTaskContext *context);
/* Ends it; nothing is emitted. */
void ui_task_view_end(UiTaskView *self);
/* A task is there; it may wait for the till. */
gboolean ui_task_view_is_open(UiTaskView *self);
/* The question shown; NULL none. Borrowed. */
const UiQuestion *ui_task_view_question(UiTaskView *self);
/* -1 when no task is there. */
int ui_task_view_kind(UiTaskView *self);
/* What the pad was given. */
void ui_task_view_accept(UiTaskView *self, const char *text);
void ui_task_view_choose(UiTaskView *self, guint index);
/* FALSE: the scan is not for the task. */
gboolean ui_task_view_scan(UiTaskView *self, const char *text);
/* A digit chooses (after the time in which a scanner would have sent its next key), Enter alone where that answers. TRUE when it was used. */
gboolean ui_task_view_key(UiTaskView *self, guint keyval);
/* TRUE when the event was for the task alone. */
gboolean ui_task_view_hear(UiTaskView *self, const PosTillEvent *event);

G_END_DECLS

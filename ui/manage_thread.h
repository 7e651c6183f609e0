/* SPDX-License-Identifier: GPL-3.0-or-later
 * The bridge between the manager's screens and the desk: a thread that owns the UiManageDesk. Requests go in as JSON
 * objects and are answered, in their order, in the main context. Every function here is for the main thread.
 *
 * Signal "changed": a feed version was applied, records were acknowledged or the link changed. */
#pragma once
#include "pos/store_manage.h"
#include "ui/new_shop.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define UI_TYPE_MANAGE_THREAD (ui_manage_thread_get_type())
G_DECLARE_FINAL_TYPE(UiManageThread, ui_manage_thread, UI, MANAGE_THREAD, GObject)

UiManageThread *ui_manage_thread_new(const char *data_dir, bool offline);
/* Finishes what is in hand, joins. Later calls are a mistake. */
void ui_manage_thread_stop(UiManageThread *self);
/* Calls that are not answered yet. */
guint ui_manage_thread_pending(UiManageThread *self);
const char *ui_manage_thread_folder(UiManageThread *self);

/* Opens the folder. TRUE: it is a terminal of a store. FALSE without error: it is not enrolled. */
void ui_manage_thread_open(UiManageThread *self, GAsyncReadyCallback done, gpointer user);
/* Enrols it as a manager's terminal, then opens it. */
void ui_manage_thread_enrol(UiManageThread *self, const char *url, const char *code,
                            GAsyncReadyCallback done, gpointer user);
/* Makes a new shop on this machine and joins it (ui/new_shop.h); shop: copied. Finished as an opening. */
void ui_manage_thread_new_shop(UiManageThread *self, const UiNewShop *shop,
                               GAsyncReadyCallback done, gpointer user);
gboolean ui_manage_thread_open_finish(UiManageThread *self, GAsyncResult *result, GError **error);

/* One request of ui/manage_desk.h (stolen). The answer is a new reference, never NULL once the folder is open. */
void ui_manage_thread_ask(UiManageThread *self, json_t *request, GAsyncReadyCallback done,
                          gpointer user);
json_t *ui_manage_thread_ask_finish(UiManageThread *self, GAsyncResult *result);

/* Makes the inventory's rows anew (rebuild) and finds those that match. query: its texts are copied. finish: owned GArray of
 * int64_t, NULL with an error. */
void ui_manage_thread_find(UiManageThread *self, const PosInventoryQuery *query, bool rebuild,
                           GAsyncReadyCallback done, gpointer user);
GArray *ui_manage_thread_find_finish(UiManageThread *self, GAsyncResult *result, GError **error);

G_END_DECLS

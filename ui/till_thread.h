/* SPDX-License-Identifier: GPL-3.0-or-later
 * The one bridge between the screens and the till: a thread that owns the folder's lock, the PosStore and the
 * PosTill, and starts the sync client. Calls go in as copies through a queue and are answered, in their order, in
 * the main context. Every function here is for the main thread.
 *
 * Signal "scale-changed": the counter scale shows something else: ask ui_till_thread_scale(). Signal "changed": a feed version was applied, records were acknowledged or the link changed. */
#pragma once
#include "pos/device_settings.h"
#include "ui/till_values.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define UI_TYPE_TILL_THREAD (ui_till_thread_get_type())
G_DECLARE_FINAL_TYPE(UiTillThread, ui_till_thread, UI, TILL_THREAD, GObject)

/* Starts the thread; nothing is opened yet. offline: without the sync client. */
UiTillThread *ui_till_thread_new(const char *data_dir, bool offline);
/* Queues the end, waits for the calls in hand and joins. Later calls are a mistake. */
void ui_till_thread_stop(UiTillThread *self);
/* Calls that are not answered yet. */
guint ui_till_thread_pending(UiTillThread *self);

/* Opens the folder. TRUE: the till is there. FALSE without error: the folder is not enrolled. */
void ui_till_thread_open(UiTillThread *self, GAsyncReadyCallback done, gpointer user);
gboolean ui_till_thread_open_finish(UiTillThread *self, GAsyncResult *result, GError **error);

/* Enrols the folder at `url` with `code`, then opens it. */
void ui_till_thread_enrol(UiTillThread *self, const char *url, const char *code,
                          GAsyncReadyCallback done, gpointer user);
gboolean ui_till_thread_enrol_finish(UiTillThread *self, GAsyncResult *result, GError **error);

/* One command of the till. The answer is never NULL once the folder is open. */
void ui_till_thread_do(UiTillThread *self, const PosTillCommand *command, GAsyncReadyCallback done,
                       gpointer user);
UiAnswer *ui_till_thread_do_finish(UiTillThread *self, GAsyncResult *result, GError **error);

/* Products to pick from: text and category as for pos_store_products(), both nullable. GPtrArray of UiTile*. */
void ui_till_thread_tiles(UiTillThread *self, const char *text, const char *category,
                          GAsyncReadyCallback done, gpointer user);
GPtrArray *ui_till_thread_tiles_finish(UiTillThread *self, GAsyncResult *result, GError **error);

/* Begins to make what searches look at, on a thread of its own: someone is about to sell. */
void ui_till_thread_prepare_search(UiTillThread *self);

void ui_till_thread_shop(UiTillThread *self, GAsyncReadyCallback done, gpointer user);
UiShop *ui_till_thread_shop_finish(UiTillThread *self, GAsyncResult *result, GError **error);

/* What the scale says; take: an item that waits may have its weight now. finish: NULL with an error. */
void ui_till_thread_scale(UiTillThread *self, gboolean take, GAsyncReadyCallback done,
                          gpointer user);
UiScale *ui_till_thread_scale_finish(UiTillThread *self, GAsyncResult *result, GError **error);

void ui_till_thread_header(UiTillThread *self, GAsyncReadyCallback done, gpointer user);
UiHeader *ui_till_thread_header_finish(UiTillThread *self, GAsyncResult *result, GError **error);

/* The receipt of a journal record of type sale. record: borrowed, must not change any more. */
void ui_till_thread_receipt(UiTillThread *self, json_t *record, const char *hash_hex,
                            GAsyncReadyCallback done, gpointer user);
/* Prints the receipt that waits to be asked for. Not answered: what comes of it is in the header. */
void ui_till_thread_print(UiTillThread *self, const char *receipt);
UiReceipt *ui_till_thread_receipt_finish(UiTillThread *self, GAsyncResult *result, GError **error);

/* Words as on paper: of a report ("x", "z", "cash_up") by its fields, or of a receipt (type NULL) by its record and hash;
 * copy: its COPY mark, 0 none. pdf: written as a PDF as well, into the person's documents (result: where). Borrowed for
 * the call. Answered as ui_till_thread_receipt(). */
typedef struct {
    const char *type, *hash_hex;
    json_t *record;
    int copy;
    bool pdf, training;
} UiPaperWish;
void ui_till_thread_paper(UiTillThread *self, const UiPaperWish *wish, GAsyncReadyCallback done,
                          gpointer user);

/* TEST: a page that shows what the printer can do. The others: what is in doubt is printed as a copy, or dropped. */
typedef enum { UI_PRINTER_TEST, UI_PRINTER_PRINT_HELD, UI_PRINTER_DROP_HELD } UiPrinterAct;
void ui_till_thread_printer(UiTillThread *self, UiPrinterAct act, GAsyncReadyCallback done,
                            gpointer user);
gboolean ui_till_thread_printer_finish(UiTillThread *self, GAsyncResult *result, GError **error);

/* This terminal's own device settings; set_devices saves them first. finish: owned, NULL with an error. */
void ui_till_thread_devices(UiTillThread *self, GAsyncReadyCallback done, gpointer user);
void ui_till_thread_set_devices(UiTillThread *self, const PosDeviceSettings *settings,
                                GAsyncReadyCallback done, gpointer user);
PosDeviceSettings *ui_till_thread_devices_finish(UiTillThread *self, GAsyncResult *result,
                                                 GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The one door of managing: a request goes in as a JSON object, what came of it comes out as one. The manager's window and
 * `coster manage` send the same requests, so neither holds a rule. No GTK. Belongs to the thread that opened it; a report may
 * take seconds.
 *
 *     {"do":"login","operator":"u09","pin":"9999"}   {"do":"people"}   {"do":"header"}   {"do":"sync","timeout":10}
 *     {"do":"command","command":"price_set",…}       a decision (sync/PROTOCOL.md has the members)
 *     {"do":"write_off"|"receive"|"count","gtin":…,"lot":…,"qty":…,"unit":…,…}   a stock record
 *     {"do":"operator","of":"u05","name":…,"role":…,"pin":"1234"}   operator_set; the PIN is hashed here
 *     {"do":"code","mode":"till"}                    a code for a new terminal, told only here
 *     {"do":"report","name":"figures?from=…"}        central's answer, or the last one with its age
 *     {"do":"morning"}                               the same, without what was snoozed, with what waits here
 *     {"do":"advice"}                                what to order
 *     {"do":"stock"}                                 fetches the stock of all lots
 *     {"do":"inventory","text":…,"category":…,"order":"cover","limit":100}
 *     {"do":"feed","kind":"order"}                   what the feed says of a kind
 *     {"do":"draft","batch":"w48","gtin":…,"price":…}   and "approve" or "drop" true
 *     {"do":"import","text":"…CSV…","apply":false}   products from a sheet; a dry run unless apply
 *
 * An answer has `event`; `refused` has a `message` for people. */
#pragma once
#include "pos/json.h"
#include "sync/report.h"

G_BEGIN_DECLS

typedef struct UiManageDesk UiManageDesk;

/* Takes the folder's lock and, unless offline, starts the sync client when the folder is enrolled. notify: see sync/client.h. */
UiManageDesk *ui_manage_desk_open(const char *dir, bool offline, SyncClientNotify notify,
                                  void *user, GError **error);
void ui_manage_desk_close(UiManageDesk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UiManageDesk, ui_manage_desk_close)

/* False: it belongs to no store yet; nothing can be asked. */
bool ui_manage_desk_is_enrolled(const UiManageDesk *desk);
/* New reference, never NULL. */
json_t *ui_manage_desk_answer(UiManageDesk *desk, const json_t *request);
/* Borrowed. */
PosStore *ui_manage_desk_store(UiManageDesk *desk);
SyncReports *ui_manage_desk_reports(UiManageDesk *desk);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /p/{gtin}/price: a product page's price as server-sent events, as long as the page is looked at. */
#pragma once
#include "sync/central_http.h"
#include "sync/central_store.h"

G_BEGIN_DECLS

#define CENTRAL_LIVE_PER_ADDRESS 8 /* open at once; the rest gets 429 */
#define CENTRAL_LIVE_ALL 1000      /* terminals keep what is left of the connections */

typedef struct CentralPageLive CentralPageLive;

/* Looks for new versions over a connection of its own, on a thread of its own. NULL and error. */
CentralPageLive *central_page_live_start(const char *dir, GError **error);

/* The text of the event's data, owned; NULL when it could not be read. *out_key: what must have changed for another
 * event to be sent, owned. Http thread. */
typedef char *(*CentralPageLiveText)(const char *store_id, const char *gtin, const char *lot,
                                     const char *language, char **out_key, void *user);
/* Answers the request; lot may be NULL. Http thread. */
void central_page_live_serve(CentralPageLive *live, CentralRequest *request, const char *store_id,
                             const char *gtin, const char *lot, const char *language,
                             CentralPageLiveText text, void *user);
/* Something was published. Any thread. */
void central_page_live_notify(CentralPageLive *live);
/* Ends its thread; before central_http_stop(). */
void central_page_live_quiesce(CentralPageLive *live);
/* After central_http_stop(). NULL is fine. */
void central_page_live_free(CentralPageLive *live);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reads what a product page says out of a store's feed. */
#pragma once
#include "sync/central_page.h"
#include "sync/central_store.h"

G_BEGIN_DECLS

/* language: "ko", "en" or "zh". lot NULL: the product. NULL and POS_ERROR_NOT_FOUND when no such product (the message
 * is for logs); a lot that the feed does not know leaves facts->lot NULL. */
CentralPageFacts *central_page_facts_read(CentralStore *store, const char *store_id,
                                          const char *gtin, const char *lot, const char *language,
                                          int64_t now_ms, GError **error);

/* {"action","gtin","lot","reason","since","status"}: none, suspended or recalled, of the lot or of its product. New
 * reference. */
json_t *central_page_recall(CentralStore *store, const char *store_id, const char *gtin,
                            const char *lot);

G_END_DECLS

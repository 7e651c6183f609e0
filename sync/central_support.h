/* SPDX-License-Identifier: GPL-3.0-or-later
 * What somebody who helps from afar needs to know of a central, as one JSON object, and nothing that
 * must not leave the house: no token, hash, PIN, badge, key, record, receipt, name of a person, price. */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

/* New reference; NULL when the database cannot be read. verify: re-reads everything, which takes its
 * time. */
json_t *central_support(CentralStore *store, bool verify, int64_t now_ms, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Makes the demo store `1` from data/demo: products, categories, lots with dates as offsets from `today`, EPCIS events,
 * prices, recalls, operators, settings. Nothing about the shop is in code. */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

/* data_dir: the folder data/demo. now_ms: Unix ms; its date in the shop's zone is day 0. */
bool central_demo_load(CentralStore *store, const char *data_dir, int64_t now_ms, GError **error);

G_END_DECLS

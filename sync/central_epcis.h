/* SPDX-License-Identifier: GPL-3.0-or-later
 * Where goods come from: taking in suppliers' EPCIS documents, walking a lot back through pallets and
 * transformations, and keeping the lots of the stores' feeds in step with it. */
#pragma once
#include "sync/central_store_epcis.h"

G_BEGIN_DECLS

#define CENTRAL_EPCIS_OWN                                                                          \
    "" /* the supplier of events that central itself was given (demo, import) */

/* --- walking back (pure) ---------------------------------------------------------------------- */

/* The events that name an item, in time order: owned GPtrArray of PosEpcisEvent*; NULL and error on failure. */
typedef GPtrArray *(*CentralEpcisLookup)(const char *item, void *user, GError **error);

/* What happened to a lot (its canonical id) up to now: its own events, those of each pallet and container while it was
 * in it, and those of what it was made of until it was made. In time order, each once, at most 200 (the newest go
 * first when there are more). Owned GPtrArray of PosEpcisEvent*. */
GPtrArray *central_epcis_walk_back(const char *item, CentralEpcisLookup lookup, void *user,
                                   GError **error);

/* The lots (canonical ids) that an item's events are part of: itself, what was on it, what was made of it. Added to
 * `lots`, a set of owned char*. */
bool central_epcis_walk_forward(const char *item, CentralEpcisLookup lookup, void *user,
                                GHashTable *lots, GError **error);

/* --- the feed's lots -------------------------------------------------------------------------- */

/* Brings a lot's value up to what the events say: `route`, `cold_chain`, and `origin_country`, `best_before`, `use_by`
 * where it has none. item: the lot's canonical id; events: from the walk, may be empty (the route goes). New reference. */
json_t *central_epcis_lot_value(const char *item, const json_t *value, GPtrArray *events,
                                const json_t *places);

/* Walks a lot back and publishes its value in each store whose feed has it, where it changed. */
bool central_epcis_refresh(CentralStore *store, const char *gtin, const char *lot, GError **error);

/* The walk over the database. */
GPtrArray *central_epcis_events_of_lot(CentralStore *store, const char *gtin, const char *lot,
                                       GError **error);

/* --- capture ---------------------------------------------------------------------------------- */

typedef struct {
    gsize added, same, withdrawn, refused;
    bool success;   /* everything was taken, or (proceed) what could be */
    json_t *errors; /* [{"event": index from 0, "eventID":…, "message":…}], owned */
} CentralCapture;
void central_capture_clear(CentralCapture *capture);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CentralCapture, central_capture_clear)

/* Takes the events in (checked before: pos_epcis_document_events) and refreshes the lots that they are about. proceed:
 * what is wrong is left out; otherwise one wrong event undoes all (a part of the open transaction, or one of its own).
 * False: the machine failed. */
bool central_epcis_capture(CentralStore *store, const char *supplier, const json_t *events,
                           bool proceed, int64_t now_ms, CentralCapture *out, GError **error);

G_END_DECLS

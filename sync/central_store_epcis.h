/* SPDX-License-Identifier: GPL-3.0-or-later
 * What central keeps of where goods come from: suppliers and their tokens, EPCIS events and what each names, and the
 * captures. The part of central's store (sync/central_store.h) that sync/central_epcis.c writes. */
#pragma once
#include "pos/epcis.h"
#include "sync/central_store.h"

G_BEGIN_DECLS

#define CENTRAL_CAPTURES_KEPT_MS (30LL * 86400 * 1000)

/* Strings owned. */
typedef struct {
    char *id, *name;
    int64_t created_ms;
    bool revoked;
} CentralSupplier;
void central_supplier_free(CentralSupplier *supplier);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CentralSupplier, central_supplier_free)

/* A new supplier, or a new token for one that is there (its revocation ends). token: kept only as a hash. */
bool central_store_supplier_set(CentralStore *store, const char *id, const char *name,
                                const char *token, int64_t now_ms, GError **error);
/* POS_ERROR_NOT_FOUND. */
bool central_store_supplier_revoke(CentralStore *store, const char *id, int64_t now_ms,
                                   GError **error);
/* The supplier of a token that is not revoked. NULL and POS_ERROR_NOT_FOUND else. */
CentralSupplier *central_store_supplier_by_token(CentralStore *store, const char *token,
                                                 GError **error);
/* By id. Owned GPtrArray of CentralSupplier*. */
GPtrArray *central_store_suppliers(CentralStore *store, GError **error);

typedef enum {
    CENTRAL_EPCIS_NEW = 0,
    CENTRAL_EPCIS_SAME,      /* was there already: nothing changed */
    CENTRAL_EPCIS_WITHDRAWN, /* its error declaration: it counts no longer */
    CENTRAL_EPCIS_CONFLICT, /* another event has this id, or it is another supplier's: nothing changed */
} CentralEpcisOutcome;
bool central_store_epcis_add(CentralStore *store, const char *supplier, const PosEpcisEvent *event,
                             int64_t now_ms, CentralEpcisOutcome *out, GError **error);

/* The events that name an item, in time order, without withdrawn ones; the first `max`. Owned GPtrArray of
 * PosEpcisEvent*. */
GPtrArray *central_store_epcis_of_item(CentralStore *store, const char *item, gsize max,
                                       GError **error);

/* One stored event as it is walked. event_id and text borrowed until the next. */
typedef struct {
    const char *event_id;
    int64_t event_ms, record_ms;
    const char *text;
} CentralEpcisRow;
/* A supplier's events after (after_ms, after_id) in time order, withdrawn ones too, until `each` says false or `max`
 * have been looked at (*out_more: there may be others). item NULL: all of them, else those that name it. */
bool central_store_epcis_walk(CentralStore *store, const char *supplier, const char *item,
                              int64_t after_ms, const char *after_id, gsize max,
                              bool (*each)(const CentralEpcisRow *row, void *user), void *user,
                              bool *out_more, GError **error);

/* result borrowed. Captures of more than CENTRAL_CAPTURES_KEPT_MS ago go. */
bool central_store_capture_add(CentralStore *store, const char *capture, const char *supplier,
                               int64_t now_ms, const json_t *result, GError **error);
/* NULL when this supplier has no such capture. New reference. */
json_t *central_store_capture_get(CentralStore *store, const char *supplier, const char *capture);

G_END_DECLS

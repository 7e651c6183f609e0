/* SPDX-License-Identifier: GPL-3.0-or-later
 * The parameters of GET /events (EPCIS 2.0, 8.2.7: the simple event query) to a value, and whether an event answers
 * to it. Pure. */
#pragma once
#include "pos/epcis.h"

G_BEGIN_DECLS

#define CENTRAL_QUERY_VALUES_MAX 50
#define CENTRAL_QUERY_PAGE_DEFAULT 30
#define CENTRAL_QUERY_PAGE_MAX 200

/* Several values of one parameter: any of them; several parameters: all of them. */
typedef struct {
    GPtrArray *conditions;                                        /* private */
    int64_t ge_event_ms, lt_event_ms, ge_record_ms, lt_record_ms; /* G_MININT64, G_MAXINT64 open */
    int page;                                                     /* events of one answer */
    int64_t after_ms; /* where the page begins: behind this event */
    char *after_id;
} CentralEpcisQuery;
void central_epcis_query_clear(CentralEpcisQuery *query);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CentralEpcisQuery, central_epcis_query_clear)

/* text: what stands behind the `?` of the request's target, percent-encoded; NULL or "" asks for everything. Several
 * values of a parameter come as ["a","b"], as a|b, or as the parameter several times. False and POS_ERROR_INVALID:
 * an unknown parameter, a value that is none. */
bool central_epcis_query_read(const char *text, CentralEpcisQuery *out, GError **error);
bool central_epcis_query_matches(const CentralEpcisQuery *query, const PosEpcisEvent *event,
                                 int64_t record_ms);
/* An item that each answer names, so that the index can be used; NULL when there is none. Borrowed. */
const char *central_epcis_query_item(const CentralEpcisQuery *query);

/* The nextPageToken behind an event, owned. */
char *central_epcis_query_token(int64_t event_ms, const char *event_id);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * EPCIS 2.0 documents and events (GS1 EPCIS 2.0.0, JSON binding) from outside: strictly checked, bounded, and what of an
 * event is needed to find it again. Pure. */
#pragma once
#include "pos/json.h"
#include <stdint.h>

G_BEGIN_DECLS

#define POS_EPCIS_EVENTS_MAX 500 /* events of one document */
#define POS_EPCIS_ITEMS_MAX 1000 /* identifiers of one event */
#define POS_EPCIS_EVENT_ID_BYTES 200

/* In which part of an event something is named. */
typedef enum {
    POS_EPCIS_SEEN = 0, /* epcList, quantityList, of an ObjectEvent or TransactionEvent */
    POS_EPCIS_PARENT,
    POS_EPCIS_CHILD,
    POS_EPCIS_INPUT,
    POS_EPCIS_OUTPUT,
} PosEpcisRole;

typedef struct {
    char *id; /* canonical (pos/epcis_id.h) */
    PosEpcisRole role;
    bool is_class; /* from a quantity list: a class of goods, not single ones */
} PosEpcisItem;

/* All strings owned; "" where the event has no such member. */
typedef struct {
    char *
        event_id; /* made from the event's content when it carries none, so that sending twice is harmless */
    int64_t event_ms;
    char *
        type; /* ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent, AssociationEvent */
    char *action;                    /* ADD, OBSERVE, DELETE */
    char *biz_step;                  /* the bare CBV word, or a URI of someone's own */
    char *disposition;               /* the same */
    char *read_point, *biz_location; /* canonical */
    bool declared_error; /* carries an errorDeclaration: the event of this id is taken back */
    bool deletes_all;    /* an aggregation's DELETE without children: all of them leave */
    GPtrArray *items;    /* of PosEpcisItem* */
    json_t *json;        /* the event, with eventID and eventTimeZoneOffset */
} PosEpcisEvent;
void pos_epcis_event_free(PosEpcisEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosEpcisEvent, pos_epcis_event_free)

/* Reads one event. POS_ERROR_INVALID names the member that is wrong and what is expected: an unknown bare member, a step
 * or disposition that the CBV has not, a time without offset, ilmd where it may not be, a quantity that is no
 * number, a unit of measure that is none, an aggregation without parent. */
PosEpcisEvent *pos_epcis_event_read(const json_t *event, GError **error);

/* The head of an EPCISDocument: its eventList, borrowed from it. */
const json_t *pos_epcis_document_events(const json_t *document, GError **error);

/* A new EPCISDocument (an empty list) or, with `query` the name of a query, an EPCISQueryDocument around events
 * (stolen). created: RFC 3339. */
json_t *pos_epcis_document_new(json_t *events, const char *created, const char *query);

/* Whether the CBV 2.0 has this business step or disposition as a bare word. */
bool pos_epcis_is_biz_step(const char *word);
bool pos_epcis_is_disposition(const char *word);

G_END_DECLS

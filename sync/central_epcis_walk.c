/* SPDX-License-Identifier: GPL-3.0-or-later
 * The walk over a graph that strangers wrote: each visit is of one item within a span of time, remembered so that
 * circles end, and the number of visits and events is bounded. */
#include "sync/central_epcis.h"

#include <string.h>

#define VISITS_MAX 200
#define EVENTS_MAX 200

typedef struct {
    char *item;
    int64_t from_ms, until_ms;
} Visit;

typedef struct {
    CentralEpcisLookup lookup;
    void *user;
    GHashTable *visited; /* of item: once is enough, the widest span comes first */
    GHashTable *taken;   /* event ids */
    GPtrArray *events;
    GQueue todo; /* of Visit */
} Walk;

static void visit_free(void *data)
{
    Visit *visit = data;
    g_free(visit->item);
    g_free(visit);
}

static void push(Walk *walk, const char *item, int64_t from_ms, int64_t until_ms)
{
    if (g_hash_table_size(walk->visited) < VISITS_MAX &&
        !g_hash_table_contains(walk->visited, item)) {
        g_hash_table_add(walk->visited, g_strdup(item));
        Visit *visit = g_new0(Visit, 1);
        *visit = (Visit){g_strdup(item), from_ms, until_ms};
        g_queue_push_tail(&walk->todo, visit);
    }
}

static bool names(const PosEpcisEvent *event, const char *item, PosEpcisRole role)
{
    for (guint i = 0; i < event->items->len; i++) {
        const PosEpcisItem *each = g_ptr_array_index(event->items, i);
        if (each->role == role && strcmp(each->id, item) == 0) {
            return true;
        }
    }
    return false;
}

static const char *first_of(const PosEpcisEvent *event, PosEpcisRole role)
{
    for (guint i = 0; i < event->items->len; i++) {
        const PosEpcisItem *each = g_ptr_array_index(event->items, i);
        if (each->role == role) {
            return each->id;
        }
    }
    return NULL;
}

static bool is_packing(const PosEpcisEvent *event)
{
    return strcmp(event->type, "AggregationEvent") == 0 ||
           strcmp(event->type, "AssociationEvent") == 0;
}

static void take(Walk *walk, GPtrArray *events, guint index)
{
    PosEpcisEvent *event = g_ptr_array_index(events, index);
    if (g_hash_table_contains(walk->taken, event->event_id)) {
        return;
    }
    g_ptr_array_index(events, index) = NULL; /* moved */
    g_hash_table_add(walk->taken, g_strdup(event->event_id));
    g_ptr_array_add(walk->events, event);
}

/* When the item left its parent again: the first DELETE that names it, or of everything, after the ADD; else the end
 * of the span. */
static bool left_at(Walk *walk, GPtrArray *events, const char *item, const char *parent,
                    int64_t since_ms, int64_t until_ms, int64_t *out_ms, GError **error)
{
    g_autoptr(GPtrArray) of_parent = walk->lookup(parent, walk->user, error);
    *out_ms = until_ms;
    if (of_parent == NULL) {
        return false;
    }
    for (guint i = 0; i < of_parent->len; i++) {
        const PosEpcisEvent *event = g_ptr_array_index(of_parent, i);
        if (is_packing(event) && strcmp(event->action, "DELETE") == 0 &&
            event->event_ms >= since_ms && event->event_ms < *out_ms &&
            names(event, parent, POS_EPCIS_PARENT) &&
            (event->deletes_all || names(event, item, POS_EPCIS_CHILD))) {
            *out_ms = event->event_ms;
        }
    }
    return true;
}

/* What one event leads to, seen from the item that is visited. */
static bool follow(Walk *walk, GPtrArray *events, guint index, const Visit *visit, GError **error)
{
    const PosEpcisEvent *event = g_ptr_array_index(events, index);
    const char *parent = first_of(event, POS_EPCIS_PARENT);
    if (names(event, visit->item, POS_EPCIS_OUTPUT)) {
        for (guint i = 0; i < event->items->len; i++) {
            const PosEpcisItem *each = g_ptr_array_index(event->items, i);
            if (each->role == POS_EPCIS_INPUT) {
                push(walk, each->id, G_MININT64, event->event_ms);
            }
        }
    } else if (is_packing(event) && names(event, visit->item, POS_EPCIS_CHILD) && parent != NULL &&
               strcmp(event->action, "ADD") == 0) {
        int64_t left_ms;
        if (!left_at(walk, events, visit->item, parent, event->event_ms, visit->until_ms, &left_ms,
                     error)) {
            return false;
        }
        push(walk, parent, event->event_ms, left_ms);
    }
    return true;
}

static bool visit_item(Walk *walk, const Visit *visit, GError **error)
{
    g_autoptr(GPtrArray) events = walk->lookup(visit->item, walk->user, error);
    if (events == NULL) {
        return false;
    }
    for (guint i = 0; i < events->len; i++) {
        const PosEpcisEvent *event = g_ptr_array_index(events, i);
        bool within = event->event_ms >= visit->from_ms && event->event_ms <= visit->until_ms;
        bool its_own = names(event, visit->item, POS_EPCIS_SEEN) ||
                       names(event, visit->item, POS_EPCIS_CHILD) ||
                       names(event, visit->item, POS_EPCIS_OUTPUT) || event->deletes_all;
        if (!within || !its_own) {
            continue; /* what was loaded beside it, or made of it, is not its way */
        }
        if (!follow(walk, events, i, visit, error)) {
            return false;
        }
        take(walk, events, i);
    }
    return true;
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    const PosEpcisEvent *x = *(PosEpcisEvent *const *)a, *y = *(PosEpcisEvent *const *)b;
    return x->event_ms != y->event_ms ? (x->event_ms > y->event_ms) - (x->event_ms < y->event_ms)
                                      : strcmp(x->event_id, y->event_id);
}

static void event_or_null_free(void *data)
{
    pos_epcis_event_free(data);
}

GPtrArray *central_epcis_walk_back(const char *item, CentralEpcisLookup lookup, void *user,
                                   GError **error)
{
    Walk walk = {.lookup = lookup, .user = user, .todo = G_QUEUE_INIT};
    walk.visited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    walk.taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    walk.events = g_ptr_array_new_with_free_func(event_or_null_free);
    bool ok = true;
    push(&walk, item, G_MININT64, G_MAXINT64);
    while (ok && !g_queue_is_empty(&walk.todo)) {
        Visit *visit = g_queue_pop_head(&walk.todo);
        ok = visit_item(&walk, visit, error);
        visit_free(visit);
    }
    g_queue_clear_full(&walk.todo, visit_free);
    g_hash_table_unref(walk.visited);
    g_hash_table_unref(walk.taken);
    if (!ok) {
        g_ptr_array_unref(walk.events);
        return NULL;
    }
    g_ptr_array_sort(walk.events, by_time);
    if (walk.events->len > EVENTS_MAX) {
        g_ptr_array_set_size(walk.events, EVENTS_MAX);
    }
    return walk.events;
}

/* --- forward ---------------------------------------------------------------------------------- */

static void push_forward(GHashTable *visited, GQueue *todo, const char *item)
{
    if (g_hash_table_size(visited) < VISITS_MAX && g_hash_table_add(visited, g_strdup(item))) {
        g_queue_push_tail(todo, g_strdup(item));
    }
}

static void forward_of(const PosEpcisEvent *event, const char *item, GHashTable *visited,
                       GQueue *todo)
{
    bool as_parent = names(event, item, POS_EPCIS_PARENT);
    bool as_input = names(event, item, POS_EPCIS_INPUT);
    for (guint i = 0; i < event->items->len; i++) {
        const PosEpcisItem *each = g_ptr_array_index(event->items, i);
        if ((as_parent && each->role == POS_EPCIS_CHILD) ||
            (as_input && each->role == POS_EPCIS_OUTPUT)) {
            push_forward(visited, todo, each->id);
        }
    }
}

bool central_epcis_walk_forward(const char *item, CentralEpcisLookup lookup, void *user,
                                GHashTable *lots, GError **error)
{
    g_autoptr(GHashTable) visited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GQueue todo = G_QUEUE_INIT;
    bool ok = true;
    push_forward(visited, &todo, item);
    while (ok && !g_queue_is_empty(&todo)) {
        g_autofree char *next = g_queue_pop_head(&todo);
        g_autoptr(GPtrArray) events = lookup(next, user, error);
        ok = events != NULL;
        for (guint i = 0; ok && i < events->len; i++) {
            forward_of(g_ptr_array_index(events, i), next, visited, &todo);
        }
        g_hash_table_add(lots, g_steal_pointer(&next));
    }
    g_queue_clear_full(&todo, g_free);
    return ok;
}

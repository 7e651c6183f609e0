/* SPDX-License-Identifier: GPL-3.0-or-later
 * Large catch-ups of the feed. Each is read from one snapshot of the database at the database's
 * speed into a nameless file, and from there each reader takes it at its own: however slow readers
 * are, and however many ask for the same (all tills after an outage), the snapshot is held once and
 * for a moment, and memory holds none of it. */
#pragma once
#include "sync/central_feed_render.h"
#include "sync/central_http.h"

G_BEGIN_DECLS

typedef struct CentralSpooler CentralSpooler; /* the thread and what it has made */
typedef struct CentralSpool CentralSpool;     /* one catch-up, growing until it is complete */

/* What a catch-up is: equal ones are shared. */
typedef struct {
    const char *store_id;
    const char *mode; /* "till" and "manager" get operators */
    int64_t after;
    CentralFeedForm form;
    bool gzip;
} CentralSpoolKey;

/* Reads DIR/central.db over a connection of its own, puts its files into DIR. */
CentralSpooler *central_spooler_start(const char *dir, GError **error);
/* The catch-up up to `newest` or beyond; NULL when too many are being read already. A reference.
 * Any thread. */
CentralSpool *central_spooler_get(CentralSpooler *spooler, const CentralSpoolKey *key,
                                  int64_t newest);
/* Ends the thread; what is incomplete fails. Then free, when no spool is left. NULL is fine for
 * free. */
void central_spooler_stop(CentralSpooler *spooler);
void central_spooler_free(CentralSpooler *spooler);

#define CENTRAL_SPOOL_END (-1)
#define CENTRAL_SPOOL_FAILED (-2)
/* At most `room` bytes from `offset`: the count; 0 when they are not there yet, then `waiter` is
 * woken once when more are; or one of the above. Any thread. */
gssize central_spool_read(CentralSpool *spool, int64_t offset, char *buffer, gsize room,
                          CentralStream *waiter);
/* The version that it leads to; only after END. */
int64_t central_spool_newest(CentralSpool *spool);
/* Gives the reference back; waiter is not woken any more. */
void central_spool_release(CentralSpool *spool, CentralStream *waiter);

G_END_DECLS

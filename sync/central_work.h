/* SPDX-License-Identifier: GPL-3.0-or-later
 * What serve does by itself, on one thread with a connection of its own: new prices soon after
 * sales and every minute, rises whose time has come each second, and the feed's setting `central`
 * for each store. */
#pragma once
#include "pos/clock.h"
#include "sync/central_store.h"

G_BEGIN_DECLS

typedef struct CentralWork CentralWork;

/* Opens DIR/central.db to write. clock: borrowed, must outlive it. published: on its thread, after
 * a commit that made a version. */
CentralWork *central_work_new(const char *dir, const PosClock *clock, void (*published)(void *user),
                              void *user, GError **error);
/* Puts the setting `central` into each store's feed and starts the thread. url: where this central
 * is reached, unless `base_urls` says so; NULL unknown. pin: NULL none. */
bool central_work_start(CentralWork *work, const char *url, const char *pin, GError **error);
/* New records of a store were booked. Any thread. */
void central_work_booked(CentralWork *work, const char *store_id);
/* Another program has committed: there may be a new store. Any thread. */
void central_work_look(CentralWork *work);
/* Finishes what it is at and ends the thread. NULL is fine, also for free. */
void central_work_stop(CentralWork *work);
void central_work_free(CentralWork *work);

G_END_DECLS

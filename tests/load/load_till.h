/* SPDX-License-Identifier: GPL-3.0-or-later
 * A till that a load generator plays: who it is, and a journal with a right chain of sales. Only what
 * central has not acknowledged is kept. */
#pragma once
#include "pos/journal.h"

G_BEGIN_DECLS

typedef struct {
    char *gtin, *lot;
    int64_t price;
} LoadItem;

typedef struct {
    char *id, *token, *prefix; /* prefix: of its receipt numbers */
    int64_t seq;               /* of the last record written */
    PosHash head;
    /* What is on its way: written, not acknowledged. */
    GString *batch; /* lines; NULL none */
    int64_t batch_from;
    PosHash batch_prev;
} LoadTill;

/* Lines "ID TOKEN PREFIX". Owned GPtrArray of LoadTill*; NULL with an error. */
GPtrArray *load_tills_read(const char *file, GError **error);
void load_till_free(LoadTill *till);
/* What is sold by the piece, from the lines of a feed. Owned GPtrArray of LoadItem*. */
GPtrArray *load_items_of_feed(const char *lines, gsize length);

/* Writes `count` sales of three lines into till->batch, which must be NULL or is made longer. at_ms:
 * when the first happened. */
void load_till_sell(LoadTill *till, const GPtrArray *items, int count, int64_t at_ms);
/* The whole POST of till->batch. Owned. */
GString *load_till_post(const LoadTill *till, const char *path);
/* GET of a path with its token; accept and last may be NULL. Owned. */
GString *load_till_get(const LoadTill *till, const char *path, const char *accept,
                       const int64_t *last_event_id);
/* Central holds all up to `acked`: true when that is all of the batch, which is then forgotten. */
bool load_till_acked(LoadTill *till, int64_t acked);

G_END_DECLS

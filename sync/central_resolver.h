/* SPDX-License-Identifier: GPL-3.0-or-later
 * What this central knows about a GS1 Digital Link: which link a path is, its levels with the pages that central makes
 * itself and the links that were registered. */
#pragma once
#include "pos/gs1.h"
#include "sync/central_weblink.h"
#include "sync/central_store.h"

G_BEGIN_DECLS

/* Which Digital Link a request's target is. target: path and query as they came. False (why: one sentence, owned) for
 * what is none. A slash at the end of the path is let pass. */
bool central_resolver_read(const char *target, PosGs1Message *out, char **out_why);

/* The base of all links, without a slash at its end: the setting, else the first of central's URLs, else `fallback`
 * (nullable: then the machine's name). Owned. */
char *central_resolver_base(CentralStore *store, const char *fallback);
/* Whether a text may be that base: http(s), a host, no query. */
bool central_resolver_is_base(const char *text);

/* A store whose feed has the product: the one that is asked for (nullable) or the first. Owned id; NULL when none has. */
char *central_resolver_store_of(CentralStore *store, const char *gtin, const char *wanted);

/* The levels at which something is known, the most specific first; empty when nothing is. Owned GPtrArray of
 * CentralWeblinkLevel*; NULL and error when the machine failed. */
GPtrArray *central_resolver_levels(CentralStore *store, const char *base,
                                   const PosGs1Message *message, GError **error);

/* The paths at which a link's elements may be registered, the most specific first. Owned GPtrArray of char*. */
GPtrArray *central_resolver_anchors(const PosGs1Message *message);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The resolver's registered links: the part of central's store (sync/central_store.h) that they are kept in. */
#pragma once
#include "sync/central_weblink.h"
#include "sync/central_store.h"

G_BEGIN_DECLS

#define CENTRAL_LINKS_OF_ANCHOR_MAX 100

/* anchor: a path "/01/…". Of the same type, target and languages there is one: again changes title and the rest.
 * POS_ERROR_INVALID beyond the maximum. */
bool central_store_link_set(CentralStore *store, const char *anchor, const CentralWeblink *link,
                            GError **error);
/* Those of a type (NULL: all) and target (NULL: all) of an anchor. *out_removed: how many. */
bool central_store_link_remove(CentralStore *store, const char *anchor, const char *type,
                               const char *href, int *out_removed, GError **error);
/* Of an anchor, in the order of their setting. Owned GPtrArray of CentralWeblink*; NULL and error. */
GPtrArray *central_store_links(CentralStore *store, const char *anchor, GError **error);
/* Each anchor that has links, in order. Owned GPtrArray of char*. */
GPtrArray *central_store_link_anchors(CentralStore *store, GError **error);

G_END_DECLS

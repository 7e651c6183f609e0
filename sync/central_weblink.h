/* SPDX-License-Identifier: GPL-3.0-or-later
 * Links of a GS1-Conformant resolver (GS1 Resolver 1.2): values, which one of several a request means, and the linkset
 * that lists them. Pure. */
#pragma once
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define CENTRAL_WEBLINK_VOCABULARY "https://ref.gs1.org/voc/"
#define CENTRAL_WEBLINK_DEFAULT "defaultLink"
#define CENTRAL_WEBLINK_DEFAULT_MULTI "defaultLinkMulti"

/* All owned. */
typedef struct {
    char *type; /* the word behind "gs1:" */
    char *href; /* absolute */
    char *title;
    char *media_type; /* "" unknown */
    char **languages; /* BCP 47 tags; never NULL, may be empty */
    char *context;    /* "" any */
} CentralWeblink;
/* languages: separated by spaces; "" none. Copies. */
CentralWeblink *central_weblink_new(const char *type, const char *href, const char *title,
                                    const char *media_type, const char *languages,
                                    const char *context);
void central_weblink_free(CentralWeblink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CentralWeblink, central_weblink_free)

/* What is known of one level of an identifier. */
typedef struct {
    char *anchor;      /* absolute URI */
    char *description; /* of the item, for people */
    GPtrArray *links;  /* of CentralWeblink* */
} CentralWeblinkLevel;
CentralWeblinkLevel *central_weblink_level_new(const char *anchor, const char *description);
void central_weblink_level_free(CentralWeblinkLevel *level);

/* What a request says about what it wants; NULL where it says nothing. Borrowed. */
typedef struct {
    const char *link_type; /* as in the query: "gs1:pip", a full URI, "linkset", "all" */
    const char *accept, *accept_language, *context;
} CentralWeblinkWish;

typedef enum {
    CENTRAL_WEBLINK_NONE = 0, /* nothing of that kind: 404 */
    CENTRAL_WEBLINK_ONE,      /* redirect to it */
    CENTRAL_WEBLINK_SEVERAL,  /* nothing tells them apart: 300 */
    CENTRAL_WEBLINK_SET,      /* the linkset itself is wanted */
} CentralWeblinkChoice;

/* levels: of CentralWeblinkLevel*, the most specific first. *out_links: the chosen one or the candidates (borrowed from
 * levels, owned array), empty for NONE and SET. */
CentralWeblinkChoice central_weblink_choose(GPtrArray *levels, const CentralWeblinkWish *wish,
                                            GPtrArray **out_links);

/* The word of a link type: "gs1:pip", "https://ref.gs1.org/voc/pip", "https://gs1.org/voc/pip" are "pip". NULL for
 * another vocabulary's. Borrowed from text. */
const char *central_weblink_type_word(const char *text);
/* Whether GS1's vocabulary has it (WebVoc 1.16). */
bool central_weblink_type_is_known(const char *word);

/* The place of a language among those of Accept-Language (RFC 4647 3.4, with q of RFC 9110): 1 the most wanted, 0 not
 * wanted. header NULL: 0. */
int central_weblink_language_rank(const char *header, const char *language);
/* The best of `offered` (NULL-terminated tags), else the first. Borrowed. */
const char *central_weblink_best_language(const char *header, const char *const *offered);
/* The q of a media type, in thousandths, by the most specific range of an Accept header; 1000 when there is none. */
int central_weblink_media_quality(const char *header, const char *media_type);

/* The linkset of the levels: every link, or those in `only` (nullable) alone. New reference. */
json_t *central_linkset_json(GPtrArray *levels, GPtrArray *only);
/* The same for people, the JSON-LD inside. Owned. */
char *central_linkset_html(GPtrArray *levels, const char *language);

/* href with the query of the request behind it, byte for byte, before a fragment. query NULL or "": href. Owned. */
char *central_weblink_with_query(const char *href, const char *query);

G_END_DECLS

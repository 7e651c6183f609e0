/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/central_weblink.h"

#include <string.h>

/* GS1 Web Vocabulary 1.16, subclasses of LinkType. */
static const char link_types[] =
    " activityIdeas allergenInfo appDownload backgroundInfo brandHomepageClinical "
    "brandHomepagePatient careersInfo certificationInfo consumerHandlingStorageInfo defaultLink "
    "defaultLinkMulti dpp eifu epcis epil eventsInfo faqs handledBy hasRetailers homepage "
    "ingredientsInfo instructions jws leaveReview locationInfo logisticsInfo loyaltyProgram "
    "masterData menuInfo nutritionalInfo openingHoursInfo paymentLink pip "
    "productSustainabilityInfo promotion purchaseSuppliesOrAccessories quickStartGuide "
    "recallStatus recipeInfo registerProduct registryEntry relatedImage relatedVideo reportFound "
    "review safetyInfo scheduleTime serviceInfo smartLabel smpc socialMedia statisticInfo "
    "subscribe support sustainabilityInfo traceability tutorial userAgreement "
    "verificationService whatsInTheBox ";

CentralWeblink *central_weblink_new(const char *type, const char *href, const char *title,
                                    const char *media_type, const char *languages,
                                    const char *context)
{
    CentralWeblink *link = g_new0(CentralWeblink, 1);
    link->type = g_strdup(type);
    link->href = g_strdup(href);
    link->title = g_strdup(title);
    link->media_type = g_strdup(media_type);
    link->languages = *languages == '\0' ? g_new0(char *, 1) : g_strsplit(languages, " ", 20);
    link->context = g_strdup(context);
    return link;
}

void central_weblink_free(CentralWeblink *link)
{
    if (link != NULL) {
        g_free(link->type);
        g_free(link->href);
        g_free(link->title);
        g_free(link->media_type);
        g_strfreev(link->languages);
        g_free(link->context);
        g_free(link);
    }
}

CentralWeblinkLevel *central_weblink_level_new(const char *anchor, const char *description)
{
    CentralWeblinkLevel *level = g_new0(CentralWeblinkLevel, 1);
    level->anchor = g_strdup(anchor);
    level->description = g_strdup(description);
    level->links = g_ptr_array_new_with_free_func((GDestroyNotify)central_weblink_free);
    return level;
}

void central_weblink_level_free(CentralWeblinkLevel *level)
{
    if (level != NULL) {
        g_free(level->anchor);
        g_free(level->description);
        g_ptr_array_unref(level->links);
        g_free(level);
    }
}

const char *central_weblink_type_word(const char *text)
{
    static const char *const starts[] = {"gs1:",
                                         CENTRAL_WEBLINK_VOCABULARY,
                                         "http://ref.gs1.org/voc/",
                                         "https://gs1.org/voc/",
                                         "http://gs1.org/voc/",
                                         "https://www.gs1.org/voc/"};
    for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
        if (g_str_has_prefix(text, starts[i])) {
            return text + strlen(starts[i]);
        }
    }
    return NULL;
}

bool central_weblink_type_is_known(const char *word)
{
    gsize length = strlen(word);
    g_autofree char *spaced = g_strdup_printf(" %s ", word);
    return length > 0 && length < 40 && strchr(word, ' ') == NULL &&
           strstr(link_types, spaced) != NULL;
}

/* --- negotiation ------------------------------------------------------------------------------ */

/* "…;q=0.8" to thousandths; 1000 without, 0 when it is no number. */
static int quality_of(const char *parameters)
{
    const char *at = parameters == NULL ? NULL : strstr(parameters, "q=");
    if (at == NULL) {
        return 1000;
    }
    char *end = NULL;
    double q = g_ascii_strtod(at + 2, &end);
    return end == at + 2 || !(q >= 0 && q <= 1) ? 0 : (int)(q * 1000 + 0.5);
}

/* RFC 4647 lookup: the range is the tag, or the tag begins with it and a dash, or the range cut back is. */
static bool range_takes(const char *range, const char *tag)
{
    gsize length = strlen(range);
    if (g_ascii_strncasecmp(range, tag, length) == 0 &&
        (tag[length] == '\0' || tag[length] == '-')) {
        return true;
    }
    gsize tag_length = strlen(tag);
    return tag_length < length && g_ascii_strncasecmp(range, tag, tag_length) == 0 &&
           range[tag_length] == '-';
}

int central_weblink_language_rank(const char *header, const char *language)
{
    int best = 0;
    g_auto(GStrv) ranges = g_strsplit(header != NULL ? header : "", ",", 30);
    for (int i = 0; ranges[i] != NULL; i++) {
        char *parameters = strchr(ranges[i], ';');
        int quality = quality_of(parameters);
        if (parameters != NULL) {
            *parameters = '\0';
        }
        const char *range = g_strstrip(ranges[i]);
        if (quality > best && *range != '\0' && *range != '*' && range_takes(range, language)) {
            best = quality;
        }
    }
    /* A rank among all, the higher the quality the smaller: only its order counts. */
    return best == 0 ? 0 : 1001 - best;
}

const char *central_weblink_best_language(const char *header, const char *const *offered)
{
    const char *best = offered[0];
    int best_rank = 0;
    for (int i = 0; offered[i] != NULL; i++) {
        int rank = central_weblink_language_rank(header, offered[i]);
        if (rank > 0 && (best_rank == 0 || rank < best_rank)) {
            best_rank = rank;
            best = offered[i];
        }
    }
    return best;
}

int central_weblink_media_quality(const char *header, const char *media_type)
{
    int quality = 0, precision = -1;
    if (header == NULL || *header == '\0') {
        return 1000;
    }
    g_auto(GStrv) ranges = g_strsplit(header, ",", 50);
    gsize main_length = strcspn(media_type, "/") + 1;
    for (int i = 0; ranges[i] != NULL; i++) {
        char *parameters = strchr(ranges[i], ';');
        int this_quality = quality_of(parameters);
        if (parameters != NULL) {
            *parameters = '\0';
        }
        const char *range = g_strstrip(ranges[i]);
        int this_precision = g_ascii_strcasecmp(range, media_type) == 0 ? 2
                             : g_str_has_suffix(range, "/*") && strlen(range) == main_length + 1 &&
                                     g_ascii_strncasecmp(range, media_type, main_length) == 0
                                 ? 1
                             : strcmp(range, "*/*") == 0 ? 0
                                                         : -1;
        if (this_precision > precision) {
            precision = this_precision;
            quality = this_quality;
        }
    }
    return precision < 0 ? 0 : quality;
}

/* How much a link answers to one wish; 0 not at all. */
typedef int (*Rate)(const CentralWeblink *link, const CentralWeblinkWish *wish);

static int rate_language(const CentralWeblink *link, const CentralWeblinkWish *wish)
{
    int best = 0;
    for (char **language = link->languages; *language != NULL; language++) {
        int rank = central_weblink_language_rank(wish->accept_language, *language);
        best = rank > 0 ? MAX(best, 1001 - rank) : best;
    }
    return best;
}

static int rate_media(const CentralWeblink *link, const CentralWeblinkWish *wish)
{
    return wish->accept == NULL ? 0 : central_weblink_media_quality(wish->accept, link->media_type);
}

static int rate_context(const CentralWeblink *link, const CentralWeblinkWish *wish)
{
    return wish->context != NULL && g_ascii_strcasecmp(link->context, wish->context) == 0;
}

/* Keeps those that answer best, or all when none answers at all. */
static void keep_best(GPtrArray *links, Rate rate, const CentralWeblinkWish *wish)
{
    int best = 0;
    for (guint i = 0; i < links->len; i++) {
        best = MAX(best, rate(g_ptr_array_index(links, i), wish));
    }
    for (guint i = links->len; best > 0 && i-- > 0;) {
        if (rate(g_ptr_array_index(links, i), wish) < best) {
            g_ptr_array_remove_index(links, i);
        }
    }
}

static void add_of_type(const CentralWeblinkLevel *level, const char *word, GPtrArray *out)
{
    for (guint i = 0; i < level->links->len; i++) {
        CentralWeblink *link = g_ptr_array_index(level->links, i);
        if (strcmp(link->type, word) == 0) {
            g_ptr_array_add(out, link);
        }
    }
}

/* The links of a type of the first level that has it. */
static GPtrArray *of_type(GPtrArray *levels, const char *word)
{
    GPtrArray *found = g_ptr_array_new();
    for (guint i = 0; i < levels->len && found->len == 0; i++) {
        add_of_type(g_ptr_array_index(levels, i), word, found);
    }
    return found;
}

static void choose_among(GPtrArray *links, const CentralWeblinkWish *wish)
{
    keep_best(links, rate_language, wish);
    keep_best(links, rate_media, wish);
    keep_best(links, rate_context, wish);
}

/* Without a link type: the one default link of the first level that has one, but for a language that one of its
 * defaultLinkMulti is in. */
static GPtrArray *default_link(GPtrArray *levels, const CentralWeblinkWish *wish)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    for (guint i = 0; i < levels->len; i++) {
        const CentralWeblinkLevel *level = g_ptr_array_index(levels, i);
        add_of_type(level, CENTRAL_WEBLINK_DEFAULT, found);
        if (found->len == 0) {
            continue;
        }
        g_autoptr(GPtrArray) multi = g_ptr_array_new();
        add_of_type(level, CENTRAL_WEBLINK_DEFAULT_MULTI, multi);
        bool wanted = false;
        for (guint k = 0; k < multi->len; k++) {
            wanted |= rate_language(g_ptr_array_index(multi, k), wish) > 0;
        }
        if (wanted) {
            choose_among(multi, wish);
            return g_steal_pointer(&multi);
        }
        g_ptr_array_set_size(found, 1);
        return g_steal_pointer(&found);
    }
    return g_steal_pointer(&found);
}

CentralWeblinkChoice central_weblink_choose(GPtrArray *levels, const CentralWeblinkWish *wish,
                                            GPtrArray **out_links)
{
    const char *type = wish->link_type;
    *out_links = NULL;
    if (type != NULL && (strcmp(type, "linkset") == 0 || strcmp(type, "all") == 0)) {
        *out_links = g_ptr_array_new();
        return CENTRAL_WEBLINK_SET;
    }
    if (type == NULL && wish->accept != NULL &&
        strstr(wish->accept, "application/linkset+json") != NULL) {
        *out_links = g_ptr_array_new();
        return CENTRAL_WEBLINK_SET;
    }
    if (type != NULL) {
        const char *word = central_weblink_type_word(type);
        *out_links = word == NULL ? g_ptr_array_new() : of_type(levels, word);
        choose_among(*out_links, wish);
    } else {
        *out_links = default_link(levels, wish);
    }
    return (*out_links)->len == 0   ? CENTRAL_WEBLINK_NONE
           : (*out_links)->len == 1 ? CENTRAL_WEBLINK_ONE
                                    : CENTRAL_WEBLINK_SEVERAL;
}

char *central_weblink_with_query(const char *href, const char *query)
{
    if (query == NULL || *query == '\0') {
        return g_strdup(href);
    }
    gsize until = strcspn(href, "#");
    bool has_query = memchr(href, '?', until) != NULL;
    return g_strdup_printf("%.*s%s%s%s", (int)until, href, has_query ? "&" : "?", query,
                           href + until);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what a multi-buy offer is and which pieces it takes. Pieces of one line are alike, so all goes by runs of pieces,
 * never piece by piece: a line of 100,000 costs what a line of one does, but for the bundles that mix lines. Pure. */
#include "pos/offer.h"

#include "pos/bounds.h"
#include "pos/date.h"
#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#define NEED_MAX 1000
#define TRIED_IN_EACH_ORDER 4

/* --- as the feed has it ----------------------------------------------------------------------------- */

static bool read_gtins(const json_t *value, const char *where, GHashTable *out, GError **error)
{
    const json_t *list = json_object_get(value, "gtins");
    bool fine = json_is_array(list) && json_array_size(list) >= 1 &&
                json_array_size(list) <= POS_BOUND_OFFER_GTINS;
    for (gsize i = 0; fine && i < json_array_size(list); i++) {
        const char *gtin = json_string_value(json_array_get(list, i));
        fine = pos_gtin_is_well_formed(gtin);
        if (fine) {
            g_hash_table_add(out, g_strdup(gtin));
        }
    }
    if (!fine) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: 'gtins' must be a list of 1 to %d GTINs of 14 digits."), where,
                    POS_BOUND_OFFER_GTINS);
    }
    return fine;
}

static bool read_instant(const json_t *value, const char *key, const char *where, int64_t *out,
                         GError **error)
{
    const char *text = "";
    if (!pos_json_get_string_or(value, key, POS_BOUND_INSTANT_BYTES, where, "", &text, error)) {
        return false;
    }
    if (text[0] != '\0' && !pos_instant_parse(text, out)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: '%s' must be a time as in RFC 3339, with its offset."), where, key);
        return false;
    }
    return true;
}

PosOffer *pos_offer_from_json(const char *key, const json_t *value, GError **error)
{
    g_autofree char *where = g_strdup_printf("offer %.64s", key);
    g_autoptr(PosOffer) offer = g_atomic_rc_box_new0(PosOffer);
    offer->key = g_strdup(key);
    offer->gtins = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!pos_names_from_json(value, "names", where, &offer->names, error) ||
        !pos_json_get_int(value, "need", 2, NEED_MAX, where, &offer->need, error) ||
        !pos_json_get_int_or(value, "pay", 1, offer->need - 1, where, 0, &offer->pay, error) ||
        !pos_json_get_int_or(value, "price", 0, POS_BOUND_AMOUNT_MINOR_MAX, where, -1,
                             &offer->price.minor, error) ||
        !read_instant(value, "from", where, &offer->from_ms, error) ||
        !read_instant(value, "until", where, &offer->until_ms, error) ||
        !read_gtins(value, where, offer->gtins, error)) {
        return NULL;
    }
    if ((offer->pay == 0) == (offer->price.minor < 0)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: it has either 'pay' pieces or one 'price' for all."), where);
        return NULL;
    }
    return g_steal_pointer(&offer);
}

static void offer_clear(gpointer data)
{
    PosOffer *offer = data;
    g_free(offer->key);
    pos_names_clear(&offer->names);
    g_clear_pointer(&offer->gtins, g_hash_table_unref);
}

void pos_offer_free(PosOffer *offer)
{
    if (offer != NULL) {
        g_atomic_rc_box_release_full(offer, offer_clear);
    }
}

PosOffer *pos_offer_ref(PosOffer *offer)
{
    return g_atomic_rc_box_acquire(offer);
}

bool pos_offer_is_on(const PosOffer *offer, int64_t now_ms)
{
    return now_ms >= offer->from_ms && (offer->until_ms == 0 || now_ms < offer->until_ms);
}

/* --- which pieces ------------------------------------------------------------------------------------- */

/* Lines by falling price, then by number: the order in which bundles are filled. */
static int compare_lines(const void *a, const void *b)
{
    const PosOfferLine *x = a;
    const PosOfferLine *y = b;
    if (x->price.minor != y->price.minor) {
        return x->price.minor > y->price.minor ? -1 : 1;
    }
    return x->line < y->line ? -1 : x->line > y->line;
}

/* What a bundle of these runs saves: the pieces after the first `pay`, or what is above the bundle's price. */
static __int128 saving_of(const PosOffer *offer, const PosOfferLine *runs, const int64_t *taken,
                          gsize count)
{
    __int128 sum = 0;
    __int128 paid = offer->pay > 0 ? 0 : offer->price.minor;
    int64_t still_paid = offer->pay;
    for (gsize i = 0; i < count; i++) {
        int64_t pays = MIN(still_paid, taken[i]);
        sum += (__int128)runs[i].price.minor * taken[i];
        paid += (__int128)runs[i].price.minor * pays;
        still_paid -= pays;
    }
    return sum - paid;
}

/* Fills one bundle from the dearest pieces left. False when there are too few. */
static bool fill(const PosOffer *offer, const PosOfferLine *runs, gsize count, int64_t *taken)
{
    int64_t missing = offer->need;
    for (gsize i = 0; i < count; i++) {
        taken[i] =
            g_hash_table_contains(offer->gtins, runs[i].gtin) ? MIN(runs[i].pieces, missing) : 0;
        missing -= taken[i];
    }
    return missing == 0;
}

/* How often the bundle just filled can be repeated: as often as it is of one run alone. */
static int64_t repeats(const PosOffer *offer, const PosOfferLine *runs, gsize count,
                       const int64_t *taken)
{
    for (gsize i = 0; i < count; i++) {
        if (taken[i] == offer->need) {
            return runs[i].pieces / offer->need;
        }
    }
    return 1;
}

/* Takes bundles of one offer out of the runs (sorted) as long as they save something; used[i] counts what it took. */
static int64_t take_all(const PosOffer *offer, PosOfferLine *runs, gsize count, int64_t *used)
{
    g_autofree int64_t *taken = g_new(int64_t, count);
    __int128 saved = 0;
    while (fill(offer, runs, count, taken)) {
        __int128 saving = saving_of(offer, runs, taken, count);
        if (saving <= 0) {
            break; /* what is left is cheaper still */
        }
        int64_t times = repeats(offer, runs, count, taken);
        for (gsize i = 0; i < count; i++) {
            runs[i].pieces -= taken[i] * times;
            used[i] += taken[i] * times;
        }
        saved += saving * times;
    }
    g_assert(saved <= POS_BOUND_AMOUNT_MINOR_MAX); /* no more than the lines of a cart */
    return (int64_t)saved;
}

/* One try: the offers in this order. used: count cells an offer; savings: one an offer. */
static int64_t try_order(const PosOffer *const *offers, const int *order, gsize offers_count,
                         const PosOfferLine *sorted, gsize count, int64_t *used, int64_t *savings)
{
    g_autofree PosOfferLine *runs = g_memdup2(sorted, count * sizeof *sorted);
    int64_t sum = 0;
    memset(used, 0, offers_count * count * sizeof *used);
    for (gsize i = 0; i < offers_count; i++) {
        int at = order[i];
        savings[at] = take_all(offers[at], runs, count, used + (gsize)at * count);
        sum += savings[at];
    }
    return sum;
}

/* The next order in lexical order; false after the last. */
static bool next_order(int *order, gsize count)
{
    gsize i = count - 1;
    while (i > 0 && order[i - 1] > order[i]) {
        i--;
    }
    if (i == 0) {
        return false;
    }
    gsize k = count - 1;
    while (order[k] < order[i - 1]) {
        k--;
    }
    int swap = order[i - 1];
    order[i - 1] = order[k];
    order[k] = swap;
    for (gsize a = i, b = count - 1; a < b; a++, b--) {
        swap = order[a];
        order[a] = order[b];
        order[b] = swap;
    }
    return true;
}

/* Offers that save something alone, as indexes; where there are many, the one that saves most first. */
static gsize relevant(const PosOffer **offers, gsize count, const PosOfferLine *sorted,
                      gsize lines_count)
{
    g_autofree int64_t *used = g_new0(int64_t, lines_count);
    g_autofree int64_t *alone = g_new0(int64_t, count);
    gsize kept = 0;
    for (gsize i = 0; i < count; i++) {
        g_autofree PosOfferLine *runs = g_memdup2(sorted, lines_count * sizeof *sorted);
        int64_t saving = take_all(offers[i], runs, lines_count, used);
        if (saving > 0) {
            gsize at = kept++;
            const PosOffer *offer = offers[i];
            alone[at] = saving;
            offers[at] = offer;
        }
    }
    for (gsize i = 1; kept > TRIED_IN_EACH_ORDER && i < kept; i++) {
        for (gsize k = i; k > 0 && alone[k] > alone[k - 1]; k--) {
            const PosOffer *offer = offers[k];
            int64_t saving = alone[k];
            offers[k] = offers[k - 1];
            alone[k] = alone[k - 1];
            offers[k - 1] = offer;
            alone[k - 1] = saving;
        }
    }
    return kept;
}

static int compare_ints(const void *a, const void *b)
{
    const int *x = a;
    const int *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void hit_clear(gpointer data)
{
    g_array_unref(((PosOfferHit *)data)->lines);
}

static void add_hit(GArray *hits, const PosOffer *offer, int64_t saving, const PosOfferLine *sorted,
                    const int64_t *used, gsize count)
{
    if (saving == 0) {
        return;
    }
    PosOfferHit hit = {offer, pos_money(saving), g_array_new(FALSE, FALSE, sizeof(int))};
    for (gsize i = 0; i < count; i++) {
        if (used[i] > 0) {
            g_array_append_val(hit.lines, sorted[i].line);
        }
    }
    g_array_sort(hit.lines, compare_ints);
    g_array_append_val(hits, hit);
}

GArray *pos_offers_find(const GPtrArray *all, const PosOfferLine *lines, gsize count)
{
    GArray *hits = g_array_new(FALSE, FALSE, sizeof(PosOfferHit));
    g_array_set_clear_func(hits, hit_clear);
    if (all == NULL || all->len == 0 || count == 0) {
        return hits;
    }
    g_autofree PosOfferLine *sorted = g_memdup2(lines, count * sizeof *lines);
    qsort(sorted, count, sizeof *sorted, compare_lines);
    g_autofree const PosOffer **offers = g_memdup2(all->pdata, all->len * sizeof(void *));
    gsize offers_count = relevant(offers, all->len, sorted, count);
    if (offers_count == 0) {
        return hits;
    }
    g_autofree int *order = g_new(int, offers_count);
    g_autofree int64_t *used = g_new(int64_t, offers_count * count);
    g_autofree int64_t *savings = g_new0(int64_t, offers_count);
    g_autofree int64_t *best_used = g_new0(int64_t, offers_count * count);
    g_autofree int64_t *best_savings = g_new0(int64_t, offers_count);
    int64_t best = 0;
    for (gsize i = 0; i < offers_count; i++) {
        order[i] = (int)i;
    }
    do {
        int64_t sum = try_order(offers, order, offers_count, sorted, count, used, savings);
        if (sum > best) {
            best = sum;
            memcpy(best_used, used, offers_count * count * sizeof *used);
            memcpy(best_savings, savings, offers_count * sizeof *savings);
        }
    } while (offers_count <= TRIED_IN_EACH_ORDER && next_order(order, offers_count));
    for (gsize i = 0; i < offers_count; i++) {
        add_hit(hits, offers[i], best_savings[i], sorted, best_used + i * count, count);
    }
    return hits;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the list of what is in view. An entry lives from its first sighting until it has left; whether it
 * counts is decided once in that time. */
#include "pos/scan_track.h"

#include "pos/gs1.h"
#include <string.h>

#define ENTRIES_MAX 32 /* more codes than this are in no frame; the oldest goes */

typedef struct {
    PosSymbol *symbol; /* owned; NULL: a handheld scanner's trigger */
    char gtin[15];     /* "" none */
    PosScanBox box;
    int64_t first_ms, last_ms, counted_ms;
    unsigned frames;  /* that showed it */
    unsigned missed;  /* looks since then that did not */
    bool is_here;     /* read since the picture last moved: as long as nothing moves it is there */
    bool is_seen_now; /* in this frame */
    bool is_decided, has_counted;
} Entry;

struct PosScanTrack {
    PosScanTrackSettings settings;
    GPtrArray *entries; /* Entry*, oldest first */
};

static void entry_free(gpointer data)
{
    Entry *entry = data;
    pos_symbol_free(entry->symbol);
    g_free(entry);
}

PosScanTrackSettings pos_scan_track_defaults(void)
{
    return (PosScanTrackSettings){.absent_ms = 1000,
                                  .absent_looks = 10,
                                  .twin_ms = 1000,
                                  .agree_frames = 2,
                                  .settle_ms = 150};
}

PosScanTrack *pos_scan_track_new(const PosScanTrackSettings *settings)
{
    g_assert(settings->twin_ms <= settings->absent_ms);
    PosScanTrack *track = g_new0(PosScanTrack, 1);
    track->settings = *settings;
    track->entries = g_ptr_array_new_with_free_func(entry_free);
    return track;
}

void pos_scan_track_free(PosScanTrack *track)
{
    if (track != NULL) {
        g_ptr_array_unref(track->entries);
        g_free(track);
    }
}

/* --- symbols --------------------------------------------------------------------------------------- */

PosScanBox pos_scan_box_of(const PosSymbol *symbol)
{
    if (symbol->corners_count <= 0) {
        return (PosScanBox){0};
    }
    int left = symbol->corners[0][0], right = left, top = symbol->corners[0][1], bottom = top;
    for (int i = 1; i < symbol->corners_count; i++) {
        left = MIN(left, symbol->corners[i][0]);
        right = MAX(right, symbol->corners[i][0]);
        top = MIN(top, symbol->corners[i][1]);
        bottom = MAX(bottom, symbol->corners[i][1]);
    }
    return (PosScanBox){left, top, right - left + 1, bottom - top + 1};
}

/* DataBar is among them: one look at cluttered ground yields numbers that pass its check. */
static bool is_weakly_checked(const PosSymbol *symbol)
{
    return symbol->symbology == POS_SYMBOLOGY_EAN13 || symbol->symbology == POS_SYMBOLOGY_EAN8 ||
           symbol->symbology == POS_SYMBOLOGY_UPCA || symbol->symbology == POS_SYMBOLOGY_UPCE ||
           symbol->symbology == POS_SYMBOLOGY_DATABAR;
}

static PosSymbol *symbol_copy(const PosSymbol *symbol)
{
    PosSymbol *copy = g_memdup2(symbol, sizeof *symbol);
    copy->bytes = g_malloc0(symbol->length + 1);
    memcpy(copy->bytes, symbol->bytes, symbol->length);
    return copy;
}

static bool is_same(const PosSymbol *a, const PosSymbol *b)
{
    return a->symbology == b->symbology && a->length == b->length &&
           memcmp(a->bytes, b->bytes, a->length) == 0;
}

static void read_gtin(const char *text, gsize length, bool gs1_flag, char out[15])
{
    const PosGs1Settings settings = {.gs1_flag = gs1_flag};
    PosGs1Message message;
    pos_gs1_read(text, length, &settings, &message);
    g_strlcpy(out, message.gtin, 15);
}

static void symbol_gtin(const PosSymbol *symbol, char out[15])
{
    g_autofree char *text = g_malloc(strlen(symbol->aim) + symbol->length + 1);
    const gsize aim = strlen(symbol->aim);
    memcpy(text, symbol->aim, aim);
    memcpy(text + aim, symbol->bytes, symbol->length);
    read_gtin(text, aim + symbol->length, symbol->gs1, out);
}

/* --- what is in view ---------------------------------------------------------------------------------- */

static Entry *add(PosScanTrack *track)
{
    if (track->entries->len >= ENTRIES_MAX) {
        g_ptr_array_remove_index(track->entries, 0);
    }
    Entry *entry = g_new0(Entry, 1);
    g_ptr_array_add(track->entries, entry);
    return entry;
}

static void see(PosScanTrack *track, const PosSymbol *symbol, int64_t now_ms)
{
    Entry *entry = NULL;
    for (guint i = 0; i < track->entries->len && entry == NULL; i++) {
        Entry *at = track->entries->pdata[i];
        if (at->symbol != NULL && is_same(at->symbol, symbol)) {
            entry = at;
        }
    }
    if (entry == NULL) {
        entry = add(track);
        entry->symbol = symbol_copy(symbol);
        entry->first_ms = now_ms;
        symbol_gtin(symbol, entry->gtin);
    }
    entry->box = pos_scan_box_of(symbol);
    entry->last_ms = now_ms;
    entry->frames++;
    entry->missed = 0;
    entry->is_here = entry->is_seen_now = true;
}

/* Could this look have shown it? A symbol of unknown place only by a look at everything, which begins at 0,0. */
static bool covers(const PosScanBox *looked, const PosScanBox *box)
{
    const int x = box->x + box->width / 2, y = box->y + box->height / 2;
    return looked->width > 0 && x >= looked->x && x < looked->x + looked->width && y >= looked->y &&
           y < looked->y + looked->height;
}

static bool has_left(const PosScanTrack *track, const Entry *entry, int64_t now_ms)
{
    if (entry->symbol == NULL) {
        return now_ms - entry->counted_ms > track->settings.twin_ms;
    }
    return entry->missed >= track->settings.absent_looks &&
           now_ms - entry->last_ms >= track->settings.absent_ms;
}

static void miss(PosScanTrack *track, const PosScanLook *look)
{
    for (guint i = track->entries->len; i-- > 0;) {
        Entry *entry = track->entries->pdata[i];
        if (entry->is_seen_now) {
            continue;
        }
        if (entry->is_here) {
            entry->last_ms = look->now_ms;
        } else if (covers(&look->looked, &entry->box)) {
            entry->missed++;
        }
        if (has_left(track, entry, look->now_ms)) {
            g_ptr_array_remove_index(track->entries, i);
        }
    }
}

/* --- what counts --------------------------------------------------------------------------------------- */

static bool overlap(const PosScanBox *a, const PosScanBox *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
           b->y < a->y + a->height;
}

/* Another number read as often in the same place: one of the two is a misread, so neither counts yet. */
static bool has_rival(const PosScanTrack *track, const Entry *entry)
{
    for (guint i = 0; i < track->entries->len; i++) {
        const Entry *other = track->entries->pdata[i];
        if (other != entry && other->symbol != NULL && !other->is_decided &&
            is_weakly_checked(other->symbol) && other->frames >= entry->frames &&
            overlap(&other->box, &entry->box)) {
            return true;
        }
    }
    return false;
}

static bool is_believed(const PosScanTrack *track, const Entry *entry, int64_t now_ms)
{
    return !is_weakly_checked(entry->symbol) ||
           (entry->frames >= track->settings.agree_frames &&
            now_ms - entry->first_ms >= track->settings.settle_ms && !has_rival(track, entry));
}

/* The same article by another symbol: counted within twin_ms, or counted and still in view. */
static bool has_twin(const PosScanTrack *track, const Entry *entry, int64_t now_ms)
{
    for (guint i = 0; i < track->entries->len && entry->gtin[0] != '\0'; i++) {
        const Entry *other = track->entries->pdata[i];
        const bool other_kind =
            other->symbol == NULL || other->symbol->symbology != entry->symbol->symbology;
        const bool recent = now_ms - other->counted_ms <= track->settings.twin_ms ||
                            (other->symbol != NULL && other->missed < track->settings.absent_looks);
        if (other->has_counted && other_kind && recent && strcmp(other->gtin, entry->gtin) == 0) {
            return true;
        }
    }
    return false;
}

GPtrArray *pos_scan_track_frame(PosScanTrack *track, const PosScanLook *look,
                                const GPtrArray *symbols)
{
    for (guint i = 0; i < track->entries->len; i++) {
        Entry *entry = track->entries->pdata[i];
        entry->is_seen_now = false;
        entry->is_here = entry->is_here && !look->moved;
    }
    for (guint i = 0; symbols != NULL && i < symbols->len; i++) {
        see(track, symbols->pdata[i], look->now_ms);
    }
    miss(track, look);
    GPtrArray *counted = g_ptr_array_new_with_free_func((GDestroyNotify)pos_symbol_free);
    /* First the symbols that say more than a number, so that their twins find them counted. */
    for (int weak = 0; weak <= 1; weak++) {
        for (guint i = 0; i < track->entries->len; i++) {
            Entry *entry = track->entries->pdata[i];
            if (entry->is_decided || is_weakly_checked(entry->symbol) != (weak == 1) ||
                !is_believed(track, entry, look->now_ms)) {
                continue;
            }
            entry->has_counted = !has_twin(track, entry, look->now_ms);
            entry->is_decided = true;
            if (entry->has_counted) {
                entry->counted_ms = look->now_ms;
                g_ptr_array_add(counted, symbol_copy(entry->symbol));
            }
        }
    }
    return counted;
}

void pos_scan_track_trigger(PosScanTrack *track, const char *text, gsize length, int64_t now_ms)
{
    char gtin[15];
    read_gtin(text, length, false, gtin);
    if (gtin[0] == '\0') {
        return;
    }
    Entry *entry = add(track);
    g_strlcpy(entry->gtin, gtin, sizeof entry->gtin);
    entry->first_ms = entry->last_ms = entry->counted_ms = now_ms;
    entry->is_decided = entry->has_counted = true;
}

bool pos_scan_track_is_waiting(const PosScanTrack *track)
{
    for (guint i = 0; i < track->entries->len; i++) {
        const Entry *entry = track->entries->pdata[i];
        if (!entry->is_decided && entry->missed < track->settings.absent_looks) {
            return true;
        }
    }
    return false;
}

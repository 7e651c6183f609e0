/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/key_ahead.h"

typedef struct {
    UiKeyAheadItem item;
    int64_t at_us;
} Waiting;

struct UiKeyAhead {
    GQueue waiting; /* of Waiting* */
    unsigned holds;
    unsigned scan_keys; /* at the tail: may be the beginning of a code */
};

UiKeyAhead *ui_key_ahead_new(void)
{
    UiKeyAhead *ahead = g_new0(UiKeyAhead, 1);
    g_queue_init(&ahead->waiting);
    return ahead;
}

void ui_key_ahead_free_arrival(UiArrival *arrival)
{
    if (arrival != NULL) {
        g_free((char *)arrival->text);
        g_free((char *)arrival->raw);
        g_free((PosKeyStroke *)arrival->strokes);
        g_free(arrival);
    }
}

static void waiting_free(Waiting *waiting)
{
    ui_key_ahead_free_arrival(waiting->item.arrival);
    g_free(waiting);
}

void ui_key_ahead_free(UiKeyAhead *ahead)
{
    if (ahead != NULL) {
        g_queue_clear_full(&ahead->waiting, (GDestroyNotify)waiting_free);
        g_free(ahead);
    }
}

void ui_key_ahead_hold(UiKeyAhead *ahead)
{
    ahead->holds++;
}

void ui_key_ahead_release(UiKeyAhead *ahead)
{
    g_assert(ahead->holds > 0);
    ahead->holds--;
}

static bool waits(const UiKeyAhead *ahead)
{
    return ahead->holds > 0;
}

static bool push(UiKeyAhead *ahead, UiKeyAheadItem item, int64_t now_us)
{
    if (ahead->waiting.length >= UI_KEY_AHEAD_MAX) {
        return false;
    }
    Waiting *waiting = g_new0(Waiting, 1);
    waiting->item = item;
    waiting->at_us = now_us;
    g_queue_push_tail(&ahead->waiting, waiting);
    return true;
}

bool ui_key_ahead_key(UiKeyAhead *ahead, unsigned keyval, unsigned state, unsigned fast_keys,
                      int64_t now_us)
{
    if (fast_keys <= 1) {
        ahead->scan_keys = 0;
    }
    if (!waits(ahead)) {
        return false;
    }
    const UiKeyAheadItem item = {.keyval = keyval, .state = state};
    if (push(ahead, item, now_us) && fast_keys >= 1) {
        ahead->scan_keys++;
    }
    return true;
}

static char *copy_bytes(const char *bytes, gsize length)
{
    char *copy = g_malloc0(length + 1);
    memcpy(copy, bytes != NULL ? bytes : "", bytes != NULL ? length : 0);
    return copy;
}

bool ui_key_ahead_scan(UiKeyAhead *ahead, const UiArrival *arrival, int64_t now_us)
{
    if (!waits(ahead)) {
        return false;
    }
    UiArrival *copy = g_new(UiArrival, 1);
    *copy = *arrival;
    copy->text = copy_bytes(arrival->text, arrival->length);
    copy->raw = copy_bytes(arrival->raw, arrival->raw_length);
    copy->strokes =
        arrival->strokes != NULL
            ? g_memdup2(arrival->strokes, arrival->strokes_count * sizeof *arrival->strokes)
            : NULL;
    if (!push(ahead, (UiKeyAheadItem){.arrival = copy}, now_us)) {
        ui_key_ahead_free_arrival(copy);
    }
    return true;
}

void ui_key_ahead_forget_scan(UiKeyAhead *ahead)
{
    while (ahead->scan_keys > 0 && ahead->waiting.length > 0) {
        waiting_free(g_queue_pop_tail(&ahead->waiting));
        ahead->scan_keys--;
    }
    ahead->scan_keys = 0;
}

bool ui_key_ahead_next(UiKeyAhead *ahead, int64_t now_us, UiKeyAheadItem *out)
{
    while (!waits(ahead) && ahead->waiting.length > 0) {
        Waiting *first = g_queue_pop_head(&ahead->waiting);
        const bool fresh = now_us - first->at_us <= UI_KEY_AHEAD_US;
        ahead->scan_keys = MIN(ahead->scan_keys, ahead->waiting.length);
        if (fresh) {
            *out = first->item;
            g_free(first);
            return true;
        }
        waiting_free(first);
    }
    return false;
}

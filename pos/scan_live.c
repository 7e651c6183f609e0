/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the order of one frame's work; a crop is the frame's own memory, nothing is copied for it. */
#include "pos/scan_live.h"

#include "pos/scan_region.h"

struct PosScanLive {
    PosScanRegion region;
    PosScanTrack *track;
};

PosScanLive *pos_scan_live_new(const PosScanTrackSettings *settings)
{
    PosScanLive *live = g_new0(PosScanLive, 1);
    live->track = pos_scan_track_new(settings);
    return live;
}

void pos_scan_live_free(PosScanLive *live)
{
    if (live != NULL) {
        pos_scan_track_free(live->track);
        g_free(live);
    }
}

static GPtrArray *decode(const PosFrame *frame, const PosScanPlan *plan)
{
    const PosScanBox *box = &plan->box;
    const PosFrame part = {frame->pixels + (gsize)box->y * (gsize)frame->stride + box->x,
                           box->width, box->height, frame->stride};
    GPtrArray *symbols = pos_scan_frame(&part, POS_SCAN_LIVE, plan->turn);
    for (guint i = 0; i < symbols->len; i++) {
        PosSymbol *symbol = symbols->pdata[i];
        for (int c = 0; c < symbol->corners_count; c++) {
            symbol->corners[c][0] += box->x;
            symbol->corners[c][1] += box->y;
        }
    }
    return symbols;
}

GPtrArray *pos_scan_live_frame(PosScanLive *live, const PosFrame *frame, int64_t now_ms,
                               GPtrArray **out_seen)
{
    const bool waiting = pos_scan_track_is_waiting(live->track);
    const PosScanPlan plan = pos_scan_region_plan(&live->region, frame, waiting, now_ms);
    g_autoptr(GPtrArray) seen = NULL;
    if (plan.box.width > 0 && plan.box.height > 0) {
        seen = decode(frame, &plan);
        pos_scan_region_note(&live->region, &plan, seen);
    } else {
        seen = g_ptr_array_new_with_free_func((GDestroyNotify)pos_symbol_free);
    }
    const PosScanLook look = {.now_ms = now_ms, .looked = plan.box, .moved = plan.moved};
    GPtrArray *counted = pos_scan_track_frame(live->track, &look, seen);
    if (out_seen != NULL) {
        *out_seen = g_steal_pointer(&seen);
    }
    return counted;
}

void pos_scan_live_trigger(PosScanLive *live, const char *text, gsize length, int64_t now_ms)
{
    pos_scan_track_trigger(live->track, text, length, now_ms);
}

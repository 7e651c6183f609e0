/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the economy of live decoding: the cheap difference of two frames and the crop. */
#include "pos/scan_region.h"

#include <string.h>

#define CELL_STEP_MIN 8   /* pixels between samples: every code that can be read covers several */
#define CELL_PIXELS 4     /* averaged in a sample, against noise */
#define CELL_CHANGE 24    /* grey levels that a sample must change by */
#define MOVED_PER_MILLE 1 /* of the samples have changed: something moved */
#define STILL_LOOKS 10    /* whole frames in two turns of passes; then a still picture is at rest */
#define REST_LOOK_MS 500  /* a picture at rest is looked at this often */
#define CROPS_IN_ROW 3    /* then a whole frame, for symbols elsewhere */
#define MISSES_MAX 3      /* then the place is forgotten */
#define MARGIN_PERCENT 25 /* of the box, at each side */
#define MARGIN_PIXELS 24
#define WORTH_PERCENT 50   /* a crop of more than this share of the frame is no gain */
#define LINEAR_SIDE_PART 4 /* a linear code's crop is at least this part of the frame's width */

/* --- did anything move? ------------------------------------------------------------------------------- */

static gsize sample(const PosFrame *frame, uint8_t *cells)
{
    const int across =
        MAX(CELL_STEP_MIN, (frame->width + POS_SCAN_REGION_COLUMNS - 1) / POS_SCAN_REGION_COLUMNS);
    const int down =
        MAX(CELL_STEP_MIN, (frame->height + POS_SCAN_REGION_ROWS - 1) / POS_SCAN_REGION_ROWS);
    gsize count = 0;
    for (int y = down / 2; y < frame->height; y += down) {
        const uint8_t *row = frame->pixels + (gsize)y * (gsize)frame->stride;
        for (int x = across / 2; x + CELL_PIXELS <= frame->width; x += across) {
            cells[count++] = (uint8_t)((row[x] + row[x + 1] + row[x + 2] + row[x + 3]) / 4);
        }
    }
    return count;
}

static bool differs(const uint8_t *a, const uint8_t *b, gsize count)
{
    gsize changed = 0;
    for (gsize i = 0; i < count; i++) {
        changed += (unsigned)(a[i] - b[i] + CELL_CHANGE) > 2U * CELL_CHANGE ? 1 : 0;
    }
    return changed * 1000 > count * MOVED_PER_MILLE;
}

/* --- where to look -------------------------------------------------------------------------------------- */

static PosScanBox clip(int left, int top, int right, int bottom, int width, int height)
{
    left = CLAMP(left, 0, width);
    top = CLAMP(top, 0, height);
    right = CLAMP(right, left, width);
    bottom = CLAMP(bottom, top, height);
    return (PosScanBox){left, top, right - left, bottom - top};
}

static PosScanBox with_margins(const PosScanRegion *region)
{
    const PosScanBox *box = &region->box;
    const int across = MAX(box->width * MARGIN_PERCENT / 100 + MARGIN_PIXELS,
                           (region->box_side_min - box->width) / 2);
    const int down = MAX(box->height * MARGIN_PERCENT / 100 + MARGIN_PIXELS,
                         (region->box_side_min - box->height) / 2);
    return clip(box->x - across, box->y - down, box->x + box->width + across,
                box->y + box->height + down, region->width, region->height);
}

static bool is_crop_worth_it(const PosScanRegion *region, const PosScanBox *crop)
{
    return (int64_t)crop->width * crop->height * 100 <
           (int64_t)region->width * region->height * WORTH_PERCENT;
}

PosScanPlan pos_scan_region_plan(PosScanRegion *region, const PosFrame *frame, bool waiting,
                                 int64_t now_ms)
{
    if (frame->width < CELL_PIXELS || frame->height < 1 || frame->stride < frame->width) {
        return (PosScanPlan){0};
    }
    uint8_t cells[sizeof region->cells];
    const gsize count = sample(frame, cells);
    const bool same_size = frame->width == region->width && frame->height == region->height;
    PosScanPlan plan = {.moved = !same_size || differs(cells, region->cells, count)};
    if (!plan.moved && region->still_looks >= STILL_LOOKS && !waiting &&
        now_ms - region->looked_ms < REST_LOOK_MS) {
        return plan;
    }
    memcpy(region->cells, cells, count);
    if (!same_size) {
        region->width = frame->width;
        region->height = frame->height;
        region->box = (PosScanBox){0};
    }
    region->looked_ms = now_ms;
    region->still_looks = plan.moved ? 0 : region->still_looks;
    const unsigned crops_max = waiting ? 1 : plan.moved ? CROPS_IN_ROW : 0;
    const PosScanBox crop = with_margins(region);
    if (region->box.width > 0 && region->crops < crops_max && is_crop_worth_it(region, &crop)) {
        region->crops++;
        plan.box = crop;
        plan.turn = region->box_turn;
        return plan;
    }
    region->crops = 0;
    region->still_looks++;
    plan.is_whole = true;
    plan.box = (PosScanBox){0, 0, frame->width, frame->height};
    plan.turn = region->turn++;
    return plan;
}

static bool is_linear(const PosSymbol *symbol)
{
    return symbol->symbology != POS_SYMBOLOGY_QR && symbol->symbology != POS_SYMBOLOGY_DATAMATRIX;
}

void pos_scan_region_note(PosScanRegion *region, const PosScanPlan *plan, const GPtrArray *symbols)
{
    PosScanBox all = {0};
    bool linear = false;
    for (guint i = 0; i < symbols->len; i++) {
        const PosScanBox box = pos_scan_box_of(symbols->pdata[i]);
        if (box.width == 0) {
            continue;
        }
        linear = linear || is_linear(symbols->pdata[i]);
        const int left = MIN(box.x, all.width > 0 ? all.x : box.x);
        const int top = MIN(box.y, all.width > 0 ? all.y : box.y);
        const int right = MAX(box.x + box.width, all.x + all.width);
        const int bottom = MAX(box.y + box.height, all.y + all.height);
        all = (PosScanBox){left, top, right - left, bottom - top};
    }
    if (all.width > 0) {
        region->box = all;
        region->box_turn = plan->turn;
        region->box_side_min = linear ? region->width / LINEAR_SIDE_PART : 0;
        region->box_misses = 0;
    } else if (!plan->is_whole) {
        region->crops = CROPS_IN_ROW; /* the next look is at the whole frame */
        if (++region->box_misses >= MISSES_MAX) {
            region->box = (PosScanBox){0};
            region->box_misses = 0;
        }
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/offset.h"

#include <stdlib.h>

void sync_offset_take(SyncOffset *offset, int64_t central_ms, int64_t local_ms,
                      int64_t round_trip_ms, int64_t taken_ms)
{
    SyncOffset sample = {
        .known = true,
        .offset_ms = central_ms - (local_ms - round_trip_ms / 2),
        .round_trip_ms = round_trip_ms,
        .taken_ms = taken_ms,
    };
    int64_t apart = llabs(sample.offset_ms - offset->offset_ms);
    bool contradicts = apart > (sample.round_trip_ms + offset->round_trip_ms) / 2 + 1;
    if (!offset->known || contradicts || sample.round_trip_ms <= offset->round_trip_ms ||
        taken_ms - offset->taken_ms >= SYNC_OFFSET_OLD_MS) {
        *offset = sample;
    }
}

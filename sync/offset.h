/* SPDX-License-Identifier: GPL-3.0-or-later
 * How far central's clock is from this machine's, reckoned from hello. Pure. Each hello gives an interval that holds
 * the true offset, half a round trip to either side; the sample with the smallest round trip wins, until a newer one
 * contradicts it (a clock was set) or it has grown old (clocks drift). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define SYNC_OFFSET_OLD_MS (3600 * 1000)
#define SYNC_OFFSET_STEP_MS 2000 /* a larger change of the wall clock's offset is journalled */

/* All zero: none yet. */
typedef struct {
    bool known;
    int64_t offset_ms;     /* central's clock - this clock */
    int64_t round_trip_ms; /* of the sample that won */
    int64_t taken_ms;      /* by the boot clock */
} SyncOffset;

/* central_ms: `now` of hello. local_ms: this clock when the answer was there. taken_ms: boot clock, never goes back. */
void sync_offset_take(SyncOffset *offset, int64_t central_ms, int64_t local_ms,
                      int64_t round_trip_ms, int64_t taken_ms);

/* SPDX-License-Identifier: GPL-3.0-or-later
 * A camera's frames to scans: decides what of a frame to decode (pos/scan_region), decodes it (pos/scan) and decides what
 * counts (pos/scan_track). Pure: frames and times come in as arguments. One thread at a time. */
#pragma once
#include "pos/scan_track.h"

G_BEGIN_DECLS

typedef struct PosScanLive PosScanLive;

PosScanLive *pos_scan_live_new(const PosScanTrackSettings *settings);
void pos_scan_live_free(PosScanLive *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosScanLive, pos_scan_live_free)

/* now_ms: monotonic. Returns the symbols that count as a scan now, as pos_scan_track_frame() does. out_seen, nullable: the
 * symbols read in this very frame, corners in its pixels, owned; empty when it was passed over. */
GPtrArray *pos_scan_live_frame(PosScanLive *live, const PosFrame *frame, int64_t now_ms,
                               GPtrArray **out_seen);
/* See pos_scan_track_trigger(). */
void pos_scan_live_trigger(PosScanLive *live, const char *text, gsize length, int64_t now_ms);

G_END_DECLS

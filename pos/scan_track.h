/* SPDX-License-Identifier: GPL-3.0-or-later
 * From what is seen in a camera's frames to scans that count: a symbol counts once while it stays in view and again
 * after it left; two symbols of one article are one scan; a weakly checked number must be read in two frames. Pure:
 * frames and times come in as arguments. One thread at a time. */
#pragma once
#include "pos/scan.h"

G_BEGIN_DECLS

/* In frame pixels. width 0: empty. */
typedef struct {
    int x, y, width, height;
} PosScanBox;

/* The box around a symbol's corners; empty when it has none. */
PosScanBox pos_scan_box_of(const PosSymbol *symbol);

typedef struct {
    /* A symbol has left the view when it was not read for this long and in this many looks that could have shown it.
     * A live look makes one pass of a turn, and some symbols are read by one pass only: count whole turns. */
    int64_t absent_ms;
    unsigned absent_looks;
    /* Two symbols of different symbology with one GTIN (a pack's EAN and its QR code) within this time are one scan.
     * At most absent_ms. */
    int64_t twin_ms;
    /* EAN and UPC, whose single check digit passes one misread in ten, and DataBar, which clutter can look like, must
     * be read in this many frames… */
    unsigned agree_frames;
    /* …and wait this long for a richer symbol of the same article, which would tell the lot. */
    int64_t settle_ms;
} PosScanTrackSettings;

/* 1 s and two turns of passes; 1 s; 2 frames; 150 ms. */
PosScanTrackSettings pos_scan_track_defaults(void);

/* What is known of one frame. */
typedef struct {
    int64_t now_ms;    /* monotonic */
    PosScanBox looked; /* the part that was decoded; empty: the frame was passed over */
    bool moved;        /* it differs from the last frame that was decoded */
} PosScanLook;

typedef struct PosScanTrack PosScanTrack;

PosScanTrack *pos_scan_track_new(const PosScanTrackSettings *settings);
void pos_scan_track_free(PosScanTrack *track);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosScanTrack, pos_scan_track_free)

/* symbols: PosSymbol* read in this frame, borrowed; NULL is none. Returns those that count as a scan now, oldest
 * first: a GPtrArray of PosSymbol* (owned, with free function). A symbol may count in a later frame than the one that
 * showed it. */
GPtrArray *pos_scan_track_frame(PosScanTrack *track, const PosScanLook *look,
                                const GPtrArray *symbols);

/* A handheld scanner's trigger: it counts always, so there is no answer. The same article in front of the camera within
 * twin_ms is then the same scan. text: as the scanner sent it, may hold NUL. */
void pos_scan_track_trigger(PosScanTrack *track, const char *text, gsize length, int64_t now_ms);

/* True while a symbol waits for a second frame or for its twin. */
bool pos_scan_track_is_waiting(const PosScanTrack *track);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * One run of a camera, from opening it to its end, on a thread of its own: opening, closing and a device that hangs never
 * hold up the main thread. Frames are read for codes on GStreamer's threads, the newest only. What came is fetched by the
 * main thread. */
#pragma once
#include "pos/scan_live.h"
#include "ui/camera_source.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Remembers what is in view; outlives a feed, so that a camera that comes back does not count a pack again. */
typedef struct UiCameraReader UiCameraReader;
UiCameraReader *ui_camera_reader_new(void);
UiCameraReader *ui_camera_reader_ref(UiCameraReader *reader);
void ui_camera_reader_unref(UiCameraReader *reader);
/* See pos_scan_live_trigger(). Any thread. */
void ui_camera_reader_trigger(UiCameraReader *reader, const char *text, gsize length);

/* What came since the last time. */
typedef struct {
    GdkTexture *texture; /* the newest picture; NULL: no new one */
    GPtrArray *counted;  /* PosSymbol* that count as a scan, oldest first; never NULL */
    GPtrArray *seen;     /* PosSymbol* in the newest decoded frame; NULL: none was decoded */
    int width, height;   /* of the frames in which corners are given */
    char *failure;       /* one sentence: the feed has ended; else NULL */
} UiCameraNews;
void ui_camera_news_clear(UiCameraNews *news);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(UiCameraNews, ui_camera_news_clear)

typedef struct UiCameraFeed UiCameraFeed;

/* Starts. on_news is called in the main thread when there is something to fetch. source: taken. reader: a reference is taken.
 * silence_ms: a feed that gives no frame for this long (three times as long at its start) has failed. */
UiCameraFeed *ui_camera_feed_new(UiCameraSource *source, UiCameraReader *reader, int silence_ms,
                                 void (*on_news)(gpointer user), gpointer user);
/* Main thread. */
void ui_camera_feed_fetch(UiCameraFeed *feed, UiCameraNews *out);
/* Ends it: on_news is called no more. Returns at once; the pipeline closes on the feed's own thread. */
void ui_camera_feed_stop(UiCameraFeed *feed);
/* Gives a stopped feed away. wait: when its pipeline is closed, but after two seconds at the latest. NULL: nothing. */
void ui_camera_feed_free(UiCameraFeed *feed, bool wait);

G_END_DECLS

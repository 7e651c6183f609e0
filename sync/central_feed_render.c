/* SPDX-License-Identifier: GPL-3.0-or-later
 * An event's closing is held back until the next item or the end is known: the id stands on the
 * last event alone, since a terminal applies what it has staged when it sees one. */
#include "sync/central_feed_render.h"

#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* zlib's way to say: gzip header, largest window */

static void append_item(CentralRender *render, CentralFeedForm form, const CentralFeedItem *item,
                        GString *out)
{
    if (form == CENTRAL_FEED_LINES) {
        central_feed_item_append_line(item, out);
        g_string_append_c(out, '\n');
        return;
    }
    if (render->open_event) {
        g_string_append_c(out, '\n');
    }
    g_string_append_printf(out, "event: %s\ndata: ", item->kind);
    central_feed_item_append_line(item, out);
    g_string_append_c(out, '\n');
    render->open_event = true;
}

CentralRenderStatus central_render_items(CentralRender *render, CentralFeedForm form,
                                         CentralFeedCursor *cursor, const char *epoch,
                                         gsize bytes_max, GString *out, GError **error)
{
    while (out->len < bytes_max) {
        CentralFeedItem item;
        int step = central_feed_cursor_next(cursor, &item, error);
        if (step < 0) {
            return CENTRAL_RENDER_FAILED;
        }
        if (step == 0) {
            gint64 newest = central_feed_cursor_newest(cursor);
            if (form == CENTRAL_FEED_LINES) {
                g_string_append_printf(
                    out, "{\"end\":true,\"epoch\":\"%s\",\"version\":%" G_GINT64_FORMAT "}\n",
                    epoch, newest);
            } else {
                /* Without an event of its own the id stands alone: what changed was not for this
                 * mode. */
                g_string_append_printf(out, "id: %" G_GINT64_FORMAT "\n\n", newest);
                render->open_event = false;
            }
            return CENTRAL_RENDER_END;
        }
        append_item(render, form, &item, out);
    }
    return CENTRAL_RENDER_MORE;
}

GBytes *central_render_gzip(const GString *text)
{
    z_stream gzip = {0};
    int code = deflateInit2(&gzip, 1, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY);
    g_assert(code == Z_OK);
    gsize room = deflateBound(&gzip, text->len);
    guchar *out = g_malloc(room);
    gzip.next_in = (Bytef *)text->str;
    gzip.avail_in = (uInt)text->len;
    gzip.next_out = out;
    gzip.avail_out = (uInt)room;
    code = deflate(&gzip, Z_FINISH);
    g_assert(code == Z_STREAM_END); /* deflateBound() leaves room for all of it */
    gsize length = room - gzip.avail_out;
    deflateEnd(&gzip);
    return g_bytes_new_take(out, length);
}

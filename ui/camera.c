/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the camera's states: a feed runs, or a timer and a watch of the folder wait for the next try. */
#include "ui/camera.h"

#include "ui/camera_feed.h"
#include "ui/camera_outline.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define SILENCE_MS 3000
#define BACKOFF_FIRST_MS 500
#define BACKOFF_MAX_MS 5000
#define FADE_FRAME_MS 60

struct _UiCamera {
    GObject parent;
    UiCameraState state;
    char *source; /* nullable */
    char *sentence;
    UiCameraReader *reader;
    UiCameraFeed *feed; /* NULL while waiting */
    UiCameraFeed *old;  /* the one before, which may still be closing; nullable */
    GdkTexture *shown;
    UiOutlines outlines;
    GFileMonitor *monitor;
    guint retry, fade;
    guint failures; /* since the last picture */
};

static void paintable_init(GdkPaintableInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE(UiCamera, ui_camera, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(GDK_TYPE_PAINTABLE, paintable_init))

static void try_now(UiCamera *self);

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

/* --- the picture ---------------------------------------------------------------------------------- */

static void paintable_snapshot(GdkPaintable *paintable, GdkSnapshot *snapshot, double width,
                               double height)
{
    UiCamera *self = UI_CAMERA(paintable);
    if (self->shown == NULL) {
        return;
    }
    gdk_paintable_snapshot(GDK_PAINTABLE(self->shown), snapshot, width, height);
    if (ui_outlines_shown(&self->outlines, now_ms()) != UI_OUTLINE_NONE) {
        const graphene_rect_t all = GRAPHENE_RECT_INIT(0, 0, (float)width, (float)height);
        cairo_t *cr = gtk_snapshot_append_cairo(GTK_SNAPSHOT(snapshot), &all);
        cairo_scale(cr, width / UI_CAMERA_VIEW_WIDTH, height / UI_CAMERA_VIEW_HEIGHT);
        ui_outlines_draw(&self->outlines, cr, UI_CAMERA_VIEW_WIDTH, UI_CAMERA_VIEW_HEIGHT,
                         now_ms());
        cairo_destroy(cr);
    }
}

static int paintable_width(GdkPaintable *paintable)
{
    return UI_CAMERA_VIEW_WIDTH;
}

static int paintable_height(GdkPaintable *paintable)
{
    return UI_CAMERA_VIEW_HEIGHT;
}

static GdkPaintableFlags paintable_flags(GdkPaintable *paintable)
{
    return GDK_PAINTABLE_STATIC_SIZE;
}

static void paintable_init(GdkPaintableInterface *iface)
{
    iface->snapshot = paintable_snapshot;
    iface->get_intrinsic_width = paintable_width;
    iface->get_intrinsic_height = paintable_height;
    iface->get_flags = paintable_flags;
}

/* An outline fades also while the pictures stall. */
static gboolean on_fade(gpointer user)
{
    UiCamera *self = user;
    gdk_paintable_invalidate_contents(GDK_PAINTABLE(self));
    if (ui_outlines_shown(&self->outlines, now_ms()) != UI_OUTLINE_NONE) {
        return G_SOURCE_CONTINUE;
    }
    self->fade = 0;
    return G_SOURCE_REMOVE;
}

static void begin_fade(UiCamera *self)
{
    if (self->fade == 0) {
        self->fade = g_timeout_add(FADE_FRAME_MS, on_fade, self);
    }
    gdk_paintable_invalidate_contents(GDK_PAINTABLE(self));
}

/* --- states ------------------------------------------------------------------------------------------- */

static void set_state(UiCamera *self, UiCameraState state, const char *sentence)
{
    if (self->state == state && strcmp(self->sentence, sentence) == 0) {
        return;
    }
    self->state = state;
    g_free(self->sentence);
    self->sentence = g_strdup(sentence);
    g_signal_emit_by_name(self, "changed");
}

guint ui_camera_backoff_ms(guint failures)
{
    const guint doubled = BACKOFF_FIRST_MS << MIN(failures > 0 ? failures - 1 : 0, 8);
    return MIN(doubled, BACKOFF_MAX_MS);
}

static gboolean on_retry(gpointer user)
{
    UiCamera *self = user;
    self->retry = 0;
    try_now(self);
    return G_SOURCE_REMOVE;
}

static void on_folder_changed(GFileMonitor *monitor, GFile *file, GFile *other,
                              GFileMonitorEvent event, UiCamera *self)
{
    g_autoptr(UiCameraSource) source = ui_camera_source_parse(self->source, NULL);
    GFile *named = event == G_FILE_MONITOR_EVENT_RENAMED && other != NULL ? other : file;
    g_autofree char *name = g_file_get_basename(named);
    const bool is_new =
        event == G_FILE_MONITOR_EVENT_CREATED || event == G_FILE_MONITOR_EVENT_MOVED_IN ||
        event == G_FILE_MONITOR_EVENT_RENAMED || event == G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT ||
        event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED;
    if (self->feed == NULL && is_new && source != NULL && name != NULL &&
        ui_camera_source_is_name(source, name)) {
        g_clear_handle_id(&self->retry, g_source_remove);
        try_now(self);
    }
}

/* What comes into the folder may be the camera; the timer is for what no folder tells. */
static void wait_for_it(UiCamera *self, const UiCameraSource *source)
{
    if (self->monitor == NULL && source != NULL && source->folder != NULL) {
        g_autoptr(GFile) folder = g_file_new_for_path(source->folder);
        self->monitor = g_file_monitor_directory(folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
        if (self->monitor != NULL) {
            g_signal_connect(self->monitor, "changed", G_CALLBACK(on_folder_changed), self);
        }
    }
    self->failures++;
    self->retry = g_timeout_add(ui_camera_backoff_ms(self->failures), on_retry, self);
}

static void end_feed(UiCamera *self)
{
    if (self->feed != NULL) {
        ui_camera_feed_stop(self->feed);
        ui_camera_feed_free(self->old, false);
        self->old = g_steal_pointer(&self->feed);
    }
}

static void lose(UiCamera *self, const char *sentence)
{
    g_autoptr(UiCameraSource) source = ui_camera_source_parse(self->source, NULL);
    end_feed(self);
    g_clear_object(&self->shown);
    memset(&self->outlines, 0, sizeof self->outlines);
    gdk_paintable_invalidate_contents(GDK_PAINTABLE(self));
    wait_for_it(self, source);
    set_state(self, UI_CAMERA_LOST, sentence);
}

/* --- what the feed brings ----------------------------------------------------------------------------- */

static void tell(UiCamera *self, const PosSymbol *symbol)
{
    GByteArray *text = g_byte_array_new();
    g_byte_array_append(text, (const guint8 *)symbol->aim, (guint)strlen(symbol->aim));
    g_byte_array_append(text, (const guint8 *)symbol->bytes, (guint)symbol->length);
    g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(text);
    g_signal_emit_by_name(self, "scanned", bytes);
}

static void on_news(gpointer user)
{
    g_autoptr(UiCamera) self = g_object_ref(UI_CAMERA(user));
    g_auto(UiCameraNews) news = {0};
    ui_camera_feed_fetch(self->feed, &news);
    if (news.texture != NULL) {
        g_set_object(&self->shown, news.texture);
        self->failures = 0;
        gdk_paintable_invalidate_contents(GDK_PAINTABLE(self));
        set_state(self, UI_CAMERA_LIVE, "");
    }
    if (news.seen != NULL) {
        ui_outlines_move(&self->outlines, news.seen, news.width, news.height);
    }
    for (guint i = 0; i < news.counted->len; i++) {
        ui_outlines_add(&self->outlines, news.counted->pdata[i], news.width, news.height, now_ms());
        begin_fade(self);
        tell(self, news.counted->pdata[i]);
    }
    if (news.failure != NULL && self->feed != NULL) {
        lose(self, news.failure);
    }
}

static void try_now(UiCamera *self)
{
    g_autoptr(GError) error = NULL;
    g_assert(self->feed == NULL);
    UiCameraSource *source = ui_camera_source_parse(self->source, &error);
    if (source == NULL) {
        set_state(self, UI_CAMERA_LOST, error->message); /* nothing to wait for */
        return;
    }
    self->feed = ui_camera_feed_new(source, self->reader, SILENCE_MS, on_news, self);
}

void ui_camera_start(UiCamera *self, const char *source)
{
    if (self->state != UI_CAMERA_OFF) {
        return;
    }
    g_free(self->source);
    self->source = g_strdup(source);
    self->reader = ui_camera_reader_new();
    self->failures = 0;
    set_state(self, UI_CAMERA_STARTING, _("The camera is starting…"));
    try_now(self);
}

void ui_camera_stop(UiCamera *self)
{
    if (self->state == UI_CAMERA_OFF) {
        return;
    }
    g_clear_handle_id(&self->retry, g_source_remove);
    g_clear_handle_id(&self->fade, g_source_remove);
    if (self->monitor != NULL) {
        g_signal_handlers_disconnect_by_data(self->monitor, self);
        g_file_monitor_cancel(self->monitor);
        g_clear_object(&self->monitor);
    }
    end_feed(self);
    g_clear_pointer(&self->reader, ui_camera_reader_unref);
    g_clear_object(&self->shown);
    memset(&self->outlines, 0, sizeof self->outlines);
    set_state(self, UI_CAMERA_OFF, "");
}

void ui_camera_close(UiCamera *self)
{
    ui_camera_stop(self);
    ui_camera_feed_free(g_steal_pointer(&self->old), true);
}

UiCameraState ui_camera_state(UiCamera *self)
{
    return self->state;
}

bool ui_camera_is_running(UiCamera *self)
{
    return self->state != UI_CAMERA_OFF;
}

const char *ui_camera_sentence(UiCamera *self)
{
    return self->sentence;
}

void ui_camera_set_verdict(UiCamera *self, bool taken)
{
    ui_outlines_mark(&self->outlines, taken ? UI_OUTLINE_TAKEN : UI_OUTLINE_REFUSED, now_ms());
    if (self->state == UI_CAMERA_LIVE) {
        begin_fade(self);
    }
}

void ui_camera_trigger(UiCamera *self, const char *text, gsize length)
{
    if (self->reader != NULL) {
        ui_camera_reader_trigger(self->reader, text, length);
    }
}

/* --- the object ------------------------------------------------------------------------------------------ */

static void ui_camera_dispose(GObject *object)
{
    ui_camera_close(UI_CAMERA(object));
    G_OBJECT_CLASS(ui_camera_parent_class)->dispose(object);
}

static void ui_camera_finalize(GObject *object)
{
    UiCamera *self = UI_CAMERA(object);
    g_free(self->source);
    g_free(self->sentence);
    G_OBJECT_CLASS(ui_camera_parent_class)->finalize(object);
}

static void ui_camera_class_init(UiCameraClass *class)
{
    G_OBJECT_CLASS(class)->dispose = ui_camera_dispose;
    G_OBJECT_CLASS(class)->finalize = ui_camera_finalize;
    g_signal_new("scanned", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_BYTES);
    g_signal_new("changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static void ui_camera_init(UiCamera *self)
{
    self->sentence = g_strdup("");
}

UiCamera *ui_camera_new(void)
{
    return g_object_new(UI_TYPE_CAMERA, NULL);
}

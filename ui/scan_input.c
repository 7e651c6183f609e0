/* SPDX-License-Identifier: GPL-3.0-or-later
 * Carries out the wedge's verdicts: keeps and restores what is typed, holds keys back, ends codes by a pause. While the
 * window waits for an answer that may turn its page, keys and codes wait in `ahead` and go where they were meant to. */
#include "ui/scan_input.h"

#include "ui/key_ahead.h"
#include "ui/scanners.h"
#include "ui/typed.h"
#include "ui/wedge.h"
#include <string.h>

/* A scanner set to end its codes with a key is given up on after this silence, and what came is taken. */
#define PAUSE_MS_KEYS 300
/* X11's fifth modifier is AltGr; GDK hands its bit through without a name for it. */
#define ALTGR_MASK (1u << 7)

struct _UiScanInput {
    GObject parent;
    GtkWindow *window; /* not owned */
    UiKeyFunc key;
    PosDeviceSettings settings;
    UiScanners *scanners;
    UiWedge wedge;
    UiTyped *typed;    /* what stood there before a scan began */
    guint pause, hold; /* timers */
    guint down;        /* hardware code of the key that is down */
    guint held_keyval;
    gint64 last_us;  /* when the last key was handled */
    guint32 last_ms; /* the event's own time */
    bool caps_lock;
    UiKeyAhead *ahead;
};
G_DEFINE_FINAL_TYPE(UiScanInput, ui_scan_input, G_TYPE_OBJECT)

/* The settings of the scanner that types; those of the first one when none is set to. */
static const PosScannerSettings *keyboard(UiScanInput *self, int *out_which)
{
    const bool second = self->settings.scanner.source != POS_SCANNER_KEYBOARD &&
                        self->settings.scanner2.source == POS_SCANNER_KEYBOARD;
    *out_which = second ? 1 : 0;
    return second ? &self->settings.scanner2 : &self->settings.scanner;
}

static void arrive(UiScanInput *self, UiArrival *arrival)
{
    if (!ui_key_ahead_scan(self->ahead, arrival, g_get_monotonic_time())) {
        g_signal_emit_by_name(self, "arrived", arrival);
    }
}

static char end_byte(PosKeyStroke end)
{
    return end.code == 0 ? '\0' : end.code == POS_KEY_TAB ? '\t' : '\r';
}

/* The wedge's code has ended. */
static void deliver(UiScanInput *self)
{
    char text[POS_BOUND_SCAN_BYTES + 1];
    UiArrival arrival = {.source = POS_SCANNER_KEYBOARD,
                         .text = text,
                         .raw = self->wedge.text,
                         .raw_length = self->wedge.length,
                         .strokes = self->wedge.strokes,
                         .strokes_count = self->wedge.count,
                         .end = end_byte(self->wedge.end),
                         .gap_max_ms = self->wedge.gap_max_ms,
                         .caps_lock = self->caps_lock};
    const PosScannerSettings *settings = keyboard(self, &arrival.which);
    if (self->typed != NULL) {
        ui_typed_restore(self->typed); /* an input method may have finished a syllable meanwhile */
        g_clear_pointer(&self->typed, ui_typed_free);
    }
    ui_key_ahead_forget_scan(self->ahead);
    g_clear_handle_id(&self->pause, g_source_remove);
    arrival.verdict =
        pos_scanner_text(settings, arrival.raw, arrival.raw_length, text, &arrival.length);
    if (arrival.verdict != POS_SCANNER_EMPTY) {
        arrive(self, &arrival);
    }
}

/* --- timers ---------------------------------------------------------------------------------------- */

static gboolean on_pause(gpointer user)
{
    UiScanInput *self = user;
    int which = 0;
    self->pause = 0;
    if (ui_wedge_pause(&self->wedge, keyboard(self, &which), self->caps_lock) == UI_WEDGE_DONE) {
        deliver(self);
    }
    return G_SOURCE_REMOVE;
}

/* After the keys that wait already, so that a window that was busy does not cut a code. */
static void arm_pause(UiScanInput *self)
{
    int which = 0;
    const PosScannerSettings *settings = keyboard(self, &which);
    const guint after =
        settings->end == POS_SCANNER_END_PAUSE ? (guint)settings->pause_ms : PAUSE_MS_KEYS;
    g_clear_handle_id(&self->pause, g_source_remove);
    if (ui_wedge_is_busy(&self->wedge)) {
        self->pause = g_timeout_add_full(G_PRIORITY_LOW, after, on_pause, self, NULL);
    }
}

/* What the focused widget would have done with a key that was kept from it. */
static void press_focused(UiScanInput *self, guint keyval)
{
    GtkWidget *focus = gtk_window_get_focus(self->window);
    const gunichar letter = gdk_keyval_to_unicode(keyval);
    const bool enters = keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter;
    if (GTK_IS_EDITABLE(focus) && letter >= ' ' && letter != 0x7f) {
        char utf8[7] = {0};
        int at = 0;
        gtk_editable_delete_selection(GTK_EDITABLE(focus));
        at = gtk_editable_get_position(GTK_EDITABLE(focus));
        gtk_editable_insert_text(GTK_EDITABLE(focus), utf8, g_unichar_to_utf8(letter, utf8), &at);
        gtk_editable_set_position(GTK_EDITABLE(focus), at);
    } else if (GTK_IS_TEXT(focus) && keyval == GDK_KEY_BackSpace) {
        g_signal_emit_by_name(focus, "backspace");
    } else if (keyval == GDK_KEY_Tab) {
        gtk_widget_child_focus(GTK_WIDGET(self->window), GTK_DIR_TAB_FORWARD);
    } else if (focus != NULL && (enters || letter == ' ')) {
        gtk_widget_activate(focus);
    }
}

static void press(UiScanInput *self, guint keyval, GdkModifierType state)
{
    if (!self->key(self->window, keyval, state)) {
        press_focused(self, keyval);
    }
}

static gboolean on_hold(gpointer user)
{
    UiScanInput *self = user;
    const guint32 now_ms =
        self->last_ms + (guint32)((g_get_monotonic_time() - self->last_us) / 1000);
    self->hold = 0;
    if (!ui_wedge_release(&self->wedge, now_ms)) {
        return G_SOURCE_REMOVE;
    }
    if (!ui_key_ahead_key(self->ahead, self->held_keyval, 0, 0, g_get_monotonic_time())) {
        press(self, self->held_keyval, 0);
    }
    return G_SOURCE_REMOVE;
}

static void arm_hold(UiScanInput *self)
{
    g_clear_handle_id(&self->hold, g_source_remove);
    if (self->wedge.held) {
        self->hold = g_timeout_add_full(G_PRIORITY_LOW, UI_WEDGE_HOLD_MS, on_hold, self, NULL);
    }
}

/* --- keys ------------------------------------------------------------------------------------------ */

static bool in_text(UiScanInput *self)
{
    GtkWidget *focus = gtk_window_get_focus(self->window);
    return GTK_IS_EDITABLE(focus) || GTK_IS_TEXT_VIEW(focus);
}

/* In a browser (Broadway) key codes are JavaScript's: there the character itself tells the key. */
static PosKeyStroke browser_stroke(guint keyval, unsigned modifiers)
{
    static const struct {
        guint keyval;
        uint16_t code;
    } named[] = {{GDK_KEY_Return, POS_KEY_ENTER}, {GDK_KEY_KP_Enter, POS_KEY_KP_ENTER},
                 {GDK_KEY_Tab, POS_KEY_TAB},      {GDK_KEY_F8, POS_KEY_F8},
                 {GDK_KEY_F9, POS_KEY_F9},        {GDK_KEY_F11, POS_KEY_F11},
                 {GDK_KEY_Shift_L, 42},           {GDK_KEY_Shift_R, 54}};
    bool shift = false;
    for (gsize i = 0; i < G_N_ELEMENTS(named); i++) {
        if (named[i].keyval == keyval) {
            return (PosKeyStroke){named[i].code, (uint8_t)modifiers};
        }
    }
    const unsigned code = keyval < 0x7f ? pos_key_code((char)keyval, &shift) : 0;
    modifiers = shift ? modifiers | POS_KEY_SHIFT : modifiers & ~POS_KEY_SHIFT;
    return (PosKeyStroke){(uint16_t)code, (uint8_t)modifiers};
}

static PosKeyStroke stroke_of(UiScanInput *self, guint keyval, guint keycode, GdkModifierType state)
{
    const unsigned bits = (unsigned)state;
    const unsigned modifiers = ((bits & GDK_SHIFT_MASK) != 0 ? POS_KEY_SHIFT : 0) |
                               ((bits & GDK_CONTROL_MASK) != 0 ? POS_KEY_CONTROL : 0) |
                               ((bits & GDK_ALT_MASK) != 0 ? POS_KEY_ALT : 0) |
                               ((bits & ALTGR_MASK) != 0 ? POS_KEY_ALTGR : 0);
    const char *display = G_OBJECT_TYPE_NAME(gtk_widget_get_display(GTK_WIDGET(self->window)));
    if (strstr(display, "Broadway") != NULL) {
        return browser_stroke(keyval, modifiers);
    }
    const guint code = keycode >= UI_WEDGE_HARDWARE ? keycode - UI_WEDGE_HARDWARE : 0;
    return (PosKeyStroke){(uint16_t)MIN(code, G_MAXUINT16), (uint8_t)modifiers};
}

static void keep_typed(UiScanInput *self)
{
    g_clear_pointer(&self->typed, ui_typed_free);
    self->typed = ui_typed_keep(self->window);
}

static gboolean pass(UiScanInput *self, guint keyval, GdkModifierType state)
{
    if (self->wedge.fast_keys == 0) {
        g_clear_pointer(&self->typed, ui_typed_free);
    }
    return ui_key_ahead_key(self->ahead, keyval, state, self->wedge.fast_keys,
                            g_get_monotonic_time()) ||
           self->key(self->window, keyval, state);
}

/* A key that stays down presses nothing a second time; it may move and delete. */
static gboolean repeat(UiScanInput *self, guint keyval, GdkModifierType state)
{
    const bool presses = keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter ||
                         (keyval >= GDK_KEY_F1 && keyval <= GDK_KEY_F12);
    return presses || ui_wedge_is_busy(&self->wedge) ? TRUE : pass(self, keyval, state);
}

static gboolean on_key_pressed(UiScanInput *self, guint keyval, guint keycode,
                               GdkModifierType state, GtkEventControllerKey *controller)
{
    int which = 0;
    const PosKeyStroke stroke = stroke_of(self, keyval, keycode, state);
    if (keycode == self->down && keycode != 0) { /* held down: a person's */
        return repeat(self, keyval, state);
    }
    self->down = pos_key_is_modifier(stroke.code) ? self->down : keycode;
    self->caps_lock = (state & GDK_LOCK_MASK) != 0;
    self->last_ms = gtk_event_controller_get_current_event_time(GTK_EVENT_CONTROLLER(controller));
    self->last_us = g_get_monotonic_time();
    const UiWedgeKey key = {self->caps_lock, !in_text(self), self->last_ms};
    const UiWedgeVerdict verdict =
        ui_wedge_feed(&self->wedge, keyboard(self, &which), stroke, &key);
    arm_pause(self);
    arm_hold(self);
    switch (verdict) {
    case UI_WEDGE_SWALLOW:
        if (self->wedge.prefixed && self->wedge.count == 0) {
            g_clear_pointer(&self->typed, ui_typed_free);
        }
        return TRUE;
    case UI_WEDGE_RESTORE:
        if (self->typed != NULL) {
            ui_typed_restore(self->typed);
        }
        ui_key_ahead_forget_scan(self->ahead);
        return TRUE;
    case UI_WEDGE_DONE:
        deliver(self);
        return TRUE;
    case UI_WEDGE_HOLD:
        self->held_keyval = keyval;
        keep_typed(self);
        return TRUE;
    case UI_WEDGE_START:
        keep_typed(self);
        break;
    case UI_WEDGE_PASS:
        if (pos_key_is_modifier(stroke.code)) {
            return FALSE;
        }
        break;
    }
    return pass(self, keyval, state);
}

static void on_key_released(UiScanInput *self, guint keyval, guint keycode, GdkModifierType state)
{
    if (keycode == self->down) {
        self->down = 0;
    }
}

/* --- scanners with a device of their own ------------------------------------------------------------ */

static void on_scanned(UiScanInput *self, const UiScannerCode *code)
{
    UiArrival arrival = {.which = code->which, .verdict = code->verdict};
    arrival.source =
        code->which == 0 ? self->settings.scanner.source : self->settings.scanner2.source;
    arrival.text = g_bytes_get_data(code->text, &arrival.length);
    arrival.raw = g_bytes_get_data(code->raw, &arrival.raw_length);
    arrival.end = code->end;
    arrive(self, &arrival);
}

static void on_changed(UiScanInput *self)
{
    g_signal_emit_by_name(self, "changed");
}

void ui_scan_input_set(UiScanInput *self, const PosDeviceSettings *settings)
{
    self->settings = *settings;
    ui_scanners_set(self->scanners, settings);
}

const PosDeviceSettings *ui_scan_input_settings(UiScanInput *self)
{
    return &self->settings;
}

const char *ui_scan_input_fault(UiScanInput *self)
{
    return ui_scanners_fault(self->scanners);
}

/* --- while a page may turn --------------------------------------------------------------------------- */

void ui_scan_input_hold(UiScanInput *self)
{
    ui_key_ahead_hold(self->ahead);
}

void ui_scan_input_release(UiScanInput *self)
{
    UiKeyAheadItem item;
    ui_key_ahead_release(self->ahead);
    while (ui_key_ahead_next(self->ahead, g_get_monotonic_time(), &item)) {
        if (item.arrival != NULL) {
            g_signal_emit_by_name(self, "arrived", item.arrival);
            ui_key_ahead_free_arrival(item.arrival);
        } else {
            press(self, item.keyval, (GdkModifierType)item.state);
        }
    }
}

void ui_scan_input_stop(UiScanInput *self)
{
    g_clear_handle_id(&self->pause, g_source_remove);
    g_clear_handle_id(&self->hold, g_source_remove);
    if (self->scanners != NULL) {
        ui_scanners_stop(self->scanners);
    }
}

static void ui_scan_input_dispose(GObject *object)
{
    UiScanInput *self = UI_SCAN_INPUT(object);
    ui_scan_input_stop(self);
    g_clear_object(&self->scanners);
    g_clear_pointer(&self->typed, ui_typed_free);
    g_clear_pointer(&self->ahead, ui_key_ahead_free);
    G_OBJECT_CLASS(ui_scan_input_parent_class)->dispose(object);
}

static void ui_scan_input_class_init(UiScanInputClass *class)
{
    G_OBJECT_CLASS(class)->dispose = ui_scan_input_dispose;
    g_signal_new("arrived", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
    g_signal_new("changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static void ui_scan_input_init(UiScanInput *self)
{
    pos_device_settings_defaults(&self->settings);
    self->ahead = ui_key_ahead_new();
    self->scanners = ui_scanners_new();
    g_signal_connect_object(self->scanners, "scanned", G_CALLBACK(on_scanned), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->scanners, "changed", G_CALLBACK(on_changed), self,
                            G_CONNECT_SWAPPED);
}

UiScanInput *ui_scan_input_new(GtkWindow *window, UiKeyFunc key)
{
    UiScanInput *self = g_object_new(UI_TYPE_SCAN_INPUT, NULL);
    self->window = window;
    self->key = key;
    GtkEventController *keys = gtk_event_controller_key_new();
    gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
    g_signal_connect_object(keys, "key-pressed", G_CALLBACK(on_key_pressed), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(keys, "key-released", G_CALLBACK(on_key_released), self,
                            G_CONNECT_SWAPPED);
    gtk_widget_add_controller(GTK_WIDGET(window), keys);
    return self;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Two readers' threads at most. A message of theirs is a copy that an idle call takes to the main context; one that
 * comes late, after its scanner was set anew, is dropped by its generation. */
#include "ui/scanners.h"

#include <string.h>

#define SCANNERS 2

typedef struct {
    PosScannerSettings settings;
    PosScannerReader *reader;
    char *fault;
    unsigned generation; /* main thread's; the reader's thread has its own in Source */
} Slot;

/* What a reader's thread knows. */
typedef struct {
    UiScanners *owner; /* outlives the thread: stopping joins it */
    int which;
    unsigned generation;
} Source;

struct _UiScanners {
    GObject parent;
    Slot slots[SCANNERS];
    Source *sources[SCANNERS];
};
G_DEFINE_FINAL_TYPE(UiScanners, ui_scanners, G_TYPE_OBJECT)

typedef struct {
    Source source;
    bool is_code;
    UiScannerCode code;
    char *fault;
} Message;

static void message_free(gpointer data)
{
    Message *message = data;
    g_clear_pointer(&message->code.text, g_bytes_unref);
    g_clear_pointer(&message->code.raw, g_bytes_unref);
    g_free(message->fault);
    g_object_unref(message->source.owner);
    g_free(message);
}

static gboolean on_message(gpointer data)
{
    const Message *message = data;
    UiScanners *self = message->source.owner;
    Slot *slot = &self->slots[message->source.which];
    if (message->source.generation != slot->generation) {
        return G_SOURCE_REMOVE;
    }
    if (message->is_code) {
        g_signal_emit_by_name(self, "scanned", &message->code);
        return G_SOURCE_REMOVE;
    }
    g_free(slot->fault);
    slot->fault = g_strdup(message->fault);
    g_signal_emit_by_name(self, "changed");
    return G_SOURCE_REMOVE;
}

static Message *message_new(const Source *source)
{
    Message *message = g_new0(Message, 1);
    message->source = *source;
    g_object_ref(message->source.owner);
    return message;
}

static void send(Message *message)
{
    g_idle_add_full(G_PRIORITY_DEFAULT, on_message, message, message_free);
}

/* On a reader's thread, as the next. */
static void on_code(const PosScannerCode *code, void *user)
{
    const Source *source = user;
    Message *message = message_new(source);
    message->is_code = true;
    message->code =
        (UiScannerCode){source->which, code->verdict, g_bytes_new(code->text, code->length),
                        g_bytes_new(code->raw, code->raw_length), code->end};
    send(message);
}

static void on_state(const char *fault, void *user)
{
    Message *message = message_new(user);
    message->fault = g_strdup(fault);
    send(message);
}

static bool same(const PosScannerSettings *a, const PosScannerSettings *b)
{
    return memcmp(a, b, sizeof *a) == 0; /* both were zeroed before they were filled */
}

static void slot_stop(UiScanners *self, int which)
{
    Slot *slot = &self->slots[which];
    g_clear_pointer(&slot->reader, pos_scanner_reader_stop);
    g_clear_pointer(&self->sources[which], g_free);
    g_clear_pointer(&slot->fault, g_free);
    slot->generation++;
}

static void slot_set(UiScanners *self, int which, const PosScannerSettings *settings)
{
    Slot *slot = &self->slots[which];
    if (same(&slot->settings, settings)) {
        return;
    }
    slot_stop(self, which);
    slot->settings = *settings;
    self->sources[which] = g_new0(Source, 1);
    *self->sources[which] = (Source){self, which, slot->generation};
    const PosScannerWatch watch = {on_code, on_state, self->sources[which], NULL};
    slot->reader = pos_scanner_reader_start(settings, &watch);
}

void ui_scanners_set(UiScanners *self, const PosDeviceSettings *settings)
{
    slot_set(self, 0, &settings->scanner);
    slot_set(self, 1, &settings->scanner2);
    g_signal_emit_by_name(self, "changed");
}

void ui_scanners_stop(UiScanners *self)
{
    for (int i = 0; i < SCANNERS; i++) {
        slot_stop(self, i);
        memset(&self->slots[i].settings, 0, sizeof self->slots[i].settings);
    }
}

const char *ui_scanners_fault(UiScanners *self)
{
    for (int i = 0; i < SCANNERS; i++) {
        if (self->slots[i].fault != NULL) {
            return self->slots[i].fault;
        }
    }
    return NULL;
}

static void ui_scanners_dispose(GObject *object)
{
    ui_scanners_stop(UI_SCANNERS(object));
    G_OBJECT_CLASS(ui_scanners_parent_class)->dispose(object);
}

static void ui_scanners_class_init(UiScannersClass *class)
{
    G_OBJECT_CLASS(class)->dispose = ui_scanners_dispose;
    g_signal_new("scanned", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
    g_signal_new("changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static void ui_scanners_init(UiScanners *self)
{
}

UiScanners *ui_scanners_new(void)
{
    return g_object_new(UI_TYPE_SCANNERS, NULL);
}

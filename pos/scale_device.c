/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the thread that talks to the scale. The lock guards `scale` and is held for no longer than a few copies; the
 * line belongs to the thread alone. */
#include "pos/scale_device.h"

#include "pos/device_serial.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define WRITE_MS 500 /* a command of four bytes that takes longer is stuck */

struct PosScaleDevice {
    PosScaleSettings settings;
    GMutex lock;
    PosScale scale;
    PosTillScale till;
    void (*changed)(void *user);
    void *user;
    GThread *thread;
    int wake_fd;
    gint ended;          /* atomic */
    PosScaleStatus told; /* the thread's own: what `changed` was called for */
};

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

/* --- from any thread -------------------------------------------------------------------------------- */

void pos_scale_status(PosScaleDevice *device, PosScaleStatus *out)
{
    if (device == NULL) {
        *out = (PosScaleStatus){.condition = POS_SCALE_CONDITION_NONE};
        return;
    }
    g_mutex_lock(&device->lock);
    *out = pos_scale_look(&device->scale, now_ms());
    g_mutex_unlock(&device->lock);
}

static void wake(PosScaleDevice *device)
{
    const uint64_t one = 1;
    /* A counter that is full is as good a wake-up. */
    ssize_t written = write(device->wake_fd, &one, sizeof one);
    (void)written;
}

bool pos_scale_device_zero(PosScaleDevice *device)
{
    if (device == NULL) {
        return false;
    }
    g_mutex_lock(&device->lock);
    bool can = pos_scale_zero(&device->scale);
    g_mutex_unlock(&device->lock);
    if (can) {
        wake(device);
    }
    return can;
}

static void till_status(void *user, PosScaleStatus *out)
{
    pos_scale_status(user, out);
}

static bool till_zero(void *user)
{
    return pos_scale_device_zero(user);
}

static bool till_clear_tare(void *user)
{
    PosScaleDevice *device = user;
    g_mutex_lock(&device->lock);
    bool can = pos_scale_clear_tare(&device->scale);
    g_mutex_unlock(&device->lock);
    if (can) {
        wake(device);
    }
    return can;
}

static void till_charge(void *user, uint64_t load)
{
    PosScaleDevice *device = user;
    g_mutex_lock(&device->lock);
    pos_scale_charge(&device->scale, load);
    g_mutex_unlock(&device->lock);
    wake(device);
}

static void till_keep_container(void *user, uint64_t load)
{
    PosScaleDevice *device = user;
    g_mutex_lock(&device->lock);
    pos_scale_keep_container(&device->scale, load);
    g_mutex_unlock(&device->lock);
}

const PosTillScale *pos_scale_device_for_till(PosScaleDevice *device)
{
    return device == NULL ? NULL : &device->till;
}

PosSerialLine pos_scale_device_line(const PosScaleSettings *settings)
{
    static const struct {
        int data_bits;
        PosParity parity;
    } framings[] = {
        [POS_SCALE_FRAMING_AUTO] = {8, POS_PARITY_NONE},
        [POS_SCALE_FRAMING_8N1] = {8, POS_PARITY_NONE},
        [POS_SCALE_FRAMING_7E1] = {7, POS_PARITY_EVEN},
        [POS_SCALE_FRAMING_7O1] = {7, POS_PARITY_ODD},
        [POS_SCALE_FRAMING_8E1] = {8, POS_PARITY_EVEN},
    };
    PosScaleFraming framing = settings->framing;
    if (framing == POS_SCALE_FRAMING_AUTO && settings->kind == POS_SCALE_KIND_OF(POS_SCALE_8217)) {
        framing = POS_SCALE_FRAMING_7E1;
    }
    return (PosSerialLine){.baud = settings->baud,
                           .data_bits = framings[framing].data_bits,
                           .stop_bits = 1,
                           .parity = framings[framing].parity,
                           .flow = POS_FLOW_NONE};
}

/* --- the thread ------------------------------------------------------------------------------------- */

static bool has_ended(PosScaleDevice *device)
{
    return g_atomic_int_get(&device->ended) != 0;
}

static bool is_other(const PosScaleStatus *a, const PosScaleStatus *b)
{
    return a->condition != b->condition || a->has_grams != b->has_grams || a->grams != b->grams ||
           a->stable != b->stable || a->settled != b->settled || a->net != b->net ||
           a->load != b->load;
}

static void tell(PosScaleDevice *device)
{
    PosScaleStatus status;
    pos_scale_status(device, &status);
    if (is_other(&status, &device->told)) {
        device->told = status;
        if (device->changed != NULL) {
            device->changed(device->user);
        }
    }
}

static void set_linked(PosScaleDevice *device, bool linked)
{
    g_mutex_lock(&device->lock);
    pos_scale_set_linked(&device->scale, linked, now_ms());
    g_mutex_unlock(&device->lock);
    tell(device);
}

static void drain_wake(PosScaleDevice *device)
{
    uint64_t count;
    ssize_t got = read(device->wake_fd, &count, sizeof count);
    (void)got; /* nothing there is nothing to drain */
}

/* Sends what is due and hears what comes until something is due again. False when the line is gone. */
static bool talk(PosScaleDevice *device, PosSerial *serial)
{
    uint8_t command[POS_SCALE_COMMAND_BYTES];
    uint8_t bytes[256];
    gsize count = 0;
    g_mutex_lock(&device->lock);
    gsize length = pos_scale_tick(&device->scale, now_ms(), command);
    int64_t due_ms = pos_scale_due_in_ms(&device->scale, now_ms());
    g_mutex_unlock(&device->lock);
    if (length > 0 &&
        pos_serial_write(serial, command, length, g_get_monotonic_time() + WRITE_MS * 1000, -1,
                         NULL) == POS_SERIAL_GONE) {
        return false;
    }
    PosSerialResult result =
        pos_serial_read(serial, bytes, sizeof bytes, g_get_monotonic_time() + due_ms * 1000,
                        device->wake_fd, &count);
    if (result == POS_SERIAL_WOKEN) {
        drain_wake(device);
    } else if (result == POS_SERIAL_READY) {
        g_mutex_lock(&device->lock);
        pos_scale_feed(&device->scale, bytes, count, now_ms());
        g_mutex_unlock(&device->lock);
    }
    tell(device);
    return result != POS_SERIAL_GONE;
}

/* Sleeps until the next try, or until the end. */
static void pause_before(PosScaleDevice *device, unsigned tries)
{
    GPollFD polled = {.fd = device->wake_fd, .events = G_IO_IN};
    g_poll(&polled, 1, pos_serial_retry_ms(tries));
    drain_wake(device);
}

static gpointer thread_main(gpointer data)
{
    PosScaleDevice *device = data;
    const PosSerialLine line = pos_scale_device_line(&device->settings);
    unsigned tries = 0;
    while (!has_ended(device)) {
        g_autoptr(PosSerial) serial = pos_serial_open(device->settings.path, &line, NULL);
        if (serial == NULL) {
            tell(device);
            pause_before(device, tries);
            tries++;
            continue;
        }
        tries = 0;
        pos_serial_flush(serial); /* what it said before is old */
        set_linked(device, true);
        while (!has_ended(device) && talk(device, serial)) {
        }
        set_linked(device, false);
    }
    return NULL;
}

PosScaleDevice *pos_scale_device_start(const PosScaleSettings *settings,
                                       void (*changed)(void *user), void *user)
{
    if (settings->kind == POS_SCALE_KIND_NONE) {
        return NULL;
    }
    PosScaleDevice *device = g_new0(PosScaleDevice, 1);
    const PosScaleConfig config = {.protocol = POS_SCALE_KIND_PROTOCOL(settings->kind),
                                   .division_g = settings->division_g};
    device->settings = *settings;
    device->changed = changed;
    device->user = user;
    device->till = (PosTillScale){device,    till_status,    till_charge, till_keep_container,
                                  till_zero, till_clear_tare};
    g_mutex_init(&device->lock);
    pos_scale_init(&device->scale, &config);
    device->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    g_assert(device->wake_fd >= 0);
    device->thread = g_thread_new("scale", thread_main, device);
    return device;
}

void pos_scale_device_stop(PosScaleDevice *device)
{
    if (device == NULL) {
        return;
    }
    g_atomic_int_set(&device->ended, 1);
    wake(device);
    g_thread_join(device->thread);
    close(device->wake_fd);
    g_mutex_clear(&device->lock);
    g_free(device);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the runner notes in the store beside journal and feed: central's clock, how fresh the prices are, central's
 * keys, where a fork began. */
#include "sync/runner_private.h"

#include "pos/error.h"
#include "sync/pin.h"

#include <stdlib.h>
#include <string.h>

/* Heartbeats come every 15 s; a stream of price changes need not be noted each. */
#define PRICES_NOTE_MS 5000
#define META_CLOCK_STEP_MS                                                                         \
    "clock_step_ms" /* the wall clock's offset when a clock_step was last journalled */

static void note(SyncRunner *runner, const char *key, const char *value)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *present = pos_store_meta_get(runner->store, key);
    if (g_strcmp0(present, value) != 0 && !pos_store_meta_set(runner->store, key, value, &error)) {
        g_info("sync: %s could not be noted: %s", key, error->message);
    }
}

static void note_int(SyncRunner *runner, const char *key, int64_t value)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, value);
    note(runner, key, text);
}

static int64_t meta_int(SyncRunner *runner, const char *key, int64_t fallback)
{
    gint64 value = 0;
    g_autofree char *text = pos_store_meta_get(runner->store, key);
    return text != NULL && g_ascii_string_to_signed(text, 10, INT64_MIN, INT64_MAX, &value, NULL)
               ? value
               : fallback;
}

static char *boot_id(void)
{
    char *text = NULL;
    if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &text, NULL, NULL)) {
        return g_strdup("");
    }
    return g_strstrip(text);
}

/* A jump of the wall clock switches no price, but a reader of the journal must know of it. */
static void journal_step(SyncRunner *runner, int64_t central_ms)
{
    int64_t before = meta_int(runner, META_CLOCK_STEP_MS, 0);
    int64_t offset = runner->wall.offset_ms;
    g_autoptr(GError) error = NULL;
    if (llabs(offset - before) <= SYNC_OFFSET_STEP_MS) {
        return;
    }
    g_autoptr(json_t) fields = json_object();
    json_object_set_new(fields, "offset_ms", json_integer(offset));
    json_object_set_new(fields, "offset_before_ms", json_integer(before));
    if (!pos_store_journal_append(runner->store, fields, "clock_step", central_ms, NULL, &error)) {
        g_info("sync: the step of the clock could not be journalled: %s", error->message);
        return;
    }
    note_int(runner, META_CLOCK_STEP_MS, offset);
}

void sync_runner_clock(SyncRunner *runner, int64_t central_ms, int64_t took_ms)
{
    const PosClock *clock = runner->clock;
    int64_t boot_ms = clock->boot_ms(clock->user);
    sync_offset_take(&runner->wall, central_ms, clock->wall_ms(clock->user), took_ms, boot_ms);
    sync_offset_take(&runner->boot, central_ms, boot_ms, took_ms, boot_ms);
    g_autofree char *boot = boot_id();
    journal_step(runner, central_ms);
    note_int(runner, POS_META_CLOCK_OFFSET_MS, runner->wall.offset_ms);
    note_int(runner, POS_META_BOOT_OFFSET_MS, runner->boot.offset_ms);
    note(runner, POS_META_BOOT_ID, boot);
}

void sync_runner_prices_are_current(SyncRunner *runner)
{
    int64_t now_ms = runner->clock->boot_ms(runner->clock->user) + runner->boot.offset_ms;
    if (!runner->boot.known || (runner->prices_at_ms != INT64_MIN &&
                                llabs(now_ms - runner->prices_at_ms) < PRICES_NOTE_MS)) {
        return;
    }
    runner->prices_at_ms = now_ms;
    note_int(runner, POS_META_PRICES_AT_MS, now_ms);
}

void sync_runner_take_central(SyncRunner *runner, const json_t *value)
{
    const char *pin = "", *next = "";
    g_auto(PosIdentity) identity = {0};
    g_autoptr(GError) error = NULL;
    if (value == NULL || !pos_store_identity_get(runner->store, &identity, &error)) {
        return;
    }
    pos_json_get_string_or(value, "pin", SYNC_WIRE_TEXT_BYTES_MAX, "central", "", &pin, NULL);
    pos_json_get_string_or(value, "next_pin", SYNC_WIRE_TEXT_BYTES_MAX, "central", "", &next, NULL);
    g_autofree char *joined = sync_pin_join(pin, next);
    /* A terminal that trusts public CAs keeps doing so: only a new enrolment changes the kind of trust. */
    if (identity.pin[0] == '\0' || joined[0] == '\0' || strcmp(identity.pin, joined) == 0) {
        return;
    }
    g_free(identity.pin);
    identity.pin = g_steal_pointer(&joined);
    if (!pos_store_identity_set(runner->store, &identity, &error)) {
        g_info("sync: central's keys could not be noted: %s", error->message);
        return;
    }
    sync_transfer_set_pin(runner->transfer, identity.pin);
}

void sync_runner_note_fork(SyncRunner *runner, int64_t seq)
{
    note_int(runner, SYNC_META_FORK_SEQ, seq);
}

void sync_runner_note_held(SyncRunner *runner, int64_t acked, bool fits)
{
    int64_t fork = meta_int(runner, SYNC_META_FORK_SEQ, 0);
    if (fits && fork > 0 && acked >= fork) {
        note(runner, SYNC_META_FORK_SEQ, ""); /* the same chain beyond it: there is none */
    } else if (!fits && fork == 0) {
        sync_runner_note_fork(runner,
                              acked <= runner->session.acked ? 1 : runner->session.acked + 1);
    }
}

void sync_runner_adopt(SyncRunner *runner, int64_t seq)
{
    int64_t at_ms = runner->clock->boot_ms(runner->clock->user) + runner->boot.offset_ms;
    g_autoptr(GError) error = NULL;
    if (!pos_store_outgoing_adopt(runner->store, seq, at_ms, &error)) {
        g_info("sync: record %" G_GINT64_FORMAT " cannot be adopted: %s", seq, error->message);
    }
    /* If it could not be, central refuses it again, and it waits for a person. */
    sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_UP_ADOPTED, .last_seq = seq});
}

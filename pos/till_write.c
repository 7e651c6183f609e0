/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the till's sense of time, what a header shows, and the one way of the till's own records to disk.
 *
 * What is in force is decided on central's time: boot clock + the offset learnt at the last hello, so a jump of
 * the wall clock switches nothing. Without an offset of this boot, now is at least the newest of the wall
 * clock, the last record and the last hello, plus what has passed since (sync-protocol.md). */
#include "pos/till_private.h"

#include "pos/error.h"

#include <glib/gi18n-lib.h>

/* --- now ------------------------------------------------------------------------------------------ */

static bool meta_get_int(PosStore *store, const char *key, int64_t *out)
{
    g_autofree char *text = pos_store_meta_get(store, key);
    gint64 value = 0;
    if (text == NULL || !g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL)) {
        return false;
    }
    *out = value;
    return true;
}

/* The offset of central's clock to the boot clock, when it was learnt since this machine was started. */
static bool boot_offset_get(PosStore *store, int64_t *out)
{
    g_autofree char *known = pos_store_meta_get(store, POS_META_BOOT_ID);
    g_autofree char *present = NULL;
    if (known == NULL || known[0] == '\0' ||
        !g_file_get_contents("/proc/sys/kernel/random/boot_id", &present, NULL, NULL)) {
        return false;
    }
    g_strstrip(present);
    return strcmp(known, present) == 0 && meta_get_int(store, POS_META_BOOT_OFFSET_MS, out);
}

/* When the record of seq was written; 0 when that cannot be told. */
static int64_t record_at_ms(PosStore *store, int64_t seq)
{
    int64_t at_ms = 0;
    if (seq < 1) {
        return 0;
    }
    g_autoptr(GPtrArray) records = pos_store_journal_read(store, seq, 1, 1, NULL);
    if (records == NULL || records->len == 0) {
        return 0;
    }
    const PosRecord *record = g_ptr_array_index(records, 0);
    g_autoptr(json_t) object = json_loadb(record->line, record->length, 0, NULL);
    const char *at = json_string_value(json_object_get(object, "at"));
    return at != NULL && pos_instant_parse(at, &at_ms) ? at_ms : 0;
}

/* The newest instant that the folder knows of, by records and hellos. */
static int64_t newest_known_ms(PosStore *store)
{
    int64_t seq = 0;
    int64_t hello_ms = 0;
    PosHash head;
    if (!pos_store_journal_head(store, &seq, &head, NULL)) {
        seq = 0;
    }
    meta_get_int(store, POS_META_PRICES_AT_MS, &hello_ms);
    return MAX(record_at_ms(store, seq), hello_ms);
}

/* Takes records of the sync thread (a clock_step) into account as well as our own. */
static void base_refresh(PosTill *till)
{
    int64_t seq = 0;
    PosHash head;
    if (!pos_store_journal_head(till->store, &seq, &head, NULL) || seq == till->base_seq) {
        return;
    }
    int64_t hello_ms = 0;
    int64_t newest_ms = record_at_ms(till->store, seq);
    if (till->base_seq < 0 && meta_get_int(till->store, POS_META_PRICES_AT_MS, &hello_ms)) {
        newest_ms = MAX(newest_ms, hello_ms);
    }
    till->base_seq = seq;
    if (newest_ms > till->base_ms) {
        till->base_ms = newest_ms;
        till->base_boot_ms = till->clock->boot_ms(till->clock->user);
    }
}

int64_t pos_till_now_ms(PosTill *till, bool *out_certain)
{
    int64_t offset_ms = 0;
    int64_t boot_ms = till->clock->boot_ms(till->clock->user);
    bool certain = boot_offset_get(till->store, &offset_ms);
    if (out_certain != NULL) {
        *out_certain = certain;
    }
    if (certain) {
        return boot_ms + offset_ms;
    }
    base_refresh(till);
    int64_t wall_ms = till->clock->wall_ms(till->clock->user);
    int64_t known_ms = till->base_ms == 0 ? 0 : till->base_ms + (boot_ms - till->base_boot_ms);
    if (wall_ms > known_ms) {
        /* From here on time runs by the boot clock, wherever the wall clock jumps back to. */
        till->base_ms = wall_ms;
        till->base_boot_ms = boot_ms;
        return wall_ms;
    }
    return known_ms;
}

int64_t pos_till_record_at_ms(PosTill *till)
{
    int64_t now_ms = pos_till_now_ms(till, NULL);
    int64_t seq = 0;
    PosHash head;
    if (!pos_store_journal_head(till->store, &seq, &head, NULL)) {
        return now_ms;
    }
    return MAX(now_ms, record_at_ms(till->store, seq));
}

/* --- writing ------------------------------------------------------------------------------------ */

/* What is practised stands in the journal as practice: {"of":"paid_in",…,"type":"training"}. */
static bool append(PosTill *till, const PosTillRecord *record, int64_t at_ms, GError **error)
{
    static const char *const real[] = {"login", "logout", "training", NULL};
    if (!till->training || g_strv_contains(real, record->type)) {
        return pos_store_journal_append(till->store, record->fields, record->type, at_ms,
                                        record->out, error);
    }
    g_autoptr(json_t) fields = record->fields == NULL ? json_object() : json_copy(record->fields);
    json_object_set_new(fields, "of", json_string(record->type));
    return pos_store_journal_append(till->store, fields, "training", at_ms, record->out, error);
}

bool pos_till_write_with(PosTill *till, const PosTillRecord *records, gsize records_count,
                         const PosCart *cart, PosTillMore more, void *user, GError **error)
{
    if (till->training) {
        cart = NULL; /* a practice cart that outlived the program would be sold for real */
        if (records_count == 0 && more == NULL) {
            return true;
        }
    }
    if (records_count == 0 && cart != NULL && more == NULL) {
        return pos_store_cart_save(till->store, cart, error); /* no scan waits for the platter */
    }
    int64_t at_ms = pos_till_record_at_ms(till);
    if (!pos_store_begin(till->store, error)) {
        return false;
    }
    bool fine = true;
    for (gsize i = 0; i < records_count && fine; i++) {
        fine = append(till, &records[i], at_ms, error);
    }
    fine = fine && (cart == NULL || pos_store_cart_save(till->store, cart, error));
    fine = fine && (more == NULL || more(till, user, error));
    if (!fine) {
        pos_store_rollback(till->store);
        return false;
    }
    return pos_store_commit(till->store, error);
}

typedef struct {
    const char *key, *value;
} NamedValue;

static bool set_named_value(PosTill *till, void *user, GError **error)
{
    const NamedValue *named = user;
    return pos_store_meta_set(till->store, named->key, named->value, error);
}

bool pos_till_write(PosTill *till, const PosTillRecord *records, gsize records_count,
                    const PosCart *cart, const char *meta_key, const char *meta_value,
                    GError **error)
{
    NamedValue named = {meta_key, meta_value};
    return pos_till_write_with(till, records, records_count, cart,
                               meta_key != NULL ? set_named_value : NULL, &named, error);
}

/* --- what a header shows -------------------------------------------------------------------------- */

static int64_t reckon_now_ms(PosStore *store, const PosClock *clock)
{
    int64_t offset_ms = 0;
    if (boot_offset_get(store, &offset_ms)) {
        return clock->boot_ms(clock->user) + offset_ms;
    }
    return MAX(clock->wall_ms(clock->user), newest_known_ms(store));
}

static char *meta_or_empty(PosStore *store, const char *key)
{
    char *value = pos_store_meta_get(store, key);
    return value == NULL ? g_strdup("") : value;
}

bool pos_till_status(PosStore *store, const PosClock *clock, PosTillStatus *out, GError **error)
{
    g_auto(PosTillStatus) status = {0};
    g_auto(PosIdentity) identity = {0};
    g_auto(PosStoreSettings) settings = {0};
    PosHash head;
    if (!pos_store_identity_get(store, &identity, error) ||
        !pos_store_journal_head(store, &status.seq, &head, error) ||
        !pos_store_acked_get(store, &status.acked, error) ||
        !pos_store_feed_version(store, &status.feed_version, NULL, error) ||
        !pos_store_settings(store, &settings, error)) {
        return false;
    }
    g_autofree char *hex = pos_hash_to_hex(&head);
    g_autofree char *shift = meta_or_empty(store, POS_META_SHIFT);
    int64_t prices_at_ms = 0;
    g_strlcpy(status.head_hex, hex, sizeof status.head_hex);
    status.terminal = g_strdup(identity.terminal == NULL ? "" : identity.terminal);
    status.store = g_strdup(identity.store == NULL ? "" : identity.store);
    status.unsent = MAX(0, status.seq - status.acked);
    status.unsent_since_ms = pos_store_unsent_since_ms(store);
    status.prices_age_s = -1;
    if (meta_get_int(store, POS_META_PRICES_AT_MS, &prices_at_ms)) {
        status.prices_age_s = MAX(0, (reckon_now_ms(store, clock) - prices_at_ms) / 1000);
    }
    meta_get_int(store, POS_META_CLOCK_OFFSET_MS, &status.clock_offset_ms);
    status.last_receipt = meta_or_empty(store, POS_META_LAST_RECEIPT);
    status.fault = meta_or_empty(store, POS_META_SYNC_FAULT);
    status.operator_id = meta_or_empty(store, POS_META_OPERATOR);
    g_autoptr(PosOperator) operator_ = pos_store_operator(store, status.operator_id);
    status.operator_name = g_strdup(operator_ == NULL ? "" : operator_->name);
    status.shift_open = shift[0] != '\0';
    status.demo = settings.demo;
    *out = status;
    memset(&status, 0, sizeof status);
    return true;
}

void pos_till_status_clear(PosTillStatus *status)
{
    g_free(status->terminal);
    g_free(status->store);
    g_free(status->last_receipt);
    g_free(status->operator_id);
    g_free(status->operator_name);
    g_free(status->fault);
    memset(status, 0, sizeof *status);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Re-reads everything that central holds, trusting nothing that it can work out again. */
#include "sync/central_verify.h"

#include "sync/central_booking.h"
#include "sync/central_store_book.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

void central_verify_fault_clear(CentralVerifyFault *fault)
{
    g_free(fault->terminal);
    g_free(fault->reason);
    memset(fault, 0, sizeof *fault);
}

/* One terminal's walk. */
typedef struct {
    CentralStore *store;
    const CentralTerminal *terminal;
    int64_t seq; /* of the last good record */
    PosHash head;
    int64_t bad_seq;
    char *reason; /* owned; NULL while all is well */
} Walk;

static bool blame(Walk *walk, int64_t seq, char *reason)
{
    walk->bad_seq = seq;
    walk->reason = reason;
    return false;
}

/* The columns that stand beside a line are only copies of what it says. */
static bool check_columns(Walk *walk, const CentralJournalRow *row, const json_t *record)
{
    int64_t seq = json_integer_value(json_object_get(record, "seq"));
    const char *terminal = json_string_value(json_object_get(record, "terminal"));
    const char *type = json_string_value(json_object_get(record, "type"));
    if (seq != row->seq) {
        return blame(walk, row->seq,
                     g_strdup_printf(_("the line says that it is record %" PRId64), seq));
    }
    if (g_strcmp0(terminal, walk->terminal->id) != 0) {
        return blame(walk, row->seq, g_strdup_printf(_("the line is of terminal “%s”"), terminal));
    }
    if (g_strcmp0(type, row->type) != 0 || central_booking_at_ms(record) != row->at_ms) {
        return blame(walk, row->seq,
                     g_strdup(_("the type or time beside the line is not the line's")));
    }
    return true;
}

static bool check_sums(Walk *walk, const CentralJournalRow *row, const json_t *record)
{
    if ((strcmp(row->type, "sale") != 0 && strcmp(row->type, "return") != 0) ||
        central_store_inbox_holds(walk->store, walk->terminal->id, row->seq)) {
        return true;
    }
    g_autofree char *wrong = pos_record_audit_sale(record);
    return !wrong || blame(walk, row->seq, g_steal_pointer(&wrong));
}

static bool check_row(const CentralJournalRow *row, void *user)
{
    Walk *walk = user;
    g_autoptr(json_t) record = NULL;
    g_autoptr(GError) error = NULL;
    if (row->seq != walk->seq + 1) {
        return blame(walk, walk->seq + 1,
                     g_strdup_printf(_("the record is missing, the next is %" PRId64), row->seq));
    }
    PosHash hash = pos_hash_chain(&walk->head, row->line, row->length);
    if (!pos_hash_equal(&hash, &row->hash)) {
        return blame(walk, row->seq,
                     g_strdup(_("its hash is not that of its line and of the record before")));
    }
    if (!pos_record_parse(row->line, row->length, &record, &error)) {
        return blame(walk, row->seq, g_strdup(error->message));
    }
    if (!check_columns(walk, row, record) || !check_sums(walk, row, record)) {
        return false;
    }
    walk->seq = row->seq;
    walk->head = hash;
    return true;
}

/* The terminal as a whole; *out_good false with the fault filled in. */
static bool check_terminal(CentralStore *store, const CentralTerminal *terminal, int64_t *records,
                           bool *out_good, CentralVerifyFault *out_fault, GError **error)
{
    Walk walk = {.store = store, .terminal = terminal, .head = pos_hash_zero()};
    if (!central_store_journal_each(store, terminal->id, 1, check_row, &walk, error)) {
        g_free(walk.reason);
        return false;
    }
    if (!walk.reason && walk.seq != terminal->acked) {
        blame(&walk, MIN(walk.seq, terminal->acked) + 1,
              g_strdup_printf(_("%" PRId64 " records are stored, %" PRId64 " were acknowledged"),
                              walk.seq, terminal->acked));
    }
    if (!walk.reason && !pos_hash_equal(&walk.head, &terminal->head)) {
        blame(&walk, walk.seq, g_strdup(_("the head of the chain is not this record's hash")));
    }
    *records += walk.seq;
    *out_good = walk.reason == NULL;
    if (walk.reason) {
        out_fault->terminal = g_strdup(terminal->id);
        out_fault->seq = walk.bad_seq;
        out_fault->reason = walk.reason;
    }
    return true;
}

static bool check_derived(CentralStore *store, bool *out_good, CentralVerifyFault *out_fault,
                          GError **error)
{
    g_autofree char *difference = NULL;
    bool ok = central_store_shadow_begin(store, error) &&
              central_store_derived_reset(store, error) &&
              central_booking_replay(store, NULL, error) &&
              central_store_shadow_compare(store, &difference, error);
    central_store_shadow_end(store);
    if (!ok) {
        return false;
    }
    *out_good = difference == NULL;
    if (difference) {
        out_fault->terminal = g_strdup("");
        out_fault->reason = g_steal_pointer(&difference);
    }
    return true;
}

static bool verify(CentralStore *store, bool *out_good, CentralVerifyFault *out_fault,
                   int64_t *out_terminals, int64_t *out_records, GError **error)
{
    g_autoptr(GPtrArray) terminals = central_store_terminals(store, NULL, error);
    int64_t records = 0;
    if (!terminals) {
        return false;
    }
    *out_good = true;
    for (guint i = 0; i < terminals->len && *out_good; i++) {
        if (!check_terminal(store, g_ptr_array_index(terminals, i), &records, out_good, out_fault,
                            error)) {
            return false;
        }
    }
    if (*out_good && !check_derived(store, out_good, out_fault, error)) {
        return false;
    }
    if (out_terminals) {
        *out_terminals = terminals->len;
    }
    if (out_records) {
        *out_records = records;
    }
    return true;
}

bool central_verify(CentralStore *store, bool *out_good, CentralVerifyFault *out_fault,
                    int64_t *out_terminals, int64_t *out_records, GError **error)
{
    memset(out_fault, 0, sizeof *out_fault);
    if (!central_store_begin(store, error)) {
        return false;
    }
    bool ok = verify(store, out_good, out_fault, out_terminals, out_records, error);
    central_store_rollback(store);
    return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * From journal records to stock and sales by hour. A record is judged first and written only when
 * all of it can be booked; what cannot stands in the inbox and moves nothing. What always holds:
 * the derived tables are what central_booking_replay() makes of journals, deliveries and inbox, in
 * whatever order the records came. */
#include "sync/central_booking.h"

#include "pos/error.h"
#include "sync/central_booking_read.h"
#include "sync/central_store_book.h"
#include "sync/central_command.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define WAITING_AT_ONCE 20 /* returns that came before their sale */

int64_t central_booking_at_ms(const json_t *record)
{
    g_auto(BookingSubject) subject;
    central_booking_subject_open(&subject, record, NULL, 0);
    return subject.when.at_ms;
}

/* --- counts ------------------------------------------------------------------------------- */

typedef struct {
    CentralStore *store;
    const char *store_id;
    const BookingPart *count;
    const CentralMoment *when;
    GHashTable *seen; /* hashes of lines, so that one that came twice counts once */
    int64_t since;
} Since;

/* Adds what a later record did to the counted lot. */
static bool add_since(const char *terminal, const CentralJournalRow *row, void *user)
{
    Since *since = user;
    g_autoptr(json_t) record = NULL;
    g_auto(BookingSubject) subject = {0};
    g_auto(BookingParts) booking = {0};
    g_auto(BookingVerdict) verdict = {0};
    if (!pos_record_parse(row->line, row->length, &record, NULL) ||
        !central_booking_subject_open(&subject, record, row->line, row->length) ||
        central_moment_compare(&subject.when, since->when) <= 0 ||
        central_store_inbox_holds(since->store, terminal, row->seq) ||
        !g_hash_table_add(since->seen, g_bytes_new(subject.line_hash.bytes, 32)) ||
        !central_booking_read(since->store, since->store_id, &subject, false, &booking, &verdict,
                              NULL) ||
        booking.is_count) {
        return true;
    }
    for (guint i = 0; i < booking.parts->len; i++) {
        const BookingPart *part = &g_array_index(booking.parts, BookingPart, i);
        if (strcmp(part->gtin, since->count->gtin) == 0 &&
            strcmp(part->lot, since->count->lot) == 0) {
            since->since += part->stock;
        }
    }
    return true;
}

/* In a replay the counts come first: what happened after one is added when its record is booked. */
static bool apply_count(CentralStore *store, const char *store_id, const BookingSubject *subject,
                        const BookingPart *part, bool replay, GError **error)
{
    bool newest = false;
    if (!central_store_stock_count_is_newest(store, store_id, part->gtin, part->lot, &subject->when,
                                             &newest, error)) {
        return false;
    }
    if (!newest) {
        return true;
    }
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    Since since = {store, store_id, part, &subject->when, seen, 0};
    if (!replay && !central_store_journal_between(store, store_id, subject->when.at_ms, INT64_MAX,
                                                  add_since, &since, error)) {
        return false;
    }
    return central_store_stock_count(store, store_id, part->gtin, part->lot,
                                     part->quantity + since.since, &subject->when, error);
}

/* --- writing ------------------------------------------------------------------------------ */

static bool apply_part(CentralStore *store, const char *store_id, const BookingSubject *subject,
                       const BookingParts *booking, const BookingPart *part, GError **error)
{
    bool ok = part->stock == 0 ||
              central_store_stock_move(store, store_id, part->gtin, part->lot, part->stock,
                                       part->is_delivery, &subject->when, error);
    if (ok && part->sold != 0) {
        ok = central_store_sales_add(store, store_id, part->gtin, part->lot, subject->when.at_ms,
                                     part->sold, part->amount, part->tickets, error);
    }
    if (ok && booking->of_receipt && part->of_line != 0 && strcmp(subject->type, "return") == 0) {
        ok = central_store_returned_add(store, store_id, booking->of_receipt, part->of_line,
                                        -part->quantity, error);
    }
    return ok;
}

static bool apply(CentralStore *store, const char *store_id, const char *terminal, int64_t seq,
                  const BookingSubject *subject, const BookingParts *booking, bool replay,
                  GError **error)
{
    for (guint i = 0; i < booking->parts->len; i++) {
        const BookingPart *part = &g_array_index(booking->parts, BookingPart, i);
        if (booking->is_count ? !apply_count(store, store_id, subject, part, replay, error)
                              : !apply_part(store, store_id, subject, booking, part, error)) {
            return false;
        }
    }
    if (strcmp(subject->type, "post_void") == 0 &&
        !central_store_ticket_void(store, store_id, booking->of_receipt, booking->sale.terminal,
                                   booking->sale.seq, error)) {
        return false;
    }
    if (booking->receipt) {
        CentralTicket ticket = {.of_terminal = (char *)subject->when.terminal,
                                .terminal = (char *)terminal,
                                .type = (char *)subject->type,
                                .of_seq = subject->when.seq,
                                .seq = seq,
                                .at_ms = subject->when.at_ms,
                                .total = booking->total};
        return central_store_ticket_add(store, store_id, booking->receipt, &ticket, error);
    }
    return true;
}

/* Whether what the row is about was booked through another row: an adopted line that its writer
 * sent as well, or twice adopted. In a replay a terminal's own record always counts and its adopted
 * copies never do. */
static bool is_copy(CentralStore *store, const char *terminal, int64_t seq,
                    const BookingSubject *subject, bool replay, bool *out_copy, GError **error)
{
    *out_copy = false;
    if (subject->depth == 0) {
        return replay ||
               central_store_adopted(store, terminal, seq, &subject->line_hash, out_copy, error);
    }
    for (int i = 0; i < subject->depth && !*out_copy; i++) {
        const char *of = subject->levels[i].terminal;
        g_autofree char *held = NULL;
        gsize length = 0;
        g_autoptr(GError) why = NULL;
        if (!central_store_adopted(store, of, subject->levels[i].seq, &subject->levels[i].line_hash,
                                   out_copy, error)) {
            return false;
        }
        if (central_store_journal_get(store, of, subject->levels[i].seq, &held, &length, NULL,
                                      &why)) {
            *out_copy = *out_copy || (length == subject->levels[i].length &&
                                      memcmp(held, subject->levels[i].line, length) == 0);
        } else if (!g_error_matches(why, POS_ERROR, POS_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
    return true;
}

static bool note_levels(CentralStore *store, const BookingSubject *subject, GError **error)
{
    for (int i = 0; i < subject->depth; i++) {
        if (!central_store_adopted_add(store, subject->levels[i].terminal, subject->levels[i].seq,
                                       &subject->levels[i].line_hash, error)) {
            return false;
        }
    }
    return true;
}

/* An adopted line may only come from a terminal of this store, or from one that central does not
 * know. */
static bool judge_origin(CentralStore *store, const char *store_id, const BookingSubject *subject,
                         BookingVerdict *verdict)
{
    for (int i = 0; i < subject->depth; i++) {
        g_auto(CentralTerminal) origin = {0};
        if (central_store_terminal_get(store, subject->levels[i].terminal, &origin, NULL) &&
            strcmp(origin.store, store_id) != 0) {
            return central_booking_object(
                verdict, "other_store",
                g_strdup_printf(_("The adopted line is of terminal %s in another store."),
                                subject->levels[i].terminal),
                NULL);
        }
    }
    return true;
}

/* A receipt number that was given before is a notice; but when that receipt was voided, nobody
 * could say any more which of the two the void is about. */
static bool judge_number(CentralStore *store, const char *store_id, const char *receipt,
                         BookingVerdict *verdict, GError **error)
{
    g_auto(CentralTicket) other = {0};
    int others = 0;
    if (!central_store_ticket_find(store, store_id, receipt, &other, &others, error)) {
        return false;
    }
    if (others > 0) {
        central_booking_object(
            verdict, "duplicate_receipt",
            g_strdup_printf(other.voided
                                ? _("Receipt number %s was given before and is void.")
                                : _("Receipt number %s was given before; both are booked."),
                            receipt),
            NULL);
    }
    return others == 0 || !other.voided;
}

/* Judges and books. *verdict says what is wrong (unbooked), or odd (booked: *out_booked). */
static bool book(CentralStore *store, const char *store_id, const char *terminal, int64_t seq,
                 const char *line, gsize length, const json_t *record, int64_t now_ms,
                 BookingVerdict *verdict, bool *out_booked, char **out_receipt, GError **error)
{
    g_auto(BookingSubject) subject = {0};
    g_auto(BookingParts) booking = {0};
    GError *failure = NULL;
    bool copy = false;
    *out_booked = false;
    if (!central_booking_subject_open(&subject, record, line, length)) {
        central_booking_object(
            verdict, "adopted_unreadable",
            g_strdup(_("The adopted line is no record, or not the one that it is said to be.")),
            NULL);
        return true;
    }
    if (!is_copy(store, terminal, seq, &subject, false, &copy, error)) {
        return false;
    }
    if (copy) {
        *out_booked = true;
        return note_levels(store, &subject, error);
    }
    if (!judge_origin(store, store_id, &subject, verdict) ||
        !central_booking_read(store, store_id, &subject, true, &booking, verdict, &failure)) {
        if (failure) {
            g_propagate_error(error, failure);
            return false;
        }
        g_assert(verdict->reason);
        return true;
    }
    if (booking.receipt && !judge_number(store, store_id, booking.receipt, verdict, &failure)) {
        g_propagate_error(error, failure);
        return failure == NULL;
    }
    bool notice = false;
    if (!central_command_carry_out(store, store_id, terminal, seq, &subject, now_ms, verdict,
                                   &notice, error)) {
        return false;
    }
    if (strcmp(subject.type, "command") == 0 && verdict->reason && !notice) {
        return true; /* refused: it waits in the inbox and may be tried again */
    }
    *out_booked = true;
    *out_receipt = strcmp(subject.type, "sale") == 0 ? g_strdup(booking.receipt) : NULL;
    return apply(store, store_id, terminal, seq, &subject, &booking, false, error) &&
           note_levels(store, &subject, error);
}

/* Returns may come before the sale that they take back, from another till. */
static bool retry_waiting(CentralStore *store, const char *store_id, const char *receipt,
                          int64_t now_ms, GError **error)
{
    g_autofree char *waits_for = g_strdup_printf("receipt:%s", receipt);
    g_autoptr(GPtrArray) items =
        central_store_inbox(store, store_id, waits_for, WAITING_AT_ONCE, error);
    for (guint i = 0; items && i < items->len; i++) {
        const CentralInboxItem *item = g_ptr_array_index(items, i);
        bool booked = false;
        if (!item->booked &&
            !central_booking_retry(store, item->terminal, item->seq, now_ms, &booked, error)) {
            return false;
        }
    }
    return items != NULL;
}

bool central_booking_record(CentralStore *store, const char *store_id, const char *terminal,
                            const CentralJournalRow *row, const json_t *record, int64_t now_ms,
                            bool *out_inbox, GError **error)
{
    g_auto(BookingVerdict) verdict = {0};
    g_autofree char *receipt = NULL;
    bool booked = false;
    g_assert(central_store_in_transaction(store));
    if (!book(store, store_id, terminal, row->seq, row->line, row->length, record, now_ms, &verdict,
              &booked, &receipt, error)) {
        return false;
    }
    *out_inbox = verdict.reason != NULL;
    if (verdict.reason &&
        !central_store_inbox_add(store, store_id, terminal, row->seq, row->type, verdict.reason,
                                 verdict.detail, verdict.waits_for ? verdict.waits_for : "", booked,
                                 now_ms, error)) {
        return false;
    }
    return !receipt || retry_waiting(store, store_id, receipt, now_ms, error);
}

/* --- again
 * --------------------------------------------------------------------------------------------------
 */

static bool retry(CentralStore *store, const char *terminal_id, int64_t seq, int64_t now_ms,
                  bool *out_booked, GError **error)
{
    g_auto(CentralTerminal) terminal = {0};
    g_autofree char *line = NULL, *receipt = NULL;
    gsize length = 0;
    g_autoptr(json_t) record = NULL;
    g_auto(BookingVerdict) verdict = {0};
    if (!central_store_terminal_get(store, terminal_id, &terminal, error) ||
        !central_store_hold_bookings(store, terminal.store, error)) {
        return false;
    }
    if (!central_store_inbox_holds(store, terminal_id, seq)) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("Record %" PRId64 " of terminal “%s” does not wait in the inbox."), seq,
                    terminal_id);
        return false;
    }
    if (!central_store_journal_get(store, terminal_id, seq, &line, &length, NULL, error) ||
        !pos_record_parse(line, length, &record, error) ||
        !book(store, terminal.store, terminal_id, seq, line, length, record, now_ms, &verdict,
              out_booked, &receipt, error)) {
        return false;
    }
    if (!*out_booked) {
        return central_store_inbox_add(
            store, terminal.store, terminal_id, seq,
            json_string_value(json_object_get(record, "type")), verdict.reason, verdict.detail,
            verdict.waits_for ? verdict.waits_for : "", false, now_ms, error);
    }
    return central_store_inbox_resolve(store, terminal_id, seq, now_ms, error) &&
           (!receipt || retry_waiting(store, terminal.store, receipt, now_ms, error));
}

bool central_booking_retry(CentralStore *store, const char *terminal, int64_t seq, int64_t now_ms,
                           bool *out_booked, GError **error)
{
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        *out_booked = false;
        scope.ok = retry(store, terminal, seq, now_ms, out_booked, error);
    }
    return scope.ok;
}

/* --- from the beginning ------------------------------------------------------------------- */

/* Three walks, so that the order of records never matters: counts, then what moves stock, then what
 * takes a whole sale back. */
typedef enum { WALK_COUNTS, WALK_MOVES, WALK_VOIDS, WALKS } ReplayWalk;

typedef struct {
    CentralStore *store;
    const char *store_id, *terminal;
    ReplayWalk walk;
    int64_t records;
    bool ok;
    GError **error;
} Replay;

static ReplayWalk walk_of(const char *type)
{
    if (strcmp(type, "stock_counted") == 0) {
        return WALK_COUNTS;
    }
    return strcmp(type, "post_void") == 0 ? WALK_VOIDS : WALK_MOVES;
}

static bool replay_row(const CentralJournalRow *row, void *user)
{
    Replay *replay = user;
    g_autoptr(json_t) record = NULL;
    g_auto(BookingSubject) subject = {0};
    g_auto(BookingParts) booking = {0};
    g_auto(BookingVerdict) verdict = {0};
    bool copy = false;
    replay->records += replay->walk == WALK_MOVES;
    if ((strcmp(row->type, "adopted") != 0 && walk_of(row->type) != replay->walk) ||
        central_store_inbox_holds(replay->store, replay->terminal, row->seq) ||
        !pos_record_parse(row->line, row->length, &record, NULL) ||
        !central_booking_subject_open(&subject, record, row->line, row->length) ||
        walk_of(subject.type) != replay->walk) {
        return true;
    }
    replay->ok =
        is_copy(replay->store, replay->terminal, row->seq, &subject, true, &copy, replay->error);
    if (replay->ok && !copy &&
        central_booking_read(replay->store, replay->store_id, &subject, false, &booking, &verdict,
                             NULL)) {
        replay->ok = apply(replay->store, replay->store_id, replay->terminal, row->seq, &subject,
                           &booking, true, replay->error);
    }
    replay->ok = replay->ok && note_levels(replay->store, &subject, replay->error);
    return replay->ok;
}

bool central_booking_replay(CentralStore *store, int64_t *out_records, GError **error)
{
    g_autoptr(GPtrArray) terminals = central_store_terminals(store, NULL, error);
    if (!terminals) {
        return false;
    }
    Replay replay = {.store = store, .ok = true, .error = error};
    for (replay.walk = WALK_COUNTS; replay.walk < WALKS; replay.walk++) {
        for (guint i = 0; i < terminals->len; i++) {
            const CentralTerminal *terminal = g_ptr_array_index(terminals, i);
            replay.store_id = terminal->store;
            replay.terminal = terminal->id;
            if (!central_store_journal_each(store, terminal->id, 1, replay_row, &replay, error) ||
                !replay.ok) {
                return false;
            }
        }
    }
    if (out_records) {
        *out_records = replay.records;
    }
    return true;
}

bool central_booking_rebuild(CentralStore *store, int64_t *out_records, GError **error)
{
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = central_store_derived_reset(store, error) &&
                   central_booking_replay(store, out_records, error);
    }
    return scope.ok;
}

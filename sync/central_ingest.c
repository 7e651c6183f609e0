/* SPDX-License-Identifier: GPL-3.0-or-later
 * A batch of journal lines to stored, gap, fork or bad record. The batch is read whole before
 * anything is compared or stored, so a fault anywhere in it stores nothing. */
#include "sync/central_ingest.h"

#include "pos/bounds.h"
#include "pos/error.h"
#include "sync/central_booking.h"
#include "sync/central_store_book.h"
#include "sync/central_command.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    const char *line; /* in the batch's text */
    gsize length;
    json_t *record;
    PosHash hash;
} BatchLine;

struct CentralBatch {
    char *terminal, *text;
    PosHash prev;
    int64_t first_seq;
    GArray *lines; /* of BatchLine */
};

void central_ingest_result_clear(CentralIngestResult *result)
{
    g_free(result->message);
    memset(result, 0, sizeof *result);
}

static void batch_line_clear(gpointer data)
{
    json_decref(((BatchLine *)data)->record);
}

void central_batch_free(CentralBatch *batch)
{
    if (!batch) {
        return;
    }
    g_array_unref(batch->lines);
    g_free(batch->terminal);
    g_free(batch->text);
    g_free(batch);
}

gsize central_batch_count(const CentralBatch *batch)
{
    return batch->lines->len;
}

/* --- reading ------------------------------------------------------------------------------ */

static bool refuse(CentralIngestResult *out, CentralIngestStatus status, gsize line,
                   const char *message)
{
    out->status = status;
    out->bad_line = (int)line;
    out->message = g_strdup(message);
    return false;
}

static bool read_line(CentralBatch *batch, const char *line, gsize length, CentralIngestResult *out)
{
    g_autoptr(GError) error = NULL;
    BatchLine read = {.line = line, .length = length};
    gsize number = batch->lines->len + 1;
    if (!pos_record_parse(line, length, &read.record, &error)) {
        return refuse(out, CENTRAL_INGEST_BAD_RECORD, number, error->message);
    }
    g_array_append_val(batch->lines, read);
    int64_t seq = json_integer_value(json_object_get(read.record, "seq"));
    if (g_strcmp0(json_string_value(json_object_get(read.record, "terminal")), batch->terminal)) {
        return refuse(out, CENTRAL_INGEST_BAD_RECORD, number,
                      _("The record is another terminal's; a token sends its own journal only."));
    }
    if (number == 1) {
        batch->first_seq = seq;
    } else if (seq != batch->first_seq + (int64_t)number - 1) {
        return refuse(out, CENTRAL_INGEST_BAD_RECORD, number,
                      _("The record does not follow the one before it; send them in order, without "
                        "a hole."));
    }
    return true;
}

static bool read_lines(CentralBatch *batch, gsize length, CentralIngestResult *out)
{
    const char *at = batch->text, *end = batch->text + length;
    gsize count = 0;
    for (const char *c = at; c < end; c++) {
        count += *c == '\n' || c + 1 == end;
    }
    if (count > POS_BOUND_BATCH_RECORDS) {
        return refuse(out, CENTRAL_INGEST_TOO_LARGE, 0,
                      _("A batch holds at most 1000 records; send fewer."));
    }
    if (count == 0) {
        return refuse(out, CENTRAL_INGEST_BAD_RECORD, 1, _("The batch is empty."));
    }
    while (at < end) {
        const char *newline = memchr(at, '\n', (gsize)(end - at));
        const char *stop = newline ? newline : end;
        if (!read_line(batch, at, (gsize)(stop - at), out)) {
            return false;
        }
        at = newline ? newline + 1 : end;
    }
    return true;
}

CentralBatch *central_batch_read(const char *terminal, const char *prev_hex, const char *body,
                                 gsize length, CentralIngestResult *out)
{
    memset(out, 0, sizeof *out);
    if (length > POS_BOUND_BATCH_BYTES) {
        refuse(out, CENTRAL_INGEST_TOO_LARGE, 0,
               _("A batch holds at most 1 MiB unpacked; send fewer records."));
        return NULL;
    }
    g_autoptr(CentralBatch) batch = g_new0(CentralBatch, 1);
    batch->terminal = g_strdup(terminal);
    batch->text = g_malloc(length + 1);
    memcpy(batch->text, body ? body : "", length);
    batch->text[length] = '\0';
    batch->lines = g_array_new(FALSE, FALSE, sizeof(BatchLine));
    g_array_set_clear_func(batch->lines, batch_line_clear);
    if (!pos_hash_from_hex(prev_hex, &batch->prev)) {
        refuse(out, CENTRAL_INGEST_BAD_RECORD, 1,
               _("“prev” must be the 64 hex digits of the hash before the first record."));
        return NULL;
    }
    if (!read_lines(batch, length, out)) {
        return NULL;
    }
    PosHash hash = batch->prev;
    for (guint i = 0; i < batch->lines->len; i++) {
        BatchLine *line = &g_array_index(batch->lines, BatchLine, i);
        line->hash = hash = pos_hash_chain(&hash, line->line, line->length);
    }
    return g_steal_pointer(&batch);
}

/* --- storing ------------------------------------------------------------------------------ */

static void say_head(CentralIngestResult *out, int64_t acked, const PosHash *head)
{
    g_autofree char *hex = pos_hash_to_hex(head);
    out->acked = acked;
    g_strlcpy(out->head_hex, hex, sizeof out->head_hex);
}

/* Compares what is held already. *out_fork: the first record that differs in its bytes or in its
 * chain; 0 none. */
static bool find_fork(CentralStore *store, const CentralBatch *batch,
                      const CentralTerminal *terminal, int64_t *out_fork, GError **error)
{
    *out_fork = 0;
    if (batch->first_seq == terminal->acked + 1) {
        if (!pos_hash_equal(&batch->prev, &terminal->head)) {
            *out_fork = batch->first_seq;
        }
        return true;
    }
    for (guint i = 0; i < batch->lines->len && batch->first_seq + i <= terminal->acked; i++) {
        const BatchLine *line = &g_array_index(batch->lines, BatchLine, i);
        g_autofree char *held = NULL;
        gsize held_length = 0;
        PosHash held_hash;
        if (!central_store_journal_get(store, terminal->id, batch->first_seq + i, &held,
                                       &held_length, &held_hash, error)) {
            return false;
        }
        /* The hash covers all before it too: a wrong `prev` differs at the first record. */
        if (held_length != line->length || memcmp(held, line->line, held_length) != 0 ||
            !pos_hash_equal(&held_hash, &line->hash)) {
            *out_fork = batch->first_seq + i;
            return true;
        }
    }
    return true;
}

static CentralJournalRow row_of(const BatchLine *line, int64_t seq)
{
    return (CentralJournalRow){
        .seq = seq,
        .line = line->line,
        .length = line->length,
        .hash = line->hash,
        .at_ms = central_booking_at_ms(line->record),
        .type = json_string_value(json_object_get(line->record, "type")),
    };
}

/* Each sale is going to look up its own number. */
static bool expect_receipts(CentralStore *store, const char *store_id, const CentralBatch *batch,
                            guint from, guint until, GError **error)
{
    g_autoptr(GPtrArray) receipts = g_ptr_array_new();
    for (guint i = from; i < until; i++) {
        const json_t *record = g_array_index(batch->lines, BatchLine, i).record;
        const char *receipt = json_string_value(json_object_get(record, "receipt"));
        const char *type = json_string_value(json_object_get(record, "type"));
        if (receipt && strcmp(type, "sale") == 0) {
            g_ptr_array_add(receipts, (gpointer)receipt);
        }
    }
    return central_store_tickets_expect(store, store_id, (const char *const *)receipts->pdata,
                                        receipts->len, error);
}

/* Stores and books the lines [from, until). A count of the shelf adds up what was stored and booked
 * before it, so it may only stand at the end of them. */
static bool store_run(CentralStore *store, const CentralTerminal *terminal,
                      const CentralBatch *batch, guint from, guint until, int64_t now_ms,
                      CentralIngestResult *out, GError **error)
{
    g_autoptr(GArray) rows =
        g_array_sized_new(FALSE, FALSE, sizeof(CentralJournalRow), until - from);
    for (guint i = from; i < until; i++) {
        CentralJournalRow row =
            row_of(&g_array_index(batch->lines, BatchLine, i), batch->first_seq + i);
        g_array_append_val(rows, row);
    }
    if (!central_store_journal_append(store, terminal->id, terminal->store,
                                      &g_array_index(rows, CentralJournalRow, 0), rows->len, now_ms,
                                      error)) {
        return false;
    }
    if (!expect_receipts(store, terminal->store, batch, from, until, error)) {
        return false;
    }
    for (guint i = from; i < until; i++) {
        bool inbox = false;
        if (!central_booking_record(store, terminal->store, terminal->id,
                                    &g_array_index(rows, CentralJournalRow, i - from),
                                    g_array_index(batch->lines, BatchLine, i).record, now_ms,
                                    &inbox, error)) {
            return false;
        }
        out->inbox += inbox;
        out->decisions +=
            central_command_may_publish(g_array_index(rows, CentralJournalRow, i - from).type);
    }
    out->stored += (int)(until - from);
    say_head(out, batch->first_seq + until - 1,
             &g_array_index(batch->lines, BatchLine, until - 1).hash);
    return true;
}

static bool ends_run(const BatchLine *line)
{
    const char *type = json_string_value(json_object_get(line->record, "type"));
    return strcmp(type, "stock_counted") == 0 || strcmp(type, "adopted") == 0;
}

static bool store_new(CentralStore *store, const CentralTerminal *terminal,
                      const CentralBatch *batch, int64_t now_ms, CentralIngestResult *out,
                      GError **error)
{
    guint from = (guint)(terminal->acked + 1 - batch->first_seq);
    for (guint i = from; i < batch->lines->len; i++) {
        bool last = i + 1 == batch->lines->len;
        if (last || ends_run(&g_array_index(batch->lines, BatchLine, i))) {
            if (!store_run(store, terminal, batch, from, i + 1, now_ms, out, error)) {
                return false;
            }
            from = i + 1;
        }
    }
    return true;
}

static bool ingest(CentralStore *store, const CentralBatch *batch, int64_t now_ms,
                   CentralIngestResult *out, GError **error)
{
    g_auto(CentralTerminal) terminal = {0};
    int64_t fork_seq = 0;
    if (!central_store_terminal_get(store, batch->terminal, &terminal, error)) {
        return false;
    }
    say_head(out, terminal.acked, &terminal.head);
    if (batch->first_seq > terminal.acked + 1) {
        out->status = CENTRAL_INGEST_GAP;
        return true;
    }
    if (!find_fork(store, batch, &terminal, &fork_seq, error)) {
        return false;
    }
    if (fork_seq > 0) {
        out->status = CENTRAL_INGEST_FORK;
        out->fork_seq = fork_seq;
        return terminal.forked ||
               central_store_terminal_set_forked(store, terminal.id, now_ms, error);
    }
    return store_new(store, &terminal, batch, now_ms, out, error);
}

bool central_ingest_batch(CentralStore *store, const CentralBatch *batch, int64_t now_ms,
                          CentralIngestResult *out, GError **error)
{
    memset(out, 0, sizeof *out);
    if (central_store_in_transaction(store)) {
        if (!central_store_part_begin(store, error)) {
            return false;
        }
        bool ok = ingest(store, batch, now_ms, out, error);
        central_store_part_end(store, !ok);
        return ok;
    }
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        memset(out, 0, sizeof *out);
        scope.ok = ingest(store, batch, now_ms, out, error);
    }
    return scope.ok;
}

bool central_ingest(CentralStore *store, const char *terminal, const char *prev_hex,
                    const char *body, gsize length, int64_t now_ms, CentralIngestResult *out,
                    GError **error)
{
    g_autoptr(CentralBatch) batch = central_batch_read(terminal, prev_hex, body, length, out);
    if (!batch) {
        g_auto(CentralTerminal) held = {0};
        if (!central_store_terminal_get(store, terminal, &held, error)) {
            return false;
        }
        say_head(out, held.acked, &held.head);
        return true;
    }
    return central_ingest_batch(store, batch, now_ms, out, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The commands that only read: status, verify, journal, feed. They work beside a running till. */
#include "pos/bounds.h"
#include "pos/till.h"
#include "ui/cli.h"
#include "ui/cli_commands.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <inttypes.h>

#define RECORDS_AT_ONCE 500

/* The folder for reading; NULL after a sentence on stderr. *out_status: what to return with then. */
static PosStore *open_for_reading(int argc, char **argv, const char *allowed,
                                  UiCliOptions *out_options, int *out_status)
{
    g_autoptr(GError) error = NULL;
    if (!ui_cli_options_read(argc, argv, allowed, out_options)) {
        *out_status = UI_CLI_USAGE;
        return NULL;
    }
    PosStore *store = pos_store_open(out_options->data, POS_STORE_READ_ONLY, &error);
    if (store == NULL) {
        *out_status = ui_cli_fail_error(error);
    }
    return store;
}

/* 0, or 1 when the reader of stdout is gone. */
static int finish_output(void)
{
    return fflush(stdout) == 0 && !ferror(stdout)
               ? UI_CLI_OK
               : ui_cli_fail(_("The output could not be written."));
}

static int print_object(json_t *object)
{
    g_autofree char *line = json_dumps(object, JSON_COMPACT);
    g_assert(line != NULL);
    puts(line);
    return finish_output();
}

/* The oldest charge whose end is not known yet, or that no sale has taken up. */
static void set_pending(json_t *object, PosStore *store)
{
    g_autoptr(GArray) payments = pos_store_payments(store, NULL);
    if (payments == NULL || payments->len == 0) {
        return;
    }
    const PosPayment *payment = &g_array_index(payments, PosPayment, 0);
    json_object_set_new(object, "pending_attempt",
                        json_pack("{sIssssss}", "amount", (json_int_t)payment->amount, "attempt",
                                  payment->attempt, "kind", pos_tender_code(payment->kind),
                                  "status", pos_payment_code(payment->status)));
}

int ui_cli_status(int argc, char **argv)
{
    UiCliOptions options;
    int failed = UI_CLI_OK;
    g_autoptr(GError) error = NULL;
    g_autoptr(PosStore) store = open_for_reading(argc, argv, "data", &options, &failed);
    if (store == NULL) {
        return failed;
    }
    g_auto(PosTillStatus) status = {0};
    if (!pos_till_status(store, pos_clock_system(), &status, &error)) {
        return ui_cli_fail_error(error);
    }
    g_autoptr(json_t) object = json_object();
    json_object_set_new(object, "terminal", json_string(status.terminal));
    json_object_set_new(object, "store", json_string(status.store));
    json_object_set_new(object, "unsent", json_integer(status.unsent));
    json_object_set_new(object, "acked", json_integer(status.acked));
    json_object_set_new(object, "head", json_string(status.head_hex));
    json_object_set_new(object, "feed_version", json_integer(status.feed_version));
    json_object_set_new(object, "prices_age_s", json_integer(status.prices_age_s));
    json_object_set_new(object, "clock_offset_ms", json_integer(status.clock_offset_ms));
    json_object_set_new(object, "last_receipt", json_string(status.last_receipt));
    /* What hinders the sync, as the header says it; "" nothing. */
    json_object_set_new(object, "fault", json_string(status.fault));
    set_pending(object, store);
    return print_object(object);
}

int ui_cli_verify(int argc, char **argv)
{
    UiCliOptions options;
    int failed = UI_CLI_OK;
    g_autoptr(GError) error = NULL;
    g_autofree char *why = NULL;
    int64_t bad_seq = 0;
    int64_t seq = 0;
    PosHash head;
    g_autoptr(PosStore) store = open_for_reading(argc, argv, "data", &options, &failed);
    if (store == NULL) {
        return failed;
    }
    if (pos_store_verify(store, &bad_seq, &why, &error)) {
        if (!pos_store_journal_head(store, &seq, &head, &error)) {
            return ui_cli_fail_error(error);
        }
        g_autoptr(json_t) fine = json_object();
        json_object_set_new(fine, "ok", json_true());
        json_object_set_new(fine, "records", json_integer(seq));
        return print_object(fine);
    }
    if (error != NULL) {
        return ui_cli_fail_error(error);
    }
    g_autoptr(json_t) bad = json_object();
    json_object_set_new(bad, "ok", json_false());
    json_object_set_new(bad, "seq", json_integer(bad_seq));
    json_object_set_new(bad, "why", json_string(why == NULL ? "" : why));
    print_object(bad);
    return ui_cli_fail(_("Record %" PRId64 " of the journal is not right: %s"), (gint64)bad_seq,
                       why == NULL ? "" : why);
}

int ui_cli_journal(int argc, char **argv)
{
    UiCliOptions options;
    int failed = UI_CLI_OK;
    g_autoptr(PosStore) store = open_for_reading(argc, argv, "data from", &options, &failed);
    if (store == NULL) {
        return failed;
    }
    int64_t from = MAX(1, options.from_seq);
    for (;;) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) records =
            pos_store_journal_read(store, from, RECORDS_AT_ONCE, POS_BOUND_BATCH_BYTES, &error);
        if (records == NULL) {
            return ui_cli_fail_error(error);
        }
        if (records->len == 0) {
            return finish_output();
        }
        for (guint i = 0; i < records->len; i++) {
            const PosRecord *record = g_ptr_array_index(records, i);
            fwrite(record->line, 1, record->length, stdout);
            fputc('\n', stdout);
            from = record->seq + 1;
        }
    }
}

int ui_cli_feed(int argc, char **argv)
{
    UiCliOptions options;
    int failed = UI_CLI_OK;
    g_autoptr(GError) error = NULL;
    g_autoptr(PosStore) store = open_for_reading(argc, argv, "data", &options, &failed);
    if (store == NULL) {
        return failed;
    }
    g_autoptr(GPtrArray) lines = pos_store_feed_lines(store, &error);
    if (lines == NULL) {
        return ui_cli_fail_error(error);
    }
    for (guint i = 0; i < lines->len; i++) {
        fputs(lines->pdata[i], stdout);
        fputc('\n', stdout);
    }
    return finish_output();
}

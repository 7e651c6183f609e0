/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-central's commands about the journals: print, verify, rebuild, and the inbox. */
#include "sync/central_admin.h"

#include "pos/error.h"
#include "sync/central_booking.h"
#include "sync/central_verify.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define INBOX_MAX 100000

/* --- journal ------------------------------------------------------------------------------ */

static bool print_line(const CentralJournalRow *row, void *user)
{
    return fwrite(row->line, 1, row->length, stdout) == row->length && putchar('\n') != EOF;
}

int central_admin_journal(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    g_autoptr(GPtrArray) all = store ? central_store_terminals(store, NULL, &error) : NULL;
    bool found = options->terminal == NULL;
    if (!store) {
        return CENTRAL_EXIT_FAILED;
    }
    for (guint i = 0; all && i < all->len; i++) {
        const CentralTerminal *terminal = g_ptr_array_index(all, i);
        if (options->terminal && strcmp(terminal->id, options->terminal)) {
            continue;
        }
        found = true;
        if (!central_store_journal_each(store, terminal->id, 1, print_line, NULL, &error)) {
            return central_admin_fail(error);
        }
    }
    if (!all) {
        return central_admin_fail(error);
    }
    if (!found) {
        return fprintf(stderr, _("coster-central: There is no terminal “%s”.\n"),
                       options->terminal),
               CENTRAL_EXIT_FAILED;
    }
    if (fflush(stdout) != 0) {
        fprintf(stderr, _("coster-central: The records could not be written out.\n"));
        return CENTRAL_EXIT_FAILED;
    }
    return CENTRAL_EXIT_OK;
}

/* --- verify, rebuild ---------------------------------------------------------------------- */

int central_admin_verify(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_auto(CentralVerifyFault) fault = {0};
    bool good = false;
    int64_t terminals = 0, records = 0;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (!store) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!central_verify(store, &good, &fault, &terminals, &records, &error)) {
        return central_admin_fail(error);
    }
    if (!good) {
        central_admin_print(json_pack("{s:b, s:s, s:I, s:s}", "good", 0, "terminal", fault.terminal,
                                      "seq", (json_int_t)fault.seq, "reason", fault.reason));
        if (*fault.terminal) {
            fprintf(stderr, _("coster-central: Record %" PRId64 " of terminal “%s” is bad: %s.\n"),
                    fault.seq, fault.terminal, fault.reason);
        } else {
            fprintf(stderr,
                    _("coster-central: Derived tables are wrong: %s; coster-central rebuild "
                      "makes them anew.\n"),
                    fault.reason);
        }
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(GPtrArray) inbox = central_store_inbox(store, NULL, NULL, INBOX_MAX, &error);
    if (!inbox) {
        return central_admin_fail(error);
    }
    central_admin_print(json_pack("{s:b, s:I, s:I, s:i}", "good", 1, "terminals",
                                  (json_int_t)terminals, "records", (json_int_t)records, "inbox",
                                  (int)inbox->len));
    return CENTRAL_EXIT_OK;
}

int central_admin_rebuild(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    int64_t records = 0;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!central_booking_rebuild(store, &records, &error)) {
        return central_admin_fail(error);
    }
    printf(_("Made stock and sales anew from %" PRId64 " records.\n"), records);
    return CENTRAL_EXIT_OK;
}

/* --- inbox -------------------------------------------------------------------------------- */

int central_admin_inbox_list(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (!store || (options->store && !central_admin_has_store(store, options))) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(GPtrArray) items =
        central_store_inbox(store, options->store, NULL, INBOX_MAX, &error);
    if (!items) {
        return central_admin_fail(error);
    }
    for (guint i = 0; i < items->len; i++) {
        const CentralInboxItem *item = g_ptr_array_index(items, i);
        central_admin_print(json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:b}", "store", item->store,
                                      "terminal", item->terminal, "seq", (json_int_t)item->seq,
                                      "type", item->type, "reason", item->reason, "detail",
                                      item->detail, "booked", item->booked));
    }
    return CENTRAL_EXIT_OK;
}

static int book_one(CentralStore *store, const char *terminal, int64_t seq, int *count)
{
    g_autoptr(GError) error = NULL;
    bool booked = false;
    if (!central_booking_retry(store, terminal, seq, central_admin_now_ms(), &booked, &error)) {
        return central_admin_fail(error);
    }
    *count += booked;
    return CENTRAL_EXIT_OK;
}

static int book_all(CentralStore *store, const CentralOptions *options, int *count, int *tried)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) items =
        central_store_inbox(store, options->store, NULL, INBOX_MAX, &error);
    if (!items) {
        return central_admin_fail(error);
    }
    for (guint i = 0; i < items->len; i++) {
        const CentralInboxItem *item = g_ptr_array_index(items, i);
        /* A sale that could be booked may have taken a return off the list already. */
        if (item->booked || !central_store_inbox_holds(store, item->terminal, item->seq)) {
            continue;
        }
        (*tried)++;
        if (book_one(store, item->terminal, item->seq, count) != CENTRAL_EXIT_OK) {
            return CENTRAL_EXIT_FAILED;
        }
    }
    return CENTRAL_EXIT_OK;
}

int central_admin_inbox_book(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    int64_t seq = 0;
    int count = 0, tried = 1;
    if (options->all ? options->terminal || options->seq : !options->terminal || !options->seq) {
        return central_admin_usage(_("inbox book needs --terminal ID and --seq N, or --all."));
    }
    if (options->seq && !central_admin_number(options->seq, "--seq", 1, INT64_MAX, &seq, &error)) {
        central_admin_fail(error);
        return CENTRAL_EXIT_USAGE;
    }
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store || (options->store && !central_admin_has_store(store, options))) {
        return CENTRAL_EXIT_FAILED;
    }
    int status;
    if (options->all) {
        tried = 0;
        status = book_all(store, options, &count, &tried);
    } else {
        status = book_one(store, options->terminal, seq, &count);
    }
    if (status == CENTRAL_EXIT_OK) {
        printf(_("Booked %d of %d records.\n"), count, tried);
    }
    return status == CENTRAL_EXIT_OK && count < tried ? CENTRAL_EXIT_FAILED : status;
}

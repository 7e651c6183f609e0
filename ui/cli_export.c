/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster export`: the journal for another program, as JSON lines (the records themselves) or as POSLog XML. It only
 * reads, works beside a running till, and holds no more than a batch in memory. */
#include "pos/bounds.h"
#include "pos/poslog.h"
#include "pos/store.h"
#include "ui/cli.h"
#include "ui/cli_commands.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define RECORDS_AT_ONCE 500

static void print_record(const PosRecord *record, bool poslog, const PosPoslogLook *look)
{
    if (!poslog) {
        fwrite(record->line, 1, record->length, stdout);
        fputc('\n', stdout);
        return;
    }
    g_autoptr(json_t) object = json_loadb(record->line, record->length, JSON_ALLOW_NUL, NULL);
    g_autofree char *xml = pos_poslog_transaction(object, look);
    fputs(xml, stdout);
}

static bool print_all(PosStore *store, const UiCliOptions *options, bool poslog,
                      const PosPoslogLook *look, GError **error)
{
    int64_t from = MAX(1, options->from_seq);
    int64_t until = options->to_seq < 0 ? INT64_MAX : options->to_seq;
    while (from <= until && !ferror(stdout)) {
        g_autoptr(GPtrArray) records =
            pos_store_journal_read(store, from, RECORDS_AT_ONCE, POS_BOUND_BATCH_BYTES, error);
        if (records == NULL) {
            return false;
        }
        if (records->len == 0) {
            return true;
        }
        for (guint i = 0; i < records->len && from <= until; i++) {
            const PosRecord *record = g_ptr_array_index(records, i);
            print_record(record, poslog, look);
            from = record->seq + 1;
        }
    }
    return true;
}

static int export_from(PosStore *store, const UiCliOptions *options, bool poslog)
{
    g_auto(PosIdentity) identity = {0};
    g_auto(PosStoreSettings) settings = {0};
    g_autoptr(GError) error = NULL;
    if (!pos_store_identity_get(store, &identity, &error) ||
        !pos_store_settings(store, &settings, &error)) {
        return ui_cli_fail_error(error);
    }
    const PosPoslogLook look = {identity.store, &settings.currency};
    if (poslog) {
        fputs(pos_poslog_head, stdout);
    }
    if (!print_all(store, options, poslog, &look, &error)) {
        return ui_cli_fail_error(error);
    }
    if (poslog) {
        fputs(pos_poslog_foot, stdout);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return ui_cli_fail(_("The output could not be written: %s."), g_strerror(errno));
    }
    return UI_CLI_OK;
}

int ui_cli_export(int argc, char **argv)
{
    UiCliOptions options;
    g_autoptr(GError) error = NULL;
    if (!ui_cli_options_read(argc, argv, "data format from to", &options)) {
        return UI_CLI_USAGE;
    }
    const char *format = options.format == NULL ? "jsonl" : options.format;
    if (strcmp(format, "jsonl") != 0 && strcmp(format, "poslog") != 0) {
        return ui_cli_misuse(argv[0], _("--format is jsonl or poslog."));
    }
    g_autoptr(PosStore) store = pos_store_open(options.data, POS_STORE_READ_ONLY, &error);
    return store == NULL ? ui_cli_fail_error(error)
                         : export_from(store, &options, strcmp(format, "poslog") == 0);
}

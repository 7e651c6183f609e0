/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which reports there are, and the thread that makes them one after the other. */
#include "sync/central_report_private.h"

#include "pos/date.h"
#include "pos/error.h"
#include "sync/central_booking_read.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define WAITING_MAX 32

static const struct {
    const char *name;
    json_t *(*make)(ReportRun *run, GError **error);
} REPORTS[] = {
    {"commands", central_report_commands}, {"demand", central_report_demand},
    {"figures", central_report_figures},   {"inventory", central_report_inventory},
    {"lot", central_report_lot},           {"morning", central_report_morning},
};

void central_report_query_clear(CentralReportQuery *query)
{
    char **const texts[] = {&query->name,  &query->store_id, &query->from, &query->until,
                            &query->after, &query->gtin,     &query->lot};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_clear_pointer(texts[i], g_free);
    }
}

/* --- shared ------------------------------------------------------------------------------------ */

int64_t central_report_midnight(const ReportRun *run, PosDate day)
{
    int year, month, of_month;
    pos_date_to_ymd(day, &year, &month, &of_month);
    g_autoptr(GDateTime) midnight =
        g_date_time_new(run->rules.zone, year, month, of_month, 0, 0, 0);
    return midnight ? g_date_time_to_unix(midnight) * 1000 : 0;
}

json_t *central_report_instant(const ReportRun *run, int64_t at_ms)
{
    g_autofree char *text = pos_instant_format(at_ms, run->rules.zone);
    return json_string(text);
}

typedef struct {
    ReportRun *run;
    const char *holds;
    ReportEach each;
    void *user;
    GHashTable *seen; /* hashes of lines */
    int64_t looked;
} Walk;

static bool walk_record(const char *terminal, const CentralJournalRow *row, void *user)
{
    Walk *walk = user;
    g_autoptr(json_t) record = NULL;
    g_auto(BookingSubject) subject = {0};
    if (++walk->looked > CENTRAL_REPORT_RECORDS_MAX) {
        return false;
    }
    if ((walk->holds && !memmem(row->line, row->length, walk->holds, strlen(walk->holds))) ||
        !pos_record_parse(row->line, row->length, &record, NULL) ||
        !central_booking_subject_open(&subject, record, row->line, row->length) ||
        central_store_inbox_holds(walk->run->store, terminal, row->seq) ||
        !g_hash_table_add(walk->seen, g_bytes_new(subject.line_hash.bytes, 32))) {
        return true;
    }
    return walk->each(subject.record, walk->user);
}

bool central_report_records(ReportRun *run, int64_t from_ms, int64_t until_ms, const char *holds,
                            ReportEach each, void *user, GError **error)
{
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    Walk walk = {run, holds, each, user, seen, 0};
    return central_store_journal_between(run->store, run->store_id, from_ms, until_ms, walk_record,
                                         &walk, error);
}

bool central_report_exists(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(REPORTS); i++) {
        if (strcmp(REPORTS[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

json_t *central_report_make(CentralStore *store, const CentralReportQuery *query, int64_t now_ms,
                            GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(REPORTS); i++) {
        if (strcmp(REPORTS[i].name, query->name) == 0) {
            ReportRun run = {
                .store = store, .query = query, .store_id = query->store_id, .now_ms = now_ms};
            central_price_rules(store, query->store_id, &run.rules);
            json_t *report = REPORTS[i].make(&run, error);
            if (report) {
                json_object_set_new(report, "at", central_report_instant(&run, now_ms));
            }
            central_price_rules_clear(&run.rules);
            return report;
        }
    }
    g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no report “%s”."), query->name);
    return NULL;
}

/* --- the thread ----------------------------------------------------------------------------------- */

typedef struct {
    CentralReportQuery query;
    CentralReportDone done;
    void *user;
    bool ends;
} Job;

struct CentralReports {
    CentralStore *store;
    const PosClock *clock;
    GAsyncQueue *jobs;
    GThread *thread;
};

static void *run_reports(void *user)
{
    CentralReports *reports = user;
    central_store_adopt(reports->store);
    for (;;) {
        Job *job = g_async_queue_pop(reports->jobs);
        if (job->ends) {
            g_free(job);
            return NULL;
        }
        g_autoptr(GError) error = NULL;
        g_autoptr(json_t) report = central_report_make(
            reports->store, &job->query, reports->clock->wall_ms(reports->clock->user), &error);
        job->done(report, error, job->user);
        central_report_query_clear(&job->query);
        g_free(job);
    }
}

CentralReports *central_reports_start(const char *dir, const PosClock *clock, GError **error)
{
    CentralStore *store = central_store_open(dir, CENTRAL_STORE_READ, error);
    if (!store) {
        return NULL;
    }
    CentralReports *reports = g_new0(CentralReports, 1);
    reports->store = store;
    reports->clock = clock;
    reports->jobs = g_async_queue_new();
    reports->thread = g_thread_new("reports", run_reports, reports);
    return reports;
}

bool central_reports_ask(CentralReports *reports, CentralReportQuery *query, CentralReportDone done,
                         void *user)
{
    if (g_async_queue_length(reports->jobs) >= WAITING_MAX) {
        return false;
    }
    Job *job = g_new0(Job, 1);
    job->query = *query;
    memset(query, 0, sizeof *query);
    job->done = done;
    job->user = user;
    g_async_queue_push(reports->jobs, job);
    return true;
}

void central_reports_stop(CentralReports *reports)
{
    if (!reports) {
        return;
    }
    Job *end = g_new0(Job, 1);
    end->ends = true;
    g_async_queue_push(reports->jobs, end);
    g_thread_join(reports->thread);
    g_async_queue_unref(reports->jobs);
    central_store_adopt(reports->store);
    central_store_close(reports->store);
    g_free(reports);
}

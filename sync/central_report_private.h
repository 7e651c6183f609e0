/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the files of central_report share. */
#pragma once
#include "sync/central_price.h"
#include "sync/central_report.h"

G_BEGIN_DECLS

typedef struct {
    CentralStore *store;
    const CentralReportQuery *query;
    const char *store_id;
    int64_t now_ms;
    CentralPriceRules rules; /* the store's zone */
} ReportRun;

json_t *central_report_morning(ReportRun *run, GError **error);
json_t *central_report_inventory(ReportRun *run, GError **error);
json_t *central_report_lot(ReportRun *run, GError **error);
json_t *central_report_figures(ReportRun *run, GError **error);
json_t *central_report_commands(ReportRun *run, GError **error);
json_t *central_report_demand(ReportRun *run, GError **error);

/* Midnight of a day of the store, Unix ms. */
int64_t central_report_midnight(const ReportRun *run, PosDate day);
/* An instant in the store's zone as a JSON string. */
json_t *central_report_instant(const ReportRun *run, int64_t at_ms);

/* Records of the store that are booked, in time order, adopted ones opened and each once. */
typedef bool (*ReportEach)(const json_t *record, void *user);
bool central_report_records(ReportRun *run, int64_t from_ms, int64_t until_ms, const char *holds,
                            ReportEach each, void *user, GError **error);

G_END_DECLS

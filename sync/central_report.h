/* SPDX-License-Identifier: GPL-3.0-or-later
 * The manager's reports (`GET /v1/reports/{name}`): what central knows and the feed does not say. Each is a read of one
 * moment; every number of money is a sum of the journals. Their members are in sync/PROTOCOL.md. */
#pragma once
#include "pos/clock.h"
#include "sync/central_store.h"

G_BEGIN_DECLS

#define CENTRAL_REPORT_DAYS_MAX 400        /* a period */
#define CENTRAL_REPORT_PAGE_ROWS 2000      /* of the inventory */
#define CENTRAL_REPORT_RECORDS_MAX 2000000 /* looked at for one report */

/* What is asked; strings owned, NULL when not given. */
typedef struct {
    char *name, *store_id;
    char *from, *until; /* days of the store, both included */
    char *after;        /* the inventory: "GTIN/lot" that the page before ended with */
    char *gtin, *lot;
} CentralReportQuery;
void central_report_query_clear(CentralReportQuery *query);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CentralReportQuery, central_report_query_clear)

/* Whether it is one of these. */
bool central_report_exists(const char *name);
/* POS_ERROR_NOT_FOUND: there is no such report; POS_ERROR_INVALID: what is asked is malformed; else the machine failed. New
 * reference. */
json_t *central_report_make(CentralStore *store, const CentralReportQuery *query, int64_t now_ms,
                            GError **error);

/* --- the thread that makes them ------------------------------------------------------------------------- */

typedef struct CentralReports CentralReports;
/* One of result and error is given; both borrowed. Report thread. */
typedef void (*CentralReportDone)(const json_t *result, const GError *error, void *user);

/* Opens DIR's store for reading. clock borrowed. */
CentralReports *central_reports_start(const char *dir, const PosClock *clock, GError **error);
/* Takes the query's strings. False when too many wait (nothing is called then). Any thread. */
bool central_reports_ask(CentralReports *reports, CentralReportQuery *query, CentralReportDone done,
                         void *user);
/* Makes what was asked for, ends the thread. NULL is fine. */
void central_reports_stop(CentralReports *reports);

G_END_DECLS

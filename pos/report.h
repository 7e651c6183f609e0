/* SPDX-License-Identifier: GPL-3.0-or-later
 * X and Z reports as a fold over the journal: begin with the state after the last Z, add each record in order, read the
 * sums. The same records always give the same sums, so a Z on paper can be made again and checked. Pure.
 *
 * What counts (STANDARDS of the trade: a Z totals by rate, tender and operator): sales, returns and post-voids with
 * their tax and tenders; line voids, given-up sales, overrides, discounts, disputes, no-sales, reprints, suspended
 * tickets and weights typed by hand are counted beside them; training never counts. */
#pragma once
#include "pos/json.h"

#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* How the sums are reckoned; stands in each Z, so that a later version still checks the Z of an earlier one as it was. */
#define POS_REPORT_VERSION 2 /* 1: `expected` was 0 after a count */

typedef struct PosReport PosReport;

PosReport *pos_report_new(void);
void pos_report_free(PosReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosReport, pos_report_free)

/* Adds a record of the journal; types that do not count are skipped, members that are missing are 0. A z_report ends the
 * period: what comes after it is the next one's. */
void pos_report_add(PosReport *report, const json_t *record);

/* The sums of the period so far, without what names the report itself: `sales`, `returns`, `post_voids`, `line_voids`,
 * `abandoned`, `overrides`, `discounts`, `disputes` (each {"amount","count"}); `no_sales`, `reprints`, `suspended`,
 * `training`, `by_hand` (counts); `net` (sales + returns + post-voids); `rates` [{"base","rate_bp","tax"}];
 * `tenders` [{"amount","count","kind"}]; `operators` [{"operator","sales","returns","count","line_voids","overrides",
 * "no_sales"}]; `cash` {"float","sales","paid_in","paid_out","safe_drop","expected","counted","over_short"} (`counted`
 * and `over_short` only when the drawer was counted; `expected` is what the drawer should hold now, and when it was just
 * counted, what the period's counts should have found); `first_receipt`, `last_receipt` ("" none), `report`. Amounts in
 * minor units, returns negative. Rates ascending, tenders and operators in order of their names. New reference. */
json_t *pos_report_fields(const PosReport *report);

/* What the drawer should hold now: the float of the open shift and what moved since. */
int64_t pos_report_expected(const PosReport *report);
/* Of the last Z that was added; 0 none. */
int64_t pos_report_z_number(const PosReport *report);

/* Whether the sums that a z_report record says are those of `report` (which has all records before it). NULL when they
 * are, else the name of the first member that is not. A record of a later POS_REPORT_VERSION is believed. Static. */
const char *pos_report_differs(const PosReport *report, const json_t *z_record);

/* What a record adds to the sums that never go back: gross of sales, and of what was taken back (positive). */
void pos_report_grand(const json_t *record, int64_t *out_sales, int64_t *out_returns);

G_END_DECLS

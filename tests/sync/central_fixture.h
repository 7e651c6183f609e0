/* SPDX-License-Identifier: GPL-3.0-or-later
 * A central with one store in a folder of its own, and a terminal's journal to send to it: shared
 * by the tests of central's data side. */
#pragma once
#include "pos/date.h"
#include "sync/central_booking.h"
#include "sync/central_ingest.h"
#include "sync/central_store.h"
#include "sync/central_verify.h"

#define APPLE "09521234500018"         /* each */
#define GRAPE "09521234500025"         /* by weight */
#define FIXTURE_NOW_MS 1795392000000LL /* 2026-11-23T00:00:00Z */

typedef struct {
    char *dir;
    CentralStore *store;
    int database; /* of a shared server, which one */
    int *opened;  /* NULL: a file in dir */
} Central;

/* Whether the tests run on a shared database (COSTER_TEST_DATABASE), not on the default engine. */
bool central_fixture_is_shared(void);

void central_fixture_open(Central *central);
void central_fixture_close(Central *central);
void central_fixture_product(Central *central, const char *gtin, const char *unit);

/* A terminal's own journal as it writes it: what it sends next follows from here. */
typedef struct {
    const char *id;
    int64_t seq;
    PosHash head;
    GPtrArray *lines; /* of char*, record n at n - 1 */
    GArray *hashes;   /* of PosHash, after record n at n; [0] is zero */
} Journal;
void central_fixture_journal(Central *central, Journal *journal, const char *id);
void central_fixture_journal_clear(Journal *journal);

/* Appends a record of `type` with at = NOW + at_s seconds. fields: stolen, may be NULL. The line,
 * borrowed. */
const char *central_fixture_write(Journal *journal, const char *type, int at_s, json_t *fields);
/* Fields of a sale of one line that adds up. */
json_t *central_fixture_sale(const char *receipt, const char *gtin, const char *lot, int qty,
                             int price);
json_t *central_fixture_return(const char *receipt, const char *of_receipt, int line,
                               const char *gtin, const char *lot, int qty, int price,
                               const char *to);
json_t *central_fixture_stock(const char *gtin, const char *lot, int qty);

/* Sends records from..until (inclusive) with the right `prev`. */
void central_fixture_send(Central *central, const Journal *journal, int64_t from, int64_t until,
                          CentralIngestResult *out);
/* Sends all of it and asserts that it is stored. */
void central_fixture_send_all(Central *central, const Journal *journal);

int64_t central_fixture_on_hand(Central *central, const char *gtin, const char *lot);
/* Units and amount sold of a lot in all hours. */
void central_fixture_sold(Central *central, const char *gtin, const char *lot, int64_t *out_units,
                          int64_t *out_amount);
/* The reason under which a record stands in the inbox, "" when it does not. Owned. */
char *central_fixture_reason(Central *central, const char *terminal, int64_t seq);
/* Asserts that verify finds nothing and that a rebuild changes nothing. */
void central_fixture_assert_sound(Central *central);
/* Runs SQL behind the store's back. */
void central_fixture_tamper(Central *central, const char *sql);

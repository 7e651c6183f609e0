/* SPDX-License-Identifier: GPL-3.0-or-later
 * A till on a real store in a temporary folder, with a small shop in its feed and a clock that the test
 * turns. It is 2026-11-23 09:00:00.000 in Seoul when a test begins. */
#pragma once
#include "pos/till.h"

G_BEGIN_DECLS

/* The shop. Prices are won per piece or per kg. */
#define SHOP_APPLE                                                                                 \
    "09521234500018" /* piece, 900, PLU 4017; lots A1 (4 days, own price 800), A2 (9 days) */
#define SHOP_BEEF "09521234500025" /* by weight, 4780 a kg, PLU 4020; lot B1 (use by in 3 days) */
#define SHOP_SOAP "09521234500032" /* piece, 12900 with 10 % VAT; no lot */
#define SHOP_MILK                                                                                  \
    "09521234500049" /* piece, 2500; lots OLD (best before yesterday), USED (use by yesterday),
                                        WARM (cold chain broken), BACK (recalled), SOON (last day today), GOOD */
#define SHOP_NUTS "09521234500056"  /* piece, without a price */
#define SHOP_SALAD "09521234500063" /* by weight, 20000 a kg, tare 10 g; no lot */
#define SHOP_HAM "09521234500070"   /* piece, 3000; the whole GTIN is recalled */
#define SHOP_EGGS "09521234500087"  /* piece, 500; lots E1 and E2 both past best before */
#define SHOP_UNKNOWN "09521234500094"

#define SHOP_NINE_MS 1795392000000LL /* 2026-11-23T09:00:00+09:00 */

typedef struct {
    char *dir;
    PosStoreLock *lock;
    PosStore *store;
    PosTill *till;
    PosClock clock;
    int64_t wall_ms, boot_ms;
    int64_t version; /* of the feed */
} TillFixture;

/* Makes the folder, enrols it, applies the shop. The till is open; no one is logged in. */
void till_fixture_set_up(TillFixture *fixture, gconstpointer unused);
/* Verifies the journal and removes the folder. */
void till_fixture_tear_down(TillFixture *fixture, gconstpointer unused);
/* The same shop in a folder of the caller's, for tests that drive the program. */
void till_fixture_fill(PosStore *store);

/* Ends the till and opens it again on the same folder, as after a crash. */
void till_fixture_restart(TillFixture *fixture);
/* Both clocks move on. */
void till_fixture_pass(TillFixture *fixture, int64_t ms);
/* One more version of the feed with one item; json NULL deletes it. */
void till_fixture_feed(TillFixture *fixture, const char *kind, const char *key, const char *json);

/* Commands. Each gives the event; the caller frees it. */
PosTillEvent *till_fixture_login(TillFixture *fixture, const char *operator_id, const char *pin);
PosTillEvent *till_fixture_scan(TillFixture *fixture, const char *text);
PosTillEvent *till_fixture_tender(TillFixture *fixture, PosTenderKind kind, int64_t amount);
PosTillEvent *till_fixture_do(TillFixture *fixture, PosTillVerb verb, int line, int64_t number);
/* Cashier u01 logged in, shift open. */
void till_fixture_begin(TillFixture *fixture);

/* Takes the event: asserts its kind (with its message on failure) and frees it. */
void till_fixture_expect(PosTillEvent *event, PosTillEventKind kind);
void till_fixture_refused(PosTillEvent *event, PosRefusal refusal);
/* The last record of the journal, parsed. New reference. */
json_t *till_fixture_last_record(TillFixture *fixture);
/* How many records of a type the journal has. */
int till_fixture_count(TillFixture *fixture, const char *type);

G_END_DECLS

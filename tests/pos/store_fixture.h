/* SPDX-License-Identifier: GPL-3.0-or-later
 * A till's folder in a temporary place, enrolled, with a small feed; and settled sales to commit.
 */
#pragma once
#include "pos/store.h"
#include "tests/support/fault_vfs.h"

G_BEGIN_DECLS

#define FIXTURE_APPLE "09521234500017"
#define FIXTURE_BEEF "09521234500024"
#define FIXTURE_AT INT64_C(1795392000000) /* 2026-11-23T09:00:00+09:00 */

typedef struct {
    char *dir;
    PosStore *store;
} StoreFixture;

/* A fresh folder, opened for writing, enrolled as terminal "t-1" with receipts "T01-…". */
void store_fixture_set_up(StoreFixture *fixture);
void store_fixture_tear_down(StoreFixture *fixture);
/* Closes and opens again. */
void store_fixture_reopen(StoreFixture *fixture);
/* Enrols a folder's store as above. */
void store_fixture_enrol(PosStore *store, const char *terminal);
/* Removes a folder and what is in it. */
void store_fixture_remove(const char *dir);

/* Parses JSON that a test wrote. */
json_t *store_fixture_json(const char *text);
/* Applies items given as {kind, key, JSON or NULL}, as version `version` of epoch "e1". */
void store_fixture_feed(PosStore *store, int64_t version, const char *const (*items)[3],
                        gsize count);
/* The small feed: settings in Seoul, an apple with two lots, beef by weight, prices, operators. */
void store_fixture_feed_small(PosStore *store);

/* A cart of `pieces` apples of lot A and 450 g of beef; and a settled sale of it, paid in cash. */
PosCart *store_fixture_cart(int64_t pieces);
PosSale *store_fixture_sale(int64_t pieces);
/* Saves the cart and commits its sale; asserts success. */
PosSaleProof store_fixture_sell(PosStore *store, int64_t pieces);
void store_fixture_assert_verifies(PosStore *store);
/* Asserts that verify fails and returns the first bad seq. */
int64_t store_fixture_first_bad(PosStore *store);
/* Runs SQL on the folder's file from outside of the store, triggers off. */
void store_fixture_tamper(const char *dir, const char *sql);
/* The same with the triggers on; SQLite's answer. */
int store_fixture_sql_code(const char *dir, const char *sql);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Re-reads everything that central holds: each terminal's chain, each sale's sums, and that stock
 * and sales are what the journals say. What stands in the inbox is no fault. */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

/* The first fault. Strings owned; terminal "" when the fault is in a derived table. */
typedef struct {
    char *terminal, *reason;
    int64_t seq; /* 0: none in particular */
} CentralVerifyFault;
void central_verify_fault_clear(CentralVerifyFault *fault);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CentralVerifyFault, central_verify_fault_clear)

/* *out_good false: *out_fault names the first bad record. out_records, out_terminals may be NULL.
 * False only when the database cannot be read. From one snapshot, so it works beside a running
 * serve. */
bool central_verify(CentralStore *store, bool *out_good, CentralVerifyFault *out_fault,
                    int64_t *out_terminals, int64_t *out_records, GError **error);

G_END_DECLS

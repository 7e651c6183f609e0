/* SPDX-License-Identifier: GPL-3.0-or-later
 * How a manager's decision comes into this terminal's journal: checked, with who took it and what that person knew
 * (the feed's version). It is done when it is on disk; central carries it out when it has it. Reads and writes the
 * PosStore of the calling thread. */
#pragma once
#include "pos/manage_command.h"
#include "pos/store.h"

G_BEGIN_DECLS

/* Whether the operator may take this decision, by the feed's roles. POS_ERROR_INVALID with one sentence otherwise. */
bool pos_manage_may(PosStore *store, const char *operator_id, PosPermission permission,
                    GError **error);

/* Writes a `command` record: fields (borrowed, with `command` and its members) and operator, feed_version. out may be
 * NULL. POS_ERROR_INVALID: the decision is not whole, or the operator may not; nothing was written. */
bool pos_manage_write(PosStore *store, const char *operator_id, const json_t *fields, int64_t at_ms,
                      PosRecord *out, GError **error);

/* Writes a `write_off`, `stock_received` or `stock_counted` record in the same way. A line without `unit_cost` gets the
 * product's, so that what it cost is a matter of the record alone. */
bool pos_manage_write_stock(PosStore *store, const char *operator_id, const char *type,
                            const json_t *fields, int64_t at_ms, PosRecord *out, GError **error);

/* PIN against the operator's hash; takes about a tenth of a second. Who has it, NULL when it is wrong or the operator may
 * not see the manager's window. Owned. */
PosOperator *pos_manage_log_in(PosStore *store, const char *operator_id, const char *pin,
                               GError **error);

/* The argon2id hash of a new PIN, owned; NULL with one sentence when it is too short or too long. */
char *pos_manage_pin_hash(const char *pin, GError **error);

/* A code that enrols a terminal, as a person types it: 128 random bits and, where central has a key of its own, its pin
 * ("sha256//…"; "" none). out_hash: SHA-256 of the secret part in hex, which is all that a record says. Owned. */
char *pos_manage_new_code(const char *pin, char out_hash[65]);

G_END_DECLS

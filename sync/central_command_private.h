/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the files of central_command share. */
#pragma once
#include "pos/manage_command.h"
#include "sync/central_command.h"
#include "sync/central_store_command.h"

G_BEGIN_DECLS

/* One record on its way. Changes are gathered and published as one version of the feed. */
typedef struct {
    CentralStore *store;
    const char *store_id;
    const json_t *record;
    const CentralMoment *when;
    int64_t now_ms;
    PosManageCommand command;
    const bool *newest; /* of each item: no later decision about it is known */
    GArray *changes;    /* of CentralChange */
    GPtrArray *owned;   /* texts and values that the changes borrow */
    GString *detail;    /* for people: what of it was left out and why */
} CommandRun;

/* Adds a change. key copied; value stolen, NULL deletes. */
void central_command_change(CommandRun *run, const char *kind, const char *key, json_t *value);
/* A value of the store's feed, as the changes so far leave it; new reference, NULL absent. */
json_t *central_command_value(CommandRun *run, const char *kind, const char *key);
/* POS_ERROR_INVALID: the decision is refused. Always false. */
bool central_command_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
const char *central_command_text(const json_t *object, const char *member);

/* One function a decision: gathers changes. POS_ERROR_INVALID and POS_ERROR_NOT_FOUND are refusals, any other error
 * is the machine's. */
typedef bool (*CommandCarry)(CommandRun *run, GError **error);
bool central_command_price_set(CommandRun *run, GError **error);
bool central_command_price_pause(CommandRun *run, GError **error);
bool central_command_recall(CommandRun *run, GError **error);
bool central_command_recall_lift(CommandRun *run, GError **error);
bool central_command_move(CommandRun *run, GError **error);
bool central_command_order(CommandRun *run, GError **error);
bool central_command_product_set(CommandRun *run, GError **error);
bool central_command_product_remove(CommandRun *run, GError **error);
bool central_command_snooze(CommandRun *run, GError **error);
bool central_command_operator_set(CommandRun *run, GError **error);
bool central_command_operator_remove(CommandRun *run, GError **error);
bool central_command_setting_set(CommandRun *run, GError **error);
bool central_command_terminal_revoke(CommandRun *run, GError **error);
bool central_command_enrol_code(CommandRun *run, GError **error);
bool central_command_inbox_book(CommandRun *run, GError **error);
bool central_command_inbox_close(CommandRun *run, GError **error);
/* A `stock_received` record: its lots, and the order that it fulfils. */
bool central_command_received(CommandRun *run, GError **error);

G_END_DECLS

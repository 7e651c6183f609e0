/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the way from a tender to a sale on disk. Legs that count live only in memory: after a crash the cart is open
 * and untendered. What a card terminal approved is on disk before it counts; an approval that no sale took up
 * (the commit failed, the program ended) is a spare: the next card tender of that amount uses it instead of charging
 * again. */
#include "pos/till_private.h"

#include "pos/tender.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SPARES_LOOK_BACK                                                                           \
    100 /* records read for unused approvals at start; a sale has 16 legs at most */

PosSale *pos_till_sale_build(const PosTill *till, const PosCart *cart)
{
    g_autoptr(PosSale) sale = pos_sale_new_with(cart, till->settings.rules);
    if (pos_sale_begin_tender(sale) != POS_REFUSAL_NONE) {
        return NULL;
    }
    for (guint i = 0; i < till->legs->len; i++) {
        const PosTillLeg *leg = &g_array_index(till->legs, PosTillLeg, i);
        if (pos_sale_tender(sale, leg->kind, leg->amount) != POS_REFUSAL_NONE ||
            pos_sale_state(sale) != POS_SALE_TENDERING) {
            return NULL;
        }
        pos_sale_name_attempt(sale, leg->attempt);
    }
    return g_steal_pointer(&sale);
}

/* --- approvals of a card terminal ----------------------------------------------------------------- */

static bool spare_take(PosTill *till, PosTenderKind kind, PosMoney amount, PosTillLeg *out)
{
    for (guint i = 0; i < till->spares->len; i++) {
        const PosTillLeg *spare = &g_array_index(till->spares, PosTillLeg, i);
        if (spare->kind == kind && spare->amount.minor == amount.minor) {
            *out = *spare;
            g_array_remove_index(till->spares, i);
            return true;
        }
    }
    return false;
}

static void spare_drop(PosTill *till, const char *attempt)
{
    for (guint i = 0; attempt != NULL && i < till->spares->len; i++) {
        if (strcmp(g_array_index(till->spares, PosTillLeg, i).attempt, attempt) == 0) {
            g_array_remove_index(till->spares, i);
            return;
        }
    }
}

static void spare_note(PosTill *till, const json_t *record)
{
    const char *outcome = json_string_value(json_object_get(record, "outcome"));
    const char *attempt = json_string_value(json_object_get(record, "attempt"));
    PosTillLeg leg = {0};
    if (g_strcmp0(outcome, "approved") == 0 && attempt != NULL &&
        pos_tender_from_code(json_string_value(json_object_get(record, "kind")), &leg.kind)) {
        leg.amount = pos_money(json_integer_value(json_object_get(record, "amount")));
        g_strlcpy(leg.attempt, attempt, sizeof leg.attempt);
        g_array_append_val(till->spares, leg);
    } else if (g_strcmp0(outcome, "closed") == 0) { /* taken back by hand */
        spare_drop(till, attempt);
    }
}

bool pos_till_spares_load(PosTill *till, GError **error)
{
    int64_t seq = 0;
    PosHash head;
    if (!pos_store_journal_head(till->store, &seq, &head, error)) {
        return false;
    }
    if (seq == 0) {
        return true;
    }
    int64_t from = MAX(1, seq - SPARES_LOOK_BACK + 1);
    g_autoptr(GPtrArray) records = pos_store_journal_read(
        till->store, from, SPARES_LOOK_BACK, SPARES_LOOK_BACK * POS_BOUND_RECORD_BYTES, error);
    if (records == NULL) {
        return false;
    }
    for (guint i = 0; i < records->len; i++) {
        const PosRecord *record = g_ptr_array_index(records, i);
        g_autoptr(json_t) object = json_loadb(record->line, record->length, 0, NULL);
        const char *type = json_string_value(json_object_get(object, "type"));
        if (g_strcmp0(type, "sale") == 0 || g_strcmp0(type, "abandoned") == 0) {
            g_array_set_size(till->spares, 0);
        } else if (g_strcmp0(type, "tender_attempt") == 0) {
            spare_note(till, object);
        }
    }
    return true;
}

static bool attempt_write(PosTill *till, const PosTillLeg *leg, const char *outcome, GError **error)
{
    g_autoptr(json_t) fields = json_pack(
        "{sIssssssss}", "amount", (json_int_t)leg->amount.minor, "attempt", leg->attempt, "kind",
        pos_tender_code(leg->kind), "operator", till->operator_->id, "outcome", outcome);
    PosTillRecord record = {"tender_attempt", fields};
    return pos_till_write(till, &record, 1, NULL, NULL, NULL, error);
}

/* Takes the money of a leg. NULL when it is there. */
static PosTillEvent *charge_by_hand(PosTill *till, const PosTenderProvider *provider,
                                    PosTillLeg *leg)
{
    GError *error = NULL;
    if (provider->is_journaled) {
        int64_t seq = 0;
        PosHash head;
        if (!pos_store_journal_head(till->store, &seq, &head, &error)) {
            return pos_till_fail(error);
        }
        /* Unique on this terminal: the seq that the attempt's record will have. */
        g_snprintf(leg->attempt, sizeof leg->attempt, "%s-%" G_GINT64_FORMAT,
                   pos_tender_code(leg->kind), (gint64)(seq + 1));
    }
    if (provider->is_journaled && !attempt_write(till, leg, "approved", &error)) {
        return pos_till_fail(error);
    }
    return NULL;
}

/* --- checks before money moves -------------------------------------------------------------------- */

/* A recall, a broken cold chain or a use-by that came while the line was open stops the sale. A best-before that
 * passed meanwhile does not: it was sold before. */
static PosTillEvent *check_lines(PosTill *till)
{
    for (gsize i = 0; i < pos_cart_count(till->cart); i++) {
        const PosCartLine *line = pos_cart_at(till->cart, i);
        if (pos_freshness_refusal(line->freshness) != POS_REFUSAL_NONE &&
            !pos_freshness_may_be_lifted(line->freshness)) {
            return pos_till_refuse_red(till, &line->names, line->gtin, line->lot, line->freshness,
                                       line->line);
        }
    }
    return NULL;
}

static PosTillEvent *refuse_tender(PosTill *till, PosRefusal refusal, PosMoney due)
{
    if (refusal == POS_REFUSAL_OVER_TENDER) {
        g_autofree char *text = pos_till_money(till, due);
        return pos_till_refuse(refusal, _("Only cash gives change: at most %s by this way."), text);
    }
    return pos_till_refuse(
        refusal, _("The amount is not one that can be paid: key in what is handed over."));
}

static PosTillEvent *check_order(PosTill *till)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    if (!till->shift_open && !till->training) {
        return pos_till_refuse(POS_REFUSAL_NO_SHIFT, _("No shift is open: open one first."));
    }
    if (!pos_store_has_room(till->store)) {
        return pos_till_refuse(
            POS_REFUSAL_DISK_FULL,
            _("The disk is full: no money moves before there is room. Delete what "
              "is not needed, or call for help; the sale stays open."));
    }
    till->pending.active = false;
    till->tare = (PosTillTare){0};
    if (pos_cart_count(till->cart) == 0 && pos_cart_exchange(till->cart) == NULL) {
        return pos_till_refuse(POS_REFUSAL_EMPTY_CART, _("There is nothing to pay: scan first."));
    }
    pos_till_refresh(till, true);
    PosTillEvent *taken = pos_till_exchange_check(till);
    return taken != NULL ? taken : check_lines(till);
}

/* --- the tender ----------------------------------------------------------------------------------- */

/* The record that was just written. New reference, NULL when it cannot be read. */
static json_t *record_of(PosTill *till, const PosSaleProof *proof)
{
    char hash[65];
    return pos_store_sale_find(till->store, proof->receipt, hash, NULL);
}

/* Commits a settled sale. On failure the last leg is forgotten (a card's approval kept as a spare), so the same
 * tender can be given again. */
static PosTillEvent *commit(PosTill *till, PosSale *sale, const PosTillLeg *last)
{
    GError *error = NULL;
    PosSaleProof proof = {0};
    PosSaleProof taken_back = {0};
    if (!pos_store_exchange_commit(till->store, sale, till->operator_->id,
                                   pos_till_record_at_ms(till), &proof, &taken_back, &error)) {
        if (last->attempt[0] != '\0') {
            g_array_append_val(till->spares, *last);
        }
        return pos_till_fail(error);
    }
    g_assert(pos_sale_state(sale) == POS_SALE_CLOSED);
    g_array_set_size(till->legs, 0);
    g_array_set_size(till->spares, 0);
    pos_cart_clear(till->cart);
    pos_till_undo_clear(till);
    PosTillEvent *event = pos_till_event_new(POS_EVENT_SALE);
    event->sale = proof;
    event->taken_back = taken_back;
    event->total = pos_sale_total(sale);
    event->change = pos_sale_change(sale);
    event->amount = last->amount;
    event->tender = last->kind;
    event->record = record_of(till, &proof);
    return event;
}

/* What is practised is a `training` record with no receipt number, and moves nothing. */
static PosTillEvent *commit_practice(PosTill *till, PosSale *sale, const PosTillLeg *last)
{
    GError *error = NULL;
    g_auto(PosRecord) written = {0};
    json_t *fields =
        pos_sale_to_fields(sale, till->identity.currency, "TRAINING", till->operator_->id);
    PosTillRecord record = {"sale", fields, &written};
    if (!pos_till_write(till, &record, 1, NULL, NULL, NULL, &error)) {
        json_decref(fields);
        return pos_till_fail(error);
    }
    pos_sale_committed(sale);
    g_array_set_size(till->legs, 0);
    g_array_set_size(till->spares, 0);
    pos_cart_clear(till->cart);
    pos_till_undo_clear(till);
    PosTillEvent *event = pos_till_event_new(POS_EVENT_SALE);
    g_autofree char *hex = pos_hash_to_hex(&written.hash);
    g_strlcpy(event->sale.receipt, "TRAINING", sizeof event->sale.receipt);
    g_strlcpy(event->sale.hash_hex, hex, sizeof event->sale.hash_hex);
    event->sale.seq = written.seq;
    event->total = pos_sale_total(sale);
    event->change = pos_sale_change(sale);
    event->amount = last->amount;
    event->tender = last->kind;
    event->record = json_loadb(written.line, written.length, 0, NULL);
    json_decref(fields);
    return event;
}

/* The leg counts: the sale is closed, or something is left to pay. `sale` holds the leg. */
static PosTillEvent *leg_counts(PosTill *till, PosSale *sale, const PosTillLeg *leg)
{
    pos_sale_name_attempt(sale, leg->attempt);
    if (pos_sale_state(sale) == POS_SALE_SETTLED) {
        return till->training ? commit_practice(till, sale, leg) : commit(till, sale, leg);
    }
    g_array_append_val(till->legs, *leg);
    PosTillEvent *event = pos_till_event_new(POS_EVENT_TENDER);
    event->amount = leg->amount;
    event->tender = leg->kind;
    return event;
}

PosTillEvent *pos_till_leg_done(PosTill *till, const PosTillLeg *leg)
{
    g_autoptr(PosSale) sale = pos_till_sale_build(till, till->cart);
    if (sale == NULL || pos_sale_tender(sale, leg->kind, leg->amount) != POS_REFUSAL_NONE) {
        g_array_append_val(till->spares, *leg); /* nothing changes a cart while it is charged */
        return pos_till_refuse(
            POS_REFUSAL_NOT_ALLOWED,
            _("The payment does not fit the sale any more: void the sale, and it "
              "is given back."));
    }
    return leg_counts(till, sale, leg);
}

PosTillEvent *pos_till_tender(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = check_order(till);
    if (no != NULL) {
        return no;
    }
    const PosTenderProvider *provider = pos_till_provider(till, command->tender);
    if (provider == NULL) {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("QR payment is not set up: take cash or card."));
    }
    g_autoptr(PosSale) sale = pos_till_sale_build(till, till->cart);
    g_assert(sale != NULL);
    PosMoney due = pos_sale_due(sale);
    PosRefusal refusal = pos_sale_tender(sale, command->tender, pos_money(command->amount));
    if (refusal != POS_REFUSAL_NONE) {
        return refuse_tender(till, refusal, due);
    }
    /* Where money goes to the customer, 0 says all of it: the leg has what it is. */
    const PosTender *tenders = NULL;
    gsize count = pos_sale_tenders(sale, &tenders);
    PosTillLeg leg = {.kind = command->tender, .amount = tenders[count - 1].amount};
    if (leg.amount.minor < 0 && !provider->is_by_hand) {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("Pay it out in cash: no charge of this sale can be given back."));
    }
    bool has_spare = spare_take(till, leg.kind, leg.amount, &leg);
    if (!has_spare && !provider->is_by_hand) {
        return pos_till_charge_begin(till, provider, leg.kind, leg.amount);
    }
    no = has_spare ? NULL : charge_by_hand(till, provider, &leg);
    return no != NULL ? no : leg_counts(till, sale, &leg);
}

/* --- taking a tender back ------------------------------------------------------------------------- */

GArray *pos_till_tenders(const PosTill *till)
{
    GArray *tenders = g_array_new(FALSE, TRUE, sizeof(PosTender));
    for (guint i = 0; i < till->legs->len; i++) {
        const PosTillLeg *leg = &g_array_index(till->legs, PosTillLeg, i);
        const PosTender tender = {.kind = leg->kind, .amount = leg->amount};
        g_array_append_val(tenders, tender);
    }
    return tenders;
}

/* Cash goes back over the counter; what a terminal that stands by itself has taken is reversed there, and its record
 * says so before it counts no more. What a provider took is given back with the whole sale only. */
PosTillEvent *pos_till_void_tender(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    if (command->line < 1 || (guint)command->line > till->legs->len) {
        return pos_till_refuse(POS_REFUSAL_NO_SUCH_LINE,
                               _("There is no such payment to take back: look at the list."));
    }
    const guint index = (guint)command->line - 1;
    const PosTillLeg leg = g_array_index(till->legs, PosTillLeg, index);
    const PosTenderProvider *provider = pos_till_provider(till, leg.kind);
    if (provider == NULL || !provider->is_by_hand) {
        return pos_till_refuse(
            POS_REFUSAL_NOT_ALLOWED,
            _("The card terminal has taken this: void the sale, and it is given back."));
    }
    GError *error = NULL;
    if (leg.attempt[0] != '\0' && !attempt_write(till, &leg, "closed", &error)) {
        return pos_till_fail(error);
    }
    g_array_remove_index(till->legs, index);
    return pos_till_event_new(POS_EVENT_CART);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns payments that take time: a charge goes out, its answer is fetched by a later command, and nothing of the till
 * waits in between. What always holds: an attempt is on disk before its amount leaves, and each answer before it counts;
 * what was not answered is UNKNOWN and is asked for until the provider says how it ended, or a manager does; what was
 * paid for a sale that was closed otherwise is given back; the provider's first answer counts. Each step is a
 * `tender_attempt` record with `outcome`.
 *
 * At most one charge is in flight: till->charge. All others are rows of pos/store_payment.c. */
#include "pos/till_private.h"

#include "pos/error.h"

#include <glib/gi18n-lib.h>

#define ASK_AGAIN_MS 5000

const PosTenderProvider *pos_till_provider(const PosTill *till, PosTenderKind kind)
{
    const PosTenderProvider *own = till->providers[kind];
    return own != NULL && !till->training ? own : pos_tender_provider(kind);
}

void pos_till_set_provider(PosTill *till, PosTenderKind kind, const PosTenderProvider *provider)
{
    till->providers[kind] = provider;
    till->ask_boot_ms = 0;
}

static int64_t boot_ms(PosTill *till)
{
    return till->clock->boot_ms(till->clock->user);
}

static PosTenderOrder order_of(const PosTill *till, const PosPayment *payment)
{
    PosTenderOrder order = {.amount = pos_money(payment->amount)};
    g_strlcpy(order.attempt, payment->attempt, sizeof order.attempt);
    g_strlcpy(order.currency, till->settings.currency.code, sizeof order.currency);
    return order;
}

/* --- one step on disk ------------------------------------------------------------------------------- */

static json_t *step_fields(const PosTill *till, const PosPayment *payment, const char *outcome,
                           const PosTenderAnswer *answer)
{
    json_t *fields = json_pack("{sIsssssssssb}", "amount", (json_int_t)payment->amount, "attempt",
                               payment->attempt, "kind", pos_tender_code(payment->kind), "operator",
                               payment->operator_id, "outcome", outcome, "late", !payment->is_open);
    if (payment->is_open) {
        json_object_del(fields, "late");
    }
    if (payment->refund_id[0] != '\0') {
        json_object_set_new(fields, "refund_amount", json_integer(payment->refund_amount));
        json_object_set_new(fields, "refund_id", json_string(payment->refund_id));
    }
    const struct {
        const char *key, *text;
    } texts[] = {{"reference", answer != NULL ? answer->reference : ""},
                 {"scheme", answer != NULL ? answer->scheme : ""},
                 {"last4", answer != NULL ? answer->last4 : ""}};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (texts[i].text[0] != '\0') {
            json_object_set_new(fields, texts[i].key, json_string(texts[i].text));
        }
    }
    (void)till;
    return fields;
}

static bool put_payment(PosTill *till, void *user, GError **error)
{
    return pos_store_payment_put(till->store, user, error);
}

/* The record and the row in one transaction. extra: nullable, more members of the record; taken. */
static bool write_step(PosTill *till, PosPayment *payment, const char *outcome,
                       const PosTenderAnswer *answer, json_t *extra, GError **error)
{
    g_autoptr(json_t) fields = step_fields(till, payment, outcome, answer);
    if (extra != NULL) {
        json_object_update(fields, extra);
        json_decref(extra);
    }
    PosTillRecord record = {"tender_attempt", fields};
    return pos_till_write_with(till, &record, 1, NULL, put_payment, payment, error);
}

/* --- a charge --------------------------------------------------------------------------------------- */

/* Terminal, sequence, try: unique among all that ever ask this provider; 32 of [A-Za-z0-9_-] at most. */
static bool name_attempt(PosTill *till, char out[POS_BOUND_ATTEMPT_BYTES], GError **error)
{
    int64_t seq = 0;
    PosHash head;
    char terminal[17];
    gsize length = 0;
    if (!pos_store_journal_head(till->store, &seq, &head, error)) {
        return false;
    }
    for (const char *c = till->identity.terminal; *c != '\0' && length < 16; c++) {
        if (g_ascii_isalnum(*c) || *c == '_' || *c == '-') {
            terminal[length++] = *c;
        }
    }
    terminal[length] = '\0';
    g_snprintf(out, POS_BOUND_ATTEMPT_BYTES, "%s-%" G_GINT64_FORMAT "-1", terminal,
               (gint64)(seq + 1));
    return true;
}

static PosTillEvent *payment_event(const PosPayment *payment)
{
    PosTillEvent *event = pos_till_event_new(POS_EVENT_PAYMENT);
    event->payment = *payment;
    event->amount = pos_money(payment->amount);
    event->tender = payment->kind;
    return event;
}

PosTillEvent *pos_till_charge_begin(PosTill *till, const PosTenderProvider *provider,
                                    PosTenderKind kind, PosMoney amount)
{
    GError *error = NULL;
    PosPayment payment = {.kind = kind,
                          .amount = amount.minor,
                          .status = POS_PAYMENT_CREATED,
                          .is_open = true,
                          .at_ms = till->now_ms};
    g_strlcpy(payment.operator_id, till->operator_->id, sizeof payment.operator_id);
    if (!name_attempt(till, payment.attempt, &error) ||
        !write_step(till, &payment, "created", NULL, NULL, &error)) {
        return pos_till_fail(error);
    }
    PosTenderOrder order = order_of(till, &payment);
    till->charge = payment;
    till->charge_until_boot_ms = boot_ms(till) + provider->timeout_ms;
    provider->charge(provider->user, &order, NULL);
    return payment_event(&payment);
}

bool pos_till_is_charging(const PosTill *till)
{
    return till->charge.attempt[0] != '\0';
}

static void end_charge(PosTill *till)
{
    memset(&till->charge, 0, sizeof till->charge);
    till->charge_until_boot_ms = 0;
}

/* --- answers ---------------------------------------------------------------------------------------- */

/* Gives back what was paid for a sale that another way closed. */
static void begin_refund(PosTill *till, PosPayment *payment)
{
    const PosTenderProvider *provider = pos_till_provider(till, payment->kind);
    if (payment->refund_id[0] == '\0') {
        g_snprintf(payment->refund_id, sizeof payment->refund_id, "%s-R1", payment->attempt);
        payment->refund_amount = payment->amount - payment->refunded;
        GError *error = NULL;
        if (!write_step(till, payment, "refund_created", NULL, NULL, &error)) {
            g_clear_error(&error); /* the next look at it tries again */
            return;
        }
    }
    if (provider != NULL && provider->refund != NULL) {
        PosTenderOrder order = order_of(till, payment);
        provider->refund(provider->user, &order, payment->refund_id,
                         pos_money(payment->refund_amount));
    }
}

static bool amount_fits(const PosPayment *payment, const PosTenderAnswer *answer)
{
    return answer->amount.minor < 0 || answer->amount.minor == payment->amount;
}

/* What a refund's answer does: NULL outcome: nothing. */
static const char *apply_refund(PosPayment *payment, const PosTenderAnswer *answer)
{
    bool done =
        answer->status == POS_PAYMENT_REFUNDED || answer->status == POS_PAYMENT_PART_REFUNDED;
    if (!done || strcmp(answer->refund_id, payment->refund_id) != 0) {
        return NULL;
    }
    payment->refunded += payment->refund_amount;
    payment->status =
        payment->refunded >= payment->amount ? POS_PAYMENT_REFUNDED : POS_PAYMENT_PART_REFUNDED;
    payment->is_over = true;
    return pos_payment_code(payment->status);
}

/* What an answer makes of a payment; NULL when nothing changes, else the outcome for the record. */
static const char *apply_answer(PosPayment *payment, const PosTenderAnswer *answer)
{
    if (answer->refund_id[0] != '\0') {
        return apply_refund(payment, answer);
    }
    PosPaymentStatus said = answer->status;
    if (said == POS_PAYMENT_PAID && !amount_fits(payment, answer)) {
        said = POS_PAYMENT_UNKNOWN; /* another amount than was asked for: a person has to look */
    }
    PosPaymentStatus next = pos_payment_after(payment->status, said);
    if (next == payment->status) {
        return NULL;
    }
    payment->status = next;
    payment->is_over = pos_payment_is_final(next);
    if (answer->reference[0] != '\0') {
        g_strlcpy(payment->reference, answer->reference, sizeof payment->reference);
    }
    return pos_payment_code(next);
}

/* Where a paid one stands that no sale has: the next card tender of the amount takes it up. */
static void keep_spare(PosTill *till, const PosPayment *payment)
{
    PosTillLeg leg = {.kind = payment->kind, .amount = pos_money(payment->amount)};
    g_strlcpy(leg.attempt, payment->attempt, sizeof leg.attempt);
    g_array_append_val(till->spares, leg);
}

/* An answer about a payment that is not in flight. */
static void take_answer(PosTill *till, PosPayment *payment, const PosTenderAnswer *answer)
{
    const char *outcome = apply_answer(payment, answer);
    GError *error = NULL;
    if (outcome == NULL) {
        return;
    }
    if (!write_step(till, payment, outcome, answer, NULL, &error)) {
        g_clear_error(&error); /* nothing was written: it is asked for again */
        return;
    }
    if (payment->status == POS_PAYMENT_PAID) {
        if (payment->is_open) {
            keep_spare(till, payment);
        } else {
            begin_refund(till, payment);
        }
    }
}

static bool find_payment(PosTill *till, const char *attempt, PosPayment *out)
{
    g_autoptr(GArray) payments = pos_store_payments(till->store, NULL);
    for (guint i = 0; payments != NULL && i < payments->len; i++) {
        const PosPayment *payment = &g_array_index(payments, PosPayment, i);
        if (strcmp(payment->attempt, attempt) == 0) {
            *out = *payment;
            return true;
        }
    }
    return false;
}

/* --- looking after them ----------------------------------------------------------------------------- */

/* Asks again about all that is not over. What is paid for the open cart needs no asking. */
static void ask(PosTill *till)
{
    g_autoptr(GArray) payments = pos_store_payments(till->store, NULL);
    for (guint i = 0; payments != NULL && i < payments->len; i++) {
        PosPayment *payment = &g_array_index(payments, PosPayment, i);
        const PosTenderProvider *provider = pos_till_provider(till, payment->kind);
        if (provider == NULL || provider->is_by_hand ||
            strcmp(payment->attempt, till->charge.attempt) == 0) {
            continue;
        }
        PosTenderOrder order = order_of(till, payment);
        if (payment->status == POS_PAYMENT_PAID) {
            if (!payment->is_open) {
                begin_refund(till, payment);
            }
        } else if (provider->query != NULL) {
            provider->query(provider->user, &order);
        }
    }
    till->ask_boot_ms = boot_ms(till) + ASK_AGAIN_MS;
}

void pos_till_payments_look(PosTill *till)
{
    PosTenderAnswer answer;
    for (int kind = 0; kind < POS_TENDER_KINDS; kind++) {
        const PosTenderProvider *provider = till->providers[kind];
        while (provider != NULL && provider->poll(provider->user, &answer)) {
            PosPayment payment;
            if (pos_till_is_charging(till) && strcmp(answer.attempt, till->charge.attempt) == 0) {
                g_array_append_val(till->answers, answer);
            } else if (find_payment(till, answer.attempt, &payment)) {
                take_answer(till, &payment, &answer);
            }
        }
    }
    if (!till->training && boot_ms(till) >= till->ask_boot_ms) {
        ask(till);
    }
}

bool pos_till_payments_load(PosTill *till, GError **error)
{
    g_autoptr(GArray) payments = pos_store_payments(till->store, error);
    if (payments == NULL) {
        return false;
    }
    for (guint i = 0; i < payments->len; i++) {
        PosPayment *payment = &g_array_index(payments, PosPayment, i);
        bool in_flight =
            payment->status == POS_PAYMENT_CREATED || payment->status == POS_PAYMENT_USER_PAYING;
        if (payment->status == POS_PAYMENT_PAID && payment->is_open) {
            keep_spare(till, payment);
        }
        payment->status = in_flight ? POS_PAYMENT_UNKNOWN : payment->status;
        if (in_flight && !write_step(till, payment, "unknown", NULL, NULL, error)) {
            return false;
        }
    }
    return true;
}

/* --- the commands ----------------------------------------------------------------------------------- */

static PosTillEvent *refuse_declined(const PosTenderAnswer *answer)
{
    if (answer->message[0] != '\0') {
        return pos_till_refuse(POS_REFUSAL_NOT_COVERED,
                               _("The payment was declined (%s): try another card or take cash."),
                               answer->message);
    }
    return pos_till_refuse(POS_REFUSAL_NOT_COVERED,
                           _("The payment was declined: try another card or take cash."));
}

/* The charge in flight after an answer that changed it. NULL: it goes on. */
static PosTillEvent *settle_charge(PosTill *till, const PosTenderAnswer *answer)
{
    PosPayment payment = till->charge;
    const char *outcome = apply_answer(&payment, answer);
    GError *error = NULL;
    if (outcome == NULL) {
        return NULL;
    }
    if (!write_step(till, &payment, outcome, answer, NULL, &error)) {
        return pos_till_fail(error); /* it stays in flight; the answer comes again by a query */
    }
    till->charge = payment;
    if (payment.status == POS_PAYMENT_USER_PAYING) {
        return NULL;
    }
    end_charge(till);
    if (payment.status == POS_PAYMENT_PAID) {
        PosTillLeg leg = {.kind = payment.kind, .amount = pos_money(payment.amount)};
        g_strlcpy(leg.attempt, payment.attempt, sizeof leg.attempt);
        return pos_till_leg_done(till, &leg);
    }
    return payment.is_over ? refuse_declined(answer) : payment_event(&payment);
}

/* No answer in time: what was not heard is not known. It is reversed in the background. */
static PosTillEvent *expire_charge(PosTill *till)
{
    const PosTenderProvider *provider = pos_till_provider(till, till->charge.kind);
    PosTenderOrder order = order_of(till, &till->charge);
    PosTenderAnswer silence = {.status = POS_PAYMENT_UNKNOWN, .amount = {-1}};
    PosTillEvent *event = settle_charge(till, &silence);
    if (event != NULL && event->kind == POS_EVENT_PAYMENT && provider->reverse != NULL) {
        provider->reverse(provider->user, &order);
        till->ask_boot_ms = boot_ms(till) + ASK_AGAIN_MS;
    }
    return event;
}

static PosTillEvent *look_at_charge(PosTill *till, bool cancel)
{
    const PosTenderProvider *provider = pos_till_provider(till, till->charge.kind);
    for (guint i = 0; i < till->answers->len; i++) {
        PosTenderAnswer answer = g_array_index(till->answers, PosTenderAnswer, i);
        PosTillEvent *event = settle_charge(till, &answer);
        if (event != NULL) {
            g_array_set_size(till->answers, 0);
            return event;
        }
    }
    g_array_set_size(till->answers, 0);
    if (boot_ms(till) >= till->charge_until_boot_ms) {
        return expire_charge(till);
    }
    if (cancel && provider->reverse != NULL) {
        PosTenderOrder order = order_of(till, &till->charge);
        provider->reverse(provider->user, &order);
    }
    return payment_event(&till->charge);
}

/* A manager says how a charge ended that the provider cannot say. */
static PosTillEvent *resolve(PosTill *till, const PosTillCommand *command)
{
    PosPayment payment;
    PosPaymentStatus said = POS_PAYMENT_UNKNOWN;
    char approver[POS_BOUND_OPERATOR_BYTES + 1] = "";
    if (!find_payment(till, command->attempt, &payment) || payment.status != POS_PAYMENT_UNKNOWN) {
        return pos_till_refuse(
            POS_REFUSAL_NOT_ALLOWED,
            _("There is no charge %s whose end is not known: look at the list of payments."),
            command->attempt);
    }
    if (!pos_payment_from_code(command->outcome, &said) ||
        (said != POS_PAYMENT_PAID && said != POS_PAYMENT_CLOSED)) {
        return pos_till_refuse(
            POS_REFUSAL_BAD_COMMAND,
            _("That is no outcome: say \"paid\" or \"closed\", as the card terminal's slip does."));
    }
    PosTillEvent *no = pos_till_need(till, command, POS_MAY_RESOLVE_PAYMENT, POS_LIMIT_COUNT, 0,
                                     _("say how a card payment ended"), approver);
    if (no != NULL) {
        return no;
    }
    GError *error = NULL;
    payment.status = pos_payment_after(payment.status, said);
    payment.is_over = pos_payment_is_final(payment.status);
    json_t *extra = json_pack("{sbss}", "by_hand", 1, "resolved_by", till->operator_->id);
    if (approver[0] != '\0') {
        json_object_set_new(extra, "approver", json_string(approver));
    }
    if (!write_step(till, &payment, pos_payment_code(payment.status), NULL, extra, &error)) {
        return pos_till_fail(error);
    }
    if (payment.status == POS_PAYMENT_PAID && payment.is_open) {
        keep_spare(till, &payment);
    } else if (payment.status == POS_PAYMENT_PAID) {
        begin_refund(till, &payment);
    }
    return payment_event(&payment);
}

PosTillEvent *pos_till_payment(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    if (command->attempt != NULL && command->outcome != NULL) {
        return resolve(till, command);
    }
    if (pos_till_is_charging(till)) {
        return look_at_charge(till, command->on);
    }
    return pos_till_event_new(POS_EVENT_PAYMENT);
}

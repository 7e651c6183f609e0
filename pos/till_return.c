/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns taking back: goods of a receipt (of this till, or of another while central answers), goods without a receipt, an
 * exchange within the open cart, and a sale of the running period as a whole. What always holds: a unit is taken back
 * once, whatever the parts; money goes back only with the record that says so on disk. */
#include "pos/till_private.h"

#include "pos/error.h"
#include "pos/returning.h"

#include <glib/gi18n-lib.h>

typedef struct {
    json_t *record;          /* of the sale; owned */
    json_t *other;           /* central's answer: what every till took back; owned, nullable */
    PosReturning *returning; /* owned */
    int64_t paid_before;     /* -1: another till's receipt, not known here */
} Taking;

static void taking_clear(Taking *taking)
{
    g_clear_pointer(&taking->record, json_decref);
    g_clear_pointer(&taking->other, json_decref);
    g_clear_pointer(&taking->returning, pos_returning_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Taking, taking_clear)

/* --- which receipt -------------------------------------------------------------------------------- */

static PosTillEvent *refuse_receipt(const char *receipt)
{
    if (receipt[0] == '\0') {
        return pos_till_refuse(POS_REFUSAL_NO_SUCH_RECEIPT,
                               _("That is no receipt number: look at the receipt again."));
    }
    return pos_till_refuse(POS_REFUSAL_NO_SUCH_RECEIPT,
                           _("There is no sale with the receipt number %.40s: look at the receipt "
                             "again."),
                           receipt);
}

static PosTillEvent *refuse_void(const char *receipt)
{
    return pos_till_refuse(POS_REFUSAL_ALREADY_RETURNED,
                           _("The receipt %.40s is void: nothing of it can be taken back again."),
                           receipt);
}

static PosTillEvent *refuse_partly(const char *receipt)
{
    return pos_till_refuse(POS_REFUSAL_ALREADY_RETURNED,
                           _("Something of receipt %.40s was taken back before: take back the "
                             "rest of it."),
                           receipt);
}

static PosTillEvent *check_order(PosTill *till)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    if (till->training) {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("Nothing is taken back in training: end training first."));
    }
    if (!till->shift_open) {
        return pos_till_refuse(POS_REFUSAL_NO_SHIFT, _("No shift is open: open one first."));
    }
    if (till->legs->len > 0) {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("A sale is half paid: finish it or void it first."));
    }
    return NULL;
}

/* The answer of central about a receipt; NULL without one (*out_offline: nobody answered). */
static json_t *ask_central(PosTill *till, const char *receipt, bool *out_offline)
{
    g_autoptr(GError) error = NULL;
    *out_offline = true;
    if (till->remote == NULL || till->remote->receipt == NULL) {
        return NULL;
    }
    json_t *answer = till->remote->receipt(till->remote->user, receipt, &error);
    *out_offline = answer == NULL && !g_error_matches(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    return answer;
}

/* The record of the sale, from here or from central. */
static PosTillEvent *find_sale(PosTill *till, const char *receipt, Taking *taking)
{
    GError *error = NULL;
    bool offline = true;
    taking->record = pos_store_sale_find(till->store, receipt, NULL, &error);
    if (taking->record == NULL && !g_error_matches(error, POS_ERROR, POS_ERROR_NOT_FOUND)) {
        return pos_till_fail(error);
    }
    g_clear_error(&error);
    taking->other = ask_central(till, receipt, &offline);
    bool is_ours = taking->record != NULL;
    if (!is_ours) {
        taking->record = json_incref(json_object_get(taking->other, "record"));
        taking->paid_before = -1;
    }
    if (taking->record == NULL) {
        return offline
                   ? pos_till_refuse(
                         POS_REFUSAL_OFFLINE,
                         _("This till does not have the receipt %.40s and the central service "
                           "cannot be asked: try again later, or a manager takes the goods back "
                           "without the receipt."),
                         receipt)
                   : refuse_receipt(receipt);
    }
    const char *type = json_string_value(json_object_get(taking->record, "type"));
    if (g_strcmp0(type, "sale") != 0) {
        return refuse_receipt(receipt);
    }
    int64_t voids = 0;
    int64_t paid = 0;
    if (!pos_store_taken_back(till->store, receipt, 0, &voids, &paid, &error)) {
        return pos_till_fail(error);
    }
    taking->paid_before = is_ours ? paid : -1;
    if (voids > 0 || json_is_true(json_object_get(taking->other, "voided"))) {
        return refuse_void(receipt);
    }
    return NULL;
}

/* What central says that every till has taken back of a line. */
static int64_t taken_elsewhere(const json_t *answer, int line)
{
    const json_t *returned = json_object_get(answer, "returned");
    for (gsize i = 0; i < json_array_size(returned); i++) {
        const json_t *row = json_array_get(returned, i);
        if (json_integer_value(json_object_get(row, "line")) == line) {
            return json_integer_value(json_object_get(row, "qty"));
        }
    }
    return 0;
}

static PosTillEvent *begin(PosTill *till, const char *receipt, Taking *taking)
{
    PosTillEvent *no = find_sale(till, receipt, taking);
    if (no != NULL) {
        return no;
    }
    GError *error = NULL;
    taking->returning = pos_returning_new(taking->record, &error);
    if (taking->returning == NULL) {
        return pos_till_fail(error);
    }
    const json_t *lines = json_object_get(taking->record, "lines");
    for (gsize i = 0; i < json_array_size(lines); i++) {
        int line = (int)json_integer_value(json_object_get(json_array_get(lines, i), "line"));
        int64_t quantity = 0;
        int64_t amount = 0;
        if (!pos_store_taken_back(till->store, receipt, line, &quantity, &amount, &error)) {
            return pos_till_fail(error);
        }
        pos_returning_set_before(taking->returning, line,
                                 MAX(quantity, taken_elsewhere(taking->other, line)));
    }
    return NULL;
}

json_t *pos_till_left(PosTill *till, const char *receipt)
{
    g_auto(Taking) taking = {0};
    PosTillEvent *no = begin(till, receipt, &taking);
    if (no != NULL) {
        pos_till_event_free(no);
        return NULL;
    }
    json_t *list = json_array();
    const json_t *lines = json_object_get(taking.record, "lines");
    for (gsize i = 0; i < json_array_size(lines); i++) {
        const json_t *row = json_array_get(lines, i);
        int line = (int)json_integer_value(json_object_get(row, "line"));
        int64_t left = pos_returning_left(taking.returning, line);
        const char *gtin = json_string_value(json_object_get(row, "gtin"));
        const char *name = json_string_value(json_object_get(row, "name"));
        g_autoptr(PosProduct) product = gtin == NULL ? NULL : pos_store_product(till->store, gtin);
        if (product != NULL) {
            name = pos_till_name(till, &product->names);
        }
        if (left >= 0) {
            json_array_append_new(list, json_pack("{sIsiss}", "left", (json_int_t)left, "line",
                                                  line, "name", name != NULL ? name : gtin));
        }
    }
    return list;
}

/* --- how much of it ------------------------------------------------------------------------------- */

static PosTillEvent *refuse_take(PosRefusal refusal, int line, const PosReturning *returning)
{
    int64_t left = pos_returning_left(returning, line);
    if (refusal == POS_REFUSAL_NO_SUCH_LINE) {
        return pos_till_refuse(
            refusal, _("There is no line %d of goods on this receipt: look at the receipt again."),
            line);
    }
    if (refusal == POS_REFUSAL_ALREADY_RETURNED && left > 0) {
        return pos_till_refuse(refusal,
                               _("Of line %d only %d are left to take back: take back no more."),
                               line, (int)left);
    }
    if (refusal == POS_REFUSAL_ALREADY_RETURNED) {
        return pos_till_refuse(refusal,
                               _("All of it was taken back before: nothing more is paid out."));
    }
    return pos_till_refuse(refusal,
                           _("That quantity cannot come back: say how many pieces or grams."));
}

static PosTillEvent *take(const PosTillCommand *command, PosReturning *returning)
{
    if (g_strcmp0(command->to, "stock") != 0 && g_strcmp0(command->to, "waste") != 0) {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                               _("Say where the goods go: to stock or to waste."));
    }
    PosRefusal refusal;
    if (command->line == 0) {
        refusal = pos_returning_take_all(returning, command->to);
    } else {
        int64_t quantity =
            command->pieces != 0 ? command->pieces : pos_returning_left(returning, command->line);
        refusal = quantity == 0
                      ? POS_REFUSAL_ALREADY_RETURNED
                      : pos_returning_take(returning, command->line, quantity, command->to);
    }
    return refusal == POS_REFUSAL_NONE ? NULL : refuse_take(refusal, command->line, returning);
}

/* What an exchange in the open cart holds already of the same receipt is taken first. */
static PosTillEvent *take_draft(const PosTill *till, const PosTillCommand *command, Taking *taking)
{
    const json_t *draft = command->exchange ? pos_cart_exchange(till->cart) : NULL;
    if (draft == NULL) {
        return NULL;
    }
    if (g_strcmp0(json_string_value(json_object_get(draft, "of_receipt")), command->receipt) != 0) {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("Goods of another receipt are exchanged in this sale: finish it "
                                 "first."));
    }
    const json_t *lines = json_object_get(draft, "lines");
    for (gsize i = 0; i < json_array_size(lines); i++) {
        const json_t *row = json_array_get(lines, i);
        const char *to = json_string_value(json_object_get(row, "to"));
        PosRefusal refusal =
            to == NULL
                ? POS_REFUSAL_NONE
                : pos_returning_take(taking->returning,
                                     (int)json_integer_value(json_object_get(row, "of_line")),
                                     -json_integer_value(json_object_get(row, "qty")), to);
        if (refusal != POS_REFUSAL_NONE) {
            return refuse_take(refusal, (int)json_integer_value(json_object_get(row, "of_line")),
                               taking->returning);
        }
    }
    return NULL;
}

/* --- money back ----------------------------------------------------------------------------------- */

/* The charges of the sale that a provider has to give `amount` back of. NULL when they are found, or none is needed. */
static PosTillEvent *plan_refund(PosTill *till, const json_t *sale, PosTenderKind kind,
                                 int64_t amount, GArray *out)
{
    const PosTenderProvider *provider = pos_till_provider(till, kind);
    if (provider == NULL) {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("QR payment is not set up: pay the money back in cash."));
    }
    if (provider->is_by_hand) {
        return NULL; /* the drawer, or a card terminal that stands by itself */
    }
    const json_t *tenders = json_object_get(sale, "tenders");
    for (gsize i = 0; i < json_array_size(tenders) && amount > 0; i++) {
        const json_t *tender = json_array_get(tenders, i);
        const char *attempt = json_string_value(json_object_get(tender, "attempt"));
        int64_t paid = json_integer_value(json_object_get(tender, "amount"));
        PosTenderKind of = kind;
        if (attempt == NULL || provider->refund == NULL || paid <= 0 ||
            !pos_tender_from_code(json_string_value(json_object_get(tender, "kind")), &of) ||
            of != kind) {
            continue;
        }
        PosPayment payment = {.kind = kind,
                              .amount = paid,
                              .status = POS_PAYMENT_PAID,
                              .refund_amount = MIN(paid, amount),
                              .at_ms = till->now_ms};
        g_strlcpy(payment.attempt, attempt, sizeof payment.attempt);
        g_snprintf(payment.refund_id, sizeof payment.refund_id, "%s-B%" G_GINT64_FORMAT, attempt,
                   (gint64)till->now_ms);
        g_strlcpy(payment.operator_id, till->operator_->id, sizeof payment.operator_id);
        amount -= payment.refund_amount;
        g_array_append_val(out, payment);
    }
    return amount == 0 ? NULL
                       : pos_till_refuse(POS_REFUSAL_OVER_TENDER,
                                         _("Less than that was paid by this way: pay it back in "
                                           "cash."));
}

static PosTillEvent *return_event(PosTill *till, const PosSaleProof *proof, int64_t total)
{
    PosTillEvent *event = pos_till_event_new(POS_EVENT_SALE);
    g_autoptr(GPtrArray) records = pos_store_journal_read(till->store, proof->seq, 1, 1, NULL);
    event->sale = *proof;
    event->total = pos_money(total);
    if (records != NULL && records->len == 1) {
        const PosRecord *record = g_ptr_array_index(records, 0);
        event->record = json_loadb(record->line, record->length, 0, NULL);
    }
    return event;
}

static void set_money(json_t *fields, PosTenderKind kind, int64_t worth, int64_t paid)
{
    json_object_set_new(fields, "rounding", json_integer(worth - paid));
    json_object_set_new(fields, "tenders",
                        json_pack("[{sIsIss}]", "amount", (json_int_t)-paid, "change",
                                  (json_int_t)0, "kind", pos_tender_code(kind)));
    json_object_set_new(fields, "total", json_integer(-paid));
}

static void set_who(const PosTill *till, json_t *fields, const char *approver, const char *reason,
                    const char *to)
{
    json_object_set_new(fields, "currency", json_string(till->identity.currency));
    json_object_set_new(fields, "operator", json_string(till->operator_->id));
    if (approver[0] != '\0') {
        json_object_set_new(fields, "approver", json_string(approver));
    }
    if (reason != NULL && reason[0] != '\0') {
        json_object_set_new(fields, "reason", json_string(reason));
    }
    if (to != NULL) {
        json_object_set_new(fields, "to", json_string(to));
    }
}

/* What goes out: in cash what coins can pay. */
static int64_t payable(const PosTill *till, PosTenderKind kind, PosMoney due)
{
    int64_t increment = till->settings.rules.cash_increment;
    return kind == POS_TENDER_CASH && increment > 1 ? pos_money_round_to(due, increment).minor
                                                    : due.minor;
}

/* Money and record: the return is on disk, or nothing happened. sale: nullable. */
static PosTillEvent *pay_back(PosTill *till, json_t *fields, const json_t *sale, PosTenderKind kind,
                              int64_t worth, int64_t paid)
{
    GError *error = NULL;
    PosSaleProof proof = {0};
    g_autoptr(GArray) payments = g_array_new(FALSE, TRUE, sizeof(PosPayment));
    PosTillEvent *no = plan_refund(till, sale, kind, paid, payments);
    if (no != NULL) {
        return no;
    }
    set_money(fields, kind, worth, paid);
    if (!pos_store_return_commit(till->store, fields, "return", (const PosPayment *)payments->data,
                                 payments->len, pos_till_record_at_ms(till), &proof, &error)) {
        return pos_till_fail(error);
    }
    PosTillEvent *event = return_event(till, &proof, -paid);
    event->tender = kind;
    return event;
}

/* --- with a receipt --------------------------------------------------------------------------------- */

static bool is_note(const char *text)
{
    return text == NULL ||
           (strlen(text) <= POS_BOUND_NOTE_BYTES && g_utf8_validate(text, -1, NULL));
}

/* What was taken back of each line of the draft so far, in the order of its rows. NULL on failure. */
static json_t *before_of(PosTill *till, const json_t *fields, GError **error)
{
    json_t *before = json_array();
    const char *receipt = json_string_value(json_object_get(fields, "of_receipt"));
    const json_t *lines = json_object_get(fields, "lines");
    for (gsize i = 0; i < json_array_size(lines); i++) {
        int line = (int)json_integer_value(json_object_get(json_array_get(lines, i), "of_line"));
        int64_t quantity = 0;
        int64_t amount = 0;
        if (!pos_store_taken_back(till->store, receipt, line, &quantity, &amount, error)) {
            json_decref(before);
            return NULL;
        }
        json_array_append_new(before, json_integer(line == 0 ? 0 : amount));
    }
    return before;
}

PosTillEvent *pos_till_exchange_check(PosTill *till)
{
    const json_t *draft = pos_cart_exchange(till->cart);
    GError *error = NULL;
    if (draft == NULL) {
        return NULL;
    }
    g_autoptr(json_t) before = before_of(till, draft, &error);
    if (before == NULL) {
        return pos_till_fail(error);
    }
    return json_equal(before, json_object_get(draft, POS_CART_EXCHANGE_BEFORE))
               ? NULL
               : pos_till_refuse(
                     POS_REFUSAL_ALREADY_RETURNED,
                     _("Something of the goods to exchange was taken back meanwhile: void "
                       "this sale and begin again."));
}

/* Into the open cart: paid with it, or paid out with it. */
static PosTillEvent *exchange(PosTill *till, json_t *fields, PosMoney worth)
{
    GError *error = NULL;
    json_t *before = before_of(till, fields, &error);
    if (before == NULL) {
        return pos_till_fail(error);
    }
    g_autoptr(PosCart) cart = pos_cart_copy(till->cart);
    json_object_set_new(fields, POS_CART_EXCHANGE_BEFORE, before);
    json_object_set_new(fields, "total", json_integer(-worth.minor));
    pos_cart_set_exchange(cart, fields);
    PosTillEvent *no = pos_till_cart_replace(till, g_steal_pointer(&cart), NULL, 0);
    if (no != NULL) {
        return no;
    }
    PosTillEvent *event = pos_till_event_new(POS_EVENT_EXCHANGE);
    event->amount = worth;
    return event;
}

PosTillEvent *pos_till_take_whole_line(PosTill *till, const PosTillCommand *command,
                                       const char *approver, PosCart *cart, json_t **out_row,
                                       int64_t *out_quantity)
{
    g_auto(Taking) taking = {0};
    GError *error = NULL;
    PosTillEvent *no = check_order(till);
    no = no != NULL ? no : begin(till, command->receipt, &taking);
    if (no != NULL) {
        return no;
    }
    const int64_t left = pos_returning_left(taking.returning, command->line);
    PosRefusal refusal = left > 0
                             ? pos_returning_take(taking.returning, command->line, left, "stock")
                         : left == 0 ? POS_REFUSAL_ALREADY_RETURNED
                                     : POS_REFUSAL_NO_SUCH_LINE;
    if (refusal != POS_REFUSAL_NONE) {
        return refuse_take(refusal, command->line, taking.returning);
    }
    g_autoptr(json_t) fields = pos_returning_to_fields(taking.returning);
    set_who(till, fields, approver, NULL, "stock");
    json_object_set_new(fields, "of_receipt", json_string(command->receipt));
    json_t *before = before_of(till, fields, &error);
    if (before == NULL) {
        return pos_till_fail(error);
    }
    json_object_set_new(fields, POS_CART_EXCHANGE_BEFORE, before);
    json_object_set_new(fields, "total",
                        json_integer(-pos_returning_worth(taking.returning).minor));
    pos_cart_set_exchange(cart, fields);
    const json_t *lines = json_object_get(taking.record, "lines");
    for (gsize i = 0; i < json_array_size(lines); i++) {
        json_t *row = json_array_get(lines, i);
        if (json_integer_value(json_object_get(row, "line")) == command->line) {
            *out_row = json_incref(row);
        }
    }
    *out_quantity = left;
    g_assert(*out_row != NULL);
    return NULL;
}

static PosTillEvent *return_of_receipt(PosTill *till, const PosTillCommand *command)
{
    g_auto(Taking) taking = {0};
    PosTillEvent *no = begin(till, command->receipt, &taking);
    no = no != NULL ? no : take_draft(till, command, &taking);
    no = no != NULL ? no : take(command, taking.returning);
    if (no != NULL) {
        return no;
    }
    PosMoney worth = pos_returning_worth(taking.returning);
    PosMoney due = pos_returning_due(taking.returning, taking.paid_before);
    int64_t paid = payable(till, command->tender, due);
    g_autofree char *sum = pos_till_money(till, pos_money(paid));
    g_autofree char *what = g_strdup_printf(_("%s back for receipt %.40s"), sum, command->receipt);
    char approver[POS_BOUND_OPERATOR_BYTES + 1];
    no = pos_till_need(till, command, POS_MAY_RETURN, POS_LIMIT_REFUND, paid, what, approver);
    if (no != NULL) {
        return no;
    }
    g_autoptr(json_t) fields = pos_returning_to_fields(taking.returning);
    set_who(till, fields, approver, command->reason, command->to);
    json_object_set_new(fields, "of_receipt", json_string(command->receipt));
    return command->exchange
               ? exchange(till, fields, worth)
               : pay_back(till, fields, taking.record, command->tender, worth.minor, paid);
}

/* --- without a receipt ------------------------------------------------------------------------------ */

static json_t *row_without_receipt(const PosCartLine *line)
{
    json_t *row = pos_cart_line_to_fields(line);
    int64_t tax = pos_money_tax_inside(line->amount, line->tax_bp).minor;
    json_object_set_new(row, "line", json_integer(1));
    json_object_set_new(row, "qty", json_integer(-line->quantity.value));
    json_object_set_new(row, "amount", json_integer(-line->amount.minor));
    if (line->tax_bp > 0) {
        json_object_set_new(row, "tax", json_integer(-tax));
    }
    return row;
}

/* At the price that is asked now, or a lower one: nobody gets more back than the goods cost. */
static PosTillEvent *line_without_receipt(PosTill *till, const PosTillCommand *command,
                                          PosCartLine *out)
{
    PosTillItem item;
    g_auto(PosTillOffer) offer = {0};
    PosTillEvent *no = pos_till_item_read(till, command, &item);
    no = no != NULL ? no : pos_till_offer_find(till, &item, &offer);
    if (no != NULL) {
        return no;
    }
    if (offer.price == NULL && !item.has_label_price) {
        return pos_till_refuse(POS_REFUSAL_NO_PRICE, _("%s has no price yet: ask the manager."),
                               pos_till_name(till, &offer.product->names));
    }
    PosCartLine line = pos_till_line_from_offer(till, &item, &offer);
    int64_t quantity = command->pieces != 0                  ? command->pieces
                       : item.quantity.unit != POS_UNIT_NONE ? item.quantity.value
                       : offer.product->unit == POS_UNIT_G   ? 0
                                                             : 1;
    line.quantity = (PosQuantity){offer.product->unit, quantity};
    bool fine = command->amount >= 0 && command->amount <= line.price.minor;
    if (fine && command->amount > 0) {
        line.price = pos_money(command->amount);
    }
    if (!fine || !pos_quantity_is_sellable(line.quantity) ||
        !pos_money_times(line.price, line.quantity, &line.amount)) {
        pos_cart_line_clear(&line);
        return pos_till_refuse(POS_REFUSAL_BAD_QUANTITY,
                               _("That cannot be paid back: say how many pieces or grams come "
                                 "back, at no more than today's price."));
    }
    *out = line;
    return NULL;
}

static PosTillEvent *return_without_receipt(PosTill *till, const PosTillCommand *command)
{
    if (g_strcmp0(command->to, "stock") != 0 && g_strcmp0(command->to, "waste") != 0) {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                               _("Say where the goods go: to stock or to waste."));
    }
    const PosTenderProvider *provider = pos_till_provider(till, command->tender);
    if (command->exchange || provider == NULL || !provider->is_by_hand) {
        return pos_till_refuse(
            POS_REFUSAL_NOT_ALLOWED,
            _("Without a receipt there is no exchange and no card: pay the money back in cash."));
    }
    PosCartLine line = {0};
    PosTillEvent *no = line_without_receipt(till, command, &line);
    if (no != NULL) {
        return no;
    }
    int64_t worth = line.amount.minor;
    int64_t paid = payable(till, command->tender, line.amount);
    g_autofree char *sum = pos_till_money(till, pos_money(paid));
    g_autofree char *what = g_strdup_printf(_("%s back without a receipt"), sum);
    char approver[POS_BOUND_OPERATOR_BYTES + 1];
    no = pos_till_need(till, command, POS_MAY_RETURN_WITHOUT_RECEIPT, POS_LIMIT_REFUND, paid, what,
                       approver);
    if (no != NULL) {
        pos_cart_line_clear(&line);
        return no;
    }
    int64_t tax = pos_money_tax_inside(line.amount, line.tax_bp).minor;
    g_autoptr(json_t) fields = json_object();
    set_who(till, fields, approver, command->reason, command->to);
    json_object_set_new(fields, "without_receipt", json_true());
    json_object_set_new(fields, "lines", json_pack("[o]", row_without_receipt(&line)));
    json_object_set_new(fields, "tax",
                        json_pack("[{sIsisI}]", "base", (json_int_t)(tax - worth), "rate_bp",
                                  line.tax_bp, "tax", (json_int_t)-tax));
    pos_cart_line_clear(&line);
    return pay_back(till, fields, NULL, command->tender, worth, paid);
}

PosTillEvent *pos_till_return(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = check_order(till);
    if (no != NULL) {
        return no;
    }
    if (!is_note(command->reason)) {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                               _("The reason is too long: say it in at most %d bytes."),
                               POS_BOUND_NOTE_BYTES);
    }
    if (command->receipt != NULL) {
        return command->receipt[0] != '\0' &&
                       strlen(command->receipt) < sizeof(((PosSaleProof *)0)->receipt) &&
                       g_utf8_validate(command->receipt, -1, NULL)
                   ? return_of_receipt(till, command)
                   : refuse_receipt("");
    }
    return return_without_receipt(till, command);
}

/* --- the whole sale --------------------------------------------------------------------------------- */

/* The opposite of a number member. */
static void negate(json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_integer(value)) {
        json_object_set_new(object, key, json_integer(-json_integer_value(value)));
    }
}

static json_t *void_fields(const json_t *sale)
{
    json_t *fields = json_object();
    json_t *lines = json_deep_copy(json_object_get(sale, "lines"));
    json_t *tax = json_deep_copy(json_object_get(sale, "tax"));
    json_t *tenders = json_array();
    for (gsize i = 0; i < json_array_size(lines); i++) {
        json_t *row = json_array_get(lines, i);
        negate(row, "qty");
        negate(row, "amount");
        negate(row, "tax");
    }
    for (gsize i = 0; i < json_array_size(tax); i++) {
        negate(json_array_get(tax, i), "base");
        negate(json_array_get(tax, i), "tax");
    }
    for (gsize i = 0; i < json_array_size(json_object_get(sale, "tenders")); i++) {
        const json_t *tender = json_array_get(json_object_get(sale, "tenders"), i);
        int64_t kept = json_integer_value(json_object_get(tender, "amount")) -
                       json_integer_value(json_object_get(tender, "change"));
        json_array_append_new(tenders,
                              json_pack("{sIsIsO}", "amount", (json_int_t)-kept, "change",
                                        (json_int_t)0, "kind", json_object_get(tender, "kind")));
    }
    json_object_set_new(fields, "lines", lines);
    json_object_set_new(fields, "tax", tax);
    json_object_set_new(fields, "tenders", tenders);
    json_object_set(fields, "receipt", json_object_get(sale, "receipt"));
    json_object_set(fields, "rounding", json_object_get(sale, "rounding"));
    json_object_set(fields, "total", json_object_get(sale, "total"));
    negate(fields, "rounding");
    negate(fields, "total");
    return fields;
}

/* Whether the sale can be voided here: sold by this till since the last Z, nothing of it taken back, no exchange. */
static PosTillEvent *check_void(PosTill *till, const char *receipt, const json_t *sale)
{
    GError *error = NULL;
    bool closed = false;
    int64_t voids = 0;
    int64_t paid = 0;
    if (!pos_store_taken_back(till->store, receipt, 0, &voids, &paid, &error) ||
        !pos_store_is_closed_by_z(till->store, receipt, &closed, &error)) {
        return pos_till_fail(error);
    }
    if (voids > 0) {
        return refuse_void(receipt);
    }
    if (paid != 0) {
        return refuse_partly(receipt);
    }
    /* What another till took back, as far as central can be asked. */
    bool offline = true;
    g_autoptr(json_t) other = ask_central(till, receipt, &offline);
    if (json_is_true(json_object_get(other, "voided"))) {
        return refuse_void(receipt);
    }
    if (json_array_size(json_object_get(other, "returned")) > 0) {
        return refuse_partly(receipt);
    }
    if (closed) {
        return pos_till_refuse(POS_REFUSAL_PERIOD_CLOSED,
                               _("A Z report came after receipt %.40s: take the goods back "
                                 "instead."),
                               receipt);
    }
    const json_t *tenders = json_object_get(sale, "tenders");
    for (gsize i = 0; i < json_array_size(tenders); i++) {
        const char *kind = json_string_value(json_object_get(json_array_get(tenders, i), "kind"));
        if (g_strcmp0(kind, POS_TENDER_EXCHANGE_CODE) == 0) {
            return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                                   _("Goods were exchanged on receipt %.40s: take the goods back "
                                     "instead."),
                                   receipt);
        }
    }
    return NULL;
}

/* What each provider has to give back of the sale. */
static PosTillEvent *plan_void(PosTill *till, const json_t *sale, GArray *out)
{
    int64_t paid[POS_TENDER_KINDS] = {0};
    const json_t *tenders = json_object_get(sale, "tenders");
    for (gsize i = 0; i < json_array_size(tenders); i++) {
        const json_t *tender = json_array_get(tenders, i);
        PosTenderKind kind = POS_TENDER_CASH;
        if (pos_tender_from_code(json_string_value(json_object_get(tender, "kind")), &kind)) {
            paid[kind] += json_integer_value(json_object_get(tender, "amount")) -
                          json_integer_value(json_object_get(tender, "change"));
        }
    }
    for (int kind = 0; kind < POS_TENDER_KINDS; kind++) {
        PosTillEvent *no =
            paid[kind] <= 0 ? NULL : plan_refund(till, sale, (PosTenderKind)kind, paid[kind], out);
        if (no != NULL) {
            return no;
        }
    }
    return NULL;
}

PosTillEvent *pos_till_post_void(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = check_order(till);
    if (no != NULL) {
        return no;
    }
    const char *receipt = command->receipt == NULL ? "" : command->receipt;
    if (!is_note(command->reason) || command->reason == NULL || command->reason[0] == '\0') {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                               _("Voiding a sale needs a reason: say it in a few words."));
    }
    GError *error = NULL;
    g_autoptr(json_t) sale = pos_store_sale_find(till->store, receipt, NULL, &error);
    if (sale == NULL && !g_error_matches(error, POS_ERROR, POS_ERROR_NOT_FOUND)) {
        return pos_till_fail(error);
    }
    g_clear_error(&error);
    if (g_strcmp0(json_string_value(json_object_get(sale, "type")), "sale") != 0) {
        return pos_till_refuse(POS_REFUSAL_NO_SUCH_RECEIPT,
                               _("This till has no sale %.40s: void it at the till that sold it."),
                               receipt);
    }
    no = check_void(till, receipt, sale);
    if (no != NULL) {
        return no;
    }
    int64_t total = json_integer_value(json_object_get(sale, "total"));
    g_autofree char *sum = pos_till_money(till, pos_money(total));
    g_autofree char *what = g_strdup_printf(_("void receipt %.40s of %s"), receipt, sum);
    char approver[POS_BOUND_OPERATOR_BYTES + 1];
    g_autoptr(GArray) payments = g_array_new(FALSE, TRUE, sizeof(PosPayment));
    no = pos_till_need(till, command, POS_MAY_POST_VOID, POS_LIMIT_COUNT, 0, what, approver);
    no = no != NULL ? no : plan_void(till, sale, payments);
    if (no != NULL) {
        return no;
    }
    g_autoptr(json_t) fields = void_fields(sale);
    set_who(till, fields, approver, command->reason, "stock");
    PosSaleProof proof = {0};
    if (!pos_store_return_commit(till->store, fields, "post_void",
                                 (const PosPayment *)payments->data, payments->len,
                                 pos_till_record_at_ms(till), &proof, &error)) {
        return pos_till_fail(error);
    }
    return return_event(till, &proof, -total);
}

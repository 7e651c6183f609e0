/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the drawer: shift, cash in and out of it, the count, X and Z, training mode. What always holds: each time the
 * drawer opens there is a record; whoever counts does not see what should be in it before he has counted; a Z has the
 * next number and ends the shift, and nothing opens it again. */
#include "pos/till_private.h"

#include "pos/error.h"

#include <glib/gi18n-lib.h>

#define DENOMINATIONS_MAX 64
#define PIECES_MAX 100000

/* --- checks ----------------------------------------------------------------------------------------- */

static PosTillEvent *check_amount(const PosTillCommand *command)
{
    if (command->amount <= 0 || command->amount > POS_BOUND_AMOUNT_MINOR_MAX) {
        return pos_till_refuse(POS_REFUSAL_BAD_QUANTITY,
                               _("The amount must be more than nothing: say how much."));
    }
    return NULL;
}

static PosTillEvent *check_reason(const PosTillCommand *command, bool required)
{
    gsize length = command->reason == NULL ? 0 : strlen(command->reason);
    if ((required && length == 0) || length > POS_BOUND_WHY_BYTES) {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                               _("Say what for, in a few words: it stands in the journal."));
    }
    return NULL;
}

static PosTillEvent *check_shift(PosTill *till)
{
    return till->shift_open || till->training
               ? NULL
               : pos_till_refuse(POS_REFUSAL_NO_SHIFT, _("No shift is open: open one first."));
}

static PosTillEvent *check_unpaid(PosTill *till)
{
    if (till->legs->len == 0) {
        return NULL;
    }
    return pos_till_refuse(POS_REFUSAL_CART_NOT_EMPTY,
                           _("A sale is half paid: finish it or void it first."));
}

static json_t *fields_new(const PosTill *till, const PosTillCommand *command, const char *approver)
{
    json_t *fields = json_pack("{ss}", "operator", till->operator_->id);
    if (approver[0] != '\0') {
        json_object_set_new(fields, "approver", json_string(approver));
    }
    if (command->reason != NULL && command->reason[0] != '\0') {
        json_object_set_new(fields, "reason", json_string(command->reason));
    }
    return fields;
}

/* --- shift ------------------------------------------------------------------------------------------ */

PosTillEvent *pos_till_open_shift(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    if (till->shift_open) {
        return pos_till_refuse(
            POS_REFUSAL_SHIFT_OPEN,
            _("A shift is already open at this till: sell on, or count the drawer first."));
    }
    if (command->amount < 0 || command->amount > POS_BOUND_AMOUNT_MINOR_MAX) {
        return pos_till_refuse(
            POS_REFUSAL_BAD_QUANTITY,
            _("The cash in the drawer cannot be less than nothing: count it again."));
    }
    char approver[POS_BOUND_OPERATOR_BYTES + 1];
    no = pos_till_need(till, command, POS_MAY_OPEN_SHIFT, POS_LIMIT_COUNT, 0, _("open the shift"),
                       approver);
    if (no != NULL) {
        return no;
    }
    GError *error = NULL;
    g_autoptr(json_t) fields = fields_new(till, command, approver);
    json_object_set_new(fields, "float", json_integer(command->amount));
    g_autofree char *shift = pos_json_canonical(fields, NULL, &error);
    PosTillRecord record = {"open_shift", fields};
    const char *key = till->training ? NULL : POS_META_SHIFT;
    if (shift == NULL || !pos_till_write(till, &record, 1, NULL, key, shift, &error)) {
        return pos_till_fail(error);
    }
    till->shift_open = !till->training;
    PosTillEvent *event = pos_till_event_new(POS_EVENT_SHIFT);
    event->amount = pos_money(command->amount);
    return event;
}

/* --- cash in and out -------------------------------------------------------------------------------- */

typedef struct {
    PosTillVerb verb;
    const char *type;
    PosPermission permission;
    PosLimit limit;
    bool has_amount, needs_reason;
    const char *words; /* for the sentence that asks for an approval */
} Movement;

static const Movement MOVEMENTS[] = {
    {POS_TILL_NO_SALE, "no_sale", POS_MAY_NO_SALE, POS_LIMIT_COUNT, false, false,
     N_("open the drawer without a sale")},
    {POS_TILL_PAID_IN, "paid_in", POS_MAY_PAID_IN, POS_LIMIT_COUNT, true, true,
     N_("put cash into the drawer")},
    {POS_TILL_PAID_OUT, "paid_out", POS_MAY_PAID_OUT, POS_LIMIT_PAID_OUT, true, true,
     N_("pay cash out of the drawer")},
    {POS_TILL_SAFE_DROP, "safe_drop", POS_MAY_SAFE_DROP, POS_LIMIT_COUNT, true, false,
     N_("take cash to the safe")},
};

static const Movement *movement_of(PosTillVerb verb)
{
    for (gsize i = 0; i < G_N_ELEMENTS(MOVEMENTS); i++) {
        if (MOVEMENTS[i].verb == verb) {
            return &MOVEMENTS[i];
        }
    }
    g_assert_not_reached();
}

PosTillEvent *pos_till_drawer(PosTill *till, const PosTillCommand *command)
{
    const Movement *movement = movement_of(command->verb);
    char approver[POS_BOUND_OPERATOR_BYTES + 1] = "";
    PosTillEvent *no = pos_till_need_login(till);
    no = no != NULL || !movement->has_amount ? no : check_shift(till);
    no = no != NULL || !movement->has_amount ? no : check_amount(command);
    no = no != NULL ? no : check_reason(command, movement->needs_reason);
    no = no != NULL ? no
                    : pos_till_need(till, command, movement->permission, movement->limit,
                                    movement->has_amount ? command->amount : 0, _(movement->words),
                                    approver);
    if (no != NULL) {
        return no;
    }
    GError *error = NULL;
    g_autoptr(json_t) fields = fields_new(till, command, approver);
    if (movement->has_amount) {
        json_object_set_new(fields, "amount", json_integer(command->amount));
    }
    PosTillRecord record = {movement->type, fields};
    if (!pos_till_write(till, &record, 1, NULL, NULL, NULL, &error)) {
        return pos_till_fail(error);
    }
    PosTillEvent *event = pos_till_event_new(POS_EVENT_DRAWER);
    event->type = movement->type;
    event->amount = pos_money(movement->has_amount ? command->amount : 0);
    event->record = g_steal_pointer(&fields);
    return event;
}

/* --- the count -------------------------------------------------------------------------------------- */

/* The sum of {"50000":3,…}: pieces by what each is worth. False when it is not that. */
static bool sum_denominations(const json_t *denominations, int64_t *out)
{
    const char *key;
    json_t *value;
    int64_t sum = 0;
    if (!json_is_object(denominations) || json_object_size(denominations) > DENOMINATIONS_MAX) {
        return false;
    }
    json_object_foreach((json_t *)denominations, key, value)
    {
        guint64 worth = 0;
        int64_t pieces = json_integer_value(value);
        int64_t part = 0;
        if (!g_ascii_string_to_unsigned(key, 10, 1, POS_BOUND_AMOUNT_MINOR_MAX, &worth, NULL) ||
            !json_is_integer(value) || pieces < 0 || pieces > PIECES_MAX ||
            __builtin_mul_overflow((int64_t)worth, pieces, &part) ||
            __builtin_add_overflow(sum, part, &sum) || sum > POS_BOUND_AMOUNT_MINOR_MAX) {
            return false;
        }
    }
    *out = sum;
    return true;
}

static PosTillEvent *read_count(const PosTillCommand *command, int64_t *out)
{
    int64_t sum = command->amount;
    bool sound = command->denominations == NULL || sum_denominations(command->denominations, &sum);
    if (!sound || sum < 0 || sum > POS_BOUND_AMOUNT_MINOR_MAX) {
        return pos_till_refuse(POS_REFUSAL_BAD_QUANTITY,
                               _("That is no count: give the sum, or how many pieces there are of "
                                 "each note and coin."));
    }
    *out = sum;
    return NULL;
}

PosTillEvent *pos_till_cash_up(PosTill *till, const PosTillCommand *command)
{
    int64_t counted = 0;
    char approver[POS_BOUND_OPERATOR_BYTES + 1] = "";
    PosTillEvent *no = pos_till_need_login(till);
    no = no != NULL ? no : check_shift(till);
    no = no != NULL ? no : check_unpaid(till);
    no = no != NULL ? no : read_count(command, &counted);
    no = no != NULL ? no
                    : pos_till_need(till, command, POS_MAY_CASH_UP, POS_LIMIT_COUNT, 0,
                                    _("count the drawer"), approver);
    if (no != NULL) {
        return no;
    }
    GError *error = NULL;
    g_autoptr(PosReport) report = pos_store_report(till->store, &error);
    if (report == NULL) {
        return pos_till_fail(error);
    }
    g_autoptr(json_t) fields = fields_new(till, command, approver);
    int64_t expected = till->training ? counted : pos_report_expected(report);
    json_object_set_new(fields, "counted", json_integer(counted));
    json_object_set_new(fields, "expected", json_integer(expected));
    json_object_set_new(fields, "over_short", json_integer(counted - expected));
    if (command->denominations != NULL) {
        json_object_set_new(fields, "denominations", json_deep_copy(command->denominations));
    }
    PosTillRecord record = {"cash_up", fields};
    const char *key = till->training ? NULL : POS_META_SHIFT;
    if (!pos_till_write(till, &record, 1, NULL, key, "", &error)) {
        return pos_till_fail(error);
    }
    till->shift_open = till->training ? till->shift_open : false;
    PosTillEvent *event = pos_till_event_new(POS_EVENT_REPORT);
    event->type = "cash_up";
    event->record = g_steal_pointer(&fields);
    return event;
}

/* --- X and Z ---------------------------------------------------------------------------------------- */

/* Reads and writes in one transaction, so that no record comes between the sums and the report that says them. */
typedef struct {
    PosReportKind kind;
    const char *approver;
    json_t *fields; /* out */
} ReportWork;

static json_t *report_fields(PosTill *till, const ReportWork *work, GError **error)
{
    int64_t seq = 0;
    int64_t grand_sales = 0;
    int64_t grand_returns = 0;
    PosHash head;
    g_autoptr(PosReport) report = pos_store_report(till->store, error);
    if (report == NULL || !pos_store_journal_head(till->store, &seq, &head, error) ||
        !pos_store_grand_total(till->store, &grand_sales, &grand_returns, error)) {
        return NULL;
    }
    json_t *fields = pos_report_fields(report);
    g_autofree char *hex = pos_hash_to_hex(&head);
    json_object_set_new(fields, "operator", json_string(till->operator_->id));
    json_object_set_new(fields, "head", json_string(hex));
    json_object_set_new(fields, "to_seq", json_integer(seq));
    json_object_set_new(fields, "grand_sales", json_integer(grand_sales));
    json_object_set_new(fields, "grand_returns", json_integer(grand_returns));
    if (work->approver[0] != '\0') {
        json_object_set_new(fields, "approver", json_string(work->approver));
    }
    /* An X says which Z it would be. */
    json_object_set_new(fields, "z", json_integer(pos_report_z_number(report) + 1));
    return fields;
}

static bool write_report(PosTill *till, void *user, GError **error)
{
    ReportWork *work = user;
    bool is_z = work->kind == POS_REPORT_Z;
    work->fields = report_fields(till, work, error);
    return work->fields != NULL &&
           pos_store_journal_append(till->store, work->fields, is_z ? "z_report" : "x_report",
                                    pos_till_record_at_ms(till), NULL, error) &&
           (!is_z || pos_store_meta_set(till->store, POS_META_SHIFT, "", error));
}

PosTillEvent *pos_till_report(PosTill *till, const PosTillCommand *command)
{
    bool is_z = command->report == POS_REPORT_Z;
    char approver[POS_BOUND_OPERATOR_BYTES + 1] = "";
    PosTillEvent *no = pos_till_need_login(till);
    no = no != NULL || !is_z ? no : check_unpaid(till);
    no = no != NULL
             ? no
             : pos_till_need(till, command, is_z ? POS_MAY_Z_REPORT : POS_MAY_X_REPORT,
                             POS_LIMIT_COUNT, 0,
                             is_z ? _("close the day (Z)") : _("read the sums (X)"), approver);
    if (no == NULL && is_z && till->training) {
        no = pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                             _("Training never reaches a Z: end training first."));
    }
    if (no != NULL) {
        return no;
    }
    GError *error = NULL;
    ReportWork work = {.kind = command->report, .approver = approver};
    if (!pos_till_write_with(till, NULL, 0, NULL, write_report, &work, &error)) {
        json_decref(work.fields);
        return pos_till_fail(error);
    }
    till->shift_open = is_z ? false : till->shift_open;
    PosTillEvent *event = pos_till_event_new(POS_EVENT_REPORT);
    event->type = is_z ? "z" : "x";
    event->record = work.fields;
    return event;
}

/* --- training --------------------------------------------------------------------------------------- */

PosTillEvent *pos_till_training(PosTill *till, const PosTillCommand *command)
{
    char approver[POS_BOUND_OPERATOR_BYTES + 1] = "";
    PosTillEvent *no = pos_till_need_login(till);
    if (no == NULL && command->on == till->training) {
        PosTillEvent *same = pos_till_event_new(POS_EVENT_TRAINING);
        return same;
    }
    if (no == NULL && command->on &&
        (pos_cart_count(till->cart) > 0 || pos_cart_exchange(till->cart) != NULL)) {
        no = pos_till_refuse(POS_REFUSAL_CART_NOT_EMPTY,
                             _("A sale is open: finish, suspend or void it before training."));
    }
    if (no == NULL && command->on) {
        no = pos_till_need(till, command, POS_MAY_TRAINING, POS_LIMIT_COUNT, 0,
                           _("turn training on"), approver);
    }
    if (no != NULL) {
        return no;
    }
    GError *error = NULL;
    g_autoptr(json_t) fields = fields_new(till, command, approver);
    json_object_set_new(fields, "on", json_boolean(command->on));
    PosTillRecord record = {"training", fields};
    if (!pos_till_write(till, &record, 1, NULL, NULL, NULL, &error)) {
        return pos_till_fail(error);
    }
    pos_till_training_set(till, command->on);
    return pos_till_event_new(POS_EVENT_TRAINING);
}

void pos_till_training_set(PosTill *till, bool on)
{
    if (till->training && !on) { /* what was practised is nothing */
        pos_cart_clear(till->cart);
        pos_till_undo_clear(till);
        g_array_set_size(till->legs, 0);
    }
    till->training = on;
    till->pending.active = false;
    till->tare = (PosTillTare){0};
}

/* --- opening ---------------------------------------------------------------------------------------- */

bool pos_till_opens_drawer(const PosTill *till, const PosTillEvent *event)
{
    if (till->training) {
        return false;
    }
    if (event->kind == POS_EVENT_DRAWER || event->kind == POS_EVENT_SHIFT) {
        return true;
    }
    if (event->kind == POS_EVENT_REPORT) {
        return strcmp(event->type, "cash_up") == 0;
    }
    if (event->kind == POS_EVENT_SALE && event->tender == POS_TENDER_CASH &&
        event->amount.minor != 0) {
        return true; /* also when an exchange pays out: then the cash stands in the return's record */
    }
    const json_t *tenders = json_object_get(event->record, "tenders");
    for (gsize i = 0; event->kind == POS_EVENT_SALE && i < json_array_size(tenders); i++) {
        const json_t *kind = json_object_get(json_array_get(tenders, i), "kind");
        if (g_strcmp0(json_string_value(kind), "cash") == 0) {
            return true;
        }
    }
    return false;
}

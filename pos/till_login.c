/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns who may do what: PINs, the lock after wrong ones, log-in, shift, a manager's approval. What always holds:
 * a PIN is only ever compared through argon2id; five wrong ones in a row close that operator for a minute of
 * boot time, at log-in and as approver together. */
#include "pos/till_private.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>

#define WRONG_PINS_MAX 5
#define LOCKED_MS (60 * 1000)

typedef struct {
    int wrong;
    int64_t until_boot_ms; /* 0: not locked */
} PosTillLock;

static PosTillLock *lock_of(PosTill *till, const char *operator_id)
{
    PosTillLock *lock = g_hash_table_lookup(till->locks, operator_id);
    if (lock == NULL) {
        lock = g_new0(PosTillLock, 1);
        g_hash_table_insert(till->locks, g_strdup(operator_id), lock);
    }
    return lock;
}

static bool pin_is_right(const PosOperator *operator_, const char *pin)
{
    gsize length = pin == NULL ? 0 : strlen(pin);
    if (length == 0 || length > POS_BOUND_PIN_BYTES || operator_->pin_hash == NULL ||
        operator_->pin_hash[0] == '\0' || sodium_init() < 0) {
        return false;
    }
    return crypto_pwhash_str_verify(operator_->pin_hash, pin, length) == 0;
}

/* NULL and *out when the PIN is the operator's own. */
static PosTillEvent *check_pin(PosTill *till, const char *operator_id, const char *pin,
                               PosOperator **out)
{
    g_autoptr(PosOperator) operator_ =
        operator_id == NULL ? NULL : pos_store_operator(till->store, operator_id);
    if (operator_ == NULL) {
        return pos_till_refuse(POS_REFUSAL_WRONG_PIN, _("The operator or the PIN is wrong."));
    }
    /* Only operators of the feed get here, so the table cannot be made to grow. */
    PosTillLock *lock = lock_of(till, operator_id);
    int64_t boot_ms = till->clock->boot_ms(till->clock->user);
    if (boot_ms < lock->until_boot_ms) {
        return pos_till_refuse(
            POS_REFUSAL_LOCKED_OUT, _("Too many wrong PINs for %s: try again in %d seconds."),
            operator_->name, (int)((lock->until_boot_ms - boot_ms + 999) / 1000));
    }
    if (!pin_is_right(operator_, pin)) {
        lock->wrong++;
        if (lock->wrong >= WRONG_PINS_MAX) {
            lock->wrong = 0;
            lock->until_boot_ms = boot_ms + LOCKED_MS;
        }
        return pos_till_refuse(POS_REFUSAL_WRONG_PIN, _("The operator or the PIN is wrong."));
    }
    lock->wrong = 0;
    lock->until_boot_ms = 0;
    *out = g_steal_pointer(&operator_);
    return NULL;
}

PosTillEvent *pos_till_login(PosTill *till, const PosTillCommand *command)
{
    g_autoptr(PosOperator) operator_ = NULL;
    PosTillEvent *no = check_pin(till, command->operator_id, command->pin, &operator_);
    if (no != NULL) {
        return no;
    }
    GError *error = NULL;
    g_autoptr(json_t) fields = json_pack("{ss}", "operator", operator_->id);
    PosTillRecord record = {"login", fields};
    if (!pos_till_write(till, &record, 1, NULL, POS_META_OPERATOR, operator_->id, &error)) {
        return pos_till_fail(error);
    }
    pos_operator_free(till->operator_);
    till->operator_ = g_steal_pointer(&operator_);
    PosTillEvent *event = pos_till_event_new(POS_EVENT_LOGIN);
    event->operator_ = pos_store_operator(till->store, till->operator_->id);
    return event;
}

PosTillEvent *pos_till_logout(PosTill *till)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    GError *error = NULL;
    g_autoptr(json_t) fields = json_pack("{ss}", "operator", till->operator_->id);
    PosTillRecord record = {"logout", fields};
    if (!pos_till_write(till, &record, 1, NULL, POS_META_OPERATOR, "", &error)) {
        return pos_till_fail(error);
    }
    g_clear_pointer(&till->operator_, pos_operator_free);
    till->pending.active = false;
    return pos_till_event_new(POS_EVENT_LOGOUT);
}

PosTillEvent *pos_till_open_shift(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    if (till->shift_open) {
        return pos_till_refuse(POS_REFUSAL_SHIFT_OPEN, _("A shift is already open at this till."));
    }
    if (command->amount < 0 || command->amount > POS_BOUND_AMOUNT_MINOR_MAX) {
        return pos_till_refuse(POS_REFUSAL_BAD_QUANTITY,
                               _("The cash in the drawer cannot be less than nothing."));
    }
    GError *error = NULL;
    g_autoptr(json_t) fields =
        json_pack("{sIss}", "float", (json_int_t)command->amount, "operator", till->operator_->id);
    g_autofree char *shift = pos_json_canonical(fields, NULL, &error);
    PosTillRecord record = {"open_shift", fields};
    if (shift == NULL || !pos_till_write(till, &record, 1, NULL, POS_META_SHIFT, shift, &error)) {
        return pos_till_fail(error);
    }
    till->shift_open = true;
    PosTillEvent *event = pos_till_event_new(POS_EVENT_SHIFT);
    event->amount = pos_money(command->amount);
    return event;
}

PosTillEvent *pos_till_need_approval(PosTill *till, const PosTillCommand *command, const char *what)
{
    if (command->approver == NULL || command->approver[0] == '\0') {
        return pos_till_refuse(POS_REFUSAL_APPROVAL_NEEDED, _("A manager has to approve: %s."),
                               what);
    }
    g_autoptr(PosOperator) approver = NULL;
    PosTillEvent *no = check_pin(till, command->approver, command->approver_pin, &approver);
    if (no != NULL) {
        return no;
    }
    if (!pos_operator_is_manager(approver)) {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("%s is not a manager, and only a manager may approve: %s."),
                               approver->name, what);
    }
    return NULL;
}

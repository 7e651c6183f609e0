/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns who is who and who may what: PINs, badges, the wait after wrong PINs, a second person's approval. What always
 * holds: a PIN is only ever compared through argon2id; five wrong ones in a row close that operator, at log-in and as
 * approver together, for a minute of boot time, and twice as long each time until a right one comes. The wait is on
 * disk: a restart opens nothing. */
#include "pos/till_private.h"

#include "pos/badge.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>

#define WRONG_PINS_MAX 5
#define WAIT_MS (60 * 1000)
#define WAIT_DOUBLINGS_MAX 6 /* 64 minutes */

static int64_t wait_ms(int64_t times)
{
    return (int64_t)WAIT_MS << CLAMP(times - 1, 0, WAIT_DOUBLINGS_MAX);
}

static char *boot_id(void)
{
    char *id = NULL;
    if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &id, NULL, NULL)) {
        return g_strdup("");
    }
    return g_strstrip(id);
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

/* How long the operator still has to wait. A lock of another boot begins again: its clock is gone. */
static int64_t lock_left_ms(PosTill *till, PosPinLock *lock)
{
    if (lock->until_boot_ms == 0) {
        return 0;
    }
    int64_t boot_ms = till->clock->boot_ms(till->clock->user);
    g_autofree char *present = boot_id();
    if (strcmp(lock->boot_id, present) != 0) {
        lock->until_boot_ms = boot_ms + wait_ms(lock->times);
        g_strlcpy(lock->boot_id, present, sizeof lock->boot_id);
        pos_store_pin_lock_set(till->store, lock, NULL);
    }
    return MAX(0, lock->until_boot_ms - boot_ms);
}

static void count_wrong(PosTill *till, PosPinLock *lock)
{
    lock->wrong++;
    lock->until_boot_ms = 0;
    if (lock->wrong >= WRONG_PINS_MAX) {
        g_autofree char *present = boot_id();
        lock->wrong = 0;
        lock->times++;
        lock->until_boot_ms = till->clock->boot_ms(till->clock->user) + wait_ms(lock->times);
        g_strlcpy(lock->boot_id, present, sizeof lock->boot_id);
    }
}

/* A wrong PIN is on disk before it is said to be wrong. When the disk takes nothing, no one whose PIN was wrong before is
 * let in. */
static PosTillEvent *judge_pin(PosTill *till, const PosOperator *operator_, const char *pin)
{
    GError *error = NULL;
    PosPinLock lock = {0};
    if (!pos_store_pin_lock_get(till->store, operator_->id, &lock, &error)) {
        return pos_till_fail(error);
    }
    int64_t left_ms = lock_left_ms(till, &lock);
    if (left_ms > 0) {
        PosTillEvent *event = pos_till_refuse(
            POS_REFUSAL_LOCKED_OUT, _("Too many wrong PINs for %s: try again in %d seconds."),
            operator_->name, (int)((left_ms + 999) / 1000));
        event->seconds = (left_ms + 999) / 1000;
        return event;
    }
    bool was_clean = lock.wrong == 0 && lock.times == 0;
    bool right = pin_is_right(operator_, pin);
    if (right && was_clean) {
        return NULL;
    }
    if (right) {
        lock = (PosPinLock){.operator_id = {0}};
        g_strlcpy(lock.operator_id, operator_->id, sizeof lock.operator_id);
    } else {
        count_wrong(till, &lock);
    }
    if (!pos_store_pin_lock_set(till->store, &lock, &error)) {
        return pos_till_fail(error);
    }
    return right ? NULL
                 : pos_till_refuse(POS_REFUSAL_WRONG_PIN,
                                   _("The operator or the PIN is wrong: try again, or ask the "
                                     "manager for a new PIN."));
}

PosTillEvent *pos_till_check_person(PosTill *till, const char *operator_id, const char *pin,
                                    const char *badge, PosOperator **out)
{
    char hash[POS_BADGE_HASH_CHARS + 1];
    if (badge != NULL && badge[0] != '\0') {
        *out = pos_badge_hash(badge, strlen(badge), hash)
                   ? pos_store_operator_by_badge(till->store, hash)
                   : NULL;
        return *out != NULL
                   ? NULL
                   : pos_till_refuse(POS_REFUSAL_WRONG_PIN,
                                     _("This badge is nobody's here: use the PIN, or have a new "
                                       "badge printed."));
    }
    g_autoptr(PosOperator) operator_ =
        operator_id == NULL ? NULL : pos_store_operator(till->store, operator_id);
    if (operator_ == NULL) {
        return pos_till_refuse(
            POS_REFUSAL_WRONG_PIN,
            _("The operator or the PIN is wrong: try again, or ask the manager for a new PIN."));
    }
    /* Only operators of the feed get here, so the table cannot be made to grow. */
    PosTillEvent *no = judge_pin(till, operator_, pin);
    if (no == NULL) {
        *out = g_steal_pointer(&operator_);
    }
    return no;
}

static bool role_covers(PosTill *till, const PosOperator *operator_, PosPermission permission,
                        PosLimit limit, int64_t value)
{
    PosRole role = pos_store_role(till->store, operator_->role);
    return pos_role_may(&role, permission) &&
           (limit == POS_LIMIT_COUNT || value <= pos_role_limit(&role, limit));
}

static bool is_named(const char *text)
{
    return text != NULL && text[0] != '\0';
}

bool pos_till_has_approver(const PosTillCommand *command)
{
    return is_named(command->approver) || is_named(command->approver_badge);
}

PosTillEvent *pos_till_need(PosTill *till, const PosTillCommand *command, PosPermission permission,
                            PosLimit limit, int64_t value, const char *what,
                            char out_approver[POS_BOUND_OPERATOR_BYTES + 1])
{
    if (out_approver != NULL) {
        out_approver[0] = '\0';
    }
    if (!pos_till_has_approver(command)) {
        return role_covers(till, till->operator_, permission, limit, value)
                   ? NULL
                   : pos_till_refuse(POS_REFUSAL_APPROVAL_NEEDED,
                                     _("A manager has to approve: %s."), what);
    }
    g_autoptr(PosOperator) approver = NULL;
    PosTillEvent *no = pos_till_check_person(till, command->approver, command->approver_pin,
                                             command->approver_badge, &approver);
    if (no != NULL) {
        return no;
    }
    if (!role_covers(till, approver, permission, limit, value)) {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("%s may not approve this: %s. Ask someone who may."),
                               approver->name, what);
    }
    if (out_approver != NULL) {
        g_strlcpy(out_approver, approver->id, POS_BOUND_OPERATOR_BYTES + 1);
    }
    return NULL;
}

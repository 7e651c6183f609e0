/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns who stands at the till: log-in by PIN or badge, the change of clerks with their carts, lock. What always
 * holds: the open cart is that of meta `cart_operator`; another clerk's log-in parks it and brings his own, in the
 * transaction of the log-in's record. */
#include "pos/till_private.h"

#include "pos/badge.h"

#include <glib/gi18n-lib.h>

/* --- the change of clerks --------------------------------------------------------------------------- */

typedef struct {
    const PosOperator *operator_;
    const char *from; /* whose cart is open; "" nobody's: it is the new one's */
    PosCart *cart;    /* the one that is open from now on; taken */
} Entry;

static bool hand_over(PosTill *till, void *user, GError **error)
{
    Entry *entry = user;
    const char *to = entry->operator_->id;
    if (!pos_store_meta_set(till->store, POS_META_OPERATOR, to, error)) {
        return false;
    }
    if (entry->from[0] == '\0' || strcmp(entry->from, to) == 0) {
        return pos_store_meta_set(till->store, POS_META_CART_OPERATOR, to, error);
    }
    if (!pos_store_cart_hand_over(till->store, entry->from, to, error) ||
        !pos_store_payments_leave(till->store, error)) {
        return false;
    }
    entry->cart = pos_store_cart_load(till->store, error);
    return entry->cart != NULL;
}

/* Half paid is half sold: the money in the drawer belongs to the cart that is open. */
static PosTillEvent *check_change(PosTill *till, const char *from, const PosOperator *to)
{
    bool changes = from[0] != '\0' && strcmp(from, to->id) != 0;
    if (changes && till->legs->len > 0) {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("A sale is half paid: finish it or void it before %s takes over."),
                               to->name);
    }
    return NULL;
}

static PosTillEvent *enter(PosTill *till, PosOperator *operator_, bool by_badge)
{
    if (till->training) {
        pos_till_training_set(till, false); /* it ends with the one who practised */
    }
    g_autofree char *owner = pos_store_meta_get(till->store, POS_META_CART_OPERATOR);
    Entry entry = {.operator_ = operator_, .from = owner == NULL ? "" : owner};
    PosTillEvent *no = check_change(till, entry.from, operator_);
    if (no != NULL) {
        return no;
    }
    GError *error = NULL;
    g_autoptr(json_t) fields = json_pack("{ss}", "operator", operator_->id);
    if (by_badge) {
        json_object_set_new(fields, "by", json_string("badge"));
    }
    PosTillRecord record = {"login", fields};
    if (!pos_till_write_with(till, &record, 1, till->cart, hand_over, &entry, &error)) {
        pos_cart_free(entry.cart);
        return pos_till_fail(error);
    }
    if (entry.cart != NULL) {
        pos_cart_free(till->cart);
        till->cart = entry.cart;
        g_array_set_size(till->spares, 0);
        pos_till_undo_clear(till);
        till->pending.active = false;
        till->tare = (PosTillTare){0};
        pos_till_refresh(till, true);
    }
    pos_operator_free(till->operator_);
    till->operator_ = pos_store_operator(till->store, operator_->id);
    till->is_locked = false;
    PosTillEvent *event = pos_till_event_new(POS_EVENT_LOGIN);
    event->operator_ = pos_store_operator(till->store, operator_->id);
    return event;
}

PosTillEvent *pos_till_login(PosTill *till, const PosTillCommand *command)
{
    g_autoptr(PosOperator) operator_ = NULL;
    PosTillEvent *no =
        pos_till_check_person(till, command->operator_id, command->pin, command->badge, &operator_);
    return no != NULL ? no : enter(till, operator_, command->badge != NULL);
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
    pos_till_training_set(till, false);
    g_clear_pointer(&till->operator_, pos_operator_free);
    till->pending.active = false;
    till->tare = (PosTillTare){0};
    till->is_locked = false;
    return pos_till_event_new(POS_EVENT_LOGOUT);
}

/* --- lock ------------------------------------------------------------------------------------------- */

PosTillEvent *pos_till_lock(PosTill *till)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    till->is_locked = true;
    return pos_till_event_new(POS_EVENT_LOCKED);
}

PosTillEvent *pos_till_unlock(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    g_autoptr(PosOperator) operator_ = NULL;
    const char *id = command->operator_id != NULL ? command->operator_id : till->operator_->id;
    no = pos_till_check_person(till, id, command->pin, command->badge, &operator_);
    if (no != NULL) {
        return no;
    }
    if (strcmp(operator_->id, till->operator_->id) != 0) {
        return enter(till, operator_, command->badge != NULL);
    }
    till->is_locked = false;
    PosTillEvent *event = pos_till_event_new(POS_EVENT_UNLOCKED);
    event->operator_ = g_steal_pointer(&operator_);
    return event;
}

static bool works_while_locked(PosTillVerb verb)
{
    return verb == POS_TILL_LOGIN || verb == POS_TILL_LOGOUT || verb == POS_TILL_UNLOCK ||
           verb == POS_TILL_LOCK || verb == POS_TILL_CART;
}

static bool works_while_charging(PosTillVerb verb)
{
    return verb == POS_TILL_PAYMENT || verb == POS_TILL_CART || verb == POS_TILL_LOCK ||
           verb == POS_TILL_UNLOCK || verb == POS_TILL_PRICE_CHECK;
}

PosTillEvent *pos_till_before(PosTill *till, const PosTillCommand *command)
{
    if (pos_till_is_charging(till) && !works_while_charging(command->verb)) {
        return pos_till_refuse(POS_REFUSAL_PAYMENT_PENDING,
                               _("A payment is under way: wait for it, or give it up."));
    }
    if (command->verb == POS_TILL_SCAN && pos_badge_is(command->text, command->text_length)) {
        PosTillCommand shown = {.verb = till->is_locked ? POS_TILL_UNLOCK : POS_TILL_LOGIN,
                                .badge = command->text};
        return till->is_locked ? pos_till_unlock(till, &shown) : pos_till_login(till, &shown);
    }
    if (till->is_locked && !works_while_locked(command->verb)) {
        return pos_till_refuse(POS_REFUSAL_LOCKED,
                               _("The till is locked: give the PIN of %s or show a badge."),
                               till->operator_->name);
    }
    if (command->verb == POS_TILL_SCAN &&
        pos_till_is_ticket_code(command->text, command->text_length)) {
        return pos_till_resume(till, command, command->text);
    }
    return NULL;
}

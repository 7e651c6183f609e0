/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what is taken off a ticket: discounts that a person gives, within the role's limit or with a second person, and
 * which multi-buy offers are in force. What always holds: an offer that ends, or a new one, never makes an open cart
 * dearer. */
#include "pos/till_private.h"

#include <glib/gi18n-lib.h>

/* --- offers --------------------------------------------------------------------------------------- */

/* The offers that are on now; the array of before when they are the same. */
static void offers_now(PosTill *till)
{
    g_autoptr(GPtrArray) now = g_ptr_array_new_with_free_func((GDestroyNotify)pos_offer_free);
    for (guint i = 0; i < till->all_offers->len; i++) {
        PosOffer *offer = g_ptr_array_index(till->all_offers, i);
        if (pos_offer_is_on(offer, till->now_ms)) {
            g_ptr_array_add(now, pos_offer_ref(offer));
        }
    }
    bool same = till->offers != NULL && till->offers->len == now->len;
    for (guint i = 0; same && i < now->len; i++) {
        same = g_ptr_array_index(now, i) == g_ptr_array_index(till->offers, i);
    }
    if (!same) {
        g_clear_pointer(&till->offers, g_ptr_array_unref);
        till->offers = g_steal_pointer(&now);
    }
}

void pos_till_offers_refresh(PosTill *till)
{
    if (till->all_offers == NULL || till->offers_version != till->settings_version) {
        g_clear_pointer(&till->all_offers, g_ptr_array_unref);
        till->all_offers = pos_store_offers(till->store);
        till->offers_version = till->settings_version;
    }
    offers_now(till);
    if (pos_cart_count(till->cart) == 0) {
        pos_cart_set_offers(till->cart, till->offers);
        return;
    }
    if (till->legs->len > 0 || till->offers == till->offers_judged) {
        return; /* part is paid: the rest stays as it was agreed */
    }
    till->offers_judged = till->offers;
    g_autoptr(PosCart) cart = pos_cart_copy(till->cart);
    pos_cart_set_offers(cart, till->offers);
    if (pos_cart_total(cart).minor <= pos_cart_total(till->cart).minor) {
        PosCart *before = till->cart;
        till->cart = g_steal_pointer(&cart);
        pos_cart_free(before);
    }
}

/* --- discounts -------------------------------------------------------------------------------------- */

static PosTillEvent *refuse(PosRefusal refusal, int line)
{
    switch ((int)refusal) {
    case POS_REFUSAL_NO_SUCH_LINE:
        return pos_till_refuse_line(line);
    case POS_REFUSAL_CART_FULL:
        return pos_till_refuse(refusal, _("This sale is full: finish it and begin another."));
    default:
        return pos_till_refuse(refusal, _("Nothing can be taken off there: choose a line of goods "
                                          "that still costs something."));
    }
}

/* Percent that the discount takes off what it is given on, rounded up: what the role's limit is compared with. */
static int64_t percent_of(const PosCart *cart, const PosCart *with, const PosCartDiscount *discount,
                          int number)
{
    if (discount->is_percent) {
        return (discount->value + 99) / 100;
    }
    const PosCartLine *line = discount->line == 0 ? NULL : pos_cart_find(cart, discount->line);
    int64_t of = line != NULL ? line->amount.minor : pos_cart_total(cart).minor;
    int64_t taken = pos_cart_discounted(with, number).minor;
    return of <= 0 ? 100 : MIN(100, (int64_t)(((__int128)taken * 100 + of - 1) / of));
}

static bool is_reason(const char *text)
{
    return text != NULL && text[0] != '\0' && strlen(text) <= POS_BOUND_NOTE_BYTES &&
           g_utf8_validate(text, -1, NULL);
}

PosTillEvent *pos_till_discount(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    bool is_percent = command->percent_bp != 0;
    int64_t value = is_percent ? command->percent_bp : command->amount;
    if (!is_reason(command->reason) || value <= 0 ||
        value > (is_percent ? 10000 : POS_BOUND_AMOUNT_MINOR_MAX)) {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                               _("That is no discount: give 0.01 to 100 percent or an amount, and "
                                 "a reason of a few words."));
    }
    PosCartDiscount discount = {
        .line = command->line, .is_percent = is_percent, .value = value, .why = command->reason};
    g_autoptr(PosCart) trial = pos_cart_copy(till->cart);
    int number = 0;
    PosRefusal refusal = pos_cart_add_discount(trial, &discount, &number);
    if (refusal != POS_REFUSAL_NONE) {
        return refuse(refusal, command->line);
    }
    g_autofree char *off = pos_till_money(till, pos_cart_discounted(trial, number));
    g_autofree char *what = g_strdup_printf(_("%s off: %s"), off, command->reason);
    char approver[POS_BOUND_OPERATOR_BYTES + 1];
    no = pos_till_need(till, command, POS_MAY_DISCOUNT, POS_LIMIT_DISCOUNT_PCT,
                       percent_of(till->cart, trial, &discount, number), what, approver);
    if (no != NULL) {
        return no;
    }
    g_autoptr(PosCart) cart = pos_cart_copy(till->cart);
    discount.approver = approver;
    refusal = pos_cart_add_discount(cart, &discount, &number);
    g_assert(refusal == POS_REFUSAL_NONE); /* as in the trial */
    PosMoney taken = pos_cart_discounted(cart, number);
    no = pos_till_cart_replace(till, g_steal_pointer(&cart), NULL, 0);
    if (no != NULL) {
        return no;
    }
    PosTillEvent *event = pos_till_event_new(POS_EVENT_DISCOUNT);
    event->amount = taken;
    event->number = number;
    return event;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what a weight is made of: the scale's reading or what was typed, less the tare: the one that the cashier chose,
 * else the product's packaging, else what the scale has deducted by itself. A tare is for one weighed line. */
#include "pos/till_private.h"

#include <glib/gi18n-lib.h>

void pos_till_set_scale(PosTill *till, const PosTillScale *scale)
{
    till->scale = scale;
}

static PosScaleStatus scale_status(const PosTill *till)
{
    PosScaleStatus status = {.condition = POS_SCALE_CONDITION_NONE};
    if (till->scale != NULL) {
        till->scale->status(till->scale->user, &status);
    }
    return status;
}

/* Whether the scale's weight may be had now; no_light: also below the minimum load, as a container may be. */
static PosTillEvent *need_scale(const PosScaleStatus *status, bool light_too)
{
    bool good = status->condition == POS_SCALE_CONDITION_READY ||
                (light_too && status->condition == POS_SCALE_CONDITION_LIGHT);
    if (good) {
        return NULL;
    }
    bool bad_weight = false;
    switch (status->condition) {
    case POS_SCALE_CONDITION_LIGHT:
    case POS_SCALE_CONDITION_CHARGED:
    case POS_SCALE_CONDITION_UNCHECKED:
    case POS_SCALE_CONDITION_NEGATIVE:
    case POS_SCALE_CONDITION_UNDER_ZERO:
    case POS_SCALE_CONDITION_OVER:
    case POS_SCALE_CONDITION_WRONG_UNIT:
        bad_weight = true;
        break;
    case POS_SCALE_CONDITION_NONE:
    case POS_SCALE_CONDITION_OFF:
    case POS_SCALE_CONDITION_SILENT:
    case POS_SCALE_CONDITION_GARBLED:
    case POS_SCALE_CONDITION_EMPTY:
    case POS_SCALE_CONDITION_READY:
    case POS_SCALE_CONDITION_MOTION:
    case POS_SCALE_CONDITION_OUTSIDE_ZERO:
    case POS_SCALE_CONDITION_FAULT:
    case POS_SCALE_CONDITIONS:
        break;
    }
    return pos_till_refuse(bad_weight ? POS_REFUSAL_BAD_WEIGHT : POS_REFUSAL_SCALE_NOT_READY, "%s",
                           pos_scale_condition_words(status->condition));
}

/* --- a weight for a line ------------------------------------------------------------------------------ */

static int64_t tare_for(const PosTill *till, const PosScaleStatus *status, int64_t product_tare_g)
{
    if (status != NULL && status->net) {
        return 0; /* what is shown is net already */
    }
    return till->tare.is_set ? till->tare.grams : product_tare_g;
}

PosTillEvent *pos_till_weigh(PosTill *till, const PosTillCommand *command,
                             const PosProduct *product, PosTillWeight *out)
{
    PosScaleStatus status = {0};
    if (command->from_scale) {
        status = scale_status(till);
        PosTillEvent *no = need_scale(&status, false);
        if (no != NULL) {
            return no;
        }
        if (status.net && till->tare.is_set && till->tare.grams > 0) {
            return pos_till_refuse(POS_REFUSAL_BAD_WEIGHT,
                                   _("The scale deducts a tare by itself as well: choose no tare, "
                                     "then weigh again."));
        }
    }
    int64_t shown_g = command->from_scale ? status.grams : command->grams;
    int64_t tare_g = tare_for(till, command->from_scale ? &status : NULL, product->tare_g);
    int64_t net_g = shown_g > POS_BOUND_GRAMS_MAX ? 0 : shown_g - tare_g;
    if (shown_g > 0 && tare_g > 0 && net_g <= 0) {
        return pos_till_refuse(POS_REFUSAL_BAD_WEIGHT,
                               _("Nothing is left after the tare of %d g: weigh %s again."),
                               (int)tare_g, pos_till_name(till, &product->names));
    }
    if (net_g <= 0) {
        return pos_till_refuse(POS_REFUSAL_BAD_WEIGHT,
                               _("The weight is not one that can be sold: weigh %s again."),
                               pos_till_name(till, &product->names));
    }
    *out = (PosTillWeight){.net_g = net_g,
                           .tare_g = status.net ? status.tare_g : tare_g,
                           .by_hand = !command->from_scale && command->by_hand,
                           .on_scale = command->from_scale || !command->by_hand,
                           .load = status.load};
    return NULL;
}

void pos_till_weighed(PosTill *till, const PosTillWeight *weight)
{
    if (weight->load != 0) {
        till->scale->charge(till->scale->user, weight->load);
    }
    till->tare = (PosTillTare){0};
}

bool pos_till_may_weigh(const PosTill *till)
{
    if (!till->pending.active || till->is_locked || till->operator_ == NULL) {
        return false;
    }
    PosScaleStatus status = scale_status(till);
    if (!status.settled || status.grams <= tare_for(till, &status, till->pending.tare_g)) {
        return false;
    }
    return !(status.net && till->tare.is_set && till->tare.grams > 0);
}

/* --- the scale itself --------------------------------------------------------------------------------- */

static PosTillEvent *scale_event(PosTill *till, PosTillEventKind kind)
{
    PosTillEvent *event = pos_till_event_new(kind);
    pos_till_fill_scale(till, event);
    return event;
}

void pos_till_fill_scale(const PosTill *till, PosTillEvent *event)
{
    event->scale = scale_status(till);
    event->tare_g = tare_for(till, &event->scale, till->pending.active ? till->pending.tare_g : 0);
    event->awaits_weight = till->pending.active;
}

PosTillEvent *pos_till_scale(PosTill *till)
{
    return scale_event(till, POS_EVENT_SCALE);
}

PosTillEvent *pos_till_zero(PosTill *till)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    PosScaleStatus status = scale_status(till);
    if (status.condition == POS_SCALE_CONDITION_NONE ||
        pos_scale_condition_is_fault(status.condition)) {
        return need_scale(&status, false);
    }
    if (!status.can_zero || !till->scale->zero(till->scale->user)) {
        return pos_till_refuse(
            POS_REFUSAL_NOT_ALLOWED,
            _("This scale is not zeroed from the till: press its own zero key."));
    }
    return scale_event(till, POS_EVENT_SCALE);
}

PosTillEvent *pos_till_leave(PosTill *till)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    till->pending.active = false;
    till->tare = (PosTillTare){0};
    return pos_till_event_new(POS_EVENT_CART);
}

static PosTillEvent *refuse_preset(const GPtrArray *tares, const char *preset)
{
    g_autoptr(GString) known = g_string_new(NULL);
    for (guint i = 0; i < tares->len; i++) {
        const PosTare *tare = tares->pdata[i];
        g_string_append_printf(known, "%s%s", i == 0 ? "" : ", ", tare->id);
    }
    if (known->len == 0) {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                               _("This store has set up no containers: give the tare in grams."));
    }
    return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                           _("There is no container “%.40s”; there are: %s."), preset, known->str);
}

PosTillEvent *pos_till_tare(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    int64_t grams = command->grams;
    if (command->preset != NULL) {
        g_autoptr(GPtrArray) tares = pos_store_tares(till->store);
        const PosTare *tare = pos_tares_find(tares, command->preset);
        if (tare == NULL) {
            return refuse_preset(tares, command->preset);
        }
        grams = tare->grams;
    } else if (command->from_scale) {
        PosScaleStatus status = scale_status(till);
        no = need_scale(&status, true);
        if (no != NULL) {
            return no;
        }
        if (status.net) {
            return pos_till_refuse(
                POS_REFUSAL_BAD_WEIGHT,
                _("The scale deducts a tare by itself already: choose none here."));
        }
        grams = status.grams;
        till->scale->keep_container(till->scale->user, status.load);
    }
    if (grams < 0 || grams > POS_BOUND_GRAMS_MAX) {
        return pos_till_refuse(POS_REFUSAL_BAD_WEIGHT,
                               _("That is no tare: give whole grams from 0 on."));
    }
    if (grams == 0 && scale_status(till).net) {
        till->scale->clear_tare(
            till->scale->user); /* where it cannot be told, its net weight stands */
    }
    till->tare = (PosTillTare){.is_set = true, .grams = grams};
    return scale_event(till, POS_EVENT_TARE);
}

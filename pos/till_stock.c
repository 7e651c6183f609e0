/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns stock that moves without a sale: goods received, counted, written off. Each is one record about one lot; what it
 * does to the stock is pos/store_journal.c here and the booking at central. A count is what stands there now. */
#include "pos/till_private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    PosTillVerb verb;
    const char *type;
    int64_t least;
    bool needs_reason;
    const char *words; /* for the sentence that asks for an approval */
} Booking;

static const Booking BOOKINGS[] = {
    {POS_TILL_RECEIVE, "stock_received", 1, false, N_("receive goods")},
    {POS_TILL_COUNT, "stock_counted", 0, false, N_("count the stock")},
    {POS_TILL_WRITE_OFF, "write_off", 1, true, N_("write goods off")},
};

static const Booking *booking_of(PosTillVerb verb)
{
    for (gsize i = 0; i < G_N_ELEMENTS(BOOKINGS); i++) {
        if (BOOKINGS[i].verb == verb) {
            return &BOOKINGS[i];
        }
    }
    g_assert_not_reached();
}

/* The item of the text, with the lot and day that the command names instead of the text's. */
static PosTillEvent *read_item(PosTill *till, const PosTillCommand *command, PosTillItem *out)
{
    PosTillEvent *no = pos_till_item_read(till, command, out);
    if (no != NULL) {
        return no;
    }
    if (command->lot != NULL) {
        if (command->lot[0] != '\0' && !pos_lot_number_is_well_formed(command->lot)) {
            return pos_till_refuse(POS_REFUSAL_BAD_CODE,
                                   _("A lot number has 1 to %d letters and digits: look at the "
                                     "label again."),
                                   POS_BOUND_LOT_BYTES);
        }
        g_strlcpy(out->lot, command->lot, sizeof out->lot);
    }
    if (command->best_before != NULL && command->best_before[0] != '\0' &&
        !pos_date_parse(command->best_before, &out->best_before)) {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                               _("That is no best-before day: give it like 2026-11-29."));
    }
    return NULL;
}

static PosTillEvent *check(const PosTillCommand *command, const Booking *booking, PosUnit unit)
{
    int64_t most = unit == POS_UNIT_G ? POS_BOUND_GRAMS_MAX * INT64_C(1000) : POS_BOUND_PIECES_MAX;
    gsize reason = command->reason == NULL ? 0 : strlen(command->reason);
    if (command->pieces < booking->least || command->pieces > most) {
        return pos_till_refuse(
            POS_REFUSAL_BAD_QUANTITY,
            unit == POS_UNIT_G
                ? _("That quantity cannot be booked: say how many grams there are.")
                : _("That quantity cannot be booked: say how many pieces there are."));
    }
    if ((booking->needs_reason && reason == 0) || reason > POS_BOUND_WHY_BYTES) {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                               _("Say what for, in a few words: it stands in the journal."));
    }
    if (command->origin != NULL && strlen(command->origin) > POS_BOUND_NAME_BYTES) {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                               _("The origin is too long: give the country or the region."));
    }
    return NULL;
}

static void set_text(json_t *fields, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        json_object_set_new(fields, key, json_string(text));
    }
}

static json_t *fields_new(const PosTill *till, const PosTillCommand *command,
                          const PosTillItem *item, PosUnit unit, const char *approver)
{
    json_t *fields = json_pack("{sssssssIss}", "gtin", item->gtin, "lot", item->lot, "operator",
                               till->operator_->id, "qty", (json_int_t)command->pieces, "unit",
                               pos_unit_code(unit));
    set_text(fields, "approver", approver);
    set_text(fields, "reason", command->reason);
    if (command->verb == POS_TILL_RECEIVE) {
        g_autofree char *best_before = pos_date_format(item->best_before);
        g_autofree char *use_by = pos_date_format(item->use_by);
        set_text(fields, "best_before", best_before);
        set_text(fields, "use_by", use_by);
        set_text(fields, "origin", command->origin);
    }
    return fields;
}

PosTillEvent *pos_till_stock(PosTill *till, const PosTillCommand *command)
{
    const Booking *booking = booking_of(command->verb);
    PosTillItem item;
    char approver[POS_BOUND_OPERATOR_BYTES + 1] = "";
    PosTillEvent *no = pos_till_need_login(till);
    no = no != NULL ? no : read_item(till, command, &item);
    if (no != NULL) {
        return no;
    }
    g_autoptr(PosProduct) product = pos_store_product(till->store, item.gtin);
    if (product == NULL) {
        return pos_till_refuse(POS_REFUSAL_UNKNOWN_ITEM,
                               _("The shop does not know %s: the manager adds it first."),
                               item.gtin);
    }
    no = check(command, booking, product->unit);
    no = no != NULL ? no
                    : pos_till_need(till, command, POS_MAY_BOOK_STOCK, POS_LIMIT_COUNT, 0,
                                    _(booking->words), approver);
    if (no != NULL) {
        return no;
    }
    GError *error = NULL;
    g_auto(PosRecord) written = {0};
    g_autoptr(json_t) fields = fields_new(till, command, &item, product->unit, approver);
    PosTillRecord record = {booking->type, fields, &written};
    if (!pos_till_write(till, &record, 1, NULL, NULL, NULL, &error)) {
        return pos_till_fail(error);
    }
    PosTillEvent *event = pos_till_event_new(POS_EVENT_STOCK);
    event->type = booking->type;
    event->sale.seq = written.seq;
    event->line.names = pos_names_copy(&product->names);
    event->record = g_steal_pointer(&fields);
    return event;
}

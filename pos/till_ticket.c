/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns suspended tickets: a cart is parked with a number and fetched back, here or at another till of the store while
 * central can be reached. What always holds: the ticket's record, its row and the empty cart are one transaction; a
 * ticket that central holds is fetched only by who claimed it there, and once fetched here it is never fetched again.
 * Without central a till fetches what it suspended itself. */
#include "pos/till_private.h"

#include "pos/error.h"

#include <glib/gi18n-lib.h>

#define CODE_PREFIX "CT1-"

void pos_till_set_remote(PosTill *till, const PosTillRemote *remote)
{
    till->remote = remote;
}

bool pos_till_is_ticket_code(const char *text, gsize length)
{
    return text != NULL && length > strlen(CODE_PREFIX) && length < POS_BOUND_TICKET_BYTES &&
           g_ascii_strncasecmp(text, CODE_PREFIX, strlen(CODE_PREFIX)) == 0;
}

/* --- central ---------------------------------------------------------------------------------------- */

static json_t *ticket_fields(PosTill *till, const PosTicket *ticket)
{
    g_autofree char *at = pos_instant_format(ticket->at_ms, till->zone);
    return json_pack("{sssIsssssssIsO}", "at", at, "lines", (json_int_t)ticket->lines, "operator",
                     ticket->operator_id, "terminal", till->identity.terminal, "ticket", ticket->id,
                     "total", (json_int_t)ticket->total, "cart", ticket->cart);
}

/* Tells central of a ticket that it does not hold, or that one was fetched while it could not be reached. */
static bool tell(PosTill *till, PosTicket *ticket, GError **error)
{
    if (ticket->state == POS_TICKET_LOCAL && ticket->cart != NULL) {
        json_t *fields = ticket_fields(till, ticket);
        bool put = till->remote->ticket_put(till->remote->user, fields, error);
        json_decref(fields);
        ticket->state = put ? POS_TICKET_SHARED : ticket->state;
        return put && pos_store_ticket_put(till->store, ticket, error);
    }
    if (ticket->state == POS_TICKET_TO_TELL) {
        GError *fault = NULL;
        json_decref(till->remote->ticket_claim(till->remote->user, ticket->id, &fault));
        if (g_error_matches(fault, POS_ERROR, POS_ERROR_OFFLINE)) {
            g_propagate_error(error, fault);
            return false;
        }
        g_clear_error(&fault);
        ticket->state = POS_TICKET_SHARED;
        return pos_store_ticket_put(till->store, ticket, error);
    }
    return true;
}

/* Stops at the first that central cannot be told: it is tried again the next time. */
static void tell_all(PosTill *till)
{
    if (till->remote == NULL) {
        return;
    }
    g_autoptr(GPtrArray) tickets = pos_store_tickets(till->store, NULL);
    for (guint i = 0; tickets != NULL && i < tickets->len; i++) {
        if (!tell(till, g_ptr_array_index(tickets, i), NULL)) {
            return;
        }
    }
}

void pos_till_link_is_back(PosTill *till)
{
    tell_all(till);
}

/* --- suspend ---------------------------------------------------------------------------------------- */

static PosTillEvent *check_free(PosTill *till, bool wants_lines)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    if (till->training) {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("Tickets are not suspended in training: end training first."));
    }
    bool has_lines = pos_cart_count(till->cart) > 0 || pos_cart_exchange(till->cart) != NULL;
    if (wants_lines && !has_lines) {
        return pos_till_refuse(POS_REFUSAL_EMPTY_CART,
                               _("There is nothing to suspend: scan first."));
    }
    if (!wants_lines && has_lines) {
        return pos_till_refuse(POS_REFUSAL_CART_NOT_EMPTY,
                               _("A sale is open: finish, suspend or void it first."));
    }
    if (till->legs->len > 0) {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("A sale is half paid: finish it or void it first."));
    }
    return NULL;
}

static json_t *suspend_fields(const PosTill *till, const PosTicket *ticket)
{
    json_t *lines = json_array();
    for (gsize i = 0; i < pos_cart_count(till->cart); i++) {
        json_array_append_new(lines, pos_cart_line_to_fields(pos_cart_at(till->cart, i)));
    }
    return json_pack("{sosssssI}", "lines", lines, "operator", till->operator_->id, "ticket",
                     ticket->id, "total", (json_int_t)ticket->total);
}

/* The number is that of the record, so it is never given twice by this terminal. */
static bool write_suspend(PosTill *till, void *user, GError **error)
{
    PosTicket *ticket = user;
    int64_t seq = 0;
    PosHash head;
    if (!pos_store_journal_head(till->store, &seq, &head, error)) {
        return false;
    }
    g_snprintf(ticket->id, sizeof ticket->id, "%s-S%" G_GINT64_FORMAT,
               till->identity.receipt_prefix[0] != '\0' ? till->identity.receipt_prefix : "T00",
               (gint64)(seq + 1));
    ticket->at_ms = pos_till_record_at_ms(till);
    g_autoptr(json_t) fields = suspend_fields(till, ticket);
    return pos_store_journal_append(till->store, fields, "suspend", ticket->at_ms, NULL, error) &&
           pos_store_ticket_put(till->store, ticket, error) &&
           pos_store_payments_leave(till->store, error);
}

static PosTillEvent *ticket_event(PosTillEventKind kind, const PosTicket *ticket)
{
    PosTillEvent *event = pos_till_event_new(kind);
    event->ticket = g_strdup(ticket->id);
    event->code = g_strconcat(CODE_PREFIX, ticket->id, NULL);
    event->amount = pos_money(ticket->total);
    return event;
}

PosTillEvent *pos_till_suspend(PosTill *till)
{
    PosTillEvent *no = check_free(till, true);
    if (no != NULL) {
        return no;
    }
    GError *error = NULL;
    g_autoptr(PosTicket) ticket = g_new0(PosTicket, 1);
    g_autoptr(PosCart) empty = pos_cart_new();
    ticket->cart = pos_cart_to_json(till->cart);
    ticket->lines = (int64_t)pos_cart_count(till->cart);
    ticket->total = pos_cart_total(till->cart).minor;
    g_strlcpy(ticket->operator_id, till->operator_->id, sizeof ticket->operator_id);
    if (!pos_till_write_with(till, NULL, 0, empty, write_suspend, ticket, &error)) {
        return pos_till_fail(error);
    }
    pos_cart_free(till->cart);
    till->cart = g_steal_pointer(&empty);
    g_array_set_size(till->spares, 0);
    pos_till_undo_clear(till);
    till->pending.active = false;
    till->tare = (PosTillTare){0};
    tell_all(till);
    return ticket_event(POS_EVENT_SUSPENDED, ticket);
}

/* --- resume ----------------------------------------------------------------------------------------- */

static PosTillEvent *refuse_unknown(const char *id)
{
    if (id[0] == '\0') {
        return pos_till_refuse(POS_REFUSAL_NO_SUCH_TICKET,
                               _("That is no ticket: give its number, or scan its slip."));
    }
    return pos_till_refuse(POS_REFUSAL_NO_SUCH_TICKET,
                           _("There is no suspended ticket %s: look at the list of tickets."), id);
}

static PosTillEvent *refuse_claim(const char *id, GError *error)
{
    PosTillEvent *no = NULL;
    if (g_error_matches(error, POS_ERROR, POS_ERROR_OFFLINE)) {
        no = pos_till_refuse(POS_REFUSAL_OFFLINE,
                             _("The central service cannot be reached: only tickets that this till "
                               "suspended itself can be fetched."));
    } else if (g_error_matches(error, POS_ERROR, POS_ERROR_NOT_FOUND) ||
               g_error_matches(error, POS_ERROR, POS_ERROR_BUSY)) {
        no = g_error_matches(error, POS_ERROR, POS_ERROR_BUSY)
                 ? pos_till_refuse(
                       POS_REFUSAL_NO_SUCH_TICKET,
                       _("Another till has fetched ticket %s already: look for it there."), id)
                 : refuse_unknown(id);
    } else {
        return pos_till_fail(error);
    }
    g_error_free(error);
    return no;
}

/* Another till's ticket, now claimed for this one: {"ticket","cart","operator","total","lines",…}. */
static PosTicket *ticket_from_claim(const json_t *claimed, const char *id)
{
    PosTicket *ticket = g_new0(PosTicket, 1);
    const char *operator_id = json_string_value(json_object_get(claimed, "operator"));
    g_strlcpy(ticket->id, id, sizeof ticket->id);
    g_strlcpy(ticket->operator_id, operator_id == NULL ? "" : operator_id,
              sizeof ticket->operator_id);
    ticket->cart = json_incref(json_object_get(claimed, "cart"));
    ticket->state = POS_TICKET_SHARED;
    return ticket;
}

/* Another till has it: it is no longer one of ours. ticket: nullable. */
static void forget(PosTill *till, PosTicket *ticket)
{
    if (ticket != NULL) {
        g_clear_pointer(&ticket->cart, json_decref);
        pos_store_ticket_put(till->store, ticket, NULL);
    }
}

/* Finds the ticket here or claims it at central. NULL and *out (owned) when it may be opened. */
static PosTillEvent *fetch(PosTill *till, const char *id, PosTicket **out)
{
    GError *error = NULL;
    g_autoptr(PosTicket) ticket = pos_store_ticket_get(till->store, id, &error);
    if (error != NULL && !g_error_matches(error, POS_ERROR, POS_ERROR_NOT_FOUND)) {
        return pos_till_fail(error);
    }
    g_clear_error(&error);
    bool only_here = ticket != NULL && ticket->state == POS_TICKET_LOCAL;
    if (ticket != NULL && ticket->cart == NULL) {
        return refuse_unknown(id); /* fetched before */
    }
    if (only_here || till->remote == NULL) {
        if (ticket == NULL) {
            return refuse_unknown(id);
        }
        ticket->state = only_here ? POS_TICKET_LOCAL : POS_TICKET_TO_TELL;
        *out = g_steal_pointer(&ticket);
        return NULL;
    }
    json_t *claimed = till->remote->ticket_claim(till->remote->user, id, &error);
    if (claimed == NULL && ticket != NULL && !g_error_matches(error, POS_ERROR, POS_ERROR_BUSY)) {
        /* Out of reach, or a central that was restored and has lost it: it is this till's own. */
        g_error_free(error);
        ticket->state = POS_TICKET_TO_TELL;
        *out = g_steal_pointer(&ticket);
        return NULL;
    }
    if (claimed == NULL) {
        forget(till, ticket);
        return refuse_claim(id, error);
    }
    *out = ticket != NULL ? g_steal_pointer(&ticket) : ticket_from_claim(claimed, id);
    json_decref(claimed);
    return NULL;
}

static bool write_resume(PosTill *till, void *user, GError **error)
{
    const PosTicket *ticket = user;
    PosTicket fetched = *ticket;
    fetched.cart = NULL;
    fetched.at_ms = till->now_ms;
    return pos_store_ticket_put(till->store, &fetched, error);
}

static PosTillEvent *open_ticket(PosTill *till, const PosTicket *ticket, const char *approver)
{
    GError *error = NULL;
    g_autoptr(PosCart) cart = pos_cart_from_json(ticket->cart, &error);
    if (cart == NULL) {
        return pos_till_fail(error);
    }
    g_autoptr(json_t) fields =
        json_pack("{sssssI}", "operator", till->operator_->id, "ticket", ticket->id, "total",
                  (json_int_t)pos_cart_total(cart).minor);
    if (approver[0] != '\0') {
        json_object_set_new(fields, "approver", json_string(approver));
    }
    PosTillRecord record = {"resume", fields};
    if (!pos_till_write_with(till, &record, 1, cart, write_resume, (void *)ticket, &error)) {
        return pos_till_fail(error);
    }
    pos_cart_free(till->cart);
    till->cart = g_steal_pointer(&cart);
    pos_till_undo_clear(till);
    pos_till_refresh(till, true); /* the promise: what was kept, or what is lower now */
    PosTillEvent *event = ticket_event(POS_EVENT_RESUMED, ticket);
    event->amount = pos_cart_total(till->cart);
    return event;
}

/* Whose ticket it is, "" when nobody can say; asks central only about those of other tills. */
static char *owner_of(PosTill *till, const char *id)
{
    g_autoptr(PosTicket) own = pos_store_ticket_get(till->store, id, NULL);
    if (own != NULL) {
        return g_strdup(own->operator_id);
    }
    json_t *others = till->remote == NULL ? NULL : till->remote->tickets(till->remote->user, NULL);
    const char *owner = "";
    for (gsize i = 0; i < json_array_size(others); i++) {
        const json_t *row = json_array_get(others, i);
        const char *operator_id = json_string_value(json_object_get(row, "operator"));
        if (g_strcmp0(json_string_value(json_object_get(row, "ticket")), id) == 0 &&
            operator_id != NULL) {
            owner = operator_id;
        }
    }
    char *copy = g_strdup(owner);
    json_decref(others);
    return copy;
}

/* Whether the ticket may be fetched, before it is: a claim at central cannot be given back. */
static PosTillEvent *check_owner(PosTill *till, const PosTillCommand *command, const char *id,
                                 char approver[POS_BOUND_OPERATOR_BYTES + 1])
{
    const char *what = _("fetch another clerk's ticket");
    approver[0] = '\0';
    PosRole role = pos_store_role(till->store, till->operator_->role);
    if (pos_role_may(&role, POS_MAY_RESUME_OTHERS)) {
        return NULL;
    }
    g_autofree char *owner = owner_of(till, id);
    return strcmp(owner, till->operator_->id) == 0
               ? NULL
               : pos_till_need(till, command, POS_MAY_RESUME_OTHERS, POS_LIMIT_COUNT, 0, what,
                               approver);
}

PosTillEvent *pos_till_resume(PosTill *till, const PosTillCommand *command, const char *text)
{
    PosTillEvent *no = check_free(till, false);
    if (no != NULL) {
        return no;
    }
    gsize length = text == NULL ? 0 : strlen(text);
    bool is_code = pos_till_is_ticket_code(text, length);
    g_autofree char *id =
        g_ascii_strup(is_code ? text + strlen(CODE_PREFIX) : text, length > 0 ? -1 : 0);
    if (length == 0 || length >= POS_BOUND_TICKET_BYTES) {
        return refuse_unknown("");
    }
    g_autoptr(PosTicket) ticket = NULL;
    char approver[POS_BOUND_OPERATOR_BYTES + 1];
    no = check_owner(till, command, id, approver);
    no = no != NULL ? no : fetch(till, id, &ticket);
    if (no != NULL) {
        return no;
    }
    PosTillEvent *event = open_ticket(till, ticket, approver);
    tell_all(till);
    return event;
}

/* --- the list --------------------------------------------------------------------------------------- */

static json_t *list_local(PosTill *till, GError **error)
{
    g_autoptr(GPtrArray) tickets = pos_store_tickets(till->store, error);
    if (tickets == NULL) {
        return NULL;
    }
    json_t *list = json_array();
    for (guint i = 0; i < tickets->len; i++) {
        const PosTicket *ticket = g_ptr_array_index(tickets, i);
        if (ticket->cart != NULL) {
            json_t *row = ticket_fields(till, ticket);
            json_object_del(row, "cart");
            json_object_set_new(row, "here", json_true());
            json_array_append_new(list, row);
        }
    }
    return list;
}

static bool lists(const json_t *list, const char *id)
{
    for (gsize i = 0; i < json_array_size(list); i++) {
        const char *other = json_string_value(json_object_get(json_array_get(list, i), "ticket"));
        if (g_strcmp0(other, id) == 0) {
            return true;
        }
    }
    return false;
}

/* A ticket of this till that central held and holds no more was fetched at another. */
static void drop_fetched(PosTill *till, json_t *list, const json_t *others)
{
    for (gsize i = json_array_size(list); i > 0; i--) {
        const char *id = json_string_value(json_object_get(json_array_get(list, i - 1), "ticket"));
        g_autoptr(PosTicket) own = pos_store_ticket_get(till->store, id, NULL);
        if (own != NULL && own->state == POS_TICKET_SHARED && !lists(others, id)) {
            json_array_remove(list, i - 1);
        }
    }
}

/* Tickets of the other tills. False when central could not be asked. */
static bool append_remote(PosTill *till, json_t *list)
{
    json_t *others = till->remote == NULL ? NULL : till->remote->tickets(till->remote->user, NULL);
    if (others != NULL) {
        drop_fetched(till, list, others);
    }
    for (gsize i = 0; i < json_array_size(others); i++) {
        json_t *row = json_array_get(others, i);
        const char *id = json_string_value(json_object_get(row, "ticket"));
        g_autoptr(PosTicket) known =
            id == NULL ? NULL : pos_store_ticket_get(till->store, id, NULL);
        if (id != NULL && known == NULL && !lists(list, id)) {
            json_array_append(list, row);
        }
    }
    bool asked = others != NULL;
    json_decref(others);
    return asked;
}

PosTillEvent *pos_till_tickets(PosTill *till)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    tell_all(till);
    GError *error = NULL;
    json_t *list = list_local(till, &error);
    if (list == NULL) {
        return pos_till_fail(error);
    }
    bool asked = append_remote(till, list);
    PosTillEvent *event = pos_till_event_new(POS_EVENT_TICKETS);
    event->record = json_pack("{sosb}", "tickets", list, "offline", !asked);
    return event;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the till's door: one command in, exactly one event out, and the life of the till itself. The rules
 * stand in till_login.c, till_offer.c, till_scan.c, till_cart.c and till_tender.c; time and the journal in
 * till_write.c. What always holds between two commands: the open cart in memory is the one on disk, but for
 * lower prices that could not be saved; the legs of a tender leave something due.
 * Belongs to the thread of its PosStore. */
#include "pos/till_private.h"

#include "pos/command_line.h"
#include "pos/error.h"

#include <glib/gi18n-lib.h>

/* --- values ------------------------------------------------------------------------------------- */

PosTillCommand *pos_till_command_copy(const PosTillCommand *command)
{
    PosTillCommand *copy = g_new(PosTillCommand, 1);
    *copy = *command;
    copy->operator_id = g_strdup(command->operator_id);
    copy->pin = g_strdup(command->pin);
    copy->approver = g_strdup(command->approver);
    copy->approver_pin = g_strdup(command->approver_pin);
    copy->approver_badge = g_strdup(command->approver_badge);
    copy->badge = g_strdup(command->badge);
    copy->reason = g_strdup(command->reason);
    copy->preset = g_strdup(command->preset);
    copy->department = g_strdup(command->department);
    copy->name = g_strdup(command->name);
    copy->receipt = g_strdup(command->receipt);
    copy->to = g_strdup(command->to);
    copy->born = g_strdup(command->born);
    copy->lot = g_strdup(command->lot);
    copy->best_before = g_strdup(command->best_before);
    copy->origin = g_strdup(command->origin);
    copy->denominations = json_deep_copy(command->denominations);
    copy->ticket = g_strdup(command->ticket);
    copy->attempt = g_strdup(command->attempt);
    copy->outcome = g_strdup(command->outcome);
    copy->text = NULL;
    if (command->text != NULL) {
        copy->text = g_malloc(command->text_length + 1);
        memcpy(copy->text, command->text, command->text_length);
        copy->text[command->text_length] = '\0';
    }
    return copy;
}

void pos_till_command_free(PosTillCommand *command)
{
    if (command == NULL) {
        return;
    }
    g_free(command->operator_id);
    g_free(command->pin);
    g_free(command->approver);
    g_free(command->approver_pin);
    g_free(command->approver_badge);
    g_free(command->badge);
    g_free(command->reason);
    g_free(command->preset);
    g_free(command->department);
    g_free(command->name);
    g_free(command->receipt);
    g_free(command->to);
    g_free(command->born);
    g_free(command->lot);
    g_free(command->best_before);
    g_free(command->origin);
    g_free(command->text);
    g_free(command->ticket);
    g_free(command->attempt);
    g_free(command->outcome);
    json_decref(command->denominations);
    g_free(command);
}

void pos_till_event_free(PosTillEvent *event)
{
    if (event == NULL) {
        return;
    }
    g_free(event->why);
    g_free(event->message);
    pos_operator_free(event->operator_);
    pos_cart_line_clear(&event->line);
    pos_price_free(event->price);
    pos_lot_free(event->lot);
    json_decref(event->record);
    json_decref(event->left);
    g_free(event->ticket);
    g_free(event->code);
    g_clear_pointer(&event->payments, g_array_unref);
    g_clear_pointer(&event->tenders, g_array_unref);
    pos_cart_free(event->cart);
    g_free(event);
}

PosTillEvent *pos_till_event_new(PosTillEventKind kind)
{
    PosTillEvent *event = g_new0(PosTillEvent, 1);
    event->kind = kind;
    return event;
}

PosTillEvent *pos_till_refuse(PosRefusal refusal, const char *format, ...)
{
    g_assert(refusal != POS_REFUSAL_NONE);
    PosTillEvent *event = pos_till_event_new(POS_EVENT_REFUSED);
    va_list arguments;
    va_start(arguments, format);
    event->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    event->refusal = refusal;
    event->why = g_strdup(pos_refusal_code(refusal));
    return event;
}

static const char *error_code(const GError *error)
{
    if (g_error_matches(error, POS_ERROR, POS_ERROR_DISK_FULL)) {
        return "disk_full";
    }
    if (g_error_matches(error, POS_ERROR, POS_ERROR_CORRUPT)) {
        return "corrupt";
    }
    return "failed";
}

PosTillEvent *pos_till_fail(GError *error)
{
    g_assert(error != NULL);
    PosTillEvent *event = pos_till_event_new(POS_EVENT_ERROR);
    event->why = g_strdup(error_code(error));
    event->message = g_strdup(error->message);
    g_error_free(error);
    return event;
}

PosTillEvent *pos_till_line_event(PosTill *till, int line)
{
    const PosCartLine *found = pos_cart_find(till->cart, line);
    g_assert(found != NULL);
    PosTillEvent *event = pos_till_event_new(POS_EVENT_LINE);
    event->line = pos_cart_line_copy(found);
    return event;
}

PosTillEvent *pos_till_refuse_line(int line)
{
    return line > 0
               ? pos_till_refuse(POS_REFUSAL_NO_SUCH_LINE,
                                 _("There is no line %d on this sale: look at the lines again."),
                                 line)
               : pos_till_refuse(POS_REFUSAL_NO_SUCH_LINE,
                                 _("This sale has no such line: look at the lines again."));
}

PosTillEvent *pos_till_need_login(PosTill *till)
{
    if (till->operator_ == NULL) {
        return pos_till_refuse(POS_REFUSAL_NOT_LOGGED_IN, _("No one is logged in: log in first."));
    }
    return NULL;
}

const char *pos_till_name(PosTill *till, const PosNames *names)
{
    return pos_names_in(names, till->language != NULL ? till->language : till->settings.language);
}

void pos_till_set_language(PosTill *till, const char *language)
{
    g_free(till->language);
    till->language = g_strdup(language);
}

char *pos_till_money(PosTill *till, PosMoney amount)
{
    return pos_money_format(amount, &till->settings.currency);
}

/* --- life --------------------------------------------------------------------------------------- */

/* What central set anew is in the journal, so that an auditor sees under which settings a record was written. What a
 * terminal begins with is no change. */
static bool note_settings(PosTill *till, int64_t feed_version, GError **error)
{
    g_autofree char *text = pos_store_meta_get(till->store, POS_META_SETTINGS);
    int64_t newest = 0;
    int64_t last = text == NULL ? 0 : g_ascii_strtoll(text, NULL, 10);
    g_autoptr(json_t) names = pos_store_settings_changed(till->store, last, &newest, error);
    if (names == NULL || newest == last) {
        return names != NULL;
    }
    g_autofree char *seen = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)newest);
    g_autoptr(json_t) fields =
        json_pack("{sIsO}", "feed_version", (json_int_t)feed_version, "settings", names);
    PosTillRecord record = {"config", fields};
    return pos_till_write(till, &record, text == NULL ? 0 : 1, NULL, POS_META_SETTINGS, seen,
                          error);
}

/* Reads the store's settings again when the feed has moved. A layout that cannot be read is no layout: labels
 * with store weights are then refused, nothing else suffers. */
static bool settings_refresh(PosTill *till, GError **error)
{
    int64_t version = 0;
    if (!pos_store_feed_version(till->store, &version, NULL, error)) {
        return false;
    }
    if (version == till->settings_version) {
        return true;
    }
    g_auto(PosStoreSettings) settings = {0};
    if (!pos_store_settings(till->store, &settings, error) ||
        !note_settings(till, version, error)) {
        return false;
    }
    pos_store_settings_clear(&till->settings);
    till->settings = settings;
    memset(&settings, 0, sizeof settings);
    g_clear_pointer(&till->zone, g_time_zone_unref);
    till->zone = pos_store_zone(till->store);
    g_clear_pointer(&till->rcn, pos_rcn_layouts_free);
    const char *layouts = till->settings.rcn_layouts;
    if (layouts != NULL && layouts[0] != '\0') {
        till->rcn = pos_rcn_layouts_parse(layouts, strlen(layouts), NULL);
    }
    till->settings_version = version;
    return true;
}

static bool is_enrolled(const PosTill *till, GError **error)
{
    if (till->identity.terminal == NULL || till->identity.terminal[0] == '\0') {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("This folder belongs to no store yet: enrol it with a code from the central "
                      "service first."));
        return false;
    }
    return true;
}

/* Who was logged in is forgotten by a restart; the shift stays open. */
static bool session_load(PosTill *till, GError **error)
{
    g_autofree char *shift = pos_store_meta_get(till->store, POS_META_SHIFT);
    g_autofree char *operator_id = pos_store_meta_get(till->store, POS_META_OPERATOR);
    till->shift_open = shift != NULL && shift[0] != '\0';
    return operator_id == NULL || operator_id[0] == '\0' ||
           pos_store_meta_set(till->store, POS_META_OPERATOR, "", error);
}

/* Another version of the program than the last one is in the journal, so that an auditor sees which one wrote what. */
static bool note_update(PosTill *till, GError **error)
{
    g_autofree char *last = pos_store_meta_get(till->store, POS_META_PROGRAM);
    if (g_strcmp0(last, COSTER_VERSION) == 0) {
        return true;
    }
    g_autoptr(json_t) fields =
        json_pack("{ssss}", "from", last == NULL ? "" : last, "to", COSTER_VERSION);
    PosTillRecord record = {"update", fields};
    till->now_ms = pos_till_now_ms(till, NULL);
    return pos_till_write(till, &record, last == NULL ? 0 : 1, NULL, POS_META_PROGRAM,
                          COSTER_VERSION, error);
}

PosTill *pos_till_new(PosStore *store, const PosClock *clock, GError **error)
{
    g_autoptr(PosTill) till = g_new0(PosTill, 1);
    till->store = store;
    till->clock = clock;
    till->settings_version = -1;
    till->refreshed_version = -1;
    till->base_seq = -1;
    till->undo = g_ptr_array_new_with_free_func((GDestroyNotify)pos_cart_free);
    till->legs = g_array_new(FALSE, TRUE, sizeof(PosTillLeg));
    till->spares = g_array_new(FALSE, TRUE, sizeof(PosTillLeg));
    till->answers = g_array_new(FALSE, TRUE, sizeof(PosTenderAnswer));
    if (!pos_store_identity_get(store, &till->identity, error) || !is_enrolled(till, error) ||
        !settings_refresh(till, error) || !session_load(till, error) ||
        !pos_till_spares_load(till, error)) {
        return NULL;
    }
    till->cart = pos_store_cart_load(store, error);
    if (till->cart == NULL || !pos_till_payments_load(till, error) || !note_update(till, error)) {
        return NULL;
    }
    return g_steal_pointer(&till);
}

void pos_till_free(PosTill *till)
{
    if (till == NULL) {
        return;
    }
    g_free(till->language);
    pos_identity_clear(&till->identity);
    pos_store_settings_clear(&till->settings);
    g_clear_pointer(&till->zone, g_time_zone_unref);
    pos_rcn_layouts_free(till->rcn);
    pos_operator_free(till->operator_);
    g_array_unref(till->legs);
    g_array_unref(till->spares);
    g_array_unref(till->answers);
    pos_cart_free(till->cart);
    g_ptr_array_unref(till->undo);
    g_clear_pointer(&till->all_offers, g_ptr_array_unref);
    g_clear_pointer(&till->offers, g_ptr_array_unref);
    g_clear_pointer(&till->age_text, g_bytes_unref);
    g_free(till);
}

/* --- the door ----------------------------------------------------------------------------------- */

static PosTillEvent *dispatch(PosTill *till, const PosTillCommand *command);

/* What was typed is the command that it says; a second person's approval comes with it. */
static PosTillEvent *type(PosTill *till, const PosTillCommand *command)
{
    g_autofree char *message = NULL;
    PosTillCommand *typed =
        pos_command_line_parse(command->text == NULL ? "" : command->text, command->text_length,
                               &till->settings.currency, &message);
    if (typed == NULL) {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND, "%s", message);
    }
    typed->approver = g_strdup(command->approver);
    typed->approver_pin = g_strdup(command->approver_pin);
    typed->approver_badge = g_strdup(command->approver_badge);
    PosTillEvent *event = dispatch(till, typed);
    pos_till_command_free(typed);
    return event;
}

static PosTillEvent *dispatch(PosTill *till, const PosTillCommand *command)
{
    switch (command->verb) {
    case POS_TILL_LOGIN:
        return pos_till_login(till, command);
    case POS_TILL_LOGOUT:
        return pos_till_logout(till);
    case POS_TILL_OPEN_SHIFT:
        return pos_till_open_shift(till, command);
    case POS_TILL_SCAN:
        return pos_till_scan(till, command);
    case POS_TILL_WEIGHT:
        return pos_till_weight(till, command);
    case POS_TILL_QUANTITY:
        return pos_till_quantity(till, command);
    case POS_TILL_VOID_LINE:
        return pos_till_void_line(till, command);
    case POS_TILL_OVERRIDE:
        return pos_till_override(till, command);
    case POS_TILL_TENDER:
        return pos_till_tender(till, command);
    case POS_TILL_VOID:
        return pos_till_void(till);
    case POS_TILL_CART:
        return pos_till_event_new(POS_EVENT_CART);
    case POS_TILL_PRICE_CHECK:
        return pos_till_price_check(till, command);
    case POS_TILL_SCALE:
        return pos_till_scale(till);
    case POS_TILL_TARE:
        return pos_till_tare(till, command);
    case POS_TILL_ZERO:
        return pos_till_zero(till);
    case POS_TILL_LEAVE:
        return pos_till_leave(till);
    case POS_TILL_LOCK:
        return pos_till_lock(till);
    case POS_TILL_UNLOCK:
        return pos_till_unlock(till, command);
    case POS_TILL_NO_SALE:
    case POS_TILL_PAID_IN:
    case POS_TILL_PAID_OUT:
    case POS_TILL_SAFE_DROP:
        return pos_till_drawer(till, command);
    case POS_TILL_CASH_UP:
        return pos_till_cash_up(till, command);
    case POS_TILL_REPORT:
        return pos_till_report(till, command);
    case POS_TILL_TRAINING:
        return pos_till_training(till, command);
    case POS_TILL_SUSPEND:
        return pos_till_suspend(till);
    case POS_TILL_RESUME:
        return pos_till_resume(till, command, command->ticket);
    case POS_TILL_TICKETS:
        return pos_till_tickets(till);
    case POS_TILL_PAYMENT:
        return pos_till_payment(till, command);
    case POS_TILL_RECEIPTS:
        return pos_till_receipts(till, command);
    case POS_TILL_RECEIPT:
        return pos_till_receipt(till, command);
    case POS_TILL_REPRINT:
        return pos_till_reprint(till, command);
    case POS_TILL_DISCOUNT:
        return pos_till_discount(till, command);
    case POS_TILL_DEPOSIT_RETURN:
        return pos_till_deposit_return(till, command);
    case POS_TILL_BAG:
        return pos_till_bag(till, command);
    case POS_TILL_DEPARTMENT:
        return pos_till_department(till, command);
    case POS_TILL_TEACH:
        return pos_till_teach(till, command);
    case POS_TILL_AGE_CHECK:
        return pos_till_age_check(till, command);
    case POS_TILL_NEXT_QUANTITY:
        return pos_till_next_quantity(till, command);
    case POS_TILL_UNDO:
        return pos_till_undo(till);
    case POS_TILL_DISPUTE:
        return pos_till_dispute(till, command);
    case POS_TILL_RETURN:
        return pos_till_return(till, command);
    case POS_TILL_POST_VOID:
        return pos_till_post_void(till, command);
    case POS_TILL_TYPE:
        return type(till, command);
    case POS_TILL_SEARCH:
        return pos_till_search(till, command);
    case POS_TILL_VOID_TENDER:
        return pos_till_void_tender(till, command);
    case POS_TILL_RECEIVE:
    case POS_TILL_COUNT:
    case POS_TILL_WRITE_OFF:
        return pos_till_stock(till, command);
    }
    g_assert_not_reached();
}

/* What is still to be paid: the cart's total less the legs that count. */
static void set_due(const PosTill *till, PosTillEvent *event)
{
    g_autoptr(PosSale) sale = pos_till_sale_build(till, till->cart);
    event->due = sale == NULL ? pos_cart_total(till->cart) : pos_sale_due(sale);
    event->due_cash = sale == NULL ? event->due : pos_sale_due_cash(sale);
}

PosTillEvent *pos_till_do(PosTill *till, const PosTillCommand *command)
{
    GError *error = NULL;
    if (!settings_refresh(till, &error)) {
        return pos_till_fail(error);
    }
    till->now_ms = pos_till_now_ms(till, NULL);
    till->today = pos_date_of_instant(till->now_ms, till->zone);
    pos_till_payments_look(till);
    pos_till_offers_refresh(till);
    pos_till_refresh(till, false);
    PosTillEvent *event = pos_till_before(till, command);
    event = event != NULL ? event : dispatch(till, command);
    g_assert(event != NULL);
    if (event->kind != POS_EVENT_SALE) { /* a sale's total is that of the sold cart */
        event->total = pos_cart_total(till->cart);
        set_due(till, event);
    }
    if (event->kind == POS_EVENT_CART || event->kind == POS_EVENT_PAYMENT) {
        event->payments = pos_store_payments(till->store, NULL);
    }
    if (event->kind == POS_EVENT_CART || event->kind == POS_EVENT_TENDER) {
        event->tenders = pos_till_tenders(till);
    }
    event->opens_drawer = pos_till_opens_drawer(till, event);
    event->training = till->training;
    event->cart = pos_cart_copy(till->cart);
    return event;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what is sold without a scan and what is said before one: bags, bottles that come back, department keys, items
 * that are taught at the till, the buyer's age, quantity and tare of the next item, and undo. */
#include "pos/till_private.h"

#include <glib/gi18n-lib.h>

#define UNDO_STEPS 20
#define PROVEN_BY_BIRTH_MAX 150

/* --- lines without a code ------------------------------------------------------------------------- */

static PosTillEvent *add(PosTill *till, const PosCartLine *line, const PosTillRecord *record)
{
    g_autoptr(PosCart) cart = pos_cart_copy(till->cart);
    int number = 0;
    PosRefusal refusal = pos_cart_add(cart, line, &number);
    if (refusal == POS_REFUSAL_CART_FULL) {
        return pos_till_refuse(refusal, _("This sale is full: finish it and begin another."));
    }
    if (refusal != POS_REFUSAL_NONE) {
        return pos_till_refuse(
            refusal, _("The quantity or the amount is not one that can be sold: give another."));
    }
    PosTillEvent *no =
        pos_till_cart_replace(till, g_steal_pointer(&cart), record, record != NULL ? 1 : 0);
    if (no != NULL) {
        return no;
    }
    till->next_pieces = 0;
    return pos_till_line_event(till, number);
}

int64_t pos_till_pieces(const PosTill *till, const PosTillCommand *command)
{
    return command->pieces != 0 ? command->pieces : till->next_pieces != 0 ? till->next_pieces : 1;
}

PosTillEvent *pos_till_bag(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    g_autoptr(PosProduct) bag = pos_store_bag(till->store);
    if (bag == NULL) {
        return pos_till_refuse(POS_REFUSAL_UNKNOWN_ITEM,
                               _("No product of this shop is a bag: ask the manager to add one."));
    }
    till->next_pieces = pos_till_pieces(till, command);
    PosTillCommand scan = {.text = bag->gtin, .text_length = strlen(bag->gtin)};
    PosTillEvent *event = pos_till_scan(till, &scan);
    till->next_pieces = 0;
    return event;
}

/* An empty bottle: by the product that it was, or by what is written on it. */
PosTillEvent *pos_till_deposit_return(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    PosCartLine line = {.kind = POS_LINE_DEPOSIT,
                        .quantity = pos_quantity_each(pos_till_pieces(till, command))};
    g_autoptr(PosProduct) product = NULL;
    int64_t deposit = command->amount;
    if (command->text != NULL) {
        PosTillItem item;
        no = pos_till_item_read(till, command, &item);
        if (no != NULL) {
            return no;
        }
        product = pos_store_product(till->store, item.gtin);
        deposit = product == NULL ? 0 : product->deposit;
        line.tax_bp = product == NULL ? 0 : product->deposit_tax_bp;
    }
    if (deposit <= 0 || deposit > POS_BOUND_AMOUNT_MINOR_MAX) {
        return pos_till_refuse(POS_REFUSAL_BAD_QUANTITY,
                               _("There is no deposit on this item: key in the deposit that is "
                                 "written on it."));
    }
    const char *word = _("Deposit returned");
    PosNames names = {(char *)word, (char *)word, (char *)word};
    line.names = product == NULL ? names : product->names;
    line.price = pos_money(-deposit);
    line.list_price = line.price;
    return add(till, &line, NULL);
}

static PosTillEvent *refuse_department(const char *id)
{
    return pos_till_refuse(POS_REFUSAL_NO_SUCH_DEPARTMENT,
                           _("There is no department “%.32s”: choose one of the shop's."),
                           id == NULL ? "" : id);
}

/* A line of a department; name NULL: the department's own. record: nullable. */
static PosTillEvent *sell_department(PosTill *till, const PosTillCommand *command,
                                     const PosDepartment *department, const char *name,
                                     const char *code, const PosTillRecord *record)
{
    if (command->amount <= 0 ||
        (department->max_minor > 0 && command->amount > department->max_minor)) {
        g_autofree char *most = pos_till_money(till, pos_money(department->max_minor));
        return department->max_minor > 0 && command->amount > 0
                   ? pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                                     _("%s takes at most %s a piece: find the item's code."),
                                     pos_till_name(till, &department->names), most)
                   : pos_till_refuse(POS_REFUSAL_BAD_QUANTITY,
                                     _("The amount is not one that can be sold."));
    }
    PosNames named = {(char *)name, (char *)name, (char *)name};
    PosCartLine line = {.kind = POS_LINE_DEPARTMENT,
                        .names = name == NULL ? department->names : named,
                        .quantity = pos_quantity_each(pos_till_pieces(till, command)),
                        .price = pos_money(command->amount),
                        .list_price = pos_money(command->amount),
                        .tax_bp = department->tax_bp,
                        .department = (char *)department->id,
                        .code = (char *)code};
    return add(till, &line, record);
}

static bool is_name(const char *text)
{
    return text != NULL && text[0] != '\0' && strlen(text) <= POS_BOUND_TAUGHT_NAME_BYTES &&
           g_utf8_validate(text, -1, NULL);
}

PosTillEvent *pos_till_department(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    g_autoptr(PosDepartment) department = pos_store_department(till->store, command->department);
    if (department == NULL) {
        return refuse_department(command->department);
    }
    if (command->name != NULL && !is_name(command->name)) {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                               _("That is no name: give one of 1 to %d bytes."),
                               POS_BOUND_TAUGHT_NAME_BYTES);
    }
    no = pos_till_need(till, command, POS_MAY_SELL_DEPARTMENT, POS_LIMIT_COUNT, 0,
                       pos_till_name(till, &department->names), NULL);
    return no != NULL ? no : sell_department(till, command, department, command->name, NULL, NULL);
}

/* --- taught items --------------------------------------------------------------------------------- */

char *pos_till_code_of(PosTill *till, const PosTillCommand *command)
{
    PosTillItem item;
    PosTillEvent *no = pos_till_item_read(till, command, &item);
    if (no == NULL) {
        return g_strdup(item.gtin);
    }
    pos_till_event_free(no);
    gsize length = command->text == NULL ? 0 : command->text_length;
    if (length > POS_BOUND_NOTE_BYTES || !g_utf8_validate(command->text, (gssize)length, NULL)) {
        return NULL;
    }
    g_autofree char *text = g_strndup(command->text, length);
    g_strstrip(text);
    return text[0] == '\0' ? NULL : g_steal_pointer(&text);
}

PosTillEvent *pos_till_sell_taught(PosTill *till, const PosTillCommand *command)
{
    g_autofree char *code = pos_till_code_of(till, command);
    g_autoptr(PosTaught) taught = code == NULL ? NULL : pos_store_taught(till->store, code);
    g_autoptr(PosDepartment) department =
        taught == NULL ? NULL : pos_store_department(till->store, taught->department);
    if (department == NULL) {
        return NULL;
    }
    PosTillCommand sell = {.amount = taught->price_minor};
    return sell_department(till, &sell, department, taught->name, code, NULL);
}

PosTillEvent *pos_till_teach(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    g_autofree char *code = pos_till_code_of(till, command);
    if (code == NULL || !is_name(command->name)) {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                               _("An item is not taught like that: scan its code and give it a "
                                 "name of 1 to %d bytes."),
                               POS_BOUND_TAUGHT_NAME_BYTES);
    }
    g_autoptr(PosProduct) known = pos_store_product(till->store, code);
    if (known != NULL) {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("This shop knows the code as %s: scan it to sell it."),
                               pos_till_name(till, &known->names));
    }
    g_autoptr(PosDepartment) department = pos_store_department(till->store, command->department);
    if (department == NULL) {
        return refuse_department(command->department);
    }
    char approver[POS_BOUND_OPERATOR_BYTES + 1];
    no = pos_till_need(till, command, POS_MAY_TEACH_ITEM, POS_LIMIT_COUNT, 0, command->name,
                       approver);
    if (no != NULL) {
        return no;
    }
    g_autoptr(json_t) fields =
        json_pack("{sssssssssIssss}", "command", "teach", "code", code, "name", command->name,
                  "department", department->id, "price", (json_int_t)command->amount, "operator",
                  till->operator_->id, "approver", approver);
    PosTillRecord record = {"command", fields, NULL};
    return sell_department(till, command, department, command->name, code, &record);
}

/* --- the buyer's age ------------------------------------------------------------------------------ */

/* Whole years from born to today; a birthday on 29 February is on 1 March in other years. */
static int years_between(PosDate born, PosDate today)
{
    int by, bm, bd, ty, tm, td;
    pos_date_to_ymd(born, &by, &bm, &bd);
    pos_date_to_ymd(today, &ty, &tm, &td);
    return ty - by - (tm < bm || (tm == bm && td < bd));
}

PosTillEvent *pos_till_age_needed(PosTill *till, const PosTillCommand *command,
                                  const PosProduct *product)
{
    if (product->age_min <= pos_cart_age(till->cart, NULL)) {
        return NULL;
    }
    g_clear_pointer(&till->age_text, g_bytes_unref);
    till->age_text = g_bytes_new(command->text, command->text_length);
    till->age_min = product->age_min;
    PosTillEvent *event =
        pos_till_refuse(POS_REFUSAL_AGE_CHECK_NEEDED,
                        _("%s is sold to people of %d years and older: check the buyer's age."),
                        pos_till_name(till, &product->names), product->age_min);
    event->number = product->age_min;
    return event;
}

/* What waited for the look at the papers goes on. */
static PosTillEvent *age_is_proven(PosTill *till, int years)
{
    g_autoptr(GBytes) text = g_steal_pointer(&till->age_text);
    till->age_min = 0;
    if (text == NULL) {
        PosTillEvent *event = pos_till_event_new(POS_EVENT_AGE);
        event->number = years;
        return event;
    }
    gsize length = 0;
    const char *bytes = g_bytes_get_data(text, &length);
    PosTillCommand scan = {.text = (char *)bytes, .text_length = length};
    return pos_till_scan(till, &scan);
}

PosTillEvent *pos_till_age_check(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    PosDate born = {0};
    bool by_birth = command->born != NULL;
    if (by_birth ? !pos_date_parse(command->born, &born) || born.days > till->today.days ||
                       years_between(born, till->today) > PROVEN_BY_BIRTH_MAX
                 : !command->seen) {
        return pos_till_refuse(
            POS_REFUSAL_BAD_COMMAND,
            _("That is no date of birth: give it as YYYY-MM-DD, or say that the age was seen."));
    }
    no = pos_till_need(till, command, POS_MAY_CHECK_AGE, POS_LIMIT_COUNT, 0, _("age check"), NULL);
    if (no != NULL) {
        return no;
    }
    int years = by_birth ? years_between(born, till->today) : till->age_min;
    if (years < till->age_min) {
        int needed = till->age_min;
        g_clear_pointer(&till->age_text, g_bytes_unref);
        till->age_min = 0;
        return pos_till_refuse(POS_REFUSAL_TOO_YOUNG,
                               _("The buyer is not %d yet: keep the item back."), needed);
    }
    g_autoptr(PosCart) cart = pos_cart_copy(till->cart);
    pos_cart_set_age(cart, years, by_birth ? POS_AGE_BORN : POS_AGE_SEEN);
    no = pos_till_cart_replace(till, g_steal_pointer(&cart), NULL, 0);
    return no != NULL ? no : age_is_proven(till, years);
}

/* --- before the next item ------------------------------------------------------------------------- */

PosTillEvent *pos_till_next_quantity(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    if (command->pieces < 1 || command->pieces > POS_BOUND_PIECES_MAX) {
        return pos_till_refuse(POS_REFUSAL_BAD_QUANTITY,
                               _("The quantity is not one that can be sold: give another."));
    }
    till->next_pieces = command->pieces;
    PosTillEvent *event = pos_till_event_new(POS_EVENT_NEXT_QUANTITY);
    event->number = command->pieces;
    return event;
}

/* --- undo ----------------------------------------------------------------------------------------- */

void pos_till_undo_clear(PosTill *till)
{
    g_ptr_array_set_size(till->undo, 0);
    till->next_pieces = 0;
    g_clear_pointer(&till->age_text, g_bytes_unref);
    till->age_min = 0;
}

void pos_till_undo_push(PosTill *till, PosCart *before)
{
    if (till->undo->len == UNDO_STEPS) {
        g_ptr_array_remove_index(till->undo, 0);
    }
    g_ptr_array_add(till->undo, before);
}

/* Lines that go are void lines; one that comes back says so. */
static void note_difference(const PosTill *till, const PosCart *from, const PosCart *to,
                            bool restored, GPtrArray *out)
{
    for (gsize i = 0; i < pos_cart_count(from); i++) {
        const PosCartLine *line = pos_cart_at(from, i);
        if (!pos_cart_line_is_derived(line) && pos_cart_find(to, line->line) == NULL) {
            json_t *fields = pos_cart_line_to_fields(line);
            json_object_set_new(fields, "operator", json_string(till->operator_->id));
            json_object_set_new(fields, restored ? "restored" : "undo", json_true());
            g_ptr_array_add(out, fields);
        }
    }
}

static void unref_json(gpointer value)
{
    json_decref(value);
}

PosTillEvent *pos_till_undo(PosTill *till)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    if (till->undo->len == 0) {
        return pos_till_refuse(
            POS_REFUSAL_NOTHING_TO_UNDO,
            _("There is nothing to undo on this sale: void what should not be there."));
    }
    const PosCart *before = g_ptr_array_index(till->undo, till->undo->len - 1);
    g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(unref_json);
    note_difference(till, till->cart, before, false, fields);
    note_difference(till, before, till->cart, true, fields);
    g_autofree PosTillRecord *records = g_new0(PosTillRecord, fields->len + 1);
    for (guint i = 0; i < fields->len; i++) {
        records[i] = (PosTillRecord){"line_void", g_ptr_array_index(fields, i), NULL};
    }
    guint depth = till->undo->len;
    no = pos_till_cart_replace(till, pos_cart_copy(before), records, fields->len);
    if (no != NULL) {
        return no;
    }
    /* Neither this step nor the one that it took back can be undone again. */
    g_ptr_array_set_size(till->undo, MIN(till->undo->len, depth) - 1);
    pos_till_refresh(till, true);
    return pos_till_event_new(POS_EVENT_CART);
}

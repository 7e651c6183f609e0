/* SPDX-License-Identifier: GPL-3.0-or-later
 * Judges journal records: what one would do to stock and sales, or why it cannot be booked. Writes
 * nothing. */
#include "sync/central_booking_read.h"

#include "pos/bounds.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define RECEIPT_BYTES_MAX 64

void booking_subject_clear(BookingSubject *subject)
{
    json_decref(subject->record);
    for (int i = 0; i < subject->depth; i++) {
        json_decref(subject->owners[i]);
    }
}

void booking_parts_clear(BookingParts *booking)
{
    g_clear_pointer(&booking->parts, g_array_unref);
    central_ticket_clear(&booking->sale);
    json_decref(booking->sale_record);
}

void booking_verdict_clear(BookingVerdict *verdict)
{
    g_free(verdict->detail);
    g_free(verdict->waits_for);
}

bool central_booking_object(BookingVerdict *verdict, const char *reason, char *detail,
                            char *waits_for)
{
    g_assert(!verdict->reason);
    verdict->reason = reason;
    verdict->detail = detail;
    verdict->waits_for = waits_for;
    return false;
}

/* --- what a row is about ------------------------------------------------------------------ */

static const char *text_of(const json_t *record, const char *member)
{
    const char *text = json_string_value(json_object_get(record, member));
    return text ? text : "";
}

static int64_t int_of(const json_t *record, const char *member)
{
    return json_integer_value(json_object_get(record, member));
}

/* Opens one adopted line into subject->record; false when it is not what it says. */
static bool open_adopted(BookingSubject *subject)
{
    json_t *outer = subject->record, *inner = NULL;
    const json_t *line = json_object_get(outer, "line");
    const char *text = json_string_value(line);
    gsize length = json_string_length(line);
    if (!text || subject->depth == BOOKING_ADOPTED_DEPTH_MAX ||
        !pos_record_parse(text, length, &inner, NULL)) {
        return false;
    }
    PosHash zero = pos_hash_zero();
    int level = subject->depth++;
    subject->owners[level] = outer;
    subject->record = inner;
    subject->line_hash = pos_hash_chain(&zero, text, length);
    subject->levels[level].terminal = text_of(outer, "of");
    subject->levels[level].seq = int_of(outer, "of_seq");
    subject->levels[level].line_hash = subject->line_hash;
    subject->levels[level].line = text;
    subject->levels[level].length = length;
    return strcmp(text_of(inner, "terminal"), text_of(outer, "of")) == 0 &&
           int_of(inner, "seq") == int_of(outer, "of_seq");
}

bool central_booking_subject_open(BookingSubject *subject, const json_t *record, const char *line,
                                  gsize length)
{
    PosHash zero = pos_hash_zero();
    memset(subject, 0, sizeof *subject);
    subject->record = json_incref((json_t *)record);
    subject->line_hash = line ? pos_hash_chain(&zero, line, length) : zero;
    bool readable = true;
    while (readable && strcmp(text_of(subject->record, "type"), "adopted") == 0) {
        readable = open_adopted(subject);
    }
    subject->type = text_of(subject->record, "type");
    subject->when.terminal = text_of(subject->record, "terminal");
    subject->when.seq = int_of(subject->record, "seq");
    pos_instant_parse(text_of(subject->record, "at"), &subject->when.at_ms);
    return readable;
}

/* --- the parts of a record ---------------------------------------------------------------- */

static bool is_gtin(const char *text)
{
    return strlen(text) == 14 && strspn(text, "0123456789") == 14;
}

/* A row that is no stock: a discount, a deposit, goods without a code. */
static bool read_row(const json_t *line, BookingPart *out, BookingVerdict *verdict)
{
    const json_t *quantity = json_object_get(line, "qty");
    out->gtin = "";
    out->lot = "";
    out->quantity =
        out->kind == POS_LINE_DISCOUNT ? -int_of(line, "amount") : json_integer_value(quantity);
    bool sound = *text_of(line, "gtin") == '\0' && json_is_integer(quantity);
    if (out->kind == POS_LINE_DEPARTMENT) {
        gsize length = strlen(text_of(line, "department"));
        sound = sound && length > 0 && length <= 32 && *text_of(line, "name") != '\0';
    }
    return sound || central_booking_object(
                        verdict, "malformed",
                        g_strdup(_("A discount, deposit or department row has a GTIN, or lacks its "
                                   "quantity, department or name.")),
                        NULL);
}

/* Reads gtin, lot and qty of a line or of a stock record, and checks them against the feed. */
static bool read_part(CentralStore *store, const char *store_id, const json_t *object_, bool judge,
                      BookingPart *out, BookingVerdict *verdict)
{
    PosUnit known = POS_UNIT_NONE;
    const json_t *quantity = json_object_get(object_, "qty");
    out->gtin = text_of(object_, "gtin");
    out->lot = text_of(object_, "lot");
    out->quantity = json_integer_value(quantity);
    if (!is_gtin(out->gtin) || strlen(out->lot) > POS_BOUND_LOT_BYTES ||
        !json_is_integer(quantity) || ABS(out->quantity) > POS_BOUND_GRAMS_MAX * 1000LL) {
        return central_booking_object(
            verdict, "malformed",
            g_strdup(_("A line has no GTIN of 14 digits, no lot of a bounded length or no "
                       "quantity.")),
            NULL);
    }
    if (!judge) {
        return true;
    }
    if (!central_store_product_unit(store, store_id, out->gtin, &known)) {
        return central_booking_object(
            verdict, "unknown_product",
            g_strdup_printf(_("The store has never had the product %s."), out->gtin),
            g_strdup_printf("product:%s", out->gtin));
    }
    PosUnit unit = pos_unit_from_code(text_of(object_, "unit"));
    if (unit != POS_UNIT_NONE && known != POS_UNIT_NONE && unit != known) {
        return central_booking_object(verdict, "wrong_unit",
                                      g_strdup_printf(_("The product %s is not sold by “%s”."),
                                                      out->gtin, pos_unit_code(unit)),
                                      NULL);
    }
    return true;
}

static bool is_first_of_lot(const GArray *parts, const BookingPart *part)
{
    for (guint i = 0; i < parts->len; i++) {
        const BookingPart *other = &g_array_index(parts, BookingPart, i);
        if (strcmp(other->gtin, part->gtin) == 0 && strcmp(other->lot, part->lot) == 0) {
            return false;
        }
    }
    return true;
}

static bool read_lines(CentralStore *store, const char *store_id, const json_t *record,
                       bool is_return, bool judge, BookingParts *booking, BookingVerdict *verdict)
{
    bool to_stock = strcmp(text_of(record, "to"), "stock") == 0;
    size_t i;
    json_t *line;
    json_array_foreach(json_object_get(record, "lines"), i, line)
    {
        BookingPart part = {0};
        /* A kind that this version does not know is read as goods. */
        pos_line_kind_from_code(text_of(line, "kind"), &part.kind);
        bool is_stock = part.kind == POS_LINE_GOODS || part.kind == POS_LINE_BAG;
        if (is_stock ? !read_part(store, store_id, line, judge, &part, verdict)
                     : !read_row(line, &part, verdict)) {
            return false;
        }
        if (is_stock) {
            part.sold = part.quantity;
            part.amount = int_of(line, "amount");
            part.tickets = !is_return && is_first_of_lot(booking->parts, &part);
            const char *to = text_of(line, "to");
            bool back = *to ? strcmp(to, "stock") == 0 : to_stock;
            part.stock = is_return && !back ? 0 : -part.quantity;
        }
        part.of_line = json_object_get(line, "of_line") ? int_of(line, "of_line")
                       : part.kind == POS_LINE_DISCOUNT ? 0
                                                        : int_of(line, "line");
        g_array_append_val(booking->parts, part);
    }
    return true;
}

static bool judge_money(CentralStore *store, const char *store_id, const json_t *record,
                        BookingVerdict *verdict)
{
    g_autofree char *wrong = pos_record_audit_sale(record);
    if (wrong) {
        return central_booking_object(verdict, "sums", g_steal_pointer(&wrong), NULL);
    }
    const char *currency = text_of(record, "currency");
    if (*currency && !central_store_is_currency(store, store_id, currency)) {
        return central_booking_object(
            verdict, "wrong_currency",
            g_strdup_printf(_("The record is in %s, the store's currency is another."), currency),
            NULL);
    }
    return true;
}

/* What may be looked up as a receipt's number; NULL for what is none. */
static const char *as_number(const char *receipt)
{
    return *receipt && strlen(receipt) <= RECEIPT_BYTES_MAX ? receipt : NULL;
}

static bool read_sale(CentralStore *store, const char *store_id, const BookingSubject *subject,
                      bool judge, BookingParts *booking, BookingVerdict *verdict)
{
    if (judge && !judge_money(store, store_id, subject->record, verdict)) {
        return false;
    }
    booking->receipt = as_number(text_of(subject->record, "receipt"));
    booking->total = int_of(subject->record, "total");
    return read_lines(store, store_id, subject->record, false, judge, booking, verdict);
}

/* --- taking back -------------------------------------------------------------------------- */

/* The record that a ticket stands in, new reference. */
static json_t *ticket_record(CentralStore *store, const CentralTicket *ticket)
{
    g_autofree char *line = NULL;
    gsize length = 0;
    g_autoptr(json_t) record = NULL;
    g_auto(BookingSubject) subject = {0};
    if (!central_store_journal_get(store, ticket->terminal, ticket->seq, &line, &length, NULL,
                                   NULL) ||
        !pos_record_parse(line, length, &record, NULL) ||
        !central_booking_subject_open(&subject, record, NULL, 0)) {
        return NULL;
    }
    return g_steal_pointer(&subject.record);
}

/* A return may have a number of its own beside that of the sale; without `of_receipt` its `receipt`
 * is the sale's. */
static void name_receipts(const BookingSubject *subject, BookingParts *booking)
{
    const char *of = text_of(subject->record, "of_receipt");
    const char *own = text_of(subject->record, "receipt");
    if (json_is_true(json_object_get(subject->record, "without_receipt"))) {
        booking->of_receipt = NULL;
        booking->receipt = as_number(own);
        booking->total = int_of(subject->record, "total");
        return;
    }
    booking->of_receipt = *of ? of : own;
    booking->receipt = *of && strcmp(of, own) != 0 ? as_number(own) : NULL;
    booking->total = int_of(subject->record, "total");
}

/* Finds the sale that a return or a void is about. The machine's failure is false with error set.
 */
static bool find_sale(CentralStore *store, const char *store_id, const BookingSubject *subject,
                      bool judge, BookingParts *booking, BookingVerdict *verdict, GError **error)
{
    int count = 0;
    if (!central_store_ticket_find(store, store_id, booking->of_receipt, &booking->sale, &count,
                                   error)) {
        return false;
    }
    if (count == 0) {
        return central_booking_object(
            verdict, "unknown_receipt",
            g_strdup_printf(_("Receipt %s is not known here yet."), booking->of_receipt),
            g_strdup_printf("receipt:%.64s", booking->of_receipt));
    }
    if (judge && count > 1) {
        return central_booking_object(
            verdict, "ambiguous_receipt",
            g_strdup_printf(_("Receipt number %s was given more than once."), booking->of_receipt),
            NULL);
    }
    booking->sale_record = ticket_record(store, &booking->sale);
    if ((judge && booking->sale.voided) || strcmp(booking->sale.type, "sale") != 0 ||
        !booking->sale_record) {
        return central_booking_object(
            verdict, "not_returnable",
            g_strdup_printf(_("Receipt %s is void or no sale."), booking->of_receipt), NULL);
    }
    return true;
}

static const json_t *find_line(const json_t *record, int64_t number)
{
    size_t i;
    json_t *line;
    json_array_foreach(json_object_get(record, "lines"), i, line)
    {
        if (int_of(line, "line") == number) {
            return line;
        }
    }
    return NULL;
}

/* Whether every line can be taken back: it is on the receipt, and no more of it than was sold and
 * not yet returned. */
static bool judge_return(CentralStore *store, const char *store_id, const BookingParts *booking,
                         BookingVerdict *verdict, GError **error)
{
    for (guint i = 0; i < booking->parts->len; i++) {
        const BookingPart *part = &g_array_index(booking->parts, BookingPart, i);
        if (part->of_line == 0 && part->kind == POS_LINE_DISCOUNT) {
            continue;
        }
        const json_t *sold = find_line(booking->sale_record, part->of_line);
        PosLineKind kind = POS_LINE_GOODS;
        pos_line_kind_from_code(text_of(sold, "kind"), &kind);
        if (!sold || strcmp(text_of(sold, "gtin"), part->gtin) != 0 || kind != part->kind) {
            return central_booking_object(
                verdict, "no_such_line",
                g_strdup_printf(_("Receipt %s has no line %" PRId64 " with that product."),
                                booking->of_receipt, part->of_line),
                NULL);
        }
        int64_t returned = 0;
        if (!central_store_returned(store, store_id, booking->of_receipt, part->of_line, &returned,
                                    error)) {
            return false;
        }
        for (guint j = 0; j <= i; j++) {
            const BookingPart *other = &g_array_index(booking->parts, BookingPart, j);
            returned -= other->of_line == part->of_line ? other->quantity : 0;
        }
        int64_t most = kind == POS_LINE_DISCOUNT ? -int_of(sold, "amount") : int_of(sold, "qty");
        if (returned > most) {
            return central_booking_object(verdict, "already_returned",
                                          g_strdup_printf(_("More is taken back of line %" PRId64
                                                            " of receipt %s than was sold."),
                                                          part->of_line, booking->of_receipt),
                                          NULL);
        }
    }
    return true;
}

static bool read_return(CentralStore *store, const char *store_id, const BookingSubject *subject,
                        bool judge, BookingParts *booking, BookingVerdict *verdict, GError **error)
{
    if (judge && !judge_money(store, store_id, subject->record, verdict)) {
        return false;
    }
    name_receipts(subject, booking);
    bool has_sale = booking->of_receipt != NULL; /* else a manager took it back without a receipt */
    if (judge && has_sale && !find_sale(store, store_id, subject, judge, booking, verdict, error)) {
        return false;
    }
    return read_lines(store, store_id, subject->record, true, judge, booking, verdict) &&
           (!judge || !has_sale || judge_return(store, store_id, booking, verdict, error));
}

/* A void takes a whole sale back, goods to stock, so nothing of it may have been returned before.
 */
static bool read_void(CentralStore *store, const char *store_id, const BookingSubject *subject,
                      bool judge, BookingParts *booking, BookingVerdict *verdict, GError **error)
{
    name_receipts(subject, booking);
    if (!find_sale(store, store_id, subject, judge, booking, verdict, error)) {
        return false;
    }
    booking->receipt = NULL;
    if (!read_lines(store, store_id, booking->sale_record, false, judge, booking, verdict)) {
        return false;
    }
    for (guint i = 0; i < booking->parts->len; i++) {
        BookingPart *part = &g_array_index(booking->parts, BookingPart, i);
        int64_t returned = 0;
        if (judge && !central_store_returned(store, store_id, booking->of_receipt, part->of_line,
                                             &returned, error)) {
            return false;
        }
        if (returned > 0) {
            return central_booking_object(
                verdict, "already_returned",
                g_strdup_printf(_("Something of receipt %s was taken back before."),
                                booking->of_receipt),
                NULL);
        }
        part->stock = -part->stock;
        part->sold = -part->sold;
        part->amount = -part->amount;
        part->tickets = 0;
        part->quantity = -part->quantity;
    }
    return true;
}

/* --- stock records ------------------------------------------------------------------------ */

static bool read_stock_line(CentralStore *store, const char *store_id,
                            const BookingSubject *subject, const json_t *line, bool judge,
                            BookingParts *booking, BookingVerdict *verdict)
{
    BookingPart part = {0};
    if (!read_part(store, store_id, line, judge, &part, verdict)) {
        return false;
    }
    if (part.quantity < 0 || (part.quantity == 0 && !booking->is_count)) {
        return central_booking_object(verdict, "malformed",
                                      g_strdup(_("The quantity must be positive.")), NULL);
    }
    part.is_delivery = strcmp(subject->type, "stock_received") == 0;
    part.stock = part.is_delivery ? part.quantity : -part.quantity;
    g_array_append_val(booking->parts, part);
    return true;
}

/* A stock record is about one lot, or has `lines` of several. */
static bool read_stock(CentralStore *store, const char *store_id, const BookingSubject *subject,
                       bool judge, BookingParts *booking, BookingVerdict *verdict)
{
    const json_t *lines = json_object_get(subject->record, "lines");
    booking->is_count = strcmp(subject->type, "stock_counted") == 0;
    if (!json_is_array(lines)) {
        return read_stock_line(store, store_id, subject, subject->record, judge, booking, verdict);
    }
    for (gsize i = 0; i < json_array_size(lines); i++) {
        if (!read_stock_line(store, store_id, subject, json_array_get(lines, i), judge, booking,
                             verdict)) {
            return false;
        }
    }
    return true;
}

bool central_booking_read(CentralStore *store, const char *store_id, const BookingSubject *subject,
                          bool judge, BookingParts *booking, BookingVerdict *verdict,
                          GError **error)
{
    booking->parts = g_array_new(FALSE, TRUE, sizeof(BookingPart));
    if (strcmp(subject->type, "sale") == 0) {
        return read_sale(store, store_id, subject, judge, booking, verdict);
    }
    if (strcmp(subject->type, "return") == 0) {
        return read_return(store, store_id, subject, judge, booking, verdict, error);
    }
    if (strcmp(subject->type, "post_void") == 0) {
        return read_void(store, store_id, subject, judge, booking, verdict, error);
    }
    if (strcmp(subject->type, "stock_received") == 0 || strcmp(subject->type, "write_off") == 0 ||
        strcmp(subject->type, "stock_counted") == 0) {
        return read_stock(store, store_id, subject, judge, booking, verdict);
    }
    return true; /* other types, also unknown ones, are kept and move nothing */
}

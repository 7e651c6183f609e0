/* SPDX-License-Identifier: GPL-3.0-or-later
 * The journal's records as values: what a line must be, how lines are chained, when a sale adds up.
 * Terminal and central judge by this one file. Pure, any thread. */
#include "pos/journal.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>
#include <inttypes.h>

#include "pos/bounds.h"
#include "pos/date.h"
#include "pos/discount.h"
#include "pos/error.h"
#include "pos/money.h"

#define TERMINAL_BYTES 64
#define TYPE_BYTES 32

void pos_record_clear(PosRecord *record)
{
    g_clear_pointer(&record->line, g_free);
    record->length = 0;
}

PosHash pos_hash_zero(void)
{
    return (PosHash){{0}};
}

PosHash pos_hash_chain(const PosHash *previous, const char *line, gsize length)
{
    PosHash hash;
    G_STATIC_ASSERT(sizeof hash.bytes == crypto_hash_sha256_BYTES);
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, previous->bytes, sizeof previous->bytes);
    crypto_hash_sha256_update(&state, (const unsigned char *)line, length);
    crypto_hash_sha256_final(&state, hash.bytes);
    return hash;
}

bool pos_hash_equal(const PosHash *a, const PosHash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

char *pos_hash_to_hex(const PosHash *hash)
{
    gsize size = 2 * sizeof hash->bytes + 1;
    char *hex = g_malloc(size);
    sodium_bin2hex(hex, size, hash->bytes, sizeof hash->bytes);
    return hex;
}

bool pos_hash_from_hex(const char *hex, PosHash *out)
{
    gsize digits = 2 * sizeof out->bytes;
    if (hex == NULL || strlen(hex) != digits || strspn(hex, "0123456789abcdef") != digits) {
        return false;
    }
    for (gsize i = 0; i < sizeof out->bytes; i++) {
        out->bytes[i] =
            (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) * 16 + g_ascii_xdigit_value(hex[2 * i + 1]));
    }
    return true;
}

static bool fail(GError **error, const char *message)
{
    g_set_error_literal(error, POS_ERROR, POS_ERROR_INVALID, message);
    return false;
}

/* The members that every record has; what else it has is its type's business. */
static bool check_envelope(const json_t *record, GError **error)
{
    static const char where[] = "record";
    int64_t seq, at_ms;
    const char *terminal, *at, *type;
    if (!pos_json_get_int(record, "seq", 1, POS_BOUND_AMOUNT_MINOR_MAX, where, &seq, error) ||
        !pos_json_get_string(record, "terminal", TERMINAL_BYTES, where, &terminal, error) ||
        !pos_json_get_string(record, "at", 64, where, &at, error) ||
        !pos_json_get_string(record, "type", TYPE_BYTES, where, &type, error)) {
        return false;
    }
    if (terminal[0] == '\0' || type[0] == '\0') {
        return fail(error, _("The record names no terminal or no type."));
    }
    if (!pos_instant_parse(at, &at_ms)) {
        return fail(error, _("The record's time is not RFC 3339 with an offset."));
    }
    return true;
}

bool pos_record_make(json_t *fields, const char *type, int64_t seq, const char *terminal,
                     const char *at_rfc3339, const PosHash *previous, PosRecord *out,
                     GError **error)
{
    g_autoptr(json_t) record = fields == NULL ? json_object() : json_copy(fields);
    if (!json_is_object(record) || json_object_set_new(record, "seq", json_integer(seq)) != 0 ||
        json_object_set_new(record, "terminal", json_string(terminal)) != 0 ||
        json_object_set_new(record, "at", json_string(at_rfc3339)) != 0 ||
        json_object_set_new(record, "type", json_string(type)) != 0) {
        return fail(error, _("The record's fields are not UTF-8 text."));
    }
    if (!check_envelope(record, error)) {
        return false;
    }
    gsize length = 0;
    g_autofree char *line = pos_json_canonical(record, &length, error);
    if (line == NULL) {
        return false;
    }
    if (length > POS_BOUND_RECORD_BYTES) {
        g_set_error(
            error, POS_ERROR, POS_ERROR_INVALID,
            _("The record would have %zu bytes; a journal takes at most %d. Split it in two."),
            length, POS_BOUND_RECORD_BYTES);
        return false;
    }
    PosHash hash = pos_hash_chain(previous, line, length);
    *out = (PosRecord){.seq = seq, .length = length, .hash = hash};
    out->line = g_steal_pointer(&line);
    return true;
}

bool pos_record_parse(const char *line, gsize length, json_t **out_object, GError **error)
{
    g_autoptr(json_t) record = pos_json_parse_object(line, length, POS_BOUND_RECORD_BYTES, error);
    if (record == NULL) {
        return false;
    }
    gsize written = 0;
    g_autofree char *canonical = pos_json_canonical(record, &written, error);
    if (canonical == NULL) {
        return false;
    }
    if (written != length || memcmp(canonical, line, length) != 0) {
        return fail(error, _("The record is not in canonical form (RFC 8785): keys sorted, no "
                             "spaces, shortest escapes."));
    }
    if (!check_envelope(record, error)) {
        return false;
    }
    *out_object = g_steal_pointer(&record);
    return true;
}

bool pos_record_is_adoptable(const char *line, gsize length)
{
    /* Of an adopted record: member names, two ids of at most TERMINAL_BYTES with every byte
     * escaped, two numbers, a time. Canonical lines hold no control character, so only quotes and
     * backslashes grow. */
    const gsize around = 160 + 4 * TERMINAL_BYTES;
    gsize escaped = length;
    for (gsize i = 0; i < length; i++) {
        escaped += line[i] == '"' || line[i] == '\\';
    }
    return escaped + around <= POS_BOUND_RECORD_BYTES;
}

/* --- does a sale add up? ------------------------------------------------------------------------
 */

/* What the audit has summed so far. `why` is the first fault. */
typedef struct {
    const json_t *record;
    bool is_return;
    PosMoney lines, tenders, tax_gross;
    gsize lines_count;
    char *why;
} Audit;

static bool blame(Audit *audit, char *why)
{
    g_assert(audit->why == NULL);
    audit->why = why;
    return false;
}

static bool blame_error(Audit *audit, GError *error)
{
    bool result = blame(audit, g_strdup(error->message));
    g_error_free(error);
    return result;
}

static bool add_to(Audit *audit, PosMoney *sum, int64_t minor)
{
    return pos_money_add(*sum, pos_money(minor), sum) ||
           blame(audit, g_strdup(_("The amounts of this record are too large to add up.")));
}

static bool get_amount(Audit *audit, const json_t *object, const char *key, const char *where,
                       int64_t *out)
{
    GError *error = NULL;
    return pos_json_get_int(object, key, -POS_BOUND_AMOUNT_MINOR_MAX, POS_BOUND_AMOUNT_MINOR_MAX,
                            where, out, &error) ||
           blame_error(audit, error);
}

static bool get_amount_or_zero(Audit *audit, const json_t *object, const char *key,
                               const char *where, int64_t *out)
{
    *out = 0;
    return json_object_get(object, key) == NULL || get_amount(audit, object, key, where, out);
}

static bool audit_quantity(Audit *audit, const json_t *line, const char *where, PosQuantity *out)
{
    const char *code;
    GError *error = NULL;
    if (!pos_json_get_string(line, "unit", 8, where, &code, &error)) {
        return blame_error(audit, error);
    }
    *out = (PosQuantity){.unit = pos_unit_from_code(code)};
    if (out->unit == POS_UNIT_NONE) {
        return blame(audit, g_strdup_printf(_("%s: the unit '%s' is not known."), where, code));
    }
    if (!get_amount(audit, line, "qty", where, &out->value)) {
        return false;
    }
    if (audit->is_return ? out->value >= 0 : out->value <= 0) {
        return blame(audit, g_strdup_printf(audit->is_return
                                                ? _("%s: a return's quantity must be negative.")
                                                : _("%s: a sale's quantity must be positive."),
                                            where));
    }
    return true;
}

static bool audit_line(Audit *audit, const json_t *line, gsize index)
{
    g_autofree char *where = g_strdup_printf(_("Line %d"), (int)index + 1);
    int64_t price, amount, discount;
    PosQuantity quantity;
    if (!get_amount(audit, line, "price", where, &price) ||
        !get_amount(audit, line, "amount", where, &amount) ||
        !get_amount_or_zero(audit, line, "discount", where, &discount) ||
        !audit_quantity(audit, line, where, &quantity)) {
        return false;
    }
    PosMoney expected;
    const char *kind = json_string_value(json_object_get(line, "kind"));
    bool may_be_negative = g_strcmp0(kind, "discount") == 0 || g_strcmp0(kind, "deposit") == 0;
    if ((price < 0 && !may_be_negative) || discount < 0 ||
        !pos_money_times(pos_money(price), quantity, &expected)) {
        return blame(audit, g_strdup_printf(_("%s: the price, the discount or their product is "
                                              "out of range."),
                                            where));
    }
    /* A discount makes the amount smaller in size, on a return as well. */
    expected.minor += audit->is_return ? discount : -discount;
    if (amount != expected.minor) {
        return blame(audit, g_strdup_printf(_("%s: the amount is %" PRId64
                                              ", price times quantity is %" PRId64 "."),
                                            where, (gint64)amount, (gint64)expected.minor));
    }
    return add_to(audit, &audit->lines, amount);
}

static bool audit_lines(Audit *audit)
{
    const json_t *lines = json_object_get(audit->record, "lines");
    audit->lines_count = json_array_size(lines);
    if (audit->lines_count == 0) {
        return blame(audit, g_strdup(_("The record has no lines.")));
    }
    g_autoptr(GHashTable) numbers =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (gsize i = 0; i < audit->lines_count; i++) {
        const json_t *line = json_array_get(lines, i);
        int64_t *number = g_new0(int64_t, 1);
        bool counted = get_amount(audit, line, "line", _("A line"), number);
        int64_t shown = *number;
        bool is_new = g_hash_table_add(numbers, number);
        if (!counted) {
            return false;
        }
        if (!is_new) {
            return blame(audit, g_strdup_printf(_("Line number %d stands twice in the record."),
                                                (int)shown));
        }
        if (!audit_line(audit, line, i)) {
            return false;
        }
    }
    return true;
}

/* --- discount rows ------------------------------------------------------------------------------ */

static bool is_kind(const json_t *line, const char *kind)
{
    return g_strcmp0(json_string_value(json_object_get(line, "kind")), kind) == 0;
}

/* The index of the goods or department row of that number and rate; lines_count when there is none. */
static gsize find_reduced(const Audit *audit, int64_t number, const json_t *rate)
{
    const json_t *lines = json_object_get(audit->record, "lines");
    for (gsize i = 0; i < audit->lines_count; i++) {
        const json_t *line = json_array_get(lines, i);
        if (json_integer_value(json_object_get(line, "line")) == number) {
            const json_t *own = json_object_get(line, "tax_bp");
            bool same = json_integer_value(own) == json_integer_value(rate);
            bool reducible = !is_kind(line, "discount") && !is_kind(line, "deposit");
            return same && reducible ? i : audit->lines_count;
        }
    }
    return audit->lines_count;
}

/* One discount row: a single piece, of rows of its own rate that are there, in a sale no more than is left of them. A
 * return's may have either sign, for what rounding left of a line that came back in parts; what a whole receipt gives
 * back is judged with its sale. */
static bool audit_discount(Audit *audit, const json_t *line, gsize index, PosMoney *left)
{
    const json_t *of = json_object_get(line, "of");
    gsize count = json_array_size(of);
    g_autofree gsize *rows = g_new(gsize, count + 1);
    int64_t amount = json_integer_value(json_object_get(line, "amount"));
    int64_t quantity = json_integer_value(json_object_get(line, "qty"));
    bool fine = count > 0 && count <= audit->lines_count &&
                quantity == (audit->is_return ? -1 : 1) && (audit->is_return || amount <= 0);
    for (gsize i = 0; i < count && fine; i++) {
        rows[i] = find_reduced(audit, json_integer_value(json_array_get(of, i)),
                               json_object_get(line, "tax_bp"));
        fine = rows[i] < audit->lines_count && (i == 0 || rows[i] > rows[i - 1]);
    }
    if (!fine) {
        return blame(audit,
                     g_strdup_printf(_("Line %d: a discount reduces rows of its own tax rate, "
                                       "once each."),
                                     (int)index + 1));
    }
    if (!audit->is_return &&
        pos_discount_take(pos_money(-amount), left, rows, count, NULL).minor != -amount) {
        return blame(audit, g_strdup_printf(_("Line %d: the discount is more than what is left of "
                                              "its lines."),
                                            (int)index + 1));
    }
    return true;
}

static bool audit_discounts(Audit *audit)
{
    const json_t *lines = json_object_get(audit->record, "lines");
    g_autofree PosMoney *left = g_new0(PosMoney, audit->lines_count);
    for (gsize i = 0; i < audit->lines_count; i++) {
        const json_t *line = json_array_get(lines, i);
        bool reducible = !is_kind(line, "discount") && !is_kind(line, "deposit");
        int64_t amount = json_integer_value(json_object_get(line, "amount"));
        left[i] = pos_money(reducible ? MAX(0, amount) : 0);
    }
    for (gsize i = 0; i < audit->lines_count; i++) {
        const json_t *line = json_array_get(lines, i);
        if (is_kind(line, "discount") && !audit_discount(audit, line, i, left)) {
            return false;
        }
    }
    return true;
}

static bool audit_total(Audit *audit)
{
    int64_t total, rounding;
    PosMoney expected = audit->lines;
    if (!get_amount(audit, audit->record, "total", _("The record"), &total) ||
        !get_amount_or_zero(audit, audit->record, "rounding", _("The record"), &rounding) ||
        !add_to(audit, &expected, rounding)) {
        return false;
    }
    if (total != expected.minor) {
        return blame(audit, g_strdup_printf(_("The total is %" PRId64
                                              ", the lines and the rounding make %" PRId64 "."),
                                            (gint64)total, (gint64)expected.minor));
    }
    return true;
}

static bool audit_tenders(Audit *audit)
{
    const json_t *tenders = json_object_get(audit->record, "tenders");
    if (!json_is_array(tenders)) {
        return blame(audit, g_strdup(_("The record has no list of tenders.")));
    }
    for (gsize i = 0; i < json_array_size(tenders); i++) {
        const json_t *tender = json_array_get(tenders, i);
        int64_t amount, change;
        if (!get_amount(audit, tender, "amount", _("A tender"), &amount) ||
            !get_amount_or_zero(audit, tender, "change", _("A tender"), &change) ||
            !add_to(audit, &audit->tenders, amount) || !add_to(audit, &audit->tenders, -change)) {
            return false;
        }
    }
    int64_t total = json_integer_value(json_object_get(audit->record, "total"));
    if (audit->tenders.minor != total) {
        return blame(audit, g_strdup_printf(_("The tenders less the change make %" PRId64
                                              ", the total is %" PRId64 "."),
                                            (gint64)audit->tenders.minor, (gint64)total));
    }
    return true;
}

/* Where each line says its own rate (`tax_bp`), the amounts of one rate are that rate's gross. */
static bool audit_rate_of_lines(Audit *audit, int64_t rate, PosMoney gross)
{
    const json_t *lines = json_object_get(audit->record, "lines");
    int64_t sum = 0; /* within the bound: audit_lines() has added the same amounts up */
    for (gsize i = 0; i < audit->lines_count; i++) {
        const json_t *line = json_array_get(lines, i);
        const json_t *line_rate = json_object_get(line, "tax_bp");
        if (!json_is_integer(line_rate)) {
            return true;
        }
        if (json_integer_value(line_rate) == rate) {
            sum += json_integer_value(json_object_get(line, "amount"));
        }
    }
    return sum == gross.minor ||
           blame(audit, g_strdup_printf(_("The tax table makes %" PRId64 " at rate %" PRId64
                                          ", its lines make %" PRId64 "."),
                                        (gint64)gross.minor, (gint64)rate, (gint64)sum));
}

static bool audit_tax_rate(Audit *audit, const json_t *row, int64_t *out_rate)
{
    int64_t base, tax;
    PosMoney gross = pos_money(0);
    if (!get_amount(audit, row, "rate_bp", _("The tax table"), out_rate) ||
        !get_amount(audit, row, "base", _("The tax table"), &base) ||
        !get_amount(audit, row, "tax", _("The tax table"), &tax) || !add_to(audit, &gross, base) ||
        !add_to(audit, &gross, tax)) {
        return false;
    }
    if (*out_rate < 0 || *out_rate > 100000) {
        return blame(audit, g_strdup_printf(_("The tax rate %" PRId64 " is out of range."),
                                            (gint64)*out_rate));
    }
    /* Tax is found on the rate's gross or line by line (both are lawful somewhere); the two differ
     * by less than half a unit a line. */
    int64_t expected = pos_money_tax_inside(gross, (int)*out_rate).minor;
    /* A return has of each row's tax what falls on the part that came back. */
    int64_t slack = audit->is_return ? 2 * (int64_t)audit->lines_count + 1
                                     : (int64_t)audit->lines_count / 2 + 1;
    if (tax - expected > slack || expected - tax > slack) {
        return blame(audit, g_strdup_printf(_("The tax at rate %" PRId64 " is %" PRId64
                                              ", it should be %" PRId64 "."),
                                            (gint64)*out_rate, (gint64)tax, (gint64)expected));
    }
    return audit_rate_of_lines(audit, *out_rate, gross) &&
           add_to(audit, &audit->tax_gross, gross.minor);
}

static bool audit_tax(Audit *audit)
{
    const json_t *rows = json_object_get(audit->record, "tax");
    if (!json_is_array(rows)) {
        return blame(audit, g_strdup(_("The record has no tax table.")));
    }
    int64_t rates[POS_BOUND_TAX_RATES];
    if (json_array_size(rows) > G_N_ELEMENTS(rates)) {
        return blame(audit, g_strdup(_("The tax table has too many rates.")));
    }
    for (gsize i = 0; i < json_array_size(rows); i++) {
        if (!audit_tax_rate(audit, json_array_get(rows, i), &rates[i])) {
            return false;
        }
        for (gsize j = 0; j < i; j++) {
            if (rates[j] == rates[i]) {
                return blame(audit, g_strdup(_("The tax table has a rate twice.")));
            }
        }
    }
    if (audit->tax_gross.minor != audit->lines.minor) {
        return blame(audit, g_strdup_printf(
                                _("The tax table makes %" PRId64 ", the lines make %" PRId64 "."),
                                (gint64)audit->tax_gross.minor, (gint64)audit->lines.minor));
    }
    return true;
}

char *pos_record_audit_sale(const json_t *record)
{
    Audit audit = {.record = record};
    const char *type = json_string_value(json_object_get(record, "type"));
    audit.is_return = g_strcmp0(type, "return") == 0 || g_strcmp0(type, "post_void") == 0;
    if (audit_lines(&audit) && audit_discounts(&audit) && audit_total(&audit) &&
        audit_tenders(&audit) && audit_tax(&audit)) {
        g_assert(audit.why == NULL);
    }
    return audit.why;
}

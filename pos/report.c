/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the fold from records to the sums of X and Z. What always holds: expected = float + cash that moved since the
 * shift was opened; a counted drawer is empty for the next shift; nothing of a period is in two Z reports. */
#include "pos/report.h"

#include <string.h>

#include "pos/bounds.h"

typedef struct {
    int64_t count, amount;
} Sum;

typedef struct {
    int64_t rate_bp, base, tax;
} Rate;

typedef struct {
    char *kind;
    Sum sum;
} Tender;

typedef struct {
    char *id;
    int64_t sales, returns, count, line_voids, overrides, no_sales;
} Operator;

struct PosReport {
    Sum sales, returns, post_voids, line_voids, abandoned, overrides, discounts, disputes;
    int64_t no_sales, reprints, suspended, training, by_hand;
    GArray *rates;     /* of Rate, ascending */
    GArray *tenders;   /* of Tender, by kind */
    GArray *operators; /* of Operator, by id */
    char *first_receipt, *last_receipt;
    /* The drawer: of the whole period for the report, and of the open shift for what should be in it. */
    int64_t float_, cash_sales, paid_in, paid_out, safe_drop;
    int64_t expected;
    int64_t counted, over_short;
    int64_t counted_expected;    /* what the counts should have found */
    bool is_counted, is_emptied; /* by a count, and no cash has moved since */
    int64_t z_number;
};

/* --- sums ------------------------------------------------------------------------------------------- */

/* Saturates: a record is bounded, a period of them is not. */
static void add_to(int64_t *sum, int64_t amount)
{
    if (__builtin_add_overflow(*sum, amount, sum)) {
        *sum = amount > 0 ? POS_BOUND_AMOUNT_MINOR_MAX : -POS_BOUND_AMOUNT_MINOR_MAX;
    }
    *sum = CLAMP(*sum, -POS_BOUND_AMOUNT_MINOR_MAX, POS_BOUND_AMOUNT_MINOR_MAX);
}

static void add_sum(Sum *sum, int64_t amount)
{
    add_to(&sum->count, 1);
    add_to(&sum->amount, amount);
}

static int64_t int_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static Rate *rate_of(PosReport *report, int64_t rate_bp)
{
    guint at = 0;
    while (at < report->rates->len && g_array_index(report->rates, Rate, at).rate_bp < rate_bp) {
        at++;
    }
    if (at == report->rates->len || g_array_index(report->rates, Rate, at).rate_bp != rate_bp) {
        Rate fresh = {.rate_bp = rate_bp};
        g_array_insert_val(report->rates, at, fresh);
    }
    return &g_array_index(report->rates, Rate, at);
}

static Sum *tender_of(PosReport *report, const char *kind)
{
    guint at = 0;
    while (at < report->tenders->len &&
           strcmp(g_array_index(report->tenders, Tender, at).kind, kind) < 0) {
        at++;
    }
    if (at == report->tenders->len ||
        strcmp(g_array_index(report->tenders, Tender, at).kind, kind) != 0) {
        Tender fresh = {.kind = g_strdup(kind)};
        g_array_insert_val(report->tenders, at, fresh);
    }
    return &g_array_index(report->tenders, Tender, at).sum;
}

static Operator *operator_of(PosReport *report, const json_t *record)
{
    const char *id = text_of(record, "operator");
    guint at = 0;
    while (at < report->operators->len &&
           strcmp(g_array_index(report->operators, Operator, at).id, id) < 0) {
        at++;
    }
    if (at == report->operators->len ||
        strcmp(g_array_index(report->operators, Operator, at).id, id) != 0) {
        Operator fresh = {.id = g_strdup(id)};
        g_array_insert_val(report->operators, at, fresh);
    }
    return &g_array_index(report->operators, Operator, at);
}

/* --- life ------------------------------------------------------------------------------------------- */

static void tender_clear(void *data)
{
    g_free(((Tender *)data)->kind);
}

static void operator_clear(void *data)
{
    g_free(((Operator *)data)->id);
}

static void begin_period(PosReport *report)
{
    *report = (PosReport){.z_number = report->z_number};
    report->rates = g_array_new(FALSE, TRUE, sizeof(Rate));
    report->tenders = g_array_new(FALSE, TRUE, sizeof(Tender));
    report->operators = g_array_new(FALSE, TRUE, sizeof(Operator));
    g_array_set_clear_func(report->tenders, tender_clear);
    g_array_set_clear_func(report->operators, operator_clear);
}

static void end_period(PosReport *report)
{
    g_array_unref(report->rates);
    g_array_unref(report->tenders);
    g_array_unref(report->operators);
    g_free(report->first_receipt);
    g_free(report->last_receipt);
}

PosReport *pos_report_new(void)
{
    PosReport *report = g_new0(PosReport, 1);
    begin_period(report);
    return report;
}

void pos_report_free(PosReport *report)
{
    if (report == NULL) {
        return;
    }
    end_period(report);
    g_free(report);
}

/* --- records ---------------------------------------------------------------------------------------- */

static void move_cash(PosReport *report, int64_t *of_period, int64_t amount, int64_t in_drawer)
{
    add_to(of_period, amount);
    add_to(&report->expected, in_drawer);
    report->is_emptied = false;
}

static void add_tenders(PosReport *report, const json_t *record)
{
    const json_t *tenders = json_object_get(record, "tenders");
    for (gsize i = 0; i < json_array_size(tenders); i++) {
        const json_t *tender = json_array_get(tenders, i);
        int64_t kept = int_of(tender, "amount") - int_of(tender, "change");
        const char *kind = text_of(tender, "kind");
        add_sum(tender_of(report, kind), kept);
        if (strcmp(kind, "cash") == 0) {
            move_cash(report, &report->cash_sales, kept, kept);
        }
    }
}

static void add_lines(PosReport *report, const json_t *record)
{
    const json_t *lines = json_object_get(record, "lines");
    for (gsize i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        bool is_discount = strcmp(text_of(line, "kind"), "discount") == 0;
        int64_t discount = is_discount ? -int_of(line, "amount") : int_of(line, "discount");
        if (discount != 0) {
            add_sum(&report->discounts, discount);
        }
        const char *source = json_string_value(json_object_get(line, "weight_source"));
        report->by_hand += json_is_true(json_object_get(line, "by_hand")) || /* as it once stood */
                           g_strcmp0(source, "manual") == 0;
    }
}

static void note_receipt(PosReport *report, const json_t *record)
{
    const char *receipt = text_of(record, "receipt");
    if (receipt[0] == '\0') {
        return;
    }
    if (report->first_receipt == NULL) {
        report->first_receipt = g_strdup(receipt);
    }
    g_free(report->last_receipt);
    report->last_receipt = g_strdup(receipt);
}

/* A sale, a return or a post-void: what was sold, taxed and paid; the latter two say it with negative amounts. */
static void add_ticket(PosReport *report, Sum *sum, const json_t *record)
{
    int64_t total = int_of(record, "total");
    const json_t *tax = json_object_get(record, "tax");
    add_sum(sum, total);
    for (gsize i = 0; i < json_array_size(tax); i++) {
        const json_t *row = json_array_get(tax, i);
        Rate *rate = rate_of(report, int_of(row, "rate_bp"));
        add_to(&rate->base, int_of(row, "base"));
        add_to(&rate->tax, int_of(row, "tax"));
    }
    add_tenders(report, record);
    Operator *person = operator_of(report, record);
    add_to(sum == &report->sales ? &person->sales : &person->returns, total);
    person->count++;
}

static void add_sale(PosReport *report, const json_t *record)
{
    add_ticket(report, &report->sales, record);
    add_lines(report, record);
    note_receipt(report, record);
}

static void add_return(PosReport *report, const json_t *record)
{
    add_ticket(report, &report->returns, record);
    if (json_object_get(record, "of_receipt") != NULL) {
        note_receipt(report, record); /* it has a number of its own */
    }
}

static void add_post_void(PosReport *report, const json_t *record)
{
    add_ticket(report, &report->post_voids, record);
}

static void add_line_void(PosReport *report, const json_t *record)
{
    if (json_is_true(json_object_get(record, "restored"))) { /* an undo: the line is there again */
        add_to(&report->line_voids.amount, -int_of(record, "amount"));
        report->line_voids.count--;
        operator_of(report, record)->line_voids--;
        return;
    }
    add_sum(&report->line_voids, int_of(record, "amount"));
    operator_of(report, record)->line_voids++;
}

static void add_abandoned(PosReport *report, const json_t *record)
{
    add_sum(&report->abandoned, int_of(record, "total"));
}

static void add_override(PosReport *report, const json_t *record)
{
    add_sum(&report->overrides, int_of(record, "price") - int_of(record, "old_price"));
    operator_of(report, record)->overrides++;
}

static void add_dispute(PosReport *report, const json_t *record)
{
    add_sum(&report->disputes, int_of(record, "price") - int_of(record, "old_price"));
}

static void add_no_sale(PosReport *report, const json_t *record)
{
    report->no_sales++;
    operator_of(report, record)->no_sales++;
}

static void add_open_shift(PosReport *report, const json_t *record)
{
    add_to(&report->float_, int_of(record, "float"));
    report->expected = int_of(record, "float");
    report->is_emptied = false;
}

static void add_paid_in(PosReport *report, const json_t *record)
{
    move_cash(report, &report->paid_in, int_of(record, "amount"), int_of(record, "amount"));
}

static void add_paid_out(PosReport *report, const json_t *record)
{
    move_cash(report, &report->paid_out, int_of(record, "amount"), -int_of(record, "amount"));
}

static void add_safe_drop(PosReport *report, const json_t *record)
{
    move_cash(report, &report->safe_drop, int_of(record, "amount"), -int_of(record, "amount"));
}

/* The counted drawer goes away: the next shift begins with a float of its own. */
static void add_cash_up(PosReport *report, const json_t *record)
{
    add_to(&report->counted, int_of(record, "counted"));
    add_to(&report->over_short, int_of(record, "counted") - report->expected);
    add_to(&report->counted_expected, report->expected);
    report->is_counted = true;
    report->is_emptied = true;
    report->expected = 0;
}

static void add_reprint(PosReport *report, const json_t *record)
{
    report->reprints++;
}

static void add_suspend(PosReport *report, const json_t *record)
{
    report->suspended++;
}

static void add_training(PosReport *report, const json_t *record)
{
    report->training++;
}

static void add_z(PosReport *report, const json_t *record)
{
    end_period(report);
    report->z_number = int_of(record, "z");
    begin_period(report);
}

static const struct {
    const char *type;
    void (*add)(PosReport *report, const json_t *record);
} FOLD[] = {
    {"sale", add_sale},           {"return", add_return},
    {"post_void", add_post_void}, {"line_void", add_line_void},
    {"abandoned", add_abandoned}, {"price_override", add_override},
    {"no_sale", add_no_sale},     {"price_dispute", add_dispute},
    {"reprint", add_reprint},     {"open_shift", add_open_shift},
    {"paid_in", add_paid_in},     {"paid_out", add_paid_out},
    {"safe_drop", add_safe_drop}, {"cash_up", add_cash_up},
    {"suspend", add_suspend},     {"training", add_training},
    {"z_report", add_z},
};

void pos_report_add(PosReport *report, const json_t *record)
{
    const char *type = text_of(record, "type");
    for (gsize i = 0; i < G_N_ELEMENTS(FOLD); i++) {
        if (strcmp(FOLD[i].type, type) == 0) {
            FOLD[i].add(report, record);
            return;
        }
    }
}

/* --- what it says ----------------------------------------------------------------------------------- */

static json_t *sum_fields(const Sum *sum)
{
    return json_pack("{sIsI}", "amount", (json_int_t)sum->amount, "count", (json_int_t)sum->count);
}

static json_t *rates_fields(const PosReport *report)
{
    json_t *rates = json_array();
    for (guint i = 0; i < report->rates->len; i++) {
        const Rate *rate = &g_array_index(report->rates, Rate, i);
        json_array_append_new(rates,
                              json_pack("{sIsIsI}", "base", (json_int_t)rate->base, "rate_bp",
                                        (json_int_t)rate->rate_bp, "tax", (json_int_t)rate->tax));
    }
    return rates;
}

static json_t *tenders_fields(const PosReport *report)
{
    json_t *tenders = json_array();
    for (guint i = 0; i < report->tenders->len; i++) {
        const Tender *tender = &g_array_index(report->tenders, Tender, i);
        json_t *row = sum_fields(&tender->sum);
        json_object_set_new(row, "kind", json_string(tender->kind));
        json_array_append_new(tenders, row);
    }
    return tenders;
}

static json_t *operators_fields(const PosReport *report)
{
    json_t *operators = json_array();
    for (guint i = 0; i < report->operators->len; i++) {
        const Operator *person = &g_array_index(report->operators, Operator, i);
        json_array_append_new(
            operators,
            json_pack("{sIsIsIsIsssIsI}", "count", (json_int_t)person->count, "line_voids",
                      (json_int_t)person->line_voids, "no_sales", (json_int_t)person->no_sales,
                      "overrides", (json_int_t)person->overrides, "operator", person->id, "returns",
                      (json_int_t)person->returns, "sales", (json_int_t)person->sales));
    }
    return operators;
}

/* After the last count nothing is in the drawer, and what stands beside the count is what it should have found. Version 1
 * said 0 there. */
static json_t *cash_fields(const PosReport *report, int64_t version)
{
    int64_t expected =
        report->is_emptied && version > 1 ? report->counted_expected : report->expected;
    json_t *cash = json_pack(
        "{sIsIsIsIsIsI}", "expected", (json_int_t)expected, "float", (json_int_t)report->float_,
        "paid_in", (json_int_t)report->paid_in, "paid_out", (json_int_t)report->paid_out,
        "safe_drop", (json_int_t)report->safe_drop, "sales", (json_int_t)report->cash_sales);
    if (report->is_counted) {
        json_object_set_new(cash, "counted", json_integer(report->counted));
        json_object_set_new(cash, "over_short", json_integer(report->over_short));
    }
    return cash;
}

static json_t *fields_of(const PosReport *report, int64_t version)
{
    json_t *fields = json_object();
    const struct {
        const char *key;
        const Sum *sum;
    } sums[] = {{"sales", &report->sales},           {"returns", &report->returns},
                {"post_voids", &report->post_voids}, {"line_voids", &report->line_voids},
                {"abandoned", &report->abandoned},   {"overrides", &report->overrides},
                {"discounts", &report->discounts},   {"disputes", &report->disputes}};
    for (gsize i = 0; i < G_N_ELEMENTS(sums); i++) {
        json_object_set_new(fields, sums[i].key, sum_fields(sums[i].sum));
    }
    const struct {
        const char *key;
        int64_t count;
    } counts[] = {{"no_sales", report->no_sales},   {"reprints", report->reprints},
                  {"suspended", report->suspended}, {"training", report->training},
                  {"by_hand", report->by_hand},     {"report", version}};
    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
        json_object_set_new(fields, counts[i].key, json_integer(counts[i].count));
    }
    int64_t net = report->sales.amount;
    add_to(&net, report->returns.amount);
    add_to(&net, report->post_voids.amount);
    json_object_set_new(fields, "net", json_integer(net));
    json_object_set_new(fields, "rates", rates_fields(report));
    json_object_set_new(fields, "tenders", tenders_fields(report));
    json_object_set_new(fields, "operators", operators_fields(report));
    json_object_set_new(fields, "cash", cash_fields(report, version));
    json_object_set_new(fields, "first_receipt",
                        json_string(report->first_receipt != NULL ? report->first_receipt : ""));
    json_object_set_new(fields, "last_receipt",
                        json_string(report->last_receipt != NULL ? report->last_receipt : ""));
    return fields;
}

json_t *pos_report_fields(const PosReport *report)
{
    return fields_of(report, POS_REPORT_VERSION);
}

int64_t pos_report_expected(const PosReport *report)
{
    return report->expected;
}

int64_t pos_report_z_number(const PosReport *report)
{
    return report->z_number;
}

const char *pos_report_differs(const PosReport *report, const json_t *z_record)
{
    static const char *const members[] = {
        "sales",     "returns",   "post_voids", "line_voids",    "abandoned",
        "overrides", "discounts", "disputes",   "no_sales",      "reprints",
        "suspended", "training",  "by_hand",    "net",           "rates",
        "tenders",   "operators", "cash",       "first_receipt", "last_receipt"};
    const int64_t version = int_of(z_record, "report");
    if (version < 1 || version > POS_REPORT_VERSION) {
        return NULL;
    }
    if (int_of(z_record, "z") != report->z_number + 1) {
        return "z";
    }
    json_t *fields = fields_of(report, version);
    const char *differs = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(members) && differs == NULL; i++) {
        if (!json_equal(json_object_get(fields, members[i]),
                        json_object_get(z_record, members[i]))) {
            differs = members[i];
        }
    }
    json_decref(fields);
    return differs;
}

void pos_report_grand(const json_t *record, int64_t *out_sales, int64_t *out_returns)
{
    const char *type = text_of(record, "type");
    int64_t total = int_of(record, "total");
    bool back = strcmp(type, "return") == 0 || strcmp(type, "post_void") == 0;
    *out_sales = strcmp(type, "sale") == 0 ? total : 0;
    *out_returns = back && total < 0 ? -total : 0;
}

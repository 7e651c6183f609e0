/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the mapping from records to POSLog. */
#include "pos/poslog.h"

#include <string.h>

const char pos_poslog_head[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<POSLog xmlns=\"http://www.nrf-arts.org/IXRetail/namespace/\" MajorVersion=\"6\" "
    "MinorVersion=\"0\" FixVersion=\"0\">\n";
const char pos_poslog_foot[] = "</POSLog>\n";

typedef struct {
    GString *xml;
    PosCurrency currency;
    int lines; /* LineItem numbers that were given */
} Writer;

/* --- small things ------------------------------------------------------------------------------------- */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static int64_t int_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* XML 1.0, 2.2 Char: no control characters but tab and line ends. */
static void append_escaped(GString *xml, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c == '&' || c == '<' || c == '>' || c == '"') {
            g_string_append(xml, c == '&'   ? "&amp;"
                                 : c == '<' ? "&lt;"
                                 : c == '>' ? "&gt;"
                                            : "&quot;");
        } else if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xFFFE ||
                   c == 0xFFFF) {
            g_string_append(xml, "\xEF\xBF\xBD");
        } else {
            g_string_append_unichar(xml, c);
        }
    }
}

static void element(Writer *writer, const char *name, const char *text)
{
    g_string_append_printf(writer->xml, "<%s>", name);
    append_escaped(writer->xml, text);
    g_string_append_printf(writer->xml, "</%s>", name);
}

/* "-12.05" from minor units. */
static void append_decimal(GString *xml, int64_t minor, int digits)
{
    uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    uint64_t whole = 1;
    for (int i = 0; i < digits; i++) {
        whole *= 10;
    }
    g_string_append_printf(xml, "%s%" G_GUINT64_FORMAT, minor < 0 ? "-" : "",
                           (guint64)(size / whole));
    if (digits > 0) {
        g_string_append_printf(xml, ".%0*" G_GUINT64_FORMAT, digits, (guint64)(size % whole));
    }
}

static void amount(Writer *writer, const char *open, const char *close, int64_t minor)
{
    g_string_append_printf(writer->xml, "<%s>", open);
    append_decimal(writer->xml, minor, writer->currency.exponent);
    g_string_append_printf(writer->xml, "</%s>", close);
}

/* --- lines -------------------------------------------------------------------------------------------- */

static void begin_line(Writer *writer, const json_t *line, bool voided)
{
    bool keyed = json_is_true(json_object_get(line, "by_hand"));
    g_string_append_printf(writer->xml, "<LineItem EntryMethod=\"%s\"%s>",
                           keyed ? "Keyed" : "Scanned", voided ? " VoidFlag=\"true\"" : "");
    writer->lines++;
    g_string_append_printf(writer->xml, "<SequenceNumber>%d</SequenceNumber>", writer->lines);
}

static void quantity(Writer *writer, const json_t *line)
{
    bool by_weight = strcmp(text_of(line, "unit"), "g") == 0;
    g_string_append_printf(writer->xml, "<Quantity UnitOfMeasureCode=\"%s\">",
                           by_weight ? "KGM" : "EA");
    append_decimal(writer->xml, int_of(line, "qty"), by_weight ? 3 : 0);
    g_string_append(writer->xml, "</Quantity>");
}

static void price_modifier(Writer *writer, const json_t *line)
{
    int64_t discount = int_of(line, "discount");
    if (discount != 0) {
        g_string_append(writer->xml, "<RetailPriceModifier>");
        amount(writer, "Amount Action=\"Subtract\"", "Amount", discount);
        g_string_append(writer->xml, "</RetailPriceModifier>");
    }
}

/* kind: Sale, Return. */
static void item(Writer *writer, const json_t *line, const char *kind, bool voided)
{
    const char *row = text_of(line, "kind");
    begin_line(writer, line, voided);
    if (strcmp(row, "discount") == 0) {
        g_string_append(writer->xml, "<Discount>");
        amount(writer, "Amount", "Amount", -int_of(line, "amount"));
        g_string_append(writer->xml, "</Discount></LineItem>");
        return;
    }
    g_string_append_printf(writer->xml, "<%s>", kind);
    element(writer, "ItemID", text_of(line, "gtin")[0] != '\0' ? text_of(line, "gtin") : row);
    g_string_append(writer->xml, "<POSIdentity POSIDType=\"GTIN\">");
    element(writer, "POSItemID", text_of(line, "gtin"));
    g_string_append(writer->xml, "</POSIdentity>");
    if (text_of(line, "lot")[0] != '\0') {
        element(writer, "LotNumber", text_of(line, "lot"));
    }
    amount(writer, "RegularSalesUnitPrice", "RegularSalesUnitPrice", int_of(line, "list_price"));
    amount(writer, "ActualSalesUnitPrice", "ActualSalesUnitPrice", int_of(line, "price"));
    amount(writer, "ExtendedAmount", "ExtendedAmount", int_of(line, "amount"));
    quantity(writer, line);
    price_modifier(writer, line);
    g_string_append_printf(writer->xml, "</%s></LineItem>", kind);
}

static void tax(Writer *writer, const json_t *row)
{
    begin_line(writer, row, false);
    g_string_append(writer->xml, "<Tax TaxType=\"VAT\">");
    amount(writer, "TaxableAmount", "TaxableAmount", int_of(row, "base"));
    amount(writer, "Amount", "Amount", int_of(row, "tax"));
    g_string_append(writer->xml, "<Percent>");
    append_decimal(writer->xml, int_of(row, "rate_bp"), 2);
    g_string_append(writer->xml, "</Percent></Tax></LineItem>");
}

static const char *tender_type(const char *kind)
{
    return strcmp(kind, "cash") == 0 ? "Cash" : strcmp(kind, "card") == 0 ? "CreditDebit" : "Other";
}

static void tender(Writer *writer, const json_t *row)
{
    begin_line(writer, row, false);
    g_string_append_printf(writer->xml, "<Tender TenderType=\"%s\">",
                           tender_type(text_of(row, "kind")));
    amount(writer, "Amount", "Amount", int_of(row, "amount"));
    if (int_of(row, "change") != 0) {
        g_string_append(writer->xml, "<TenderChange>");
        amount(writer, "Amount", "Amount", int_of(row, "change"));
        g_string_append(writer->xml, "</TenderChange>");
    }
    g_string_append(writer->xml, "</Tender></LineItem>");
}

static void each_of(Writer *writer, const json_t *list,
                    void (*write)(Writer *writer, const json_t *row))
{
    for (gsize i = 0; i < json_array_size(list); i++) {
        write(writer, json_array_get(list, i));
    }
}

/* --- transactions ------------------------------------------------------------------------------------- */

static const char *kind_of(const json_t *record)
{
    const char *type = text_of(record, "type");
    return strcmp(type, "training") == 0 ? text_of(record, "of") : type;
}

static const char *status_of(const char *kind)
{
    return strcmp(kind, "post_void") == 0   ? "PostVoided"
           : strcmp(kind, "abandoned") == 0 ? "Cancelled"
           : strcmp(kind, "suspend") == 0   ? "Suspended"
                                            : NULL;
}

static void retail(Writer *writer, const json_t *record, const char *kind)
{
    const json_t *lines = json_object_get(record, "lines");
    const char *status = status_of(kind);
    bool back = strcmp(kind, "return") == 0 || strcmp(kind, "post_void") == 0;
    g_string_append(writer->xml, "<RetailTransaction");
    if (status != NULL) {
        g_string_append_printf(writer->xml, " TransactionStatus=\"%s\"", status);
    }
    g_string_append(writer->xml, ">");
    if (strcmp(kind, "line_void") == 0) {
        item(writer, record, "Sale", true);
    }
    for (gsize i = 0; i < json_array_size(lines); i++) {
        item(writer, json_array_get(lines, i), back ? "Return" : "Sale", false);
    }
    each_of(writer, json_object_get(record, "tax"), tax);
    each_of(writer, json_object_get(record, "tenders"), tender);
    if (json_object_get(record, "total") != NULL) {
        amount(writer, "Total TotalType=\"TransactionGrandAmount\"", "Total",
               int_of(record, "total"));
    }
    if (text_of(record, "receipt")[0] != '\0') {
        element(writer, "ReceiptNumber", text_of(record, "receipt"));
    }
    if (text_of(record, "of_receipt")[0] != '\0') {
        g_string_append(writer->xml, "<TransactionLink ReasonCode=\"Return\">");
        element(writer, "ReceiptNumber", text_of(record, "of_receipt"));
        g_string_append(writer->xml, "</TransactionLink>");
    }
    g_string_append(writer->xml, "</RetailTransaction>");
}

static void tender_control(Writer *writer, const json_t *record, const char *kind, const char *name)
{
    const char *key = strcmp(kind, "open_shift") == 0 ? "float"
                      : strcmp(kind, "cash_up") == 0  ? "counted"
                                                      : "amount";
    g_string_append_printf(writer->xml, "<TenderControlTransaction><%s>", name);
    amount(writer, "Amount", "Amount", int_of(record, key));
    if (strcmp(kind, "cash_up") == 0) {
        amount(writer, "OverShortAmount", "OverShortAmount", int_of(record, "over_short"));
    }
    if (text_of(record, "reason")[0] != '\0') {
        element(writer, "Reason", text_of(record, "reason"));
    }
    g_string_append_printf(writer->xml, "</%s></TenderControlTransaction>", name);
}

static void end_of_day(Writer *writer, const json_t *record)
{
    g_string_append_printf(writer->xml,
                           "<ControlTransaction><EndOfDay><ReportNumber>%" G_GINT64_FORMAT
                           "</ReportNumber>",
                           (gint64)int_of(record, "z"));
    amount(writer, "NetAmount", "NetAmount", int_of(record, "net"));
    amount(writer, "GrandTotalSales", "GrandTotalSales", int_of(record, "grand_sales"));
    amount(writer, "GrandTotalReturns", "GrandTotalReturns", int_of(record, "grand_returns"));
    g_string_append(writer->xml, "</EndOfDay></ControlTransaction>");
}

static void other(Writer *writer, const json_t *record, const char *kind)
{
    g_string_append(writer->xml, "<ControlTransaction><OtherEvent>");
    element(writer, "EventType", kind[0] != '\0' ? kind : text_of(record, "type"));
    if (text_of(record, "reason")[0] != '\0') {
        element(writer, "Reason", text_of(record, "reason"));
    }
    g_string_append(writer->xml, "</OtherEvent></ControlTransaction>");
}

static void body(Writer *writer, const json_t *record)
{
    static const char *const retails[] = {"sale",    "return",    "post_void", "abandoned",
                                          "suspend", "line_void", NULL};
    static const struct {
        const char *kind, *name;
    } controls[] = {{"open_shift", "Float"},
                    {"paid_in", "PaidIn"},
                    {"paid_out", "PaidOut"},
                    {"safe_drop", "TenderPickup"},
                    {"cash_up", "TillSettle"}};
    const char *kind = kind_of(record);
    if (g_strv_contains(retails, kind)) {
        retail(writer, record, kind);
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(controls); i++) {
        if (strcmp(controls[i].kind, kind) == 0) {
            tender_control(writer, record, kind, controls[i].name);
            return;
        }
    }
    if (strcmp(kind, "z_report") == 0) {
        end_of_day(writer, record);
    } else {
        other(writer, record, kind);
    }
}

char *pos_poslog_transaction(const json_t *record, const PosPoslogLook *look)
{
    Writer writer = {.xml = g_string_new("<Transaction"), .currency = *look->currency};
    const char *at = text_of(record, "at");
    const char *currency = text_of(record, "currency");
    g_autofree char *day = g_strndup(at, MIN(strlen(at), 10));
    if (currency[0] != '\0') {
        pos_currency_from_code(currency, &writer.currency);
    }
    if (strcmp(text_of(record, "type"), "training") == 0) {
        g_string_append(writer.xml, " TrainingModeFlag=\"true\"");
    }
    g_string_append(writer.xml, ">");
    element(&writer, "RetailStoreID", look->store);
    element(&writer, "WorkstationID", text_of(record, "terminal"));
    g_string_append_printf(writer.xml, "<SequenceNumber>%" G_GINT64_FORMAT "</SequenceNumber>",
                           (gint64)int_of(record, "seq"));
    element(&writer, "BusinessDayDate", day);
    element(&writer, "BeginDateTime", at);
    element(&writer, "EndDateTime", at);
    element(&writer, "OperatorID", text_of(record, "operator"));
    element(&writer, "CurrencyCode", writer.currency.code);
    body(&writer, record);
    g_string_append(writer.xml, "</Transaction>\n");
    return g_string_free(writer.xml, FALSE);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the words of the JSON-lines till: a table of commands with their members, and the members of each event.
 * No rule of selling stands here. */
#include "ui/cli_json.h"

#include "pos/bounds.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* --- commands --------------------------------------------------------------------------------------- */

typedef enum {
    MEMBER_TEXT,
    MEMBER_SCAN, /* text with its length */
    MEMBER_INT,
    MEMBER_PIECES, /* may be left out: then it is one, or all; 0 is not that */
    MEMBER_LINE,
    MEMBER_PERCENT, /* whole percent, into basis points */
    MEMBER_BOOL,
    MEMBER_TENDER,
    MEMBER_OBJECT,
    MEMBER_REPORT
} MemberKind;

typedef struct {
    const char *key;
    MemberKind kind;
    bool required;
    gsize offset; /* in PosTillCommand */
} Member;

#define MEMBERS_MAX 14
#define AT(member) G_STRUCT_OFFSET(PosTillCommand, member)
/* A second person, by PIN or badge. */
#define APPROVER                                                                                   \
    {"approver", MEMBER_TEXT, false, AT(approver)},                                                \
        {"approver_pin", MEMBER_TEXT, false, AT(approver_pin)},                                    \
    {                                                                                              \
        "approver_badge", MEMBER_TEXT, false, AT(approver_badge)                                   \
    }

typedef struct {
    const char *name;
    PosTillVerb verb;
    Member members[MEMBERS_MAX];
} Command;

static const Command COMMANDS[] = {
    {"login",
     POS_TILL_LOGIN,
     {{"operator", MEMBER_TEXT, false, AT(operator_id)},
      {"pin", MEMBER_TEXT, false, AT(pin)},
      {"badge", MEMBER_TEXT, false, AT(badge)}}},
    {"lock", POS_TILL_LOCK, {{0}}},
    {"unlock",
     POS_TILL_UNLOCK,
     {{"operator", MEMBER_TEXT, false, AT(operator_id)},
      {"pin", MEMBER_TEXT, false, AT(pin)},
      {"badge", MEMBER_TEXT, false, AT(badge)}}},
    {"logout", POS_TILL_LOGOUT, {{0}}},
    {"open_shift", POS_TILL_OPEN_SHIFT, {{"float", MEMBER_INT, true, AT(amount)}, APPROVER}},
    {"no_sale", POS_TILL_NO_SALE, {{"reason", MEMBER_TEXT, false, AT(reason)}, APPROVER}},
    {"paid_in",
     POS_TILL_PAID_IN,
     {{"amount", MEMBER_INT, true, AT(amount)},
      {"reason", MEMBER_TEXT, true, AT(reason)},
      APPROVER}},
    {"paid_out",
     POS_TILL_PAID_OUT,
     {{"amount", MEMBER_INT, true, AT(amount)},
      {"reason", MEMBER_TEXT, true, AT(reason)},
      APPROVER}},
    {"safe_drop",
     POS_TILL_SAFE_DROP,
     {{"amount", MEMBER_INT, true, AT(amount)},
      {"reason", MEMBER_TEXT, false, AT(reason)},
      APPROVER}},
    {"cash_up",
     POS_TILL_CASH_UP,
     {{"counted", MEMBER_INT, false, AT(amount)},
      {"denominations", MEMBER_OBJECT, false, AT(denominations)},
      APPROVER}},
    {"report", POS_TILL_REPORT, {{"kind", MEMBER_REPORT, true, AT(report)}, APPROVER}},
    {"payment",
     POS_TILL_PAYMENT,
     {{"attempt", MEMBER_TEXT, false, AT(attempt)},
      {"outcome", MEMBER_TEXT, false, AT(outcome)},
      {"cancel", MEMBER_BOOL, false, AT(on)},
      APPROVER}},
    {"receipts", POS_TILL_RECEIPTS, {{"text", MEMBER_SCAN, false, AT(text)}}},
    {"receipt", POS_TILL_RECEIPT, {{"receipt", MEMBER_TEXT, true, AT(receipt)}}},
    {"reprint", POS_TILL_REPRINT, {{"receipt", MEMBER_TEXT, true, AT(receipt)}, APPROVER}},
    {"suspend", POS_TILL_SUSPEND, {{0}}},
    {"resume", POS_TILL_RESUME, {{"ticket", MEMBER_TEXT, true, AT(ticket)}, APPROVER}},
    {"tickets", POS_TILL_TICKETS, {{0}}},
    {"training", POS_TILL_TRAINING, {{"on", MEMBER_BOOL, true, AT(on)}, APPROVER}},
    {"scan", POS_TILL_SCAN, {{"text", MEMBER_SCAN, true, AT(text)}, APPROVER}},
    {"weight",
     POS_TILL_WEIGHT,
     {{"grams", MEMBER_INT, false, AT(grams)}, {"by_hand", MEMBER_BOOL, false, AT(by_hand)}}},
    {"scale", POS_TILL_SCALE, {{0}}},
    {"tare",
     POS_TILL_TARE,
     {{"grams", MEMBER_INT, false, AT(grams)}, {"preset", MEMBER_TEXT, false, AT(preset)}}},
    {"zero", POS_TILL_ZERO, {{0}}},
    {"leave", POS_TILL_LEAVE, {{0}}},
    {"quantity",
     POS_TILL_QUANTITY,
     {{"line", MEMBER_LINE, true, AT(line)}, {"qty", MEMBER_INT, true, AT(pieces)}}},
    {"void_line", POS_TILL_VOID_LINE, {{"line", MEMBER_LINE, true, AT(line)}}},
    {"override",
     POS_TILL_OVERRIDE,
     {{"line", MEMBER_LINE, true, AT(line)},
      {"price", MEMBER_INT, true, AT(amount)},
      {"reason", MEMBER_TEXT, false, AT(reason)},
      APPROVER}},
    {"tender",
     POS_TILL_TENDER,
     {{"kind", MEMBER_TENDER, true, AT(tender)}, {"amount", MEMBER_INT, true, AT(amount)}}},
    {"void_tender", POS_TILL_VOID_TENDER, {{"tender", MEMBER_LINE, true, AT(line)}}},
    {"void", POS_TILL_VOID, {{0}}},
    {"discount",
     POS_TILL_DISCOUNT,
     {{"line", MEMBER_LINE, false, AT(line)},
      {"percent", MEMBER_PERCENT, false, AT(percent_bp)},
      {"percent_bp", MEMBER_INT, false, AT(percent_bp)},
      {"amount", MEMBER_INT, false, AT(amount)},
      {"reason", MEMBER_TEXT, true, AT(reason)},
      APPROVER}},
    {"deposit_return",
     POS_TILL_DEPOSIT_RETURN,
     {{"text", MEMBER_SCAN, false, AT(text)},
      {"amount", MEMBER_INT, false, AT(amount)},
      {"qty", MEMBER_PIECES, false, AT(pieces)}}},
    {"bag", POS_TILL_BAG, {{"qty", MEMBER_PIECES, false, AT(pieces)}}},
    {"department",
     POS_TILL_DEPARTMENT,
     {{"department", MEMBER_TEXT, true, AT(department)},
      {"amount", MEMBER_INT, true, AT(amount)},
      {"qty", MEMBER_PIECES, false, AT(pieces)},
      {"name", MEMBER_TEXT, false, AT(name)},
      APPROVER}},
    {"teach",
     POS_TILL_TEACH,
     {{"text", MEMBER_SCAN, true, AT(text)},
      {"name", MEMBER_TEXT, true, AT(name)},
      {"price", MEMBER_INT, true, AT(amount)},
      {"department", MEMBER_TEXT, true, AT(department)},
      {"qty", MEMBER_PIECES, false, AT(pieces)},
      APPROVER}},
    {"age_check",
     POS_TILL_AGE_CHECK,
     {{"born", MEMBER_TEXT, false, AT(born)}, {"seen", MEMBER_BOOL, false, AT(seen)}, APPROVER}},
    {"return",
     POS_TILL_RETURN,
     {{"receipt", MEMBER_TEXT, false, AT(receipt)},
      {"line", MEMBER_LINE, false, AT(line)},
      {"qty", MEMBER_PIECES, false, AT(pieces)},
      {"to", MEMBER_TEXT, true, AT(to)},
      {"kind", MEMBER_TENDER, false, AT(tender)},
      {"exchange", MEMBER_BOOL, false, AT(exchange)},
      {"text", MEMBER_SCAN, false, AT(text)},
      {"price", MEMBER_INT, false, AT(amount)},
      {"reason", MEMBER_TEXT, false, AT(reason)},
      APPROVER}},
    {"post_void",
     POS_TILL_POST_VOID,
     {{"receipt", MEMBER_TEXT, true, AT(receipt)},
      {"reason", MEMBER_TEXT, true, AT(reason)},
      APPROVER}},
    {"type", POS_TILL_TYPE, {{"text", MEMBER_SCAN, true, AT(text)}, APPROVER}},
    {"search", POS_TILL_SEARCH, {{"text", MEMBER_SCAN, true, AT(text)}}},
    {"next_quantity", POS_TILL_NEXT_QUANTITY, {{"qty", MEMBER_INT, true, AT(pieces)}}},
    {"undo", POS_TILL_UNDO, {{0}}},
    {"dispute",
     POS_TILL_DISPUTE,
     {{"line", MEMBER_LINE, true, AT(line)},
      {"shown_price", MEMBER_INT, true, AT(amount)},
      {"receipt", MEMBER_TEXT, false, AT(receipt)},
      APPROVER}},
    {"receive",
     POS_TILL_RECEIVE,
     {{"gtin", MEMBER_SCAN, true, AT(text)},
      {"lot", MEMBER_TEXT, false, AT(lot)},
      {"qty", MEMBER_INT, true, AT(pieces)},
      {"best_before", MEMBER_TEXT, false, AT(best_before)},
      {"origin", MEMBER_TEXT, false, AT(origin)},
      APPROVER}},
    {"count",
     POS_TILL_COUNT,
     {{"gtin", MEMBER_SCAN, true, AT(text)},
      {"lot", MEMBER_TEXT, false, AT(lot)},
      {"qty", MEMBER_INT, true, AT(pieces)},
      APPROVER}},
    {"write_off",
     POS_TILL_WRITE_OFF,
     {{"gtin", MEMBER_SCAN, true, AT(text)},
      {"lot", MEMBER_TEXT, false, AT(lot)},
      {"qty", MEMBER_INT, true, AT(pieces)},
      {"reason", MEMBER_TEXT, true, AT(reason)},
      APPROVER}},
    {"cart", POS_TILL_CART, {{0}}},
    {"price_check", POS_TILL_PRICE_CHECK, {{"text", MEMBER_SCAN, true, AT(text)}}},
};

/* What is typed with "type": pos/command_line.h. */
static const char TYPED[] =
    "\n{\"do\":\"type\",\"text\":…} takes what a cashier types; amounts as on a price tag:\n"
    "  3*   3*4017   450g   0.45kg   tare GRAMS   qty LINE N   void LINE   void all   undo\n"
    "  -10% [LINE] [reason]   -2.50 [LINE] [reason]   price LINE AMOUNT reason   shown LINE "
    "AMOUNT\n"
    "  dept ID AMOUNT [name]   bag [N]   back AMOUNT [N]   age YYYY-MM-DD   age ok\n"
    "  return RECEIPT LINE [QTY] waste|stock   exchange RECEIPT LINE [QTY] waste|stock\n"
    "  cash AMOUNT   card AMOUNT   check CODE   suspend   resume TICKET   tickets   cart\n"
    "  anything else is an item: a code, a PLU\n";

static void append_member(GString *out, const Member *member)
{
    static const char *const values[] = {
        [MEMBER_TEXT] = "\"…\"",   [MEMBER_SCAN] = "\"…\"",      [MEMBER_INT] = "0",
        [MEMBER_PIECES] = "1",     [MEMBER_LINE] = "1",          [MEMBER_PERCENT] = "10",
        [MEMBER_BOOL] = "true",    [MEMBER_TENDER] = "\"cash\"", [MEMBER_OBJECT] = "{…}",
        [MEMBER_REPORT] = "\"x\"",
    };
    const char *value = (gsize)member->kind < G_N_ELEMENTS(values) && values[member->kind] != NULL
                            ? values[member->kind]
                            : "…";
    g_string_append_printf(out, member->required ? " \"%s\":%s" : " [\"%s\":%s]", member->key,
                           value);
}

char *ui_cli_commands_help(void)
{
    GString *out =
        g_string_new(_("Commands on standard input, one JSON object a line; what stands in "
                       "brackets may be left out:\n"));
    for (gsize i = 0; i < G_N_ELEMENTS(COMMANDS); i++) {
        g_string_append_printf(out, "  {\"do\":\"%s\"", COMMANDS[i].name);
        for (gsize k = 0; k < MEMBERS_MAX && COMMANDS[i].members[k].key != NULL; k++) {
            append_member(out, &COMMANDS[i].members[k]);
        }
        g_string_append(out, "}\n");
    }
    g_string_append(out, "  {\"do\":\"sync\" [\"timeout_s\":10]}\n");
    g_string_append(out, TYPED);
    g_string_append(out, _("\nWhy a command is refused:\n "));
    for (int i = POS_REFUSAL_NONE + 1; i < POS_REFUSAL_COUNT; i++) {
        g_string_append_printf(out, " %s%s", pos_refusal_code((PosRefusal)i),
                               i % 8 == 0 ? "\n " : "");
    }
    g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}

#define SYNC_TIMEOUT_S_DEFAULT 10
#define SYNC_TIMEOUT_S_MAX 3600

void ui_cli_request_clear(UiCliRequest *request)
{
    PosTillCommand *command = &request->command;
    g_free(command->operator_id);
    g_free(command->pin);
    g_free(command->approver);
    g_free(command->approver_pin);
    g_free(command->approver_badge);
    g_free(command->badge);
    g_free(command->text);
    g_free(command->reason);
    g_free(command->ticket);
    g_free(command->preset);
    g_free(command->attempt);
    g_free(command->outcome);
    g_free(command->department);
    g_free(command->name);
    g_free(command->receipt);
    g_free(command->to);
    g_free(command->born);
    g_free(command->lot);
    g_free(command->best_before);
    g_free(command->origin);
    json_decref(command->denominations);
    g_free(request->receipt);
    json_decref(request->id);
    memset(request, 0, sizeof *request);
}

/* True when the value fits the member; it is then set. */
static bool member_set(const Member *member, const json_t *value, PosTillCommand *command)
{
    void *at = (char *)command + member->offset;
    switch (member->kind) {
    case MEMBER_SCAN:
        if (json_is_string(value)) { /* a scanner may send any byte, NUL too */
            command->text_length = json_string_length(value);
            *(char **)at = g_memdup2(json_string_value(value), command->text_length + 1);
        }
        return json_is_string(value);
    case MEMBER_TEXT:
        if (!json_is_string(value) ||
            strlen(json_string_value(value)) != json_string_length(value)) {
            return false;
        }
        *(char **)at = g_strdup(json_string_value(value));
        return true;
    case MEMBER_INT:
        if (json_is_integer(value)) {
            *(int64_t *)at = json_integer_value(value);
        }
        return json_is_integer(value);
    case MEMBER_PIECES: {
        int64_t pieces = json_integer_value(value);
        *(int64_t *)at = pieces != 0 ? pieces : -1;
        return json_is_integer(value);
    }
    case MEMBER_LINE: {
        /* A number that no line can have becomes -1, which no line has either. */
        int64_t line = json_integer_value(value);
        *(int *)at = line >= 1 && line <= G_MAXINT ? (int)line : -1;
        return json_is_integer(value);
    }
    case MEMBER_PERCENT: {
        int64_t percent = json_integer_value(value);
        *(int64_t *)at = percent >= 1 && percent <= 100 ? percent * 100 : -1;
        return json_is_integer(value);
    }
    case MEMBER_BOOL:
        *(bool *)at = json_is_true(value);
        return json_is_boolean(value);
    case MEMBER_TENDER:
        return pos_tender_from_code(json_string_value(value), (PosTenderKind *)at);
    case MEMBER_OBJECT:
        if (json_is_object(value)) {
            *(json_t **)at = json_deep_copy(value);
        }
        return json_is_object(value);
    case MEMBER_REPORT: {
        const char *kind = json_string_value(value);
        *(PosReportKind *)at = g_strcmp0(kind, "z") == 0 ? POS_REPORT_Z : POS_REPORT_X;
        return g_strcmp0(kind, "x") == 0 || g_strcmp0(kind, "z") == 0;
    }
    }
    g_assert_not_reached();
}

static const char *member_words(MemberKind kind)
{
    switch (kind) {
    case MEMBER_TEXT:
    case MEMBER_SCAN:
        return _("a text");
    case MEMBER_INT:
    case MEMBER_PIECES:
    case MEMBER_LINE:
    case MEMBER_PERCENT:
        return _("a whole number");
    case MEMBER_BOOL:
        return _("true or false");
    case MEMBER_OBJECT:
        return _("an object");
    case MEMBER_TENDER:
        return "\"cash\", \"card\", \"qr\"";
    case MEMBER_REPORT:
        return "\"x\", \"z\"";
    }
    g_assert_not_reached();
}

static bool members_read(const Command *row, const json_t *object, PosTillCommand *command,
                         char **out_message)
{
    for (gsize i = 0; i < MEMBERS_MAX && row->members[i].key != NULL; i++) {
        const Member *member = &row->members[i];
        const json_t *value = json_object_get(object, member->key);
        if (value == NULL && !member->required) {
            continue;
        }
        if (value == NULL) {
            *out_message = g_strdup_printf(_("\"%s\" needs \"%s\"."), row->name, member->key);
            return false;
        }
        if (!member_set(member, value, command)) {
            *out_message = g_strdup_printf(_("\"%s\" of \"%s\" must be %s."), member->key,
                                           row->name, member_words(member->kind));
            return false;
        }
    }
    return true;
}

/* Of two ways to say something one has to be there: a badge, or an operator with a PIN; the count, or its pieces. */
static bool is_whole(const Command *row, const PosTillCommand *command, const json_t *object,
                     char **out_message)
{
    if (row->verb == POS_TILL_CASH_UP && command->denominations == NULL &&
        json_object_get(object, "counted") == NULL) {
        *out_message =
            g_strdup_printf(_("\"%s\" needs \"counted\" or \"denominations\"."), row->name);
        return false;
    }
    if (row->verb != POS_TILL_LOGIN || command->badge != NULL ||
        (command->operator_id != NULL && command->pin != NULL)) {
        return true;
    }
    *out_message =
        g_strdup_printf(_("\"%s\" needs \"operator\" and \"pin\", or \"badge\"."), row->name);
    return false;
}

static bool sync_read(const json_t *object, UiCliRequest *out, char **out_message)
{
    const json_t *timeout = json_object_get(object, "timeout_s");
    out->what = UI_CLI_DO_SYNC;
    out->timeout_s = timeout == NULL ? SYNC_TIMEOUT_S_DEFAULT : json_integer_value(timeout);
    if ((timeout != NULL && !json_is_integer(timeout)) || out->timeout_s < 0 ||
        out->timeout_s > SYNC_TIMEOUT_S_MAX) {
        *out_message = g_strdup_printf(
            _("\"timeout_s\" of \"sync\" is a number of seconds up to %d."), SYNC_TIMEOUT_S_MAX);
        return false;
    }
    return true;
}

/* A weight or tare without its number is the one that the scale shows. */
static bool has_weight(const json_t *object)
{
    return json_object_get(object, "grams") != NULL || json_object_get(object, "preset") != NULL;
}

static bool print_read(const json_t *object, UiCliRequest *out, char **out_message)
{
    const char *receipt = json_string_value(json_object_get(object, "receipt"));
    out->what = UI_CLI_DO_PRINT;
    if (receipt == NULL || receipt[0] == '\0') {
        *out_message = g_strdup(_("\"print\" needs \"receipt\", a receipt's number."));
        return false;
    }
    out->receipt = g_strdup(receipt);
    return true;
}

static bool printer_read(const json_t *object, UiCliRequest *out, char **out_message)
{
    const json_t *uncertain = json_object_get(object, "uncertain");
    const char *word = json_string_value(uncertain);
    out->what = UI_CLI_DO_PRINTER;
    out->uncertain = g_strcmp0(word, "print") == 0  ? UI_CLI_UNCERTAIN_PRINT
                     : g_strcmp0(word, "drop") == 0 ? UI_CLI_UNCERTAIN_DROP
                                                    : UI_CLI_UNCERTAIN_LEAVE;
    if (uncertain != NULL && out->uncertain == UI_CLI_UNCERTAIN_LEAVE) {
        *out_message = g_strdup(_("\"uncertain\" of \"printer\" is \"print\" or \"drop\"."));
        return false;
    }
    return true;
}

static bool command_read(const json_t *object, UiCliRequest *out, char **out_message)
{
    const char *name = json_string_value(json_object_get(object, "do"));
    if (name == NULL) {
        *out_message = g_strdup(_("This is no command: send an object with \"do\" and its name."));
        return false;
    }
    if (strcmp(name, "sync") == 0) {
        return sync_read(object, out, out_message);
    }
    if (strcmp(name, "print") == 0) {
        return print_read(object, out, out_message);
    }
    if (strcmp(name, "printer") == 0) {
        return printer_read(object, out, out_message);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(COMMANDS); i++) {
        if (strcmp(COMMANDS[i].name, name) == 0) {
            out->command.verb = COMMANDS[i].verb;
            /* Unless the line says that a sealed scale gave the weight. */
            out->no_wait = json_is_false(json_object_get(object, "wait"));
            out->command.by_hand = true;
            out->command.from_scale = !has_weight(object);
            return members_read(&COMMANDS[i], object, &out->command, out_message) &&
                   is_whole(&COMMANDS[i], &out->command, object, out_message);
        }
    }
    *out_message = g_strdup_printf(
        _("There is no command \"%.40s\": \"coster till --help\" lists them."), name);
    return false;
}

bool ui_cli_request_read(const char *line, gsize length, UiCliRequest *out, char **out_message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) object = pos_json_parse_object(line, length, POS_BOUND_COMMAND_BYTES, &error);
    if (object == NULL) {
        *out_message = g_strdup_printf(_("%s Send one JSON object a line."), error->message);
        return false;
    }
    json_t *id = json_object_get(object, "id");
    if (json_is_object(id) || json_is_array(id)) {
        *out_message = g_strdup(_("The \"id\" of a command is a text or a number."));
        return false;
    }
    out->id = json_incref(id);
    return command_read(object, out, out_message);
}

/* --- events ----------------------------------------------------------------------------------------- */

static void set_text(json_t *object, const char *key, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text == NULL ? "" : text, -1);
    json_object_set_new(object, key, json_string(valid));
}

static void set_int(json_t *object, const char *key, int64_t value)
{
    json_object_set_new(object, key, json_integer(value));
}

static void set_date(json_t *object, const char *key, PosDate date)
{
    g_autofree char *text = pos_date_format(date);
    set_text(object, key, text);
}

json_t *ui_cli_event_new(const char *event, const json_t *id)
{
    json_t *object = json_object();
    set_text(object, "event", event);
    if (id != NULL) {
        json_object_set_new(object, "id", json_deep_copy(id));
    }
    return object;
}

json_t *ui_cli_refused_new(const char *why, const char *message, const json_t *id)
{
    json_t *object = ui_cli_event_new("refused", id);
    set_text(object, "why", why);
    set_text(object, "message", message);
    return object;
}

/* What names an item, on a line, before its weight and on a price check alike. */
static void set_item(json_t *object, const PosCartLine *line, const char *language)
{
    set_text(object, "name", pos_names_in(&line->names, language));
    set_text(object, "gtin", line->gtin);
    set_text(object, "lot", line->lot);
    set_text(object, "origin", line->origin);
    set_date(object, "best_before", line->best_before);
    set_date(object, "use_by", line->use_by);
}

static void set_price(json_t *object, const PosCartLine *line)
{
    g_autofree char *words = pos_freshness_words(line->freshness);
    set_text(object, "unit", pos_unit_code(line->quantity.unit));
    set_int(object, "price", line->price.minor);
    set_int(object, "list_price", line->list_price.minor);
    set_int(object, "price_version", line->price_version);
    set_text(object, "freshness", pos_freshness_code(line->freshness.colour));
    set_text(object, "freshness_text", words);
}

/* What rows have that are no goods, and what few goods have. */
static void set_kind(json_t *object, const PosCartLine *line)
{
    if (line->kind != POS_LINE_GOODS) {
        set_text(object, "kind", pos_line_kind_code(line->kind));
    }
    if (line->of != NULL) {
        json_t *of = json_array();
        for (guint i = 0; i < line->of->len; i++) {
            json_array_append_new(of, json_integer(g_array_index(line->of, int, i)));
        }
        json_object_set_new(object, "of", of);
    }
    if (line->why != NULL) {
        set_text(object, "why", line->why);
    }
    if (line->department != NULL) {
        set_text(object, "department", line->department);
    }
    if (line->code != NULL) {
        set_text(object, "code", line->code);
    }
    if (line->weighed_by_hand) {
        json_object_set_new(object, "by_hand", json_true());
    }
    if (line->age_min > 0) {
        set_int(object, "age_min", line->age_min);
    }
}

static void set_line(json_t *object, const PosCartLine *line, const char *language)
{
    set_int(object, "line", line->line);
    set_item(object, line, language);
    set_int(object, "qty", line->quantity.value);
    set_price(object, line);
    set_int(object, "amount", line->amount.minor);
    if (line->weighed_by_hand || line->weighed_on_scale) {
        set_text(object, "source", line->weighed_by_hand ? "manual" : "scale");
    }
    if (line->tare_g > 0) {
        set_int(object, "tare_g", line->tare_g);
    }
    set_kind(object, line);
    if (line->overridden) {
        json_object_set_new(object, "overridden", json_true());
    }
    if (line->lifted_by != NULL && line->lifted_by[0] != '\0') {
        set_text(object, "lifted_by", line->lifted_by);
    }
}

static void set_cart(json_t *object, const PosTillEvent *event, const char *language)
{
    json_t *lines = json_array();
    for (gsize i = 0; i < pos_cart_count(event->cart); i++) {
        json_t *line = json_object();
        set_line(line, pos_cart_at(event->cart, i), language);
        json_array_append_new(lines, line);
    }
    json_object_set_new(object, "lines", lines);
    set_int(object, "total", event->total.minor);
    set_int(object, "due", event->due.minor);
    set_int(object, "due_cash", event->due_cash.minor);
    if (pos_cart_exchange(event->cart) != NULL) {
        set_int(object, "credit", pos_cart_credit(event->cart).minor);
    }
}

static void set_payment(json_t *object, const PosPayment *payment)
{
    set_text(object, "attempt", payment->attempt);
    set_text(object, "kind", pos_tender_code(payment->kind));
    set_text(object, "status", pos_payment_code(payment->status));
    set_int(object, "amount", payment->amount);
}

/* The charges that are under way or whose end is not known; pending_attempt is the oldest of them. */
static void set_payments(json_t *object, const GArray *payments)
{
    json_t *list = json_array();
    for (guint i = 0; payments != NULL && i < payments->len; i++) {
        json_t *item = json_object();
        set_payment(item, &g_array_index(payments, PosPayment, i));
        json_array_append_new(list, item);
    }
    if (json_array_size(list) > 0) {
        json_object_set(object, "pending_attempt", json_array_get(list, 0));
        json_object_set(object, "attempts", list);
    }
    json_decref(list);
}

static void set_tenders(json_t *object, const GArray *tenders)
{
    json_t *list = json_array();
    for (guint i = 0; tenders != NULL && i < tenders->len; i++) {
        const PosTender *tender = &g_array_index(tenders, PosTender, i);
        json_t *item = json_object();
        set_text(item, "kind", pos_tender_code(tender->kind));
        set_int(item, "amount", tender->amount.minor);
        json_array_append_new(list, item);
    }
    if (json_array_size(list) > 0) {
        json_object_set(object, "tenders", list);
    }
    json_decref(list);
}

static json_t *route_to_json(const PosLot *lot, const char *language)
{
    json_t *route = json_array();
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    for (guint i = 0; i < lot->route->len; i++) {
        const PosRouteStep *step = g_ptr_array_index(lot->route, i);
        g_autofree char *at = pos_instant_format(step->at_ms, utc);
        json_t *item = json_object();
        set_text(item, "step", step->step);
        set_text(item, "place", pos_names_in(&step->place, language));
        set_text(item, "at", at);
        if (step->has_temperature) {
            set_int(item, "min_dc", step->min_dc);
            set_int(item, "max_dc", step->max_dc);
        }
        json_object_set_new(item, "alarm", json_boolean(step->alarm));
        json_array_append_new(route, item);
    }
    return route;
}

static void set_price_check(json_t *object, const PosTillEvent *event, const char *language)
{
    set_item(object, &event->line, language);
    set_int(object, "qty", event->line.quantity.value);
    set_price(object, &event->line);
    set_text(object, "why", event->price == NULL ? "" : event->price->why);
    if (event->lot != NULL) {
        set_text(object, "origin_country", event->lot->origin_country);
        json_object_set_new(object, "route", route_to_json(event->lot, language));
    }
}

static void set_sale(json_t *object, const PosTillEvent *event)
{
    const char *type = json_string_value(json_object_get(event->record, "type"));
    set_text(object, "type", type == NULL ? "sale" : type);
    set_text(object, "receipt", event->sale.receipt);
    set_int(object, "seq", event->sale.seq);
    set_text(object, "hash", event->sale.hash_hex);
    set_int(object, "total", event->total.minor);
    set_int(object, "change", event->change.minor);
    if (event->taken_back.receipt[0] != '\0') {
        set_text(object, "return_receipt", event->taken_back.receipt);
        set_int(object, "return_seq", event->taken_back.seq);
        set_text(object, "return_hash", event->taken_back.hash_hex);
    }
}

static void set_scale(json_t *object, const PosTillEvent *event)
{
    const PosScaleStatus *scale = &event->scale;
    set_text(object, "condition", pos_scale_condition_code(scale->condition));
    if (scale->has_grams) {
        set_int(object, "grams", scale->grams);
        set_int(object, "net_g", scale->grams - event->tare_g);
    }
    set_int(object, "tare_g", event->tare_g);
    json_object_set_new(object, "stable", json_boolean(scale->stable));
    json_object_set_new(object, "net", json_boolean(scale->net));
    json_object_set_new(object, "can_zero", json_boolean(scale->can_zero));
    json_object_set_new(object, "awaits_weight", json_boolean(event->awaits_weight));
    set_text(object, "message", pos_scale_condition_words(scale->condition));
}

static const char *event_code(PosTillEventKind kind)
{
    static const char *const codes[] = {
        [POS_EVENT_REFUSED] = "refused",   [POS_EVENT_ERROR] = "error",
        [POS_EVENT_LOGIN] = "login",       [POS_EVENT_LOGOUT] = "logout",
        [POS_EVENT_SHIFT] = "shift",       [POS_EVENT_LINE] = "line",
        [POS_EVENT_WEIGH] = "weigh",       [POS_EVENT_LINE_VOID] = "line_void",
        [POS_EVENT_TENDER] = "tender",     [POS_EVENT_SALE] = "sale",
        [POS_EVENT_VOID] = "void",         [POS_EVENT_CART] = "cart",
        [POS_EVENT_PRICE] = "price",       [POS_EVENT_DISCOUNT] = "discount",
        [POS_EVENT_AGE] = "age",           [POS_EVENT_NEXT_QUANTITY] = "next",
        [POS_EVENT_EXCHANGE] = "exchange", [POS_EVENT_PRODUCTS] = "products",
        [POS_EVENT_LOCKED] = "locked",     [POS_EVENT_UNLOCKED] = "unlocked",
        [POS_EVENT_DRAWER] = "drawer",     [POS_EVENT_REPORT] = "report",
        [POS_EVENT_TRAINING] = "training", [POS_EVENT_SUSPENDED] = "suspended",
        [POS_EVENT_RESUMED] = "resumed",   [POS_EVENT_TICKETS] = "tickets",
        [POS_EVENT_SCALE] = "scale",       [POS_EVENT_TARE] = "tare",
        [POS_EVENT_PAYMENT] = "payment",   [POS_EVENT_RECEIPTS] = "receipts",
        [POS_EVENT_RECEIPT] = "receipt",   [POS_EVENT_REPRINT] = "reprint",
        [POS_EVENT_STOCK] = "stock",
    };
    g_assert((gsize)kind < G_N_ELEMENTS(codes));
    return codes[kind];
}

json_t *ui_cli_event_to_json(const PosTillEvent *event, const char *language, const json_t *id)
{
    json_t *object = ui_cli_event_new(event_code(event->kind), id);
    switch (event->kind) {
    case POS_EVENT_REFUSED:
    case POS_EVENT_ERROR:
        set_text(object, "why", event->why);
        set_text(object, "message", event->message);
        if (event->refusal == POS_REFUSAL_AGE_CHECK_NEEDED) {
            set_int(object, "age_min", event->number);
        }
        if (event->seconds > 0) {
            set_int(object, "seconds", event->seconds);
        }
        break;
    case POS_EVENT_LOGIN:
    case POS_EVENT_UNLOCKED:
        set_text(object, "operator", event->operator_->id);
        set_text(object, "name", event->operator_->name);
        set_text(object, "role", event->operator_->role);
        break;
    case POS_EVENT_SHIFT:
        set_int(object, "float", event->amount.minor);
        break;
    case POS_EVENT_LINE:
    case POS_EVENT_LINE_VOID:
        set_line(object, &event->line, language);
        set_int(object, "total", event->total.minor);
        break;
    case POS_EVENT_WEIGH:
        set_item(object, &event->line, language);
        set_price(object, &event->line);
        set_int(object, "total", event->total.minor);
        set_int(object, "tare_g", event->tare_g);
        set_text(object, "message", pos_scale_condition_words(event->scale.condition));
        break;
    case POS_EVENT_SCALE:
    case POS_EVENT_TARE:
        set_scale(object, event);
        break;
    case POS_EVENT_TENDER:
        set_text(object, "kind", pos_tender_code(event->tender));
        set_int(object, "amount", event->amount.minor);
        set_int(object, "due", event->due.minor);
        set_int(object, "due_cash", event->due_cash.minor);
        set_int(object, "total", event->total.minor);
        break;
    case POS_EVENT_DISCOUNT:
        set_int(object, "discount", event->number);
        set_int(object, "amount", event->amount.minor);
        set_int(object, "total", event->total.minor);
        break;
    case POS_EVENT_AGE:
        set_int(object, "years", event->number);
        break;
    case POS_EVENT_NEXT_QUANTITY:
        set_int(object, "number", event->number);
        break;
    case POS_EVENT_PRODUCTS:
        json_object_update(object, event->record);
        break;
    case POS_EVENT_EXCHANGE:
        set_int(object, "amount", event->amount.minor);
        set_int(object, "due", event->due.minor);
        set_int(object, "total", event->total.minor);
        break;
    case POS_EVENT_SALE:
        set_sale(object, event);
        break;
    case POS_EVENT_CART:
        set_cart(object, event, language);
        set_tenders(object, event->tenders);
        set_payments(object, event->payments);
        break;
    case POS_EVENT_PAYMENT:
        if (event->payment.attempt[0] != '\0') {
            set_payment(object, &event->payment);
        }
        set_int(object, "due", event->due.minor);
        set_payments(object, event->payments);
        break;
    case POS_EVENT_PRICE:
        set_price_check(object, event, language);
        break;
    case POS_EVENT_DRAWER:
    case POS_EVENT_REPORT:
        json_object_update(object, event->record);
        set_text(object, "kind", event->type);
        break;
    case POS_EVENT_STOCK:
        json_object_update(object, event->record);
        set_text(object, "type", event->type);
        set_text(object, "name", pos_names_in(&event->line.names, language));
        set_int(object, "seq", event->sale.seq);
        break;
    case POS_EVENT_SUSPENDED:
        set_text(object, "ticket", event->ticket);
        set_text(object, "code", event->code);
        set_int(object, "total", event->amount.minor);
        break;
    case POS_EVENT_RESUMED:
        set_text(object, "ticket", event->ticket);
        set_cart(object, event, language);
        break;
    case POS_EVENT_RECEIPT:
    case POS_EVENT_REPRINT:
        set_text(object, "receipt", event->sale.receipt);
        set_text(object, "hash", event->sale.hash_hex);
        set_int(object, event->kind == POS_EVENT_RECEIPT ? "copies" : "copy", event->copy);
        json_object_set(object, "record", event->record);
        if (event->left != NULL) {
            json_object_set(object, "left", event->left);
        }
        break;
    case POS_EVENT_TICKETS:
    case POS_EVENT_RECEIPTS:
        json_object_update(object, event->record);
        break;
    case POS_EVENT_TRAINING:
        json_object_set_new(object, "on", json_boolean(event->training));
        break;
    case POS_EVENT_LOGOUT:
    case POS_EVENT_LOCKED:
    case POS_EVENT_VOID:
        break;
    }
    if (event->opens_drawer) {
        set_text(object, "drawer", "open");
    }
    if (event->training && event->kind != POS_EVENT_TRAINING) {
        json_object_set_new(object, "training", json_true());
    }
    return object;
}

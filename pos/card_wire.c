/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the words between a till and a card terminal, both ways. */
#include "pos/card_wire.h"

#include <string.h>

#include "pos/bounds.h"
#include "pos/json.h"

static const char *const OPS[] = {"charge", "query", "reverse", "refund"};

/* --- small things ------------------------------------------------------------------------------------- */

static bool copy_text(const json_t *object, const char *key, char *out, gsize size, bool required)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (text == NULL || text[0] == '\0') {
        return !required;
    }
    if (required && strlen(text) >= size) {
        return false; /* an id that was cut would be another's */
    }
    g_strlcpy(out, text, size);
    return true;
}

static bool is_id(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (!g_ascii_isalnum(*c) && *c != '_' && *c != '-') {
            return false;
        }
    }
    return text[0] != '\0';
}

static json_t *read_object(const char *line, gsize length)
{
    return pos_json_parse_object(line, length, POS_CARD_LINE_BYTES, NULL);
}

static char *print(json_t *object)
{
    char *line = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    char *owned = g_strdup(line);
    free(line);
    json_decref(object);
    return owned;
}

/* --- requests ----------------------------------------------------------------------------------------- */

char *pos_card_request_line(const PosCardRequest *request)
{
    json_t *object = json_pack("{ssss}", "id", request->order.attempt, "op", OPS[request->op]);
    if (request->op == POS_CARD_CHARGE) {
        json_object_set_new(object, "amount", json_integer(request->order.amount.minor));
        json_object_set_new(object, "currency", json_string(request->order.currency));
    } else if (request->op == POS_CARD_REFUND) {
        json_object_set_new(object, "amount", json_integer(request->refund.minor));
        json_object_set_new(object, "refund_id", json_string(request->refund_id));
    }
    return print(object);
}

static bool request_from(const json_t *object, PosCardRequest *out)
{
    const char *op = json_string_value(json_object_get(object, "op"));
    const json_t *amount = json_object_get(object, "amount");
    gsize index = 0;
    while (op != NULL && index < G_N_ELEMENTS(OPS) && strcmp(op, OPS[index]) != 0) {
        index++;
    }
    if (op == NULL || index == G_N_ELEMENTS(OPS)) {
        return false;
    }
    out->op = (PosCardOp)index;
    bool has_amount = out->op == POS_CARD_CHARGE || out->op == POS_CARD_REFUND;
    int64_t minor = json_integer_value(amount);
    if (has_amount &&
        (!json_is_integer(amount) || minor <= 0 || minor > POS_BOUND_AMOUNT_MINOR_MAX)) {
        return false;
    }
    out->order.amount = pos_money(out->op == POS_CARD_CHARGE ? minor : 0);
    out->refund = pos_money(out->op == POS_CARD_REFUND ? minor : 0);
    return copy_text(object, "id", out->order.attempt, sizeof out->order.attempt, true) &&
           is_id(out->order.attempt) &&
           copy_text(object, "currency", out->order.currency, sizeof out->order.currency,
                     out->op == POS_CARD_CHARGE) &&
           copy_text(object, "refund_id", out->refund_id, sizeof out->refund_id,
                     out->op == POS_CARD_REFUND);
}

bool pos_card_request_read(const char *line, gsize length, PosCardRequest *out)
{
    PosCardRequest request = {0};
    json_t *object = read_object(line, length);
    bool sound = object != NULL && request_from(object, &request);
    json_decref(object);
    if (sound) {
        *out = request;
    }
    return sound;
}

/* --- answers ------------------------------------------------------------------------------------------ */

char *pos_card_answer_line(const PosTenderAnswer *answer)
{
    json_t *object =
        json_pack("{ssss}", "id", answer->attempt, "status", pos_payment_code(answer->status));
    const struct {
        const char *key, *text;
    } texts[] = {{"refund_id", answer->refund_id},
                 {"reference", answer->reference},
                 {"scheme", answer->scheme},
                 {"last4", answer->last4},
                 {"message", answer->message}};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (texts[i].text[0] != '\0') {
            json_object_set_new(object, texts[i].key, json_string(texts[i].text));
        }
    }
    if (answer->amount.minor >= 0) {
        json_object_set_new(object, "amount", json_integer(answer->amount.minor));
    }
    return print(object);
}

/* Never a whole card number: digits beyond the last four are dropped. */
static void copy_last4(const json_t *object, PosTenderAnswer *out)
{
    const char *digits = json_string_value(json_object_get(object, "last4"));
    gsize length = digits == NULL ? 0 : strlen(digits);
    const char *tail = length > 4 ? digits + length - 4 : digits;
    if (length >= 4 && strspn(tail, "0123456789") == 4) {
        g_strlcpy(out->last4, tail, sizeof out->last4);
    }
}

static bool answer_from(const json_t *object, PosTenderAnswer *out)
{
    const json_t *amount = json_object_get(object, "amount");
    if (!pos_payment_from_code(json_string_value(json_object_get(object, "status")),
                               &out->status) ||
        !copy_text(object, "id", out->attempt, sizeof out->attempt, true) ||
        (amount != NULL && (!json_is_integer(amount) || json_integer_value(amount) < 0)) ||
        json_integer_value(amount) > POS_BOUND_AMOUNT_MINOR_MAX) {
        return false;
    }
    out->amount = pos_money(amount == NULL ? -1 : json_integer_value(amount));
    copy_text(object, "refund_id", out->refund_id, sizeof out->refund_id, false);
    copy_text(object, "reference", out->reference, sizeof out->reference, false);
    copy_text(object, "scheme", out->scheme, sizeof out->scheme, false);
    copy_text(object, "message", out->message, sizeof out->message, false);
    copy_last4(object, out);
    return true;
}

bool pos_card_answer_read(const char *line, gsize length, PosTenderAnswer *out)
{
    PosTenderAnswer answer = {0};
    json_t *object = read_object(line, length);
    bool sound = object != NULL && answer_from(object, &answer);
    json_decref(object);
    if (sound) {
        g_autofree char *message = g_utf8_make_valid(answer.message, -1);
        g_strlcpy(answer.message, message, sizeof answer.message);
        *out = answer;
    }
    return sound;
}

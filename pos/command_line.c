/* SPDX-License-Identifier: GPL-3.0-or-later
 * The words of the command line: one table of verbs, each with a function over its words. Pure. */
#include "pos/command_line.h"

#include "pos/bounds.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    GStrv words; /* without the verb */
    guint count;
    const PosCurrency *currency;
} Words;

/* --- numbers -------------------------------------------------------------------------------------- */

/* A whole number with `decimals` digits after the point at most, in units of 10^-decimals. */
static bool read_decimal(const char *text, int decimals, int64_t max, int64_t *out)
{
    int64_t value = 0;
    int behind = -1;
    gsize digits = 0;
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '.' && behind < 0 && decimals > 0) {
            behind = 0;
            continue;
        }
        if (!g_ascii_isdigit(*p) || value > max / 10 || behind >= decimals) {
            return false;
        }
        value = value * 10 + (*p - '0');
        behind += behind >= 0;
        digits++;
    }
    for (int i = MAX(behind, 0); i < decimals; i++) {
        if (value > max / 10) {
            return false;
        }
        value *= 10;
    }
    *out = value;
    return digits > 0 && value <= max;
}

static bool read_count(const char *text, int64_t max, int64_t *out)
{
    return text != NULL && read_decimal(text, 0, max, out);
}

static bool read_amount(const Words *words, const char *text, int64_t *out)
{
    return text != NULL &&
           read_decimal(text, words->currency->exponent, POS_BOUND_AMOUNT_MINOR_MAX, out);
}

static bool read_line(const char *text, int *out)
{
    int64_t line = 0;
    if (!read_count(text, G_MAXINT - 1, &line) || line == 0) {
        return false;
    }
    *out = (int)line;
    return true;
}

static const char *word(const Words *words, guint index)
{
    return index < words->count ? words->words[index] : NULL;
}

/* The words from index on as one text; NULL when there are none. Owned. */
static char *rest(const Words *words, guint index)
{
    return index < words->count ? g_strjoinv(" ", words->words + index) : NULL;
}

static void set_text(PosTillCommand *command, const char *text)
{
    command->text = g_strdup(text);
    command->text_length = strlen(text);
}

/* --- verbs ---------------------------------------------------------------------------------------- */

static bool do_plain(const Words *words, PosTillCommand *command)
{
    (void)command;
    return words->count == 0;
}

static bool do_tare(const Words *words, PosTillCommand *command)
{
    return words->count == 1 && read_count(word(words, 0), POS_BOUND_GRAMS_MAX, &command->grams);
}

static bool do_quantity(const Words *words, PosTillCommand *command)
{
    return words->count == 2 && read_line(word(words, 0), &command->line) &&
           read_count(word(words, 1), POS_BOUND_PIECES_MAX, &command->pieces);
}

static bool do_void(const Words *words, PosTillCommand *command)
{
    if (words->count == 1 && g_ascii_strcasecmp(word(words, 0), "all") == 0) {
        command->verb = POS_TILL_VOID;
        return true;
    }
    return words->count == 1 && read_line(word(words, 0), &command->line);
}

static bool do_price(const Words *words, PosTillCommand *command)
{
    command->reason = rest(words, 2);
    return words->count >= 3 && read_line(word(words, 0), &command->line) &&
           read_amount(words, word(words, 1), &command->amount);
}

static bool do_shown(const Words *words, PosTillCommand *command)
{
    return words->count == 2 && read_line(word(words, 0), &command->line) &&
           read_amount(words, word(words, 1), &command->amount);
}

static bool do_department(const Words *words, PosTillCommand *command)
{
    command->department = g_strdup(word(words, 0));
    command->name = rest(words, 2);
    return words->count >= 2 && read_amount(words, word(words, 1), &command->amount);
}

static bool do_bag(const Words *words, PosTillCommand *command)
{
    return words->count == 0 ||
           (words->count == 1 &&
            read_count(word(words, 0), POS_BOUND_PIECES_MAX, &command->pieces));
}

static bool do_back(const Words *words, PosTillCommand *command)
{
    return (words->count == 1 || words->count == 2) &&
           read_amount(words, word(words, 0), &command->amount) &&
           (words->count == 1 ||
            read_count(word(words, 1), POS_BOUND_PIECES_MAX, &command->pieces));
}

static bool do_age(const Words *words, PosTillCommand *command)
{
    command->seen = words->count == 1 && g_ascii_strcasecmp(word(words, 0), "ok") == 0;
    command->born = words->count == 1 && !command->seen ? g_strdup(word(words, 0)) : NULL;
    return words->count == 1;
}

static bool do_return(const Words *words, PosTillCommand *command)
{
    command->receipt = g_strdup(word(words, 0));
    command->to = g_strdup(word(words, words->count - 1));
    return (words->count == 3 || words->count == 4) && read_line(word(words, 1), &command->line) &&
           (words->count == 3 || read_count(word(words, 2), G_MAXINT, &command->pieces));
}

static bool do_exchange(const Words *words, PosTillCommand *command)
{
    command->exchange = true;
    return do_return(words, command);
}

static bool do_cash(const Words *words, PosTillCommand *command)
{
    command->tender = POS_TENDER_CASH;
    return words->count == 1 && read_amount(words, word(words, 0), &command->amount);
}

static bool do_card(const Words *words, PosTillCommand *command)
{
    command->tender = POS_TENDER_CARD;
    return words->count == 1 && read_amount(words, word(words, 0), &command->amount);
}

static bool do_check(const Words *words, PosTillCommand *command)
{
    if (words->count == 1) {
        set_text(command, word(words, 0));
    }
    return words->count == 1;
}

static bool do_resume(const Words *words, PosTillCommand *command)
{
    command->ticket = g_strdup(word(words, 0));
    return words->count == 1;
}

static const struct {
    const char *name, *form;
    PosTillVerb verb;
    bool (*read)(const Words *words, PosTillCommand *command);
} VERBS[] = {
    {"tare", "tare GRAMS", POS_TILL_TARE, do_tare},
    {"qty", "qty LINE PIECES", POS_TILL_QUANTITY, do_quantity},
    {"void", "void LINE, void all", POS_TILL_VOID_LINE, do_void},
    {"price", "price LINE AMOUNT reason", POS_TILL_OVERRIDE, do_price},
    {"shown", "shown LINE AMOUNT", POS_TILL_DISPUTE, do_shown},
    {"dept", "dept ID AMOUNT [name]", POS_TILL_DEPARTMENT, do_department},
    {"bag", "bag [PIECES]", POS_TILL_BAG, do_bag},
    {"back", "back AMOUNT [PIECES]", POS_TILL_DEPOSIT_RETURN, do_back},
    {"age", "age YYYY-MM-DD, age ok", POS_TILL_AGE_CHECK, do_age},
    {"return", "return RECEIPT LINE [QTY] waste|stock", POS_TILL_RETURN, do_return},
    {"exchange", "exchange RECEIPT LINE [QTY] waste|stock", POS_TILL_RETURN, do_exchange},
    {"cash", "cash AMOUNT", POS_TILL_TENDER, do_cash},
    {"card", "card AMOUNT", POS_TILL_TENDER, do_card},
    {"check", "check CODE", POS_TILL_PRICE_CHECK, do_check},
    {"undo", "undo", POS_TILL_UNDO, do_plain},
    {"suspend", "suspend", POS_TILL_SUSPEND, do_plain},
    {"resume", "resume TICKET", POS_TILL_RESUME, do_resume},
    {"tickets", "tickets", POS_TILL_TICKETS, do_plain},
    {"cart", "cart", POS_TILL_CART, do_plain},
};

/* --- forms without a word --------------------------------------------------------------------------- */

/* "3*", "3*4017". NULL when it is not that. */
static PosTillCommand *read_times(const char *text)
{
    const char *star = strchr(text, '*');
    if (star == NULL || star == text || star - text > 6) {
        return NULL;
    }
    g_autofree char *count = g_strndup(text, (gsize)(star - text));
    int64_t pieces = 0;
    if (!read_count(count, POS_BOUND_PIECES_MAX, &pieces) || pieces == 0) {
        return NULL;
    }
    PosTillCommand *command = g_new0(PosTillCommand, 1);
    g_autofree char *code = g_strstrip(g_strdup(star + 1));
    command->verb = code[0] == '\0' ? POS_TILL_NEXT_QUANTITY : POS_TILL_SCAN;
    command->pieces = pieces;
    if (code[0] != '\0') {
        set_text(command, code);
    }
    return command;
}

/* "450g", "0.45kg": typed by a person. NULL when it is not that. */
static PosTillCommand *read_weight(const char *text)
{
    gsize length = strlen(text);
    bool kilograms = length > 2 && g_ascii_strcasecmp(text + length - 2, "kg") == 0;
    bool grams = !kilograms && length > 1 && g_ascii_tolower(text[length - 1]) == 'g';
    int64_t weight = 0;
    if (!kilograms && !grams) {
        return NULL;
    }
    g_autofree char *number = g_strndup(text, length - (kilograms ? 2 : 1));
    if (!read_decimal(g_strstrip(number), kilograms ? 3 : 0, POS_BOUND_GRAMS_MAX, &weight)) {
        return NULL;
    }
    PosTillCommand *command = g_new0(PosTillCommand, 1);
    command->verb = POS_TILL_WEIGHT;
    command->grams = weight;
    command->by_hand = true;
    return command;
}

/* "-10% 2 dented", "-2.50 bruised". */
static bool read_discount(const Words *words, PosTillCommand *command)
{
    const char *first = word(words, 0) + 1;
    gsize length = strlen(first);
    guint at = 1;
    if (length > 1 && first[length - 1] == '%') {
        g_autofree char *number = g_strndup(first, length - 1);
        if (!read_decimal(number, 2, 10000, &command->percent_bp) || command->percent_bp == 0) {
            return false;
        }
    } else if (!read_amount(words, first, &command->amount) || command->amount == 0) {
        return false;
    }
    command->verb = POS_TILL_DISCOUNT;
    at += word(words, 1) != NULL && read_line(word(words, 1), &command->line);
    command->reason = rest(words, at);
    if (command->reason == NULL) {
        command->reason = g_strdup(_("discount"));
    }
    return true;
}

/* --- the line --------------------------------------------------------------------------------------- */

static PosTillCommand *read_words(Words *words, char **out_message)
{
    const char *first = words->words[0];
    PosTillCommand command = {0};
    if (first[0] == '-' && g_ascii_isdigit(first[1])) {
        if (read_discount(words, &command)) {
            return g_memdup2(&command, sizeof command);
        }
        /* xgettext:no-c-format */
        *out_message = g_strdup(_("A discount is typed as -10% or as an amount, then the line's "
                                  "number and a reason."));
        return NULL;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(VERBS); i++) {
        if (g_ascii_strcasecmp(first, VERBS[i].name) != 0) {
            continue;
        }
        PosTillCommand *owned = g_new0(PosTillCommand, 1);
        Words arguments = {words->words + 1, words->count - 1, words->currency};
        owned->verb = VERBS[i].verb;
        if (VERBS[i].read(&arguments, owned)) {
            return owned;
        }
        pos_till_command_free(owned);
        *out_message = g_strdup_printf(_("That is typed as: %s"), VERBS[i].form);
        return NULL;
    }
    return NULL;
}

PosTillCommand *pos_command_line_parse(const char *text, gsize length, const PosCurrency *currency,
                                       char **out_message)
{
    *out_message = NULL;
    if (length <= POS_BOUND_SCAN_BYTES && memchr(text, '\0', length) == NULL &&
        g_utf8_validate(text, (gssize)length, NULL)) {
        g_autofree char *line = g_strndup(text, length);
        g_strstrip(line);
        PosTillCommand *command = read_times(line);
        command = command != NULL ? command : read_weight(line);
        if (command != NULL) {
            return command;
        }
        g_auto(GStrv) raw = g_strsplit_set(line, " \t", -1);
        g_autoptr(GPtrArray) kept = g_ptr_array_new();
        for (guint i = 0; raw[i] != NULL; i++) {
            if (raw[i][0] != '\0') {
                g_ptr_array_add(kept, raw[i]);
            }
        }
        g_ptr_array_add(kept, NULL);
        Words words = {(GStrv)kept->pdata, kept->len - 1, currency};
        command = words.count == 0 ? NULL : read_words(&words, out_message);
        if (command != NULL || *out_message != NULL) {
            return command;
        }
    }
    PosTillCommand *scan = g_new0(PosTillCommand, 1);
    scan->verb = POS_TILL_SCAN;
    scan->text = g_malloc(length + 1);
    memcpy(scan->text, text, length);
    scan->text[length] = '\0';
    scan->text_length = length;
    return scan;
}

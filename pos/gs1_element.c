/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the grammar of element strings and the association rules. The table of pos/gs1_ai.c says
 * what an AI wants; nothing here knows a particular AI. Pure. */
#include "pos/gs1_element.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FORM_ALONE 0 /* instead of a year */

bool pos_gs1_refuse(PosGs1Message *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_vsnprintf(out->error, sizeof(out->error), format, arguments);
    va_end(arguments);
    /* A translated sentence may be cut within a character. */
    const char *valid_end;
    if (!g_utf8_validate(out->error, -1, &valid_end)) {
        out->error[valid_end - out->error] = '\0';
    }
    out->kind = POS_GS1_REFUSED;
    return false;
}

/* One component: character set, then each rule. NULL when it keeps them. */
static const char *check_part(const PosGs1Part *part, const char *data, gsize length, int this_year)
{
    if (!pos_gs1_lint_cset_holds(part->cset, data, length)) {
        return part->cset == 'N' ? _("only digits are allowed")
                                 : _("it holds a character that GS1 does not allow");
    }
    for (gsize i = 0; i < G_N_ELEMENTS(part->lints) && part->lints[i] != POS_LINT_NONE; i++) {
        const char *wrong = pos_gs1_lint(part->lints[i], data, length, this_year);
        if (wrong != NULL) {
            return wrong;
        }
    }
    return NULL;
}

/* Takes the components of an AI from what stands before the next separator. this_year 0: the form
 * alone, no content. */
static const char *check_value(const PosGs1Ai *ai, const char *value, gsize available,
                               int this_year, gsize *out_used)
{
    PosGs1Part parts[POS_GS1_AI_PARTS];
    gsize count = pos_gs1_ai_parts(ai, parts);
    gsize at = 0;
    if (available == 0) {
        return _("the value is missing");
    }
    for (gsize i = 0; i < count; i++) {
        gsize length = MIN(parts[i].max, available - at);
        if (parts[i].optional && length == 0) {
            continue;
        }
        if (length < parts[i].min) {
            return _("the value is too short");
        }
        if (this_year == FORM_ALONE) {
            parts[i].lints[0] = POS_LINT_NONE;
        }
        const char *wrong = check_part(&parts[i], value + at, length, this_year);
        if (wrong != NULL) {
            return wrong;
        }
        at += length;
    }
    *out_used = at;
    return NULL;
}

static bool refuse_ai(PosGs1Message *out, const char *ai, gsize ai_length, const char *wrong)
{
    /* Translators: first the digits of a GS1 Application Identifier, then what is wrong with its
     * value. */
    return pos_gs1_refuse(out, _("AI (%.*s): %s."), (int)ai_length, ai, wrong);
}

static bool store_element(PosGs1Message *out, const char *ai, gsize ai_length, const char *value,
                          gsize length)
{
    char digits[5] = {0};
    memcpy(digits, ai, ai_length);
    const char *known = pos_gs1_value(out, digits);
    if (known != NULL) {
        return (strlen(known) == length && memcmp(known, value, length) == 0) ||
               refuse_ai(out, ai, ai_length, _("it stands twice with different values"));
    }
    if (out->elements_count == POS_BOUND_GS1_ELEMENTS) {
        return pos_gs1_refuse(out, _("The code holds more than %d elements."),
                              POS_BOUND_GS1_ELEMENTS);
    }
    PosGs1Element *element = &out->elements[out->elements_count++];
    g_assert(length <= POS_BOUND_GS1_VALUE_BYTES);
    memcpy(element->ai, digits, sizeof(digits));
    memcpy(element->value, value, length);
    element->value[length] = '\0';
    return true;
}

bool pos_gs1_element_add(PosGs1Message *out, const char *ai, gsize ai_length, const char *value,
                         gsize length, int this_year)
{
    const PosGs1Ai *entry = pos_gs1_ai_find(ai, ai_length);
    gsize used = 0;
    if (entry == NULL) {
        return pos_gs1_refuse(out, _("AI (%.*s) is unknown."), (int)MIN(ai_length, 4), ai);
    }
    const char *wrong = check_value(entry, value, length, this_year, &used);
    if (wrong == NULL && used < length) {
        wrong = _("the value is too long");
    }
    if (wrong != NULL) {
        return refuse_ai(out, ai, ai_length, wrong);
    }
    return store_element(out, ai, ai_length, value, length);
}

bool pos_gs1_element_read_plain(const char *data, gsize length, int this_year, PosGs1Message *out)
{
    const char *end = data + length;
    if (length == 0) {
        return pos_gs1_refuse(out, _("The code says that it is GS1 and holds nothing."));
    }
    while (data < end) {
        gsize ai_length = 0, used = 0;
        const PosGs1Ai *entry = pos_gs1_ai_prefix(data, (gsize)(end - data), &ai_length);
        if (entry == NULL) {
            return pos_gs1_refuse(out, _("At character %u no known AI begins."),
                                  (unsigned)(length - (gsize)(end - data) + 1));
        }
        const char *ai = data;
        data += ai_length;
        const char *separator = memchr(data, POS_GS1_SEPARATOR, (gsize)(end - data));
        gsize available = (gsize)((separator != NULL ? separator : end) - data);
        const char *wrong = check_value(entry, data, available, this_year, &used);
        if (wrong == NULL && !entry->predefined && used < available) {
            wrong = _("the value is too long");
        }
        if (wrong != NULL) {
            return refuse_ai(out, ai, ai_length, wrong);
        }
        if (!store_element(out, ai, ai_length, data, used)) {
            return false;
        }
        data += used;
        /* A separator is due after a value of variable length and tolerated after the others. */
        if (data < end && *data == POS_GS1_SEPARATOR) {
            data++;
        }
    }
    return true;
}

bool pos_gs1_element_has_form(const char *data, gsize length)
{
    PosGs1Message unused = {0};
    return pos_gs1_element_read_plain(data, length, FORM_ALONE, &unused);
}

/* The value up to the next unescaped '(' or the end; false when it cannot be a value of any AI. */
static bool take_bracket_value(const char **data, const char *end, char *value, gsize value_size,
                               gsize *out_length)
{
    gsize length = 0;
    const char *at = *data;
    while (at < end && *at != '(') {
        if (*at == '\\' && at + 1 < end && at[1] == '(') {
            at++;
        }
        if (length == value_size) {
            return false;
        }
        value[length++] = *at++;
    }
    *data = at;
    *out_length = length;
    return true;
}

bool pos_gs1_element_read_bracketed(const char *data, gsize length, int this_year,
                                    PosGs1Message *out)
{
    const char *end = data + length;
    while (data < end) {
        char value[POS_BOUND_GS1_VALUE_BYTES + 1];
        gsize value_length = 0;
        const char *close = memchr(data, ')', (gsize)(end - data));
        if (*data != '(' || close == NULL) {
            return pos_gs1_refuse(out, _("An AI in brackets is not closed."));
        }
        const char *ai = data + 1;
        gsize ai_length = (gsize)(close - ai);
        if (pos_gs1_ai_find(ai, ai_length) == NULL) {
            return pos_gs1_refuse(out, _("What stands in brackets at character %u is no known AI."),
                                  (unsigned)(length - (gsize)(end - data) + 1));
        }
        data = close + 1;
        if (!take_bracket_value(&data, end, value, sizeof(value), &value_length)) {
            return refuse_ai(out, ai, ai_length, _("the value is too long"));
        }
        if (!pos_gs1_element_add(out, ai, ai_length, value, value_length, this_year)) {
            return false;
        }
    }
    return true;
}

/* True when another AI than `self` fits the pattern. */
static bool has_other(const PosGs1Message *message, const char *self, const char *pattern,
                      gsize pattern_length)
{
    for (gsize i = 0; i < message->elements_count; i++) {
        const char *ai = message->elements[i].ai;
        if (strcmp(ai, self) != 0 && pos_gs1_ai_matches(ai, pattern, pattern_length)) {
            return true;
        }
    }
    return false;
}

/* "01+21": all of them beside self. */
static bool has_all(const PosGs1Message *message, const char *self, const char *item, gsize length)
{
    const char *end = item + length;
    while (item < end) {
        const char *plus = memchr(item, '+', (gsize)(end - item));
        const char *stop = plus != NULL ? plus : end;
        if (!has_other(message, self, item, (gsize)(stop - item))) {
            return false;
        }
        item = plus != NULL ? plus + 1 : end;
    }
    return true;
}

static bool is_satisfied(const PosGs1Message *message, const char *self, const char *list)
{
    while (*list != '\0') {
        gsize length = strcspn(list, ",");
        if (has_all(message, self, list, length)) {
            return true;
        }
        list += length + (list[length] == ',' ? 1 : 0);
    }
    return false;
}

static bool check_excluded(PosGs1Message *out, const char *self, const char *list)
{
    while (*list != '\0') {
        gsize length = strcspn(list, ",");
        if (has_other(out, self, list, length)) {
            return pos_gs1_refuse(out, _("AI (%s) may not stand beside AI (%.*s)."), self,
                                  (int)length, list);
        }
        list += length + (list[length] == ',' ? 1 : 0);
    }
    return true;
}

/* GS1 General Specifications 3.8.13: a signature signs one instance, so a key that may leave its
 * serial number out must carry it beside AI 8030. */
static bool check_signed_key(PosGs1Message *out)
{
    static const struct {
        const char *ai;
        gsize without_serial;
    } keys[] = {{"253", 13}, {"255", 13}, {"8003", 14}};
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        const char *value = pos_gs1_value(out, keys[i].ai);
        if (value != NULL && strlen(value) == keys[i].without_serial) {
            return pos_gs1_refuse(out, _("AI (8030) needs a serial number in AI (%s)."),
                                  keys[i].ai);
        }
    }
    return true;
}

bool pos_gs1_element_associate(PosGs1Message *out)
{
    for (gsize i = 0; i < out->elements_count; i++) {
        const char *self = out->elements[i].ai;
        const PosGs1Ai *entry = pos_gs1_ai_find(self, strlen(self));
        if (entry->ex != NULL && !check_excluded(out, self, entry->ex)) {
            return false;
        }
        for (gsize n = 0; n < G_N_ELEMENTS(entry->req) && entry->req[n] != NULL; n++) {
            if (!is_satisfied(out, self, entry->req[n])) {
                return pos_gs1_refuse(out, _("AI (%s) needs one of these beside it: %s."), self,
                                      entry->req[n]);
            }
        }
    }
    return pos_gs1_value(out, "8030") == NULL || check_signed_key(out);
}

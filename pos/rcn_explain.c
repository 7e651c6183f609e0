/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the words about layouts. The reading itself is pos/rcn. */
#include "pos/rcn_explain.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/error.h"

#define FAULTS_MAX 50

/* --- a file's faults ------------------------------------------------------------------------------- */

/* Whether every number of `later` is one of `earlier`. */
static bool covers(const PosRcnLayout *earlier, const PosRcnLayout *later)
{
    for (gsize i = 0; i < POS_RCN_PATTERN_DIGITS; i++) {
        if (g_ascii_isdigit(earlier->slots[i]) && earlier->slots[i] != later->slots[i]) {
            return false;
        }
    }
    return true;
}

static void find_covered(GArray *layouts, GPtrArray *faults)
{
    for (guint i = 0; i < layouts->len; i++) {
        const PosRcnLayout *later = &g_array_index(layouts, PosRcnLayout, i);
        for (guint j = 0; j < i; j++) {
            const PosRcnLayout *earlier = &g_array_index(layouts, PosRcnLayout, j);
            if (covers(earlier, later)) {
                g_ptr_array_add(faults,
                                g_strdup_printf(_("Line %u can never fit: line %u takes all of its "
                                                  "numbers. Put the special layout first."),
                                                later->line, earlier->line));
                break;
            }
        }
    }
}

GPtrArray *pos_rcn_faults(const char *text, gsize length)
{
    GPtrArray *faults = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(PosRcnLayouts) layouts = pos_rcn_layouts_parse(text, length, &error);
    if (layouts == NULL && (length > G_MAXUINT16 || !g_utf8_validate(text, (gssize)length, NULL))) {
        g_ptr_array_add(faults, g_strdup(error->message));
        return faults;
    }
    g_autoptr(GArray) good = g_array_new(FALSE, TRUE, sizeof(PosRcnLayout));
    g_autofree char *copy = g_strndup(text, length);
    g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
    for (unsigned i = 0; lines[i] != NULL && faults->len < FAULTS_MAX; i++) {
        PosRcnLayout layout;
        bool found = false;
        g_autoptr(GError) fault = NULL;
        if (!pos_rcn_layout_parse(lines[i], i + 1, &layout, &found, &fault)) {
            g_ptr_array_add(faults, g_strdup(fault->message));
        } else if (found) {
            g_array_append_val(good, layout);
        }
    }
    if (faults->len == 0 && error != NULL) {
        g_ptr_array_add(faults, g_strdup(error->message)); /* too many */
        return faults;
    }
    find_covered(good, faults);
    return faults;
}

/* --- a number's parts ------------------------------------------------------------------------------ */

static PosRcnPartKind kind_of(char slot)
{
    switch (slot) {
    case '.':
        return POS_RCN_PART_ITEM;
    case 'V':
        return POS_RCN_PART_VERIFIER;
    case 'N':
    case 'D':
        return POS_RCN_PART_VALUE;
    default:
        return POS_RCN_PART_PREFIX;
    }
}

/* The digits at the slots of a kind, in order. */
static gsize gather(const PosRcnLayout *layout, const char *digits, PosRcnPartKind kind, char *out)
{
    gsize count = 0;
    for (gsize i = 0; i < POS_RCN_PATTERN_DIGITS; i++) {
        if (kind_of(layout->slots[i]) == kind) {
            out[count++] = digits[i];
        }
    }
    out[count] = '\0';
    return count;
}

static bool fits(const PosRcnLayout *layout, const char *digits)
{
    for (gsize i = 0; i < POS_RCN_PATTERN_DIGITS; i++) {
        if (g_ascii_isdigit(layout->slots[i]) && layout->slots[i] != digits[i]) {
            return false;
        }
    }
    return true;
}

static const PosRcnLayout *find_layout(const PosRcnLayouts *layouts, const char *digits,
                                       int *out_index)
{
    *out_index = -1;
    for (gsize i = 0; i < pos_rcn_layouts_count(layouts); i++) {
        const PosRcnLayout *layout = pos_rcn_layouts_at(layouts, i);
        if (fits(layout, digits)) {
            *out_index = (int)i;
            return layout;
        }
    }
    return NULL;
}

static void judge_verifier(const PosRcnLayout *layout, const char *digits, PosRcnPart *part)
{
    char value[POS_RCN_PATTERN_DIGITS + 1];
    const gsize count = gather(layout, digits, POS_RCN_PART_VALUE, value);
    part->expected = pos_rcn_verifier(value, count);
    part->right = part->expected == part->digits[0];
}

gsize pos_rcn_parts(const PosRcnLayouts *layouts, const char digits[13], int *out_layout,
                    PosRcnPart out[POS_RCN_PARTS_MAX])
{
    gsize count = 0;
    const PosRcnLayout *layout = find_layout(layouts, digits, out_layout);
    for (gsize i = 0; i < POS_RCN_PATTERN_DIGITS; i++) {
        const PosRcnPartKind kind =
            layout == NULL ? POS_RCN_PART_PREFIX : kind_of(layout->slots[i]);
        if (count == 0 || out[count - 1].kind != kind) {
            out[count++] = (PosRcnPart){.kind = kind, .right = true};
        }
        PosRcnPart *part = &out[count - 1];
        part->digits[strlen(part->digits)] = digits[i];
        if (kind == POS_RCN_PART_VERIFIER) {
            judge_verifier(layout, digits, part);
        }
    }
    PosRcnPart *check = &out[count++];
    *check = (PosRcnPart){.kind = POS_RCN_PART_CHECK};
    check->digits[0] = digits[12];
    check->expected = pos_gs1_check_digit(digits, 12);
    check->right = check->expected == digits[12];
    return count;
}

const char *pos_rcn_kind_words(const PosRcn *kind)
{
    switch (kind->kind) {
    case POS_RCN_WEIGHT:
        return _("weight");
    case POS_RCN_PRICE:
        return _("price");
    case POS_RCN_UNITS:
        return _("pieces");
    case POS_RCN_NONE:
        break;
    }
    return "";
}

static char *value_words(const PosRcnPart *part, const PosRcn *value)
{
    g_autofree char *number = pos_rcn_value_text(value);
    switch (value->kind) {
    case POS_RCN_WEIGHT:
        return g_strdup_printf(_("%s weight: %s kg"), part->digits, number);
    case POS_RCN_PRICE:
        return g_strdup_printf(_("%s price: %s"), part->digits, number);
    case POS_RCN_UNITS:
        return g_strdup_printf(_("%s pieces: %s"), part->digits, number);
    case POS_RCN_NONE:
        break;
    }
    return g_strdup(part->digits);
}

char *pos_rcn_part_words(const PosRcnPart *part, const PosRcn *value)
{
    switch (part->kind) {
    case POS_RCN_PART_PREFIX:
        return g_strdup_printf(_("%s of the layout"), part->digits);
    case POS_RCN_PART_ITEM:
        return g_strdup_printf(_("%s item"), part->digits);
    case POS_RCN_PART_VALUE:
        return value_words(part, value);
    case POS_RCN_PART_VERIFIER:
        return part->right
                   ? g_strdup_printf(_("%s verifier (right)"), part->digits)
                   : g_strdup_printf(_("%s verifier (WRONG: %c)"), part->digits, part->expected);
    case POS_RCN_PART_CHECK:
        return part->right
                   ? g_strdup_printf(_("%s check digit (right)"), part->digits)
                   : g_strdup_printf(_("%s check digit (WRONG: %c)"), part->digits, part->expected);
    }
    g_assert_not_reached();
}

bool pos_rcn_number(const char *text, char out[14], GError **error)
{
    const gsize length = strlen(text);
    if (length < 12 || length > 13 || strspn(text, "0123456789") != length) {
        g_autofree char *shown = g_utf8_make_valid(text, (gssize)MIN(length, 40));
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("“%s” is no such number: it has 13 digits, or 12 as UPC-A."), shown);
        return false;
    }
    out[0] = '0'; /* a UPC-A is the EAN-13 with a zero before it */
    memcpy(out + (13 - length), text, length + 1);
    return true;
}

/* What the value digits say, whether the verifier is right or not. */
static PosRcn value_of(const PosRcnLayout *layout, const char *digits)
{
    PosRcn value = layout->kind;
    char text[POS_RCN_PATTERN_DIGITS + 1];
    gather(layout, digits, POS_RCN_PART_VALUE, text);
    gather(layout, digits, POS_RCN_PART_ITEM, value.item);
    value.value = g_ascii_strtoll(text, NULL, 10);
    for (gsize i = 0; i < POS_RCN_PATTERN_DIGITS; i++) {
        value.decimals += layout->slots[i] == 'D' ? 1 : 0;
    }
    return value;
}

char *pos_rcn_words(const PosRcnLayouts *layouts, const char digits[13], bool *out_right)
{
    PosRcnPart parts[POS_RCN_PARTS_MAX];
    PosRcn value = {0};
    int index = -1;
    GString *text = g_string_new(NULL);
    const gsize count = pos_rcn_parts(layouts, digits, &index, parts);
    *out_right = index >= 0;
    if (index >= 0) {
        const PosRcnLayout *layout = pos_rcn_layouts_at(layouts, (gsize)index);
        g_autofree char *pattern = pos_rcn_pattern(layout);
        value = value_of(layout, digits);
        g_string_append_printf(text, _("%s layout %s (line %u)"), pos_rcn_kind_words(&layout->kind),
                               pattern, layout->line);
    } else {
        g_string_append(text, _("no layout of the store fits"));
    }
    g_string_append(text, ": ");
    for (gsize i = index >= 0 ? 0 : count - 1; i < count; i++) {
        g_autofree char *words = pos_rcn_part_words(&parts[i], &value);
        g_string_append_printf(text, "%s%s", i > 0 && index >= 0 ? " · " : "", words);
        *out_right = *out_right && parts[i].right;
    }
    return g_string_free(text, FALSE);
}

/* --- layouts --------------------------------------------------------------------------------------- */

void pos_rcn_example(const PosRcnLayout *layout, char out[14])
{
    char value[POS_RCN_PATTERN_DIGITS + 1];
    int item = 0, number = 0;
    for (gsize i = 0; i < POS_RCN_PATTERN_DIGITS; i++) {
        switch (kind_of(layout->slots[i])) {
        case POS_RCN_PART_ITEM:
            out[i] = (char)('0' + ++item % 10);
            break;
        case POS_RCN_PART_VALUE:
            out[i] = (char)('0' + number++ % 10); /* 01234: a value that a shop could have */
            break;
        case POS_RCN_PART_PREFIX:
        case POS_RCN_PART_VERIFIER:
        case POS_RCN_PART_CHECK:
            out[i] = layout->slots[i];
            break;
        }
    }
    const gsize count = gather(layout, out, POS_RCN_PART_VALUE, value);
    for (gsize i = 0; i < POS_RCN_PATTERN_DIGITS; i++) {
        if (layout->slots[i] == 'V') {
            out[i] = pos_rcn_verifier(value, count);
        }
    }
    out[12] = pos_gs1_check_digit(out, 12);
    out[13] = '\0';
}

char *pos_rcn_pattern(const PosRcnLayout *layout)
{
    GString *text = g_string_new(NULL);
    bool inside = false;
    for (gsize i = 0; i < POS_RCN_PATTERN_DIGITS; i++) {
        const bool value = kind_of(layout->slots[i]) == POS_RCN_PART_VALUE;
        if (value != inside) {
            g_string_append_c(text, value ? '{' : '}');
            inside = value;
        }
        g_string_append_c(text, layout->slots[i]);
    }
    if (inside) {
        g_string_append_c(text, '}');
    }
    return g_string_free(text, FALSE);
}

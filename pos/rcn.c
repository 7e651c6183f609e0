/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the layout file of restricted-circulation numbers and the price verifier digit. A layout is
 * a line "KIND PATTERN"; the pattern stands for the first 12 of 13 digits. A parsed set of layouts
 * never changes. */
#include "pos/rcn.h"
#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PATTERN_DIGITS POS_RCN_PATTERN_DIGITS
#define LAYOUTS_MAX 256 /* lines with a layout */

typedef PosRcnLayout Layout;

struct PosRcnLayouts {
    GArray *layouts; /* of Layout, in the file's order */
};

/* GS1 General Specifications 7.9.2: what a digit contributes under each weight. */
static const char weight_2_minus[] = "0246891357";
static const char weight_3[] = "0369258147";
static const char weight_5_plus[] = "0516273849";
static const char weight_5_minus[] = "0594837261";

char pos_rcn_verifier(const char *value, gsize count)
{
    static const char *const four[] = {weight_2_minus, weight_2_minus, weight_3, weight_5_minus};
    static const char *const five[] = {weight_5_plus, weight_2_minus, weight_5_minus, weight_5_plus,
                                       weight_2_minus};
    g_assert(count == 4 || count == 5);
    int sum = 0;
    for (gsize i = 0; i < count; i++) {
        const char *weight = count == 4 ? four[i] : five[i];
        sum += weight[value[i] - '0'] - '0';
    }
    if (count == 4) {
        return (char)('0' + sum * 3 % 10);
    }
    char complement = (char)('0' + (10 - sum % 10) % 10);
    /* The complement is a result of weight 5-: the verifier is the digit that has it. */
    return (char)('0' + (strchr(weight_5_minus, complement) - weight_5_minus));
}

static bool parse_kind(const char *word, PosRcn *out)
{
    if (strcmp(word, "weight") == 0) {
        out->kind = POS_RCN_WEIGHT;
    } else if (strcmp(word, "price") == 0) {
        out->kind = POS_RCN_PRICE;
    } else if (strcmp(word, "units") == 0) {
        out->kind = POS_RCN_UNITS;
    } else {
        return false;
    }
    return true;
}

/* The slots of a pattern; false unless it is 12 digits with one value of N and D, at most one V. */
static bool parse_pattern(const char *pattern, Layout *layout)
{
    gsize count = 0, verifiers = 0, values = 0, value_digits = 0;
    bool inside = false, decimals = false;
    for (const char *c = pattern; *c != '\0'; c++) {
        if (*c == '{' && !inside && values == 0) {
            inside = true;
            values++;
            continue;
        }
        if (*c == '}' && inside && value_digits > 0) {
            inside = false;
            continue;
        }
        bool allowed = inside ? *c == 'D' || (*c == 'N' && !decimals)
                              : *c == '.' || *c == 'V' || g_ascii_isdigit(*c);
        if (!allowed || count == PATTERN_DIGITS) {
            return false;
        }
        decimals = decimals || *c == 'D';
        verifiers += *c == 'V' ? 1 : 0;
        value_digits += inside ? 1 : 0;
        layout->slots[count++] = *c;
    }
    return count == PATTERN_DIGITS && !inside && values == 1 && verifiers <= 1 &&
           (verifiers == 0 || value_digits == 4 || value_digits == 5);
}

bool pos_rcn_layout_parse(const char *line, unsigned number, PosRcnLayout *out, bool *out_found,
                          GError **error)
{
    g_autofree char *text = g_strndup(line, strcspn(line, "#"));
    g_auto(GStrv) words = g_strsplit_set(g_strstrip(text), " \t", -1);
    const char *kind = NULL, *pattern = NULL;
    for (char **word = words; *word != NULL; word++) {
        if (**word == '\0') {
            continue;
        }
        if (pattern != NULL) {
            pattern = "";
        } else if (kind == NULL) {
            kind = *word;
        } else {
            pattern = *word;
        }
    }
    if (kind == NULL) {
        *out_found = false;
        return true;
    }
    PosRcnLayout layout = {.line = number};
    if (pattern == NULL || !parse_kind(kind, &layout.kind) || !parse_pattern(pattern, &layout)) {
        g_set_error(
            error, POS_ERROR, POS_ERROR_INVALID,
            _("Line %u of the layout file is not a layout: write weight, price or units and then a "
              "pattern of 12 digits, as in \"weight 28....V{NNDDD}\"."),
            number);
        return false;
    }
    *out = layout;
    *out_found = true;
    return true;
}

static bool parse_line(const char *line, unsigned number, GArray *layouts, GError **error)
{
    PosRcnLayout layout;
    bool found = false;
    if (!pos_rcn_layout_parse(line, number, &layout, &found, error)) {
        return false;
    }
    if (!found) {
        return true;
    }
    if (layouts->len == LAYOUTS_MAX) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("Line %u of the layout file is one layout too many: at most %d are allowed."),
                    number, LAYOUTS_MAX);
        return false;
    }
    g_array_append_val(layouts, layout);
    return true;
}

PosRcnLayouts *pos_rcn_layouts_parse(const char *text, gsize length, GError **error)
{
    if (length > POS_BOUND_LAYOUT_FILE_BYTES || !g_utf8_validate(text, (gssize)length, NULL)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The layout file is longer than %d bytes or is not UTF-8 text."),
                    POS_BOUND_LAYOUT_FILE_BYTES);
        return NULL;
    }
    PosRcnLayouts *result = g_new0(PosRcnLayouts, 1);
    result->layouts = g_array_new(FALSE, TRUE, sizeof(Layout));
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    gsize skip = length >= 3 && memcmp(text, byte_order_mark, 3) == 0 ? 3 : 0;
    g_autofree char *copy = g_strndup(text + skip, length - skip);
    g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
    for (unsigned i = 0; lines[i] != NULL; i++) {
        if (!parse_line(lines[i], i + 1, result->layouts, error)) {
            pos_rcn_layouts_free(result);
            return NULL;
        }
    }
    return result;
}

void pos_rcn_layouts_free(PosRcnLayouts *layouts)
{
    if (layouts == NULL) {
        return;
    }
    g_array_unref(layouts->layouts);
    g_free(layouts);
}

static bool is_value_slot(char slot)
{
    return slot == 'N' || slot == 'D';
}

gsize pos_rcn_layouts_count(const PosRcnLayouts *layouts)
{
    return layouts != NULL ? layouts->layouts->len : 0;
}

char *pos_rcn_layouts_line(const PosRcnLayouts *layouts, gsize index)
{
    g_assert(index < pos_rcn_layouts_count(layouts));
    const Layout *layout = &g_array_index(layouts->layouts, Layout, index);
    GString *line = g_string_new(pos_rcn_kind_code(&layout->kind));
    g_string_append_c(line, ' ');
    bool inside = false;
    for (gsize i = 0; i < PATTERN_DIGITS; i++) {
        if (is_value_slot(layout->slots[i]) != inside) {
            g_string_append_c(line, inside ? '}' : '{');
            inside = !inside;
        }
        g_string_append_c(line, layout->slots[i]);
    }
    g_string_append(line, inside ? "}" : "");
    return g_string_free(line, FALSE);
}

const PosRcnLayout *pos_rcn_layouts_at(const PosRcnLayouts *layouts, gsize index)
{
    return &g_array_index(layouts->layouts, Layout, index);
}

static bool fits(const Layout *layout, const char digits[13])
{
    for (gsize i = 0; i < PATTERN_DIGITS; i++) {
        if (g_ascii_isdigit(layout->slots[i]) && layout->slots[i] != digits[i]) {
            return false;
        }
    }
    return true;
}

static PosRcnResult read_by(const Layout *layout, const char digits[13], PosRcn *out)
{
    PosRcn rcn = layout->kind;
    char value[PATTERN_DIGITS];
    gsize value_count = 0, item_count = 0;
    char verifier = '\0';
    for (gsize i = 0; i < PATTERN_DIGITS; i++) {
        switch (layout->slots[i]) {
        case '.':
            rcn.item[item_count++] = digits[i];
            break;
        case 'V':
            verifier = digits[i];
            break;
        case 'D':
            rcn.decimals++;
            value[value_count++] = digits[i];
            break;
        case 'N':
            value[value_count++] = digits[i];
            break;
        default:
            break;
        }
    }
    if (verifier != '\0' && pos_rcn_verifier(value, value_count) != verifier) {
        return POS_RCN_WRONG_VERIFIER;
    }
    for (gsize i = 0; i < value_count; i++) {
        rcn.value = rcn.value * 10 + (value[i] - '0');
    }
    *out = rcn;
    return POS_RCN_READ;
}

PosRcnResult pos_rcn_read(const PosRcnLayouts *layouts, const char digits[13], PosRcn *out)
{
    for (guint i = 0; layouts != NULL && i < layouts->layouts->len; i++) {
        const Layout *layout = &g_array_index(layouts->layouts, Layout, i);
        if (fits(layout, digits)) {
            return read_by(layout, digits, out);
        }
    }
    return POS_RCN_NO_LAYOUT;
}

const char *pos_rcn_kind_code(const PosRcn *rcn)
{
    switch (rcn->kind) {
    case POS_RCN_NONE:
        return NULL;
    case POS_RCN_WEIGHT:
        return "weight";
    case POS_RCN_PRICE:
        return "price";
    case POS_RCN_UNITS:
        return "units";
    }
    g_assert_not_reached();
}

char *pos_rcn_value_text(const PosRcn *rcn)
{
    int64_t unit = 1;
    for (int i = 0; i < rcn->decimals; i++) {
        unit *= 10;
    }
    if (rcn->decimals == 0) {
        return g_strdup_printf("%" G_GINT64_FORMAT, rcn->value);
    }
    return g_strdup_printf("%" G_GINT64_FORMAT ".%0*" G_GINT64_FORMAT, rcn->value / unit,
                           rcn->decimals, rcn->value % unit);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the symbol characters of GS1 DataBar. A character is two interleaved sets of four elements;
 * the values of a set are its compositions in lexicographic order, so the tables are counted out
 * once instead of being written down. Pure. */
#include "pos/databar_symbol.h"

#include <string.h>

#define SET_ELEMENTS 4
#define SET_MAX 204 /* most compositions of one set */
#define PLACES 3
#define VALUES_MAX 4192
#define MODULUS 79           /* of Omnidirectional */
#define EXPANDED_MODULUS 211 /* of Expanded */
#define PAIR_VALUES (2841 * 1597)
#define LINKED 10000000000000 /* added to the value when a 2D component follows */

const int pos_databar_finders[POS_DATABAR_FINDERS][POS_DATABAR_FINDER_ELEMENTS] = {
    {3, 8, 2, 1, 1}, {3, 5, 5, 1, 1}, {3, 3, 7, 1, 1}, {3, 1, 9, 1, 1}, {2, 7, 4, 1, 1},
    {2, 5, 6, 1, 1}, {2, 3, 8, 1, 1}, {1, 5, 7, 1, 1}, {1, 3, 9, 1, 1},
};
const int pos_databar_expanded_finders[POS_DATABAR_EXPANDED_FINDERS][POS_DATABAR_FINDER_ELEMENTS] =
    {
        {1, 8, 4, 1, 1}, {3, 6, 4, 1, 1}, {3, 4, 6, 1, 1},
        {3, 2, 8, 1, 1}, {2, 6, 5, 1, 1}, {2, 2, 9, 1, 1},
};

/* A group of characters: how many modules the odd and the even elements have, their widest one and
 * how many compositions of each count (ISO/IEC 24724, tables 2, 3 and 9). */
typedef struct {
    int odd_modules, odd_widest, odd_total;
    int even_modules, even_widest, even_total;
} Group;

typedef struct {
    int modules, values;
    bool odd_has_narrow; /* else the even elements have a narrow one */
    bool odd_is_high;    /* the odd elements count higher than the even ones */
    int groups_count;
    Group groups[5];
} Place;

static const Place places[PLACES] = {
    [POS_DATABAR_OUTSIDE] = {16,
                             2841,
                             false,
                             true,
                             5,
                             {{12, 8, 161, 4, 1, 1},
                              {10, 6, 80, 6, 3, 10},
                              {8, 4, 31, 8, 5, 34},
                              {6, 3, 10, 10, 6, 70},
                              {4, 1, 1, 12, 8, 126}}},
    [POS_DATABAR_INSIDE] =
        {15,
         1597,
         true,
         false,
         4,
         {{5, 2, 4, 10, 7, 84}, {7, 4, 20, 8, 5, 35}, {9, 6, 48, 6, 3, 10}, {11, 8, 81, 4, 1, 1}}},
    [POS_DATABAR_EXPANDED] = {17,
                              4192,
                              true,
                              true,
                              5,
                              {{12, 7, 87, 5, 2, 4},
                               {10, 5, 52, 7, 4, 20},
                               {8, 4, 30, 9, 5, 52},
                               {6, 3, 10, 11, 6, 104},
                               {4, 1, 1, 13, 8, 204}}},
};

typedef struct {
    uint32_t pattern;
    int value;
} Entry;

/* Patterns by value, and the same sorted by pattern. */
typedef struct {
    uint32_t patterns[VALUES_MAX];
    Entry sorted[VALUES_MAX];
} Table;

/* Compositions of `modules` into four widths of at most `widest`, in lexicographic order, at most
 * `total` of them; with_narrow: only those with a width of one. */
static int compositions(int modules, int widest, bool with_narrow, int total,
                        int out[SET_MAX][SET_ELEMENTS])
{
    int count = 0;
    for (int code = 0; code < widest * widest * widest && count < total; code++) {
        int a = code / (widest * widest) + 1;
        int b = code / widest % widest + 1;
        int c = code % widest + 1;
        int d = modules - a - b - c;
        if (d < 1 || d > widest || (with_narrow && a > 1 && b > 1 && c > 1 && d > 1)) {
            continue;
        }
        const int widths[SET_ELEMENTS] = {a, b, c, d};
        memcpy(out[count++], widths, sizeof(widths));
    }
    g_assert(count == total);
    return count;
}

static uint32_t pattern_of(const int widths[POS_DATABAR_ELEMENTS])
{
    uint32_t pattern = 0;
    for (int i = 0; i < POS_DATABAR_ELEMENTS; i++) {
        for (int n = 0; n < widths[i]; n++) {
            pattern = pattern << 1 | (i % 2 == 0 ? 1 : 0);
        }
    }
    return pattern;
}

static int compare_entries(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    return x->pattern < y->pattern ? -1 : x->pattern > y->pattern;
}

static void fill_group(const Place *place, const Group *group, Table *table, int *value)
{
    int odd[SET_MAX][SET_ELEMENTS], even[SET_MAX][SET_ELEMENTS];
    compositions(group->odd_modules, group->odd_widest, place->odd_has_narrow, group->odd_total,
                 odd);
    compositions(group->even_modules, group->even_widest, !place->odd_has_narrow, group->even_total,
                 even);
    for (int i = 0; i < group->odd_total * group->even_total; i++) {
        int o = place->odd_is_high ? i / group->even_total : i % group->odd_total;
        int e = place->odd_is_high ? i % group->even_total : i / group->odd_total;
        int widths[POS_DATABAR_ELEMENTS];
        for (int n = 0; n < SET_ELEMENTS; n++) {
            widths[2 * n] = odd[o][n];
            widths[2 * n + 1] = even[e][n];
        }
        table->patterns[*value] = pattern_of(widths);
        table->sorted[*value] = (Entry){table->patterns[*value], *value};
        (*value)++;
    }
}

static const Table *table_of(PosDatabarPlace place)
{
    static Table tables[PLACES];
    static gsize ready;
    if (g_once_init_enter(&ready)) {
        for (int p = 0; p < PLACES; p++) {
            int value = 0;
            for (int g = 0; g < places[p].groups_count; g++) {
                fill_group(&places[p], &places[p].groups[g], &tables[p], &value);
            }
            g_assert(value == places[p].values);
            qsort(tables[p].sorted, (size_t)value, sizeof(Entry), compare_entries);
        }
        g_once_init_leave(&ready, 1);
    }
    return &tables[place];
}

int pos_databar_modules(PosDatabarPlace place)
{
    return places[place].modules;
}

int pos_databar_values(PosDatabarPlace place)
{
    return places[place].values;
}

const uint32_t *pos_databar_patterns(PosDatabarPlace place)
{
    return table_of(place)->patterns;
}

int pos_databar_value(PosDatabarPlace place, const int widths[POS_DATABAR_ELEMENTS])
{
    int sum = 0;
    for (int i = 0; i < POS_DATABAR_ELEMENTS; i++) {
        if (widths[i] < 1 || widths[i] > places[place].modules) {
            return -1;
        }
        sum += widths[i];
    }
    if (sum != places[place].modules) {
        return -1;
    }
    Entry key = {pattern_of(widths), 0};
    const Entry *found = bsearch(&key, table_of(place)->sorted, (size_t)places[place].values,
                                 sizeof(Entry), compare_entries);
    return found != NULL ? found->value : -1;
}

void pos_databar_widths(PosDatabarPlace place, int value, int out[POS_DATABAR_ELEMENTS])
{
    g_assert(value >= 0 && value < places[place].values);
    uint32_t pattern = table_of(place)->patterns[value];
    int element = 0;
    memset(out, 0, sizeof(int) * POS_DATABAR_ELEMENTS);
    for (int bit = places[place].modules - 1; bit >= 0; bit--) {
        bool is_odd = (pattern >> bit & 1) != 0;
        if (is_odd != (element % 2 == 0)) {
            element++;
        }
        out[element]++;
    }
}

/* Sum of the element widths times 3^first, 3^(first+1) …, modulo `modulus`. */
static int weigh(PosDatabarPlace place, int value, int first, int modulus)
{
    int widths[POS_DATABAR_ELEMENTS];
    pos_databar_widths(place, value, widths);
    int weight = 1, sum = 0;
    for (int i = 0; i < first; i++) {
        weight = weight * 3 % modulus;
    }
    for (int i = 0; i < POS_DATABAR_ELEMENTS; i++) {
        sum = (sum + widths[i] * weight) % modulus;
        weight = weight * 3 % modulus;
    }
    return sum;
}

static bool is_half(const PosDatabarHalf *half)
{
    return half->finder >= 0 && half->finder < POS_DATABAR_FINDERS && half->outside >= 0 &&
           half->outside < places[POS_DATABAR_OUTSIDE].values && half->inside >= 0 &&
           half->inside < places[POS_DATABAR_INSIDE].values;
}

bool pos_databar_gtin(const PosDatabarHalf *left, const PosDatabarHalf *right,
                      char out[POS_DATABAR_GTIN_MAX])
{
    if (!is_half(left) || !is_half(right)) {
        return false;
    }
    int sum = weigh(POS_DATABAR_OUTSIDE, left->outside, 0, MODULUS) +
              weigh(POS_DATABAR_INSIDE, left->inside, POS_DATABAR_ELEMENTS, MODULUS) +
              weigh(POS_DATABAR_OUTSIDE, right->outside, 2 * POS_DATABAR_ELEMENTS, MODULUS) +
              weigh(POS_DATABAR_INSIDE, right->inside, 3 * POS_DATABAR_ELEMENTS, MODULUS);
    /* Of the 81 pairs of finder patterns two are not used: 0 with 8, and 8 with 0. */
    int check = POS_DATABAR_FINDERS * left->finder + right->finder;
    if (check == 8 || check == 72) {
        return false;
    }
    check -= (check > 72) + (check > 8);
    if (sum % MODULUS != check) {
        return false;
    }
    int64_t value =
        ((int64_t)left->outside * places[POS_DATABAR_INSIDE].values + left->inside) * PAIR_VALUES +
        (int64_t)right->outside * places[POS_DATABAR_INSIDE].values + right->inside;
    if (value >= 2 * LINKED) {
        return false;
    }
    value %= LINKED;
    int digit_sum = 0;
    char *digits = out + 2;
    memcpy(out, "01", 2);
    for (int i = 12; i >= 0; i--) {
        digits[i] = (char)('0' + value % 10);
        digit_sum += (int)(value % 10) * (i % 2 == 0 ? 3 : 1);
        value /= 10;
    }
    digits[13] = (char)('0' + (10 - digit_sum % 10) % 10);
    digits[14] = '\0';
    return true;
}

void pos_databar_sequence(int segments, int out[POS_DATABAR_SEGMENTS_MAX])
{
    static const char *const letters[] = {"AA",         "ABB",        "ACBD",     "AEBDC",
                                          "AEBDDF",     "AEBDEFF",    "AABBCCDD", "AABBCCDEE",
                                          "AABBCCDEFF", "AABBCDDEEFF"};
    g_assert(segments >= 2 && segments <= POS_DATABAR_SEGMENTS_MAX);
    for (int i = 0; i < segments; i++) {
        out[i] = (letters[segments - 2][i] - 'A') * 2 + i % 2;
    }
}

int pos_databar_characters_count(int check_character)
{
    int count = check_character / EXPANDED_MODULUS + 4;
    return check_character >= 0 && count <= POS_DATABAR_CHARACTERS_MAX ? count : 0;
}

bool pos_databar_message(const int *characters, int count, char out[POS_DATABAR_TEXT_MAX],
                         gsize *out_length)
{
    if (count < 4 || count != pos_databar_characters_count(characters[0])) {
        return false;
    }
    int sequence[POS_DATABAR_SEGMENTS_MAX], sum = 0;
    uint16_t data[POS_DATABAR_DATA_CHARACTERS_MAX];
    pos_databar_sequence((count + 1) / 2, sequence);
    for (int i = 1; i < count; i++) {
        if (characters[i] < 0 || characters[i] >= places[POS_DATABAR_EXPANDED].values) {
            return false;
        }
        int row = sequence[i / 2] * 2 + i % 2 - 1; /* of the table of weights, powers of three */
        sum += weigh(POS_DATABAR_EXPANDED, characters[i], row * POS_DATABAR_ELEMENTS,
                     EXPANDED_MODULUS);
        data[i - 1] = (uint16_t)characters[i];
    }
    return characters[0] % EXPANDED_MODULUS == sum % EXPANDED_MODULUS &&
           pos_databar_expanded_text(data, count - 1, out, out_length);
}

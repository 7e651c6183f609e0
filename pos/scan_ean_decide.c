/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns which number the costs of digits speak for: of all whose sets and check digit are right the one that costs
 * least, digit by digit with the least cost for each remainder of the check sum. Pure. */
#include "pos/scan_ean.h"

#include <string.h>

#define MODULUS 10

/* Which left digits are of set B, the first of six the highest bit: by EAN-13's first digit, and by UPC-E's check digit in number
 * system 0. */
static const uint8_t ean13_sets[10] = {0x00, 0x0B, 0x0D, 0x0E, 0x13, 0x19, 0x1C, 0x15, 0x16, 0x1A};
static const uint8_t upce_sets[10] = {0x38, 0x34, 0x32, 0x31, 0x2C, 0x26, 0x23, 0x2A, 0x29, 0x25};

/* A family of numbers: sets and weights of the digits that have bars, and what the others add to the check sum. */
typedef struct {
    int count;
    unsigned sets; /* the first digit the highest of `count` bits */
    uint8_t weights[POS_EAN_DIGITS];
    int others;
    int last; /* the last digit when the family fixes it, or -1 */
} Family;

/* A code that may not be at a place; place -1: none. */
typedef struct {
    int place, code;
} Ban;

typedef struct {
    int codes[POS_EAN_DIGITS];
    float cost;
} Best;

static int code_of(const Family *family, int place, int digit)
{
    return (family->sets >> (family->count - 1 - place) & 1U) != 0 ? digit + 10 : digit;
}

/* Improves `best` by the family's number that costs least. */
static bool improve(const Family *family, float costs[][POS_EAN_CODES], float least[][2], Ban ban,
                    Best *best)
{
    float sums[POS_EAN_DIGITS + 1][MODULUS];
    uint8_t chosen[POS_EAN_DIGITS][MODULUS];
    for (int i = 0; i < MODULUS; i++) {
        sums[0][i] = i == family->others % MODULUS ? 0 : POS_EAN_MISFIT;
    }
    float rest[POS_EAN_DIGITS + 1]; /* what the places behind one cost at least */
    rest[family->count] = 0;
    for (int place = family->count - 1; place >= 0; place--) {
        unsigned set = family->sets >> (family->count - 1 - place) & 1U;
        rest[place] = rest[place + 1] + least[place][set];
    }
    if (rest[0] >= best->cost) {
        return false;
    }
    for (int place = 0; place < family->count; place++) {
        bool is_fixed = place == family->count - 1 && family->last >= 0;
        float now = POS_EAN_MISFIT;
        for (int i = 0; i < MODULUS; i++) {
            sums[place + 1][i] = POS_EAN_MISFIT;
        }
        for (int digit = is_fixed ? family->last : 0; digit <= (is_fixed ? family->last : 9);
             digit++) {
            int code = code_of(family, place, digit);
            if (place == ban.place && code == ban.code) {
                continue;
            }
            int add = digit * family->weights[place] % MODULUS;
            for (int i = 0; i < MODULUS; i++) {
                int to = i + add < MODULUS ? i + add : i + add - MODULUS;
                float cost = sums[place][i] + costs[place][code];
                if (cost < sums[place + 1][to]) {
                    sums[place + 1][to] = cost;
                    chosen[place][to] = (uint8_t)digit;
                    now = MIN(now, cost);
                }
            }
        }
        if (now + rest[place + 1] >= best->cost) { /* no better number begins like this */
            return false;
        }
    }
    if (sums[family->count][0] >= best->cost) {
        return false;
    }
    best->cost = sums[family->count][0];
    for (int place = family->count - 1, at = 0; place >= 0; place--) {
        int digit = chosen[place][at];
        best->codes[place] = code_of(family, place, digit);
        at = (at + MODULUS - digit * family->weights[place] % MODULUS) % MODULUS;
    }
    return true;
}

static void decide_ean13(float costs[][POS_EAN_CODES], float least[][2], Ban ban, Best *best,
                         int *out_first)
{
    Family family = {.count = 12, .weights = {3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1}, .last = -1};
    for (int first = 0; first < 10; first++) {
        family.sets = (unsigned)ean13_sets[first] << 6;
        family.others = first;
        if (improve(&family, costs, least, ban, best)) {
            *out_first = first;
        }
    }
}

static void decide_ean8(float costs[][POS_EAN_CODES], float least[][2], Ban ban, Best *best)
{
    Family family = {.count = 8, .weights = {3, 1, 3, 1, 3, 1, 3, 1}, .last = -1};
    improve(&family, costs, least, ban, best);
}

/* The weights of the six digits in the UPC-A number that UPC-E stands for, by the last one. */
static const uint8_t upce_weights[10][6] = {
    {1, 3, 3, 1, 3, 1}, {1, 3, 3, 1, 3, 1}, {1, 3, 3, 1, 3, 1}, {1, 3, 1, 1, 3, 0},
    {1, 3, 1, 3, 3, 0}, {1, 3, 1, 3, 1, 3}, {1, 3, 1, 3, 1, 3}, {1, 3, 1, 3, 1, 3},
    {1, 3, 1, 3, 1, 3}, {1, 3, 1, 3, 1, 3}};

static void decide_upce(float costs[][POS_EAN_CODES], float least[][2], Ban ban, Best *best,
                        int *out_system, int *out_check)
{
    for (int n = 0; n < 200; n++) {
        int last = n % 10, check = n / 10 % 10, system = n / 100;
        Family family = {.count = 6,
                         .sets = system == 0 ? upce_sets[check] : ~upce_sets[check] & 0x3FU,
                         .others = 3 * system + check,
                         .last = last};
        memcpy(family.weights, upce_weights[last], sizeof(upce_weights[last]));
        if (improve(&family, costs, least, ban, best)) {
            *out_system = system;
            *out_check = check;
        }
    }
}

static void decide(PosEanKind kind, float costs[][POS_EAN_CODES], float least[][2], Ban ban,
                   Best *best, int *out_first, int *out_check)
{
    switch (kind) {
    case POS_EAN_13:
        decide_ean13(costs, least, ban, best, out_first);
        break;
    case POS_EAN_8:
        decide_ean8(costs, least, ban, best);
        break;
    case POS_EAN_UPCE:
        decide_upce(costs, least, ban, best, out_first, out_check);
        break;
    }
}

/* UPC-E's number as EAN-13 (GS1 General Specifications 5.2.2.4.2). */
static void expand(const int codes[6], int system, int check, char out[14])
{
    int digits[13] = {0, system};
    int last = codes[5] % 10, kept = last <= 2 ? 2 : last == 3 ? 3 : last == 4 ? 4 : 5;
    for (int i = 0; i < kept; i++) {
        digits[2 + i] = codes[i] % 10;
    }
    if (last <= 2) {
        digits[4] = last;
    }
    for (int i = kept; i < 5; i++) {
        digits[12 - 5 + i] = codes[i] % 10;
    }
    if (last > 4) {
        digits[11] = last;
    }
    digits[12] = check;
    for (int i = 0; i < 13; i++) {
        out[i] = (char)('0' + digits[i]);
    }
}

bool pos_ean_decide(PosEanKind kind, float costs[][POS_EAN_CODES], float margin_most,
                    PosEanReading *out)
{
    Best best = {.cost = POS_EAN_MISFIT};
    int first = -1, check = -1, count = pos_ean_digits(kind), unused;
    const Ban none = {-1, -1};
    float least[POS_EAN_DIGITS][2]; /* of each digit's codes of set A or C, and of set B */
    for (int place = 0; place < count; place++) {
        least[place][0] = least[place][1] = POS_EAN_MISFIT;
        for (int code = 0; code < POS_EAN_CODES; code++) {
            least[place][code / 10] = MIN(least[place][code / 10], costs[place][code]);
        }
    }
    decide(kind, costs, least, none, &best, &first, &check);
    if (best.cost >= POS_EAN_MISFIT) {
        return false;
    }
    *out = (PosEanReading){.cost = best.cost};
    char *at = out->digits;
    if (kind == POS_EAN_UPCE) {
        expand(best.codes, first, check, out->digits);
    } else {
        if (kind == POS_EAN_13) {
            *at++ = (char)('0' + first);
        }
        for (int i = 0; i < count; i++) {
            *at++ = (char)('0' + best.codes[i] % 10);
        }
    }
    Best second = {.cost = best.cost + margin_most};
    for (int place = 0; place < count; place++) {
        const Ban ban = {place, best.codes[place]};
        decide(kind, costs, least, ban, &second, &unused, &unused);
    }
    out->margin = second.cost - best.cost;
    return true;
}

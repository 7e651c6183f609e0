/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the arithmetic of Reed-Solomon codes: syndromes, the error locator by Berlekamp and Massey, its
 * roots by Chien's search, the magnitudes by Forney's formula. Polynomials are lowest power first. Pure. */
#include "pos/reed_solomon.h"

#include <string.h>

#define CHECKS_MAX 128

void pos_field_init(PosField *field, unsigned polynomial)
{
    unsigned value = 1;
    for (int i = 0; i < 255; i++) {
        field->power[i] = (uint8_t)value;
        field->power[i + 255] = (uint8_t)value;
        field->log[value] = (uint8_t)i;
        value <<= 1;
        if (value > 255) {
            value ^= polynomial;
        }
    }
    field->power[510] = field->power[0];
    field->power[511] = field->power[1];
    field->log[0] = 0;
}

static uint8_t multiply(const PosField *field, uint8_t a, uint8_t b)
{
    return a == 0 || b == 0 ? 0 : field->power[field->log[a] + field->log[b]];
}

static uint8_t divide(const PosField *field, uint8_t a, uint8_t b)
{
    return a == 0 ? 0 : field->power[field->log[a] + 255 - field->log[b]];
}

static uint8_t evaluate(const PosField *field, const uint8_t *polynomial, int degree, uint8_t at)
{
    uint8_t value = 0;
    for (int i = degree; i >= 0; i--) {
        value = multiply(field, value, at) ^ polynomial[i];
    }
    return value;
}

/* The shortest locator that explains the syndromes; returns its degree. */
static int find_locator(const PosField *field, const uint8_t *syndromes, int checks,
                        uint8_t locator[CHECKS_MAX + 1])
{
    uint8_t before[CHECKS_MAX + 1] = {1}, kept[CHECKS_MAX + 1];
    int degree = 0, shift = 1;
    uint8_t before_discrepancy = 1;
    memset(locator, 0, CHECKS_MAX + 1);
    locator[0] = 1;
    for (int n = 0; n < checks; n++) {
        uint8_t discrepancy = syndromes[n];
        for (int i = 1; i <= degree; i++) {
            discrepancy ^= multiply(field, locator[i], syndromes[n - i]);
        }
        if (discrepancy == 0) {
            shift++;
            continue;
        }
        memcpy(kept, locator, sizeof(kept));
        uint8_t factor = divide(field, discrepancy, before_discrepancy);
        for (int i = 0; i + shift <= CHECKS_MAX; i++) {
            locator[i + shift] ^= multiply(field, factor, before[i]);
        }
        if (2 * degree <= n) {
            degree = n + 1 - degree;
            memcpy(before, kept, sizeof(before));
            before_discrepancy = discrepancy;
            shift = 1;
        } else {
            shift++;
        }
    }
    return degree;
}

/* The magnitude of the error whose locator has the root `root` (Forney). */
static uint8_t magnitude(const PosField *field, const uint8_t *locator, int degree,
                         const uint8_t *evaluator, int checks, uint8_t root, int first_root)
{
    uint8_t slope = 0; /* the locator's formal derivative at the root */
    for (int i = 1; i <= degree; i += 2) {
        uint8_t power = i == 1 ? 1 : field->power[(field->log[root] * (i - 1)) % 255];
        slope ^= multiply(field, locator[i], power);
    }
    if (slope == 0) {
        return 0;
    }
    uint8_t value = divide(field, evaluate(field, evaluator, checks - 1, root), slope);
    /* With roots from alpha^b the magnitude carries the position's value to the power of 1 - b. */
    int power = (255 - field->log[root]) % 255;
    int exponent = ((1 - first_root) * power) % 255;
    return multiply(field, value, field->power[(exponent + 255) % 255]);
}

int pos_reed_solomon_correct(const PosField *field, uint8_t *codewords, int length, int checks,
                             int first_root)
{
    g_assert(checks > 0 && checks <= CHECKS_MAX && checks < length &&
             length <= POS_REED_SOLOMON_LENGTH_MAX);
    uint8_t syndromes[CHECKS_MAX];
    uint8_t any = 0;
    for (int j = 0; j < checks; j++) {
        uint8_t at = field->power[(j + first_root) % 255], value = 0;
        for (int i = 0; i < length; i++) {
            value = multiply(field, value, at) ^ codewords[i];
        }
        syndromes[j] = value;
        any |= value;
    }
    if (any == 0) {
        return 0;
    }
    uint8_t locator[CHECKS_MAX + 1];
    int degree = find_locator(field, syndromes, checks, locator);
    if (degree == 0 || degree > checks / 2) {
        return -1;
    }
    uint8_t evaluator[CHECKS_MAX] = {0};
    for (int i = 0; i < checks; i++) {
        for (int j = 0; j <= MIN(i, degree); j++) {
            evaluator[i] ^= multiply(field, locator[j], syndromes[i - j]);
        }
    }
    int positions[CHECKS_MAX], found = 0;
    uint8_t values[CHECKS_MAX];
    for (int i = 0; i < length && found <= degree; i++) {
        int exponent = length - 1 - i; /* the position's value is alpha^exponent */
        uint8_t root = field->power[(255 - exponent) % 255];
        if (evaluate(field, locator, degree, root) != 0) {
            continue;
        }
        positions[found] = i;
        values[found++] = magnitude(field, locator, degree, evaluator, checks, root, first_root);
    }
    if (found != degree) {
        return -1;
    }
    for (int i = 0; i < found; i++) {
        codewords[positions[i]] ^= values[i];
    }
    return found;
}

void pos_reed_solomon_encode(const PosField *field, const uint8_t *data, int length, int checks,
                             int first_root, uint8_t *out)
{
    g_assert(checks > 0 && checks <= CHECKS_MAX && length > 0 &&
             length + checks <= POS_REED_SOLOMON_LENGTH_MAX);
    uint8_t generator[CHECKS_MAX + 1] = {1}; /* highest power first */
    for (int i = 0; i < checks; i++) {
        uint8_t root = field->power[(i + first_root) % 255];
        for (int j = i + 1; j > 0; j--) {
            generator[j] ^= multiply(field, generator[j - 1], root);
        }
    }
    memset(out, 0, (gsize)checks);
    for (int i = 0; i < length; i++) {
        uint8_t factor = data[i] ^ out[0];
        memmove(out, out + 1, (gsize)checks - 1);
        out[checks - 1] = 0;
        for (int j = 0; j < checks; j++) {
            out[j] ^= multiply(field, factor, generator[j + 1]);
        }
    }
}

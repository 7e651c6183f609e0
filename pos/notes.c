/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the tables of notes in use, in minor units, ascending. */
#include "pos/notes.h"

#include <string.h>

#define NOTES 8

static const struct {
    char code[4];
    int64_t notes[NOTES];
} TABLES[] = {
    {"KRW", {1000, 5000, 10000, 50000}},          {"JPY", {1000, 5000, 10000}},
    {"CNY", {100, 500, 1000, 2000, 5000, 10000}}, {"EUR", {500, 1000, 2000, 5000, 10000, 20000}},
    {"USD", {100, 500, 1000, 2000, 5000, 10000}}, {"GBP", {500, 1000, 2000, 5000}},
    {"CHF", {1000, 2000, 5000, 10000, 20000}},
};

/* Halves of powers of ten around what is due: 50, 100, 500, 1000, … */
static void notes_around(int64_t due, int64_t notes[NOTES])
{
    int64_t power = 10;
    while (power <= due / 10 && power < INT64_MAX / 1000) {
        power *= 10;
    }
    const int64_t around[] = {power / 2, power, power * 5, power * 10, power * 50, power * 100};
    memset(notes, 0, NOTES * sizeof notes[0]);
    memcpy(notes, around, sizeof around);
}

static gsize put(PosMoney out[], gsize count, int64_t amount)
{
    gsize at = 0;
    while (at < count && out[at].minor < amount) {
        at++;
    }
    if (at < count && out[at].minor == amount) {
        return count;
    }
    for (gsize k = count; k > at; k--) {
        out[k] = out[k - 1];
    }
    out[at] = pos_money(amount);
    return count + 1;
}

gsize pos_notes_suggest(const PosCurrency *currency, PosMoney due, PosMoney out[POS_NOTES_MAX])
{
    int64_t notes[NOTES] = {0};
    PosMoney all[NOTES + 1];
    if (due.minor <= 0 || due.minor > INT64_MAX / 1000) {
        return 0;
    }
    notes_around(due.minor, notes);
    for (gsize i = 0; i < G_N_ELEMENTS(TABLES); i++) {
        if (strcmp(TABLES[i].code, currency->code) == 0) {
            memcpy(notes, TABLES[i].notes, sizeof notes);
        }
    }
    gsize count = put(all, 0, due.minor);
    for (gsize i = 0; i < NOTES && notes[i] > 0; i++) {
        int64_t pieces = (due.minor + notes[i] - 1) / notes[i];
        count = put(all, count, pieces * notes[i]);
    }
    count = MIN(count, POS_NOTES_MAX);
    memcpy(out, all, count * sizeof out[0]);
    return count;
}

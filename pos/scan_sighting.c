/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the judgement which readings of a frame are believed. EAN and UPC have a weak check, so a few scan lines
 * through a blurred code can agree on a wrong number; a symbol of these that few lines saw must be seen by
 * a second look as well, and of two numbers in one place one is right at most. One or two lines through noise
 * now and then pass the check of EAN or DataBar: so few are never believed. Pure. */
#include "pos/scan_sighting.h"

#include <string.h>

#define SURE_STRENGTH 48  /* scan lines after which a second look is not asked for */
#define LEAST_STRENGTH 12 /* fewer are not believed, whoever saw them */
#define LEAST_CODE128 4   /* likewise: its check is stronger */

void pos_sighting_free(PosSighting *sighting)
{
    pos_symbol_free(sighting->symbol);
    g_free(sighting);
}

/* UPC-E stands for a UPC-A number; not every reader says which of the two it saw. */
static bool is_retail_number(const PosSymbol *symbol)
{
    return symbol->symbology == POS_SYMBOLOGY_EAN13 || symbol->symbology == POS_SYMBOLOGY_UPCE;
}

static bool is_same(const PosSymbol *a, const PosSymbol *b)
{
    return (a->symbology == b->symbology || (is_retail_number(a) && is_retail_number(b))) &&
           a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

void pos_sighting_note(GPtrArray *sightings, PosSymbol *symbol, PosScanLook look)
{
    int strength = symbol->strength;
    for (guint i = 0; i < sightings->len; i++) {
        PosSighting *known = g_ptr_array_index(sightings, i);
        if (is_same(known->symbol, symbol)) {
            known->symbol->symbology = MAX(known->symbol->symbology, symbol->symbology);
            known->looks |= 1U << look;
            known->strength = MAX(known->strength, strength);
            pos_symbol_free(symbol);
            return;
        }
    }
    PosSighting *sighting = g_new0(PosSighting, 1);
    *sighting = (PosSighting){symbol, 1U << look, strength};
    g_ptr_array_add(sightings, sighting);
}

static bool is_weakly_checked(const PosSymbol *symbol)
{
    return is_retail_number(symbol) || symbol->symbology == POS_SYMBOLOGY_EAN8;
}

static bool is_databar(const PosSymbol *symbol)
{
    return symbol->symbology == POS_SYMBOLOGY_DATABAR ||
           symbol->symbology == POS_SYMBOLOGY_DATABAR_EXP;
}

static int least_strength(const PosSymbol *symbol)
{
    if (is_weakly_checked(symbol) || is_databar(symbol)) {
        return LEAST_STRENGTH;
    }
    return symbol->symbology == POS_SYMBOLOGY_CODE128 ? LEAST_CODE128 : 0;
}

bool pos_sighting_is_sure(const PosSighting *sighting)
{
    bool many_looks = (sighting->looks & (sighting->looks - 1)) != 0;
    return !is_weakly_checked(sighting->symbol) || many_looks ||
           sighting->strength >= SURE_STRENGTH;
}

static void box_of(const PosSymbol *symbol, int out[4])
{
    out[0] = out[1] = G_MAXINT;
    out[2] = out[3] = G_MININT;
    for (int i = 0; i < symbol->corners_count; i++) {
        out[0] = MIN(out[0], symbol->corners[i][0]);
        out[1] = MIN(out[1], symbol->corners[i][1]);
        out[2] = MAX(out[2], symbol->corners[i][0]);
        out[3] = MAX(out[3], symbol->corners[i][1]);
    }
}

static bool overlap(const PosSymbol *a, const PosSymbol *b)
{
    int x[4], y[4];
    box_of(a, x);
    box_of(b, y);
    return x[0] <= y[2] && y[0] <= x[2] && x[1] <= y[3] && y[1] <= x[3];
}

/* Which of two numbers read from one place is believed: the one that is sure, then the one that
 * more looks saw, then the one that a threshold saw, which blur misleads less than the edges of
 * grey, then the stronger. */
static bool is_better(const PosSighting *a, const PosSighting *b)
{
    if (pos_sighting_is_sure(a) != pos_sighting_is_sure(b)) {
        return pos_sighting_is_sure(a);
    }
    int looks = __builtin_popcount(a->looks) - __builtin_popcount(b->looks);
    if (looks != 0) {
        return looks > 0;
    }
    unsigned grey = 1U << POS_LOOK_GREY;
    if ((a->looks == grey) != (b->looks == grey)) {
        return a->looks != grey;
    }
    return a->strength > b->strength;
}

/* The pattern of a DataBar symbol means something in its negative too: where other symbols are dark
 * on light, one that is only there in the negative is none. */
static bool is_ghost(const GPtrArray *sightings, const PosSighting *sighting)
{
    unsigned negative = 1U << POS_LOOK_INVERTED;
    if (sighting->symbol->symbology != POS_SYMBOLOGY_DATABAR || sighting->looks != negative) {
        return false;
    }
    for (guint i = 0; i < sightings->len; i++) {
        const PosSighting *other = g_ptr_array_index(sightings, i);
        if ((other->looks & ~negative) != 0) {
            return true;
        }
    }
    return false;
}

bool pos_sighting_is_believed(const GPtrArray *sightings, const PosSighting *sighting)
{
    if (is_ghost(sightings, sighting)) {
        return false;
    }
    if (!is_weakly_checked(sighting->symbol)) {
        return sighting->strength >= least_strength(sighting->symbol);
    }
    for (guint i = 0; i < sightings->len; i++) {
        const PosSighting *other = g_ptr_array_index(sightings, i);
        if (other != sighting && is_weakly_checked(other->symbol) &&
            overlap(other->symbol, sighting->symbol) && !is_better(sighting, other)) {
            return false;
        }
    }
    return sighting->strength >= least_strength(sighting->symbol);
}

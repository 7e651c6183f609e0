/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the encoding of Data Matrix: codewords in ASCII encodation, Reed-Solomon check words over GF(256), and the
 * placement of annex F. Square symbols of one region only, which are enough for 44 codewords. */
#include "pos/matrix_symbol.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/error.h"

#define GS '\x1d'
#define FNC1 232
#define PAD 129
#define DIGITS 130 /* the codeword of 00 */
#define FIELD_POLYNOMIAL 0x12d

#define DATA_MAX 44
#define CHECK_MAX 28

typedef struct {
    int size, data, check; /* modules a side, codewords */
} Size;
static const Size sizes[] = {{10, 3, 5},   {12, 5, 7},   {14, 8, 10},  {16, 12, 12}, {18, 18, 14},
                             {20, 22, 18}, {22, 30, 20}, {24, 36, 24}, {26, 44, 28}};

/* --- codewords ------------------------------------------------------------------------------------- */

static bool encode(const char *text, gsize length, bool gs1, uint8_t *out, gsize *out_count)
{
    gsize count = 0;
    if (gs1) {
        out[count++] = FNC1;
    }
    for (gsize i = 0; i < length;) {
        if (count == DATA_MAX || ((guchar)text[i] & 0x80) != 0) {
            return false;
        }
        if (i + 1 < length && g_ascii_isdigit(text[i]) && g_ascii_isdigit(text[i + 1])) {
            out[count++] = (uint8_t)(DIGITS + (text[i] - '0') * 10 + (text[i + 1] - '0'));
            i += 2;
        } else {
            out[count++] = gs1 && text[i] == GS ? FNC1 : (uint8_t)(text[i] + 1);
            i++;
        }
    }
    *out_count = count;
    return count > 0;
}

/* ISO/IEC 16022, annex B: the first pad is 129, those behind it are scattered by their place. */
static void pad(uint8_t *codewords, gsize from, gsize to)
{
    for (gsize i = from; i < to; i++) {
        const unsigned scattered = PAD + (149 * (unsigned)(i + 1)) % 253 + 1;
        codewords[i] = i == from ? PAD : (uint8_t)(scattered > 254 ? scattered - 254 : scattered);
    }
}

static uint8_t multiply(uint8_t a, uint8_t b)
{
    unsigned product = 0, left = a;
    for (unsigned bits = b; bits != 0; bits >>= 1) {
        product ^= (bits & 1) != 0 ? left : 0;
        left <<= 1;
        left ^= (left & 0x100) != 0 ? FIELD_POLYNOMIAL : 0;
    }
    return (uint8_t)product;
}

/* The check words are the rest of a division by (x - 2)(x - 4)...(x - 2^check). */
static void append_check(uint8_t *codewords, gsize data, gsize check)
{
    uint8_t generator[CHECK_MAX + 1] = {1};
    uint8_t root = 1;
    uint8_t *rest = codewords + data;
    for (gsize degree = 1; degree <= check; degree++) {
        root = multiply(root, 2);
        for (gsize i = degree; i > 0; i--) {
            generator[i] ^= multiply(generator[i - 1], root);
        }
    }
    memset(rest, 0, check);
    for (gsize i = 0; i < data; i++) {
        const uint8_t factor = codewords[i] ^ rest[0];
        for (gsize j = 0; j < check; j++) {
            rest[j] =
                (uint8_t)((j + 1 < check ? rest[j + 1] : 0) ^ multiply(factor, generator[j + 1]));
        }
    }
}

/* --- placement (annex F) ----------------------------------------------------------------------------- */

typedef struct {
    int side;       /* of the mapping matrix */
    uint8_t *place; /* side x side: 0 free, else 2 + value of the module */
    const uint8_t *codewords;
} Placement;

static void put(Placement *map, int row, int column, int codeword, int bit)
{
    const int side = map->side;
    if (row < 0) {
        row += side;
        column += 4 - (side + 4) % 8;
    }
    if (column < 0) {
        column += side;
        row += 4 - (side + 4) % 8;
    }
    map->place[row * side + column] = (uint8_t)(2 + ((map->codewords[codeword] >> (7 - bit)) & 1));
}

/* The eight modules of a codeword, the last of them at row and column. */
static void put_utah(Placement *map, int row, int column, int codeword)
{
    static const int shape[8][2] = {{-2, -2}, {-2, -1}, {-1, -2}, {-1, -1},
                                    {-1, 0},  {0, -2},  {0, -1},  {0, 0}};
    for (int bit = 0; bit < 8; bit++) {
        put(map, row + shape[bit][0], column + shape[bit][1], codeword, bit);
    }
}

/* Two of the four corners of annex F can occur in a square region: a negative number counts from the far side. */
static void put_corner(Placement *map, const int places[8][2], int codeword)
{
    for (int bit = 0; bit < 8; bit++) {
        const int row = places[bit][0], column = places[bit][1];
        put(map, row < 0 ? row + map->side : row, column < 0 ? column + map->side : column,
            codeword, bit);
    }
}

static bool is_free(const Placement *map, int row, int column)
{
    return row >= 0 && row < map->side && column >= 0 && column < map->side &&
           map->place[row * map->side + column] == 0;
}

static void place_all(Placement *map)
{
    static const int corner_1[8][2] = {{-1, 0}, {-1, 1}, {-1, 2}, {0, -2},
                                       {0, -1}, {1, -1}, {2, -1}, {3, -1}};
    static const int corner_2[8][2] = {{-3, 0}, {-2, 0}, {-1, 0}, {0, -4},
                                       {0, -3}, {0, -2}, {0, -1}, {1, -1}};
    const int side = map->side;
    int codeword = 0, row = 4, column = 0;
    do {
        if (row == side && column == 0) {
            put_corner(map, corner_1, codeword++);
        }
        if (row == side - 2 && column == 0 && side % 4 != 0) {
            put_corner(map, corner_2, codeword++);
        }
        do { /* upwards */
            if (row < side && column >= 0 && is_free(map, row, column)) {
                put_utah(map, row, column, codeword++);
            }
            row -= 2;
            column += 2;
        } while (row >= 0 && column < side);
        row += 1;
        column += 3;
        do { /* downwards */
            if (row >= 0 && column < side && is_free(map, row, column)) {
                put_utah(map, row, column, codeword++);
            }
            row += 2;
            column -= 2;
        } while (row < side && column >= 0);
        row += 3;
        column += 1;
    } while (row < side || column < side);
    if (is_free(map, side - 1, side - 1)) { /* a fixed pattern fills what is left */
        map->place[side * side - 1] = 3;
        map->place[(side - 2) * side + side - 2] = 3;
    }
}

/* The finder: dark left and below, every other module above and right. */
static void draw(const Placement *map, int size, uint8_t *modules)
{
    for (int row = 0; row < size; row++) {
        for (int column = 0; column < size; column++) {
            uint8_t dark;
            if (column == 0 || row == size - 1) {
                dark = 1;
            } else if (row == 0 || column == size - 1) {
                dark = (row == 0 ? column : row) % 2 == (row == 0 ? 0 : 1);
            } else {
                dark = map->place[(row - 1) * map->side + column - 1] == 3;
            }
            modules[row * size + column] = dark;
        }
    }
}

bool pos_matrix_symbol_make(const char *text, gsize length, bool gs1, PosMatrixSymbol *out,
                            GError **error)
{
    uint8_t codewords[DATA_MAX + CHECK_MAX];
    gsize count = 0;
    if (!encode(text, length, gs1, codewords, &count)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("A text of %zu bytes does not fit into this Data Matrix."), length);
        return false;
    }
    const Size *size = sizes;
    while (size->data < (int)count) {
        size++;
    }
    pad(codewords, count, (gsize)size->data);
    append_check(codewords, (gsize)size->data, (gsize)size->check);
    const int side = size->size - 2;
    g_autofree uint8_t *place = g_malloc0((gsize)(side * side));
    Placement map = {side, place, codewords};
    place_all(&map);
    out->size = size->size;
    out->modules = g_malloc((gsize)(size->size * size->size));
    draw(&map, size->size, out->modules);
    return true;
}

void pos_matrix_symbol_clear(PosMatrixSymbol *symbol)
{
    g_clear_pointer(&symbol->modules, g_free);
    symbol->size = 0;
}

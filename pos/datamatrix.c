/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the layout of Data Matrix symbols: sizes, where the bits of each codeword lie (ISO/IEC 16022 annex F),
 * the blocks of error correction. Pure. */
#include "pos/datamatrix.h"
#include "pos/datamatrix_text.h"
#include "pos/reed_solomon.h"

#include <string.h>

#define POLYNOMIAL 0x12d
#define FIRST_ROOT 1
#define CODEWORDS_MAX 2178
#define BLOCKS_MAX 10

static const PosDatamatrixSize sizes[] = {
    {10, 10, 8, 8, 3, 5, 1},
    {12, 12, 10, 10, 5, 7, 1},
    {14, 14, 12, 12, 8, 10, 1},
    {16, 16, 14, 14, 12, 12, 1},
    {18, 18, 16, 16, 18, 14, 1},
    {20, 20, 18, 18, 22, 18, 1},
    {22, 22, 20, 20, 30, 20, 1},
    {24, 24, 22, 22, 36, 24, 1},
    {26, 26, 24, 24, 44, 28, 1},
    {32, 32, 14, 14, 62, 36, 1},
    {36, 36, 16, 16, 86, 42, 1},
    {40, 40, 18, 18, 114, 48, 1},
    {44, 44, 20, 20, 144, 56, 1},
    {48, 48, 22, 22, 174, 68, 1},
    {52, 52, 24, 24, 204, 84, 2},
    {64, 64, 14, 14, 280, 112, 2},
    {72, 72, 16, 16, 368, 144, 4},
    {80, 80, 18, 18, 456, 192, 4},
    {88, 88, 20, 20, 576, 224, 4},
    {96, 96, 22, 22, 696, 272, 4},
    {104, 104, 24, 24, 816, 336, 6},
    {120, 120, 18, 18, 1050, 408, 6},
    {132, 132, 20, 20, 1304, 496, 8},
    {144, 144, 22, 22, 1558, 620, 10},
    {8, 18, 6, 16, 5, 7, 1},
    {8, 32, 6, 14, 10, 11, 1},
    {12, 26, 10, 24, 16, 14, 1},
    {12, 36, 10, 16, 22, 18, 1},
    {16, 36, 14, 16, 32, 24, 1},
    {16, 48, 14, 22, 49, 28, 1},
    /* ISO/IEC 21471 */
    {8, 48, 6, 22, 18, 15, 1},
    {8, 64, 6, 14, 24, 18, 1},
    {8, 80, 6, 18, 32, 22, 1},
    {8, 96, 6, 22, 38, 28, 1},
    {8, 120, 6, 18, 49, 32, 1},
    {8, 144, 6, 22, 63, 36, 1},
    {12, 64, 10, 14, 43, 27, 1},
    {12, 88, 10, 20, 64, 36, 1},
    {16, 64, 14, 14, 62, 36, 1},
    {20, 36, 18, 16, 44, 28, 1},
    {20, 44, 18, 20, 56, 34, 1},
    {20, 64, 18, 14, 84, 42, 1},
    {22, 48, 20, 22, 72, 38, 1},
    {24, 48, 22, 22, 80, 41, 1},
    {24, 64, 22, 14, 108, 46, 1},
    {26, 40, 24, 18, 70, 38, 1},
    {26, 48, 24, 22, 90, 42, 1},
    {26, 64, 24, 14, 118, 50, 1},
};

gsize pos_datamatrix_sizes(const PosDatamatrixSize **out)
{
    *out = sizes;
    return G_N_ELEMENTS(sizes);
}

void pos_datamatrix_message_clear(PosDatamatrixMessage *message)
{
    g_clear_pointer(&message->bytes, g_byte_array_unref);
}

/* The mapping matrix: the data modules of all regions side by side. at[] says which bit of which codeword a
 * module is: codeword * 8 + bit + 1, bit 0 the most significant; 0 not placed yet. */
typedef struct {
    int rows, columns;
    uint16_t *at;
} Mapping;

static void place_module(Mapping *map, int row, int column, int codeword, int bit)
{
    if (row < 0) {
        row += map->rows;
        column += 4 - (map->rows + 4) % 8;
    }
    if (column < 0) {
        column += map->columns;
        row += 4 - (map->columns + 4) % 8;
    }
    if (row >= map->rows) { /* some of the extension's sizes wrap round */
        row -= map->rows;
    }
    map->at[row * map->columns + column] = (uint16_t)(codeword * 8 + bit + 1);
}

/* Rows and columns of a codeword's eight modules, most significant first. Where `from_end` is set, a
 * coordinate counts back from the matrix's end. */
static void place_shape(Mapping *map, const int8_t shape[8][2], int codeword)
{
    for (int bit = 0; bit < 8; bit++) {
        int row = shape[bit][0], column = shape[bit][1];
        place_module(map, row < 0 ? row + map->rows : row,
                     column < 0 ? column + map->columns : column, codeword, bit);
    }
}

static void place_utah(Mapping *map, int row, int column, int codeword)
{
    static const int8_t shape[8][2] = {{-2, -2}, {-2, -1}, {-1, -2}, {-1, -1},
                                       {-1, 0},  {0, -2},  {0, -1},  {0, 0}};
    for (int bit = 0; bit < 8; bit++) {
        place_module(map, row + shape[bit][0], column + shape[bit][1], codeword, bit);
    }
}

static void place_corners(Mapping *map, int row, int column, int *codeword)
{
    static const int8_t corner1[8][2] = {{-1, 0}, {-1, 1}, {-1, 2}, {0, -2},
                                         {0, -1}, {1, -1}, {2, -1}, {3, -1}};
    static const int8_t corner2[8][2] = {{-3, 0}, {-2, 0}, {-1, 0}, {0, -4},
                                         {0, -3}, {0, -2}, {0, -1}, {1, -1}};
    static const int8_t corner3[8][2] = {{-3, 0}, {-2, 0}, {-1, 0}, {0, -2},
                                         {0, -1}, {1, -1}, {2, -1}, {3, -1}};
    static const int8_t corner4[8][2] = {{-1, 0}, {-1, -1}, {0, -3}, {0, -2},
                                         {0, -1}, {1, -3},  {1, -2}, {1, -1}};
    if (row == map->rows && column == 0) {
        place_shape(map, corner1, (*codeword)++);
    }
    if (row == map->rows - 2 && column == 0 && map->columns % 4 != 0) {
        place_shape(map, corner2, (*codeword)++);
    }
    if (row == map->rows - 2 && column == 0 && map->columns % 8 == 4) {
        place_shape(map, corner3, (*codeword)++);
    }
    if (row == map->rows + 4 && column == 2 && map->columns % 8 == 0) {
        place_shape(map, corner4, (*codeword)++);
    }
}

static bool is_free(const Mapping *map, int row, int column)
{
    return row >= 0 && row < map->rows && column >= 0 && column < map->columns &&
           map->at[row * map->columns + column] == 0;
}

/* Fills the mapping in the order of the standard: diagonals up and down. */
static void place_all(Mapping *map)
{
    int codeword = 0, row = 4, column = 0;
    memset(map->at, 0, sizeof(uint16_t) * (gsize)(map->rows * map->columns));
    do {
        place_corners(map, row, column, &codeword);
        do {
            if (is_free(map, row, column)) {
                place_utah(map, row, column, codeword++);
            }
            row -= 2;
            column += 2;
        } while (row >= 0 && column < map->columns);
        row += 1;
        column += 3;
        do {
            if (is_free(map, row, column)) {
                place_utah(map, row, column, codeword++);
            }
            row += 2;
            column -= 2;
        } while (row < map->rows && column >= 0);
        row += 3;
        column += 1;
    } while (row < map->rows || column < map->columns);
}

/* The module of the whole symbol that holds a module of the mapping matrix. */
static int symbol_index(const PosDatamatrixSize *size, int row, int column)
{
    int whole_row = row + 1 + row / size->region_rows * 2;
    int whole_column = column + 1 + column / size->region_columns * 2;
    return whole_row * size->columns + whole_column;
}

static Mapping mapping_of(const PosDatamatrixSize *size)
{
    Mapping map = {.rows = size->rows - 2 * (size->rows / (size->region_rows + 2)),
                   .columns = size->columns - 2 * (size->columns / (size->region_columns + 2))};
    map.at = g_new(uint16_t, (gsize)(map.rows * map.columns));
    place_all(&map);
    return map;
}

static void read_codewords(const PosDatamatrixSize *size, const uint8_t *modules, uint8_t *out)
{
    int total = size->data_codewords + size->check_codewords;
    Mapping map = mapping_of(size);
    memset(out, 0, (gsize)total);
    for (int row = 0; row < map.rows; row++) {
        for (int column = 0; column < map.columns; column++) {
            int bit = map.at[row * map.columns + column] - 1;
            if (bit >= 0 && bit / 8 < total && modules[symbol_index(size, row, column)] != 0) {
                out[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
            }
        }
    }
    g_free(map.at);
}

/* Deals the codewords to their blocks, corrects each, and puts the data back. How many were changed; -1. */
static int correct(const PosDatamatrixSize *size, uint8_t *codewords)
{
    PosField field;
    pos_field_init(&field, POLYNOMIAL);
    int corrected = 0, checks = size->check_codewords / size->blocks;
    for (int block = 0; block < size->blocks; block++) {
        uint8_t dealt[POS_REED_SOLOMON_LENGTH_MAX];
        int count = 0;
        for (int i = block; i < size->data_codewords; i += size->blocks) {
            dealt[count++] = codewords[i];
        }
        int data = count;
        /* In the largest size the check words begin with the ninth block. */
        int shift = size->blocks == BLOCKS_MAX ? 8 : 0;
        for (int i = (block + size->blocks - shift) % size->blocks; i < size->check_codewords;
             i += size->blocks) {
            dealt[count++] = codewords[size->data_codewords + i];
        }
        int changed = pos_reed_solomon_correct(&field, dealt, count, checks, FIRST_ROOT);
        if (changed < 0) {
            return -1;
        }
        corrected += changed;
        for (int i = 0; i < data; i++) {
            codewords[block + i * size->blocks] = dealt[i];
        }
    }
    return corrected;
}

bool pos_datamatrix_read(const PosDatamatrixSize *size, const uint8_t *modules,
                         PosDatamatrixMessage *out)
{
    uint8_t codewords[CODEWORDS_MAX];
    read_codewords(size, modules, codewords);
    PosDatamatrixMessage message = {.bytes = g_byte_array_new()};
    message.corrected = correct(size, codewords);
    if (message.corrected < 0 || !pos_datamatrix_text(codewords, size->data_codewords, &message)) {
        pos_datamatrix_message_clear(&message);
        return false;
    }
    *out = message;
    return true;
}

/* The codewords of a message in the ASCII scheme; -1 when it is no ASCII or too long. */
static int encode_ascii(const char *bytes, gsize length, bool gs1, uint8_t *out, int room)
{
    int count = 0;
    if (gs1) {
        out[count++] = 232;
    }
    for (gsize i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte > 127 || count >= room) {
            return -1;
        }
        if (gs1 && byte == 0x1d) {
            out[count++] = 232;
        } else if (g_ascii_isdigit(byte) && i + 1 < length && g_ascii_isdigit(bytes[i + 1])) {
            out[count++] = (uint8_t)(130 + (byte - '0') * 10 + (bytes[i + 1] - '0'));
            i++;
        } else {
            out[count++] = (uint8_t)(byte + 1);
        }
    }
    return count;
}

/* The first pad is 129, each later one is randomised by its place (ISO/IEC 16022 B.1). */
static void pad(uint8_t *codewords, int count, int room)
{
    for (int i = count; i < room; i++) {
        int value = i == count ? 129 : 129 + (149 * (i + 1)) % 253 + 1;
        codewords[i] = (uint8_t)(value > 254 ? value - 254 : value);
    }
}

static void draw_borders(const PosDatamatrixSize *size, uint8_t *modules)
{
    int height = size->region_rows + 2, width = size->region_columns + 2;
    for (int row = 0; row < size->rows; row++) {
        for (int column = 0; column < size->columns; column++) {
            int y = row % height, x = column % width;
            bool dark = x == 0 || y == height - 1 || (y == 0 && x % 2 == 0) ||
                        (x == width - 1 && (height - 1 - y) % 2 == 0);
            modules[row * size->columns + column] = dark ? 1 : 0;
        }
    }
}

uint8_t *pos_datamatrix_draw(const char *bytes, gsize length, bool gs1, int *out_side)
{
    uint8_t codewords[256];
    int count = encode_ascii(bytes, length, gs1, codewords, 174);
    const PosDatamatrixSize *size = NULL;
    for (gsize i = 0; count >= 0 && i < G_N_ELEMENTS(sizes) && size == NULL; i++) {
        bool fits = sizes[i].data_codewords >= count && sizes[i].rows == sizes[i].columns;
        size = fits && sizes[i].blocks == 1 ? &sizes[i] : NULL;
    }
    if (size == NULL) {
        return NULL;
    }
    PosField field;
    pos_field_init(&field, POLYNOMIAL);
    pad(codewords, count, size->data_codewords);
    pos_reed_solomon_encode(&field, codewords, size->data_codewords, size->check_codewords,
                            FIRST_ROOT, codewords + size->data_codewords);
    uint8_t *modules = g_malloc0((gsize)size->rows * size->columns);
    draw_borders(size, modules);
    Mapping map = mapping_of(size);
    for (int row = 0; row < map.rows; row++) {
        for (int column = 0; column < map.columns; column++) {
            int bit = map.at[row * map.columns + column] - 1;
            bool fill = bit < 0 && row % map.rows == column % map.columns; /* the unused corner */
            bool dark = bit < 0 ? fill : (codewords[bit / 8] >> (7 - bit % 8) & 1) != 0;
            modules[symbol_index(size, row, column)] = dark ? 1 : 0;
        }
    }
    g_free(map.at);
    *out_side = size->rows;
    return modules;
}

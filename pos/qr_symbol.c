/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the layout of QR codes: which modules are data and in which order, format information, masks, the
 * blocks of error correction (ISO/IEC 18004 7.3 to 7.9). Pure. */
#include "pos/qr_symbol.h"
#include "pos/qr_segments.h"
#include "pos/reed_solomon.h"

#include <string.h>

#define POLYNOMIAL 0x11d
#define FIRST_ROOT 0
#define CODEWORDS_MAX 3706
#define FORMAT_MASK 0x5412
#define FORMAT_GENERATOR 0x537
#define FORMAT_ERRORS_MAX 3

/* By level L, M, Q, H and version - 1 (ISO/IEC 18004 table 9). */
static const uint8_t checks_per_block[4][POS_QR_VERSION_MAX] = {
    {7,  10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
     28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
    {10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
     26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28},
    {13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
     28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
    {17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
     30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
};
static const uint8_t blocks_of[4][POS_QR_VERSION_MAX] = {
    {1, 1, 1, 1,  1,  2,  2,  2,  2,  4,  4,  4,  4,  4,  6,  6,  6,  6,  7,  8,
     8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25},
    {1,  1,  1,  2,  2,  4,  4,  4,  5,  5,  5,  8,  9,  9,  10, 10, 11, 13, 14, 16,
     17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49},
    {1,  1,  2,  2,  4,  4,  6,  6,  8,  8,  8,  10, 12, 16, 12, 17, 16, 18, 21, 20,
     23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68},
    {1,  1,  2,  4,  4,  4,  5,  6,  8,  8,  11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
     25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81},
};
/* The two bits of the format information to the rows above. */
static const uint8_t level_of_bits[4] = {1, 0, 3, 2};

void pos_qr_message_clear(PosQrMessage *message)
{
    g_clear_pointer(&message->bytes, g_byte_array_unref);
}

int pos_qr_alignment(int version, int out[POS_QR_ALIGNMENT_MAX])
{
    if (version < 2) {
        return 0;
    }
    int count = version / 7 + 2;
    /* Equal steps, even numbers of modules, measured back from the far end; version 32 is the exception. */
    int step = version == 32 ? 26 : (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2;
    out[0] = 6;
    for (int i = count - 1, at = POS_QR_SIDE(version) - 7; i >= 1; i--, at -= step) {
        out[i] = at;
    }
    return count;
}

/* Marks the modules that are no data. */
static void mark_functions(int version, uint8_t *is_function)
{
    int side = POS_QR_SIDE(version);
    memset(is_function, 0, (gsize)(side * side));
    int alignment[POS_QR_ALIGNMENT_MAX];
    int count = pos_qr_alignment(version, alignment);
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            bool finder = (x < 9 && y < 9) || (x >= side - 8 && y < 9) || (x < 9 && y >= side - 8);
            bool timing = x == 6 || y == 6;
            bool info = version >= 7 && ((x >= side - 11 && x < side - 8 && y < 6) ||
                                         (y >= side - 11 && y < side - 8 && x < 6));
            is_function[y * side + x] = finder || timing || info ? 1 : 0;
        }
    }
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
            bool in_finder =
                (i == 0 && j == 0) || (i == 0 && j == count - 1) || (i == count - 1 && j == 0);
            for (int n = 0; !in_finder && n < 25; n++) {
                int y = alignment[i] - 2 + n / 5, x = alignment[j] - 2 + n % 5;
                is_function[y * side + x] = 1;
            }
        }
    }
}

static int bits_apart(unsigned a, unsigned b)
{
    return __builtin_popcount(a ^ b);
}

/* The 15 bits of a level and mask as they stand in a symbol. */
static unsigned format_bits(unsigned data)
{
    unsigned rest = data;
    for (int i = 0; i < 10; i++) {
        rest = rest << 1 ^ ((rest >> 9) & 1) * FORMAT_GENERATOR;
    }
    return (data << 10 | rest) ^ FORMAT_MASK;
}

/* Level (row of the tables) and mask from the better of the two copies; false when neither is near one. */
static bool read_format(const uint8_t *modules, int side, int *out_level, int *out_mask)
{
    static const int8_t first[15][2] = {{8, 0}, {8, 1}, {8, 2}, {8, 3}, {8, 4},
                                        {8, 5}, {8, 7}, {8, 8}, {7, 8}, {5, 8},
                                        {4, 8}, {3, 8}, {2, 8}, {1, 8}, {0, 8}};
    unsigned copies[2] = {0, 0}; /* most significant bit first */
    for (int i = 0; i < 15; i++) {
        copies[0] = copies[0] << 1 | modules[first[i][0] * side + first[i][1]];
        int row = i < 7 ? side - 1 - i : 8, column = i < 7 ? 8 : side - 15 + i;
        copies[1] = copies[1] << 1 | modules[row * side + column];
    }
    int nearest = FORMAT_ERRORS_MAX + 1;
    for (unsigned data = 0; data < 32; data++) {
        unsigned bits = format_bits(data);
        int apart = MIN(bits_apart(bits, copies[0]), bits_apart(bits, copies[1]));
        if (apart < nearest) {
            nearest = apart;
            *out_level = level_of_bits[data >> 3];
            *out_mask = (int)(data & 7);
        }
    }
    return nearest <= FORMAT_ERRORS_MAX;
}

static bool is_masked(int mask, int y, int x)
{
    switch (mask) {
    case 0:
        return (y + x) % 2 == 0;
    case 1:
        return y % 2 == 0;
    case 2:
        return x % 3 == 0;
    case 3:
        return (y + x) % 3 == 0;
    case 4:
        return (y / 2 + x / 3) % 2 == 0;
    case 5:
        return y * x % 2 + y * x % 3 == 0;
    case 6:
        return (y * x % 2 + y * x % 3) % 2 == 0;
    default:
        return ((y + x) % 2 + y * x % 3) % 2 == 0;
    }
}

/* The codewords in the order in which they stand in the symbol: pairs of columns from the right, up and down
 * in turn. Returns how many. */
static int read_codewords(int version, const uint8_t *modules, int mask, uint8_t *out)
{
    int side = POS_QR_SIDE(version), bit = 0;
    g_autofree uint8_t *is_function = g_malloc((gsize)(side * side));
    mark_functions(version, is_function);
    memset(out, 0, CODEWORDS_MAX);
    bool up = true;
    for (int right = side - 1; right > 0; right -= 2, up = !up) {
        if (right == 6) {
            right = 5; /* the column of the timing pattern */
        }
        for (int i = 0; i < side; i++) {
            int y = up ? side - 1 - i : i;
            for (int x = right; x > right - 2; x--) {
                if (is_function[y * side + x] != 0 || bit / 8 >= CODEWORDS_MAX) {
                    continue;
                }
                bool dark = (modules[y * side + x] != 0) != is_masked(mask, y, x);
                out[bit / 8] |= (uint8_t)(dark ? 0x80 >> bit % 8 : 0);
                bit++;
            }
        }
    }
    return bit / 8;
}

/* Deals the codewords to their blocks (the shorter ones first), corrects each and appends its data.
 * How many codewords were changed; -1. */
static int correct(const uint8_t *codewords, int total, int blocks, int checks, uint8_t *out_data)
{
    PosField field;
    pos_field_init(&field, POLYNOMIAL);
    int shorter = total / blocks, longer_count = total % blocks, data = shorter - checks;
    int corrected = 0, written = 0;
    for (int block = 0; block < blocks; block++) {
        uint8_t dealt[POS_REED_SOLOMON_LENGTH_MAX];
        int longer = block - (blocks - longer_count), count = 0;
        for (int i = 0; i < data; i++) {
            dealt[count++] = codewords[i * blocks + block];
        }
        if (longer >= 0) {
            dealt[count++] = codewords[data * blocks + longer];
        }
        int data_count = count;
        for (int i = 0; i < checks; i++) {
            dealt[count++] = codewords[data * blocks + longer_count + i * blocks + block];
        }
        int changed = pos_reed_solomon_correct(&field, dealt, count, checks, FIRST_ROOT);
        if (changed < 0) {
            return -1;
        }
        corrected += changed;
        memcpy(out_data + written, dealt, (gsize)data_count);
        written += data_count;
    }
    return corrected;
}

bool pos_qr_symbol_read(int version, const uint8_t *modules, PosQrMessage *out)
{
    g_assert(version >= 1 && version <= POS_QR_VERSION_MAX);
    int level = 0, mask = 0;
    if (!read_format(modules, POS_QR_SIDE(version), &level, &mask)) {
        return false;
    }
    g_autofree uint8_t *codewords = g_malloc(CODEWORDS_MAX);
    g_autofree uint8_t *data = g_malloc(CODEWORDS_MAX);
    int total = read_codewords(version, modules, mask, codewords);
    int blocks = blocks_of[level][version - 1], checks = checks_per_block[level][version - 1];
    int corrected = correct(codewords, total, blocks, checks, data);
    if (corrected < 0) {
        return false;
    }
    PosQrMessage message = {.bytes = g_byte_array_new(), .corrected = corrected};
    if (!pos_qr_segments_read(version, data, total - blocks * checks, &message)) {
        pos_qr_message_clear(&message);
        return false;
    }
    *out = message;
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/datamatrix.c, pos/qr_symbol.c and what they stand on (segments, ECI, error correction) on symbols
 * that other programs drew, whole and with damaged modules. */
#include "pos/datamatrix.h"
#include "pos/qr_symbol.h"
#include "pos/reed_solomon.h"
#include "tests/support/vectors.h"

#include <qrencode.h>
#include <string.h>

/* The modules of a row of the table, columns x *out_rows. Owned. */
static uint8_t *modules_of(const Vectors *vectors, guint row, int columns, int *out_rows)
{
    g_auto(GStrv) lines = g_strsplit(vectors_cell(vectors, row, "rows"), "/", -1);
    int rows = (int)g_strv_length(lines);
    uint8_t *modules = g_malloc0((gsize)(rows * columns));
    for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x++) {
            int nibble = g_ascii_xdigit_value(lines[y][x / 4]);
            g_assert_cmpint(nibble, >=, 0);
            modules[y * columns + x] = (uint8_t)(nibble >> (3 - x % 4) & 1);
        }
    }
    *out_rows = rows;
    return modules;
}

static const PosDatamatrixSize *size_of(int rows, int columns)
{
    const PosDatamatrixSize *sizes;
    gsize count = pos_datamatrix_sizes(&sizes);
    for (gsize i = 0; i < count; i++) {
        if (sizes[i].rows == rows && sizes[i].columns == columns) {
            return &sizes[i];
        }
    }
    return NULL;
}

static void test_datamatrix(void)
{
    g_autofree char *csv = vectors_path("matrix/datamatrix.csv");
    Vectors *vectors = vectors_read(csv);
    g_assert_cmpuint(vectors->rows->len, >=, 60);
    for (guint row = 0; row < vectors->rows->len; row++) {
        g_test_message("%s", vectors_cell(vectors, row, "name"));
        int columns = atoi(vectors_cell(vectors, row, "columns")), rows;
        g_autofree uint8_t *modules = modules_of(vectors, row, columns, &rows);
        gsize length;
        g_autofree char *text = vectors_unescape(vectors_cell(vectors, row, "text"), &length);
        PosDatamatrixMessage message;
        const PosDatamatrixSize *size = size_of(rows, columns);
        g_assert_nonnull(size);
        g_assert_true(pos_datamatrix_read(size, modules, &message));
        g_assert_cmpmem(message.bytes->data, message.bytes->len, text, length);
        g_assert_cmpint(message.corrected, ==, 0);
        g_assert_cmpint(message.gs1, ==, vectors_cell(vectors, row, "gs1")[0] == '1');
        pos_datamatrix_message_clear(&message);
        /* One codeword damaged for each two check words of a block are put right. */
        modules[(rows / 2) * columns + columns / 2] ^= 1;
        g_assert_true(pos_datamatrix_read(size, modules, &message));
        g_assert_cmpmem(message.bytes->data, message.bytes->len, text, length);
        pos_datamatrix_message_clear(&message);
        for (int i = 0; i < rows * columns; i += 3) {
            modules[i] ^= 1;
        }
        g_assert_false(pos_datamatrix_read(size, modules, &message));
    }
    vectors_free(vectors);
}

static void test_datamatrix_drawn(void)
{
    static const char *const texts[] = {"0109521234543213",
                                        "https://id.gs1.org/01/09521234543213/10/A-7",
                                        "0109521234543213"
                                        "10LOT7\x1d"
                                        "17261130",
                                        "x"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        bool gs1 = strchr(texts[i], 0x1d) != NULL;
        int side = 0;
        g_autofree uint8_t *modules = pos_datamatrix_draw(texts[i], strlen(texts[i]), gs1, &side);
        g_assert_nonnull(modules);
        PosDatamatrixMessage message;
        g_assert_true(pos_datamatrix_read(size_of(side, side), modules, &message));
        g_assert_cmpmem(message.bytes->data, message.bytes->len, texts[i], strlen(texts[i]));
        g_assert_cmpint(message.gs1, ==, gs1);
        g_assert_cmpint(message.corrected, ==, 0);
        pos_datamatrix_message_clear(&message);
    }
    int side;
    g_autofree char *much = g_strnfill(400, 'a');
    g_assert_null(pos_datamatrix_draw(much, 400, false, &side));
    g_assert_null(pos_datamatrix_draw("\xc3\xa4", 2, false, &side));
}

static void test_qr(void)
{
    g_autofree char *csv = vectors_path("matrix/qr.csv");
    Vectors *vectors = vectors_read(csv);
    g_assert_cmpuint(vectors->rows->len, >=, 20);
    for (guint row = 0; row < vectors->rows->len; row++) {
        g_test_message("%s", vectors_cell(vectors, row, "name"));
        int columns = atoi(vectors_cell(vectors, row, "columns")), rows;
        g_autofree uint8_t *modules = modules_of(vectors, row, columns, &rows);
        g_assert_cmpint(rows, ==, columns);
        gsize length;
        g_autofree char *text = vectors_unescape(vectors_cell(vectors, row, "text"), &length);
        PosQrMessage message;
        g_assert_true(pos_qr_symbol_read((rows - 17) / 4, modules, &message));
        g_assert_cmpmem(message.bytes->data, message.bytes->len, text, length);
        g_assert_cmpint(message.corrected, ==, 0);
        g_assert_cmpint(message.gs1, ==, vectors_cell(vectors, row, "gs1")[0] == '1');
        pos_qr_message_clear(&message);
    }
    vectors_free(vectors);
}

/* Every version at every level as libqrencode draws it, also with modules damaged. */
static void test_qr_versions(void)
{
    for (int version = 1; version <= 40; version++) {
        for (int level = 0; level < 4; level++) {
            unsigned char text[8] = {'v',
                                     (unsigned char)('0' + version / 10),
                                     (unsigned char)('0' + version % 10),
                                     '/',
                                     (unsigned char)('0' + level),
                                     0x80,
                                     0xff,
                                     'z'};
            QRcode *code = QRcode_encodeData(7, text, version, (QRecLevel)level);
            g_assert_nonnull(code);
            g_assert_cmpint(code->version, ==, version);
            g_autofree uint8_t *modules = g_malloc((gsize)(code->width * code->width));
            for (int i = 0; i < code->width * code->width; i++) {
                modules[i] = code->data[i] & 1;
            }
            PosQrMessage message;
            for (int damage = 0; damage < 2; damage++) {
                g_assert_true(pos_qr_symbol_read(version, modules, &message));
                g_assert_cmpmem(message.bytes->data, message.bytes->len, text, 7);
                g_assert_cmpint(message.corrected > 0, ==, damage > 0);
                pos_qr_message_clear(&message);
                modules[code->width * code->width - 1] ^= 1; /* the last module is data */
            }
            QRcode_free(code);
        }
    }
}

static void test_error_correction(void)
{
    static const struct {
        unsigned polynomial;
        int first_root;
    } codes[] = {{0x11d, 0}, {0x12d, 1}};
    g_autoptr(GRand) chance = g_rand_new_with_seed(7);
    for (gsize c = 0; c < G_N_ELEMENTS(codes); c++) {
        PosField field;
        pos_field_init(&field, codes[c].polynomial);
        for (int round = 0; round < 400; round++) {
            int checks = g_rand_int_range(chance, 2, 69), length = g_rand_int_range(chance, 1, 150);
            uint8_t sent[255], got[255];
            for (int i = 0; i < length; i++) {
                sent[i] = (uint8_t)g_rand_int_range(chance, 0, 256);
            }
            pos_reed_solomon_encode(&field, sent, length, checks, codes[c].first_root,
                                    sent + length);
            memcpy(got, sent, sizeof(got));
            int errors = g_rand_int_range(chance, 0, checks / 2 + 1);
            bool hit[255] = {false};
            for (int i = 0; i < errors; i++) {
                int at = g_rand_int_range(chance, 0, length + checks);
                if (!hit[at]) {
                    hit[at] = true;
                    got[at] ^= (uint8_t)g_rand_int_range(chance, 1, 256);
                } else {
                    errors--;
                    i--;
                }
            }
            int corrected =
                pos_reed_solomon_correct(&field, got, length + checks, checks, codes[c].first_root);
            g_assert_cmpint(corrected, ==, errors);
            g_assert_cmpmem(got, (gsize)(length + checks), sent, (gsize)(length + checks));
        }
    }
}

/* More errors than can be put right are said, and nothing is changed. */
static void test_too_many_errors(void)
{
    PosField field;
    pos_field_init(&field, 0x11d);
    uint8_t words[60], kept[60];
    for (int i = 0; i < 40; i++) {
        words[i] = (uint8_t)(i * 7);
    }
    pos_reed_solomon_encode(&field, words, 40, 20, 0, words + 40);
    for (int i = 0; i < 60; i += 2) {
        words[i] ^= 0x5a;
    }
    memcpy(kept, words, sizeof(kept));
    g_assert_cmpint(pos_reed_solomon_correct(&field, words, 60, 20, 0), ==, -1);
    g_assert_cmpmem(words, sizeof(words), kept, sizeof(kept));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/datamatrix/each_size_and_scheme_is_read", test_datamatrix);
    g_test_add_func("/pos/datamatrix/what_is_drawn_is_read", test_datamatrix_drawn);
    g_test_add_func("/pos/qr_symbol/each_mode_and_character_set_is_read", test_qr);
    g_test_add_func("/pos/qr_symbol/each_version_and_level_is_read", test_qr_versions);
    g_test_add_func("/pos/reed_solomon/up_to_half_the_checks_are_corrected", test_error_correction);
    g_test_add_func("/pos/reed_solomon/more_errors_change_nothing", test_too_many_errors);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * pos/hid_pos: report descriptors as scanners have them, their reports, and what is none. */
#include "pos/error.h"
#include "pos/hid_pos.h"

#include <string.h>

/* A scanner with a byte count, AIM's three characters, 56 bytes of data, two of the maker's, and the flag that more
 * follows: report 2 of 64 bytes. After it a trigger report that is written to the device. */
static const uint8_t counted[] = {
    0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01,             /* page scanner, application */
    0x09, 0x12, 0xa1, 0x02, 0x85, 0x02,             /* scanned data report, id 2 */
    0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08,       /* 0 to 255, 8 bits */
    0x95, 0x01, 0x05, 0x01, 0x09, 0x3b, 0x81, 0x02, /* page desktop: byte count */
    0x95, 0x03, 0x05, 0x8c, 0x09, 0xfb, 0x09, 0xfc, 0x09, 0xfd, 0x81, 0x02, /* symbology 1 2 3 */
    0x95, 0x38, 0x09, 0xfe, 0x82, 0x02, 0x01, /* 56 bytes of decoded data, buffered */
    0x06, 0x66, 0xff, 0x95, 0x02, 0x09, 0x04, 0x09, 0x00, 0x81, 0x02,       /* the maker's own */
    0x05, 0x8c, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x09, 0xff, 0x81, 0x02, /* continued */
    0xc0, 0x09, 0x14, 0xa1, 0x02, 0x85, 0x04, 0x75, 0x01, 0x95, 0x08, 0x09,
    0x00, 0x91, 0x82, 0xc0, 0xc0,
};

/* One without ids and without a count: usages by range, data of 32 bytes up to a NUL, the flag in one bit. */
static const uint8_t plain[] = {
    0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01, 0x09, 0x12, 0xa1, 0x02, 0x15, 0x00, 0x26,
    0xff, 0x00, 0x75, 0x08, 0x95, 0x03, 0x19, 0xfb, 0x29, 0xfd, 0x81, 0x02, 0xa4,
    0x95, 0x20, 0x09, 0xfe, 0x82, 0x02, 0x01, 0xb4, 0x75, 0x01, 0x95, 0x01, 0x25,
    0x01, 0x09, 0xff, 0x81, 0x02, 0x95, 0x07, 0x81, 0x03, 0xc0, 0xc0,
};

/* A keyboard. */
static const uint8_t keyboard[] = {
    0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15,
    0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x06, 0x75, 0x08,
    0x15, 0x00, 0x25, 0x65, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xc0,
};

static void parse(const uint8_t *descriptor, gsize length, PosHidLayout *out)
{
    g_autoptr(GError) error = NULL;
    pos_hid_layout_parse(descriptor, length, out, &error);
    g_assert_no_error(error);
}

static void report(uint8_t out[64], const char *aim, const char *data, bool more)
{
    const gsize length = strlen(data);
    g_assert_cmpuint(length, <=, 56);
    memset(out, 0, 64);
    out[0] = 2;
    out[1] = (uint8_t)length;
    memcpy(out + 2, aim, 3);
    memcpy(out + 5, data, length);
    out[63] = more ? 1 : 0;
}

static void test_the_layout_of_a_counted_report(void)
{
    PosHidLayout layout;
    parse(counted, sizeof counted, &layout);
    g_assert_true(layout.numbered);
    g_assert_cmpuint(layout.report_id, ==, 2);
    g_assert_cmpuint(layout.report_bytes, ==, 64);
    g_assert_cmpuint(layout.length.offset_bits, ==, 8);
    g_assert_cmpuint(layout.symbology[0].offset_bits, ==, 16);
    g_assert_cmpuint(layout.symbology[2].offset_bits, ==, 32);
    g_assert_cmpuint(layout.data.offset_bits, ==, 40);
    g_assert_cmpuint(layout.data.count, ==, 56);
    g_assert_cmpuint(layout.continued.offset_bits, ==, 63 * 8);
}

static void test_a_short_code_is_one_report(void)
{
    PosHidLayout layout;
    uint8_t bytes[64];
    char aim[4];
    g_autofree PosHidCode *code = g_new0(PosHidCode, 1);
    parse(counted, sizeof counted, &layout);
    for (int twice = 0; twice < 2; twice++) { /* the trigger pulled again counts again */
        report(bytes, "]E0", "8801234560010", false);
        g_assert_true(pos_hid_code_feed(code, &layout, bytes, sizeof bytes));
        g_assert_cmpmem(code->data, code->length, "8801234560010", 13);
        pos_hid_code_aim(code->symbology, aim);
        g_assert_cmpstr(aim, ==, "]E0");
    }
}

static void test_a_long_code_is_several_reports(void)
{
    PosHidLayout layout;
    uint8_t bytes[64];
    char aim[4];
    g_autofree PosHidCode *code = g_new0(PosHidCode, 1);
    static const char first[] = "https://id.gs1.org/01/09520000010379/10/L20261122A?17=26";
    G_STATIC_ASSERT(sizeof first - 1 == 56);
    parse(counted, sizeof counted, &layout);
    report(bytes, "]Q1", first, true);
    g_assert_false(pos_hid_code_feed(code, &layout, bytes, sizeof bytes));
    bytes[0] = 4; /* another report in between is not ours */
    g_assert_false(pos_hid_code_feed(code, &layout, bytes, sizeof bytes));
    report(bytes, "]Q1", "1130", false);
    g_assert_true(pos_hid_code_feed(code, &layout, bytes, sizeof bytes));
    g_assert_cmpmem(code->data, code->length,
                    "https://id.gs1.org/01/09520000010379/10/L20261122A?17=261130", 60);
    pos_hid_code_aim(code->symbology, aim);
    g_assert_cmpstr(aim, ==, "]Q1");
}

static void test_gs_comes_through(void)
{
    PosHidLayout layout;
    uint8_t bytes[64];
    g_autofree PosHidCode *code = g_new0(PosHidCode, 1);
    parse(counted, sizeof counted, &layout);
    report(bytes, "]d2",
           "010952000001037910A\x1d"
           "3103000450",
           false);
    g_assert_true(pos_hid_code_feed(code, &layout, bytes, sizeof bytes));
    g_assert_cmpint(code->data[19], ==, 0x1d);
    g_assert_cmpuint(code->length, ==, 30);
}

static void test_without_ids_and_count(void)
{
    PosHidLayout layout;
    uint8_t bytes[36] = "]E4"
                        "96385074";
    g_autofree PosHidCode *code = g_new0(PosHidCode, 1);
    parse(plain, sizeof plain, &layout);
    g_assert_false(layout.numbered);
    g_assert_false(layout.length.present);
    g_assert_cmpuint(layout.report_bytes, ==, 36);
    g_assert_true(pos_hid_code_feed(code, &layout, bytes, sizeof bytes));
    g_assert_cmpmem(code->data, code->length, "96385074", 8);
    g_assert_false(pos_hid_code_feed(code, &layout, bytes, 35)); /* too short */
}

static void test_symbologies_to_aim(void)
{
    static const struct {
        const char *symbology;
        const char *aim;
    } rows[] = {{"]C1", "]C1"},   {"]e0", "]e0"},   {"]J1", "]J1"},      {"d\0\0", "]E0"},
                {"D\0\0", "]E4"}, {"I\0\0", "]C1"}, {"s\0\0", "]Q1"},    {"\0\0\0", ""},
                {"]\0\0", ""},    {"xyz", ""},      {"\xff\xff\xff", ""}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        char aim[4];
        pos_hid_code_aim((const uint8_t *)rows[i].symbology, aim);
        g_assert_cmpstr(aim, ==, rows[i].aim);
    }
}

static void test_an_endless_code_is_dropped(void)
{
    PosHidLayout layout;
    uint8_t bytes[64];
    g_autofree PosHidCode *code = g_new0(PosHidCode, 1);
    char data[57] = {0};
    memset(data, '7', 56);
    parse(counted, sizeof counted, &layout);
    for (int i = 0; i < 200; i++) {
        report(bytes, "]Q1", data, true);
        g_assert_false(pos_hid_code_feed(code, &layout, bytes, sizeof bytes));
    }
    report(bytes, "]Q1", "7", false);
    g_assert_false(pos_hid_code_feed(code, &layout, bytes, sizeof bytes));
    report(bytes, "]E4", "96385074", false);
    g_assert_true(pos_hid_code_feed(code, &layout, bytes, sizeof bytes));
    g_assert_cmpuint(code->length, ==, 8);
}

static void assert_refused(const uint8_t *descriptor, gsize length)
{
    PosHidLayout layout;
    g_autoptr(GError) error = NULL;
    g_assert_false(pos_hid_layout_parse(descriptor, length, &layout, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
}

static void test_what_is_no_scanner_is_refused(void)
{
    static const uint8_t huge[] = {0x05, 0x8c, 0x77, 0xff, 0xff, 0xff, 0xff, 0x97,
                                   0xff, 0xff, 0xff, 0xff, 0x09, 0xfe, 0x81, 0x02};
    static const uint8_t pops[] = {0xb4};
    static const uint8_t zero_id[] = {0x85, 0x00};
    uint8_t pushes[64];
    memset(pushes, 0xa4, sizeof pushes);
    assert_refused(keyboard, sizeof keyboard);
    assert_refused(NULL, 0);
    assert_refused(huge, sizeof huge);
    assert_refused(pops, sizeof pops);
    assert_refused(zero_id, sizeof zero_id);
    assert_refused(pushes, sizeof pushes);
    /* Cut in the middle of an item. */
    assert_refused(counted, 14);
}

/* Whatever a device says, its reports are read inside their bounds (the sanitizers' build sees it). */
static void test_changed_descriptors_do_no_harm(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(140);
    g_autofree PosHidCode *code = g_new0(PosHidCode, 1);
    for (int round = 0; round < 20000; round++) {
        uint8_t descriptor[sizeof counted];
        PosHidLayout layout;
        memcpy(descriptor, counted, sizeof counted);
        for (int i = g_rand_int_range(rand, 1, 4); i > 0; i--) {
            descriptor[g_rand_int_range(rand, 0, sizeof counted)] = (uint8_t)g_rand_int(rand);
        }
        if (!pos_hid_layout_parse(descriptor, sizeof descriptor, &layout, NULL)) {
            continue;
        }
        g_autofree uint8_t *bytes = g_malloc0(layout.report_bytes);
        for (unsigned i = 0; i < layout.report_bytes; i++) {
            bytes[i] = (uint8_t)g_rand_int(rand);
        }
        pos_hid_code_feed(code, &layout, bytes, layout.report_bytes);
        g_assert_cmpuint(code->length, <=, POS_BOUND_SCAN_BYTES);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/hid_pos/the_layout_of_a_counted_report",
                    test_the_layout_of_a_counted_report);
    g_test_add_func("/pos/hid_pos/a_short_code_is_one_report", test_a_short_code_is_one_report);
    g_test_add_func("/pos/hid_pos/a_long_code_is_several_reports",
                    test_a_long_code_is_several_reports);
    g_test_add_func("/pos/hid_pos/gs_comes_through", test_gs_comes_through);
    g_test_add_func("/pos/hid_pos/without_ids_and_count", test_without_ids_and_count);
    g_test_add_func("/pos/hid_pos/symbologies_to_aim", test_symbologies_to_aim);
    g_test_add_func("/pos/hid_pos/an_endless_code_is_dropped", test_an_endless_code_is_dropped);
    g_test_add_func("/pos/hid_pos/what_is_no_scanner_is_refused",
                    test_what_is_no_scanner_is_refused);
    g_test_add_func("/pos/hid_pos/changed_descriptors_do_no_harm",
                    test_changed_descriptors_do_no_harm);
    return g_test_run();
}

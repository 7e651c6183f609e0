/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/pin: enrolment codes, addresses, pins. */
#include "pos/error.h"
#include "sync/pin.h"

#include <string.h>

/* 32 bytes 0xfb.. give both '-' and '_' in base64url. */
#define PIN_URL "-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_8"
#define PIN_CURL "sha256//+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/8="

static void test_code(void)
{
    static const struct {
        const char *text, *code, *pin; /* code NULL: refused */
    } cases[] = {
        {"ABCDEFGH23456789", "ABCDEFGH23456789", ""},
        {"  ABCDEFGH23456789\n", "ABCDEFGH23456789", ""},
        {"abc_DEF-0123456789." PIN_URL, "abc_DEF-0123456789." PIN_URL, PIN_CURL},
        {"ABCDEFGH23456789." PIN_URL "=", "ABCDEFGH23456789." PIN_URL "=", PIN_CURL},
        {"", NULL, NULL},
        {"short", NULL, NULL},
        {"ABCDEFGH23456789.", NULL, NULL},
        {"ABCDEFGH23456789.abcd", NULL, NULL},
        {"ABCDEFGH 23456789", NULL, NULL},
        {"ABCDEFGH23456789." PIN_URL ".x", NULL, NULL},
        {"ABCDEFGH23456789.+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/8", NULL, NULL},
        {"https://id.gs1.org/01/09521234500017", NULL, NULL},
        {"사과사과사과사과", NULL, NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *code = NULL, *pin = NULL;
        g_autoptr(GError) error = NULL;
        bool ok = sync_pin_parse_code(cases[i].text, &code, &pin, &error);
        g_assert_cmpint(ok, ==, cases[i].code != NULL);
        g_assert_cmpstr(code, ==, cases[i].code);
        g_assert_cmpstr(pin, ==, cases[i].pin);
        if (!ok) {
            g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
        }
    }
    g_autofree char *huge = g_strnfill(100000, 'A');
    g_autofree char *code = NULL, *pin = NULL;
    g_assert_false(sync_pin_parse_code(huge, &code, &pin, NULL));
    g_assert_false(sync_pin_parse_code(NULL, &code, &pin, NULL));
}

static void test_url(void)
{
    static const struct {
        const char *text, *base; /* NULL: refused */
    } cases[] = {
        {"https://central.example", "https://central.example"},
        {"https://central.example:8443/", "https://central.example:8443"},
        {" https://central.example/coster/ ", "https://central.example/coster"},
        {"HTTPS://central.example", "HTTPS://central.example"},
        {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
        {"http://127.9.9.9", "http://127.9.9.9"},
        {"http://localhost:1", "http://localhost:1"},
        {"http://[::1]:8080/", "http://[::1]:8080"},
        {"http://central.example", NULL},
        {"http://10.0.0.1", NULL},
        {"http://127.0.0.1.example.com", NULL},
        {"http://localhost.example.com", NULL},
        {"ftp://127.0.0.1", NULL},
        {"file:///etc/passwd", NULL},
        {"central.example:8443", NULL},
        {"https://", NULL},
        {"https://user:pass@central.example", NULL},
        {"https://central.example/?q=1", NULL},
        {"https://central.example/#x", NULL},
        {"https://central.example:99999", NULL},
        {"", NULL},
        {"\xff\xfe", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *base = NULL;
        g_autoptr(GError) error = NULL;
        bool ok = sync_pin_parse_url(cases[i].text, &base, &error);
        g_assert_cmpstr(base, ==, cases[i].base);
        g_assert_cmpint(ok, ==, cases[i].base != NULL);
        if (!ok) {
            g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
            g_assert_true(g_utf8_validate(error->message, -1, NULL));
        }
    }
}

static void test_pins(void)
{
    static const char other[] = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    g_assert_true(sync_pin_is_valid(""));
    g_assert_true(sync_pin_is_valid(PIN_CURL));
    g_assert_true(
        sync_pin_is_valid(PIN_CURL ";sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    g_assert_false(sync_pin_is_valid("sha256//short="));
    g_assert_false(sync_pin_is_valid("md5//" PIN_URL));
    g_assert_false(sync_pin_is_valid(PIN_CURL ";"));

    static const struct {
        const char *pin, *next, *joined;
    } cases[] = {
        {PIN_CURL, "", PIN_CURL},
        {PIN_CURL, other, PIN_CURL ";sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
        {PIN_CURL, PIN_CURL, PIN_CURL},
        {PIN_CURL, "nonsense", PIN_CURL},
        {"", other, ""},
        {"nonsense", other, ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *joined = sync_pin_join(cases[i].pin, cases[i].next);
        g_assert_cmpstr(joined, ==, cases[i].joined);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/pin/code_gives_its_pin_and_goes_up_whole", test_code);
    g_test_add_func("/sync/pin/plain_http_is_for_loopback_only", test_url);
    g_test_add_func("/sync/pin/present_and_next_pin_are_joined", test_pins);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/device_settings.h"
#include "ui/device_words.h"

static bool is_number(const char *text)
{
    return strspn(text, "0123456789no1e") ==
           strlen(text); /* 9600, and 8n1, 7e1 as on the scale's own sheet */
}

/* Nobody at a counter is asked to choose between "pin2" and "rts-cts". */
static void test_every_choice_is_in_words(void)
{
    static const char *const pages[] = {"printer.", "scale.", "card.",
                                        "camera.",  "sound.", "screen."};
    int checked = 0;
    for (gsize i = 0; i < pos_device_settings_count(); i++) {
        const char *key = pos_device_settings_key(i);
        const char *const *choices = pos_device_settings_choices(i);
        bool shown = false;
        for (gsize p = 0; p < G_N_ELEMENTS(pages); p++) {
            shown = shown || g_str_has_prefix(key, pages[p]);
        }
        for (gsize c = 0; shown && choices != NULL && choices[c] != NULL; c++) {
            const char *words = ui_device_words(key, choices[c]);
            if (!is_number(choices[c])) {
                g_test_message("%s %s: %s", key, choices[c], words);
                g_assert_cmpstr(words, !=, choices[c]);
                checked++;
            }
        }
    }
    g_assert_cmpint(checked, >, 30);
    g_assert_cmpstr(ui_device_words("printer.baud", "9600"), ==, "9600");
    g_assert_cmpstr(ui_device_words("scale.framing", "7e1"), ==, "7e1");
}

static void test_a_serial_line_matters_for_a_serial_printer_only(void)
{
    g_assert_true(ui_device_matters("printer.baud", "serial"));
    g_assert_false(ui_device_matters("printer.baud", "tcp"));
    g_assert_true(ui_device_matters("printer.address", "tcp"));
    g_assert_false(ui_device_matters("printer.address", "none"));
    g_assert_true(ui_device_matters("printer.source", "none"));
    g_assert_true(ui_device_matters("scale.baud", "8217"));
    g_assert_false(ui_device_matters("scale.path", "none"));
    g_assert_true(ui_device_matters("card.address", ""));
    g_assert_true(ui_device_matters("sound.on", "off"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/device_words/every_choice_is_in_words", test_every_choice_is_in_words);
    g_test_add_func("/device_words/a_serial_line_matters_for_a_serial_printer_only",
                    test_a_serial_line_matters_for_a_serial_printer_only);
    return g_test_run();
}

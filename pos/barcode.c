/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the element widths of Code 128 and the number sets of EAN-13. */
#include "pos/barcode.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/error.h"
#include "pos/gs1.h"

#define GS '\x1d'

/* --- EAN-13 ---------------------------------------------------------------------------------------- */

char *pos_barcode_ean13(const char *digits)
{
    static const char *const set_a[] = {"0001101", "0011001", "0010011", "0111101", "0100011",
                                        "0110001", "0101111", "0111011", "0110111", "0001011"};
    /* Which of the six left digits are of set B, by the first digit. */
    static const char *const parity[] = {"AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB",
                                         "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA"};
    g_assert(strlen(digits) == 13 && pos_gs1_digits_check(digits, 13));
    GString *row = g_string_new("101");
    for (int i = 1; i <= 12; i++) {
        const char *a = set_a[digits[i] - '0'];
        const bool right = i > 6;
        const bool set_b = !right && parity[digits[0] - '0'][i - 1] == 'B';
        for (int m = 0; m < 7; m++) {
            /* Set C is A inverted, set B is C backwards. */
            const char module = set_b ? a[6 - m] : a[m];
            g_string_append_c(row, right || set_b ? (module == '0' ? '1' : '0') : module);
        }
        if (i == 6) {
            g_string_append(row, "01010");
        }
    }
    g_string_append(row, "101");
    return g_string_free(row, FALSE);
}

/* --- Code 128 -------------------------------------------------------------------------------------- */

#define CODE_C 99
#define CODE_B 100
#define FNC1 102
#define START_B 104
#define START_C 105
#define STOP 106
#define CHECK_MODULUS 103

static const char *const widths[] = {
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112"};

const char *pos_barcode_code128_widths(int value)
{
    return widths[value];
}

static gsize digits_from(const char *text, gsize at, gsize length)
{
    gsize count = 0;
    while (at + count < length && g_ascii_isdigit(text[at + count])) {
        count++;
    }
    return count;
}

/* Two digits are one character in set C, which pays from four on. */
static void append_values(GByteArray *values, const char *text, gsize length, bool gs1)
{
    bool set_c = digits_from(text, 0, length) >= 4;
    guint8 value = set_c ? START_C : START_B;
    g_byte_array_append(values, &value, 1);
    if (gs1) {
        value = FNC1;
        g_byte_array_append(values, &value, 1);
    }
    for (gsize at = 0; at < length;) {
        const gsize digits = digits_from(text, at, length);
        const bool want_c = digits >= (set_c ? 2 : 4);
        if (gs1 && text[at] == GS) {
            value = FNC1;
            at++;
        } else if (want_c != set_c) {
            value = want_c ? CODE_C : CODE_B;
            set_c = want_c;
        } else if (set_c) {
            value = (guint8)((text[at] - '0') * 10 + (text[at + 1] - '0'));
            at += 2;
        } else {
            value = (guint8)(text[at++] - ' ');
        }
        g_byte_array_append(values, &value, 1);
    }
}

char *pos_barcode_code128(const char *text, gsize length, bool gs1, GError **error)
{
    bool fine = length > 0 && length <= POS_BARCODE_CODE128_BYTES_MAX;
    for (gsize i = 0; i < length && fine; i++) {
        fine = (text[i] >= ' ' && text[i] <= '~') || (gs1 && text[i] == GS);
    }
    if (!fine) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("A Code 128 has 1 to %d characters of ASCII."),
                    POS_BARCODE_CODE128_BYTES_MAX);
        return NULL;
    }
    g_autoptr(GByteArray) values = g_byte_array_new();
    append_values(values, text, length, gs1);
    guint sum = values->data[0];
    for (guint i = 1; i < values->len; i++) {
        sum += i * values->data[i];
    }
    const guint8 tail[] = {(guint8)(sum % CHECK_MODULUS), STOP};
    g_byte_array_append(values, tail, sizeof tail);
    GString *row = g_string_new(NULL);
    for (guint i = 0; i < values->len; i++) {
        const char *elements = widths[values->data[i]];
        for (gsize e = 0; elements[e] != '\0'; e++) {
            for (char left = elements[e]; left > '0'; left--) {
                g_string_append_c(row, e % 2 == 0 ? '1' : '0');
            }
        }
    }
    return g_string_free(row, FALSE);
}

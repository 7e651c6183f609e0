/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/device_words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* field: the key's end; "" every one. The first that fits counts. */
static const struct {
    const char *field, *value, *words;
} table[] = {
    {"printer.source", "none", N_("No printer")},
    {"printer.source", "usb", N_("USB cable")},
    {"printer.source", "serial", N_("Serial cable")},
    {"printer.source", "tcp", N_("Network")},
    {"printer.source", "cups", N_("Print queue, as it is")},
    {"printer.source", "cups-pdf", N_("Print queue with a driver")},
    {"printer.source", "file", N_("Into a file")},
    {"printer.source", "pdf", N_("PDF files in a folder")},
    {"printer.text", "latin", N_("Western letters")},
    {"printer.text", "korean", N_("Korean")},
    {"printer.text", "chinese", N_("Chinese")},
    {"printer.text", "utf8", N_("All of them (UTF-8)")},
    {"printer.text", "raster", N_("None: send pictures")},
    {"printer.status", "auto", N_("If it answers")},
    {"printer.receipt", "always", N_("Each sale")},
    {"printer.receipt", "ask", N_("When asked for")},
    {"printer.receipt", "never", N_("Never")},
    {"printer.drawer", "none", N_("No drawer at the printer")},
    {"printer.drawer", "pin2", N_("Pin 2, as usual")},
    {"printer.drawer", "pin5", N_("Pin 5")},
    {"printer.uncertain", "copy", N_("Print it again, as a copy")},
    {"printer.uncertain", "ask", N_("Ask first")},
    {"scale.protocol", "none", N_("No scale")},
    {"scale.protocol", "8217", N_("Toledo 8217")},
    {"scale.protocol", "cas_ecr", N_("CAS, as to a cash register")},
    {"scale.protocol", "cas_22", N_("CAS, 22 bytes")},
    {"scale.protocol", "and_18", N_("A&D, 18 bytes")},
    {"scale.protocol", "nci_scp01", N_("NCI (SCP-01)")},
    {"scale.protocol", "toledo_cont", N_("Toledo, without being asked")},
    {"scale.framing", "auto", N_("As usual for it")},
    {".parity", "none", N_("None")},
    {".parity", "even", N_("Even")},
    {".parity", "odd", N_("Odd")},
    {".flow", "none", N_("None")},
    {".flow", "rts-cts", N_("By wires (RTS/CTS)")},
    {".flow", "xon-xoff", N_("By characters (XON/XOFF)")},
    {"", "on", N_("Yes")},
    {"", "off", N_("No")},
};

const char *ui_device_words(const char *key, const char *value)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        if (g_str_has_suffix(key, table[i].field) && strcmp(value, table[i].value) == 0) {
            return _(table[i].words);
        }
    }
    return value;
}

bool ui_device_matters(const char *key, const char *chosen)
{
    static const char *const line[] = {"printer.baud", "printer.data-bits", "printer.stop-bits",
                                       "printer.parity", "printer.flow"};
    const char *dot = strchr(key, '.');
    if (g_str_has_suffix(key, ".source") || g_str_has_suffix(key, ".protocol") || dot == NULL) {
        return true;
    }
    const bool by_choice = g_str_has_prefix(key, "printer.") || g_str_has_prefix(key, "scale.");
    if (by_choice && strcmp(chosen, "none") == 0) {
        return false;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(line); i++) {
        if (strcmp(key, line[i]) == 0) {
            return strcmp(chosen, "serial") == 0;
        }
    }
    return true;
}

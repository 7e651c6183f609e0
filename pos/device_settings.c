/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the tables of device settings and the one way of a value in and out. A setting is a member at an offset: a
 * text in a fixed array, an int, an enum by its words, or a bool. Pure. */
#include "pos/device_settings.h"

#include <glib/gi18n-lib.h>
#include <stddef.h>
#include <string.h>

#include "pos/error.h"

typedef enum {
    FIELD_TEXT,
    FIELD_PATH,
    FIELD_CAMERA,
    FIELD_INT,
    FIELD_WORD,
    FIELD_BOOL,
    FIELD_GS
} FieldType;

typedef struct {
    const char *name;
    FieldType type;
    gsize offset;             /* in the kind's struct */
    gsize size;               /* texts: with the NUL */
    int min, max;             /* ints */
    const char *const *words; /* enums by value, and ints that may be a few values only */
    int fallback;             /* ints, enums, bools; texts are "" */
    const char *help;         /* translatable */
} Field;

#define FIELD(type, kind, member) type, offsetof(kind, member), sizeof(((kind *)NULL)->member)

static const char *const on_off[] = {"off", "on", NULL};
static const char *const bauds[] = {"300",   "600",   "1200",  "2400",   "4800", "9600",
                                    "19200", "38400", "57600", "115200", NULL};
static const char *const parities[] = {"none", "even", "odd", NULL};
static const char *const flows[] = {"none", "rts-cts", "xon-xoff", NULL};

static const char *const scanner_sources[] = {"none", "keyboard", "serial", "hid", "evdev", NULL};
static const char *const scanner_layouts[] = {"us", "de", "fr", NULL};
static const char *const scanner_ends[] = {"any", "cr", "lf", "tab", "pause", NULL};
static const char *const scanner_aims[] = {"unknown", "on", "off", NULL};
static const char *const scanner_prefixes[] = {"none", "F9", "F11", "stx", NULL};

static const Field scanner_fields[] = {
    {"source", FIELD(FIELD_WORD, PosScannerSettings, source), 0, 0, scanner_sources,
     POS_SCANNER_KEYBOARD, N_("how the scanner is connected")},
    {"path", FIELD(FIELD_PATH, PosScannerSettings, path), 0, 0, NULL, 0,
     N_("its device, as /dev/ttyACM0; empty for one that types")},
    {"baud", FIELD(FIELD_INT, PosScannerSettings, line.baud), 0, 0, bauds, 9600,
     N_("speed of its serial line")},
    {"data-bits", FIELD(FIELD_INT, PosScannerSettings, line.data_bits), 7, 8, NULL, 8,
     N_("data bits of its serial line")},
    {"stop-bits", FIELD(FIELD_INT, PosScannerSettings, line.stop_bits), 1, 2, NULL, 1,
     N_("stop bits of its serial line")},
    {"parity", FIELD(FIELD_WORD, PosScannerSettings, line.parity), 0, 0, parities, 0,
     N_("parity of its serial line")},
    {"flow", FIELD(FIELD_WORD, PosScannerSettings, line.flow), 0, 0, flows, 0,
     N_("flow control of its serial line")},
    {"gs", FIELD(FIELD_GS, PosScannerSettings, gs), 0, 0, NULL, 0,
     N_("what it sends instead of GS: empty for GS itself, F8, <GS>, or one character as |")},
    {"end", FIELD(FIELD_WORD, PosScannerSettings, end), 0, 0, scanner_ends, 0,
     N_("what ends a code")},
    {"pause-ms", FIELD(FIELD_INT, PosScannerSettings, pause_ms), 20, 2000, NULL, 100,
     N_("silence in milliseconds that ends a code without an ending")},
    {"prefix", FIELD(FIELD_WORD, PosScannerSettings, prefix), 0, 0, scanner_prefixes, 0,
     N_("key that it sends before each code")},
    {"aim", FIELD(FIELD_WORD, PosScannerSettings, aim), 0, 0, scanner_aims, 0,
     N_("whether it sends AIM identifiers; when on, a code without one is refused as a fragment")},
    {"layout", FIELD(FIELD_WORD, PosScannerSettings, layout), 0, 0, scanner_layouts, 0,
     N_("keyboard layout that the scanner is set to, when it types")},
    {"caps-inverted", FIELD(FIELD_BOOL, PosScannerSettings, caps_inverted), 0, 0, on_off, 0,
     N_("whether it swaps capitals while Caps Lock is on")},
};

static const char *const printer_sources[] = {"none",     "usb",  "serial", "tcp", "cups",
                                              "cups-pdf", "file", "pdf",    NULL};
static const char *const printer_columns[] = {"32", "42", "48", NULL};
static const char *const printer_dots[] = {"384", "512", "576", NULL};
static const char *const printer_texts[] = {"latin", "korean", "chinese", "utf8", "raster", NULL};
static const char *const printer_tables[] = {"0", "2", "16", "19", NULL};
static const char *const printer_asks[] = {"auto", "on", "off", NULL};
static const char *const printer_receipts[] = {"always", "ask", "never", NULL};
static const char *const printer_drawers[] = {"none", "pin2", "pin5", NULL};
static const char *const printer_uncertains[] = {"copy", "ask", NULL};

static const Field printer_fields[] = {
    {"source", FIELD(FIELD_WORD, PosPrinterSettings, source), 0, 0, printer_sources,
     POS_PRINTER_NONE, N_("how the receipt printer is connected")},
    {"address", FIELD(FIELD_TEXT, PosPrinterSettings, address), 0, 0, NULL, 0,
     N_("its device, host and port, print queue, file or folder")},
    {"baud", FIELD(FIELD_INT, PosPrinterSettings, line.baud), 0, 0, bauds, 9600,
     N_("speed of its serial line")},
    {"data-bits", FIELD(FIELD_INT, PosPrinterSettings, line.data_bits), 7, 8, NULL, 8,
     N_("data bits of its serial line")},
    {"stop-bits", FIELD(FIELD_INT, PosPrinterSettings, line.stop_bits), 1, 2, NULL, 1,
     N_("stop bits of its serial line")},
    {"parity", FIELD(FIELD_WORD, PosPrinterSettings, line.parity), 0, 0, parities, 0,
     N_("parity of its serial line")},
    {"flow", FIELD(FIELD_WORD, PosPrinterSettings, line.flow), 0, 0, flows, POS_FLOW_RTS_CTS,
     N_("flow control of its serial line")},
    {"columns", FIELD(FIELD_INT, PosPrinterSettings, columns), 0, 0, printer_columns, 48,
     N_("characters in a row")},
    {"dots", FIELD(FIELD_INT, PosPrinterSettings, dots), 0, 0, printer_dots, 576,
     N_("dots in a row: 384 for 58 mm paper")},
    {"text", FIELD(FIELD_WORD, PosPrinterSettings, text), 0, 0, printer_texts, POS_ESCPOS_LATIN,
     N_("characters that it has; other rows are sent as a picture")},
    {"table", FIELD(FIELD_INT, PosPrinterSettings, table), 0, 0, printer_tables, 19,
     N_("code table of latin: 0 CP437, 2 CP850, 16 CP1252, 19 CP858")},
    {"qr", FIELD(FIELD_BOOL, PosPrinterSettings, draws_qr), 0, 0, on_off, 1,
     N_("whether it draws QR codes itself")},
    {"cutter", FIELD(FIELD_BOOL, PosPrinterSettings, cuts), 0, 0, on_off, 1,
     N_("whether it has a cutter")},
    {"status", FIELD(FIELD_WORD, PosPrinterSettings, asks), 0, 0, printer_asks, 0,
     N_("whether it is asked for paper, cover and faults")},
    {"receipt", FIELD(FIELD_WORD, PosPrinterSettings, receipts), 0, 0, printer_receipts, 0,
     N_("whether each sale is printed, or when asked for, or never")},
    {"drawer", FIELD(FIELD_WORD, PosPrinterSettings, drawer), 0, 0, printer_drawers, 0,
     N_("pin that opens the cash drawer for cash")},
    {"uncertain", FIELD(FIELD_WORD, PosPrinterSettings, uncertain), 0, 0, printer_uncertains, 0,
     N_("a receipt that perhaps did not come out: printed again as a copy, or kept until someone "
        "says so")},
};

static const char *const scale_kinds[] = {"none",   "8217",      "cas_ecr",     "cas_22",
                                          "and_18", "nci_scp01", "toledo_cont", NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(scale_kinds) == POS_SCALE_PROTOCOLS + 2);
static const char *const scale_framings[] = {"auto", "8n1", "7e1", "7o1", "8e1", NULL};

static const Field scale_fields[] = {
    {"protocol", FIELD(FIELD_WORD, PosScaleSettings, kind), 0, 0, scale_kinds, POS_SCALE_KIND_NONE,
     N_("what the scale speaks")},
    {"path", FIELD(FIELD_PATH, PosScaleSettings, path), 0, 0, NULL, 0,
     N_("its device, as /dev/ttyUSB0")},
    {"baud", FIELD(FIELD_INT, PosScaleSettings, baud), 0, 0, bauds, 9600,
     N_("speed of its serial line")},
    {"framing", FIELD(FIELD_WORD, PosScaleSettings, framing), 0, 0, scale_framings,
     POS_SCALE_FRAMING_AUTO, N_("data bits, parity and stop bits; auto: as the protocol has them")},
    {"division-g", FIELD(FIELD_INT, PosScaleSettings, division_g), 1, 500, NULL, 1,
     N_("grams that its display moves by; 20 of them are the least it may weigh")},
};

static const Field camera_fields[] = {
    {"path", FIELD(FIELD_CAMERA, PosCameraSettings, path), 0, 0, NULL, 0,
     N_("camera: its device, or an address as rtsp://HOST/PATH; empty for the first one")},
};

static const Field card_fields[] = {
    {"address", FIELD(FIELD_TEXT, PosCardSettings, address), 0, 0, NULL, 0,
     N_("card terminal, as tcp:HOST:PORT or serial:/dev/ttyS0; empty for one that stands by "
        "itself")},
    {"timeout-s", FIELD(FIELD_INT, PosCardSettings, timeout_s), 5, 600, NULL, 90,
     N_("seconds until a card payment without an answer counts as not known")},
};

static const Field sound_fields[] = {
    {"on", FIELD(FIELD_BOOL, PosSoundSettings, on), 0, 0, on_off, 1, N_("sounds of the till")},
};

static const Field screen_fields[] = {
    {"left-hand", FIELD(FIELD_BOOL, PosScreenSettings, left_hand), 0, 0, on_off, 0,
     N_("the pad stands at the left")},
};

typedef struct {
    const char *name;
    gsize offset; /* in PosDeviceSettings */
    const Field *fields;
    gsize count;
} Kind;

#define KIND(name, member, fields)                                                                 \
    {                                                                                              \
        name, offsetof(PosDeviceSettings, member), fields, G_N_ELEMENTS(fields)                    \
    }

static const Kind kinds[] = {
    KIND("scanner", scanner, scanner_fields), KIND("scanner2", scanner2, scanner_fields),
    KIND("printer", printer, printer_fields), KIND("scale", scale, scale_fields),
    KIND("camera", camera, camera_fields),    KIND("card", card, card_fields),
    KIND("sound", sound, sound_fields),       KIND("screen", screen, screen_fields),
};

#define KEY_BYTES 64

/* --- members ------------------------------------------------------------------------------------ */

static void *member_of(PosDeviceSettings *settings, const Kind *kind, const Field *field)
{
    return (char *)settings + kind->offset + field->offset;
}

static const void *member_at(const PosDeviceSettings *settings, const Kind *kind,
                             const Field *field)
{
    return (const char *)settings + kind->offset + field->offset;
}

static bool is_text(const Field *field)
{
    return field->type == FIELD_TEXT || field->type == FIELD_PATH || field->type == FIELD_CAMERA ||
           field->type == FIELD_GS;
}

static int number_at(const PosDeviceSettings *settings, const Kind *kind, const Field *field)
{
    const void *at = member_at(settings, kind, field);
    int value;
    if (field->type == FIELD_BOOL) {
        bool flag;
        memcpy(&flag, at, sizeof flag);
        return flag ? 1 : 0;
    }
    memcpy(&value, at, sizeof value);
    return value;
}

static void set_number(PosDeviceSettings *settings, const Kind *kind, const Field *field, int value)
{
    void *at = member_of(settings, kind, field);
    if (field->type == FIELD_BOOL) {
        const bool flag = value != 0;
        memcpy(at, &flag, sizeof flag);
    } else {
        memcpy(at, &value, sizeof value);
    }
}

void pos_device_settings_defaults(PosDeviceSettings *out)
{
    memset(out, 0, sizeof *out);
    for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++) {
        for (gsize i = 0; i < kinds[k].count; i++) {
            const Field *field = &kinds[k].fields[i];
            if (!is_text(field)) {
                set_number(out, &kinds[k], field, field->fallback);
            }
        }
    }
    out->scanner2.source = POS_SCANNER_NONE; /* a second one is there only when it was set */
}

/* --- checks -------------------------------------------------------------------------------------- */

static bool is_gs_word(const char *value)
{
    if (value[0] == '\0' || strcmp(value, "F8") == 0 || strcmp(value, "<GS>") == 0) {
        return true;
    }
    /* Letters and digits are data; a blank would be dropped by many scanners. */
    return value[1] == '\0' && g_ascii_isgraph(value[0]) && !g_ascii_isalnum(value[0]);
}

/* A device or file, or the address of a network camera or file. */
static bool is_camera(const char *value)
{
    static const char *const schemes[] = {"rtsp", "rtspt", "rtsps", "http", "https"};
    if (value[0] == '\0' || value[0] == '/') {
        return true;
    }
    g_autoptr(GUri) uri = g_uri_parse(value, G_URI_FLAGS_PARSE_RELAXED, NULL);
    if (uri == NULL || strchr(value, ' ') != NULL) {
        return false;
    }
    if (strcmp(g_uri_get_scheme(uri), "file") == 0) {
        g_autofree char *path = g_filename_from_uri(value, NULL, NULL);
        return path != NULL;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (strcmp(g_uri_get_scheme(uri), schemes[i]) == 0) {
            return g_uri_get_host(uri) != NULL && g_uri_get_host(uri)[0] != '\0';
        }
    }
    return false;
}

static bool check_text(const Field *field, const char *value)
{
    if (strlen(value) >= field->size || !g_utf8_validate(value, -1, NULL)) {
        return false;
    }
    for (const char *c = value; *c != '\0'; c++) {
        if (g_ascii_iscntrl(*c)) {
            return false;
        }
    }
    if (field->type == FIELD_PATH) {
        return value[0] == '\0' || value[0] == '/';
    }
    if (field->type == FIELD_CAMERA) {
        return is_camera(value);
    }
    return field->type != FIELD_GS || is_gs_word(value);
}

/* What a setting may be, as the end of a sentence. Owned. */
static char *allowed(const Field *field)
{
    if (field->words != NULL) {
        g_autofree char *list = g_strjoinv(", ", (char **)field->words);
        return g_strdup_printf(_("one of %s"), list);
    }
    switch (field->type) {
    case FIELD_INT:
        return g_strdup_printf(_("a whole number from %d to %d"), field->min, field->max);
    case FIELD_PATH:
        return g_strdup(_("a path that begins with /, or empty"));
    case FIELD_CAMERA:
        return g_strdup(_("a path that begins with /, an address that begins with rtsp://, "
                          "http:// or file://, or empty"));
    case FIELD_GS:
        return g_strdup(_("empty, F8, <GS> or one character that is no letter and no digit"));
    case FIELD_TEXT:
    case FIELD_WORD:
    case FIELD_BOOL:
        break;
    }
    return g_strdup_printf(_("a text of at most %d bytes"), (int)field->size - 1);
}

static bool refuse(const Kind *kind, const Field *field, const char *value, GError **error)
{
    g_autofree char *may = allowed(field);
    g_autofree char *shown = g_utf8_make_valid(value, (gssize)MIN(strlen(value), 80));
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("%s.%s cannot be “%s”: it is %s."),
                kind->name, field->name, shown, may);
    return false;
}

static int word_index(const char *const *words, const char *value)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (g_ascii_strcasecmp(words[i], value) == 0) {
            return i;
        }
    }
    return -1;
}

static bool set_text(PosDeviceSettings *settings, const Kind *kind, const Field *field,
                     const char *value, GError **error)
{
    gint64 number = 0;
    if (is_text(field)) {
        if (!check_text(field, value)) {
            return refuse(kind, field, value, error);
        }
        g_strlcpy(member_of(settings, kind, field), value, field->size);
        return true;
    }
    const int index = field->words != NULL ? word_index(field->words, value) : -1;
    if (field->words != NULL && index < 0) {
        return refuse(kind, field, value, error);
    }
    if (field->type != FIELD_INT) {
        set_number(settings, kind, field, index);
        return true;
    }
    if (!g_ascii_string_to_signed(value, 10, G_MININT32, G_MAXINT32, &number, NULL) ||
        (field->words == NULL && (number < field->min || number > field->max))) {
        return refuse(kind, field, value, error);
    }
    set_number(settings, kind, field, (int)number);
    return true;
}

static char *text_of(const PosDeviceSettings *settings, const Kind *kind, const Field *field)
{
    if (is_text(field)) {
        return g_strdup(member_at(settings, kind, field));
    }
    const int value = number_at(settings, kind, field);
    return field->type == FIELD_INT ? g_strdup_printf("%d", value) : g_strdup(field->words[value]);
}

/* --- JSON ---------------------------------------------------------------------------------------- */

static bool set_json(PosDeviceSettings *settings, const Kind *kind, const Field *field,
                     const json_t *value, GError **error)
{
    g_autofree char *text = NULL;
    if (field->type == FIELD_BOOL && json_is_boolean(value)) {
        set_number(settings, kind, field, json_is_true(value) ? 1 : 0);
        return true;
    }
    if (field->type == FIELD_INT && json_is_integer(value)) {
        text = g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (field->type != FIELD_INT && field->type != FIELD_BOOL && json_is_string(value) &&
               strlen(json_string_value(value)) == json_string_length(value)) {
        text = g_strdup(json_string_value(value));
    } else {
        g_autofree char *shown = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        return refuse(kind, field, shown != NULL ? shown : "", error);
    }
    return set_text(settings, kind, field, text, error);
}

static const Field *find_field(const Kind *kind, const char *name)
{
    for (gsize i = 0; i < kind->count; i++) {
        if (strcmp(kind->fields[i].name, name) == 0) {
            return &kind->fields[i];
        }
    }
    return NULL;
}

static const Kind *find_kind(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

static bool refuse_key(const char *key, GError **error)
{
    g_autofree char *shown = g_utf8_make_valid(key, (gssize)MIN(strlen(key), KEY_BYTES));
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                _("There is no device setting “%s”: “coster device --data DIR” lists them."),
                shown);
    return false;
}

bool pos_device_settings_from_json(const json_t *object, PosDeviceSettings *out, GError **error)
{
    PosDeviceSettings settings;
    const char *kind_name, *name;
    json_t *members, *value;
    pos_device_settings_defaults(&settings);
    if (!json_is_object(object)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("The device settings are no object."));
        return false;
    }
    json_object_foreach((json_t *)object, kind_name, members)
    {
        const Kind *kind = find_kind(kind_name);
        if (kind == NULL || !json_is_object(members)) {
            return refuse_key(kind_name, error);
        }
        json_object_foreach(members, name, value)
        {
            const Field *field = find_field(kind, name);
            if (field == NULL) {
                g_autofree char *key = g_strdup_printf("%s.%s", kind_name, name);
                return refuse_key(key, error);
            }
            if (!set_json(&settings, kind, field, value, error)) {
                return false;
            }
        }
    }
    *out = settings;
    return true;
}

json_t *pos_device_settings_to_json(const PosDeviceSettings *settings)
{
    json_t *object = json_object();
    for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++) {
        json_t *members = json_object();
        for (gsize i = 0; i < kinds[k].count; i++) {
            const Field *field = &kinds[k].fields[i];
            g_autofree char *text = text_of(settings, &kinds[k], field);
            const int number = is_text(field) ? 0 : number_at(settings, &kinds[k], field);
            json_object_set_new(members, field->name,
                                field->type == FIELD_BOOL  ? json_boolean(number)
                                : field->type == FIELD_INT ? json_integer(number)
                                                           : json_string(text));
        }
        json_object_set_new(object, kinds[k].name, members);
    }
    return object;
}

/* --- by key ---------------------------------------------------------------------------------------- */

static const Field *split_key(const char *key, const Kind **out_kind)
{
    const char *dot = strchr(key, '.');
    if (dot == NULL || strlen(key) > KEY_BYTES) {
        return NULL;
    }
    g_autofree char *name = g_strndup(key, (gsize)(dot - key));
    *out_kind = find_kind(name);
    return *out_kind == NULL ? NULL : find_field(*out_kind, dot + 1);
}

static const Field *at_index(gsize index, const Kind **out_kind)
{
    for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++) {
        if (index < kinds[k].count) {
            *out_kind = &kinds[k];
            return &kinds[k].fields[index];
        }
        index -= kinds[k].count;
    }
    g_assert_not_reached();
}

gsize pos_device_settings_count(void)
{
    gsize count = 0;
    for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++) {
        count += kinds[k].count;
    }
    return count;
}

const char *pos_device_settings_key(gsize index)
{
    const Kind *kind = NULL;
    const Field *field = at_index(index, &kind);
    g_autofree char *key = g_strdup_printf("%s.%s", kind->name, field->name);
    return g_intern_string(key);
}

const char *pos_device_settings_words(gsize index)
{
    const Kind *kind = NULL;
    return _(at_index(index, &kind)->help);
}

const char *const *pos_device_settings_choices(gsize index)
{
    const Kind *kind = NULL;
    return at_index(index, &kind)->words;
}

char *pos_device_settings_help(gsize index)
{
    const Kind *kind = NULL;
    const Field *field = at_index(index, &kind);
    g_autofree char *may = allowed(field);
    return g_strdup_printf("%s (%s)", _(field->help), may);
}

char *pos_device_settings_get(const PosDeviceSettings *settings, const char *key)
{
    const Kind *kind = NULL;
    const Field *field = split_key(key, &kind);
    return field == NULL ? NULL : text_of(settings, kind, field);
}

char *pos_device_settings_public(const PosDeviceSettings *settings, const char *key)
{
    char *value = pos_device_settings_get(settings, key);
    const char *begin = value != NULL ? strstr(value, "://") : NULL;
    if (begin == NULL) {
        return value;
    }
    const gsize host = strcspn(begin + 3, "/?#");
    const char *at = memrchr(begin + 3, '@', host);
    if (at == NULL) {
        return value;
    }
    char *shown = g_strdup_printf("%.*s***%s", (int)(begin + 3 - value), value, at);
    g_free(value);
    return shown;
}

bool pos_device_settings_set(PosDeviceSettings *settings, const char *key, const char *value,
                             GError **error)
{
    const Kind *kind = NULL;
    const Field *field = split_key(key, &kind);
    return field == NULL ? refuse_key(key, error) : set_text(settings, kind, field, value, error);
}

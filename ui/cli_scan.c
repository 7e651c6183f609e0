/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the command line of `coster scan` and its JSON. Pictures become grey frames in
 * ui/picture_file.c; what a code means is pos/gs1's business. */
#include "ui/cli_scan.h"
#include "pos/bounds.h"
#include "pos/gs1.h"
#include "pos/rcn.h"
#include "pos/scan.h"
#include "ui/cli.h"
#include "ui/picture_file.h"

#include <glib/gi18n-lib.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum {
    STATUS_OK = 0,
    STATUS_REFUSED = 1,
    STATUS_USAGE = UI_CLI_USAGE,
    STATUS_UNREADABLE = 3,
    STATUS_EMPTY = 4
};

#define COMMAND "scan"

typedef struct {
    PosGs1Settings settings;
    PosRcnLayouts *layouts; /* owned; nullable */
    bool is_text;
    char **operands; /* borrowed from argv, NULL at its end */
} Options;

/* UTF-8 text of the bytes of an argument: as they are when valid, else read as ISO 8859-1. New
 * reference. */
static json_t *json_text(const char *bytes, gsize length)
{
    const PosSymbol symbol = {
        .symbology = POS_SYMBOLOGY_TEXT, .bytes = (char *)bytes, .length = length};
    gsize text_length = 0;
    g_autofree char *text = pos_scan_text(&symbol, &text_length);
    return json_stringn(text, text_length);
}

static json_t *nullable(const char *text)
{
    return text != NULL && *text != '\0' ? json_string(text) : json_null();
}

/* What the message says, into an object that names its source already. */
static void add_message(json_t *object, const PosGs1Message *message,
                        const PosGs1Settings *settings)
{
    bool is_gs1 = message->kind == POS_GS1_ELEMENTS || message->kind == POS_GS1_LINK ||
                  message->kind == POS_GS1_DIGITS;
    json_t *elements = is_gs1 ? json_object() : json_null();
    json_t *derived = json_object();
    for (gsize i = 0; i < message->elements_count; i++) {
        char value[128];
        json_object_set_new(elements, message->elements[i].ai,
                            json_string(message->elements[i].value));
        if (pos_gs1_derive(&message->elements[i], settings->today, value, sizeof(value))) {
            json_object_set_new(derived, message->elements[i].ai, json_string(value));
        }
    }
    json_object_set_new(object, "aim", nullable(message->aim));
    json_object_set_new(object, "gs1", elements);
    json_object_set_new(object, "gtin", nullable(message->gtin));
    json_object_set_new(object, "derived", derived);
    const char *kind = pos_rcn_kind_code(&message->rcn);
    if (kind != NULL) {
        g_autofree char *value = pos_rcn_value_text(&message->rcn);
        json_object_set_new(
            object, "rcn",
            json_pack("{s:s, s:s, s:s}", "kind", kind, "item", message->rcn.item, "value", value));
    } else {
        json_object_set_new(object, "rcn", json_null());
    }
    json_object_set_new(object, "error",
                        message->kind == POS_GS1_REFUSED ? json_string(message->error)
                                                         : json_null());
}

static void print_object(json_t *object)
{
    json_dumpf(object, stdout, JSON_COMPACT);
    fputc('\n', stdout);
    json_decref(object);
}

static const char *symbology_of_aim(const char *aim)
{
    static const struct {
        const char *prefix, *symbology;
    } known[] = {
        {"]Q", "QR"},      {"]d", "DATAMATRIX"}, {"]E4", "EAN8"}, {"]E", "EAN13"},
        {"]C", "CODE128"}, {"]e", "DATABAR"},    {"]I", "ITF"},   {"]J", "DOTCODE"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        if (g_str_has_prefix(aim, known[i].prefix)) {
            return known[i].symbology;
        }
    }
    return pos_symbology_code(POS_SYMBOLOGY_TEXT);
}

static int run_text(const Options *options)
{
    int status = STATUS_OK;
    for (int i = 0; options->operands[i] != NULL; i++) {
        const char *text = options->operands[i];
        PosGs1Message message;
        pos_gs1_read(text, strlen(text), &options->settings, &message);
        json_t *object =
            json_pack("{s:i, s:s}", "index", i, "symbology", symbology_of_aim(message.aim));
        gsize shown_length;
        g_autofree char *shown =
            pos_gs1_shown(text, strlen(text), &options->settings, &message, &shown_length);
        json_object_set_new(object, "text", json_text(shown, shown_length));
        add_message(object, &message, &options->settings);
        print_object(object);
        status = message.kind == POS_GS1_REFUSED ? STATUS_REFUSED : status;
    }
    return status;
}

static GPtrArray *scan_file(const char *path, GError **error)
{
    UiPicture picture;
    if (!ui_picture_file_read(path, POS_BOUND_IMAGE_PIXELS, &picture, error)) {
        return NULL;
    }
    PosFrame frame = {.pixels = picture.pixels,
                      .width = picture.width,
                      .height = picture.height,
                      .stride = picture.width};
    GPtrArray *symbols = pos_scan_frame(&frame, POS_SCAN_THOROUGH, 0);
    ui_picture_clear(&picture);
    return symbols;
}

/* Any bytes as one line of UTF-8. Owned. */
static char *one_line(const char *bytes)
{
    char *line = g_utf8_make_valid(bytes, -1);
    for (char *c = line; *c != '\0'; c++) {
        *c = g_ascii_iscntrl(*c) ? '?' : *c;
    }
    return line;
}

static void complain(const char *path, const GError *error)
{
    g_autofree char *name = one_line(path);
    g_autofree char *why = one_line(error->message);
    gsize length = strlen(why);
    if (length > 0 && why[length - 1] == '.') {
        why[length - 1] = '\0';
    }
    /* Translators: a file name, then why it could not be read. */
    g_printerr(_("%s cannot be read as a picture: %s."), name, why);
    g_printerr("\n");
}

static void print_symbol(const char *path, const PosSymbol *symbol, const PosGs1Settings *settings)
{
    /* The AIM identifier makes a picture's message one that a handheld scanner could have sent. */
    g_autofree char *text = g_malloc0(symbol->length + sizeof(symbol->aim));
    gsize aim = strlen(symbol->aim);
    memcpy(text, symbol->aim, aim);
    memcpy(text + aim, symbol->bytes, symbol->length);
    PosGs1Settings without_substitute = *settings;
    without_substitute.gs_substitute[0] = '\0';
    PosGs1Message message;
    pos_gs1_read(text, symbol->length + aim, &without_substitute, &message);
    json_t *object = json_object();
    json_object_set_new(object, "file", json_text(path, strlen(path)));
    json_object_set_new(object, "symbology", json_string(pos_symbology_code(symbol->symbology)));
    gsize shown_length = 0;
    g_autofree char *shown = pos_scan_text(symbol, &shown_length);
    json_object_set_new(object, "text", json_stringn(shown, shown_length));
    add_message(object, &message, settings);
    print_object(object);
}

static int run_files(const Options *options)
{
    bool unreadable = false, empty = false;
    for (int i = 0; options->operands[i] != NULL; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) symbols = scan_file(options->operands[i], &error);
        if (symbols == NULL) {
            complain(options->operands[i], error);
            unreadable = true;
            continue;
        }
        for (guint n = 0; n < symbols->len; n++) {
            print_symbol(options->operands[i], g_ptr_array_index(symbols, n), &options->settings);
        }
        empty = empty || symbols->len == 0;
    }
    return unreadable ? STATUS_UNREADABLE : empty ? STATUS_EMPTY : STATUS_OK;
}

static bool load_layouts(const char *path, Options *options)
{
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    g_autofree char *text = ui_cli_layouts_read(path, &length, &error);
    if (text != NULL) {
        options->layouts = pos_rcn_layouts_parse(text, length, &error);
    }
    if (options->layouts == NULL) {
        g_printerr("%s: %s\n", path, error->message);
        return false;
    }
    options->settings.rcn = options->layouts;
    return true;
}

/* One option that takes a value. */
static int take_value(const char *name, const char *value, Options *options)
{
    if (strcmp(name, "--today") == 0) {
        return pos_date_parse(value, &options->settings.today)
                   ? STATUS_OK
                   : ui_cli_misuse(COMMAND, _("--today wants a date as 2026-11-29, not \"%s\"."),
                                   value);
    }
    if (strcmp(name, "--rcn") == 0) {
        return load_layouts(value, options)
                   ? STATUS_OK
                   : ui_cli_misuse(COMMAND, _("The layouts of --rcn %s cannot be used."), value);
    }
    if (!g_utf8_validate(value, -1, NULL) || g_utf8_strlen(value, -1) != 1 ||
        !g_unichar_isprint(g_utf8_get_char(value))) {
        return ui_cli_misuse(COMMAND, _("--gs wants one printable character, not \"%s\"."), value);
    }
    g_strlcpy(options->settings.gs_substitute, value, sizeof(options->settings.gs_substitute));
    return STATUS_OK;
}

static int parse(int argc, char **argv, Options *options)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
        if (strcmp(argv[i], "--text") == 0) {
            options->is_text = true;
        } else if (strcmp(argv[i], "--dl-compressed") == 0) {
            options->settings.compressed_links = true;
        } else if (strcmp(argv[i], "--today") == 0 || strcmp(argv[i], "--rcn") == 0 ||
                   strcmp(argv[i], "--gs") == 0) {
            if (i + 1 == argc) {
                return ui_cli_misuse(COMMAND, _("%s wants a value."), argv[i]);
            }
            int status = take_value(argv[i], argv[i + 1], options);
            if (status != STATUS_OK) {
                return status;
            }
            i++;
        } else {
            return ui_cli_misuse(COMMAND, _("There is no option %s."), argv[i]);
        }
    }
    options->operands = argv + i;
    return i < argc
               ? STATUS_OK
               : ui_cli_misuse(COMMAND, _("%s is missing."), options->is_text ? "STRING" : "FILE");
}

int cli_scan_run(int argc, char **argv)
{
    Options options = {0};
    options.settings.today = pos_date_of_instant(g_get_real_time() / 1000, NULL);
    int status = parse(argc, argv, &options);
    if (status == STATUS_OK) {
        status = options.is_text ? run_text(&options) : run_files(&options);
    }
    pos_rcn_layouts_free(options.layouts);
    if (fflush(stdout) != 0) {
        g_printerr("%s\n", _("The result cannot be written to standard output."));
        return STATUS_UNREADABLE;
    }
    return status;
}

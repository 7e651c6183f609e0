/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the command line of `coster labels`. It reads the terminal's file without a lock, one lot
 * after the other, and hands each to the sheet or to a picture file; what a tag looks like is
 * pos/shelf_tag's business. */
#include "ui/cli_labels.h"
#include "pos/gs1.h"
#include "pos/label_sheet.h"
#include "pos/store.h"
#include "ui/cli.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "labels"
#define DEFAULT_OUT "labels.pdf"
#define DEFAULT_DPI 300
#define DPI_MIN 150
#define DPI_MAX 1200

/* As typed. Strings borrowed from argv, NULL when absent. */
typedef struct {
    const char *data, *out, *png, *gtin, *lot, *language, *dpi;
} Options;

/* One run. */
typedef struct {
    PosStore *store;
    PosStoreSettings settings;
    const char *language;
    const char *png;      /* folder, or NULL for a sheet */
    PosLabelSheet *sheet; /* or NULL for pictures */
    int dpi;
    int64_t now_ms;
    PosDate today;
    unsigned written;
} Run;

/* "--name VALUE" or "--name=VALUE". */
static int parse(int argc, char **argv, Options *out)
{
    const struct {
        const char *name;
        const char **value;
    } known[] = {
        {"--data", &out->data}, {"--out", &out->out}, {"--png", &out->png},
        {"--gtin", &out->gtin}, {"--lot", &out->lot}, {"--language", &out->language},
        {"--dpi", &out->dpi},
    };
    for (int i = 1; i < argc; i++) {
        const char **value = NULL;
        gsize length = strcspn(argv[i], "=");
        for (gsize n = 0; n < G_N_ELEMENTS(known); n++) {
            bool is_it =
                strlen(known[n].name) == length && memcmp(argv[i], known[n].name, length) == 0;
            value = is_it ? known[n].value : value;
        }
        if (value == NULL) {
            return ui_cli_misuse(COMMAND, _("There is no option %s."), argv[i]);
        }
        if (argv[i][length] == '=') {
            *value = argv[i] + length + 1;
        } else if (i + 1 < argc) {
            *value = argv[++i];
        } else {
            return ui_cli_misuse(COMMAND, _("%s wants a value."), argv[i]);
        }
    }
    return UI_CLI_OK;
}

static int check(const Options *options, int *out_dpi)
{
    guint64 dpi = DEFAULT_DPI;
    if (options->data == NULL) {
        return ui_cli_misuse(COMMAND, _("%s is missing."), "--data DIR");
    }
    if (options->out != NULL && options->png != NULL) {
        return ui_cli_misuse(COMMAND,
                             _("--out makes a sheet and --png makes pictures: take one of them."));
    }
    if (options->lot != NULL && options->gtin == NULL) {
        return ui_cli_misuse(COMMAND, _("--lot needs the --gtin that it belongs to."));
    }
    if (options->gtin != NULL &&
        (strlen(options->gtin) != 14 || strspn(options->gtin, "0123456789") != 14)) {
        return ui_cli_misuse(COMMAND, _("--gtin wants 14 digits, not \"%s\"."), options->gtin);
    }
    if (options->language != NULL && strcmp(options->language, "ko") != 0 &&
        strcmp(options->language, "en") != 0 && strcmp(options->language, "zh") != 0) {
        return ui_cli_misuse(COMMAND, _("--language wants ko, en or zh, not \"%s\"."),
                             options->language);
    }
    if (options->dpi != NULL &&
        !g_ascii_string_to_unsigned(options->dpi, 10, DPI_MIN, DPI_MAX, &dpi, NULL)) {
        return ui_cli_misuse(COMMAND, _("--dpi wants a number from %d to %d, not \"%s\"."), DPI_MIN,
                             DPI_MAX, options->dpi);
    }
    *out_dpi = (int)dpi;
    return UI_CLI_OK;
}

static bool write_tag(Run *run, const PosShelfTag *tag, GError **error)
{
    run->written++;
    if (run->sheet != NULL) {
        pos_label_sheet_add(run->sheet, tag);
        return true;
    }
    /* A lot may hold characters that a file name may not. */
    g_autofree char *lot =
        tag->lot != NULL ? g_uri_escape_string(tag->lot->lot, NULL, FALSE) : NULL;
    g_autofree char *name = g_strdup_printf("%s%s%s.png", tag->product->gtin,
                                            lot != NULL ? "_" : "", lot != NULL ? lot : "");
    g_autofree char *path = g_build_filename(run->png, name, NULL);
    return pos_shelf_tag_write_png(tag, run->dpi, path, error);
}

/* lot NULL: the product on its own. */
static bool add_tag(Run *run, const PosProduct *product, const PosLot *lot, GError **error)
{
    const char *number = lot != NULL ? lot->lot : NULL;
    g_autoptr(PosPrice) own =
        lot != NULL ? pos_store_price(run->store, product->gtin, number) : NULL;
    g_autoptr(PosPrice) common =
        own == NULL ? pos_store_price(run->store, product->gtin, NULL) : NULL;
    bool recalled = pos_store_is_recalled(run->store, product->gtin, number, NULL);
    PosDate none = {0};
    g_autofree char *link =
        pos_gs1_link(run->settings.link_base, product->gtin, number,
                     lot != NULL ? lot->best_before : none, lot != NULL ? lot->use_by : none);
    PosFreshnessFacts facts = {.lot = lot,
                               .storage = product->storage,
                               .recalled = recalled,
                               .today = run->today,
                               .limits = run->settings.freshness};
    PosShelfTag tag = {
        .product = product,
        .lot = lot,
        .price = own != NULL ? own : common,
        .currency = &run->settings.currency,
        .link = link,
        .language = run->language,
        .freshness = pos_freshness_of(&facts),
        .now_ms = run->now_ms,
    };
    return write_tag(run, &tag, error);
}

static bool add_product(Run *run, const PosProduct *product, const char *only_lot, bool asked_for,
                        GError **error)
{
    g_autoptr(GPtrArray) lots = pos_store_lots(run->store, product->gtin);
    for (guint i = 0; i < lots->len; i++) {
        const PosLot *lot = g_ptr_array_index(lots, i);
        if ((only_lot == NULL || strcmp(lot->lot, only_lot) == 0) &&
            !add_tag(run, product, lot, error)) {
            return false;
        }
    }
    /* A product that was asked for has a tag even while none of it is in stock. */
    return !asked_for || lots->len > 0 || only_lot != NULL || add_tag(run, product, NULL, error);
}

static bool add_all(Run *run, const Options *options, GError **error)
{
    if (options->gtin != NULL) {
        g_autoptr(PosProduct) product = pos_store_product(run->store, options->gtin);
        return product == NULL || add_product(run, product, options->lot, true, error);
    }
    pos_store_search_prepare(run->store, run->language, true);
    g_autoptr(GPtrArray) products =
        pos_store_products(run->store, NULL, NULL, run->language, POS_BOUND_FEED_COMMIT_ITEMS);
    for (guint i = 0; i < products->len; i++) {
        if (!add_product(run, g_ptr_array_index(products, i), NULL, false, error)) {
            return false;
        }
    }
    return true;
}

/* A sheet is written beside its name and renamed, so that a failure leaves no half of one. */
static bool write_all(Run *run, const Options *options, GError **error)
{
    const char *out = options->out != NULL ? options->out : DEFAULT_OUT;
    if (options->png != NULL) {
        if (g_mkdir_with_parents(options->png, 0777) != 0) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                        _("The folder %s cannot be made: %s."), options->png, g_strerror(errno));
            return false;
        }
        return add_all(run, options, error);
    }
    g_autofree char *part = g_strconcat(out, ".part", NULL);
    g_autoptr(PosLabelSheet) sheet = pos_label_sheet_new(part, run->dpi, error);
    if (sheet == NULL) {
        return false;
    }
    run->sheet = sheet;
    bool ok = add_all(run, options, error) && pos_label_sheet_finish(sheet, error);
    run->sheet = NULL;
    if (ok && run->written > 0 && rename(part, out) != 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    _("The sheet cannot be written to %s: %s."), out, g_strerror(errno));
        ok = false;
    }
    if (!ok || run->written == 0) {
        remove(part);
    }
    return ok;
}

static bool begin(Run *run, const Options *options, GError **error)
{
    run->store = pos_store_open(options->data, POS_STORE_READ_ONLY, error);
    if (run->store == NULL || !pos_store_settings(run->store, &run->settings, error)) {
        return false;
    }
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(run->settings.time_zone);
    /* Prices are in force by central's clock. */
    g_autofree char *offset = pos_store_meta_get(run->store, POS_META_CLOCK_OFFSET_MS);
    run->now_ms =
        g_get_real_time() / 1000 + (offset != NULL ? g_ascii_strtoll(offset, NULL, 10) : 0);
    run->today = pos_date_of_instant(run->now_ms, zone);
    run->language = options->language != NULL ? options->language : run->settings.language;
    run->png = options->png;
    return true;
}

int cli_labels_run(int argc, char **argv)
{
    Options options = {0};
    Run run = {0};
    g_autoptr(GError) error = NULL;
    int status = parse(argc, argv, &options);
    if (status == UI_CLI_OK) {
        status = check(&options, &run.dpi);
    }
    if (status != UI_CLI_OK) {
        return status;
    }
    if (!begin(&run, &options, &error) || !write_all(&run, &options, &error)) {
        status = ui_cli_fail_error(error);
    } else if (run.written == 0) {
        status = ui_cli_fail(_("There is no such lot in the applied feed, so no tag was written."));
    } else {
        const char *where = options.png != NULL   ? options.png
                            : options.out != NULL ? options.out
                                                  : DEFAULT_OUT;
        /* Translators: a number of shelf tags, then a file or folder. */
        g_print(ngettext("%u tag written to %s\n", "%u tags written to %s\n", run.written),
                run.written, where);
    }
    pos_store_settings_clear(&run.settings);
    pos_store_close(run.store);
    return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The store thread: a queue of jobs in, GTask results out. What stands in `owned` is touched by the thread
 * alone; the rest of the object by the main thread alone, but for `notified`, which is atomic. */
#include "ui/till_thread.h"

#include "pos/card_link.h"
#include "pos/error.h"
#include "pos/print_draw.h"
#include "pos/report_document.h"
#include "pos/print_layout.h"
#include "pos/printer_till.h"
#include "pos/scale_device.h"
#include "pos/receipt_store.h"
#include "sync/client.h"
#include "ui/closures.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define TILES_MAX 120 /* a picker of more than this is not looked through, it is searched */
#define RECEIPT_COLUMNS 42

typedef struct {
    PosStoreLock *lock;
    PosStore *store;
    PosTill *till;
    SyncClient *sync;
    SyncLink link;         /* as it was last looked at */
    SyncRemote *remote;    /* NULL with --offline */
    PosPrinter *printer;   /* NULL when none is set */
    PosScaleDevice *scale; /* NULL when none is set */
    PosScaleSettings scale_settings;
    PosCardLink *card; /* NULL: the card terminal stands by itself */
    PosCardSettings card_settings;
} Owned;

struct _UiTillThread {
    GObject parent;
    char *dir, *language;
    bool offline;
    GAsyncQueue *queue; /* Job* */
    GThread *thread;
    guint pending;
    gint notified; /* atomic: a "changed" is on its way */
    gint weighed;  /* atomic: a "scale-changed" is on its way */
    Owned owned;
};
G_DEFINE_FINAL_TYPE(UiTillThread, ui_till_thread, G_TYPE_OBJECT)

typedef struct Job Job;
struct Job {
    void (*run)(UiTillThread *self, Job *job);
    GTask *task; /* NULL: the end */
    GAsyncReadyCallback done;
    gpointer user;
    PosTillCommand *command;
    char *first, *second; /* text and category; url and code; hash */
    json_t *record;
    PosDeviceSettings *devices;
    gboolean take, pdf;
    int number; /* of a copy; what to do with the printer */
};

static void job_free(Job *job)
{
    g_clear_object(&job->task);
    g_clear_pointer(&job->command, pos_till_command_free);
    g_free(job->first);
    g_free(job->second);
    json_decref(job->record);
    g_free(job->devices);
    g_free(job);
}

static gboolean emit_changed(gpointer user)
{
    UiTillThread *self = user;
    g_atomic_int_set(&self->notified, 0);
    g_signal_emit_by_name(self, "changed");
    return G_SOURCE_REMOVE;
}

/* On the sync thread, or the printer's. */
static void on_notify(void *user)
{
    UiTillThread *self = user;
    if (g_atomic_int_compare_and_exchange(&self->notified, 0, 1)) {
        g_idle_add_full(G_PRIORITY_DEFAULT, emit_changed, g_object_ref(self), g_object_unref);
    }
}

static gboolean emit_scale_changed(gpointer user)
{
    UiTillThread *self = user;
    g_atomic_int_set(&self->weighed, 0);
    g_signal_emit_by_name(self, "scale-changed");
    return G_SOURCE_REMOVE;
}

/* On the scale's thread. */
static void on_scale(void *user)
{
    UiTillThread *self = user;
    if (g_atomic_int_compare_and_exchange(&self->weighed, 0, 1)) {
        g_idle_add_full(G_PRIORITY_DEFAULT, emit_scale_changed, g_object_ref(self), g_object_unref);
    }
}

static void owned_close(Owned *owned)
{
    g_clear_pointer(&owned->printer, pos_printer_stop);
    g_clear_pointer(&owned->till, pos_till_free);
    g_clear_pointer(&owned->remote, sync_remote_free);
    g_clear_pointer(&owned->sync, sync_client_stop);
    g_clear_pointer(&owned->card, pos_card_link_free);
    owned->card_settings = (PosCardSettings){0};
    g_clear_pointer(&owned->scale, pos_scale_device_stop);
    owned->scale_settings = (PosScaleSettings){0};
    g_clear_pointer(&owned->store, pos_store_close);
    g_clear_pointer(&owned->lock, pos_store_unlock);
}

/* The printer as it is set now: begun, told, or ended. */
static void printer_apply(UiTillThread *self, const PosPrinterSettings *settings)
{
    PosPrinter **printer = &self->owned.printer;
    if (settings->source == POS_PRINTER_NONE) {
        g_clear_pointer(printer, pos_printer_stop);
    } else if (*printer == NULL) {
        *printer = pos_printer_start(self->dir, settings, NULL, on_notify, self);
    } else {
        const PosPrinterSettings present = pos_printer_settings(*printer);
        if (memcmp(&present, settings, sizeof present) != 0) {
            pos_printer_set(*printer, settings);
        }
    }
}

/* The scale as it is set now. */
static void scale_apply(UiTillThread *self, const PosScaleSettings *settings)
{
    Owned *owned = &self->owned;
    if (memcmp(&owned->scale_settings, settings, sizeof *settings) == 0) {
        return;
    }
    pos_till_set_scale(owned->till, NULL);
    g_clear_pointer(&owned->scale, pos_scale_device_stop);
    owned->scale_settings = *settings;
    owned->scale = pos_scale_device_start(settings, on_scale, self);
    pos_till_set_scale(owned->till, pos_scale_device_for_till(owned->scale));
    on_scale(self);
}

/* The card terminal as it is set now; one whose address cannot be understood is none, which the device page has said. */
static void card_apply(UiTillThread *self, const PosCardSettings *settings)
{
    Owned *owned = &self->owned;
    g_autoptr(GError) error = NULL;
    if (memcmp(&owned->card_settings, settings, sizeof *settings) == 0) {
        return;
    }
    pos_till_set_provider(owned->till, POS_TENDER_CARD, NULL);
    g_clear_pointer(&owned->card, pos_card_link_free);
    owned->card_settings = *settings;
    if (settings->address[0] != '\0') {
        owned->card = pos_card_link_new(settings->address, settings->timeout_s * 1000, &error);
    }
    if (owned->card != NULL) {
        pos_till_set_provider(owned->till, POS_TENDER_CARD, pos_card_link_provider(owned->card));
    } else if (error != NULL) {
        g_message("card terminal: %s", error->message);
    }
}

static void devices_open(UiTillThread *self)
{
    PosDeviceSettings devices;
    pos_store_devices_load(self->owned.store, &devices, NULL);
    printer_apply(self, &devices.printer);
    scale_apply(self, &devices.scale);
    card_apply(self, &devices.card);
}

/* Opens what there is. *out_enrolled false: the folder has no identity yet, which is no error. */
static bool owned_open(UiTillThread *self, bool *out_enrolled, GError **error)
{
    Owned *owned = &self->owned;
    owned_close(owned);
    *out_enrolled = false;
    owned->lock = pos_store_lock(self->dir, error);
    if (owned->lock == NULL) {
        return false;
    }
    owned->store = pos_store_open(self->dir, POS_STORE_WRITE, error);
    if (owned->store == NULL) {
        owned_close(owned);
        return false;
    }
    g_auto(PosIdentity) identity = {0};
    if (!pos_store_identity_get(owned->store, &identity, error)) {
        owned_close(owned);
        return false;
    }
    if (identity.terminal == NULL || identity.terminal[0] == '\0') {
        owned_close(owned);
        return true;
    }
    owned->till = pos_till_new(owned->store, pos_clock_system(), error);
    if (owned->till == NULL) {
        owned_close(owned);
        return false;
    }
    pos_till_set_language(owned->till, self->language);
    devices_open(self);
    if (!self->offline) {
        owned->sync = sync_client_start(self->dir, on_notify, self, error);
        owned->remote =
            owned->sync == NULL ? NULL : sync_remote_new(owned->sync, owned->store, error);
        if (owned->remote == NULL) {
            owned_close(owned);
            return false;
        }
        pos_till_set_remote(owned->till, sync_remote_for_till(owned->remote));
    }
    *out_enrolled = true;
    return true;
}

static void run_open(UiTillThread *self, Job *job)
{
    GError *error = NULL;
    bool enrolled = false;
    if (owned_open(self, &enrolled, &error)) {
        g_task_return_boolean(job->task, enrolled);
    } else {
        g_task_return_error(job->task, error);
    }
}

static void run_enrol(UiTillThread *self, Job *job)
{
    GError *error = NULL;
    bool enrolled = false;
    owned_close(&self->owned);
    self->owned.lock = pos_store_lock(self->dir, &error);
    if (self->owned.lock == NULL) {
        g_task_return_error(job->task, error);
        return;
    }
    /* Enrolment opens the database for itself: only the folder's lock is held meanwhile. */
    if (!sync_enrol(self->dir, job->first, job->second, NULL, "till", &error) ||
        !owned_open(self, &enrolled, &error)) {
        g_task_return_error(job->task, error);
        return;
    }
    g_task_return_boolean(job->task, enrolled);
}

static bool has_till(UiTillThread *self, Job *job)
{
    if (self->owned.till == NULL) {
        g_task_return_new_error(job->task, POS_ERROR, POS_ERROR_FAILED, "%s",
                                _("This till is not open yet."));
        return false;
    }
    return true;
}

/* Since when a line has its price: the piece of the price's history that holds what is charged. */
static int64_t price_since(PosStore *store, const PosCartLine *line)
{
    g_autoptr(PosPrice) price = NULL;
    if (line->lot != NULL && line->lot[0] != '\0') {
        price = pos_store_price(store, line->gtin, line->lot);
    }
    if (price == NULL) {
        price = pos_store_price(store, line->gtin, NULL);
    }
    if (price == NULL) {
        return 0;
    }
    if (price->price.minor == line->price.minor) {
        return price->effective_at_ms;
    }
    for (guint i = 0; price->recent != NULL && i < price->recent->len; i++) {
        const PosPricePast *past = &g_array_index(price->recent, PosPricePast, i);
        if (past->price.minor == line->price.minor) {
            return past->from_ms;
        }
    }
    for (guint i = 0; price->next != NULL && i < price->next->len; i++) {
        const PosPriceNext *next = &g_array_index(price->next, PosPriceNext, i);
        if (next->price.minor == line->price.minor) {
            return next->effective_at_ms;
        }
    }
    return price->effective_at_ms;
}

static UiAnswer *answer_of(UiTillThread *self, const PosTillCommand *command)
{
    Owned *owned = &self->owned;
    UiAnswer *answer = g_new0(UiAnswer, 1);
    answer->event = pos_till_do(owned->till, command);
    bool certain = false;
    answer->now_ms = pos_till_now_ms(owned->till, &certain);
    const PosCart *cart = answer->event->cart;
    if (cart != NULL) {
        const gsize count = pos_cart_count(cart);
        answer->price_at_ms = g_new0(int64_t, count + 1);
        for (gsize i = 0; i < count; i++) {
            answer->price_at_ms[i] = price_since(owned->store, pos_cart_at(cart, i));
        }
    }
    if (owned->sync != NULL && answer->event->kind != POS_EVENT_REFUSED) {
        sync_client_wake(owned->sync);
    }
    if (owned->printer != NULL) {
        pos_printer_follow(owned->printer, owned->store, answer->event);
    }
    return answer;
}

static void run_do(UiTillThread *self, Job *job)
{
    if (!has_till(self, job)) {
        return;
    }
    g_task_return_pointer(job->task, answer_of(self, job->command), (GDestroyNotify)ui_answer_free);
}

static void run_scale(UiTillThread *self, Job *job)
{
    if (!has_till(self, job)) {
        return;
    }
    PosTill *till = self->owned.till;
    UiScale *scale = g_new0(UiScale, 1);
    if (job->take && pos_till_may_weigh(till)) {
        const PosTillCommand weight = {.verb = POS_TILL_WEIGHT, .from_scale = true};
        scale->answer = answer_of(self, &weight);
    }
    const PosTillCommand look = {.verb = POS_TILL_SCALE};
    g_autoptr(PosTillEvent) event = pos_till_do(till, &look);
    if (event->kind == POS_EVENT_SCALE) {
        scale->status = event->scale;
        scale->tare_g = event->tare_g;
    } else { /* a locked till says nothing but that it is locked */
        pos_scale_status(self->owned.scale, &scale->status);
    }
    g_task_return_pointer(job->task, scale, (GDestroyNotify)ui_scale_free);
}

/* The till itself says what a product would cost and whether it may be sold: no rule is repeated here. */
static UiTile *tile_new(PosTill *till, PosProduct *product)
{
    UiTile *tile = g_new0(UiTile, 1);
    tile->product = pos_product_copy(product);
    const PosTillCommand command = {
        .verb = POS_TILL_PRICE_CHECK, .text = product->gtin, .text_length = strlen(product->gtin)};
    g_autoptr(PosTillEvent) event = pos_till_do(till, &command);
    if (event->kind == POS_EVENT_PRICE) {
        tile->sellable = event->line.freshness.colour != POS_FRESHNESS_RED;
        tile->price = event->line.price;
        tile->list_price = event->line.list_price;
        tile->freshness = event->line.freshness;
        tile->why = tile->sellable ? g_strdup("") : pos_freshness_words(tile->freshness);
    } else {
        tile->freshness.colour = POS_FRESHNESS_RED;
        tile->why = g_strdup(event->message != NULL ? event->message : "");
    }
    return tile;
}

static void run_tiles(UiTillThread *self, Job *job)
{
    if (!has_till(self, job)) {
        return;
    }
    g_autoptr(GPtrArray) products =
        pos_store_products(self->owned.store, job->first, job->second, self->language, TILES_MAX);
    GPtrArray *tiles = g_ptr_array_new_with_free_func((GDestroyNotify)ui_tile_free);
    for (guint i = 0; i < products->len; i++) {
        g_ptr_array_add(tiles, tile_new(self->owned.till, products->pdata[i]));
    }
    g_task_return_pointer(job->task, tiles, (GDestroyNotify)g_ptr_array_unref);
}

static void run_shop(UiTillThread *self, Job *job)
{
    if (!has_till(self, job)) {
        return;
    }
    GError *error = NULL;
    UiShop *shop = g_new0(UiShop, 1);
    if (!pos_store_settings(self->owned.store, &shop->settings, &error)) {
        ui_shop_free(shop);
        g_task_return_error(job->task, error);
        return;
    }
    shop->operators = pos_store_operators(self->owned.store);
    shop->categories = pos_store_categories(self->owned.store);
    shop->tares = pos_store_tares(self->owned.store);
    shop->departments = pos_store_departments(self->owned.store);
    g_task_return_pointer(job->task, shop, (GDestroyNotify)ui_shop_free);
}

static void run_header(UiTillThread *self, Job *job)
{
    if (!has_till(self, job)) {
        return;
    }
    GError *error = NULL;
    UiHeader *header = g_new0(UiHeader, 1);
    if (!pos_till_status(self->owned.store, pos_clock_system(), &header->status, &error)) {
        ui_header_free(header);
        g_task_return_error(job->task, error);
        return;
    }
    header->now_ms = pos_till_now_ms(self->owned.till, &header->clock_certain);
    header->without_sync = self->owned.sync == NULL;
    header->link = header->without_sync ? SYNC_LINK_OFFLINE
                                        : sync_client_link(self->owned.sync, &header->fault);
    if (header->link == SYNC_LINK_ONLINE && self->owned.link != SYNC_LINK_ONLINE) {
        pos_till_link_is_back(self->owned.till);
    }
    self->owned.link = header->link;
    if (self->owned.printer != NULL) {
        const PosPrinterStatus printer = pos_printer_status(self->owned.printer);
        header->printer = pos_printer_status_words(&printer);
        header->has_printer = printer.is_set;
        header->held = printer.held;
        header->held_name = g_strdup(printer.held_name);
        PosPrintCounts counts; /* of the disk: the status is as of the thread's last round */
        pos_printer_counts(self->owned.printer, &counts);
        header->printing = printer.printing || counts.waits + counts.sent > 0;
        header->prints_sales =
            pos_printer_settings(self->owned.printer).receipts == POS_PRINTER_RECEIPT_ALWAYS;
    }
    header->has_card = self->owned.card != NULL;
    g_task_return_pointer(job->task, header, (GDestroyNotify)ui_header_free);
}

static void run_receipt(UiTillThread *self, Job *job)
{
    if (!has_till(self, job)) {
        return;
    }
    GError *error = NULL;
    const PosReceiptWish wish = {.language = self->language};
    g_autoptr(GPtrArray) document =
        pos_store_receipt_document(self->owned.store, job->record, "", &wish, &error);
    if (document == NULL) {
        g_task_return_error(job->task, error);
        return;
    }
    UiReceipt *receipt = g_new0(UiReceipt, 1);
    receipt->rows = pos_print_document_rows(document, RECEIPT_COLUMNS);
    receipt->qr_text = pos_receipt_qr_text(job->record, job->first);
    receipt->asks_to_print =
        self->owned.printer != NULL &&
        pos_printer_settings(self->owned.printer).receipts == POS_PRINTER_RECEIPT_ASK;
    g_task_return_pointer(job->task, receipt, (GDestroyNotify)ui_receipt_free);
}

/* Saves first where there is something to save; either way what is on disk then. */
static void run_devices(UiTillThread *self, Job *job)
{
    if (!has_till(self, job)) {
        return;
    }
    GError *error = NULL;
    Owned *owned = &self->owned;
    g_autofree char *operator_id = pos_store_meta_get(owned->store, POS_META_OPERATOR);
    if (job->devices != NULL &&
        !pos_store_devices_save(owned->store, job->devices, operator_id,
                                pos_till_now_ms(owned->till, NULL), &error)) {
        g_task_return_error(job->task, error);
        return;
    }
    if (job->devices != NULL && owned->sync != NULL) {
        sync_client_wake(owned->sync);
    }
    PosDeviceSettings *devices = g_new0(PosDeviceSettings, 1);
    g_autofree char *note = NULL;
    pos_store_devices_load(owned->store, devices, &note);
    if (note != NULL) {
        g_printerr("coster-window: %s\n", note);
    }
    printer_apply(self, &devices->printer);
    scale_apply(self, &devices->scale);
    card_apply(self, &devices->card);
    g_task_return_pointer(job->task, devices, g_free);
}

static PosPrintDocument *paper_of(UiTillThread *self, const Job *job, GError **error)
{
    Owned *owned = &self->owned;
    if (job->second == NULL) {
        const PosReceiptWish wish = {.language = self->language, .copy = job->number};
        return pos_store_receipt_document(owned->store, job->record, job->first, &wish, error);
    }
    g_auto(PosStoreSettings) settings = {0};
    if (!pos_store_settings(owned->store, &settings, error)) {
        return NULL;
    }
    g_autoptr(GTimeZone) zone = pos_store_zone(owned->store);
    const PosReportLook look = {.store_name = pos_names_in(&settings.names, self->language),
                                .language = self->language,
                                .currency = &settings.currency,
                                .zone = zone,
                                .at_ms = pos_till_now_ms(owned->till, NULL),
                                .demo = settings.demo,
                                .training = job->take};
    return pos_report_document(job->second, job->record, &look);
}

/* In the person's documents, else at home. Owned, NULL and an error when it cannot be written. */
static char *write_pdf(const PosPrintDocument *document, const char *name, int64_t now_ms,
                       GError **error)
{
    const char *documents = g_get_user_special_dir(G_USER_DIRECTORY_DOCUMENTS);
    g_autofree char *folder =
        g_build_filename(documents != NULL ? documents : g_get_home_dir(), "Coster", NULL);
    g_autofree char *file = g_strdup_printf("%s-%" G_GINT64_FORMAT ".pdf", name, now_ms);
    char *path = g_build_filename(folder, file, NULL);
    g_mkdir_with_parents(folder, 0700);
    if (!pos_print_write_pdf(document, RECEIPT_COLUMNS, path, error)) {
        g_clear_pointer(&path, g_free);
    }
    return path;
}

static void run_paper(UiTillThread *self, Job *job)
{
    if (!has_till(self, job)) {
        return;
    }
    GError *error = NULL;
    g_autoptr(GPtrArray) document = paper_of(self, job, &error);
    UiReceipt *receipt = g_new0(UiReceipt, 1);
    if (document != NULL) {
        receipt->rows = pos_print_document_rows(document, RECEIPT_COLUMNS);
        if (job->pdf) {
            const char *number = json_string_value(json_object_get(job->record, "receipt"));
            receipt->pdf = write_pdf(document,
                                     job->second != NULL ? job->second
                                     : number != NULL    ? number
                                                         : "receipt",
                                     pos_till_now_ms(self->owned.till, NULL), &error);
        }
    }
    if (error != NULL) {
        ui_receipt_free(receipt);
        g_task_return_error(job->task, error);
    } else {
        g_task_return_pointer(job->task, receipt, (GDestroyNotify)ui_receipt_free);
    }
}

static PosPrintDocument *test_page(UiTillThread *self)
{
    PosPrintDocument *page = pos_print_document_new();
    pos_print_add_text(page, "Coster", POS_PRINT_CENTRE, POS_PRINT_LARGE);
    pos_print_add_text(page, _("Test page"), POS_PRINT_CENTRE, POS_PRINT_BOLD);
    pos_print_add_rule(page);
    pos_print_add_pair(page, "ABC abc 123", "₩12,900", POS_PRINT_NORMAL);
    pos_print_add_pair(page, "한글 가나다", "€4.25", POS_PRINT_NORMAL);
    pos_print_add_pair(page, "中文 测试", "¥99.00", POS_PRINT_NORMAL);
    pos_print_add_qr(page, "https://id.gs1.org/01/09520123456788");
    pos_print_add_text(page, _("The sums stand at the right edge, and a phone reads the code."),
                       POS_PRINT_LEFT, POS_PRINT_NORMAL);
    return page;
}

static void run_printer(UiTillThread *self, Job *job)
{
    GError *error = NULL;
    PosPrinter *printer = self->owned.printer;
    if (printer == NULL) {
        g_task_return_new_error(job->task, POS_ERROR, POS_ERROR_INVALID, "%s",
                                _("No printer is set for this till: choose one and save."));
        return;
    }
    if (job->number != UI_PRINTER_TEST) {
        pos_printer_decide(printer, job->number == UI_PRINTER_PRINT_HELD);
        g_task_return_boolean(job->task, TRUE);
        return;
    }
    g_autoptr(GPtrArray) page = test_page(self);
    if (pos_printer_queue(printer, page, "test", self->language, 0, false, &error)) {
        g_task_return_boolean(job->task, TRUE);
    } else {
        g_task_return_error(job->task, error);
    }
}

static void run_print(UiTillThread *self, Job *job)
{
    if (has_till(self, job)) {
        g_autoptr(GError) error = NULL;
        if (!pos_printer_print_receipt(self->owned.printer, self->owned.store, job->first, -1, NULL,
                                       &error)) {
            g_message("printer: %s", error->message);
        }
        g_task_return_boolean(job->task, TRUE);
    }
}

static gpointer thread_main(gpointer data)
{
    UiTillThread *self = data;
    for (;;) {
        Job *job = g_async_queue_pop(self->queue);
        const bool end = job->task == NULL;
        if (!end) {
            job->run(self, job);
        }
        job_free(job);
        if (end) {
            break;
        }
    }
    owned_close(&self->owned);
    return NULL;
}

/* In the main context, however the call ended. */
typedef struct {
    GAsyncReadyCallback done;
    gpointer user;
} Waiting;

static void on_answered(GObject *source, GAsyncResult *result, gpointer user)
{
    UiTillThread *self = UI_TILL_THREAD(source);
    g_autofree Waiting *waiting = user;
    g_assert(self->pending > 0);
    self->pending--;
    if (waiting->done != NULL) {
        waiting->done(source, result, waiting->user);
    }
}

static Job *job_new(UiTillThread *self, void (*run)(UiTillThread *, Job *),
                    GAsyncReadyCallback done, gpointer user)
{
    g_assert(self->thread != NULL);
    Waiting *waiting = g_new0(Waiting, 1);
    waiting->done = done;
    waiting->user = user;
    Job *job = g_new0(Job, 1);
    job->run = run;
    job->task = g_task_new(self, NULL, on_answered, waiting);
    self->pending++;
    return job;
}

void ui_till_thread_open(UiTillThread *self, GAsyncReadyCallback done, gpointer user)
{
    g_async_queue_push(self->queue, job_new(self, run_open, done, user));
}

gboolean ui_till_thread_open_finish(UiTillThread *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

void ui_till_thread_enrol(UiTillThread *self, const char *url, const char *code,
                          GAsyncReadyCallback done, gpointer user)
{
    Job *job = job_new(self, run_enrol, done, user);
    job->first = g_strdup(url);
    job->second = g_strdup(code);
    g_async_queue_push(self->queue, job);
}

gboolean ui_till_thread_enrol_finish(UiTillThread *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

void ui_till_thread_do(UiTillThread *self, const PosTillCommand *command, GAsyncReadyCallback done,
                       gpointer user)
{
    Job *job = job_new(self, run_do, done, user);
    job->command = pos_till_command_copy(command);
    g_async_queue_push(self->queue, job);
}

UiAnswer *ui_till_thread_do_finish(UiTillThread *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

void ui_till_thread_tiles(UiTillThread *self, const char *text, const char *category,
                          GAsyncReadyCallback done, gpointer user)
{
    Job *job = job_new(self, run_tiles, done, user);
    job->first = g_strdup(text);
    job->second = g_strdup(category);
    g_async_queue_push(self->queue, job);
}

GPtrArray *ui_till_thread_tiles_finish(UiTillThread *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

static void run_prepare(UiTillThread *self, Job *job)
{
    if (self->owned.till != NULL) {
        pos_store_search_prepare(self->owned.store, self->language, false);
    }
    g_task_return_boolean(job->task, TRUE);
}

void ui_till_thread_prepare_search(UiTillThread *self)
{
    g_async_queue_push(self->queue, job_new(self, run_prepare, NULL, NULL));
}

void ui_till_thread_shop(UiTillThread *self, GAsyncReadyCallback done, gpointer user)
{
    g_async_queue_push(self->queue, job_new(self, run_shop, done, user));
}

UiShop *ui_till_thread_shop_finish(UiTillThread *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

void ui_till_thread_scale(UiTillThread *self, gboolean take, GAsyncReadyCallback done,
                          gpointer user)
{
    Job *job = job_new(self, run_scale, done, user);
    job->take = take;
    g_async_queue_push(self->queue, job);
}

UiScale *ui_till_thread_scale_finish(UiTillThread *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

void ui_till_thread_header(UiTillThread *self, GAsyncReadyCallback done, gpointer user)
{
    g_async_queue_push(self->queue, job_new(self, run_header, done, user));
}

UiHeader *ui_till_thread_header_finish(UiTillThread *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

void ui_till_thread_receipt(UiTillThread *self, json_t *record, const char *hash_hex,
                            GAsyncReadyCallback done, gpointer user)
{
    Job *job = job_new(self, run_receipt, done, user);
    /* A copy: jansson's reference counts are not safe across threads in every build. */
    job->record = json_deep_copy(record);
    job->first = g_strdup(hash_hex);
    g_async_queue_push(self->queue, job);
}

void ui_till_thread_print(UiTillThread *self, const char *receipt)
{
    Job *job = job_new(self, run_print, NULL, NULL);
    job->first = g_strdup(receipt);
    g_async_queue_push(self->queue, job);
}

void ui_till_thread_paper(UiTillThread *self, const UiPaperWish *wish, GAsyncReadyCallback done,
                          gpointer user)
{
    Job *job = job_new(self, run_paper, done, user);
    job->record = json_deep_copy(wish->record);
    job->first = g_strdup(wish->hash_hex != NULL ? wish->hash_hex : "");
    job->second = g_strdup(wish->type);
    job->number = wish->copy;
    job->pdf = wish->pdf;
    job->take = wish->training;
    g_async_queue_push(self->queue, job);
}

void ui_till_thread_printer(UiTillThread *self, UiPrinterAct act, GAsyncReadyCallback done,
                            gpointer user)
{
    Job *job = job_new(self, run_printer, done, user);
    job->number = (int)act;
    g_async_queue_push(self->queue, job);
}

gboolean ui_till_thread_printer_finish(UiTillThread *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

UiReceipt *ui_till_thread_receipt_finish(UiTillThread *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

void ui_till_thread_devices(UiTillThread *self, GAsyncReadyCallback done, gpointer user)
{
    g_async_queue_push(self->queue, job_new(self, run_devices, done, user));
}

void ui_till_thread_set_devices(UiTillThread *self, const PosDeviceSettings *settings,
                                GAsyncReadyCallback done, gpointer user)
{
    Job *job = job_new(self, run_devices, done, user);
    job->devices = g_memdup2(settings, sizeof *settings);
    g_async_queue_push(self->queue, job);
}

PosDeviceSettings *ui_till_thread_devices_finish(UiTillThread *self, GAsyncResult *result,
                                                 GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

guint ui_till_thread_pending(UiTillThread *self)
{
    return self->pending;
}

void ui_till_thread_stop(UiTillThread *self)
{
    if (self->thread != NULL) {
        g_async_queue_push(self->queue, g_new0(Job, 1));
        g_thread_join(g_steal_pointer(&self->thread));
    }
}

static void ui_till_thread_finalize(GObject *object)
{
    UiTillThread *self = UI_TILL_THREAD(object);
    g_assert(self->thread == NULL);
    g_async_queue_unref(self->queue);
    g_free(self->dir);
    g_free(self->language);
    G_OBJECT_CLASS(ui_till_thread_parent_class)->finalize(object);
}

static void ui_till_thread_class_init(UiTillThreadClass *class)
{
    G_OBJECT_CLASS(class)->finalize = ui_till_thread_finalize;
    g_signal_new("scale-changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_signal_new("changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static void ui_till_thread_init(UiTillThread *self)
{
    self->queue = g_async_queue_new_full((GDestroyNotify)job_free);
}

UiTillThread *ui_till_thread_new(const char *data_dir, bool offline)
{
    g_assert(data_dir != NULL);
    UiTillThread *self = g_object_new(UI_TYPE_TILL_THREAD, NULL);
    self->dir = g_strdup(data_dir);
    self->language = g_strdup(ui_language());
    self->offline = offline;
    self->thread = g_thread_new("till", thread_main, self);
    return self;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the printer's thread and what it tells others. The thread alone touches the device and takes jobs out; what is
 * shared stands behind the mutex. A kick of the drawer lives in memory and has a deadline: money must not lie open
 * because a printer came back. */
#include "pos/printer.h"

#include "pos/escpos.h"
#include "pos/print_draw.h"
#include "pos/printer_cups.h"
#include "pos/printer_send.h"
#include "pos/receipt.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define DOUBTS_MAX 3   /* tries that end in doubt before a person has to say */
#define RESCAN_MS 1000 /* another process may have queued something */
#define PDF_COLUMNS 48

struct PosPrinter {
    char *dir;
    PosPrinterTimes times;
    void (*changed)(void *user);
    void *user;
    GThread *thread;
    int abort_fd;

    GMutex mutex;
    GCond cond; /* something to do */
    GCond ended_cond;
    PosPrinterSettings settings;
    PosPrinterStatus status;
    bool stopping, ended, woken, settings_changed;
    int decision;          /* 0 none, 1 print what is in doubt, 2 drop it */
    int64_t kick_until_us; /* 0 none */

    /* The thread's own. */
    int lock_fd;
    PosPrinterLine line;
    PosPrinterSettings in_use;
    int64_t doubtful_number;
    int doubts;
    int64_t looked_us;
};

void pos_printer_times_usual(PosPrinterTimes *out)
{
    *out = (PosPrinterTimes){.open = 3000,
                             .answer = 1000,
                             .stall = 10000,
                             .done = 30000,
                             .retry = 1000,
                             .idle = 10000,
                             .kick = 5000,
                             .finish = 5000};
}

/* --- the status ----------------------------------------------------------------------------------------- */

static void publish(PosPrinter *printer, const PosPrinterStatus *status)
{
    g_mutex_lock(&printer->mutex);
    bool differs = memcmp(&printer->status, status, sizeof *status) != 0;
    printer->status = *status;
    g_mutex_unlock(&printer->mutex);
    if (differs && printer->changed != NULL) {
        printer->changed(printer->user);
    }
}

/* The present status with what the queue on disk says. */
static void status_fill(PosPrinter *printer, PosPrinterStatus *out)
{
    memset(out, 0, sizeof *out);
    g_mutex_lock(&printer->mutex);
    out->printing = printer->status.printing;
    out->kick_missed = printer->status.kick_missed;
    out->known = printer->status.known;
    memcpy(out->lost_name, printer->status.lost_name, sizeof out->lost_name);
    g_mutex_unlock(&printer->mutex);
    PosPrintCounts counts;
    pos_print_queue_count(printer->dir, &counts, NULL);
    out->is_set = printer->in_use.source != POS_PRINTER_NONE;
    out->state.fault = printer->line.state.fault;
    out->state.paper_low = printer->line.state.paper_low;
    out->waiting = counts.waits + counts.sent;
    out->held = counts.held;
    out->asked = counts.ask;
    if (counts.held > 0) {
        g_autoptr(PosPrintJob) job = pos_print_queue_first(printer->dir, POS_PRINT_JOB_HELD, NULL);
        g_strlcpy(out->held_name, job == NULL ? "" : job->name, sizeof out->held_name);
    }
}

static void tell(PosPrinter *printer, bool printing, bool known)
{
    PosPrinterStatus status;
    status_fill(printer, &status);
    status.printing = printing;
    status.known = status.known || known;
    publish(printer, &status);
}

PosPrinterStatus pos_printer_status(PosPrinter *printer)
{
    g_mutex_lock(&printer->mutex);
    PosPrinterStatus status = printer->status;
    g_mutex_unlock(&printer->mutex);
    return status;
}

void pos_printer_counts(PosPrinter *printer, PosPrintCounts *out)
{
    pos_print_queue_count(printer->dir, out, NULL);
}

char *pos_printer_status_words(const PosPrinterStatus *status)
{
    if (!status->is_set) {
        return g_strdup("");
    }
    if (status->lost_name[0] != '\0') {
        return g_strdup_printf(
            _("Receipt %s could not be kept for the printer: print it again when it works."),
            status->lost_name);
    }
    const char *state = status->known ? pos_printer_state_words(status->state) : "";
    if (status->state.fault != POS_PRINTER_FINE && status->waiting > 0 && status->known) {
        g_autofree char *waiting = g_strdup_printf(
            ngettext("%d receipt waits.", "%d receipts wait.", (unsigned long)status->waiting),
            status->waiting);
        return g_strdup_printf("%s %s", state, waiting);
    }
    if (status->state.fault == POS_PRINTER_FINE && status->held > 0) {
        return g_strdup_printf(
            _("Receipt %s may not have been printed: print it again or drop it."),
            status->held_name);
    }
    if (status->state.fault == POS_PRINTER_FINE && status->kick_missed) {
        return g_strdup(_("The cash drawer could not be opened in time: open it with its key."));
    }
    return g_strdup(state);
}

/* --- one job ------------------------------------------------------------------------------------------- */

typedef struct {
    PosPrinter *printer;
    PosPrintJob *job;
} Beginning;

/* From here on the job is in doubt until the printer says otherwise; on disk before the first byte. */
static bool on_begun(void *user)
{
    Beginning *beginning = user;
    if (!pos_print_queue_move(beginning->printer->dir, beginning->job, POS_PRINT_JOB_SENT, NULL)) {
        beginning->printer->line.state = (PosPrinterState){.fault = POS_PRINTER_NO_ROOM};
        return false;
    }
    tell(beginning->printer, true, true);
    return true;
}

static PosEscposProfile profile_of(const PosPrinterSettings *settings)
{
    return (PosEscposProfile){.columns = settings->columns,
                              .dots = settings->dots,
                              .text = settings->text,
                              .table = settings->table,
                              .draws_qr = settings->draws_qr,
                              .cuts = settings->cuts};
}

/* A copy of the document with its mark: what stays on disk has none, so that the next one is put there alone. Owned. */
static PosPrintDocument *marked(const PosPrintJob *job)
{
    g_autoptr(json_t) rows = pos_print_document_to_json(job->document);
    PosPrintDocument *document = pos_print_document_from_json(rows, NULL);
    g_assert(document != NULL);
    if (job->copy > 0) {
        g_autofree char *mark = pos_receipt_copy_mark(job->language, job->copy);
        pos_print_put_mark(document, mark);
    }
    return document;
}

static GByteArray *bytes_of(PosPrinter *printer, const PosPrintDocument *document)
{
    PosEscposProfile profile = profile_of(&printer->in_use);
    g_autoptr(GError) error = NULL;
    GByteArray *bytes = pos_escpos_document(document, &profile, &error);
    if (bytes == NULL) {
        g_message("printer: %s", error->message);
    }
    return bytes;
}

/* "T01-000123.pdf", "T01-000123-copy-1.pdf"; what is no letter, digit or dash becomes a dash. Owned. */
static char *pdf_path(const PosPrinter *printer, const PosPrintJob *job)
{
    g_autofree char *name = g_strdup(job->name[0] == '\0' ? "receipt" : job->name);
    g_strcanon(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-", '-');
    for (int n = 1;; n++) {
        g_autofree char *copy =
            job->copy > 0 ? g_strdup_printf("-copy-%d", job->copy) : g_strdup("");
        g_autofree char *more = n > 1 ? g_strdup_printf("-%d", n) : g_strdup("");
        g_autofree char *file = g_strdup_printf("%s%s%s.pdf", name, copy, more);
        char *path = g_build_filename(printer->in_use.address, file, NULL);
        if (n >= 10000 || !g_file_test(path, G_FILE_TEST_EXISTS)) {
            return path;
        }
        g_free(path);
    }
}

static bool sync_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool fine = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return fine;
}

/* Into the folder under another name first: who watches the folder sees whole files only. */
static PosPrinterOutcome send_pdf(PosPrinter *printer, PosPrintJob *job,
                                  const PosPrintDocument *document)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = pdf_path(printer, job);
    g_autofree char *part = g_strconcat(path, ".part", NULL);
    if (!pos_print_write_pdf(document, PDF_COLUMNS, part, &error) || !sync_file(part) ||
        g_rename(part, path) != 0) {
        g_message("printer: %s", error != NULL ? error->message : path);
        g_unlink(part);
        printer->line.state = (PosPrinterState){.fault = POS_PRINTER_NO_ROOM};
        return POS_PRINTER_NOT_BEGUN;
    }
    printer->line.state = (PosPrinterState){0};
    return POS_PRINTER_DONE;
}

static PosPrinterOutcome send_cups(PosPrinter *printer, PosPrintJob *job,
                                   const PosPrintDocument *document)
{
    bool raw = printer->in_use.source == POS_PRINTER_CUPS;
    g_autoptr(GByteArray) bytes = raw ? bytes_of(printer, document) : NULL;
    g_autofree char *path =
        g_build_filename(printer->dir, "print", raw ? "to-cups.bin" : "to-cups.pdf", NULL);
    printer->line.state = (PosPrinterState){.fault = POS_PRINTER_NO_ROOM};
    bool written = raw ? g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL)
                       : pos_print_write_pdf(document, PDF_COLUMNS, path, NULL);
    if (!written) {
        return POS_PRINTER_NOT_BEGUN;
    }
    PosPrinterState before = pos_printer_cups_state(printer->in_use.address);
    if (before.fault == POS_PRINTER_NO_QUEUE) {
        printer->line.state = before;
        return POS_PRINTER_NOT_BEGUN;
    }
    Beginning beginning = {printer, job};
    if (!on_begun(&beginning)) {
        return POS_PRINTER_NOT_BEGUN;
    }
    bool taken =
        pos_printer_cups_send(printer->in_use.address, raw, job->name, path, &printer->line.state);
    g_unlink(path);
    return taken ? POS_PRINTER_DONE : POS_PRINTER_IN_DOUBT;
}

static PosPrinterOutcome send_escpos(PosPrinter *printer, PosPrintJob *job,
                                     const PosPrintDocument *document)
{
    Beginning beginning = {printer, job};
    g_autoptr(GByteArray) bytes = bytes_of(printer, document);
    return pos_printer_send(&printer->line, bytes->data, bytes->len,
                            printer->doubtful_number == job->number, on_begun, &beginning);
}

/* Whether the settings allow any printing at all. */
static bool settings_work(PosPrinter *printer)
{
    g_autoptr(GPtrArray) empty = pos_print_document_new();
    g_autoptr(GByteArray) bytes = bytes_of(printer, empty);
    return bytes != NULL && printer->in_use.address[0] != '\0';
}

static void settle_doubt(PosPrinter *printer, PosPrintJob *job)
{
    printer->doubts = printer->doubtful_number == job->number ? printer->doubts + 1 : 1;
    printer->doubtful_number = job->number;
    g_autoptr(GError) error = NULL;
    bool ask =
        printer->in_use.uncertain == POS_PRINTER_UNCERTAIN_ASK || printer->doubts >= DOUBTS_MAX;
    if (!(ask ? pos_print_queue_move(printer->dir, job, POS_PRINT_JOB_HELD, &error)
              : pos_print_queue_again(printer->dir, job, &error))) {
        g_message("printer: %s", error->message);
    }
}

/* True when the next job may follow at once. */
static bool print_job(PosPrinter *printer, PosPrintJob *job)
{
    g_autoptr(GPtrArray) document = marked(job);
    bool drawn =
        printer->in_use.source == POS_PRINTER_PDF || printer->in_use.source == POS_PRINTER_CUPS_PDF;
    if (!settings_work(printer)) {
        printer->line.state = (PosPrinterState){.fault = POS_PRINTER_SETTINGS};
        return false;
    }
    g_autoptr(GByteArray) trial = drawn ? NULL : bytes_of(printer, document);
    if (!drawn &&
        trial == NULL) { /* this one document cannot be printed: it must not stop the others */
        pos_print_queue_move(printer->dir, job, POS_PRINT_JOB_HELD, NULL);
        return true;
    }
    PosPrinterOutcome outcome = printer->in_use.source == POS_PRINTER_PDF
                                    ? send_pdf(printer, job, document)
                                : printer->in_use.source == POS_PRINTER_CUPS ||
                                        printer->in_use.source == POS_PRINTER_CUPS_PDF
                                    ? send_cups(printer, job, document)
                                    : send_escpos(printer, job, document);
    if (outcome == POS_PRINTER_DONE) {
        printer->doubtful_number = 0;
        return pos_print_queue_remove(printer->dir, job, NULL);
    }
    if (outcome == POS_PRINTER_IN_DOUBT || job->state == POS_PRINT_JOB_SENT) {
        settle_doubt(printer, job);
    }
    return false;
}

/* --- the thread ------------------------------------------------------------------------------------------ */

/* What was on its way when the program before this one ended. */
static void recover(PosPrinter *printer)
{
    for (;;) {
        g_autoptr(PosPrintJob) job = pos_print_queue_first(printer->dir, POS_PRINT_JOB_SENT, NULL);
        if (job == NULL) {
            return;
        }
        settle_doubt(printer, job);
        if (job->state == POS_PRINT_JOB_SENT) {
            return; /* the disk does not let it; it stays in doubt */
        }
    }
}

static void decide_held(PosPrinter *printer, int decision)
{
    for (;;) {
        g_autoptr(PosPrintJob) job =
            decision == 0 ? NULL : pos_print_queue_first(printer->dir, POS_PRINT_JOB_HELD, NULL);
        if (job == NULL || !(decision == 1 ? pos_print_queue_again(printer->dir, job, NULL)
                                           : pos_print_queue_remove(printer->dir, job, NULL))) {
            return;
        }
        printer->doubtful_number = 0;
    }
}

static bool send_kick(PosPrinter *printer)
{
    PosPrinterSource source = printer->in_use.source;
    if (source == POS_PRINTER_PDF || source == POS_PRINTER_CUPS_PDF) {
        return true; /* no drawer can hang on these */
    }
    if (source != POS_PRINTER_CUPS) {
        return pos_printer_kick(&printer->line);
    }
    g_autofree char *path = g_build_filename(printer->dir, "print", "kick.bin", NULL);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    pos_escpos_drawer(bytes, printer->in_use.drawer == POS_PRINTER_DRAWER_PIN_5 ? 5 : 2);
    bool sent =
        g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL) &&
        pos_printer_cups_send(printer->in_use.address, true, "drawer", path, &printer->line.state);
    g_unlink(path);
    return sent;
}

/* Opens the drawer if that was asked for lately enough; tries again until its deadline. */
static void kick(PosPrinter *printer)
{
    g_mutex_lock(&printer->mutex);
    int64_t until_us = printer->kick_until_us;
    g_mutex_unlock(&printer->mutex);
    if (until_us == 0) {
        return;
    }
    bool late = g_get_monotonic_time() >= until_us;
    bool sent = !late && send_kick(printer);
    if (!sent && !late) {
        return;
    }
    g_mutex_lock(&printer->mutex);
    if (printer->kick_until_us == until_us) {
        printer->kick_until_us = 0;
    }
    printer->status.kick_missed = !sent;
    g_mutex_unlock(&printer->mutex);
    if (!sent && printer->changed != NULL) {
        printer->changed(printer->user);
    }
}

static void look(PosPrinter *printer)
{
    PosPrinterSource source = printer->in_use.source;
    printer->looked_us = g_get_monotonic_time();
    if (source == POS_PRINTER_PDF || source == POS_PRINTER_FILE) {
        if (printer->line.state.fault == POS_PRINTER_OFF) {
            printer->line.state = (PosPrinterState){0};
        }
    } else if (source == POS_PRINTER_CUPS || source == POS_PRINTER_CUPS_PDF) {
        printer->line.state = pos_printer_cups_state(printer->in_use.address);
    } else {
        pos_printer_look(&printer->line);
    }
}

/* Takes over what others have asked for. False when the thread should end: nothing waits, or the printer has a fault. */
static bool take_orders(PosPrinter *printer, bool may_end)
{
    g_mutex_lock(&printer->mutex);
    bool stopping = printer->stopping && !printer->woken;
    int decision = printer->decision;
    printer->decision = 0;
    printer->woken = false;
    if (printer->settings_changed) {
        printer->in_use = printer->settings;
        printer->settings_changed = false;
        printer->line.has_answered = printer->line.knows_no_done = false;
        printer->line.state = (PosPrinterState){0};
        printer->looked_us = 0;
        printer->status.known = false;
    }
    g_mutex_unlock(&printer->mutex);
    if (printer->lock_fd >= 0) {
        decide_held(printer, decision);
    }
    return !(stopping && may_end);
}

static void wait_for_work(PosPrinter *printer, int timeout_ms)
{
    int64_t end_us = g_get_monotonic_time() + (int64_t)timeout_ms * 1000;
    g_mutex_lock(&printer->mutex);
    while (!printer->woken && !printer->stopping &&
           g_cond_wait_until(&printer->cond, &printer->mutex, end_us)) {
    }
    g_mutex_unlock(&printer->mutex);
}

static bool lock_queue(PosPrinter *printer)
{
    if (printer->lock_fd < 0) {
        printer->lock_fd = pos_print_queue_lock(printer->dir);
        if (printer->lock_fd >= 0) {
            recover(printer);
        }
    }
    return printer->lock_fd >= 0;
}

/* One round: the drawer, then a job, else a look at the device now and then. True when there is more to do at once. */
static bool work(PosPrinter *printer)
{
    kick(printer);
    g_autoptr(PosPrintJob) job = pos_print_queue_first(printer->dir, POS_PRINT_JOB_WAITS, NULL);
    if (job != NULL) {
        bool on = print_job(printer, job);
        printer->looked_us = g_get_monotonic_time();
        tell(printer, false, true);
        return on;
    }
    int64_t since_us = g_get_monotonic_time() - printer->looked_us;
    int interval =
        printer->line.state.fault == POS_PRINTER_FINE ? printer->times.idle : printer->times.retry;
    if (printer->looked_us == 0 || since_us >= (int64_t)interval * 1000) {
        look(printer);
        tell(printer, false, true);
    } else {
        tell(printer, false, false);
    }
    return false;
}

static gpointer thread_main(gpointer data)
{
    PosPrinter *printer = data;
    bool may_end = false;
    while (take_orders(printer, may_end)) {
        bool more = false;
        if (printer->in_use.source == POS_PRINTER_NONE) {
            tell(printer, false, false);
        } else if (lock_queue(printer)) {
            more = work(printer);
        } else {
            tell(printer, false, false);
        }
        may_end = !more;
        if (!more) {
            wait_for_work(printer, MIN(printer->times.retry, RESCAN_MS));
        }
    }
    if (printer->lock_fd >= 0) {
        close(printer->lock_fd);
    }
    g_mutex_lock(&printer->mutex);
    printer->ended = true;
    g_cond_signal(&printer->ended_cond);
    g_mutex_unlock(&printer->mutex);
    return NULL;
}

/* --- from other threads ------------------------------------------------------------------------------------ */

PosPrinter *pos_printer_start(const char *dir, const PosPrinterSettings *settings,
                              const PosPrinterTimes *times, void (*changed)(void *user), void *user)
{
    PosPrinter *printer = g_new0(PosPrinter, 1);
    printer->dir = g_strdup(dir);
    printer->settings = printer->in_use = *settings;
    printer->status.is_set = settings->source != POS_PRINTER_NONE;
    printer->changed = changed;
    printer->user = user;
    pos_printer_times_usual(&printer->times);
    if (times != NULL) {
        printer->times = *times;
    }
    printer->abort_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    printer->lock_fd = -1;
    printer->line = (PosPrinterLine){
        .settings = &printer->in_use, .times = &printer->times, .wake_fd = printer->abort_fd};
    g_mutex_init(&printer->mutex);
    g_cond_init(&printer->cond);
    g_cond_init(&printer->ended_cond);
    printer->thread = g_thread_new("printer", thread_main, printer);
    return printer;
}

void pos_printer_stop(PosPrinter *printer)
{
    if (printer == NULL) {
        return;
    }
    int64_t end_us = g_get_monotonic_time() + (int64_t)printer->times.finish * 1000;
    g_mutex_lock(&printer->mutex);
    printer->stopping = true;
    g_cond_signal(&printer->cond);
    while (!printer->ended && g_cond_wait_until(&printer->ended_cond, &printer->mutex, end_us)) {
    }
    g_mutex_unlock(&printer->mutex);
    uint64_t one = 1;
    if (write(printer->abort_fd, &one, sizeof one) != sizeof one) {
        g_message("printer: %s", "the thread ends by its own timeouts");
    }
    g_thread_join(printer->thread);
    close(printer->abort_fd);
    g_mutex_clear(&printer->mutex);
    g_cond_clear(&printer->cond);
    g_cond_clear(&printer->ended_cond);
    g_free(printer->dir);
    g_free(printer);
}

void pos_printer_wake(PosPrinter *printer)
{
    g_mutex_lock(&printer->mutex);
    printer->woken = true;
    g_cond_signal(&printer->cond);
    g_mutex_unlock(&printer->mutex);
}

void pos_printer_set(PosPrinter *printer, const PosPrinterSettings *settings)
{
    g_mutex_lock(&printer->mutex);
    printer->settings = *settings;
    printer->settings_changed = true;
    g_mutex_unlock(&printer->mutex);
    pos_printer_wake(printer);
}

PosPrinterSettings pos_printer_settings(PosPrinter *printer)
{
    g_mutex_lock(&printer->mutex);
    PosPrinterSettings settings = printer->settings;
    g_mutex_unlock(&printer->mutex);
    return settings;
}

bool pos_printer_queue(PosPrinter *printer, const PosPrintDocument *document, const char *name,
                       const char *language, int copy, bool ask, GError **error)
{
    PosPrintJob *job = g_new0(PosPrintJob, 1);
    job->state = ask ? POS_PRINT_JOB_ASK : POS_PRINT_JOB_WAITS;
    job->name = g_strdup(name);
    job->language = g_strdup(language);
    job->copy = copy;
    job->document = g_ptr_array_ref((GPtrArray *)document);
    bool fine = pos_print_queue_add(printer->dir, job, error);
    pos_print_job_free(job);
    if (fine) {
        pos_printer_say_lost(printer, "");
        pos_printer_wake(printer);
    }
    return fine;
}

void pos_printer_say_lost(PosPrinter *printer, const char *name)
{
    g_mutex_lock(&printer->mutex);
    g_strlcpy(printer->status.lost_name, name, sizeof printer->status.lost_name);
    g_mutex_unlock(&printer->mutex);
}

bool pos_printer_release(PosPrinter *printer, const char *name)
{
    g_autoptr(PosPrintJob) job = pos_print_queue_find(printer->dir, name, POS_PRINT_JOB_ASK);
    if (job == NULL || !pos_print_queue_move(printer->dir, job, POS_PRINT_JOB_WAITS, NULL)) {
        return false;
    }
    pos_printer_wake(printer);
    return true;
}

void pos_printer_drop_asked(PosPrinter *printer)
{
    for (;;) {
        g_autoptr(PosPrintJob) job = pos_print_queue_first(printer->dir, POS_PRINT_JOB_ASK, NULL);
        if (job == NULL || !pos_print_queue_remove(printer->dir, job, NULL)) {
            return;
        }
    }
}

int pos_printer_decide(PosPrinter *printer, bool print)
{
    g_mutex_lock(&printer->mutex);
    int held = printer->status.held;
    printer->decision = print ? 1 : 2;
    g_mutex_unlock(&printer->mutex);
    pos_printer_wake(printer);
    return held;
}

void pos_printer_open_drawer(PosPrinter *printer)
{
    g_mutex_lock(&printer->mutex);
    if (printer->settings.drawer != POS_PRINTER_DRAWER_NONE &&
        printer->settings.source != POS_PRINTER_NONE) {
        printer->kick_until_us = g_get_monotonic_time() + (int64_t)printer->times.kick * 1000;
        printer->status.kick_missed = false;
    }
    g_mutex_unlock(&printer->mutex);
    pos_printer_wake(printer);
}

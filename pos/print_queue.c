/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the files of the print queue. Each change is one link, rename or unlink of a file that was synced before, then a
 * sync of the folder: a power cut leaves the state before or after it. */
#include "pos/print_queue.h"

#include "pos/bounds.h"
#include "pos/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char *const SUFFIXES[] = {"job", "sent", "held", "ask"};

void pos_print_job_free(PosPrintJob *job)
{
    if (job == NULL) {
        return;
    }
    g_free(job->name);
    g_free(job->language);
    g_clear_pointer(&job->document, g_ptr_array_unref);
    g_free(job);
}

static char *folder_of(const char *dir)
{
    return g_build_filename(dir, "print", NULL);
}

static char *path_of(const char *dir, int64_t number, const char *suffix)
{
    g_autofree char *name = g_strdup_printf("%012" G_GINT64_FORMAT ".%s", (gint64)number, suffix);
    return g_build_filename(dir, "print", name, NULL);
}

static bool fail(GError **error, const char *path)
{
    int code = errno;
    g_set_error(error, POS_ERROR, code == ENOSPC ? POS_ERROR_DISK_FULL : POS_ERROR_FAILED,
                _("The print queue %s cannot be written: %s."), path, g_strerror(code));
    return false;
}

static bool sync_folder(const char *dir, GError **error)
{
    g_autofree char *folder = folder_of(dir);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool fine = fd >= 0 && fsync(fd) == 0;
    if (!fine) {
        fail(error, folder);
    }
    if (fd >= 0) {
        close(fd);
    }
    return fine;
}

/* --- what is there ------------------------------------------------------------------------------------ */

typedef struct {
    int64_t number;
    PosPrintJobState state;
} Entry;

static bool entry_read(const char *name, Entry *out)
{
    char *end = NULL;
    if (!g_ascii_isdigit(name[0])) {
        return false;
    }
    gint64 number = g_ascii_strtoll(name, &end, 10);
    if (number < 1 || *end != '.') {
        return false;
    }
    for (guint i = 0; i < G_N_ELEMENTS(SUFFIXES); i++) {
        if (strcmp(end + 1, SUFFIXES[i]) == 0) {
            *out = (Entry){number, (PosPrintJobState)i};
            return true;
        }
    }
    return false;
}

static int by_number(gconstpointer a, gconstpointer b)
{
    int64_t left = ((const Entry *)a)->number, right = ((const Entry *)b)->number;
    return (left > right) - (left < right);
}

/* In order of their numbers; empty when the folder is not there yet. Owned. */
static GArray *entries(const char *dir)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Entry));
    g_autofree char *folder = folder_of(dir);
    g_autoptr(GDir) handle = g_dir_open(folder, 0, NULL);
    for (const char *name = handle == NULL ? NULL : g_dir_read_name(handle); name != NULL;
         name = g_dir_read_name(handle)) {
        Entry entry;
        if (entry_read(name, &entry)) {
            g_array_append_val(found, entry);
        }
    }
    g_array_sort(found, by_number);
    return found;
}

bool pos_print_queue_count(const char *dir, PosPrintCounts *out, GError **error)
{
    (void)error;
    *out = (PosPrintCounts){0};
    g_autoptr(GArray) found = entries(dir);
    for (guint i = 0; i < found->len; i++) {
        switch (g_array_index(found, Entry, i).state) {
        case POS_PRINT_JOB_WAITS:
            out->waits++;
            break;
        case POS_PRINT_JOB_SENT:
            out->sent++;
            break;
        case POS_PRINT_JOB_HELD:
            out->held++;
            break;
        case POS_PRINT_JOB_ASK:
            out->ask++;
            break;
        }
    }
    return true;
}

/* --- adding --------------------------------------------------------------------------------------------- */

static char *job_text(const PosPrintJob *job)
{
    g_autoptr(json_t) object =
        json_pack("{s:s, s:s, s:i, s:o}", "name", job->name == NULL ? "" : job->name, "language",
                  job->language == NULL ? "" : job->language, "copy", job->copy, "document",
                  pos_print_document_to_json(job->document));
    g_assert(object != NULL);
    return json_dumps(object, JSON_COMPACT);
}

/* A synced file of its own name. */
static bool write_synced(const char *path, const char *text, GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    gsize length = strlen(text);
    bool fine = fd >= 0;
    for (gsize done = 0; fine && done < length;) {
        ssize_t count = write(fd, text + done, length - done);
        fine = count > 0;
        done += fine ? (gsize)count : 0;
    }
    fine = fine && fsync(fd) == 0;
    if (!fine) {
        fail(error, path);
    }
    if (fd >= 0) {
        close(fd);
    }
    return fine;
}

/* The number must be free in every state: another process may be adding, too. */
static bool link_next(const char *dir, const char *from, PosPrintJob *job, GError **error)
{
    g_autoptr(GArray) found = entries(dir);
    int64_t number = found->len == 0 ? 1 : g_array_index(found, Entry, found->len - 1).number + 1;
    for (int tries = 0; tries < 1000; tries++, number++) {
        g_autofree char *path = path_of(dir, number, SUFFIXES[job->state]);
        if (link(from, path) == 0) {
            job->number = number;
            return true;
        }
        if (errno != EEXIST) {
            return fail(error, path);
        }
    }
    return fail(error, from);
}

bool pos_print_queue_add(const char *dir, PosPrintJob *job, GError **error)
{
    g_assert(job->state == POS_PRINT_JOB_WAITS || job->state == POS_PRINT_JOB_ASK);
    g_autofree char *folder = folder_of(dir);
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        return fail(error, folder);
    }
    g_autoptr(GArray) found = entries(dir);
    if (found->len >= POS_BOUND_PRINT_JOBS) {
        g_set_error(error, POS_ERROR, POS_ERROR_BUSY,
                    _("%d receipts wait for the printer already: this one is not printed. Print "
                      "it again once the printer works."),
                    POS_BOUND_PRINT_JOBS);
        return false;
    }
    g_autofree char *text = job_text(job);
    g_autofree char *own = g_strdup_printf("new-%d-%p", (int)getpid(), (void *)job);
    g_autofree char *path = g_build_filename(folder, own, NULL);
    bool fine = write_synced(path, text, error) && link_next(dir, path, job, error) &&
                sync_folder(dir, error);
    g_unlink(path);
    return fine;
}

/* --- taking out ------------------------------------------------------------------------------------------ */

static PosPrintJob *job_parse(const char *text, gsize length, const Entry *entry)
{
    g_autoptr(json_t) object = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    const char *name = NULL, *language = NULL;
    int copy = 0;
    json_t *rows = NULL;
    if (object == NULL || json_unpack(object, "{s:s, s:s, s:i, s:o}", "name", &name, "language",
                                      &language, "copy", &copy, "document", &rows) != 0) {
        return NULL;
    }
    PosPrintDocument *document = pos_print_document_from_json(rows, NULL);
    if (document == NULL) {
        return NULL;
    }
    PosPrintJob *job = g_new0(PosPrintJob, 1);
    job->number = entry->number;
    job->state = entry->state;
    job->name = g_strdup(name);
    job->language = g_strdup(language);
    job->copy = CLAMP(copy, 0, 9999);
    job->document = document;
    return job;
}

/* NULL: what is there is no job, and is put aside so that it does not stop the queue. */
static PosPrintJob *job_load(const char *dir, const Entry *entry)
{
    g_autofree char *path = path_of(dir, entry->number, SUFFIXES[entry->state]);
    g_autofree char *text = NULL;
    gsize length = 0;
    struct stat info;
    bool readable = g_stat(path, &info) == 0 && info.st_size <= POS_BOUND_PRINT_JOB_BYTES &&
                    g_file_get_contents(path, &text, &length, NULL);
    PosPrintJob *job = readable ? job_parse(text, length, entry) : NULL;
    if (job == NULL) {
        g_autofree char *aside = path_of(dir, entry->number, "bad");
        g_message("print queue: %s cannot be read and is put aside", path);
        g_rename(path, aside);
    }
    return job;
}

PosPrintJob *pos_print_queue_first(const char *dir, PosPrintJobState state, GError **error)
{
    (void)error;
    g_autoptr(GArray) found = entries(dir);
    for (guint i = 0; i < found->len; i++) {
        const Entry *entry = &g_array_index(found, Entry, i);
        PosPrintJob *job = entry->state == state ? job_load(dir, entry) : NULL;
        if (job != NULL) {
            return job;
        }
    }
    return NULL;
}

PosPrintJob *pos_print_queue_find(const char *dir, const char *name, PosPrintJobState state)
{
    g_autoptr(GArray) found = entries(dir);
    for (guint i = found->len; i > 0; i--) {
        const Entry *entry = &g_array_index(found, Entry, i - 1);
        g_autoptr(PosPrintJob) job = entry->state == state ? job_load(dir, entry) : NULL;
        if (job != NULL && strcmp(job->name, name) == 0) {
            return g_steal_pointer(&job);
        }
    }
    return NULL;
}

bool pos_print_queue_move(const char *dir, PosPrintJob *job, PosPrintJobState state, GError **error)
{
    g_autofree char *from = path_of(dir, job->number, SUFFIXES[job->state]);
    g_autofree char *to = path_of(dir, job->number, SUFFIXES[state]);
    if (g_rename(from, to) != 0) {
        return fail(error, to);
    }
    job->state = state;
    return sync_folder(dir, error);
}

bool pos_print_queue_remove(const char *dir, const PosPrintJob *job, GError **error)
{
    g_autofree char *path = path_of(dir, job->number, SUFFIXES[job->state]);
    if (g_unlink(path) != 0 && errno != ENOENT) {
        return fail(error, path);
    }
    return sync_folder(dir, error);
}

bool pos_print_queue_again(const char *dir, PosPrintJob *job, GError **error)
{
    g_assert(job->state == POS_PRINT_JOB_SENT || job->state == POS_PRINT_JOB_HELD);
    job->copy++;
    g_autofree char *text = job_text(job);
    g_autofree char *folder = folder_of(dir);
    g_autofree char *own = g_strdup_printf("again-%d-%p", (int)getpid(), (void *)job);
    g_autofree char *fresh = g_build_filename(folder, own, NULL);
    g_autofree char *path = path_of(dir, job->number, SUFFIXES[job->state]);
    /* First its new text under its old state, then its new state: it stays in doubt until it is marked. */
    if (!write_synced(fresh, text, error)) {
        return false;
    }
    if (g_rename(fresh, path) != 0) {
        return fail(error, path);
    }
    return pos_print_queue_move(dir, job, POS_PRINT_JOB_WAITS, error);
}

int pos_print_queue_lock(const char *dir)
{
    g_autofree char *folder = folder_of(dir);
    g_autofree char *path = g_build_filename(folder, "lock", NULL);
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        return -1;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

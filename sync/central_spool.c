/* SPDX-License-Identifier: GPL-3.0-or-later
 * Holds: a file only grows, and `size` says how much of it may be read; a spool without readers is
 * dropped unless it is one of the few newest. Lock order: the spooler's lock, then the http side's.
 */
#include "sync/central_spool.h"

#include "pos/error.h"
#include "sync/central_log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define SPOOLS_MAX 64                              /* being read at once; an open file each */
#define SPOOLS_KEPT 4                              /* of those that nobody reads at the moment */
#define SPOOL_BYTES_MAX (2LL * 1024 * 1024 * 1024) /* of one file */
#define STEP_BYTES (256 * 1024)
#define GZIP_WINDOW (15 + 16)

struct CentralSpool {
    CentralSpooler *spooler;
    char *store_id, *mode;
    int64_t after;
    CentralFeedForm form;
    bool gzip, staff;
    int64_t newest; /* at least; exact when complete */
    int fd;
    int64_t size;
    bool complete, failed;
    guint readers;
    GPtrArray *waiters; /* of CentralStream */
};

struct CentralSpooler {
    char *dir;
    CentralStore *store; /* of the thread */
    GMutex lock;
    GCond wake;
    GQueue work;    /* of CentralSpool, to be written */
    GPtrArray *all; /* of CentralSpool, oldest first */
    bool end;
    GThread *thread;
};

static bool is_staff(const char *mode)
{
    return strcmp(mode, "till") == 0 || strcmp(mode, "manager") == 0;
}

/* --- writing (spool thread) ------------------------------------------------------------------- */

static int open_nameless(const char *dir)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT)) {
        g_autofree char *path = g_build_filename(dir, "feed-XXXXXX", NULL);
        fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
        if (fd >= 0) {
            (void)g_unlink(path);
        }
    }
    return fd;
}

static bool write_bytes(CentralSpool *spool, const void *bytes, gsize length, int64_t *size)
{
    const char *at = bytes;
    while (length > 0 && *size < SPOOL_BYTES_MAX) {
        gssize count = pwrite(spool->fd, at, length, *size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        at += count;
        length -= (gsize)count;
        *size += count;
    }
    return length == 0;
}

static bool write_packed(CentralSpool *spool, z_stream *gzip, const GString *text, bool last,
                         int64_t *size)
{
    guchar out[32 * 1024];
    gzip->next_in = (Bytef *)text->str;
    gzip->avail_in = (uInt)text->len;
    do {
        gzip->next_out = out;
        gzip->avail_out = sizeof out;
        if (deflate(gzip, last ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR ||
            !write_bytes(spool, out, sizeof out - gzip->avail_out, size)) {
            return false;
        }
    } while (gzip->avail_out == 0);
    return true;
}

/* Tells the readers how far it is. False when the spooler is to end. */
static bool publish(CentralSpool *spool, int64_t size, int64_t newest, bool complete, bool failed)
{
    CentralSpooler *spooler = spool->spooler;
    g_mutex_lock(&spooler->lock);
    spool->size = size;
    spool->complete = complete;
    spool->failed = failed;
    if (complete) {
        spool->newest = newest;
    }
    for (guint i = 0; i < spool->waiters->len; i++) {
        central_stream_wake(g_ptr_array_index(spool->waiters, i));
    }
    g_ptr_array_set_size(spool->waiters, 0);
    bool go_on = !spooler->end;
    g_mutex_unlock(&spooler->lock);
    return go_on;
}

/* The whole catch-up from one cursor, so from one snapshot. */
static bool write_spool(CentralSpool *spool, z_stream *gzip, GError **error)
{
    CentralStore *store = spool->spooler->store;
    g_autoptr(CentralFeedCursor) cursor =
        central_feed_cursor_open(store, spool->store_id, spool->after, spool->mode, error);
    g_autofree char *epoch = central_store_meta_get(store, CENTRAL_META_EPOCH);
    g_autoptr(GString) text = g_string_sized_new(STEP_BYTES + 4096);
    CentralRender render = {0};
    CentralRenderStatus status = cursor == NULL ? CENTRAL_RENDER_FAILED : CENTRAL_RENDER_MORE;
    int64_t size = 0;
    while (status == CENTRAL_RENDER_MORE) {
        g_string_truncate(text, 0);
        status = central_render_items(&render, spool->form, cursor, epoch ? epoch : "", STEP_BYTES,
                                      text, error);
        if (status == CENTRAL_RENDER_FAILED) {
            break;
        }
        bool last = status == CENTRAL_RENDER_END;
        if (gzip != NULL ? !write_packed(spool, gzip, text, last, &size)
                         : !write_bytes(spool, text->str, text->len, &size)) {
            g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                        _("Cannot write a catch-up of the feed to the disk: %s"),
                        g_strerror(errno));
            return false;
        }
        if (!publish(spool, size, central_feed_cursor_newest(cursor), last, false) && !last) {
            return false;
        }
    }
    return status == CENTRAL_RENDER_END;
}

static void run_spool(CentralSpool *spool)
{
    g_autoptr(GError) error = NULL;
    z_stream gzip = {0};
    spool->fd = open_nameless(spool->spooler->dir);
    bool packed = spool->gzip &&
                  deflateInit2(&gzip, 1, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    bool good = spool->fd >= 0 && packed == spool->gzip &&
                write_spool(spool, packed ? &gzip : NULL, &error);
    if (packed) {
        deflateEnd(&gzip);
    }
    if (!good) {
        central_log("feed_failed", json_pack("{s:s}", "message",
                                             error != NULL ? error->message : "no catch-up file"));
        (void)publish(spool, 0, 0, false, true);
    }
}

static void *run_spooler(void *user)
{
    CentralSpooler *spooler = user;
    central_store_adopt(spooler->store);
    for (;;) {
        g_mutex_lock(&spooler->lock);
        while (spooler->work.length == 0 && !spooler->end) {
            g_cond_wait(&spooler->wake, &spooler->lock);
        }
        CentralSpool *spool = g_queue_pop_head(&spooler->work);
        bool end = spooler->end;
        g_mutex_unlock(&spooler->lock);
        if (spool == NULL) {
            return NULL;
        }
        if (end) {
            (void)publish(spool, 0, 0, false, true);
        } else {
            run_spool(spool);
        }
    }
}

/* --- sharing ---------------------------------------------------------------------------------- */

static void free_spool(void *data)
{
    CentralSpool *spool = data;
    if (spool->fd >= 0) {
        close(spool->fd);
    }
    g_ptr_array_free(spool->waiters, TRUE);
    g_free(spool->store_id);
    g_free(spool->mode);
    g_free(spool);
}

/* Drops what nobody reads and is not worth keeping. Called with the lock held. */
static void drop_old(CentralSpooler *spooler)
{
    guint idle = 0;
    for (guint i = spooler->all->len; i-- > 0;) {
        CentralSpool *spool = g_ptr_array_index(spooler->all, i);
        bool done = spool->complete || spool->failed;
        if (spool->readers == 0 && done && (spool->failed || ++idle > SPOOLS_KEPT)) {
            g_ptr_array_remove_index(spooler->all, i);
        }
    }
}

static bool matches(const CentralSpool *spool, const CentralSpoolKey *key, int64_t newest)
{
    return spool->after == key->after && spool->form == key->form && spool->gzip == key->gzip &&
           spool->newest >= newest && !spool->failed && spool->staff == is_staff(key->mode) &&
           strcmp(spool->store_id, key->store_id) == 0;
}

CentralSpool *central_spooler_get(CentralSpooler *spooler, const CentralSpoolKey *key,
                                  int64_t newest)
{
    CentralSpool *found = NULL;
    g_mutex_lock(&spooler->lock);
    drop_old(spooler);
    for (guint i = 0; i < spooler->all->len && found == NULL; i++) {
        CentralSpool *spool = g_ptr_array_index(spooler->all, i);
        found = matches(spool, key, newest) ? spool : NULL;
    }
    if (found == NULL && spooler->all->len < SPOOLS_MAX && !spooler->end) {
        found = g_new0(CentralSpool, 1);
        *found = (CentralSpool){.spooler = spooler,
                                .store_id = g_strdup(key->store_id),
                                .mode = g_strdup(key->mode),
                                .after = key->after,
                                .form = key->form,
                                .gzip = key->gzip,
                                .staff = is_staff(key->mode),
                                .newest = newest,
                                .fd = -1,
                                .waiters = g_ptr_array_new()};
        g_ptr_array_add(spooler->all, found);
        g_queue_push_tail(&spooler->work, found);
        g_cond_signal(&spooler->wake);
    }
    if (found != NULL) {
        found->readers++;
    }
    g_mutex_unlock(&spooler->lock);
    return found;
}

gssize central_spool_read(CentralSpool *spool, int64_t offset, char *buffer, gsize room,
                          CentralStream *waiter)
{
    CentralSpooler *spooler = spool->spooler;
    g_mutex_lock(&spooler->lock);
    int64_t there = spool->size - offset;
    gssize answer = 0;
    if (spool->failed) {
        answer = CENTRAL_SPOOL_FAILED;
    } else if (there <= 0 && spool->complete) {
        answer = CENTRAL_SPOOL_END;
    } else if (there <= 0 && !g_ptr_array_find(spool->waiters, waiter, NULL)) {
        g_ptr_array_add(spool->waiters, waiter);
    }
    g_mutex_unlock(&spooler->lock);
    if (answer != 0 || there <= 0) {
        return answer;
    }
    gssize count = pread(spool->fd, buffer, (gsize)MIN((int64_t)room, there), offset);
    return count > 0 ? count : CENTRAL_SPOOL_FAILED;
}

int64_t central_spool_newest(CentralSpool *spool)
{
    g_mutex_lock(&spool->spooler->lock);
    int64_t newest = spool->newest;
    g_mutex_unlock(&spool->spooler->lock);
    return newest;
}

void central_spool_release(CentralSpool *spool, CentralStream *waiter)
{
    CentralSpooler *spooler = spool->spooler;
    g_mutex_lock(&spooler->lock);
    g_ptr_array_remove(spool->waiters, waiter);
    g_assert(spool->readers > 0);
    spool->readers--;
    drop_old(spooler);
    g_mutex_unlock(&spooler->lock);
}

/* --- life ------------------------------------------------------------------------------------- */

CentralSpooler *central_spooler_start(const char *dir, GError **error)
{
    CentralStore *store = central_store_open(dir, CENTRAL_STORE_READ, error);
    if (store == NULL) {
        return NULL;
    }
    CentralSpooler *spooler = g_new0(CentralSpooler, 1);
    spooler->dir = g_strdup(dir);
    spooler->store = store;
    g_mutex_init(&spooler->lock);
    g_cond_init(&spooler->wake);
    g_queue_init(&spooler->work);
    spooler->all = g_ptr_array_new_with_free_func(free_spool);
    spooler->thread = g_thread_new("spool", run_spooler, spooler);
    return spooler;
}

void central_spooler_stop(CentralSpooler *spooler)
{
    g_mutex_lock(&spooler->lock);
    spooler->end = true;
    g_cond_signal(&spooler->wake);
    g_mutex_unlock(&spooler->lock);
    g_thread_join(g_steal_pointer(&spooler->thread));
}

void central_spooler_free(CentralSpooler *spooler)
{
    if (spooler == NULL) {
        return;
    }
    g_assert(spooler->thread == NULL && spooler->work.length == 0);
    central_store_adopt(spooler->store);
    central_store_close(spooler->store);
    g_ptr_array_free(spooler->all, TRUE);
    g_mutex_clear(&spooler->lock);
    g_cond_clear(&spooler->wake);
    g_free(spooler->dir);
    g_free(spooler);
}

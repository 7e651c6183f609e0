/* SPDX-License-Identifier: GPL-3.0-or-later
 * Wiring and lifetime. http starts when all that answers is there. It is quiesced first and stopped
 * when the writer has answered all that it had taken; what the http thread may still touch is freed
 * after that:
 *
 *   feed, reports, work, writer, http, work's thread | http quiesced, writer, reports, work, feed's
 * thread, http,
 * then all is freed
 */
#include "sync/central_serve.h"

#include "pos/clock.h"
#include "pos/error.h"
#include "sync/central_log.h"
#include "sync/central_routes.h"
#include "sync/central_tls.h"
#include "sync/central_work.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct {
    CentralRoutes routes;
    CentralTls tls;
    CentralHttp *http;
    CentralWork *work;
} Serve;

/* --- callbacks between the parts -------------------------------------------------------------- */

static void on_foreign_commit(void *user)
{
    Serve *serve = user;
    central_feed_check_tokens(serve->routes.feed);
    central_work_look(serve->work);
}

static void on_published(void *user)
{
    central_feed_notify(((Serve *)user)->routes.feed);
    central_page_live_notify(((Serve *)user)->routes.live);
}

static void on_booked(const char *store_id, void *user)
{
    central_work_booked(((Serve *)user)->work, store_id);
}

/* --- start ------------------------------------------------------------------------------------ */

/* A stream is an open file each: as many as the system lets us. */
static void raise_file_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
}

/* "https://ADDR:PORT" when terminals can use the address that we listen on; NULL for one that means
 * "any". Owned. */
static char *own_url(const CentralServeOptions *options, guint16 port)
{
    const char *colon = strrchr(options->listen, ':');
    g_autofree char *host = g_strndup(options->listen, (gsize)(colon - options->listen));
    if (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "[::]") == 0) {
        return NULL;
    }
    return g_strdup_printf("%s://%s:%u", options->plain ? "http" : "https", host, port);
}

static bool start_tls(Serve *serve, const CentralServeOptions *options, GError **error)
{
    if (options->plain) {
        return true;
    }
    g_autofree char *standard = g_build_filename(options->dir, "tls", NULL);
    return central_tls_load(options->tls_dir != NULL ? options->tls_dir : standard, &serve->tls,
                            error);
}

static bool start_http(Serve *serve, const CentralServeOptions *options, GError **error)
{
    CentralHttpOptions http = {
        .listen = options->listen,
        .tls = options->plain ? NULL : &serve->tls,
        .handler = central_routes_handle,
        .user = &serve->routes,
    };
    serve->http = central_http_start(&http, error);
    g_atomic_pointer_set(&serve->routes.http, serve->http);
    return serve->http != NULL;
}

static bool start_parts(Serve *serve, const CentralServeOptions *options, GError **error)
{
    CentralRoutes *routes = &serve->routes;
    routes->clock = pos_clock_system();
    routes->since_us = g_get_monotonic_time();
    routes->booked = on_booked;
    routes->user = serve;
    routes->gate = central_enrol_gate_new();
    routes->flights = central_flights_new();
    if (!start_tls(serve, options, error)) {
        return false;
    }
    routes->read = central_store_open(options->dir, CENTRAL_STORE_READ, error);
    routes->feed = routes->read == NULL ? NULL : central_feed_start(options->dir, error);
    routes->live = routes->feed == NULL ? NULL : central_page_live_start(options->dir, error);
    if (routes->live == NULL) {
        return false;
    }
    routes->reports = central_reports_start(options->dir, routes->clock, error);
    if (routes->reports == NULL) {
        return false;
    }
    routes->land = pos_map_land_load(NULL);
    serve->work = central_work_new(options->dir, routes->clock, on_published, serve, error);
    if (serve->work == NULL) {
        return false;
    }
    routes->writer =
        central_writer_start(options->dir, routes->clock, on_foreign_commit, serve, error);
    if (routes->writer == NULL || !start_http(serve, options, error)) {
        return false;
    }
    char *url = own_url(options, central_http_port(serve->http));
    g_atomic_pointer_set(&routes->own_url, url);
    return central_work_start(serve->work, url, serve->tls.pin, error);
}

static bool write_port_file(const Serve *serve, const CentralServeOptions *options, GError **error)
{
    g_autofree char *text = g_strdup_printf("%u\n", central_http_port(serve->http));
    g_autoptr(GError) failure = NULL;
    if (options->port_file == NULL || g_file_set_contents(options->port_file, text, -1, &failure)) {
        return true;
    }
    g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("Cannot write the port file %s: %s"),
                options->port_file, failure->message);
    return false;
}

/* --- stop ------------------------------------------------------------------------------------- */

static void stop_parts(Serve *serve)
{
    CentralRoutes *routes = &serve->routes;
    if (serve->http != NULL) {
        central_http_quiesce(serve->http);
    }
    central_writer_stop(routes->writer);
    central_reports_stop(routes->reports);
    central_work_stop(serve->work);
    if (routes->feed != NULL) {
        central_feed_quiesce(routes->feed);
    }
    if (routes->live != NULL) {
        central_page_live_quiesce(routes->live);
    }
    central_http_stop(serve->http);
    central_writer_free(routes->writer);
    central_work_free(serve->work);
    central_feed_free(routes->feed);
    central_page_live_free(routes->live);
    pos_map_land_free(routes->land);
    if (routes->read != NULL) {
        central_store_adopt(routes->read);
        central_store_close(routes->read);
    }
    g_free(routes->own_url);
    central_enrol_gate_free(routes->gate);
    central_flights_free(routes->flights);
    central_tls_clear(&serve->tls);
}

int central_serve_run(const CentralServeOptions *options)
{
    Serve serve = {0};
    g_autoptr(GError) error = NULL;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file that may grow no more is a full disk */
    raise_file_limit();
    if (options->port_file != NULL) {
        (void)g_unlink(options->port_file); /* one of a run before would deceive who waits for it */
    }
    bool good = start_parts(&serve, options, &error) && write_port_file(&serve, options, &error);
    if (good) {
        central_log("listening",
                    json_pack("{s:s, s:i, s:b}", "listen", options->listen, "port",
                              (int)central_http_port(serve.http), "tls", !options->plain));
        int signal_number = 0;
        (void)sigwait(&signals, &signal_number);
        central_log("stopping", json_pack("{s:s}", "signal", strsignal(signal_number)));
    } else {
        g_printerr("coster-central: %s\n", error->message);
    }
    stop_parts(&serve);
    if (good) {
        central_log("stopped", NULL);
        if (options->port_file != NULL) {
            (void)g_unlink(options->port_file);
        }
    }
    return good ? 0 : 1;
}

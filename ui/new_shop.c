/* SPDX-License-Identifier: GPL-3.0-or-later
 * Runs coster-central for a shop that begins. The service is a process of its own and goes on when the window is closed: the
 * tills need it. */
#include "ui/new_shop.h"

#include "pos/datadir.h"
#include "pos/error.h"
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define STARTS_WITHIN_MS 20000

static char *program(void)
{
    g_autofree char *folder = pos_datadir_program_folder();
    return g_build_filename(folder != NULL ? folder : ".", "coster-central", NULL);
}

static char *central_of(const char *dir)
{
    return g_strconcat(dir, "-central", NULL);
}

/* One command of coster-central; input (nullable) is its standard input. Its standard output, owned; NULL with its sentence. */
static char *run(const char *input, GError **error, const char *const *words)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *path = program();
    g_autofree char *sentence = NULL;
    char *out = NULL;
    g_ptr_array_add(argv, path);
    for (gsize i = 0; words[i] != NULL; i++) {
        g_ptr_array_add(argv, (char *)words[i]);
    }
    g_ptr_array_add(argv, NULL);
    g_autoptr(GSubprocess) process =
        g_subprocess_newv((const char *const *)argv->pdata,
                          G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                              G_SUBPROCESS_FLAGS_STDERR_PIPE,
                          error);
    if (process == NULL ||
        !g_subprocess_communicate_utf8(process, input, NULL, &out, &sentence, error)) {
        return NULL;
    }
    if (!g_subprocess_get_successful(process)) {
        const char *words_only = g_str_has_prefix(sentence, "coster-central: ")
                                     ? sentence + strlen("coster-central: ")
                                     : sentence;
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, "%s", g_strchomp((char *)words_only));
        g_free(out);
        return NULL;
    }
    return g_strchomp(out);
}

static void on_child(gpointer user)
{
    (void)user;
    setsid(); /* not ended with the terminal or the window that began it */
}

/* Begins the service; out_port (nullable): waits until it listens. */
static bool serve(const char *central, const char *listen, int *out_port, GError **error)
{
    g_autofree char *path = program();
    g_autofree char *log = g_strconcat(central, ".log", NULL);
    g_autofree char *port_file = g_strconcat(central, ".port", NULL);
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_subprocess_launcher_set_child_setup(launcher, on_child, NULL, NULL);
    g_subprocess_launcher_set_stdout_file_path(launcher, log);
    g_subprocess_launcher_set_stderr_file_path(launcher, log);
    g_autoptr(GSubprocess) process =
        g_subprocess_launcher_spawn(launcher, error, path, "serve", "--data", central, "--listen",
                                    listen, "--port-file", port_file, NULL);
    gint64 until_us = g_get_monotonic_time() + STARTS_WITHIN_MS * G_TIME_SPAN_MILLISECOND;
    while (process != NULL && out_port != NULL && g_get_monotonic_time() < until_us) {
        g_autofree char *text = NULL;
        if (g_file_get_contents(port_file, &text, NULL, NULL) && strchr(text, '\n') != NULL) {
            *out_port = (int)g_ascii_strtoll(text, NULL, 10);
            return true;
        }
        if (g_subprocess_get_identifier(process) == NULL) {
            break; /* it has ended */
        }
        g_usleep(20000);
    }
    if (process != NULL && out_port != NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("The central service did not start; %s says why."), log);
        return false;
    }
    return process != NULL;
}

static void forget(const char *central)
{
    static const char *const files[] = {"central.db", "central.db-wal", "central.db-shm", NULL};
    for (gsize i = 0; files[i] != NULL; i++) {
        g_autofree char *file = g_build_filename(central, files[i], NULL);
        g_unlink(file);
    }
    g_rmdir(central);
}

/* The port is kept, so that the tills find it again after a restart. */
static bool keep_address(const char *central, int port, GError **error)
{
    g_autofree char *file = g_strconcat(central, ".address", NULL);
    g_autofree char *text = g_strdup_printf("0.0.0.0:%d\n", port);
    return g_file_set_contents(file, text, -1, error);
}

static bool make(const char *central, const UiNewShop *shop, char **out_url, char **out_code,
                 GError **error)
{
    const char *const init[] = {"init", "--data", central, NULL};
    const char *const store[] = {
        "store",      "add",          "--data",      central,         "--store",
        "1",          "--name",       shop->name,    "--currency",    shop->currency,
        "--language", shop->language, "--time-zone", shop->time_zone, NULL};
    const char *const person[] = {"operator", "set",        "--data", central,  "--store",
                                  "1",        "--operator", "u01",    "--name", shop->manager_name,
                                  "--role",   "manager",    NULL};
    const char *const code[] = {"enrol-code", "--data", central,   "--store",
                                "1",          "--mode", "manager", NULL};
    g_autofree char *pin = g_strconcat(shop->pin, "\n", NULL);
    g_autofree char *listen = g_strdup_printf("0.0.0.0:%d", UI_NEW_SHOP_PORT);
    g_autofree char *made = run(NULL, error, init);
    g_autofree char *added = made == NULL ? NULL : run(NULL, error, store);
    g_autofree char *named = added == NULL ? NULL : run(pin, error, person);
    int port = 0;
    if (named == NULL ||
        (!serve(central, listen, &port, NULL) && !serve(central, "0.0.0.0:0", &port, error)) ||
        !keep_address(central, port, error)) {
        return false;
    }
    *out_code = run(NULL, error, code);
    *out_url = g_strdup_printf("https://127.0.0.1:%d", port);
    return *out_code != NULL;
}

bool ui_new_shop_make(const char *dir, const UiNewShop *shop, char **out_url, char **out_code,
                      GError **error)
{
    g_autofree char *central = central_of(dir);
    if (g_file_test(central, G_FILE_TEST_EXISTS)) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("There is a central service in %s already; join it with a code."), central);
        return false;
    }
    if (make(central, shop, out_url, out_code, error)) {
        return true;
    }
    forget(central);
    return false;
}

void ui_new_shop_serve(const char *dir)
{
    g_autofree char *central = central_of(dir);
    g_autofree char *file = g_strconcat(central, ".address", NULL);
    g_autofree char *listen = NULL;
    g_autoptr(GError) error = NULL;
    if (g_file_get_contents(file, &listen, NULL, NULL) &&
        !serve(central, g_strchomp(listen), NULL, &error)) {
        g_message("The central service was not started: %s",
                  error->message); /* the header shows the link */
    }
}

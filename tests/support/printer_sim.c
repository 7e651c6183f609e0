/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/printer_sim.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 10000

/* Reads what it says for at most timeout_ms. */
static void listen_to(PrinterSim *sim, int timeout_ms)
{
    struct pollfd polled = {sim->out, POLLIN, 0};
    char bytes[4096];
    if (poll(&polled, 1, timeout_ms) == 1) {
        ssize_t count = read(sim->out, bytes, sizeof bytes);
        if (count > 0) {
            g_string_append_len(sim->said, bytes, count);
        }
    }
}

static char *find_line(PrinterSim *sim, const char *start)
{
    char *line = sim->said->str + sim->looked_until;
    for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        if (g_str_has_prefix(line, start)) {
            sim->looked_until = (gsize)(end + 1 - sim->said->str);
            return g_strndup(line, (gsize)(end - line));
        }
    }
    return NULL;
}

char *printer_sim_expect(PrinterSim *sim, const char *start)
{
    gint64 end_us = g_get_monotonic_time() + PATIENCE_MS * 1000;
    for (;;) {
        char *line = find_line(sim, start);
        if (line != NULL) {
            return line;
        }
        if (g_get_monotonic_time() > end_us) {
            g_error("the printer never said \"%s\", but:\n%s", start, sim->said->str);
        }
        listen_to(sim, 100);
    }
}

int printer_sim_count(PrinterSim *sim, const char *start)
{
    int count = 0;
    listen_to(sim, 0);
    g_auto(GStrv) lines = g_strsplit(sim->said->str, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++) {
        count += g_str_has_prefix(lines[i], start);
    }
    return count;
}

void printer_sim_tell(PrinterSim *sim, const char *command)
{
    g_autofree char *line = g_strconcat(command, "\n", NULL);
    /* Its answer comes among other lines, which somebody may still wait for. */
    int before = printer_sim_count(sim, "ok");
    g_assert_cmpint((int)write(sim->in, line, strlen(line)), ==, (int)strlen(line));
    gint64 end_us = g_get_monotonic_time() + PATIENCE_MS * 1000;
    while (printer_sim_count(sim, "ok") == before) {
        g_assert_cmpint(g_get_monotonic_time(), <, end_us);
        listen_to(sim, 100);
    }
}

PrinterSim *printer_sim_start(int dots, int columns, const char *charset)
{
    PrinterSim *sim = g_new0(PrinterSim, 1);
    const char *program = g_getenv("COSTER_PRINTER_SIM");
    g_assert_nonnull(program);
    g_autofree char *dots_text = g_strdup_printf("%d", dots);
    g_autofree char *columns_text = g_strdup_printf("%d", columns);
    sim->folder = g_dir_make_tmp("coster-printer-XXXXXX", NULL);
    sim->said = g_string_new(NULL);
    char *argv[] = {(char *)program, "--out",      sim->folder, "--dots",        dots_text,
                    "--columns",     columns_text, "--charset", (char *)charset, NULL};
    g_autoptr(GError) error = NULL;
    g_assert_true(g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                           &sim->pid, &sim->in, &sim->out, NULL, &error));
    g_assert_no_error(error);
    g_autofree char *ready = printer_sim_expect(sim, "ready ");
    g_assert_cmpint(sscanf(ready, "ready tcp %63s pty %127s", sim->address, sim->pty), ==, 2);
    return sim;
}

void printer_sim_free(PrinterSim *sim)
{
    close(sim->in);
    close(sim->out);
    kill(sim->pid, SIGTERM);
    waitpid(sim->pid, NULL, 0);
    g_spawn_close_pid(sim->pid);
    g_autoptr(GDir) dir = g_dir_open(sim->folder, 0, NULL);
    for (const char *name = dir == NULL ? NULL : g_dir_read_name(dir); name != NULL;
         name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(sim->folder, name, NULL);
        if (g_getenv("COSTER_KEEP_RECEIPTS") == NULL) {
            g_unlink(path);
        }
    }
    g_rmdir(sim->folder);
    g_free(sim->folder);
    g_string_free(sim->said, TRUE);
    g_free(sim);
}

char *printer_sim_path(const PrinterSim *sim, const char *name)
{
    return g_build_filename(sim->folder, name, NULL);
}

char *printer_sim_text(const PrinterSim *sim, const char *name)
{
    g_autofree char *path = printer_sim_path(sim, name);
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

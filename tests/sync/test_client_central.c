/* SPDX-License-Identifier: GPL-3.0-or-later
 * The terminal's client against the real central service over TLS, as separate programs: enrolment by a printed code,
 * 200 records written while central was down come up once each and byte for byte, prices come down, kill -9 between. */
#include "pos/error.h"
#include "sync/client.h"
#include "sync/runner.h"
#include "tests/support/client_fixture.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define TIMEOUT_MS 20000

typedef struct {
    const char *program;
    char *dir, *data, *port_file, *listen;
    GSubprocess *serve;
    Terminal terminal; /* without a fake */
} Shop;

static char *output_of(Shop *shop, const char *const *arguments)
{
    GError *error = NULL;
    char *out = NULL;
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, (char *)shop->program);
    for (gsize i = 0; arguments[i] != NULL; i++) {
        g_ptr_array_add(argv, (char *)arguments[i]);
    }
    g_ptr_array_add(argv, NULL);
    g_autoptr(GSubprocess) process =
        g_subprocess_newv((const char *const *)argv->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
    g_assert_no_error(error);
    g_subprocess_communicate_utf8(process, NULL, NULL, &out, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(g_subprocess_get_successful(process));
    return out;
}

/* On the port that it had before, once it has one. */
static void serve(Shop *shop)
{
    GError *error = NULL;
    g_unlink(shop->port_file);
    shop->serve = g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, &error, shop->program, "serve",
                                   "--data", shop->data, "--listen", shop->listen, "--port-file",
                                   shop->port_file, NULL);
    g_assert_no_error(error);
    gint64 until = g_get_monotonic_time() + TIMEOUT_MS * 1000;
    g_autofree char *port = NULL;
    while (!g_file_get_contents(shop->port_file, &port, NULL, NULL) || strchr(port, '\n') == NULL) {
        g_clear_pointer(&port, g_free);
        g_assert_cmpint(g_get_monotonic_time(), <, until);
        g_usleep(5000);
    }
    g_free(shop->listen);
    shop->listen = g_strdup_printf("127.0.0.1:%s", g_strstrip(port));
}

static void stop(Shop *shop, int number)
{
    GError *error = NULL;
    g_subprocess_send_signal(shop->serve, number);
    g_subprocess_wait(shop->serve, NULL, &error);
    g_assert_no_error(error);
    g_clear_object(&shop->serve);
}

static char *new_code(Shop *shop)
{
    const char *const arguments[] = {"enrol-code", "--data", shop->data, "--store", "1", NULL};
    return g_strstrip(output_of(shop, arguments));
}

static void set_up(Shop *shop)
{
    GError *error = NULL;
    *shop = (Shop){.program = g_getenv("COSTER_CENTRAL"), .listen = g_strdup("127.0.0.1:0")};
    g_assert_nonnull(shop->program);
    shop->dir = g_dir_make_tmp("coster-central-XXXXXX", &error);
    g_assert_no_error(error);
    shop->data = g_build_filename(shop->dir, "central", NULL);
    shop->port_file = g_build_filename(shop->dir, "port", NULL);
    const char *const init[] = {"init", "--data", shop->data, "--demo", NULL};
    g_free(output_of(shop, init));
    serve(shop);
    shop->terminal.dir = g_build_filename(shop->dir, "till", NULL);
    g_assert_cmpint(g_mkdir(shop->terminal.dir, 0700), ==, 0);
    shop->terminal.store = pos_store_open(shop->terminal.dir, POS_STORE_WRITE, &error);
    g_assert_no_error(error);
}

static bool enrol(Shop *shop, const char *code, GError **error)
{
    g_autofree char *url = g_strconcat("https://", shop->listen, NULL);
    return sync_enrol(shop->terminal.dir, url, code, "till 3", NULL, error);
}

static void set_up_enrolled(Shop *shop)
{
    GError *error = NULL;
    set_up(shop);
    g_autofree char *code = new_code(shop);
    g_assert_nonnull(strchr(code, '.'));
    enrol(shop, code, &error);
    g_assert_no_error(error);
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_assert_cmpint(g_remove(path), ==, 0);
}

static void tear_down(Shop *shop)
{
    pos_store_close(shop->terminal.store);
    if (shop->serve != NULL) {
        stop(shop, SIGTERM);
    }
    remove_tree(shop->dir);
    g_free(shop->terminal.dir);
    g_free(shop->dir);
    g_free(shop->data);
    g_free(shop->port_file);
    g_free(shop->listen);
}

/* What central stores is what the terminal stored. */
static void assert_same_journal(Shop *shop)
{
    const char *const arguments[] = {"journal", "--data", shop->data, NULL};
    g_autofree char *stored = output_of(shop, arguments);
    GString *own = g_string_new(NULL);
    int64_t last = terminal_last_seq(&shop->terminal);
    for (int64_t seq = 1; seq <= last; seq++) {
        g_autofree char *line = terminal_line(&shop->terminal, seq);
        g_string_append_printf(own, "%s\n", line);
    }
    g_assert_cmpstr(stored, ==, own->str);
    g_string_free(own, TRUE);
    const char *const verify[] = {"verify", "--data", shop->data, NULL};
    g_free(output_of(shop, verify));
}

static void wait_done(SyncClient *client)
{
    g_autofree char *why = NULL;
    bool done = sync_client_wait(client, TIMEOUT_MS, &why);
    g_assert_cmpstr(why, ==, NULL);
    g_assert_true(done);
}

static void test_outage(void)
{
    Shop shop;
    GError *error = NULL;
    set_up_enrolled(&shop);
    g_assert_cmpint(terminal_version(&shop.terminal), >, 0);
    g_assert_cmpint(terminal_items(&shop.terminal, "\"kind\":\"product\""), >, 50);
    SyncClient *client = sync_client_start(shop.terminal.dir, NULL, NULL, &error);
    g_assert_no_error(error);
    terminal_write(&shop.terminal, 5);
    wait_done(client);
    stop(&shop, SIGKILL);
    terminal_write(&shop.terminal, 200);
    sync_client_wake(client);
    g_assert_false(sync_client_wait(client, 200, NULL));
    g_assert_cmpint(terminal_acked(&shop.terminal), ==, 5);
    serve(&shop);
    wait_done(client);
    g_assert_cmpint(terminal_acked(&shop.terminal), ==, 205);
    sync_client_stop(client);
    stop(&shop, SIGTERM);
    assert_same_journal(&shop);
    tear_down(&shop);
}

static void test_a_code_works_once(void)
{
    Shop shop;
    g_autoptr(GError) error = NULL;
    set_up(&shop);
    g_autofree char *code = new_code(&shop);
    g_autofree char *wrong = g_strdup(code);
    wrong[0] = wrong[0] == 'A' ? 'B' : 'A';
    g_assert_false(enrol(&shop, wrong, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    g_clear_error(&error);
    enrol(&shop, code, &error);
    g_assert_no_error(error);
    /* It was used, and the nonce of its enrolment is gone. */
    g_assert_false(enrol(&shop, code, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    tear_down(&shop);
}

/* Enrolling again with a journal keeps the id, since central's chain agrees. */
static void test_enrol_again(void)
{
    Shop shop;
    GError *error = NULL;
    int64_t acked = 0, version = 0;
    g_auto(PosIdentity) before = {0}, after = {0};
    set_up_enrolled(&shop);
    terminal_write(&shop.terminal, 3);
    g_assert_true(sync_once(shop.terminal.dir, TIMEOUT_MS, &acked, &version, &error));
    g_assert_cmpint(acked, ==, 3);
    terminal_write(&shop.terminal, 2);
    g_assert_true(pos_store_identity_get(shop.terminal.store, &before, NULL));
    g_autofree char *code = new_code(&shop);
    enrol(&shop, code, &error);
    g_assert_no_error(error);
    g_assert_true(pos_store_identity_get(shop.terminal.store, &after, NULL));
    g_assert_cmpstr(after.terminal, ==, before.terminal);
    g_assert_cmpstr(after.receipt_prefix, ==, before.receipt_prefix);
    g_assert_cmpstr(after.token, !=, before.token);
    g_assert_true(sync_once(shop.terminal.dir, TIMEOUT_MS, &acked, &version, &error));
    g_assert_cmpint(acked, ==, 5);
    stop(&shop, SIGTERM);
    assert_same_journal(&shop);
    tear_down(&shop);
}

static void test_push(void)
{
    Shop shop;
    GError *error = NULL;
    set_up_enrolled(&shop);
    SyncClient *client = sync_client_start(shop.terminal.dir, NULL, NULL, &error);
    g_assert_no_error(error);
    wait_done(client);
    /* Central opens the stream at once, also when it has nothing to say. */
    gint64 until = g_get_monotonic_time() + 5000000;
    while (sync_client_link(client, NULL) != SYNC_LINK_ONLINE) {
        g_assert_cmpint(g_get_monotonic_time(), <, until);
        g_usleep(5000);
    }
    int64_t before = terminal_version(&shop.terminal);
    const char *const set[] = {
        "price",          "set",     "--data", shop.data, "--store", "1", "--gtin",
        "09520000010379", "--price", "1230",   "--why",   "test",    NULL};
    g_free(output_of(&shop, set));
    /* It is pushed: nobody asks. */
    until = g_get_monotonic_time() + 5000000;
    while (terminal_version(&shop.terminal) == before) {
        g_assert_cmpint(g_get_monotonic_time(), <, until);
        g_usleep(5000);
    }
    g_assert_cmpint(terminal_items(&shop.terminal, "\"price\":1230"), >=, 1);
    sync_client_stop(client);
    tear_down(&shop);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/central/an_outage_of_central_loses_no_record", test_outage);
    g_test_add_func("/sync/central/a_code_works_once", test_a_code_works_once);
    g_test_add_func("/sync/central/enrolling_again_keeps_the_id", test_enrol_again);
    g_test_add_func("/sync/central/a_price_set_at_central_comes_down", test_push);
    return g_test_run();
}

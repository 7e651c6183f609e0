/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/central_tls: a key and certificate that libcurl accepts by its pin, and only by the right
 * one. */
#include "sync/central_tls.h"

#include "pos/error.h"

#include <curl/curl.h>
#include <glib/gstdio.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    char *base, *dir, *key, *cert;
} Folder;

static void folder_set_up(Folder *f, gconstpointer unused)
{
    f->base = g_dir_make_tmp("coster-tls-XXXXXX", NULL);
    g_assert_nonnull(f->base);
    f->dir = g_build_filename(f->base, "tls", NULL);
    f->key = g_build_filename(f->dir, "key.pem", NULL);
    f->cert = g_build_filename(f->dir, "cert.pem", NULL);
}

static void folder_tear_down(Folder *f, gconstpointer unused)
{
    g_unlink(f->key);
    g_unlink(f->cert);
    g_rmdir(f->dir);
    g_assert_cmpint(g_rmdir(f->base), ==, 0); /* nothing else was left there */
    g_free(f->base);
    g_free(f->dir);
    g_free(f->key);
    g_free(f->cert);
}

static enum MHD_Result answer(void *user, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **state)
{
    static int seen;
    if (*state == NULL) {
        *state = &seen;
        return MHD_YES;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(2, (void *)"ok", MHD_RESPMEM_PERSISTENT);
    enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

static size_t drop(char *data, size_t size, size_t count, void *user)
{
    return size * count;
}

static CURLcode get(uint16_t port, const char *pin)
{
    g_autofree char *url = g_strdup_printf("https://127.0.0.1:%u/", port);
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, pin);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    return code;
}

static void curl_accepts_the_pin_and_refuses_another(Folder *f, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_auto(CentralTls) tls = {NULL};
    g_assert_true(central_tls_load(f->dir, &tls, &error));
    g_assert_no_error(error);
    g_assert_true(tls.self_signed);
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_TLS, 0, NULL, NULL, answer, NULL,
                         MHD_OPTION_HTTPS_MEM_KEY, tls.key_pem, MHD_OPTION_HTTPS_MEM_CERT,
                         tls.cert_pem, MHD_OPTION_END);
    g_assert_nonnull(daemon);
    uint16_t port = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    g_assert_cmpint(get(port, tls.pin), ==, CURLE_OK);
    g_assert_cmpint(get(port, "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), ==,
                    CURLE_SSL_PINNEDPUBKEYNOTMATCH);
    MHD_stop_daemon(daemon);
}

static void the_pin_stays_and_a_lost_certificate_is_made_again(Folder *f, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *first = NULL, *second = NULL, *third = NULL;
    g_assert_true(central_tls_ensure(f->dir, &first, &error));
    g_assert_true(g_str_has_prefix(first, "sha256//"));
    g_assert_cmpuint(strlen(first), ==, strlen("sha256//") + 44);
    struct stat info;
    g_assert_cmpint(stat(f->key, &info), ==, 0);
    g_assert_cmpint(info.st_mode & 0777, ==, 0600);
    g_autofree char *key_before = NULL, *key_after = NULL, *cert_before = NULL, *cert_after = NULL;
    g_assert_true(g_file_get_contents(f->key, &key_before, NULL, NULL));
    g_assert_true(g_file_get_contents(f->cert, &cert_before, NULL, NULL));
    g_assert_true(central_tls_ensure(f->dir, &second, &error));
    g_assert_cmpstr(first, ==, second);
    g_assert_true(g_file_get_contents(f->cert, &cert_after, NULL, NULL));
    g_assert_cmpstr(cert_before, ==, cert_after);
    g_unlink(f->cert);
    g_assert_true(central_tls_ensure(f->dir, &third, &error));
    g_assert_cmpstr(first, ==, third);
    g_assert_true(g_file_get_contents(f->key, &key_after, NULL, NULL));
    g_assert_cmpstr(key_before, ==, key_after);
}

static void assert_refused(Folder *f, int code, const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *pin = NULL;
    g_assert_false(central_tls_ensure(f->dir, &pin, &error));
    g_assert_error(error, POS_ERROR, code);
    g_assert_nonnull(strstr(error->message, file));
    g_assert_null(pin);
}

static void what_is_no_pair_is_refused_and_named(Folder *f, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(central_tls_ensure(f->dir, NULL, &error));
    g_autofree char *cert = NULL;
    g_assert_true(g_file_get_contents(f->cert, &cert, NULL, NULL));

    g_unlink(f->key); /* a certificate alone */
    assert_refused(f, POS_ERROR_INVALID, "key.pem");
    g_assert_false(g_file_test(f->key, G_FILE_TEST_EXISTS));

    g_unlink(f->cert); /* another key's certificate */
    g_assert_true(central_tls_ensure(f->dir, NULL, &error));
    g_assert_true(g_file_set_contents(f->cert, cert, -1, NULL));
    assert_refused(f, POS_ERROR_INVALID, "cert.pem");

    g_assert_true(g_file_set_contents(f->cert, "no certificate", -1, NULL));
    assert_refused(f, POS_ERROR_INVALID, "cert.pem");
    g_assert_true(g_file_set_contents(f->key, "", -1, NULL));
    assert_refused(f, POS_ERROR_INVALID, "key.pem");
}

static void *ensure_thread(void *dir)
{
    char *pin = NULL;
    g_assert_true(central_tls_ensure(dir, &pin, NULL));
    return pin;
}

static void two_at_once_end_with_one_key(Folder *f, gconstpointer unused)
{
    GThread *threads[8];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++) {
        threads[i] = g_thread_new("ensure", ensure_thread, f->dir);
    }
    g_autofree char *pin = NULL;
    g_assert_true(central_tls_ensure(f->dir, &pin, NULL));
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++) {
        g_autofree char *other = g_thread_join(threads[i]);
        g_assert_cmpstr(other, ==, pin);
    }
}

#define CASE(name, function)                                                                       \
    g_test_add("/sync/central_tls/" name, Folder, NULL, folder_set_up, function, folder_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CASE("curl_accepts_the_pin_and_refuses_another", curl_accepts_the_pin_and_refuses_another);
    CASE("the_pin_stays_and_a_lost_certificate_is_made_again",
         the_pin_stays_and_a_lost_certificate_is_made_again);
    CASE("what_is_no_pair_is_refused_and_named", what_is_no_pair_is_refused_and_named);
    CASE("two_at_once_end_with_one_key", two_at_once_end_with_one_key);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Addresses of shared databases: what they say, and that no password gets into one. */
#include "pos/error.h"
#include "sync/central_database.h"

#include <glib/gstdio.h>

static void a_cluster_is_read_whole(void)
{
    g_autoptr(GError) error = NULL;
    g_auto(CentralDatabase) database = {0};
    g_assert_true(central_database_parse("mysql://pos@db1:3307,db2,[fd00::1]:3310/chain?tls=encrypt"
                                         "&ca=/etc/ca.pem&password-file=/etc/pw",
                                         &database, &error));
    g_assert_cmpstr(database.user, ==, "pos");
    g_assert_cmpstr(database.name, ==, "chain");
    g_assert_cmpuint(database.count, ==, 3);
    g_assert_cmpstr(database.hosts[0], ==, "db1");
    g_assert_cmpuint(database.ports[0], ==, 3307);
    g_assert_cmpstr(database.hosts[1], ==, "db2");
    g_assert_cmpuint(database.ports[1], ==, 3306);
    g_assert_cmpstr(database.hosts[2], ==, "fd00::1");
    g_assert_cmpuint(database.ports[2], ==, 3310);
    g_assert_cmpint(database.tls, ==, CENTRAL_TLS_ENCRYPT);
    g_assert_cmpstr(database.ca, ==, "/etc/ca.pem");
    g_assert_cmpstr(database.password_file, ==, "/etc/pw");
}

static void only_this_machine_goes_without_tls_unsaid(void)
{
    static const struct {
        const char *url;
        CentralDatabaseTls tls;
    } CASES[] = {
        {"mysql://u@127.0.0.1:3306/d", CENTRAL_TLS_OFF},
        {"mysql://u@localhost,[::1]/d", CENTRAL_TLS_OFF},
        {"mysql://u@localhost,db2/d", CENTRAL_TLS_VERIFY},
        {"mysql://u@db1/d", CENTRAL_TLS_VERIFY},
        {"mysql://u@db1/d?tls=off", CENTRAL_TLS_OFF},
        {"mysql://u@localhost/d?tls=verify", CENTRAL_TLS_VERIFY},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_auto(CentralDatabase) database = {0};
        g_assert_true(central_database_parse(CASES[i].url, &database, NULL));
        g_assert_cmpint(database.tls, ==, CASES[i].tls);
    }
}

static void what_is_no_address_is_refused(void)
{
    static const char *const BAD[] = {
        "",
        "mysql://",
        "http://u@h/d",
        "mysql://h/d",
        "mysql://u@h",
        "mysql://u@/d",
        "mysql://u@h/",
        "mysql://u@h:0/d",
        "mysql://u@h:65536/d",
        "mysql://u@h:x/d",
        "mysql://u@h,/d",
        "mysql://u@[fd00::1/d",
        "mysql://u@h/d`; DROP TABLE journal",
        "mysql://u'@h/d",
        "mysql://u@h/d?tls=maybe",
        "mysql://u@h/d?ca=relative.pem",
        "mysql://u@h/d?what=1",
        "mysql://u@h/d?ca=/a&ca=/b",
        "mysql://u@a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a/d",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        CentralDatabase database;
        g_assert_false(central_database_parse(BAD[i], &database, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
        g_assert_null(database.user);
    }
}

static void a_password_in_it_is_refused_and_not_repeated(void)
{
    g_autoptr(GError) error = NULL;
    CentralDatabase database;
    g_assert_false(central_database_parse("mysql://u:hunter2@h/d", &database, &error));
    g_assert_nonnull(strstr(error->message, "COSTER_DATABASE_PASSWORD"));
    g_assert_null(strstr(error->message, "hunter2"));
}

static void a_password_file_is_its_owners(void)
{
    g_autoptr(GError) open_error = NULL, none = NULL;
    g_autofree char *dir = g_dir_make_tmp("coster-password-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(dir, "password", NULL);
    CentralDatabase database = {.password_file = file};
    g_unsetenv("COSTER_DATABASE_PASSWORD");
    g_assert_true(g_file_set_contents(file, "s3cret\nsecond line\n", -1, NULL));
    g_chmod(file, 0644);
    g_assert_null(central_database_password(&database, &open_error));
    g_assert_error(open_error, POS_ERROR, POS_ERROR_FAILED);
    g_chmod(file, 0600);
    g_autofree char *read = central_database_password(&database, NULL);
    g_assert_cmpstr(read, ==, "s3cret");
    g_setenv("COSTER_DATABASE_PASSWORD", "of the environment", TRUE);
    g_autofree char *given = central_database_password(&database, NULL);
    g_assert_cmpstr(given, ==, "of the environment");
    g_unsetenv("COSTER_DATABASE_PASSWORD");
    g_unlink(file);
    g_rmdir(dir);
    g_assert_null(central_database_password(&database, &none));
    g_assert_error(none, POS_ERROR, POS_ERROR_FAILED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name) g_test_add_func("/sync/central_database/" #name, name)
    CASE(a_cluster_is_read_whole);
    CASE(only_this_machine_goes_without_tls_unsaid);
    CASE(what_is_no_address_is_refused);
    CASE(a_password_in_it_is_refused_and_not_repeated);
    CASE(a_password_file_is_its_owners);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The command line of coster-central as a process: what it prints, how it ends, and that it changes
 * nothing when it refuses. */
#include "sync/central_enrolment.h"
#include "tests/sync/central_fixture.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define ARGS_MAX 24

typedef struct {
    char *out, *err;
    int status;
} Run;

static void run_clear(Run *run)
{
    g_free(run->out);
    g_free(run->err);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

/* Runs `line` split at spaces, "~" standing for a space in a word; --data DIR is added unless dir
 * is NULL. */
static void run(const char *dir, const char *stdin_text, const char *line, Run *out)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_auto(GStrv) words = g_strsplit(line, " ", ARGS_MAX);
    g_ptr_array_add(argv, (char *)g_getenv("COSTER_CENTRAL"));
    for (int i = 0; words[i]; i++) {
        g_ptr_array_add(argv, *words[i] ? g_strdelimit(words[i], "~", ' ') : words[i]);
    }
    if (dir) {
        g_ptr_array_add(argv, "--data");
        g_ptr_array_add(argv, (char *)dir);
    }
    g_ptr_array_add(argv, NULL);
    g_autoptr(GSubprocess) process =
        g_subprocess_newv((const char *const *)argv->pdata,
                          G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                              G_SUBPROCESS_FLAGS_STDERR_PIPE,
                          &error);
    g_assert_no_error(error);
    g_subprocess_communicate_utf8(process, stdin_text, NULL, &out->out, &out->err, &error);
    g_assert_no_error(error);
    g_assert_true(g_subprocess_get_if_exited(process));
    out->status = g_subprocess_get_exit_status(process);
    g_test_message("%s -> %d %s%s", line, out->status, out->out, out->err);
}

static json_t *run_json(const char *dir, const char *line)
{
    g_auto(Run) done = {0};
    run(dir, "", line, &done);
    g_assert_cmpstr(done.err, ==, "");
    g_assert_cmpint(done.status, ==, 0);
    json_t *value = json_loads(done.out, 0, NULL);
    g_assert_nonnull(value);
    return value;
}

static void assert_run(const char *dir, const char *stdin_text, const char *line, int status)
{
    g_auto(Run) done = {0};
    run(dir, stdin_text, line, &done);
    g_assert_cmpint(done.status, ==, status);
    if (status != 0) {
        g_assert_true(g_str_has_prefix(done.err, "coster-central: "));
        g_assert_cmpint(strcspn(done.err, "\n"), ==, strlen(done.err) - 1); /* one sentence */
        g_assert_cmpstr(done.out, ==, "");
    }
}

static json_t *feed(Central *central, const char *kind, const char *key)
{
    return central_store_feed_value(central->store, "1", kind, key, NULL);
}

/* --- cases -------------------------------------------------------------------------------- */

static void a_wrong_command_line_ends_with_2(Central *central, gconstpointer data)
{
    static const char *const LINES[] = {
        "nonsense",
        "store",
        "store remove",
        "price set --store 1 --gtin " APPLE " --why x",
        "price set --store 1 --gtin " APPLE " --price 1 --why x --nonsense y",
        "verify --store 1",
        "journal --terminal",
        "journal --terminal a --terminal b",
        "init --demo=yes",
        "backup",
        "backup a b",
        "setting set --store 1 store",
        "enrol-code --store 1 --valid forever",
        "recall add --store 1 --gtin " APPLE " --status maybe",
        "reprice --store 1 --at tomorrow",
        "inbox book",
        "inbox book --all --seq 1",
        "serve",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(LINES); i++) {
        assert_run(central->dir, "", LINES[i], 2);
    }
    assert_run(NULL, "", "", 2);
    assert_run(NULL, "", "verify", 2);
    assert_run(NULL, "", "verify --database mysql://x@y:1/z", 2);
}

static void help_and_version_end_with_0(Central *central, gconstpointer data)
{
    static const char *const LINES[] = {"--help",       "help",         "-h",       "price --help",
                                        "price set -h", "serve --help", "--version"};
    for (gsize i = 0; i < G_N_ELEMENTS(LINES); i++) {
        g_auto(Run) done = {0};
        run(NULL, "", LINES[i], &done);
        g_assert_cmpint(done.status, ==, 0);
        g_assert_cmpstr(done.err, ==, "");
        g_assert_nonnull(strstr(done.out, "coster-central"));
    }
    g_auto(Run) one = {0};
    run(NULL, "", "price set --help", &one);
    g_assert_nonnull(strstr(one.out, "price set --data DIR --store ID --gtin GTIN"));
    g_assert_null(strstr(one.out, "recall"));
}

static void init_makes_a_central_once(Central *central, gconstpointer data)
{
    g_autofree char *dir = g_build_filename(central->dir, "new", "deep", NULL);
    assert_run(dir, "", "verify", 1);
    assert_run(dir, "", "init", 0);
    assert_run(dir, "", "init", 1);
    assert_run(dir, "", "verify", 0);
    assert_run(dir, "", "store list", 0);
    assert_run(dir, "", "enrol-code --store 1", 1);
    g_autofree char *path = g_build_filename(dir, "central.db", NULL);
    g_autofree char *parent = g_path_get_dirname(dir);
    g_unlink(path);
    g_rmdir(dir);
    g_rmdir(parent);
}

static void a_store_is_added_with_its_settings(Central *central, gconstpointer data)
{
    g_auto(Run) added = {0};
    run(central->dir, "",
        "store add --store 2 --name Market~two --currency EUR --language en --time-zone "
        "Europe/Berlin",
        &added);
    g_assert_cmpint(added.status, ==, 0);
    g_autoptr(json_t) settings = run_json(central->dir, "setting get --store 2 store");
    g_assert_cmpstr(json_string_value(json_object_get(settings, "currency")), ==, "EUR");
    g_assert_cmpstr(json_string_value(json_object_get(json_object_get(settings, "names"), "en")),
                    ==, "Market two");
    g_assert_cmpint(json_integer_value(json_object_get(settings, "rise_lead_s")), ==, 120);
    assert_run(central->dir, "", "store add --store 2 --name Again", 1);
    assert_run(central->dir, "", "store add --store 3 --name X --currency euro", 1);
    assert_run(central->dir, "", "store add --store 3 --name X --time-zone Mars/Base", 1);
    assert_run(central->dir, "", "store add --store a/b --name X", 1);
    assert_run(central->dir, "", "operator list --store 3", 1);
}

static void an_operator_gets_a_pin_that_only_its_hash_is_kept_of(Central *central,
                                                                 gconstpointer data)
{
    static const char SET[] = "operator set --store 1 --operator u07 --name Kim --role manager";
    g_auto(Run) listed = {0};
    assert_run(central->dir, "", SET, 1);
    assert_run(central->dir, "12\n", SET, 1);
    assert_run(central->dir, "4711\n", "operator set --store 1 --operator u07 --role boss", 1);
    assert_run(central->dir, "4711\n", "operator set --store 9 --operator u07", 1);
    assert_run(central->dir, "4711\n", SET, 0);
    g_autoptr(json_t) kim = feed(central, "operator", "u07");
    g_assert_true(g_str_has_prefix(json_string_value(json_object_get(kim, "pin")), "$argon2id$"));
    g_assert_cmpstr(json_string_value(json_object_get(kim, "role")), ==, "manager");
    assert_run(central->dir, "\n", "operator set --store 1 --operator u07 --name Lee", 0);
    g_autoptr(json_t) lee = feed(central, "operator", "u07");
    g_assert_true(json_equal(json_object_get(kim, "pin"), json_object_get(lee, "pin")));
    g_assert_cmpstr(json_string_value(json_object_get(lee, "role")), ==, "manager");
    run(central->dir, "", "operator list --store 1", &listed);
    g_assert_null(strstr(listed.out, "argon2id"));
    g_assert_nonnull(strstr(listed.out, "\"name\":\"Lee\""));
    assert_run(central->dir, "", "operator remove --store 1 --operator u07", 0);
    assert_run(central->dir, "", "operator remove --store 1 --operator u07", 1);
    g_assert_null(feed(central, "operator", "u07"));
}

static void an_enrol_code_stands_alone_on_stdout_and_works(Central *central, gconstpointer data)
{
    g_auto(Run) code = {0}, plain = {0};
    g_autoptr(GError) error = NULL;
    CentralEnrolStatus status;
    g_autoptr(json_t) answer = NULL;
    run(central->dir, "", "enrol-code --store 1 --mode kiosk --valid 1h", &code);
    g_assert_cmpint(code.status, ==, 0);
    g_assert_cmpstr(code.err, ==, "");
    g_strchomp(code.out);
    g_auto(GStrv) parts = g_strsplit(code.out, ".", 3);
    g_assert_cmpuint(g_strv_length(parts), ==, 2);
    g_assert_cmpuint(strlen(parts[0]), >=, 14); /* 80 bits at 6 a character */
    g_assert_cmpuint(strlen(parts[1]), ==, 43); /* SHA-256 in base64url */
    g_assert_cmpuint(strspn(code.out, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_."),
                     ==, strlen(code.out));
    g_assert_cmpint(code.out[0], !=, '-');
    CentralEnrolRequest request = {.code = code.out, .mode = "kiosk", .nonce = "n"};
    central_enrol(central->store, &request, g_get_real_time() / 1000, &status, &answer, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, CENTRAL_ENROL_OK);
    run(central->dir, "", "enrol-code --store 1 --plain", &plain);
    g_assert_null(strchr(plain.out, '.'));
    assert_run(central->dir, "", "enrol-code --store 1 --mode toaster", 1);
    g_autofree char *tls = g_build_filename(central->dir, "tls", NULL);
    g_autofree char *key = g_build_filename(tls, "key.pem", NULL);
    g_autofree char *cert = g_build_filename(tls, "cert.pem", NULL);
    g_unlink(key);
    g_unlink(cert);
    g_rmdir(tls);
}

static void a_price_is_set_by_the_rules(Central *central, gconstpointer data)
{
    g_autoptr(json_t) first = run_json(central->dir, "price set --store 1 --gtin " APPLE
                                                     " --price 900 --why opening~price");
    g_autoptr(json_t) cut =
        run_json(central->dir, "price --why=fresh set --store 1 --gtin 9521234500018 --price 850");
    g_assert_cmpstr(json_string_value(json_object_get(cut, "key")), ==, APPLE);
    g_assert_cmpint(json_integer_value(json_object_get(cut, "version")), ==,
                    json_integer_value(json_object_get(first, "version")) + 1);
    const json_t *value = json_object_get(cut, "value");
    g_assert_cmpint(json_integer_value(json_object_get(value, "price")), ==, 850);
    g_assert_cmpint(json_integer_value(json_object_get(value, "list_price")), ==, 900);
    g_autoptr(json_t) rise =
        run_json(central->dir, "price set --store 1 --gtin " APPLE
                               " --price 890 --why x --floor 800 --ceiling 1000");
    value = json_object_get(rise, "value");
    g_assert_cmpint(json_integer_value(json_object_get(value, "price")), ==, 850);
    g_assert_cmpuint(json_array_size(json_object_get(value, "next")), ==, 1);
    g_autoptr(json_t) lot = run_json(central->dir, "price set --store 1 --gtin " APPLE
                                                   " --lot L1 --price 820 --why lot");
    g_assert_cmpstr(json_string_value(json_object_get(lot, "key")), ==, APPLE "/L1");
    assert_run(central->dir, "", "price set --store 1 --gtin " APPLE " --price 799 --why x", 1);
    assert_run(central->dir, "", "price set --store 1 --gtin " APPLE " --price -1 --why x", 1);
    assert_run(central->dir, "", "price set --store 1 --gtin " APPLE " --price 8.5 --why x", 1);
    assert_run(central->dir, "", "price set --store 1 --gtin 09521234500019 --price 8 --why x", 1);
    assert_run(central->dir, "", "price set --store 1 --gtin 09521234500032 --price 8 --why x", 1);
    assert_run(central->dir, "", "price pause --store 1 --gtin " APPLE, 0);
    g_autoptr(json_t) paused = feed(central, "price", APPLE);
    g_assert_true(json_is_true(json_object_get(paused, "paused")));
    assert_run(central->dir, "", "price pause --store 1", 0);
    g_autoptr(json_t) pricing = feed(central, "setting", "pricing");
    g_assert_true(json_is_false(json_object_get(pricing, "enabled")));
    assert_run(central->dir, "", "price pause --store 1 --resume", 0);
    g_autoptr(json_t) resumed = feed(central, "setting", "pricing");
    g_assert_true(json_is_true(json_object_get(resumed, "enabled")));
}

static void an_offer_is_made_and_ended(Central *central, gconstpointer data)
{
    assert_run(central->dir, "",
               "offer add --store 1 --key fruit --name 3~for~2 --need 3 --pay 2 --until "
               "2026-12-01T00:00:00.000+09:00 " APPLE,
               0);
    g_autoptr(json_t) offer = feed(central, "offer", "fruit");
    g_assert_cmpint(json_integer_value(json_object_get(offer, "need")), ==, 3);
    g_assert_cmpint(json_integer_value(json_object_get(offer, "pay")), ==, 2);
    g_assert_cmpstr(json_string_value(json_array_get(json_object_get(offer, "gtins"), 0)), ==,
                    APPLE);
    static const char *const bad[] = {
        "offer add --store 1 --key fruit --name x --need 3 " APPLE,
        "offer add --store 1 --key fruit --name x --need 3 --pay 3 " APPLE,
        "offer add --store 1 --key fruit --name x --need 3 --pay 2 --until tomorrow " APPLE,
        "offer add --store 1 --key fruit --name x --need 3 --pay 2 09521234500094",
        "offer add --store 1 --key fruit --name x --need 3 --pay 2 123",
        "offer end --store 1 --key vegetables"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_run(central->dir, "", bad[i], 1);
    }
    g_auto(Run) list = {0};
    run(central->dir, "", "offer list --store 1", &list);
    g_assert_nonnull(strstr(list.out, "\"key\": \"fruit\"")
                         ?: strstr(list.out, "\"key\":\"fruit\""));
    assert_run(central->dir, "", "offer end --store 1 --key fruit", 0);
    g_assert_null(feed(central, "offer", "fruit"));
    g_auto(Run) taught = {0};
    run(central->dir, "", "taught list --store 1", &taught);
    g_assert_cmpint(taught.status, ==, 0);
    g_assert_cmpstr(taught.out, ==, "");
}

static void a_recall_is_added_and_lifted(Central *central, gconstpointer data)
{
    assert_run(central->dir, "",
               "recall add --store 1 --gtin " APPLE " --lot L1 --reason Listeria --language en", 0);
    g_autoptr(json_t) recall = feed(central, "recall", APPLE "/L1");
    g_assert_cmpstr(json_string_value(json_object_get(recall, "status")), ==, "recalled");
    g_assert_cmpstr(json_string_value(json_object_get(json_object_get(recall, "reason"), "en")), ==,
                    "Listeria");
    assert_run(central->dir, "", "recall lift --store 1 --gtin " APPLE, 1);
    assert_run(central->dir, "", "recall lift --store 1 --gtin " APPLE " --lot L1", 0);
    g_assert_null(feed(central, "recall", APPLE "/L1"));
    assert_run(central->dir, "",
               "recall add --store 1 --gtin " APPLE " --lot "
               "a-lot-of-more-than-20-characters",
               1);
}

static void settings_are_changed_member_by_member(Central *central, gconstpointer data)
{
    assert_run(central->dir, "", "setting set --store 1 store rise_lead_s=0 address=Main~street",
               0);
    g_autoptr(json_t) settings = run_json(central->dir, "setting get --store 1 store");
    g_assert_cmpint(json_integer_value(json_object_get(settings, "rise_lead_s")), ==, 0);
    g_assert_cmpstr(json_string_value(json_object_get(settings, "address")), ==, "Main street");
    g_assert_cmpstr(json_string_value(json_object_get(settings, "currency")), ==, "KRW");
    assert_run(central->dir, "", "setting set --store 1 store address=", 0);
    g_autoptr(json_t) without = run_json(central->dir, "setting get --store 1 store");
    g_assert_null(json_object_get(without, "address"));
    /* The store's own numbers come from a file, and only when every line of it can be read. */
    g_autofree char *good = g_build_filename(central->dir, "good.txt", NULL);
    g_autofree char *bad = g_build_filename(central->dir, "bad.txt", NULL);
    g_autofree char *set_good = g_strdup_printf("setting set --store 1 store rcn=@%s", good);
    g_autofree char *set_bad = g_strdup_printf("setting set --store 1 store rcn=@%s", bad);
    g_assert_true(g_file_set_contents(good, "weight 28....V{NNDDD}\n", -1, NULL));
    g_assert_true(g_file_set_contents(bad, "weight 28....V{NNDDD}\nprice 2\n", -1, NULL));
    assert_run(central->dir, "", set_good, 0);
    assert_run(central->dir, "", set_bad, 1);
    assert_run(central->dir, "", "setting set --store 1 store rcn=@/nowhere/layouts.txt", 1);
    g_autoptr(json_t) with_layouts = run_json(central->dir, "setting get --store 1 store");
    g_assert_cmpstr(json_string_value(json_object_get(with_layouts, "rcn")), ==,
                    "weight 28....V{NNDDD}\n");
    g_unlink(good);
    g_unlink(bad);
    assert_run(central->dir, "", "setting set --store 1 store rise_lead_s=-5", 1);
    assert_run(central->dir, "", "setting set --store 1 store currency=won", 1);
    assert_run(central->dir, "", "setting set --store 1 store hold_s=1.5", 1);
    assert_run(central->dir, "", "setting set --store 1 store hold_s", 1);
    assert_run(central->dir, "", "setting get --store 1 nothing", 1);
}

static void the_journal_comes_out_byte_for_byte_and_verifies(Central *central, gconstpointer data)
{
    Journal a, b;
    g_auto(Run) all = {0}, one = {0}, bad = {0};
    central_fixture_journal(central, &a, "a");
    central_fixture_journal(central, &b, "b");
    const char *line =
        central_fixture_write(&a, "sale", 0, central_fixture_sale("R1", APPLE, "L1", 2, 900));
    const char *other = central_fixture_write(
        &b, "sale", 0, central_fixture_sale("R2", "09521234500032", "L1", 2, 9));
    central_fixture_send_all(central, &a);
    central_fixture_send_all(central, &b);
    g_autofree char *both = g_strdup_printf("%s\n%s\n", line, other);
    g_autofree char *first = g_strdup_printf("%s\n", line);
    run(central->dir, "", "journal", &all);
    g_assert_cmpstr(all.out, ==, both);
    run(central->dir, "", "journal --terminal a", &one);
    g_assert_cmpstr(one.out, ==, first);
    assert_run(central->dir, "", "journal --terminal c", 1);
    g_autoptr(json_t) good = run_json(central->dir, "verify");
    g_assert_cmpint(json_integer_value(json_object_get(good, "records")), ==, 2);
    g_assert_cmpint(json_integer_value(json_object_get(good, "inbox")), ==, 1);
    g_autoptr(json_t) item = run_json(central->dir, "inbox list");
    g_assert_cmpstr(json_string_value(json_object_get(item, "reason")), ==, "unknown_product");
    assert_run(central->dir, "", "inbox book --terminal a --seq 1", 1);
    central_fixture_product(central, "09521234500032", "each");
    assert_run(central->dir, "", "inbox book --all", 0);
    assert_run(central->dir, "", "verify", 0);
    central_fixture_tamper(central, "UPDATE stock SET on_hand = 77");
    run(central->dir, "", "verify", &bad);
    g_assert_cmpint(bad.status, ==, 1);
    assert_run(central->dir, "", "rebuild", 0);
    assert_run(central->dir, "", "verify", 0);
    central_fixture_tamper(central, "UPDATE journal SET hash = zeroblob(32) WHERE terminal = 'b'");
    g_auto(Run) record = {0};
    run(central->dir, "", "verify", &record);
    g_assert_cmpint(record.status, ==, 1);
    g_autoptr(json_t) named = json_loads(record.out, 0, NULL);
    g_assert_cmpstr(json_string_value(json_object_get(named, "terminal")), ==, "b");
    g_assert_cmpint(json_integer_value(json_object_get(named, "seq")), ==, 1);
    central_fixture_journal_clear(&a);
    central_fixture_journal_clear(&b);
}

static void a_terminal_is_listed_and_revoked(Central *central, gconstpointer data)
{
    Journal till;
    g_auto(CentralTerminal) found = {0};
    central_fixture_journal(central, &till, "t1");
    g_autoptr(json_t) listed = run_json(central->dir, "terminal list --store 1");
    g_assert_cmpstr(json_string_value(json_object_get(listed, "terminal")), ==, "t1");
    g_assert_true(json_is_false(json_object_get(listed, "revoked")));
    assert_run(central->dir, "", "terminal revoke --terminal nobody", 1);
    assert_run(central->dir, "", "terminal revoke --terminal t1", 0);
    g_assert_false(central_store_terminal_by_token(central->store, "token of t1", &found, NULL));
    central_fixture_journal_clear(&till);
}

/* --- import
 * ------------------------------------------------------------------------------------------------
 */

static void import(Central *central, const char *sheet, bool apply, Run *out)
{
    g_autofree char *file = g_build_filename(central->dir, "sheet.csv", NULL);
    g_autofree char *line = g_strdup_printf("import --store 1 %s%s", file, apply ? " --apply" : "");
    g_assert_true(g_file_set_contents(file, sheet, -1, NULL));
    run(central->dir, "", line, out);
    g_unlink(file);
}

static void a_sheet_is_applied_whole_or_not_at_all(Central *central, gconstpointer data)
{
    static const char GOOD[] = "\xef\xbb\xbfGTIN;Name;Category;Unit;Price\r\n"
                               "9521234500018;\"Apple; red\";fruit;each;900\r\n"
                               "09521234500032;\"딸기 \"\"설향\"\"\";fruit;g;12900\r\n";
    static const char BAD[] = "gtin,name,unit,price\n"
                              "9521234500018,Apple,each,950\n"
                              "9521234500019,Wrong digit,each,1\n"
                              "09521234500032,,each,1\n"
                              "09521234500032,Berry,crate,1\n"
                              "09521234500032,Berry,each,1.5\n"
                              "09521234500018,Apple,each,1\n";
    g_auto(Run) dry = {0}, applied = {0}, again = {0}, bad = {0}, headless = {0}, open = {0};
    import(central, GOOD, false, &dry);
    g_assert_cmpint(dry.status, ==, 0);
    g_assert_null(feed(central, "product", "09521234500032"));
    import(central, GOOD, true, &applied);
    g_assert_cmpstr(applied.out, ==,
                    "{\"added\":1,\"applied\":true,\"changed\":1,\"faults\":0,\"rows\":2}\n");
    g_autoptr(json_t) apple = feed(central, "product", APPLE);
    g_autoptr(json_t) berry = feed(central, "price", "09521234500032");
    g_assert_cmpstr(json_string_value(json_object_get(apple, "name")), ==, "Apple; red");
    g_assert_cmpint(json_integer_value(json_object_get(berry, "price")), ==, 12900);
    import(central, GOOD, true, &again);
    g_assert_cmpstr(again.out, ==,
                    "{\"added\":0,\"applied\":true,\"changed\":0,\"faults\":0,\"rows\":2}\n");
    import(central, BAD, true, &bad);
    g_assert_cmpint(bad.status, ==, 1);
    for (int line = 3; line <= 7; line++) {
        g_autofree char *named = g_strdup_printf("sheet.csv:%d: ", line);
        g_assert_nonnull(strstr(bad.err, named));
    }
    g_autoptr(json_t) unchanged = feed(central, "price", APPLE);
    g_assert_cmpint(json_integer_value(json_object_get(unchanged, "price")), ==, 900);
    import(central, "a,b,c\n1,2,3\n", true, &headless);
    g_assert_cmpint(headless.status, ==, 1);
    import(central, "gtin,name,unit,price\n1,\"open,each,3\n", true, &open);
    g_assert_cmpint(open.status, ==, 1);
    assert_run(central->dir, "", "import --store 1 /nonexistent/file.csv", 1);
}

static void set_up(Central *central, gconstpointer data)
{
    central_fixture_open(central);
}

static void tear_down(Central *central, gconstpointer data)
{
    central_fixture_close(central);
}

#define CASE(name) g_test_add("/sync/central_admin/" #name, Central, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_nonnull(g_getenv("COSTER_CENTRAL"));
    CASE(a_wrong_command_line_ends_with_2);
    CASE(help_and_version_end_with_0);
    CASE(init_makes_a_central_once);
    CASE(a_store_is_added_with_its_settings);
    CASE(an_operator_gets_a_pin_that_only_its_hash_is_kept_of);
    CASE(an_enrol_code_stands_alone_on_stdout_and_works);
    CASE(a_price_is_set_by_the_rules);
    CASE(an_offer_is_made_and_ended);
    CASE(a_recall_is_added_and_lifted);
    CASE(settings_are_changed_member_by_member);
    CASE(the_journal_comes_out_byte_for_byte_and_verifies);
    CASE(a_terminal_is_listed_and_revoked);
    CASE(a_sheet_is_applied_whole_or_not_at_all);
    return g_test_run();
}

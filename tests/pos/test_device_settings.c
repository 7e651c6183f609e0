/* SPDX-License-Identifier: GPL-3.0-or-later
 * pos/device_settings and pos/store_device: every setting in and out, what is refused, and the record of a change. */
#include "pos/device_settings.h"
#include "pos/error.h"
#include "tests/pos/store_fixture.h"

#include <string.h>

static void set(PosDeviceSettings *settings, const char *key, const char *value)
{
    g_autoptr(GError) error = NULL;
    pos_device_settings_set(settings, key, value, &error);
    g_assert_no_error(error);
}

static void assert_refused(const char *key, const char *value, const char *part)
{
    PosDeviceSettings settings, before;
    g_autoptr(GError) error = NULL;
    pos_device_settings_defaults(&settings);
    before = settings;
    g_assert_false(pos_device_settings_set(&settings, key, value, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, part));
    g_assert_cmpmem(&settings, sizeof settings, &before, sizeof before);
}

static void test_a_fresh_till_reads_a_keyboard_scanner(void)
{
    PosDeviceSettings settings;
    pos_device_settings_defaults(&settings);
    g_assert_cmpint(settings.scanner.source, ==, POS_SCANNER_KEYBOARD);
    g_assert_cmpint(settings.scanner2.source, ==, POS_SCANNER_NONE);
    g_assert_cmpint(settings.scanner.line.baud, ==, 9600);
    g_assert_cmpint(settings.scanner.line.data_bits, ==, 8);
    g_assert_cmpint(settings.scanner.pause_ms, ==, 100);
    g_assert_cmpstr(settings.scanner.gs, ==, "");
    g_assert_true(settings.sound.on);
}

static void test_each_setting_comes_back_as_it_was_set(void)
{
    PosDeviceSettings settings, again;
    g_autoptr(GError) error = NULL;
    pos_device_settings_defaults(&settings);
    set(&settings, "scanner.source", "serial");
    set(&settings, "scanner.path", "/dev/serial/by-id/usb-Honeywell_1902-if00");
    set(&settings, "scanner.baud", "115200");
    set(&settings, "scanner.parity", "EVEN");
    set(&settings, "scanner.gs", "|");
    set(&settings, "scanner2.source", "hid");
    set(&settings, "scanner2.caps-inverted", "on");
    set(&settings, "sound.on", "off");
    g_assert_cmpint(settings.scanner.source, ==, POS_SCANNER_SERIAL);
    g_assert_cmpint(settings.scanner.line.baud, ==, 115200);
    g_assert_cmpint(settings.scanner.line.parity, ==, POS_PARITY_EVEN);
    g_assert_true(settings.scanner2.caps_inverted);
    g_assert_false(settings.scanner.caps_inverted);
    g_assert_false(settings.sound.on);
    g_autoptr(json_t) object = pos_device_settings_to_json(&settings);
    g_assert_true(pos_device_settings_from_json(object, &again, &error));
    g_assert_no_error(error);
    for (gsize i = 0; i < pos_device_settings_count(); i++) {
        const char *key = pos_device_settings_key(i);
        g_autofree char *first = pos_device_settings_get(&settings, key);
        g_autofree char *second = pos_device_settings_get(&again, key);
        g_autofree char *help = pos_device_settings_help(i);
        g_assert_cmpstr(first, ==, second);
        g_assert_cmpuint(strlen(help), >, 10);
    }
}

static void test_bad_values_are_refused_in_words(void)
{
    char *long_path = g_strnfill(POS_DEVICE_PATH_BYTES, '/');
    assert_refused("scanner.baud", "9601", "300");
    assert_refused("scanner.baud", "fast", "300");
    assert_refused("scanner.data-bits", "9", "from 7 to 8");
    assert_refused("scanner.pause-ms", "0", "from 20 to 2000");
    assert_refused("scanner.pause-ms", "99999999999999999999", "from 20 to 2000");
    assert_refused("scanner.source", "bluetooth", "keyboard");
    assert_refused("scanner.path", "ttyACM0", "begins with /");
    assert_refused("scanner.path", "/dev/tty\n", "begins with /");
    assert_refused("scanner.path", long_path, "begins with /");
    assert_refused("camera.path", "video0", "begins with rtsp://");
    assert_refused("camera.path", "ftp://host/video", "begins with rtsp://");
    assert_refused("camera.path", "rtsp://", "begins with rtsp://");
    assert_refused("camera.path", "rtsp:///stream", "begins with rtsp://");
    assert_refused("camera.path", "rtsp://host/a b", "begins with rtsp://");
    assert_refused("camera.path", "file://elsewhere\n", "begins with rtsp://");
    assert_refused("scanner.path", "rtsp://host/stream", "begins with /");
    assert_refused("scanner.gs", "a", "no letter");
    assert_refused("scanner.gs", "||", "one character");
    assert_refused("scanner.gs", " ", "one character");
    assert_refused("scanner.caps-inverted", "maybe", "on");
    assert_refused("scanner", "on", "There is no device setting");
    assert_refused("scanner.", "on", "There is no device setting");
    assert_refused("", "", "There is no device setting");
    assert_refused("toaster.on", "on", "There is no device setting");
    g_free(long_path);
}

static json_t *last_record(PosStore *store, int64_t *out_seq)
{
    PosHash head;
    g_assert_true(pos_store_journal_head(store, out_seq, &head, NULL));
    if (*out_seq == 0) {
        return NULL;
    }
    g_autoptr(GPtrArray) records = pos_store_journal_read(store, *out_seq, 1, 1, NULL);
    const PosRecord *record = g_ptr_array_index(records, 0);
    return json_loadb(record->line, record->length, 0, NULL);
}

/* A network camera's password is the terminal's alone: it is kept, and is in no record. */
static void test_a_camera_is_a_device_a_file_or_an_address(void)
{
    static const char *const good[] = {"",
                                       "/dev/video2",
                                       "/srv/film.mp4",
                                       "file:///srv/film.mp4",
                                       "rtsp://camera.shop:554/h264?channel=1",
                                       "http://[fd00::7]/video.mjpg"};
    static const char secret[] = "rtsps://till:p%40ss@camera.shop/1";
    StoreFixture fixture;
    PosDeviceSettings settings;
    g_autoptr(GError) error = NULL;
    int64_t seq = 0;
    pos_device_settings_defaults(&settings);
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        set(&settings, "camera.path", good[i]);
        g_autofree char *shown = pos_device_settings_public(&settings, "camera.path");
        g_assert_cmpstr(settings.camera.path, ==, good[i]);
        g_assert_cmpstr(shown, ==, good[i]);
    }
    store_fixture_set_up(&fixture);
    set(&settings, "camera.path", secret);
    g_assert_true(pos_store_devices_save(fixture.store, &settings, "u09", FIXTURE_AT, &error));
    g_assert_no_error(error);
    g_autoptr(json_t) record = last_record(fixture.store, &seq);
    const json_t *change = json_array_get(json_object_get(record, "changes"), 0);
    g_assert_cmpstr(json_string_value(json_object_get(change, "new")), ==,
                    "rtsps://***@camera.shop/1");
    pos_store_devices_load(fixture.store, &settings, NULL);
    g_assert_cmpstr(settings.camera.path, ==, secret);
    store_fixture_tear_down(&fixture);
}

static void test_bad_json_is_refused(void)
{
    static const char *const bad[] = {
        "{\"scanner\":1}",
        "{\"scanner\":{\"baud\":\"9600\"}}",
        "{\"scanner\":{\"baud\":9600.5}}",
        "{\"scanner\":{\"source\":true}}",
        "{\"scanner\":{\"colour\":\"red\"}}",
        "{\"toaster\":{}}",
        "{\"sound\":{\"on\":\"on\"}}",
        "{\"scanner\":{\"path\":\"/dev/\\u0000x\"}}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        PosDeviceSettings settings;
        g_autoptr(GError) error = NULL;
        g_autoptr(json_t) object = json_loads(bad[i], JSON_ALLOW_NUL, NULL);
        g_assert_nonnull(object);
        g_assert_false(pos_device_settings_from_json(object, &settings, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
}

static void test_a_change_is_a_config_record(void)
{
    StoreFixture fixture;
    PosDeviceSettings settings, loaded;
    g_autoptr(GError) error = NULL;
    int64_t seq = 0;
    store_fixture_set_up(&fixture);
    pos_device_settings_defaults(&settings);
    g_assert_true(pos_store_devices_save(fixture.store, &settings, "u09", FIXTURE_AT, &error));
    g_assert_null(last_record(fixture.store, &seq)); /* nothing changed, nothing written */
    set(&settings, "scanner.source", "serial");
    set(&settings, "scanner.path", "/dev/ttyACM0");
    g_assert_true(pos_store_devices_save(fixture.store, &settings, "u09", FIXTURE_AT, &error));
    g_assert_no_error(error);
    g_autoptr(json_t) record = last_record(fixture.store, &seq);
    g_assert_cmpint(seq, ==, 1);
    g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "config");
    g_assert_cmpstr(json_string_value(json_object_get(record, "operator")), ==, "u09");
    const json_t *changes = json_object_get(record, "changes");
    g_assert_cmpuint(json_array_size(changes), ==, 2);
    const json_t *second = json_array_get(changes, 1);
    g_assert_cmpstr(json_string_value(json_object_get(second, "key")), ==, "scanner.path");
    g_assert_cmpstr(json_string_value(json_object_get(second, "old")), ==, "");
    g_assert_cmpstr(json_string_value(json_object_get(second, "new")), ==, "/dev/ttyACM0");
    store_fixture_reopen(&fixture);
    pos_store_devices_load(fixture.store, &loaded, NULL);
    g_assert_cmpstr(loaded.scanner.path, ==, "/dev/ttyACM0");
    store_fixture_assert_verifies(fixture.store);
    store_fixture_tear_down(&fixture);
}

static void test_what_cannot_be_read_is_the_defaults_and_said(void)
{
    StoreFixture fixture;
    PosDeviceSettings loaded;
    g_autofree char *note = NULL;
    store_fixture_set_up(&fixture);
    g_assert_true(
        pos_store_meta_set(fixture.store, POS_META_DEVICES, "{\"scanner\":{\"baud\":7}}", NULL));
    pos_store_devices_load(fixture.store, &loaded, &note);
    g_assert_nonnull(strstr(note, "scanner.baud"));
    g_assert_cmpint(loaded.scanner.line.baud, ==, 9600);
    store_fixture_tear_down(&fixture);
}

static void test_a_folder_of_no_store_is_refused(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("coster-device-XXXXXX", NULL);
    PosStore *store = pos_store_open(dir, POS_STORE_WRITE, &error);
    PosDeviceSettings settings;
    g_assert_no_error(error);
    pos_device_settings_defaults(&settings);
    set(&settings, "sound.on", "off");
    g_assert_false(pos_store_devices_save(store, &settings, NULL, FIXTURE_AT, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    pos_store_close(store);
    store_fixture_remove(dir);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/device_settings/a_fresh_till_reads_a_keyboard_scanner",
                    test_a_fresh_till_reads_a_keyboard_scanner);
    g_test_add_func("/pos/device_settings/each_setting_comes_back_as_it_was_set",
                    test_each_setting_comes_back_as_it_was_set);
    g_test_add_func("/pos/device_settings/bad_values_are_refused_in_words",
                    test_bad_values_are_refused_in_words);
    g_test_add_func("/pos/device_settings/a_camera_is_a_device_a_file_or_an_address",
                    test_a_camera_is_a_device_a_file_or_an_address);
    g_test_add_func("/pos/device_settings/bad_json_is_refused", test_bad_json_is_refused);
    g_test_add_func("/pos/device_settings/a_change_is_a_config_record",
                    test_a_change_is_a_config_record);
    g_test_add_func("/pos/device_settings/what_cannot_be_read_is_the_defaults_and_said",
                    test_what_cannot_be_read_is_the_defaults_and_said);
    g_test_add_func("/pos/device_settings/a_folder_of_no_store_is_refused",
                    test_a_folder_of_no_store_is_refused);
    return g_test_run();
}

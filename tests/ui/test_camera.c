/* SPDX-License-Identifier: GPL-3.0-or-later
 * The camera with real pipelines: pictures, videos, network cameras that go and come back, and what is no camera. Each test
 * waits in the main loop for a state, never for a time. */
#include "tests/support/camera_scene.h"
#include "ui/camera_view.h"
#include <glib/gstdio.h>
#include <string.h>

#define WAIT_SECONDS 40
#define GTIN_LINK "https://id.gs1.org/01/09520000010379/10/L1"
#define GTIN_EAN "9520000010379"
#define OTHER_LINK "https://id.gs1.org/01/09520000010386/10/L2"

typedef struct {
    UiCamera *camera;
    GString *log; /* a letter a scan: Q the link, E the EAN, O the other article, ? anything else */
    char *folder;
    bool late;
} Fixture;

static void on_scanned(UiCamera *camera, GBytes *text, Fixture *f)
{
    gsize length = 0;
    g_autofree char *copy = g_strndup(g_bytes_get_data(text, &length), g_bytes_get_size(text));
    const char letter = strcmp(copy, "]Q1" GTIN_LINK) == 0    ? 'Q'
                        : strcmp(copy, "]E0" GTIN_EAN) == 0   ? 'E'
                        : strcmp(copy, "]Q1" OTHER_LINK) == 0 ? 'O'
                                                              : '?';
    g_string_append_c(f->log, letter);
}

static void set_up(Fixture *f, gconstpointer data)
{
    f->camera = ui_camera_new();
    f->log = g_string_new("");
    f->folder = g_dir_make_tmp("coster-camera-XXXXXX", NULL);
    g_signal_connect(f->camera, "scanned", G_CALLBACK(on_scanned), f);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    ui_camera_close(f->camera);
    g_assert_finalize_object(f->camera);
    g_string_free(f->log, TRUE);
    g_autoptr(GDir) dir = g_dir_open(f->folder, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(f->folder, name, NULL);
        g_remove(path);
    }
    g_rmdir(f->folder);
    g_free(f->folder);
}

static char *path_of(Fixture *f, const char *name)
{
    return g_build_filename(f->folder, name, NULL);
}

static gboolean on_late(gpointer user)
{
    *(bool *)user = true;
    return G_SOURCE_REMOVE;
}

/* Waits until `done` says so. */
static void wait_until(Fixture *f, bool (*done)(Fixture *))
{
    f->late = false;
    const guint timer = g_timeout_add_seconds(WAIT_SECONDS, on_late, &f->late);
    while (!done(f) && !f->late) {
        g_main_context_iteration(NULL, TRUE);
    }
    if (f->late) {
        g_error("waited too long: state %d, \"%s\", scans \"%s\"", ui_camera_state(f->camera),
                ui_camera_sentence(f->camera), f->log->str);
    }
    g_source_remove(timer);
}

static bool is_live(Fixture *f)
{
    return ui_camera_state(f->camera) == UI_CAMERA_LIVE;
}

static bool is_lost(Fixture *f)
{
    return ui_camera_state(f->camera) == UI_CAMERA_LOST;
}

static bool has_settled(Fixture *f)
{
    return ui_camera_state(f->camera) != UI_CAMERA_STARTING;
}

static bool has_scanned(Fixture *f)
{
    return f->log->len > 0;
}

static bool has_scanned_other(Fixture *f)
{
    return strchr(f->log->str, 'O') != NULL;
}

static CameraScene *scene_of(const char *link, const char *ean)
{
    CameraScene *scene = camera_scene_new(1280, 720);
    if (link != NULL) {
        camera_scene_add_qr(scene, link, 300, 200, 6);
    }
    if (ean != NULL) {
        camera_scene_add_ean13(scene, ean, 700, 300, 3);
    }
    return scene;
}

/* --- what is seen and what counts -------------------------------------------------------------------------- */

static void test_picture(Fixture *f, gconstpointer data)
{
    g_autoptr(CameraScene) scene = scene_of(NULL, GTIN_EAN);
    g_autofree char *path = path_of(f, data);
    camera_scene_save(scene, path);
    ui_camera_start(f->camera, path);
    g_assert_cmpint(ui_camera_state(f->camera), ==, UI_CAMERA_STARTING);
    g_assert_cmpuint(strlen(ui_camera_sentence(f->camera)), >, 0);
    wait_until(f, has_scanned);
    wait_until(f, is_live);
    g_assert_cmpstr(f->log->str, ==, "E");
    g_assert_cmpstr(ui_camera_sentence(f->camera), ==, "");
}

/* Codes of colour pictures in every format that a file may have reach the decoder through the luma. */
static void test_address_of_file(Fixture *f, gconstpointer data)
{
    g_autoptr(CameraScene) scene = scene_of(GTIN_LINK, NULL);
    g_autofree char *path = path_of(f, "with blank.png");
    camera_scene_save(scene, path);
    g_autofree char *uri = g_filename_to_uri(path, NULL, NULL);
    ui_camera_start(f->camera, uri);
    wait_until(f, has_scanned);
    g_assert_cmpstr(f->log->str, ==, "Q");
}

/* A second in view, two seconds away, back, then another article: what stays counts once, what left counts again. */
static void test_leaves_and_returns(Fixture *f, gconstpointer data)
{
    g_autoptr(CameraScene) pack = scene_of(GTIN_LINK, NULL);
    g_autoptr(CameraScene) empty = scene_of(NULL, NULL);
    g_autoptr(CameraScene) other = scene_of(OTHER_LINK, NULL);
    CameraScene *const scenes[] = {pack, empty, pack, other};
    const int counts[] = {30, 66, 30, 60};
    g_autofree char *path = path_of(f, "video.mkv");
    camera_scene_save_video(scenes, counts, 4, path);
    ui_camera_start(f->camera, path);
    wait_until(f, has_scanned_other);
    g_assert_cmpstr(f->log->str, ==, "QQO");
}

/* A pack with EAN and QR of one GTIN, then another: the pack is one scan, by the code that tells the lot. */
static void test_twins(Fixture *f, gconstpointer data)
{
    g_autoptr(CameraScene) pack = scene_of(GTIN_LINK, GTIN_EAN);
    g_autoptr(CameraScene) other = scene_of(OTHER_LINK, NULL);
    CameraScene *const scenes[] = {pack, other};
    const int counts[] = {45, 45};
    g_autofree char *path = path_of(f, "video.mkv");
    camera_scene_save_video(scenes, counts, 2, path);
    ui_camera_start(f->camera, path);
    wait_until(f, has_scanned_other);
    g_assert_cmpstr(f->log->str, ==, "QO");
}

static bool has_scanned_thrice(Fixture *f)
{
    return f->log->len >= 3;
}

/* A video begins anew when it ends. */
static void test_video_repeats(Fixture *f, gconstpointer data)
{
    g_autoptr(CameraScene) pack = scene_of(GTIN_LINK, NULL);
    g_autoptr(CameraScene) empty = scene_of(NULL, NULL);
    CameraScene *const scenes[] = {pack, empty};
    const int counts[] = {15, 60};
    g_autofree char *path = path_of(f, "video.mkv");
    camera_scene_save_video(scenes, counts, 2, path);
    ui_camera_start(f->camera, path);
    wait_until(f, has_scanned_thrice);
    g_assert_cmpstr(f->log->str, ==, "QQQ");
    g_assert_true(is_live(f));
}

/* A handheld scanner read it just now: the camera on the same pack is no second scan. */
static void test_trigger(Fixture *f, gconstpointer data)
{
    g_autoptr(CameraScene) pack = scene_of(GTIN_LINK, NULL);
    g_autoptr(CameraScene) other = scene_of(OTHER_LINK, NULL);
    CameraScene *const scenes[] = {pack, other};
    const int counts[] = {20, 60};
    g_autofree char *path = path_of(f, "video.mkv");
    camera_scene_save_video(scenes, counts, 2, path);
    ui_camera_start(f->camera, path);
    ui_camera_trigger(f->camera, "]E0" GTIN_EAN, strlen("]E0" GTIN_EAN));
    wait_until(f, has_scanned_other);
    g_assert_true(strcmp(f->log->str, "O") == 0 || strcmp(f->log->str, "QO") == 0);
    ui_camera_stop(f->camera);
    ui_camera_trigger(f->camera, "]E0" GTIN_EAN, strlen("]E0" GTIN_EAN));
}

/* --- gone and back ------------------------------------------------------------------------------------------ */

static void test_network_camera(Fixture *f, gconstpointer data)
{
    g_autoptr(CameraScene) scene = scene_of(GTIN_LINK, NULL);
    g_autoptr(GBytes) jpeg = camera_scene_jpeg(scene);
    CameraServer *server = camera_server_new(0, jpeg, 33);
    const uint16_t port = camera_server_port(server);
    camera_server_free(server); /* a port that nobody listens at now */
    g_autofree char *address = g_strdup_printf("http://clerk:hidden@127.0.0.1:%u/video", port);
    ui_camera_start(f->camera, address);
    wait_until(f, is_lost);
    g_assert_nonnull(strstr(ui_camera_sentence(f->camera), "http://127.0.0.1"));
    g_assert_null(strstr(ui_camera_sentence(f->camera), "hidden"));
    server = camera_server_new(port, jpeg, 33);
    wait_until(f, is_live);
    wait_until(f, has_scanned);
    camera_server_free(server);
    wait_until(f, is_lost);
    server = camera_server_new(port, jpeg, 33);
    wait_until(f, is_live);
    /* It hangs without a word: that is noticed too. */
    camera_server_hang(server);
    wait_until(f, is_lost);
    g_assert_cmpuint(strlen(ui_camera_sentence(f->camera)), >, 0);
    camera_server_free(server);
    server = camera_server_new(port, jpeg, 33);
    wait_until(f, is_live);
    const guint before = camera_server_frames(server);
    while (camera_server_frames(server) < before + 15) {
        g_main_context_iteration(NULL, FALSE);
    }
    g_assert_cmpstr(f->log->str, ==, "Q"); /* the pack lay there all the time */
    ui_camera_close(f->camera);
    camera_server_free(server);
}

static void test_file_comes(Fixture *f, gconstpointer data)
{
    g_autofree char *path = path_of(f, "later.png");
    g_autofree char *other = path_of(f, "other.png");
    ui_camera_start(f->camera, path);
    wait_until(f, is_lost);
    g_assert_nonnull(strstr(ui_camera_sentence(f->camera), "later.png"));
    g_autoptr(CameraScene) scene = scene_of(GTIN_LINK, NULL);
    camera_scene_save(scene, other);
    g_assert_cmpint(g_rename(other, path), ==, 0);
    wait_until(f, is_live);
    wait_until(f, has_scanned);
}

/* --- what is no camera --------------------------------------------------------------------------------------- */

static void assert_sentence(const char *sentence)
{
    g_assert_cmpuint(strlen(sentence), >, 10);
    g_assert_true(g_utf8_validate(sentence, -1, NULL));
    g_assert_null(strchr(sentence, '\n'));
    g_assert_null(strstr(sentence, "gst"));
    g_assert_null(strstr(sentence, "hidden"));
}

static void test_no_camera(Fixture *f, gconstpointer source)
{
    if (((const char *)source)[0] == '\0' && g_file_test("/dev/video0", G_FILE_TEST_EXISTS)) {
        g_test_skip("this machine has a camera");
        return;
    }
    ui_camera_start(f->camera, source);
    wait_until(f, is_lost);
    assert_sentence(ui_camera_sentence(f->camera));
    g_assert_true(ui_camera_is_running(f->camera));
}

static const char *const bad_addresses[] = {
    "foo://bar",
    "http://",
    "rtsp://",
    "http://[::bad",
    "://",
    "gopher://clerk:hidden@host/",
    "file:///nowhere",
    "file://host/x",
    "http://clerk:hidden@127.0.0.1:1/x",
    "rtsp://clerk:hidden@127.0.0.1:1/x",
    "https://127.0.0.1:1/?key=hidden",
    "/dev/null",
    "/dev",
    "/nowhere/at/all",
    "relative.png",
    "pipe:0",
    "v4l2:///dev/null",
};

static void test_bad_address(Fixture *f, gconstpointer data)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad_addresses); i++) {
        ui_camera_start(f->camera, bad_addresses[i]);
        wait_until(f, is_lost);
        assert_sentence(ui_camera_sentence(f->camera));
        ui_camera_stop(f->camera);
        g_assert_cmpint(ui_camera_state(f->camera), ==, UI_CAMERA_OFF);
    }
}

static void put(Fixture *f, const char *name, const void *bytes, gsize length)
{
    g_autofree char *path = path_of(f, name);
    g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
}

/* A PNG that claims 60000 x 60000 pixels. */
static const uint8_t huge_png[] = {0x89, 'P',  'N', 'G', '\r', '\n', 0x1a, '\n', 0,    0,    0,
                                   13,   'I',  'H', 'D', 'R',  0,    0,    0xea, 0x60, 0,    0,
                                   0xea, 0x60, 8,   0,   0,    0,    0,    0x62, 0x9e, 0x13, 0x51,
                                   0,    0,    0,   0,   'I',  'D',  'A',  'T'};

static void write_bad_files(Fixture *f)
{
    g_autoptr(CameraScene) scene = scene_of(GTIN_LINK, NULL);
    CameraScene *const scenes[] = {scene};
    const int counts[] = {8};
    g_autofree char *video = path_of(f, "good.mkv"), *picture = path_of(f, "good.png");
    camera_scene_save_video(scenes, counts, 1, video);
    camera_scene_save(scene, picture);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(video, &bytes, &length, NULL));
    put(f, "cut.mkv", bytes, length / 50);
    memset(bytes + 64, 0x5a, length - 64);
    put(f, "spoilt.mkv", bytes, length);
    g_clear_pointer(&bytes, g_free);
    g_assert_true(g_file_get_contents(picture, &bytes, &length, NULL));
    put(f, "cut.png", bytes, 40);
    memset(bytes + 60, 0xa5, length - 60);
    put(f, "spoilt.png", bytes, length);
    put(f, "empty.jpg", "", 0);
    put(f, "words.png", "not a picture at all, but words\n", 32);
    put(f, "huge.png", huge_png, sizeof huge_png);
    char noise[20000];
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    for (gsize i = 0; i < sizeof noise; i++) {
        noise[i] = (char)g_rand_int(rand);
    }
    put(f, "noise.mp4", noise, sizeof noise);
    /* Its header is right, each picture in it is no JPEG. */
    g_remove(video);
    g_remove(picture);
}

static void test_bad_files(Fixture *f, gconstpointer data)
{
    static const char *const names[] = {"cut.mkv",   "spoilt.mkv", "cut.png",  "spoilt.png",
                                        "empty.jpg", "words.png",  "huge.png", "noise.mp4"};
    write_bad_files(f);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = path_of(f, names[i]);
        ui_camera_start(f->camera, path);
        wait_until(f, has_settled);
        if (ui_camera_state(f->camera) == UI_CAMERA_LOST) {
            assert_sentence(ui_camera_sentence(f->camera));
            g_assert_nonnull(strstr(ui_camera_sentence(f->camera), names[i]));
        }
        ui_camera_stop(f->camera);
        g_assert_cmpstr(f->log->str, ==, "");
    }
}

/* --- for a long day ----------------------------------------------------------------------------------------------- */

static gsize resident_kib(void)
{
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
    g_auto(GStrv) words = g_strsplit(text, " ", 3);
    return (gsize)g_ascii_strtoull(words[1], NULL, 10) * 4;
}

static guint count_entries(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint count = 0;
    while (g_dir_read_name(dir) != NULL) {
        count++;
    }
    return count;
}

/* Switched on and off many times: no thread, no open file and no memory stays. */
static void test_cycles(Fixture *f, gconstpointer data)
{
    g_autoptr(CameraScene) scene = camera_scene_new(320, 240);
    g_autofree char *path = path_of(f, "picture.png");
    camera_scene_save(scene, path);
    gsize memory = 0;
    guint threads = 0, files = 0;
    for (int i = 0; i < 60; i++) {
        if (i == 20) {
            memory = resident_kib();
            threads = count_entries("/proc/self/task");
            files = count_entries("/proc/self/fd");
        }
        ui_camera_start(f->camera, path);
        wait_until(f, is_live);
        ui_camera_close(f->camera);
        ui_camera_start(f->camera, path); /* and off before it has begun */
        ui_camera_close(f->camera);
    }
    g_assert_cmpuint(count_entries("/proc/self/task"), <=, threads + 2);
    g_assert_cmpuint(count_entries("/proc/self/fd"), <=, files + 2);
    g_assert_cmpuint(resident_kib(), <, memory + 6 * 1024);
}

static bool has_many_frames(Fixture *f);
static CameraServer *many_server;
static guint many_wanted;

static bool has_many_frames(Fixture *f)
{
    return camera_server_frames(many_server) >= many_wanted;
}

/* Thousands of frames as fast as they come: memory stays, the code counts once. */
static void test_many_frames(Fixture *f, gconstpointer data)
{
    g_autoptr(CameraScene) scene = camera_scene_new(320, 240);
    camera_scene_add_qr(scene, GTIN_LINK, 60, 60, 4);
    g_autoptr(GBytes) jpeg = camera_scene_jpeg(scene);
    many_server = camera_server_new(0, jpeg, 1);
    g_autofree char *address =
        g_strdup_printf("http://127.0.0.1:%u/", camera_server_port(many_server));
    ui_camera_start(f->camera, address);
    many_wanted = 500;
    wait_until(f, has_many_frames);
    const gsize memory = resident_kib();
    many_wanted = 3000;
    wait_until(f, has_many_frames);
    g_assert_cmpuint(resident_kib(), <, memory + 4 * 1024);
    g_assert_cmpstr(f->log->str, ==, "Q");
    ui_camera_close(f->camera);
    camera_server_free(many_server);
}

/* --- on the screen ------------------------------------------------------------------------------------------------ */

static GtkLabel *find_label(GtkWidget *widget, const char *text)
{
    if (GTK_IS_LABEL(widget) && strcmp(gtk_label_get_label(GTK_LABEL(widget)), text) == 0) {
        return GTK_LABEL(widget);
    }
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        GtkLabel *found = find_label(child, text);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

/* The view says what the camera says, where its picture would be. */
static void test_view(Fixture *f, gconstpointer data)
{
    GtkWidget *view = g_object_ref_sink(g_object_new(UI_TYPE_CAMERA_VIEW, NULL));
    ui_camera_view_set_camera(UI_CAMERA_VIEW(view), f->camera);
    g_assert_false(gtk_widget_get_visible(view));
    g_autofree char *path = path_of(f, "later.png");
    ui_camera_start(f->camera, path);
    g_assert_true(gtk_widget_get_visible(view));
    wait_until(f, is_lost);
    GtkLabel *label = find_label(view, ui_camera_sentence(f->camera));
    g_assert_nonnull(label);
    g_assert_true(gtk_widget_get_visible(gtk_widget_get_parent(GTK_WIDGET(label))));
    g_autoptr(CameraScene) scene = scene_of(GTIN_LINK, NULL);
    camera_scene_save(scene, path);
    wait_until(f, is_live);
    g_assert_false(gtk_widget_get_visible(gtk_widget_get_parent(GTK_WIDGET(label))));
    ui_camera_stop(f->camera);
    g_assert_false(gtk_widget_get_visible(view));
    ui_camera_view_set_camera(UI_CAMERA_VIEW(view), NULL);
    g_object_unref(view);
}

#define ADD(name, data, function)                                                                  \
    g_test_add("/ui/camera/" name, Fixture, data, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_setenv("GTK_A11Y", "test", TRUE);
    gtk_test_init(&argc, &argv, NULL);
    /* GStreamer complains now and then that a pipeline which failed on its way up was not yet all the way down; that is
     * no fault of what is tested here. */
    g_log_set_always_fatal(G_LOG_FATAL_MASK);
    ADD("picture/png", "ean.png", test_picture);
    ADD("picture/jpeg", "ean.jpg", test_picture);
    ADD("picture/uri", NULL, test_address_of_file);
    ADD("video/leaves_and_returns", NULL, test_leaves_and_returns);
    ADD("video/ean_and_qr_of_one_gtin", NULL, test_twins);
    ADD("video/repeats", NULL, test_video_repeats);
    ADD("video/trigger", NULL, test_trigger);
    ADD("back/network", NULL, test_network_camera);
    ADD("back/file", NULL, test_file_comes);
    ADD("none/first", "", test_no_camera);
    ADD("none/device", "/dev/coster-no-such-camera", test_no_camera);
    ADD("none/addresses", NULL, test_bad_address);
    ADD("none/files", NULL, test_bad_files);
    ADD("long/cycles", NULL, test_cycles);
    ADD("long/frames", NULL, test_many_frames);
    ADD("view", NULL, test_view);
    return g_test_run();
}

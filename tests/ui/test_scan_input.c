/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/scan_input in a window with real keys (XTest): whatever has the focus, whatever the desktop's layout, what a
 * scanner types arrives whole, what a person types stays, and nothing that a scanner sends presses a button. */
#include "ui/pad.h"
#include "ui/scan_input.h"

#include <adwaita.h>
#include <dlfcn.h>
#include <string.h>

/* The few calls of Xlib and XTest that play a keyboard; loaded here so that the build needs none of their headers. */
typedef struct {
    void *display;
    int (*key)(void *display, unsigned code, int down, unsigned long delay);
    int (*sync)(void *display, int discard);
} Keyboard;

typedef struct {
    Keyboard keyboard;
    GtkWindow *window;
    GtkWidget *entry, *button, *pad;
    UiScanInput *input;
    GPtrArray *codes;  /* char* */
    unsigned pressed;  /* times that the button was */
    unsigned own_keys; /* keys that were no scanner's */
    bool scans;
} Fixture;

static Keyboard keyboard_open(void)
{
    void *x = dlopen("libX11.so.6", RTLD_NOW);
    void *test = dlopen("libXtst.so.6", RTLD_NOW);
    g_assert_nonnull(x);
    g_assert_nonnull(test);
    void *(*open_display)(const char *) = (void *(*)(const char *))dlsym(x, "XOpenDisplay");
    Keyboard keyboard = {
        open_display(NULL),
        (int (*)(void *, unsigned, int, unsigned long))dlsym(test, "XTestFakeKeyEvent"),
        (int (*)(void *, int))dlsym(x, "XSync")};
    g_assert_nonnull(keyboard.display);
    return keyboard;
}

/* A limit for what comes at once. */
#define LIMIT_US (15 * G_USEC_PER_SEC)

#define wait_until(condition)                                                                      \
    do {                                                                                           \
        const gint64 limit_us = g_get_monotonic_time() + LIMIT_US;                                 \
        while (!(condition)) {                                                                     \
            g_assert_cmpint(g_get_monotonic_time(), <, limit_us);                                  \
            g_main_context_iteration(NULL, FALSE);                                                 \
            g_usleep(200);                                                                         \
        }                                                                                          \
    } while (0)

/* The server itself waits 1 ms before each key of a scanner: then a busy machine does not slow the scanner down. */
static void send_key(Fixture *fixture, unsigned code, bool down)
{
    fixture->keyboard.key(fixture->keyboard.display, code + 8, down ? 1 : 0,
                          fixture->scans && down ? 1 : 0);
    if (!fixture->scans) {
        fixture->keyboard.sync(fixture->keyboard.display, 0);
    }
}

static void stroke(Fixture *fixture, unsigned code, unsigned modifier)
{
    if (modifier != 0) {
        send_key(fixture, modifier, true);
    }
    send_key(fixture, code, true);
    send_key(fixture, code, false);
    if (modifier != 0) {
        send_key(fixture, modifier, false);
    }
}

/* The window goes on meanwhile, as it does beside a real keyboard. */
static void idle_ms(unsigned ms)
{
    const gint64 end_us = g_get_monotonic_time() + (gint64)ms * 1000;
    while (g_get_monotonic_time() < end_us) {
        g_main_context_iteration(NULL, FALSE);
        g_usleep(500);
    }
}

/* gap_ms is the speed of the device that is played. */
static void type(Fixture *fixture, const char *text, unsigned gap_ms)
{
    for (const char *c = text; *c != '\0'; c++) {
        bool shift = false;
        if (*c == '\n' || *c == '\x1d') {
            stroke(fixture, *c == '\n' ? POS_KEY_ENTER : 27, *c == '\n' ? 0 : 29);
        } else {
            const unsigned code = pos_key_code(*c, &shift);
            stroke(fixture, code, shift ? 42 : 0);
        }
        if (!fixture->scans) {
            idle_ms(gap_ms);
        }
    }
}

static void scan(Fixture *fixture, const char *text)
{
    const guint before = fixture->codes->len;
    fixture->scans = true;
    type(fixture, text, 0);
    fixture->keyboard.sync(fixture->keyboard.display, 0);
    fixture->scans = false;
    wait_until(fixture->codes->len > before);
    g_assert_cmpuint(fixture->codes->len, ==, before + 1);
}

static const char *last_code(Fixture *fixture)
{
    return fixture->codes->len == 0 ? "" : fixture->codes->pdata[fixture->codes->len - 1];
}

static Fixture *current;

static gboolean on_key(GtkWindow *window, guint keyval, GdkModifierType state)
{
    current->own_keys++;
    if (gtk_window_get_focus(window) == current->button) {
        return ui_pad_key(UI_PAD(current->pad), keyval);
    }
    return FALSE;
}

static void on_arrived(Fixture *fixture, const UiArrival *arrival)
{
    g_assert_cmpint(arrival->verdict, ==, POS_SCANNER_TEXT);
    g_ptr_array_add(fixture->codes, g_strndup(arrival->text, arrival->length));
}

static void on_clicked(Fixture *fixture)
{
    fixture->pressed++;
}

static bool set_layout(const char *layout)
{
    const char *argv[] = {"setxkbmap", "-layout", layout, NULL};
    int status = -1;
    return g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                        NULL, NULL, NULL, NULL, &status, NULL) &&
           status == 0;
}

static void set_up(Fixture *fixture, gconstpointer unused)
{
    current = fixture;
    fixture->keyboard = keyboard_open();
    fixture->codes = g_ptr_array_new_with_free_func(g_free);
    fixture->window = GTK_WINDOW(g_object_ref_sink(gtk_window_new()));
    fixture->entry = gtk_entry_new();
    fixture->button = gtk_button_new_with_label("Pay");
    fixture->pad = ui_pad_new();
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4);
    gtk_box_append(GTK_BOX(box), fixture->entry);
    gtk_box_append(GTK_BOX(box), fixture->button);
    gtk_box_append(GTK_BOX(box), fixture->pad);
    gtk_window_set_child(fixture->window, box);
    gtk_window_set_default_widget(fixture->window, fixture->button);
    gtk_entry_set_activates_default(GTK_ENTRY(fixture->entry), TRUE);
    g_signal_connect_swapped(fixture->button, "clicked", G_CALLBACK(on_clicked), fixture);
    fixture->input = ui_scan_input_new(fixture->window, on_key);
    g_signal_connect_swapped(fixture->input, "arrived", G_CALLBACK(on_arrived), fixture);
    gtk_window_present(fixture->window);
    gtk_test_widget_wait_for_draw(GTK_WIDGET(fixture->window));
    wait_until(gtk_window_is_active(fixture->window));
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    ui_scan_input_stop(fixture->input);
    gtk_window_destroy(fixture->window);
    g_object_unref(fixture->window);
    g_object_unref(fixture->input);
    g_ptr_array_unref(fixture->codes);
}

static const char *entry_text(Fixture *fixture)
{
    return gtk_editable_get_text(GTK_EDITABLE(fixture->entry));
}

static void what_a_person_types_stays(Fixture *fixture, gconstpointer unused)
{
    gtk_widget_grab_focus(fixture->entry);
    gtk_editable_set_text(GTK_EDITABLE(fixture->entry), "딸기 ");
    gtk_editable_set_position(GTK_EDITABLE(fixture->entry), -1);
    type(fixture, "ab1", 60);
    wait_until(strcmp(entry_text(fixture), "딸기 ab1") == 0);
    idle_ms(60);
    scan(fixture, "https://id.gs1.org/01/09520000010379/10/L1?17=261130\n");
    g_assert_cmpstr(last_code(fixture), ==, "https://id.gs1.org/01/09520000010379/10/L1?17=261130");
    g_assert_cmpstr(entry_text(fixture), ==, "딸기 ab1");
    idle_ms(60);
    type(fixture, "c2", 60);
    wait_until(strcmp(entry_text(fixture), "딸기 ab1c2") == 0);
    g_assert_cmpuint(fixture->codes->len, ==, 1);
    g_assert_cmpuint(fixture->pressed, ==, 0);
}

static void nothing_scanned_presses_a_button(Fixture *fixture, gconstpointer unused)
{
    static const char *const codes[] = {"8801234560010\n\n", "]E08801234560010\n", "u01\n",
                                        " A B C1\n\n",
                                        "]d2010952000001037910AB\x1d"
                                        "3103000450\n"};
    static const char *const read[] = {"8801234560010", "]E08801234560010", "u01", " A B C1",
                                       "]d2010952000001037910AB\x1d"
                                       "3103000450"};
    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
        gtk_widget_grab_focus(fixture->button);
        ui_pad_set_text(UI_PAD(fixture->pad), "42");
        idle_ms(80);
        scan(fixture, codes[i]);
        idle_ms(120); /* a button that was pressed would say so by now */
        g_assert_cmpstr(last_code(fixture), ==, read[i]);
        g_assert_cmpuint(fixture->pressed, ==, 0);
        g_assert_cmpstr(ui_pad_text(UI_PAD(fixture->pad)), ==, "42");
        g_assert_true(gtk_window_get_focus(fixture->window) == fixture->button);
    }
    /* An entry that activates the default button on Enter does not, either. */
    gtk_widget_grab_focus(fixture->entry);
    scan(fixture, "8801234560010\n\n");
    idle_ms(120);
    g_assert_cmpuint(fixture->pressed, ==, 0);
}

static void a_person_presses_buttons_by_key(Fixture *fixture, gconstpointer unused)
{
    gtk_widget_grab_focus(fixture->button);
    type(fixture, " ", 0);
    wait_until(fixture->pressed == 1);
    idle_ms(300); /* a GtkButton takes no second press for a quarter of a second */
    stroke(fixture, POS_KEY_ENTER, 0);
    wait_until(fixture->pressed == 2);
    g_assert_cmpuint(fixture->codes->len, ==, 0);
}

static void the_same_code_counts_each_time(Fixture *fixture, gconstpointer unused)
{
    gtk_widget_grab_focus(fixture->button);
    for (int i = 0; i < 20; i++) {
        scan(fixture, "8801234560010\n");
        g_assert_cmpstr(last_code(fixture), ==, "8801234560010");
    }
}

static void layouts_and_caps_lock_change_nothing(Fixture *fixture, gconstpointer unused)
{
    static const char *const layouts[] = {"de", "fr", "ru", "kr", "us"};
    static const char code[] = "]Q3010952000001037910aB-7z\x1d"
                               "y3103000450?&=:/";
    if (!set_layout("us")) {
        g_test_skip("setxkbmap is not here or cannot set a layout");
        return;
    }
    gtk_widget_grab_focus(fixture->entry);
    for (gsize i = 0; i < G_N_ELEMENTS(layouts); i++) {
        g_autofree char *line = g_strconcat(code, "\n", NULL);
        g_assert_true(set_layout(layouts[i]));
        idle_ms(50);
        if (strcmp(layouts[i], "ru") == 0) { /* what a person types does change */
            type(fixture, "a", 80);
            wait_until(strcmp(entry_text(fixture), "ф") == 0);
            gtk_editable_set_text(GTK_EDITABLE(fixture->entry), "");
        }
        scan(fixture, line);
        g_assert_cmpstr(last_code(fixture), ==, code);
        g_assert_cmpstr(entry_text(fixture), ==, "");
        stroke(fixture, 58, 0); /* Caps Lock */
        scan(fixture, line);
        g_assert_cmpstr(last_code(fixture), ==, code);
        g_assert_cmpstr(entry_text(fixture), ==, "");
        stroke(fixture, 58, 0);
        idle_ms(50);
    }
}

static void a_key_held_down_is_a_persons(Fixture *fixture, gconstpointer unused)
{
    gtk_widget_grab_focus(fixture->entry);
    send_key(fixture, 11, true); /* 0 */
    wait_until(strlen(entry_text(fixture)) >= 8);
    send_key(fixture, 11, false);
    idle_ms(400);
    g_assert_cmpuint(fixture->codes->len, ==, 0);
    g_assert_cmpuint(strlen(entry_text(fixture)), >=, 8);
}

static void a_code_without_an_ending_arrives(Fixture *fixture, gconstpointer unused)
{
    gtk_widget_grab_focus(fixture->entry);
    scan(fixture, "96385074");
    g_assert_cmpstr(last_code(fixture), ==, "96385074");
    g_assert_cmpstr(entry_text(fixture), ==, "");
}

#define CASE(function)                                                                             \
    g_test_add("/ui/scan_input/" #function, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    gtk_test_init(&argc, &argv, NULL);
    adw_init();
    CASE(what_a_person_types_stays);
    CASE(nothing_scanned_presses_a_button);
    CASE(a_person_presses_buttons_by_key);
    CASE(the_same_code_counts_each_time);
    CASE(layouts_and_caps_lock_change_nothing);
    CASE(a_key_held_down_is_a_persons);
    CASE(a_code_without_an_ending_arrives);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The script's runner: a tick looks whether the window is at rest and then carries out the next line. */
#include "ui/script.h"

#include "pos/bounds.h"
#include "pos/error.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define TICK_MS 25
#define QUIET_TICKS 4       /* ticks at rest before the next line: frames are drawn meanwhile */
#define WAIT_TICKS_MAX 1600 /* 40 s until a wait is given up */
#define SCRIPT_BYTES_MAX (1024 * 1024)

struct UiScript {
    GPtrArray *steps; /* json_t* */
    guint next, quiet, waited, source;
    UiWindow *window;
    int status;
};

typedef enum { STEP_DONE, STEP_WAIT, STEP_FAILED } Step;

bool ui_script_save_picture(GtkWidget *window, const char *path, GError **error)
{
    const int width = gtk_widget_get_width(window), height = gtk_widget_get_height(window);
    g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new(window);
    GtkSnapshot *snapshot = gtk_snapshot_new();
    gdk_paintable_snapshot(paintable, GDK_SNAPSHOT(snapshot), width, height);
    GskRenderNode *node = gtk_snapshot_free_to_node(snapshot);
    if (node == NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("The window shows nothing yet."));
        return false;
    }
    GskRenderer *renderer = gtk_native_get_renderer(GTK_NATIVE(window));
    graphene_rect_t whole = GRAPHENE_RECT_INIT(0, 0, (float)width, (float)height);
    g_autoptr(GdkTexture) texture = gsk_renderer_render_texture(renderer, node, &whole);
    gsk_render_node_unref(node);
    if (!gdk_texture_save_to_png(texture, path)) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("The picture %s cannot be written; check the folder and its free space."),
                    path);
        return false;
    }
    return true;
}

static const char *text_of(const json_t *step, const char *key)
{
    const char *text = json_string_value(json_object_get(step, key));
    return text != NULL ? text : "";
}

static int64_t number_of(const json_t *step, const char *key)
{
    return json_integer_value(json_object_get(step, key));
}

static UiPad *pad_of_page(UiWindow *window)
{
    return strcmp(ui_window_page(window), "login") == 0 ? ui_login_view_pad(ui_window_login(window))
                                                        : ui_sale_view_pad(ui_window_sale(window));
}

static Step step_wait(UiWindow *window, const json_t *step)
{
    const json_t *page = json_object_get(step, "page");
    const json_t *lines = json_object_get(step, "lines");
    if (json_is_string(page) && strcmp(json_string_value(page), ui_window_page(window)) != 0) {
        return STEP_WAIT;
    }
    if (json_is_true(json_object_get(step, "online")) &&
        ui_window_link(window) != SYNC_LINK_ONLINE) {
        return STEP_WAIT;
    }
    if (json_is_integer(lines) &&
        json_integer_value(lines) > (json_int_t)ui_sale_view_lines(ui_window_sale(window))) {
        return STEP_WAIT;
    }
    return STEP_DONE;
}

static Step step_login(UiWindow *window, const json_t *step)
{
    if (!ui_login_view_choose(ui_window_login(window), text_of(step, "operator"))) {
        return STEP_WAIT;
    }
    ui_pad_set_text(ui_login_view_pad(ui_window_login(window)), text_of(step, "pin"));
    ui_pad_accept(ui_login_view_pad(ui_window_login(window)));
    return STEP_DONE;
}

static Step step_float(UiWindow *window, const json_t *step)
{
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, number_of(step, "amount"));
    ui_pad_set_text(ui_login_view_pad(ui_window_login(window)), digits);
    ui_pad_accept(ui_login_view_pad(ui_window_login(window)));
    return STEP_DONE;
}

static Step step_scan(UiWindow *window, const json_t *step)
{
    const char *text = text_of(step, "text");
    ui_window_scan(window, text, strlen(text));
    return STEP_DONE;
}

static Step step_search(UiWindow *window, const json_t *step)
{
    ui_picker_set_text(ui_sale_view_picker(ui_window_sale(window)), text_of(step, "text"));
    return STEP_DONE;
}

static Step step_category(UiWindow *window, const json_t *step)
{
    const char *id = json_string_value(json_object_get(step, "id"));
    return ui_picker_choose_category(ui_sale_view_picker(ui_window_sale(window)), id) ? STEP_DONE
                                                                                      : STEP_WAIT;
}

static Step step_type(UiWindow *window, const json_t *step)
{
    ui_pad_set_text(pad_of_page(window), text_of(step, "digits"));
    return STEP_DONE;
}

static Step step_enter(UiWindow *window, const json_t *step)
{
    ui_pad_accept(pad_of_page(window));
    return STEP_DONE;
}

static Step step_act(UiWindow *window, const json_t *step)
{
    return ui_sale_view_act(ui_window_sale(window), text_of(step, "what")) ? STEP_DONE
                                                                           : STEP_FAILED;
}

/* Text into the command line, or the entry of the question, and Return. */
static Step step_say(UiWindow *window, const json_t *step)
{
    UiSaleView *sale = ui_window_sale(window);
    ui_sale_view_answer(sale, text_of(step, "text"));
    return STEP_DONE;
}

static Step step_choose(UiWindow *window, const json_t *step)
{
    const int64_t number = number_of(step, "number");
    return number >= 1 && ui_sale_view_choose(ui_window_sale(window), (guint)number - 1)
               ? STEP_DONE
               : STEP_WAIT;
}

static Step step_scale(UiWindow *window, const json_t *step)
{
    const int64_t percent = number_of(step, "percent");
    g_object_set(gtk_settings_get_default(), "gtk-xft-dpi",
                 (int)(96 * 1024 * CLAMP(percent, 50, 400) / 100), NULL);
    return STEP_DONE;
}

static Step step_pay(UiWindow *window, const json_t *step)
{
    return ui_sale_view_act(ui_window_sale(window), "pay") ? STEP_DONE : STEP_FAILED;
}

static Step step_tender(UiWindow *window, const json_t *step)
{
    if (strcmp(ui_window_page(window), "tender") != 0) {
        return STEP_WAIT;
    }
    UiTenderView *tender = ui_window_tender(window);
    const char *what = text_of(step, "do");
    if (strcmp(what, "cash") == 0) {
        ui_tender_view_pay(tender, POS_TENDER_CASH, pos_money(number_of(step, "amount")));
    } else if (strcmp(what, "exact") == 0) {
        ui_tender_view_pay_exact(tender);
    } else if (strcmp(what, "card") == 0) {
        ui_tender_view_key(tender, GDK_KEY_F11);
        ui_tender_view_key(tender, GDK_KEY_Return); /* it said yes */
    } else {
        ui_tender_view_key(tender, GDK_KEY_Escape);
    }
    return STEP_DONE;
}

static Step step_next(UiWindow *window, const json_t *step)
{
    if (strcmp(ui_window_page(window), "receipt") != 0) {
        return STEP_WAIT;
    }
    ui_receipt_view_next(ui_window_receipt(window));
    return STEP_DONE;
}

static Step step_camera(UiWindow *window, const json_t *step)
{
    ui_window_set_camera(window, json_is_true(json_object_get(step, "on")));
    return STEP_DONE;
}

static Step step_dark(UiWindow *window, const json_t *step)
{
    adw_style_manager_set_color_scheme(adw_style_manager_get_default(),
                                       json_is_true(json_object_get(step, "on"))
                                           ? ADW_COLOR_SCHEME_FORCE_DARK
                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
    return STEP_DONE;
}

static Step step_size(UiWindow *window, const json_t *step)
{
    const int64_t width = number_of(step, "width"), height = number_of(step, "height");
    if (width < 320 || width > 8192 || height < 240 || height > 8192) {
        return STEP_FAILED;
    }
    gtk_window_set_default_size(GTK_WINDOW(window), (int)width, (int)height);
    return STEP_DONE;
}

static Step step_screenshot(UiWindow *window, const json_t *step)
{
    g_autoptr(GError) error = NULL;
    if (!ui_script_save_picture(GTK_WIDGET(window), text_of(step, "path"), &error)) {
        if (g_error_matches(error, POS_ERROR, POS_ERROR_NOT_FOUND)) {
            return STEP_WAIT; /* it is being laid out anew */
        }
        g_printerr("coster-window: %s\n", error->message);
        return STEP_FAILED;
    }
    return STEP_DONE;
}

static Step step_enrol(UiWindow *window, const json_t *step)
{
    if (strcmp(ui_window_page(window), "enrol") != 0) {
        return STEP_WAIT;
    }
    ui_enrol_view_submit(ui_window_enrol(window), text_of(step, "url"), text_of(step, "code"));
    return STEP_DONE;
}

static Step step_quit(UiWindow *window, const json_t *step)
{
    gtk_window_close(GTK_WINDOW(window));
    return STEP_DONE;
}

static const struct {
    const char *name;
    Step (*run)(UiWindow *window, const json_t *step);
} actions[] = {
    {"enrol", step_enrol},
    {"login", step_login},
    {"float", step_float},
    {"scan", step_scan},
    {"search", step_search},
    {"category", step_category},
    {"type", step_type},
    {"enter", step_enter},
    {"act", step_act},
    {"say", step_say},
    {"choose", step_choose},
    {"text-size", step_scale},
    {"pay", step_pay},
    {"cash", step_tender},
    {"exact", step_tender},
    {"card", step_tender},
    {"back", step_tender},
    {"next", step_next},
    {"camera", step_camera},
    {"dark", step_dark},
    {"size", step_size},
    {"wait", step_wait},
    {"screenshot", step_screenshot},
    {"quit", step_quit},
};

static int action_index(const json_t *step)
{
    const char *name = text_of(step, "do");
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (strcmp(actions[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static void fail(UiScript *script, const char *why)
{
    const json_t *step = script->steps->pdata[script->next];
    g_printerr("coster-window: script action %u (\"%s\") %s, while the page was \"%s\".\n",
               script->next + 1, text_of(step, "do"), why, ui_window_page(script->window));
    script->status = 1;
    gtk_window_close(GTK_WINDOW(script->window));
}

static gboolean on_tick(gpointer user)
{
    UiScript *script = user;
    if (script->next >= script->steps->len) {
        script->source = 0;
        return G_SOURCE_REMOVE;
    }
    script->quiet = ui_window_is_idle(script->window) ? script->quiet + 1 : 0;
    script->waited++;
    if (script->waited > WAIT_TICKS_MAX) {
        script->source = 0;
        fail(script, "was waited for too long");
        return G_SOURCE_REMOVE;
    }
    if (script->quiet < QUIET_TICKS) {
        return G_SOURCE_CONTINUE;
    }
    const json_t *step = script->steps->pdata[script->next];
    switch (actions[action_index(step)].run(script->window, step)) {
    case STEP_WAIT:
        return G_SOURCE_CONTINUE;
    case STEP_FAILED:
        script->source = 0;
        fail(script, "could not be carried out");
        return G_SOURCE_REMOVE;
    case STEP_DONE:
        break;
    }
    script->next++;
    script->quiet = 0;
    script->waited = 0;
    return G_SOURCE_CONTINUE;
}

void ui_script_start(UiScript *script, UiWindow *window)
{
    g_assert(script->source == 0);
    script->window = window;
    g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
    script->source = g_timeout_add(TICK_MS, on_tick, script);
}

UiScript *ui_script_load(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, error)) {
        return NULL;
    }
    if (length > SCRIPT_BYTES_MAX) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("The script %s is too long."), path);
        return NULL;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(UiScript) script = g_new0(UiScript, 1);
    script->steps = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    for (guint i = 0; lines[i] != NULL; i++) {
        const char *line = g_strstrip(lines[i]);
        if (line[0] == '\0' || line[0] == '#') {
            continue;
        }
        json_t *step = pos_json_parse_object(line, strlen(line), POS_BOUND_COMMAND_BYTES, error);
        if (step == NULL) {
            g_prefix_error(error, _("Line %u of the script %s: "), i + 1, path);
            return NULL;
        }
        g_ptr_array_add(script->steps, step);
        if (action_index(step) < 0) {
            g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                        _("Line %u of the script %s has no known action in \"do\"."), i + 1, path);
            return NULL;
        }
    }
    return g_steal_pointer(&script);
}

int ui_script_exit_status(const UiScript *script)
{
    return script->status;
}

void ui_script_free(UiScript *script)
{
    if (script != NULL) {
        g_clear_handle_id(&script->source, g_source_remove);
        g_ptr_array_unref(script->steps);
        g_free(script);
    }
}

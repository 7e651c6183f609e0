/* SPDX-License-Identifier: GPL-3.0-or-later
 * The shell of the manager's screens. It decides nothing: it opens the folder, logs in, shows pages and what the link is like. */
#include "ui/manager_window.h"

#include "ui/closures.h"
#include "ui/enrol_view.h"
#include "ui/form.h"
#include "ui/new_shop_view.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define HEADER_S 5

static const UiManagerPage *const PAGES[] = {
    &ui_manager_morning_page, &ui_manager_inventory_page, &ui_manager_receive_page,
    &ui_manager_count_page,   &ui_manager_waste_page,     &ui_manager_order_page,
    &ui_manager_price_page,   &ui_manager_recall_page,    &ui_manager_figures_page,
    &ui_manager_inbox_page,   &ui_manager_people_page,    &ui_manager_setup_page};

struct _UiManagerWindow {
    AdwApplicationWindow parent;
    UiManager manager;
    AdwWindowTitle *title;
    GtkLabel *link;
    GtkStack *outer, *pages;
    GtkListBox *nav;
    UiEnrolView *enrol;
    UiNewShopView *new_shop;
    GtkLabel *problem, *login_said;
    GtkListBox *people;
    GtkEditable *pin;
    GtkWidget *roots[G_N_ELEMENTS(PAGES)]; /* NULL until it is first seen */
    guint tick;
    bool enrolling;
};
G_DEFINE_FINAL_TYPE(UiManagerWindow, ui_manager_window, ADW_TYPE_APPLICATION_WINDOW)

static UiManagerWindow *window_of(UiManager *manager)
{
    return manager->window;
}

const char *ui_manager_window_page(UiManagerWindow *self)
{
    const char *outer = gtk_stack_get_visible_child_name(self->outer);
    return strcmp(outer, "pages") == 0 ? gtk_stack_get_visible_child_name(self->pages) : outer;
}

/* --- pages --------------------------------------------------------------------------------------------------------- */

static int page_index(UiManagerWindow *self)
{
    const char *name = gtk_stack_get_visible_child_name(self->pages);
    for (gsize i = 0; i < G_N_ELEMENTS(PAGES); i++) {
        if (g_strcmp0(PAGES[i]->name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static void show_page(UiManagerWindow *self, gsize index)
{
    const UiManagerPage *page = PAGES[index];
    if (self->roots[index] == NULL) {
        self->roots[index] = page->build(&self->manager);
        g_object_set_data(G_OBJECT(self->roots[index]), "show", (gpointer)page->show);
        gtk_stack_add_named(self->pages, self->roots[index], page->name);
    }
    gtk_widget_set_visible(self->manager.prompt, FALSE);
    ui_manager_say(&self->manager, "info", NULL);
    gtk_stack_set_visible_child_name(self->pages, page->name);
    if (page->show != NULL) {
        page->show(self->roots[index]);
    }
}

static void on_nav(UiManagerWindow *self, GtkListBoxRow *row)
{
    if (row != NULL) {
        show_page(self, (gsize)gtk_list_box_row_get_index(row));
    }
}

static void go(UiManager *manager, const char *name)
{
    UiManagerWindow *self = window_of(manager);
    for (gsize i = 0; i < G_N_ELEMENTS(PAGES); i++) {
        if (strcmp(PAGES[i]->name, name) == 0) {
            gtk_list_box_select_row(self->nav, gtk_list_box_get_row_at_index(self->nav, (int)i));
        }
    }
}

/* --- the header ------------------------------------------------------------------------------------------------------ */

static void on_header(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiManagerWindow) self = user;
    g_autoptr(json_t) answer = ui_manage_thread_ask_finish(UI_MANAGE_THREAD(source), result);
    const char *link = ui_manager_text(answer, "link");
    bool online = strcmp(link, "online") == 0;
    bool fault = strcmp(link, "refused") == 0 || strcmp(link, "forked") == 0;
    g_autofree char *sent =
        ui_format_unsent(ui_manager_number(answer, "unsent"),
                         ui_manager_number(answer, "unsent_since_ms"), self->manager.zone);
    g_autofree char *words = g_strdup_printf("%s · %s",
                                             online  ? _("Online")
                                             : fault ? _("Needs a new code")
                                                     : _("Offline"),
                                             sent);
    const char *classes[] = {online  ? "manager-green"
                             : fault ? "manager-red"
                                     : "manager-amber",
                             NULL};
    if (json_object_get(answer, "link") == NULL) {
        return;
    }
    gtk_label_set_text(self->link, words);
    gtk_widget_set_css_classes(GTK_WIDGET(self->link), classes);
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->link), ui_manager_text(answer, "fault"));
}

static void refresh_header(UiManagerWindow *self)
{
    if (self->manager.thread != NULL && self->manager.store != NULL) {
        ui_manage_thread_ask(self->manager.thread, json_pack("{s:s}", "do", "header"), on_header,
                             g_object_ref(self));
    }
}

static gboolean on_tick(gpointer user)
{
    refresh_header(user);
    return G_SOURCE_CONTINUE;
}

static void on_changed(UiManagerWindow *self)
{
    refresh_header(self);
}

/* --- the log-in ------------------------------------------------------------------------------------------------------ */

static void on_logged_in(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiManagerWindow) self = user;
    g_autoptr(json_t) answer = ui_manage_thread_ask_finish(UI_MANAGE_THREAD(source), result);
    if (strcmp(ui_manager_text(answer, "event"), "login") != 0) {
        ui_form_say(self->login_said, "error", ui_manager_text(answer, "message"));
        return;
    }
    g_free(self->manager.operator_id);
    g_free(self->manager.operator_name);
    self->manager.operator_id = g_strdup(ui_manager_text(answer, "operator"));
    self->manager.operator_name = g_strdup(ui_manager_text(answer, "name"));
    adw_window_title_set_subtitle(self->title, self->manager.operator_name);
    ui_form_say(self->login_said, "info", NULL);
    gtk_stack_set_visible_child_name(self->outer, "pages");
    go(&self->manager, "morning");
}

static void log_in(UiManagerWindow *self)
{
    GtkListBoxRow *row = gtk_list_box_get_selected_row(self->people);
    if (row == NULL) {
        ui_form_say(self->login_said, "error", _("Choose who you are first."));
        return;
    }
    ui_manage_thread_ask(self->manager.thread,
                         json_pack("{s:s, s:s, s:s}", "do", "login", "operator",
                                   (const char *)g_object_get_data(G_OBJECT(row), "of"), "pin",
                                   gtk_editable_get_text(self->pin)),
                         on_logged_in, g_object_ref(self));
    gtk_editable_set_text(self->pin, "");
}

static void on_people(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiManagerWindow) self = user;
    g_autoptr(json_t) answer = ui_manage_thread_ask_finish(UI_MANAGE_THREAD(source), result);
    size_t i;
    json_t *person;
    ui_manager_list_clear(self->people);
    json_array_foreach(json_object_get(answer, "rows"), i, person)
    {
        if (!json_is_true(json_object_get(person, "manages"))) {
            continue;
        }
        GtkWidget *row = ui_manager_row(ui_manager_text(person, "name"),
                                        ui_manager_text(person, "operator"), NULL, NULL);
        g_object_set_data_full(G_OBJECT(row), "of", g_strdup(ui_manager_text(person, "operator")),
                               g_free);
        gtk_list_box_append(self->people, row);
    }
    gtk_list_box_select_row(self->people, gtk_list_box_get_row_at_index(self->people, 0));
    gtk_widget_grab_focus(GTK_WIDGET(self->pin));
}

static void begin_log_in(UiManagerWindow *self)
{
    gtk_stack_set_visible_child_name(self->outer, "login");
    ui_manage_thread_ask(self->manager.thread, json_pack("{s:s}", "do", "people"), on_people,
                         g_object_ref(self));
}

static void on_log_out(UiManagerWindow *self)
{
    if (self->manager.store != NULL) {
        adw_window_title_set_subtitle(self->title, "");
        begin_log_in(self);
    }
}

/* --- opening ---------------------------------------------------------------------------------------------------------- */

static bool open_shop(UiManagerWindow *self, GError **error)
{
    g_auto(PosStoreSettings) settings = {0};
    self->manager.store =
        pos_store_open(ui_manage_thread_folder(self->manager.thread), POS_STORE_READ_ONLY, error);
    if (self->manager.store == NULL || !pos_store_settings(self->manager.store, &settings, error)) {
        return false;
    }
    self->manager.currency = settings.currency;
    self->manager.zone = pos_store_zone(self->manager.store);
    adw_window_title_set_title(self->title, pos_names_in(&settings.names, ui_language()));
    return true;
}

static void on_opened(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiManagerWindow) self = user;
    g_autoptr(GError) error = NULL;
    gboolean enrolled = ui_manage_thread_open_finish(UI_MANAGE_THREAD(source), result, &error);
    ui_enrol_view_set_busy(self->enrol, FALSE);
    ui_new_shop_view_set_busy(self->new_shop, FALSE);
    if (error != NULL && self->enrolling) {
        ui_enrol_view_show_error(self->enrol, error->message);
        ui_new_shop_view_show_error(self->new_shop, error->message);
    } else if (error != NULL || (enrolled && !open_shop(self, &error))) {
        gtk_label_set_text(self->problem, error->message);
        gtk_stack_set_visible_child_name(self->outer, "problem");
    } else if (!enrolled) {
        gtk_stack_set_visible_child_name(self->outer, "enrol");
    } else {
        refresh_header(self);
        begin_log_in(self);
    }
}

static void on_enrol(UiManagerWindow *self, const char *url, const char *code)
{
    self->enrolling = true;
    ui_enrol_view_set_busy(self->enrol, TRUE);
    ui_manage_thread_enrol(self->manager.thread, url, code, on_opened, g_object_ref(self));
}

static void on_new_shop(UiManagerWindow *self)
{
    gtk_stack_set_visible_child_name(self->outer, "new_shop");
}

static void on_make(UiManagerWindow *self, const UiNewShop *shop)
{
    self->enrolling = true;
    ui_new_shop_view_set_busy(self->new_shop, TRUE);
    ui_manage_thread_new_shop(self->manager.thread, shop, on_opened, g_object_ref(self));
}

static void on_back(UiManagerWindow *self)
{
    gtk_stack_set_visible_child_name(self->outer, "enrol");
}

/* --- the question below, and keys ---------------------------------------------------------------------------------------- */

static void end_prompt(UiManagerWindow *self, bool answered)
{
    g_autofree char *text = g_strstrip(g_strdup(gtk_editable_get_text(self->manager.prompt_entry)));
    gtk_widget_set_visible(self->manager.prompt, FALSE);
    if (answered && self->manager.prompt_done != NULL) {
        self->manager.prompt_done(self->manager.prompt_page, text);
    }
    gtk_widget_grab_focus(self->manager.prompt_page);
}

static void on_prompt_ok(UiManagerWindow *self)
{
    end_prompt(self, true);
}

static void on_prompt_cancel(UiManagerWindow *self)
{
    end_prompt(self, false);
}

static bool types_text(UiManagerWindow *self)
{
    GtkWidget *focus = gtk_root_get_focus(GTK_ROOT(self));
    return GTK_IS_EDITABLE(focus) || GTK_IS_TEXT(focus);
}

static gboolean on_key(GtkEventControllerKey *controller, guint keyval, guint keycode,
                       GdkModifierType state, gpointer user)
{
    (void)controller;
    (void)keycode;
    UiManagerWindow *self = user;
    int index = page_index(self);
    bool on_pages = strcmp(gtk_stack_get_visible_child_name(self->outer), "pages") == 0;
    if (keyval == GDK_KEY_Escape && gtk_widget_get_visible(self->manager.prompt)) {
        end_prompt(self, false);
        return TRUE;
    }
    if (!on_pages || index < 0) {
        return FALSE;
    }
    if (keyval >= GDK_KEY_F2 && keyval <= GDK_KEY_F12 + 1 &&
        keyval - GDK_KEY_F2 < G_N_ELEMENTS(PAGES)) {
        go(&self->manager, PAGES[keyval - GDK_KEY_F2]->name);
        return TRUE;
    }
    if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0 || types_text(self) ||
        PAGES[index]->key == NULL) {
        return FALSE;
    }
    return PAGES[index]->key(self->roots[index], keyval);
}

/* --- building -------------------------------------------------------------------------------------------------------------- */

static GtkWidget *build_prompt(UiManagerWindow *self)
{
    GtkWidget *box = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 10);
    GtkWidget *label = ui_form_label("", "setup-title");
    GtkWidget *entry = gtk_entry_new();
    gtk_widget_add_css_class(box, "manager-prompt");
    g_object_set(entry, "width-request", 240, "height-request", 56, NULL);
    gtk_widget_set_hexpand(label, TRUE);
    gtk_widget_set_valign(label, GTK_ALIGN_CENTER);
    self->manager.prompt = box;
    self->manager.prompt_label = GTK_LABEL(label);
    self->manager.prompt_entry = GTK_EDITABLE(entry);
    g_signal_connect_swapped(entry, "activate", G_CALLBACK(on_prompt_ok), self);
    gtk_box_append(GTK_BOX(box), label);
    gtk_box_append(GTK_BOX(box), entry);
    gtk_box_append(GTK_BOX(box), ui_form_button(_("OK (Enter)"), "suggested-action",
                                                G_CALLBACK(on_prompt_ok), self));
    gtk_box_append(GTK_BOX(box),
                   ui_form_button(_("Cancel (Esc)"), NULL, G_CALLBACK(on_prompt_cancel), self));
    gtk_widget_set_visible(box, FALSE);
    return box;
}

static GtkWidget *build_nav(UiManagerWindow *self)
{
    GtkWidget *list = gtk_list_box_new();
    GtkWidget *scrolled = gtk_scrolled_window_new();
    gtk_widget_add_css_class(list, "manager-nav");
    for (gsize i = 0; i < G_N_ELEMENTS(PAGES); i++) {
        g_autofree char *key = i + 2 <= 12 ? g_strdup_printf("F%d", (int)i + 2) : NULL;
        gtk_list_box_append(GTK_LIST_BOX(list),
                            ui_manager_row(_(PAGES[i]->title), NULL, key, "quick-key"));
    }
    self->nav = GTK_LIST_BOX(list);
    g_signal_connect_swapped(list, "row-selected", G_CALLBACK(on_nav), self);
    gtk_accessible_update_property(GTK_ACCESSIBLE(list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Pages"),
                                   -1);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), list);
    gtk_widget_set_size_request(scrolled, 210, -1);
    return scrolled;
}

static GtkWidget *build_pages(UiManagerWindow *self)
{
    GtkWidget *both = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 0);
    GtkWidget *right = ui_form_box(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *said = ui_form_notice();
    self->manager.said = GTK_LABEL(said);
    self->pages = GTK_STACK(gtk_stack_new());
    gtk_widget_set_vexpand(GTK_WIDGET(self->pages), TRUE);
    gtk_widget_set_hexpand(GTK_WIDGET(self->pages), TRUE);
    gtk_stack_set_hhomogeneous(self->pages, FALSE);
    gtk_stack_set_vhomogeneous(self->pages, FALSE);
    gtk_box_append(GTK_BOX(right), GTK_WIDGET(self->pages));
    gtk_box_append(GTK_BOX(right), said);
    gtk_box_append(GTK_BOX(right), build_prompt(self));
    gtk_box_append(GTK_BOX(both), build_nav(self));
    gtk_box_append(GTK_BOX(both), right);
    return both;
}

static GtkWidget *build_login(UiManagerWindow *self)
{
    GtkWidget *clamp = adw_clamp_new();
    GtkWidget *box = ui_form_box(GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *pin = gtk_password_entry_new();
    g_object_set(pin, "placeholder-text", _("PIN"), "height-request", 56, NULL);
    gtk_accessible_update_property(GTK_ACCESSIBLE(pin), GTK_ACCESSIBLE_PROPERTY_LABEL, _("PIN"),
                                   -1);
    self->pin = GTK_EDITABLE(pin);
    self->login_said = GTK_LABEL(ui_form_notice());
    g_signal_connect_swapped(pin, "activate", G_CALLBACK(log_in), self);
    gtk_widget_add_css_class(box, "login-page");
    gtk_box_append(GTK_BOX(box), ui_form_label(_("Who manages?"), "title-2"));
    gtk_box_append(
        GTK_BOX(box),
        ui_manager_list(&self->people,
                        _("Nobody here may manage: make an operator with the role manager.")));
    gtk_box_append(GTK_BOX(box), pin);
    gtk_box_append(GTK_BOX(box),
                   ui_form_button(_("Log in"), "suggested-action", G_CALLBACK(log_in), self));
    gtk_box_append(GTK_BOX(box), GTK_WIDGET(self->login_said));
    adw_clamp_set_maximum_size(ADW_CLAMP(clamp), 520);
    adw_clamp_set_child(ADW_CLAMP(clamp), box);
    return clamp;
}

static GtkWidget *build_header(UiManagerWindow *self)
{
    GtkWidget *bar = gtk_header_bar_new();
    self->title = ADW_WINDOW_TITLE(adw_window_title_new(_("Coster"), ""));
    self->link = GTK_LABEL(ui_form_label("", "link"));
    gtk_label_set_wrap(self->link, FALSE);
    gtk_widget_set_valign(GTK_WIDGET(self->link), GTK_ALIGN_CENTER);
    gtk_header_bar_set_title_widget(GTK_HEADER_BAR(bar), GTK_WIDGET(self->title));
    gtk_header_bar_pack_start(GTK_HEADER_BAR(bar), GTK_WIDGET(self->link));
    gtk_header_bar_pack_end(GTK_HEADER_BAR(bar),
                            ui_form_button(_("Log out"), NULL, G_CALLBACK(on_log_out), self));
    return bar;
}

/* A folder that belongs to no store: join one with a code, or begin one. */
static void build_first_run(UiManagerWindow *self)
{
    GtkWidget *join = ui_form_box(GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *begin = ui_form_box(GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *new_shop =
        ui_manager_button(_("A new shop on this machine…"), NULL, G_CALLBACK(on_new_shop), self);
    GtkWidget *back =
        ui_manager_button(_("Join a shop with a code…"), NULL, G_CALLBACK(on_back), self);
    self->enrol = UI_ENROL_VIEW(ui_enrol_view_new());
    self->new_shop = UI_NEW_SHOP_VIEW(ui_new_shop_view_new());
    g_signal_connect_swapped(self->enrol, "enrol", G_CALLBACK(on_enrol), self);
    g_signal_connect_swapped(self->new_shop, "make", G_CALLBACK(on_make), self);
    gtk_widget_set_vexpand(GTK_WIDGET(self->enrol), TRUE);
    gtk_widget_set_vexpand(GTK_WIDGET(self->new_shop), TRUE);
    gtk_widget_set_halign(new_shop, GTK_ALIGN_CENTER);
    gtk_widget_set_halign(back, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(join, "manager-page");
    gtk_widget_add_css_class(begin, "manager-page");
    gtk_box_append(GTK_BOX(join), GTK_WIDGET(self->enrol));
    gtk_box_append(GTK_BOX(join), new_shop);
    gtk_box_append(GTK_BOX(begin), GTK_WIDGET(self->new_shop));
    gtk_box_append(GTK_BOX(begin), back);
    gtk_stack_add_named(self->outer, join, "enrol");
    gtk_stack_add_named(self->outer, begin, "new_shop");
}

static void ui_manager_window_dispose(GObject *object)
{
    UiManagerWindow *self = UI_MANAGER_WINDOW(object);
    g_clear_handle_id(&self->tick, g_source_remove);
    if (self->manager.thread != NULL) {
        g_signal_handlers_disconnect_by_data(self->manager.thread, self);
        ui_manage_thread_stop(self->manager.thread);
        g_clear_object(&self->manager.thread);
    }
    G_OBJECT_CLASS(ui_manager_window_parent_class)->dispose(object);
}

static void ui_manager_window_finalize(GObject *object)
{
    UiManagerWindow *self = UI_MANAGER_WINDOW(object);
    g_clear_pointer(&self->manager.store, pos_store_close);
    g_clear_pointer(&self->manager.zone, g_time_zone_unref);
    g_free(self->manager.operator_id);
    g_free(self->manager.operator_name);
    G_OBJECT_CLASS(ui_manager_window_parent_class)->finalize(object);
}

static void ui_manager_window_class_init(UiManagerWindowClass *class)
{
    G_OBJECT_CLASS(class)->dispose = ui_manager_window_dispose;
    G_OBJECT_CLASS(class)->finalize = ui_manager_window_finalize;
}

static void ui_manager_window_init(UiManagerWindow *self)
{
    GtkWidget *all = ui_form_box(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *spinner = gtk_spinner_new();
    GtkEventController *keys = gtk_event_controller_key_new();
    self->manager.window = self;
    self->manager.go = go;
    self->outer = GTK_STACK(gtk_stack_new());
    self->problem = GTK_LABEL(ui_form_label("", "title-2"));
    gtk_spinner_start(GTK_SPINNER(spinner));
    gtk_widget_set_halign(GTK_WIDGET(self->problem), GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(all), build_header(self));
    gtk_stack_add_named(self->outer, spinner, "loading");
    gtk_stack_add_named(self->outer, GTK_WIDGET(self->problem), "problem");
    build_first_run(self);
    gtk_stack_add_named(self->outer, build_login(self), "login");
    gtk_stack_add_named(self->outer, build_pages(self), "pages");
    gtk_widget_set_vexpand(GTK_WIDGET(self->outer), TRUE);
    gtk_box_append(GTK_BOX(all), GTK_WIDGET(self->outer));
    adw_application_window_set_content(ADW_APPLICATION_WINDOW(self), all);
    gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
    g_signal_connect(keys, "key-pressed", G_CALLBACK(on_key), self);
    gtk_widget_add_controller(GTK_WIDGET(self), keys);
    gtk_window_set_default_size(GTK_WINDOW(self), 1280, 800);
}

UiManagerWindow *ui_manager_window_new(AdwApplication *application, UiManageThread *thread)
{
    g_autoptr(GtkCssProvider) css = gtk_css_provider_new();
    gtk_css_provider_load_from_resource(css, "/org/coster/Coster/manager.css");
    gtk_style_context_add_provider_for_display(gdk_display_get_default(), GTK_STYLE_PROVIDER(css),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    UiManagerWindow *self = g_object_new(UI_TYPE_MANAGER_WINDOW, "application", application,
                                         "title", _("Coster"), NULL);
    self->manager.thread = g_object_ref(thread);
    g_signal_connect_swapped(thread, "changed", G_CALLBACK(on_changed), self);
    self->tick = g_timeout_add_seconds(HEADER_S, on_tick, self);
    ui_manage_thread_open(thread, on_opened, g_object_ref(self));
    return self;
}

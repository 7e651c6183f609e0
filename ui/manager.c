/* SPDX-License-Identifier: GPL-3.0-or-later
 * Shared by the manager's screens: asking the desk, saying, prompting, words and rows. */
#include "ui/manager.h"

#include "pos/date.h"
#include "pos/manage_import.h"
#include "ui/closures.h"
#include "ui/form.h"
#include <glib/gi18n-lib.h>
#include <string.h>

/* --- pages --------------------------------------------------------------------------------------------- */

void ui_manager_page_set(GtkWidget *page, UiManager *manager, gpointer state,
                         GDestroyNotify destroy)
{
    g_object_set_data(G_OBJECT(page), "manager", manager);
    g_object_set_data_full(G_OBJECT(page), "state", state, destroy);
}

gpointer ui_manager_page_state(GtkWidget *page)
{
    return g_object_get_data(G_OBJECT(page), "state");
}

UiManager *ui_manager_page_manager(GtkWidget *page)
{
    return g_object_get_data(G_OBJECT(page), "manager");
}

/* --- asking -------------------------------------------------------------------------------------------- */

typedef struct {
    GtkWidget *page; /* owned reference */
    void (*done)(GtkWidget *page, const json_t *answer);
    char *sentence; /* a decision's; nullable */
} Question;

static void on_answer(GObject *source, GAsyncResult *result, gpointer user)
{
    Question *question = user;
    g_autoptr(json_t) answer = ui_manage_thread_ask_finish(UI_MANAGE_THREAD(source), result);
    UiManager *manager = ui_manager_page_manager(question->page);
    bool refused = strcmp(ui_manager_text(answer, "event"), "refused") == 0;
    if (gtk_widget_get_root(question->page) != NULL) { /* else the window has gone meanwhile */
        if (refused) {
            ui_manager_say(manager, "error", ui_manager_text(answer, "message"));
        } else if (question->sentence != NULL) {
            ui_manager_say(manager, "good", question->sentence);
        }
        if (question->done != NULL) {
            question->done(question->page, answer);
        }
    }
    g_object_unref(question->page);
    g_free(question->sentence);
    g_free(question);
}

void ui_manager_ask(GtkWidget *page, json_t *request,
                    void (*done)(GtkWidget *page, const json_t *answer))
{
    Question *question = g_new0(Question, 1);
    question->page = g_object_ref(page);
    question->done = done;
    ui_manage_thread_ask(ui_manager_page_manager(page)->thread, request, on_answer, question);
}

static void on_decided(GtkWidget *page, const json_t *answer)
{
    void (*show)(GtkWidget *) = g_object_get_data(G_OBJECT(page), "show");
    if (strcmp(ui_manager_text(answer, "event"), "refused") != 0 && show != NULL) {
        show(page);
    }
}

void ui_manager_decide(GtkWidget *page, json_t *request, const char *sentence)
{
    Question *question = g_new0(Question, 1);
    question->page = g_object_ref(page);
    question->done = on_decided;
    question->sentence = g_strdup(sentence);
    ui_manage_thread_ask(ui_manager_page_manager(page)->thread, request, on_answer, question);
}

void ui_manager_say(UiManager *manager, const char *kind, const char *text)
{
    ui_form_say(manager->said, kind, text);
}

void ui_manager_prompt(GtkWidget *page, const char *question, const char *text,
                       void (*done)(GtkWidget *page, const char *text))
{
    UiManager *manager = ui_manager_page_manager(page);
    manager->prompt_done = done;
    manager->prompt_page = page;
    gtk_label_set_text(manager->prompt_label, question);
    gtk_accessible_update_property(GTK_ACCESSIBLE(manager->prompt_entry),
                                   GTK_ACCESSIBLE_PROPERTY_LABEL, question, -1);
    gtk_editable_set_text(manager->prompt_entry, text);
    gtk_widget_set_visible(manager->prompt, TRUE);
    gtk_widget_grab_focus(GTK_WIDGET(manager->prompt_entry));
    gtk_editable_select_region(manager->prompt_entry, 0, -1);
}

/* --- words --------------------------------------------------------------------------------------------- */

char *ui_manager_money(const UiManager *manager, int64_t minor)
{
    return pos_money_format(pos_money(minor), &manager->currency);
}

char *ui_manager_amount(int64_t units, bool by_weight)
{
    if (!by_weight) {
        return g_strdup_printf("%" G_GINT64_FORMAT, units);
    }
    int64_t whole = units < 0 ? -units : units;
    return g_strdup_printf("%s%" G_GINT64_FORMAT ".%03d kg", units < 0 ? "-" : "", whole / 1000,
                           (int)(whole % 1000));
}

char *ui_manager_name(UiManager *manager, const char *gtin)
{
    g_autoptr(PosProduct) product = pos_store_product(manager->store, gtin);
    return g_strdup(product != NULL ? pos_names_in(&product->names, ui_language()) : gtin);
}

char *ui_manager_category(UiManager *manager, const char *id)
{
    g_autoptr(GPtrArray) categories = pos_store_categories(manager->store);
    for (guint i = 0; i < categories->len; i++) {
        const PosCategory *category = g_ptr_array_index(categories, i);
        if (strcmp(category->id, id) == 0) {
            return g_strdup(pos_names_in(&category->names, ui_language()));
        }
    }
    return g_strdup(id);
}

char *ui_manager_when(const UiManager *manager, const char *rfc3339)
{
    int64_t at_ms = 0;
    if (!pos_instant_parse(rfc3339, &at_ms)) {
        return g_strdup("");
    }
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_ms / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, manager->zone);
    return g_date_time_format(local, "%Y-%m-%d %H:%M");
}

int64_t ui_manager_read_quantity(const char *text, bool by_weight)
{
    int64_t value = 0;
    int behind = -1;
    bool any = false;
    for (const char *c = text; *c != '\0'; c++) {
        if (g_ascii_isdigit(*c) && value < INT64_C(1000000000) && behind < 3) {
            value = value * 10 + (*c - '0');
            behind += behind >= 0;
            any = true;
        } else if ((*c == '.' || *c == ',') && behind < 0 && by_weight) {
            behind = 0;
        } else if (*c != ' ') {
            return -1;
        }
    }
    for (int i = MAX(behind, 0); by_weight && i < 3; i++) {
        value *= 10;
    }
    return any ? value : -1;
}

int64_t ui_manager_read_money(const UiManager *manager, const char *text)
{
    int64_t minor = 0;
    return pos_import_read_amount(text, manager->currency.exponent, &minor) ? minor : -1;
}

char *ui_manager_typed_money(const UiManager *manager, int64_t minor)
{
    int64_t unit = 1;
    for (int i = 0; i < manager->currency.exponent; i++) {
        unit *= 10;
    }
    return unit == 1 ? g_strdup_printf("%" G_GINT64_FORMAT, minor)
                     : g_strdup_printf("%" G_GINT64_FORMAT ".%0*d", minor / unit,
                                       manager->currency.exponent, (int)(minor % unit));
}

const char *ui_manager_text(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text != NULL ? text : "";
}

int64_t ui_manager_number(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

static void unwrap(GtkWidget *widget)
{
    if (GTK_IS_LABEL(widget)) {
        gtk_label_set_wrap(GTK_LABEL(widget), FALSE);
    }
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        unwrap(child);
    }
}

GtkWidget *ui_manager_button(const char *label, const char *css_class, GCallback clicked,
                             gpointer user)
{
    GtkWidget *button = ui_form_button(label, css_class, clicked, user);
    unwrap(button);
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    return button;
}

/* --- widgets ------------------------------------------------------------------------------------------- */

GtkWidget *ui_manager_frame(const char *title, GtkWidget **out_bar)
{
    GtkWidget *page = ui_form_box(GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *bar = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 10);
    GtkWidget *label = ui_form_label(title, "title-2");
    gtk_widget_set_hexpand(label, TRUE);
    gtk_box_append(GTK_BOX(bar), label);
    gtk_box_append(GTK_BOX(page), bar);
    gtk_widget_add_css_class(page, "manager-page");
    if (out_bar != NULL) {
        *out_bar = bar;
    }
    return page;
}

GtkWidget *ui_manager_list(GtkListBox **out_list, const char *when_empty)
{
    GtkWidget *scrolled = gtk_scrolled_window_new();
    GtkWidget *list = gtk_list_box_new();
    GtkWidget *empty = ui_form_label(when_empty, "manager-empty");
    gtk_list_box_set_placeholder(GTK_LIST_BOX(list), empty);
    gtk_widget_add_css_class(list, "manager-list");
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), list);
    gtk_widget_set_vexpand(scrolled, TRUE);
    *out_list = GTK_LIST_BOX(list);
    return scrolled;
}

void ui_manager_list_clear(GtkListBox *list)
{
    GtkListBoxRow *row;
    while ((row = gtk_list_box_get_row_at_index(list, 0)) != NULL) {
        gtk_list_box_remove(list, GTK_WIDGET(row));
    }
}

GtkWidget *ui_manager_row(const char *title, const char *detail, const char *right,
                          const char *right_class)
{
    GtkWidget *box = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *words = ui_form_box(GTK_ORIENTATION_VERTICAL, 2);
    gtk_widget_set_hexpand(words, TRUE);
    gtk_widget_set_valign(words, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(words), ui_form_label(title != NULL ? title : "", "line-name"));
    if (detail != NULL && *detail != '\0') {
        gtk_box_append(GTK_BOX(words), ui_form_label(detail, "line-detail"));
    }
    gtk_box_append(GTK_BOX(box), words);
    if (right != NULL && *right != '\0') {
        GtkWidget *label = ui_form_label(right, right_class != NULL ? right_class : "line-amount");
        gtk_label_set_wrap(GTK_LABEL(label), FALSE);
        gtk_widget_set_valign(label, GTK_ALIGN_CENTER);
        gtk_box_append(GTK_BOX(box), label);
    }
    gtk_widget_set_size_request(box, -1, 56);
    GtkWidget *row = gtk_list_box_row_new();
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
    g_autofree char *spoken =
        g_strjoin(", ", title != NULL ? title : "", detail != NULL ? detail : "",
                  right != NULL ? right : "", NULL);
    gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
    return row;
}

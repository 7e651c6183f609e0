/* SPDX-License-Identifier: GPL-3.0-or-later
 * Who may do what: operators with their roles and PINs. A PIN leaves this machine only as a hash. */
#include "ui/form.h"
#include "ui/manager.h"
#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    GtkListBox *list;
    GtkEditable *id, *name, *pin;
    GtkDropDown *role;
} People;

static GtkEditable *entry(GtkWidget *into, const char *label, int width, bool secret)
{
    GtkWidget *widget = secret ? gtk_password_entry_new() : gtk_entry_new();
    g_object_set(widget, "placeholder-text", label, "width-request", width, "height-request", 56,
                 NULL);
    gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                   -1);
    gtk_box_append(GTK_BOX(into), widget);
    return GTK_EDITABLE(widget);
}

static void on_remove(GtkWidget *page, GtkWidget *button)
{
    ui_manager_decide(page,
                      json_pack("{s:s, s:s, s:s}", "do", "command", "command", "operator_remove",
                                "of", (const char *)g_object_get_data(G_OBJECT(button), "of")),
                      _("The operator is taken off the tills."));
}

static void on_chosen(GtkWidget *page, GtkListBoxRow *row)
{
    People *people = ui_manager_page_state(page);
    const json_t *person = row == NULL ? NULL : g_object_get_data(G_OBJECT(row), "person");
    if (person != NULL) {
        gtk_editable_set_text(people->id, g_object_get_data(G_OBJECT(row), "of"));
        gtk_editable_set_text(people->name, ui_manager_text(person, "name"));
        gtk_drop_down_set_selected(people->role,
                                   strcmp(ui_manager_text(person, "role"), "manager") == 0);
    }
}

static void unref_json(gpointer value)
{
    json_decref(value);
}

static void on_people(GtkWidget *page, const json_t *answer)
{
    People *people = ui_manager_page_state(page);
    const char *key;
    json_t *person;
    ui_manager_list_clear(people->list);
    json_object_foreach(json_object_get(answer, "items"), key, person)
    {
        bool manages = strcmp(ui_manager_text(person, "role"), "manager") == 0;
        g_autofree char *detail =
            g_strdup_printf("%s · %s", key,
                            manages ? _("Manager")
                            : strcmp(ui_manager_text(person, "role"), "cashier") == 0
                                ? _("Cashier")
                                : ui_manager_text(person, "role"));
        GtkWidget *row = ui_manager_row(ui_manager_text(person, "name"), detail, NULL, NULL);
        GtkWidget *button = ui_manager_button(_("Remove"), NULL, G_CALLBACK(on_remove), page);
        g_object_set_data_full(G_OBJECT(button), "of", g_strdup(key), g_free);
        g_object_set_data_full(G_OBJECT(row), "of", g_strdup(key), g_free);
        g_object_set_data_full(G_OBJECT(row), "person", json_incref(person), unref_json);
        gtk_box_append(GTK_BOX(gtk_list_box_row_get_child(GTK_LIST_BOX_ROW(row))), button);
        gtk_list_box_append(people->list, row);
    }
}

static void show(GtkWidget *page)
{
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "feed", "kind", "operator"), on_people);
}

static void on_save(GtkWidget *page)
{
    People *people = ui_manager_page_state(page);
    const char *pin = gtk_editable_get_text(people->pin);
    json_t *request =
        json_pack("{s:s, s:s, s:s, s:s}", "do", "operator", "of", gtk_editable_get_text(people->id),
                  "name", gtk_editable_get_text(people->name), "role",
                  gtk_drop_down_get_selected(people->role) == 1 ? "manager" : "cashier");
    if (*pin != '\0') {
        json_object_set_new(request, "pin", json_string(pin));
    }
    ui_manager_decide(page, request, _("The operator is saved."));
    gtk_editable_set_text(people->pin, "");
}

static GtkWidget *build(UiManager *manager)
{
    const char *const roles[] = {_("Cashier"), _("Manager"), NULL};
    People *people = g_new0(People, 1);
    GtkWidget *page = ui_manager_frame(_("Operators"), NULL);
    ui_manager_page_set(page, manager, people, g_free);
    GtkWidget *bar = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 8);
    people->id = entry(bar, _("Short name (u05)"), 150, false);
    people->name = entry(bar, _("Name"), 220, false);
    people->pin = entry(bar, _("New PIN, 4 or more"), 190, true);
    people->role = GTK_DROP_DOWN(gtk_drop_down_new_from_strings(roles));
    gtk_widget_set_size_request(GTK_WIDGET(people->role), -1, 56);
    gtk_accessible_update_property(GTK_ACCESSIBLE(people->role), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Role"), -1);
    gtk_box_append(GTK_BOX(bar), GTK_WIDGET(people->role));
    gtk_box_append(GTK_BOX(bar),
                   ui_manager_button(_("Save"), "suggested-action", G_CALLBACK(on_save), page));
    gtk_box_append(GTK_BOX(page), bar);
    gtk_box_append(GTK_BOX(page), ui_manager_list(&people->list, _("There are no operators yet.")));
    g_signal_connect_swapped(people->list, "row-selected", G_CALLBACK(on_chosen), page);
    return page;
}

const UiManagerPage ui_manager_people_page = {"people", N_("Operators"), build, show, NULL};

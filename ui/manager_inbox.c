/* SPDX-License-Identifier: GPL-3.0-or-later
 * Records that could not be booked, with the reason and what can be done; and what became of the decisions that were taken. */
#include "ui/form.h"
#include "ui/manager.h"
#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    GtkListBox *inbox, *decisions;
    json_t *snoozes;
} Inbox;

static void inbox_free(gpointer data)
{
    json_decref(((Inbox *)data)->snoozes);
    g_free(data);
}

static void decide(GtkWidget *page, GtkWidget *button, const char *command, const char *sentence)
{
    ui_manager_decide(
        page,
        json_pack("{s:s, s:s, s:s, s:I}", "do", "command", "command", command, "of",
                  (const char *)g_object_get_data(G_OBJECT(button), "of"), "of_seq",
                  (json_int_t)GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(button), "seq"))),
        sentence);
}

static void on_book(GtkWidget *page, GtkWidget *button)
{
    decide(page, button, "inbox_book", _("The record is tried again."));
}

static void on_close(GtkWidget *page, GtkWidget *button)
{
    decide(page, button, "inbox_close",
           _("The record is no longer shown; it stays in the journal."));
}

static void add_button(GtkWidget *page, GtkWidget *row, const char *label, GCallback clicked,
                       const json_t *item)
{
    GtkWidget *button = ui_manager_button(label, NULL, clicked, page);
    g_object_set_data_full(G_OBJECT(button), "of", g_strdup(ui_manager_text(item, "terminal")),
                           g_free);
    g_object_set_data(G_OBJECT(button), "seq",
                      GSIZE_TO_POINTER((gsize)ui_manager_number(item, "seq")));
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(gtk_list_box_row_get_child(GTK_LIST_BOX_ROW(row))), button);
}

static void on_inbox(GtkWidget *page, const json_t *answer)
{
    Inbox *inbox = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    size_t i;
    json_t *item;
    ui_manager_list_clear(inbox->inbox);
    json_array_foreach(json_object_get(json_object_get(answer, "report"), "rows"), i, item)
    {
        g_autofree char *key = g_strdup_printf("inbox/%s/%d", ui_manager_text(item, "terminal"),
                                               (int)ui_manager_number(item, "seq"));
        if (json_object_get(inbox->snoozes, key) != NULL) {
            continue;
        }
        g_autofree char *when = ui_manager_when(manager, ui_manager_text(item, "listed_at"));
        g_autofree char *title =
            g_strdup_printf(_("Record %d of %s"), (int)ui_manager_number(item, "seq"),
                            ui_manager_text(item, "terminal"));
        g_autofree char *detail = g_strdup_printf(
            "%s · %s\n%s", when, ui_manager_text(item, "type"), ui_manager_text(item, "detail"));
        GtkWidget *row = ui_manager_row(title, detail, NULL, NULL);
        if (!json_is_true(json_object_get(item, "booked"))) {
            add_button(page, row, _("Book again"), G_CALLBACK(on_book), item);
        }
        add_button(page, row, _("Dealt with"), G_CALLBACK(on_close), item);
        gtk_list_box_append(inbox->inbox, row);
    }
}

static const char *status_word(const char *status)
{
    return strcmp(status, "done") == 0        ? _("Done")
           : strcmp(status, "part") == 0      ? _("Done in part")
           : strcmp(status, "overtaken") == 0 ? _("Overtaken")
                                              : _("Refused");
}

static void on_decisions(GtkWidget *page, const json_t *answer)
{
    Inbox *inbox = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    size_t i;
    json_t *item;
    ui_manager_list_clear(inbox->decisions);
    json_array_foreach(json_object_get(json_object_get(answer, "report"), "rows"), i, item)
    {
        bool good = strcmp(ui_manager_text(item, "status"), "done") == 0;
        g_autofree char *when = ui_manager_when(manager, ui_manager_text(item, "at"));
        g_autofree char *detail = g_strdup_printf(
            "%s · %s%s%s", when, ui_manager_text(item, "operator"),
            *ui_manager_text(item, "detail") ? "\n" : "", ui_manager_text(item, "detail"));
        gtk_list_box_append(inbox->decisions,
                            ui_manager_row(ui_manager_text(item, "command"), detail,
                                           status_word(ui_manager_text(item, "status")),
                                           good ? "manager-green" : "manager-amber"));
    }
}

static void on_snoozes(GtkWidget *page, const json_t *answer)
{
    Inbox *inbox = ui_manager_page_state(page);
    json_decref(inbox->snoozes);
    inbox->snoozes = json_incref(json_object_get(answer, "items"));
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "report", "name", "inbox"), on_inbox);
}

static void show(GtkWidget *page)
{
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "feed", "kind", "snooze"), on_snoozes);
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "report", "name", "commands"), on_decisions);
}

static GtkWidget *build(UiManager *manager)
{
    Inbox *inbox = g_new0(Inbox, 1);
    GtkWidget *page = ui_manager_frame(_("Inbox"), NULL);
    ui_manager_page_set(page, manager, inbox, inbox_free);
    gtk_box_append(GTK_BOX(page), ui_manager_list(&inbox->inbox, _("Every record is booked.")));
    gtk_box_append(GTK_BOX(page), ui_form_label(_("What became of decisions"), "setup-title"));
    gtk_box_append(GTK_BOX(page),
                   ui_manager_list(&inbox->decisions, _("Nothing was decided yet.")));
    return page;
}

const UiManagerPage ui_manager_inbox_page = {"inbox", N_("Inbox"), build, show, NULL};

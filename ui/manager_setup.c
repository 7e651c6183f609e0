/* SPDX-License-Identifier: GPL-3.0-or-later
 * Set-up: products from a sheet (looked at first, then taken), terminals with codes for new ones, the shop's own settings. */
#include "ui/form.h"
#include "ui/manager.h"
#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    GtkListBox *terminals, *preview;
    GtkLabel *code, *sum;
    GtkWidget *take;
    GtkEditable *name, *open, *close;
    char *sheet; /* the text that was looked at; nullable */
} Setup;

static void setup_free(gpointer data)
{
    g_free(((Setup *)data)->sheet);
    g_free(data);
}

/* --- terminals ------------------------------------------------------------------------------------------------- */

static void on_revoke(GtkWidget *page, GtkWidget *button)
{
    ui_manager_decide(page,
                      json_pack("{s:s, s:s, s:s}", "do", "command", "command", "terminal_revoke",
                                "of", (const char *)g_object_get_data(G_OBJECT(button), "of")),
                      _("The terminal has no access any more; it needs a new code."));
}

static void on_terminals(GtkWidget *page, const json_t *answer)
{
    Setup *setup = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    size_t i;
    json_t *terminal;
    ui_manager_list_clear(setup->terminals);
    json_array_foreach(json_object_get(json_object_get(answer, "report"), "rows"), i, terminal)
    {
        const char *state = ui_manager_text(terminal, "state");
        const char *word = strcmp(state, "current") == 0      ? _("Up to date")
                           : strcmp(state, "behind") == 0     ? _("Behind")
                           : strcmp(state, "never_seen") == 0 ? _("Never seen")
                           : strcmp(state, "forked") == 0     ? _("Must be enrolled again")
                                                              : _("Revoked");
        g_autofree char *seen = ui_manager_when(manager, ui_manager_text(terminal, "seen_at"));
        g_autofree char *detail =
            g_strdup_printf("%s · %s · %s", ui_manager_text(terminal, "receipt_prefix"),
                            ui_manager_text(terminal, "mode"), seen);
        GtkWidget *row =
            ui_manager_row(ui_manager_text(terminal, "name"), detail, word,
                           strcmp(state, "current") == 0 ? "manager-green" : "manager-amber");
        if (strcmp(state, "revoked") != 0) {
            GtkWidget *button = ui_manager_button(_("Revoke"), NULL, G_CALLBACK(on_revoke), page);
            g_object_set_data_full(G_OBJECT(button), "of",
                                   g_strdup(ui_manager_text(terminal, "terminal")), g_free);
            gtk_box_append(GTK_BOX(gtk_list_box_row_get_child(GTK_LIST_BOX_ROW(row))), button);
        }
        gtk_list_box_append(setup->terminals, row);
    }
}

static void on_code(GtkWidget *page, const json_t *answer)
{
    Setup *setup = ui_manager_page_state(page);
    if (json_object_get(answer, "code") != NULL) {
        g_autofree char *text =
            g_strdup_printf(_("Address %s, code (one day, once):\n%s"),
                            ui_manager_text(answer, "url"), ui_manager_text(answer, "code"));
        gtk_label_set_text(setup->code, text);
    }
}

static void on_new_till(GtkWidget *page)
{
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "code", "mode", "till"), on_code);
}

static void on_new_manager(GtkWidget *page)
{
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "code", "mode", "manager"), on_code);
}

/* --- products from a sheet ----------------------------------------------------------------------------------------- */

static void on_looked(GtkWidget *page, const json_t *answer)
{
    Setup *setup = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    size_t i;
    json_t *row;
    if (strcmp(ui_manager_text(answer, "event"), "import") != 0) {
        return;
    }
    bool applied = json_is_true(json_object_get(answer, "applied"));
    const json_t *faults = json_object_get(answer, "faults");
    g_autofree char *sum = g_strdup_printf(
        _("%s %d rows: %d new, %d changed, %d as they are; %d other prices are drafted; %d "
          "faults."),
        ui_manager_text(answer, "kind"), (int)ui_manager_number(answer, "rows"),
        (int)ui_manager_number(answer, "added"), (int)ui_manager_number(answer, "changed"),
        (int)ui_manager_number(answer, "same"), (int)ui_manager_number(answer, "prices"),
        (int)json_array_size(faults));
    gtk_label_set_text(setup->sum, g_strstrip(sum));
    ui_manager_list_clear(setup->preview);
    json_array_foreach(faults, i, row)
    {
        g_autofree char *title = g_strdup_printf(
            _("Line %d, %s"), (int)ui_manager_number(row, "line"), ui_manager_text(row, "column"));
        gtk_list_box_append(setup->preview, ui_manager_row(title, ui_manager_text(row, "reason"),
                                                           _("Not taken"), "manager-red"));
    }
    json_array_foreach(json_object_get(answer, "items"), i, row)
    {
        const char *what = ui_manager_text(row, "what");
        g_autofree char *price = ui_manager_money(manager, ui_manager_number(row, "price"));
        const char *word = strcmp(what, "new") == 0       ? _("New")
                           : strcmp(what, "changed") == 0 ? _("Changed")
                           : strcmp(what, "price") == 0   ? _("Price drafted")
                                                          : _("As it is");
        g_autofree char *detail = g_strdup_printf("%s · %s · %s", ui_manager_text(row, "gtin"),
                                                  ui_manager_text(row, "unit"), word);
        gtk_list_box_append(setup->preview,
                            ui_manager_row(ui_manager_text(row, "name"), detail, price, NULL));
    }
    gtk_widget_set_sensitive(setup->take,
                             !applied && json_array_size(json_object_get(answer, "items")) > 0);
    if (applied) {
        ui_manager_say(manager, "good", _("The products are on their way to the tills."));
    }
}

static void import(GtkWidget *page, bool apply)
{
    Setup *setup = ui_manager_page_state(page);
    json_t *text = setup->sheet == NULL ? NULL : json_string(setup->sheet);
    if (text == NULL) {
        ui_manager_say(ui_manager_page_manager(page), "error",
                       _("The sheet is no text; save it as CSV (UTF-8)."));
        return;
    }
    ui_manager_ask(page, json_pack("{s:s, s:o, s:b}", "do", "import", "text", text, "apply", apply),
                   on_looked);
}

static void on_sheet_chosen(GtkNativeDialog *dialog, int response, gpointer user)
{
    GtkWidget *page = user;
    Setup *setup = ui_manager_page_state(page);
    g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT
                                ? gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog))
                                : NULL;
    g_autofree char *path = file != NULL ? g_file_get_path(file) : NULL;
    g_autoptr(GError) error = NULL;
    g_object_unref(dialog);
    if (path == NULL) {
        return;
    }
    g_clear_pointer(&setup->sheet, g_free);
    gsize length = 0;
    if (!g_file_get_contents(path, &setup->sheet, &length, &error)) {
        ui_manager_say(ui_manager_page_manager(page), "error", error->message);
        return;
    }
    if (!g_utf8_validate(setup->sheet, (gssize)length, NULL)) { /* Korean spreadsheets */
        char *utf8 = g_convert(setup->sheet, (gssize)length, "UTF-8", "CP949", NULL, NULL, NULL);
        g_free(setup->sheet);
        setup->sheet = utf8;
    }
    import(page, false);
}

static void on_choose(GtkWidget *page)
{
    GtkFileChooserNative *chooser =
        gtk_file_chooser_native_new(_("Sheet of products"), GTK_WINDOW(gtk_widget_get_root(page)),
                                    GTK_FILE_CHOOSER_ACTION_OPEN, _("Open"), _("Cancel"));
    g_signal_connect(chooser, "response", G_CALLBACK(on_sheet_chosen), page);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(chooser));
}

static void on_path(GtkWidget *page, const char *text)
{
    Setup *setup = ui_manager_page_state(page);
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&setup->sheet, g_free);
    if (*text == '\0' || !g_file_get_contents(text, &setup->sheet, NULL, &error)) {
        ui_manager_say(ui_manager_page_manager(page), "error",
                       error != NULL ? error->message : _("No file was named."));
        return;
    }
    import(page, false);
}

static void on_typed(GtkWidget *page)
{
    ui_manager_prompt(page, _("Where is the sheet?"), "", on_path);
}

static void on_take(GtkWidget *page)
{
    import(page, true);
}

/* --- the shop ------------------------------------------------------------------------------------------------------- */

static void on_settings(GtkWidget *page, const json_t *answer)
{
    Setup *setup = ui_manager_page_state(page);
    const json_t *store = json_object_get(json_object_get(answer, "items"), "store");
    const json_t *names = json_object_get(store, "names");
    const char *name = ui_manager_text(names, ui_manager_text(store, "language"));
    g_autofree char *open = g_strdup_printf("%d", (int)ui_manager_number(store, "open_hour"));
    g_autofree char *close = g_strdup_printf("%d", (int)ui_manager_number(store, "close_hour"));
    gtk_editable_set_text(setup->name, name);
    gtk_editable_set_text(setup->open, open);
    gtk_editable_set_text(setup->close, close);
    g_object_set_data_full(G_OBJECT(page), "language", g_strdup(ui_manager_text(store, "language")),
                           g_free);
}

static void on_save(GtkWidget *page)
{
    Setup *setup = ui_manager_page_state(page);
    int64_t open = ui_manager_read_quantity(gtk_editable_get_text(setup->open), false);
    int64_t close = ui_manager_read_quantity(gtk_editable_get_text(setup->close), false);
    const char *language = g_object_get_data(G_OBJECT(page), "language");
    if (open < 0 || close <= open || close > 24) {
        ui_manager_say(ui_manager_page_manager(page), "error",
                       _("The opening hours are whole hours, as 8 and 22."));
        return;
    }
    json_t *members =
        json_pack("{s:I, s:I, s:{s:s}}", "open_hour", (json_int_t)open, "close_hour",
                  (json_int_t)close, "names", language != NULL && *language ? language : "en",
                  gtk_editable_get_text(setup->name));
    ui_manager_decide(page,
                      json_pack("{s:s, s:s, s:s, s:o}", "do", "command", "command", "setting_set",
                                "name", "store", "members", members),
                      _("The shop's settings are saved."));
}

static void show(GtkWidget *page)
{
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "report", "name", "terminals"),
                   on_terminals);
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "feed", "kind", "setting"), on_settings);
}

static GtkEditable *entry(GtkWidget *into, const char *label, int width)
{
    GtkWidget *widget = gtk_entry_new();
    g_object_set(widget, "placeholder-text", label, "width-request", width, "height-request", 56,
                 NULL);
    gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                   -1);
    gtk_box_append(GTK_BOX(into), ui_form_label(label, "line-detail"));
    gtk_box_append(GTK_BOX(into), widget);
    return GTK_EDITABLE(widget);
}

static GtkWidget *build_shop(Setup *setup, GtkWidget *page)
{
    GtkWidget *bar = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 8);
    setup->name = entry(bar, _("Shop"), 220);
    setup->open = entry(bar, _("Opens"), 60);
    setup->close = entry(bar, _("Closes"), 60);
    gtk_box_append(GTK_BOX(bar), ui_manager_button(_("Save"), NULL, G_CALLBACK(on_save), page));
    return bar;
}

static GtkWidget *build(UiManager *manager)
{
    Setup *setup = g_new0(Setup, 1);
    GtkWidget *page = ui_manager_frame(_("Set-up"), NULL);
    ui_manager_page_set(page, manager, setup, setup_free);
    gtk_box_append(GTK_BOX(page), build_shop(setup, page));
    GtkWidget *sheet = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 8);
    setup->sum = GTK_LABEL(ui_form_label(_("Products from Square, Shopify, Odoo or a plain sheet: "
                                           "looked at first, live only when taken."),
                                         "line-detail"));
    gtk_widget_set_hexpand(GTK_WIDGET(setup->sum), TRUE);
    setup->take =
        ui_manager_button(_("Take these products"), "suggested-action", G_CALLBACK(on_take), page);
    gtk_widget_set_sensitive(setup->take, FALSE);
    gtk_box_append(GTK_BOX(sheet), GTK_WIDGET(setup->sum));
    gtk_box_append(GTK_BOX(sheet),
                   ui_manager_button(_("Choose a sheet…"), NULL, G_CALLBACK(on_choose), page));
    gtk_box_append(GTK_BOX(sheet),
                   ui_manager_button(_("By its path…"), NULL, G_CALLBACK(on_typed), page));
    gtk_box_append(GTK_BOX(sheet), setup->take);
    gtk_box_append(GTK_BOX(page), sheet);
    gtk_box_append(GTK_BOX(page),
                   ui_manager_list(&setup->preview, _("No sheet was looked at yet.")));
    GtkWidget *bar = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 8);
    GtkWidget *title = ui_form_label(_("Terminals"), "setup-title");
    gtk_widget_set_hexpand(title, TRUE);
    gtk_box_append(GTK_BOX(bar), title);
    gtk_box_append(GTK_BOX(bar),
                   ui_manager_button(_("Code for a till"), NULL, G_CALLBACK(on_new_till), page));
    gtk_box_append(GTK_BOX(bar), ui_manager_button(_("Code for a manager"), NULL,
                                                   G_CALLBACK(on_new_manager), page));
    gtk_box_append(GTK_BOX(page), bar);
    setup->code = GTK_LABEL(ui_form_label("", "manager-code"));
    gtk_label_set_selectable(setup->code, TRUE);
    gtk_box_append(GTK_BOX(page), GTK_WIDGET(setup->code));
    gtk_box_append(GTK_BOX(page), ui_manager_list(&setup->terminals, _("There are no terminals.")));
    return page;
}

const UiManagerPage ui_manager_setup_page = {"setup", N_("Set-up"), build, show, NULL};

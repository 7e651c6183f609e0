/* SPDX-License-Identifier: GPL-3.0-or-later
 * Figures of a period against the same days a week before: pictures first, then what people do at the drawer and the closings;
 * as CSV and as PDF. */
#include "pos/clock.h"
#include "pos/date.h"
#include "ui/form.h"
#include "ui/manager.h"
#include "ui/manager_chart.h"
#include "ui/manager_export.h"
#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    GtkWidget *charts, *head;
    GtkListBox *people, *closings;
    int from_days, until_days; /* before today */
    json_t *now, *before;
} Figures;

static void figures_free(gpointer data)
{
    Figures *figures = data;
    json_decref(figures->now);
    json_decref(figures->before);
    g_free(figures);
}

/* --- the head: sums against a week before -------------------------------------------------------------------- */

static void add_sum(UiManager *manager, GtkWidget *into, const char *word, const json_t *now,
                    const json_t *before, const char *member, bool money)
{
    int64_t value = ui_manager_number(json_object_get(now, "totals"), member);
    int64_t was = ui_manager_number(json_object_get(before, "totals"), member);
    g_autofree char *text =
        money ? ui_manager_money(manager, value) : g_strdup_printf("%" G_GINT64_FORMAT, value);
    g_autofree char *change =
        before == NULL ? g_strdup("")
        : was == 0     ? g_strdup("–")
                   : g_strdup_printf("%+d %%", (int)((value - was) * 100 / (was < 0 ? -was : was)));
    GtkWidget *box = ui_form_box(GTK_ORIENTATION_VERTICAL, 0);
    gtk_widget_add_css_class(box, "manager-card");
    gtk_widget_set_hexpand(box, TRUE);
    GtkWidget *number = ui_form_label(text, "manager-sum");
    gtk_label_set_wrap(GTK_LABEL(number), FALSE);
    gtk_label_set_ellipsize(GTK_LABEL(number), PANGO_ELLIPSIZE_END);
    gtk_box_append(GTK_BOX(box), ui_form_label(word, "line-detail"));
    gtk_box_append(GTK_BOX(box), number);
    gtk_box_append(GTK_BOX(box), ui_form_label(change, "line-detail"));
    gtk_box_append(GTK_BOX(into), box);
}

static void show_head(UiManager *manager, Figures *figures)
{
    ui_form_clear(figures->head);
    add_sum(manager, figures->head, _("Sales"), figures->now, figures->before, "sales", true);
    add_sum(manager, figures->head, _("Margin"), figures->now, figures->before, "margin", true);
    add_sum(manager, figures->head, _("Waste"), figures->now, figures->before, "waste", true);
    add_sum(manager, figures->head, _("Donated"), figures->now, figures->before, "donated", true);
    add_sum(manager, figures->head, _("Sales slips"), figures->now, figures->before, "tickets",
            false);
    add_sum(manager, figures->head, _("Price changes"), figures->now, figures->before,
            "price_changes", false);
    add_sum(manager, figures->head, _("Sold out"), figures->now, figures->before, "stock_outs",
            false);
}

/* --- charts --------------------------------------------------------------------------------------------------- */

static const json_t *row_of(const json_t *rows, const char *key)
{
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)rows, i, row)
    {
        if (strcmp(ui_manager_text(row, "key"), key) == 0) {
            return row;
        }
    }
    return NULL;
}

/* A picture with its title; keys are those of now. compared: with the same keys before. */
static void add_chart(UiManager *manager, Figures *figures, const char *title, const char *group,
                      const char *member, bool compared, gsize most)
{
    const json_t *rows = json_object_get(figures->now, group),
                 *old = json_object_get(figures->before, group);
    gsize count = MIN(json_array_size(rows), most);
    g_autofree int64_t *values = g_new0(int64_t, count + 1), *before = g_new0(int64_t, count + 1);
    g_autofree const char **labels = g_new0(const char *, count + 1);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    int64_t best = 0;
    const char *best_key = "";
    for (gsize i = 0; i < count; i++) {
        const json_t *row = json_array_get(rows, i);
        const char *key = ui_manager_text(row, "key");
        gsize length = strlen(key);
        values[i] = MAX(ui_manager_number(row, member), 0);
        before[i] = MAX(ui_manager_number(row_of(old, key), member), 0);
        char *label = strcmp(group, "by_category") == 0
                          ? ui_manager_category(manager, key)
                          : g_strdup(length == 10 && key[4] == '-' ? key + 5 : key);
        g_ptr_array_add(texts, label);
        labels[i] = label;
        best_key = values[i] > best ? label : best_key;
        best = MAX(best, values[i]);
    }
    GtkWidget *box = ui_form_box(GTK_ORIENTATION_VERTICAL, 4);
    gtk_widget_add_css_class(box, "manager-card");
    gtk_widget_set_hexpand(box, TRUE);
    gtk_box_append(GTK_BOX(box), ui_form_label(title, "setup-title"));
    if (count == 0) {
        gtk_box_append(GTK_BOX(box), ui_form_label(_("Nothing in this time."), "line-detail"));
    } else {
        UiManagerChart chart = {.values = values,
                                .compare = compared && old != NULL ? before : NULL,
                                .labels = labels,
                                .count = count};
        g_autofree char *words = g_strdup_printf(_("%s; most: %s"), title, best_key);
        GtkWidget *picture = ui_manager_chart_new(&chart, 300, 150, words);
        gtk_widget_set_hexpand(picture, TRUE);
        gtk_box_append(GTK_BOX(box), picture);
    }
    gtk_flow_box_append(GTK_FLOW_BOX(figures->charts), box);
}

static void show_charts(UiManager *manager, Figures *figures)
{
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(figures->charts)) != NULL) {
        gtk_flow_box_remove(GTK_FLOW_BOX(figures->charts), child);
    }
    add_chart(manager, figures, _("Sales by day"), "by_day", "sales", false, 31);
    add_chart(manager, figures, _("Sales by hour, pale: a week before"), "by_hour", "sales", true,
              24);
    add_chart(manager, figures, _("Margin by category"), "by_category", "margin", true, 12);
    add_chart(manager, figures, _("Waste by category"), "by_category", "waste", true, 12);
    add_chart(manager, figures, _("Waste and donations by reason"), "by_reason", "waste", true, 8);
}

/* --- people and closings ---------------------------------------------------------------------------------------- */

static void show_people(UiManager *manager, Figures *figures)
{
    size_t i;
    json_t *row;
    ui_manager_list_clear(figures->people);
    json_array_foreach(json_object_get(figures->now, "by_operator"), i, row)
    {
        g_autoptr(PosOperator) person =
            pos_store_operator(manager->store, ui_manager_text(row, "key"));
        g_autofree char *sales = ui_manager_money(manager, ui_manager_number(row, "sales"));
        g_autofree char *returns = ui_manager_money(manager, ui_manager_number(row, "returns"));
        g_autofree char *detail = g_strdup_printf(
            _("%d slips · drawer opened without a sale %d · other prices %d · lines voided %d · "
              "sales voided %d · returns %d (%s) · "
              "weights typed %d"),
            (int)ui_manager_number(row, "tickets"), (int)ui_manager_number(row, "no_sales"),
            (int)ui_manager_number(row, "overrides"), (int)ui_manager_number(row, "line_voids"),
            (int)ui_manager_number(row, "post_voids"), (int)ui_manager_number(row, "return_count"),
            returns, (int)ui_manager_number(row, "manual_weights"));
        gtk_list_box_append(
            figures->people,
            ui_manager_row(person != NULL ? person->name : ui_manager_text(row, "key"), detail,
                           sales, NULL));
    }
}

static void show_closings(UiManager *manager, Figures *figures)
{
    const json_t *list = json_object_get(figures->now, "z");
    ui_manager_list_clear(figures->closings);
    for (gsize i = json_array_size(list); i-- > 0;) {
        const json_t *report = json_array_get(list, i);
        bool is_z = strcmp(ui_manager_text(report, "type"), "z_report") == 0;
        g_autofree char *when = ui_manager_when(manager, ui_manager_text(report, "at"));
        g_autofree char *title =
            is_z ? g_strdup_printf("Z %d", (int)ui_manager_number(report, "z")) : g_strdup("X");
        g_autofree char *detail =
            g_strdup_printf("%s · %s · %s", when, ui_manager_text(report, "terminal"),
                            ui_manager_text(report, "operator"));
        g_autofree char *grand =
            ui_manager_money(manager, ui_manager_number(report, "grand_sales"));
        gtk_list_box_append(figures->closings,
                            ui_manager_row(title, detail, is_z ? grand : NULL, NULL));
    }
}

/* --- asking ------------------------------------------------------------------------------------------------------ */

static void show_all(GtkWidget *page)
{
    Figures *figures = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    show_head(manager, figures);
    show_charts(manager, figures);
    show_people(manager, figures);
    show_closings(manager, figures);
}

static void on_before(GtkWidget *page, const json_t *answer)
{
    Figures *figures = ui_manager_page_state(page);
    json_decref(figures->before);
    figures->before = json_incref(json_object_get(answer, "report"));
    show_all(page);
}

static void on_now(GtkWidget *page, const json_t *answer)
{
    Figures *figures = ui_manager_page_state(page);
    if (json_object_get(answer, "report") != NULL) {
        json_decref(figures->now);
        figures->now = json_incref(json_object_get(answer, "report"));
        show_all(page);
    }
}

static char *report_name(GtkWidget *page, int weeks)
{
    Figures *figures = ui_manager_page_state(page);
    const PosClock *clock = pos_clock_system();
    PosDate today =
        pos_date_of_instant(clock->wall_ms(clock->user), ui_manager_page_manager(page)->zone);
    g_autofree char *from =
        pos_date_format(pos_date_add_days(today, -figures->from_days - 7 * weeks));
    g_autofree char *until =
        pos_date_format(pos_date_add_days(today, -figures->until_days - 7 * weeks));
    return g_strdup_printf("figures?from=%s&until=%s", from, until);
}

static void show(GtkWidget *page)
{
    Figures *figures = ui_manager_page_state(page);
    int weeks = (figures->from_days - figures->until_days) / 7 + 1;
    g_autofree char *now = report_name(page, 0), *before = report_name(page, weeks);
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "report", "name", now), on_now);
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "report", "name", before), on_before);
}

static void on_period(GtkWidget *page, GtkWidget *button)
{
    Figures *figures = ui_manager_page_state(page);
    figures->from_days = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(button), "from"));
    figures->until_days = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(button), "until"));
    show(page);
}

static void export(GtkWidget *page, bool pdf)
{
    Figures *figures = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    g_autoptr(GError) error = NULL;
    if (figures->now == NULL) {
        ui_manager_say(manager, "info", _("There are no figures yet."));
        return;
    }
    g_autofree char *path =
        pdf ? ui_manager_export_pdf(manager, figures->now, figures->before, &error)
            : ui_manager_export_csv(manager, figures->now, &error);
    if (path == NULL) {
        ui_manager_say(manager, "error", error->message);
        return;
    }
    g_autofree char *said = g_strdup_printf(_("Written to %s."), path);
    ui_manager_say(manager, "good", said);
}

static void on_csv(GtkWidget *page)
{
    export(page, false);
}

static void on_pdf(GtkWidget *page)
{
    export(page, true);
}

static GtkWidget *build(UiManager *manager)
{
    static const struct {
        const char *label;
        int from, until;
    } periods[] = {
        {N_("Today"), 0, 0}, {N_("Yesterday"), 1, 1}, {N_("7 days"), 6, 0}, {N_("28 days"), 27, 0}};
    Figures *figures = g_new0(Figures, 1);
    GtkWidget *bar = NULL;
    GtkWidget *page = ui_manager_frame(_("Figures"), &bar);
    ui_manager_page_set(page, manager, figures, figures_free);
    for (gsize i = 0; i < G_N_ELEMENTS(periods); i++) {
        GtkWidget *button =
            ui_manager_button(_(periods[i].label), NULL, G_CALLBACK(on_period), page);
        g_object_set_data(G_OBJECT(button), "from", GINT_TO_POINTER(periods[i].from));
        g_object_set_data(G_OBJECT(button), "until", GINT_TO_POINTER(periods[i].until));
        gtk_box_append(GTK_BOX(bar), button);
    }
    gtk_box_append(GTK_BOX(bar), ui_manager_button(_("CSV"), NULL, G_CALLBACK(on_csv), page));
    gtk_box_append(GTK_BOX(bar), ui_manager_button(_("PDF"), NULL, G_CALLBACK(on_pdf), page));
    GtkWidget *scrolled = gtk_scrolled_window_new();
    GtkWidget *all = ui_form_box(GTK_ORIENTATION_VERTICAL, 14);
    figures->head = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 10);
    figures->charts = gtk_flow_box_new();
    gtk_flow_box_set_selection_mode(GTK_FLOW_BOX(figures->charts), GTK_SELECTION_NONE);
    gtk_flow_box_set_max_children_per_line(GTK_FLOW_BOX(figures->charts), 3);
    gtk_flow_box_set_min_children_per_line(GTK_FLOW_BOX(figures->charts), 2);
    gtk_flow_box_set_homogeneous(GTK_FLOW_BOX(figures->charts), TRUE);
    GtkWidget *people = ui_manager_list(&figures->people, _("Nobody was at a till in this time."));
    GtkWidget *closings =
        ui_manager_list(&figures->closings, _("No till was closed in this time."));
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(people), GTK_POLICY_NEVER, GTK_POLICY_NEVER);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(closings), GTK_POLICY_NEVER,
                                   GTK_POLICY_NEVER);
    gtk_box_append(GTK_BOX(all), figures->head);
    gtk_box_append(GTK_BOX(all), figures->charts);
    gtk_box_append(GTK_BOX(all), ui_form_label(_("People"), "setup-title"));
    gtk_box_append(GTK_BOX(all), people);
    gtk_box_append(GTK_BOX(all), ui_form_label(_("X and Z reports"), "setup-title"));
    gtk_box_append(GTK_BOX(all), closings);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), all);
    gtk_widget_set_vexpand(scrolled, TRUE);
    gtk_box_append(GTK_BOX(page), scrolled);
    return page;
}

const UiManagerPage ui_manager_figures_page = {"figures", N_("Figures"), build, show, NULL};

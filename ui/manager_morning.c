/* SPDX-License-Identifier: GPL-3.0-or-later
 * The first screen of the day: what needs a decision, the most money at risk first, one proposal each, one key each. */
#include "pos/clock.h"
#include "pos/date.h"
#include "pos/freshness.h"
#include "ui/closures.h"
#include "ui/form.h"
#include "ui/manager.h"
#include "ui/manager_chart.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define SNOOZE_HOURS 24

typedef struct {
    GtkListBox *list;
    GtkLabel *head, *age;
    json_t *exceptions; /* what the rows are of */
    char *wanted;       /* the key to select again; nullable */
} Morning;

static void morning_free(gpointer data)
{
    Morning *morning = data;
    json_decref(morning->exceptions);
    g_free(morning->wanted);
    g_free(morning);
}

static const json_t *selected(GtkWidget *page)
{
    Morning *morning = ui_manager_page_state(page);
    GtkListBoxRow *row = gtk_list_box_get_selected_row(morning->list);
    return row == NULL
               ? NULL
               : json_array_get(morning->exceptions, (size_t)gtk_list_box_row_get_index(row));
}

static bool is_kind(const json_t *entry, const char *kind)
{
    return strcmp(ui_manager_text(entry, "kind"), kind) == 0;
}

static bool is_lot(const json_t *entry)
{
    return is_kind(entry, "spoil") || is_kind(entry, "stop") || is_kind(entry, "negative");
}

/* --- rows --------------------------------------------------------------------------------------------- */

static char *title_of(UiManager *manager, const json_t *entry)
{
    if (is_lot(entry) || is_kind(entry, "tag")) {
        g_autofree char *name = ui_manager_name(manager, ui_manager_text(entry, "gtin"));
        const char *lot = ui_manager_text(entry, "lot");
        return *lot ? g_strdup_printf("%s · %s", name, lot) : g_steal_pointer(&name);
    }
    if (is_kind(entry, "till")) {
        return g_strdup(ui_manager_text(entry, "name"));
    }
    return is_kind(entry, "unsent")
               ? g_strdup(_("Records that wait here"))
               : g_strdup_printf(_("Record %d of %s"), (int)ui_manager_number(entry, "seq"),
                                 ui_manager_text(entry, "terminal"));
}

static char *spoil_words(UiManager *manager, const json_t *entry)
{
    bool by_weight = json_is_true(json_object_get(entry, "by_weight"));
    g_autofree char *here = ui_manager_amount(ui_manager_number(entry, "on_hand"), by_weight);
    g_autofree char *sells = ui_manager_amount(ui_manager_number(entry, "forecast"), by_weight);
    g_autofree char *left = ui_manager_amount(ui_manager_number(entry, "left"), by_weight);
    g_autofree char *price = ui_manager_money(manager, ui_manager_number(entry, "price_before"));
    g_autofree char *plain =
        g_strdup_printf(_("%s here, %s will sell in %d h at %s: %s left over."), here, sells,
                        (int)ui_manager_number(entry, "hours_left"), price, left);
    if (!json_object_get(entry, "proposed")) {
        return g_strdup_printf("%s %s", plain,
                               _("A price helps no more: move, donate or write off."));
    }
    g_autofree char *proposed = ui_manager_money(manager, ui_manager_number(entry, "proposed"));
    g_autofree char *then = ui_manager_amount(ui_manager_number(entry, "left_proposed"), by_weight);
    g_autofree char *saves = ui_manager_money(manager, ui_manager_number(entry, "saves"));
    g_autofree char *proposal =
        g_strdup_printf(_("At %s %s are left; saves %s."), proposed, then, saves);
    return g_strdup_printf("%s\n%s", plain, proposal);
}

/* Why it may not be sold, from what the feed says of it. */
static char *stop_words(UiManager *manager, const json_t *entry)
{
    const char *gtin = ui_manager_text(entry, "gtin"), *number = ui_manager_text(entry, "lot");
    const PosClock *clock = pos_clock_system();
    g_auto(PosStoreSettings) settings = {0};
    g_autoptr(PosLot) lot = pos_store_lot(manager->store, gtin, number);
    g_autoptr(PosProduct) product = pos_store_product(manager->store, gtin);
    if (!pos_store_settings(manager->store, &settings, NULL)) {
        return g_strdup("");
    }
    PosFreshnessFacts facts = {
        .lot = lot,
        .storage = product != NULL ? product->storage : "",
        .recalled = pos_store_is_recalled(manager->store, gtin, number, NULL),
        .today = pos_date_of_instant(clock->wall_ms(clock->user), manager->zone),
        .limits = settings.freshness};
    return pos_freshness_words(pos_freshness_of(&facts));
}

static char *words_of(UiManager *manager, const json_t *entry)
{
    bool by_weight = json_is_true(json_object_get(entry, "by_weight"));
    g_autofree char *here = ui_manager_amount(ui_manager_number(entry, "on_hand"), by_weight);
    g_autofree char *since = ui_manager_when(manager, ui_manager_text(entry, "since"));
    if (is_kind(entry, "spoil")) {
        return spoil_words(manager, entry);
    }
    if (is_kind(entry, "stop")) {
        g_autofree char *why = stop_words(manager, entry);
        return g_strdup_printf(_("%s; %s still here: take it off the shelf."), why, here);
    }
    if (is_kind(entry, "negative")) {
        return g_strdup_printf(_("The books say %s: count it."), here);
    }
    if (is_kind(entry, "tag")) {
        return g_strdup_printf(_("The tag %s shows an older price since %s."),
                               ui_manager_text(entry, "tag"), since);
    }
    if (is_kind(entry, "till")) {
        return json_is_true(json_object_get(entry, "forked"))
                   ? g_strdup(_("Sends other records than before: enrol it again."))
                   : g_strdup_printf(_("Has not fetched the newest prices since %s."), since);
    }
    if (is_kind(entry, "unsent")) {
        return g_strdup_printf(_("%d records go up when the central service can be reached."),
                               (int)ui_manager_number(entry, "count"));
    }
    return g_strdup(ui_manager_text(entry, "detail"));
}

static GtkWidget *chart_of(const json_t *entry)
{
    const json_t *sold = json_object_get(entry, "sold");
    gsize count = json_array_size(sold);
    g_autofree int64_t *values = g_new0(int64_t, count + 1);
    for (gsize i = 0; i < count; i++) {
        values[i] = json_integer_value(json_array_get(sold, i));
    }
    UiManagerChart chart = {
        .values = values,
        .count = count,
        .expected = MIN(ui_manager_number(entry, "forecast"), ui_manager_number(entry, "on_hand")),
        .left = ui_manager_number(entry, "left")};
    g_autofree char *words =
        g_strdup_printf(_("Sold in %d days, then expected and left"), (int)count);
    GtkWidget *area = ui_manager_chart_new(&chart, 150, 52, words);
    gtk_widget_set_valign(area, GTK_ALIGN_CENTER);
    return area;
}

/* Something was sold, or is expected to be. */
static bool has_chart(const json_t *entry)
{
    size_t i;
    json_t *day;
    bool sold = is_kind(entry, "spoil");
    json_array_foreach(json_object_get(entry, "sold"), i, day)
    {
        sold = sold || json_integer_value(day) > 0;
    }
    return sold && !is_kind(entry, "negative");
}

static const char *kind_word(const json_t *entry)
{
    static const struct {
        const char *kind, *word, *css;
    } kinds[] = {{"spoil", N_("Will not sell"), NULL},
                 {"stop", N_("Stop"), NULL},
                 {"negative", N_("Negative stock"), NULL},
                 {"tag", N_("Tag"), NULL},
                 {"till", N_("Terminal"), NULL},
                 {"inbox", N_("Inbox"), NULL},
                 {"unsent", N_("Unsent"), NULL}};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (is_kind(entry, kinds[i].kind)) {
            return _(kinds[i].word);
        }
    }
    return "";
}

static const char *decided_word(const char *what)
{
    return strcmp(what, "write_off") == 0   ? _("Written off")
           : strcmp(what, "move") == 0      ? _("Moved")
           : strcmp(what, "price_set") == 0 ? _("Price decided")
                                            : _("Decided");
}

static GtkWidget *row_of(UiManager *manager, const json_t *entry)
{
    g_autofree char *title = title_of(manager, entry);
    g_autofree char *words = words_of(manager, entry);
    g_autofree char *risk = ui_manager_money(manager, ui_manager_number(entry, "risk"));
    const char *decided = ui_manager_text(entry, "decided");
    g_autofree char *badge =
        *decided ? g_strdup_printf("%s · %s", kind_word(entry), decided_word(decided))
                 : g_strdup(kind_word(entry));
    GtkWidget *row = ui_manager_row(
        title, words, ui_manager_number(entry, "risk") > 0 ? risk : NULL, "manager-risk");
    GtkWidget *box = gtk_list_box_row_get_child(GTK_LIST_BOX_ROW(row));
    GtkWidget *kind = ui_form_label(badge, *decided                 ? "manager-done"
                                           : is_kind(entry, "stop") ? "manager-red"
                                                                    : "manager-amber");
    gtk_label_set_wrap(GTK_LABEL(kind), TRUE);
    gtk_label_set_width_chars(GTK_LABEL(kind), 11);
    gtk_label_set_max_width_chars(GTK_LABEL(kind), 11);
    gtk_widget_set_valign(kind, GTK_ALIGN_CENTER);
    gtk_box_prepend(GTK_BOX(box), kind);
    if (has_chart(entry)) {
        gtk_box_insert_child_after(GTK_BOX(box), chart_of(entry),
                                   gtk_widget_get_next_sibling(kind));
    }
    return row;
}

/* --- what came ------------------------------------------------------------------------------------------ */

static void on_morning(GtkWidget *page, const json_t *answer)
{
    Morning *morning = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    if (!json_object_get(answer, "exceptions")) {
        return;
    }
    const json_t *before = selected(page);
    g_free(morning->wanted);
    morning->wanted = g_strdup(ui_manager_text(before, "key"));
    json_decref(morning->exceptions);
    morning->exceptions = json_incref(json_object_get(answer, "exceptions"));
    ui_manager_list_clear(morning->list);
    size_t i;
    json_t *entry;
    GtkListBoxRow *chosen = NULL;
    json_array_foreach(morning->exceptions, i, entry)
    {
        GtkWidget *row = row_of(manager, entry);
        gtk_list_box_append(morning->list, row);
        if (chosen == NULL || strcmp(ui_manager_text(entry, "key"), morning->wanted) == 0) {
            chosen = GTK_LIST_BOX_ROW(row);
        }
    }
    if (chosen != NULL) {
        gtk_list_box_select_row(morning->list, chosen);
    }
    g_autofree char *risk = ui_manager_money(manager, ui_manager_number(answer, "risk"));
    g_autofree char *saves = ui_manager_money(manager, ui_manager_number(answer, "saves"));
    g_autofree char *head = g_strdup_printf(_("%s at risk; the proposals save %s."), risk, saves);
    g_autofree char *since = ui_format_age(ui_manager_number(answer, "age_s"));
    bool fresh = json_is_true(json_object_get(answer, "fresh"));
    g_autofree char *age =
        fresh ? g_strdup(_("As of now")) : g_strdup_printf(_("As of %s ago"), since);
    gtk_label_set_text(morning->head, head);
    gtk_label_set_text(morning->age, age);
}

static void show(GtkWidget *page)
{
    ui_manager_ask(page, json_pack("{s:s}", "do", "morning"), on_morning);
}

/* --- decisions ------------------------------------------------------------------------------------------- */

static void price(GtkWidget *page, const json_t *entry, int64_t amount, bool hold)
{
    json_t *item = json_pack("{s:s, s:s, s:I}", "gtin", ui_manager_text(entry, "gtin"), "lot",
                             ui_manager_text(entry, "lot"), "price", (json_int_t)amount);
    if (*ui_manager_text(entry, "lot") == '\0') {
        json_object_del(item, "lot");
    }
    json_t *request = json_pack("{s:s, s:s, s:[o], s:s, s:s}", "do", "command", "command",
                                "price_set", "items", item, "why",
                                *ui_manager_text(entry, "why") ? ui_manager_text(entry, "why")
                                                               : _("Decided by the manager"),
                                "exception", ui_manager_text(entry, "key"));
    if (hold) {
        json_object_set_new(request, "hold", json_true());
    }
    ui_manager_decide(page, request, _("The new price is decided."));
}

static void accept(GtkWidget *page, const json_t *entry)
{
    UiManager *manager = ui_manager_page_manager(page);
    if (is_kind(entry, "spoil") && json_object_get(entry, "proposed")) {
        price(page, entry, ui_manager_number(entry, "proposed"), false);
    } else if (is_kind(entry, "inbox")) {
        ui_manager_decide(page,
                          json_pack("{s:s, s:s, s:s, s:I, s:s}", "do", "command", "command",
                                    "inbox_book", "of", ui_manager_text(entry, "terminal"),
                                    "of_seq", (json_int_t)ui_manager_number(entry, "seq"),
                                    "exception", ui_manager_text(entry, "key")),
                          _("The record is tried again."));
    } else if (is_kind(entry, "negative")) {
        manager->go(manager, "count");
    } else {
        ui_manager_say(manager, "info", _("There is no proposal to accept here."));
    }
}

static void on_price(GtkWidget *page, const char *text)
{
    const json_t *entry = selected(page);
    UiManager *manager = ui_manager_page_manager(page);
    int64_t amount = ui_manager_read_money(manager, text);
    if (amount < 0) {
        ui_manager_say(manager, "error", _("That is no price."));
    } else if (entry != NULL) {
        price(page, entry, amount, true);
    }
}

static void on_place(GtkWidget *page, const char *text)
{
    const json_t *entry = selected(page);
    if (entry != NULL && *text != '\0') {
        ui_manager_decide(page,
                          json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "do", "command", "command",
                                    "move", "gtin", ui_manager_text(entry, "gtin"), "lot",
                                    ui_manager_text(entry, "lot"), "place", text, "exception",
                                    ui_manager_text(entry, "key")),
                          _("The new place is noted."));
    }
}

static void write_off(GtkWidget *page, const char *text, const char *reason)
{
    const json_t *entry = selected(page);
    UiManager *manager = ui_manager_page_manager(page);
    bool by_weight = json_is_true(json_object_get(entry, "by_weight"));
    int64_t quantity = ui_manager_read_quantity(text, by_weight);
    if (quantity <= 0) {
        ui_manager_say(manager, "error", _("That is no quantity."));
    } else if (entry != NULL) {
        ui_manager_decide(page,
                          json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s}", "do", "write_off",
                                    "gtin", ui_manager_text(entry, "gtin"), "lot",
                                    ui_manager_text(entry, "lot"), "qty", (json_int_t)quantity,
                                    "unit", by_weight ? "g" : "each", "reason", reason, "exception",
                                    ui_manager_text(entry, "key")),
                          strcmp(reason, "donated") == 0 ? _("The donation is booked.")
                                                         : _("The waste is booked."));
    }
}

static void on_donate(GtkWidget *page, const char *text)
{
    write_off(page, text, "donated");
}

static void on_waste(GtkWidget *page, const char *text)
{
    write_off(page, text, "expired");
}

static void snooze(GtkWidget *page, const json_t *entry)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autoptr(GDateTime) until = g_date_time_add_hours(now, SNOOZE_HOURS);
    g_autofree char *text =
        pos_instant_format(g_date_time_to_unix(until) * 1000, ui_manager_page_manager(page)->zone);
    ui_manager_decide(page,
                      json_pack("{s:s, s:s, s:s, s:s}", "do", "command", "command", "snooze", "key",
                                ui_manager_text(entry, "key"), "until", text),
                      _("Left alone until tomorrow."));
}

/* What is typed for weights is kilograms without the unit. */
static char *typed_amount(const json_t *entry)
{
    bool by_weight = json_is_true(json_object_get(entry, "by_weight"));
    g_autofree char *text =
        ui_manager_amount(MAX(ui_manager_number(entry, "on_hand"), 0), by_weight);
    char *space = strchr(text, ' ');
    return space != NULL ? g_strndup(text, (gsize)(space - text)) : g_steal_pointer(&text);
}

static void act(GtkWidget *page, char what)
{
    const json_t *entry = selected(page);
    UiManager *manager = ui_manager_page_manager(page);
    if (entry == NULL) {
        return;
    }
    g_autofree char *amount = typed_amount(entry);
    g_autofree char *name = title_of(manager, entry);
    if (what == 'a') {
        accept(page, entry);
        return;
    }
    if (what == 's') {
        snooze(page, entry);
        return;
    }
    if (!is_lot(entry)) {
        ui_manager_say(manager, "info", _("This can only be accepted or snoozed."));
        return;
    }
    int64_t price_now =
        ui_manager_number(entry, json_object_get(entry, "proposed") ? "proposed" : "price_before");
    g_autofree char *typed = ui_manager_typed_money(manager, price_now);
    g_autofree char *full = what == 'c'   ? g_strdup_printf(_("New price of %s"), name)
                            : what == 'm' ? g_strdup_printf(_("Where is %s put?"), name)
                            : what == 'd'
                                ? g_strdup_printf(_("How much of %s is donated?"), name)
                                : g_strdup_printf(_("How much of %s is written off?"), name);
    ui_manager_prompt(page, full,
                      what == 'c'   ? typed
                      : what == 'm' ? ""
                                    : amount,
                      what == 'c'   ? on_price
                      : what == 'm' ? on_place
                      : what == 'd' ? on_donate
                                    : on_waste);
}

static void on_act(GtkWidget *page, GtkWidget *button)
{
    const char *what = g_object_get_data(G_OBJECT(button), "act");
    act(page, what[0]);
}

static gboolean key(GtkWidget *page, guint keyval)
{
    if (strchr("acmdws", (int)gdk_keyval_to_lower(keyval)) == NULL || keyval > 127) {
        return FALSE;
    }
    act(page, (char)gdk_keyval_to_lower(keyval));
    return TRUE;
}

static GtkWidget *build(UiManager *manager)
{
    static const struct {
        const char *act, *label;
    } acts[] = {{"a", N_("Accept (A)")}, {"c", N_("Change (C)")},    {"m", N_("Move (M)")},
                {"d", N_("Donate (D)")}, {"w", N_("Write off (W)")}, {"s", N_("Snooze (S)")}};
    Morning *morning = g_new0(Morning, 1);
    GtkWidget *bar = NULL;
    GtkWidget *page = ui_manager_frame(_("Morning"), &bar);
    ui_manager_page_set(page, manager, morning, morning_free);
    morning->head = GTK_LABEL(ui_form_label("", "manager-head"));
    morning->age = GTK_LABEL(ui_form_label("", "line-detail"));
    gtk_box_append(GTK_BOX(bar), GTK_WIDGET(morning->age));
    gtk_box_append(GTK_BOX(page), GTK_WIDGET(morning->head));
    gtk_box_append(GTK_BOX(page),
                   ui_manager_list(&morning->list, _("Nothing needs a decision. Good morning.")));
    gtk_accessible_update_property(GTK_ACCESSIBLE(morning->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Exceptions"), -1);
    GtkWidget *buttons = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 8);
    gtk_box_set_homogeneous(GTK_BOX(buttons), TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS(acts); i++) {
        GtkWidget *button = ui_form_button(_(acts[i].label), i == 0 ? "suggested-action" : NULL,
                                           G_CALLBACK(on_act), page);
        g_object_set_data(G_OBJECT(button), "act", (gpointer)acts[i].act);
        gtk_box_append(GTK_BOX(buttons), button);
    }
    gtk_box_append(GTK_BOX(page), buttons);
    return page;
}

const UiManagerPage ui_manager_morning_page = {"morning", N_("Morning"), build, show, key};

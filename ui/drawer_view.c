/* SPDX-License-Identifier: GPL-3.0-or-later
 * The drawer's screens: a menu, an amount with its reason, the count, a report. What may be done is the till's to say. */
#include "ui/drawer_view.h"

#include "pos/bounds.h"
#include "ui/closures.h"
#include "ui/form.h"
#include "ui/pages.h"
#include <glib/gi18n-lib.h>
#include <string.h>

typedef enum {
    ACT_AMOUNT,
    ACT_NO_SALE,
    ACT_COUNT,
    ACT_X,
    ACT_Z,
    ACT_TRAINING,
    ACT_RECEIPTS,
    ACT_DEVICES
} ActKind;

typedef struct {
    char key;
    const char *words;
    ActKind kind;
    PosTillVerb verb;
    bool needs_shift, needs_reason;
    const char *reasons[4]; /* of a touch */
} Act;

static const Act acts[] = {
    {'1',
     N_("Cash in"),
     ACT_AMOUNT,
     POS_TILL_PAID_IN,
     true,
     true,
     {N_("Change"), N_("Correction"), N_("Deposit")}},
    {'2',
     N_("Cash out"),
     ACT_AMOUNT,
     POS_TILL_PAID_OUT,
     true,
     true,
     {N_("Supplier"), N_("Postage"), N_("Cleaning"), N_("Correction")}},
    {'3', N_("To the safe"), ACT_AMOUNT, POS_TILL_SAFE_DROP, true, false, {NULL}},
    {'4', N_("Open the drawer"), ACT_NO_SALE, POS_TILL_NO_SALE, false, false, {NULL}},
    {'5', N_("Count the drawer"), ACT_COUNT, POS_TILL_CASH_UP, true, false, {NULL}},
    {'6', N_("X report: sums so far"), ACT_X, POS_TILL_REPORT, false, false, {NULL}},
    {'7', N_("Z report: close the day"), ACT_Z, POS_TILL_REPORT, false, false, {NULL}},
    {'8', N_("Receipts"), ACT_RECEIPTS, POS_TILL_RECEIPTS, false, false, {NULL}},
    {'9', N_("Training"), ACT_TRAINING, POS_TILL_TRAINING, false, false, {NULL}},
    {'0', N_("Devices"), ACT_DEVICES, POS_TILL_CART, false, false, {NULL}},
};

struct _UiDrawerView {
    AdwBin parent;
    GtkStack *pages;
    GtkLabel *said, *form_title, *form_error, *paper, *result, *paper_said;
    GtkWidget *buttons[G_N_ELEMENTS(acts)], *reasons, *reason_box;
    GtkEditable *reason;
    UiPad *pad;
    UiCountView *count;
    PosCurrency currency;
    const Act *act; /* whose amount is asked for */
    bool shift_open, training, sure_z;
};
G_DEFINE_FINAL_TYPE(UiDrawerView, ui_drawer_view, ADW_TYPE_BIN)

static void show_page(UiDrawerView *self, const char *name)
{
    ui_pages_show(self->pages, name);
}

static bool is_page(UiDrawerView *self, const char *name)
{
    return ui_pages_is(self->pages, name);
}

static void send(UiDrawerView *self, const PosTillCommand *command)
{
    g_signal_emit_by_name(self, "command", command);
}

/* --- the menu ------------------------------------------------------------------------------------- */

static void show_menu(UiDrawerView *self)
{
    for (gsize i = 0; i < G_N_ELEMENTS(acts); i++) {
        const bool there = self->shift_open || self->training || !acts[i].needs_shift;
        const char *words =
            acts[i].kind == ACT_TRAINING && self->training ? N_("End training") : acts[i].words;
        g_autofree char *name = g_strdup_printf("%c   %s", acts[i].key, _(words));
        ui_form_button_name(self->buttons[i], name);
        gtk_widget_set_visible(self->buttons[i], there);
    }
    self->sure_z = false;
    ui_form_paper_set(self->paper, NULL); /* a count that follows is blind */
    show_page(self, "menu");
    gtk_widget_grab_focus(self->buttons[3]); /* always there; digits choose */
}

void ui_drawer_view_begin(UiDrawerView *self, bool shift_open, bool training)
{
    self->shift_open = shift_open;
    self->training = training;
    ui_form_say(self->said, "info",
                shift_open
                    ? NULL
                    : _("No shift is open: the next one begins with the cash that is counted in."));
    show_menu(self);
}

static void choose_reason(UiDrawerView *self, GtkButton *button)
{
    gtk_editable_set_text(self->reason, g_object_get_data(G_OBJECT(button), "words"));
    ui_pad_grab(self->pad);
}

static void ask_amount(UiDrawerView *self, const Act *act)
{
    self->act = act;
    gtk_label_set_label(self->form_title, _(act->words));
    ui_form_say(self->form_error, "error", NULL);
    gtk_editable_set_text(self->reason, "");
    gtk_widget_set_visible(self->reason_box, act->kind == ACT_AMOUNT);
    ui_form_clear(self->reasons);
    for (gsize i = 0; i < G_N_ELEMENTS(act->reasons) && act->reasons[i] != NULL; i++) {
        GtkWidget *button =
            ui_form_button(_(act->reasons[i]), NULL, G_CALLBACK(choose_reason), self);
        g_object_set_data(G_OBJECT(button), "words", (gpointer)_(act->reasons[i]));
        gtk_box_append(GTK_BOX(self->reasons), button);
    }
    ui_pad_ask(self->pad, UI_PAD_MONEY,
               act->kind == ACT_COUNT ? _("Cash in the drawer") : _("Amount"), _("Done (Enter)"));
    show_page(self, "amount");
    ui_pad_grab(self->pad);
}

static void on_report(UiDrawerView *self, PosReportKind kind)
{
    const PosTillCommand command = {.verb = POS_TILL_REPORT, .report = kind};
    /* A Z cannot be taken back: the one touch that asks for a second one. */
    if (kind == POS_REPORT_Z && !self->sure_z) {
        self->sure_z = true;
        ui_form_say(
            self->said, "warning",
            _("Z closes the day for good and cannot be reopened. Press 7 again to close it."));
        return;
    }
    self->sure_z = false;
    send(self, &command);
}

static void run(UiDrawerView *self, const Act *act)
{
    if (act->kind != ACT_Z) {
        self->sure_z = false;
    }
    switch (act->kind) {
    case ACT_AMOUNT:
        ask_amount(self, act);
        break;
    case ACT_NO_SALE: {
        const PosTillCommand command = {.verb = POS_TILL_NO_SALE};
        send(self, &command);
        break;
    }
    case ACT_COUNT:
        if (ui_count_view_begin(self->count, &self->currency)) {
            show_page(self, "count");
        } else {
            ask_amount(self, act);
        }
        break;
    case ACT_X:
    case ACT_Z:
        on_report(self, act->kind == ACT_Z ? POS_REPORT_Z : POS_REPORT_X);
        break;
    case ACT_TRAINING: {
        const PosTillCommand command = {.verb = POS_TILL_TRAINING, .on = !self->training};
        send(self, &command);
        break;
    }
    case ACT_RECEIPTS:
        g_signal_emit_by_name(self, "receipts");
        break;
    case ACT_DEVICES:
        g_signal_emit_by_name(self, "devices");
        break;
    }
}

static void on_act(UiDrawerView *self, GtkButton *button)
{
    run(self, g_object_get_data(G_OBJECT(button), "act"));
}

/* --- amount and count ----------------------------------------------------------------------------- */

static void on_amount(UiDrawerView *self, const char *text)
{
    const int64_t minor = ui_parse_digits(text, POS_BOUND_AMOUNT_MINOR_MAX);
    g_autofree char *reason = g_strstrip(g_strdup(gtk_editable_get_text(self->reason)));
    if (minor <= 0 && self->act->kind == ACT_AMOUNT) {
        ui_form_say(self->form_error, "error", _("How much? Type the amount."));
        return;
    }
    if (self->act->needs_reason && reason[0] == '\0') {
        ui_form_say(self->form_error, "error", _("What for? Touch or type a reason."));
        gtk_widget_grab_focus(GTK_WIDGET(self->reason));
        return;
    }
    const PosTillCommand command = {.verb = self->act->verb,
                                    .amount = MAX(minor, 0),
                                    .reason = reason[0] != '\0' ? reason : NULL};
    send(self, &command);
}

static void on_reason_done(UiDrawerView *self)
{
    g_autofree char *text = g_strdup(ui_pad_text(self->pad));
    on_amount(self, text);
}

static void on_counted(UiDrawerView *self, json_t *pieces)
{
    const PosTillCommand command = {.verb = POS_TILL_CASH_UP, .denominations = pieces};
    send(self, &command);
}

static void on_menu(UiDrawerView *self)
{
    ui_form_say(self->said, "info", NULL);
    show_menu(self);
}

static void on_close(UiDrawerView *self)
{
    g_signal_emit_by_name(self, "closed");
}

static void on_pdf(UiDrawerView *self)
{
    g_signal_emit_by_name(self, "pdf");
}

/* --- events ---------------------------------------------------------------------------------------- */

static void say_done(UiDrawerView *self, const PosTillEvent *event)
{
    g_autofree char *amount = pos_money_format(event->amount, &self->currency);
    g_autofree char *words = NULL;
    if (g_str_equal(event->type, "no_sale")) {
        words = g_strdup(_("The drawer is open, without a sale. It stands in the journal."));
    } else if (g_str_equal(event->type, "paid_in")) {
        /* Translators: %s is an amount of money. */
        words = g_strdup_printf(_("%s put into the drawer."), amount);
    } else if (g_str_equal(event->type, "paid_out")) {
        /* Translators: %s is an amount of money. */
        words = g_strdup_printf(_("%s paid out of the drawer."), amount);
    } else {
        /* Translators: %s is an amount of money. */
        words = g_strdup_printf(_("%s taken to the safe."), amount);
    }
    show_menu(self);
    ui_form_say(self->said, "good", words);
}

/* After the count only: before it nobody is told what is expected. */
static void say_result(UiDrawerView *self, const PosTillEvent *event)
{
    const json_t *cash = g_str_equal(event->type, "cash_up")
                             ? event->record
                             : json_object_get(event->record, "cash");
    const json_t *over = json_object_get(cash, "over_short");
    if (!json_is_integer(over)) {
        ui_form_say(self->result, "info",
                    g_str_equal(event->type, "z")
                        ? _("The day is closed. The drawer was not counted.")
                        : NULL);
        return;
    }
    const int64_t minor = json_integer_value(over);
    g_autofree char *amount = pos_money_format(pos_money(ABS(minor)), &self->currency);
    /* Translators: %s is an amount of money. */
    g_autofree char *words = minor == 0  ? g_strdup(_("The drawer is right."))
                             : minor > 0 ? g_strdup_printf(_("%s too much in the drawer."), amount)
                                         : g_strdup_printf(_("%s missing in the drawer."), amount);
    ui_form_say(self->result, minor == 0 ? "good" : "warning", words);
}

void ui_drawer_view_apply(UiDrawerView *self, const PosTillEvent *event)
{
    if (event->kind == POS_EVENT_DRAWER) {
        say_done(self, event);
    } else if (event->kind == POS_EVENT_TRAINING) {
        self->training = event->training;
        show_menu(self);
        ui_form_say(self->said, "info",
                    event->training ? _("Training is on: nothing that is sold now counts.")
                                    : _("Training is over: what is sold now is real."));
    } else if (event->kind == POS_EVENT_REPORT) {
        if (!g_str_equal(event->type, "x") && !event->training) {
            self->shift_open = false; /* counted or closed */
        }
        say_result(self, event);
        ui_form_say(self->paper_said, "info", NULL);
        ui_form_paper_set(self->paper, NULL);
        show_page(self, "paper");
    } else if (event->kind == POS_EVENT_REFUSED || event->kind == POS_EVENT_ERROR) {
        if (is_page(self, "amount")) {
            ui_form_say(self->form_error, "error", event->message);
        } else if (is_page(self, "count")) {
            ui_count_view_show_error(self->count, event->message);
        } else {
            ui_form_say(self->said, "error", event->message);
        }
    }
}

void ui_drawer_view_show_paper(UiDrawerView *self, const GPtrArray *rows)
{
    ui_form_paper_set(self->paper, rows);
}

void ui_drawer_view_say(UiDrawerView *self, const char *kind, const char *sentence)
{
    ui_form_say(is_page(self, "paper") ? self->paper_said : self->said, kind, sentence);
}

void ui_drawer_view_set_currency(UiDrawerView *self, const PosCurrency *currency)
{
    self->currency = *currency;
    ui_pad_set_currency(self->pad, currency);
}

static gboolean menu_key(UiDrawerView *self, guint keyval)
{
    const guint digit =
        keyval >= GDK_KEY_KP_0 && keyval <= GDK_KEY_KP_9 ? keyval - GDK_KEY_KP_0 + '0' : keyval;
    for (gsize i = 0; i < G_N_ELEMENTS(acts); i++) {
        if (digit == (guint)acts[i].key && gtk_widget_get_visible(self->buttons[i])) {
            run(self, &acts[i]);
            return TRUE;
        }
    }
    return FALSE;
}

gboolean ui_drawer_view_key(UiDrawerView *self, guint keyval)
{
    const bool back = keyval == GDK_KEY_Escape;
    const bool enter = keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter;
    if (is_page(self, "count")) {
        return ui_count_view_key(self->count, keyval);
    }
    if (is_page(self, "menu")) {
        if (back) {
            on_close(self);
        }
        return back || menu_key(self, keyval);
    }
    if (is_page(self, "paper")) {
        if (back || enter) {
            on_menu(self);
        } else if (keyval == GDK_KEY_F9) {
            on_pdf(self);
        }
        return back || enter || keyval == GDK_KEY_F9;
    }
    if (back) {
        on_menu(self);
        return TRUE;
    }
    if (enter) {
        on_reason_done(self);
        return TRUE;
    }
    return ui_pad_key(self->pad, keyval);
}

/* --- the widget ------------------------------------------------------------------------------------ */

static GtkWidget *menu_new(UiDrawerView *self)
{
    GtkWidget *page = ui_form_box(GTK_ORIENTATION_VERTICAL, 14);
    GtkWidget *grid = gtk_grid_new();
    self->said = GTK_LABEL(ui_form_notice());
    gtk_grid_set_row_spacing(GTK_GRID(grid), 10);
    gtk_grid_set_column_spacing(GTK_GRID(grid), 10);
    gtk_grid_set_column_homogeneous(GTK_GRID(grid), TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS(acts); i++) {
        self->buttons[i] = ui_form_button("", "note", G_CALLBACK(on_act), self);
        gtk_widget_set_size_request(self->buttons[i], 300, 76);
        g_object_set_data(G_OBJECT(self->buttons[i]), "act", (gpointer)&acts[i]);
        gtk_grid_attach(GTK_GRID(grid), self->buttons[i], (int)(i % 2), (int)(i / 2), 1, 1);
    }
    gtk_widget_set_halign(page, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(page, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(page), ui_form_label(_("Drawer and day"), "title-1"));
    gtk_box_append(GTK_BOX(page), GTK_WIDGET(self->said));
    gtk_box_append(GTK_BOX(page), grid);
    gtk_box_append(GTK_BOX(page),
                   ui_form_button(_("Back to selling (Esc)"), NULL, G_CALLBACK(on_close), self));
    return page;
}

static GtkWidget *amount_new(UiDrawerView *self)
{
    GtkWidget *page = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 28);
    GtkWidget *left = ui_form_box(GTK_ORIENTATION_VERTICAL, 14);
    GtkWidget *reason = gtk_entry_new();
    self->reason_box = ui_form_box(GTK_ORIENTATION_VERTICAL, 10);
    self->reasons = ui_form_box(GTK_ORIENTATION_VERTICAL, 8);
    self->form_title = GTK_LABEL(ui_form_label("", "title-1"));
    self->form_error = GTK_LABEL(ui_form_notice());
    self->reason = GTK_EDITABLE(reason);
    self->pad = UI_PAD(ui_pad_new());
    gtk_entry_set_max_length(GTK_ENTRY(reason), 60);
    gtk_widget_set_size_request(reason, -1, 56);
    gtk_widget_add_css_class(reason, "task-entry");
    gtk_accessible_update_property(GTK_ACCESSIBLE(reason), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Reason"), -1);
    g_signal_connect_swapped(reason, "activate", G_CALLBACK(on_reason_done), self);
    g_signal_connect_swapped(self->pad, "accepted", G_CALLBACK(on_amount), self);
    gtk_widget_set_size_request(left, 380, -1);
    gtk_widget_set_size_request(GTK_WIDGET(self->pad), 300, -1);
    gtk_widget_set_halign(page, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(page, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(self->reason_box), ui_form_label(_("Reason"), "setup-title"));
    gtk_box_append(GTK_BOX(self->reason_box), reason);
    gtk_box_append(GTK_BOX(self->reason_box), self->reasons);
    gtk_box_append(GTK_BOX(left), GTK_WIDGET(self->form_title));
    gtk_box_append(GTK_BOX(left), GTK_WIDGET(self->form_error));
    gtk_box_append(GTK_BOX(left), self->reason_box);
    gtk_box_append(GTK_BOX(left), ui_form_button(_("Back (Esc)"), NULL, G_CALLBACK(on_menu), self));
    gtk_box_append(GTK_BOX(page), left);
    gtk_box_append(GTK_BOX(page), GTK_WIDGET(self->pad));
    return page;
}

static GtkWidget *paper_new(UiDrawerView *self)
{
    GtkWidget *page = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 28);
    GtkWidget *left = ui_form_box(GTK_ORIENTATION_VERTICAL, 14);
    self->result = GTK_LABEL(ui_form_notice());
    self->paper_said = GTK_LABEL(ui_form_notice());
    gtk_widget_set_size_request(left, 380, -1);
    gtk_widget_set_valign(left, GTK_ALIGN_CENTER);
    gtk_widget_set_halign(page, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(left), GTK_WIDGET(self->result));
    gtk_box_append(GTK_BOX(left), GTK_WIDGET(self->paper_said));
    gtk_box_append(GTK_BOX(left),
                   ui_form_button(_("Save as PDF (F9)"), NULL, G_CALLBACK(on_pdf), self));
    gtk_box_append(GTK_BOX(left),
                   ui_form_button(_("Done (Enter)"), "pay", G_CALLBACK(on_menu), self));
    gtk_box_append(GTK_BOX(page), left);
    gtk_box_append(GTK_BOX(page), ui_form_paper(&self->paper));
    return page;
}

static void ui_drawer_view_class_init(UiDrawerViewClass *class)
{
    g_signal_new("command", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
    static const char *const plain[] = {"closed", "receipts", "devices", "pdf"};
    for (gsize i = 0; i < G_N_ELEMENTS(plain); i++) {
        g_signal_new(plain[i], G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                     G_TYPE_NONE, 0);
    }
}

static void ui_drawer_view_init(UiDrawerView *self)
{
    const bool known = pos_currency_from_code("KRW", &self->currency);
    g_assert(known);
    self->pages = GTK_STACK(gtk_stack_new());
    self->count = UI_COUNT_VIEW(ui_count_view_new());
    gtk_stack_set_vhomogeneous(self->pages, FALSE);
    gtk_stack_set_hhomogeneous(self->pages, FALSE);
    gtk_stack_add_named(self->pages, menu_new(self), "menu");
    gtk_stack_add_named(self->pages, amount_new(self), "amount");
    gtk_stack_add_named(self->pages, GTK_WIDGET(self->count), "count");
    gtk_stack_add_named(self->pages, paper_new(self), "paper");
    ui_pages_show(self->pages, "menu");
    g_signal_connect_swapped(self->count, "counted", G_CALLBACK(on_counted), self);
    g_signal_connect_swapped(self->count, "closed", G_CALLBACK(on_menu), self);
    gtk_widget_add_css_class(GTK_WIDGET(self->pages), "setup-page");
    adw_bin_set_child(ADW_BIN(self), GTK_WIDGET(self->pages));
}

GtkWidget *ui_drawer_view_new(void)
{
    return g_object_new(UI_TYPE_DRAWER_VIEW, NULL);
}

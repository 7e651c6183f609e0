/* SPDX-License-Identifier: GPL-3.0-or-later
 * The shell: which page is shown, what the header says, where a key goes. Every call to the store thread holds a
 * reference to the window, so an answer always finds it. */
#include "ui/window_private.h"

#include "ui/pages.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define HEADER_SECONDS 2 /* ages on screen move on this often */

G_DEFINE_FINAL_TYPE(UiWindow, ui_window, ADW_TYPE_APPLICATION_WINDOW)

static void refresh_tiles(UiWindow *self);
static void refresh_header(UiWindow *self);
static void refresh_scale(UiWindow *self);
static void apply(UiWindow *self, const UiAnswer *answer);
static void refresh_devices(UiWindow *self);

const char *ui_window_page(UiWindow *self)
{
    return ui_pages_shown(self->pages);
}

void ui_window_show_page(UiWindow *self, const char *name)
{
    if (gtk_stack_get_child_by_name(self->pages, name) == NULL) {
        ui_window_build(self);
    }
    ui_pages_show(self->pages, name);
}

static void show_problem(UiWindow *self, const char *title, const char *sentence)
{
    g_autofree char *escaped = g_markup_escape_text(sentence, -1);
    adw_status_page_set_title(self->problem, title);
    adw_status_page_set_description(self->problem, escaped);
    ui_window_show_page(self, "problem");
}

/* --- what is shown where --------------------------------------------------------------------------- */

bool ui_window_has_operator(UiWindow *self)
{
    return self->operator_name != NULL && self->operator_name[0] != '\0';
}

/* The page that the till's state asks for. */
void ui_window_show_home(UiWindow *self)
{
    if (self->money.locked) {
        ui_window_show_page(self, "login");
        return;
    }
    if (!ui_window_has_operator(self)) {
        if (strcmp(ui_window_page(self), "login") != 0) {
            ui_login_view_begin(self->login);
        }
        ui_window_show_page(self, "login");
    } else if (!self->shift_open) {
        ui_login_view_ask_float(self->login, self->operator_name);
        ui_window_show_page(self, "login");
    } else {
        ui_window_show_page(self, "sale");
        ui_sale_view_set_operator(self->sale, self->operator_name);
        ui_pad_grab(ui_sale_view_pad(self->sale)); /* digits are a PLU, not a search */
        refresh_tiles(self);
    }
}

static void on_tiles(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) tiles =
        ui_till_thread_tiles_finish(UI_TILL_THREAD(source), result, &error);
    self->tiles_asked = false;
    if (self->stopped) {
        return;
    }
    if (tiles != NULL) {
        ui_picker_set_tiles(ui_sale_view_picker(self->sale), tiles);
    } else {
        ui_sale_view_show_error(self->sale, error->message);
    }
    if (self->tiles_stale) {
        refresh_tiles(self);
    }
}

/* One question at a time; a newer one is asked when the answer is there. */
static void refresh_tiles(UiWindow *self)
{
    if (!self->opened || self->stopped || !self->built || !ui_window_has_operator(self)) {
        return;
    }
    self->tiles_stale = self->tiles_asked;
    if (!self->tiles_asked) {
        UiPicker *picker = ui_sale_view_picker(self->sale);
        self->tiles_asked = true;
        ui_till_thread_tiles(self->thread, ui_picker_text(picker), ui_picker_category(picker),
                             on_tiles, g_object_ref(self));
    }
}

static void on_header(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(GError) error = NULL;
    g_autoptr(UiHeader) header =
        ui_till_thread_header_finish(UI_TILL_THREAD(source), result, &error);
    if (self->stopped) {
        return;
    }
    if (header == NULL) {
        ui_window_build(self);
        ui_sale_view_show_error(self->sale, error->message);
        return;
    }
    self->link = header->link;
    ui_header_bar_show(self->header, header);
    if (self->built) {
        ui_sale_view_set_now(self->sale, header->now_ms);
    }
    const bool first = self->operator_name == NULL;
    const bool changed = first || header->status.shift_open != self->shift_open ||
                         g_strcmp0(self->operator_name, header->status.operator_name) != 0;
    self->shift_open = header->status.shift_open;
    g_free(self->operator_name);
    g_free(self->operator_id);
    self->operator_id = g_strdup(header->status.operator_id);
    ui_window_money_set_header(self, header);
    self->operator_name =
        g_strdup(header->status.operator_name != NULL ? header->status.operator_name : "");
    const char *page = ui_window_page(self);
    if (changed && (first || strcmp(page, "login") == 0)) {
        ui_window_show_home(self);
    }
}

static void on_scale(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(UiScale) scale = ui_till_thread_scale_finish(UI_TILL_THREAD(source), result, NULL);
    self->scale_asked = false;
    if (self->stopped || scale == NULL) {
        return;
    }
    ui_header_bar_set_scale(self->header, scale->status.condition);
    ui_sale_view_show_scale(self->sale, scale);
    if (scale->answer != NULL) {
        apply(self, scale->answer);
        refresh_header(self);
    }
    if (self->scale_stale) {
        refresh_scale(self);
    }
}

/* One question at a time: what has changed meanwhile is asked for when the answer is there. */
static void refresh_scale(UiWindow *self)
{
    if (!self->opened || self->stopped || !self->built) {
        return;
    }
    self->scale_stale = self->scale_asked;
    if (!self->scale_asked) {
        self->scale_asked = true;
        const bool take =
            strcmp(ui_window_page(self), "sale") == 0 && ui_sale_view_awaits_weight(self->sale);
        ui_till_thread_scale(self->thread, take, on_scale, g_object_ref(self));
    }
}

static void refresh_header(UiWindow *self)
{
    if (self->opened && !self->stopped) {
        ui_till_thread_header(self->thread, on_header, g_object_ref(self));
    }
}

static void give_shop(UiWindow *self)
{
    const UiShop *shop = self->shop;
    ui_sale_view_set_shop(self->sale, shop);
    ui_tender_view_set_currency(self->tender, &shop->settings.currency);
    ui_receipt_view_set_currency(self->receipt, &shop->settings.currency);
    ui_window_money_set_shop(self, shop);
    ui_rcn_view_set_layouts(ui_devices_view_rcn(self->devices), shop->settings.rcn_layouts);
}

static void on_shop(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(GError) error = NULL;
    g_autoptr(UiShop) shop = ui_till_thread_shop_finish(UI_TILL_THREAD(source), result, &error);
    if (self->stopped) {
        return;
    }
    if (shop == NULL) {
        show_problem(self, _("The till cannot start"), error->message);
        return;
    }
    ui_header_bar_set_shop(self->header, shop);
    ui_login_view_set_shop(self->login, shop);
    g_clear_pointer(&self->shop, ui_shop_free);
    self->shop = g_steal_pointer(&shop);
    if (self->built) {
        give_shop(self);
    }
}

static void refresh_shop(UiWindow *self)
{
    ui_till_thread_shop(self->thread, on_shop, g_object_ref(self));
}

/* --- commands and events ------------------------------------------------------------------------------ */

static void on_receipt(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(GError) error = NULL;
    g_autoptr(UiReceipt) receipt =
        ui_till_thread_receipt_finish(UI_TILL_THREAD(source), result, &error);
    if (self->stopped) {
        return;
    }
    if (receipt != NULL) {
        ui_receipt_view_show(self->receipt, receipt);
    } else {
        ui_receipt_view_show_error(self->receipt, error->message);
    }
}

static void on_print_wanted(UiWindow *self, const char *receipt)
{
    ui_till_thread_print(self->thread, receipt);
}

static void apply_sale(UiWindow *self, const PosTillEvent *event)
{
    ui_receipt_view_begin(self->receipt, event);
    ui_window_show_page(self, "receipt");
    if (event->record != NULL) {
        ui_till_thread_receipt(self->thread, event->record, event->sale.hash_hex, on_receipt,
                               g_object_ref(self));
    }
}

static void apply_person(UiWindow *self, const PosTillEvent *event)
{
    if (event->kind == POS_EVENT_LOGIN) {
        ui_till_thread_prepare_search(self->thread);
    }
    if (event->kind == POS_EVENT_LOGIN || event->kind == POS_EVENT_LOGOUT) {
        g_free(self->operator_name);
        self->operator_name = g_strdup(event->kind == POS_EVENT_LOGIN && event->operator_ != NULL
                                           ? event->operator_->name
                                           : "");
    } else {
        self->shift_open = true;
    }
    ui_window_show_home(self);
}

static bool answers_scan(PosTillEventKind kind)
{
    return kind == POS_EVENT_LINE || kind == POS_EVENT_WEIGH || kind == POS_EVENT_PRICE ||
           kind == POS_EVENT_REFUSED || kind == POS_EVENT_ERROR;
}

/* What became of the camera's code is seen on its outline. */
static void camera_verdict(UiWindow *self, bool taken)
{
    self->camera_asked = false;
    ui_camera_set_verdict(self->camera, taken);
}

static void apply(UiWindow *self, const UiAnswer *answer)
{
    ui_window_build(self);
    const PosTillEvent *event = answer->event;
    const char *page = ui_window_page(self);
    const bool bad = event->kind == POS_EVENT_REFUSED || event->kind == POS_EVENT_ERROR;
    if (self->camera_asked && answers_scan(event->kind)) {
        camera_verdict(self, !bad);
    }
    if (bad && strcmp(page, "login") == 0) {
        ui_login_view_show_error(self->login, event->message);
        return;
    }
    if (strcmp(page, "tender") == 0 && (bad || event->kind == POS_EVENT_TENDER)) {
        ui_tender_view_apply(self->tender, event);
        return;
    }
    ui_sale_view_apply(self->sale, answer);
    switch (event->kind) {
    case POS_EVENT_SALE:
        apply_sale(self, event);
        break;
    case POS_EVENT_LOGIN:
    case POS_EVENT_LOGOUT:
    case POS_EVENT_SHIFT:
        apply_person(self, event);
        break;
    case POS_EVENT_REFUSED:
        if (event->refusal == POS_REFUSAL_NOT_LOGGED_IN) {
            g_free(self->operator_name);
            self->operator_name = g_strdup("");
            ui_window_show_home(self);
        }
        break;
    case POS_EVENT_LINE:
        if (strcmp(page, "receipt") == 0) {
            ui_window_show_page(self, "sale"); /* the next customer's first scan */
        }
        break;
    case POS_EVENT_ERROR:
    case POS_EVENT_DISCOUNT:
    case POS_EVENT_AGE:
    case POS_EVENT_NEXT_QUANTITY:
    case POS_EVENT_EXCHANGE:
    case POS_EVENT_PRODUCTS:
    case POS_EVENT_WEIGH:
    case POS_EVENT_SCALE:
    case POS_EVENT_TARE:
    case POS_EVENT_LINE_VOID:
    case POS_EVENT_TENDER:
    case POS_EVENT_VOID:
    case POS_EVENT_CART:
    case POS_EVENT_PRICE:
    case POS_EVENT_LOCKED:
    case POS_EVENT_UNLOCKED:
    case POS_EVENT_DRAWER:
    case POS_EVENT_REPORT:
    case POS_EVENT_TRAINING:
    case POS_EVENT_SUSPENDED:
    case POS_EVENT_RESUMED:
    case POS_EVENT_TICKETS:
    case POS_EVENT_PAYMENT:
    case POS_EVENT_RECEIPTS:
    case POS_EVENT_RECEIPT:
    case POS_EVENT_REPRINT:
    case POS_EVENT_STOCK:
        break;
    }
}

/* A command that is on its way, kept for whoever has to approve it. */
typedef struct {
    UiWindow *window;
    PosTillCommand *command;
    bool held; /* keys and codes wait for its answer */
} Sent;

/* Whether a person caused it, whose next key is meant for what the answer shows. */
static bool turns_page(const PosTillCommand *command)
{
    return command->verb != POS_TILL_CART && command->verb != POS_TILL_PAYMENT &&
           command->verb != POS_TILL_RECEIPTS && command->verb != POS_TILL_LEAVE &&
           command->verb != POS_TILL_ZERO;
}

static Sent *sent_new(UiWindow *self, const PosTillCommand *command)
{
    Sent *sent = g_new0(Sent, 1);
    sent->window = g_object_ref(self);
    sent->command = pos_till_command_copy(command);
    sent->held = turns_page(command);
    if (sent->held) {
        ui_scan_input_hold(self->input);
    }
    return sent;
}

static void on_answer(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autofree Sent *sent = user;
    g_autoptr(UiWindow) self = sent->window;
    g_autoptr(GError) error = NULL;
    g_autoptr(UiAnswer) answer = ui_till_thread_do_finish(UI_TILL_THREAD(source), result, &error);
    if (!self->stopped && answer == NULL) {
        show_problem(self, _("The till stopped"), error->message);
    } else if (!self->stopped) {
        ui_window_build(self);
        if (!ui_window_money_apply(self, sent->command, answer->event)) {
            apply(self, answer);
        }
        refresh_header(self);
        refresh_scale(self); /* a tare, or an item that waits */
    }
    pos_till_command_free(sent->command);
    if (sent->held && self->input != NULL) {
        ui_scan_input_release(self->input);
    }
}

void ui_window_send(UiWindow *self, const PosTillCommand *command)
{
    if (self->opened && !self->stopped) {
        ui_till_thread_do(self->thread, command, on_answer, sent_new(self, command));
    }
}

static void on_command(UiWindow *self, const PosTillCommand *command)
{
    ui_window_send(self, command);
}

/* The open cart as the till has it: after a start, and after prices moved. */
static void refresh_cart(UiWindow *self)
{
    if (ui_window_has_operator(self)) {
        const PosTillCommand command = {.verb = POS_TILL_CART};
        ui_window_send(self, &command);
    }
}

static void show_due(UiWindow *self, const UiAnswer *answer)
{
    ui_sale_view_apply(self->sale, answer);
    const PosCart *cart = answer->event->cart;
    if (answer->event->kind == POS_EVENT_CART &&
        (pos_cart_count(cart) > 0 || pos_cart_exchange(cart) != NULL)) {
        ui_tender_view_begin(self->tender, pos_cart_total(cart), pos_cart_count(cart));
        ui_tender_view_apply(self->tender, answer->event);
        ui_window_show_page(self, "tender");
    }
}

static void on_due(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(GError) error = NULL;
    g_autoptr(UiAnswer) answer = ui_till_thread_do_finish(UI_TILL_THREAD(source), result, &error);
    self->paying = false;
    if (!self->stopped && answer != NULL) {
        show_due(self, answer);
    }
    if (self->input != NULL) {
        ui_scan_input_release(self->input);
    }
}

/* What is due is asked of the till at that moment, since a price may just have fallen. What is pressed meanwhile is for
 * the tender. */
static void on_pay(UiWindow *self)
{
    const PosTillCommand command = {.verb = POS_TILL_CART};
    if (!self->paying) {
        self->paying = true;
        ui_scan_input_hold(self->input);
        ui_till_thread_do(self->thread, &command, on_due, g_object_ref(self));
    }
}

static void on_back(UiWindow *self)
{
    ui_window_show_page(self, "sale");
    refresh_cart(self);
}

static void on_next(UiWindow *self)
{
    ui_window_show_page(self, "sale");
    ui_pad_grab(ui_sale_view_pad(self->sale));
    refresh_tiles(self);
}

static void on_query_changed(UiWindow *self)
{
    refresh_tiles(self);
}

static void on_thread_changed(UiWindow *self)
{
    if (self->opened && !self->stopped) {
        refresh_shop(self);
        refresh_tiles(self);
        if (strcmp(ui_window_page(self), "sale") == 0) {
            refresh_cart(self);
        } else {
            refresh_header(self);
        }
    }
}

static gboolean on_timer(gpointer user)
{
    refresh_header(UI_WINDOW(user));
    return G_SOURCE_CONTINUE;
}

/* --- opening and enrolling ---------------------------------------------------------------------------- */

/* What the pages show from the start: the till's own settings, an open cart, a payment that is not over. */
static void begin_pages(UiWindow *self)
{
    const PosTillCommand command = {.verb = POS_TILL_CART};
    refresh_devices(self);
    ui_window_send(self, &command);
    refresh_header(self);
    refresh_scale(self);
}

static void opened(UiWindow *self)
{
    self->opened = true;
    refresh_shop(self);
    refresh_header(self);
    if (self->built) {
        begin_pages(self);
    }
    self->timer = g_timeout_add_seconds(HEADER_SECONDS, on_timer, self);
}

static void on_opened(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(GError) error = NULL;
    const gboolean enrolled = ui_till_thread_open_finish(UI_TILL_THREAD(source), result, &error);
    if (self->stopped) {
        return;
    }
    if (error != NULL) {
        show_problem(self, _("The till cannot start"), error->message);
    } else if (!enrolled) {
        ui_window_show_page(self, "enrol");
    } else {
        opened(self);
    }
}

static void on_enrolled(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(GError) error = NULL;
    const gboolean enrolled = ui_till_thread_enrol_finish(UI_TILL_THREAD(source), result, &error);
    if (self->stopped) {
        return;
    }
    ui_enrol_view_set_busy(self->enrol, FALSE);
    if (!enrolled) {
        ui_enrol_view_show_error(self->enrol, error != NULL ? error->message : "");
    } else {
        opened(self);
    }
}

static void on_enrol(UiWindow *self, const char *url, const char *code)
{
    ui_enrol_view_set_busy(self->enrol, TRUE);
    ui_till_thread_enrol(self->thread, url, code, on_enrolled, g_object_ref(self));
}

/* --- keys, scanner, camera --------------------------------------------------------------------------------- */

void ui_window_scan(UiWindow *self, const char *text, gsize length)
{
    ui_window_build(self);
    if (ui_window_money_scan(self, text, length)) {
        return;
    }
    const char *page = ui_window_page(self);
    if (strcmp(page, "receipt") == 0 || strcmp(page, "keys") == 0) {
        ui_window_show_page(self, "sale"); /* who scans has gone on to the next customer */
        page = "sale";
    }
    if (strcmp(page, "sale") == 0) {
        ui_sale_view_scan(self->sale, text, length);
    } else if (strcmp(page, "login") == 0 && memchr(text, '\0', length) == NULL) {
        ui_login_view_choose(self->login, text);
    } else if (strcmp(page, "tender") == 0) {
        gtk_widget_error_bell(GTK_WIDGET(self->tender));
    }
}

/* What a till does while it is not set up: nothing is sold, and no tender is left half done. */
void ui_window_show_devices(UiWindow *self)
{
    const char *page = ui_window_page(self);
    if (!self->opened || (strcmp(page, "login") != 0 && strcmp(page, "sale") != 0)) {
        gtk_widget_error_bell(GTK_WIDGET(self));
        return;
    }
    ui_window_build(self);
    ui_scanner_view_begin(ui_devices_view_scanner(self->devices),
                          ui_scan_input_settings(self->input));
    ui_devices_view_begin(self->devices, ui_scan_input_settings(self->input));
    ui_window_show_page(self, "devices");
}

static void on_devices_wanted(UiWindow *self)
{
    ui_window_show_devices(self);
}

/* What was only tried is forgotten. */
static void on_devices_closed(UiWindow *self)
{
    refresh_devices(self);
    ui_window_show_home(self);
}

static void on_try(UiWindow *self, const PosDeviceSettings *settings)
{
    ui_scan_input_set(self->input, settings);
}

static void on_devices_saved(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(GError) error = NULL;
    g_autofree PosDeviceSettings *devices =
        ui_till_thread_devices_finish(UI_TILL_THREAD(source), result, &error);
    if (self->stopped) {
        return;
    }
    if (devices != NULL) {
        ui_scan_input_set(self->input, devices);
        ui_selling_set_devices(self->selling, devices);
        ui_window_money_set_devices(self, devices);
    }
    ui_scanner_view_saved(ui_devices_view_scanner(self->devices),
                          error != NULL ? error->message : NULL);
}

static void on_save(UiWindow *self, const PosDeviceSettings *settings)
{
    ui_till_thread_set_devices(self->thread, settings, on_devices_saved, g_object_ref(self));
}

/* A key that no entry has the focus for. */
static gboolean page_key(UiWindow *self, guint keyval)
{
    const char *page = ui_window_page(self);
    if (strcmp(page, "sale") == 0) {
        return ui_sale_view_key(self->sale, keyval);
    }
    if (strcmp(page, "tender") == 0) {
        return ui_tender_view_key(self->tender, keyval);
    }
    if (strcmp(page, "receipt") == 0) {
        return ui_receipt_view_key(self->receipt, keyval);
    }
    if (strcmp(page, "keys") == 0) {
        return ui_selling_key(self->selling, keyval);
    }
    if (strcmp(page, "devices") == 0) {
        return ui_devices_view_key(self->devices, keyval);
    }
    if (strcmp(page, "login") == 0 && keyval == GDK_KEY_F10) {
        ui_window_show_devices(self);
        return TRUE;
    }
    if (strcmp(page, "login") == 0) {
        return ui_login_view_key(self->login, keyval);
    }
    return FALSE;
}

static bool is_shortcut(guint keyval)
{
    return keyval >= GDK_KEY_F1 && keyval <= GDK_KEY_F12;
}

/* Enter presses the button that has the focus, at once: GTK's own way shows it pressed for a quarter of a second first. */
static gboolean press_button(GtkWidget *focus, guint keyval)
{
    const bool enters = keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter;
    if (!enters || !GTK_IS_BUTTON(focus) || !gtk_widget_is_sensitive(focus)) {
        return FALSE;
    }
    g_signal_emit_by_name(focus, "clicked");
    return TRUE;
}

/* A key that is no scanner's. */
static gboolean on_key(GtkWindow *window, guint keyval, GdkModifierType state)
{
    UiWindow *self = UI_WINDOW(window);
    const bool in_entry = GTK_IS_EDITABLE(gtk_window_get_focus(window));
    if ((!in_entry || is_shortcut(keyval) || (state & GDK_ALT_MASK) != 0 ||
         keyval == GDK_KEY_Escape) &&
        ui_window_money_key(self, keyval, state)) {
        return TRUE;
    }
    if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0) {
        if (strcmp(ui_window_page(self), "sale") == 0 &&
            ui_sale_view_shortcut(self->sale, keyval, state)) {
            return TRUE;
        }
        const bool wanted = keyval == GDK_KEY_comma && (state & GDK_ALT_MASK) == 0;
        if (wanted) {
            ui_window_show_devices(self);
        }
        return wanted;
    }
    if (keyval == GDK_KEY_F5) {
        ui_window_set_camera(self, !ui_camera_is_running(self->camera));
        return TRUE;
    }
    GtkWidget *focus = gtk_window_get_focus(window);
    const bool in_text = GTK_IS_EDITABLE(focus);
    if (in_text && strcmp(ui_window_page(self), "sale") == 0 &&
        ui_sale_view_line_key(self->sale, keyval)) {
        return TRUE;
    }
    if (in_text && !is_shortcut(keyval)) {
        return FALSE;
    }
    return page_key(self, keyval) || press_button(focus, keyval);
}

static void on_arrived(UiWindow *self, const UiArrival *arrival)
{
    if (strcmp(ui_window_page(self), "devices") == 0) {
        if (strcmp(ui_devices_view_tab(self->devices), "scanner") == 0) {
            ui_scanner_view_arrived(ui_devices_view_scanner(self->devices), arrival);
        } else if (memchr(arrival->text, '\0', arrival->length) == NULL) {
            ui_rcn_view_explain(ui_devices_view_rcn(self->devices), arrival->text);
        }
        return;
    }
    if (arrival->verdict == POS_SCANNER_TEXT) {
        ui_camera_trigger(self->camera, arrival->text, arrival->length);
        ui_window_scan(self, arrival->text, arrival->length);
    } else if (strcmp(ui_window_page(self), "sale") == 0) {
        ui_sale_view_show_error(self->sale, pos_scanner_fragment_words());
    } else {
        gtk_widget_error_bell(GTK_WIDGET(self));
    }
}

static void on_input_changed(UiWindow *self)
{
    if (self->built) {
        ui_scanner_view_set_fault(ui_devices_view_scanner(self->devices),
                                  ui_scan_input_fault(self->input));
    }
    ui_header_bar_set_device_fault(self->header, ui_scan_input_fault(self->input));
}

static void on_devices(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(GError) error = NULL;
    g_autofree PosDeviceSettings *devices =
        ui_till_thread_devices_finish(UI_TILL_THREAD(source), result, &error);
    if (self->stopped) {
        return;
    }
    if (devices != NULL) {
        ui_scan_input_set(self->input, devices);
        ui_selling_set_devices(self->selling, devices);
        ui_window_money_set_devices(self, devices);
    } else {
        ui_sale_view_show_error(self->sale, error->message);
    }
}

static void refresh_devices(UiWindow *self)
{
    ui_till_thread_devices(self->thread, on_devices, g_object_ref(self));
}

static void on_camera_scanned(UiWindow *self, GBytes *text)
{
    gsize length = 0;
    const char *bytes = g_bytes_get_data(text, &length);
    ui_window_scan(self, bytes, length);
    self->camera_asked = strcmp(ui_window_page(self), "sale") == 0;
    if (strcmp(ui_window_page(self), "tender") == 0) {
        camera_verdict(self, false); /* nothing is sold while money is taken */
    }
}

static void on_camera_changed(UiWindow *self)
{
    const bool lost = ui_camera_state(self->camera) == UI_CAMERA_LOST;
    ui_header_bar_set_camera(self->header, ui_camera_is_running(self->camera));
    ui_header_bar_set_camera_fault(self->header, lost ? ui_camera_sentence(self->camera) : NULL);
}

void ui_window_set_camera(UiWindow *self, bool on)
{
    if (on) {
        ui_camera_start(self->camera, self->camera_source != NULL ? self->camera_source
                                                                  : self->money.camera_path);
    } else {
        ui_camera_stop(self->camera);
    }
}

void ui_window_restart_camera(UiWindow *self)
{
    if (self->camera_source == NULL && ui_camera_is_running(self->camera)) {
        ui_window_set_camera(self, false);
        ui_window_set_camera(self, true);
    }
}

static void on_camera_wanted(UiWindow *self, gboolean on)
{
    if ((bool)on != ui_camera_is_running(self->camera)) {
        ui_window_set_camera(self, on);
    }
}

static void on_logout_wanted(UiWindow *self)
{
    if (ui_window_has_operator(self)) {
        const PosTillCommand command = {.verb = POS_TILL_LOGOUT};
        ui_window_send(self, &command);
    }
}

/* --- the widget ---------------------------------------------------------------------------------------------- */

bool ui_window_is_idle(UiWindow *self)
{
    return ui_till_thread_pending(self->thread) == 0;
}

SyncLink ui_window_link(UiWindow *self)
{
    return self->link;
}

UiSaleView *ui_window_sale(UiWindow *self)
{
    ui_window_build(self);
    return self->sale;
}

UiTenderView *ui_window_tender(UiWindow *self)
{
    ui_window_build(self);
    return self->tender;
}

UiReceiptView *ui_window_receipt(UiWindow *self)
{
    ui_window_build(self);
    return self->receipt;
}

UiLoginView *ui_window_login(UiWindow *self)
{
    return self->login;
}

UiDevicesView *ui_window_devices(UiWindow *self)
{
    ui_window_build(self);
    return self->devices;
}

UiEnrolView *ui_window_enrol(UiWindow *self)
{
    ui_window_build(self);
    return self->enrol;
}

/* --- the pages that the first frame does not need ------------------------------------------------------------ */

static void watch(UiWindow *self, gpointer source, const char *signal, GCallback callback)
{
    g_signal_connect_object(source, signal, callback, self, G_CONNECT_SWAPPED);
}

static void build_sale(UiWindow *self)
{
    self->sale = UI_SALE_VIEW(ui_sale_view_new());
    self->tender = UI_TENDER_VIEW(ui_tender_view_new());
    self->receipt = UI_RECEIPT_VIEW(ui_receipt_view_new());
    gtk_stack_add_named(self->pages, GTK_WIDGET(self->sale), "sale");
    gtk_stack_add_named(self->pages, GTK_WIDGET(self->tender), "tender");
    gtk_stack_add_named(self->pages, GTK_WIDGET(self->receipt), "receipt");
    watch(self, self->sale, "command", G_CALLBACK(on_command));
    watch(self, self->sale, "pay", G_CALLBACK(on_pay));
    watch(self, ui_sale_view_picker(self->sale), "query-changed", G_CALLBACK(on_query_changed));
    watch(self, self->tender, "command", G_CALLBACK(on_command));
    watch(self, self->tender, "back", G_CALLBACK(on_back));
    watch(self, self->receipt, "next", G_CALLBACK(on_next));
    watch(self, self->receipt, "print-wanted", G_CALLBACK(on_print_wanted));
    ui_sale_view_set_camera(self->sale, self->camera);
    self->selling = ui_selling_new(self->pages, self->sale, self->thread);
    /* After what it saves: the settings as they are then. */
    watch(self, self->sale, "wanted", G_CALLBACK(refresh_devices));
}

static void build_set_up(UiWindow *self)
{
    self->enrol = UI_ENROL_VIEW(ui_enrol_view_new());
    self->devices = g_object_new(UI_TYPE_DEVICES_VIEW, NULL);
    gtk_stack_add_named(self->pages, GTK_WIDGET(self->enrol), "enrol");
    gtk_stack_add_named(self->pages, GTK_WIDGET(self->devices), "devices");
    watch(self, self->enrol, "enrol", G_CALLBACK(on_enrol));
    watch(self, self->devices, "closed", G_CALLBACK(on_devices_closed));
    watch(self, ui_devices_view_scanner(self->devices), "try", G_CALLBACK(on_try));
    watch(self, ui_devices_view_scanner(self->devices), "save", G_CALLBACK(on_save));
}

void ui_window_build(UiWindow *self)
{
    if (self->built || self->stopped) {
        return;
    }
    g_autofree char *shown = g_strdup(ui_window_page(self));
    self->built = true;
    gtk_window_set_icon_name(GTK_WINDOW(self), "org.coster.Coster");
    build_sale(self);
    build_set_up(self);
    ui_window_money_build(self);
    ui_pages_show(self->pages, shown); /* the new ones are hidden */
    if (self->shop != NULL) {
        give_shop(self);
    }
    if (self->opened) {
        begin_pages(self);
    }
}

static gboolean on_idle_build(gpointer user)
{
    g_autoptr(UiWindow) self = user;
    ui_window_build(self);
    return G_SOURCE_REMOVE;
}

/* The second frame begins: the first one is on the screen. */
static gboolean on_frame(GtkWidget *widget, GdkFrameClock *clock, gpointer user)
{
    UiWindow *self = UI_WINDOW(widget);
    if (g_str_equal(ui_window_page(self), "loading") || self->drawn++ == 0) {
        return G_SOURCE_CONTINUE;
    }
    g_idle_add_full(G_PRIORITY_LOW, on_idle_build, g_object_ref(self), NULL);
    return G_SOURCE_REMOVE;
}

static gboolean ui_window_close_request(GtkWindow *window)
{
    UiWindow *self = UI_WINDOW(window);
    if (!self->stopped) {
        self->stopped = true;
        g_clear_handle_id(&self->timer, g_source_remove);
        ui_scan_input_stop(self->input);
        ui_camera_close(self->camera);
        g_clear_handle_id(&self->money.charge_timer, g_source_remove);
        ui_till_thread_stop(self->thread);
    }
    return GTK_WINDOW_CLASS(ui_window_parent_class)->close_request(window);
}

static void ui_window_dispose(GObject *object)
{
    UiWindow *self = UI_WINDOW(object);
    if (self->thread != NULL && !self->stopped) {
        self->stopped = true;
        ui_till_thread_stop(self->thread);
    }
    g_clear_handle_id(&self->timer, g_source_remove);
    g_clear_object(&self->camera);
    g_clear_pointer(&self->selling, ui_selling_free);
    g_clear_object(&self->thread);
    g_clear_pointer(&self->camera_source, g_free);
    g_clear_object(&self->input);
    g_clear_pointer(&self->operator_name, g_free);
    g_clear_pointer(&self->operator_id, g_free);
    g_clear_pointer(&self->shop, ui_shop_free);
    ui_window_money_stop(self);
    g_clear_pointer(&self->money.camera_path, g_free);
    G_OBJECT_CLASS(ui_window_parent_class)->dispose(object);
}

static void ui_window_class_init(UiWindowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_window_dispose;
    GTK_WINDOW_CLASS(class)->close_request = ui_window_close_request;
    g_type_ensure(UI_TYPE_HEADER_BAR);
    g_type_ensure(UI_TYPE_LOGIN_VIEW);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/window.ui");
    gtk_widget_class_bind_template_child(widget_class, UiWindow, pages);
    gtk_widget_class_bind_template_child(widget_class, UiWindow, header);
    gtk_widget_class_bind_template_child(widget_class, UiWindow, problem);
    gtk_widget_class_bind_template_child(widget_class, UiWindow, login);
    gtk_widget_class_bind_template_child_full(widget_class, "banner", FALSE,
                                              G_STRUCT_OFFSET(UiWindow, money.banner));
    gtk_widget_class_bind_template_callback(widget_class, on_command);
    gtk_widget_class_bind_template_callback(widget_class, on_camera_wanted);
    gtk_widget_class_bind_template_callback(widget_class, on_logout_wanted);
    gtk_widget_class_bind_template_callback(widget_class, on_devices_wanted);
}

static void ui_window_init(UiWindow *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    ui_window_money_init(self);
    self->camera = ui_camera_new();
    g_signal_connect_object(self->camera, "scanned", G_CALLBACK(on_camera_scanned), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->camera, "changed", G_CALLBACK(on_camera_changed), self,
                            G_CONNECT_SWAPPED);
    self->input = ui_scan_input_new(GTK_WINDOW(self), on_key);
    g_signal_connect_object(self->input, "arrived", G_CALLBACK(on_arrived), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->input, "changed", G_CALLBACK(on_input_changed), self,
                            G_CONNECT_SWAPPED);
}

UiWindow *ui_window_new(AdwApplication *application, UiTillThread *thread,
                        const char *camera_source)
{
    UiWindow *self = g_object_new(UI_TYPE_WINDOW, "application", application, NULL);
    self->thread = g_object_ref(thread);
    self->camera_source = g_strdup(camera_source);
    ui_pages_show(self->pages, "loading");
    gtk_widget_add_tick_callback(GTK_WIDGET(self), on_frame, NULL, NULL);
    g_signal_connect_object(thread, "scale-changed", G_CALLBACK(refresh_scale), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(thread, "changed", G_CALLBACK(on_thread_changed), self,
                            G_CONNECT_SWAPPED);
    ui_till_thread_open(thread, on_opened, g_object_ref(self));
    return self;
}

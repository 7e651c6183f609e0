/* SPDX-License-Identifier: GPL-3.0-or-later
 * The window's money and people: the drawer's pages, receipts, a second person's approval of whatever was refused without
 * one, lock, payments that take time, sounds, the training banner. */
#include "ui/window_private.h"

#include "pos/badge.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define CHARGE_LOOK_MS 400

static bool is_page(UiWindow *self, const char *name)
{
    return strcmp(ui_window_page(self), name) == 0;
}

/* --- paper ------------------------------------------------------------------------------------------ */

static void say(UiWindow *self, const char *kind, const char *sentence)
{
    if (is_page(self, "drawer")) {
        ui_drawer_view_say(self->money.drawer, kind, sentence);
    } else if (is_page(self, "receipts")) {
        ui_receipts_view_say(self->money.receipts, kind, sentence);
    } else if (is_page(self, "receipt")) {
        ui_receipt_view_say(self->receipt, kind, sentence);
    }
}

static void on_paper(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(GError) error = NULL;
    g_autoptr(UiReceipt) paper =
        ui_till_thread_receipt_finish(UI_TILL_THREAD(source), result, &error);
    if (self->stopped) {
        return;
    }
    if (paper == NULL) {
        say(self, "error", error->message);
    } else if (paper->pdf != NULL) {
        /* Translators: %s is the path of a file. */
        g_autofree char *words = g_strdup_printf(_("Saved as %s"), paper->pdf);
        say(self, "good", words);
    } else if (is_page(self, "drawer")) {
        ui_drawer_view_show_paper(self->money.drawer, paper->rows);
    } else if (is_page(self, "receipts")) {
        ui_receipts_view_show_paper(self->money.receipts, paper->rows);
    }
}

static void keep_paper(UiWindow *self, const PosTillEvent *event)
{
    UiWindowMoney *money = &self->money;
    json_decref(money->record);
    money->record = json_deep_copy(event->record);
    money->paper_type = event->kind == POS_EVENT_REPORT ? event->type : NULL;
    g_strlcpy(money->hash_hex, event->sale.hash_hex, sizeof money->hash_hex);
    money->paper_training = event->training;
}

static void ask_paper(UiWindow *self, bool pdf)
{
    const UiWindowMoney *money = &self->money;
    const UiPaperWish wish = {.type = money->paper_type,
                              .hash_hex = money->hash_hex,
                              .record = money->record,
                              .pdf = pdf,
                              .training = money->paper_training};
    if (money->record != NULL) {
        ui_till_thread_paper(self->thread, &wish, on_paper, g_object_ref(self));
    }
}

static void on_pdf(UiWindow *self)
{
    ask_paper(self, true);
}

static void on_printer_told(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(GError) error = NULL;
    if (!ui_till_thread_printer_finish(UI_TILL_THREAD(source), result, &error) && !self->stopped) {
        say(self, "error", error->message);
    }
}

static void on_decided(UiWindow *self, gboolean print)
{
    ui_till_thread_printer(self->thread, print ? UI_PRINTER_PRINT_HELD : UI_PRINTER_DROP_HELD,
                           on_printer_told, g_object_ref(self));
}

/* --- opening the pages ------------------------------------------------------------------------------- */

static bool may_leave(UiWindow *self)
{
    ui_window_build(self);
    return ui_window_has_operator(self) && !self->money.locked &&
           (is_page(self, "sale") || is_page(self, "receipt") || is_page(self, "login") ||
            is_page(self, "drawer") || is_page(self, "receipts") || is_page(self, "devices"));
}

static void show_drawer(UiWindow *self)
{
    if (may_leave(self)) {
        ui_drawer_view_begin(self->money.drawer, self->shift_open, self->money.training);
        ui_window_show_page(self, "drawer");
    }
}

static void show_receipts(UiWindow *self)
{
    if (may_leave(self)) {
        ui_window_show_page(self, "receipts");
        ui_receipts_view_begin(self->money.receipts);
    }
}

static void lock(UiWindow *self)
{
    if (ui_window_has_operator(self) && !self->money.locked) {
        const PosTillCommand command = {.verb = POS_TILL_LOCK};
        ui_window_send(self, &command);
    }
}

static void on_closed(UiWindow *self)
{
    ui_window_show_home(self);
}

static void on_devices(UiWindow *self)
{
    ui_window_show_home(self); /* devices open from the sale or the login */
    ui_window_show_devices(self);
}

static void on_command(UiWindow *self, const PosTillCommand *command)
{
    ui_window_send(self, command);
}

/* --- approval ---------------------------------------------------------------------------------------- */

static void forget_asked(UiWindow *self)
{
    g_clear_pointer(&self->money.asked, pos_till_command_free);
}

static void leave_approval(UiWindow *self)
{
    forget_asked(self);
    ui_window_show_page(self, self->money.asked_from);
}

static void on_approval_closed(UiWindow *self)
{
    leave_approval(self);
}

static void on_approved(UiWindow *self, const char *id, const char *pin, const char *badge)
{
    PosTillCommand *asked = self->money.asked;
    if (asked != NULL) {
        PosTillCommand *with = pos_till_command_copy(asked);
        with->approver = g_strdup(id);
        with->approver_pin = g_strdup(pin);
        with->approver_badge = g_strdup(badge);
        ui_window_send(self, with);
        pos_till_command_free(with);
    }
}

/* The refused command, once more without who approved it. */
static void ask_approval(UiWindow *self, const PosTillCommand *command, const PosTillEvent *event)
{
    forget_asked(self);
    self->money.asked = pos_till_command_copy(command);
    g_clear_pointer(&self->money.asked->approver, g_free);
    g_clear_pointer(&self->money.asked->approver_pin, g_free);
    g_clear_pointer(&self->money.asked->approver_badge, g_free);
    g_strlcpy(self->money.asked_from, ui_window_page(self), sizeof self->money.asked_from);
    ui_approval_view_begin(self->money.approval, event->message);
    ui_window_show_page(self, "approval");
}

/* TRUE: the answer was about who approves. */
static bool apply_approval(UiWindow *self, const PosTillCommand *command, const PosTillEvent *event)
{
    const bool about_person = event->refusal == POS_REFUSAL_WRONG_PIN ||
                              event->refusal == POS_REFUSAL_LOCKED_OUT ||
                              event->refusal == POS_REFUSAL_NOT_ALLOWED;
    if (is_page(self, "approval") && command != NULL &&
        (command->approver != NULL || command->approver_badge != NULL)) {
        if (event->kind == POS_EVENT_REFUSED && about_person) {
            ui_approval_view_show_error(self->money.approval, event->message);
            return true;
        }
        leave_approval(self);
    }
    if (event->kind == POS_EVENT_REFUSED && event->refusal == POS_REFUSAL_APPROVAL_NEEDED &&
        command != NULL && !is_page(self, "approval") &&
        !is_page(self, "sale")) { /* the sale asks itself */
        ask_approval(self, command, event);
        return true;
    }
    return false;
}

/* --- payments that take time -------------------------------------------------------------------------- */

static gboolean on_charge_timer(gpointer user)
{
    UiWindow *self = user;
    if (!is_page(self, "tender") || !ui_tender_view_is_waiting(self->tender)) {
        self->money.charge_timer = 0;
        return G_SOURCE_REMOVE;
    }
    if (ui_till_thread_pending(self->thread) == 0) {
        const PosTillCommand look = {.verb = POS_TILL_PAYMENT};
        ui_window_send(self, &look);
    }
    return G_SOURCE_CONTINUE;
}

static void watch_charge(UiWindow *self)
{
    if (self->money.charge_timer == 0 && is_page(self, "tender") &&
        ui_tender_view_is_waiting(self->tender)) {
        self->money.charge_timer = g_timeout_add(CHARGE_LOOK_MS, on_charge_timer, self);
    }
}

static bool has_unknown(const PosTillEvent *event)
{
    for (guint i = 0; event->payments != NULL && i < event->payments->len; i++) {
        if (g_array_index(event->payments, PosPayment, i).status == POS_PAYMENT_UNKNOWN) {
            return true;
        }
    }
    return false;
}

/* After a crash the first thing that is asked. */
static bool apply_payments(UiWindow *self, const PosTillEvent *event)
{
    if (event->kind != POS_EVENT_CART && event->kind != POS_EVENT_PAYMENT) {
        return false;
    }
    ui_header_bar_set_payment_unknown(self->header, has_unknown(event));
    if (event->kind == POS_EVENT_PAYMENT) {
        ui_tender_view_apply(self->tender, event);
        watch_charge(self);
        return true;
    }
    if (is_page(self, "tender")) {
        ui_tender_view_apply(self->tender, event);
        return false;
    }
    if (is_page(self, "sale") && ui_tender_view_has_unknown(self->tender, event)) {
        ui_tender_view_begin(self->tender, event->due, pos_cart_count(event->cart));
        ui_tender_view_ask_unknown(self->tender, event);
        ui_window_show_page(self, "tender");
        watch_charge(self);
    } else if (is_page(self, "sale") && ui_tender_view_take_up(self->tender, event)) {
        ui_window_show_page(self, "tender");
    }
    return false;
}

/* --- events ------------------------------------------------------------------------------------------- */

static void play(UiWindow *self, const PosTillEvent *event)
{
    if (event->kind == POS_EVENT_LINE) {
        ui_sound_play(self->money.sound, UI_SOUND_GOOD);
    } else if (event->kind == POS_EVENT_SALE) {
        ui_sound_play(self->money.sound, UI_SOUND_DONE);
    } else if (event->kind == POS_EVENT_REFUSED || event->kind == POS_EVENT_ERROR) {
        ui_sound_play(self->money.sound, UI_SOUND_BAD);
    }
}

static bool apply_drawer(UiWindow *self, const PosTillEvent *event)
{
    ui_drawer_view_apply(self->money.drawer, event);
    if (event->kind == POS_EVENT_REPORT) {
        self->shift_open = self->shift_open && (event->training || g_str_equal(event->type, "x"));
        keep_paper(self, event);
        ask_paper(self, false);
    }
    return event->kind == POS_EVENT_REFUSED || event->kind == POS_EVENT_ERROR ||
           event->kind == POS_EVENT_DRAWER || event->kind == POS_EVENT_REPORT ||
           event->kind == POS_EVENT_TRAINING;
}

static bool apply_receipts(UiWindow *self, const PosTillEvent *event)
{
    ui_receipts_view_apply(self->money.receipts, event);
    if (event->kind == POS_EVENT_RECEIPT) {
        keep_paper(self, event);
        ask_paper(self, false);
    }
    return event->kind == POS_EVENT_REFUSED || event->kind == POS_EVENT_ERROR ||
           event->kind == POS_EVENT_RECEIPTS || event->kind == POS_EVENT_RECEIPT ||
           event->kind == POS_EVENT_REPRINT;
}

static void apply_lock(UiWindow *self, const PosTillEvent *event)
{
    self->money.locked = event->kind == POS_EVENT_LOCKED;
    if (self->money.locked) {
        const gsize lines = event->cart != NULL ? pos_cart_count(event->cart) : 0;
        ui_login_view_begin_locked(self->login, self->operator_id, self->operator_name, lines);
        ui_window_show_page(self, "login");
    } else {
        ui_window_show_home(self);
    }
}

bool ui_window_money_apply(UiWindow *self, const PosTillCommand *command, const PosTillEvent *event)
{
    self->money.training = event->training;
    gtk_widget_set_visible(self->money.banner, event->training);
    play(self, event);
    if (apply_approval(self, command, event) || apply_payments(self, event)) {
        return true;
    }
    if (event->kind == POS_EVENT_LOCKED || event->kind == POS_EVENT_UNLOCKED) {
        apply_lock(self, event);
        return true;
    }
    if (event->kind == POS_EVENT_LOGIN) {
        /* Another clerk's cart is another cart; and what was not over is asked for. */
        const PosTillCommand look = {.verb = POS_TILL_CART};
        self->money.locked = false;
        ui_window_send(self, &look);
        return false;
    }
    if (event->kind == POS_EVENT_LOGOUT) {
        self->money.locked = false;
        return false;
    }
    if (event->kind == POS_EVENT_SALE) {
        keep_paper(self, event);
        return false;
    }
    if (event->kind == POS_EVENT_REPRINT && is_page(self, "receipt")) {
        say(self, "good", _("A copy, marked as one, is on its way to the printer."));
        return true;
    }
    if (is_page(self, "login") && event->kind == POS_EVENT_REFUSED && event->seconds > 0) {
        ui_login_view_show_wait(self->login, event->message, event->seconds);
        return true;
    }
    if (is_page(self, "receipt") &&
        (event->kind == POS_EVENT_REFUSED || event->kind == POS_EVENT_ERROR) && command != NULL &&
        command->verb == POS_TILL_REPRINT) {
        say(self, "error", event->message);
        return true;
    }
    return is_page(self, "drawer")     ? apply_drawer(self, event)
           : is_page(self, "receipts") ? apply_receipts(self, event)
                                       : false;
}

/* --- keys and codes ------------------------------------------------------------------------------------ */

gboolean ui_window_money_key(UiWindow *self, guint keyval, GdkModifierType state)
{
    if ((state & GDK_ALT_MASK) != 0) {
        switch (gdk_keyval_to_lower(keyval)) {
        case GDK_KEY_c:
            show_drawer(self);
            return TRUE;
        case GDK_KEY_f:
            show_receipts(self);
            return TRUE;
        case GDK_KEY_l:
            lock(self);
            return TRUE;
        case GDK_KEY_a:
        case GDK_KEY_y:
            ui_doubt_bar_decide(self->money.doubt, gdk_keyval_to_lower(keyval) == GDK_KEY_a);
            return TRUE;
        default:
            return FALSE;
        }
    }
    if ((state & GDK_CONTROL_MASK) != 0) {
        return FALSE;
    }
    return is_page(self, "drawer")     ? ui_drawer_view_key(self->money.drawer, keyval)
           : is_page(self, "receipts") ? ui_receipts_view_key(self->money.receipts, keyval)
           : is_page(self, "approval") ? ui_approval_view_key(self->money.approval, keyval)
                                       : FALSE;
}

bool ui_window_money_scan(UiWindow *self, const char *text, gsize length)
{
    const bool badge = pos_badge_is(text, length);
    if (badge && is_page(self, "approval")) {
        ui_approval_view_badge(self->money.approval, text);
        return true;
    }
    if (badge && is_page(self, "login")) {
        ui_login_view_badge(self->login, text);
        return true;
    }
    if (badge && !is_page(self, "devices") && !is_page(self, "enrol")) {
        const PosTillCommand command = {
            .verb = POS_TILL_SCAN, .text = (char *)text, .text_length = length};
        ui_window_send(self, &command);
        return true;
    }
    if (is_page(self, "receipts") && memchr(text, '\0', length) == NULL) {
        /* The code on a receipt: "coster:NUMBER:…". */
        g_auto(GStrv) parts = g_strsplit(text, ":", 3);
        const bool ours = g_strv_length(parts) >= 2 && g_str_equal(parts[0], "coster");
        ui_receipts_view_find(self->money.receipts, ours ? parts[1] : text);
        return true;
    }
    if (is_page(self, "drawer") || is_page(self, "approval")) {
        gtk_widget_error_bell(GTK_WIDGET(self));
        return true;
    }
    return false;
}

/* --- devices ------------------------------------------------------------------------------------------- */

static void say_page(UiWindow *self, const char *kind, const char *sentence)
{
    UiDevicePage *page = ui_devices_view_page(self->devices);
    if (page != NULL) {
        ui_device_page_say(page, kind, sentence);
    }
}

static void on_page_saved(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(GError) error = NULL;
    g_autofree PosDeviceSettings *saved =
        ui_till_thread_devices_finish(UI_TILL_THREAD(source), result, &error);
    if (self->stopped) {
        return;
    }
    if (saved == NULL) {
        say_page(self, "error", error->message);
        return;
    }
    ui_scan_input_set(self->input, saved);
    ui_selling_set_devices(self->selling, saved);
    ui_window_money_set_devices(self, saved);
    ui_devices_view_begin(self->devices, saved);
    say_page(self, "good", _("Saved. This till works so from now on."));
}

static void on_page_save(UiWindow *self, const PosDeviceSettings *settings)
{
    ui_till_thread_set_devices(self->thread, settings, on_page_saved, g_object_ref(self));
}

static void on_tested_printer(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(GError) error = NULL;
    const bool fine = ui_till_thread_printer_finish(UI_TILL_THREAD(source), result, &error);
    if (!self->stopped) {
        say_page(self, fine ? "good" : "error",
                 fine ? _("A test page is on its way; a fault would stand in the header.")
                      : error->message);
    }
}

static void on_tested_scale(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(UiWindow) self = user;
    g_autoptr(UiScale) scale = ui_till_thread_scale_finish(UI_TILL_THREAD(source), result, NULL);
    if (self->stopped || scale == NULL) {
        return;
    }
    g_autofree char *grams = scale->status.has_grams ? g_strdup_printf("%" G_GINT64_FORMAT " g · ",
                                                                       (gint64)scale->status.grams)
                                                     : g_strdup("");
    g_autofree char *words =
        g_strconcat(grams, pos_scale_condition_words(scale->status.condition), NULL);
    say_page(self, pos_scale_condition_is_fault(scale->status.condition) ? "error" : "info", words);
}

static void on_page_test(UiWindow *self, const char *kind)
{
    if (g_str_equal(kind, "printer")) {
        ui_till_thread_printer(self->thread, UI_PRINTER_TEST, on_tested_printer,
                               g_object_ref(self));
    } else if (g_str_equal(kind, "scale")) {
        ui_till_thread_scale(self->thread, FALSE, on_tested_scale, g_object_ref(self));
    } else if (g_str_equal(kind, "sound")) {
        ui_sound_test(self->money.sound);
        say_page(self, "info",
                 _("Two tones. If nothing is heard, look at the machine's sound settings."));
    } else if (g_str_equal(kind, "camera")) {
        ui_window_set_camera(self, true);
        say_page(self, "info", _("The camera is on; what is wrong with it stands in the header."));
    }
}

/* --- life ----------------------------------------------------------------------------------------------- */

static void on_copy_wanted(UiWindow *self, const char *receipt)
{
    g_autofree char *number = g_strdup(receipt);
    const PosTillCommand command = {.verb = POS_TILL_REPRINT, .receipt = number};
    ui_window_send(self, &command);
}

static void watch(UiWindow *self, gpointer source, const char *signal, GCallback callback)
{
    g_signal_connect_object(source, signal, callback, self, G_CONNECT_SWAPPED);
}

void ui_window_money_init(UiWindow *self)
{
    self->money.sound = ui_sound_new();
    GtkWidget *doubt = ui_doubt_bar_new();
    GtkWidget *content = gtk_widget_get_parent(self->money.banner);
    self->money.doubt = UI_DOUBT_BAR(doubt);
    gtk_box_insert_child_after(GTK_BOX(content), doubt, self->money.banner);
    watch(self, doubt, "decided", G_CALLBACK(on_decided));
    watch(self, self->header, "drawer-wanted", G_CALLBACK(show_drawer));
    watch(self, self->header, "lock-wanted", G_CALLBACK(lock));
}

void ui_window_money_build(UiWindow *self)
{
    UiWindowMoney *money = &self->money;
    money->approval = UI_APPROVAL_VIEW(ui_approval_view_new());
    money->drawer = UI_DRAWER_VIEW(ui_drawer_view_new());
    money->receipts = UI_RECEIPTS_VIEW(ui_receipts_view_new());
    gtk_stack_add_named(self->pages, GTK_WIDGET(money->approval), "approval");
    gtk_stack_add_named(self->pages, GTK_WIDGET(money->drawer), "drawer");
    gtk_stack_add_named(self->pages, GTK_WIDGET(money->receipts), "receipts");
    watch(self, money->approval, "approved", G_CALLBACK(on_approved));
    watch(self, money->approval, "closed", G_CALLBACK(on_approval_closed));
    watch(self, money->drawer, "command", G_CALLBACK(on_command));
    watch(self, money->drawer, "closed", G_CALLBACK(on_closed));
    watch(self, money->drawer, "receipts", G_CALLBACK(show_receipts));
    watch(self, money->drawer, "devices", G_CALLBACK(on_devices));
    watch(self, money->drawer, "pdf", G_CALLBACK(on_pdf));
    watch(self, money->receipts, "command", G_CALLBACK(on_command));
    watch(self, money->receipts, "closed", G_CALLBACK(on_closed));
    watch(self, money->receipts, "pdf", G_CALLBACK(on_pdf));
    watch(self, self->receipt, "copy-wanted", G_CALLBACK(on_copy_wanted));
    watch(self, self->receipt, "pdf-wanted", G_CALLBACK(on_pdf));
    watch(self, self->devices, "save", G_CALLBACK(on_page_save));
    watch(self, self->devices, "test", G_CALLBACK(on_page_test));
}

void ui_window_money_stop(UiWindow *self)
{
    g_clear_handle_id(&self->money.charge_timer, g_source_remove);
    g_clear_pointer(&self->money.sound, ui_sound_free);
    g_clear_pointer(&self->money.record, json_decref);
    forget_asked(self);
}

void ui_window_money_set_shop(UiWindow *self, const UiShop *shop)
{
    ui_approval_view_set_shop(self->money.approval, shop);
    ui_drawer_view_set_currency(self->money.drawer, &shop->settings.currency);
    ui_receipts_view_set_shop(self->money.receipts, shop);
}

void ui_window_money_set_header(UiWindow *self, const UiHeader *header)
{
    ui_doubt_bar_show(self->money.doubt, ui_window_has_operator(self) ? header->held : 0,
                      header->held_name);
    if (self->built) {
        ui_tender_view_set_terminal(self->tender, header->has_card);
        ui_receipt_view_set_printer(self->receipt, header);
    }
}

void ui_window_money_set_devices(UiWindow *self, const PosDeviceSettings *settings)
{
    ui_sound_set_on(self->money.sound, settings->sound.on);
    const char *path = settings->camera.path[0] != '\0' ? settings->camera.path : NULL;
    if (g_strcmp0(path, self->money.camera_path) != 0) {
        g_free(self->money.camera_path);
        self->money.camera_path = g_strdup(path);
        ui_window_restart_camera(self);
    }
}

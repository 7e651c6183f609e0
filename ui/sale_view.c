/* SPDX-License-Identifier: GPL-3.0-or-later
 * The sale screen's layout: its widgets, what the shop gives them, and who hears their signals. Every decision is the
 * till's. */
#include "ui/sale_private.h"

#include "ui/cart_row.h"
#include "ui/closures.h"
#include "ui/pages.h"
#include <glib/gi18n-lib.h>
#include <string.h>

G_DEFINE_FINAL_TYPE(UiSaleView, ui_sale_view, ADW_TYPE_BIN)

void ui_sale_command(UiSaleView *self, const PosTillCommand *value)
{
    if (value->verb != POS_TILL_CART && value->verb != POS_TILL_LEAVE &&
        value->verb != POS_TILL_ZERO) {
        PosTillCommand *copy = pos_till_command_copy(value);
        g_clear_pointer(&self->last, pos_till_command_free);
        self->last = copy;
    }
    g_signal_emit_by_name(self, "command", value);
}

void ui_sale_view_set_left_hand(UiSaleView *self, gboolean left_hand)
{
    self->left_hand = left_hand;
    gtk_box_reorder_child_after(self->panes, self->pad_pane,
                                left_hand ? NULL
                                          : gtk_widget_get_last_child(GTK_WIDGET(self->panes)));
}

gboolean ui_sale_view_left_hand(UiSaleView *self)
{
    return self->left_hand;
}

void ui_sale_view_set_operator(UiSaleView *self, const char *name)
{
    const bool somebody = name != NULL && name[0] != '\0';
    /* Translators: %s is the clerk whose cart it is. */
    g_autofree char *title =
        somebody ? g_strdup_printf(_("Cart of %s"), name) : g_strdup(_("Cart"));
    gtk_label_set_label(self->cart_title, title);
}

void ui_sale_view_set_now(UiSaleView *self, int64_t now_ms)
{
    ui_cart_model_set_now(self->model, now_ms);
}

void ui_sale_view_set_shop(UiSaleView *self, const UiShop *shop)
{
    self->currency = shop->settings.currency;
    g_free(self->time_zone);
    self->time_zone = g_strdup(shop->settings.time_zone);
    g_clear_pointer(&self->departments, g_ptr_array_unref);
    self->departments = shop->departments != NULL ? g_ptr_array_ref(shop->departments) : NULL;
    ui_cart_model_set_currency(self->model, &self->currency);
    ui_pad_set_currency(self->pad, &self->currency);
    ui_picker_set_currency(self->picker, &self->currency);
    ui_picker_set_categories(self->picker, shop->categories);
    ui_scale_view_set_tares(self->scale, shop->tares);
    g_autofree char *total = ui_cart_model_total(self->model);
    gtk_label_set_label(self->total, total);
    GtkWidget *child = NULL;
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(self->managers))) != NULL) {
        gtk_box_remove(self->managers, child);
    }
    g_ptr_array_set_size(self->manager_names, 0);
    for (guint i = 0; i < shop->operators->len; i++) {
        const PosOperator *op = shop->operators->pdata[i];
        if (!pos_operator_is_manager(op)) {
            continue;
        }
        PosOperator *copy = g_new0(PosOperator, 1);
        copy->id = g_strdup(op->id);
        copy->name = g_strdup(op->name);
        copy->role = g_strdup(op->role);
        g_ptr_array_add(self->manager_names, copy);
        GtkWidget *button = gtk_button_new_with_label(copy->name);
        g_object_set_data(G_OBJECT(button), "operator", copy);
        g_signal_connect(button, "clicked", G_CALLBACK(ui_sale_on_manager_clicked), self);
        gtk_box_append(self->managers, button);
    }
}

void ui_sale_view_set_camera(UiSaleView *self, UiCamera *camera)
{
    ui_camera_view_set_camera(UI_CAMERA_VIEW(self->camera), camera);
}

UiPicker *ui_sale_view_picker(UiSaleView *self)
{
    return self->picker;
}

UiPad *ui_sale_view_pad(UiSaleView *self)
{
    return self->pad;
}

guint ui_sale_view_lines(UiSaleView *self)
{
    return g_list_model_get_n_items(G_LIST_MODEL(self->model));
}

/* --- the widget ----------------------------------------------------------------------------------------- */

static void action_act(GtkWidget *widget, const char *name, GVariant *parameter)
{
    ui_sale_view_act(UI_SALE_VIEW(widget), g_variant_get_string(parameter, NULL));
}

static void action_step(GtkWidget *widget, const char *name, GVariant *parameter)
{
    ui_sale_step_quantity(UI_SALE_VIEW(widget), g_variant_get_int32(parameter));
}

static void on_row_setup(UiSaleView *self, GtkListItem *item)
{
    gtk_list_item_set_child(item, ui_cart_row_new());
}

static void on_row_bind(UiSaleView *self, GtkListItem *item)
{
    ui_cart_row_set_line(UI_CART_ROW(gtk_list_item_get_child(item)), gtk_list_item_get_item(item));
}

static void on_row_unbind(UiSaleView *self, GtkListItem *item)
{
    ui_cart_row_set_line(UI_CART_ROW(gtk_list_item_get_child(item)), NULL);
}

static void on_cart_activate(UiSaleView *self, guint position)
{
    ui_sale_ask_quantity(self);
}

static void ui_sale_view_dispose(GObject *object)
{
    UiSaleView *self = UI_SALE_VIEW(object);
    g_clear_object(&self->model);
    g_clear_pointer(&self->manager_names, g_ptr_array_unref);
    g_clear_pointer(&self->last, pos_till_command_free);
    g_clear_pointer(&self->approver, g_free);
    g_clear_pointer(&self->time_zone, g_free);
    g_clear_pointer(&self->departments, g_ptr_array_unref);
    G_OBJECT_CLASS(ui_sale_view_parent_class)->dispose(object);
}

static void bind_children(GtkWidgetClass *widget_class)
{
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, picker);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, pad);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, left);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, task);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, panes);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, pad_pane);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, quick);
    gtk_widget_class_bind_template_callback(widget_class, ui_sale_on_task_asks);
    gtk_widget_class_bind_template_callback(widget_class, ui_sale_on_task_command);
    gtk_widget_class_bind_template_callback(widget_class, ui_sale_on_task_act);
    gtk_widget_class_bind_template_callback(widget_class, ui_sale_on_task_refused);
    gtk_widget_class_bind_template_callback(widget_class, ui_sale_send_line);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, cart);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, cart_stack);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, cart_title);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, count);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, total);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, notice);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, notice_box);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, notice_title);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, notice_text);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, confirm);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, lift);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, managers);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, scale);
    gtk_widget_class_bind_template_callback(widget_class, ui_sale_tare);
    gtk_widget_class_bind_template_callback(widget_class, ui_sale_zero);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, camera);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, nothing);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, line_tools);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, pay);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, void_cart);
    gtk_widget_class_bind_template_child(widget_class, UiSaleView, price_check);
}

static void ui_sale_view_class_init(UiSaleViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_sale_view_dispose;
    g_signal_new("command", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
    g_signal_new("pay", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_type_ensure(UI_TYPE_PICKER);
    g_type_ensure(UI_TYPE_PAD);
    g_type_ensure(UI_TYPE_CAMERA_VIEW);
    g_type_ensure(UI_TYPE_SCALE_VIEW);
    g_type_ensure(UI_TYPE_TASK_VIEW);
    g_signal_new("wanted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_STRING);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/sale_view.ui");
    bind_children(widget_class);
    gtk_widget_class_bind_template_callback(widget_class, ui_sale_on_picked);
    gtk_widget_class_bind_template_callback(widget_class, ui_sale_on_pad_accepted);
    gtk_widget_class_bind_template_callback(widget_class, ui_sale_on_price_check_toggled);
    gtk_widget_class_bind_template_callback(widget_class, on_row_setup);
    gtk_widget_class_bind_template_callback(widget_class, on_row_bind);
    gtk_widget_class_bind_template_callback(widget_class, on_row_unbind);
    gtk_widget_class_bind_template_callback(widget_class, on_cart_activate);
    gtk_widget_class_install_action(widget_class, "sale.act", "s", action_act);
    gtk_widget_class_install_action(widget_class, "sale.step", "i", action_step);
}

static void ui_sale_view_init(UiSaleView *self)
{
    const bool known = pos_currency_from_code("KRW", &self->currency);
    g_assert(known);
    self->manager_names = g_ptr_array_new_with_free_func((GDestroyNotify)pos_operator_free);
    gtk_widget_init_template(GTK_WIDGET(self));
    self->model = ui_cart_model_new();
    self->selection = gtk_single_selection_new(g_object_ref(G_LIST_MODEL(self->model)));
    gtk_list_view_set_model(self->cart, GTK_SELECTION_MODEL(self->selection));
    g_object_unref(self->selection);
    ui_pad_bind_line(self->pad, ui_picker_entry(self->picker));
    ui_pages_show(self->cart_stack, "empty");
    ui_sale_clear_notice(self);
    ui_sale_ask_code(self);
}

GtkWidget *ui_sale_view_new(void)
{
    return g_object_new(UI_TYPE_SALE_VIEW, NULL);
}

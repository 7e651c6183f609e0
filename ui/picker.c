/* SPDX-License-Identifier: GPL-3.0-or-later
 * The picker. Its list keeps the objects of products that stay, in place, so scroll and focus survive a feed. */
#include "ui/picker.h"

#include "pos/command_line.h"
#include "ui/closures.h"
#include "ui/icons.h"
#include "ui/pages.h"
#include "ui/product_tile.h"
#include <glib/gi18n-lib.h>
#include <string.h>

struct _UiPicker {
    AdwBin parent;
    GtkSearchEntry *search;
    GtkBox *categories;
    GtkGridView *grid;
    GtkStack *stack;
    AdwStatusPage *empty;
    GListStore *items;
    GtkToggleButton *all;
    char *category;
    PosCurrency currency;
    bool quiet; /* categories are being rebuilt */
};
G_DEFINE_FINAL_TYPE(UiPicker, ui_picker, ADW_TYPE_BIN)

/* The entry is also the command line: "void 2" is nothing to look for. */
static bool is_command(UiPicker *self, const char *text)
{
    g_autofree char *message = NULL;
    PosTillCommand *command = pos_command_line_parse(text, strlen(text), &self->currency, &message);
    const bool item = command != NULL && command->verb == POS_TILL_SCAN && command->pieces == 0;
    pos_till_command_free(command);
    return !item;
}

const char *ui_picker_text(UiPicker *self)
{
    const char *text = gtk_editable_get_text(GTK_EDITABLE(self->search));
    return text[0] != '\0' && is_command(self, text) ? "" : text;
}

void ui_picker_set_text(UiPicker *self, const char *text)
{
    gtk_editable_set_text(GTK_EDITABLE(self->search), text);
}

const char *ui_picker_category(UiPicker *self)
{
    return self->category;
}

GtkEditable *ui_picker_entry(UiPicker *self)
{
    return GTK_EDITABLE(self->search);
}

GListModel *ui_picker_items(UiPicker *self)
{
    return G_LIST_MODEL(self->items);
}

void ui_picker_focus_search(UiPicker *self)
{
    gtk_widget_grab_focus(GTK_WIDGET(self->search));
}

void ui_picker_set_currency(UiPicker *self, const PosCurrency *currency)
{
    self->currency = *currency;
}

static void on_category_toggled(GtkToggleButton *button, UiPicker *self)
{
    if (self->quiet || !gtk_toggle_button_get_active(button)) {
        return;
    }
    g_free(self->category);
    self->category = g_strdup(g_object_get_data(G_OBJECT(button), "category"));
    g_signal_emit_by_name(self, "query-changed");
}

static GtkToggleButton *category_button(UiPicker *self, const char *id, const char *name,
                                        const char *icon)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    g_autofree char *icon_name = g_strconcat("coster-", icon, NULL);
    GtkWidget *image = gtk_image_new_from_paintable(
        ui_icons_get(icon_name, 24, gtk_widget_get_scale_factor(GTK_WIDGET(self))));
    gtk_image_set_pixel_size(GTK_IMAGE(image), 24);
    gtk_box_append(GTK_BOX(box), image);
    gtk_box_append(GTK_BOX(box), gtk_label_new(name));
    GtkToggleButton *button = GTK_TOGGLE_BUTTON(gtk_toggle_button_new());
    gtk_button_set_child(GTK_BUTTON(button), box);
    gtk_widget_add_css_class(GTK_WIDGET(button), "category");
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    g_object_set_data_full(G_OBJECT(button), "category", g_strdup(id), g_free);
    if (self->all != NULL) {
        gtk_toggle_button_set_group(button, self->all);
    }
    g_signal_connect(button, "toggled", G_CALLBACK(on_category_toggled), self);
    gtk_box_append(self->categories, GTK_WIDGET(button));
    return button;
}

void ui_picker_set_categories(UiPicker *self, GPtrArray *categories)
{
    self->quiet = true;
    GtkWidget *child = NULL;
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(self->categories))) != NULL) {
        gtk_box_remove(self->categories, child);
    }
    self->all = NULL;
    self->all = category_button(self, NULL, _("All"), "basket");
    GtkToggleButton *chosen = self->all;
    for (guint i = 0; i < categories->len; i++) {
        const PosCategory *category = categories->pdata[i];
        GtkToggleButton *button = category_button(
            self, category->id, pos_names_in(&category->names, ui_language()),
            category->icon != NULL && category->icon[0] != '\0' ? category->icon : "basket");
        if (g_strcmp0(category->id, self->category) == 0) {
            chosen = button;
        }
    }
    if (chosen == self->all) {
        g_clear_pointer(&self->category, g_free);
    }
    gtk_toggle_button_set_active(chosen, TRUE);
    self->quiet = false;
}

bool ui_picker_choose_category(UiPicker *self, const char *id)
{
    for (GtkWidget *child = gtk_widget_get_first_child(GTK_WIDGET(self->categories)); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        if (g_strcmp0(g_object_get_data(G_OBJECT(child), "category"), id) == 0) {
            gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(child), TRUE);
            return true;
        }
    }
    return false;
}

static const char *item_gtin(UiPicker *self, guint index)
{
    g_autoptr(UiProductItem) item = g_list_model_get_item(G_LIST_MODEL(self->items), index);
    return ui_product_item_tile(item)->product->gtin;
}

static bool same_products(UiPicker *self, GPtrArray *tiles)
{
    if (g_list_model_get_n_items(G_LIST_MODEL(self->items)) != tiles->len) {
        return false;
    }
    for (guint i = 0; i < tiles->len; i++) {
        const UiTile *tile = tiles->pdata[i];
        if (strcmp(item_gtin(self, i), tile->product->gtin) != 0) {
            return false;
        }
    }
    return true;
}

void ui_picker_set_tiles(UiPicker *self, GPtrArray *tiles)
{
    g_ptr_array_set_free_func(tiles, NULL);
    if (same_products(self, tiles)) {
        for (guint i = 0; i < tiles->len; i++) {
            g_autoptr(UiProductItem) item = g_list_model_get_item(G_LIST_MODEL(self->items), i);
            ui_product_item_update(item, tiles->pdata[i]);
        }
    } else {
        g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_object_unref);
        for (guint i = 0; i < tiles->len; i++) {
            g_ptr_array_add(items, ui_product_item_new(tiles->pdata[i], &self->currency));
        }
        g_list_store_splice(self->items, 0, g_list_model_get_n_items(G_LIST_MODEL(self->items)),
                            items->pdata, items->len);
    }
    const char *text = ui_picker_text(self);
    if (tiles->len == 0) {
        g_autofree char *searched = text[0] != '\0'
                                        ? g_strdup_printf(_("Nothing is called “%s”"), text)
                                        : g_strdup(_("Nothing here yet"));
        g_autofree char *escaped = g_markup_escape_text(searched, -1);
        adw_status_page_set_title(self->empty, escaped);
        adw_status_page_set_description(
            self->empty, text[0] != '\0'
                             ? _("Search by name in any language, by its first consonants, by PLU "
                                 "or by the number of the code. F1 shows what else can be typed.")
                             : _("Products appear as soon as the central service has sent them."));
    }
    ui_pages_show(self->stack, tiles->len > 0 ? "tiles" : "empty");
}

static void pick(UiPicker *self, UiProductItem *item)
{
    g_autofree char *gtin = g_strdup(ui_product_item_tile(item)->product->gtin);
    g_signal_emit_by_name(self, "picked", gtin);
}

static void on_tile_picked(UiProductTile *tile, UiPicker *self)
{
    UiProductItem *item = ui_product_tile_item(tile);
    if (item != NULL) {
        pick(self, item);
    }
}

static void on_factory_setup(UiPicker *self, GtkListItem *list_item)
{
    GtkWidget *tile = ui_product_tile_new();
    g_signal_connect(tile, "picked", G_CALLBACK(on_tile_picked), self);
    gtk_list_item_set_child(list_item, tile);
}

static void on_factory_bind(UiPicker *self, GtkListItem *list_item)
{
    ui_product_tile_set_item(UI_PRODUCT_TILE(gtk_list_item_get_child(list_item)),
                             gtk_list_item_get_item(list_item));
}

static void on_factory_unbind(UiPicker *self, GtkListItem *list_item)
{
    ui_product_tile_set_item(UI_PRODUCT_TILE(gtk_list_item_get_child(list_item)), NULL);
}

static void on_grid_activate(UiPicker *self, guint position)
{
    g_autoptr(UiProductItem) item = g_list_model_get_item(G_LIST_MODEL(self->items), position);
    if (item != NULL) {
        pick(self, item);
    }
}

static void on_search_changed(UiPicker *self)
{
    g_signal_emit_by_name(self, "query-changed");
}

static void on_search_activate(UiPicker *self)
{
    g_signal_emit_by_name(self, "entered");
}

bool ui_picker_pick_only(UiPicker *self)
{
    if (g_list_model_get_n_items(G_LIST_MODEL(self->items)) != 1) {
        return false;
    }
    on_grid_activate(self, 0);
    return true;
}

guint ui_picker_shown(UiPicker *self)
{
    return g_list_model_get_n_items(G_LIST_MODEL(self->items));
}

void ui_picker_focus_tiles(UiPicker *self)
{
    gtk_widget_grab_focus(GTK_WIDGET(self->grid));
}

static void on_search_stop(UiPicker *self)
{
    ui_picker_set_text(self, "");
}

static void ui_picker_dispose(GObject *object)
{
    UiPicker *self = UI_PICKER(object);
    g_clear_object(&self->items);
    g_clear_pointer(&self->category, g_free);
    G_OBJECT_CLASS(ui_picker_parent_class)->dispose(object);
}

static void ui_picker_class_init(UiPickerClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_picker_dispose;
    g_signal_new("query-changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_signal_new("entered", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_signal_new("picked", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_STRING);
    g_type_ensure(UI_TYPE_PRODUCT_TILE);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/picker.ui");
    gtk_widget_class_bind_template_child(widget_class, UiPicker, search);
    gtk_widget_class_bind_template_child(widget_class, UiPicker, categories);
    gtk_widget_class_bind_template_child(widget_class, UiPicker, grid);
    gtk_widget_class_bind_template_child(widget_class, UiPicker, stack);
    gtk_widget_class_bind_template_child(widget_class, UiPicker, empty);
    gtk_widget_class_bind_template_callback(widget_class, on_factory_setup);
    gtk_widget_class_bind_template_callback(widget_class, on_factory_bind);
    gtk_widget_class_bind_template_callback(widget_class, on_factory_unbind);
    gtk_widget_class_bind_template_callback(widget_class, on_grid_activate);
    gtk_widget_class_bind_template_callback(widget_class, on_search_changed);
    gtk_widget_class_bind_template_callback(widget_class, on_search_activate);
    gtk_widget_class_bind_template_callback(widget_class, on_search_stop);
}

static void ui_picker_init(UiPicker *self)
{
    const bool known = pos_currency_from_code("KRW", &self->currency);
    g_assert(known);
    gtk_widget_init_template(GTK_WIDGET(self));
    ui_pages_show(self->stack, "tiles");
    self->items = g_list_store_new(UI_TYPE_PRODUCT_ITEM);
    gtk_grid_view_set_model(self->grid, GTK_SELECTION_MODEL(gtk_no_selection_new(
                                            g_object_ref(G_LIST_MODEL(self->items)))));
}

GtkWidget *ui_picker_new(void)
{
    return g_object_new(UI_TYPE_PICKER, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The picker's list item: an owned tile value and the words made of it. */
#include "ui/product_item.h"

#include "ui/closures.h"
#include <glib/gi18n-lib.h>
#include <string.h>

struct _UiProductItem {
    GObject parent;
    UiTile *tile;
    PosCurrency currency;
};
G_DEFINE_FINAL_TYPE(UiProductItem, ui_product_item, G_TYPE_OBJECT)

enum {
    PROP_0,
    PROP_GTIN,
    PROP_NAME,
    PROP_PRICE,
    PROP_WAS,
    PROP_ICON,
    PROP_FRESHNESS,
    PROP_FRESHNESS_CLASSES,
    PROP_SELLABLE,
    PROP_SUMMARY,
    PROP_COUNT
};

static const char *const item_properties[PROP_COUNT] = {
    [PROP_GTIN] = "gtin",
    [PROP_NAME] = "name",
    [PROP_PRICE] = "price",
    [PROP_WAS] = "was",
    [PROP_ICON] = "icon",
    [PROP_FRESHNESS] = "freshness",
    [PROP_FRESHNESS_CLASSES] = "freshness-classes",
    [PROP_SELLABLE] = "sellable",
    [PROP_SUMMARY] = "summary",
};

const UiTile *ui_product_item_tile(UiProductItem *self)
{
    return self->tile;
}

static char *item_price(UiProductItem *self)
{
    const UiTile *tile = self->tile;
    return tile->price.minor > 0
               ? ui_format_unit_price(tile->price, tile->product->unit, &self->currency)
               : g_strdup(_("Not for sale"));
}

static char *item_was(UiProductItem *self)
{
    const UiTile *tile = self->tile;
    return tile->price.minor > 0 && tile->list_price.minor > tile->price.minor
               ? pos_money_format(tile->list_price, &self->currency)
               : g_strdup("");
}

static char *item_freshness(UiProductItem *self)
{
    return self->tile->sellable ? pos_freshness_words(self->tile->freshness)
                                : g_strdup(self->tile->why);
}

static char *item_summary(UiProductItem *self)
{
    g_autofree char *price = item_price(self);
    g_autofree char *fresh = item_freshness(self);
    return g_strdup_printf("%s, %s, %s", pos_names_in(&self->tile->product->names, ui_language()),
                           price, fresh);
}

static void ui_product_item_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    UiProductItem *self = UI_PRODUCT_ITEM(object);
    const PosProduct *product = self->tile->product;
    switch (id) {
    case PROP_GTIN:
        g_value_set_string(value, product->gtin);
        break;
    case PROP_NAME:
        g_value_set_string(value, pos_names_in(&product->names, ui_language()));
        break;
    case PROP_PRICE:
        g_value_take_string(value, item_price(self));
        break;
    case PROP_WAS:
        g_value_take_string(value, item_was(self));
        break;
    case PROP_ICON: {
        const char *icon =
            product->icon != NULL && product->icon[0] != '\0' ? product->icon : product->category;
        g_value_take_string(value, g_strconcat("coster-", icon != NULL ? icon : "basket", NULL));
        break;
    }
    case PROP_FRESHNESS:
        g_value_take_string(value, item_freshness(self));
        break;
    case PROP_FRESHNESS_CLASSES: {
        const char *classes[] = {"dot", ui_freshness_class(self->tile->freshness.colour), NULL};
        g_value_set_boxed(value, classes);
        break;
    }
    case PROP_SELLABLE:
        g_value_set_boolean(value, self->tile->sellable);
        break;
    case PROP_SUMMARY:
        g_value_take_string(value, item_summary(self));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void ui_product_item_finalize(GObject *object)
{
    ui_tile_free(UI_PRODUCT_ITEM(object)->tile);
    G_OBJECT_CLASS(ui_product_item_parent_class)->finalize(object);
}

static void ui_product_item_class_init(UiProductItemClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
    object_class->get_property = ui_product_item_get_property;
    object_class->finalize = ui_product_item_finalize;
    for (guint i = PROP_0 + 1; i < PROP_COUNT; i++) {
        GParamSpec *spec =
            i == PROP_FRESHNESS_CLASSES
                ? g_param_spec_boxed(item_properties[i], NULL, NULL, G_TYPE_STRV, flags)
            : i == PROP_SELLABLE
                ? g_param_spec_boolean(item_properties[i], NULL, NULL, FALSE, flags)
                : g_param_spec_string(item_properties[i], NULL, NULL, NULL, flags);
        g_object_class_install_property(object_class, i, spec);
    }
}

static void ui_product_item_init(UiProductItem *self)
{
}

UiProductItem *ui_product_item_new(UiTile *tile, const PosCurrency *currency)
{
    g_assert(tile != NULL && tile->product != NULL);
    UiProductItem *self = g_object_new(UI_TYPE_PRODUCT_ITEM, NULL);
    self->tile = tile;
    self->currency = *currency;
    return self;
}

static bool names_equal(const PosNames *a, const PosNames *b)
{
    return g_strcmp0(a->ko, b->ko) == 0 && g_strcmp0(a->en, b->en) == 0 &&
           g_strcmp0(a->zh, b->zh) == 0;
}

static bool tiles_equal(const UiTile *a, const UiTile *b)
{
    return a->sellable == b->sellable && a->price.minor == b->price.minor &&
           a->list_price.minor == b->list_price.minor &&
           a->freshness.reason == b->freshness.reason &&
           a->freshness.colour == b->freshness.colour &&
           a->freshness.days_left == b->freshness.days_left && g_strcmp0(a->why, b->why) == 0 &&
           a->product->unit == b->product->unit &&
           names_equal(&a->product->names, &b->product->names) &&
           g_strcmp0(a->product->icon, b->product->icon) == 0;
}

void ui_product_item_update(UiProductItem *self, UiTile *tile)
{
    g_assert(strcmp(self->tile->product->gtin, tile->product->gtin) == 0);
    const bool same = tiles_equal(self->tile, tile);
    ui_tile_free(self->tile);
    self->tile = tile;
    for (guint i = PROP_0 + 1; !same && i < PROP_COUNT; i++) {
        g_object_notify(G_OBJECT(self), item_properties[i]);
    }
}

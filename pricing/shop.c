/* SPDX-License-Identifier: GPL-3.0-or-later
 * An epoch is: write down what the hour before sold, learn at closing time, then plan each
 * product's lots together. */
#include "pricing/shop.h"

#include "pricing/learn.h"
#include "pricing/plan.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOTS_MAX (1 << 20)
#define DAYS_MAX 29000
#define DAYS_JUMP_MAX 100
#define PLAN_HOURS 3       /* a plan is made anew after so many hours, */
#define LEVEL_MOVED 0.03   /* when demand has moved by this share, */
#define LAST_HOURS 3       /* and each hour before closing time */
#define LEARNED_TRUST 0.5  /* what is learned is less sure than what is known */
#define WASTE_AVERSION 0.2 /* of list price: dearer than money says, and it costs little of it */
#define GUESS_SHARE 0.8    /* of a first delivery sells in the days that it has */

typedef struct {
    bool is_known; /* was on offer at the last epoch */
    int first_day;
    double worth;
} Lot;

typedef struct {
    PricingShopProduct facts;
    int delivery_days, last_delivery_day;
    bool has_guess;
    int offers_first, offers_count; /* in `order`, of this epoch */
    int planned_hour, planned_lots; /* when its lots were last planned, how many, at which level */
    double planned_level;
} Product;

struct PricingShop {
    int count, open_hour, close_hour;
    Product *products;
    PricingLearn *learn;
    Lot *lots;
    int lots_count;
    int *order; /* offers of an epoch by product */
    int order_room;
    int origin; /* the first day; all days below count from it */
    int first_day, last_day, last_hour, fitted_day; /* -1 none */
};

PricingShop *pricing_shop_new(const PricingShopProduct *products, int count, int open_hour,
                              int close_hour, double epoch_hours)
{
    assert(count >= 0 && count <= PRICING_SHOP_PRODUCTS_MAX);
    PricingShop *shop = calloc(1, sizeof *shop);
    PricingLearnProduct *facts = calloc((size_t)count + 1, sizeof *facts);
    if (shop != NULL) {
        shop->products = calloc((size_t)count + 1, sizeof *shop->products);
    }
    if (shop == NULL || facts == NULL || shop->products == NULL) {
        free(facts);
        pricing_shop_free(shop);
        return NULL;
    }
    shop->count = count;
    shop->open_hour = open_hour;
    shop->close_hour = close_hour;
    shop->first_day = shop->last_day = shop->fitted_day = -1;
    for (int i = 0; i < count; i++) {
        shop->products[i] = (Product){.facts = products[i], .last_delivery_day = -1};
        facts[i] = (PricingLearnProduct){.category = products[i].category,
                                         .life_days = products[i].shelf_life_days,
                                         .guess = 20};
    }
    shop->learn = pricing_learn_new(facts, count, open_hour, close_hour, epoch_hours);
    free(facts);
    if (shop->learn == NULL) {
        pricing_shop_free(shop);
        return NULL;
    }
    return shop;
}

void pricing_shop_free(PricingShop *shop)
{
    if (shop == NULL) {
        return;
    }
    pricing_learn_free(shop->learn);
    free(shop->products);
    free(shop->lots);
    free(shop->order);
    free(shop);
}

/* --- lots and offers
 * ------------------------------------------------------------------------------------- */

static Lot *find_lot(PricingShop *shop, int number)
{
    assert(number >= 0 && number < LOTS_MAX);
    if (number >= shop->lots_count) {
        int count = number * 2 + 64;
        Lot *lots = realloc(shop->lots, (size_t)count * sizeof *lots);
        if (lots == NULL) {
            return NULL;
        }
        memset(lots + shop->lots_count, 0, (size_t)(count - shop->lots_count) * sizeof *lots);
        shop->lots = lots;
        shop->lots_count = count;
    }
    return &shop->lots[number];
}

/* Sorts the offers by product, keeping their order within one (oldest first, as they come). False
 * without memory. */
static bool order_offers(PricingShop *shop, const PricingShopOffer *offers, int count)
{
    if (count > shop->order_room) {
        int *order = realloc(shop->order, (size_t)count * 2 * sizeof *order);
        if (order == NULL) {
            return false;
        }
        shop->order = order;
        shop->order_room = count * 2;
    }
    for (int i = 0; i < shop->count; i++) {
        shop->products[i].offers_count = 0;
    }
    for (int i = 0; i < count; i++) {
        shop->products[offers[i].product].offers_count++;
    }
    int first = 0;
    for (int i = 0; i < shop->count; i++) {
        shop->products[i].offers_first = first;
        first += shop->products[i].offers_count;
        shop->products[i].offers_count = 0;
    }
    for (int i = 0; i < count; i++) {
        Product *product = &shop->products[offers[i].product];
        shop->order[product->offers_first + product->offers_count++] = i;
    }
    return true;
}

/* --- what the hour before tells
 * ------------------------------------------------------------------------------ */

static void remember_hour(PricingShop *shop, int index, const PricingShopOffer *offers, int day,
                          int weekday, int hour)
{
    const Product *product = &shop->products[index];
    PricingLearnLot lots[PRICING_MODEL_LOTS_MAX];
    int count = 0;
    for (int i = 0; i < product->offers_count && count < PRICING_MODEL_LOTS_MAX; i++) {
        const PricingShopOffer *offer = &offers[shop->order[product->offers_first + i]];
        const Lot *lot = find_lot(shop, offer->lot);
        if (lot == NULL || !lot->is_known) {
            continue;
        }
        lots[count++] = (PricingLearnLot){
            .x = (double)offer->price / (double)product->facts.list_price,
            .age = day - lot->first_day,
            .sold = (int)(offer->sold < 100000 ? offer->sold : 100000),
            .sold_out = offer->sold > 0 && offer->on_hand <= 0 && offer->wasted <= 0,
        };
    }
    if (count > 0) {
        pricing_learn_hour(shop->learn, index, day, weekday, hour, lots, count);
    }
}

/* Marks the lots that are on offer from now on. */
static void note_lots(PricingShop *shop, const PricingShopOffer *offers, int count, int day)
{
    for (int i = 0; i < count; i++) {
        Lot *lot = find_lot(shop, offers[i].lot);
        if (lot == NULL) {
            continue;
        }
        if (offers[i].closed || offers[i].on_hand <= 0) {
            lot->is_known = false;
            continue;
        }
        if (lot->is_known) {
            continue;
        }
        *lot = (Lot){.is_known = true, .first_day = day, .worth = -1};
        Product *product = &shop->products[offers[i].product];
        if (!product->has_guess) {
            product->has_guess = true;
            double days = product->facts.shelf_life_days < 1 ? 1 : product->facts.shelf_life_days;
            pricing_learn_guess(shop->learn, offers[i].product,
                                GUESS_SHARE * (double)offers[i].on_hand / fmin(days, 2));
        }
        if (product->last_delivery_day != day) {
            product->last_delivery_day = day;
            product->delivery_days++;
        }
    }
}

/* --- prices
 * -------------------------------------------------------------------------------------------------------
 */

/* Whether enough has happened since the last plan of a product's lots. */
static bool needs_plan(const PricingShop *shop, const Product *product, int hour, int lots,
                       double level)
{
    return hour <= shop->open_hour || hour >= shop->close_hour - LAST_HOURS ||
           hour - product->planned_hour >= PLAN_HOURS || lots != product->planned_lots ||
           fabs(level - product->planned_level) > LEVEL_MOVED * product->planned_level;
}

static void plan_product(PricingShop *shop, int index, int day, int weekday, int hour,
                         PricingShopOffer *offers)
{
    Product *product = &shop->products[index];
    PricingPlanLot lots[PRICING_MODEL_LOTS_MAX];
    PricingShopOffer *from[PRICING_MODEL_LOTS_MAX];
    int count = 0;
    for (int i = 0; i < product->offers_count && count < PRICING_MODEL_LOTS_MAX; i++) {
        PricingShopOffer *offer = &offers[shop->order[product->offers_first + i]];
        const Lot *lot = find_lot(shop, offer->lot);
        if (lot == NULL || !lot->is_known || offer->expires_day - shop->origin < day) {
            continue;
        }
        int64_t expires = offer->expires_day - shop->origin;
        from[count] = offer;
        lots[count++] = (PricingPlanLot){
            .units = offer->on_hand,
            .price = offer->price,
            .age_days = day - lot->first_day,
            .days_left = (int)(expires - day < 1000 ? expires - day : 1000),
            .changes_left = offer->changes_left,
            .worth = lot->worth,
        };
    }
    double level = pricing_learn_level(shop->learn, index, day);
    if (count == 0 || !needs_plan(shop, product, hour, count, level)) {
        return;
    }
    product->planned_hour = hour;
    product->planned_lots = count;
    product->planned_level = level;
    PricingPlanProduct facts = {
        .list_price = product->facts.list_price,
        .min_price = product->facts.min_price,
        .max_price = product->facts.max_price,
        .disposal_cost = product->facts.disposal_cost,
        .open_hour = shop->open_hour,
        .close_hour = shop->close_hour,
        .life_days = product->facts.shelf_life_days,
        .deliver = (double)product->delivery_days / (day - shop->first_day + 1),
        .waste_aversion = WASTE_AVERSION,
        .keep_level = pricing_learn_keep(shop->learn),
    };
    PricingPlanNow now = {
        .weekday = weekday,
        .hour = hour,
        .level = level,
        .level_sd = pricing_learn_level_sd(shop->learn, index, day),
        .trust = LEARNED_TRUST,
        .free_change = hour <= shop->open_hour,
    };
    pricing_plan_product(pricing_learn_model(shop->learn, index), &facts, &now, lots, count);
    for (int i = 0; i < count; i++) {
        from[i]->answer = lots[i].answer;
        find_lot(shop, from[i]->lot)->worth = lots[i].worth;
    }
}

/* The day since the start. A clock that was set back stands still, one that was set forward by years
 * goes on a season later. */
static int count_day(PricingShop *shop, int day)
{
    if (shop->first_day < 0) {
        shop->origin = day;
        return 0;
    }
    int64_t since = (int64_t)day - shop->origin;
    int64_t most =
        shop->last_day + DAYS_JUMP_MAX < DAYS_MAX ? shop->last_day + DAYS_JUMP_MAX : DAYS_MAX;
    if (since > most) {
        shop->origin += (int)(since - most);
        since = most;
    }
    return since < shop->last_day ? shop->last_day : (int)since;
}

void pricing_shop_epoch(PricingShop *shop, int day, int weekday, int hour, bool control,
                        PricingShopOffer *offers, int count)
{
    for (int i = 0; i < count; i++) {
        assert(offers[i].product >= 0 && offers[i].product < shop->count);
        offers[i].answer = offers[i].price;
    }
    if (!order_offers(shop, offers, count)) {
        return;
    }
    day = count_day(shop, day);
    if (shop->first_day < 0) {
        shop->first_day = shop->last_day = day;
        shop->last_hour = hour;
    }
    if (shop->last_hour >= shop->open_hour && shop->last_hour < shop->close_hour) {
        int passed = day - shop->last_day;
        int last_weekday = ((weekday - passed) % 7 + 7) % 7;
        for (int i = 0; i < shop->count; i++) {
            remember_hour(shop, i, offers, shop->last_day, last_weekday, shop->last_hour);
        }
    }
    note_lots(shop, offers, count, day);
    int next_day = hour >= shop->close_hour ? day + 1 : day;
    if (next_day > shop->fitted_day) {
        pricing_learn_fit(shop->learn, next_day);
        shop->fitted_day = next_day;
    }
    if (control && hour >= shop->open_hour && hour < shop->close_hour) {
        for (int i = 0; i < shop->count; i++) {
            plan_product(shop, i, day, weekday, hour, offers);
        }
    }
    shop->last_day = day;
    shop->last_hour = hour;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The simulated shop. Every draw is a hash of (seed, product, day, hour, purpose), so that no
 * policy's deeds move another draw. The oracle plans with the true model and today's true level, by
 * the same planner. */
#include "sim_world.h"

#include "pricing/plan.h"
#include "pricing/shop.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define OPEN 8
#define CLOSE 22
#define CATEGORIES 5
#define CHANGES_MAX 4
#define LOTS_MAX 8

typedef enum { FORM_ISO, FORM_EXP, FORM_LOGIT, FORMS } Form;

typedef struct {
    PricingShopProduct facts;
    PricingModel truth;
    double stock_factor;
} SimProduct;

typedef struct {
    int number, product, first_day, last_day, changes_left;
    int64_t on_hand, price, sold, wasted;
    bool closed, dead;
    double worth;
} SimLot;

typedef struct {
    const SimSetup *setup;
    SimProduct *products;
    double *level; /* [product * days + day] */
    SimLot *lots;
    int lots_count, lots_room;
    double keep;
} World;

/* --- chance
 * ---------------------------------------------------------------------------------------------------
 */

static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static double chance(const World *world, int a, int b, int c, int purpose)
{
    uint64_t x = mix(world->setup->seed * 1000003u + (uint64_t)purpose);
    x = mix(x ^ (uint64_t)(a + 1));
    x = mix(x ^ (uint64_t)(b + 1) << 20);
    x = mix(x ^ (uint64_t)(c + 1) << 40);
    return ((double)(x >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(const World *world, int a, int b, int c, int purpose)
{
    return sqrt(-2 * log(chance(world, a, b, c, purpose))) *
           cos(2 * M_PI * chance(world, a, b, c, purpose + 1000));
}

static double between(double low, double high, double u)
{
    return low + (high - low) * u;
}

/* Marsaglia and Tsang, with a draw number for each try. */
static double gamma_draw(const World *world, double shape, int a, int b, int c, int purpose)
{
    double d = shape - 1.0 / 3, e = 1 / sqrt(9 * d);
    for (int try = 0; try < 50; try++) {
        double z = normal(world, a, b, c, purpose + 2 * try), v = 1 + e * z;
        if (v > 0 && log(chance(world, a, b, c, purpose + 500 + try)) <
                         z * z / 2 + d - d * v * v * v + d * log(v * v * v)) {
            return d * v * v * v;
        }
    }
    return shape;
}

static int poisson_quantile(double mean, double u)
{
    double p = exp(-mean), sum = p;
    int k = 0;
    while (u > sum && k < 1000) {
        k++;
        p *= mean / k;
        sum += p;
    }
    return k;
}

/* --- making a shop
 * -------------------------------------------------------------------------------------------------
 */

static double log_response(Form form, double slope, double share, double x)
{
    switch (form) {
    case FORM_ISO:
        return -slope * log(x);
    case FORM_EXP:
        return -slope * (x - 1);
    case FORM_LOGIT:
        return -log(share + (1 - share) * exp(slope / (1 - share) * (x - 1)));
    case FORMS:
        break;
    }
    return 0;
}

static void make_pattern(const World *world, int p, int category, PricingModel *truth)
{
    double sum = 0;
    double peak = between(10, 19, chance(world, category, 0, 0, 1)),
           second = between(11, 20, chance(world, category, 0, 0, 2));
    double height = between(0.5, 2.5, chance(world, category, 0, 0, 3));
    for (int h = OPEN; h < CLOSE; h++) {
        truth->hour[h] = 1 + height * exp(-pow((h - peak) / 1.8, 2)) +
                         height * 0.6 * exp(-pow((h - second) / 1.5, 2));
        truth->hour[h] *= exp(0.1 * normal(world, p, h, 0, 4));
        sum += truth->hour[h];
    }
    for (int h = OPEN; h < CLOSE; h++) {
        truth->hour[h] /= sum;
    }
    static const double week[7] = {0.90, 0.86, 0.88, 0.86, 0.99, 1.28, 1.23};
    for (int w = 0; w < 7; w++) {
        double own = 0.06 * normal(world, category, w, 1, 5) + 0.04 * normal(world, p, w, 2, 6);
        truth->weekday[w] = exp(log(week[w]) * between(0.5, 1.5, chance(world, 0, 0, 0, 7)) + own);
    }
}

static void make_product(World *world, int p)
{
    SimProduct *product = &world->products[p];
    int category = p % CATEGORIES;
    PricingShopProduct *facts = &product->facts;
    int64_t list = (int64_t)between(300, 3000, chance(world, p, 0, 0, 10));
    *facts = (PricingShopProduct){
        .category = category,
        .list_price = list,
        .unit_cost = (int64_t)((double)list * between(0.45, 0.7, chance(world, p, 0, 0, 11))),
        .min_price = (int64_t)((double)list * 0.3),
        .max_price = (int64_t)((double)list * 1.15),
        .shelf_life_days = 1 + (int)(4 * chance(world, category, p / 10, 0, 12)),
    };
    facts->disposal_cost = facts->unit_cost / 10;
    PricingModel *truth = &product->truth;
    truth->base = exp(between(log(12), log(90), chance(world, p, 0, 0, 13)));
    make_pattern(world, p, category, truth);
    bool own_form = chance(world, 0, 0, 0, 23) < 0.3; /* in some shops each product has its own */
    Form form = (Form)(int)(FORMS * chance(world, own_form ? p + 1 : 0, 0, 0, 14));
    double middle =
        between(1.8, 3.2, chance(world, 0, 0, 0, 15)) + 0.4 * normal(world, category, 0, 0, 16);
    double slope = fmin(fmax(middle + 0.4 * normal(world, p, 0, 0, 17), 0.8), 5);
    double share = between(0.2, 0.5, chance(world, 0, 0, 0, 18));
    for (int i = 0; i < PRICING_MODEL_X_COUNT; i++) {
        truth->log_response[i] =
            log_response(form, slope, share, PRICING_MODEL_X_MIN + PRICING_MODEL_X_STEP * i);
    }
    truth->stale = between(0.2, 0.7, chance(world, category, 0, 0, 19)) / facts->shelf_life_days;
    truth->rivalry = between(1.1, 6, chance(world, 0, 0, 0, 20));
    truth->size = between(4, 12, chance(world, 0, 0, 0, 21));
    product->stock_factor = between(0.95, 1.5, chance(world, p, 0, 0, 22));
}

static void make_levels(World *world, int days)
{
    double sigma = between(0.12, 0.25, chance(world, 0, 0, 0, 30));
    world->keep = between(0.3, 0.7, chance(world, 0, 0, 0, 31));
    for (int p = 0; p < world->setup->products; p++) {
        double own = sigma * normal(world, p, 999, 0, 32);
        for (int day = 0; day < days; day++) {
            double fresh = sqrt(1 - world->keep * world->keep) * sigma;
            own = world->keep * own + fresh * normal(world, p, day, 0, 32);
            double shared = 0.06 * normal(world, day, 0, 0, 33);
            for (int back = 0; back < 4;
                 back++) { /* an event of the category that began up to three days ago */
                int category = p % CATEGORIES;
                bool begins = day >= back && chance(world, category, day - back, 0, 34) < 0.04;
                if (begins && back < 2 + (int)(3 * chance(world, category, day - back, 0, 35))) {
                    shared += chance(world, category, day - back, 0, 36) < 0.5 ? -0.5 : 0.45;
                }
            }
            world->level[p * days + day] = exp(own + shared);
        }
    }
}

/* --- days
 * ------------------------------------------------------------------------------------------------------------
 */

static void deliver(World *world, int day)
{
    for (int p = 0; p < world->setup->products; p++) {
        const SimProduct *product = &world->products[p];
        double weekday = product->truth.weekday[day % 7];
        double quantity = product->truth.base * weekday * product->stock_factor *
                          exp(0.15 * normal(world, p, day, 0, 40));
        int64_t units = llround(quantity);
        if (units < 1) {
            continue;
        }
        if (world->lots_count == world->lots_room) {
            world->lots_room = world->lots_room * 2 + 64;
            world->lots = realloc(world->lots, (size_t)world->lots_room * sizeof *world->lots);
        }
        world->lots[world->lots_count] =
            (SimLot){.number = world->lots_count,
                     .product = p,
                     .first_day = day,
                     .last_day = day + product->facts.shelf_life_days - 1,
                     .on_hand = units,
                     .price = product->facts.list_price,
                     .worth = -1,
                     .changes_left = CHANGES_MAX};
        world->lots_count++;
    }
}

static int lots_of(const World *world, int p, SimLot *out[static LOTS_MAX])
{
    int count = 0;
    for (int i = 0; i < world->lots_count && count < LOTS_MAX; i++) {
        SimLot *lot = &world->lots[i];
        if (lot->product == p && !lot->dead && !lot->closed && lot->on_hand > 0) {
            out[count++] = lot;
        }
    }
    return count;
}

static void sell_hour(World *world, int p, int day, int hour, bool scored, SimResult *result)
{
    const SimProduct *product = &world->products[p];
    SimLot *lots[LOTS_MAX];
    int count = lots_of(world, p, lots);
    result->product_hours += scored;
    if (count == 0) {
        result->out_hours += scored;
        return;
    }
    double x[LOTS_MAX], age[LOTS_MAX], split[LOTS_MAX];
    for (int i = 0; i < count; i++) {
        x[i] = (double)lots[i]->price / (double)product->facts.list_price;
        age[i] = day - lots[i]->first_day;
    }
    pricing_model_split(&product->truth, count, x, age, split);
    int days = world->setup->history_days + world->setup->control_days;
    double mean = product->truth.base * product->truth.weekday[day % 7] *
                  product->truth.hour[hour] * world->level[p * days + day];
    mean *= gamma_draw(world, product->truth.size, p, day, hour, 2000) / product->truth.size;
    for (int i = 0; i < count; i++) {
        int64_t asked = poisson_quantile(
            mean * split[i], chance(world, p, day, hour, 50 + day - lots[i]->first_day));
        int64_t sold = asked < lots[i]->on_hand ? asked : lots[i]->on_hand;
        lots[i]->on_hand -= sold;
        lots[i]->sold += sold;
        if (scored) {
            result->revenue += (double)(sold * lots[i]->price);
            result->margin += (double)(sold * (lots[i]->price - product->facts.unit_cost));
            result->sold += sold;
        }
    }
}

/* Throws away what expires; marks lots that ended. */
static void end_lots(World *world, int day, int hour, bool scored, SimResult *result)
{
    for (int i = 0; i < world->lots_count; i++) {
        SimLot *lot = &world->lots[i];
        if (lot->dead || lot->closed) {
            continue;
        }
        const PricingShopProduct *facts = &world->products[lot->product].facts;
        if (lot->on_hand > 0 && hour == CLOSE - 1 && day >= lot->last_day) {
            lot->wasted = lot->on_hand;
            lot->on_hand = 0;
            if (scored) {
                result->wasted += lot->wasted;
                result->margin -= (double)(lot->wasted * (facts->unit_cost + facts->disposal_cost));
            }
        }
        lot->closed = lot->on_hand == 0;
    }
}

static void set_price(const World *world, SimLot *lot, int64_t price, int hour, SimResult *result)
{
    const PricingShopProduct *facts = &world->products[lot->product].facts;
    if (price < facts->min_price || price > facts->max_price) {
        result->violations++;
        price = price < facts->min_price ? facts->min_price : facts->max_price;
    }
    if (price == lot->price) {
        return;
    }
    if (hour > OPEN && hour < CLOSE) {
        if (lot->changes_left <= 0) {
            result->violations++;
            return;
        }
        lot->changes_left--;
    }
    lot->price = price;
    result->changes++;
}

/* --- policies
 * -----------------------------------------------------------------------------------------------------------
 */

static void apply_rule(World *world, int day, int hour, SimResult *result)
{
    for (int i = 0; i < world->lots_count; i++) {
        SimLot *lot = &world->lots[i];
        int64_t list = world->products[lot->product].facts.list_price;
        if (!lot->dead && !lot->closed && lot->last_day == day && (hour == 17 || hour == 20)) {
            set_price(world, lot, hour == 17 ? list * 7 / 10 : list / 2, hour, result);
        }
    }
}

static void apply_oracle(World *world, int day, int hour, SimResult *result)
{
    int days = world->setup->history_days + world->setup->control_days;
    for (int p = 0; p < world->setup->products && hour >= OPEN && hour < CLOSE; p++) {
        const SimProduct *product = &world->products[p];
        SimLot *lots[LOTS_MAX];
        int count = lots_of(world, p, lots);
        if (count == 0) {
            continue;
        }
        PricingPlanLot plan[LOTS_MAX];
        for (int i = 0; i < count; i++) {
            plan[i] = (PricingPlanLot){.units = lots[i]->on_hand,
                                       .price = lots[i]->price,
                                       .age_days = day - lots[i]->first_day,
                                       .days_left = lots[i]->last_day - day,
                                       .changes_left = lots[i]->changes_left,
                                       .worth = lots[i]->worth};
        }
        PricingPlanProduct facts = {.list_price = product->facts.list_price,
                                    .min_price = product->facts.min_price,
                                    .max_price = product->facts.max_price,
                                    .disposal_cost = product->facts.disposal_cost,
                                    .open_hour = OPEN,
                                    .close_hour = CLOSE,
                                    .life_days = product->facts.shelf_life_days,
                                    .deliver = 1,
                                    .keep_level = world->keep};
        PricingPlanNow now = {.weekday = day % 7,
                              .hour = hour,
                              .level = world->level[p * days + day],
                              .trust = 1,
                              .free_change = hour <= OPEN};
        pricing_plan_product(&product->truth, &facts, &now, plan, count);
        for (int i = 0; i < count; i++) {
            lots[i]->worth = plan[i].worth;
            set_price(world, lots[i], plan[i].answer, hour, result);
        }
    }
}

static void apply_shop(World *world, PricingShop *shop, int day, int hour, bool control,
                       SimResult *result)
{
    PricingShopOffer *offers = calloc((size_t)world->lots_count + 1, sizeof *offers);
    SimLot **from = calloc((size_t)world->lots_count + 1, sizeof *from);
    int count = 0;
    for (int i = 0; i < world->lots_count; i++) {
        SimLot *lot = &world->lots[i];
        if (!lot->dead) {
            from[count] = lot;
            offers[count++] = (PricingShopOffer){.lot = lot->number,
                                                 .product = lot->product,
                                                 .expires_day = lot->last_day,
                                                 .on_hand = lot->on_hand,
                                                 .price = lot->price,
                                                 .sold = lot->sold,
                                                 .wasted = lot->wasted,
                                                 .changes_left = lot->changes_left,
                                                 .closed = lot->closed};
        }
    }
    clock_t start = clock();
    pricing_shop_epoch(shop, day, day % 7, hour, control, offers, count);
    result->seconds += (double)(clock() - start) / CLOCKS_PER_SEC;
    for (int i = 0; i < count && control; i++) {
        if (!from[i]->closed) {
            set_price(world, from[i], offers[i].answer, hour, result);
        }
    }
    free(offers);
    free(from);
}

static void begin_epoch(World *world, int day, int hour, bool scored, SimResult *result)
{
    for (int i = 0; i < world->lots_count; i++) {
        world->lots[i].changes_left = hour == CLOSE ? CHANGES_MAX : world->lots[i].changes_left;
        result->tag_days += scored && hour == OPEN && !world->lots[i].dead;
    }
    if (hour == OPEN - 1) {
        int before = world->lots_count;
        deliver(world, day);
        for (int i = before; i < world->lots_count; i++) {
            result->handled += scored ? world->lots[i].on_hand : 0;
        }
    }
}

static void run_hour(World *world, SimPolicy policy, PricingShop *shop, int day, int hour,
                     SimResult *result)
{
    bool scored = day >= world->setup->history_days;
    begin_epoch(world, day, hour, scored, result);
    int64_t changes = result->changes;
    if (policy == SIM_RULE || (policy != SIM_LIST && !scored)) {
        apply_rule(world, day, hour, result);
    }
    if (policy == SIM_ORACLE && scored) {
        apply_oracle(world, day, hour, result);
    }
    if (policy == SIM_SHOP) {
        apply_shop(world, shop, day, hour, scored, result);
    }
    result->changes = scored ? result->changes : changes;
    for (int i = 0; i < world->lots_count; i++) {
        SimLot *lot = &world->lots[i];
        lot->dead = lot->dead || lot->closed;
        lot->sold = lot->wasted = 0;
    }
    if (hour >= OPEN && hour < CLOSE) {
        for (int p = 0; p < world->setup->products; p++) {
            sell_hour(world, p, day, hour, scored, result);
        }
        end_lots(world, day, hour, scored, result);
    }
}

SimResult sim_run(const SimSetup *setup, SimPolicy policy)
{
    int days = setup->history_days + setup->control_days;
    World world = {.setup = setup};
    world.products = calloc((size_t)setup->products, sizeof *world.products);
    world.level = calloc((size_t)setup->products * (size_t)days, sizeof *world.level);
    PricingShopProduct *facts = calloc((size_t)setup->products, sizeof *facts);
    for (int p = 0; p < setup->products; p++) {
        make_product(&world, p);
        facts[p] = world.products[p].facts;
    }
    make_levels(&world, days);
    PricingShop *shop = pricing_shop_new(facts, setup->products, OPEN, CLOSE, 1);
    SimResult result = {.margin = 0};
    for (int day = 0; day < days; day++) {
        for (int hour = 0; hour < 24; hour++) {
            run_hour(&world, policy, shop, day, hour, &result);
        }
    }
    pricing_shop_free(shop);
    free(facts);
    free(world.products);
    free(world.level);
    free(world.lots);
    return result;
}

double sim_share(const SimResult *rule, const SimResult *shop, const SimResult *oracle)
{
    return (shop->margin - rule->margin) / (oracle->margin - rule->margin);
}

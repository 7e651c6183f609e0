/* SPDX-License-Identifier: GPL-3.0-or-later
 * The days of a simulated shop: deliveries, tags, shoppers, waste, and the policies that set the
 * prices. The oracle plans with the true model and today's true level, by the same planner as the
 * learner. */
#include "pricing/sim.h"

#include "pricing/plan.h"
#include "pricing/shop.h"
#include "pricing/sim_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WASTE_AT_LIST 0.22
#define RULE_CUT 0.7  /* of list on the last day */
#define RULE_LAST 0.5 /* and in its last hours */
#define RULE_LAST_HOURS 4

typedef struct {
    PricingSim *sim;
    PricingSimPolicy policy;
    PricingShop *shop;
    PricingSimDecide decide;
    void *data;
    PricingSimOffer *offers;
    SimLot **from;
    int offers_room;
    PricingSimResult *result;
} Run;

/* --- goods --- */

static SimLot *new_lot(PricingSim *sim)
{
    if (sim->lots_count == sim->lots_room) {
        int room = sim->lots_room * 2 + 256;
        SimLot *lots = realloc(sim->lots, (size_t)room * sizeof *lots);
        if (lots == NULL) {
            return NULL;
        }
        sim->lots = lots;
        sim->lots_room = room;
    }
    return &sim->lots[sim->lots_count++];
}

static int lots_of(const PricingSim *sim, int p, SimLot *out[static SIM_LOTS_MAX])
{
    int count = 0;
    for (int i = 0; i < sim->lots_count && count < SIM_LOTS_MAX; i++) {
        SimLot *lot = &sim->lots[i];
        if (lot->product == p && !lot->dead && !lot->closed && lot->on_hand > 0) {
            out[count++] = lot;
        }
    }
    return count;
}

static bool deliver(PricingSim *sim, int day, bool scored, PricingSimResult *result)
{
    for (int p = 0; p < sim->setup.products; p++) {
        const SimProduct *product = &sim->products[p];
        SimLot *lots[SIM_LOTS_MAX];
        int count = lots_of(sim, p, lots);
        double left = 0;
        for (int i = 0; i < count; i++) {
            left += (double)lots[i]->on_hand;
        }
        double wanted = product->truth.base * product->truth.weekday[day % 7] *
                        product->stock_factor * sim->stock *
                        exp(sim->order_noise * sim_normal(sim, p, day, 0, 40));
        int64_t units = llround(fmax(wanted - sim->refill * left, 0.2 * wanted));
        if (units < 1 || count >= SIM_LOTS_MAX) {
            continue;
        }
        SimLot *lot = new_lot(sim);
        if (lot == NULL) {
            return false;
        }
        *lot = (SimLot){.product = p,
                        .number = day * sim->setup.products + p,
                        .first_day = day,
                        .last_day = day + product->facts.shelf_life_days - 1,
                        .on_hand = units,
                        .price = product->facts.list_price,
                        .worth = -1,
                        .changes_left = SIM_CHANGES};
        result->handled += scored ? units : 0;
    }
    return true;
}

static void sell_hour(PricingSim *sim, int p, int day, int hour, bool scored,
                      PricingSimResult *result)
{
    const SimProduct *product = &sim->products[p];
    SimLot *lots[SIM_LOTS_MAX];
    int count = lots_of(sim, p, lots);
    result->product_hours += scored;
    if (count == 0) {
        result->out_hours += scored;
        return;
    }
    double x[SIM_LOTS_MAX], age[SIM_LOTS_MAX], split[SIM_LOTS_MAX];
    for (int i = 0; i < count; i++) {
        x[i] = (double)lots[i]->price / (double)product->facts.list_price;
        age[i] = day - lots[i]->first_day;
    }
    pricing_model_split(&product->truth, count, x, age, split);
    int days = sim->setup.watch_days + sim->setup.control_days;
    double mean = product->truth.base * product->truth.weekday[day % 7] *
                  product->truth.hour[hour] * sim->level[p * days + day];
    mean *= sim_gamma(sim, product->truth.size, p, day, hour, 2000) / product->truth.size;
    for (int i = 0; i < count; i++) {
        int64_t asked =
            sim_poisson(mean * split[i], sim_chance(sim, p, day, hour, 50000 + (int)age[i]));
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
static void end_lots(PricingSim *sim, int day, int hour, bool scored, PricingSimResult *result)
{
    for (int i = 0; i < sim->lots_count; i++) {
        SimLot *lot = &sim->lots[i];
        if (lot->dead || lot->closed) {
            continue;
        }
        const PricingSimProduct *facts = &sim->products[lot->product].facts;
        if (lot->on_hand > 0 && hour == SIM_CLOSE - 1 && day >= lot->last_day) {
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

static void drop_dead(PricingSim *sim)
{
    int kept = 0;
    for (int i = 0; i < sim->lots_count; i++) {
        SimLot lot = sim->lots[i];
        if (!lot.closed) {
            lot.sold = lot.wasted = 0;
            sim->lots[kept++] = lot;
        }
    }
    sim->lots_count = kept;
}

/* --- prices --- */

static void set_price(Run *run, SimLot *lot, int64_t price, int hour, bool scored)
{
    const PricingSimProduct *facts = &run->sim->products[lot->product].facts;
    if (price < facts->min_price || price > facts->max_price) {
        run->result->violations++;
        price = price < facts->min_price ? facts->min_price : facts->max_price;
    }
    if (price == lot->price) {
        return;
    }
    if (hour > SIM_OPEN && hour < SIM_CLOSE) {
        if (lot->changes_left <= 0) {
            run->result->refused++;
            return;
        }
        lot->changes_left--;
        run->result->changes += scored;
    }
    lot->price = price;
}

static void apply_rule(Run *run, int day, int hour, bool scored)
{
    for (int i = 0; i < run->sim->lots_count; i++) {
        SimLot *lot = &run->sim->lots[i];
        double list = (double)run->sim->products[lot->product].facts.list_price;
        if (lot->last_day == day && (hour == SIM_OPEN || hour == SIM_CLOSE - RULE_LAST_HOURS)) {
            set_price(run, lot, llround(list * (hour == SIM_OPEN ? RULE_CUT : RULE_LAST)), hour,
                      scored);
        }
    }
}

static void apply_planner(Run *run, int day, int hour, bool knows_level)
{
    PricingSim *sim = run->sim;
    int days = sim->setup.watch_days + sim->setup.control_days;
    for (int p = 0; p < sim->setup.products && hour >= SIM_OPEN && hour < SIM_CLOSE; p++) {
        const SimProduct *product = &sim->products[p];
        SimLot *lots[SIM_LOTS_MAX];
        int count = lots_of(sim, p, lots);
        if (count == 0) {
            continue;
        }
        PricingPlanLot plan[SIM_LOTS_MAX];
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
                                    .open_hour = SIM_OPEN,
                                    .close_hour = SIM_CLOSE,
                                    .life_days = product->facts.shelf_life_days,
                                    .deliver = 1,
                                    .keep_level = sim->keep};
        PricingPlanNow now = {.weekday = day % 7,
                              .hour = hour,
                              .level = knows_level ? sim->level[p * days + day] : 1,
                              .trust = 1,
                              .free_change = hour <= SIM_OPEN};
        pricing_plan_product(&product->truth, &facts, &now, plan, count);
        for (int i = 0; i < count; i++) {
            lots[i]->worth = plan[i].worth;
            set_price(run, lots[i], plan[i].answer, hour, true);
        }
    }
}

static void ask_learner(Run *run, int day, int hour, bool control, int count)
{
    PricingShopOffer *offers = calloc((size_t)count + 1, sizeof *offers);
    if (offers == NULL) {
        return;
    }
    for (int i = 0; i < count; i++) {
        const PricingSimOffer *o = &run->offers[i];
        offers[i] = (PricingShopOffer){.lot = o->lot,
                                       .product = o->product,
                                       .expires_day = o->last_day,
                                       .on_hand = o->on_hand,
                                       .price = o->price,
                                       .sold = o->sold,
                                       .wasted = o->wasted,
                                       .changes_left = o->changes_left,
                                       .closed = o->closed};
    }
    pricing_shop_epoch(run->shop, day, day % 7, hour, control, offers, count);
    for (int i = 0; i < count; i++) {
        run->offers[i].answer = offers[i].answer;
    }
    free(offers);
}

static bool ask_policy(Run *run, int day, int hour, bool control)
{
    PricingSim *sim = run->sim;
    if (sim->lots_count > run->offers_room) {
        run->offers_room = sim->lots_room;
        free(run->offers);
        free(run->from);
        run->offers = calloc((size_t)run->offers_room, sizeof *run->offers);
        run->from = calloc((size_t)run->offers_room, sizeof *run->from);
        if (run->offers == NULL || run->from == NULL) {
            return false;
        }
    }
    int count = 0;
    for (int i = 0; i < sim->lots_count; i++) {
        SimLot *lot = &sim->lots[i];
        run->from[count] = lot;
        run->offers[count++] = (PricingSimOffer){.lot = lot->number,
                                                 .product = lot->product,
                                                 .first_day = lot->first_day,
                                                 .last_day = lot->last_day,
                                                 .on_hand = lot->on_hand,
                                                 .price = lot->price,
                                                 .sold = lot->sold,
                                                 .wasted = lot->wasted,
                                                 .changes_left = lot->changes_left,
                                                 .closed = lot->closed,
                                                 .answer = lot->price};
    }
    if (run->policy == PRICING_SIM_LEARNER) {
        ask_learner(run, day, hour, control, count);
    } else {
        run->decide(run->data, day, hour, control, run->offers, count);
    }
    for (int i = 0; i < count && control; i++) {
        if (!run->from[i]->closed) {
            set_price(run, run->from[i], run->offers[i].answer, hour, true);
        }
    }
    return true;
}

/* --- hours --- */

static bool run_hour(Run *run, int day, int hour)
{
    PricingSim *sim = run->sim;
    PricingSimResult *result = run->result;
    bool scored = day >= sim->setup.watch_days;
    if (hour == SIM_OPEN - 1 && !deliver(sim, day, scored, result)) {
        return false;
    }
    for (int i = 0; i < sim->lots_count; i++) {
        SimLot *lot = &sim->lots[i];
        lot->changes_left = hour == SIM_CLOSE ? SIM_CHANGES : lot->changes_left;
        result->tag_days += scored && hour == SIM_OPEN && !lot->closed;
    }
    if (run->policy == PRICING_SIM_RULE || (run->policy != PRICING_SIM_LIST && !scored)) {
        apply_rule(run, day, hour, scored);
    }
    if ((run->policy == PRICING_SIM_MODEL || run->policy == PRICING_SIM_ORACLE) && scored) {
        apply_planner(run, day, hour, run->policy == PRICING_SIM_ORACLE);
    }
    if ((run->policy == PRICING_SIM_LEARNER || run->policy == PRICING_SIM_OTHER) &&
        !ask_policy(run, day, hour, scored)) {
        return false;
    }
    drop_dead(sim);
    if (hour >= SIM_OPEN && hour < SIM_CLOSE) {
        for (int p = 0; p < sim->setup.products; p++) {
            sell_hour(sim, p, day, hour, scored, result);
        }
        end_lots(sim, day, hour, scored, result);
    }
    return true;
}

static bool run_days(Run *run)
{
    PricingSim *sim = run->sim;
    sim->lots_count = 0;
    *run->result = (PricingSimResult){.margin = 0};
    int days = sim->setup.watch_days + sim->setup.control_days;
    for (int day = 0; day < days; day++) {
        for (int hour = 0; hour < 24; hour++) {
            if (!run_hour(run, day, hour)) {
                return false;
            }
        }
    }
    return true;
}

static PricingShop *new_shop(const PricingSim *sim)
{
    PricingShopProduct *facts = calloc((size_t)sim->setup.products, sizeof *facts);
    if (facts == NULL) {
        return NULL;
    }
    for (int p = 0; p < sim->setup.products; p++) {
        const PricingSimProduct *from = &sim->facts[p];
        facts[p] = (PricingShopProduct){.category = from->category,
                                        .unit_cost = from->unit_cost,
                                        .list_price = from->list_price,
                                        .min_price = from->min_price,
                                        .max_price = from->max_price,
                                        .disposal_cost = from->disposal_cost,
                                        .shelf_life_days = from->shelf_life_days};
    }
    PricingShop *shop = pricing_shop_new(facts, sim->setup.products, SIM_OPEN, SIM_CLOSE, 1);
    free(facts);
    return shop;
}

bool pricing_sim_run(PricingSim *sim, PricingSimPolicy policy, PricingSimDecide decide, void *data,
                     PricingSimResult *out)
{
    Run run = {.sim = sim, .policy = policy, .decide = decide, .data = data, .result = out};
    if (policy == PRICING_SIM_LEARNER) {
        run.shop = new_shop(sim);
        if (run.shop == NULL) {
            return false;
        }
    }
    bool ok = run_days(&run);
    pricing_shop_free(run.shop);
    free(run.offers);
    free(run.from);
    return ok;
}

/* --- the shop --- */

/* How much is delivered: so much that list prices alone would waste the share that was asked for. */
static bool find_stock(PricingSim *sim)
{
    double wanted = sim->setup.waste_at_list > 0
                        ? sim->setup.waste_at_list
                        : fmin(fmax(WASTE_AT_LIST + 0.04 * sim_normal(sim, 0, 0, 0, 63), 0.1), 0.4);
    double low = 0.5, high = 3;
    for (int pass = 0; pass < 9; pass++) {
        PricingSimResult result;
        sim->stock = (low + high) / 2;
        if (!pricing_sim_run(sim, PRICING_SIM_LIST, NULL, NULL, &result)) {
            return false;
        }
        bool is_much = (double)result.wasted > wanted * (double)result.handled;
        *(is_much ? &high : &low) = sim->stock;
    }
    return true;
}

PricingSim *pricing_sim_new(const PricingSimSetup *setup)
{
    int days = setup->watch_days + setup->control_days;
    if (setup->products < 1 || setup->products > PRICING_SIM_PRODUCTS_MAX ||
        setup->watch_days < 0 || setup->control_days < 1 || days > PRICING_SIM_DAYS_MAX) {
        return NULL;
    }
    PricingSim *sim = calloc(1, sizeof *sim);
    if (sim == NULL) {
        return NULL;
    }
    sim->setup = *setup;
    size_t products = (size_t)setup->products;
    sim->products = calloc(products, sizeof *sim->products);
    sim->facts = calloc(products, sizeof *sim->facts);
    sim->level = calloc(products * (size_t)days, sizeof *sim->level);
    if (sim->products == NULL || sim->facts == NULL || sim->level == NULL) {
        pricing_sim_free(sim);
        return NULL;
    }
    sim_make_world(sim);
    if (!find_stock(sim)) {
        pricing_sim_free(sim);
        return NULL;
    }
    return sim;
}

void pricing_sim_free(PricingSim *sim)
{
    if (sim == NULL) {
        return;
    }
    free(sim->products);
    free(sim->facts);
    free(sim->level);
    free(sim->lots);
    free(sim);
}

const PricingSimProduct *pricing_sim_products(const PricingSim *sim)
{
    return sim->facts;
}

int pricing_sim_open_hour(const PricingSim *sim)
{
    (void)sim;
    return SIM_OPEN;
}

int pricing_sim_close_hour(const PricingSim *sim)
{
    (void)sim;
    return SIM_CLOSE;
}

int pricing_sim_changes_a_day(const PricingSim *sim)
{
    (void)sim;
    return SIM_CHANGES;
}

double pricing_sim_share(const PricingSimResult *rule, const PricingSimResult *policy,
                         const PricingSimResult *oracle)
{
    return (policy->margin - rule->margin) / (oracle->margin - rule->margin);
}

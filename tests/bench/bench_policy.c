/* SPDX-License-Identifier: GPL-3.0-or-later
 * Repricing: lots a second on one core, and whether 100,000 lots cost 100 times what 1,000 do. */
#include "pricing/policy.h"
#include "tests/bench/bench.h"

#define ROUNDS 3

static double price_lots_us(int count)
{
    static volatile int64_t sink;
    double start = bench_now_us();
    for (int i = 0; i < count; i++) {
        PricingLot lot = {.price = 4980,
                          .on_hand = 5 + i % 60,
                          .portion = 1,
                          .hours_left = 3 + i % 40,
                          .expected_rate = 0.5 + (i % 17) * 0.3,
                          .sold_expected = 4 + i % 9,
                          .sold_units = i % 13,
                          .elasticity = -1.6 - (i % 5) * 0.2,
                          .ms_since_change = INT64_MAX,
                          .unit_cost = 3000,
                          .disposal_cost = 200};
        PricingRails rails = {.floor = 2500,
                              .ceiling = 5730,
                              .list_price = 4980,
                              .step_bp_max = 1500,
                              .ending = 10,
                              .rise_allowed = true};
        sink += pricing_policy_decide(&lot, &rails).price;
    }
    return bench_now_us() - start;
}

int main(void)
{
    double small[ROUNDS], large[ROUNDS];
    price_lots_us(200);
    for (int round = 0; round < ROUNDS; round++) {
        small[round] = price_lots_us(1000) / 1000;
        large[round] = price_lots_us(100000) / 100000;
    }
    double one = bench_share(small, ROUNDS, 0.5), many = bench_share(large, ROUNDS, 0.5);
    bench_print("repricing, lots a second a core", 1e6 / many, "lots/s", 0, NULL);
    bench_print("repricing, us a lot, 100,000 lots against 1,000", many, "us", one, "1,000 lots");
    return 0;
}

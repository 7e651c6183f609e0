/* SPDX-License-Identifier: GPL-3.0-or-later
 * Weighing at the till: plate then item, item then plate, tares, and what each state of the scale is answered with.
 * The scale here is a value that the test sets; what a real one says is tested in test_scale.c. */
#include "pos/receipt.h"
#include "tests/support/till_fixture.h"

#include <string.h>

typedef struct {
    TillFixture till;
    PosTillScale scale;
    PosScaleStatus status;
    uint64_t charged, kept; /* the last load of each */
    int charges, zeroes, clears;
} Fixture;

static void give_status(void *user, PosScaleStatus *out)
{
    *out = ((Fixture *)user)->status;
}

static void take_charge(void *user, uint64_t load)
{
    Fixture *fixture = user;
    fixture->charged = load;
    fixture->charges++;
    fixture->status.condition = POS_SCALE_CONDITION_CHARGED;
    fixture->status.settled = false;
}

static void take_container(void *user, uint64_t load)
{
    ((Fixture *)user)->kept = load;
}

static bool take_zero(void *user)
{
    ((Fixture *)user)->zeroes++;
    return true;
}

static bool take_clear(void *user)
{
    Fixture *fixture = user;
    fixture->clears++;
    fixture->status.net = false;
    return true;
}

static void show(Fixture *fixture, PosScaleCondition condition, int64_t grams)
{
    fixture->status = (PosScaleStatus){.condition = condition,
                                       .has_grams = grams >= 0,
                                       .grams = grams,
                                       .stable = condition != POS_SCALE_CONDITION_MOTION,
                                       .settled = condition == POS_SCALE_CONDITION_READY,
                                       .load = fixture->status.load +
                                               (condition == POS_SCALE_CONDITION_READY ? 1 : 0)};
}

static void set_up(Fixture *fixture, gconstpointer unused)
{
    till_fixture_set_up(&fixture->till, NULL);
    fixture->scale =
        (PosTillScale){fixture, give_status, take_charge, take_container, take_zero, take_clear};
    pos_till_set_scale(fixture->till.till, &fixture->scale);
    till_fixture_begin(&fixture->till);
    till_fixture_feed(&fixture->till, "setting", "tares",
                      "{\"tray\":{\"grams\":8,\"names\":{\"en\":\"Tray\",\"ko\":\"트레이\"}},"
                      "\"box\":12,\"broken\":-3,\"big\":\"x\"}");
    show(fixture, POS_SCALE_CONDITION_EMPTY, 0);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    till_fixture_tear_down(&fixture->till, NULL);
}

static PosTillEvent *act(Fixture *fixture, const PosTillCommand *command)
{
    return pos_till_do(fixture->till.till, command);
}

static PosTillEvent *weigh(Fixture *fixture)
{
    const PosTillCommand command = {.verb = POS_TILL_WEIGHT, .from_scale = true};
    return act(fixture, &command);
}

static PosTillEvent *tare_of(Fixture *fixture, const char *preset, int64_t grams, bool on_plate)
{
    const PosTillCommand command = {
        .verb = POS_TILL_TARE, .preset = (char *)preset, .grams = grams, .from_scale = on_plate};
    return act(fixture, &command);
}

/* Takes the event. */
static void expect_line(PosTillEvent *event, int64_t net_g, int64_t tare_g, bool on_scale)
{
    if (event->kind != POS_EVENT_LINE) {
        g_test_message("%s", event->message);
    }
    g_assert_cmpint(event->kind, ==, POS_EVENT_LINE);
    g_assert_cmpint(event->line.quantity.unit, ==, POS_UNIT_G);
    g_assert_cmpint(event->line.quantity.value, ==, net_g);
    g_assert_cmpint(event->line.tare_g, ==, tare_g);
    g_assert_cmpint(event->line.weighed_on_scale, ==, on_scale);
    g_assert_cmpint(event->line.weighed_by_hand, ==, !on_scale);
    pos_till_event_free(event);
}

static void plate_then_item_is_a_line_at_once(Fixture *fixture, gconstpointer unused)
{
    show(fixture, POS_SCALE_CONDITION_READY, 450);
    expect_line(till_fixture_scan(&fixture->till, SHOP_BEEF), 450, 0, true);
    g_assert_cmpint(fixture->charges, ==, 1);
    g_assert_cmpuint(fixture->charged, ==, fixture->status.load);
    /* The same goods still lie there: the next item gets none of it. */
    PosTillEvent *next = till_fixture_scan(&fixture->till, SHOP_BEEF);
    g_assert_cmpint(next->kind, ==, POS_EVENT_WEIGH);
    g_assert_cmpint(next->scale.condition, ==, POS_SCALE_CONDITION_CHARGED);
    pos_till_event_free(next);
    till_fixture_refused(weigh(fixture), POS_REFUSAL_BAD_WEIGHT);
    g_assert_cmpint(fixture->charges, ==, 1);
}

static void item_then_plate_waits_until_it_rests(Fixture *fixture, gconstpointer unused)
{
    g_assert_false(pos_till_may_weigh(fixture->till.till));
    till_fixture_expect(till_fixture_scan(&fixture->till, SHOP_BEEF), POS_EVENT_WEIGH);
    g_assert_false(pos_till_may_weigh(fixture->till.till));
    show(fixture, POS_SCALE_CONDITION_MOTION, 300);
    g_assert_false(pos_till_may_weigh(fixture->till.till));
    till_fixture_refused(weigh(fixture), POS_REFUSAL_SCALE_NOT_READY);
    show(fixture, POS_SCALE_CONDITION_READY, 450);
    fixture->status.settled = false;
    g_assert_false(pos_till_may_weigh(fixture->till.till));
    fixture->status.settled = true;
    g_assert_true(pos_till_may_weigh(fixture->till.till));
    expect_line(weigh(fixture), 450, 0, true);
    g_assert_false(pos_till_may_weigh(fixture->till.till));
}

static void each_state_has_its_refusal(Fixture *fixture, gconstpointer unused)
{
    static const struct {
        PosScaleCondition condition;
        PosRefusal refusal;
    } cases[] = {
        {POS_SCALE_CONDITION_NONE, POS_REFUSAL_SCALE_NOT_READY},
        {POS_SCALE_CONDITION_OFF, POS_REFUSAL_SCALE_NOT_READY},
        {POS_SCALE_CONDITION_SILENT, POS_REFUSAL_SCALE_NOT_READY},
        {POS_SCALE_CONDITION_GARBLED, POS_REFUSAL_SCALE_NOT_READY},
        {POS_SCALE_CONDITION_EMPTY, POS_REFUSAL_SCALE_NOT_READY},
        {POS_SCALE_CONDITION_MOTION, POS_REFUSAL_SCALE_NOT_READY},
        {POS_SCALE_CONDITION_OUTSIDE_ZERO, POS_REFUSAL_SCALE_NOT_READY},
        {POS_SCALE_CONDITION_FAULT, POS_REFUSAL_SCALE_NOT_READY},
        {POS_SCALE_CONDITION_LIGHT, POS_REFUSAL_BAD_WEIGHT},
        {POS_SCALE_CONDITION_UNCHECKED, POS_REFUSAL_BAD_WEIGHT},
        {POS_SCALE_CONDITION_NEGATIVE, POS_REFUSAL_BAD_WEIGHT},
        {POS_SCALE_CONDITION_UNDER_ZERO, POS_REFUSAL_BAD_WEIGHT},
        {POS_SCALE_CONDITION_OVER, POS_REFUSAL_BAD_WEIGHT},
        {POS_SCALE_CONDITION_WRONG_UNIT, POS_REFUSAL_BAD_WEIGHT},
    };
    till_fixture_expect(till_fixture_scan(&fixture->till, SHOP_BEEF), POS_EVENT_WEIGH);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        show(fixture, cases[i].condition, 450);
        till_fixture_refused(weigh(fixture), cases[i].refusal);
    }
    /* Other goods are sold meanwhile, and the weight can be typed. */
    till_fixture_expect(till_fixture_scan(&fixture->till, SHOP_SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_scan(&fixture->till, SHOP_BEEF), POS_EVENT_WEIGH);
    const PosTillCommand typed = {.verb = POS_TILL_WEIGHT, .grams = 450, .by_hand = true};
    expect_line(act(fixture, &typed), 450, 0, false);
    g_assert_cmpint(fixture->charges, ==, 0);
}

static void without_a_scale_it_is_typed(Fixture *fixture, gconstpointer unused)
{
    pos_till_set_scale(fixture->till.till, NULL);
    till_fixture_expect(till_fixture_scan(&fixture->till, SHOP_BEEF), POS_EVENT_WEIGH);
    till_fixture_refused(weigh(fixture), POS_REFUSAL_SCALE_NOT_READY);
    const PosTillCommand zero = {.verb = POS_TILL_ZERO};
    till_fixture_refused(act(fixture, &zero), POS_REFUSAL_SCALE_NOT_READY);
    const PosTillCommand look = {.verb = POS_TILL_SCALE};
    PosTillEvent *event = act(fixture, &look);
    g_assert_cmpint(event->kind, ==, POS_EVENT_SCALE);
    g_assert_cmpint(event->scale.condition, ==, POS_SCALE_CONDITION_NONE);
    g_assert_true(event->awaits_weight);
    pos_till_event_free(event);
}

static void a_preset_tare_is_deducted_once(Fixture *fixture, gconstpointer unused)
{
    PosTillEvent *tare = tare_of(fixture, "box", 0, false);
    g_assert_cmpint(tare->kind, ==, POS_EVENT_TARE);
    g_assert_cmpint(tare->tare_g, ==, 12);
    pos_till_event_free(tare);
    show(fixture, POS_SCALE_CONDITION_READY, 462);
    expect_line(till_fixture_scan(&fixture->till, SHOP_BEEF), 450, 12, true);
    show(fixture, POS_SCALE_CONDITION_READY, 462);
    expect_line(till_fixture_scan(&fixture->till, SHOP_BEEF), 462, 0, true);
    till_fixture_refused(tare_of(fixture, "broken", 0, false), POS_REFUSAL_BAD_COMMAND);
    till_fixture_refused(tare_of(fixture, "crate", 0, false), POS_REFUSAL_BAD_COMMAND);
    till_fixture_refused(tare_of(fixture, NULL, -1, false), POS_REFUSAL_BAD_WEIGHT);
}

static void the_container_on_the_plate_is_a_tare(Fixture *fixture, gconstpointer unused)
{
    till_fixture_refused(tare_of(fixture, NULL, 0, true), POS_REFUSAL_SCALE_NOT_READY);
    show(fixture, POS_SCALE_CONDITION_LIGHT, 16); /* a container may be lighter than goods may */
    fixture->status.load = 5;
    till_fixture_expect(tare_of(fixture, NULL, 0, true), POS_EVENT_TARE);
    g_assert_cmpuint(fixture->kept, ==, 5);
    till_fixture_expect(till_fixture_scan(&fixture->till, SHOP_BEEF), POS_EVENT_WEIGH);
    show(fixture, POS_SCALE_CONDITION_READY, 16); /* nothing in it yet */
    g_assert_false(pos_till_may_weigh(fixture->till.till));
    till_fixture_refused(weigh(fixture), POS_REFUSAL_BAD_WEIGHT);
    show(fixture, POS_SCALE_CONDITION_READY, 466);
    g_assert_true(pos_till_may_weigh(fixture->till.till));
    expect_line(weigh(fixture), 450, 16, true);
}

static void a_chosen_tare_stands_for_the_product_s(Fixture *fixture, gconstpointer unused)
{
    show(fixture, POS_SCALE_CONDITION_READY, 110);
    expect_line(till_fixture_scan(&fixture->till, SHOP_SALAD), 100, 10, true);
    till_fixture_expect(tare_of(fixture, "tray", 0, false), POS_EVENT_TARE);
    show(fixture, POS_SCALE_CONDITION_READY, 108);
    expect_line(till_fixture_scan(&fixture->till, SHOP_SALAD), 100, 8, true);
    till_fixture_expect(tare_of(fixture, NULL, 0, false), POS_EVENT_TARE); /* none at all */
    show(fixture, POS_SCALE_CONDITION_READY, 100);
    expect_line(till_fixture_scan(&fixture->till, SHOP_SALAD), 100, 0, true);
}

static void a_net_weight_is_not_reduced_again(Fixture *fixture, gconstpointer unused)
{
    show(fixture, POS_SCALE_CONDITION_READY, 100);
    fixture->status.net = true;
    fixture->status.tare_g = 14;
    expect_line(till_fixture_scan(&fixture->till, SHOP_SALAD), 100, 14, true);
    till_fixture_expect(tare_of(fixture, "box", 0, false), POS_EVENT_TARE);
    show(fixture, POS_SCALE_CONDITION_READY, 100);
    fixture->status.net = true;
    till_fixture_expect(till_fixture_scan(&fixture->till, SHOP_SALAD), POS_EVENT_WEIGH);
    g_assert_false(pos_till_may_weigh(fixture->till.till));
    till_fixture_refused(weigh(fixture), POS_REFUSAL_BAD_WEIGHT);
    till_fixture_refused(tare_of(fixture, NULL, 0, true), POS_REFUSAL_BAD_WEIGHT);
    g_assert_cmpint(fixture->clears, ==, 0);
    till_fixture_expect(tare_of(fixture, NULL, 0, false), POS_EVENT_TARE); /* no tare at all */
    g_assert_cmpint(fixture->clears, ==, 1);
    fixture->status.grams = 114;
    expect_line(weigh(fixture), 114, 0, true);
}

static void a_tare_ends_with_its_ticket(Fixture *fixture, gconstpointer unused)
{
    till_fixture_expect(tare_of(fixture, "box", 0, false), POS_EVENT_TARE);
    till_fixture_expect(till_fixture_do(&fixture->till, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    show(fixture, POS_SCALE_CONDITION_READY, 450);
    expect_line(till_fixture_scan(&fixture->till, SHOP_BEEF), 450, 0, true);
}

static void an_item_that_is_left_takes_no_weight(Fixture *fixture, gconstpointer unused)
{
    till_fixture_expect(till_fixture_scan(&fixture->till, SHOP_BEEF), POS_EVENT_WEIGH);
    till_fixture_expect(tare_of(fixture, "box", 0, false), POS_EVENT_TARE);
    till_fixture_expect(till_fixture_do(&fixture->till, POS_TILL_LEAVE, 0, 0), POS_EVENT_CART);
    show(fixture, POS_SCALE_CONDITION_READY, 450);
    g_assert_false(pos_till_may_weigh(fixture->till.till));
    till_fixture_refused(weigh(fixture), POS_REFUSAL_BAD_WEIGHT);
    expect_line(till_fixture_scan(&fixture->till, SHOP_BEEF), 450, 0, true);
}

static void zero_goes_to_the_scale_that_can(Fixture *fixture, gconstpointer unused)
{
    const PosTillCommand zero = {.verb = POS_TILL_ZERO};
    till_fixture_refused(act(fixture, &zero), POS_REFUSAL_NOT_ALLOWED);
    fixture->status.can_zero = true;
    till_fixture_expect(act(fixture, &zero), POS_EVENT_SCALE);
    g_assert_cmpint(fixture->zeroes, ==, 1);
}

static void record_and_receipt_say_how_it_was_weighed(Fixture *fixture, gconstpointer unused)
{
    till_fixture_expect(tare_of(fixture, "box", 0, false), POS_EVENT_TARE);
    show(fixture, POS_SCALE_CONDITION_READY, 462);
    expect_line(till_fixture_scan(&fixture->till, SHOP_BEEF), 450, 12, true);
    show(fixture, POS_SCALE_CONDITION_EMPTY, 0);
    till_fixture_expect(till_fixture_scan(&fixture->till, SHOP_BEEF), POS_EVENT_WEIGH);
    const PosTillCommand typed = {.verb = POS_TILL_WEIGHT, .grams = 450, .by_hand = true};
    expect_line(act(fixture, &typed), 450, 0, false);
    till_fixture_restart(&fixture->till); /* the open cart keeps it */
    till_fixture_expect(till_fixture_login(&fixture->till, "u01", "1234"), POS_EVENT_LOGIN);
    till_fixture_expect(till_fixture_tender(&fixture->till, POS_TENDER_CASH, 10000),
                        POS_EVENT_SALE);
    g_autoptr(json_t) record = till_fixture_last_record(&fixture->till);
    const json_t *lines = json_object_get(record, "lines");
    const json_t *first = json_array_get(lines, 0);
    const json_t *second = json_array_get(lines, 1);
    g_assert_cmpstr(json_string_value(json_object_get(first, "weight_source")), ==, "scale");
    g_assert_cmpint(json_integer_value(json_object_get(first, "tare_g")), ==, 12);
    g_assert_cmpstr(json_string_value(json_object_get(second, "weight_source")), ==, "manual");
    g_assert_null(json_object_get(second, "tare_g"));

    PosCurrency won;
    g_assert_true(pos_currency_from_code("KRW", &won));
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Seoul");
    const PosReceiptLook look = {
        .store_name = "Shop", .language = "en", .currency = &won, .zone = zone, .columns = 42};
    g_autoptr(GPtrArray) rows = pos_receipt_rows(record, &look, NULL, NULL);
    int tares = 0;
    int by_hand = 0;
    for (guint i = 0; i < rows->len; i++) {
        tares += strstr(rows->pdata[i], "tare deducted 12 g") != NULL;
        by_hand += strstr(rows->pdata[i], "weight entered by hand") != NULL;
    }
    g_assert_cmpint(tares, ==, 1);
    g_assert_cmpint(by_hand, ==, 1);
}

static void a_locked_till_takes_no_weight(Fixture *fixture, gconstpointer unused)
{
    till_fixture_expect(till_fixture_scan(&fixture->till, SHOP_BEEF), POS_EVENT_WEIGH);
    show(fixture, POS_SCALE_CONDITION_READY, 450);
    g_assert_true(pos_till_may_weigh(fixture->till.till));
    till_fixture_expect(till_fixture_do(&fixture->till, POS_TILL_LOCK, 0, 0), POS_EVENT_LOCKED);
    g_assert_false(pos_till_may_weigh(fixture->till.till));
}

static void presets_are_read_by_weight(void)
{
    g_autoptr(json_t) setting =
        json_loads("{\"tray\":{\"grams\":8,\"names\":{\"ko\":\"트레이\"}},\"box\":12,\"bag\":5,"
                   "\"none\":0,\"heavy\":1000001,\"text\":\"5\",\"\":5}",
                   0, NULL);
    g_autoptr(GPtrArray) tares = pos_tares_from_setting(setting);
    g_assert_cmpuint(tares->len, ==, 3);
    g_assert_cmpstr(((PosTare *)tares->pdata[0])->id, ==, "bag");
    g_assert_cmpstr(((PosTare *)tares->pdata[1])->id, ==, "tray");
    g_assert_cmpint(pos_tares_find(tares, "box")->grams, ==, 12);
    g_assert_cmpstr(pos_names_in(&pos_tares_find(tares, "tray")->names, "ko"), ==, "트레이");
    g_assert_cmpstr(pos_names_in(&pos_tares_find(tares, "box")->names, "ko"), ==, "box");
    g_assert_null(pos_tares_find(tares, "heavy"));
    g_autoptr(GPtrArray) none = pos_tares_from_setting(NULL);
    g_assert_cmpuint(none->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/till_weigh/presets_are_read_by_weight", presets_are_read_by_weight);
#define CASE(name) g_test_add("/pos/till_weigh/" #name, Fixture, NULL, set_up, name, tear_down)
    CASE(plate_then_item_is_a_line_at_once);
    CASE(item_then_plate_waits_until_it_rests);
    CASE(each_state_has_its_refusal);
    CASE(without_a_scale_it_is_typed);
    CASE(a_preset_tare_is_deducted_once);
    CASE(the_container_on_the_plate_is_a_tare);
    CASE(a_chosen_tare_stands_for_the_product_s);
    CASE(a_net_weight_is_not_reduced_again);
    CASE(a_tare_ends_with_its_ticket);
    CASE(an_item_that_is_left_takes_no_weight);
    CASE(zero_goes_to_the_scale_that_can);
    CASE(record_and_receipt_say_how_it_was_weighed);
    CASE(a_locked_till_takes_no_weight);
    return g_test_run();
}

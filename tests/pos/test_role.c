/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/role.h"

#include <string.h>

static PosRole read_role(const char *json, const char *id)
{
    json_t *roles = json == NULL ? NULL : json_loads(json, 0, NULL);
    g_assert_true(json == NULL || roles != NULL);
    PosRole role = pos_role_from_setting(roles, id);
    json_decref(roles);
    return role;
}

static void test_without_data_a_manager_may_all_and_a_cashier_moves_no_price(void)
{
    PosRole manager = read_role(NULL, "manager");
    PosRole cashier = read_role(NULL, "cashier");
    for (int i = 0; i < POS_PERMISSION_COUNT; i++) {
        g_assert_true(pos_role_may(&manager, (PosPermission)i));
    }
    for (int i = 0; i < POS_LIMIT_COUNT; i++) {
        g_assert_true(pos_role_limit(&manager, (PosLimit)i) == POS_LIMIT_NONE);
    }
    static const PosPermission never[] = {
        POS_MAY_PAID_OUT,       POS_MAY_OVERRIDE,         POS_MAY_RETURN_WITHOUT_RECEIPT,
        POS_MAY_POST_VOID,      POS_MAY_LIFT_BEST_BEFORE, POS_MAY_TRAINING,
        POS_MAY_RESOLVE_PAYMENT};
    for (gsize i = 0; i < G_N_ELEMENTS(never); i++) {
        g_assert_false(pos_role_may(&cashier, never[i]));
    }
    g_assert_true(pos_role_may(&cashier, POS_MAY_Z_REPORT));
    g_assert_cmpint(pos_role_limit(&cashier, POS_LIMIT_OVERRIDE_PCT), ==, 0);
    g_assert_cmpint(pos_role_limit(&cashier, POS_LIMIT_DISCOUNT_PCT), ==, 10);
    /* Nobody becomes more than a cashier by a word that no one knows. */
    PosRole unknown = read_role(NULL, "owner");
    g_assert_cmpuint(unknown.may, ==, cashier.may);
    unknown = read_role("{}", NULL);
    g_assert_cmpuint(unknown.may, ==, cashier.may);
}

static void test_data_wins_and_what_it_leaves_out_is_not_there(void)
{
    static const char json[] =
        "{\"cashier\":{\"may\":[\"no_sale\",\"fly\",7],\"limits\":{\"discount_pct\":5,"
        "\"refund\":\"none\",\"override_pct\":-3,\"paid_out\":\"much\"}},"
        "\"lead\":{\"may\":\"all\"},\"manager\":7}";
    PosRole cashier = read_role(json, "cashier");
    for (int i = 0; i < POS_PERMISSION_COUNT; i++) {
        g_assert_cmpint(pos_role_may(&cashier, (PosPermission)i), ==, i == POS_MAY_NO_SALE);
    }
    g_assert_cmpint(pos_role_limit(&cashier, POS_LIMIT_DISCOUNT_PCT), ==, 5);
    g_assert_true(pos_role_limit(&cashier, POS_LIMIT_REFUND) == POS_LIMIT_NONE);
    g_assert_cmpint(pos_role_limit(&cashier, POS_LIMIT_OVERRIDE_PCT), ==, 0);
    g_assert_cmpint(pos_role_limit(&cashier, POS_LIMIT_PAID_OUT), ==, 0);
    PosRole lead = read_role(json, "lead");
    g_assert_true(pos_role_may(&lead, POS_MAY_POST_VOID));
    g_assert_cmpint(pos_role_limit(&lead, POS_LIMIT_DISCOUNT_PCT), ==, 0);
    /* A role that cannot be read is the default. */
    PosRole manager = read_role(json, "manager");
    g_assert_true(pos_role_may(&manager, POS_MAY_POST_VOID));
}

static void test_each_code_is_one_permission(void)
{
    for (int i = 0; i < POS_PERMISSION_COUNT; i++) {
        g_autofree char *json =
            g_strdup_printf("{\"x\":{\"may\":[\"%s\"]}}", pos_permission_code((PosPermission)i));
        PosRole role = read_role(json, "x");
        for (int k = 0; k < POS_PERMISSION_COUNT; k++) {
            g_assert_cmpint(pos_role_may(&role, (PosPermission)k), ==, i == k);
        }
    }
    for (int i = 0; i < POS_LIMIT_COUNT; i++) {
        g_autofree char *json =
            g_strdup_printf("{\"x\":{\"limits\":{\"%s\":3}}}", pos_limit_code((PosLimit)i));
        PosRole role = read_role(json, "x");
        for (int k = 0; k < POS_LIMIT_COUNT; k++) {
            g_assert_cmpint(pos_role_limit(&role, (PosLimit)k), ==, i == k ? 3 : 0);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/role/without_data_a_manager_may_all_and_a_cashier_moves_no_price",
                    test_without_data_a_manager_may_all_and_a_cashier_moves_no_price);
    g_test_add_func("/pos/role/data_wins_and_what_it_leaves_out_is_not_there",
                    test_data_wins_and_what_it_leaves_out_is_not_there);
    g_test_add_func("/pos/role/each_code_is_one_permission", test_each_code_is_one_permission);
    return g_test_run();
}

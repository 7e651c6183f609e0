/* SPDX-License-Identifier: GPL-3.0-or-later
 * Central and tills in one process, from a seed: records, prices, kills at any moment, cuts, lost and doubled requests,
 * a full disk on either side, clocks that jump, a disk that is copied into a second till, a central that forgets its
 * newest commits or is restored from a backup. After the faults all must be caught up within minutes, and everything
 * that sim_check.c asks must hold.
 *
 * test_sim [SEEDS [FIRST]]: other seeds; one that fails is played again by `test_sim 1 SEED`. */
#include "tests/sync/sim_world.h"

#include "pos/sale.h"
#include "sync/client.h"
#include "sync/runner_private.h"
#include "tests/support/fault_vfs.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define FAULTS_END_MS (4 * 60 * 1000)
#define LIVENESS_MS (6 * 60 * 1000) /* a hole of two minutes, a full backoff, a re-enrolment */
#define TICK_MS 100
#define STREAM_LOOK_MS 500

SimWorld *sim_world;

bool sim_faulty(int percent)
{
    return !sim_world->blocking && sim_world->now_ms < sim_world->faults_end_ms &&
           g_rand_int_range(sim_world->rand, 0, 100) < percent;
}

static int pick(int from, int until)
{
    return g_rand_int_range(sim_world->rand, from, until);
}

/* --- chance from the seed --------------------------------------------------------------------- */

static const char *chance_name(void)
{
    return "seeded";
}

static uint32_t chance(void)
{
    return sim_world != NULL ? g_rand_int(sim_world->rand) : 4; /* asked before a run has begun */
}

static void chance_bytes(void *const out, const size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ((uint8_t *)out)[i] = (uint8_t)chance();
    }
}

static randombytes_implementation seeded = {chance_name, chance, NULL, NULL, chance_bytes, NULL};

/* --- a till's life ---------------------------------------------------------------------------- */

static int64_t till_wall_ms(void *user)
{
    return SIM_WALL_MS + sim_world->now_ms + ((SimTill *)user)->wall_offset_ms;
}

static int64_t till_boot_ms(void *user)
{
    return sim_world->now_ms + 1000;
}

static void till_on(SimTill *till)
{
    g_autoptr(GError) error = NULL;
    till->clock = (PosClock){till_wall_ms, till_boot_ms, till};
    till->store = pos_store_open(till->dir, POS_STORE_WRITE, &error);
    g_assert_no_error(error);
    till->runner = sync_runner_new(till->dir, &till->clock, &error);
    g_assert_no_error(error);
    till->woken = true;
}

/* kill -9: nothing is finished, nothing is said. */
static void till_off(SimTill *till, int64_t off_ms)
{
    g_clear_pointer(&till->runner, sync_runner_free);
    g_clear_pointer(&till->store, pos_store_close);
    till->off_until_ms = sim_world->now_ms + off_ms;
}

static void enrol(SimTill *till)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *code = sim_central_code();
    sim_world->blocking = true;
    sync_enrol(till->dir, "http://127.0.0.1:1", code, "a till", "till", &error);
    sim_world->blocking = false;
    g_assert_no_error(error);
    till->enrol_at_ms = 0;
    g_auto(PosIdentity) identity = {0};
    g_autoptr(PosStore) store = pos_store_open(till->dir, POS_STORE_READ_ONLY, NULL);
    pos_store_identity_get(store, &identity, NULL);
    g_test_message("at %" G_GINT64_FORMAT " ms: %s is enrolled as %s", sim_world->now_ms, till->dir,
                   identity.terminal);
}

static SimTill *new_till(void)
{
    SimTill *till = &sim_world->tills[sim_world->tills_count];
    till->dir = g_strdup_printf("%s/till-%u", g_getenv("SIM_FOLDER"), sim_world->tills_count++);
    g_assert_cmpint(g_mkdir(till->dir, 0700), ==, 0);
    return till;
}

/* The same disk in a second machine. */
static void clone_till(SimTill *till)
{
    till_off(till, 0);
    SimTill *other = new_till();
    g_autoptr(GDir) dir = g_dir_open(till->dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *from = g_build_filename(till->dir, name, NULL);
        g_autofree char *to = g_build_filename(other->dir, name, NULL);
        g_autofree char *bytes = NULL;
        gsize length = 0;
        g_assert_true(g_file_get_contents(from, &bytes, &length, NULL));
        g_assert_true(g_file_set_contents(to, bytes, (gssize)length, NULL));
    }
    till_on(till);
    till_on(other);
    g_test_message("at %" G_GINT64_FORMAT " ms: %s is a copy of %s", sim_world->now_ms, other->dir,
                   till->dir);
}

/* A settled sale of one line, paid in cash. */
static PosSale *a_sale(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    g_autofree char *lot = g_strdup_printf("L%d", pick(0, 4));
    PosMoney price = pos_money(pick(500, 5000));
    PosCartLine line = {.lot = lot,
                        .origin = (char *)"",
                        .lifted_by = (char *)"",
                        .names = {(char *)"", (char *)"Thing", (char *)""},
                        .quantity = pos_quantity_each(pick(1, 5)),
                        .price = price,
                        .list_price = price,
                        .price_version = 1};
    g_strlcpy(line.gtin, pick(0, 2) == 0 ? SIM_APPLE : SIM_GRAPE, sizeof line.gtin);
    g_assert_cmpint(pos_cart_add(cart, &line, NULL), ==, POS_REFUSAL_NONE);
    PosSale *sale = pos_sale_new(cart);
    g_assert_cmpint(pos_sale_begin_tender(sale), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CASH, pos_sale_due(sale)), ==,
                    POS_REFUSAL_NONE);
    return sale;
}

/* One record, a sale mostly. Its sequence number, 0 when it could not be written. */
static int64_t write_one(SimTill *till, GError **error)
{
    int64_t at_ms = SIM_WALL_MS + sim_world->now_ms;
    PosSaleProof proof = {0};
    g_auto(PosRecord) record = {0};
    if (pick(0, 3) > 0) {
        g_autoptr(PosSale) sale = a_sale();
        return pos_store_sale_commit(till->store, sale, "u01", at_ms, &proof, error) ? proof.seq
                                                                                     : 0;
    }
    g_autoptr(json_t) fields = json_pack("{s:s}", "reason", "change");
    bool good = pos_store_journal_append(till->store, fields, "no_sale", at_ms, &record, error);
    return good ? record.seq : 0;
}

static void confirm(SimTill *till, int64_t seq)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) records =
        pos_store_journal_read(till->store, seq, 1, POS_BOUND_RECORD_BYTES, &error);
    g_assert_no_error(error);
    g_hash_table_add(sim_world->confirmed,
                     g_strdup(((const PosRecord *)g_ptr_array_index(records, 0))->line));
}

/* Sometimes the till's disk is full in the middle of it. */
static void write_record(SimTill *till)
{
    g_autoptr(GError) error = NULL;
    bool full = sim_faulty(4);
    if (full) {
        fault_vfs_arm(FAULT_VFS_FULL, pick(0, 6), true);
    }
    int64_t seq = write_one(till, &error);
    bool failed = full && fault_vfs_disarm();
    g_assert_true(seq > 0 || failed);
    if (seq > 0) {
        confirm(till, seq);
        till->woken = true;
        sync_runner_take_records(till->runner);
    }
}

/* Who is refused or forked gets a new code from a manager after a while. */
static void mind_identity(SimTill *till)
{
    g_auto(SyncView) view = {0};
    sync_runner_view(till->runner, &view);
    bool needs = view.link == SYNC_LINK_FORKED || view.link == SYNC_LINK_REFUSED;
    if (!needs) {
        till->enrol_at_ms = 0;
    } else if (till->enrol_at_ms == 0) {
        till->enrol_at_ms = sim_world->now_ms + pick(5000, 60000);
    } else if (sim_world->now_ms >= till->enrol_at_ms && sim_central_is_up()) {
        till_off(till, 0);
        enrol(till);
        till_on(till);
    }
}

static void step_till(SimTill *till, bool look)
{
    SyncRunner *runner = till->runner;
    int64_t due_ms = sim_transfer_due(runner->transfer);
    bool wakes = runner->wake_at_ms >= 0 && runner->wake_at_ms <= till_boot_ms(till);
    if (!till->woken && !wakes && (due_ms > sim_world->now_ms || !look)) {
        return;
    }
    till->woken = false;
    sync_runner_step(runner, 0);
    sim_check_till(till);
}

static void live_till(SimTill *till, bool look)
{
    if (till->runner == NULL) {
        if (sim_world->now_ms < till->off_until_ms) {
            return;
        }
        till_on(till);
    }
    if (sim_world->now_ms < sim_world->faults_end_ms && pick(0, 40) == 0) {
        write_record(till);
    }
    step_till(till, look);
    if (look) {
        mind_identity(till);
    }
    if (pick(0, 1200) == 0 && sim_faulty(100)) {
        till_off(till, pick(0, 30000));
        sim_world->kills++;
    }
    if (pick(0, 1200) == 0 && sim_faulty(100)) {
        till->wall_offset_ms = pick(0, 2) == 0 ? 0 : (int64_t)pick(-400000, 4000000) * 1000;
    }
}

/* --- central's life --------------------------------------------------------------------------- */

static void forget(void)
{
    g_auto(PosIdentity) identity = {0};
    SimTill *till = &sim_world->tills[pick(0, (int)sim_world->tills_count)];
    if (till->store != NULL && !sim_world->central.forgot &&
        pos_store_identity_get(till->store, &identity, NULL)) {
        sim_world->central.forgot = true;
        g_test_message("at %" G_GINT64_FORMAT " ms: central forgets the newest of %s",
                       sim_world->now_ms, identity.terminal);
        sim_central_forget(identity.terminal, pick(1, 8));
    }
}

static void live_central(void)
{
    if (!sim_central_is_up()) {
        if (pick(0, 100) == 0 || sim_world->now_ms >= sim_world->faults_end_ms) {
            sim_central_start();
        }
        return;
    }
    if (sim_world->now_ms < sim_world->faults_end_ms && pick(0, 80) == 0) {
        sim_central_publish();
    }
    if (pick(0, 500) == 0 && sim_faulty(100)) {
        sim_central_kill();
        sim_world->kills++;
    } else if (pick(0, 1000) == 0 && sim_faulty(100)) {
        forget();
    } else if (pick(0, 1500) == 0 && sim_faulty(100)) {
        sim_central_back_up();
        g_test_message("at %" G_GINT64_FORMAT " ms: backed up", sim_world->now_ms);
    } else if (sim_world->central.backup != NULL && pick(0, 800) == 0 && sim_faulty(100)) {
        sim_central_restore();
        g_test_message("at %" G_GINT64_FORMAT " ms: restored", sim_world->now_ms);
    }
}

/* --- a run ------------------------------------------------------------------------------------ */

static bool is_quiet(void)
{
    int64_t newest = 0;
    if (sim_world->now_ms < sim_world->faults_end_ms || !sim_central_is_up() ||
        !central_store_feed_newest(sim_world->central.store, "1", &newest, NULL)) {
        return false;
    }
    for (guint i = 0; i < sim_world->tills_count; i++) {
        g_auto(SyncView) view = {0};
        if (sim_world->tills[i].runner == NULL) {
            return false;
        }
        sync_runner_view(sim_world->tills[i].runner, &view);
        if (view.link != SYNC_LINK_ONLINE || view.acked != view.last_seq ||
            view.applied != newest || !sim_world->tills[i].runner->session.epoch_known) {
            return false;
        }
    }
    return true;
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        if (g_file_test(file, G_FILE_TEST_IS_DIR)) {
            remove_tree(file);
        } else {
            g_unlink(file);
        }
    }
    g_rmdir(path);
}

static void set_up(SimWorld *world, guint32 seed)
{
    g_autofree char *folder = g_strdup("/dev/shm/coster-sim-XXXXXX");
    *world = (SimWorld){.rand = g_rand_new_with_seed(seed), .seed = seed};
    world->confirmed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    sim_world = world;
    if (g_mkdtemp(folder) == NULL) {
        g_free(folder);
        folder = g_dir_make_tmp("coster-sim-XXXXXX", NULL);
    }
    g_setenv("SIM_FOLDER", folder, TRUE);
    sim_central_open();
    int count = pick(2, 5);
    for (int i = 0; i < count; i++) {
        SimTill *till = new_till();
        enrol(till);
        till_on(till);
    }
    world->faults_end_ms = world->now_ms + FAULTS_END_MS;
}

static void tear_down(SimWorld *world)
{
    for (guint i = 0; i < world->tills_count; i++) {
        till_off(&world->tills[i], 0);
        g_free(world->tills[i].dir);
        g_free(world->tills[i].epoch);
    }
    sim_central_close();
    remove_tree(g_getenv("SIM_FOLDER"));
    g_hash_table_destroy(world->confirmed);
    g_rand_free(world->rand);
}

static void say_state(void)
{
    int64_t newest = 0;
    if (sim_central_is_up()) {
        central_store_feed_newest(sim_world->central.store, "1", &newest, NULL);
    }
    g_printerr("at %" G_GINT64_FORMAT " ms: central %s, version %" G_GINT64_FORMAT "\n",
               sim_world->now_ms, sim_central_is_up() ? "up" : "down", newest);
    for (guint i = 0; i < sim_world->tills_count; i++) {
        g_auto(SyncView) view = {0};
        SimTill *till = &sim_world->tills[i];
        if (till->runner == NULL) {
            g_printerr("  till %u: off\n", i);
            continue;
        }
        sync_runner_view(till->runner, &view);
        g_printerr("  till %u: link %d, record %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                   ", version %" G_GINT64_FORMAT ", %s\n",
                   i, view.link, view.acked, view.last_seq, view.applied,
                   view.fault != NULL ? view.fault : "no fault");
    }
}

static void run(guint32 seed)
{
    SimWorld world;
    g_test_message("seed %u", seed);
    set_up(&world, seed);
    int64_t clone_at_ms = pick(0, 2) == 0 ? pick(20000, 200000) : -1;
    while (!is_quiet()) {
        world.now_ms += TICK_MS;
        if (world.now_ms > world.faults_end_ms + LIVENESS_MS) {
            say_state();
            g_error("seed %u: not all was caught up %d minutes after the last fault", seed,
                    LIVENESS_MS / 60000);
        }
        live_central();
        for (guint i = 0; i < world.tills_count; i++) {
            live_till(&world.tills[i],
                      (world.now_ms / TICK_MS + i) % (STREAM_LOOK_MS / TICK_MS) == 0);
        }
        if (clone_at_ms >= 0 && world.now_ms >= clone_at_ms && world.tills[0].runner != NULL) {
            clone_till(&world.tills[0]);
            clone_at_ms = -1;
        }
    }
    sim_check_all();
    g_test_message("seed %u: %u records, %" G_GUINT64_FORMAT " requests, %" G_GUINT64_FORMAT
                   " lost, %" G_GUINT64_FORMAT " cut, %" G_GUINT64_FORMAT
                   " kills, %" G_GUINT64_FORMAT " forks",
                   seed, g_hash_table_size(world.confirmed), world.requests, world.lost, world.cut,
                   world.kills, world.forks);
    tear_down(&world);
}

typedef struct {
    guint32 first, count;
} Campaign;

static void test_seeds(const void *user)
{
    const Campaign *campaign = user;
    for (guint32 i = 0; i < campaign->count; i++) {
        run(campaign->first + i);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(randombytes_set_implementation(&seeded), ==, 0);
    g_assert_cmpint(sodium_init(), >=, 0);
    fault_vfs_install();
    Campaign known = {0, 100}, asked = {0, 0};
    if (argc > 1) {
        asked.count = (guint32)g_ascii_strtoull(argv[1], NULL, 10);
        asked.first = argc > 2 ? (guint32)g_ascii_strtoull(argv[2], NULL, 10) : 0;
        g_assert_cmpuint(asked.count, >, 0);
        g_test_add_data_func("/sync/sim/asked_seeds_lose_nothing", &asked, test_seeds);
        return g_test_run();
    }
    g_test_add_data_func("/sync/sim/known_seeds_lose_nothing", &known, test_seeds);
    return g_test_run();
}

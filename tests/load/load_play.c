/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/load/load_play.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CONNECTING_MAX 256
#define HELLO "/v1/hello"

void load_say(const char *name, double value, const char *unit)
{
    printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\"}\n", name, value, unit);
    fflush(stdout);
}

static int compare_latency(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;
    return first < second ? -1 : first > second;
}

double load_game_percentile(LoadGame *game, double share)
{
    guint count = game->latencies->len;
    if (count == 0) {
        return 0;
    }
    g_array_sort(game->latencies, compare_latency);
    guint index = MIN(count - 1, (guint)((double)count * share));
    return (double)g_array_index(game->latencies, int64_t, index) / 1000.0;
}

/* --- up --------------------------------------------------------------------------------------- */

static void count_answer(LoadPlayer *player, int64_t records)
{
    LoadGame *game = player->game;
    if (game->counting) {
        int64_t took_us = g_get_monotonic_time() - player->sent_us;
        game->posts++;
        game->records += records;
        g_array_append_val(game->latencies, took_us);
    }
}

static void post(LoadPlayer *player)
{
    const LoadGame *game = player->game;
    if (player->till->batch == NULL) {
        load_till_sell(player->till, game->items, game->options->batch, g_get_real_time() / 1000);
    }
    player->busy = true;
    player->sent_us = g_get_monotonic_time();
    load_link_send(player->up, load_till_post(player->till, game->options->path), false);
}

static void greet(LoadPlayer *player)
{
    player->busy = true;
    load_link_send(player->up, load_till_get(player->till, HELLO, NULL, NULL), false);
}

void load_player_go(LoadPlayer *player)
{
    if (player->busy) {
        return;
    }
    if (!load_link_is_open(player->up)) {
        player->busy = player->connecting_up = load_link_open(player->up);
        player->game->connecting += player->connecting_up;
    } else if (!player->greeted) {
        greet(player);
    } else {
        post(player);
    }
}

static void up_opened(LoadLink *link, void *user)
{
    LoadPlayer *player = user;
    player->busy = player->connecting_up = false;
    player->game->connecting--;
    load_player_go(player);
}

/* What central says that it has; the journal goes on from there. */
static bool take_hello(LoadPlayer *player, const json_t *body)
{
    LoadTill *till = player->till;
    int64_t acked = json_integer_value(json_object_get(body, "acked"));
    const char *head = json_string_value(json_object_get(body, "head"));
    player->game->from_version =
        MAX(player->game->from_version, json_integer_value(json_object_get(body, "feed_version")));
    if (till->batch == NULL) {
        till->seq = acked;
        till->head = pos_hash_zero();
        if (head != NULL && !pos_hash_from_hex(head, &till->head)) {
            return false;
        }
    }
    player->greeted = true;
    player->game->greeted++;
    return true;
}

static void take_acked(LoadPlayer *player, const json_t *body)
{
    LoadTill *till = player->till;
    int64_t records = till->seq - till->batch_from + 1;
    if (load_till_acked(till, json_integer_value(json_object_get(body, "acked")))) {
        count_answer(player, records);
    } else {
        player->game->errors++;
    }
}

static void up_answered(LoadLink *link, int status, const char *text, gsize length, void *user)
{
    LoadPlayer *player = user;
    LoadGame *game = player->game;
    player->busy = false;
    bool bare = strcmp(game->options->path, "/v1/journal") != 0; /* an echo: nothing to read */
    if (bare && status == 200) {
        count_answer(player, game->options->batch);
    } else if (status == 200) {
        g_autoptr(json_t) body = json_loadb(text, length, 0, NULL);
        if (!player->greeted) {
            game->errors += !take_hello(player, body);
        } else {
            take_acked(player, body);
        }
    } else {
        game->errors++;
        if (game->errors <= 3) {
            fprintf(stderr, "coster-load: %d %.200s\n", status, text);
        }
    }
    if (player->greeted && (game->post_again || player->till->batch != NULL)) {
        load_player_go(player);
    }
}

static void up_closed(LoadLink *link, void *user)
{
    LoadPlayer *player = user;
    player->game->connecting -= player->connecting_up;
    player->game->lost += player->busy; /* not those that were idle: central closes them */
    player->busy = player->connecting_up = false;
}

static const LoadLinkClass up_class = {up_opened, up_answered, NULL, up_closed};

/* --- down ------------------------------------------------------------------------------------- */

static void down_opened(LoadLink *link, void *user)
{
    LoadPlayer *player = user;
    int64_t after = player->version >= 0 ? player->version : player->game->from_version;
    g_autofree char *path = g_strdup_printf("/v1/feed?after=%" PRId64, after);
    load_link_send(link, load_till_get(player->till, path, "text/event-stream", NULL), true);
}

static void reach(LoadPlayer *player, int64_t version)
{
    LoadGame *game = player->game;
    bool before = player->version >= game->wanted_version;
    player->version = MAX(player->version, version);
    game->newest_version = MAX(game->newest_version, version);
    game->reached += !before && player->version >= game->wanted_version;
}

/* Finds "\nid: N\n" in what comes, also when it is cut in two. */
static void find_ids(LoadPlayer *player, const char *bytes, gsize length)
{
    char text[sizeof player->tail + 4096 + 1];
    while (length > 0) {
        gsize count = MIN(length, 4096), whole = player->tail_length + count;
        memcpy(text, player->tail, player->tail_length);
        memcpy(text + player->tail_length, bytes, count);
        text[whole] = '\0';
        for (char *at = strstr(text, "\nid: "); at != NULL; at = strstr(at + 1, "\nid: ")) {
            char *end = NULL;
            int64_t version = g_ascii_strtoll(at + 5, &end, 10);
            if (*end == '\n') {
                reach(player, version);
            }
        }
        player->tail_length = (guint)MIN(whole, sizeof player->tail);
        memcpy(player->tail, text + whole - player->tail_length, player->tail_length);
        bytes += count;
        length -= count;
    }
}

static void down_streamed(LoadLink *link, int status, const char *bytes, gsize length, void *user)
{
    LoadPlayer *player = user;
    if (!player->streaming) {
        player->streaming = true;
        player->game->streaming++;
        player->game->connecting--;
        player->tail[0] = '\n';
        player->tail_length = 1;
    }
    find_ids(player, bytes, length);
}

static void down_answered(LoadLink *link, int status, const char *text, gsize length, void *user)
{
    ((LoadPlayer *)user)->game->errors++; /* a stream that was refused */
}

static void down_closed(LoadLink *link, void *user)
{
    LoadPlayer *player = user;
    if (player->streaming) {
        player->streaming = false;
        player->game->streaming--;
    } else {
        player->game->connecting--;
    }
    player->game->lost++;
}

static const LoadLinkClass down_class = {down_opened, down_answered, down_streamed, down_closed};

void load_player_open_stream(LoadPlayer *player)
{
    player->game->connecting += load_link_open(player->down);
}

/* --- the game --------------------------------------------------------------------------------- */

static bool has_items(LoadGame *game)
{
    return game->items != NULL;
}

static void feed_opened(LoadLink *link, void *user)
{
    LoadGame *game = user;
    const LoadTill *till = g_ptr_array_index(game->tills, 0);
    load_link_send(link, load_till_get(till, "/v1/feed?after=0", NULL, NULL), false);
}

static void feed_answered(LoadLink *link, int status, const char *text, gsize length, void *user)
{
    ((LoadGame *)user)->items = load_items_of_feed(status == 200 ? text : "", length);
}

/* What there is to sell, from the feed of the first till's store; of an echo made up. */
static bool read_items(LoadGame *game, GError **error)
{
    static const LoadLinkClass class = {feed_opened, feed_answered, NULL, NULL};
    if (strcmp(game->options->path, "/v1/journal") != 0) {
        static const char made_up[] =
            "{\"kind\":\"lot\",\"key\":\"09521234500017/"
            "L20261122A\",\"value\":{\"unit\":\"each\"}}\n"
            "{\"kind\":\"price\",\"key\":\"09521234500017/L20261122A\",\"value\":{\"price\":4980}}";
        game->items = load_items_of_feed(made_up, strlen(made_up));
        return true;
    }
    LoadLink *link = load_link_new(game->loop, &class, game);
    load_link_open(link);
    load_game_until(game, has_items, g_get_monotonic_time() + 30 * G_TIME_SPAN_SECOND);
    load_link_free(link);
    if (game->items == NULL || game->items->len == 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "no feed, or nothing in it that is sold by the piece");
        return false;
    }
    return true;
}

static void player_free(void *data)
{
    LoadPlayer *player = data;
    load_link_free(player->up);
    load_link_free(player->down);
    g_free(player);
}

LoadGame *load_game_new(const LoadOptions *options, GError **error)
{
    GPtrArray *tills = load_tills_read(options->tills_file, error);
    if (tills == NULL) {
        return NULL;
    }
    LoadGame *game = g_new0(LoadGame, 1);
    game->options = options;
    game->tills = tills;
    game->loop = load_loop_new(options->host, options->port, options->tls);
    game->players = g_ptr_array_new_with_free_func(player_free);
    game->latencies = g_array_new(FALSE, FALSE, sizeof(int64_t));
    game->wanted_version = INT64_MAX;
    if (tills->len == 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "no till in %s", options->tills_file);
    }
    if (tills->len == 0 || !read_items(game, error)) {
        load_game_free(game);
        return NULL;
    }
    return game;
}

void load_game_free(LoadGame *game)
{
    g_ptr_array_free(game->players, TRUE);
    load_loop_free(game->loop);
    g_ptr_array_free(game->tills, TRUE);
    if (game->items != NULL) {
        g_ptr_array_free(game->items, TRUE);
    }
    g_array_free(game->latencies, TRUE);
    g_free(game);
}

void load_game_add(LoadGame *game, guint first, guint count)
{
    for (guint i = 0; i < count; i++) {
        LoadPlayer *player = g_new0(LoadPlayer, 1);
        player->game = game;
        player->till = g_ptr_array_index(game->tills, (first + i) % game->tills->len);
        player->up = load_link_new(game->loop, &up_class, player);
        player->down = load_link_new(game->loop, &down_class, player);
        player->version = -1;
        g_ptr_array_add(game->players, player);
    }
}

bool load_game_until(LoadGame *game, bool (*done)(LoadGame *game), int64_t until_us)
{
    while (!done(game)) {
        int64_t left_us = until_us - g_get_monotonic_time();
        if (left_us <= 0) {
            return false;
        }
        load_loop_step(game->loop, (int)CLAMP(left_us / 1000, 1, 100));
    }
    return true;
}

bool load_game_open_streams(LoadGame *game, guint first, guint until, int limit_s)
{
    int64_t until_us = g_get_monotonic_time() + limit_s * G_TIME_SPAN_SECOND;
    guint next = first;
    while (game->streaming < until - first) {
        while (next < until && game->connecting < CONNECTING_MAX) {
            load_player_open_stream(g_ptr_array_index(game->players, next++));
        }
        load_loop_step(game->loop, 100);
        if (g_get_monotonic_time() > until_us || (next == until && game->connecting == 0)) {
            break;
        }
    }
    return game->streaming >= until - first;
}

bool load_game_greet(LoadGame *game, guint first, guint until, int limit_s)
{
    int64_t until_us = g_get_monotonic_time() + limit_s * G_TIME_SPAN_SECOND;
    guint next = first, before = game->greeted;
    while (game->greeted - before < until - first && g_get_monotonic_time() < until_us) {
        while (next < until && game->connecting < CONNECTING_MAX) {
            load_player_go(g_ptr_array_index(game->players, next++));
        }
        load_loop_step(game->loop, 100);
    }
    return game->greeted - before >= until - first;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/netwatch: an address that comes is news, one that goes is not, and no bytes harm. */
#include "sync/netwatch.h"

#include <glib.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void say(int fd, const guint16 *types, gsize count)
{
    char buffer[512] = {0};
    gsize at = 0;
    for (gsize i = 0; i < count; i++) {
        struct nlmsghdr head = {.nlmsg_len = NLMSG_LENGTH(8), .nlmsg_type = types[i]};
        memcpy(buffer + at, &head, sizeof head);
        at += NLMSG_SPACE(8);
    }
    g_assert_cmpint(send(fd, buffer, at, 0), ==, (gssize)at);
}

static void test_news(void)
{
    static const guint16 came[] = {RTM_DELADDR, RTM_NEWADDR}, went[] = {RTM_DELADDR, RTM_DELLINK};
    int pair[2];
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), ==, 0);
    g_assert_false(sync_netwatch_drain(pair[0]));
    say(pair[1], went, 2);
    g_assert_false(sync_netwatch_drain(pair[0]));
    say(pair[1], came, 2);
    say(pair[1], went, 2);
    g_assert_true(sync_netwatch_drain(pair[0]));
    g_assert_false(sync_netwatch_drain(pair[0]));
    close(pair[0]);
    close(pair[1]);
}

static void test_noise(void)
{
    int pair[2];
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), ==, 0);
    for (int round = 0; round < 200; round++) {
        char bytes[64];
        for (gsize i = 0; i < sizeof bytes; i++) {
            bytes[i] = (char)(i < 4 ? g_test_rand_int_range(0, 80) : g_test_rand_int_range(0, 15));
        }
        g_assert_cmpint(send(pair[1], bytes, (gsize)g_test_rand_int_range(1, 64), 0), >, 0);
        sync_netwatch_drain(pair[0]);
    }
    g_assert_false(sync_netwatch_drain(pair[0]));
    close(pair[0]);
    close(pair[1]);
}

static void test_open(void)
{
    int fd = sync_netwatch_open();
    if (fd < 0) {
        g_test_skip("rtnetlink is not allowed here");
        return;
    }
    sync_netwatch_drain(fd);
    g_assert_cmpint(close(fd), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/netwatch/an_address_that_comes_is_news", test_news);
    g_test_add_func("/sync/netwatch/no_bytes_harm", test_noise);
    g_test_add_func("/sync/netwatch/it_opens_and_closes", test_open);
    return g_test_run();
}

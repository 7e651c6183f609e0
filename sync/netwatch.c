/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/netwatch.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdalign.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGES_BYTES 8192

int sync_netwatch_open(void)
{
    struct sockaddr_nl address = {
        .nl_family = AF_NETLINK,
        .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
    };
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

bool sync_netwatch_drain(int fd)
{
    alignas(struct nlmsghdr) char buffer[MESSAGES_BYTES];
    bool came = false;
    ssize_t got;
    while ((got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0) {
        unsigned left = (unsigned)got;
        for (const struct nlmsghdr *message = (const struct nlmsghdr *)(void *)buffer;
             NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
            came = came || message->nlmsg_type == RTM_NEWADDR;
        }
    }
    /* A full queue (-1, ENOBUFS) was emptied by the kernel: the news was that there was much. */
    return came;
}

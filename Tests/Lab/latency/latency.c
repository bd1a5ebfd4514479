// Makes two tun devices, joins them and holds each packet for a while: latency without netem.
//
//   latency DEVICE DEVICE MICROSECONDS
//
// Prints a line when the devices are there. Packets leave in the order they came, each MICROSECONDS after it arrived.
// A full queue drops, as a router does.

#define _GNU_SOURCE  // ppoll

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { packetLimit = 1600, queueLimit = 16384 };

struct packet {
    long long due;  // ns on the monotonic clock
    int length;
    char bytes[packetLimit];
};

struct direction {
    int from, to;
    unsigned first, count;
    struct packet *queue;
};

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void stop(const char *what) {
    fprintf(stderr, "latency: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int openTun(const char *name) {
    int file = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) stop("/dev/net/tun");
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (ioctl(file, TUNSETIFF, &request) < 0) stop(name);
    return file;
}

static void takeIn(struct direction *way, long long delay) {
    static struct packet dropped;
    for (;;) {
        int full = way->count == queueLimit;
        struct packet *slot = full ? &dropped : &way->queue[(way->first + way->count) % queueLimit];
        ssize_t length = read(way->from, slot->bytes, packetLimit);
        if (length <= 0) return;
        slot->length = (int)length;
        slot->due = now() + delay;
        way->count += !full;
    }
}

static void sendDue(struct direction *way) {
    while (way->count && way->queue[way->first].due <= now()) {
        struct packet *packet = &way->queue[way->first];
        // A packet for a device that is down is lost, as on a cable.
        if (write(way->to, packet->bytes, (size_t)packet->length) < 0 && errno == EBADF) stop("write");
        way->first = (way->first + 1) % queueLimit;
        way->count--;
    }
}

int main(int count, char **words) {
    if (count != 4) {
        fprintf(stderr, "usage: latency DEVICE DEVICE MICROSECONDS\n");
        return 64;
    }
    long long delay = atoll(words[3]) * 1000;
    int left = openTun(words[1]), right = openTun(words[2]);
    struct direction ways[2] = {{.from = left, .to = right}, {.from = right, .to = left}};
    for (int i = 0; i < 2; i++) {
        ways[i].queue = calloc(queueLimit, sizeof(struct packet));
        if (!ways[i].queue) stop("memory");
    }
    puts("ready");
    fflush(stdout);

    for (;;) {
        long long next = -1;
        for (int i = 0; i < 2; i++) {
            if (!ways[i].count) continue;
            long long due = ways[i].queue[ways[i].first].due;
            if (next < 0 || due < next) next = due;
        }
        long long wait = next < 0 ? 0 : next - now();
        if (wait < 0) wait = 0;
        struct timespec timeout = {.tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000};
        struct pollfd files[2] = {{.fd = left, .events = POLLIN}, {.fd = right, .events = POLLIN}};
        if (ppoll(files, 2, next < 0 ? NULL : &timeout, NULL) < 0 && errno != EINTR) stop("poll");
        for (int i = 0; i < 2; i++) {
            if (files[i].revents & POLLIN) takeIn(&ways[i], delay);
            sendDue(&ways[i]);
        }
    }
}

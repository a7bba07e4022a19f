/*
 * How often somebody may call: a bucket of calls each, filled at a fixed pace. A table of fixed size;
 * where it is full the one that was quiet longest is forgotten, to its advantage.
 */
#include <arpa/inet.h>
#include <string.h>

#include "api/api_in.h"

void rate_init(struct rate *r, int per_second, int burst)
{
    memset(r, 0, sizeof *r);
    pthread_mutex_init(&r->lock, NULL);
    r->per_second = per_second;
    r->burst = burst;
}

void rate_init_slow(struct rate *r, int every_s, int burst)
{
    rate_init(r, 1, burst);
    r->every_s = every_s;
}

static struct rate_slot *slot_of(struct rate *r, uint64_t who)
{
    struct rate_slot *set = r->slots[who % 1024], *oldest = &set[0];

    for (size_t i = 0; i < 4; i++) {
        if (set[i].who == who)
            return &set[i];
        if (set[i].at_ms < oldest->at_ms)
            oldest = &set[i];
    }
    *oldest = (struct rate_slot){.who = who, .left = (int64_t)r->burst * 1000};
    return oldest;
}

bool rate_take(struct rate *r, str who, int *wait_s)
{
    int64_t now = clock_ms();

    pthread_mutex_lock(&r->lock);
    struct rate_slot *s = slot_of(r, str_hash(who) | 1);
    int64_t passed = s->at_ms == 0 || now < s->at_ms ? 0 : now - s->at_ms;
    int64_t full = (int64_t)r->burst * 1000, slow = r->every_s > 0 ? r->every_s : 1;
    /* What does not make a whole thousandth is kept for the next call. */
    int64_t over = passed % slow;
    passed /= slow;
    /* Thousandths of a call for each millisecond: as many as calls for each second. */
    s->left = passed > full / r->per_second ? full : s->left + passed * r->per_second;
    if (s->left > full)
        s->left = full;
    s->at_ms = now - over;
    bool good = s->left >= 1000;
    if (good)
        s->left -= 1000;
    *wait_s = 1 + (int)((1000 - s->left) * slow / 1000 / r->per_second);
    pthread_mutex_unlock(&r->lock);
    return good;
}

str rate_address(str remote, struct arena *a)
{
    unsigned char bytes[16];

    if (str_starts(remote, S("127.")) || str_eq(remote, S("::1")))
        return S("");
    if (inet_pton(AF_INET6, str_z(a, remote), bytes) != 1)
        return remote;
    return str_fmt(a, "%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", bytes[0], bytes[1], bytes[2],
                   bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]);
}

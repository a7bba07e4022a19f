/*
 * Clerks at work: so many sessions at once against a running `huimin serve`, each on a connection of its
 * own, with time to think between two requests. Bounded in time and in requests.
 *
 *   build/huimin user demo --db sqlite:build/demo/huimin.db --json > logins.json
 *   build/huimin serve --db sqlite:build/demo/huimin.db --today 2020-12-21 --demo &
 *   build/bench/load --url http://127.0.0.1:8080 --logins logins.json
 *       [--sessions 200] [--seconds 30] [--requests 1000] [--think-ms 1000] [--run 2020-12] [--seed 1]
 *
 * Every other session is a clerk's, who also writes: opens cases, keeps drafts, adds notes to them. The
 * others go round the remaining accounts and read. --requests is the most for one session; --run has
 * a month's run started at the beginning by an account that may.
 *
 * It prints for each endpoint how often it was asked, failures (neither 2xx nor 304; a 409 of two who
 * write at once is counted apart), median, 99th percentile and greatest time in microseconds, and the
 * 99th percentile as a ratio to the median of /status, the plainest endpoint. The exit status is 1 when
 * one failed or a limit is passed: reading 100 ms or 50 times that median, whichever is larger;
 * writing 250 ms. The program itself takes part of the machine; say so where its figures are told.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum what {
    STATUS,
    DESK,
    DESK_MORE,
    SEARCH_NAME,
    SEARCH_PINYIN,
    HOUSEHOLD,
    HOUSEHOLDS,
    HOUSEHOLDS_FILTERED,
    PERSONS,
    PERSONS_FILTERED,
    CASES,
    CASES_FILTERED,
    CASE_PAGE,
    PREVIEW,
    META,
    OPENAPI,
    NOTICES,
    CASE_OPEN,
    DRAFT,
    NOTE,
    WHAT_N
};

/* How often in a thousand; the mix is a guess at a township's day. */
static const struct {
    const char *name;
    int weight;
    bool writes;
} kinds[WHAT_N] = {
    [STATUS] = {"status", 40, false},
    [DESK] = {"desk", 180, false},
    [DESK_MORE] = {"desk, filtered", 30, false},
    [SEARCH_NAME] = {"search, a name", 90, false},
    [SEARCH_PINYIN] = {"search, pinyin", 50, false},
    [HOUSEHOLD] = {"household", 130, false},
    [HOUSEHOLDS] = {"households", 50, false},
    [HOUSEHOLDS_FILTERED] = {"households, filtered and sorted", 40, false},
    [PERSONS] = {"persons", 40, false},
    [PERSONS_FILTERED] = {"persons, filtered and sorted", 30, false},
    [CASES] = {"cases", 50, false},
    [CASES_FILTERED] = {"cases, filtered and sorted", 30, false},
    [CASE_PAGE] = {"case", 70, false},
    [PREVIEW] = {"preview", 30, false},
    [META] = {"meta", 15, false},
    [OPENAPI] = {"openapi.json", 5, false},
    [NOTICES] = {"notices", 20, false},
    [CASE_OPEN] = {"a case is opened", 10, true},
    [DRAFT] = {"a draft is kept", 60, true},
    [NOTE] = {"a note on a case", 30, true},
};

static struct sockaddr_in server;
static int sessions = 200, seconds = 30, requests = 1000, think_ms = 1000;
static const char *logins_path, *run_month;
static unsigned seed = 1;
static atomic_bool over;

struct sample {
    uint8_t what;
    uint8_t result; /* 0 good, 1 conflict, 2 failed */
    uint32_t us;
};

struct session {
    pthread_t thread;
    char login[64], password[64], role[32];
    char cookie[128], csrf[128];
    unsigned random;
    int fd;
    char *buffer;
    size_t size, n; /* of the buffer, bytes of it */
    char *body;
    int status;
    char *households[200], *cases[200];
    size_t n_households, n_cases;
    struct sample *samples;
    size_t n_samples;
    int asked;
    char wrong[400]; /* the first failure */
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static unsigned draw(struct session *s, unsigned below)
{
    s->random = s->random * 1103515245u + 12345u;
    return (s->random >> 8) % below;
}

/* ---- a plain client ------------------------------------------------------------------------- */

static bool connect_to(struct session *s)
{
    int on = 1;
    struct timeval t = {.tv_sec = 30};

    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&server, sizeof server) != 0) {
        if (s->fd >= 0)
            close(s->fd);
        s->fd = -1;
        return false;
    }
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    return true;
}

static bool more(struct session *s)
{
    if (s->n + 65536 > s->size) {
        s->size = s->size * 2 + 131072;
        s->buffer = realloc(s->buffer, s->size);
        if (s->buffer == NULL)
            abort();
    }
    ssize_t got = recv(s->fd, s->buffer + s->n, s->size - s->n - 1, 0);
    if (got <= 0)
        return false;
    s->n += (size_t)got;
    s->buffer[s->n] = '\0';
    return true;
}

static const char *header(const struct session *s, const char *name)
{
    const char *at = s->buffer;
    size_t n = strlen(name);

    while ((at = strstr(at, "\r\n")) != NULL && at + 2 < s->body) {
        at += 2;
        if (strncasecmp(at, name, n) == 0 && at[n] == ':')
            return at + n + 1 + strspn(at + n + 1, " ");
    }
    return NULL;
}

/* The whole reply; the body is text behind the head, chunks taken apart. */
static bool receive(struct session *s)
{
    char *end = NULL;

    s->n = 0;
    while (end == NULL) {
        if (!more(s))
            return false;
        end = strstr(s->buffer, "\r\n\r\n");
    }
    size_t head = (size_t)(end - s->buffer) + 4;
    s->body = s->buffer + head;
    s->status = atoi(s->buffer + 9);
    const char *length = header(s, "Content-Length");
    size_t wanted = length != NULL ? strtoul(length, NULL, 10) : 0;
    while (s->n < head + wanted)
        if (!more(s))
            return false;
    s->body = s->buffer + head;
    const char *connection = header(s, "Connection");
    if (connection != NULL && strncasecmp(connection, "close", 5) == 0) {
        close(s->fd);
        s->fd = -1;
    }
    return true;
}

/* One request; again on a new connection when the server had closed the kept one. */
static bool request(struct session *s, const char *method, const char *path, const char *body,
                    const char *headers)
{
    char head[2048];
    size_t body_n = body != NULL ? strlen(body) : 0;
    int n = snprintf(head, sizeof head,
                     "%s %s HTTP/1.1\r\nHost: load\r\nCookie: huimin=%s\r\nX-CSRF: %s\r\n%s%s"
                     "Content-Length: %zu\r\n\r\n",
                     method, path, s->cookie, s->csrf, headers != NULL ? headers : "",
                     body != NULL ? "Content-Type: application/json\r\n" : "", body_n);

    for (int attempt = 0; attempt < 2; attempt++) {
        bool fresh = s->fd < 0;
        if (fresh && !connect_to(s))
            return false;
        if (send(s->fd, head, (size_t)n, MSG_NOSIGNAL) == n &&
            (body_n == 0 || send(s->fd, body, body_n, MSG_NOSIGNAL) == (ssize_t)body_n) &&
            receive(s))
            return true;
        if (s->fd >= 0)
            close(s->fd);
        s->fd = -1;
        if (fresh)
            return false;
    }
    return false;
}

/* ---- what a clerk does ---------------------------------------------------------------------- */

static json_t *read_json(const struct session *s)
{
    return json_loads(s->body, 0, NULL);
}

static size_t take_refs(struct session *s, char **into, size_t most)
{
    json_t *doc = read_json(s), *item;
    size_t i, n = 0;

    json_array_foreach(json_object_get(doc, "items"), i, item)
    {
        const char *ref = json_string_value(json_object_get(item, "ref"));
        if (ref != NULL && n < most)
            into[n++] = strdup(ref);
    }
    json_decref(doc);
    return n;
}

static bool log_in(struct session *s)
{
    char body[256];
    const char *cookie;

    snprintf(body, sizeof body, "{\"login\":\"%s\",\"password\":\"%s\"}", s->login, s->password);
    if (!request(s, "POST", "/api/v1/session", body, NULL) || s->status / 100 != 2)
        return false;
    cookie = header(s, "Set-Cookie");
    json_t *doc = read_json(s);
    const char *csrf = json_string_value(json_object_get(doc, "csrf"));
    if (cookie == NULL || csrf == NULL || strncmp(cookie, "huimin=", 7) != 0)
        return false;
    snprintf(s->cookie, sizeof s->cookie, "%.*s", (int)strcspn(cookie + 7, ";\r"), cookie + 7);
    snprintf(s->csrf, sizeof s->csrf, "%s", csrf);
    json_decref(doc);
    return true;
}

static bool look_around(struct session *s)
{
    if (!request(s, "GET", "/api/v1/households?limit=200", NULL, NULL) || s->status != 200)
        return false;
    s->n_households = take_refs(s, s->households, 200);
    /* Who writes keeps to cases that are open: nothing is typed into a closed one. */
    const bool clerk = strcmp(s->role, "clerk") == 0;
    if (!request(s, "GET", clerk ? "/api/v1/cases?state=open&limit=200" : "/api/v1/cases?limit=200",
                 NULL, NULL))
        return false;
    if (s->status == 200)
        s->n_cases = take_refs(s, s->cases, 200);
    return true;
}

static const char *any(struct session *s, char **refs, size_t n)
{
    return n > 0 ? refs[draw(s, (unsigned)n)] : "510402-1";
}

static bool open_case(struct session *s)
{
    char body[512], key[160];
    const char *household = any(s, s->households, s->n_households);

    snprintf(key, sizeof key, "Idempotency-Key: load-%u-%d-%s\r\n", seed, s->asked, s->login);
    snprintf(
        body, sizeof body,
        "{\"household\":\"%s\",\"services\":[{\"service\":\"dibao_application\",\"person\":null}],"
        "\"day\":\"2020-12-21\",\"facts\":[],\"papers\":[],\"note\":\"load\"}",
        household);
    if (!request(s, "POST", "/api/v1/cases", body, key))
        return false;
    if (s->status / 100 == 2 && s->n_cases < 200) {
        json_t *doc = read_json(s);
        json_t *first = json_array_get(json_object_get(doc, "cases"), 0);
        const char *ref = json_string_value(json_object_get(first, "ref"));
        if (ref != NULL)
            s->cases[s->n_cases++] = strdup(ref);
        json_decref(doc);
    }
    return true;
}

/* The version of a case, read first and not measured, then a note on it. */
static bool note(struct session *s, int64_t *began)
{
    char path[200], match[80];
    const char *ref = any(s, s->cases, s->n_cases), *tag;

    snprintf(path, sizeof path, "/api/v1/cases/%s", ref);
    if (!request(s, "GET", path, NULL, NULL) || s->status != 200)
        return s->status != 0;
    tag = header(s, "ETag");
    snprintf(match, sizeof match, "If-Match: %.*s\r\n", tag != NULL ? (int)strcspn(tag, "\r") : 3,
             tag != NULL ? tag : "\"1\"");
    snprintf(path, sizeof path, "/api/v1/cases/%s/events", ref);
    *began = now_us();
    return request(s, "POST", path, "{\"event\":\"note\",\"text\":\"电话联系\"}", match);
}

static bool draft(struct session *s)
{
    char path[200], body[200];

    snprintf(path, sizeof path, "/api/v1/cases/%s/draft", any(s, s->cases, s->n_cases));
    snprintf(body, sizeof body, "{\"draft\":{\"note\":\"typed %u\"}}", draw(s, 100000));
    return request(s, "PUT", path, body, NULL);
}

static bool read_one(struct session *s, enum what what)
{
    static const char *const names[] = {"%E7%8E%8B", "%E6%9D%8E", "%E5%BC%A0", "%E9%99%88",
                                        "%E6%9D%A8"};
    static const char *const pinyin[] = {"wang", "lij", "zhang", "chen", "yangx"};
    char path[300], body[200];

    switch (what) {
    case STATUS:
        return request(s, "GET", "/api/v1/status", NULL, NULL);
    case DESK:
        return request(s, "GET", "/api/v1/desk", NULL, NULL);
    case DESK_MORE:
        return request(s, "GET", "/api/v1/desk?line=assistance&mine=true&limit=200", NULL, NULL);
    case SEARCH_NAME:
        snprintf(path, sizeof path, "/api/v1/search?q=%s", names[draw(s, 5)]);
        return request(s, "GET", path, NULL, NULL);
    case SEARCH_PINYIN:
        snprintf(path, sizeof path, "/api/v1/search?q=%s", pinyin[draw(s, 5)]);
        return request(s, "GET", path, NULL, NULL);
    case HOUSEHOLD:
        snprintf(path, sizeof path, "/api/v1/households/%s",
                 any(s, s->households, s->n_households));
        return request(s, "GET", path, NULL, NULL);
    case HOUSEHOLDS:
        return request(s, "GET", "/api/v1/households", NULL, NULL);
    case HOUSEHOLDS_FILTERED:
        return request(s, "GET", "/api/v1/households?programme=dibao&sort=name&order=desc", NULL,
                       NULL);
    case PERSONS:
        return request(s, "GET", "/api/v1/persons", NULL, NULL);
    case PERSONS_FILTERED:
        return request(s, "GET", "/api/v1/persons?age_from=80&sort=birth", NULL, NULL);
    case CASES:
        return request(s, "GET", "/api/v1/cases", NULL, NULL);
    case CASES_FILTERED:
        return request(s, "GET", "/api/v1/cases?service=dibao_application&sort=accepted&order=desc",
                       NULL, NULL);
    case CASE_PAGE:
        snprintf(path, sizeof path, "/api/v1/cases/%s", any(s, s->cases, s->n_cases));
        return request(s, "GET", path, NULL, NULL);
    case PREVIEW:
        snprintf(path, sizeof path, "/api/v1/households/%s/preview",
                 any(s, s->households, s->n_households));
        snprintf(
            body, sizeof body,
            "{\"month\":\"2020-12\",\"facts\":[{\"person\":null,\"field\":\"assets\",\"value\":"
            "%u}],\"added\":[],\"without\":[]}",
            draw(s, 1000000));
        return request(s, "POST", path, body, NULL);
    case META:
        return request(s, "GET", "/api/v1/meta", NULL, NULL);
    case OPENAPI:
        return request(s, "GET", "/api/v1/openapi.json", NULL, NULL);
    case NOTICES:
        return request(s, "GET", "/api/v1/notices", NULL, NULL);
    default:
        return false;
    }
}

/* What can't be asked by this account, or of nothing, becomes a look at the desk. */
static enum what possible(const struct session *s, enum what what)
{
    bool clerk = strcmp(s->role, "clerk") == 0;

    if (kinds[what].writes && !clerk)
        return DESK;
    if ((what == CASE_PAGE || what == DRAFT || what == NOTE) && s->n_cases == 0)
        return clerk ? CASE_OPEN : DESK;
    if ((what == HOUSEHOLD || what == PREVIEW) && s->n_households == 0)
        return DESK;
    if (what == PREVIEW && (strcmp(s->role, "payer") == 0 || strcmp(s->role, "auditor") == 0))
        return DESK; /* not for who only pays, nor, being a POST, for who only reads */
    return what;
}

static void one(struct session *s)
{
    int pick = (int)draw(s, 1000), what = 0;

    while (what < WHAT_N - 1 && (pick -= kinds[what].weight) >= 0)
        what++;
    what = (int)possible(s, (enum what)what);
    s->status = 0;
    int64_t began = now_us();
    bool good = what == CASE_OPEN ? open_case(s)
                : what == DRAFT   ? draft(s)
                : what == NOTE    ? note(s, &began)
                                  : read_one(s, (enum what)what);
    int64_t took = now_us() - began;
    struct sample *sample = &s->samples[s->n_samples++];
    sample->what = (uint8_t)what;
    sample->us = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
    sample->result = !good                                      ? 2
                     : s->status / 100 == 2 || s->status == 304 ? 0
                     : s->status == 409 && kinds[what].writes   ? 1
                                                                : 2;
    if (sample->result == 2 && s->wrong[0] == '\0')
        snprintf(s->wrong, sizeof s->wrong, "%s as %s: %d %.300s", kinds[what].name, s->login,
                 good ? s->status : 0, good ? s->body : "no answer");
    s->asked++;
}

static void think(struct session *s)
{
    unsigned us = draw(s, 2 * (unsigned)think_ms + 1) * 1000;
    struct timespec t = {us / 1000000, (long)(us % 1000000) * 1000};
    nanosleep(&t, NULL);
}

static void *work(void *ctx)
{
    struct session *s = ctx;

    think(s);
    while (!atomic_load(&over) && s->asked < requests) {
        one(s);
        think(s);
    }
    if (s->fd >= 0)
        close(s->fd);
    return NULL;
}

/* ---- figures -------------------------------------------------------------------------------- */

static int by_us(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

struct figures {
    uint32_t *us;
    size_t n, conflicts, failed;
};

static uint32_t at_share(const struct figures *f, size_t per_thousand)
{
    size_t i = f->n * per_thousand / 1000;
    return f->n > 0 ? f->us[i < f->n ? i : f->n - 1] : 0;
}

static void gather(const struct session *all, struct figures figures[WHAT_N])
{
    for (int w = 0; w < WHAT_N; w++) {
        size_t n = 0;
        struct figures *f = &figures[w];
        *f = (struct figures){0};
        for (int i = 0; i < sessions; i++)
            for (size_t k = 0; k < all[i].n_samples; k++)
                n += all[i].samples[k].what == w;
        f->us = calloc(n + 1, sizeof *f->us);
        for (int i = 0; i < sessions; i++) {
            for (size_t k = 0; k < all[i].n_samples; k++) {
                const struct sample *one_sample = &all[i].samples[k];
                if (one_sample->what != w)
                    continue;
                f->us[f->n++] = one_sample->us;
                f->conflicts += one_sample->result == 1;
                f->failed += one_sample->result == 2;
            }
        }
        qsort(f->us, f->n, sizeof *f->us, by_us);
    }
}

static int report(const struct session *all, int64_t took_us)
{
    struct figures figures[WHAT_N];
    size_t total = 0, failed = 0;
    int late = 0;

    gather(all, figures);
    uint32_t plain = at_share(&figures[STATUS], 500);
    if (plain == 0)
        plain = 1;
    uint32_t reading = plain * 50 > 100000 ? plain * 50 : 100000;
    printf("%-32s %7s %5s %5s %9s %9s %9s %7s\n", "endpoint", "n", "409", "fail", "median us",
           "p99 us", "max us", "ratio");
    for (int w = 0; w < WHAT_N; w++) {
        const struct figures *f = &figures[w];
        uint32_t p99 = at_share(f, 990), most = kinds[w].writes ? 250000 : reading;
        total += f->n;
        failed += f->failed;
        late += p99 > most;
        printf("%-32s %7zu %5zu %5zu %9u %9u %9u %7u%s\n", kinds[w].name, f->n, f->conflicts,
               f->failed, at_share(f, 500), p99, at_share(f, 1000), p99 / plain,
               p99 > most ? "  over the limit" : "");
    }
    printf("%zu requests in %lld ms: %lld a second; %zu failed\n", total,
           (long long)(took_us / 1000), (long long)total * 1000000 / (took_us > 0 ? took_us : 1),
           failed);
    printf("limits: reading %u us, writing 250000 us\n", reading);
    int told = 0;
    for (int i = 0; i < sessions && told < 10; i++)
        if (all[i].wrong[0] != '\0' && ++told)
            printf("failed: %s\n", all[i].wrong);
    return failed > 0 || late > 0;
}

/* ---- the call ------------------------------------------------------------------------------- */

struct login {
    char login[64], password[64], role[32];
};

static size_t read_logins(struct login *out, size_t most)
{
    FILE *f = fopen(logins_path, "r");
    char line[2000];
    size_t n = 0;

    if (f == NULL) {
        fprintf(stderr, "load: %s: %s\n", logins_path, strerror(errno));
        exit(1);
    }
    while (n < most && fgets(line, sizeof line, f) != NULL) {
        json_t *doc = json_loads(line, 0, NULL);
        const char *login = json_string_value(json_object_get(doc, "login"));
        const char *password = json_string_value(json_object_get(doc, "password"));
        const char *role = json_string_value(json_object_get(doc, "role"));
        if (login != NULL && password != NULL && role != NULL &&
            strcmp(role, "administrator") != 0) {
            snprintf(out[n].login, sizeof out[n].login, "%s", login);
            snprintf(out[n].password, sizeof out[n].password, "%s", password);
            snprintf(out[n++].role, sizeof out[n].role, "%s", role);
        }
        json_decref(doc);
    }
    fclose(f);
    return n;
}

static void number(const char *name, const char *text, int least, int most, int *out)
{
    char *end;
    long n = strtol(text, &end, 10);

    if (*end != '\0' || n < least || n > most) {
        fprintf(stderr, "load: %s: found %s, expected %d to %d\n", name, text, least, most);
        exit(2);
    }
    *out = (int)n;
}

static void read_url(const char *url)
{
    char host[64];
    const char *colon;

    if (strncmp(url, "http://", 7) == 0)
        url += 7;
    colon = strchr(url, ':');
    snprintf(host, sizeof host, "%.*s", colon != NULL ? (int)(colon - url) : 63, url);
    server.sin_family = AF_INET;
    server.sin_port = htons((uint16_t)(colon != NULL ? atoi(colon + 1) : 80));
    if (inet_pton(AF_INET, host, &server.sin_addr) != 1) {
        fprintf(stderr, "load: --url: found %s, expected an address like http://127.0.0.1:8080\n",
                url);
        exit(2);
    }
}

static void read_call(int argc, char **argv)
{
    int seed_given = 1;

    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (strcmp(name, "--url") == 0)
            read_url(value);
        else if (strcmp(name, "--logins") == 0)
            logins_path = value;
        else if (strcmp(name, "--run") == 0)
            run_month = value;
        else if (strcmp(name, "--sessions") == 0)
            number(name, value, 1, 500, &sessions);
        else if (strcmp(name, "--seconds") == 0)
            number(name, value, 1, 3600, &seconds);
        else if (strcmp(name, "--requests") == 0)
            number(name, value, 1, 100000, &requests);
        else if (strcmp(name, "--think-ms") == 0)
            number(name, value, 0, 60000, &think_ms);
        else if (strcmp(name, "--seed") == 0)
            number(name, value, 0, 1000000, &seed_given);
        else
            server.sin_port = 0;
    }
    seed = (unsigned)seed_given;
    if (argc % 2 == 0 || logins_path == NULL || server.sin_port == 0) {
        fprintf(stderr, "usage: load --url http://ADDRESS:PORT --logins FILE [--sessions N] "
                        "[--seconds N] [--requests N] [--think-ms N] [--run MONTH] [--seed N]\n");
        exit(2);
    }
}

static void start_run(struct session *all)
{
    char body[64];

    for (int i = 0; i < sessions; i++) {
        if (strcmp(all[i].role, "payer") != 0 && strcmp(all[i].role, "city_officer") != 0)
            continue;
        snprintf(body, sizeof body, "{\"month\":\"%s\"}", run_month);
        bool good = request(&all[i], "POST", "/api/v1/runs", body, NULL);
        printf("run of %s started by %s: %d %.200s\n", run_month, all[i].login,
               good ? all[i].status : 0, good ? all[i].body : "");
        return;
    }
    printf("no account may start the run\n");
}

static void assign(struct session *all, const struct login *logins, size_t n)
{
    size_t clerk = 0, other = 0;

    for (int i = 0; i < sessions; i++) {
        size_t *at = i % 2 == 0 ? &clerk : &other;
        for (size_t tried = 0; tried < n; tried++, ++*at)
            if ((strcmp(logins[*at % n].role, "clerk") == 0) == (i % 2 == 0))
                break;
        const struct login *l = &logins[(*at)++ % n];
        struct session *s = &all[i];
        snprintf(s->login, sizeof s->login, "%s", l->login);
        snprintf(s->password, sizeof s->password, "%s", l->password);
        snprintf(s->role, sizeof s->role, "%s", l->role);
        s->random = seed * 7919u + (unsigned)i * 104729u;
        s->fd = -1;
        s->samples = calloc((size_t)requests + 1, sizeof *s->samples);
    }
}

int main(int argc, char **argv)
{
    static struct login logins[1000];
    size_t n;

    read_call(argc, argv);
    n = read_logins(logins, 1000);
    struct session *all = calloc((size_t)sessions, sizeof *all);
    if (n == 0 || all == NULL) {
        fprintf(stderr, "load: no logins in %s\n", logins_path);
        return 1;
    }
    assign(all, logins, n);
    for (int i = 0; i < sessions; i++) {
        if (!log_in(&all[i]) || !look_around(&all[i])) {
            fprintf(stderr, "load: %s can't log in or list: %d %s\n", all[i].login, all[i].status,
                    all[i].body != NULL ? all[i].body : "");
            return 1;
        }
    }
    printf("%d sessions are logged in\n", sessions);
    if (run_month != NULL)
        start_run(all);
    int64_t began = now_us();
    for (int i = 0; i < sessions; i++)
        pthread_create(&all[i].thread, NULL, work, &all[i]);
    for (int i = 0; i < seconds * 10; i++)
        usleep(100000);
    atomic_store(&over, true);
    for (int i = 0; i < sessions; i++)
        pthread_join(all[i].thread, NULL);
    return report(all, now_us() - began);
}

/* Chance that follows from a seed, and what a made-up person is called and numbered. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "cmd/synth.h"

/* ---- chance (splitmix64) -------------------------------------------------------------------- */

static uint64_t mixed(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31);
}

struct rng rng_of(uint64_t seed, uint64_t what, uint64_t number)
{
    uint64_t s = mixed(seed + 0x9E3779B97F4A7C15U);
    s = mixed(s ^ mixed(what + 0x632BE59BD9B4E019U));
    return (struct rng){mixed(s ^ mixed(number + 0xD1B54A32D192ED03U))};
}

uint64_t rng_next(struct rng *r)
{
    r->state += 0x9E3779B97F4A7C15U;
    return mixed(r->state);
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
    assert(n > 0);
    return (uint32_t)(((rng_next(r) >> 32) * n) >> 32);
}

int rng_between(struct rng *r, int lo, int hi)
{
    return lo + (int)rng_below(r, (uint32_t)(hi - lo) + 1);
}

bool rng_chance(struct rng *r, uint32_t of_10000)
{
    return rng_below(r, 10000) < of_10000;
}

static size_t pick(uint32_t at, const uint16_t *weights, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        if (at < weights[i])
            return i;
        at -= weights[i];
    }
    return n - 1;
}

static uint32_t total(const uint16_t *weights, size_t n)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    return sum;
}

size_t rng_pick(struct rng *r, const uint16_t *weights, size_t n)
{
    return pick(rng_below(r, total(weights, n)), weights, n);
}

/*
 * A logarithmic normal distribution about 1000, read at 0.4 %, 1/16, 2/16 … 15/16 and 99.6 %; the
 * logarithm's deviation is 0.35, 0.45, 0.6 and 0.9. Between the points it goes straight.
 */
const uint16_t SHAPE_NARROW[17] = {395,  585,  669,  733,  790,  843,  894,  946, 1000,
                                   1057, 1118, 1187, 1266, 1364, 1496, 1711, 2530};
const uint16_t SHAPE_MIDDLE[17] = {303,  501,  596,  671,  738,  803,  866,  932, 1000,
                                   1073, 1154, 1246, 1355, 1491, 1678, 1994, 3298};
const uint16_t SHAPE_WIDE[17] = {204,  398,  501,  587,  667,  746,  826,  910, 1000,
                                 1099, 1211, 1341, 1499, 1703, 1994, 2510, 4910};
const uint16_t SHAPE_WIDEST[17] = {92,   251,  355,  450,  545,  644,  751,  868,  1000,
                                   1152, 1332, 1553, 1835, 2222, 2816, 3978, 10879};

int64_t rng_shaped(struct rng *r, int64_t median, const uint16_t shape[17])
{
    uint32_t u = rng_below(r, 16 * 4096);
    int64_t lo = shape[u / 4096];
    int64_t hi = shape[u / 4096 + 1];
    int64_t thousandths = lo + (hi - lo) * (u % 4096) / 4096;
    return median * thousandths / 1000;
}

uint32_t even_next(struct even *e)
{
    e->at += 0x9E3779B9U; /* the golden section of 2^32 */
    return e->at;
}

bool even_chance(struct even *e, uint32_t of_10000)
{
    return ((uint64_t)even_next(e) * 10000 >> 32) < of_10000;
}

size_t even_pick(struct even *e, const uint16_t *weights, size_t n)
{
    return pick((uint32_t)((uint64_t)even_next(e) * total(weights, n) >> 32), weights, n);
}

/* ---- numbers -------------------------------------------------------------------------------- */

enum { BOOK_FROM_YEAR = 1900, BOOK_DAYS = 48000, BOOK_A_DAY = 500 };

void identity_book_init(struct identity_book *b, struct arena *a)
{
    b->first = date_day(BOOK_FROM_YEAR, 1, 1);
    b->used = NEW_N(a, uint16_t, 2 * BOOK_DAYS);
}

void identity_book_clear(struct identity_book *b)
{
    memset(b->used, 0, 2 * BOOK_DAYS * sizeof *b->used);
}

bool identity_make(struct identity_book *b, int64_t area, struct synth_person *p)
{
    char digits[32];
    bool male = p->sex == 1;
    day limit = p->birth;
    /* A day on which all numbers are given out hands the person over to the day before. */
    for (; p->birth > limit - 400; p->birth--) {
        uint16_t *used = &b->used[2 * (p->birth - b->first) + male];
        int y = 0;
        int m = 0;
        int d = 0;
        if (*used == BOOK_A_DAY)
            continue;
        date_civil(p->birth, &y, &m, &d);
        snprintf(digits, sizeof digits, "%06d%04d%02d%02d%03d", (int)area, y, m, d,
                 2 * *used + (male ? 1 : 0));
        ++*used;
        memcpy(p->identity, digits, 17);
        p->identity[17] = id_number_check(p->identity);
        p->identity[18] = '\0';
        return true;
    }
    return false;
}

void phone_make(struct rng *r, char out[12])
{
    static const char *const heads[] = {"133", "135", "136", "137", "138", "139", "150", "151",
                                        "152", "158", "159", "177", "181", "182", "187", "189"};
    memcpy(out, heads[rng_below(r, sizeof heads / sizeof heads[0])], 3);
    for (int i = 3; i < 11; i++)
        out[i] = (char)('0' + rng_below(r, 10));
    out[11] = '\0';
}

/* 19 digits, the last by Luhn's rule. */
void card_make(struct rng *r, char out[20])
{
    memcpy(out, "621700367", 9);
    for (int i = 9; i < 18; i++)
        out[i] = (char)('0' + rng_below(r, 10));
    int sum = 0;
    for (int i = 0; i < 18; i++) {
        int d = out[i] - '0';
        if (i % 2 == 1)
            d = d > 4 ? 2 * d - 9 : 2 * d;
        sum += d;
    }
    out[18] = (char)('0' + (10 - sum % 10) % 10);
    out[19] = '\0';
}

/* ---- names ---------------------------------------------------------------------------------- */

/* The most common family names, about as common as they are; each three bytes. */
static const char SURNAMES[] =
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱"
    "严覃武戴莫孔向汤";
/* Out of 10,000, in steps: the first ten, the next ten, … */
static const uint16_t SURNAME_STEPS[] = {3900, 1750, 1100, 820, 640, 520, 440, 380, 250, 200};
static const char GIVEN_MALE[] =
    "伟强磊军勇涛斌辉刚健明建国华文平志林海波峰超鹏飞宇浩然俊杰博成东新春生德福贵祥云龙江山树根"
    "光荣宏亮凯旭晨阳天佑子轩嘉豪永胜";
static const char GIVEN_FEMALE[] =
    "芳娜敏静丽艳娟霞秀英兰玉珍梅琴红燕玲桂花凤莲琼蓉雪颖婷倩莉萍丹洁慧怡佳欣悦涵梦诗雨思琪紫萱"
    "清月素碧群容淑惠";

static str char_of(const char *list, size_t bytes, size_t i)
{
    return (str){list + 3 * (i % (bytes / 3)), 3};
}

size_t surname_pick(struct rng *r)
{
    size_t step = rng_pick(r, SURNAME_STEPS, 10);
    return 10 * step + rng_below(r, 10);
}

void name_make(struct rng *r, size_t surname, int sex, char out[16])
{
    const char *list = sex == 1 ? GIVEN_MALE : GIVEN_FEMALE;
    size_t bytes = sex == 1 ? sizeof GIVEN_MALE - 1 : sizeof GIVEN_FEMALE - 1;
    str parts[3] = {char_of(SURNAMES, sizeof SURNAMES - 1, surname)};
    size_t n = rng_chance(r, 8200) ? 3 : 2;
    size_t at = 0;
    for (size_t i = 1; i < n; i++)
        parts[i] = char_of(list, bytes, rng_below(r, (uint32_t)(bytes / 3)));
    for (size_t i = 0; i < n; i++) {
        memcpy(out + at, parts[i].p, 3);
        at += 3;
    }
    out[at] = '\0';
}

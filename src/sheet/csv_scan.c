/*
 * Finding the separators: 64 bytes become bit masks of commas and line ends, whose positions are
 * written out. Only where there are quotes the separators are walked one by one to leave out those
 * inside. The two versions differ in how they make the masks and in nothing else.
 */
#include "sheet/csv_in.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

struct walk {
    bool in_quote;
    size_t skip; /* the second quote of a pair that stands for one */
};

/*
 * The separators outside of quotes among the marked positions. A quote opens only at the beginning
 * of a field; elsewhere it is `odd` and counts as text, so that one slip does not swallow the rest.
 */
static size_t walk_quotes(struct walk *w, uint64_t marks, const char *base, size_t at, size_t from,
                          uint32_t *seps, size_t n, struct csv_seen *seen)
{
    for (; marks != 0; marks &= marks - 1) {
        size_t pos = at + (size_t)__builtin_ctzll(marks);
        char c = base[pos];
        if (c == '"') {
            size_t field = n > 0 ? seps[n - 1] + (size_t)1 : from;
            char next = base[pos + 1] == '\r' ? base[pos + 2] : base[pos + 1];
            if (pos == w->skip) {
                w->skip = 0;
            } else if (w->in_quote && base[pos + 1] == '"') {
                w->skip = pos + 1;
            } else if (w->in_quote) {
                w->in_quote = false;
                seen->odd |= next != '\n' && base[pos + 1] != ',';
            } else if (pos == field) {
                w->in_quote = true;
            } else {
                seen->odd = true;
            }
        } else if (!w->in_quote) {
            seps[n++] = (uint32_t)pos;
            seen->line_ends += c == '\n';
        }
    }
    return n;
}

/* A bit for each byte of w that equals the byte repeated in `same`. */
static inline uint64_t equal_bits(uint64_t w, uint64_t same)
{
    const uint64_t low7 = 0x7f7f7f7f7f7f7f7fu;
    uint64_t x = w ^ same;
    uint64_t zero = ~(((x & low7) + low7) | x | low7);
    return ((zero >> 7) * 0x0102040810204080u) >> 56;
}

size_t csv_scan_portable(const char *base, size_t from, size_t to, size_t want, uint32_t *seps,
                         struct csv_seen *seen)
{
    struct walk w = {0};
    size_t n = 0;
    *seen = (struct csv_seen){0};
    for (size_t at = from; at < to && n < want; at += 64) {
        uint64_t comma = 0, line = 0, quote = 0, nul = 0;
        for (unsigned i = 0; i < 8; i++) {
            uint64_t word = csv_load8(base + at + (size_t)i * 8);
            comma |= equal_bits(word, 0x2c2c2c2c2c2c2c2cu) << (i * 8);
            line |= equal_bits(word, 0x0a0a0a0a0a0a0a0au) << (i * 8);
            quote |= equal_bits(word, 0x2222222222222222u) << (i * 8);
            nul |= equal_bits(word, 0);
        }
        uint64_t live = to - at < 64 ? (UINT64_C(1) << (to - at)) - 1 : ~UINT64_C(0);
        uint64_t marks = (comma | line) & live;
        quote &= live;
        seen->nul |= nul != 0;
        if (quote != 0 || w.in_quote) {
            seen->quotes = true;
            n = walk_quotes(&w, marks | quote, base, at, from, seps, n, seen);
            continue;
        }
        seen->line_ends += (size_t)__builtin_popcountll(line & live);
        for (; marks != 0; marks &= marks - 1)
            seps[n++] = (uint32_t)(at + (size_t)__builtin_ctzll(marks));
    }
    return n;
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

AVX2 static inline uint64_t mask64(__m256i a, __m256i b)
{
    return (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}

/* Eight at a time without asking how many there are: the room behind takes what is too much. */
AVX2 static inline size_t put_positions(uint64_t marks, size_t at, uint32_t *seps, size_t n)
{
    size_t count = (size_t)__builtin_popcountll(marks);
    uint32_t from = (uint32_t)at;
    for (uint32_t *to = seps + n; marks != 0; to += 8) {
        for (unsigned i = 0; i < 8; i++) {
            to[i] = from + (uint32_t)_tzcnt_u64(marks);
            marks = _blsr_u64(marks);
        }
    }
    return n + count;
}

AVX2 static size_t scan_avx2(const char *base, size_t from, size_t to, size_t want, uint32_t *seps,
                             struct csv_seen *seen)
{
    const __m256i comma = _mm256_set1_epi8(','), line = _mm256_set1_epi8('\n');
    const __m256i quote = _mm256_set1_epi8('"');
    __m256i least = _mm256_set1_epi8(1);
    struct walk w = {0};
    size_t n = 0, line_ends = 0;
    *seen = (struct csv_seen){0};
    for (size_t at = from; at < to && n < want; at += 64) {
        __m256i a = _mm256_loadu_si256((const __m256i_u *)(const void *)(base + at));
        __m256i b = _mm256_loadu_si256((const __m256i_u *)(const void *)(base + at + 32));
        __m256i la = _mm256_cmpeq_epi8(a, line), lb = _mm256_cmpeq_epi8(b, line);
        __m256i qa = _mm256_cmpeq_epi8(a, quote), qb = _mm256_cmpeq_epi8(b, quote);
        uint64_t lines = mask64(la, lb);
        uint64_t marks = mask64(_mm256_or_si256(la, _mm256_cmpeq_epi8(a, comma)),
                                _mm256_or_si256(lb, _mm256_cmpeq_epi8(b, comma)));
        uint64_t live = to - at < 64 ? (UINT64_C(1) << (to - at)) - 1 : ~UINT64_C(0);
        least = _mm256_min_epu8(least, _mm256_min_epu8(a, b));
        if (!_mm256_testz_si256(_mm256_or_si256(qa, qb), _mm256_or_si256(qa, qb)) || w.in_quote) {
            uint64_t quotes = mask64(qa, qb) & live;
            seen->quotes |= quotes != 0 || w.in_quote;
            n = walk_quotes(&w, (marks & live) | quotes, base, at, from, seps, n, seen);
            continue;
        }
        line_ends += (size_t)__builtin_popcountll(lines & live);
        n = put_positions(marks & live, at, seps, n);
    }
    seen->line_ends += line_ends;
    seen->nul = _mm256_movemask_epi8(_mm256_cmpeq_epi8(least, _mm256_setzero_si256())) != 0;
    return n;
}
#endif

csv_scan_fn *csv_scan_best(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("popcnt"))
        return scan_avx2;
#endif
    return csv_scan_portable;
}

/* The yardstick: what the four programmes are, written by hand. See eval_data.h. */
#include "eval_data.h"

#include <stdbool.h>
#include <string.h>

#include "base/date.h"

/* Numbers of outcomes and reasons, in the order of the rules. */
enum { D_NONE, D_REGULAR, D_GRADUAL, D_SINGLE };
enum {
    R_NO_UNIT = 1 << 0,
    R_INCOME = 1 << 1,
    R_ASSETS = 1 << 2,
    R_SECOND_HOUSE = 1 << 3,
    R_VEHICLE = 1 << 4,
    R_EXIT_EXPIRED = 1 << 10,
};

struct family {
    int64_t size, income5, uplift; /* income less job cost, times 5 */
    bool second_house, grave;
};

struct days {
    day eighteen, seventy, eighty; /* born by then: at least so old */
};

static int64_t uplift_percent(const struct people *p, size_t m, const struct days *d)
{
    static const int64_t by_grade[] = {0, 50, 40, 20, 20}, by_disease[] = {0, 15, 30};
    int64_t best = by_grade[p->grade[m]], x = by_disease[p->disease[m]];

    best = x > best ? x : best;
    if (p->birth_date[m] <= d->eighty)
        x = 40;
    else if (p->birth_date[m] <= d->seventy || p->birth_date[m] > d->eighteen)
        x = 20;
    else
        x = 0;
    best = x > best ? x : best;
    if (p->student[m] && best < 15)
        best = 15;
    return p->lost_only_child[m] ? 100 : best;
}

static bool gravely_affected(const struct people *p, size_t m)
{
    return p->grade[m] == 1 || p->grade[m] == 2 || p->disease[m] == 2;
}

static struct family family_of(const struct people *p, size_t i, int64_t standard,
                               const struct days *d)
{
    struct family f = {0};

    for (size_t m = p->first[i]; m < p->first[i + 1]; m++) {
        if (p->destitute[m])
            continue;
        f.size++;
        f.income5 += 5 * p->income[m];
        if (p->employed[m]) {
            int64_t cost5 = p->wage[m] < 0 ? 0 : p->wage[m];
            f.income5 -= cost5 > 5 * standard ? 5 * standard : cost5;
        }
        f.second_house |= p->second_house[m];
        f.grave |= gravely_affected(p, m);
        f.uplift += uplift_percent(p, m, d);
    }
    if (f.income5 < 0)
        f.income5 = 0;
    return f;
}

static int64_t div_up_half(int64_t a, int64_t b)
{
    return (2 * a + b) / (2 * b);
}

struct decision {
    uint8_t outcome;
    uint64_t reasons;
    int64_t fen;
    bool below_edge; /* income per head */
};

static struct decision decide(const struct people *p, size_t i, const struct standards *s,
                              const struct family *f, int32_t this_month)
{
    struct decision d = {0};
    int64_t standard = s->standard[p->hukou_type[i]];
    int64_t line5 = 5 * standard * f->size;
    int64_t cars = p->vehicles[i];

    d.below_edge = 2 * f->income5 < 3 * line5;
    if (f->size == 0) {
        d.reasons = R_NO_UNIT;
        return d;
    }
    if (p->disability_vehicle[i] && cars > 0)
        cars--;
    if (f->income5 >= line5)
        d.reasons |= R_INCOME;
    if (p->assets[i] > s->asset_months * standard * f->size)
        d.reasons |= R_ASSETS;
    if (f->second_house)
        d.reasons |= R_SECOND_HOUSE;
    if (cars != 0)
        d.reasons |= R_VEHICLE;
    if (!d.reasons) {
        d.outcome = D_REGULAR;
        d.fen = div_up_half(20 * (line5 - f->income5) + s->base[p->hukou_type[i]] * f->uplift, 100);
        return d;
    }
    int months = p->no_month_above[i] ? 0 : this_month - p->first_month_above[i];
    bool above = f->income5 >= line5 && d.below_edge;
    if (p->paid_last[i] > 0 && above && months < s->exit_months) {
        d.outcome = D_GRADUAL;
        d.fen = p->paid_last[i];
        d.reasons = 0;
    } else if (d.below_edge && f->grave) {
        d.outcome = D_SINGLE;
    } else if (p->paid_last[i] > 0 && above) {
        d.reasons |= R_EXIT_EXPIRED;
    }
    return d;
}

/* Members: dibao alone, extreme poverty, the two subsidies. */
static void member(const struct people *p, size_t m, size_t i, const struct standards *s,
                   const struct decision *d, int reasons, struct awards *out, size_t at)
{
    uint8_t grade = p->grade[m];
    int64_t standard = s->standard[p->hukou_type[i]], floor = s->floor[p->hukou_type[i]];
    bool alone = d->outcome == D_SINGLE && !p->destitute[m] && gravely_affected(p, m);
    bool family = d->outcome == D_REGULAR || d->outcome == D_GRADUAL;

    out->member_fen[0][at] = alone ? standard : 0;
    if (p->destitute[m]) {
        int64_t care = s->care[p->no_self_care[m] ? 2 : p->self_care[m]];
        int64_t basic10 = 13 * standard > 10 * floor ? 13 * standard : 10 * floor;
        out->outcome[1][at] = 0;
        out->member_fen[1][at] = div_up_half(basic10 + 10 * care, 10);
        out->outcome[2][at] = out->outcome[3][at] = 0;
        out->member_fen[2][at] = out->member_fen[3][at] = 0;
    } else {
        bool granted = grade != 0 && (family || alone || d->below_edge);
        bool severe = grade == 1 || grade == 2;
        out->outcome[1][at] = 1;
        out->member_fen[1][at] = 0;
        out->outcome[2][at] = granted;
        out->member_fen[2][at] = granted ? s->living : 0;
        out->outcome[3][at] = severe;
        out->member_fen[3][at] = severe ? s->nursing[grade - 1] : 0;
    }
    if (!reasons)
        return;
    /* in_tekun, disabled, hardship; in_tekun, severe */
    bool hard = family || alone || d->below_edge;
    out->reasons[1][at] = 0;
    out->reasons[2][at] = p->destitute[m]   ? 1u
                          : (grade && hard) ? 0u
                                            : (grade ? 0u : 2u) | (hard ? 0u : 4u);
    out->reasons[3][at] = p->destitute[m] ? 1u : (grade == 1 || grade == 2) ? 0u : 2u;
}

void yardstick(const struct people *p, const struct standards *s, size_t from, size_t to,
               int32_t first_day, int32_t this_month, int reasons, struct awards *out)
{
    struct days d;
    int y, mm, dd;

    date_civil(first_day, &y, &mm, &dd);
    d.eighteen = date_day(y - 18, mm, dd);
    d.seventy = date_day(y - 70, mm, dd);
    d.eighty = date_day(y - 80, mm, dd);
    for (size_t i = from; i < to; i++) {
        int64_t standard = s->standard[p->hukou_type[i]];
        struct family f = family_of(p, i, standard, &d);
        struct decision e = decide(p, i, s, &f, this_month);
        out->outcome[0][i - from] = e.outcome;
        out->subject_fen[i - from] = e.fen;
        if (reasons)
            out->reasons[0][i - from] = e.reasons;
        for (size_t m = p->first[i]; m < p->first[i + 1]; m++)
            member(p, m, i, s, &e, reasons, out, m - p->first[from]);
    }
}

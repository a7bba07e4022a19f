/* The measures of the three looks. */
#include "paper/inside.h"

/* Sizes of type as offices name them: 二号 22, 三号 16, 四号 14, 小四 12, 五号 10.5 (here 10 or 11), 小五 9. */
#define SERIF(size, pitch)                                                                         \
    {                                                                                              \
        FACE_SERIF, POINT(size), POINT(pitch)                                                      \
    }
#define BOLD(size, pitch)                                                                          \
    {                                                                                              \
        FACE_BOLD, POINT(size), POINT(pitch)                                                       \
    }
#define SANS(size, pitch)                                                                          \
    {                                                                                              \
        FACE_SANS, POINT(size), POINT(pitch)                                                       \
    }

static const struct look looks[PAPER_LOOK__COUNT] = {
    [PAPER_LETTER] = {.left = MM(28),
                      .right = MM(23),
                      .top = MM(22),
                      .bottom = MM(26),
                      .office = SERIF(15, 22),
                      .title = BOLD(22, 32),
                      .subtitle = SERIF(12, 18),
                      .text = SERIF(14, 25),
                      .heading = SANS(13, 20),
                      .label = SANS(11, 16),
                      .cell = SERIF(12, 17),
                      .line = SERIF(12, 19),
                      .source = SANS(9, 13),
                      .sign = SERIF(13, 20),
                      .note = SERIF(10, 16),
                      .foot = SANS(9, 13),
                      .pad = MM(2),
                      .pair = true},
    /* Read standing, from a step away. */
    [PAPER_POSTING] = {.left = MM(22),
                       .right = MM(22),
                       .top = MM(22),
                       .bottom = MM(26),
                       .office = SERIF(20, 28),
                       .title = BOLD(34, 46),
                       .subtitle = SERIF(18, 26),
                       .text = SERIF(18, 31),
                       .heading = SANS(18, 28),
                       .label = SANS(16, 23),
                       .cell = SERIF(17, 24),
                       .line = SERIF(17, 26),
                       .source = SANS(14, 20),
                       .sign = SERIF(18, 28),
                       .note = SERIF(16, 25),
                       .foot = SANS(12, 16),
                       .pad = MM(2),
                       .pair = true},
    [PAPER_COVER] = {.left = MM(32),
                     .right = MM(24),
                     .top = MM(24),
                     .bottom = MM(26),
                     .office = SERIF(20, 30),
                     .title = BOLD(38, 54),
                     .subtitle = SERIF(18, 28),
                     .text = SERIF(16, 28),
                     .heading = SANS(16, 24),
                     .label = SANS(14, 20),
                     .cell = SERIF(15, 21),
                     .line = SERIF(14, 22),
                     .source = SANS(10, 14),
                     .sign = SERIF(15, 24),
                     .note = SERIF(11, 17),
                     .foot = SANS(9, 13),
                     .pad = MM(3),
                     .pair = false},
};

static const struct look tight_letter = {.left = MM(28),
                                         .right = MM(23),
                                         .top = MM(18),
                                         .bottom = MM(24),
                                         .office = SERIF(14, 19),
                                         .title = BOLD(20, 27),
                                         .subtitle = SERIF(11, 16),
                                         .text = SERIF(12, 20),
                                         .heading = SANS(12, 17),
                                         .label = SANS(10, 14),
                                         .cell = SERIF(11, 15),
                                         .line = SERIF(11, 16),
                                         .source = SANS(8, 11),
                                         .sign = SERIF(12, 18),
                                         .note = SERIF(9, 14),
                                         .foot = SANS(9, 13),
                                         .pad = MM(2),
                                         .pair = true};

const struct look *look_of(enum paper_look look, bool tight)
{
    if (tight)
        return look == PAPER_LETTER ? &tight_letter : NULL;
    return &looks[look];
}

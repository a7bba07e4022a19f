/* What the files that make papers have in common; inside work/ only. */
#ifndef HUIMIN_WORK_PAPER_IN_H
#define HUIMIN_WORK_PAPER_IN_H

#include "people/view.h"
#include "work/case_in.h"
#include "work/effect.h"
#include "work/paper.h"

/* All that a paper is made of, read once. Everything in the arena. */
struct paper_ground {
    struct city *city;
    struct conn *c;
    struct arena *a;
    const struct scope *scope;
    const struct paper_wanted *want;
    const struct document *doc;
    const struct service *service;  /* NULL: of no service */
    const struct rules *rules;      /* of the case, else in force */
    struct case_whole *k;           /* NULL: of no case */
    struct notice *notice;          /* NULL: of none */
    struct notice_about about;      /* of a notice of no case */
    struct case_proposal *proposal; /* the calculation; NULL: none */
    struct case_verdict verdict;
    struct case_told told; /* whom the paper is about, as case_concerns() asks */
    struct household_view home;
    int64_t county, household, person; /* person: whom it is about; 0: the household */
    day on;                            /* the day that stands on it */
    bool preview;
    bool plain; /* the notice's text and no more: see make_plain() */
    enum document_form form;
    str words[SHOWN__COUNT]; /* what is shown for each word; empty: nothing */
};

/* ---- paper_ground.c -------------------------------------------------------------------------- */

/* Read it; the errors of paper_make(). */
MUST_CHECK enum rc paper_ground_read(struct paper_ground *g, struct err *err);
/* Why this paper can't be made of the case now: words in both languages; NULL in [0]: it can. */
void paper_refuses(const struct case_whole *k, enum document_form form, const char *why[2]);
/* The document of the case's rules, else of those in force; NULL: none. */
const struct document *paper_document(const struct city *city, const struct case_whole *k,
                                      enum document_form form);
const struct document *paper_cover(const struct rules *r); /* NULL: none is declared */
const struct view_member *paper_member(const struct paper_ground *g, int64_t person); /* or NULL */

/* ---- paper_words.c --------------------------------------------------------------------------- */

/* Fills g->words. */
MUST_CHECK enum rc paper_words(struct paper_ground *g, struct err *err);
str paper_word_label(const struct paper_ground *g, enum document_field f);
str paper_fill(const struct paper_ground *g, str text); /* {words} put in */
str paper_sex(int sex);

/* ---- paper_parts.c, paper_form.c, paper_sums.c ------------------------------------------------- */

typedef VEC(struct paper_block) paper_blocks;
MUST_CHECK enum rc paper_blocks_of(const struct paper_ground *g, paper_blocks *out,
                                   struct err *err);
MUST_CHECK enum rc paper_form(const struct paper_ground *g, paper_blocks *out, struct err *err);
void paper_calculation(const struct paper_ground *g, paper_blocks *out);
void paper_reasons(const struct paper_ground *g, paper_blocks *out);
void paper_nearest(const struct paper_ground *g, paper_blocks *out);
void paper_heading(const struct paper_ground *g, paper_blocks *out, str text);
void paper_paragraph(const struct paper_ground *g, paper_blocks *out, str text);
/* What reasons there are, joined by ；: for {reasons}. */
str paper_reasons_text(const struct paper_ground *g);

#endif

/* Files of a bank's layout: made record by record, and an answer taken apart. */
#ifndef HUIMIN_PAY_BANK_FILE_H
#define HUIMIN_PAY_BANK_FILE_H

#include "pay/bank_layout.h"

/* What the fields are filled with, or were filled with; what a record has not is empty or 0. */
struct bank_values {
    str bank, number, item, digest, rows_digest;        /* header, trailer */
    str name, id_number, account, account_bank, remark; /* a row */
    str result, reason;                                 /* a row of an answer */
    month month;
    day on;
    int64_t rows, total; /* total in fen */
    int64_t seq, amount; /* amount in fen */
};

struct bank_mistake {
    int64_t seq; /* of the line; of an answer the file's line, from 1; 0: the file as a whole */
    str text, zh;
};
enum { BANK_MISTAKES_MOST = 50 };
struct bank_mistakes {
    struct arena *a;
    struct bank_mistake at[BANK_MISTAKES_MOST];
    size_t n;
    bool more;
};
/* Both forms take the same arguments in the same order. */
void bank_mistake(struct bank_mistakes *m, int64_t seq, const char *zh, const char *en, ...)
    PRINTF_LIKE(3, 5) PRINTF_LIKE(4, 5);

/* ---- making ---------------------------------------------------------------------------------- */

struct bank_writer;
/* A value that doesn't fit is a mistake. `m` is borrowed. RC_IO: no such encoding. */
MUST_CHECK enum rc bank_writer_open(const struct bank_layout *l, struct bank_mistakes *m,
                                    struct bank_writer **out, struct err *err);
void bank_writer_row(struct bank_writer *w, const struct bank_values *v);
/*
 * Header and trailer around the rows; v->rows_digest is filled in. The file in the arena; nothing
 * when there were mistakes (RC_BAD_INPUT, the first in *err). Gives the writer back in any case.
 */
MUST_CHECK enum rc bank_writer_close(struct bank_writer *w, struct bank_values *v, struct arena *a,
                                     str *out, struct err *err);
/* Not made after all. */
void bank_writer_drop(struct bank_writer *w);

/* ---- an answer ------------------------------------------------------------------------------- */

struct bank_answer {
    struct bank_values head;
    struct bank_values *rows;
    size_t n;
};
/*
 * Taken apart and held against its own header and trailer: records whole, numbers of rows, sums and
 * the digest of the rows as they say. Mistakes in *m (RC_BAD_INPUT, the first in *err).
 */
MUST_CHECK enum rc bank_answer_read(const struct bank *b, const struct bank_layout *l, str bytes,
                                    struct arena *a, struct bank_answer *out,
                                    struct bank_mistakes *m, struct err *err);
/* Can it be of this layout at all, by its first record? */
bool bank_answer_fits(const struct bank_layout *l, str bytes);

#endif

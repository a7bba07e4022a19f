/* The code of a paper: libqrencode makes it, page.c draws it. */
#include <errno.h>
#include <qrencode.h>
#include <string.h>

#include "paper/inside.h"

enum rc qr_make(str text, struct arena *a, struct qr *out, struct err *err)
{
    *out = (struct qr){0};
    if (text.n == 0)
        return RC_OK;
    if (text.n > PAPER_MAX_QR)
        return err_set(err, RC_LIMIT,
                       "the code's text has %zu bytes: at most %d can be read from paper", text.n,
                       PAPER_MAX_QR);
    if (memchr(text.p, 0, text.n) != NULL)
        return err_set(err, RC_BAD_INPUT, "the code's text has a zero byte: expected an address");
    QRcode *made = QRcode_encodeString8bit(str_z(a, text), 0, QR_ECLEVEL_M);
    if (made == NULL)
        return err_set(err, RC_IO, "the code can't be made: %s", strerror(errno));
    size_t n = (size_t)made->width;
    out->n = made->width;
    out->dark = arena_alloc_raw(a, n * n, 1);
    for (size_t i = 0; i < n * n; i++)
        out->dark[i] = made->data[i] & 1;
    QRcode_free(made);
    return RC_OK;
}

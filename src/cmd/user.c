/* huimin user: the accounts of the staff, for whoever has the machine. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cmd/db.h"
#include "guard/demo.h"
#include "work/leaving.h"

static const char *opt_db, *opt_key, *opt_as, *opt_name, *opt_division, *opt_role, *opt_lang,
    *opt_successor;
static bool opt_json;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"name", "NAME", "of the person (add)", &opt_name, NULL},
    {"division", "CODE", "twelve digits: the office (add); only those below it (list)",
     &opt_division, NULL},
    {"role", "R[:LINE],...", "roles, each for a line or for all (add, roles)", &opt_role, NULL},
    {"successor", "LOGIN", "who goes on with its work; office: whoever works there (close)",
     &opt_successor, NULL},
    {"json", NULL, "for programs (list, demo)", NULL, &opt_json},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
    {"lang", "zh|en", "language of role names (zh)", &opt_lang, NULL},
};
static const struct usage usage = {
    "user list|add|close|open|password|roles|demo [LOGIN] --db URL",
    "list                     accounts, their division and roles\n"
    "add LOGIN                a new one, with --name, --division and --role; its password is shown once\n"
    "close LOGIN, open LOGIN  closed: its sessions end at once; what it did stays its own\n"
    "                         and what it has in hand goes to whom --successor names\n"
    "password LOGIN           a new password, shown once\n"
    "roles LOGIN              --role in place of those it has\n"
    "demo                     one login for every role, only in a store that `huimin synth` filled;\n"
    "                         run again it gives them new passwords\n\n"
    "Roles: village_worker, clerk, township_head, verifier, decider, payer, city_officer, auditor,\n"
    "administrator; `clerk:assistance` is one for a single line. A given password must be changed at\n"
    "the first login; those of a demonstration need not.",
    opts,
    sizeof opts / sizeof opts[0],
};

struct work {
    struct city *city;
    struct scope *by;
    struct arena *a;
    str login;
};

/* ---- what was given -------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_roles(struct arena *a, struct scope_role **out, size_t *n,
                                     struct err *err)
{
    VEC(struct scope_role) list = {0};
    str rest = str_from(opt_role);
    if (rest.n == 0)
        return err_set(err, RC_BAD_INPUT, "--role is needed, e.g. --role clerk");
    while (rest.n > 0) {
        str one;
        str role;
        str line;
        if (!str_cut(rest, ',', &one, &rest))
            rest = (str){0};
        if (!str_cut(one, ':', &role, &line))
            line = S("");
        enum role r = role_find(str_trim(role));
        if (r == ROLE__COUNT)
            return err_set(err, RC_BAD_INPUT, "--role: there is no role “%.*s”, see --help",
                           STR_ARG(role));
        *VEC_PUSH(a, &list) = (struct scope_role){r, str_trim(line)};
    }
    *out = list.at;
    *n = list.n;
    return RC_OK;
}

MUST_CHECK static enum rc read_division(int64_t *out, struct err *err)
{
    str text = str_from(opt_division);
    if (text.n == 12 && str_int(text, out) && *out > 0)
        return RC_OK;
    return err_set(err, RC_BAD_INPUT, "--division: found “%.*s”, expected twelve digits",
                   STR_ARG(text));
}

MUST_CHECK static enum rc find(const struct work *w, struct account *out, struct err *err)
{
    struct conn *c = NULL;
    TRY(store_reader(w->city->store, &c, err));
    enum rc rc = account_find(w->by, c, w->login, w->a, out, err);
    store_reader_done(c);
    return rc;
}

/* ---- out ------------------------------------------------------------------------------------- */

/* The text and spaces up to so many columns of a terminal. */
static void cell(str s, size_t width)
{
    size_t n = utf8_width(s);
    printf("%.*s%*s", STR_ARG(s), (int)(n < width ? width - n + 2 : 2), "");
}

static bool english(void)
{
    return opt_lang != NULL && strcmp(opt_lang, "en") == 0;
}

static str roles_text(const struct account *account, struct arena *a)
{
    struct sbuf out;
    sbuf_init(&out, 4096);
    for (size_t i = 0; i < account->n_roles; i++) {
        const struct scope_role *r = &account->role[i];
        sbuf_fmt(&out, "%s%s%s%.*s", i > 0 ? "," : "", role_code(r->role), r->line.n > 0 ? ":" : "",
                 STR_ARG(r->line));
    }
    str s = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return s;
}

/* A line with one JSON object. */
static void account_json(const struct account *account, str roles)
{
    char division[16];
    struct sbuf out;
    struct json j;
    sbuf_init(&out, 1 << 14);
    json_init(&j, &out);
    json_obj(&j);
    json_key(&j, "login"), json_str(&j, account->login);
    json_key(&j, "name"), json_str(&j, account->name);
    snprintf(division, sizeof division, "%012lld", (long long)account->division);
    json_key(&j, "division"), json_str(&j, str_from(division));
    json_key(&j, "active"), json_bool(&j, account->active);
    json_key(&j, "must_change"), json_bool(&j, account->must_change);
    json_key(&j, "roles"), json_str(&j, roles);
    json_obj_end(&j);
    printf("%.*s\n", STR_ARG(sbuf_str(&out)));
    sbuf_deinit(&out);
}

MUST_CHECK static enum rc show_page(const struct work *w, int64_t division, str *after, bool *more,
                                    struct err *err)
{
    enum { PAGE = 500 };
    struct account *list = NULL;
    size_t n = 0;
    struct conn *c = NULL;
    TRY(store_reader(w->city->store, &c, err));
    enum rc rc = account_list(w->by, c, division, *after, PAGE, w->a, &list, &n, err);
    store_reader_done(c);
    TRY(rc);
    for (size_t i = 0; i < n; i++) {
        str roles = roles_text(&list[i], w->a);
        if (opt_json) {
            account_json(&list[i], roles);
            continue;
        }
        cell(list[i].login, 24);
        printf("%012lld  ", (long long)list[i].division);
        cell(list[i].active ? S("active") : S("closed"), 6);
        cell(roles, 16);
        printf("%.*s\n", STR_ARG(list[i].name));
    }
    *more = n == PAGE;
    if (n > 0)
        *after = list[n - 1].login;
    return RC_OK;
}

MUST_CHECK static enum rc list(const struct work *w, struct err *err)
{
    int64_t division = w->by->division;
    str after = S("");
    bool more = true;
    if (opt_division != NULL)
        TRY(read_division(&division, err));
    while (more)
        TRY(show_page(w, division, &after, &more, err));
    return RC_OK;
}

static void show_password(str login, str password)
{
    printf("login %.*s\npassword %.*s\n", STR_ARG(login), STR_ARG(password));
    fputs("It is shown this once, and must be changed at the first login.\n", stderr);
}

/* ---- changing -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc add(const struct work *w, struct err *err)
{
    struct account_new spec = {.login = w->login, .name = str_from(opt_name)};
    struct scope_role *role = NULL;
    str password = {0};
    int64_t id = 0;
    TRY(read_roles(w->a, &role, &spec.n_roles, err));
    TRY(read_division(&spec.division, err));
    spec.role = role;
    TRY(account_make(w->city, w->by, &spec, w->a, &id, &password, err));
    show_password(w->login, password);
    return RC_OK;
}

MUST_CHECK static enum rc alter(const struct work *w, const struct account_change *x,
                                struct err *err)
{
    struct account account;
    str password = {0};
    TRY(find(w, &account, err));
    TRY(account_alter(w->city, w->by, account.account_id, x, w->a, &password, err));
    if (password.n > 0)
        show_password(account.login, password);
    else
        printf("%.*s: done\n", STR_ARG(account.login));
    return RC_OK;
}

/* Its work goes to whom --successor says. */
MUST_CHECK static enum rc close_one(const struct work *w, struct err *err)
{
    const bool active = false;
    struct leaving_choice choice = {.city = w->city, .by = w->by, .arena = w->a};
    const struct account_change x = {
        .active = &active, .closing = leaving_settle, .closing_ctx = &choice};
    choice.given = opt_successor != NULL;
    if (choice.given && !str_eq(str_from(opt_successor), S("office"))) {
        struct work other = *w;
        struct account to;
        other.login = str_from(opt_successor);
        TRY(find(&other, &to, err));
        choice.successor = to.account_id;
    }
    return alter(w, &x, err);
}

MUST_CHECK static enum rc open_one(const struct work *w, struct err *err)
{
    const bool active = true;
    const struct account_change x = {.active = &active};
    return alter(w, &x, err);
}

MUST_CHECK static enum rc password(const struct work *w, struct err *err)
{
    const struct account_change x = {.new_password = true};
    return alter(w, &x, err);
}

MUST_CHECK static enum rc roles(const struct work *w, struct err *err)
{
    struct account_change x = {0};
    struct scope_role *role = NULL;
    TRY(read_roles(w->a, &role, &x.n_roles, err));
    x.role = role;
    return alter(w, &x, err);
}

/* ---- a demonstration ------------------------------------------------------------------------- */

static void demo_json(const struct demo_account *d, struct sbuf *out)
{
    char division[16];
    struct json j;
    sbuf_clear(out);
    json_init(&j, out);
    json_obj(&j);
    json_key(&j, "login"), json_str(&j, d->login);
    json_key(&j, "password"), json_str(&j, d->password);
    json_key(&j, "role"), json_str(&j, str_from(role_code(d->role)));
    snprintf(division, sizeof division, "%012lld", (long long)d->division);
    json_key(&j, "division"), json_str(&j, str_from(division));
    json_key(&j, "place"), json_str(&j, d->place);
    json_obj_end(&j);
    printf("%.*s\n", STR_ARG(sbuf_str(out)));
}

static void show(void *ctx, size_t done, size_t of)
{
    struct progress *p = ctx;
    p->total = (int64_t)of;
    progress_show(p, (int64_t)done);
}

MUST_CHECK static enum rc demo(const struct work *w, struct err *err)
{
    struct progress progress = {.what = "accounts"};
    struct demo_account *of = NULL;
    struct sbuf line;
    size_t n = 0;
    enum rc rc = demo_accounts(w->city, w->by, w->a, show, &progress, &of, &n, err);
    progress_end(&progress);
    TRY(rc);
    sbuf_init(&line, 4096);
    for (size_t i = 0; i < n; i++) {
        if (opt_json) {
            demo_json(&of[i], &line);
            continue;
        }
        cell(of[i].login, 22);
        cell(of[i].password, 19);
        cell(str_from(role_label(of[i].role, english())), english() ? 34 : 24);
        printf("%.*s\n", STR_ARG(of[i].place));
    }
    sbuf_deinit(&line);
    return RC_OK;
}

/* ---- the call -------------------------------------------------------------------------------- */

static const struct verb {
    const char *name;
    bool of_login;
    enum rc (*run)(const struct work *w, struct err *err);
} verbs[] = {
    {"list", false, list},    {"add", true, add},           {"close", true, close_one},
    {"open", true, open_one}, {"password", true, password}, {"roles", true, roles},
    {"demo", false, demo},
};

static const struct verb *verb_find(const char *name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static int run(const struct verb *verb, const char *login)
{
    enum { DAY_MS = 86400000 };
    struct arena a = {0};
    struct err err = {0};
    struct work w = {.a = &a, .login = str_from(login)};
    enum rc rc = city_open(db_url(opt_db), opt_key, opt_as, &a, &w.city, &err);
    if (rc == RC_OK) {
        w.by = scope_system(w.city, (day)(clock_ms() / DAY_MS), &a);
        rc = verb->run(&w, &err);
        city_close(w.city);
    }
    if (rc != RC_OK)
        complain("%s", err.text);
    arena_deinit(&a);
    return rc == RC_OK ? EXIT_DONE : EXIT_MISTAKE;
}

int cmd_user(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    const struct verb *verb = rest < argc ? verb_find(argv[rest]) : NULL;
    if (verb == NULL)
        return usage_wrong(&usage, "expected one of list, add, close, open, password, roles, demo");
    if (argc - rest != (verb->of_login ? 2 : 1))
        return usage_wrong(&usage,
                           verb->of_login ? "expected one login" : "expected no login here");
    if (db_url(opt_db) == NULL)
        return usage_wrong(&usage, "--db is needed");
    if (opt_lang != NULL && strcmp(opt_lang, "zh") != 0 && strcmp(opt_lang, "en") != 0)
        return usage_wrong(&usage, "--lang takes zh or en");
    return run(verb, verb->of_login ? argv[rest + 1] : NULL);
}

/*
 * Who may call which route, and what somebody of another county gets: the table that test_matrix.c walks,
 * written once more and by itself beside routes.def.
 */
#ifndef HUIMIN_TEST_MATRIX_ROWS_H
#define HUIMIN_TEST_MATRIX_ROWS_H

#include "guard/guard.h"

/* Names that nobody else has: seen where they may not be, they tell. */
#define HERE   "甄子丹"
#define BESIDE "顾维钧"
#define THERE  "陆小曼"

#define V       ROLE_BIT(ROLE_VILLAGE)
#define K       ROLE_BIT(ROLE_CLERK)
#define H       ROLE_BIT(ROLE_HEAD)
#define Y       ROLE_BIT(ROLE_VERIFIER)
#define D       ROLE_BIT(ROLE_DECIDER)
#define P       ROLE_BIT(ROLE_PAYER)
#define O       ROLE_BIT(ROLE_OFFICER)
#define A       ROLE_BIT(ROLE_AUDITOR)
#define M       ROLE_BIT(ROLE_ADMIN)
#define WORKERS (V | K | H | Y | D | P | O) /* on cases, with what they may write */
#define READERS (WORKERS | A)
#define ANYBODY 0x80000000u /* no session is asked for */
#define ALL     (READERS | M)

/* What somebody of another county gets. */
enum beyond {
    HIDDEN,  /* 404: as if it were not there */
    NOTHING, /* a list without a trace of it, or a refusal; never a failure */
    UNDONE,  /* of a batch: each is told to be not there, none is done */
    REFUSED, /* what would make something there: no 2xx, and no failure */
    OWN      /* it is about the account itself or the whole city */
};

/* {household} and so on in paths and bodies are replaced; {new} is another number each time. */
struct row {
    const char *route;
    unsigned may;
    enum beyond beyond;
    const char *body;  /* NULL: none */
    const char *query; /* behind the path */
    unsigned unseen;   /* who gets 404 here too: it is another office's */
};

static const struct row rows[] = {
    {"status_get", ANYBODY, OWN, NULL, "", 0},
    {"openapi_get", ANYBODY, OWN, NULL, "", 0},
    {"session_open", ANYBODY, OWN, "{}", "", 0},
    {"session_get", ALL, OWN, NULL, "", 0},
    {"session_end", ALL, OWN, NULL, "", 0},
    {"session_change", ALL, OWN, "{\"old\":\"x\",\"new\":\"kurz\"}", "", 0},
    {"accounts_list", M, NOTHING, NULL, "", 0},
    {"accounts_add", M, REFUSED,
     "{\"login\":\"new{new}\",\"name\":\"新人\",\"division\":\"990102001000\",\"roles\":[{\"role\":"
     "\"clerk\"}]}",
     "", 0},
    {"accounts_change", M, HIDDEN, "{\"name\":\"新名\"}", "", 0},
    {"accounts_work", M, HIDDEN, NULL, "", 0},
    {"relatives_list", M, NOTHING, NULL, "", 0},
    {"relatives_add", M, HIDDEN,
     "{\"account\":\"{account}\",\"person\":\"{person}\",\"relation\":\"姐\"}", "", 0},
    {"reveal_make", K | H | Y | D, HIDDEN, "{\"kind\":\"phone\",\"why\":\"通知补正材料\"}", "", 0},
    {"reveal_list", READERS, HIDDEN, NULL, "", 0},
    {"workers_get", READERS, HIDDEN, NULL, "", 0},
    {"workers_put", K | H, HIDDEN, "{\"accounts\":[\"{worker}\"]}", "", 0},
    {"meta_get", ALL, OWN, NULL, "", 0},
    {"divisions_list", ALL, OWN, NULL, "", 0},
    {"search_get", READERS, NOTHING, NULL, "?q=" HERE, 0},
    {"households_list", READERS, NOTHING, NULL, "", 0},
    {"households_add", K | H, REFUSED,
     "{\"division\":\"990102001001\",\"day\":\"2020-12-01\",\"members\":[{\"name\":\"新户\",\"sex\":"
     "2,\"birth\":\"1990-01-01\"}],\"facts\":[],\"evidence\":\"户口簿\"}",
     "", 0},
    {"households_get", READERS, HIDDEN, NULL, "", 0},
    {"households_change", K | H, HIDDEN,
     "{\"kind\":\"born\",\"day\":\"2020-12-01\",\"name\":\"新生\",\"sex\":2,\"relation\":\"30\","
     "\"evidence\":\"出生医学证明\"}",
     "", 0},
    {"family_changes_preview", K | H | D, HIDDEN,
     "{\"kind\":\"birth\",\"day\":\"2020-12-01\",\"name\":\"新生\",\"sex\":2,\"relation\":\"30\"}",
     "", 0},
    {"family_changes_make", K | H | D, HIDDEN,
     "{\"kind\":\"birth\",\"day\":\"2020-12-01\",\"name\":\"新生\",\"sex\":2,\"relation\":\"30\","
     "\"evidence\":\"出生医学证明\"}",
     "", 0},
    {"households_history", READERS, HIDDEN, NULL, "", 0},
    {"households_times", READERS, HIDDEN, NULL, "", 0},
    {"households_preview", WORKERS & ~P, HIDDEN, "{\"month\":\"2020-12\",\"facts\":[]}", "", 0},
    {"households_present", READERS & ~P, HIDDEN, NULL, "", 0},
    {"households_explain", READERS & ~P, HIDDEN, NULL, "?month=2020-12", 0},
    {"persons_list", READERS, NOTHING, NULL, "?q=" HERE, 0},
    {"unclaimed_list", READERS & ~P, NOTHING, NULL, "", 0},
    {"unclaimed_visits_add", V | K | H, HIDDEN,
     "{\"programme\":\"dibao\",\"state\":\"away\",\"version\":0}", "", 0},
    {"cases_list", READERS, NOTHING, NULL, "", 0},
    {"cases_open", K | H, HIDDEN,
     "{\"household\":\"{household}\",\"services\":[{\"service\":\"dibao_application\",\"person\":null}],"
     "\"applicant\":{\"ref\":null,\"name\":\"某人\",\"relation\":\"本人\"},\"day\":"
     "\"2020-12-21\",\"facts\":[],\"papers\":[]}",
     "", 0},
    {"cases_get", READERS, HIDDEN, NULL, "", 0},
    {"cases_draft", WORKERS, HIDDEN, "{\"draft\":{}}", "", 0},
    {"cases_event", WORKERS, HIDDEN, "{\"event\":\"note\",\"text\":\"电话问过\",\"data\":{}}", "",
     0},
    {"files_add", WORKERS, HIDDEN, "\x89PNG\r\n\x1a\n", "?name=a.png", 0},
    {"files_get", READERS & ~P, HIDDEN, NULL, "", 0},
    {"decisions_make", D | H, UNDONE,
     "{\"cases\":[{\"case\":\"{case}\",\"version\":1,\"grant\":false,\"programmes\":[],\"text\":"
     "\"不符合\"}]}",
     "", 0},
    {"posting_preview_get", READERS, HIDDEN, NULL, "", 0},
    {"postings_list", READERS, NOTHING, NULL, "", 0},
    {"postings_begin", K | H, UNDONE, "{\"cases\":[\"{case}\"],\"place\":\"公开栏\"}", "", 0},
    {"postings_get", READERS, HIDDEN, NULL, "", 0},
    {"postings_sheet", READERS, HIDDEN, NULL, "", 0},
    {"postings_stop", K | H, HIDDEN, "{\"text\":\"x\"}", "", 0},
    {"objections_answer", K | H, HIDDEN, "{\"text\":\"已核实\"}", "", 0},
    {"objections_contact", K | H, HIDDEN, "{\"why\":\"回复异议人\"}", "", 0},
    {"public_postings_list", ANYBODY, OWN, NULL, "?division=990102001002", 0},
    {"public_postings_get", ANYBODY, OWN, NULL, "", 0},
    {"public_postings_object", ANYBODY, OWN, "{\"text\":\"情况不实\"}", "", 0},
    {"imports_template", H | D | O, OWN, NULL, "", 0},
    {"imports_list", H | D | O, OWN, NULL, "", 0},
    {"imports_add", H | D | O, OWN, "PK", "?name=a.xlsx", 0},
    {"imports_get", H | D | O, HIDDEN, NULL, "", H | D | O},
    {"imports_marked", H | D | O, HIDDEN, NULL, "", H | D | O},
    {"cases_papers", READERS & ~P, HIDDEN, NULL, "", 0},
    {"cases_paper", WORKERS & ~P, HIDDEN, "{\"form\":\"receipt\"}", "", 0},
    {"cases_letter", WORKERS & ~P, HIDDEN,
     "{\"form\":\"refusal\",\"grant\":false,\"text\":\"不符合条件\"}", "", 0},
    {"papers_pdf", READERS & ~P, HIDDEN, NULL, "", V},
    {"papers_print", WORKERS & ~P, NOTHING, "{\"notices\":[\"{notice}\"]}", "", 0},
    {"prints_get", READERS & ~P, HIDDEN, NULL, "", READERS & ~P},
    {"prints_pdf", READERS & ~P, HIDDEN, NULL, "", READERS & ~P},
    {"notices_paper", WORKERS & ~P, HIDDEN, "{}", "", V},
    {"households_cover", READERS & ~P, HIDDEN, NULL, "", 0},
    {"proposals_letter", READERS & ~P, HIDDEN, NULL, "", V},
    {"public_papers_get", ANYBODY, OWN, NULL, "?code=ABCDEFGH", ALL},
    {"desk_list", READERS, NOTHING, NULL, "", 0},
    {"desk_handover", READERS, NOTHING, NULL, "", 0},
    {"figures_get", READERS & ~V, NOTHING, NULL, "", 0},
    {"figures_list", READERS & ~V, NOTHING, NULL, "?what=households_end", 0},
    {"reports_desk", READERS & ~V, NOTHING, NULL, "", 0},
    {"notices_list", READERS, NOTHING, NULL, "", 0},
    {"notices_sent", WORKERS, HIDDEN, "{\"channel\":\"paper\",\"on\":\"2020-12-21\"}", "", V},
    {"runs_list", D | P | O | A, OWN, NULL, "", 0},
    {"runs_start", D | P | O, OWN, "{\"month\":\"2020-13\"}", "", 0},
    {"runs_get", D | P | O | A, OWN, NULL, "", 0},
    {"runs_watch", D | P | O | A, OWN, NULL, "", 0},
    {"runs_compare", D | P | O | A, OWN, NULL, "", 0},
    {"runs_changes", D | P | O | A, NOTHING, NULL, "", 0},
    {"runs_candidates", D | P | O | A, NOTHING, NULL, "", 0},
    {"runs_payments", D | P | O | A, NOTHING, NULL, "", 0},
    {"proposals_sums_get", H | D | P | O | A, OWN, NULL, "", 0},
    {"rules_list", READERS, OWN, NULL, "", 0},
    {"rules_try", WORKERS, OWN, "{\"facts\":[],\"added\":[{}]}", "", 0},
    {"rules_versions", READERS, OWN, NULL, "", 0},
    {"rules_diff", READERS, OWN, NULL, "?from=1&to=1", 0},
    {"rules_get", READERS, OWN, NULL, "", 0},
    {"arrears_list_get", K | H | D | P | O | A, NOTHING, NULL, "", 0},
    {"arrears_find_post", D | O, OWN, "{\"from\":\"2020-13\",\"upto\":\"2020-13\",\"why\":\"x\"}",
     "", 0},
    {"arrears_get", K | H | D | P | O | A, HIDDEN, NULL, "", 0},
    {"arrears_households", K | H | D | P | O | A, HIDDEN, NULL, "", 0},
    {"arrears_lines_get", K | H | D | P | O | A, HIDDEN, NULL, "", 0},
    {"arrears_letter_get", D | O, HIDDEN, NULL, "?household=990102-100&programme=dibao", 0},
    {"arrears_settle_post", D, HIDDEN, "{\"accept\":false,\"text\":\"x\"}", "", 0},
    {"households_arrears", READERS, HIDDEN, NULL, "", 0},
    {"households_paid_back", K | H | D, HIDDEN,
     "{\"programme\":\"dibao\",\"fen\":1,\"text\":\"x\"}", "", 0},
    {"proposals_list", READERS, NOTHING, NULL, "", 0},
    {"proposals_decide", D, HIDDEN, "{\"ids\":[\"{proposal}\"],\"accept\":true,\"text\":\"同意\"}",
     "", 0},
    {"batches_list", D | P | O | A, NOTHING, NULL, "", 0},
    {"batches_freeze", P | O, HIDDEN, "{\"month\":\"2020-12\",\"county\":\"990102000000\"}", "", 0},
    {"batches_again", P | O, HIDDEN, "{\"county\":\"990102000000\"}", "", 0},
    {"batches_get", D | P | O | A, HIDDEN, NULL, "", 0},
    {"batches_lines", K | H | D | P | O | A, HIDDEN, NULL, "", 0},
    {"batches_mend", K | H, HIDDEN, "{\"text\":\"银行已激活\"}", "", 0},
    {"batches_file", P, HIDDEN, NULL, "?layout=flat", 0},
    {"batches_answer", P, HIDDEN, "A402", "", 0},
    {"payees_list", READERS, HIDDEN, NULL, "", 0},
    {"payees_add", K | H, HIDDEN,
     "{\"person\":\"{person}\",\"kind\":\"guardian\",\"holder\":\"某人\",\"account\":"
     "\"6217003670001249\",\"reason\":\"换人\",\"proof\":\"监护证明\"}",
     "", 0},
    {"households_payments", READERS, HIDDEN, NULL, "", 0},
    {"payees_names", P, HIDDEN, "account,result\n", "?county=990102000000", 0},
    {"payees_settle", K | H | P, HIDDEN, "{\"confirm\":true}", "", 0},
    {"online_get", K | H, HIDDEN, NULL, "", 0},
    {"online_show", K | H, HIDDEN, "{\"why\":\"核对身份\"}", "", 0},
    {"online_file", K | H, HIDDEN, NULL, "", 0},
    {"online_return", K | H, HIDDEN, "{\"text\":\"请带户口簿到窗口\"}", "", 0},
    {"messages_get", K | H | D, HIDDEN, NULL, "", 0},
    {"messages_answer", K | H | D, HIDDEN, "{\"text\":\"下周上门\"}", "", 0},
    {"public_meta", ANYBODY, OWN, NULL, "", 0},
    {"public_divisions", ANYBODY, OWN, NULL, "?parent=990102000000", 0},
    {"public_session", ANYBODY, OWN, "{\"number\":\"990102-2020-000001\",\"tail\":\"1234\"}", "",
     0},
    {"public_apply", ANYBODY, OWN, "{}", "", 0},
    {"public_files", ANYBODY, OWN, "x", "", 0},
    {"public_progress", ANYBODY, OWN, NULL, "", 0},
    {"public_paper", ANYBODY, OWN, NULL, "", ALL}, /* of a paper that is there: unit.public */
    {"public_message", ANYBODY, OWN, "{}", "", 0},
    {"records_list", READERS, NOTHING, NULL, "", 0},
    {"records_add", V | K | H, REFUSED,
     "{\"division\":\"{division}\",\"values\":{values},\"day\":\"2020-12-01\"}", "", 0},
    {"records_get", READERS, HIDDEN, NULL, "", 0},
    {"records_put", V | K | H, HIDDEN, "{\"values\":{},\"day\":\"2020-12-01\"}", "", 0},
};

#endif

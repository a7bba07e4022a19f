/* What goes on beside the requests. */
#include "api/arrears_job.h"
#include "api/continuous_job.h"
#include "api/import_job.h"
#include "api/keep_job.h"
#include "api/month_job.h"
#include "api/paper_pdf.h"
#include "api/posting_job.h"

const struct api_job api_jobs[] = {
    {"month", month_start, month_park},       {"postings", postings_start, postings_park},
    {"prints", prints_start, prints_park},    {"imports", imports_start, imports_park},
    {"keeping", keep_start, keep_park},       {"continuous", continuous_start, continuous_park},
    {"arrears", arrears_start, arrears_park}, {0}};

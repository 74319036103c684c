#include "harness/gradcheck/coverage.h"

#include <assert.h>

#include "harness/gradcheck/gradcheck_columns.h"

static bool runs_here(const struct lg_backend *backend)
{
    return lg_isa_runs_here(backend->isa);
}

void coverage_note(struct coverage *coverage, const struct lg_backend *backend, uint64_t paths)
{
    size_t count;
    const struct lg_backend *const *backends = lg_backends(&count);
    assert(count <= COVERAGE_COPIES_MAX);
    for (size_t i = 0; i < count; i++)
        if (backends[i] == backend)
            coverage->paths[i] |= paths;
}

void coverage_note_fault(struct coverage *coverage, uint64_t paths, bool seen)
{
    for (int path = 0; path < (int)LG_PATH_COUNT; path++)
        if (paths & LG_PATH_BIT(path)) {
            coverage->put[path]++;
            coverage->seen[path] += seen;
        }
}

void coverage_add(struct coverage *to, const struct coverage *from)
{
    for (size_t i = 0; i < COVERAGE_COPIES_MAX; i++)
        to->paths[i] |= from->paths[i];
    for (size_t i = 0; i < LG_PATH_COUNT; i++) {
        to->put[i] += from->put[i];
        to->seen[i] += from->seen[i];
    }
}

static uint64_t any_of(const struct coverage *coverage)
{
    uint64_t any = 0;
    for (size_t i = 0; i < COVERAGE_COPIES_MAX; i++)
        any |= coverage->paths[i];
    return any;
}

uint64_t coverage_missing(const struct coverage *coverage)
{
    return ~any_of(coverage) & (LG_PATH_BIT(LG_PATH_COUNT) - 1);
}

uint64_t coverage_partial(const struct coverage *coverage)
{
    size_t count;
    const struct lg_backend *const *backends = lg_backends(&count);
    uint64_t all = any_of(coverage);
    for (size_t i = 0; i < count; i++)
        if (runs_here(backends[i]))
            all &= coverage->paths[i];
    return any_of(coverage) & ~all;
}

bool coverage_is_empty(const struct coverage *coverage)
{
    return any_of(coverage) == 0;
}

bool coverage_has_unseen(const struct coverage *coverage)
{
    for (size_t i = 0; i < LG_PATH_COUNT; i++)
        if (coverage->seen[i] < coverage->put[i])
            return true;
    return false;
}

static size_t size_of(uint64_t paths)
{
    return (size_t)__builtin_popcountll(paths);
}

/* "  what: a; b; c", in lines of a terminal's width. */
static void print_names(struct text *text, const char *what, uint64_t paths)
{
    size_t column = 0;
    if (paths == 0)
        return;
    text_print(text, "  %s:", what);
    for (int path = 0; path < (int)LG_PATH_COUNT; path++) {
        if (!(paths & LG_PATH_BIT(path)))
            continue;
        text_print(text, "%s%s%s", column > 0 ? ";" : "", column % 4 == 0 ? "\n    " : " ",
                   lg_path_names[path]);
        column++;
    }
    text_print(text, "\n");
}

void coverage_print(const struct coverage *coverage, struct text *text)
{
    size_t put = 0, seen = 0, with = 0, least = SIZE_MAX;
    if (coverage_is_empty(coverage))
        return;
    const uint64_t missing = coverage_missing(coverage);
    for (size_t i = 0; i < LG_PATH_COUNT; i++) {
        put += coverage->put[i];
        seen += coverage->seen[i];
        with += coverage->put[i] > 0;
        if (coverage->put[i] > 0 && coverage->put[i] < least)
            least = coverage->put[i];
    }
    text_print(text, "\npaths of training: %zu of %d were run\n",
               (size_t)LG_PATH_COUNT - size_of(missing), (int)LG_PATH_COUNT);
    print_names(text, "not run", missing);
    print_names(text, "not in every compiled copy", coverage_partial(coverage));
    if (put > 0)
        text_print(text, "  faults were put into gradients of %zu paths, at least %zu each: %s\n",
                   with, least, seen == put ? "all were seen" : "SOME WERE NOT SEEN");
    for (size_t i = 0; i < LG_PATH_COUNT; i++)
        if (coverage->seen[i] < coverage->put[i])
            text_print(text, "    %s: %zu of %zu seen\n", lg_path_names[i], coverage->seen[i],
                       coverage->put[i]);
}

void coverage_write(const struct coverage *coverage, struct csv *csv)
{
    size_t count;
    const struct lg_backend *const *backends = lg_backends(&count);
    csv_file_header(&coverage_csv, NULL, csv);
    for (size_t path = 0; path < LG_PATH_COUNT; path++)
        for (size_t i = 0; i < count; i++)
            if (runs_here(backends[i]))
                csv_file_row(&coverage_csv, NULL, csv,
                             &(struct coverage_row){coverage, backends[i], i, path});
}

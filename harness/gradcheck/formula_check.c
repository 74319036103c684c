#include "harness/gradcheck/formula_check.h"

#include <stdlib.h>

enum lg_status formula_run_place(struct formula_run *run, struct lg_error *error)
{
    const size_t side = run->rows > run->columns ? run->rows : run->columns;
    run->work_size = run->steps + 1 > side * side ? run->steps + 1 : side * side;
    run->work = malloc(((FORMULA_WORK + 2) * run->work_size + run->steps) * sizeof *run->work);
    return run->work != NULL ? LG_OK
                             : lg_fail(error, LG_ENVIRONMENT, "not enough memory for a formula");
}

void formula_run_free(struct formula_run *run)
{
    free(run->work);
    run->work = NULL;
}

void formula_note(struct formula_verdict *verdict, double engine, struct bounded formula,
                  size_t step, size_t entry)
{
    const long double apart = bounded_abs((long double)engine - formula.value);
    const long double bound = FORMULA_BOUNDS * formula.error;
    verdict->checked++;
    if (bound - bound != 0) {
        verdict->undecided++;
        return;
    }
    const long double share = apart == 0 ? 0 : bound > 0 ? apart / bound : (long double)INFINITY;
    const bool is_wrong = !(apart <= bound);
    verdict->wrong += is_wrong;
    if (!(share <= verdict->share) || (is_wrong && verdict->wrong == 1)) {
        verdict->share = share;
        verdict->step = step;
        verdict->entry = entry;
        verdict->evaluated = false;
        verdict->engine = engine;
        verdict->formula = formula.value;
        verdict->bound = bound;
    }
}

void formula_expect(struct formula_verdict *verdict, bool holds, const char *property, size_t step)
{
    verdict->checked++;
    verdict->wrong += !holds;
    if (!holds && verdict->broken == NULL) {
        verdict->broken = property;
        verdict->broken_step = step;
    }
}

static void judge_entry(double engine, struct bounded formula, double before, bool is_evaluated,
                        size_t t, size_t entry, struct formula_verdict *verdict)
{
    const long double share = verdict->share;
    verdict->moved += engine != before;
    formula_note(verdict, engine, formula, t, entry);
    if (verdict->share != share)
        verdict->evaluated = is_evaluated;
}

/* An entry's own history, out of what lies entry by entry within steps. */
static void take_line(const struct formula_run *run, size_t entry, size_t t,
                      struct formula_line *line, double *w, struct bounded *g)
{
    const size_t size = run->rows * run->columns;
    for (size_t i = 0; i <= t; i++)
        w[i] = run->w[i * size + entry];
    for (size_t i = 0; i < t; i++)
        g[i] = run->g[i * size + entry];
    *line = (struct formula_line){.run = run, .w = w, .g = g};
    for (size_t k = 0; k < FORMULA_WORK; k++)
        line->work[k] = run->work + k * run->work_size;
}

void formula_judge(const struct formula *formula, const struct formula_run *run, size_t t,
                   const double *evaluated, struct formula_verdict *verdict)
{
    const size_t size = run->rows * run->columns;
    const double *before = run->w + (t - 1) * size, *engine = run->w + t * size;
    struct bounded *after = run->work + FORMULA_WORK * run->work_size;
    if (formula->block != NULL) {
        formula->block(run, t, after);
        for (size_t i = 0; i < size; i++)
            judge_entry(engine[i], after[i], before[i], false, t, i, verdict);
        return;
    }
    double *w = (double *)(void *)(after + run->work_size);
    for (size_t i = 0; i < size; i++) {
        struct formula_line line;
        take_line(run, i, t, &line, w, after);
        judge_entry(engine[i], formula->after(&line, t), before[i], false, t, i, verdict);
        if (evaluated != NULL && formula->evaluated != NULL)
            judge_entry(evaluated[(t - 1) * size + i], formula->evaluated(&line, t), before[i],
                        true, t, i, verdict);
        else if (evaluated != NULL)
            judge_entry(evaluated[(t - 1) * size + i], known(engine[i], run->unit), before[i], true,
                        t, i, verdict);
    }
}

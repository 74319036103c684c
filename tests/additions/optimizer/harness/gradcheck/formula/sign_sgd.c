#include "harness/gradcheck/formula/moments.h"

static struct bounded after(const struct formula_line *line, size_t t)
{
    return moved_by(line, t, sign(line->g[t - 1]));
}

static const char *const variants[] = {"lr=0.0625", NULL};

const struct formula formula_sign_sgd = {
    .source = "J. Bernstein et al., ICML 2018, algorithm 1, arXiv:1802.04434",
    .variants = variants,
    .after = after,
};

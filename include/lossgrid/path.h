/* The paths that a training step can take: which products, cut how, into which sink. A
 * network that is watched (lg_backend.watch_paths) says which it took, so that a check can
 * say what it has covered, and what not. All leave the same bits; a wrong one does not. */
#ifndef LOSSGRID_PATH_H
#define LOSSGRID_PATH_H

#include <stdint.h>

/* X(symbol, name, what is meant) */
#define LG_PATHS(X)                                                                                \
    X(FORWARD_WALKED, "forward walked", "each sample's own non-zero inputs")                       \
    X(FORWARD_PACKED, "forward packed", "a packed product over all inputs")                        \
    X(FORWARD_NONZERO, "forward packed, nonzero inputs",                                           \
      "without inputs that are 0 in the whole batch")                                              \
    X(FORWARD_REPAIRED, "forward repaired", "packed, not finite, then walked")                     \
    X(OUTER_FIRST, "outer, first layer", "batch of one: the outer product at once")                \
    X(OUTER_CHUNKS, "outer, in chunks", "batch of one: input gradient and update in turn")         \
    X(WALK_FIRST, "walked, first layer", "weight gradient row by row, no input gradient")          \
    X(WALK_CHUNKS, "walked, in chunks", "small batch: input gradient and update in turn")          \
    X(WALK_LARGE, "walked, large batch", "weight row by row, input gradient packed before")        \
    X(CHUNKS, "several chunks", "more rows than a chunk has")                                      \
    X(PANELS, "several panels", "more columns than a panel has")                                   \
    X(PACKED, "packed weight gradient", "a packed product over the batch")                         \
    X(PACKED_PIECES, "packed, in pieces", "more gradient rows than are held at a time")            \
    X(PACKED_EXPANDED, "packed, nonzero outputs", "outputs without a gradient left out, expanded") \
    X(IDLE_ROWS, "idle rows", "rows whose input is 0, moved by the optimizer's state")             \
    X(RUNS, "runs of columns", "columns whose gradient is 0 are not updated")                      \
    X(INPUT_WALKED, "input gradient walked", "of all inputs")                                      \
    X(INPUT_WALKED_LIVE, "input gradient walked, live", "of inputs that are not 0")                \
    X(INPUT_PACKED, "input gradient packed", "of all inputs")                                      \
    X(INPUT_PACKED_NONZERO, "input gradient packed, nonzero",                                      \
      "of inputs not 0 in the whole batch")                                                        \
    X(INPUT_REPAIRED, "input gradient repaired", "packed, not finite, then walked")                \
    X(STREAMED, "streamed", "gradients go to the optimizer as they come")                          \
    X(COLLECTED, "collected", "a whole gradient first")                                            \
    X(PENALTY, "penalty l1", "added to a collected gradient")                                      \
    X(CLIP_VALUE, "clip by value", "of a collected gradient")                                      \
    X(CLIP_NORM, "clip by norm", "of a collected gradient longer than the norm")                   \
    X(STEP_ELEMENTWISE, "collected, elementwise", "to an elementwise optimizer")                   \
    X(STEP_BLOCKS, "collected, blocks", "to a block optimizer")                                    \
    X(STEP_VECTOR, "collected, vector", "to a batch method, which evaluates trials")               \
    X(GEMM_ONE_BLOCK, "gemm, one block of k", "no partial sums")                                   \
    X(GEMM_BLOCKS, "gemm, blocks of k", "partial sums are stored and loaded")                      \
    X(GEMM_PANELS, "gemm, panels of rows", "more rows than a tile has")                            \
    X(GEMM_WIDE, "gemm, wide tile", "two vectors of columns")                                      \
    X(GEMM_NARROW, "gemm, narrow tile", "a last panel one vector wide")                            \
    X(GEMM_EDGE, "gemm, edge", "columns that do not fill a vector")                                \
    X(GEMM_ALONG, "gemm, packs along", "an operand whose lines lie side by side")                  \
    X(GEMM_ACROSS, "gemm, packs across", "an operand that is turned")                              \
    X(GEMM_LISTED_ALONG, "gemm, listed, along", "places of a list, side by side")                  \
    X(GEMM_LISTED_ACROSS, "gemm, listed, across", "places of a list, turned")                      \
    X(GEMM_LINES, "gemm, listed lines", "lines of a list, turned")                                 \
    X(ROWS_STRIPS, "rows, strips", "more columns than accumulators")                               \
    X(ROWS_EDGE, "rows, edge", "columns that do not fill a vector")                                \
    X(DOT_CALLS, "dots, several calls", "more rows than three groups")                             \
    X(DOT_EDGE, "dots, edge", "columns that do not fill a load")                                   \
    X(DOT_DEAD, "dots, dead blocks", "blocks of columns without a gradient left out")

#define LG_PATH_SYMBOL(symbol, name, meaning) LG_PATH_##symbol,
enum lg_path { LG_PATHS(LG_PATH_SYMBOL) LG_PATH_COUNT };
#undef LG_PATH_SYMBOL

/* A set of them. */
#define LG_PATH_BIT(path) (UINT64_C(1) << (path))
_Static_assert((int)LG_PATH_COUNT <= 64, "a set is one word");

extern const char *const lg_path_names[LG_PATH_COUNT];
extern const char *const lg_path_meanings[LG_PATH_COUNT];

#endif

/* Gradients and the update, layer by layer.
 *
 * A small batch never has a gradient matrix. Its walk takes a chunk of weight rows,
 * and of them a panel of columns that fits into L1: the panel is read for the input
 * gradient of every sample, then each of its rows' gradients goes through the
 * optimizer, and the weight is read and written once. A large batch computes its
 * input gradient as one packed product; its weight gradient comes as a packed product
 * too, some rows at a time, or, where most inputs are zero, row by row.
 *
 * For a probe, each piece of work says which phase it is of as it begins. */
#include <string.h>

#include "engine/net/products.h"

/* A gap of fewer blocks than this between live columns is updated with them: a
 * call costs more than a few zero entries. */
enum { GAP_BLOCKS = 2 };

/* Column runs [runs[2r], runs[2r + 1]) that the update must walk: all of them, or,
 * where a zero gradient changes nothing, the blocks in which a sample's dz is not
 * zero. */
static void find_runs(struct lg_net *net, const struct layer *layer, size_t batch)
{
    const size_t n = layer->outputs;
    uint32_t *runs = net->runs;
    if (net->zero_gradient != ZERO_IS_NOTHING) {
        runs[0] = 0;
        runs[1] = (uint32_t)n;
        net->run_count = 1;
        return;
    }
    memset(net->touched, 0, net->blocks);
    for (size_t b = 0; b < batch; b++)
        for (size_t j = 0; j < net->live_count[b]; j++)
            net->touched[net->live[b * net->blocks + j] / ROWS_BLOCK] = true;
    size_t count = 0;
    for (size_t column = 0; column < n; column += ROWS_BLOCK) {
        if (!net->touched[column / ROWS_BLOCK])
            continue;
        const uint32_t end = (uint32_t)(column + ROWS_BLOCK < n ? column + ROWS_BLOCK : n);
        if (count > 0 && column < runs[2 * count - 1] + (size_t)GAP_BLOCKS * ROWS_BLOCK) {
            runs[2 * count - 1] = end;
        } else {
            runs[2 * count] = (uint32_t)column;
            runs[2 * count + 1] = end;
            count++;
        }
    }
    net->run_count = count;
    if (count != 1 || runs[0] > 0 || runs[1] < n)
        net_note(net, LG_PATH_RUNS);
}

/* The layer's active lists, turned from by sample to by input. */
static void turn_columns(struct columns *columns, const struct layer *layer, size_t batch)
{
    uint32_t *end = columns->end;
    memset(end, 0, layer->inputs * sizeof *end);
    for (size_t b = 0; b < batch; b++)
        for (size_t j = 0; j < layer->active[b].count; j++)
            end[layer->active[b].index[j]]++;
    /* Number the inputs that occur; end[i] becomes where i's next entry goes. */
    uint32_t total = 0;
    columns->count = 0;
    for (size_t i = 0; i < layer->inputs; i++) {
        const uint32_t entries = end[i];
        end[i] = total;
        if (entries) {
            columns->start[columns->count] = total;
            columns->input[columns->count++] = (uint32_t)i;
            total += entries;
        }
    }
    columns->start[columns->count] = total;
    for (size_t b = 0; b < batch; b++)
        for (size_t j = 0; j < layer->active[b].count; j++) {
            const uint32_t at = end[layer->active[b].index[j]]++;
            columns->sample[at] = (uint32_t)b;
            columns->value[at] = layer->active[b].value[j];
        }
}

/* The state of a walk over a layer's weight: its columns [from, to) for now. */
struct walk {
    struct lg_net *net;
    struct layer *layer;
    const struct optimizer_step *now;
    size_t batch, from, to;
};

/* The optimizer works from here on, unless gradients are only being collected. */
static void enter_update(struct lg_net *net)
{
    if (net->listening && net->sink == net->optimizer)
        net_enter(net, LG_PHASE_UPDATE);
}

/* Send `count` parameters from `offset` on through the optimizer. */
static void update_run(struct lg_net *net, const struct optimizer_step *now,
                       const struct parameters *p, size_t offset, size_t count,
                       struct gradient gradient)
{
    real *state[OPTIMIZER_SLOTS_MAX];
    for (size_t slot = 0; slot < net->sink_slots; slot++)
        state[slot] = p->sink[slot] + offset;
    enter_update(net);
    net->sink->update(now, count, p->w + offset, gradient, state);
}

/* Send the runs of weight row i that lie in the walk's columns through the optimizer.
 * The gradient is of the whole row. */
static void update_row(const struct walk *walk, size_t i, struct gradient gradient)
{
    const uint32_t *run = walk->net->runs;
    for (size_t r = 0; r < walk->net->run_count; r++, run += 2) {
        const size_t from = run[0] > walk->from ? run[0] : walk->from;
        const size_t to = run[1] < walk->to ? run[1] : walk->to;
        if (from < to)
            update_run(walk->net, walk->now, &walk->layer->weight, i * walk->layer->stride + from,
                       to - from, (struct gradient){gradient.factor, gradient.direction + from});
    }
}

/* Row i, whose input is zero throughout. */
static void update_idle_row(const struct walk *walk, size_t i)
{
    if (walk->net->zero_gradient != ZERO_MOVES && !walk->layer->moved[i])
        return;
    net_note(walk->net, LG_PATH_IDLE_ROWS);
    update_row(walk, i, (struct gradient){0, walk->layer->dz});
}

/* The row of entry j of the columns: its gradient is a chain over the samples in
 * which its input is not zero, in their order. */
static void update_sparse_row(const struct walk *walk, size_t j)
{
    struct lg_net *net = walk->net;
    const struct layer *layer = walk->layer;
    const struct columns *columns = &net->columns;
    const size_t i = columns->input[j];
    layer->moved[i] = true;
    const uint32_t first = columns->start[j];
    const struct active column = {
        .count = columns->start[j + 1] - first,
        .index = columns->sample + first,
        .value = columns->value + first,
    };
    net_enter(net, LG_PHASE_BACKWARD);
    rows_accumulate(net->gradient + walk->from, NULL, &column, layer->dz + walk->from,
                    layer->stride, walk->to - walk->from);
    update_row(walk, i, (struct gradient){1, net->gradient});
}

/* Rows [first, last): those of the columns from entry j on, and, unless a zero
 * gradient changes nothing, the others too. */
static void update_sparse_rows(const struct walk *walk, size_t first, size_t last, size_t j)
{
    const struct columns *columns = &walk->net->columns;
    if (walk->net->zero_gradient == ZERO_IS_NOTHING) {
        while (j < columns->count && columns->input[j] < last)
            update_sparse_row(walk, j++);
        return;
    }
    for (size_t i = first; i < last; i++) {
        if (j < columns->count && columns->input[j] == i)
            update_sparse_row(walk, j++);
        else
            update_idle_row(walk, i);
    }
}

/* The rows that a batch of one moves, with their inputs, into `rows`. */
static void find_outer(struct lg_net *net, struct layer *layer, struct active *rows)
{
    const struct active *active = &layer->active[0];
    if (net->zero_gradient == ZERO_IS_NOTHING) {
        *rows = *active;
        return;
    }
    *rows = (struct active){0, net->outer_row, net->outer_factor};
    for (size_t j = 0; j < active->count; j++)
        layer->moved[active->index[j]] = true;
    for (size_t i = 0, j = 0; i < layer->inputs; i++) {
        const bool is_active = j < active->count && active->index[j] == i;
        if (is_active || layer->moved[i] || net->zero_gradient == ZERO_MOVES) {
            rows->index[rows->count] = (uint32_t)i;
            rows->value[rows->count++] = is_active ? active->value[j] : 0;
        }
        j += is_active;
    }
    if (rows->count > active->count)
        net_note(net, LG_PATH_IDLE_ROWS);
}

/* Entries [first, last) of `rows` of the outer product of a batch of one. */
static void update_outer_rows(const struct walk *walk, const struct active *rows, size_t first,
                              size_t last)
{
    struct lg_net *net = walk->net;
    const struct parameters *p = &walk->layer->weight;
    const uint32_t *run = net->runs;
    enter_update(net);
    for (size_t r = 0; r < net->run_count; r++, run += 2) {
        const size_t from = run[0] > walk->from ? run[0] : walk->from;
        const size_t to = run[1] < walk->to ? run[1] : walk->to;
        if (from >= to)
            continue;
        const struct outer outer = {
            .count = last - first,
            .row = rows->index + first,
            .factor = rows->value + first,
            .stride = walk->layer->stride,
            .n = to - from,
            .direction = walk->layer->dz + from,
            .slots = net->sink_slots,
        };
        real *state[OPTIMIZER_SLOTS_MAX];
        for (size_t slot = 0; slot < net->sink_slots; slot++)
            state[slot] = p->sink[slot] + from;
        net->sink->update_outer(walk->now, &outer, p->w + from, state);
    }
}

/* A small batch's input gradient for a chunk of weight rows [first, last), whose sums
 * (net->dx) grow panel by panel. Where an input of 0 has derivative 0, only the
 * others are computed: they are a stretch of the sample's active list. */
static void open_chunk(struct lg_net *net, const struct layer *layer, const struct layer *before,
                       size_t batch, size_t first, size_t last)
{
    const bool wanted_only = before->activation->dead_at_zero;
    net_note(net, wanted_only ? LG_PATH_INPUT_WALKED_LIVE : LG_PATH_INPUT_WALKED);
    if (first > 0)
        net_note(net, LG_PATH_CHUNKS);
    if (!wanted_only)
        for (size_t i = first; i < last; i++)
            net->rows[i - first] = (uint32_t)i;
    for (size_t b = 0; b < batch; b++) {
        const struct active *active = &layer->active[b];
        uint32_t at = 0, count = (uint32_t)(last - first);
        if (wanted_only) {
            at = first == 0 ? 0 : net->row_at[b] + net->row_count[b];
            for (count = 0; at + count < active->count && active->index[at + count] < last;)
                count++;
        }
        net->row_at[b] = at;
        net->row_count[b] = count;
        net->live_at[b] = 0;
        memset(net->dx + b * layer->inputs, 0, count * sizeof *net->dx);
    }
}

static const uint32_t *chunk_rows(const struct lg_net *net, const struct layer *layer,
                                  const struct layer *before, size_t b)
{
    return before->activation->dead_at_zero ? layer->active[b].index + net->row_at[b] : net->rows;
}

static void add_panel(const struct walk *walk, const struct layer *before)
{
    struct lg_net *net = walk->net;
    const struct layer *layer = walk->layer;
    net_enter(net, LG_PHASE_BACKWARD);
    if (walk->from > 0)
        net_note(net, LG_PATH_PANELS);
    for (size_t b = 0; b < walk->batch; b++) {
        const uint32_t *live = net->live + b * net->blocks;
        const uint32_t at = net->live_at[b];
        uint32_t end = at;
        while (end < net->live_count[b] && live[end] < walk->to)
            end++;
        net->live_at[b] = end;
        if (!net->row_count[b])
            continue;
        net_note_all(net, dot_paths(net->row_count[b], layer->outputs, net->live_count[b]));
        rows_dot(net->dx + b * layer->inputs, chunk_rows(net, layer, before, b), net->row_count[b],
                 layer->weight.w, layer->stride, layer->outputs, layer->dz + b * layer->stride,
                 live + at, end - at);
    }
}

static void close_chunk(struct lg_net *net, const struct layer *layer, struct layer *before,
                        size_t batch, size_t first, size_t last)
{
    net_enter(net, LG_PHASE_BACKWARD);
    for (size_t b = 0; b < batch; b++) {
        real *dh = before->dz + b * before->stride;
        memset(dh + first, 0, (last - first) * sizeof *dh);
        const uint32_t *rows = chunk_rows(net, layer, before, b);
        for (size_t j = 0; j < net->row_count[b]; j++)
            dh[rows[j]] = net->dx[b * layer->inputs + j];
    }
}

/* Panels of equal width, so that none is a sliver. Where the optimizer's state streams
 * by as well, whole rows come faster than what L1 saves. */
static size_t panel_width(const struct lg_net *net, size_t n)
{
    if (net->sink_slots > 0)
        return n;
    const size_t panels = (n + PANEL - 1) / PANEL;
    const size_t width = (n + panels - 1) / panels; /* NOLINT: no layer has 0 outputs */
    return (width + ROWS_BLOCK - 1) / ROWS_BLOCK * ROWS_BLOCK;
}

/* Where the chunk that begins with entry j of an ascending list of rows ends: CHUNK
 * entries on, or with the last row. */
static size_t chunk_end(const struct layer *layer, const uint32_t *rows, size_t count, size_t j,
                        size_t *last)
{
    const size_t end = j + CHUNK < count ? j + CHUNK : count;
    *last = end < count ? rows[end] : layer->inputs;
    return end;
}

/* A batch of one: nothing but outer products. */
static void update_single(struct walk *walk, struct layer *before)
{
    struct lg_net *net = walk->net;
    struct layer *layer = walk->layer;
    struct active rows;
    find_outer(net, layer, &rows);
    net_note(net, before ? LG_PATH_OUTER_CHUNKS : LG_PATH_OUTER_FIRST);
    if (!before) {
        update_outer_rows(walk, &rows, 0, rows.count);
        return;
    }
    const size_t n = layer->outputs, width = panel_width(net, n);
    for (size_t first = 0, last, j = 0, end; first < layer->inputs; first = last, j = end) {
        end = chunk_end(layer, rows.index, rows.count, j, &last);
        open_chunk(net, layer, before, 1, first, last);
        for (walk->from = 0; walk->from < n; walk->from = walk->to) {
            walk->to = walk->from + width < n ? walk->from + width : n;
            add_panel(walk, before);
            update_outer_rows(walk, &rows, j, end);
        }
        close_chunk(net, layer, before, 1, first, last);
    }
}

/* A batch in which each sample has its own non-zero inputs. */
static void update_sparse(struct walk *walk, struct layer *before)
{
    struct lg_net *net = walk->net;
    struct layer *layer = walk->layer;
    const struct columns *columns = &net->columns;
    turn_columns(&net->columns, layer, walk->batch);
    net_note_all(net, rows_paths(layer->outputs));
    net_note(net, !before                       ? LG_PATH_WALK_FIRST
                  : walk->batch >= PACKED_BATCH ? LG_PATH_WALK_LARGE
                                                : LG_PATH_WALK_CHUNKS);
    if (!before || walk->batch >= PACKED_BATCH) {
        if (before)
            product_input_gradient(net, layer, before, walk->batch);
        update_sparse_rows(walk, 0, layer->inputs, 0);
        return;
    }
    const size_t n = layer->outputs, width = panel_width(net, n);
    for (size_t first = 0, last, j = 0, end; first < layer->inputs; first = last, j = end) {
        end = chunk_end(layer, columns->input, columns->count, j, &last);
        open_chunk(net, layer, before, walk->batch, first, last);
        for (walk->from = 0; walk->from < n; walk->from = walk->to) {
            walk->to = walk->from + width < n ? walk->from + width : n;
            add_panel(walk, before);
            update_sparse_rows(walk, first, last, j);
        }
        close_chunk(net, layer, before, walk->batch, first, last);
    }
}

/* Most inputs are not zero: the packed product gives some gradient rows at a time. */
static void update_packed(struct walk *walk, struct layer *before)
{
    struct lg_net *net = walk->net;
    struct layer *layer = walk->layer;
    const struct nonzero_columns *nonzero = &layer->nonzero;
    if (before)
        product_input_gradient(net, layer, before, walk->batch);
    const size_t fit = GRADIENT_ENTRIES / layer->stride;
    const size_t chunk = fit > GRADIENT_ROWS ? fit : GRADIENT_ROWS;
    net_note(net, LG_PATH_PACKED);
    if (nonzero->count > chunk)
        net_note(net, LG_PATH_PACKED_PIECES);
    if (net->nonzero.count < net->nonzero.n)
        net_note(net, LG_PATH_PACKED_EXPANDED);
    for (size_t first = 0; first < nonzero->count; first += chunk) {
        const size_t count = nonzero->count - first < chunk ? nonzero->count - first : chunk;
        net_enter(net, LG_PHASE_BACKWARD);
        product_weight_gradient(net, layer, walk->batch, first, count);
        for (size_t j = 0; j < count; j++) {
            const real *row = net->gradient + j * layer->stride;
            if (net->nonzero.count < net->nonzero.n) {
                net_enter(net, LG_PHASE_BACKWARD);
                nonzero_expand(&net->nonzero, net->row, row);
                row = net->row;
            }
            layer->moved[nonzero->index[first + j]] = true;
            update_row(walk, nonzero->index[first + j], (struct gradient){1, row});
        }
    }
    if (net->zero_gradient == ZERO_IS_NOTHING)
        return;
    for (size_t i = 0, j = 0; i < layer->inputs; i++) {
        if (j < nonzero->count && nonzero->index[j] == i)
            j++;
        else
            update_idle_row(walk, i);
    }
}

/* The bias is the weight of an input that is always 1. */
static void update_bias(struct lg_net *net, struct layer *layer, const struct optimizer_step *now,
                        size_t batch)
{
    struct active ones = {
        .count = batch, .index = net->columns.sample, .value = net->columns.value};
    net_enter(net, LG_PHASE_BACKWARD);
    net_note_all(net, rows_paths(layer->outputs));
    for (size_t b = 0; b < batch; b++) {
        ones.index[b] = (uint32_t)b;
        ones.value[b] = 1;
    }
    rows_accumulate(net->gradient, NULL, &ones, layer->dz, layer->stride, layer->outputs);
    update_run(net, now, &layer->bias, 0, layer->outputs, (struct gradient){1, net->gradient});
}

bool net_backward(struct lg_net *net, size_t batch)
{
    struct optimizer_step now = {{0}};
    enter_update(net);
    net_note(net, net->sink == net->optimizer ? LG_PATH_STREAMED : LG_PATH_COLLECTED);
    if (net->sink == net->optimizer)
        optimizer_begin(net->optimizer, net_options_now(net), net->steps, net->scalars, &now);
    for (size_t l = net->config.layer_count; l-- > 0;) {
        struct layer *layer = &net->layers[l];
        bool finite = true;
        net_enter(net, LG_PHASE_BACKWARD);
        for (size_t b = 0; b < batch; b++) {
            real *dz = layer->dz + b * layer->stride;
            layer->activation->backward(&layer->activation_options, layer->outputs,
                                        layer->z + b * layer->stride, layer->h + b * layer->stride,
                                        dz, dz);
            finite &= row_is_finite(dz, layer->outputs);
            net->live_count[b] = rows_live(net->live + b * net->blocks, dz, layer->outputs);
        }
        if (!finite)
            return false;
        find_runs(net, layer, batch);
        if (batch >= PACKED_BATCH)
            product_find_nonzero_outputs(net, layer, batch);
        struct walk walk = {net, layer, &now, batch, 0, layer->outputs};
        struct layer *before = l ? layer - 1 : NULL;
        if (batch == 1)
            update_single(&walk, before);
        else if (layer->packed)
            update_packed(&walk, before);
        else
            update_sparse(&walk, before);
        update_bias(net, layer, &now, batch);
    }
    return true;
}

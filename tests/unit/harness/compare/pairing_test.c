#include "harness/compare/pairing.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/compare/roofline.h"
#include "tests/unit/fixture.h"

#define COST                                                                                       \
    "cell,is_control,loss,optimizer,label,precision,isa,batch,parameters,phase,blocks,steps,"      \
    "median_ns,"                                                                                   \
    "low_ns,high_ns,ns_per_parameter,ticks,cycles,weights_sha256\n"
#define SAMPLES "cell,is_control,phase,round,position,steps,wall_ns,ticks\n"
#define NOISE   "cell,phase,ratio,low,high,floor\n"
static const char machine[] =
    "{\"env\": {\"lossgrid\": \"v0\", \"machine\": {\"cpu\": \"A CPU\"}}, \"calibration\": "
    "{\"measures\": ["
    "{\"name\": \"fma_peak\", \"isa\": \"avx2\", \"precision\": \"f64\", \"median\": 60, "
    "\"low\": 57, \"high\": 63},"
    "{\"name\": \"fma_peak\", \"isa\": \"generic\", \"precision\": \"f64\", \"median\": 6},"
    "{\"name\": \"copy_bandwidth\", \"working_set_bytes\": 100000, \"median\": 50},"
    "{\"name\": \"copy_bandwidth\", \"working_set_bytes\": 4000, \"median\": 200}]}}";

static char folders[2][FIXTURE_PATH];
static struct timed_folder timed[2];
static struct pairing pairing;
static struct lg_error error;

static void put(int which, const char *name, const char *text)
{
    fixture_write(folders[which], name, text, strlen(text));
}

/* A cell with a step of 10 rounds around ns; its digest and copy. */
static void write_arm(int which, const char *cell, bool is_control, const char *isa, double ns,
                      const char *digest)
{
    char text[4096];
    int size =
        snprintf(text, sizeof text, "%s,%d,mse,sgd,%s,f64,%s,2,1000,step,10,10,%g,,,%g,%g,,%s\n",
                 cell, is_control, cell, isa, ns, ns / 1000, 2 * ns, digest);
    fixture_append(folders[which], "cost.csv", text, (size_t)size);
    size = 0;
    for (int i = 0; i < 10; i++)
        size += snprintf(text + size, sizeof text - (size_t)size, "%s,%d,step,%d,0,1,%g,\n", cell,
                         is_control, i, ns * (1 + 0.001 * (i % 5 - 2)));
    fixture_append(folders[which], "samples.csv", text, (size_t)size);
}

static void write_cell(int which, const char *cell, const char *isa, double ns, const char *digest)
{
    write_arm(which, cell, false, isa, ns, digest);
}

static void begin(void)
{
    for (int i = 0; i < 2; i++) {
        fixture_make_folder(folders[i]);
        put(i, "cost.csv", COST);
        put(i, "samples.csv", SAMPLES);
        put(i, "noise.csv",
            i == 0 ? NOISE "a,step,1,0.99,1.01,0.01\na,all,,,,0.05\n"
                   : NOISE "a,step,1,0.98,1.02,0.02\na,all,,,,0.05\n");
        put(i, "machine.json", machine);
    }
}

static void end(void)
{
    pairing_free(&pairing);
    for (int i = 0; i < 2; i++) {
        timed_folder_free(&timed[i]);
        fixture_remove_folder(folders[i]);
    }
}

TestSuite(pairing, .init = begin, .fini = end);

static void pair(void)
{
    for (int i = 0; i < 2; i++)
        cr_assert_eq(timed_folder_read(folders[i], &timed[i], &error), LG_OK, "%s:%d: %s",
                     error.file, error.line, error.message);
    cr_assert_eq(pairing_make(&timed[0], &timed[1], &pairing, &error), LG_OK, "%s", error.message);
}

static void assert_verdict(double ns, enum verdict expected)
{
    write_cell(0, "a", "avx2", 1000, "d1");
    write_cell(1, "a", "avx2", ns, "d1");
    pair();
    cr_assert_eq(pairing.count, 1);
    cr_assert_eq(pairing.all[0].verdict, expected, "%s", verdict_words[pairing.all[0].verdict]);
    cr_assert_float_eq(pairing.all[0].ratio.value, ns / 1000, 1e-12);
    cr_assert_eq(pairing.all[0].floor, 0.02, "not the larger floor of the phase");
    cr_assert_eq(pairing.refused, 0);
}

Test(pairing, slower)
{
    assert_verdict(1050, VERDICT_SLOWER);
}

Test(pairing, faster)
{
    assert_verdict(950, VERDICT_FASTER);
}

Test(pairing, same)
{
    assert_verdict(1010, VERDICT_SAME);
    cr_assert_str_eq(pairing.all[0].reason, "");
}

Test(pairing, undecided_says_why)
{
    assert_verdict(1020, VERDICT_UNDECIDED);
    cr_assert_str_eq(pairing.all[0].reason, "different, but perhaps by no more than noise");
}

Test(pairing, an_unknown_floor_names_no_winner)
{
    put(1, "noise.csv", NOISE);
    write_cell(0, "a", "avx2", 1000, "d1");
    write_cell(1, "a", "avx2", 5000, "d1");
    pair();
    cr_assert_eq(pairing.all[0].verdict, VERDICT_UNDECIDED);
    cr_assert_str_eq(pairing.all[0].reason, "a noise floor is unknown");
}

Test(pairing, other_weights_are_refused)
{
    write_cell(0, "a", "avx2", 1000, "d1");
    write_cell(0, "b", "avx2", 1000, "d1");
    write_cell(1, "a", "avx2", 1000, "d1");
    write_cell(1, "b", "avx2", 3000, "d2");
    pair();
    cr_assert_eq(pairing.cells, 1);
    cr_assert_eq(pairing.refused, 1);
    cr_assert_str_eq(pairing.first, "b");
    cr_assert_eq(pairing.all[1].verdict, VERDICT_NOT_COMPARABLE);
    cr_assert_str_eq(pairing.all[1].reason, "weights_sha256 differ: d1 and d2");
    cr_assert(isnan(pairing.all[1].ratio.value), "a ratio of unlike work");
    cr_assert(strstr(pairing.first_divergence.bytes, "no trace.csv next to") != NULL);
}

Test(pairing, missing_weights_are_refused)
{
    write_cell(0, "a", "avx2", 1000, "");
    write_cell(1, "a", "avx2", 1000, "");
    pair();
    cr_assert_eq(pairing.refused, 1);
    cr_assert_str_eq(pairing.all[0].reason, "a weights_sha256 is missing");
}

Test(pairing, refusal_names_where_the_traces_part)
{
    static const char trace[] = "cell,epoch,train_mse\na,1,0.5\na,2,0.25\n";
    put(0, "trace.csv", trace);
    put(1, "trace.csv", "cell,epoch,train_mse\na,1,0.5\na,2,0.26\n");
    write_cell(0, "a", "avx2", 1000, "d1");
    write_cell(1, "a", "avx2", 1000, "d2");
    pair();
    cr_assert_str_eq(pairing.first_divergence.bytes,
                     "the traces part at cell 'a', epoch 2, column "
                     "train_mse: 0.25 in the baseline, 0.26 in the other");
}

Test(pairing, cells_of_one_folder_are_listed)
{
    write_cell(0, "a", "avx2", 1000, "d1");
    write_cell(0, "b", "avx2", 1000, "d1");
    write_cell(1, "c", "avx2", 1000, "d1");
    write_arm(1, "a", true, "avx2", 3000, "d1");
    write_cell(1, "a", "avx2", 1000, "d1");
    write_cell(1, "b@aa", "avx2", 1000, "d1"); /* a name like any other */
    pair();
    cr_assert_eq(pairing.count, 4);
    cr_assert_str_eq(pairing.all[1].reason, "only in the baseline");
    cr_assert_str_eq(pairing.all[2].reason, "only in the other");
    cr_assert_str_eq(paired_cell(&pairing.all[2])->cell, "c");
    cr_assert_str_eq(paired_cell(&pairing.all[3])->cell, "b@aa");
    cr_assert_eq(pairing.refused, 0, "what is in one folder only is no contradiction");
}

/* Ten times as slow on a tenth of the peak: as good, and the peaks' intervals widen it. */
Test(pairing, normalised_by_calibration)
{
    write_cell(0, "a", "avx2", 1000, "d1");
    write_cell(1, "a", "generic", 10000, "d1");
    pair();
    const struct ratio *ratio = &pairing.all[0].ratio, *normalised = &pairing.all[0].normalised;
    cr_assert_eq(pairing.all[0].verdict, VERDICT_SLOWER);
    cr_assert_float_eq(normalised->value, 1.0, 1e-12);
    cr_assert_float_eq(normalised->low, ratio->low * 6 / 63, 1e-12);
    cr_assert_float_eq(normalised->high, ratio->high * 6 / 57, 1e-12);
}

Test(pairing, roofline)
{
    write_cell(0, "a", "avx2", 1000, "d1");
    write_cell(1, "a", "avx512", 1000, "d1");
    pair();
    struct timed_cell *cell = &timed[0].cells[0];
    /* 6 x 1000 parameters x 2 samples in 1000 ns of 60 GFLOP/s. */
    cr_assert_float_eq(roofline_share(&timed[0], cell, TIMED_STEP), 0.2, 1e-12);
    cr_assert(isnan(roofline_share(&timed[0], cell, TIMED_FORWARD)), "a phase that is not there");
    cell->costs[TIMED_UPDATE] = cell->costs[TIMED_LOSS] = cell->costs[TIMED_STEP];
    cell->costs[TIMED_UPDATE].values = cell->costs[TIMED_LOSS].values = NULL;
    /* 16000 bytes in 1000 ns; 8000 bytes are held by the larger working set, of 50 GB/s. */
    cr_assert_float_eq(roofline_share(&timed[0], cell, TIMED_UPDATE), 0.32, 1e-12);
    cr_assert(isnan(roofline_share(&timed[0], cell, TIMED_LOSS)), "no count of operations");
    cr_assert(isnan(roofline_share(&timed[1], &timed[1].cells[0], TIMED_STEP)),
              "a copy that was not calibrated");
    cr_assert(isnan(pairing.all[0].normalised.value));
}

Test(pairing, blocks_of_a_round_are_one_value)
{
    write_cell(1, "a", "avx2", 1000, "d1");
    put(0, "cost.csv", COST "a,0,mse,sgd,a,f64,avx2,2,1000,step,3,6,10,,,,,,d1\n");
    put(0, "samples.csv", SAMPLES "a,0,step,1,0,2,20,\na,0,step,1,5,2,60,\na,0,step,2,0,3,30,\n");
    pair();
    const struct timed_cost *cost = &timed[0].cells[0].costs[TIMED_STEP];
    cr_assert_eq(cost->rounds, 2);
    cr_assert_eq(cost->values[0], 20.0);
    cr_assert_eq(cost->values[1], 10.0);
    cr_assert(isnan(cost->ticks), "an empty field is no number");
    cr_assert_str_eq(pairing.all[0].reason, "too few rounds for an interval");
}

/* ---- What is wrong in a file --------------------------------------------- */

static void assert_refused(const char *file, const char *text, int line, const char *message)
{
    write_cell(0, "a", "avx2", 1000, "d1");
    put(0, file, text);
    cr_assert_eq(timed_folder_read(folders[0], &timed[0], &error), LG_INPUT);
    cr_assert(strstr(error.file, file) != NULL, "%s", error.file);
    cr_assert_eq(error.line, line, "line %d: %s", error.line, error.message);
    cr_assert(strstr(error.message, message) != NULL, "%s", error.message);
    timed_folder_free(&timed[0]); /* what was read before the mistake */
}

Test(pairing, missing_column)
{
    assert_refused("samples.csv", "cell,is_control,phase,round,steps\n", 1,
                   "column 'wall_ns' is missing");
}

Test(pairing, bad_number)
{
    assert_refused("samples.csv", SAMPLES "a,0,step,1,0,1,5,\na,0,step,2,0,1,1e3x,\n", 3,
                   "wall_ns is '1e3x', expected a number of 0 or more");
}

Test(pairing, no_steps)
{
    assert_refused("samples.csv", SAMPLES "a,0,step,1,0,0,5,\n", 2, "steps is 0, expected more");
}

Test(pairing, unknown_phase)
{
    assert_refused("samples.csv", SAMPLES "a,0,forwards,1,0,1,5,\n", 2, "did you mean 'forward'");
}

Test(pairing, sample_of_an_unknown_cell)
{
    assert_refused("samples.csv", SAMPLES "b,0,step,1,0,1,5,\n", 2, "has no row in cost.csv");
}

Test(pairing, nothing_timed)
{
    assert_refused("cost.csv", COST, 0, "no row; expected some cells");
}

Test(pairing, machine_without_env)
{
    assert_refused("machine.json", "{\"calibration\": null}", 0, "no \"env\"");
}

/* ---- States -------------------------------------------------------------- */

/* A cell with first steps of 500 ns and a later state of 1000 ns. */
static void write_states(int which, const char *state, const char *from, const char *first,
                         const char *late)
{
    char text[1024];
    put(which, "cost.csv",
        "cell,is_control,loss,optimizer,label,precision,isa,batch,parameters,phase,state,from_step,"
        "blocks,"
        "steps,median_ns,low_ns,high_ns,ns_per_parameter,ticks,cycles,weights_sha256\n");
    int size = snprintf(text, sizeof text,
                        "a,0,mse,sgd,a,f64,avx2,2,1000,step,first,16,10,10,500,,,1,2,,%s\n"
                        "a,0,mse,sgd,a,f64,avx2,2,1000,step,%s,%s,10,10,1000,,,1,2,,%s\n",
                        first, state, from, late);
    fixture_append(folders[which], "cost.csv", text, (size_t)size);
    put(which, "samples.csv", "cell,is_control,phase,state,round,position,steps,wall_ns,ticks\n");
    for (int i = 0; i < 20; i++) {
        size = snprintf(text, sizeof text, "a,0,step,%s,%d,0,1,%d,\n", i % 2 ? state : "first",
                        i / 2, i % 2 ? 1000 : 500);
        fixture_append(folders[which], "samples.csv", text, (size_t)size);
    }
}

Test(pairing, the_later_state_is_compared)
{
    write_states(0, "unsettled", "1024", "d1", "d2");
    write_states(1, "unsettled", "1024", "d1", "d2");
    pair();
    cr_assert_eq(pairing.count, 1);
    cr_assert_eq(timed[0].cells[0].costs[TIMED_STEP].ns, 1000);
    cr_assert_eq(timed[0].cells[0].costs[TIMED_STEP].rounds, 10, "of one state alone");
    cr_assert_eq(pairing.all[0].verdict, VERDICT_SAME);
}

Test(pairing, settled_states_are_comparable_wherever_they_are)
{
    write_states(0, "settled", "1024", "d1", "d2");
    write_states(1, "settled", "4096", "d1", "d3");
    pair();
    cr_assert_eq(pairing.refused, 0);
    cr_assert_eq(pairing.all[0].verdict, VERDICT_SAME);
}

Test(pairing, an_unsettled_state_elsewhere_is_not)
{
    write_states(0, "settled", "4096", "d1", "d2");
    write_states(1, "unsettled", "256", "d1", "d3");
    pair();
    cr_assert_eq(pairing.refused, 0, "the same training, at another point");
    cr_assert_eq(pairing.apart, 1);
    cr_assert_eq(pairing.all[0].verdict, VERDICT_NOT_COMPARABLE);
    cr_assert_not_null(strstr(pairing.all[0].reason, "unsettled at step 256"));
}

Test(pairing, settled_states_of_other_trainings_are_refused)
{
    write_states(0, "settled", "1024", "d1", "d2");
    write_states(1, "settled", "4096", "d4", "d3");
    pair();
    cr_assert_eq(pairing.refused, 1);
}

Test(pairing, what_is_neither_control_nor_not_is_named)
{
    assert_refused("cost.csv", COST "a,yes,mse,sgd,a,f64,avx2,2,1000,step,3,6,10,,,,,,d1\n", 2,
                   "is_control is 'yes', expected 0 or 1");
    assert_refused("cost.csv", "cell,loss,optimizer\n", 1,
                   "column 'is_control' is missing; expected a file of this version's");
}

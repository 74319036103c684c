#include "harness/timing/timing_json.h"

#include "harness/support/version.h"

static json_t *word_or_null(const char *word)
{
    return word != NULL && word[0] != '\0' ? json_string(word) : json_null();
}

static json_t *first_json(const struct timed_arm *arm)
{
    const struct arm_point *point = &arm->points[ARM_FIRST];
    return json_pack("{s:I, s:s}", "step", (json_int_t)point->steps, "weights_sha256",
                     point->weights_sha256);
}

/* Where it was timed late in its training, and what is known of that. */
static json_t *late_json(const struct timed_arm *arm)
{
    const struct settling *settling = &arm->settling;
    const struct arm_point *point = &arm->points[ARM_LATE];
    const bool is_settled = settling_is_settled(settling);
    json_t *object =
        json_pack("{s:b, s:I, s:I, s:I, s:s, s:s}", "settled", is_settled, "step",
                  (json_int_t)point->steps, "last_change_at_step", (json_int_t)settling->anchor,
                  "trains_to_step", (json_int_t)arm->config.total_steps, "looked_no_further",
                  settling_words[settling->end], "weights_sha256", point->weights_sha256);
    if (is_settled)
        json_object_set_new(object, "unchanged_within", json_real(settling->resolution));
    return object;
}

static json_t *arms_json(const struct timing *timing)
{
    json_t *arms = json_array();
    for (size_t i = 0; i < timing->arm_count; i++) {
        const struct timed_arm *arm = &timing->arms[i];
        json_t *object = json_pack("{s:s, s:b, s:o, s:s}", "cell", arm->cell->slug, "is_control",
                                   arm->is_control, "label", word_or_null(arm->cell->label), "key",
                                   arm->cell->key);
        if (arm->skipped[0] != '\0')
            json_object_set_new(object, "skipped", word_or_null(arm->skipped));
        else
            json_object_update_new(
                object, json_pack("{s:I, s:I, s:I, s:I, s:o, s:o}", "batch", (json_int_t)arm->batch,
                                  "steps_from_there", (json_int_t)arm->span, "times_in_a_block",
                                  (json_int_t)arm->repeats, "pieces_on_the_first_samples",
                                  (json_int_t)arm->refused, "first", first_json(arm), "late",
                                  late_json(arm)));
        /* Nobody shall take a time with an injected slow-down for a measured one. */
        if (arm->slow_down.share > 0)
            json_object_update_new(object,
                                   json_pack("{s:f, s:I, s:b}", "injected_slow_down_percent",
                                             100 * arm->slow_down.share, "injected_from_step",
                                             (json_int_t)arm->slow_down.from, "injected_grows",
                                             arm->slow_down.grows));
        json_array_append_new(arms, object);
    }
    return arms;
}

static bool any_is_slowed(const struct timing *timing)
{
    bool any = false;
    for (size_t i = 0; i < timing->arm_count; i++)
        any |= timing->arms[i].slow_down.share > 0;
    return any;
}

static json_t *method_json(const struct timing *timing, const struct timing_facts *facts)
{
    const struct timed_arm *control = timing_control(timing);
    json_t *method = json_pack("{s:I, s:f, s:f, s:s, s:b, s:I, s:s, s:s}", "seed",
                               (json_int_t)timing->effort.seed, "budget_s",
                               (double)timing->effort.budget_ns * 1e-9, "precision_percent",
                               100 * timing->effort.precision, "counters", timing->effort.counters,
                               "strict", facts->is_strict, "rounds", (json_int_t)timing->rounds,
                               "stopped", stop_words[timing->stop], "interval",
                               "95 % of the median, between order "
                               "statistics");
    if (facts->processor >= 0)
        json_object_set_new(method, "pinned_to_processor", json_integer(facts->processor));
    else
        json_object_set_new(method, "not_pinned", word_or_null(facts->unpinned));
    json_object_set_new(method, "measured_twice",
                        control != NULL ? json_string(control->cell->slug) : json_null());
    json_object_set_new(method, "phases_by", json_string(timing->ticks.name));
    json_object_set_new(method, "phases_reading_ns",
                        json_real(timing->phases.bare_ticks * 1e9 / timing->ticks.hz));
    if (timing->ticks.why[0] != '\0')
        json_object_set_new(method, "phases_fall_back", word_or_null(timing->ticks.why));
    if (any_is_slowed(timing))
        json_object_set_new(method, "warning",
                            json_string("a slow-down was injected to test the method: these are "
                                        "no measurements"));
    if (facts->system[0] != '\0')
        json_object_set_new(method, "conditions_read_under", word_or_null(facts->system));
    return method;
}

json_t *timing_manifest_json(const struct timing *timing, const struct timing_facts *facts)
{
    const struct manifest *manifest = &facts->manifest;
    return json_pack(
        "{s:{s:s}, s:o, s:o, s:{s:s, s:s, s:s}, s:{s:s, s:s}, s:o, s:o, s:o, s:o, s:o}", "lossgrid",
        "version", version_text(), "spec", manifest_spec_json(manifest), "data",
        manifest_data_json(manifest), "build", "compiler", version_compiler(), "flags",
        version_flags(), "variant", version_variant(), "engine", "isa", manifest->isa, "precision",
        lg_precision_name(manifest->experiment->precision), "timing", method_json(timing, facts),
        "counters", readings_json(&timing->readings), "arms", arms_json(timing), "started",
        manifest_instant(manifest->started), "finished", manifest_instant(manifest->finished));
}

json_t *timing_machine_json(const struct timing_facts *facts)
{
    json_t *root = json_pack("{s:O}", "env", facts->env);
    if (root != NULL && facts->calibration != NULL)
        json_object_set(root, "calibration", facts->calibration);
    else if (root != NULL)
        json_object_update_new(root, json_pack("{s:n, s:s}", "calibration", "calibration_absent",
                                               facts->calibration_absent));
    return root;
}

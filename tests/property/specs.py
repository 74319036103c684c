"""Random small specs: what the property test tries.

`draw(rng, catalogue)` returns the text of a spec and options for `run`. Most specs are
sound; some have one fault injected at random (`Spec.faulty`), and what an option's value
may be is not known here, so that others are refused for that. Lines are `key: JSON`, which
is YAML, so that a message's line can be checked.
"""

import json
from dataclasses import dataclass, field

XOR, PIXELS = 2, 784

LABELS = [
    "plain", "two words", "a$b$c", "$x^2$", "a|b", "<i>tag</i>", "back\\nslash", "per%cent %s",
    "under_score", "{braces}", "car^et", "am&p;", "`tick`", "**bold**", "[link](x)", "#hash",
    "x=1: 2", "tilde~", "ünïcode", "日本語のラベル", "שלום", "\U0001f600", "e\u0301",
    "a\u202eb", "a" * 80, "../up", "a/b", "nan", "1e5", "0", "null", "true", "-", " ", "",
    "a,b", 'qu"ote', "it's", "line\nbreak", "tab\tstop", "\x1b[31mred", "del\x7f", "c1\x9b",
    "@aa", "a @aa", "\\", "end\\", "{/Symbol a}", "@sup", "~/x", "a;b", "\u2028", "CON", "A", "a",
]
TITLES = ["", "A title", "# heading", "$a$ and $b$", "<script>x</script>", "a|b", "line\nbreak",
          "\x1b]0;x\x07", "日本語", "%s %n", "`", "\u202eabc", "$", "${name}", "{{ name }}", "\\n"]


@dataclass
class Spec:
    """One spec to try. `keys`: top-level key -> value; `options`: of the command `run`."""
    keys: dict
    options: list = field(default_factory=list)
    faulty: str = ""

    def text(self):
        return "".join(f"{key}: {json.dumps(value, ensure_ascii=not ascii_safe(value))}\n"
                       for key, value in self.keys.items())


def ascii_safe(value):
    """True if JSON may keep the characters: YAML takes no control characters raw."""
    return all(c.isprintable() for c in json.dumps(value, ensure_ascii=False))


@dataclass
class Catalogue:
    """What `lossgrid list` says: name -> {option: default as text}."""
    losses: dict
    compares: dict  # loss -> its inputs and target in words
    optimizers: dict
    activations: dict
    initialisations: dict
    schedules: dict


def number(rng, default):
    """A value near an option's default, seldom one far off."""
    if default in ("true", "false"):
        return rng.random() < 0.5
    try:
        value = float(default)
    except ValueError:
        return default.strip("[]") and default or []
    if rng.random() < 0.04:
        return rng.choice([0, 1, -1, 2, 1e-30, 1e30, 1e-46, 0.5, 1000000, 1e308])
    # What lies just below 1 is a decay, and must stay there.
    scaled = value * rng.choice([1, 0.5, 0.1, 0.9] + ([2, 10] if not 0.5 <= value < 1 else []))
    return int(scaled) if scaled == int(scaled) else scaled


def an_axis(rng, value):
    """A few values about one, given by their ends; seldom ends that are none."""
    low, high = value * rng.choice([0.1, 0.5, 0.9]), value * rng.choice([1, 1, 2])
    if isinstance(value, int):
        low, high = value, value + rng.choice([1, 2, 5])
    form = rng.choice(["log", "linear", "uniform", "log_uniform", "integer_uniform"])
    few = rng.choice([2, 2, 3]) if rng.random() < 0.9 else rng.choice([0, 1, -1, 1.5, "x", 10**6])
    if rng.random() < 0.05:
        low, high = high, low
    if form in ("log", "linear"):
        return {form: [low, high], "points": few}
    drawn = {"random": form, "range": [low, high], "count": few}
    if rng.random() < 0.3:
        drawn["seed"] = rng.randrange(5)
    return drawn


def an_exclusion(rng, block):
    """Part of the block, by its first or its last entries; some leave out nothing, or all."""
    entry = {}
    for key, entries in (("loss", block["losses"]), ("optimizer", block["optimizers"])):
        picked = rng.choice([None, entries[0], entries[-1]])
        if picked is not None:
            entry[key] = picked if isinstance(picked, str) else {
                option: value for option, value in picked.items()
                if option == "name" or not isinstance(value, dict)}
    return [entry]


def choice(rng, table, name, axis=False):
    """A name, or a mapping with an option or two."""
    options = table[name]
    if not options or rng.random() < 0.5:
        return name
    picked = rng.sample(sorted(options), min(len(options), rng.choice([1, 1, 2])))
    result = {"name": name}
    for option in picked:
        value = number(rng, options[option])
        if axis and rng.random() < 0.3 and not isinstance(value, (list, str)):
            other = number(rng, options[option])
            if rng.random() < 0.4 and not isinstance(value, bool):
                value = an_axis(rng, value)
            else:
                value = [value, other] if value != other else value
        result[option] = value
    return result


def losses_for(task, catalogue):
    def fits(name):
        words = catalogue.compares[name]
        inputs, target = int(words[0]), words.split("target: ")[1]
        by_class = target.startswith(("a class", "classes"))
        paired = "whether its inputs" in target
        if task == "reconstruct":
            return target.startswith("a number") and inputs <= 2
        if task == "classify":
            return inputs == 1 and not paired and target != "none"
        if task == "pair":
            return inputs == 2 and paired
        if task == "rank":
            return inputs == 2 and not paired and not by_class and not target.startswith("a num")
        return inputs == 3
    return [name for name in catalogue.losses if fits(name)]


def last_layer(rng, task, loss, inputs, classes, catalogue):
    """(outputs, activation) that the loss asks for."""
    words = catalogue.compares[loss]
    if task == "reconstruct":
        outputs = inputs * int(words[0])
    elif task == "classify":
        outputs = 1 if words.endswith("-1 or 1 for each prediction") and classes == 2 else classes
    elif task == "rank":
        outputs = 1
    else:
        outputs = rng.choice([1, 2, 3])
    if "from 0 to 1;" in words:
        return outputs, rng.choice(["sigmoid", "softmax"])
    if loss in ("nll", "kl_div"):
        return outputs, "log_softmax"
    return outputs, rng.choice(sorted(catalogue.activations))


def draw_grid(rng, task, loss, catalogue, many):
    fitting = [name for name in losses_for(task, catalogue)
               if catalogue.compares[name] == catalogue.compares[loss]]
    blocks = []
    count = rng.choice([1, 1, 2, 3])
    labels = rng.sample(LABELS, count)
    for i in range(count):
        others = [name for name in fitting if name != loss]
        names = [loss] + rng.sample(others, min(len(others), rng.choice([0, 0, 1, 2])))
        block = {"losses": [choice(rng, catalogue.losses, n, True) for n in names],
                 "optimizers": [choice(rng, catalogue.optimizers, n, True)
                                for n in rng.sample(many, rng.choice([1, 1, 2]))]}
        if i > 0 or rng.random() < 0.5:
            block["label"] = labels[i]
        if rng.random() < 0.1:
            block["draw"] = rng.choice([1, 2, 3])
        if rng.random() < 0.1:
            block["seeds"] = rng.sample(range(5), rng.choice([1, 2]))
        if rng.random() < 0.12:
            block["batch"] = rng.choice([2, [1, 3], {"log": [1, 4], "points": 3}, [], 0])
        if rng.random() < 0.12:
            block["schedule"] = [choice(rng, catalogue.schedules, name, True)
                                 for name in rng.sample(sorted(catalogue.schedules), 2)]
        if rng.random() < 0.12:
            names = sorted(catalogue.initialisations)
            block["initialisation"] = rng.sample(names, rng.choice([1, 2]))
        if rng.random() < 0.12:
            block["exclude"] = an_exclusion(rng, block)
        blocks.append(block)
    return blocks[0] if len(blocks) == 1 and rng.random() < 0.5 else blocks


def inject_fault(rng, spec):
    """One mistake of the kind that people make."""
    keys = spec.keys
    spec.faulty = rng.choice(["unknown key", "wrong type", "missing", "zero", "unknown name",
                              "wrong inputs", "empty list", "negative"])
    if spec.faulty == "unknown key":
        keys[rng.choice(["epoch", "\x1b[2Jkey", "ключ", "a\nb", ""])] = 1
    elif spec.faulty == "wrong type":
        keys[rng.choice(sorted(keys))] = rng.choice([[], {}, "x", 1.5, None, [[]]])
    elif spec.faulty == "missing":
        del keys[rng.choice([k for k in ("model", "epochs", "grid") if k in keys])]
    elif spec.faulty == "zero":
        keys[rng.choice(["epochs", "batch", "samples"])] = 0
    elif spec.faulty == "unknown name":
        keys[rng.choice(["dataset", "task", "precision", "evaluate", "schedule"])] = rng.choice(
            ["mnst", "\x1b[31m", "é", "", "x" * 500])
    elif spec.faulty == "wrong inputs":
        keys["model"]["inputs"] = rng.choice([1, 3, 785, -1, 1e99])
    elif spec.faulty == "empty list":
        keys[rng.choice(["seeds", "metrics", "grid", "classes"])] = []
    else:
        keys[rng.choice(["epochs", "batch", "samples", "seeds"])] = -1


def draw_evaluation(rng, keys, dataset):
    """A validation split, early stopping, targets and evaluations within epochs, at random."""
    samples = keys.get("samples", "all")
    samples = samples if samples != "all" else 4 if dataset == "xor" else 60000
    parts = ["train"]
    if samples > 1 and rng.random() < 0.3:
        held = rng.randint(1, samples - 1)
        keys["validation"] = rng.choice([held, {"samples": held, "seed": rng.randint(0, 9)}])
        parts.append("validation")
        if rng.random() < 0.5:
            keys["evaluate"] = rng.choice(["none", "test", "end"])
    is_measured = "validation" in keys or keys.get("evaluate", "test") == "test"
    if is_measured and rng.random() < 0.2:
        keys["evaluate_every"] = rng.choice([1, 2, 3, 7, 50])
    if rng.random() < 0.2:
        keys["stop"] = {"metric": f"{rng.choice(parts)}_loss", "patience": rng.choice([1, 2])}
        if rng.random() < 0.5:
            keys["stop"]["least_change"] = rng.choice([0, 0.01, 1e3])
        if rng.random() < 0.5:
            keys["stop"]["reaches"] = rng.choice([0.1, 1])
    if rng.random() < 0.2:
        keys["targets"] = [{"metric": f"{part}_loss", "value": rng.choice([0, 0.01, 1, 100])}
                           for part in parts]


def draw(rng, catalogue):
    dataset = rng.choice(["xor", "xor", "xor", "mnist"])
    inputs = XOR if dataset == "xor" else PIXELS
    task = rng.choice(["reconstruct", "reconstruct", "classify", "classify", "pair", "rank",
                       "triplet"])
    classes = 2 if dataset == "xor" else 10
    keys = {"dataset": dataset, "task": task}
    if rng.random() < 0.3:
        keys["title"] = rng.choice(TITLES)
    if rng.random() < 0.3:
        keys["description"] = rng.choice(TITLES)
    if dataset == "mnist" and rng.random() < 0.3:
        classes = rng.choice([2, 3])
        keys["classes"] = rng.sample(range(10), classes)
    loss = rng.choice(losses_for(task, catalogue))
    outputs, last = last_layer(rng, task, loss, inputs, classes, catalogue)
    hidden = [{"outputs": rng.choice([1, 2, 3, 5, 8]),
               "activation": choice(rng, catalogue.activations,
                                    rng.choice(sorted(catalogue.activations)))}
              for _ in range(rng.choice([0, 1, 1, 2]))]
    keys["model"] = {"inputs": inputs, "layers": hidden + [
        {"outputs": outputs, "activation": choice(rng, catalogue.activations, last)}]}
    # Each epoch measures the whole test set, 10000 images.
    keys["epochs"] = rng.choice([1, 1, 2] if dataset == "mnist" else [1, 1, 2, 3, 5, 12])
    if rng.random() < 0.5:
        keys["batch"] = rng.choice([1, 2, 3, 4, 6, 7, 16, 33])
    if dataset == "mnist":
        keys["samples"] = rng.choice([1, 2, 7, 40, 100])
    elif rng.random() < 0.2:
        keys["samples"] = rng.choice([1, 2, 3, 4, "all"])
    if rng.random() < 0.3:
        keys["precision"] = rng.choice(["f32", "f64"])
    if rng.random() < 0.3:
        keys["shuffle"] = rng.random() < 0.5
    if rng.random() < 0.4:
        keys["seeds"] = rng.sample(range(10), rng.choice([1, 2, 3]))
    if dataset == "mnist" and task == "reconstruct" and rng.random() < 0.8:
        keys["evaluate"] = "none"
    elif rng.random() < 0.4:
        keys["evaluate"] = rng.choice(["none", "test"])
    if rng.random() < 0.3:
        keys["initialisation"] = {"method": choice(rng, catalogue.initialisations, rng.choice(
            sorted(catalogue.initialisations)))}
        if rng.random() < 0.3:
            keys["initialisation"]["rng"] = "torch7"
    if rng.random() < 0.3:
        keys["schedule"] = choice(rng, catalogue.schedules,
                                  rng.choice(sorted(catalogue.schedules)))
    many = sorted(catalogue.optimizers)
    if rng.random() < 0.2:
        keys["clip"] = {rng.choice(["value", "norm"]): rng.choice([0.1, 1, 1e-8])}
    if rng.random() < 0.1:
        keys["penalty"] = {"l1": rng.choice([1e-4, 1])}
    if "clip" in keys or "penalty" in keys:
        many = [name for name in many if name not in ("cg", "lbfgs", "gd")]
    if rng.random() < 0.2:
        keys["metrics"] = rng.sample(losses_for(task, catalogue), 1)
    if rng.random() < 0.1 and task == "reconstruct":
        keys["terms"] = [{"loss": "abs", "weight": 0.5}]
    if rng.random() < 0.2:
        keys["image"] = {"sample": rng.choice([1, 2, "last", 4 if dataset == "xor" else 60000])}
    keys["grid"] = draw_grid(rng, task, loss, catalogue, many)
    draw_evaluation(rng, keys, dataset)
    spec = Spec(keys)
    if rng.random() < 0.12:
        inject_fault(rng, spec)
    if rng.random() < 0.2:
        spec.options += ["--jobs", str(rng.choice([1, 2]))]
    if rng.random() < 0.1:
        spec.options += ["--isa", "generic"]
    if rng.random() < 0.1:
        spec.options += ["--set", "epochs=1"]
    if rng.random() < 0.05:
        spec.options += ["--shard", "0/2"]
    return spec

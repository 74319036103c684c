"""Kernels against the machine's limits, training steps against PyTorch.

bench.py PROGRAM --out DIR [--rounds N] [--only TEXT]

Steps: both programs train the article's network on one thread on synthetic images
that are as sparse as MNIST, in alternating rounds of one run, so that whatever
else the machine does hits both. A ratio is PyTorch's time over lossgrid's in the
same round; given are the median and a 95 % bootstrap interval of it. PyTorch
missing is said and is no failure.

DIR receives kernels.csv, steps.csv, bench.md and roofline.svg, roofline.png.
"""
import argparse
import csv
import ctypes
import os
import pathlib
import platform
import random
import statistics
import subprocess
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

CASES = [
    (precision, batch, optimizer)
    for precision in ("f32", "f64")
    for batch in (1, 16, 128, 512)
    for optimizer in ("sgd", "adagrad", "adam")
]
SIZES = [784, 128, 32, 128, 784]

# What we want to be, times PyTorch: f32, one thread (docs/benchmark.md).
GOALS = {(1, "sgd"): 45, (1, "adagrad"): 10, (1, "adam"): 12, (128, "sgd"): 1.8, (128, "adam"): 1.9}


class Lossgrid:
    def __init__(self, program, precision, batch, optimizer, steps):
        self.process = subprocess.Popen(
            [program, precision, optimizer, str(batch), str(steps)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.steps = steps

    def round(self):
        """Microseconds a step."""
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline()) / self.steps / 1000

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def images(torch, count, dtype):
    """Discs of random pixels on black: as with digits, one pixel in five, and two thirds
    of the pixels in some image of a hundred."""
    y, x = torch.meshgrid(torch.arange(28), torch.arange(28), indexing="ij")
    centres = torch.randint(8, 20, (count, 2))
    distance = (x - centres[:, :1, None]) ** 2 + (y - centres[:, 1:, None]) ** 2
    return (torch.rand(count, 28, 28, dtype=dtype) * (distance < 49)).reshape(count, 784)


class Torch:
    def __init__(self, torch, precision, batch, optimizer, steps):
        torch.set_num_threads(1)
        torch.manual_seed(0)
        dtype = torch.float32 if precision == "f32" else torch.float64
        layers = []
        for inputs, outputs in zip(SIZES, SIZES[1:]):
            layers += [torch.nn.Linear(inputs, outputs, dtype=dtype), torch.nn.ReLU()]
        self.model = torch.nn.Sequential(*layers)
        self.loss = torch.nn.MSELoss()
        kind = {"sgd": torch.optim.SGD, "adagrad": torch.optim.Adagrad, "adam": torch.optim.Adam}
        defaults = {"sgd": 1e-3, "adagrad": 1e-2, "adam": 1e-3}
        self.optimizer = kind[optimizer](self.model.parameters(), lr=defaults[optimizer])
        count = max(1, 2048 // batch)
        self.batches = images(torch, count * batch, dtype).reshape(count, batch, 784)
        self.steps = steps

    def round(self):
        start = time.perf_counter()
        for step in range(self.steps):
            x = self.batches[step % len(self.batches)]
            self.optimizer.zero_grad()
            self.loss(self.model(x), x).backward()
            self.optimizer.step()
        return (time.perf_counter() - start) / self.steps * 1e6


def interval(values):
    """95 % bootstrap interval of the median."""
    rng = random.Random(0)
    medians = sorted(statistics.median(rng.choices(values, k=len(values))) for _ in range(1000))
    return medians[25], medians[974]


def measure(torch, program, rounds, case):
    precision, batch, optimizer = case
    steps = max(2, 256 // batch)
    ours = Lossgrid(program, precision, batch, optimizer, steps * (10 if batch == 1 else 1))
    theirs = Torch(torch, precision, batch, optimizer, steps)
    ours.round(), theirs.round()
    pairs = [(ours.round(), theirs.round()) for _ in range(rounds)]
    ours.close()
    ratios = [t / o for o, t in pairs]
    low, high = interval(ratios)
    return {
        "precision": precision, "batch": batch, "optimizer": optimizer, "rounds": rounds,
        "lossgrid_us": round(statistics.median(o for o, _ in pairs), 2),
        "lossgrid_best_us": round(min(o for o, _ in pairs), 2),
        "torch_us": round(statistics.median(t for _, t in pairs), 1),
        "torch_best_us": round(min(t for _, t in pairs), 1),
        "ratio": round(statistics.median(ratios), 2),
        "ratio_low": round(low, 2), "ratio_high": round(high, 2),
    }


def kernels(program):
    text = subprocess.run([program, "kernels"], check=True, capture_output=True, text=True).stdout
    return list(csv.DictReader(text.splitlines()))


def peaks(rows):
    """The best FMA rate seen for each copy."""
    best = {}
    for row in rows:
        if row["what"] == "fma peak":
            key = row["precision"], row["isa"]
            best[key] = max(best.get(key, 0), float(row["value"]))
    return best


def intensity(shape, precision):
    """FMAs per byte of a product whose three matrices are each moved once."""
    m, n, k = map(int, shape.split("x"))
    return m * n * k / ((m * k + k * n + m * n) * (4 if precision == "f32" else 8))


def roofline(rows, out):
    try:
        import matplotlib
    except ImportError:
        print("bench: no matplotlib, so no roofline figure")
        return
    matplotlib.use("svg")
    import matplotlib.pyplot as plt
    plt.rcParams.update({"svg.hashsalt": "lossgrid", "font.size": 11})
    figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
    colours = {"f32": "#0072B2", "f64": "#D55E00"}
    markers = {"forward product": "o", "weight gradient product": "s",
               "input gradient product": "^"}
    isa = rows[0]["isa"]
    for precision, colour in colours.items():
        mine = [r for r in rows if (r["precision"], r["isa"]) == (precision, isa)]
        peak = peaks(mine)[precision, isa]
        for bandwidth in (r for r in mine if r["what"] == "read bandwidth"
                          and r["shape"] in ("512 KiB", "128 MiB")):
            slope = float(bandwidth["value"])
            xs = [0.05, peak / slope, 100]
            axes.plot(xs, [min(peak, x * slope) for x in xs], color=colour, lw=1.5,
                      ls="-" if bandwidth["shape"] == "512 KiB" else "--",
                      label=f"{precision}: {peak:.0f} GFMA/s, {bandwidth['shape']} at {slope:.0f} GB/s")
        for r in mine:
            if r["what"] in markers:
                axes.plot(intensity(r["shape"], precision), float(r["value"]), markers[r["what"]],
                          color=colour, ms=8, mfc="none", mew=1.8)
    for name, marker in markers.items():
        axes.plot([], [], marker, color="black", mfc="none", label=name)
    axes.set(xscale="log", yscale="log", xlabel="FMAs per byte moved", ylabel="GFMA/s, one thread",
             xlim=(0.05, 100), title=f"Products against the machine's limits, {isa}")
    axes.grid(color="#e0e0e0")
    axes.legend(fontsize=9, loc="lower right")
    figure.savefig(out / "roofline.svg", metadata={"Date": None})
    figure.savefig(out / "roofline.png", dpi=110)


def machine():
    """What this machine is, in one line; what cannot be read is left out."""
    facts = {}
    try:
        for line in open("/proc/cpuinfo"):
            key, _, value = line.partition(":")
            facts.setdefault(key.strip(), value.strip())
    except OSError:
        pass
    parts = [facts.get("model name") or platform.processor() or "unknown CPU"]
    parts += [f"{name} {facts[key]}" for name, key in
              (("family", "cpu family"), ("model", "model"), ("stepping", "stepping"))
              if key in facts]
    caches = pathlib.Path("/sys/devices/system/cpu/cpu0/cache")
    parts += [f"L{(c / 'level').read_text().strip()} {(c / 'size').read_text().strip()}"
              for c in sorted(caches.glob("index*"))
              if (c / "type").read_text().strip() != "Instruction"]
    if "hypervisor" in facts.get("flags", ""):
        parts.append("virtual")
    return ", ".join(parts + [f"{os.cpu_count()} CPUs", platform.platform()])


def blas():
    """The library that PyTorch multiplies with, and the kernel it chose."""
    try:
        library = ctypes.CDLL("libopenblas.so.0")
        for name in ("openblas_get_config", "openblas_get_corename"):
            getattr(library, name).restype = ctypes.c_char_p
        return f"{library.openblas_get_config().decode()}, running {library.openblas_get_corename().decode()}"
    except (OSError, AttributeError):
        return "not OpenBLAS"


def goal_table(rows):
    yield "| f32, one thread | wanted | reached | 95 % | |"
    yield "|---|---:|---:|---|---|"
    for r in rows:
        goal = GOALS.get((r["batch"], r["optimizer"]))
        if goal and r["precision"] == "f32":
            verdict = "yes" if r["ratio"] >= goal else "**no**"
            yield (f"| batch {r['batch']}, {r['optimizer']} | {goal}× | {r['ratio']}× "
                   f"| {r['ratio_low']} to {r['ratio_high']} | {verdict} |")


def kernel_table(rows):
    best = peaks(rows)
    yield "| copy | what | shape | rate | of the FMA peak |"
    yield "|---|---|---|---:|---:|"
    for row in rows:
        share = ""
        if row["unit"] == "GFMA/s" and row["what"] != "fma peak":
            share = f"{100 * float(row['value']) / best[row['precision'], row['isa']]:.0f} %"
        yield (f"| {row['precision']} {row['isa']} | {row['what']} | {row['shape']} "
               f"| {row['value']} {row['unit']} | {share} |")


def step_table(rows):
    yield "| step | lossgrid, µs | best | PyTorch, µs | best | ratio | 95 % |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for r in rows:
        yield (f"| {r['precision']}, batch {r['batch']}, {r['optimizer']} | {r['lossgrid_us']} "
               f"| {r['lossgrid_best_us']} | {r['torch_us']} | {r['torch_best_us']} "
               f"| **{r['ratio']}** | {r['ratio_low']} to {r['ratio_high']} |")


def write_csv(path, rows):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", help="only cases whose name contains this")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)

    limits = kernels(arguments.program)
    write_csv(arguments.out / "kernels.csv", limits)
    roofline(limits, arguments.out)
    page = ["# Benchmark", "", machine(), "",
            *kernel_table(limits), ""]
    print("\n".join(page))
    try:
        import torch
    except ImportError:
        print("bench: PyTorch is not here (Debian: python3-torch); nothing to compare steps with")
        (arguments.out / "bench.md").write_text("\n".join(page))
        return
    page += [f"Steps against PyTorch {torch.__version__} with {blas()}, one thread, "
             f"{arguments.rounds} interleaved rounds each.", ""]
    steps = []
    for case in CASES:
        name = f"{case[0]}, batch {case[1]}, {case[2]}"
        if arguments.only in name:
            steps.append(measure(torch, arguments.program, arguments.rounds, case))
            print(name, steps[-1]["ratio"], flush=True)
    write_csv(arguments.out / "steps.csv", steps)
    page += [*goal_table(steps), "", *step_table(steps)]
    (arguments.out / "bench.md").write_text("\n".join(page) + "\n")
    print("\n".join([*goal_table(steps), "", *step_table(steps)]))
    print(arguments.out / "bench.md")


if __name__ == "__main__":
    main()

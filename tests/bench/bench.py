"""Training steps of the article's network: lossgrid against PyTorch.

bench.py PROGRAM [--rounds N]

Both run on one thread on the same synthetic images, in alternating rounds within
one run, so that whatever else the machine does hits both. A ratio is PyTorch's
time over lossgrid's in the same round; the table gives the median and a 95 %
bootstrap interval. PyTorch missing is said and is no failure.
"""
import argparse
import random
import statistics
import subprocess
import time

CASES = [
    (precision, optimizer, batch)
    for precision in ("f32", "f64")
    for batch in (1, 16, 128)
    for optimizer in ("sgd", "adagrad", "adam")
]


class Lossgrid:
    def __init__(self, program, precision, optimizer, batch, steps):
        self.process = subprocess.Popen(
            [program, precision, optimizer, str(batch), str(steps)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.steps = steps

    def round(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline()) / self.steps / 1000

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Torch:
    def __init__(self, precision, optimizer, batch, steps):
        import torch
        torch.set_num_threads(1)
        torch.manual_seed(0)
        dtype = torch.float32 if precision == "f32" else torch.float64
        sizes = [784, 128, 32, 128, 784]
        layers = []
        for inputs, outputs in zip(sizes, sizes[1:]):
            layers += [torch.nn.Linear(inputs, outputs, dtype=dtype), torch.nn.ReLU()]
        self.model = torch.nn.Sequential(*layers)
        self.loss = torch.nn.MSELoss()
        kind = {"sgd": torch.optim.SGD, "adagrad": torch.optim.Adagrad, "adam": torch.optim.Adam}
        self.optimizer = kind[optimizer](self.model.parameters(), lr=1e-3)
        self.data = torch.rand(64, batch, 784, dtype=dtype)
        self.data *= torch.rand_like(self.data) < 0.2
        self.steps = steps

    def round(self):
        start = time.perf_counter()
        for step in range(self.steps):
            x = self.data[step % 64]
            self.optimizer.zero_grad()
            self.loss(self.model(x), x).backward()
            self.optimizer.step()
        return (time.perf_counter() - start) / self.steps * 1e6


def interval(values):
    """95 % bootstrap interval of the median."""
    rng = random.Random(0)
    medians = sorted(
        statistics.median(rng.choices(values, k=len(values))) for _ in range(1000))
    return medians[25], medians[974]


def measure(program, rounds, case):
    precision, optimizer, batch = case
    steps = max(4, 400 // batch)
    ours = Lossgrid(program, precision, optimizer, batch, steps * (10 if batch == 1 else 1))
    theirs = Torch(precision, optimizer, batch, steps)
    ours.round(), theirs.round()
    pairs = [(ours.round(), theirs.round()) for _ in range(rounds)]
    ours.close()
    low, high = interval([t / o for o, t in pairs])
    mine, other = (statistics.median(column) for column in zip(*pairs))
    ratio = statistics.median(t / o for o, t in pairs)
    name = f"{precision}, batch {batch}, {optimizer}"
    print(f"| {name} | {mine:.1f} | {other:.1f} | {ratio:.1f} | {low:.1f} to {high:.1f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    try:
        import torch
    except ImportError:
        print("bench: PyTorch is not here (Debian: python3-torch); nothing to compare with")
        return
    print(f"PyTorch {torch.__version__}, one thread, {arguments.rounds} interleaved rounds\n")
    print("| step | lossgrid, us | PyTorch, us | ratio | 95 % |")
    print("|---|---|---|---|---|")
    for case in CASES:
        measure(arguments.program, arguments.rounds, case)


if __name__ == "__main__":
    main()

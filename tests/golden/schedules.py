"""Golden values of engine/schedule: the learning rates of PyTorch's schedulers
(python3-torch 1.13) around one parameter with lr = 1, step after step.

    /usr/bin/python3 tests/golden/schedules.py > tests/golden/schedules.csv

Quantities: steps (in all), factor (of each step). inverse_time is torch7's formula,
by LambdaLR. To add a schedule: a line in VARIANTS.
"""

import warnings

import torch
from torch.optim import lr_scheduler

from table import write, write_header

warnings.simplefilter("ignore")


def by_lambda(function):
    return lambda optimizer, steps, **options: lr_scheduler.LambdaLR(
        optimizer, lambda past: function(past, **options)
    )


def cosine(optimizer, steps, minimum=0.0):
    return lr_scheduler.CosineAnnealingLR(optimizer, steps, minimum)


def one_cycle(optimizer, steps, **options):
    return lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=steps, cycle_momentum=False, **options)


def without_steps(scheduler):
    return lambda optimizer, steps, **options: scheduler(optimizer, **options)


step_lr = without_steps(lr_scheduler.StepLR)
exponential_lr = without_steps(lr_scheduler.ExponentialLR)
linear_lr = without_steps(lr_scheduler.LinearLR)

VARIANTS = [
    ("constant", {}, by_lambda(lambda past: 1.0)),
    ("inverse_time", {}, by_lambda(lambda past, decay=0.0: 1 / (1 + past * decay))),
    ("inverse_time", {"decay": 0.3}, by_lambda(lambda past, decay: 1 / (1 + past * decay))),
    ("step", {"step_size": 3}, step_lr),
    ("step", {"step_size": 5, "gamma": 0.7}, step_lr),
    ("exponential", {"gamma": 0.9}, exponential_lr),
    ("exponential", {"gamma": 1.25}, exponential_lr),
    ("cosine", {}, cosine),
    ("cosine", {"minimum": 0.125}, cosine),
    ("warm_up", {"start_factor": 0.25, "total_iters": 7}, linear_lr),
    ("warm_up", {"start_factor": 0.5}, linear_lr),
    ("warm_up", {}, linear_lr),
    ("one_cycle", {}, one_cycle),
    ("one_cycle", {"pct_start": 0.45}, one_cycle),
    ("one_cycle", {"div_factor": 10.0}, one_cycle),
    ("one_cycle", {"final_div_factor": 8.0}, one_cycle),
    ("one_cycle", {"pct_start": 0.0}, one_cycle),
    ("one_cycle", {"pct_start": 1.0}, one_cycle),
]
# The defaults of step and exponential, which PyTorch does not have.
FAR = [
    ("step", {}, [999, 1000, 1999, 2000], lambda past: 0.1 ** (past // 1000)),
    ("exponential", {}, [0, 1, 100, 9999], lambda past: 0.999**past),
]


def rates(scheduler_of, options, steps):
    parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    scheduler = scheduler_of(optimizer, steps, **options)
    for step in range(steps):
        yield optimizer.param_groups[0]["lr"]
        if step + 1 < steps:
            optimizer.step()
            scheduler.step()


def main():
    write_header()
    for name, options, scheduler_of in VARIANTS:
        for steps in (40, 7, 2):
            if options.get("pct_start") == 0.45 and steps == 2:
                continue
            if name == "one_cycle" and options.get("pct_start", 0.3) * steps == 1:
                continue  # PyTorch divides by zero
            values = list(rates(scheduler_of, options, steps))
            write(name, options, f"{steps} steps", steps=[steps], step=range(1, steps + 1), factor=values)
    for name, options, past, factor in FAR:
        write(name, options, "far", steps=[10000], step=[p + 1 for p in past], factor=list(map(factor, past)))


main()

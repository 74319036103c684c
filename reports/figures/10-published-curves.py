"""Published curves against the replay

Above: the values read off the published figure (open markers) on the replayed
curves (lines). Below: replay minus published, in pixels of the published figure.
The band is how exactly the figure can be read; a replay of the same computation
stays inside it.
"""

from matplotlib.patches import Patch

import published
import style
from results import Unavailable
from text import scientific


def draw(results):
    matches = published.compare_curves(results)
    facts = published.load(results).facts
    own = [m for m in (published.own_match(matches, label) for label in matches) if m]
    if not own:
        raise Unavailable("no arm has the name of a published curve")
    fig = style.figure(6.6)
    above, below = fig.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [2, 1]})
    band = facts["tolerance"] / facts["pixel"]
    below.axhspan(-band, band, color=style.PALE, zorder=0)
    below.axhline(0, color=style.GREY, linewidth=0.8)
    handles = []
    for match in own:
        index = results.arms.index(match.arm)
        looks = style.arm_style(index)
        above.plot(match.epochs, match.replayed, color=looks["color"])
        above.plot(match.epochs, match.published, linestyle="", markersize=7,
                   markerfacecolor="none", **looks)
        below.plot(match.epochs, [d / facts["pixel"] for d in match.differences()],
                   linewidth=1, **looks)
        handles.append(style.arm_handle(index, match.label, markerfacecolor="none"))
    above.set_ylabel("training mean square error")
    below.set(xlabel="epoch", ylabel="difference / pixels")
    reach = max(1.2, 1.1 * max(m.worst()[0] / facts["pixel"] for m in own))
    below.set_ylim(-reach, reach)
    style.epoch_axis(below, results.epochs)
    precision = f"±{scientific(facts['tolerance'])}, the figure's precision"
    style.legend_below(fig, [*handles, Patch(color=style.PALE, label=precision)])
    return fig

"""How long each arm was trained

A bar an arm.
"""

import style


def draw(results):
    fig = style.figure(2)
    axes = fig.subplots()
    axes.barh([arm.name for arm in results.arms],
              [max(cell.epochs[-1] for cell in arm.cells) for arm in results.arms])
    axes.set_xlabel("epochs")
    return fig

# Error against step: the V of each method
# How to read a V: from right to left the step h shrinks. On the right arm the
# difference quotient is wrong because it cuts off the Taylor series: the error falls
# as h² for central differences and as h⁴ for one Richardson extrapolation. On the
# left arm it is wrong because subtracting two nearly equal values loses digits: the
# error grows as eps/h as the step shrinks, where eps is 1.1e-16 in double and 5.4e-20
# in long double (the reference copy). The bottom of the V is the best the method can do
# there. The dashed line is the rounding of the analytic gradient itself, below which
# no difference means anything. A correct gradient gives Vs whose bottoms reach for
# that line; a wrong one gives curves that level off together far above it, at the size
# of the mistake. A curve that leaps up at a certain step has a kink at that distance,
# and a curve without a right arm belongs to a function that the method differentiates
# exactly. Errors are relative to the largest derivative of the block; one of exactly 0
# is drawn at the lower edge, labelled 0.
#
# By hand, from reports/: gnuplot -c gradcheck/v-plots.gp V-PLOTS.tsv OUT.svg

numbers = ARG1
out = ARG2
set datafile separator tab
set datafile columnheaders
stats numbers using "panel" nooutput name "panel"
panels = int(panel_max)
across = panels < 3 ? panels : 3
down = (panels + across - 1) / across
height = 90 + 270 * down
load "style.gp"
set datafile separator tab

array subject[panels]; array coordinate[panels]; array rounding[panels]
stats numbers using (subject[int(column("panel"))] = strcol("subject"), \
                     coordinate[int(column("panel"))] = strcol("coordinate"), \
                     rounding[int(column("panel"))] = strcol("rounding"), 0) nooutput
stats numbers using "h" nooutput name "h"
methods = "central richardson reference-central reference-richardson"
titles = '"central" "Richardson" "central, long double" "Richardson, long double"'

set logscale xy
set xrange [h_min / 2 : h_max * 2]
set yrange [3e-22 : 30]
set xtics ("1e-16" 1e-16, "1e-12" 1e-12, "1e-8" 1e-8, "1e-4" 1e-4, "1" 1)
set ytics ("0" 1e-21, "1e-18" 1e-18, "1e-15" 1e-15, "1e-12" 1e-12, "1e-9" 1e-9, "1e-6" 1e-6, \
           "1e-3" 1e-3, "1" 1)
pick(p, m) = column("panel") == p && strcol("method") eq word(methods, m)
unset key
# The legend, drawn with the first panel: a key can be no wider than its plot.
legend = 15.0 / height
array places[5] = [0.03, 0.145, 0.3, 0.47, 0.675]
do for [m = 1:4] {
    set label m word(titles, m) at screen places[m], screen legend offset 1.2, -0.25 \
        point linetype m pointsize 1
}
set label 5 "analytic's own rounding" at screen places[5] + 0.055, screen legend
set arrow 5 from screen places[5], screen legend to screen places[5] + 0.045, screen legend \
    nohead dashtype 2 linewidth 1.5 linecolor rgb "#000000"
set multiplot layout down, across margins char 9, char 2, char 6, char 3.5 \
    spacing char 7, char 5.5
do for [p = 1:panels] {
    set title subject[p]."\n".coordinate[p] offset 0, -0.5
    set xlabel (p > panels - across ? "step h" : "") offset 0, 0.5
    set ylabel ((p - 1) % across == 0 ? "relative error" : "") offset 1
    if (p == 2) { unset label; unset arrow 5 }
    unset arrow 1
    if (strlen(rounding[p])) {
        set arrow 1 from graph 0, first rounding[p] + 0 to graph 1, first rounding[p] + 0 \
            nohead dashtype 2 linewidth 1.5 linecolor rgb "#000000" front
    }
    # The methods in long double lie under the others, with which they share their right arm; no
    # line leads to an error of 0.
    plot for [m = 4:1:-1] numbers using (pick(p, m) ? column("h") : NaN): \
             (column("error") > 1e-21 ? column("error") : NaN) \
             with lines linetype m linewidth (m > 2 ? 3 : 1), \
         for [m = 4:1:-1] numbers using (pick(p, m) ? column("h") : NaN):"error" \
             with points linetype m pointsize 0.45
}
unset multiplot

# Where a step's time goes
# The phases of a step, as shares of their sum, from bottom to top of each arm as they follow
# each other from left to right; the number at the right is the whole step, measured without
# looking into it. Arms in the order of their step, the fastest first. The update is inside
# the backward pass of this engine; its time is taken out of that of backward.
#
# By hand, from reports/: gnuplot -c cost/phases.gp PHASES.tsv OUT.svg

numbers = ARG1
out = ARG2
set datafile separator tab
set datafile columnheaders
stats numbers using "row" nooutput name "row"
rows = int(row_max)
height = int(140 + 20.0 * (rows + 1))
load "style.gp"
set datafile separator tab

array names[rows]; array steps[rows]; array titles[5]
do for [p = 1:5] { titles[p] = "" }
longest = 0
stats numbers using (names[int(column("row"))] = strcol("arm"), \
                     steps[int(column("row"))] = column("step"), \
                     titles[int(column("phase"))] = strcol("name"), \
                     longest = strlen(strcol("arm")) > longest ? strlen(strcol("arm")) : longest, \
                     0) nooutput
duration(ns) = ns < 1e3 ? sprintf("%.3g ns", ns) : ns < 1e6 ? sprintf("%.3g µs", ns / 1e3) : \
               ns < 1e9 ? sprintf("%.3g ms", ns / 1e6) : sprintf("%.3g s", ns / 1e9)
colours_of = "7 1 6 2 5"
set lmargin 2.0 + (longest < 44 ? longest : 44) * 0.95
set rmargin 10
set xrange [0 : 100]
set yrange [rows + 0.6 : 0.4]
unset ytics # names are labels: the text of a tic is a format, in which % means something
do for [r = 1:rows] {
    set label 1000 + r names[r] at graph 0, first r right offset -0.7, 0
    set label r duration(steps[r]) at graph 1, first r offset 0.7, 0
}
set grid xtics noytics
set xlabel "time, %" offset 0, 0.5
set style fill solid noborder
set key outside top center horizontal maxrows 1 samplen 1 width 1
plot for [p = 1:5] numbers using (column("phase") == p ? column("from") : NaN):"row": \
         "from":"to":(column("row") - 0.36):(column("row") + 0.36) \
         with boxxyerror linecolor rgb colours[int(word(colours_of, p))] title titles[p]

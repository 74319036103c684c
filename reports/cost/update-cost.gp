# What an update costs
# Of each arm, the fastest first: what the optimizer alone takes for one parameter in one
# update, on a logarithmic axis. Bars are 95 % intervals of the median between order
# statistics; cycles and instructions, where this machine counts them, are medians.
#
# By hand, from reports/: gnuplot -c cost/update-cost.gp UPDATE-COST.tsv OUT.svg

numbers = ARG1
out = ARG2
set datafile separator tab
set datafile columnheaders
stats numbers using "row" nooutput name "row"
stats numbers using "panel" nooutput name "panel"
rows = int(row_max)
panels = int(panel_max)
height = int(110 + 18.0 * (rows + 1))
load "style.gp"
set datafile separator tab

array names[rows]; array units[3]
longest = 0
stats numbers using (names[int(column("row"))] = strcol("arm"), \
                     units[int(column("panel"))] = strcol("unit"), \
                     longest = strlen(strcol("arm")) > longest ? strlen(strcol("arm")) : longest, \
                     0) nooutput
array lows[3]; array highs[3]
do for [p = 1:panels] {
    stats numbers using (column("panel") == p ? column("low") : NaN) nooutput name "low"
    stats numbers using (column("panel") == p ? column("high") : NaN) nooutput name "high"
    lows[p] = low_min; highs[p] = high_max
}
left = 2.0 + (longest < 44 ? longest : 44) * 0.95
set logscale x
set yrange [rows + 0.7 : 0.3]
set ytics format "" scale 0 1, 1, rows
set grid xtics noytics
unset key
unset mxtics
set multiplot layout 1, panels margins char left, char 3, char 4, char 1 spacing char 2, char 2
do for [p = 1:panels] {
    set xrange [lows[p] / 1.4 : highs[p] * 1.4]
    spread = highs[p] / lows[p]
    set xtics () format "%g"
    # As many numbers as there is room for.
    step = spread < 4 ? "1 1.5 2 3 5 7" : spread * panels < 200 ? (panels > 1 ? "1 3" : "1 2 5") : \
           spread < 300 ? "1 3" : "1"
    do for [e = -4:6] { do for [i = 1:words(step)] {
        set xtics add (sprintf("%g", real(word(step, i)) * 10.0**e) real(word(step, i)) * 10.0**e)
    } }
    # Names are labels: the text of a tic is a format, in which % means something.
    if (p == 1) { do for [r = 1:rows] { \
        set label r names[r] at graph 0, first r right offset -0.7, 0 } } \
    else { unset label }
    set xlabel units[p]." a parameter" offset 0, 0.5
    plot numbers using (column("panel") == p ? column("value") : NaN):"row":"low":"high" \
             with xerrorbars linetype p linewidth 1.2 pointsize 0.8
}
unset multiplot

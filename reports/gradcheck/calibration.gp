# Error bars against actual errors
# Every estimate of every sweep: across, the error bar that the method gave for itself;
# upward, how far it was from the analytic gradient, both relative to the largest
# derivative of the block. A dot on or below the line is an estimate whose bar was honest.
# The line is the diagonal, raised at its left end by the rounding of the analytic
# gradient (the most found in any block): narrower bars than that cannot be judged here,
# since the yardstick is no better. Dots above the line are estimates that were surer
# than they had a right to be, or gradients that are wrong. Dots that fall on nearly the
# same place are drawn as one. A value of exactly 0 is drawn at the edge.
#
# By hand, from reports/: gnuplot -c gradcheck/calibration.gp CALIBRATION.tsv OUT.svg

numbers = ARG1
out = ARG2
height = 620
load "style.gp"
set datafile separator tab

stats numbers using "rounding" nooutput name "rounding"
methods = "central richardson reference-central reference-richardson"
titles = '"central" "Richardson" "central, long double" "Richardson, long double"'
set logscale xy
set xrange [3e-22 : 1e3]
set yrange [3e-22 : 1e3]
set samples 400
set xtics ("0" 1e-21, "1e-18" 1e-18, "1e-15" 1e-15, "1e-12" 1e-12, "1e-9" 1e-9, "1e-6" 1e-6, \
           "1e-3" 1e-3, "1" 1)
set ytics ("0" 1e-21, "1e-18" 1e-18, "1e-15" 1e-15, "1e-12" 1e-12, "1e-9" 1e-9, "1e-6" 1e-6, \
           "1e-3" 1e-3, "1" 1)
set xlabel "error bar of the estimate, relative"
set ylabel "actual error, relative"
set key outside right center Left reverse samplen 2 spacing 1.3
plot for [m = 4:1:-1] numbers using \
         (strcol("method") eq word(methods, m) ? column("bar") : NaN):"error" \
         with points linetype m pointsize 0.45 notitle, \
     for [m = 1:4] keyentry with points linetype m title word(titles, m), \
     x + rounding_max with lines linewidth 1.5 dashtype 2 linecolor rgb "#000000" \
         title "error = bar"

# How small a mistake is seen
# One element of a gradient was made wrong on purpose by the relative size given below,
# many times over with other seeds. Circles: the share of trials in which the check
# failed, as it should; bars: its 95 % Wilson interval. Squares: the share in which the
# message also named the right element. Where the curve bends is the limit of the check:
# what is smaller passes, and nobody should read a pass as more than that.
#
# By hand, from reports/: gnuplot -c gradcheck/detection-power.gp DETECTION-POWER.tsv OUT.svg

numbers = ARG1
out = ARG2
load "style.gp"
set datafile separator tab

stats numbers using "size" nooutput name "size"
set logscale x
set xrange [size_min / 3 : size_max * 3]
set xtics 10 format "1e%T"
set yrange [-3 : 103]
set ytics 25
set xlabel "relative size of the mistake"
set ylabel "trials, %"
set key inside bottom right Left reverse
unset mxtics
plot numbers using "size":"detected":"low":"high" with yerrorbars linetype 1 linewidth 1.2 \
         notitle, \
     numbers using "size":"detected" with linespoints linetype 1 title "seen", \
     numbers using "size":"named" with linespoints linetype 2 dashtype 3 \
         title "seen and the right element named"

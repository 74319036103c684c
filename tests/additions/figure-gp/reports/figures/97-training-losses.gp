# Training losses
# Of every row of trace.csv.
# needs: train_loss
#
# By hand, from reports/: gnuplot -c figures/97-training-losses.gp TRACE.csv OUT.svg

numbers = ARG1
out = ARG2
load "style.gp"
set datafile separator comma
set xlabel "row"
set ylabel "loss"
unset key
plot numbers using 0:"train_loss" with points pointtype 7

# Distance of the compiled gradients from more exact ones
# The share (on a logarithmic axis) of all derivatives in each range of distances, in units in the last place of
# the block's largest derivative: the double copy against long double, the single copy
# against double. "Equal" is bit for bit. What lies at the left is rounding; a mistake
# in one copy alone would stand far to the right.
#
# By hand, from reports/: gnuplot -c gradcheck/ulps.gp ULPS.tsv OUT.svg

numbers = ARG1
out = ARG2
load "style.gp"
set datafile separator tab

set style data histograms
set style histogram clustered gap 1
set style fill solid border rgb "#FFFFFF"
set boxwidth 0.9
stats numbers using (strcol("f64") eq "" ? 0 : 1) nooutput name "has64"
stats numbers using (strcol("f32") eq "" ? 0 : 1) nooutput name "has32"
stats numbers using 0 nooutput name "bins"
# Logarithmic, so that one derivative among thousands shows. What was not measured is
# drawn below the edge: a histogram of nothing is an error to gnuplot.
stats numbers using (v = column("f64"), v > 0 ? v : NaN) nooutput name "a"
stats numbers using (v = column("f32"), v > 0 ? v : NaN) nooutput name "b"
lowest = !exists("a_min") ? b_min : !exists("b_min") ? a_min : (a_min < b_min ? a_min : b_min)
set logscale y
set yrange [lowest / 3 : 200]
set format y "%g"
set xlabel "units in the last place"
set ylabel "derivatives, %"
set grid noxtics ytics
set xtics scale 0
if (bins_records > 8) { set xtics rotate by -40 }
set key inside top right
set rmargin 7
plot numbers using (has64_max > 0 ? column("f64") : 1e-99):xticlabels(strcol("distance")) \
         linetype 1 title (has64_max > 0 ? "f64 against long double" : "f64: not measured"), \
     numbers using (has32_max > 0 ? column("f32") : 1e-99) \
         linetype 2 title (has32_max > 0 ? "f32 against f64" : "f32: not measured")

# How many times as long
# The time of each phase over that of the baseline, one row a cell, in the order of the
# ratio of its whole step: right of the line is slower, left of it faster. Bars are 95 %
# intervals. The grey band is the noise floor: what one thing differs from itself. A filled
# circle or triangle is a difference that is real, its whole interval outside the band; an
# open circle lies within the band or reaches over its edge.
#
# By hand, from reports/: gnuplot -c compare/ratios.gp RATIOS.tsv OUT.svg

numbers = ARG1
out = ARG2
set datafile separator tab
set datafile columnheaders
stats numbers using "row" nooutput name "row"
rows = int(row_max)
array there[6]
do for [p = 1:6] { there[p] = 0 }
stats numbers using (there[int(column("panel"))] = 1, 0) nooutput
panels = there[1] + there[2] + there[3] + there[4] + there[5] + there[6]
columns = panels < 3 ? panels : 3
lines = (panels + 2) / 3
height = int(60 + lines * (70 + 17.0 * (rows + 1)))
load "style.gp"
set datafile separator tab

array phases[6]; array names[rows]; array width[1]; array floors[6]
do for [p = 1:6] { floors[p] = 1; phases[p] = "" }
longest = 0
stats numbers using (names[int(column("row"))] = strcol("cell"), \
                     longest = strlen(strcol("cell")) > longest ? strlen(strcol("cell")) : longest, \
                     phases[int(column("panel"))] = strcol("phase"), \
                     floors[int(column("panel"))] = strcol("floor") eq "" ? 1 : column("floor"), \
                     0) nooutput
stats numbers using "low" nooutput name "low"
stats numbers using "high" nooutput name "high"
lowest = low_min < 1 / 1.03 ? low_min : 1 / 1.03
highest = high_max > 1.03 ? high_max : 1.03
margin = (highest / lowest) ** 0.05

set logscale x
set xrange [lowest / margin : highest * margin]
set yrange [rows + 0.7 : 0.3]
set ytics format "" scale 0 1, 1, rows
unset key
set grid xtics noytics

# Round numbers around 1 that fit: steps of some percent where all is near, a few numbers
# where it is not. A logarithmic axis multiplies by its step, so each is named.
spread = highest / lowest
few = spread < 4 ? "0.3 0.4 0.5 0.6 0.7 0.8 1 1.2 1.5 2 2.5 3" : spread < 30 ? \
      "0.02 0.05 0.1 0.2 0.5 1 2 5 10 20 50" : spread < 500 ? \
      "0.003 0.01 0.03 0.1 0.3 1 3 10 30 100 300" : "0.0001 0.001 0.01 0.1 1 10 100 1000 10000"
fine = spread < 1.04 ? 0.01 : spread < 1.09 ? 0.02 : spread < 1.25 ? 0.05 : 0.1
unset mxtics
set xtics () format "%g"
if (spread < 1.6) {
    do for [i = -5:5] { set xtics add (sprintf("%g", 1 + i * fine) 1 + i * fine) }
} else {
    do for [i = 1:words(few)] { set xtics add (word(few, i) real(word(few, i))) }
}

left = 2.0 + (longest < 44 ? longest : 44) * 0.95
pick(p, v) = column("panel") == p && column("verdict") == v
loose(p) = column("panel") == p && column("verdict") > 2
set multiplot layout lines, columns margins char left, char 2, char 4, char 2.5 spacing char 2, char 4.5
drawn = 0
do for [p = 1:6] { if (there[p]) {
    drawn = drawn + 1
    set title phases[p] offset 0, -0.5
    if ((drawn - 1) % 3 == 0) {
        # Names are labels: the text of a tic is a format, in which % means something.
        do for [r = 1:rows] { set label r names[r] at graph 0, first r right offset -0.7, 0 }
    } else { unset label }
    set xlabel (drawn > panels - columns ? "times the baseline" : "") offset 0, 0.5
    set object 1 rectangle from 1 / floors[p], graph 0 to floors[p], graph 1 behind \
        fillcolor rgb "#DDDDDD" fillstyle solid noborder
    set arrow 1 from 1, graph 0 to 1, graph 1 nohead linecolor rgb "#767676" back
    plot numbers using (column("panel") == p ? column("ratio") : NaN):"row":"low":"high" \
             with xerrorbars pointtype 0 linewidth 1.2 linecolor rgb "#767676", \
         numbers using (loose(p) ? column("ratio") : NaN):"row" \
             with points pointtype 6 pointsize 0.9 linewidth 1 linecolor rgb "#000000", \
         numbers using (pick(p, 1) ? column("ratio") : NaN):"row" \
             with points pointtype 7 pointsize 0.8 linecolor rgb "#0072B2", \
         numbers using (pick(p, 2) ? column("ratio") : NaN):"row" \
             with points pointtype 9 pointsize 0.9 linecolor rgb "#D55E00"
} }
unset multiplot

# Training curves
# Mean square error on the training set, averaged over each epoch before every
# update, as the article recorded it, whatever loss the arm was trained under.
# Where an arm has several seeds, thin lines are the seeds and the thick line is the
# mean of those that got that far. A cross at the upper edge marks the epoch in
# which a run diverged.
#
# needs: train_mse
# By hand, from reports/: gnuplot -c figures/30-training-curves.gp TRACE.csv OUT.svg

trace = ARG1
out = ARG2
load "style.gp"

# Lists of quoted words, in the order of the rows: the arms, the cells, for each
# cell the number of its arm, and an (epoch, arm) pair for each divergence.
arms = ""; cells = ""; owners = ""; diverged = ""
place(s, list) = int(sum [k = 1:words(list)] (word(list, k) eq s ? k : 0))
add(s, list) = place(s, list) ? list : list.'"'.s.'" '
stats trace using (arms = add(strcol("label"), arms), 0) nooutput
stats trace using (place(strcol("cell"), cells) ? 0 : \
                   (owners = owners.sprintf("%d ", place(strcol("label"), arms))), \
                   cells = add(strcol("cell"), cells), 0) nooutput
stats trace using (strcol("status") ne "diverged" ? 0 : (diverged = diverged.sprintf( \
                   "%d %d ", column("epoch"), place(strcol("label"), arms))), 0) nooutput
stats trace using "epoch" nooutput name "epoch"
stats trace using "train_mse" nooutput name "loss"
several = words(cells) > words(arms)

set xlabel "epoch"
set ylabel "training mean square error"
set xrange [1 : epoch_max + (epoch_max == 1)]
if (loss_max > 20 * loss_min && loss_min > 0) { set logscale y; set format y "%g" }
if (epoch_max > 10) { set xtics add ("1" 1) } else { set xtics 1 }
set key outside right center reverse Left samplen 3 spacing 1.3
do for [k = 1:words(diverged) / 2] {
    set label k at first word(diverged, 2 * k - 1) + 0, graph 0.98 "" \
        point linetype word(diverged, 2 * k) + 0 pointtype 2 pointsize 1.6
}
plot for [c = 1:(several ? words(cells) : 0)] trace \
         using (strcol("cell") eq word(cells, c) ? column("epoch") : NaN):"train_mse" \
         with lines linetype word(owners, c) + 0 linewidth 0.5 notitle, \
     for [a = 1:words(arms)] trace \
         using (strcol("label") eq word(arms, a) ? column("epoch") : NaN):"train_mse" \
         smooth unique with linespoints linetype a title word(arms, a), \
     for [k = 1:(words(diverged) > 0)] NaN with points pointtype 2 pointsize 1.6 \
         linecolor rgb "#000000" title "diverged"

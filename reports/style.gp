# How every gnuplot figure looks; the same colours and markers as style.py.
# Expects `out`, the file to write; its ending, .svg or .png, picks the terminal.
# `height` may be set before, for a figure that is not of the common one.
if (!exists("height")) height = 520
if (out[strlen(out)-3:] eq ".svg") \
    set terminal svg size 900,height font "DejaVu Sans,13" background "#FFFFFF" noenhanced
if (out[strlen(out)-3:] eq ".png") \
    set terminal pngcairo size 1296,int(1.44 * height + 0.5) font "DejaVu Sans,11" fontscale 1.28 linewidth 1.7 \
        pointscale 1.7 background "#FFFFFF" noenhanced
set encoding utf8
# A font of that many pixels of the SVG.
png = out[strlen(out)-3:] eq ".png"
size(pixels) = sprintf(",%g", png ? pixels * 11 / 13.0 : pixels)
set output out

array colours[8] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#882255"]
array markers[6] = [7, 5, 9, 13, 11, 15] # circle square triangle diamond reversed pentagon
do for [i = 1:24] {
    set linetype i linewidth 2 linecolor rgb colours[(i - 1) % 8 + 1] \
        pointtype markers[(i - 1) % 6 + 1] pointsize 0.8
}

set border 3 linecolor rgb "#767676"
set tics nomirror out scale 0.5 textcolor rgb "#000000"
set grid linecolor rgb "#E4E4E4" linetype 1 dashtype 1 linewidth 0.8
set datafile separator comma
set datafile columnheaders

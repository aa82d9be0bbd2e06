#!/usr/bin/env bash
# Draws the sample assets. Needs ImageMagick, ffmpeg with libx264, Ghostscript and the DejaVu fonts.
# Run it only to change them: other versions of these tools give other bytes.
set -euo pipefail
cd "$(dirname "$0")/assets/whatsapp"
export SOURCE_DATE_EPOCH=1767225600
convert=${CONVERT:-convert}
font=DejaVu-Sans
bold=DejaVu-Sans-Bold

# 1200 x 628 is the 1.91:1 that WhatsApp shows of a header image.
"$convert" -size 1200x628 gradient:'#ff9a5a'-'#d6336c' \
  -fill '#ffffff22' -draw 'circle 1010,170 1010,430' -draw 'circle 1010,170 1010,340' \
  -fill '#ffd43b' -draw 'circle 1010,170 1010,260' \
  -fill '#ffffff30' -draw 'polygon 0,628 0,520 420,450 800,560 1200,480 1200,628' \
  -font $bold -pointsize 96 -fill white -annotate +80+280 'Summer sale' \
  -font $font -pointsize 44 -annotate +84+360 'Everything under the sun, 20 %% off' \
  -strip -colorspace sRGB -sampling-factor 4:2:0 -quality 82 promo/header.jpg

"$convert" -size 1200x628 gradient:'#1b2a6b'-'#0b7285' \
  -fill '#ffffff18' -draw 'roundrectangle 700,90 1130,540 36,36' \
  -fill '#ffffff2c' -draw 'roundrectangle 750,150 1080,300 20,20' \
  -fill '#ffe066' -draw 'polygon 915,340 945,405 1015,412 962,458 978,527 915,490 852,527 868,458 815,412 885,405' \
  -font $bold -pointsize 76 -fill white -annotate +80+270 'Your voucher' \
  -font $font -pointsize 44 -annotate +84+350 'Ten off the next order' \
  -strip -depth 8 -define png:compression-level=9 -define png:exclude-chunks=date,time PNG24:promo/voucher.png

"$convert" -size 1200x628 xc:'#e7f5ff' \
  -fill '#d0ebff' -draw 'circle 930,330 930,590' \
  -fill '#1971c2' -draw 'roundrectangle 760,250 980,430 12,12' \
  -fill '#4dabf7' -draw 'polygon 980,300 1060,300 1110,360 1110,430 980,430' \
  -fill '#e7f5ff' -draw 'polygon 1000,318 1050,318 1082,358 1000,358' \
  -fill '#343a40' -draw 'circle 830,440 830,474' -draw 'circle 1040,440 1040,474' \
  -fill '#adb5bd' -draw 'circle 830,440 830,454' -draw 'circle 1040,440 1040,454' \
  -font $bold -pointsize 84 -fill '#1864ab' -annotate +80+290 'On its way' \
  -font $font -pointsize 44 -fill '#343a40' -annotate +84+370 'Your parcel left us today' \
  -strip -depth 8 -define png:compression-level=9 -define png:exclude-chunks=date,time PNG24:orders/shipped.png

"$convert" -size 1200x628 gradient:'#2b8a3e'-'#94d82d' \
  -fill '#ffffff26' -draw 'circle 240,560 240,760' -draw 'circle 980,80 980,300' \
  -fill white -draw 'roundrectangle 790,190 1050,450 24,24' \
  -fill '#e03131' -draw 'roundrectangle 790,190 1050,260 24,24' -draw 'rectangle 790,230 1050,260' \
  -font $bold -pointsize 130 -fill '#343a40' -annotate +838+405 '24' \
  -font $bold -pointsize 84 -fill white -annotate +80+290 'Open day' \
  -font $font -pointsize 44 -annotate +84+370 'Come in and look around' \
  -strip -colorspace sRGB -sampling-factor 4:2:0 -quality 82 events/invitation.jpg

# Main profile without B-frames and with the index in front plays on every phone.
ffmpeg -hide_banner -loglevel error -y \
  -f lavfi -i 'gradients=size=612x320:rate=15:duration=3:speed=0.02:c0=0x7048e8:c1=0xf06595:seed=7' \
  -f lavfi -i 'sine=frequency=330:duration=3,volume=0.2' \
  -vf "drawtext=font='DejaVu Sans':text='Two days to go':fontcolor=white:fontsize=48:x=(w-tw)/2:y=(h-th)/2" \
  -c:v libx264 -profile:v main -bf 0 -pix_fmt yuv420p -crf 30 -preset slow -threads 1 \
  -c:a aac -b:a 48k -ac 1 -shortest -movflags +faststart -map_metadata -1 -fflags +bitexact -flags:v +bitexact \
  -flags:a +bitexact events/teaser.mp4

gs -q -dNOPAUSE -dBATCH -dSAFER -sDEVICE=pdfwrite -dCompatibilityLevel=1.5 -dDEVICEWIDTHPOINTS=420 \
  -dDEVICEHEIGHTPOINTS=595 -sOutputFile=orders/receipt.pdf - <<'PS'
[ /Title (Receipt) /DOCINFO pdfmark
0.09 0.39 0.67 setrgbcolor 0 515 420 80 rectfill
1 setgray /Helvetica-Bold findfont 30 scalefont setfont 36 543 moveto (Receipt) show
0.2 setgray /Helvetica findfont 13 scalefont setfont
36 470 moveto (Order 1001) show
36 430 moveto (1 x Garden chair) show 320 430 moveto (49.00) show
36 408 moveto (2 x Cushion) show 320 408 moveto (18.00) show
0.8 setgray 36 392 348 1 rectfill
0.2 setgray /Helvetica-Bold findfont 14 scalefont setfont
36 368 moveto (Total) show 320 368 moveto (67.00) show
/Helvetica findfont 11 scalefont setfont 36 60 moveto (Thank you for your order.) show
showpage
PS

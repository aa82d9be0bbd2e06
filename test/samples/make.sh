#!/usr/bin/env bash
# Makes the sample files that test/media/samples.test.ts judges. Needs ffmpeg, ImageMagick 6, qpdf, Ghostscript, exiftool
# and Node 24; takes half a minute. The bytes may differ between versions of these tools, the verdicts may not.
# The files real-* are not made here, see README.md.
set -euo pipefail
cd "$(dirname "$0")"
convert=convert-im6.q16
node=../../node_modules/.bin/node
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -f {jpeg,png,mp4,pdf,sniff}-*

# --- images: 382 × 200 is 1.91:1, so only the samples of the crop rule meet it ---
picture=(-size 382x200 'gradient:#0a4-#e52' -fill white -draw 'circle 190,100 190,40')
png() { $convert "${@:2}" +set date:create +set date:modify +set date:timestamp -define png:exclude-chunks=date,tIME "$1"; }

$convert "${picture[@]}" "$work/picture.png"
png png-rgb.png "$work/picture.png" -define png:color-type=2 -depth 8
png png-rgba.png "$work/picture.png" -alpha set -channel A -evaluate set 60% +channel -define png:color-type=6 -depth 8
png png-interlaced.png "$work/picture.png" -interlace PNG -define png:color-type=2 -depth 8
png png-rgb-16.png "$work/picture.png" -resize 96x -crop 95x50+0+0 +repage -define png:color-type=2 -define png:bit-depth=16
png png-rgba-16.png "$work/picture.png" -resize 96x -crop 95x50+0+0 +repage -alpha set -define png:color-type=6 -define png:bit-depth=16
png png-grey-8.png "$work/picture.png" -colorspace Gray -define png:color-type=0 -define png:bit-depth=8
png png-grey-16.png "$work/picture.png" -resize 96x -crop 95x50+0+0 +repage -colorspace Gray -define png:color-type=0 -define png:bit-depth=16
png png-grey-alpha.png "$work/picture.png" -colorspace Gray -alpha set -channel A -evaluate set 60% +channel -define png:color-type=4 -depth 8
png png-grey-1.png "$work/picture.png" -monochrome -define png:color-type=0 -define png:bit-depth=1
png png-grey-2.png "$work/picture.png" -colorspace Gray -posterize 4 -define png:color-type=0 -define png:bit-depth=2
for bits in 1 2 4 8; do
  $convert "$work/picture.png" +dither -colors $((2 ** bits)) -type Palette -define png:bit-depth=$bits PNG8:png-palette-$bits.png
done
png png-rgb-transparent-colour.png "$work/picture.png" -transparent white -define png:color-type=2 -depth 8
png png-icc-text.png "$work/picture.png" -profile /usr/share/color/icc/ghostscript/srgb.icc -set comment 'made by hand' -define png:color-type=2 -depth 8
exiftool -q -q -Software='Adobe Photoshop 25.0 (Macintosh)' -XMP:CreatorTool='Adobe Photoshop 25.0' -Artist=Nobody -o png-photoshop.png png-icc-text.png
png png-square.png -size 200x200 'gradient:#0a4-#e52' -define png:color-type=2 -depth 8
png png-portrait.png -size 108x192 'gradient:#0a4-#e52' -define png:color-type=2 -depth 8
png png-banner.png -size 400x100 'gradient:#0a4-#e52' -define png:color-type=2 -depth 8
png png-crop-14.png -size 330x200 'gradient:#0a4-#e52' -define png:color-type=2 -depth 8
png png-crop-16.png -size 320x200 'gradient:#0a4-#e52' -define png:color-type=2 -depth 8
ffmpeg -v error -y -f lavfi -i testsrc2=s=382x200:r=4:d=1 -pix_fmt rgb24 -plays 0 -f apng png-animated.png

$convert "$work/picture.png" -quality 75 -sampling-factor 4:2:0 jpeg-baseline.jpg
$convert "$work/picture.png" -quality 75 -sampling-factor 4:4:4 jpeg-444.jpg
$convert "$work/picture.png" -quality 75 -interlace JPEG jpeg-progressive.jpg
$convert "$work/picture.png" -colorspace Gray -quality 75 jpeg-grey.jpg
$convert "$work/picture.png" -colorspace CMYK -quality 75 jpeg-cmyk.jpg
$convert "$work/picture.png" -quality 75 -set comment 'one of many' jpeg-comment.jpg
$convert "$work/picture.png" -profile /usr/share/color/icc/ghostscript/srgb.icc -quality 75 jpeg-icc.jpg
$convert -size 120x80 'gradient:#0a4-#e52' -quality 60 "$work/thumbnail.jpg"
$convert -size 200x382 'gradient:#0a4-#e52' -quality 75 "$work/upright.jpg"
$convert -size 240x480 'gradient:#0a4-#e52' -quality 75 jpeg-portrait.jpg
$convert -size 300x300 'gradient:#0a4-#e52' -quality 75 jpeg-square.jpg
ffmpeg -v error -y -i "$work/thumbnail.jpg" -c:v ljpeg -pix_fmt bgr24 -f image2 jpeg-lossless.jpg
ffmpeg -v error -y -i "$work/picture.png" -frames:v 1 -q:v 6 -f image2 -c:v mjpeg jpeg-video-frame.jpg
ffmpeg -v error -y -i "$work/picture.png" -frames:v 1 -q:v 6 -f image2 -c:v mjpeg -slices 8 jpeg-restart-markers.jpg

exif() { exiftool -q "$@"; }
phone=(-Make=Apple '-Model=iPhone 15' -Software=17.4 -GPSLatitude=1 -GPSLatitudeRef=N -GPSLongitude=1 -GPSLongitudeRef=E)
exif "${phone[@]}" -Orientation#=1 "-ThumbnailImage<=$work/thumbnail.jpg" -o jpeg-phone.jpg jpeg-icc.jpg
exif "${phone[@]}" -Orientation#=6 -o jpeg-phone-upright-stored-lying.jpg jpeg-icc.jpg
exif "${phone[@]}" -Orientation#=6 -o jpeg-phone-lying-stored-upright.jpg "$work/upright.jpg"
exif "${phone[@]}" -Orientation#=8 -ExifByteOrder=II -o jpeg-phone-little-endian.jpg "$work/upright.jpg"
exif -Photoshop:XResolution=300 -Photoshop:URL=https://example.com -IPTC:Caption-Abstract=Header -XMP:CreatorTool='Adobe Photoshop 25.0' \
  -Software='Adobe Photoshop 25.0 (Windows)' "-ThumbnailImage<=$work/thumbnail.jpg" -o "$work/photoshop.jpg" jpeg-icc.jpg

# --- videos: one second, small ---
video=(-f lavfi -i testsrc2=s=160x84:r=10:d=1)
sound=(-f lavfi -i sine=d=1:r=44100)
exact=(-fflags +bitexact -flags:v +bitexact -flags:a +bitexact -map_metadata -1)
h264=(-c:v libx264 -preset veryfast -crf 40 -pix_fmt yuv420p)
aac=(-c:a aac -b:a 24k -ac 1)
mp4() { ffmpeg -v error -y "${@:2}" "${exact[@]}" "$1"; }
good=("${video[@]}" "${sound[@]}" "${h264[@]}" -profile:v main -bf 0 "${aac[@]}")

mp4 mp4-main.mp4 "${good[@]}" -movflags +faststart
mp4 mp4-baseline.mp4 "${video[@]}" "${sound[@]}" "${h264[@]}" -profile:v baseline "${aac[@]}" -movflags +faststart
mp4 mp4-high.mp4 "${video[@]}" "${sound[@]}" "${h264[@]}" -profile:v high -bf 0 "${aac[@]}" -movflags +faststart
mp4 mp4-high-b-frames.mp4 "${video[@]}" "${sound[@]}" "${h264[@]}" -profile:v high -bf 2 "${aac[@]}" -movflags +faststart
mp4 mp4-main-b-frames.mp4 "${video[@]}" "${sound[@]}" "${h264[@]}" -profile:v main -bf 2 "${aac[@]}" -movflags +faststart
mp4 mp4-high10-b-frames.mp4 "${video[@]}" -c:v libx264 -preset veryfast -crf 40 -pix_fmt yuv420p10le -bf 2 -movflags +faststart
for format in yuv444p yuv422p yuv420p10le yuv422p10le gray; do
  mp4 "mp4-$format.mp4" "${video[@]}" -c:v libx264 -preset ultrafast -crf 40 -pix_fmt $format -movflags +faststart
done
mp4 mp4-lossless.mp4 "${video[@]}" -c:v libx264 -preset ultrafast -qp 0 -pix_fmt yuv420p -r 2 -movflags +faststart
mp4 mp4-moov-last.mp4 "${good[@]}"
mp4 mp4-silent.mp4 "${video[@]}" "${h264[@]}" -profile:v main -bf 0 -movflags +faststart
mp4 mp4-hvc1.mp4 "${video[@]}" "${sound[@]}" -c:v libx265 -x265-params log-level=none:bframes=0 -crf 40 -tag:v hvc1 "${aac[@]}" -movflags +faststart
mp4 mp4-hev1.mp4 "${video[@]}" -c:v libx265 -x265-params log-level=none:bframes=0 -crf 40 -tag:v hev1 -movflags +faststart
mp4 mp4-av1.mp4 "${video[@]}" -c:v libaom-av1 -cpu-used 8 -crf 60 -movflags +faststart
mp4 mp4-vp9.mp4 "${video[@]}" -c:v libvpx-vp9 -crf 60 -b:v 0 -movflags +faststart
mp4 mp4-mpeg4.mp4 "${video[@]}" "${sound[@]}" -c:v mpeg4 -q:v 20 "${aac[@]}" -movflags +faststart
mp4 mp4-mpeg2.mp4 "${video[@]}" -r 25 -c:v mpeg2video -q:v 20 -movflags +faststart
mp4 mp4-mjpeg.mp4 "${video[@]}" -r 2 -c:v mjpeg -q:v 20 -pix_fmt yuvj420p -movflags +faststart
for codec in libmp3lame:mp3 ac3:ac3 eac3:eac3 libopus:opus flac:flac alac:alac; do
  mp4 "mp4-audio-${codec#*:}.mp4" "${video[@]}" "${sound[@]}" "${h264[@]}" -profile:v main -bf 0 -c:a "${codec%:*}" -ar 48000 -b:a 64k -strict -2 -movflags +faststart
done
mp4 mp4-two-audio-streams.mp4 "${video[@]}" "${sound[@]}" "${sound[@]}" -map 0 -map 1 -map 2 "${h264[@]}" -profile:v main -bf 0 "${aac[@]}" -movflags +faststart
mp4 mp4-audio-only.mp4 "${sound[@]}" "${aac[@]}" -movflags +faststart
mp4 mp4-fragmented.mp4 "${good[@]}" -movflags +frag_keyframe+empty_moov+default_base_moof
mp4 mp4-fragmented-b-frames.mp4 "${video[@]}" "${h264[@]}" -profile:v high -bf 2 -movflags +frag_keyframe+empty_moov+default_base_moof
mp4 mp4-fragmented-hevc.mp4 "${video[@]}" -c:v libx265 -x265-params log-level=none -crf 40 -movflags +frag_keyframe+empty_moov
mp4 mp4-dash.mp4 "${good[@]}" -movflags +dash+global_sidx+frag_keyframe+empty_moov
mp4 "$work/turn.mp4" "${video[@]}" "${h264[@]}" -profile:v main -bf 0
mp4 mp4-phone-upright.mp4 -display_rotation 90 -i "$work/turn.mp4" -c copy -movflags +faststart 2>/dev/null ||
  ffmpeg -v error -y -i "$work/turn.mp4" -c copy -metadata:s:v rotate=90 -movflags +faststart mp4-phone-upright.mp4
mp4 mp4-timecode.mp4 "${good[@]}" -timecode 01:00:00:00 -movflags +faststart
printf '1\n00:00:00,000 --> 00:00:01,000\nHello\n' > "$work/words.srt"
mp4 mp4-subtitles.mp4 "${video[@]}" "${sound[@]}" -i "$work/words.srt" "${h264[@]}" -profile:v main -bf 0 "${aac[@]}" -c:s mov_text -movflags +faststart
ffmpeg -v error -y "${good[@]}" -metadata title='Made by a phone' -metadata location='+01.0+001.0/' -movflags +faststart mp4-metadata.mp4
mp4 mp4-cover-picture.mp4 -i mp4-main.mp4 -i "$work/thumbnail.jpg" -map 0 -map 1 -c copy -disposition:v:1 attached_pic -movflags +faststart
mp4 mp4-preview-track.mp4 -i mp4-main.mp4 "${video[@]}" -map 0 -map 1 -c copy -c:v:1 mjpeg -r:v:1 2 -q:v:1 20 -pix_fmt:v:1 yuvj420p -disposition:v:1 0 -movflags +faststart
mp4 "$work/x.m4v" "${good[@]}" -movflags +faststart && cp "$work/x.m4v" mp4-brand-m4v.mp4
mp4 "$work/psp.mp4" "${good[@]}" -movflags +faststart -brand MSNV && cp "$work/psp.mp4" mp4-brand-msnv.mp4
mp4 mp4-brand-isml.mp4 "${good[@]}" -f ismv
mp4 "$work/x.mov" "${good[@]}" && cp "$work/x.mov" sniff-quicktime.mp4
mp4 "$work/x.3gp" "${good[@]}" && cp "$work/x.3gp" sniff-3gpp.mp4
mp4 "$work/x.3g2" "${good[@]}" && cp "$work/x.3g2" sniff-3gpp2.mp4
mp4 "$work/x.m4a" "${sound[@]}" "${aac[@]}" && cp "$work/x.m4a" sniff-m4a.mp4

# --- documents ---
cat > "$work/page.ps" <<'PS'
%!PS
/Helvetica findfont 24 scalefont setfont
3 { 72 700 moveto (A page) show showpage } repeat
PS
gs -q -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -dCompatibilityLevel=1.4 -o "$work/base.pdf" "$work/page.ps"
qpdf --deterministic-id "$work/base.pdf" pdf-plain.pdf
cp "$work/base.pdf" pdf-ghostscript.pdf
gs -q -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -dPDFA=2 -sColorConversionStrategy=RGB -o pdf-archival.pdf "$work/page.ps" 2>/dev/null
qpdf --deterministic-id --object-streams=generate pdf-plain.pdf pdf-object-streams.pdf
qpdf --deterministic-id --linearize pdf-plain.pdf pdf-linearized.pdf
qpdf --deterministic-id --linearize --object-streams=generate pdf-plain.pdf pdf-linearized-object-streams.pdf
qpdf --deterministic-id --qdf pdf-plain.pdf pdf-uncompressed.pdf
qpdf --static-id --allow-weak-crypto --encrypt '' owner 40 -- pdf-plain.pdf pdf-encrypted-40.pdf
qpdf --static-id --allow-weak-crypto --encrypt '' owner 128 --use-aes=y -- pdf-plain.pdf pdf-encrypted-permissions.pdf
qpdf --static-id --encrypt user owner 256 -- pdf-plain.pdf pdf-encrypted-password.pdf
qpdf --static-id --object-streams=generate --encrypt user owner 256 -- pdf-plain.pdf pdf-encrypted-object-streams.pdf
qpdf --static-id --linearize --encrypt user owner 256 -- pdf-plain.pdf pdf-encrypted-linearized.pdf
for strength in 40 128 256; do
  qpdf --static-id --allow-weak-crypto --encrypt '' owner $strength -- pdf-plain.pdf pdf-restricted-$strength.pdf
  qpdf --static-id --allow-weak-crypto --object-streams=generate --encrypt user owner $strength -- pdf-plain.pdf pdf-password-$strength.pdf
done
qpdf --static-id --encrypt '' owner 256 --force-R5 -- pdf-plain.pdf pdf-restricted-revision-5.pdf
qpdf --static-id --allow-weak-crypto --encrypt '' owner 128 --use-aes=y --cleartext-metadata -- pdf-plain.pdf pdf-restricted-plain-metadata.pdf
qpdf --static-id --linearize --object-streams=generate --encrypt '' owner 256 -- pdf-plain.pdf pdf-restricted-linearized.pdf
qpdf --static-id --empty pdf-empty.pdf
qpdf --static-id --empty --object-streams=generate pdf-empty-object-streams.pdf
exiftool -q -Title='Revised' -o pdf-revised.pdf pdf-plain.pdf
exiftool -q -Title='Revised' -o pdf-revised-object-streams.pdf pdf-object-streams.pdf
gs -q -dNOSAFER -sDEVICE=pdfwrite -o pdf-from-image.pdf viewjpeg.ps -c "($work/thumbnail.jpg) viewJPEG"

# --- other things behind our extensions ---
ffmpeg -v error -y -i "$work/thumbnail.jpg" -c:v libwebp sniff-webp.webp && mv sniff-webp.webp sniff-webp.jpg
$convert "$work/thumbnail.jpg" GIF:sniff-gif.png
$convert -size 16x16 xc:red BMP3:sniff-bmp.jpg
$convert -size 16x16 xc:red TIFF:sniff-tiff.jpg
$convert -size 16x16 xc:red PSD:sniff-photoshop.jpg
$convert -size 16x16 xc:red ICO:sniff-icon.png
ffmpeg -v error -y -i "$work/thumbnail.jpg" -frames:v 1 -c:v libaom-av1 -still-picture 1 -cpu-used 8 -f avif sniff-avif.jpg
mp4 "$work/x.mkv" "${video[@]}" "${h264[@]}" && cp "$work/x.mkv" sniff-matroska.mp4
mp4 "$work/x.webm" "${video[@]}" -c:v libvpx-vp9 -crf 60 -b:v 0 && cp "$work/x.webm" sniff-webm.mp4
mp4 "$work/x.avi" "${video[@]}" -c:v mpeg4 -q:v 20 && cp "$work/x.avi" sniff-avi.mp4
mp4 "$work/x.ts" "${video[@]}" "${h264[@]}" && cp "$work/x.ts" sniff-transport-stream.mp4
mp4 "$work/x.mp3" "${sound[@]}" -b:a 32k && cp "$work/x.mp3" sniff-mp3.mp4

$node craft.ts "$work"
du -cb ./*.{png,jpg,mp4,pdf} | tail -1

# The symbols that code can come to from those whose names match `from`, over calls and jumps.
/^[0-9a-f]+ <.*>:$/ { name = $2; gsub(/^<|>:$/, "", name); if (name ~ from) todo[++count] = name; next }
# Between functions lie the bytes d4, which are no jumps.
name != "" && $0 !~ /:\td4d4 / && $0 ~ /\t(b|bl|blx|b\.w|b\.n|bl\.w|bx|beq|bne|bcs|bcc|bmi|bpl|bvs|bvc|bhi|bls|bge|blt|bgt|ble|cbz|cbnz)(eq|ne|cs|cc|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?(\.w|\.n)?[ \t]/ {
  if ($0 ~ /<[^>]*>/) { target = $0; sub(/^[^<]*</, "", target); sub(/>.*$/, "", target); sub(/\+0x[0-9a-f]+$/, "", target); if (target != name) calls[name] = calls[name] "\n" target }
  else if ($0 ~ /blx[ \t]+r|bx[ \t]+r[0-9]/) calls[name] = calls[name] "\nindirect call in " name
}
END {
  while (count > 0) { symbol = todo[count--]; if (symbol in seen) continue; seen[symbol] = 1; print symbol
    n = split(calls[symbol], targets, "\n"); for (i = 1; i <= n; i++) if (targets[i] != "") todo[++count] = targets[i] }
}

import { shellText } from './shell-text.ts'

/** When certificates end. Programs for base64 and its lines would be nine processes a certificate; awk reads no more of each than its dates. */
export const certificateDates = shellText`
# FILES, which are its input, too, each behind its name as head(1) writes it: says path and end of the first certificate of each, as it stands in it,
# yymmddhhmmssZ or yyyymmddhhmmssZ. Source: RFC 5280, 4.1.2.5.
certificate_dates() {
  awk -v skip="\${#root}" '
    BEGIN {
      files = ARGC - 1
      for (i = 1; i <= files; i++) file[i] = ARGV[i]
      ARGC = 1
      letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
      for (i = 1; i <= 64; i++) sextet[substr(letters, i, 1)] = i - 1
      for (i = 32; i < 127; i++) character[i] = sprintf("%c", i)
      # not all of busybox have powers
      weight[0] = 1
      for (i = 2; i <= 6; i += 2) weight[i] = weight[i - 2] * 4
      date = "^[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]([0-9][0-9])?Z"
    }
    # What base64 stands for, with line ends for all that cannot be printed. What is no base64 ends it. There are two layers: a kubeconfig has its PEM in one
    function decoded(layer, text, plain, at, letter, byte) {
      for (at = 1; at <= length(text) && !broken[layer]; at++) {
        letter = substr(text, at, 1)
        if (!(letter in sextet)) broken[layer] = 1
        else {
          bits[layer] = bits[layer] * 64 + sextet[letter]
          held[layer] += 6
          if (held[layer] >= 8) {
            held[layer] -= 8
            byte = int(bits[layer] / weight[held[layer]])
            bits[layer] -= byte * weight[held[layer]]
            plain = plain ((byte in character) ? character[byte] : "\n")
          }
        }
      }
      return plain
    }
    # the first date is that of the beginning
    function look(text) {
      if (dates == 2 || !match(text, date)) return
      dates++
      ends = substr(text, 1, RLENGTH)
    }
    function pem(text, part, n, i) {
      if (text ~ /-----END CERTIFICATE-----/) over = 1
      if (text ~ /-----BEGIN CERTIFICATE-----/) inside = 1
      if (over || !inside || text ~ /-----/) return
      gsub(/\r/, "", text)
      text = rest decoded("der", text)
      gsub(/[^0-9Z]/, "\n", text)
      n = split(text, part, "\n")
      for (i = 1; i < n; i++) look(part[i])
      rest = part[n]
      if (broken["der"] || dates == 2) over = 1
    }
    function kubeconfig(text, at, part, n, i, begun) {
      for (at = 1; at <= length(text) && !over; at += 400) {
        n = split(begun decoded("pem", substr(text, at, 400)), part, "\n")
        for (i = 1; i < n && !over; i++) pem(part[i])
        begun = part[n]
      }
      if (!over) pem(begun)
      over = 1
    }
    function finish() {
      look(rest)
      if (ends != "") print "open\t\t\nsay\tpath\t" substr(file[current], skip + 1) "\nsay\tnotAfter\t" ends "\nend\t\t"
      rest = ends = ""
      dates = over = inside = 0
      split("", bits)
      split("", held)
      split("", broken)
    }
    /^==> / {
      for (i = current + 1; i <= files; i++) if ($0 == "==> " file[i] " <==") {
        finish()
        current = i
        next
      }
    }
    over { next }
    file[current] !~ /\.conf$/ { pem($0); next }
    sub(/^[ \t]*client-certificate-data:[ \t]*/, "") { kubeconfig($0) }
    END { finish() }
  ' "$@"
}
`

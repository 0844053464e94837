/**
 * What the facts script begins with. Its parts say what they find by `open`, `list`, `say`, `items` and `end`; each is one line of an inner protocol
 * (what to do, tab, name, tab, value), and `written_as_json` makes one document of them. There alone anything is escaped or cut, so the document is
 * well-formed and below 64 KiB whatever a host holds, also where a part of the script was killed.
 *
 * Written for dash, bash and busybox; awk may be mawk, gawk or busybox'. `root` (a folder instead of `/`) and `tools` (a folder of programs) are
 * assigned before it; both are empty but in tests.
 */
export const jsonWriter = String.raw`set -u
umask 077
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
[ -z "$tools" ] || PATH=$tools:$PATH
export LC_ALL PATH
nl='
'

# WHAT NAME VALUE
line() {
  case $3 in
    *"$nl"*) printf '%s\t%s\t%s\n' "$1" "$2" "$(printf %s "$3" | tr '\n' ' ')" ;;
    *) printf '%s\t%s\t%s\n' "$1" "$2" "$3" ;;
  esac
}
# NAME: an object begins, in a list without a name
open() { line open "$1" ''; }
list() { line list "$1" ''; }
end() { line end '' ''; }
# NAME VALUE; what is empty is not said
say() { [ -z "$2" ] || line say "$1" "$2"; }
# NAME: the lines of the input as a list
items() {
  list "$1"
  awk '{ print "item\t\t" $0 }'
  end
}
# WHAT: it is there and could not be read
unread() { line unread '' "$1"; }

written_as_json() {
  awk '
    BEGIN { FS = "\t"; depth = 0; room = 52000; longest = 1000; most = 150; printf "{" }
    function put(text) { printf "%s", text; room -= length(text) }
    function quoted(text, out, at) {
      gsub(/[^ -~]/, " ", text)
      if (length(text) > longest) text = substr(text, 1, longest) "..."
      out = ""
      while ((at = match(text, /["\\]/)) > 0) {
        out = out substr(text, 1, at - 1) "\\" substr(text, at, 1)
        text = substr(text, at + 1)
      }
      return "\"" out text "\""
    }
    function name() {
      if (children[depth]++) put(",")
      if (!in_list[depth]) put(quoted($2) ":")
    }
    function begin(bracket) {
      name()
      put(bracket)
      depth++
      children[depth] = 0
      in_list[depth] = bracket == "["
    }
    function finish() { put(in_list[depth] ? "]" : "}"); depth-- }
    $1 == "unread" { if (count < 30) unread[++count] = substr($3, 1, 150); next }
    $1 == "done" { done = 1; next }
    $1 == "end" { if (skipped > 0) skipped--; else if (depth > 0) finish(); next }
    # what there is no room for goes without its parts; the document keeps its fields
    skipped > 0 || (depth > 0 && (room < 0 || (in_list[depth] && children[depth] >= most))) {
      cut = 1
      if ($1 == "open" || $1 == "list") skipped++
      next
    }
    $1 == "open" { begin("{"); next }
    $1 == "list" { begin("["); next }
    $1 == "say" || $1 == "item" { name(); put(quoted(substr($0, length($1) + length($2) + 3))) }
    END {
      while (depth > 0) finish()
      $2 = "unread"
      begin("[")
      for (i = 1; i <= count; i++) { name(); put(quoted(unread[i])) }
      finish()
      printf ",\"cut\":\"%s\",\"complete\":\"%s\"}\n", cut ? "yes" : "no", done ? "yes" : "no"
    }
  '
}

# A program that may hang is given up
limited() { timeout -s KILL 10 "$@" < /dev/null; }

# FILE: whether it is there and can be read
readable() {
  [ -f "$root$1" ] || return 1
  [ -r "$root$1" ] && return 0
  unread "$1"
  return 1
}
# FOLDER: whether it is there and can be listed
listable() {
  [ -d "$root$1" ] || return 1
  [ -r "$root$1" ] && [ -x "$root$1" ] && return 0
  unread "$1"
  return 1
}

# Hides values of what is called a token, a password or a secret, and passwords in addresses
mask() {
  sed -E \
    -e 's#(://[^/:@[:space:]]*:)[^@[:space:]]*@#\1***@#g' \
    -e 's/([Aa][Uu][Tt][Hh]([Oo][Rr][Ii][Zz][Aa][Tt][Ii][Oo][Nn])?["'\'']?[[:space:]]*[=:]).*/\1 ***/' \
    -e 's/(([Tt][Oo][Kk][Ee][Nn]|[Pp][Aa][Ss][Ss][Ww][Dd]|[Pp][Aa][Ss][Ss][Ww][Oo][Rr][Dd]|[Ss][Ee][Cc][Rr][Ee][Tt]|[Ss][Ee][Cc][Rr][Ee][Tt][-_]?[Kk][Ee][Yy]|[Aa][Cc][Cc][Ee][Ss][Ss][-_]?[Kk][Ee][Yy])["'\'']?([[:space:]]*[=:][[:space:]]*|[[:space:]]+))["'\'']?[^[:space:]"'\'',;]+/\1***/g'
}

# FILE: its lines but for comments, bounded, without secrets
lines_of() {
  head -c 16384 "$root$1" | tr -d '\000' | tr '\r\t' '  ' | sed -E -e '/^[[:space:]]*(#.*)?$/d' | mask | head -n 150
}
# NAME FILE
text() {
  readable "$2" || return 0
  lines_of "$2" | items "$1"
}

# NAME: the value of a flag among the lines of the input, one argument a line
flag() {
  awk -v name="$1" '
    found { print; exit }
    index($0, "--" name "=") == 1 || index($0, "-" name "=") == 1 { print substr($0, index($0, "=") + 1); exit }
    $0 == "--" name || $0 == "-" name { found = 1 }
  '
}
`

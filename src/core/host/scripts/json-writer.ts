import { shellText } from './shell-text.ts'

/**
 * What the facts script begins with. Its parts say what they find by `open`, `list`, `say`, `masked`, `text` and `end`; each is one line of an inner
 * protocol (what to do, tab, name, tab, value), and `written_as_json` makes one document of them. There alone anything is masked, escaped or cut, so the
 * document is well-formed and below 64 KiB whatever a host holds, also where a part of the script was killed.
 *
 * A host pays for each process. So functions that look for something set a variable, as `$(...)` would be a process, and what programs such as awk find goes
 * out as lines of the protocol.
 *
 * Written for dash, bash and busybox; awk may be mawk, gawk or busybox'. `root` (a folder instead of `/`) and `tools` (a folder of programs) are
 * assigned before it; both are empty but in tests.
 */
export const jsonWriter = shellText`set -u
umask 077
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
[ -z "$tools" ] || PATH=$tools:$PATH
export LC_ALL PATH
nl='
'
tab='	'

# What is unquoted between these two is split into lines, and nothing else is made of it
by_lines() { set -f; IFS=$nl; }
by_words() { set +f; unset IFS; }

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
# NAME VALUE, in a list without a name; what is empty is not said
say() { [ -z "$2" ] || line say "$1" "$2"; }
# The same of what may have a secret in it
masked() { [ -z "$2" ] || line masked "$1" "$2"; }
# OUTPUT of a program: its words; the version among them is said
say_version() {
  set -f
  set -- $1
  set +f
  line version version "$*"
}
# NAME: the lines of the input as a list
items() {
  list "$1"
  awk '{ print "say\t\t" $0 }'
  end
}
# WHAT: it is there and could not be read
unread() { line unread '' "$1"; }

# masked and text: hides values of what is called a token, a password or a secret, and passwords in addresses
written_as_json() {
  sed -E \
    -e '/^text[[:space:]]+(#.*)?$/d' \
    -e '/^(masked|text)/!b' \
    -e 's#(://[^/:@[:space:]]*:)[^@[:space:]]*@#\1***@#g' \
    -e 's/([Aa][Uu][Tt][Hh]([Oo][Rr][Ii][Zz][Aa][Tt][Ii][Oo][Nn])?["'\'']?[[:space:]]*[=:]).*/\1 ***/' \
    -e 's/(([Tt][Oo][Kk][Ee][Nn]|[Pp][Aa][Ss][Ss][Ww][Dd]|[Pp][Aa][Ss][Ss][Ww][Oo][Rr][Dd]|[Ss][Ee][Cc][Rr][Ee][Tt]|[Ss][Ee][Cc][Rr][Ee][Tt][-_]?[Kk][Ee][Yy]|[Aa][Cc][Cc][Ee][Ss][Ss][-_]?[Kk][Ee][Yy])["'\'']?([[:space:]]*[=:][[:space:]]*|[[:space:]]+))["'\'']?[^[:space:]"'\'',;]+/\1***/g' |
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
    # of a file nothing but its beginning is wanted
    $1 == "text" && !skipped && children[depth] >= most { next }
    # what there is no room for goes without its parts; the document keeps its fields
    skipped > 0 || (depth > 0 && (room < 0 || (in_list[depth] && children[depth] >= most))) {
      cut = 1
      if ($1 == "open" || $1 == "list") skipped++
      next
    }
    $1 == "open" { begin("{"); next }
    $1 == "list" { begin("["); next }
    {
      value = substr($0, length($1) + length($2) + 3)
      if ($1 == "version") {
        match(value, /v?[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+~-]*/)
        if (RSTART == 0) next
        value = substr(value, RSTART, RLENGTH)
      }
      name()
      put(quoted(value))
    }
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

# FILE of the kernel, which has no long ones: sets found to its first line
kernel_says() {
  found=''
  IFS= read -r found < "$root$1"
}

# NAME FILE: its lines but for comments, bounded, without secrets
text() {
  readable "$2" || return 0
  list "$1"
  found=$(head -c 16384 "$root$2")
  by_lines
  [ -z "$found" ] || printf 'text\t\t%s\n' $found
  by_words
  end
}

# NAME ARGUMENTS of a program, as arguments_of tells them: sets value to that of a flag
flag() {
  value='' next=no
  by_lines
  for each in $2; do
    each=\${each#masked"$tab$tab"}
    [ "$next" = no ] || { value=$each; break; }
    case $each in
      "--$1="* | "-$1="*) value=\${each#*=}; break ;;
      "--$1" | "-$1") next=yes ;;
    esac
  done
  by_words
}
`

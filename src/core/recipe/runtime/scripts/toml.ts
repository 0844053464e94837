/**
 * Sets single values of a TOML file and leaves every other line as it is, people's comments too. `toml_set SETTINGS < OLD > NEW`; SETTINGS has lines
 * "TABLE<tab>KEY<tab>VALUE". Tables are compared without quotes and blanks, so that `[plugins."x".y]` and `[plugins.'x'.y]` are the same.
 */
export const tomlFunctions = String.raw`
toml_set() {
  awk -v settings="$1" '
    function plain(text) { gsub(/["\047 \t]/, "", text); return text }
    function flush(section, indent, i) {
      for (i = 1; i <= n; i++) if (!set[i] && where[i] == section) { print indent key[i] " = " value[i]; set[i] = 1 }
    }
    BEGIN {
      while ((getline line < settings) > 0) {
        n++
        split(line, part, "\t")
        table[n] = part[1]; key[n] = part[2]; value[n] = part[3]; where[n] = plain(part[1])
      }
      section = ""
    }
    skipping { if ($0 ~ /\]/) skipping = 0; next }
    /^[ \t]*\[/ {
      # what a table lacks stands behind its header, so that no line of another can come between
      if (!opened[section]++) flush(section, indent)
      header = $0
      sub(/[ \t]*#.*$/, "", header)
      indent = header
      sub(/\[.*$/, "", indent)
      isList = header ~ /^[ \t]*\[\[/
      gsub(/^[ \t]*\[+|\]+[ \t]*$/, "", header)
      section = isList ? "list of " plain(header) : plain(header)
      indent = indent "  "
      print
      next
    }
    {
      name = $0
      sub(/=.*$/, "", name)
      name = plain(name)
      for (i = 1; i <= n; i++) if (where[i] == section && key[i] == name && $0 ~ /=/) {
        if (!set[i]) { match($0, /^[ \t]*/); print substr($0, 1, RLENGTH) key[i] " = " value[i] }
        set[i] = 1
        if ($0 ~ /=[ \t]*\[[^\]]*$/) skipping = 1
        next
      }
      print
    }
    END {
      flush(section, indent)
      for (i = 1; i <= n; i++) if (!set[i]) { print ""; print "[" table[i] "]"; flush(where[i], "  ") }
    }
  '
}
`

# shellcheck shell=bash
# To be sourced. The line for apt that takes bookworm from the mirror which this machine itself uses.

debian_sources() { # deb|deb-src
  local mirror
  # a machine has one of the two files
  mirror=$({ cat /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2> /dev/null || true; } |
    awk '$1 == "URIs:" { print $2; exit } $1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { print $i; exit } }')
  echo "$1 [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:?apt has no Debian mirror in its sources} bookworm main"
}

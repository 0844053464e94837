/** How steps tell what they run as an operator would type it, and that their result is there where nothing else on the host tells so. */
export const toldCommands = String.raw`
mark=$folder/done

is_marked() { [ -e "$mark" ]; }
# What is done from here on has not been taken back
begin() { rm -f "$folder/../take-back/done"; }
finish() { sync; : > "$mark"; }

# COMMAND ...: told as it could be typed, wherever its own output goes, and run
exec 3>&1
tell() { echo "+ $*" >&3; }
run() {
  told=
  for word; do
    case $word in
      '' | *[!A-Za-z0-9_./:=@%+,-]*) told="$told '$(printf %s "$word" | sed "s/'/'\\\\''/g")'" ;;
      *) told="$told $word" ;;
    esac
  done
  tell "$(printf %s "$told" | cut -c 2-)"
  "$@"
}

`

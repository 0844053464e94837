import { type Contact, contactText, lastLine } from './connect-fault.ts'
import { HostFault } from './host-fault.ts'

/** What sudo prints in the C locale, and what helps. Source: sudo 1.8 to 1.9, plugins/sudoers. */
const sayings: readonly (readonly [pattern: RegExp, says: (user: string, passwordFile: string | undefined) => string])[] = [
  [
    /incorrect password|no password was provided|sorry, try again/i,
    (user, file) => `the password in ${file ?? 'its file'} is not that of ${user}: correct it`,
  ],
  [
    /a password is required|a terminal is required|askpass/i,
    (user) => `sudo asks for the password of ${user}: name a file with it (passwordFile), or allow sudo without one (NOPASSWD)`,
  ],
  [/must have a tty/i, (user) => `sudo wants a terminal: set "Defaults:${user} !requiretty" in sudoers`],
  [
    /not in the sudoers|not allowed to (execute|run)|may not run sudo/i,
    (user) => `${user} may not become root by sudo: allow it in sudoers`,
  ],
  [/sudo.?: (command )?not found|sudo.?: no such file/i, () => `there is no sudo: install it, or log in as root with become: none`],
]

/** The fault of a user that was let in and does not become root. `text`: what the host printed. */
export function sudoFault(contact: Contact, text: string, passwordFile?: string): HostFault {
  const user = contact.user ?? 'the user'
  const found = sayings.find(([pattern]) => pattern.test(text))
  const why = found?.[1](user, passwordFile) ?? `${user} does not become root by sudo (${lastLine(text)}): try it there by hand`
  return new HostFault('NotRoot', `on ${contactText(contact)} ${why}`)
}

/** The fault of a user without sudo that is not root. */
export function loginNotRoot(contact: Contact): HostFault {
  const user = contact.user ?? 'the user'
  return new HostFault('NotRoot', `on ${contactText(contact)} ${user} is not root: set become: sudo in the inventory, or log in as root`)
}

import type { ControlPlane } from '../machine/control-plane.ts'
import type { Machine } from '../machine/machine.ts'
import { apiOf, sharedServer } from './machine-facts.ts'

/** What the script that asks for the way to the API would print on a machine: one line of JSON. Connections go round among the API servers that serve. */
export function apiAnswer(machine: Machine, { members }: ControlPlane, leftOut: ReadonlySet<string> = new Set()): string {
  const isServing = (name: string) => members.some(({ node, serving }) => node === name && serving)
  const behind = members.filter(({ node, serving }) => serving && !leftOut.has(node))
  const { name, role, address } = machine
  const own = {
    place: `${address}:6443`,
    ready: isServing(name) ? 'ok' : 'nothing',
    ...(isServing(name) && { certificate: certificateOf(name) }),
  }
  const none = { server: sharedServer, failed: '10', seen: [] }
  const seen = { server: sharedServer, failed: '0', seen: behind.map(({ node }) => ({ certificate: certificateOf(node), count: '10' })) }
  return JSON.stringify({
    format: 'falkirk.dev/api-path/v1',
    api: apiOf(machine),
    ...(role === 'Server' ? { own } : {}),
    asked: [behind.length === 0 ? none : seen],
    unread: [],
    cut: 'no',
    complete: 'yes',
  })
}

/** As long as a SHA-256, and another one for each name. */
function certificateOf(name: string): string {
  const digits = [...name].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0'))
  return digits.join('').slice(-64).padStart(64, '0')
}

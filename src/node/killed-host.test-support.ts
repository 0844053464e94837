import type { Host } from './host.ts'

/** Whoever works on the host is gone at a call that acts; what was started goes on. */
export function killedAt(of: Host, call: number, when: 'before' | 'after'): Host {
  let acts = 0
  return {
    name: of.name,
    run: async (script, word, input) => {
      if (word === 'put' || word === 'carry_out') acts += 1
      if (acts === call && when === 'before') throw new Error('killed')
      const result = await of.run(script, word, input)
      if (acts === call) throw new Error('killed')
      return result
    },
  }
}

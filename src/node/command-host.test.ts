import { expect, it } from 'vitest'
import { commandHost } from './command-host.ts'
import { hostContract } from './host-contract.test-support.ts'

hostContract('a command', () => commandHost('here', ['/bin/sh']))

it('a command that is not there cannot reach any host', async () => {
  await expect(commandHost('here', ['/nonexistent/nsenter', '/bin/sh']).run('true', 'x')).rejects.toThrow('ENOENT')
})

it('a file that is not there is no input', async () => {
  await expect(commandHost('here', ['/bin/sh']).run('cat', 'x', { file: '/nonexistent/binary' })).rejects.toThrow('ENOENT')
})

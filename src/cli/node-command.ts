import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { FalkirkError } from '../core/falkirk-error.ts'
import { checkBinary } from '../node/check-binary.ts'
import { nsenterHost } from '../node/command-host.ts'
import { fetchBinary } from '../node/fetch-binary.ts'
import { replaceBinary } from '../node/replace-binary.ts'

// to where the verdict of an error goes too: lines of two streams come into a pod's log in any order, and the verdict has to be its last
const say = (line: string) => {
  process.stderr.write(`${line}\n`)
}
const pause = (milliseconds: number) => sleep(milliseconds)

interface OrderFlags {
  readonly order: string
  readonly digest: string
  readonly binary: string
}

/** `falkirk node …`: what the Jobs of a recipe run on a node. Nobody types these. */
export function nodeCommand(): Command {
  const command = new Command('node').description('what Jobs of a recipe run on a node')
  command.addCommand(withOrder(new Command('check-binary').description('compare the binary with its checksum')).action(check))
  command.addCommand(withOrder(new Command('fetch-binary').description('fetch the binary from its address')).action(fetchTo))
  command.addCommand(
    withOrder(new Command('run-steps').description('change the host of this pod'))
      .requiredOption('--attempt <number>', 'which attempt this is, from 1')
      .action(run),
  )
  return command
}

function withOrder(command: Command): Command {
  return command
    .requiredOption('--order <json>', 'what is to be done')
    .requiredOption('--digest <sha256>', 'digest of the order and of the scripts that carry it out')
    .requiredOption('--binary <file>', 'the new binary')
}

async function check(flags: OrderFlags): Promise<void> {
  const { sha256, order } = await checked(flags)
  say(`the binary for ${order.version} is there: sha256 ${sha256}`)
}

async function fetchTo({ order, digest, binary }: OrderFlags): Promise<void> {
  const problem = await fetchBinary(order, digest, binary, { say, sleep: pause })
  if (problem !== undefined) throw new FalkirkError('FK_RECIPE', problem)
}

async function checked({ order, digest, binary }: OrderFlags) {
  const read = await checkBinary(order, digest, binary)
  if (read.kind === 'Checked') return read
  throw new FalkirkError('FK_RECIPE', read.message)
}

async function run(flags: OrderFlags & { readonly attempt: string }): Promise<void> {
  const { order, sha256 } = await checked(flags)
  const attempt = Number(flags.attempt)
  if (!Number.isInteger(attempt) || attempt < 1) {
    throw new FalkirkError('FK_BAD_SETTING', `--attempt is "${flags.attempt}": write a whole number from 1`)
  }
  const name = process.env.SYSTEM_UPGRADE_NODE_NAME ?? 'the host'
  const input = { order, binary: { file: flags.binary, sha256 }, attempt }
  const end = await replaceBinary(input, { host: nsenterHost(name), say, sleep: pause, now: Date.now })
  if (end.kind === 'Failed') {
    for (const line of end.lines) say(line)
    throw new FalkirkError('FK_RECIPE', end.message)
  }
  say(`${name} runs ${order.version}`)
}

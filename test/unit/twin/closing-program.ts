import { systemClock } from '../../../src/cluster/clock.ts'
import { newMachine } from '../../../src/twin/machine/new-machine.ts'
import { seededRandom } from '../../../src/twin/time/seeded-random.ts'
import { createTwin } from '../../../src/twin/twin.ts'

const version = 'v1.32.1+k3s1'

/** Runs a small cluster for a moment in real time and closes it. Nothing here ends the process: that is what is asked. */
async function main(): Promise<void> {
  const twin = await createTwin({ clock: systemClock, random: seededRandom(1), version })
  await twin.addNodes([newMachine({ name: 'server', version, distribution: 'k3s', role: 'Server', bootId: 'first' })])
  await twin.start()
  // before that, there is nothing that could keep the process
  while (twin.api.client.store.count('events') === 0) await systemClock.sleep(50)
  twin.close()
  process.stdout.write('closed\n')
}

void main()

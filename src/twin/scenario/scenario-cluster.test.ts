import { expect, it } from 'vitest'
import { scenarioCluster } from './scenario-cluster.ts'

it('an object with a UID that no server has given is refused in one sentence', async () => {
  const objects = [{ apiVersion: 'v1', kind: 'Node', metadata: { uid: 'u', name: 'n', labels: 5 } }]
  await expect(scenarioCluster({ cluster: { objects } }, { folder: '.', nowMs: 0 })).rejects.toMatchObject({
    code: 'FK_SCENARIO',
    message:
      'cluster.objects has a Node with a UID that comes from no cluster: Node in version "v1" cannot be handled as a Node: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type map[string]string',
  })
})

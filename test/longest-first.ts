import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files of a minute and more, those that take longest first. Of two kinds that run beside each other one waits while the other computes. */
const longest = [
  'e2e/hosts/recipe',
  'e2e/kubeadm/',
  'e2e/hosts/cluster-upgrade',
  'e2e/hosts/drain',
  'conformance/conformance',
  'e2e/plan/channel',
  'e2e/kubectl/real-and-twin',
  'e2e/etcd/',
  'e2e/hosts/two-plans',
  'e2e/hosts/failed-jobs',
  'e2e/plan/killed',
  'e2e/runtime/docker',
  'e2e/kubectl/',
  'e2e/rig-hosts',
  'e2e/plan/leader-election',
  'e2e/plan/bad-input',
  'e2e/upgrade/',
]

/** Several files at a time end together when none of the long ones comes last. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((left, right) => rankOf(left) - rankOf(right))
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = longest.findIndex((part) => moduleId.includes(`/test/${part}`))
  return rank === -1 ? longest.length : rank
}

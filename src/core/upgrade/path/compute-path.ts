import type { Build } from '../../version/build-etcd.ts'
import { chooseStops } from './choose-stops.ts'
import { nodesOf, notesOf, risksOf } from './describe-hop.ts'
import { wayPointsOf } from './hop-way-points.ts'
import { judgeDistribution, judgeRequest } from './judge-request.ts'
import { afterStop, type Members } from './members.ts'
import { type ScheduledStop, scheduleNodes } from './node-schedule.ts'
import { type PathContext, pathContext } from './path-context.ts'
import type { ClusterVersions, Hop, PathRequest, PathResult } from './upgrade-path.ts'
import { distinct } from './version-set.ts'

/**
 * Finds the way from what a cluster runs to a version: what its control plane stops at, when its nodes follow, what has to be true before.
 * Everything is found from the versions that run, so that a path that was begun, by whomever, is gone on with from where it is.
 * Source: Kubernetes version-skew policy; kubeadm version-skew policy; upgrade guides of etcd, k3s and RKE2.
 */
export function computePath(asked: PathRequest): PathResult {
  const request = { ...asked, from: withoutRepetition(asked.from) }
  const distribution = judgeDistribution(request)
  if (typeof distribution !== 'string') return distribution
  const refusal = judgeRequest(request, distribution)
  if (refusal !== undefined) return refusal
  const context = pathContext(request, distribution)
  const chosen = chooseStops(context)
  if (chosen.kind === 'Refused') return chosen
  const { controlPlane } = request.from
  const oldest = context.members[0]?.version ?? request.to
  const scheduled = scheduleNodes({
    controlPlane,
    nodes: request.from.nodes ?? [oldest],
    to: request.to,
    stops: chosen.stops,
    distribution,
    workers: request.workers,
    unsupportedSkew: request.acceptedRisks?.includes('UnsupportedSkew') ?? false,
  })
  const { to, workers, releases } = request
  const path = { from: oldest.text, to: to.text, distribution, workers, reviewed: releases.reviewed }
  return { kind: 'Path', path: { ...path, nodeMoves: mostMoves(scheduled), hops: hopsOf(scheduled, context) } }
}

/** Thousands of nodes run a few versions. */
function withoutRepetition({ controlPlane, nodes }: ClusterVersions): ClusterVersions {
  return { controlPlane: distinct(controlPlane), ...(nodes === undefined ? {} : { nodes: distinct(nodes) }) }
}

function hopsOf(scheduled: readonly ScheduledStop[], context: PathContext): readonly Hop[] {
  let before = context.members
  return scheduled.map((stop, index) => {
    const hop = hopOf(stop, { before, next: scheduled[index + 1]?.build }, context)
    before = afterStop(before, stop.build, context.distribution)
    return hop
  })
}

function hopOf(stop: ScheduledStop, { before, next }: { before: Members; next: Build | undefined }, context: PathContext): Hop {
  const version = stop.build.version.text
  const from = stop.controlPlane[0]?.text ?? version
  return {
    version,
    controlPlane: { from, to: version },
    nodes: nodesOf(stop, next, context),
    wayPoints: wayPointsOf(stop, before, context),
    notes: notesOf(stop, before, next, context),
    risks: risksOf(stop, context),
  }
}

/** How often nodes of the starting version that moves most often move. */
function mostMoves(scheduled: readonly ScheduledStop[]): number {
  const starts = scheduled[0]?.kubelets ?? []
  const counts = starts.map((start) => {
    let [now, moves] = [start.text, 0]
    for (const { moving, build } of scheduled) {
      if (!moving.some(({ text }) => text === now)) continue
      now = build.version.text
      moves++
    }
    return moves
  })
  return Math.max(0, ...counts)
}

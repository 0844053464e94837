import { z } from 'zod'
import { maskOutput } from '../recipe/mask-output.ts'
import { type EtcdVersion, parseEtcdVersion } from '../version/etcd-version.ts'
import { etcdJson, saidLines } from './said-lines.ts'

/** An identity of 64 bits, which etcdctl prints as a number, as its tables show it: hexadecimal. */
const id = z.union([z.string().regex(/^\d{1,20}$/), z.int().min(0)]).transform((text) => BigInt(text).toString(16))
const number = z.union([z.int().min(0), z.string().regex(/^\d{1,20}$/)]).transform(Number)
const header = z.object({ cluster_id: id, member_id: id, revision: number.default(0), raft_term: number.default(0) })
const text = z
  .string()
  .max(2_000)
  .transform((value) => maskOutput(value).replaceAll('\n', ' '))

const Status = z
  .array(
    z.object({
      Status: z.object({
        header,
        version: z.string(),
        dbSize: number.default(0),
        leader: id.default('0'),
        raftIndex: number.default(0),
        raftTerm: number.default(0),
        raftAppliedIndex: number.default(0),
        errors: z.array(text).max(50).default([]),
        isLearner: z.boolean().default(false),
      }),
    }),
  )
  .length(1)

const Members = z.object({
  header,
  members: z
    .array(
      z.object({
        ID: id,
        name: z
          .string()
          .regex(/^[\w.@:+ -]{0,200}$/)
          .default(''),
        peerURLs: z.array(text).max(20).default([]),
        clientURLs: z.array(text).max(20).default([]),
        isLearner: z.boolean().default(false),
      }),
    )
    .max(20),
})

/** A member as the cluster lists it. */
export interface ListedMember {
  readonly id: string
  /** Empty: it was added and has never started. */
  readonly name: string
  readonly peerUrls: readonly string[]
  readonly clientUrls: readonly string[]
  readonly isLearner: boolean
}

/** What a member says of itself. */
export interface MemberStatus {
  readonly clusterId: string
  readonly memberId: string
  readonly version: EtcdVersion
  readonly dbBytes: number
  /** `0`: it knows of none. */
  readonly leader: string
  readonly revision: number
  readonly raftTerm: number
  readonly raftIndex: number
  readonly appliedIndex: number
  readonly errors: readonly string[]
  readonly isLearner: boolean
}

/** The answer of one member, asked on its own host. What it did not answer is absent, with the reason in `problems`. */
export interface MemberFacts {
  readonly status?: MemberStatus
  readonly members?: readonly ListedMember[]
  /** It has answered that a write of it would be agreed on. */
  readonly isHealthy: boolean
  /** `NOSPACE of 8e9e05c52164694d` */
  readonly alarms: readonly string[]
  /** Whether etcd asks its clients for users; absent: not known. */
  readonly authentication?: boolean
  /** As all members have agreed on it; absent: not known. */
  readonly clusterVersion?: EtcdVersion
  readonly dbKib?: number
  readonly dataFreeKib?: number
  /** Sentences of etcdctl. */
  readonly problems: readonly string[]
}

/** Reads what `scripts/member-script.ts` printed; undefined when it did not come to its end. */
export function parseMemberFacts(output: string): MemberFacts | undefined {
  const said = saidLines(output)
  if (said === undefined) return undefined
  const first = (name: string) => said.get(name)?.[0] ?? ''
  const status = statusOf(first('status'))
  const listed = Members.safeParse(etcdJson(first('members')))
  const clusterVersion = clusterVersionOf(first('served'))
  const kib = (name: string) => (/^\d{1,15}$/.test(first(name)) ? Number(first(name)) : undefined)
  const [dbKib, dataFreeKib] = [kib('db_kib'), kib('data_free_kib')]
  const authentication = first('authentication')
  return {
    ...(status === undefined ? {} : { status }),
    ...(listed.success ? { members: listed.data.members.map(listedMember) } : {}),
    isHealthy: isHealthy(first('health')),
    alarms: alarmsOf(first('alarms')),
    ...(authentication === '' ? {} : { authentication: authentication === 'yes' }),
    ...(clusterVersion === undefined ? {} : { clusterVersion }),
    ...(dbKib === undefined ? {} : { dbKib }),
    ...(dataFreeKib === undefined ? {} : { dataFreeKib }),
    problems: [...said].flatMap(([name, values]) => (name.endsWith('_error') ? values.map(sentenceOf) : [])),
  }
}

function statusOf(line: string): MemberStatus | undefined {
  const parsed = Status.safeParse(etcdJson(line))
  const status = parsed.success ? parsed.data[0]?.Status : undefined
  const version = parseEtcdVersion(status?.version ?? '')
  if (status === undefined || version === undefined) return undefined
  return {
    clusterId: status.header.cluster_id,
    memberId: status.header.member_id,
    version,
    dbBytes: status.dbSize,
    leader: status.leader,
    revision: status.header.revision,
    raftTerm: status.raftTerm,
    raftIndex: status.raftIndex,
    // absent before 3.4
    appliedIndex: status.raftAppliedIndex || status.raftIndex,
    errors: status.errors,
    isLearner: status.isLearner,
  }
}

function listedMember({ ID, name, peerURLs, clientURLs, isLearner }: z.infer<typeof Members>['members'][number]): ListedMember {
  return { id: ID, name, peerUrls: peerURLs, clientUrls: clientURLs, isLearner }
}

function isHealthy(line: string): boolean {
  const parsed = z.array(z.object({ health: z.boolean() })).safeParse(etcdJson(line))
  return parsed.success && parsed.data.length > 0 && parsed.data.every(({ health }) => health)
}

/** `memberID:10276657743932975437 alarm:NOSPACE` */
function alarmsOf(line: string): readonly string[] {
  return [...line.matchAll(/memberID:(\d{1,20}) alarm:([A-Z]{1,30})/g)].map(
    ([, member = '0', alarm]) => `${alarm} of ${BigInt(member).toString(16)}`,
  )
}

function clusterVersionOf(line: string): EtcdVersion | undefined {
  const parsed = z.object({ etcdcluster: z.string() }).safeParse(etcdJson(line))
  return parsed.success ? parseEtcdVersion(parsed.data.etcdcluster) : undefined
}

/** What is told of a fault is in an object of JSON, or behind `Error:`. */
function sentenceOf(line: string): string {
  const own = /"error":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line
  return maskOutput(own.replace(/^Error: /, '').replace(/^rpc error: code = \w+ desc = /, ''))
    .replaceAll('\n', ' ')
    .slice(0, 200)
}

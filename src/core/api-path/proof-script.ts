import { z } from 'zod'
import { ApiFacts } from '../host/api-facts.ts'
import { type ReadHostDocument, readHostDocument } from '../host/host-document.ts'
import { apiFacts } from '../host/scripts/api-facts.ts'
import { jsonWriter } from '../host/scripts/json-writer.ts'
import { kubernetesFacts } from '../host/scripts/kubernetes-facts.ts'
import { maskOutput } from '../recipe/mask-output.ts'
import { shellAssignments } from '../recipe/shell-quote.ts'
import { proofSteps } from './proof-steps.ts'

/** New connections that each host makes for each member: chance alone leaves none of them out. */
const perMember = 10
const mostConnections = 40

/** `members`: control planes of the cluster. `root`, `tools`: for tests alone, as of `hostFactsScript`. */
export interface ProofScriptOptions {
  readonly members: number
  readonly root?: string
  readonly tools?: string
}

/**
 * Asks from a host how the API is reached, and changes nothing: its own API server at its own address, and who answers new connections to the addresses in
 * its kubeconfigs. Prints one document for `parseApiAnswer`. Takes some seconds, in which up to 40 connections are open.
 */
export function apiProofScript({ members, root = '', tools = '' }: ProofScriptOptions): string {
  const values = { root, tools, times: String(Math.min(perMember * Math.max(members, 1), mostConnections)), hold_seconds: '2' }
  return [shellAssignments(values), jsonWriter, kubernetesFacts, apiFacts, proofSteps].join('')
}

const number = z
  .string()
  .regex(/^\d{1,6}$/)
  .transform(Number)
const fingerprint = z.string().regex(/^[0-9a-f]{64}$/)
const text = z
  .string()
  .max(1_010)
  .transform((value) => maskOutput(value).replaceAll('\n', ' '))
const place = z.string().regex(/^[\w.:%[\]-]{1,270}$/)
const yesNo = z.enum(['yes', 'no']).transform((value) => value === 'yes')
const most = 100

const ApiAnswer = z.strictObject({
  format: z.literal('falkirk.dev/api-path/v1'),
  /** A program without which this cannot be asked. */
  missing: text.exactOptional(),
  api: ApiFacts,
  /** Absent: there is no manifest of an API server. */
  own: z
    .strictObject({
      /** `ADDRESS:PORT` as it enters itself in the cluster. */
      place,
      /** `ok`, or what came instead; absent: nobody could ask. */
      ready: text.exactOptional(),
      /** SHA-256 of the certificate that it shows; absent: it shows none. */
      certificate: fingerprint.exactOptional(),
    })
    .exactOptional(),
  asked: z
    .array(
      z.strictObject({
        server: text,
        /** Connections that were not taken. */
        failed: number,
        /** Certificates that were shown, with how often. */
        seen: z.array(z.strictObject({ certificate: fingerprint, count: number })).max(most),
      }),
    )
    .max(most),
  unread: z.array(text).max(most),
  cut: yesNo,
  complete: yesNo,
})
/** What a host has found of the way to the API. */
export type ApiAnswer = z.infer<typeof ApiAnswer>

/** Reads what the script printed; a host may say anything. */
export function parseApiAnswer(output: string): ReadHostDocument<ApiAnswer> {
  return readHostDocument(output, ApiAnswer)
}

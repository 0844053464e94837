import { z } from 'zod'
import { maskOutput } from '../recipe/mask-output.ts'

const most = 30
const path = z.string().regex(/^\/\P{C}{0,300}$/u)
const address = z.string().regex(/^[\w.:%-]{1,253}$/)
const server = z
  .string()
  .max(1_010)
  .transform((value) => maskOutput(value).replaceAll('\n', ' '))

/** How a host reaches the API: no more of its kubeconfigs than where they lead. */
export const ApiFacts = z.strictObject({
  /** `https://10.0.0.100:6443`, by the kubeconfig that names it; that of the kubelet is the first. */
  servers: z
    .array(z.strictObject({ file: path, server }))
    .max(most)
    .default([]),
  /** Of the host's interfaces, but for those of pods and services. */
  addresses: z.array(address).max(most).default([]),
  /** What names in `servers` stand for on this host. */
  names: z
    .array(z.strictObject({ name: address, addresses: z.array(address).max(most).default([]) }))
    .max(most)
    .default([]),
})
export type ApiFacts = z.infer<typeof ApiFacts>

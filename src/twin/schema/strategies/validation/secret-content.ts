import type { Secret } from 'kubernetes-types/core/v1'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import { goJsonProblem } from '../../../api/go-json-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'

const accountName = 'kubernetes.io/service-account.name'

/** Why a Secret does not hold what its type promises; nothing of its content is in the words. Source: Kubernetes docs, Types of Secret. */
export function secretContentProblems({ type, data = {}, metadata }: Secret): readonly StatusCause[] {
  const missing = (key: string) => !Object.hasOwn(data, key)
  switch (type) {
    case 'kubernetes.io/service-account-token':
      return metadata?.annotations?.[accountName] ? [] : [requiredValue(`metadata.annotations[${accountName}]`)]
    case 'kubernetes.io/dockercfg':
      return jsonProblems('.dockercfg', data)
    case 'kubernetes.io/dockerconfigjson':
      return jsonProblems('.dockerconfigjson', data)
    case 'kubernetes.io/basic-auth':
      // one of the two is enough; the original fills in no name where it says `%s`
      return missing('username') && missing('password') ? ['username', 'password'].map((key) => requiredValue(`data[%s][${key}]`)) : []
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [requiredValue('data[%s][ssh-privatekey]')]
    case 'kubernetes.io/tls':
      return ['tls.crt', 'tls.key'].filter(missing).map((key) => requiredValue(`data[${key}]`))
    default:
      return []
  }
}

function jsonProblems(key: string, data: Readonly<Record<string, string>>): readonly StatusCause[] {
  const field = `data[${key}]`
  const content = Object.hasOwn(data, key) ? data[key] : undefined
  if (content === undefined) return [requiredValue(field)]
  const why = mapProblem(Buffer.from(content, 'base64').toString('utf8'))
  return why === undefined ? [] : [invalidValue(field, '<secret contents redacted>', why)]
}

/** Why a text is no JSON object, in the words of Go's decoder. */
function mapProblem(text: string): string | undefined {
  const problem = goJsonProblem(text)
  if (problem !== undefined) return problem
  const value: unknown = JSON.parse(text)
  if (typeof value === 'object' && !Array.isArray(value)) return undefined
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  return `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`
}

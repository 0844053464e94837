import type { ZodError } from 'zod'

/** The first thing a schema objects to: `users[2].name` and what is wrong there. The value itself is not quoted, it may be a secret. */
export function firstIssue(error: ZodError): { path: string; message: string } {
  const issue = error.issues[0]
  const path = (issue?.path ?? []).reduce<string>(
    (before, part) => (typeof part === 'number' ? `${before}[${part}]` : before === '' ? String(part) : `${before}.${String(part)}`),
    '',
  )
  return { path, message: (issue?.message ?? 'is invalid').replace(/^Invalid (input|option): /, '') }
}

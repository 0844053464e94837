/** One step of a path; `Filter` keeps the items of a list of which a field is there, has a value or has another one. */
type Step =
  | { readonly kind: 'Field'; readonly name: string }
  | { readonly kind: 'Index'; readonly index: number }
  | { readonly kind: 'All' }
  | { readonly kind: 'Filter'; readonly path: readonly string[]; readonly keeps: (value: unknown) => boolean }

const token =
  /\.([\w-]+(?:\\\.[\w-]+)*)|\['([^']+)'\]|\[(-?\d+)\]|(\.?\[?\*\]?)|\[\?\(@((?:\.[\w-]+)+)\s*(?:([=!]=)\s*("[^"]*"|'[^']*'|-?\d+(?:\.\d+)?|true|false)\s*)?\)\]/y

/**
 * The values at a JSONPath as CustomResourceDefinitions use them: `.a.b`, `['a.b']`, `[0]`, `[*]`, `[?(@.type=="Ready")]`,
 * `[?(@.message!='')]`, `[?(@.message)]`. As the API server does, a filter leaves out items without the field, whatever it compares.
 * None when the path leads nowhere or is in another syntax. Source: Kubernetes, JSONPath Support.
 */
export function valuesAt(root: unknown, path: string): readonly unknown[] {
  const steps = stepsOf(path)
  if (steps === undefined) return []
  return steps.reduce((values, step) => values.flatMap((value) => follow(value, step)), [root] as readonly unknown[])
}

function stepsOf(path: string): readonly Step[] | undefined {
  const text = path.startsWith('.') || path.startsWith('[') ? path : `.${path}`
  const steps: Step[] = []
  let at = 0
  while (at < text.length) {
    token.lastIndex = at
    const found = token.exec(text)
    if (found === null) return undefined
    steps.push(stepOf(found))
    at = token.lastIndex
  }
  return steps
}

function stepOf([, name, quoted, index, all, filterPath, operator, literal]: RegExpExecArray): Step {
  if (name !== undefined) return { kind: 'Field', name: name.replaceAll('\\.', '.') }
  if (quoted !== undefined) return { kind: 'Field', name: quoted }
  if (index !== undefined) return { kind: 'Index', index: Number(index) }
  if (all !== undefined) return { kind: 'All' }
  return { kind: 'Filter', path: (filterPath ?? '').split('.').slice(1), keeps: comparison(operator, literal ?? '') }
}

function comparison(operator: string | undefined, literal: string): (value: unknown) => boolean {
  if (operator === undefined) return () => true
  const wanted: unknown = /^["']/.test(literal) ? literal.slice(1, -1) : JSON.parse(literal)
  return (value) => typeof value === typeof wanted && (value === wanted) === (operator === '==')
}

function follow(value: unknown, step: Step): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  switch (step.kind) {
    case 'Field':
      return Object.hasOwn(value, step.name) ? [(value as Readonly<Record<string, unknown>>)[step.name]] : []
    case 'Index': {
      const item = Array.isArray(value) ? value.at(step.index) : undefined
      return item === undefined ? [] : [item]
    }
    case 'All':
      return Object.values(value)
    case 'Filter':
      return Array.isArray(value) ? value.filter((item) => isKept(fieldAt(item, step.path), step.keeps)) : []
  }
}

function isKept(value: unknown, keeps: (value: unknown) => boolean): boolean {
  return value !== undefined && value !== null && keeps(value)
}

function fieldAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce((current, name) => (current as Readonly<Record<string, unknown>> | null | undefined)?.[name], value)
}

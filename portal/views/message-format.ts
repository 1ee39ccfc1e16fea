import type { Lang, Params } from '../messages.ts'

/** A parsed message: see `Catalogues` for what it may hold. */
export type Message = readonly Node[]
type Node =
  | { kind: 'text'; text: string }
  | { kind: 'param'; name: string }
  | { kind: 'count'; name: string }
  | { kind: 'plural'; name: string; cases: ReadonlyMap<string, Message> }
  | { kind: 'tag'; tag: string; inside: Message }

interface Printing {
  lang: Lang
  key: string
  params: Params
  wrap: (text: string, tag?: string) => string
}

export function printMessage(message: Message, to: Printing): string {
  return message.map((node) => printNode(node, to)).join('')
}

function printNode(node: Node, to: Printing): string {
  if (node.kind === 'text') return to.wrap(node.text)
  if (node.kind === 'tag') return to.wrap(printMessage(node.inside, to), node.tag)
  const value = to.params[node.name]
  if (value === undefined) throw new Error(`message "${to.key}" needs {${node.name}}`)
  if (node.kind !== 'plural')
    return to.wrap(typeof value === 'number' ? numberFormat(to.lang).format(value) : value)
  const chosen = node.cases.get(pluralRules(to.lang).select(Number(value)))
  return printMessage(chosen ?? [], to)
}

const numberFormat = remember(
  (lang) => new Intl.NumberFormat(lang, { maximumFractionDigits: 1, numberingSystem: 'latn' }),
)
const pluralRules = remember((lang) => new Intl.PluralRules(lang))

/** Intl objects cost tens of microseconds to build and nothing to keep. */
function remember<T>(build: (lang: Lang) => T): (lang: Lang) => T {
  const built = new Map<Lang, T>()
  return (lang) => {
    const known = built.get(lang) ?? build(lang)
    built.set(lang, known)
    return known
  }
}

const token = /\{(\w+)\}|\{(\w+), plural,((?:\s*\w+ \{[^{}]*\})+)\s*\}|<(\w+)>([^<>]*)<\/\4>|#|[{}<>]/g

/** Plural cases hold text, `#` and nothing deeper; a tag holds text and params. That is all the pages need. */
export function parseMessage(text: string, where: string, counted?: string): Message {
  const nodes: Node[] = []
  let read = 0
  for (const found of text.matchAll(token)) {
    const [all, param, plural, cases = '', tag, inside = ''] = found
    if (all === '#' && counted === undefined) continue
    if (found.index > read) nodes.push({ kind: 'text', text: text.slice(read, found.index) })
    read = found.index + all.length
    if (param !== undefined) nodes.push({ kind: 'param', name: param })
    else if (plural !== undefined) nodes.push(parsePlural(plural, cases, where))
    else if (tag !== undefined) nodes.push({ kind: 'tag', tag, inside: parseMessage(inside, where) })
    else if (counted !== undefined && all === '#') nodes.push({ kind: 'count', name: counted })
    else throw new Error(`portal/locales: ${where}: stray ${all}`)
  }
  if (read < text.length) nodes.push({ kind: 'text', text: text.slice(read) })
  return nodes
}

function parsePlural(name: string, cases: string, where: string): Node {
  const parsed = new Map<string, Message>()
  for (const [, category = '', text = ''] of cases.matchAll(/(\w+) \{([^{}]*)\}/g)) {
    parsed.set(category, parseMessage(text, where, name))
  }
  return { kind: 'plural', name, cases: parsed }
}

/** What is wrong with a message's plurals: forms of the language that they lack, and cases that it has no use for. */
export function pluralFaults(message: Message, lang: Lang): string[] {
  const { pluralCategories } = pluralRules(lang).resolvedOptions()
  return message.flatMap((node) => {
    if (node.kind === 'tag') return pluralFaults(node.inside, lang)
    if (node.kind !== 'plural') return []
    return [
      ...pluralCategories.filter((form) => !node.cases.has(form)).map((form) => `plural without "${form}"`),
      ...[...node.cases.keys()]
        .filter((name) => !pluralCategories.some((form) => form === name))
        .map((name) => `no plural form "${name}" in this language`),
    ]
  })
}

/** Params and tags of a message, sorted: what two translations must share. */
export function slotsOf(text: string): string {
  const names = [...text.matchAll(token)].flatMap(([, param, plural, , tag, inside]) =>
    tag === undefined ? [param ?? plural ?? ''] : [`<${tag}>`, slotsOf(inside ?? '')],
  )
  return [...new Set(names.filter((name) => name !== ''))].sort().join()
}
